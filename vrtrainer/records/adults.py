"""Adults: who sits beside, by the name they want to be called. Several may know one person.

What each may see and do comes later (`role`). Who is there is told by the session (`watching`); an adult whose name is
new is added then.
"""

from dataclasses import dataclass

from vrtrainer.records.schema import now


@dataclass(frozen=True, slots=True)
class Adult:
    """One adult."""

    id: int
    name: str
    role: str
    language: str
    formal: bool
    """Whether texts say u instead of je."""
    created: str


def add(database, name, *, role="", language="", formal=False):
    """A new adult."""
    name = _named(name)
    if find(database, name) is not None:
        raise ValueError(f"adult {name!r} is there already; add a letter, so that both can be told apart")
    database.change(
        "INSERT INTO adults (name, role, language, formal, created) VALUES (?, ?, ?, ?, ?)",
        name,
        role,
        language,
        int(formal),
        now(),
    )
    return find(database, name)


def find(database, which):
    """The adult with a name, whatever its capitals, or with an id; None where there is none."""
    column = "id" if isinstance(which, int) else "name"
    row = database.row(f"SELECT * FROM adults WHERE {column} = ?", which)
    return None if row is None else Adult(**{**row, "formal": bool(row["formal"])})


def known(database):
    """All adults, in the order in which they came."""
    rows = database.rows("SELECT * FROM adults ORDER BY id")
    return [Adult(**{**row, "formal": bool(row["formal"])}) for row in rows]


def keep(database, adult, **changes):
    """Change an adult's name, role, language or formal."""
    allowed = ("name", "role", "language", "formal")
    for name, value in changes.items():
        if name not in allowed:
            raise ValueError(f"adult {adult.name}: {name!r} cannot be changed; there is {', '.join(allowed)}")
        if name == "name":
            value, there = _named(value), find(database, value)
            if there is not None and there.id != adult.id:
                raise ValueError(f"adult {value!r} is there already; add a letter, so that both can be told apart")
        database.change(
            f"UPDATE adults SET {name} = ? WHERE id = ?", int(value) if name == "formal" else value, adult.id
        )
    return find(database, adult.id)


def link(database, person, adult):
    """This adult is one of this person's; twice is once."""
    database.change("INSERT OR IGNORE INTO people_adults VALUES (?, ?, ?)", person.id, adult.id, now())


def unlink(database, person, adult):
    database.change("DELETE FROM people_adults WHERE person = ? AND adult = ?", person.id, adult.id)


def of_person(database, person):
    """The adults of a person."""
    rows = database.rows(
        "SELECT adults.* FROM adults JOIN people_adults ON adults.id = adult WHERE person = ? ORDER BY adults.id",
        person.id,
    )
    return [Adult(**{**row, "formal": bool(row["formal"])}) for row in rows]


def beside(database, session):
    """Who watched a session from when till when: dicts of adult (id), name ("" for nobody), from_s, until_s.

    The last one's `until_s` is None: until the session's end.
    """
    return database.rows(
        "SELECT watched.adult, coalesce(adults.name, '') AS name, session_s AS from_s,"
        " lead(session_s) OVER (ORDER BY session_s) AS until_s"
        " FROM watched LEFT JOIN adults ON adults.id = watched.adult WHERE session = ? ORDER BY session_s",
        session,
    )


def _named(name):
    name = " ".join(str(name).split())
    if not 1 <= len(name) <= 60:
        raise ValueError(f"adult {name!r}: a name of 1 to 60 letters, as they want to be called")
    return name
