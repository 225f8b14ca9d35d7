"""An adult's own rating of a trial, 0, 1 or 2, beside the automatic one: a history in which the newest holds.

Rule 1: a row is never changed or taken back; a correction is a new row, and None says: no rating after all.
Rule 2: what was corrected afterwards goes before what was told during the session, however late that was written down:
        after a crash a session's own ratings come from its journal.
"""

from vrtrainer.records.schema import now

_ORDER = "session_s IS NULL, session_s, ratings.id"
_ALL = (
    "SELECT ratings.id, trial, rating, ratings.adult, coalesce(adults.name, '') AS adult_name, actor, at, session_s,"
    f" lead(ratings.id) OVER (PARTITION BY trial ORDER BY {_ORDER}) AS replaced_by"
    " FROM ratings LEFT JOIN adults ON adults.id = ratings.adult WHERE session = ?"
)


def rate(database, session, trial, rating, *, adult=None, actor="adult"):
    """A rating, or None for none after all; the row's id. `adult` is an id."""
    if rating not in (None, 0, 1, 2) or isinstance(rating, bool):
        raise ValueError(f"rating {rating!r}: it is 0, 1, 2 or none")
    known = database.row("SELECT 1 FROM trials WHERE session = ? AND trial = ?", session, trial)
    if known is None:
        raise LookupError(f"rating: session {session} has no trial {trial}")
    return database.change(
        "INSERT INTO ratings (session, trial, rating, adult, actor, at) VALUES (?, ?, ?, ?, ?, ?)",
        session,
        trial,
        rating,
        adult,
        actor,
        now(),
    )


def history(database, session, trial=None):
    """All ratings of a session, or of one of its trials, oldest first: dicts; `replaced_by` is the next one's id."""
    rows = database.rows(f"{_ALL} ORDER BY trial, {_ORDER}", session)
    return [row for row in rows if trial in (None, row["trial"])]


def held(database, session):
    """Trial to the rating that holds, of those that have one."""
    newest = [row for row in history(database, session) if row["replaced_by"] is None]
    return {row["trial"]: row["rating"] for row in newest if row["rating"] is not None}
