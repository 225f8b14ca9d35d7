"""Who takes part, and where everything of theirs lies.

DATA/vrtrainer.sqlite                       people, programmes, sessions, trials, learner models
DATA/sessions/DATE-CODE-RUN/journal.mcap    what went in and what happened, to compute the session anew
DATA/sessions/DATE-CODE-RUN/pictures/       pictures of the demonstration and the attempt
DATA/sessions/DATE-CODE-RUN/report.html     the page for the family
"""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime

from vrtrainer.records.schema import now

GUEST = "guest"
"""In a folder's name, where a session belongs to nobody."""
STRENGTHS = ("nice", "likes", "good_at", "helps", "does_not_help")
"""Questions of the learner's own page, answered in the family's words."""
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")


@dataclass(frozen=True, slots=True)
class Person:
    """One person: a code instead of a name; initials or a call name only if they want."""

    id: int
    code: str
    initials: str
    created: str
    language: str
    age_group: str
    headset: bool
    settings: dict = field(default_factory=dict)
    strengths: dict = field(default_factory=dict)
    consent: dict = field(default_factory=dict)


def add(database, code, *, initials="", language="nl", age_group="", headset=False, settings=None, consent=None):
    """A new person."""
    if not _CODE.fullmatch(code):
        raise ValueError(f"person {code!r}: a code has 1 to 32 letters, digits, - and _, such as P01; no name")
    if code.lower() == GUEST or database.row("SELECT id FROM people WHERE lower(code) = lower(?)", code):
        raise ValueError(f"person {code!r} is there already; choose another code")
    database.change(
        "INSERT INTO people (code, initials, created, language, age_group, headset, settings, consent)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        code,
        initials,
        now(),
        language,
        age_group,
        int(headset),
        json.dumps(settings or {}),
        json.dumps(consent or {}),
    )
    return find(database, code)


def find(database, code):
    """The person with a code, or None; capitals do not matter, as they do not in folders' names."""
    row = database.row("SELECT * FROM people WHERE lower(code) = lower(?)", code)
    if row is None:
        return None
    for name in ("settings", "strengths", "consent"):
        row[name] = json.loads(row[name])
    return Person(**{**row, "headset": bool(row["headset"])})


def known(database):
    """Codes of everybody, in order."""
    return [row["code"] for row in database.rows("SELECT code FROM people ORDER BY code")]


def keep(database, person, **changes):
    """Change what is known of a person: initials, language, age_group, headset, settings, strengths, consent."""
    allowed = ("initials", "language", "age_group", "headset", "settings", "strengths", "consent")
    for name, value in changes.items():
        if name not in allowed:
            raise ValueError(f"person {person.code}: {name!r} cannot be changed; there is {', '.join(allowed)}")
        if name == "strengths" and not set(value) <= set(STRENGTHS):
            odd = ", ".join(sorted(set(value) - set(STRENGTHS)))
            raise ValueError(f"person {person.code}: no question {odd}; there is {', '.join(STRENGTHS)}")
        kept = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
        database.change(
            f"UPDATE people SET {name} = ? WHERE id = ?", int(kept) if name == "headset" else kept, person.id
        )
    return find(database, person.code)


def session_folder(data, code="", day=None):
    """A new folder for one session: the first run number of this day and person that is free."""
    day = day or datetime.now().astimezone().strftime("%Y-%m-%d")
    above = data / "sessions"
    above.mkdir(parents=True, exist_ok=True)
    run = 1
    while True:
        folder = above / f"{day}-{code or GUEST}-{run}"
        try:
            folder.mkdir()
        except FileExistsError:
            run += 1
            continue
        return folder
