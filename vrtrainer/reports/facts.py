"""What came of a session, counted from its rows and events; no word of it is written here."""

from dataclasses import dataclass, field, replace

JOINED, WATCHED, UNSEEN = "joined", "watched", "unseen"
_UNSAID = "unsaid"  # nothing was measured and nothing was told of it: being there is watching
_NOTICED = 0.02  # a smaller change of tempo is none
_ASKED = ("choose", "again", "other_gesture", "together", "slower", "easier", "harder", "show_where")


@dataclass(slots=True)
class Facts:
    """Counts of one session. `rows` are the trials as the database keeps them, each with `came` of it."""

    rows: list
    began: int = 0
    stops: dict = field(default_factory=dict)
    pauses: dict = field(default_factory=dict)
    asked: dict = field(default_factory=dict)
    something_else: int = 0
    feeling: str = ""
    seconds: float = 0.0
    finished: bool = False
    windows: dict = field(default_factory=dict)
    """Trial to the seconds of session time (from, until) of the learner's turn."""

    def count(self, came, gesture=None):
        return sum(r["came"] == came for r in self.rows if gesture in (None, r["gesture"]))

    @property
    def gestures(self):
        """Gestures in the order in which they first came."""
        return list(dict.fromkeys(r["gesture"] for r in self.rows))

    def best(self, gesture):
        """The row of the attempt that is shown: without help before with help, then the likest; None without one."""
        tried = [r for r in self.rows if r["gesture"] == gesture and r["came"] == JOINED]
        return max(tried, key=merit, default=None)


def merit(row):
    """Orders attempts: fuller before less full, without help before with help, then the likest."""
    return (row["graded_0_2"] or row["answer_graded"] or 0, prompt(row) == 0, row["similarity"] or 0.0)


def prompt(row):
    """The help that there was at a trial's end."""
    return row["prompt"] if row["prompt_at_end"] is None else row["prompt_at_end"]


def came_of(row):
    """Whether the learner joined in, watched, or could not be seen."""
    if row["answer_withheld"] not in (None, _UNSAID):
        return UNSEEN
    return JOINED if row["answer_attempted"] else WATCHED


def of_session(rows, events):
    """Facts of a session's rows of trials and its events."""
    out = Facts([{**row, "came": came_of(row)} for row in rows])
    turns = {}
    for event in events:
        told, by = event.fields, event.fields.get("actor")
        out.seconds = max(out.seconds, event.onset)
        if event.trial_type == "assent" and told.get("assent") == "given":
            out.began += 1
        elif event.trial_type == "command":
            _commanded(out, told["command"], by, told.get("value", ""))
        elif event.trial_type == "how_was_it":
            out.feeling = told["answer"]
        elif event.trial_type == "session_over":
            out.finished = told.get("ended") == "finished"
        elif event.trial_type == "phase":
            if told.get("entered") == "respond":
                turns[event.trial] = event.onset
            elif event.trial in turns and told.get("left") == "respond":
                out.windows[event.trial] = (turns.pop(event.trial), event.onset)
    return out


def _commanded(facts, name, actor, value):
    if name == "stop":
        facts.stops[actor] = facts.stops.get(actor, 0) + 1
    elif name == "pause":
        facts.pauses[actor] = facts.pauses.get(actor, 0) + 1
    elif name == "something_else" and actor == "learner":
        facts.something_else += 1
    elif name in _ASKED:
        facts.asked.setdefault(actor, []).append((name, value))


@dataclass(frozen=True, slots=True)
class Step:
    """Trials in a row that were chosen for one reason, and what changed at the first of them."""

    first: int
    last: int
    gesture: str
    reason_key: str
    reason_values: dict
    new_part: int | None
    """The programme's part that begins here, None where none does."""
    changes: tuple
    """Of `helped_more`, `helped_less`, `slower`, `faster`: what changed against the trial before."""


def steps(rows):
    """The trials, those for one reason taken together."""
    out, before = [], None
    for row in rows:
        changed, part = _changed(before, row)
        reason = row["gesture"], row["reason_key"], row["reason_values"] or {}
        if out and not changed and part is None and (out[-1].gesture, *_reason(out[-1])) == reason:
            out[-1] = replace(out[-1], last=row["trial"])
        else:
            out.append(Step(row["trial"], row["trial"], *reason, part, changed))
        before = row
    return out


def _reason(step):
    return step.reason_key, step.reason_values


def _changed(before, row):
    """What became easier or harder from one trial to the next, and the part that began with it."""
    if before is None:
        return (), None
    changed = ()
    if row["prompt"] != before["prompt"]:
        changed += ("helped_more" if row["prompt"] > before["prompt"] else "helped_less",)
    if abs(row["facet_tempo"] - before["facet_tempo"]) > _NOTICED:
        changed += ("faster" if row["facet_tempo"] > before["facet_tempo"] else "slower",)
    return changed, row["block"] if row["block"] != before["block"] else None
