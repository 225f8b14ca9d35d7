"""People, programmes, sessions, trials and learner models: one SQLite file, and who writes a session into it.

Rule 1: `Database` belongs to the thread that opened it; another thread takes `another()`. `Recorder` is told events by
        the loop, never blocks it, and commits what they tell from a thread with a connection of its own.
Rule 2: a session whose end nobody wrote is completed from its journal at the next start (`recover`).
Rule 3: `Database(data)` looks the whole file through; `another()`, `rows` and `change` cost what they read or write.
"""

import contextlib
import json
import sqlite3
import threading
import time
from collections import deque
from pathlib import Path

from vrtrainer.records import reading, rows, schema, told, trials
from vrtrainer.records._held import is_held
from vrtrainer.records.faults import Fault
from vrtrainer.records.journal import why_unwinding
from vrtrainer.records.schema import DatabaseError, now, said_clearly, transaction

NAME = "vrtrainer.sqlite"
POLL = 0.02  # s between looks at the ring
RETRY = 1.0  # s between tries on a disk that refused, and between looks whether the file is still there
CLOSING = 3.0  # s that closing goes on trying
_KEPT = trials.TOLD | told.TOLD | {"session_over"}
_INSERT = (
    f"INSERT INTO trials (session, {', '.join(trials.COLUMNS)}) "
    f"VALUES (:session, {', '.join(':' + c for c in trials.COLUMNS)}) ON CONFLICT (session, trial) DO NOTHING"
)


