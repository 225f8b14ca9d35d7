"""How a body sits on a stool, for a pause or a break: feet on the floor, hands at rest on the thighs.

Rule 1: the feet stay where they stood: whoever sits down moves back and down over them, and gets up the same way.
"""

import numpy as np

from vrtrainer.gestures import ik, shapes
from vrtrainer.gestures.perform import relaxed
from vrtrainer.human import pose as poses
from vrtrainer.human import rotations
from vrtrainer.human.pose import Pose
from vrtrainer.human.skeleton import INDEX, MIRROR

THIGH = np.radians(86)  # from hanging: level, a little down to the knee
_LEAN = np.radians(16)  # forward on the way down and up, for balance
_SEAT, _ON_THIGH = 0.058, 0.052  # of stature: from the hip joints down to the seat; from a thigh's bone up to its top
_ALONG = 0.66  # of the way from hip to knee lies the hand
_WIDE = 0.24  # of stature: the stool's seat
_X = np.array([1.0, 0.0, 0.0])
_FEET = np.array([INDEX["leftFoot"], INDEX["rightFoot"]])


def sitting(body):
    """A body at rest on a stool.

    Parameters
    ----------
    body : Body

    Returns
    -------
    Pose
        In the space that the standing body stands in; the hips are behind and below where they were.
    """
    return between(body, 1.0)


def between(body, share):
    """On the way from standing at ease to sitting.

    Parameters
    ----------
    body : Body
    share : float
        0 stands, 1 sits.

    Returns
    -------
    Pose
        The feet are where they stood at every share.
    """
    stands = relaxed(body)
    turned = stands.rotations.copy()
    for side in ("left", "right"):
        turned[INDEX[f"{side}UpperLeg"]] = rotations.from_axis_angle(_X, THIGH * share)
        turned[INDEX[f"{side}LowerLeg"]] = rotations.from_axis_angle(_X, -THIGH * share)
    turned[INDEX["spine"]] = rotations.from_axis_angle(_X, -_LEAN * np.sin(np.pi * share))
    rest = np.concatenate([ik.REST, shapes.angles("relaxed")])
    arm, _ = ik.local_turns((rest + share * (_arm(body) - rest))[None])
    turned[ik.RIGHT_ARM] = arm[0]
    turned[MIRROR[ik.RIGHT_ARM]] = rotations.mirrored(arm[0])
    pose = Pose(turned, stands.hips, stands.face)
    slipped = poses.placed(pose, body)[_FEET] - poses.placed(stands, body)[_FEET]
    return Pose(turned, stands.hips - slipped.mean(axis=0), stands.face)


def _arm(body):
    """The right arm of the upright trunk whose palm lies on the thigh."""
    at = body.rest_positions()
    hip, knee = at[INDEX["rightUpperLeg"]], at[INDEX["rightLowerLeg"]]
    thigh = rotations.rotate(rotations.from_axis_angle(_X, THIGH), knee - hip)
    place = hip + _ALONG * thigh + np.array([0.012, _ON_THIGH, 0.0]) * body.height
    row = np.concatenate([ik.REST, shapes.angles("relaxed")])
    row[:7] = ik.reach(ik.arm_of(body), place, palm=np.array([0.0, -1.0, 0.1]), fingers=np.array([-0.3, -0.1, -1.0]))
    return row


def stool(body):
    """What a body sits on: the middle of the seat, and how wide and high it is.

    Parameters
    ----------
    body : Body

    Returns
    -------
    middle : ndarray, shape (3,)
        Of the seat's top, metres, in the space of `sitting`.
    width, height : float
        Metres.
    """
    pose = sitting(body)
    joints = poses.placed(pose, body)[[INDEX["leftUpperLeg"], INDEX["rightUpperLeg"]]].mean(axis=0)
    height = float(joints[1] - _SEAT * body.height)
    return np.array([0.0, height, float(joints[2])]), _WIDE * body.height, height


def over_feet(start, stop, share):
    """Where the hips are between two poses while the legs bend or stretch evenly: over feet that stay.

    Parameters
    ----------
    start, stop : ndarray, shape (3,)
        The hips, metres; the lower ones sit.
    share : float
        0 at the start, 1 at the stop.

    Returns
    -------
    ndarray, shape (3,)
    """
    if stop[1] > start[1]:
        return over_feet(stop, start, 1.0 - share)
    bent = THIGH * share
    shares = np.array([share, (1.0 - np.cos(bent)) / (1.0 - np.cos(THIGH)), np.sin(bent) / np.sin(THIGH)])
    return start + shares * (stop - start)
