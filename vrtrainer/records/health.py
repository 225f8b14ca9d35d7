"""Health questions, adverse events, and the ticks of a start check; all with the moment and who wrote it down."""

from vrtrainer.records.schema import now
from vrtrainer.records.told import SEVERITIES

TICKS = ("headset_clean", "battery", "space", "chair", "light", "knows_stop")
"""What the start check asks (EXPERIENCE 1)."""


def answer(database, person, question, said, *, session=None, adult=None):
    """What was answered to a health question; the newest holds, older ones stay."""
    return database.change(
        "INSERT INTO health (person, session, adult, at, question, answer) VALUES (?, ?, ?, ?, ?, ?)",
        person,
        session,
        adult,
        now(),
        question,
        said,
    )


def answers(database, person):
    """All answers of a person, newest first, as dicts."""
    return database.rows("SELECT * FROM health WHERE person = ? ORDER BY at DESC, id DESC", person)


def held(database, person):
    """Question to the newest answer."""
    rows = database.rows("SELECT question, answer FROM health WHERE person = ? ORDER BY at, id", person)
    return {row["question"]: row["answer"] for row in rows}


def adverse(database, person, what, severity, *, action="", session=None, session_s=None, adult=None, at=None):
    """Something that went amiss for the person, such as feeling sick or a bump; the row's id. `at` is now if none."""
    if severity not in SEVERITIES:
        raise ValueError(f"adverse event: no severity {severity!r}; there is {', '.join(SEVERITIES)}")
    if not what.strip():
        raise ValueError("adverse event: what happened is not said; write it in a few words")
    return database.change(
        "INSERT INTO adverse_events (person, session, adult, at, session_s, what, severity, action)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        person,
        session,
        adult,
        at or now(),
        session_s,
        what.strip(),
        severity,
        action.strip(),
    )


def adverse_events(database, person):
    """Adverse events of a person, newest first, as dicts."""
    return database.rows("SELECT * FROM adverse_events WHERE person = ? ORDER BY at DESC, id DESC", person)


def follow_up(database, number, text):
    """What was done about an adverse event afterwards."""
    database.change("UPDATE adverse_events SET followed_up = ? WHERE id = ?", text.strip(), number)


def tick(database, person, ticks, *, session=None, adult=None):
    """Keep the ticks of a start check: a dict of key to whether it was ticked."""
    at = now()
    with database.at_once() as link:
        link.executemany(
            "INSERT INTO checks (person, session, adult, at, key, ticked) VALUES (?, ?, ?, ?, ?, ?)",
            [(person, session, adult, at, key, int(ticked)) for key, ticked in ticks.items()],
        )


def ticks(database, person):
    """The newest start check's ticks of a person: key to (ticked, when)."""
    rows = database.rows("SELECT key, ticked, at FROM checks WHERE person = ? ORDER BY at, id", person)
    return {row["key"]: (bool(row["ticked"]), row["at"]) for row in rows}
