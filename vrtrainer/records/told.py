"""What a session tells of people, as rows: notes, marks, ratings, answers at a break, adverse events, who watches.

Rule 1: the same event gives the same row, from the recorder while it happens or from the journal after a crash, and the
        second time it changes nothing.
Rule 2: an event that says too little, or something else than there is to say, is no row: it stays in the journal. One
        row that the database refused would hold up all that come after it.
"""

import math
from datetime import UTC, datetime, timedelta

from vrtrainer.records.schema import now

BREAK = ("sick", "head", "blurry")
"""Questions at a break; each is answered yes, no or skip."""
ANSWERS = ("yes", "no", "skip")
SEVERITIES = ("mild", "moderate", "severe")
TOLD = frozenset(
    {
        "session_started", "session_state", "phase", "session_over", "dose",
        "note", "mark", "rated", "break_answers", "adverse", "watching",
    }
)  # fmt: skip
"""Events that `Teller` reads."""

_WHO = "(SELECT person FROM sessions WHERE id = :session), :session, (SELECT id FROM adults WHERE name = :adult)"
_NOTE = (
    "INSERT INTO notes (person, session, adult, at, session_s, kind, text)"
    f" VALUES ({_WHO}, :at, :session_s, :kind, :text) ON CONFLICT DO NOTHING"
)
_RATING = (
    "INSERT INTO ratings (session, trial, rating, adult, actor, at, session_s) VALUES (:session, :trial, :rating,"
    " (SELECT id FROM adults WHERE name = :adult), :actor, :at, :session_s) ON CONFLICT DO NOTHING"
)
_HEALTH = (
    "INSERT INTO health (person, session, adult, at, session_s, question, answer)"
    f" VALUES ({_WHO}, :at, :session_s, :question, :answer) ON CONFLICT DO NOTHING"
)
_ADVERSE = (
    "INSERT INTO adverse_events (person, session, adult, at, session_s, what, severity, action)"
    f" VALUES ({_WHO}, :at, :session_s, :what, :severity, :action) ON CONFLICT DO NOTHING"
)
_ADULT = "INSERT INTO adults (name, created) VALUES (:adult, :at) ON CONFLICT DO NOTHING"
_WATCHED = (
    "INSERT INTO watched (session, adult, at, session_s) VALUES (:session, (SELECT id FROM adults WHERE name = :adult),"
    " :at, :session_s) ON CONFLICT (session, session_s) DO UPDATE SET adult = excluded.adult"
)
_BESIDE = "UPDATE sessions SET adult = (SELECT id FROM adults WHERE name = :adult) WHERE id = :session"
_AVATAR = "UPDATE sessions SET avatar = :avatar WHERE id = :session"
_PRACTISED = "UPDATE sessions SET practised_s = :seconds WHERE id = :session"


class Teller:
    """Told every event of a session in order; gives statements with their values.

    `started` is when the session started: where it is given, moments are worked out from it, as after a crash; else
    they are now.
    """

    def __init__(self, session, started=""):
        self._session, self._started = session, started
        self._beside = ""
        self._practised = Practised()

    def told(self, event):
        """(statement, values) of each row that an event makes; mostly none."""
        self._practised.told(event)
        make = _MADE.get(event.trial_type)
        return [] if make is None else make(self, event)

    def practised(self):
        """The statement that keeps how long was practised."""
        return _PRACTISED, {"session": self._session, "seconds": self._practised.seconds}

    def _values(self, event, **more):
        by_adult = event.fields.get("actor", "adult") == "adult"
        adult = str(event.fields.get("adult") or (self._beside if by_adult else "")).strip()
        return {
            "session": self._session,
            "adult": adult or None,
            "at": self._moment(event.onset),
            "session_s": event.onset,
            **more,
        }

    def _moment(self, onset):
        if not self._started:
            return now()
        then = datetime.fromisoformat(self._started) + timedelta(seconds=onset)
        return min(then, datetime.now(UTC)).isoformat(timespec="milliseconds")  # a fast clock runs ahead

    # Events

    def _session_started(self, event):
        out = []
        if event.fields.get("avatar"):
            out.append((_AVATAR, {"session": self._session, "avatar": str(event.fields["avatar"])}))
        return out + (self._watching(event, event.fields.get("adult")) if event.fields.get("adult") else [])

    def _watching(self, event, name=None):
        self._beside = str(event.fields.get("name", "") if name is None else name).strip()
        values = {**self._values(event), "adult": self._beside or None}
        if not self._beside:
            return [(_WATCHED, values)]
        return [(_ADULT, values), (_WATCHED, values), (_BESIDE, values)]

    def _note(self, event):
        text = str(event.fields.get("text", "")).strip()
        # A mark may be no more than a moment; a note without words is none.
        if not text and event.trial_type == "note":
            return []
        return [(_NOTE, self._values(event, kind=event.trial_type, text=text))]

    def _rated(self, event):
        trial, grade = _whole(event.fields.get("trial", event.trial)), event.fields.get("grade")
        rating = None if grade in (None, "") else _whole(grade)
        if trial is None or trial < 0 or (rating not in (0, 1, 2) and grade not in (None, "")):
            return []
        actor = str(event.fields.get("actor", "adult"))
        return [(_RATING, self._values(event, trial=trial, rating=rating, actor=actor))]

    def _break_answers(self, event):
        said = {question: event.fields.get(question) for question in BREAK}
        return [
            (_HEALTH, self._values(event, question=question, answer=answer))
            for question, answer in said.items()
            if answer in ANSWERS
        ]

    def _adverse(self, event):
        told = event.fields
        what = str(told.get("what", "")).strip()
        if not what:
            return []
        severity = told.get("severity") if told.get("severity") in SEVERITIES else "moderate"
        return [(_ADVERSE, self._values(event, what=what, severity=severity, action=str(told.get("action", ""))))]


_MADE = {
    "session_started": Teller._session_started,
    "watching": Teller._watching,
    "note": Teller._note,
    "mark": Teller._note,
    "rated": Teller._rated,
    "break_answers": Teller._break_answers,
    "adverse": Teller._adverse,
}


class Practised:
    """How long was practised: from the first "Look." on, without the time paused or stopped."""

    def __init__(self):
        self.seconds = 0.0
        self._begun, self._still, self._last = False, False, 0.0

    def told(self, event):
        told, passed = event.fields, event.onset - self._last
        self._last = event.onset
        if self._begun and not self._still and passed > 0:
            self.seconds += passed
        if event.trial_type == "session_state":
            self._still = told.get("state") in ("paused", "stopped", "over")
        elif event.trial_type == "phase" and told.get("entered") in ("model", "respond"):
            self._begun = True
        elif event.trial_type == "dose" and _number(told.get("minutes_today")) is not None:
            # The session itself knows when the headset was off. It rounds to 0.1 minute: what is nearer to ours stays.
            theirs = 60.0 * _number(told["minutes_today"])
            if abs(theirs - self.seconds) > 3.0:
                self.seconds = theirs


def _number(value):
    out = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    return out if math.isfinite(out) else None


def _whole(value):
    """A whole number, or None: also of the text that a command carries."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        out = float(value)
    except ValueError:
        return None
    return int(out) if out.is_integer() else None
