"""Everything of one person in a folder or a zip that anybody can read, for whoever has to keep it: before erasing, too.

Rule 1: nothing is written over, and nothing lands in the data folder, where erasing would take it for ours.
Rule 2: it is there whole or not at all: written beside its place under NAME.part, then named.
"""

import csv
import json
import os
import shutil
import zipfile
from pathlib import Path

from vrtrainer.records import adults, consent, goals, health, notes, people, ratings, trials
from vrtrainer.records.schema import now

_SESSION = (
    "session", "started", "finished", "ended", "programme", "language", "seed", "display", "tracker", "learner",
    "avatar", "adult", "watched", "practised_s", "resumed_from", "fault", "versions",
)  # fmt: skip
_NOTE = ("at", "session", "session_s", "kind", "text", "adult")
_RATING = ("session", "trial", "rating", "automatic", "holds", "actor", "adult", "at", "session_s")
_CONSENT = ("at", "said_by", "what", "given", "adult")
_HEALTH = ("at", "session", "session_s", "question", "answer", "adult")
_ADVERSE = ("at", "session", "session_s", "what", "severity", "action", "followed_up", "adult")
_CHECK = ("at", "session", "key", "ticked", "adult")


def write(database, code, folder, texts, *, journals=False):
    """Write a person's folder; its path. `texts` are the language's tables, `journals` adds all that was recorded."""
    folder = _free(database, folder)
    half = folder.with_name(folder.name + ".part")
    try:
        half.mkdir(parents=True)
        for name, what in _pieces(database, code, texts, journals):
            path = half / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(what, Path):
                shutil.copyfile(what, path)
            else:
                path.write_bytes(what)
        os.replace(half, folder)
    except OSError as error:
        shutil.rmtree(half, ignore_errors=True)
        raise OSError(f"{folder}: {error.strerror}; make space there, or choose another folder") from None
    except LookupError:
        shutil.rmtree(half, ignore_errors=True)
        raise
    return folder


