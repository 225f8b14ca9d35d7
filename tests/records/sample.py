"""A made-up session's inputs and events, from the real types: for tests of what keeps and shows them."""

import math
from dataclasses import asdict, replace

import numpy as np

from vrtrainer.human import body, observation
from vrtrainer.human.frame import Frame
from vrtrainer.human.skeleton import J
from vrtrainer.imitation.score import Reason, Score
from vrtrainer.learning.plan import Answer, Facets, TrialPlan
from vrtrainer.sessions.events import Event

PERIOD = 1 / 90
_REST = body.of_height(1.4).rest_positions()


def seen(index, source="simulated"):
    """A person who waves: measured head, arms and hands, whose right hand goes up and down."""
    rng = np.random.default_rng(index)
    at = _REST + rng.normal(0, 0.002, (J, 3))
    at[:, 1] += 0.1 * math.sin(index * PERIOD * 4)
    nobody = observation.nothing(source)
    turned = np.tile([0.0, 0.0, 0.0, 1.0], (J, 1))
    how = np.full(J, observation.MEASURED, np.uint8)
    rounded = observation.quantised(replace(nobody, positions=at, rotations=turned, how=how))
    return replace(rounded, positions=rounded.positions + 0.0)  # -0.0 is no other place than 0.0


def plan(number=0, **changes):
    first = TrialPlan(
        gesture="wave",
        mode="immediate",
        side="right",
        prompt=0,
        facets=Facets(),
        kind="practice",
        chance=0.8,
        chance_unprompted=0.8,
        avatar="noor",
        scene="calm_room",
        reason_key="first_time",
    )
    return replace(first, gesture=("wave", "one_arm_up", "nod_yes")[number % 3], **changes)


def score(graded=2, **changes):
    first = Score(
        similarity=(0.1, 0.55, 0.93)[graded],
        attempted=True,
        goal=graded / 2,
        shape=0.9,
        lag_s=0.42,
        tempo_ratio=1.1,
        size=0.8,
        side_used="mirror",
        parts={"rightArm": 0.9, "rightHand": 0.8},
        share_observed=0.97,
        graded_0_2=graded,
        withheld=None,
        reasons=(Reason("higher", {"part": "rightArm"}, "rightArm", 1.2),) if graded == 1 else (),
        raw_deg=8.5,
        raw_m=0.06,
        raw_s=0.2,
    )
    return replace(first, **changes)


def withheld():
    figures = ("similarity", "attempted", "goal", "shape", "lag_s", "tempo_ratio", "size", "graded_0_2")
    empty = dict.fromkeys((*figures, "raw_deg", "raw_m", "raw_s"))
    return score(2, **empty, parts={}, share_observed=0.2, withheld="hand_not_seen")


def event(onset, trial_type, block=0, trial=-1, phase="ready", duration=math.nan, **fields):
    return Event(onset, duration, trial_type, block, trial, phase, fields)


def trial_events(number, onset, of_plan, of_score, answer=None):
    """What a session tells of one trial of 10 s: planned, shown, answered, judged, ended."""
    answer = answer or Answer(of_score.graded_0_2, of_score.attempted, of_score.withheld)
    judged = {**asdict(of_score), "reasons": [asdict(r) for r in of_score.reasons]}
    why = dict(now=of_plan.gesture, next="", why="Omdat dit nieuw is.", trials_left=3, prompt=of_plan.prompt)

    def at(after, trial_type, phase, **fields):
        return event(onset + after, trial_type, 0, number, phase, **fields)

    ended = dict(prompt_at_end=of_plan.prompt, models=1, ended_by="done", response_time=0.8)
    return [
        at(0.0, "trial_planned", "ready", plan=asdict(of_plan), demonstration_s=3.0),
        at(0.0, "now_next_why", "ready", **why),
        at(1.0, "phase", "ready", left="ready", cue="time_up", entered="model", model_index=0),
        at(4.0, "phase", "model", left="model", cue="motion_over", entered="respond", model_index=1),
        at(8.0, "phase", "respond", left="respond", cue="done", entered="feedback", model_index=1),
        at(8.0, "score", "feedback", **judged),
        at(10.0, "phase", "feedback", left="feedback", cue="time_up", entered="ready", model_index=1),
        at(10.0, "trial_ended", "ready", plan=asdict(of_plan), score=judged, answer=asdict(answer), **ended),
    ]


def session_events(count=4):
    """A whole session of trials: the first full, then partial, not seen, full and so on."""
    out = [
        event(0.0, "session_started", -1, phase="waiting", programme="first_steps", seed=1),
        event(2.0, "session_state", phase="running", state="running", part="opening"),
    ]
    kinds = (score(2), score(1), withheld(), score(2))
    for number in range(count):
        chance = 0.8 + 0.02 * number
        of_plan = plan(number, chance=chance, chance_unprompted=chance, prompt=4 if number == 2 else 0)
        out += trial_events(number, 2.0 + 10 * number, of_plan, kinds[number % 4])
    end = 2.0 + 10 * count
    out.append(event(end, "session_state", -1, phase="waiting", state="waiting", part="closing"))
    out.append(event(end + 2, "how_was_it", -1, phase="waiting", answer="nice"))
    out.append(event(end + 2, "session_over", -1, phase="over", ended="finished", trials=count, how_was_it="nice"))
    return out


def frames(events, period=PERIOD, start=100.0):
    """Each frame of the session with the events that fall into it: Frame, Observation, (), events."""
    left = list(events)
    for index in range(int(left[-1].onset / period) + 2):
        until = (index + 0.5) * period
        now = []
        while left and left[0].onset < until:
            now.append(left.pop(0))
        yield Frame(index, start + index * period, period), seen(index), (), tuple(now)