class Database:
    """The database of one data folder."""

    def __init__(self, data):
        self.data = Path(data)
        self.path = self.data / NAME
        try:
            self.data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseError(f"{self.data}: {error.strerror}; choose another folder with --data") from None
        self.link = schema.opened(self.path)

    def another(self):
        """The same database for another thread: a connection of its own, without looking the file through again."""
        other = object.__new__(Database)
        other.data, other.path = self.data, self.path
        with said_clearly(self.path):
            other.link = schema.connected(self.path)
        return other

    def close(self):
        self.link.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def rows(self, question, *values):
        """Answer of a SELECT, a list of dicts."""
        with said_clearly(self.path):
            return [dict(row) for row in self.link.execute(question, values)]

    def row(self, question, *values):
        """First row of a SELECT, a dict, or None."""
        found = self.rows(question, *values)
        return found[0] if found else None

    def change(self, statement, *values):
        """One change, committed; the new row's id."""
        with said_clearly(self.path), transaction(self.link) as link:
            return link.execute(statement, values).lastrowid

    @contextlib.contextmanager
    def at_once(self):
        """Several changes, all of them or none: gives the connection."""
        with said_clearly(self.path), transaction(self.link) as link:
            yield link

    # Sessions

    def begin_session(
        self, folder, *, person, programme, language, seed, display, tracker, learner="", versions=None,
        adult=None, resumed_from=None,
    ):  # fmt: skip
        """A row for a session that starts now. `programme` is (name, hash, text), `person` an id or None.

        `adult` is the id of who is beside, `resumed_from` the session that is gone on with; each may be None.
        """
        name, digest, text = programme
        with said_clearly(self.path), transaction(self.link) as link:
            link.execute("INSERT OR IGNORE INTO programmes (name, hash, text) VALUES (?, ?, ?)", (name, digest, text))
            which = link.execute("SELECT id FROM programmes WHERE name = ? AND hash = ?", (name, digest)).fetchone()[0]
            return link.execute(
                "INSERT INTO sessions (person, programme, started, language, seed, display, tracker, learner, folder,"
                " journal, versions, adult, resumed_from) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    person,
                    which,
                    now(),
                    language,
                    seed,
                    display,
                    tracker,
                    learner,
                    self.relative(folder),
                    self.relative(Path(folder) / "journal.mcap"),
                    json.dumps(versions or {}),
                    adult,
                    resumed_from,
                ),
            ).lastrowid

    def end_session(self, session, ended, fault=""):
        """Say why a session ended; the first reason stays."""
        self.change(
            "UPDATE sessions SET ended = coalesce(ended, ?), finished = coalesce(finished, ?),"
            " fault = CASE WHEN fault = '' THEN ? ELSE fault END WHERE id = ?",
            ended,
            now(),
            fault,
            session,
        )

    def keep_report(self, session, path):
        self.change("UPDATE sessions SET report = ? WHERE id = ?", self.relative(path), session)

    def session(self, which=""):
        """A session by id, folder name or folder path, the last one when not said; with its person and programme."""
        wanted = Path(str(which)).name if which != "" else ""
        found = self.row(
            "SELECT sessions.*, people.code AS code, people.initials AS initials, people.strengths AS strengths,"
            " programmes.name AS programme_name, programmes.text AS programme_text FROM sessions"
            " LEFT JOIN people ON people.id = sessions.person"
            " JOIN programmes ON programmes.id = sessions.programme"
            " WHERE ?1 = '' OR sessions.folder = 'sessions/' || ?1 OR CAST(sessions.id AS TEXT) = ?1"
            " ORDER BY sessions.started DESC, sessions.id DESC",
            wanted,
        )
        if found is None:
            known = [
                Path(r["folder"]).name for r in self.rows("SELECT folder FROM sessions ORDER BY started DESC LIMIT 5")
            ]
            if not known:
                raise LookupError(f"there is no session yet in {self.path.parent}")
            raise LookupError(f"no session {str(which)!r}; the last ones are {', '.join(known)}")
        return found

    def trials(self, session):
        """The rows of a session's trials in order, JSON columns as values."""
        out = self.rows("SELECT * FROM trials WHERE session = ? ORDER BY trial", session)
        for row in out:
            for name in trials.JSON_COLUMNS:
                row[name] = None if row[name] is None else json.loads(row[name])
        return out

    # Learner models

    def keep_model(self, person, session, model):
        """The learner model as it stands after a session; plain values."""
        self.change(
            "INSERT INTO learner_models (person, session, updated, model) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (person, session) DO UPDATE SET updated = excluded.updated, model = excluded.model",
            person,
            session,
            now(),
            rows.json_bytes(model).decode(),
        )

    def model(self, person):
        """The newest learner model of a person, or None."""
        found = self.row(
            "SELECT model FROM learner_models WHERE person = ? ORDER BY updated DESC, session DESC LIMIT 1", person
        )
        return None if found is None else json.loads(found["model"])

    # Paths

    def relative(self, path):
        """A path as it is kept: within the data folder, so that the folder can move; with / on every system."""
        path = Path(path)
        return (path.relative_to(self.data) if path.is_relative_to(self.data) else path).as_posix()

    def absolute(self, path):
        """The file or folder of a kept path."""
        return self.data / path

    # After a crash

    def recover(self):
        """Complete the sessions that nobody could end, from their journals; a sentence for each."""
        said = []
        for row in self.rows("SELECT id, folder, journal FROM sessions WHERE ended IS NULL ORDER BY id"):
            path = self.absolute(row["journal"])
            if path.is_file() and is_held(path):
                continue  # it still runs, in another process
            said.append(f"{row['folder']}: {self._recovered(row['id'], path)}")
        return said

    def complete(self, session):
        """Complete one session that nobody could end, from its journal; a sentence."""
        row = self.row("SELECT journal FROM sessions WHERE id = ?", session)
        return self._recovered(session, self.absolute(row["journal"]))

    def _recovered(self, session, path):
        try:
            recorded = reading.read(path)
        except (reading.JournalError, OSError) as error:
            self.end_session(session, reading.INTERRUPTED, str(error))
            return f"was interrupted, and its journal cannot be read ({error})"
        before = self.row("SELECT count(*) AS n FROM trials WHERE session = ?", session)["n"]
        teller = told.Teller(session, self.row("SELECT started FROM sessions WHERE id = ?", session)["started"])
        with self.at_once() as link:
            for row in trials.of_events(recorded.events):
                link.execute(_INSERT, {"session": session, **row})
            for event in recorded.events:
                for statement, values in teller.told(event):
                    link.execute(statement, values)
            link.execute(*teller.practised())
        after = self.row("SELECT count(*) AS n FROM trials WHERE session = ?", session)["n"]
        self.end_session(session, recorded.ended, recorded.fault or recorded.damage)
        return f"was interrupted; {after} trials are kept, {after - before} of them brought back from the journal"


