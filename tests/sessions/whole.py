"""Whole sessions of real parts, stepped frame by frame: gestures, modes, policies, avatar and simulated learners."""

import tomllib
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cache

from vrtrainer import choices
from vrtrainer.gestures import library
from vrtrainer.human import body, observation
from vrtrainer.human.frame import Frame
from vrtrainer.imitation import ways
from vrtrainer.learning import learner, policies
from vrtrainer.learning.simulated import SimulatedLearner, profile
from vrtrainer.sessions import modes, pages, stored, tableau
from vrtrainer.sessions.commands import Command
from vrtrainer.sessions.session import Session
from vrtrainer.stage import vrm
from vrtrainer.trackers.simulated import SimulatedTracker

ASSETS = choices.content("assets")
SHORT = """
name = { nl = "Kort", en = "Short" }
minutes = 6
[[block]]
mode = "immediate"
gestures = ["wave", "one_arm_up"]
trials = 2
[[block]]
mode = "together"
gestures = ["wave", "nod_yes"]
trials = 1
"""


@cache
def _content():
    gestures = library.load(ASSETS / "gestures")
    noor = vrm.load(choices.content("avatars") / "noor" / "model.vrm").body
    texts = {c: tomllib.loads((ASSETS / "language" / f"{c}.toml").read_text(encoding="utf-8")) for c in ("nl", "en")}
    rooms = tuple({n: choices.load(room, n) for n in choices.names(room)} for room in (modes, policies, ways, pages))
    return gestures, noor, texts, rooms


def setup(text=SHORT, *, resumed=(), **asked):
    """A setup as a run makes it; one that goes on with nothing is made once and shared."""
    return _setup.__wrapped__(text, resumed=resumed, **asked) if resumed else _setup(text, **asked)


@cache
def _setup(text=SHORT, *, language="nl", seed=1, self_report=False, patience_s=60.0, **other):
    # Plain values first, then what is read from them.
    gestures, noor, texts, rooms = _content()
    if not text.startswith("\n"):
        text = (ASSETS / "programmes" / f"{text}.toml").read_text(encoding="utf-8")
    plain = stored.plain(
        programme_text=text,
        programme_name="short",
        gestures=gestures,
        people=(),
        sequences=0,
        bodies={"noor": noor},
        body=body.of_height(1.35),
        model=learner.prior(),
        texts=texts[language],
        language=language,
        names={"learner": "Sam", "adult": "Anna", "avatar": "Noor"},
        way="vrtrainer",
        seed=seed,
        day=0.0,
        self_report=self_report,
        patience_s=patience_s,
        watched=False,
        **other,
    )
    return stored.of_plain(plain, *rooms)


def simulated(name="sam", seed=1):
    """The tracker of a simulated learner that ships."""
    who = profile((ASSETS / "learners" / f"{name}.toml").read_text(encoding="utf-8"), f"{name}.toml")
    return SimulatedTracker(SimulatedLearner(who, seed, _content()[0]))


@dataclass
class Run:
    """A session under way; each step's tableau and events are kept."""

    session: Session
    tracker: object = None
    rate: float = 30.0
    time: float = 100.0
    index: int = 0
    shown: tableau.Tableau = tableau.EMPTY
    events: list = field(default_factory=list)

    def step(self, *orders, acts=(), dt=None, state="active", seen=None):
        """One frame; orders are names or Commands. Answers the events of this frame."""
        self.time += 1 / self.rate if dt is None else dt
        frame = Frame(self.index, self.time, 1 / self.rate, state=state, should_render=state != "asleep")
        self.index += 1
        if seen is None:
            seen = self.tracker.observe(frame, self.shown) if self.tracker else observation.nothing("nobody")
        if acts:
            seen = replace(seen, acts=seen.acts | set(acts))
        orders = tuple(Command(o) if isinstance(o, str) else o for o in orders)
        self.shown, events = self.session.step(frame, observation.quantised(seen), orders)
        self.events += events
        return events

    def until(self, reached, seconds=120.0, **step):
        """Step until `reached(self)`; fails after so many seconds of session time."""
        end = self.time + seconds
        while not reached(self):
            assert self.time < end, f"not reached within {seconds} s: {self.session.state}, {self.shown.turn}"
            self.step(**step)
        return self

    def phase(self, name, seconds=120.0):
        """Step until the turn's phase is this one."""
        return self.until(lambda run: run.shown.turn.phase == name, seconds)

    def to_the_end(self, seconds=900.0):
        return self.until(lambda run: run.session.over, seconds)

    def copied(self):
        """The same run once more, to go on from here another way."""
        shared = [self.session.setup, self.session.setup.way]
        return deepcopy(self, {id(thing): thing for thing in shared})

    def named(self, trial_type):
        return [e for e in self.events if e.trial_type == trial_type]


def begin(text=SHORT, *, learner="sam", rate=30.0, start=100.0, **asked):
    """A run that has had no frame yet; `learner` is a simulated learner's name, None for nobody."""
    tracker = simulated(learner, asked.get("seed", 1)) if learner else None
    return Run(Session(setup(text, **asked)), tracker, rate, start)
