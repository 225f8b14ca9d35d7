"""Sessions that were broken off by no person, and going on with them at the trial's start.

Rule 1: offered is what a crash, a kill or an empty battery ended, within seven days, while nobody put it aside or went
        on with it, and while the person did nothing else since. What a person ended is never offered.
Rule 2: a session that went on with another and was broken off too takes what that one did with it.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from vrtrainer.records import reading, trials
from vrtrainer.records._held import is_held

BROKEN_OFF = ("interrupted", "fault")
"""Reasons for an end that are no person's."""
DAYS = 7


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A session that can be gone on with, and what it takes."""

    id: int
    person: int | None
    code: str
    """Whose, "" for nobody's."""
    started: str
    programme: str
    programme_text: str
    language: str
    seed: int
    display: str
    tracker: str
    learner: str
    avatar: str | None
    """As the session was asked for, None where the programme's own was taken."""
    block: int
    """Where it goes on: how many blocks and pages are done."""
    trials_done: int
    adult: int | None
    resume: dict = field(compare=False)
    """As `resume_of` gives it."""


def unfinished(database, person=None):
    """Sessions that can be gone on with, newest first: of everybody, or of one person (a Person or an id).

    One at most for each person, and one for those of nobody. Sessions whose end nobody wrote are completed first.
    """
    oldest = (datetime.now(UTC) - timedelta(days=DAYS)).isoformat(timespec="milliseconds")
    rows = database.rows(
        "SELECT sessions.*, coalesce(code, '') AS code, programmes.name AS programme_name, text AS programme_text"
        " FROM sessions LEFT JOIN people ON people.id = person JOIN programmes ON programmes.id = programme"
        " WHERE started >= ? ORDER BY started DESC, sessions.id DESC",
        oldest,
    )
    wanted = getattr(person, "id", person)
    out, settled = [], set()
    for row in rows:
        if row["person"] in settled or (wanted is not None and row["person"] != wanted):
            continue
        ended = row["ended"] if row["ended"] is not None else _completed(database, row)
        if ended in BROKEN_OFF and not row["put_aside"] and not _gone_on_with(database, row["id"]):
            resume = resume_of(database, row["id"])
            if not resume["trials"] and not resume["blocks_done"]:
                continue  # it broke off before anything was done: what came before it may still be gone on with
            out.append(_unfinished(row, resume))
        settled.add(row["person"])
    return out


def of_person(database, person):
    """The session that a person can go on with, or None."""
    return next(iter(unfinished(database, person)), None)


def leave(database, session):
    """Put a session aside: it stays as it is, and is offered no more."""
    database.change("UPDATE sessions SET put_aside = 1 WHERE id = ?", session)


def resume_of(database, session):
    """What it takes to go on with a session at the trial's start; plain values.

    session: its id. blocks_done: the blocks and pages that are over, so the number of the one to go on with.
    trials: each finished trial as [block, trial, plan, answer], in order, those of the session that it went on with
    first; a plan's `prompt` is the help there was at the end, as the learner model takes it. pages_done: names of the
    programme's pages that are over; told: what each told when it ended. avatar: as asked for at the start or changed
    to, None for the programme's own; settings: what was changed underway. model: the learner model as it was before
    the first of these trials, None where the journal cannot be read.
    """
    row = database.row("SELECT id, journal, resumed_from FROM sessions WHERE id = ?", session)
    if row is None:
        raise LookupError(f"resume: there is no session {session}")
    before = resume_of(database, row["resumed_from"]) if row["resumed_from"] else {}
    rows = database.trials(session)
    own = [[t["block"], t["trial"], trials.plan_of(t), trials.answer_of(t)] for t in rows]
    try:
        recorded = reading.read(database.absolute(row["journal"]))
    except (reading.JournalError, OSError):
        done, pages, told = max((t["block"] for t in rows), default=0), [], {}
        setup, changed = {}, {}
    else:
        done, pages, told = _went_through(recorded.events)
        setup = recorded.setup
        changed = {e.fields.get("key"): e.fields.get("value") for e in recorded.events if e.trial_type == "setting"}
    return {
        "session": session,
        "blocks_done": max(done, before.get("blocks_done", 0)),
        "trials": [*before.get("trials", ()), *own],
        "pages_done": [*before.get("pages_done", ()), *pages],
        "told": {**before.get("told", {}), **told},
        "avatar": changed.get("avatar") or setup.get("avatar") or before.get("avatar"),
        "settings": {**before.get("settings", {}), **changed},
        "model": before.get("model") or setup.get("model"),
    }


def _went_through(events):
    """How many blocks and pages are over, the names of the pages, and what they told."""
    done, pages, told, between = 0, [], {}, False
    for event in events:
        if event.trial_type == "block_ended":
            done = max(done, event.block + 1)
        elif event.trial_type == "page_began":
            between = bool(event.fields.get("interlude"))
        elif event.trial_type in ("page_ended", "page_left") and not between:
            done = max(done, event.block + 1)
            name = str(event.fields.get("page") or event.fields.get("name") or event.phase)
            pages.append(name)
            if event.trial_type == "page_ended":
                told[name] = {k: v for k, v in event.fields.items() if k != "page"}
    return done, pages, told


def _completed(database, row):
    """Why a session ended that nobody could end; None while it runs."""
    path, now = database.absolute(row["journal"]), datetime.now(UTC)
    if path.is_file() and is_held(path):
        return None
    if not path.is_file() and now - datetime.fromisoformat(row["started"]) < timedelta(minutes=1):
        return None  # it only just begins
    database.complete(row["id"])
    return database.row("SELECT ended FROM sessions WHERE id = ?", row["id"])["ended"]


def _gone_on_with(database, session):
    return database.row("SELECT 1 FROM sessions WHERE resumed_from = ?", session) is not None


def _unfinished(row, resume):
    return Unfinished(
        id=row["id"],
        person=row["person"],
        code=row["code"],
        started=row["started"],
        programme=row["programme_name"],
        programme_text=row["programme_text"],
        language=row["language"],
        seed=row["seed"],
        display=row["display"],
        tracker=row["tracker"],
        learner=row["learner"],
        avatar=resume["avatar"],
        block=resume["blocks_done"],
        trials_done=len(resume["trials"]),
        adult=row["adult"],
        resume=resume,
    )
