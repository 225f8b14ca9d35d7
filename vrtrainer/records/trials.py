"""A trial as one row: from the events of its end, or, after a crash, from those that told of it before.

Columns are named as the fields of TrialPlan, Score and Answer. Facets, which share the name `size` with Score, are
called facet_tempo, facet_size and so on; Answer's fields answer_graded and so on.
"""

from dataclasses import fields

from vrtrainer.imitation.score import Score
from vrtrainer.learning.plan import Answer, Facets, TrialPlan
from vrtrainer.records import rows

PLAN = tuple(f.name for f in fields(TrialPlan) if f.name != "facets")
FACETS = tuple(f"facet_{f.name}" for f in fields(Facets))
SCORE = tuple(f.name for f in fields(Score))
ANSWER = tuple(f"answer_{f.name}" for f in fields(Answer))
PLACE = ("block", "trial", "onset", "duration")
COURSE = ("prompt_at_end", "models", "ended_by", "response_time")
COLUMNS = (*PLACE, *PLAN, *FACETS, *SCORE, *ANSWER, *COURSE)
"""All of a row but the session."""
TOLD = frozenset({"trial_planned", "score", "answered", "phase", "trial_left", "trial_restarted", "trial_ended"})
"""Events that `Collector` reads."""
JSON_COLUMNS = ("reason_values", "parts", "reasons")


class Collector:
    """Told every event of a session in order; gives each finished trial's row once."""

    def __init__(self):
        self._planned = None  # event trial_planned of the trial that runs
        self._score = {}
        self._answer = None
        self._judged = None  # onset at which the feedback began
        self._models = None

    def told(self, event):
        """The row of a trial that ended with this event, as a dict, else None."""
        kind = event.trial_type
        if kind == "trial_planned":
            self._planned, self._models = event, None
            self._forget()
        elif kind == "score":
            self._score, self._judged = event.fields, event.onset
        elif kind == "answered":
            self._answer = event.fields["answer"]
        elif kind == "phase" and event.fields.get("entered") == "feedback":
            self._judged, self._models = event.onset, event.fields.get("model_index")
        elif kind in ("trial_left", "trial_restarted"):
            self._forget()
        elif kind == "trial_ended":
            row = self._row(event, event.fields)
            self._planned = None
            self._forget()
            return row
        return None

    def _forget(self):
        self._score, self._answer, self._judged = {}, None, None

    def unfinished(self):
        """The row of a trial that was judged but whose end nobody could write any more, else None."""
        if self._planned is None or self._judged is None:
            return None
        plan, score = self._planned.fields["plan"], self._score
        answer = {"graded": None, "attempted": None, "withheld": None}
        if self._answer is not None:
            answer = self._answer
        elif score:  # journals from before `answered`
            answer = {
                "graded": score.get("graded_0_2"),
                "attempted": score.get("attempted"),
                "withheld": score.get("withheld"),
            }
        course = {"models": self._models, "ended_by": "interrupted", "plan": plan, "score": score, "answer": answer}
        return self._row(self._planned, course, self._judged)

    def _row(self, event, course, until=None):
        plan, score, answer = course["plan"], course.get("score") or {}, course["answer"]
        onset = self._planned.onset if self._planned is not None else event.onset
        row = {
            "block": event.block,
            "trial": event.trial,
            "onset": onset,
            "duration": (event.onset if until is None else until) - onset,
            **{name: plan.get(name) for name in PLAN},
            **{name: plan["facets"].get(name.removeprefix("facet_")) for name in FACETS},
            **{name: score.get(name) for name in SCORE},
            **{name: answer.get(name.removeprefix("answer_")) for name in ANSWER},
            **{name: course.get(name) for name in COURSE},
        }
        for name in JSON_COLUMNS:
            row[name] = None if row[name] is None else rows.json_bytes(row[name]).decode()
        return {name: rows.plain(value) for name, value in row.items()}


def of_events(events):
    """Rows of all trials that a session's events tell of, the last judged one included."""
    collector = Collector()
    out = [row for event in events if (row := collector.told(event)) is not None]
    last = collector.unfinished()
    return [*out, last] if last else out


def plan_of(row):
    """A trial's plan as plain values, of its row: with the help that there was at its end, as a learner model takes it.

    `TrialPlan(**{**plan, "facets": Facets(**plan["facets"])})` is the plan itself.
    """
    plan = {name: row[name] for name in PLAN}
    if row["prompt_at_end"] is not None:
        plan["prompt"] = row["prompt_at_end"]
    return {**plan, "facets": {name.removeprefix("facet_"): row[name] for name in FACETS}}


def answer_of(row):
    """A trial's answer as plain values, of its row: graded, attempted, withheld."""
    out = {name.removeprefix("answer_"): row[name] for name in ANSWER}
    if out["attempted"] is not None:
        out["attempted"] = bool(out["attempted"])
    return out
