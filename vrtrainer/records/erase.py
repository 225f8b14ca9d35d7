"""Erases a person, or one session, everywhere: rows, journals, pictures, reports, and copies kept at a migration.

Rule 1: with a person goes all that hangs on them: sessions, notes, ratings, answers, what was agreed; adults who are
        family of nobody else; programmes that nobody else did.
Rule 2: while a session of theirs runs nothing is erased: it would be written again.
Rule 3: what somebody copied or exported to another place is not known here; whoever did that erases it there.
        `for_the_record` makes such an export first.
"""

import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from vrtrainer.records import people
from vrtrainer.records._held import is_held
from vrtrainer.records.schema import DatabaseError, said_clearly


@dataclass(frozen=True, slots=True)
class Kept:
    """What there is of a person."""

    code: str
    sessions: int
    trials: int
    folders: tuple
    copies: tuple
    """Older databases, kept when they were migrated: they go as a whole."""


def kept_of(database, code):
    """Everything that is kept of a person; a LookupError where nobody has that code."""
    person = _person(database, code)
    rows = database.rows("SELECT id, folder FROM sessions WHERE person = ?", person.id)
    count = database.row(
        "SELECT count(*) AS n FROM trials JOIN sessions ON sessions.id = trials.session WHERE person = ?", person.id
    )["n"]
    folders = {database.absolute(row["folder"]) for row in rows}
    # Folders whose row was lost with an older database.
    folders |= {f for f in (database.data / "sessions").glob(f"*-{person.code}-*") if _is_of(f, person.code)}
    copies = tuple(p for p in sorted(database.data.glob("vrtrainer-v*.sqlite")) if _holds(p, person.code))
    return Kept(person.code, len(rows), count, tuple(sorted(f for f in folders if f.exists())), copies)


def erase(database, code):
    """Erase a person, and check that nothing is left; gives what there was."""
    person, was = _person(database, code), kept_of(database, code)
    _nobody_writes(database, was.folders, person.code)
    for folder in was.folders:
        shutil.rmtree(folder)
    for copy in was.copies:
        for tail in ("", "-wal", "-shm"):
            copy.with_name(copy.name + tail).unlink(missing_ok=True)
    with database.at_once() as link:
        link.execute(
            "DELETE FROM adults WHERE role = 'family' AND id IN (SELECT adult FROM people_adults WHERE person = ?1)"
            " AND id NOT IN (SELECT adult FROM people_adults WHERE person <> ?1)",
            (person.id,),
        )
        link.execute("DELETE FROM people WHERE id = ?", (person.id,))  # all that hangs on them goes with it
        link.execute(_UNUSED)
    _overwritten(database)
    remains = left(database, person)
    if remains:
        raise DatabaseError(
            f"erase: of {person.code} this is still there: {', '.join(remains)}; close what uses it, retry"
        )
    return was


def erase_session(database, session):
    """Erase one session, as its learner may choose at its end; its folder. An adverse event of it stays."""
    row = database.row("SELECT folder FROM sessions WHERE id = ?", session)
    if row is None:
        raise LookupError(f"erase: there is no session {session}")
    folder = database.absolute(row["folder"])
    _nobody_writes(database, (folder,), folder.name)
    if folder.exists():
        shutil.rmtree(folder)
    with database.at_once() as link:
        link.execute("DELETE FROM sessions WHERE id = ?", (session,))
        link.execute(_UNUSED)
    _overwritten(database)
    if folder.exists():
        raise DatabaseError(f"erase: {folder} is still there; close what uses it, retry")
    return folder


_UNUSED = "DELETE FROM programmes WHERE id NOT IN (SELECT programme FROM sessions)"


def _overwritten(database):
    """Nothing of what was deleted stays in the files: secure_delete overwrote the rows, this does the rest."""
    with said_clearly(database.path):
        link = database.link
        link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        link.execute("VACUUM")  # without gaps
        link.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _nobody_writes(database, folders, whose):
    for folder in folders:
        for journal in folder.glob("*.mcap"):
            if is_held(journal):
                raise DatabaseError(f"erase: a session of {whose} runs now, in {folder}; end it first, then retry")


def left(database, person):
    """Where anything of a person still is; an empty list after erasing."""
    out = []
    hang_on = ("sessions", "goals", "consents", "notes", "health", "adverse_events", "checks", "people_adults")
    for table, column, value in (("people", "code", person.code), *((name, "person", person.id) for name in hang_on)):
        if database.row(f"SELECT 1 FROM {table} WHERE {column} = ?", value):
            out.append(f"a row of {table}")
    out += [str(f) for f in (database.data / "sessions").glob(f"*-{person.code}-*") if _is_of(f, person.code)]
    out += [str(p) for p in database.data.glob("vrtrainer-v*.sqlite") if _holds(p, person.code)]
    return out


def _person(database, code):
    person = people.find(database, code)
    if person is None:
        raise LookupError(f"no person {code!r}; there is {', '.join(people.known(database)) or 'nobody yet'}")
    return person


def _is_of(folder, code):
    """Whether a session's folder is this person's: DATE-CODE-RUN, and a code may hold - itself."""
    return folder.name[11:].rpartition("-")[0] == code


def _holds(path: Path, code):
    """Whether an older database knows the person; one that cannot be read counts as if it did."""
    try:
        link = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            return link.execute("SELECT 1 FROM people WHERE lower(code) = lower(?)", (code,)).fetchone() is not None
        finally:
            link.close()
    except sqlite3.Error:
        return True
