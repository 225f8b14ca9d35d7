"""The database's tables, version by version. Older ones open: a copy is brought up to date and takes their place.

Rule 1: a version that was released is never edited; what changes is a new entry of `VERSIONS`.
Rule 2: the columns of `trials` are the fields of TrialPlan (its facets as facet_…), Score and Answer (as answer_…); a
        test compares them.
Rule 3: the older file stays as NAME-v1.sqlite. Times are UTC in ISO 8601; paths are relative to the data folder.
"""

import contextlib
import os
import sqlite3
from datetime import UTC, datetime

from vrtrainer.records import _version_2

VERSIONS = (
    (
        """CREATE TABLE people (
            id INTEGER PRIMARY KEY,
            code TEXT NOT NULL UNIQUE,
            initials TEXT NOT NULL DEFAULT '',
            created TEXT NOT NULL,
            language TEXT NOT NULL DEFAULT 'nl',
            age_group TEXT NOT NULL DEFAULT '',
            headset INTEGER NOT NULL DEFAULT 0,
            settings TEXT NOT NULL DEFAULT '{}',
            strengths TEXT NOT NULL DEFAULT '{}',
            consent TEXT NOT NULL DEFAULT '{}'
        ) STRICT""",
        """CREATE TABLE programmes (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            hash TEXT NOT NULL,
            text TEXT NOT NULL,
            UNIQUE (name, hash)
        ) STRICT""",
        """CREATE TABLE sessions (
            id INTEGER PRIMARY KEY,
            person INTEGER REFERENCES people (id) ON DELETE CASCADE,
            programme INTEGER NOT NULL REFERENCES programmes (id),
            started TEXT NOT NULL,
            finished TEXT,
            ended TEXT,
            language TEXT NOT NULL,
            seed INTEGER NOT NULL,
            display TEXT NOT NULL,
            tracker TEXT NOT NULL,
            learner TEXT NOT NULL DEFAULT '',
            folder TEXT NOT NULL UNIQUE,
            journal TEXT NOT NULL DEFAULT '',
            report TEXT NOT NULL DEFAULT '',
            fault TEXT NOT NULL DEFAULT '',
            versions TEXT NOT NULL DEFAULT '{}'
        ) STRICT""",
        """CREATE TABLE trials (
            session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
            block INTEGER NOT NULL,
            trial INTEGER NOT NULL,
            onset REAL NOT NULL,
            duration REAL,
            gesture TEXT NOT NULL,
            mode TEXT NOT NULL,
            side TEXT NOT NULL,
            prompt INTEGER NOT NULL,
            facet_tempo REAL NOT NULL,
            facet_size REAL NOT NULL,
            facet_elements INTEGER NOT NULL,
            facet_distractors INTEGER NOT NULL,
            facet_delay_s REAL NOT NULL,
            facet_social INTEGER NOT NULL,
            kind TEXT NOT NULL,
            chance REAL,
            chance_unprompted REAL,
            avatar TEXT NOT NULL,
            scene TEXT NOT NULL,
            reason_key TEXT NOT NULL,
            reason_values TEXT NOT NULL,
            similarity REAL,
            attempted INTEGER,
            goal REAL,
            shape REAL,
            lag_s REAL,
            tempo_ratio REAL,
            size REAL,
            side_used TEXT,
            parts TEXT,
            share_observed REAL,
            graded_0_2 INTEGER,
            withheld TEXT,
            reasons TEXT,
            raw_deg REAL,
            raw_m REAL,
            raw_s REAL,
            answer_graded INTEGER,
            answer_attempted INTEGER,
            answer_withheld TEXT,
            prompt_at_end INTEGER,
            models INTEGER,
            ended_by TEXT,
            response_time REAL,
            PRIMARY KEY (session, trial)
        ) STRICT""",
        """CREATE TABLE learner_models (
            person INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
            session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
            updated TEXT NOT NULL,
            model TEXT NOT NULL,
            PRIMARY KEY (person, session)
        ) STRICT""",
        "CREATE INDEX sessions_of_a_person ON sessions (person, started)",
    ),
    _version_2.STATEMENTS,
)
"""Statements that lead from each version to the next; the first from nothing to version 1."""


class DatabaseError(RuntimeError):
    """The database cannot be used: which file, what is wrong with it, what to do."""


