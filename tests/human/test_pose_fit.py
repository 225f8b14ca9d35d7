"""`pose.fit` finds the movement again from what a tracker would see of it."""

import numpy as np
import pytest

from vrtrainer import choices
from vrtrainer.gestures import library
from vrtrainer.gestures.gesture import Style
from vrtrainer.gestures.perform import perform
from vrtrainer.human import body as bodies
from vrtrainer.human import motion as motions
from vrtrainer.human import pose as poses
from vrtrainer.human import rotations
from vrtrainer.human.observation import ABSENT, MEASURED, MODELLED
from vrtrainer.human.skeleton import INDEX, PARENT, J, indices, xr_hand_joints

GESTURES = library.load(choices.content("assets") / "gestures")
BODIES = [bodies.of_height(1.0), bodies.of_height(2.0), bodies.random(np.random.default_rng(5))]
BODY_JOINTS = indices(
    "hips", "chest", "neck", "head", "@UpperArm", "@LowerArm", "@Hand", "@UpperLeg", "@LowerLeg", "@Foot", "@Toes"
)
HEADSET = np.concatenate([indices("head"), xr_hand_joints("left"), xr_hand_joints("right")])


def seen(motion, body, joints, turned_joints=()):
    """Positions, world rotations and how, as a tracker of these joints gives them."""
    at, turned = poses.forward(motion.rotations, motion.hips, body.offsets)
    positions, rotated = np.full(at.shape, np.nan), np.full((*at.shape[:2], 4), np.nan)
    positions[:, joints] = at[:, joints]
    if len(turned_joints):
        rotated[:, turned_joints] = rotations.from_matrix(turned[:, turned_joints])
    how = np.full(at.shape[:2], ABSENT, np.uint8)
    how[:, joints] = MEASURED
    return positions, rotated, how


def bone_angles(one, other, joints):
    """Degrees between the directions of the bones that end at joints."""
    lines = [p[:, joints] - p[:, PARENT[joints]] for p in (one, other)]
    lines = [v / np.linalg.norm(v, axis=-1, keepdims=True) for v in lines]
    cross = np.linalg.norm(np.cross(*lines), axis=-1)
    return np.degrees(np.arctan2(cross, (lines[0] * lines[1]).sum(axis=-1)))


@pytest.mark.parametrize("body", BODIES, ids=["child", "adult", "other proportions"])
@pytest.mark.parametrize("name", sorted(GESTURES))
def test_bone_directions_come_back_on_a_body_of_another_size(name, body):
    performer = bodies.of_height(1.6)
    moved = perform(GESTURES[name], performer, Style(side="left")).motion
    fitted = motions.of_positions(moved.times, *seen(moved, performer, BODY_JOINTS), body)
    limbs = indices("@LowerArm", "@Hand", "@LowerLeg", "@Foot")
    apart = bone_angles(fitted.positions(body), moved.positions(performer), limbs)
    assert apart.max() < 1.0


@pytest.mark.parametrize("name", ["wave", "thumbs_up"])
def test_everything_seen_comes_back_whole(name):
    body = BODIES[0]
    moved = perform(GESTURES[name], body).motion
    everything = np.arange(J)
    fitted = motions.of_positions(moved.times, *seen(moved, body, everything, everything), body)
    # The collar bones are laid level by `fit`, so the arms start where the body's own shoulders are.
    apart = bone_angles(fitted.positions(body), moved.positions(body), indices("@LowerArm", "@Hand"))
    assert apart.max() < 1.5
    hands = rotations.angle_between(world(fitted)[:, indices("@Hand")], world(moved)[:, indices("@Hand")])
    assert np.degrees(hands.max()) < 0.1
    curled = fitted.rotations[:, xr_hand_joints("right")[6:]], moved.rotations[:, xr_hand_joints("right")[6:]]
    assert np.degrees(rotations.angle_between(*curled).max()) < 2.0


def world(motion):
    return rotations.from_matrix(poses.forward(motion.rotations, motion.hips, BODIES[0].offsets)[1])


def test_from_a_headset_alone_the_elbow_is_modelled_and_plausible():
    body = bodies.of_height(1.5)
    moved = perform(GESTURES["wave"], body).motion
    turned = np.concatenate([indices("head", "@Hand")])
    fitted = motions.of_positions(moved.times, *seen(moved, body, HEADSET, turned), body)
    assert (fitted.how[:, indices("@LowerArm", "hips", "@UpperArm")] == MODELLED).all()
    assert (fitted.how[:, indices("head", "@Hand", "rightIndexTip")] == MEASURED).all()
    at, true = fitted.positions(body), moved.positions(body)
    assert np.linalg.norm(at[:, INDEX["rightHand"]] - true[:, INDEX["rightHand"]], axis=-1).max() < 0.06
    assert np.linalg.norm(at[:, INDEX["rightLowerArm"]] - true[:, INDEX["rightLowerArm"]], axis=-1).mean() < 0.15


def test_nothing_seen_is_a_person_standing_there():
    body = bodies.of_height(1.5)
    times = np.arange(3) / 30
    nothing = np.full((3, J, 3), np.nan), np.full((3, J, 4), np.nan), np.zeros((3, J), np.uint8)
    fitted = motions.of_positions(times, *nothing, body)
    assert np.isfinite(fitted.rotations).all()
    assert np.isfinite(fitted.hips).all()
    assert (fitted.how == MODELLED).all()


def test_a_joint_that_drops_out_for_a_moment_leaves_the_others_alone():
    body = bodies.of_height(1.5)
    moved = perform(GESTURES["one_arm_up"], body).motion
    positions, turned, how = seen(moved, body, BODY_JOINTS)
    whole = motions.of_positions(moved.times, positions, turned, how, body)
    positions[40:50, INDEX["leftHand"]] = np.nan
    how[40:50, INDEX["leftHand"]] = ABSENT
    holed = motions.of_positions(moved.times, positions, turned, how, body)
    assert np.isfinite(holed.rotations).all()
    right = indices("rightUpperArm", "rightLowerArm", "rightHand", "head")
    assert np.allclose(holed.rotations[:, right], whole.rotations[:, right])
    assert (holed.how[40:50, INDEX["leftHand"]] == MODELLED).all()
