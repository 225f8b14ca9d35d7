"""The 26 joints of a hand as XR_EXT_hand_tracking orients them."""

import itertools

import numpy as np
import pytest

from vrtrainer import choices
from vrtrainer.gestures.gesture import Style
from vrtrainer.gestures.library import load
from vrtrainer.gestures.perform import perform
from vrtrainer.human import body as bodies
from vrtrainer.human import pose as poses
from vrtrainer.human import rotations
from vrtrainer.links.monado import hands

GESTURES = load(choices.content("assets") / "gestures")
SIDES = (0, 1)
NEXT = {
    finger: [first + k for k in range(length)]
    for finger, first, length in (
        ("thumb", 2, 4),
        ("index", 6, 5),
        ("middle", 11, 5),
        ("ring", 16, 5),
        ("little", 21, 5),
    )
}


def one(positions, side):
    pose, radius = hands.poses(positions)
    return pose[side], radius[side]


def t_pose(height=1.3):
    body = bodies.of_height(height)
    return poses.placed(poses.rest(body), body)


def at_stroke(name, side):
    body = bodies.of_height(1.3)
    done = perform(GESTURES[name], body, Style(side=side))
    pose = done.motion.sample(done.points["stroke"])
    return poses.placed(pose, body)


def axes(pose):
    m = rotations.matrix(pose[:, :4])
    return m[..., 0], m[..., 1], m[..., 2]


@pytest.mark.parametrize("side", SIDES)
def test_minus_z_points_along_every_bone_towards_the_tip(side):
    for positions in (t_pose(), at_stroke("thumbs_up", "right"), at_stroke("wave", "left")):
        pose, _ = one(positions, side)
        _, _, z = axes(pose)
        for chain in NEXT.values():
            for here, beyond in itertools.pairwise(chain):
                bone = pose[beyond, 4:] - pose[here, 4:]
                assert -z[here] @ bone / np.linalg.norm(bone) > 0.999
            assert -z[chain[-1]] @ -z[chain[-2]] > 0.999, "a tip goes on as its last bone"


@pytest.mark.parametrize("side", SIDES)
def test_plus_y_points_out_of_the_back_of_a_flat_hand(side):
    pose, _ = one(t_pose(), side)
    x, y, _ = axes(pose)
    fingers = [j for j in range(26) if j not in NEXT["thumb"]]
    assert (y[fingers, 1] > 0.99).all(), "palms down in the T-pose, so the back is up"
    # Seen from behind a hand that points ahead, +X is to the right: on the left hand towards the thumb.
    towards_thumb = pose[NEXT["index"][1], 4:] - pose[NEXT["little"][1], 4:]
    assert (x[fingers] @ towards_thumb > 0).all() == (side == 0)


@pytest.mark.parametrize("side", SIDES)
def test_the_thumbs_nail_looks_half_up_and_half_to_its_own_side(side):
    pose, _ = one(t_pose(), side)
    _, y, _ = axes(pose)
    assert (y[NEXT["thumb"], 1] > 0.4).all()


def test_the_back_of_a_curled_finger_turns_with_it():
    pose, _ = one(at_stroke("thumbs_up", "right"), 1)
    _, y, _ = axes(pose)
    for finger in ("index", "middle", "ring"):
        knuckle, middle, end = NEXT[finger][1:4]
        # The finger bends to the palm: what is ahead of a joint lies on the far side of its back.
        assert (pose[end, 4:] - pose[middle, 4:]) @ y[knuckle] < 0
        assert y[end] @ y[knuckle] < 0.3


def test_the_palm_is_the_middle_of_the_middle_fingers_metacarpal():
    pose, _ = one(t_pose(), 0)
    assert np.allclose(pose[hands.PALM, 4:], (pose[11, 4:] + pose[12, 4:]) / 2)
    assert np.allclose(pose[hands.PALM, :4], pose[hands.WRIST, :4])


def test_every_orientation_is_a_unit_quaternion_and_radii_grow_with_the_hand():
    small, r_small = one(t_pose(1.0), 1)
    _, r_tall = one(t_pose(1.9), 1)
    assert np.allclose(np.linalg.norm(small[:, :4], axis=1), 1.0)
    assert (r_tall > r_small).all()
    assert 0.003 < r_small.min() < r_tall.max() < 0.03


def test_a_fist_is_curled_and_a_flat_hand_is_not():
    fist = hands.curls(at_stroke("thumbs_up", "right"))[1]
    flat = hands.curls(t_pose())
    assert (fist[:4] > 0.8).all()
    assert (flat < 0.25).all()
