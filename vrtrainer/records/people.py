"""Who takes part, and where everything of theirs lies.

DATA/vrtrainer.sqlite                       people, adults, programmes, sessions, trials, notes and all that is told
DATA/sessions/DATE-CODE-RUN/journal.mcap    what went in and what happened, to compute the session anew
DATA/sessions/DATE-CODE-RUN/pictures/       pictures of the demonstration and the attempt
DATA/sessions/DATE-CODE-RUN/report.html     the page for the family
"""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime

from vrtrainer.records import consent as consents
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
    """A new person. `consent` as people.consent has it; its history begins with it."""
    if not _CODE.fullmatch(code):
        raise ValueError(f"person {code!r}: a code has 1 to 32 letters, digits, - and _, such as P01; no name")
    if code.lower() == GUEST or database.row("SELECT id FROM people WHERE lower(code) = lower(?)", code):
        raise ValueError(f"person {code!r} is there already; choose another code")
    with database.at_once() as link:
        number = link.execute(
            "INSERT INTO people (code, initials, created, language, age_group, headset, settings)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (code, initials, now(), language, age_group, int(headset), json.dumps(settings or {})),
        ).lastrowid
        if consent:
            consents.wanted(link, number, consent)
    return find(database, code)


def find(database, code):
    """The person with a code, or None; capitals do not matter, as they do not in folders' names."""
    row = database.row("SELECT * FROM people WHERE lower(code) = lower(?)", code)
    return None if row is None else _person(row)


def by_id(database, number):
    """The person with an id, or None."""
    row = database.row("SELECT * FROM people WHERE id = ?", number)
    return None if row is None else _person(row)


def _person(row):
    told = {name: json.loads(row[name]) for name in ("settings", "strengths", "consent")}
    return Person(**{**row, **told, "headset": bool(row["headset"])})


def known(database):
    """Codes of everybody, in order."""
    return [row["code"] for row in database.rows("SELECT code FROM people ORDER BY code")]


@dataclass(frozen=True, slots=True)
class Listed:
    """A person as a list shows them, with what to read first next time."""

    person: Person
    last_session: dict | None
    """id, started, ended, programme and trials of the newest session."""
    last_note: dict | None
    """text, at and kind of the newest note that is no mark."""


def listed(database):
    """Everybody, who practised last first; those who never did by when they came. One question for all."""
    rows = database.rows(_LISTED)
    out = []
    for row in rows:
        session, note = json.loads(row.pop("last_session")), json.loads(row.pop("last_note"))
        out.append(Listed(_person(row), session if session["id"] else None, note if note["at"] else None))
    return out


_LISTED = """
SELECT people.*,
    json_object('id', s.id, 'started', s.started, 'ended', s.ended, 'programme', programmes.name,
        'trials', (SELECT count(*) FROM trials WHERE trials.session = s.id)) AS last_session,
    json_object('text', n.text, 'at', n.at, 'kind', n.kind) AS last_note
FROM people
LEFT JOIN sessions AS s ON s.id = (
    SELECT id FROM sessions WHERE person = people.id ORDER BY started DESC, id DESC LIMIT 1)
LEFT JOIN programmes ON programmes.id = s.programme
LEFT JOIN notes AS n ON n.id = (
    SELECT id FROM notes WHERE person = people.id AND kind <> 'mark' ORDER BY at DESC, id DESC LIMIT 1)
ORDER BY coalesce(s.started, people.created) DESC, coalesce(s.id, 0) DESC, people.id DESC
"""


def keep(database, person, *, adult=None, **changes):
    """Change what is known of a person: initials, language, age_group, headset, settings, strengths, consent.

    All of it or nothing. `adult` is the id of who writes it down: consent keeps that in its history, and so does the
    tick for a headset, which for the young is an adult's choice.
    """
    allowed = ("initials", "language", "age_group", "headset", "settings", "strengths", "consent")
    for name, value in changes.items():
        if name not in allowed:
            raise ValueError(f"person {person.code}: {name!r} cannot be changed; there is {', '.join(allowed)}")
        if name == "strengths" and not set(value) <= set(STRENGTHS):
            odd = ", ".join(sorted(set(value) - set(STRENGTHS)))
            raise ValueError(f"person {person.code}: no question {odd}; there is {', '.join(STRENGTHS)}")
    with database.at_once() as link:
        for name, value in changes.items():
            if name == "consent":
                continue
            kept = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
            link.execute(
                f"UPDATE people SET {name} = ? WHERE id = ?", (int(kept) if name == "headset" else kept, person.id)
            )
        if "headset" in changes and bool(changes["headset"]) != person.headset:
            link.execute(
                "INSERT INTO checks (person, adult, at, key, ticked) VALUES (?, ?, ?, 'headset', ?)",
                (person.id, adult, now(), int(changes["headset"])),
            )
        if "consent" in changes:
            consents.wanted(link, person.id, changes["consent"], adult)
        elif "age_group" in changes:
            consents.settle(link, person.id)
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
