"""The session's stop sign: the T of anybody's hands, held 0.4 s, and nothing that looks a little like it."""

from dataclasses import replace

import numpy as np
import pytest

from tests.trackers import poses
from vrtrainer import choices
from vrtrainer.gestures import notation
from vrtrainer.gestures.gesture import Style
from vrtrainer.gestures.perform import perform
from vrtrainer.human import body, observation, pose, rotations
from vrtrainer.human.observation import INFERRED, MEASURED
from vrtrainer.human.skeleton import INDEX, J, xr_hand_joints
from vrtrainer.trackers._signs import HELD, SIGNS, StopSign

ASSETS = choices.content("assets")
HEIGHTS = (0.95, 1.1, 1.35, 1.6, 1.85, 2.0)


def recognised(positions, turned, seconds=1.0, rate=90, noise=0.0, **changes):
    """Whether the sign was seen at each frame."""
    sign, rng, out = StopSign(), np.random.default_rng(1), []
    for k in range(int(seconds * rate)):
        seen = poses.seen(positions + rng.normal(0, noise, positions.shape) if noise else positions, turned, **changes)
        out.append(bool(sign.step(k / rate, seen, seen.how)))
    return out


@pytest.mark.parametrize("height", HEIGHTS)
@pytest.mark.parametrize("side", ["left", "right"])
def test_the_t_is_recognised_from_a_small_child_to_a_tall_adult_with_either_hand_above(height, side):
    assert any(recognised(*poses.written(poses.T_SIGN, side, height)))


@pytest.mark.parametrize("place", ["mouth", "chest"])
@pytest.mark.parametrize("forward", ["0.3", "0.45", "0.55"])
@pytest.mark.parametrize("gap", ["0.0", "0.1"])
def test_the_t_may_be_made_high_or_low_near_or_far_and_need_not_quite_touch(place, forward, gap):
    text = poses.T_SIGN.replace("chest", place).replace("0.55", forward).replace("up = 0.06", f"up = {gap}")
    assert any(recognised(*poses.written(text)))


@pytest.mark.parametrize("yaw", [0, 70, 180, 300])
def test_the_t_is_recognised_wherever_the_person_stands_and_faces(yaw):
    positions, turned = poses.written(poses.T_SIGN)
    assert any(recognised(*poses.moved(positions, turned, yaw, (0.7, 0.0, -1.2))))


def test_the_t_is_recognised_through_a_trackers_trembling():
    assert any(recognised(*poses.written(poses.T_SIGN), noise=0.004))


@pytest.mark.parametrize("rate", [15, 30, 90])
def test_the_t_counts_once_it_was_held_and_as_long_as_it_is_held(rate):
    seen = recognised(*poses.written(poses.T_SIGN), rate=rate)
    first = seen.index(True)
    assert (first - 1) / rate < HELD <= first / rate + 1e-9
    assert all(seen[first:])


def test_a_t_that_is_let_go_before_it_was_held_long_enough_counts_for_nothing():
    sign, rest = StopSign(), poses.written(poses.SIMILAR["stop_hand"])
    t = poses.written(poses.T_SIGN)
    for k in range(300):
        positions, turned = rest if k % 30 == 29 else t  # 0.32 s at a time
        seen = poses.seen(positions, turned)
        assert not sign.step(k / 90, seen, seen.how)


@pytest.mark.parametrize("name", poses.SIMILAR)
@pytest.mark.parametrize("height", [1.1, 1.35, 1.85])
@pytest.mark.parametrize("side", ["left", "right"])
def test_what_looks_a_little_like_it_stops_nothing(name, height, side):
    assert not any(recognised(*poses.written(poses.SIMILAR[name], side, height)))


@pytest.mark.parametrize("name", choices.listing(ASSETS / "gestures"))
@pytest.mark.parametrize("side", ["left", "right"])
def test_no_gesture_that_ships_is_taken_for_it(name, side):
    gesture = notation.read((ASSETS / "gestures" / f"{name}.toml").read_text(encoding="utf-8"), name, name)
    who, sign = body.of_height(1.35), StopSign()
    motion = perform(gesture, who, Style(side=side)).motion
    at, _ = pose.forward(motion.rotations, motion.hips, who.offsets)
    for time, positions in zip(motion.times, at, strict=True):
        seen = poses.seen(positions, np.zeros((J, 4)))
        assert not sign.step(float(time), seen, seen.how)


def test_a_t_of_hands_that_were_not_measured_counts_for_nothing():
    positions, turned = poses.written(poses.T_SIGN)
    how = poses.seen(positions, turned).how.copy()
    how[xr_hand_joints("left")] = INFERRED
    assert not any(recognised(positions, turned, how=how))
    gone = positions.copy()
    gone[INDEX["rightMiddleTip"]] = np.nan
    assert not any(recognised(gone, turned))


# Crossed arms, where the learner chose them


def crossed(left=(0.12, 1.1, -0.3), right=(-0.12, 1.12, -0.3), yaw=0.0):
    """An observation of a head at 1.4 m and two wrists, all turned about the vertical."""
    seen = observation.nothing("test")
    positions, turned, how = seen.positions.copy(), seen.rotations.copy(), seen.how.copy()
    turn = rotations.from_axis_angle([0.0, 1.0, 0.0], yaw)
    for name, at in (("head", (0.0, 1.4, 0.0)), ("leftHand", left), ("rightHand", right)):
        positions[INDEX[name]] = rotations.rotate(turn, np.array(at))
        turned[INDEX[name]] = turn
        how[INDEX[name]] = MEASURED
    return replace(seen, positions=positions, rotations=turned, how=how)


def held(seen, sign="crossed", seconds=0.6):
    made = SIGNS[sign]()
    return any(made.step(t, seen, seen.how) for t in np.arange(0, seconds, 1 / 30))


@pytest.mark.parametrize("yaw", [0.0, 1.0, -2.5])
def test_crossed_arms_stop_whichever_way_somebody_faces(yaw):
    assert held(crossed(yaw=yaw))
    assert not held(crossed(yaw=yaw), seconds=0.3)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((-0.2, 1.1, -0.3), (0.2, 1.1, -0.3)),
        ((0.12, 1.5, -0.3), (-0.12, 1.5, -0.3)),
        ((0.12, 0.5, -0.2), (-0.1, 0.5, -0.2)),
    ],
    ids=["apart", "above the head", "in the lap"],
)
def test_arms_that_are_elsewhere_do_not_stop(left, right):
    assert not held(crossed(left, right))


def test_only_the_sign_that_was_chosen_stops():
    assert not held(crossed(), "t")
    assert not held(crossed(), "none")