@contextlib.contextmanager
def said_clearly(path):
    """SQLite's errors as one line that says which file and what to do."""
    try:
        yield
    except sqlite3.Error as error:
        text = str(error)
        if "full" in text or "disk I/O" in text:
            advice = "make space on that disk, or choose another folder with --data"
        elif "readonly" in text or "unable to open" in text:
            advice = "it cannot be written there; choose another folder with --data"
        elif "locked" in text:
            advice = "another program is using it; close that one first"
        else:
            advice = "it was left as it is; put it aside under another name, and a new one is made"
        raise DatabaseError(f"{path}: {text}; {advice}") from None


def connect(path):
    """A connection with our settings, or a DatabaseError; nothing is made or changed."""
    link = sqlite3.connect(path, timeout=10.0, isolation_level=None)
    with contextlib.ExitStack() as closing:
        closing.callback(link.close)  # a file that is no database is let go of again
        link.row_factory = sqlite3.Row
        link.execute("PRAGMA foreign_keys = ON")
        link.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten
        link.execute("PRAGMA journal_mode = WAL")
        link.execute("PRAGMA synchronous = FULL")
        closing.pop_all()
    return link


def connected(path):
    """A connection to a database that is there: none is made, as SQLite would where the file is gone."""
    if not path.is_file():
        raise sqlite3.OperationalError("unable to open: it is not there any more")
    return connect(path)


def put_back(link, path):
    """Write a database that was taken away again where it stood, from a connection that still holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.back")
    beside.unlink(missing_ok=True)  # only ever half of an earlier try
    with contextlib.closing(sqlite3.connect(beside, isolation_level=None)) as new:
        link.backup(new)
    os.replace(beside, path)


@contextlib.contextmanager
def transaction(link):
    """All of it or nothing."""
    with link:  # commits at its end, rolls back when something was raised
        link.execute("BEGIN IMMEDIATE")
        yield link


def version(link):
    """The schema's version; 0 in an empty file."""
    tables = {row[0] for row in link.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return 0
    if "schema_version" not in tables:
        raise sqlite3.DatabaseError("it is a database, but not one of vrtrainer")
    return link.execute("SELECT max(version) FROM schema_version").fetchone()[0]


def bring_up(link, versions=VERSIONS):
    """Take an open database from its version to the newest, in one transaction."""
    with transaction(link):
        here = version(link)
        if here == 0:
            link.execute("CREATE TABLE schema_version (version INTEGER NOT NULL, applied TEXT NOT NULL) STRICT")
        for number, statements in enumerate(versions[here:], here + 1):
            for statement in statements:
                link.execute(statement)
            link.execute("INSERT INTO schema_version VALUES (?, ?)", (number, now()))


def opened(path, versions=VERSIONS):
    """A database at a path: made when new, checked, and migrated on a copy when it is older."""
    with said_clearly(path), contextlib.ExitStack() as closing:
        link = connect(path)
        closing.callback(link.close)
        found = link.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(f"it is damaged ({found})")
        here, known = version(link), len(versions)
        if here > known:
            raise DatabaseError(
                f"{path}: made by a newer vrtrainer (schema {here}, this one knows {known}); update vrtrainer"
            )
        if here == 0:
            bring_up(link, versions)
        elif here < known:
            _migrated(link, path, here, versions)
            link = connect(path)
            closing.callback(link.close)
        closing.pop_all()
    return link


def _migrated(link, path, here, versions):
    """Bring a copy up to date, keep the old file under another name, and let the copy take its place."""
    copy = path.with_name(path.name + ".migrating")
    copy.unlink(missing_ok=True)  # only ever half of an earlier try
    new = sqlite3.connect(copy, isolation_level=None)
    try:
        link.backup(new)
        new.execute("PRAGMA foreign_keys = ON")
        bring_up(new, versions)
        found = new.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(f"its copy could not be brought up to date ({found})")
    finally:
        new.close()
    link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    link.close()
    number, old = 1, path.with_stem(f"{path.stem}-v{here}")
    while old.exists():
        number += 1
        old = path.with_stem(f"{path.stem}-v{here}-{number}")
    os.replace(path, old)
    for tail in ("-wal", "-shm"):
        path.with_name(path.name + tail).unlink(missing_ok=True)
    os.replace(copy, path)


def now():
    """The wall clock, UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
