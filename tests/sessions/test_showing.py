"""Where the avatar looks and how it crosses over: at its own hand, at the learner seldom or never, never abruptly."""

import numpy as np
import pytest

from tests.sessions import whole
from vrtrainer.gestures.gesture import Style
from vrtrainer.gestures.perform import perform
from vrtrainer.human import pose, rotations
from vrtrainer.human.skeleton import INDEX
from vrtrainer.learning.prompts import SLOW
from vrtrainer.sessions import showing
from vrtrainer.sessions.limits import SHOWN_AFTER
from vrtrainer.sessions.manner import Manner

LEARNER = np.array([0.0, 1.25, 0.0])  # the head of a child who stands where the learner stands
NEAR_DEG = 10.0  # a gaze this close to a face is felt as looking at it
EVERY = 5  # frames: often enough for a gaze


def look(figure, body):
    """Degrees between where the avatar's eyes point and the learner's face."""
    at, turned = pose.forward(figure.pose.rotations[None], figure.pose.hips[None], body.offsets)
    eyes = [INDEX["leftEye"], INDEX["rightEye"]]
    world = figure.world_from_avatar
    between = world.position + rotations.rotate(world.rotation, at[0, eyes].mean(axis=0))
    ahead = rotations.rotate(rotations.from_matrix(turned[0, eyes[0]]), np.array([0.0, 0.0, -1.0]))
    towards = (LEARNER - between) / np.linalg.norm(LEARNER - between)
    return np.degrees(np.arccos(np.clip(rotations.rotate(world.rotation, ahead) @ towards, -1, 1)))


@pytest.fixture(scope="module", params=[False, True], ids=["looks", "looks away"])
def gaze(request):
    run = whole.begin("first_steps", manner=Manner(looks_away=request.param))
    body, angles = run.session.setup.bodies["noor"], []
    while not run.session.over:
        run.step()
        if run.shown.figures and run.index % EVERY == 0:
            angles.append(look(run.shown.figures[0], body))
    return request.param, np.array(angles)


def test_the_avatar_looks_at_the_learner_a_fifth_of_any_ten_seconds_at_most_or_never(gaze):
    away, angles = gaze
    if away:
        assert angles.min() > NEAR_DEG
    else:
        window = int(10 * 30 / EVERY)
        shares = np.convolve(angles < NEAR_DEG, np.full(window, 1 / window), "valid")
        assert 0.02 < (angles < NEAR_DEG).mean() <= 0.2
        assert shares.max() <= 0.2 + 1e-9


@pytest.mark.parametrize("name", ["wave", "one_arm_up", "thumbs_up"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_the_eyes_go_to_the_side_of_the_hand_that_acts(name, side):
    setup = whole.setup()
    body = setup.bodies["noor"]
    performance = perform(setup.gestures[name], body, Style(side=side))
    aims = showing.aims(performance, body)
    stroke = np.searchsorted(performance.motion.times, performance.points["stroke_start"])
    assert (np.sign(aims[stroke, 0]) == 1.0) == (side == "right")
    assert not np.isnan(aims).any()


def test_crossing_over_between_rest_and_demonstration_is_never_abrupt():
    run = whole.begin(learner=None, patience_s=None, rate=90.0)
    run.step("ready")
    body, places = run.session.setup.bodies["noor"], []
    until = run.time + 16
    while run.time < until:
        if int((until - run.time) * 90) == 900:
            run.step("pause")
        elif int((until - run.time) * 90) == 700:
            run.step("go_on")
        else:
            run.step()
        places.append(pose.placed(run.shown.figures[0].pose, body))
    step = np.linalg.norm(np.diff(np.array(places), axis=0), axis=2).max()
    assert step < 0.08, "a hand moves at most 7 m/s from one frame to the next"


def test_a_part_by_part_demonstration_keeps_the_hands_at_rest_first():
    setup = whole.setup()
    motion = perform(setup.gestures["thumbs_up"], setup.bodies["noor"], Style(side="right")).motion
    lasts, thumb = motion.duration, INDEX["rightIndexProximal"]
    middle = lasts / 2
    first = showing.part_by_part(motion, ("rightHand",), middle, lasts)
    second = showing.part_by_part(motion, ("rightHand",), lasts + middle, lasts)
    assert np.array_equal(first.rotations[thumb], motion.rotations[0, thumb])
    assert not np.allclose(second.rotations[thumb], motion.rotations[0, thumb], atol=0.1)
    arm = INDEX["rightUpperArm"]
    assert np.array_equal(first.rotations[arm], second.rotations[arm])


def test_what_was_not_tried_is_shown_once_more_and_slowly_and_says_so():
    run = whole.begin(learner=None, patience_s=None)
    run.step("ready")
    lasts = []
    for _ in range(2):
        run.phase("model")
        onset = run.session.seconds
        said = {c.text for c in run.shown.captions if c.kind == "line"}
        run.until(lambda r: r.shown.turn.phase != "model")
        lasts.append(run.session.seconds - onset)
        run.phase("respond")
    assert said == {"Kijk. Nu langzaam."}
    assert lasts[1] == pytest.approx((lasts[0] - SHOWN_AFTER) / SLOW + SHOWN_AFTER, abs=0.1)
