"""Who must say yes, what they said, and what holds now.

Rule 1: `consents` is a history: each yes and each withdrawal is a row, and none is changed or taken away.
Rule 2: what holds (people.consent) is worked out from it: a thing is allowed when everybody who must say yes said it
        last, and nobody's last word on it is no. Nothing that was never asked is allowed.
Rule 3: who must say yes follows the age group; when that changes, what holds is worked out anew.
"""

import json
from dataclasses import dataclass

from vrtrainer.records.schema import now

PARENTS, LEARNER = SAID_BY = ("parents", "learner")
PRACTICE, FACE, GAZE, RECORDINGS = WHAT = ("practice", "face", "gaze", "recordings")
"""Taking part at all; keeping the face's movements, where the eyes look, recordings to use again."""
AGES = ("4-5", "6-9", "10-12", "13-15", "16-17", "18+")


@dataclass(frozen=True, slots=True)
class Asked:
    """Who must say yes, who is asked as well, and the key under `records` of the sentence that says so."""

    must: tuple
    also: tuple
    key: str


def who(age_group):
    """Who must say yes: under 12 the parents, from 12 to 15 both, from 16 on the young person."""
    if age_group in ("4-5", "6-9"):
        return Asked((PARENTS,), (), "who_parents")
    if age_group == "10-12":  # some are 12 already
        return Asked((PARENTS,), (LEARNER,), "who_parents_ask_learner")
    if age_group in ("16-17", "18+"):
        return Asked((LEARNER,), (), "who_learner")
    return Asked(SAID_BY, (), "who_both" if age_group == "13-15" else "who_unknown")


def held(rows, age_group):
    """What holds by a history, oldest row first: people.consent as plain values."""
    last = {(row["said_by"], row["what"]): bool(row["given"]) for row in rows}
    must = who(age_group).must

    def allowed(what):
        every = all(last.get((one, what)) for one in must)
        return every and not any(last.get((one, what)) is False for one in SAID_BY)

    said = {one: bool(last.get((one, PRACTICE))) for one in SAID_BY}
    return {"said_by": said, **{what: allowed(what) for what in WHAT if what != PRACTICE}}


def missing(person):
    """Who still has to say yes before the person takes part; an empty tuple when all did."""
    said = person.consent.get("said_by", {})
    return tuple(one for one in who(person.age_group).must if not said.get(one))


def allows(person, what):
    """Whether face, gaze or recordings of a person may be kept; nobody in particular allows nothing."""
    return person is not None and person.consent.get(what) is True and not missing(person)


def say(database, person, said_by, what, given, *, adult=None):
    """Somebody said yes to something, or withdrew it: kept, and what holds now is worked out. `adult` is an id."""
    if said_by not in SAID_BY or what not in WHAT:
        raise ValueError(
            f"consent: no {said_by!r} for {what!r}; it is said by {', '.join(SAID_BY)}, for {', '.join(WHAT)}"
        )
    with database.at_once() as link:
        _add(link, person.id, said_by, what, given, adult)
        settle(link, person.id)


def wanted(link, person, state, adult=None):
    """Bring the history to a state as people.consent has it: a row for each word that is new. In a transaction."""
    row = link.execute("SELECT age_group FROM people WHERE id = ?", (person,)).fetchone()
    before, must = held(_rows(link, person), row["age_group"]), who(row["age_group"]).must
    for one in SAID_BY:
        given = state.get("said_by", {}).get(one)
        if given is not None and bool(given) != before["said_by"][one]:
            _add(link, person, one, PRACTICE, given, adult)
    for what in WHAT[1:]:
        if what in state and bool(state[what]) != before[what]:
            for one in must:
                _add(link, person, one, what, state[what], adult)
    settle(link, person)


def settle(link, person):
    """Keep what holds now as people.consent. In a transaction."""
    age = link.execute("SELECT age_group FROM people WHERE id = ?", (person,)).fetchone()["age_group"]
    rows = _rows(link, person)
    state = held(rows, age) if rows else {}
    link.execute("UPDATE people SET consent = ? WHERE id = ?", (json.dumps(state), person))


def history(database, person):
    """All that was said, oldest first, as dicts: at, said_by, what, given, adult (id), adult_name."""
    rows = database.rows(
        "SELECT consents.*, coalesce(adults.name, '') AS adult_name FROM consents"
        " LEFT JOIN adults ON adults.id = consents.adult WHERE person = ? ORDER BY consents.id",
        person.id,
    )
    return [{**row, "given": bool(row["given"])} for row in rows]


def _rows(link, person):
    return link.execute("SELECT said_by, what, given FROM consents WHERE person = ? ORDER BY id", (person,)).fetchall()


def _add(link, person, said_by, what, given, adult):
    link.execute(
        "INSERT INTO consents (person, at, said_by, what, given, adult) VALUES (?, ?, ?, ?, ?, ?)",
        (person, now(), said_by, what, int(bool(given)), adult),
    )