class Recorder:
    """Commits each finished trial of a running session, and what it tells of people: notes, ratings, answers, who
    watches. `post` is what a bulletin's is, and blocks nobody."""

    def __init__(self, path, session):
        self.path, self.session = Path(path), session
        self.fault = ""
        self._ended = self._unwinding = ""
        self._ring = deque()
        self._collector = trials.Collector()
        self._teller = told.Teller(session)
        self._waiting = []  # (statement, values)
        self._closing = threading.Event()
        self._link, self._away = None, False  # the thread's own
        self._thread = threading.Thread(target=self._write, name="recorder", daemon=True)
        self._thread.start()

    def post(self, _frame, _shown, events):
        """Take what the session just told."""
        for event in events:
            if event.trial_type in _KEPT:
                self._ring.append(event)

    def close(self, reason=""):
        """Commit what waits, and why the session ended. Twice is once."""
        if self._closing.is_set():
            return
        self._ended, self._unwinding = reason, why_unwinding()
        self._closing.set()
        self._thread.join(CLOSING + 12.0)
        if self._thread.is_alive():
            what = "the disk does not answer; the next start brings the trials from the journal"
            self.fault = Fault(f"{self.path}: {what}", "database_silent", where=str(self.path))

    # The writer thread

    def _write(self):
        wait, over, looked, amiss = POLL, "", 0.0, False
        while True:
            last = self._closing.wait(wait)
            while self._ring:
                event = self._ring.popleft()
                if event.trial_type == "session_over":
                    over = str(event.fields.get("ended", ""))
                row = self._collector.told(event)
                if row is not None:
                    self._waiting.append((_INSERT, {"session": self.session, **row}))
                self._waiting += self._teller.told(event)
            until = time.monotonic() + CLOSING
            looks = time.monotonic() - looked > RETRY
            while self._waiting or last or looks or amiss:
                looked, looks = time.monotonic(), False
                try:
                    self._in_place(last)
                    if self._waiting or last:
                        self._commit(self._link, (self._ended or over or self._unwinding) if last else None)
                    self.fault, amiss = "", False
                    break
                except (sqlite3.Error, OSError) as error:
                    amiss = True
                    what = f"{error}; {len(self._waiting)} rows wait. The journal has them too"
                    key = "database_away" if self._away else "database_waits"
                    self.fault = Fault(f"{self.path}: {what}", key, where=str(self.path), why=str(error))
                    if not last or time.monotonic() > until:
                        break
                    time.sleep(0.25)
            wait = RETRY if amiss else POLL
            if last:
                break
        if self._link is not None:
            with contextlib.suppress(sqlite3.Error):
                self._link.close()

    def _in_place(self, last):
        """Have a connection to the file that stands there. One that was taken away is told of, and at the next try
        written again, from what the open connection still holds."""
        if self._link is None:
            self._link = schema.connected(self.path)
        elif self.path.exists():
            self._away = False
        elif not self._away and not last:
            self._away = True
            raise FileNotFoundError("it was taken away")
        else:
            self._away = True
            schema.put_back(self._link, self.path)
            self._link.close()
            self._link, self._away = None, False
            self._link = schema.connected(self.path)

    def _commit(self, link, ended):
        with transaction(link):
            for statement, values in self._waiting:
                link.execute(statement, values)
            link.execute(*self._teller.practised())
            if ended:
                link.execute(
                    "UPDATE sessions SET ended = coalesce(ended, ?), finished = coalesce(finished, ?) WHERE id = ?",
                    (ended, now(), self.session),
                )
        self._waiting = []