def zipped(database, code, file, texts, *, journals=False):
    """The same as one zip file; its path."""
    file = _free(database, file)
    half = file.with_name(file.name + ".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, what in _pieces(database, code, texts, journals):
                if isinstance(what, Path):
                    archive.write(what, f"{code}/{name}")
                else:
                    archive.writestr(f"{code}/{name}", what)
        os.replace(half, file)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise OSError(f"{file}: {error.strerror}; make space there, or choose another folder") from None
    except LookupError:
        half.unlink(missing_ok=True)
        raise
    return file


def _free(database, path):
    path = Path(path).expanduser().absolute()
    if path.is_relative_to(database.data.absolute()):
        raise ValueError(f"{path}: that is inside the data folder, which erasing empties; choose a place outside it")
    if path.exists():
        raise FileExistsError(f"{path} is there already; choose another name")
    return path


def _pieces(database, code, texts, journals):
    """Each file of the export: its name, and its bytes or where it lies."""
    person = people.find(database, code)
    if person is None:
        raise LookupError(f"no person {code!r}; there is {', '.join(people.known(database)) or 'nobody yet'}")
    called = {adult.id: adult.name for adult in adults.known(database)}
    sessions = database.rows(
        "SELECT sessions.*, programmes.name AS programme_name FROM sessions"
        " JOIN programmes ON programmes.id = programme"
        " WHERE person = ? ORDER BY started, sessions.id",
        person.id,
    )
    name_of = {row["id"]: row["folder"].rpartition("/")[2] for row in sessions}

    def table(columns, rows):
        return _csv(columns, ({**row, "session": name_of.get(row.get("session")),
                               "adult": called.get(row.get("adult"))} for row in rows))  # fmt: skip

    yield "README.txt", _readme(texts, person, journals)
    yield "person.json", _json(_about(database, person))
    yield "sessions.csv", table(_SESSION, (_session(database, row, name_of) for row in sessions))
    every = [(row["id"], database.trials(row["id"])) for row in sessions]
    own = {number: ratings.held(database, number) for number, _ in every}
    yield (
        "trials.csv",
        table(
            ("session", *trials.COLUMNS, "own_rating"),
            ({**row, "own_rating": own[number].get(row["trial"])} for number, rows in every for row in rows),
        ),
    )
    yield "notes.csv", table(_NOTE, sorted(notes.of_person(database, person.id, -1), key=_moment))
    yield "ratings.csv", table(_RATING, _ratings(database, every))
    yield "consents.csv", table(_CONSENT, consent.history(database, person))
    yield "health.csv", table(_HEALTH, sorted(health.answers(database, person.id), key=_moment))
    yield "adverse.csv", table(_ADVERSE, sorted(health.adverse_events(database, person.id), key=_moment))
    yield "checks.csv", table(_CHECK, database.rows("SELECT * FROM checks WHERE person = ? ORDER BY at", person.id))
    for row in sessions:
        folder = database.absolute(row["folder"])
        for page in sorted(folder.glob("report*.html")):
            yield f"reports/{folder.name}{page.stem.removeprefix('report')}.html", page
        journal = database.absolute(row["journal"])
        if journals and journal.is_file():
            yield f"journals/{folder.name}.mcap", journal


def _moment(row):
    return row["at"], row["id"]


def _about(database, person):
    return {
        "code": person.code,
        "initials": person.initials,
        "created": person.created,
        "exported": now(),
        "language": person.language,
        "age_group": person.age_group,
        "headset": person.headset,
        "strengths": person.strengths,
        "settings": person.settings,
        "consent": person.consent,
        "adults": [{"name": a.name, "role": a.role} for a in adults.of_person(database, person)],
        "goals": [{k: row[k] for k in ("text", "created", "done")} for row in goals.of_person(database, person.id)],
        "learner_model": database.model(person.id),
    }


def _session(database, row, name_of):
    watched = [one for one in adults.beside(database, row["id"]) if one["name"]]
    spans = [f"{one['name']} {one['from_s']:.0f}-{'' if one['until_s'] is None else format(one['until_s'], '.0f')} s"
             for one in watched]  # fmt: skip
    return {
        **row,
        "session": row["id"],
        "programme": row["programme_name"],
        "watched": "; ".join(spans),
        "resumed_from": name_of.get(row["resumed_from"]),
    }


def _ratings(database, every):
    for number, rows in every:
        automatic = {row["trial"]: row["graded_0_2"] for row in rows}
        for row in ratings.history(database, number):
            holds = row["replaced_by"] is None
            yield {**row, "session": number, "automatic": automatic.get(row["trial"]), "holds": holds}


def _readme(texts, person, journals):
    say = texts["records"]
    files = ("person", "sessions", "trials", "notes", "ratings", "consents", "health", "adverse", "checks", "reports")
    lines = [say["readme_title"].format(code=person.code), "", say["readme_what"], "", say["readme_time"], ""]
    lines += [f"{_FILES[name]:<16}{say[f'readme_{name}']}" for name in (*files, *(("journals",) if journals else ()))]
    return "\n".join([*lines, "", say["readme_not"], ""]).encode()


_FILES = {
    "person": "person.json",
    **{n: f"{n}.csv" for n in ("sessions", "trials", "notes", "ratings", "consents", "health", "adverse", "checks")},
    "reports": "reports/",
    "journals": "journals/",
}


def _json(value):
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _csv(columns, rows):
    lines = _Lines()
    writer = csv.writer(lines)
    writer.writerow(columns)
    writer.writerows([_text(row.get(name)) for name in columns] for row in rows)
    # Spreadsheets take a file without this mark for another alphabet, and spoil every letter that is not ASCII.
    return b"\xef\xbb\xbf" + "".join(lines).encode()


class _Lines(list):
    write = list.append


def _text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"  # a spreadsheet would run it as a formula
    return value
