"""Learners for the tests of moving along: what a headset, or a tracker of the whole body, sees of a movement."""

import numpy as np

from vrtrainer.human import observation, rotations
from vrtrainer.human import pose as poses
from vrtrainer.human.observation import MEASURED, Observation
from vrtrainer.human.skeleton import INDEX, PART_INDEX, J

HEADSET = np.concatenate([[INDEX["head"]], PART_INDEX["leftHand"], PART_INDEX["rightHand"]])
_NOTHING = observation.nothing("test")


def observed(positions, turned, how, face=None):
    """An observation of arrays; what is not MEASURED is NaN."""
    gone = how == 0
    positions, turned = positions.copy(), turned.copy()
    positions[gone], turned[gone] = np.nan, np.nan
    return Observation(
        positions,
        turned,
        how,
        _NOTHING.face if face is None else face,
        0 if face is None else MEASURED,
        _NOTHING.sample_time,
        _NOTHING.acts,
        _NOTHING.pointer,
        _NOTHING.gaze,
        "test",
    )


def seen(pose, body, joints=None, face=None):
    """What is seen of a body in a pose: all joints, or those that are named."""
    positions, turned = poses.forward(pose.rotations, pose.hips, body.offsets)
    how = np.zeros(J, np.uint8)
    how[slice(None) if joints is None else joints] = MEASURED
    return observed(positions, rotations.from_matrix(turned), how, face)


def reaching(body, wrists, head=(0.0, 0.0)):
    """What a headset sees of somebody who stands: wrists as (left, right) from their shoulders in metres; head turned
    by yaw and pitch. Hands are flat and go on as the line from the shoulder does."""
    at = body.rest_positions()
    turned = np.tile(rotations.IDENTITY, (J, 1))
    turn = rotations.multiply(
        rotations.from_axis_angle([0.0, 1.0, 0.0], head[0]), rotations.from_axis_angle([1.0, 0.0, 0.0], head[1])
    )
    turned[INDEX["head"]] = turn
    how = np.zeros(J, np.uint8)
    how[INDEX["head"]] = MEASURED
    for side, sign, wrist in zip(("left", "right"), (-1.0, 1.0), wrists, strict=True):
        if wrist is None:
            continue
        hand = PART_INDEX[f"{side}Hand"]
        place = at[INDEX[f"{side}UpperArm"]] + wrist
        q = rotations.between(np.array([sign, 0.0, 0.0]), np.asarray(wrist, float))
        at[hand] = place + rotations.rotate(q, at[hand] - at[INDEX[f"{side}Hand"]])
        turned[hand] = q
        how[hand] = MEASURED
    return observed(at, turned, how)
