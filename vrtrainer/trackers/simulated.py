"""A simulated learner takes part: it sees the tableau with its own delay and performs as a moving body."""

from vrtrainer.gestures import library
from vrtrainer.learning.simulated import SimulatedLearner, profile

TRACKS = True


def connect(options):
    """The simulated learner named by options.learner, from assets/learners."""
    file = options.content.assets / "learners" / f"{options.learner}.toml"
    who = profile(file.read_text(encoding="utf-8"), file.name)
    return SimulatedTracker(SimulatedLearner(who, options.seed, library.load(options.content.assets / "gestures")))


class SimulatedTracker:
    sequences = 0

    def __init__(self, learner):
        self.learner = learner
        self.body = learner.body

    def observe(self, frame, shown):
        figure = next((f for f in shown.figures if not f.ghost), None)
        return self.learner.observe(frame.time, shown.turn, figure.pose if figure else None)

    def close(self):
        pass
