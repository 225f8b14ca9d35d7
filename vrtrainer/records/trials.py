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
JSON_COLUMNS = ("reason_values", "parts", "reasons")


class Collector:
    """Told every event of a session in order; gives each finished trial's row once."""

    def __init__(self):
        self._planned = None  # event trial_planned of the trial that runs
        self._score = {}
        self._judged = None  # onset at which the feedback began
        self._models = None

    def told(self, event):
        """The row of a trial that ended with this event, as a dict, else None."""
        kind = event.trial_type
        if kind == "trial_planned":
            self._planned, self._score, self._judged, self._models = event, {}, None, None
        elif kind == "score":
            self._score, self._judged = event.fields, event.onset
        elif kind == "phase" and event.fields.get("entered") == "feedback":
            self._judged, self._models = event.onset, event.fields.get("model_index")
        elif kind in ("trial_left", "trial_restarted"):
            self._score, self._judged = {}, None
        elif kind == "trial_ended":
            row = self._row(event, event.fields)
            self._planned, self._score, self._judged = None, {}, None
            return row
        return None

    def unfinished(self):
        """The row of a trial that was judged but whose end nobody could write any more, else None."""
        if self._planned is None or self._judged is None:
            return None
        plan, score = self._planned.fields["plan"], self._score
        answer = {"graded": None, "attempted": None, "withheld": None}
        if score:
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
