"""Arms reach what they can reach, within the limits of human joints."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrtrainer.gestures import ik, places, shapes
from vrtrainer.human import body as bodies
from vrtrainer.human import pose as poses
from vrtrainer.human import rotations
from vrtrainer.human.skeleton import FINGERS, INDEX, J

ADULT = bodies.of_height(1.75)
ARM = ik.arm_of(ADULT)


def rows(rng, count, share=1.0):
    """Arms anywhere within a share of their limits, the upper arm not behind the back."""
    middle, half = (ik.LOW + ik.HIGH) / 2, (ik.HIGH - ik.LOW) / 2 * share
    out = rng.uniform(middle - half, middle + half, (count, ik.WIDTH))
    raised = np.hypot(out[:, 0], out[:, 1])
    out[:, :2] *= np.minimum(1.0, np.radians(165) / raised)[:, None]
    return out


@given(st.integers(0, 2**32 - 1))
def test_angles_of_a_placed_arm_are_the_angles_it_was_placed_by(seed):
    arms = rows(np.random.default_rng(seed), 20)
    assert np.allclose(ik.rows_of(*ik.placed(ARM, arms)), arms[:, :7], atol=1e-9)


@given(st.integers(0, 2**32 - 1))
def test_local_rotations_put_the_joints_where_the_angles_say(seed):
    rng = np.random.default_rng(seed)
    body = bodies.random(rng)
    arm, arms = ik.arm_of(body), rows(rng, 10)
    local = np.zeros((10, J, 4))
    local[..., 3] = 1
    local[:, ik.RIGHT_ARM], local[:, ik.RIGHT_FINGERS] = ik.local_turns(arms)
    points, turned = poses.forward(local, np.tile(body.offsets[0], (10, 1)), body.offsets)
    shoulder, elbow, wrist, hand = ik.placed(arm, arms)
    for name, place in (("UpperArm", shoulder), ("LowerArm", elbow), ("Hand", wrist)):
        assert np.allclose(points[:, INDEX[f"right{name}"]], place, atol=1e-9)
    assert np.allclose(turned[:, INDEX["rightHand"]], rotations.matrix(hand), atol=1e-9)


def test_the_palm_gets_where_it_shall_be_whenever_some_arm_within_limits_can_bring_it_there():
    rng = np.random.default_rng(7)
    missed = []
    for arms in rows(rng, 150, share=0.8):
        _, elbow, wrist, hand = ik.placed(ARM, arms)
        if np.hypot(*(elbow[[0, 2]] / (0.12 * ADULT.height))) < 1 or wrist[2] > 0.05:
            continue  # through the trunk, or behind the back
        target = wrist + rotations.rotate(hand, ARM.palm)
        row = ik.reach(ARM, target)
        *_, there, turn = ik.placed(ARM, row)
        missed.append(np.linalg.norm(there + rotations.rotate(turn, ARM.palm) - target))
    assert len(missed) > 50
    assert np.percentile(missed, 90) < 0.005
    assert max(missed) < 0.10


@pytest.mark.parametrize(
    ("palm", "fingers"),
    [
        ((0, 0, -1.0), (0, 1.0, 0)),
        ((-1.0, 0, 0), (0, 0.7, -0.7)),
        ((0, -1.0, 0), (0, 0, -1.0)),
        ((0, 1.0, 0), (0, 0, -1.0)),
    ],
)
def test_in_front_of_the_body_the_hand_faces_as_asked(palm, fingers):
    target = places.landmark("shoulder", ADULT) + ARM.length * np.array([0.1, -0.2, -0.6])
    row = ik.reach(ARM, target, palm=np.array(palm), fingers=np.array(fingers))
    *_, wrist, hand = ik.placed(ARM, row)
    assert np.linalg.norm(wrist + rotations.rotate(hand, ARM.palm) - target) < 0.01
    assert rotations.rotate(hand, [0, -1.0, 0]) @ palm > np.cos(np.radians(12))


@given(st.floats(-2, 2), st.floats(-1, 4), st.floats(-2, 2))
def test_any_place_at_all_gives_an_arm_within_limits(x, y, z):
    row = ik.reach(ARM, np.array([x, y, z]))
    assert np.isfinite(row).all()
    assert (row >= ik.LOW[:7] - 1e-12).all()
    assert (row <= ik.HIGH[:7] + 1e-12).all()


def test_a_place_out_of_reach_is_pointed_at_with_an_arm_that_is_not_locked():
    target = places.landmark("shoulder", ADULT) + np.array([0.4, 0.1, -3.0])
    row = ik.reach(ARM, target, of="wrist")
    shoulder, _, wrist, _ = ik.placed(ARM, row)
    line, wanted = wrist - shoulder, target - shoulder
    assert np.degrees(np.arccos(line @ wanted / np.linalg.norm(line) / np.linalg.norm(wanted))) < 3
    assert np.degrees(row[3]) == pytest.approx(10, abs=0.5)


def test_the_elbow_goes_out_when_asked():
    target = places.landmark("chest", ADULT) + ARM.length * np.array([0.2, 0.0, -0.3])
    free, out = ik.reach(ARM, target), ik.reach(ARM, target, elbow="out")
    assert ik.placed(ARM, out)[1][0] > ik.placed(ARM, free)[1][0]


@pytest.mark.parametrize("name", shapes.SHAPES)
def test_every_hand_shape_is_within_the_fingers_limits(name):
    angles = shapes.angles(name)
    assert (angles >= ik.LOW[ik.FIRST_FINGER :]).all()
    assert (angles <= ik.HIGH[ik.FIRST_FINGER :]).all()


def fingers(name):
    """Joint places of a right hand in a shape, from the wrist, in hand lengths."""
    row = np.concatenate([np.zeros(3), [0.2], np.zeros(3), shapes.angles(name)])[None]
    local = np.zeros((1, J, 4))
    local[..., 3] = 1
    local[:, ik.RIGHT_FINGERS] = ik.local_turns(row)[1]
    points = poses.forward(local, ADULT.offsets[:1], ADULT.offsets)[0][0]
    return (points - points[INDEX["rightHand"]]) / (bodies.HAND_LENGTH * ADULT.height)


def test_a_thumb_that_is_up_stands_square_to_the_hand_and_away_from_the_fingers():
    at = fingers("thumb_up")
    thumb = at[INDEX["rightThumbTip"]] - at[INDEX["rightThumbMetacarpal"]]
    assert thumb[2] / np.linalg.norm(thumb) < -0.95


def test_fingertips_of_a_fist_come_back_to_the_palm_and_the_thumb_lies_over_them():
    at = fingers("fist")
    for finger in FINGERS[1:]:
        tip, knuckle = at[INDEX[f"right{finger}Tip"]], at[INDEX[f"right{finger}Proximal"]]
        assert tip[0] < knuckle[0]
        assert -0.35 < tip[1] < 0
    assert at[INDEX["rightThumbTip"]][1] < at[INDEX["rightMiddleIntermediate"]][1]


def test_thumb_and_index_finger_meet_in_a_pinch():
    at = fingers("pinch")
    assert np.linalg.norm(at[INDEX["rightThumbTip"]] - at[INDEX["rightIndexTip"]]) < 0.1


def test_spread_fingers_are_farther_apart_than_flat_ones():
    apart = [np.ptp([fingers(n)[INDEX[f"right{f}Tip"], 2] for f in FINGERS[1:]]) for n in ("flat", "flat_spread")]
    assert apart[1] > 1.4 * apart[0]


@pytest.mark.parametrize("height", [1.0, 2.0])
@pytest.mark.parametrize("name", places.LANDMARKS)
def test_landmarks_are_on_the_body_and_mirror_each_other(name, height):
    body = bodies.of_height(height)
    right, left = (places.landmark(name, body, side) for side in ("right", "left"))
    assert np.allclose(right, left * [-1, 1, 1])
    assert 0.2 * height < right[1] < 1.1 * height
    assert np.abs(right[[0, 2]]).max() < 0.2 * height
