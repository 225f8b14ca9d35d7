"""A real session to measure: the built-in programme, a simulated learner seen with hands, 90 frames a second."""

from dataclasses import replace
from pathlib import Path

from vrtrainer import api, choices, setups, trackers
from vrtrainer.human.frame import Frame
from vrtrainer.records.database import Database
from vrtrainer.sessions import tableau

RATE = 90.0


def frames(count):
    """Frames of a 90 Hz display, as fast as they are asked for."""
    for i in range(count):
        yield Frame(i, i / RATE, 1 / RATE)


def made(data, learner="sam"):
    """Options, plain setup and tracker of a session with a simulated learner."""
    options = api.options(
        data=Path(data), language="en", seed=1, learner=learner, display="offscreen", tracker="simulated"
    )
    tracker = choices.load(trackers, "simulated").connect(options)
    with Database(options.data) as database:
        return options, setups.plain_of(options, database, tracker), tracker


def observed(data, count):
    """What the tracker gave in a session of so many frames, so that a simulated body costs nothing when it is timed."""
    _, plain, tracker = made(data)
    session, shown, out = setups.session_of(plain), tableau.EMPTY, []
    for frame in frames(count):
        seen = tracker.observe(frame, shown)
        out.append(replace(seen))
        shown, _ = session.step(frame, seen, ())
    return out


class Played:
    """A tracker that gives what was observed before, in order."""

    def __init__(self, observations):
        self._left = iter(observations)

    def observe(self, frame, shown):
        return next(self._left)

    def close(self):
        pass
