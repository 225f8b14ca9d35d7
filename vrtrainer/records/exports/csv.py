"""CSV for spreadsheets, R, SPSS and jamovi: trials.csv, one row a trial, and events.csv, one row an event.

UTF-8, comma, decimal point whatever the machine's language, n/a for what is missing (as in BIDS), 1 and 0 for yes and
no. Columns of trials.csv are named as the fields of TrialPlan and Score; docs/records.md tells them all.
"""

import csv
import json

from vrtrainer.records import reading, trials

MISSING = "n/a"
WHOSE = ("person", "session", "started", "display", "tracker", "learner", "programme", "seed", "ended")
EVENT = ("onset", "duration", "trial_type", "block", "trial", "phase")


def export(database, folder):
    """Write trials.csv and events.csv of all sessions; their paths, and a sentence for each journal left out."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / "trials.csv", folder / "events.csv"
    there = [path.name for path in paths if path.exists()]
    if there:
        raise FileExistsError(f"{folder}: there is already {' and '.join(there)}; name another folder with --out")
    sessions = database.rows(
        "SELECT sessions.id, people.code AS person, folder, journal, started, display, tracker, learner,"
        " programmes.name AS programme, seed, ended FROM sessions"
        " LEFT JOIN people ON people.id = sessions.person JOIN programmes ON programmes.id = sessions.programme"
        " ORDER BY sessions.started, sessions.id"
    )
    _write(paths[0], (*WHOSE, *trials.COLUMNS), _trials(database, sessions))
    recorded, left_out = _journals(database, sessions)
    names = {name: None for _, journal in recorded for event in journal.events for name in event.fields}
    # A field that is called as a column is told apart by its ending.
    columns = {name: f"{name}_value" if name in (*WHOSE, *EVENT) else name for name in names}
    _write(paths[1], (*WHOSE, *EVENT, *columns.values()), _events(recorded, columns))
    return paths, left_out


def _whose(session):
    row = {name: session[name] for name in WHOSE if name != "session"}
    return {**row, "session": session["folder"].rpartition("/")[2]}


def _trials(database, sessions):
    for session in sessions:
        whose = _whose(session)
        for row in database.rows("SELECT * FROM trials WHERE session = ? ORDER BY trial", session["id"]):
            yield {**row, **whose}


def _journals(database, sessions):
    recorded, left_out = [], []
    for session in sessions:
        try:
            recorded.append((session, reading.read(database.absolute(session["journal"]))))
        except (reading.JournalError, OSError) as error:
            left_out.append(f"events of {session['folder']} are left out: {error}")
    return recorded, left_out


def _events(recorded, columns):
    for session, journal in recorded:
        whose = _whose(session)
        for event in journal.events:
            own = {columns[name]: value for name, value in event.fields.items()}
            yield {**own, **whose, **{name: getattr(event, name) for name in EVENT}}


def _write(path, columns, rows):
    with open(path, "x", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([_text(row.get(name)) for name in columns] for row in rows)


def _text(value):
    if value is None or value == "" or value != value:  # NaN
        return MISSING
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value
