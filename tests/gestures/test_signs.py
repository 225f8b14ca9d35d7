"""The signs that are shown and never trained: read from their own folder, and seen as what they are."""

import numpy as np
import pytest

from tests.gestures.conftest import FOLDER, right_arm
from vrtrainer.gestures import ik, library
from vrtrainer.gestures.gesture import Style
from vrtrainer.gestures.perform import perform
from vrtrainer.human import body as bodies
from vrtrainer.human import observation
from vrtrainer.human.observation import MEASURED
from vrtrainer.human.skeleton import J
from vrtrainer.trackers._signs import StopSign

SIGNS = library.load(FOLDER.parent / "signs")
EVERY_JOINT = np.full(J, MEASURED, np.uint8)


def recognised(moved, body):
    """Seconds for which the stop sign is recognised."""
    sign, plain = StopSign(), observation.nothing("test")
    told = 0
    for time, at in zip(moved.times.tolist(), moved.positions(body), strict=True):
        seen = observation.Observation(
            at, plain.rotations, EVERY_JOINT, plain.face, 0,
            plain.sample_time, plain.acts, plain.pointer, plain.gaze, "",
        )  # fmt: skip
        told += bool(sign.step(time, seen, EVERY_JOINT))
    return told / 60


def test_a_sign_is_no_gesture_that_can_be_trained():
    assert not set(SIGNS) & set(library.load(FOLDER))


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_t_is_recognised_as_stop_whoever_shows_it(side):
    rng = np.random.default_rng(5)
    for body in (bodies.of_height(1.0), bodies.of_height(2.0), *(bodies.random(rng) for _ in range(25))):
        moved = perform(SIGNS["stop_t"], body, Style(side=side)).motion
        assert recognised(moved, body) > 1.0, body.height
        if side == "right":
            arms = right_arm(moved, body)
            assert (arms >= ik.LOW[:7] - 1e-4).all()
            assert (arms <= ik.HIGH[:7] + 1e-4).all()


@pytest.mark.parametrize("name", sorted(library.load(FOLDER)))
def test_no_gesture_is_taken_for_it(gestures, name):
    for height in (1.0, 1.4, 2.0):
        body = bodies.of_height(height)
        assert recognised(perform(gestures[name], body).motion, body) == 0.0
