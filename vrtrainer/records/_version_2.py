"""From version 1 of the tables to version 2: adults, goals, consent's history, notes, ratings, health, checks.

Rule 1: never edited again; what changes is a version 3.
Rule 2: `consents` and `ratings` are histories: rows are added, never changed. What holds now is worked out from them.
Rule 3: what a session tells of is kept once, however often it is told: from its recorder, and from its journal after a
        crash. So each such row has an index over what makes it the same.
"""

_HISTORY = """CREATE TRIGGER {table}_is_history BEFORE UPDATE OF {columns} ON {table}
    BEGIN SELECT RAISE(ABORT, '{table} is a history: rows are added, never changed'); END"""

STATEMENTS = (
    """CREATE TABLE adults (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL COLLATE NOCASE UNIQUE,
        role TEXT NOT NULL DEFAULT '',
        language TEXT NOT NULL DEFAULT '',
        formal INTEGER NOT NULL DEFAULT 0,
        created TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE people_adults (
        person INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
        adult INTEGER NOT NULL REFERENCES adults (id) ON DELETE CASCADE,
        since TEXT NOT NULL,
        PRIMARY KEY (person, adult)
    ) STRICT""",
    "ALTER TABLE sessions ADD COLUMN adult INTEGER REFERENCES adults (id) ON DELETE SET NULL",
    "ALTER TABLE sessions ADD COLUMN avatar TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE sessions ADD COLUMN practised_s REAL",
    "ALTER TABLE sessions ADD COLUMN resumed_from INTEGER REFERENCES sessions (id) ON DELETE SET NULL",
    "ALTER TABLE sessions ADD COLUMN put_aside INTEGER NOT NULL DEFAULT 0",
    """UPDATE sessions SET practised_s = (
        SELECT max(onset + coalesce(duration, 0)) - min(onset) FROM trials WHERE trials.session = sessions.id
    )""",
    """CREATE TABLE goals (
        id INTEGER PRIMARY KEY,
        person INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
        text TEXT NOT NULL,
        created TEXT NOT NULL,
        done TEXT
    ) STRICT""",
    """CREATE TABLE consents (
        id INTEGER PRIMARY KEY,
        person INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
        at TEXT NOT NULL,
        said_by TEXT NOT NULL,
        what TEXT NOT NULL,
        given INTEGER NOT NULL CHECK (given IN (0, 1)),
        adult INTEGER REFERENCES adults (id) ON DELETE SET NULL
    ) STRICT""",
    _HISTORY.format(table="consents", columns="id, person, at, said_by, what, given"),
    # What version 1 kept said nothing of who had said it: it stays in the history, and has to be asked again.
    """INSERT INTO consents (person, at, said_by, what, given)
        SELECT people.id, people.created, 'unknown', said.key, said.value
        FROM people, json_each(people.consent) AS said
        WHERE said.key IN ('face', 'gaze', 'recordings') AND said.type IN ('true', 'false')""",
    "UPDATE people SET consent = '{}'",
    """CREATE TABLE notes (
        id INTEGER PRIMARY KEY,
        person INTEGER REFERENCES people (id) ON DELETE CASCADE,
        session INTEGER REFERENCES sessions (id) ON DELETE CASCADE,
        adult INTEGER REFERENCES adults (id) ON DELETE SET NULL,
        at TEXT NOT NULL,
        session_s REAL,
        kind TEXT NOT NULL CHECK (kind IN ('note', 'mark', 'last_note')),
        text TEXT NOT NULL
    ) STRICT""",
    "CREATE UNIQUE INDEX notes_told_once ON notes (session, session_s, kind, text)",
    "CREATE INDEX notes_of_a_person ON notes (person, at)",
    """CREATE TABLE ratings (
        id INTEGER PRIMARY KEY,
        session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
        trial INTEGER NOT NULL,
        rating INTEGER CHECK (rating BETWEEN 0 AND 2),
        adult INTEGER REFERENCES adults (id) ON DELETE SET NULL,
        actor TEXT NOT NULL DEFAULT 'adult',
        at TEXT NOT NULL,
        session_s REAL
    ) STRICT""",
    _HISTORY.format(table="ratings", columns="id, session, trial, rating, actor, at, session_s"),
    "CREATE UNIQUE INDEX ratings_told_once ON ratings (session, session_s, trial, coalesce(rating, -1))",
    "CREATE INDEX ratings_of_a_trial ON ratings (session, trial)",
    """CREATE TABLE health (
        id INTEGER PRIMARY KEY,
        person INTEGER REFERENCES people (id) ON DELETE CASCADE,
        session INTEGER REFERENCES sessions (id) ON DELETE CASCADE,
        adult INTEGER REFERENCES adults (id) ON DELETE SET NULL,
        at TEXT NOT NULL,
        session_s REAL,
        question TEXT NOT NULL,
        answer TEXT NOT NULL
    ) STRICT""",
    "CREATE UNIQUE INDEX health_told_once ON health (session, session_s, question)",
    "CREATE INDEX health_of_a_person ON health (person, at)",
    """CREATE TABLE adverse_events (
        id INTEGER PRIMARY KEY,
        person INTEGER REFERENCES people (id) ON DELETE CASCADE,
        session INTEGER REFERENCES sessions (id) ON DELETE SET NULL,
        adult INTEGER REFERENCES adults (id) ON DELETE SET NULL,
        at TEXT NOT NULL,
        session_s REAL,
        what TEXT NOT NULL,
        severity TEXT NOT NULL CHECK (severity IN ('mild', 'moderate', 'severe')),
        action TEXT NOT NULL DEFAULT '',
        followed_up TEXT NOT NULL DEFAULT ''
    ) STRICT""",
    "CREATE UNIQUE INDEX adverse_events_told_once ON adverse_events (session, session_s, what)",
    "CREATE INDEX adverse_events_of_a_person ON adverse_events (person, at)",
    """CREATE TABLE checks (
        id INTEGER PRIMARY KEY,
        person INTEGER REFERENCES people (id) ON DELETE CASCADE,
        session INTEGER REFERENCES sessions (id) ON DELETE CASCADE,
        adult INTEGER REFERENCES adults (id) ON DELETE SET NULL,
        at TEXT NOT NULL,
        key TEXT NOT NULL,
        ticked INTEGER NOT NULL CHECK (ticked IN (0, 1))
    ) STRICT""",
    "CREATE INDEX checks_of_a_person ON checks (person, at)",
    """CREATE TABLE watched (
        id INTEGER PRIMARY KEY,
        session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
        adult INTEGER REFERENCES adults (id) ON DELETE SET NULL,
        at TEXT NOT NULL,
        session_s REAL NOT NULL
    ) STRICT""",
    "CREATE UNIQUE INDEX watched_told_once ON watched (session, session_s)",
)
