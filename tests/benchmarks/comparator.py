"""One sample of the online comparison of one gesture, a body with hands, features included."""

import numpy as np

from tests.benchmarks._timing import cpu_times, said
from vrtrainer import choices
from vrtrainer.gestures import library
from vrtrainer.gestures.gesture import Style
from vrtrainer.gestures.perform import perform
from vrtrainer.human import body, motion, observation, pose, rotations
from vrtrainer.human.skeleton import INDEX
from vrtrainer.imitation.online import Comparator
from vrtrainer.imitation.template import Template

COUNT = 5000


def figures():
    """p50 and p99 for each gesture that ships."""
    who = body.of_height(1.35)
    for name, gesture in library.load(choices.content("assets") / "gestures").items():
        shown = perform(gesture, who, Style(side="left"))
        comparator = Comparator(Template.of_performance(shown, gesture, who))
        samples = _observations(motion.mirrored(shown.motion), who)
        state = {"i": 0}

        def step(samples=samples, comparator=comparator, state=state):
            i = state["i"]
            if i % len(samples) == 0:
                comparator.start()
            comparator.step(i / 60, samples[i % len(samples)])
            state["i"] = i + 1

        yield f"{name}: {said(cpu_times(step, COUNT))}"


def _observations(moved, who):
    at, turned = pose.forward(moved.rotations, moved.hips, who.offsets)
    head = rotations.from_matrix(turned[:, INDEX["head"]])
    out = []
    for k in range(len(moved.times)):
        world = np.full((len(at[k]), 4), np.nan)
        world[INDEX["head"]] = head[k]
        plain = observation.nothing("benchmark")
        seen = observation.Observation(
            at[k], world, np.full(len(at[k]), 3, np.uint8), moved.face[k], 3, plain.sample_time, plain.acts,
            plain.pointer, plain.gaze, "benchmark",
        )  # fmt: skip
        out.append(observation.quantised(seen))
    return out
