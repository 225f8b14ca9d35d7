"""Notes and marks: what an adult wrote down, with the moment of the session where it belongs to one.

`mark` is a moment with a short word, `note` is text, `last_note` is what should be read first next time.
"""

from vrtrainer.records.schema import now

NOTE, MARK, LAST_NOTE = KINDS = ("note", "mark", "last_note")


def add(database, person, text, *, kind=NOTE, session=None, session_s=None, adult=None):
    """A new note; its id. `person`, `session` and `adult` are ids; one of the first two may be None."""
    if kind not in KINDS:
        raise ValueError(f"note: no kind {kind!r}; there is {', '.join(KINDS)}")
    text = text.strip()
    if not text and kind != MARK:
        raise ValueError("note: there is no text; write a few words")
    if person is None and session is None:
        raise ValueError("note: of whom or of which session is it; give one of the two")
    return database.change(
        "INSERT INTO notes (person, session, adult, at, session_s, kind, text)"
        " VALUES (coalesce(?1, (SELECT person FROM sessions WHERE id = ?2)), ?2, ?3, ?4, ?5, ?6, ?7)"
        " ON CONFLICT DO NOTHING",
        person,
        session,
        adult,
        now(),
        session_s,
        kind,
        text,
    )


def change(database, number, text):
    """Other words for a note; its moment stays."""
    if not text.strip():
        raise ValueError("note: there is no text; write a few words, or take the note away")
    database.change("UPDATE notes SET text = ? WHERE id = ?", text.strip(), number)


def take_away(database, number):
    database.change("DELETE FROM notes WHERE id = ?", number)


def of_session(database, session):
    """Notes and marks of a session as dicts, by their moment in it, those written afterwards last."""
    return database.rows(f"{_ALL} WHERE session = ? ORDER BY session_s IS NULL, session_s, notes.id", session)


def of_person(database, person, limit=50):
    """A person's newest notes and marks first, as dicts."""
    return database.rows(f"{_ALL} WHERE notes.person = ? ORDER BY at DESC, notes.id DESC LIMIT ?", person, limit)


def last(database, person):
    """What should be read first next time: the newest note that is no mark; a dict, or None."""
    return database.row(
        f"{_ALL} WHERE notes.person = ? AND kind <> 'mark' ORDER BY at DESC, notes.id DESC LIMIT 1", person
    )


_ALL = "SELECT notes.*, coalesce(adults.name, '') AS adult_name FROM notes LEFT JOIN adults ON adults.id = notes.adult"
