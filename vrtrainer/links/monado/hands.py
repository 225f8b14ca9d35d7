"""Hands as OpenXR wants them: 26 joints, each with a place, an orientation and a radius (XrHandJointEXT).

Rule 1: -Z points along the bone towards the tip, +Y out of the back of the hand or finger (XR_EXT_hand_tracking,
        "Conventions of hand joints"), so +X is to the right of a hand that lies palm down, left hand or right.
Rule 2: everything follows from places, so that any body and any source of movement will do.
"""

import numpy as np

from vrtrainer.human import rotations
from vrtrainer.human.skeleton import SIDES, xr_hand_joints

JOINTS = tuple(xr_hand_joints(side) for side in SIDES)
"""Where the 26 stand among our joints, left and right."""
PALM, WRIST = 0, 1
_CHAINS = (np.arange(2, 6), *(np.arange(6 + 5 * k, 11 + 5 * k) for k in range(4)))
_INDEX_ROOT, _LITTLE_ROOT, _MIDDLE_METACARPAL, _MIDDLE_ROOT = 7, 22, 11, 12
_ROOTS = np.array([7, 12, 17, 22])
_AHEAD = np.array([*(c[min(i + 1, len(c) - 1)] for c in _CHAINS for i in range(len(c)))])
_BEHIND = np.array([*(c[min(i, len(c) - 2)] for c in _CHAINS for i in range(len(c)))])
_THUMB = 4  # of the 24 finger joints, the first four
_FISTED = np.radians([100.0, 240.0])  # what the joints of a fist's thumb, and of its fingers, bend together
_ADULT = 0.19  # m, the hand that the radii below are of
_RADII = (
    np.array([25, 22, 19, 15, 12, 10, 14, 12, 10, 9, 8, 14, 12, 10, 9, 8, 14, 11, 10, 8, 7.5, 13, 10, 9, 7.5, 7]) * 1e-3
)
"""Metres, our own figures for an adult's hand; no headset's are published."""


def _unit(v):
    return v / np.maximum(np.sqrt(np.einsum("...i,...i->...", v, v))[..., None], 1e-9)


def poses(positions, side):
    """The 26 joints of a hand.

    Parameters
    ----------
    positions : ndarray, shape (J, 3)
        Joints of `human.skeleton`, metres.
    side : int
        0 left, 1 right.

    Returns
    -------
    pose : ndarray, shape (26, 7)
        As XrPosef: quaternion x y z w, place in metres.
    radius : ndarray, shape (26,)
        Metres.
    """
    points = positions[JOINTS[side]].copy()
    # XR_HAND_JOINT_PALM_EXT is the middle of the middle finger's metacarpal.
    points[PALM] = 0.5 * (points[_MIDDLE_METACARPAL] + points[_MIDDLE_ROOT])
    row = points[_LITTLE_ROOT] - points[_INDEX_ROOT]
    right = row if side else -row
    z = np.empty((26, 3))
    x = np.empty((26, 3))
    z[:2] = points[WRIST] - points[_ROOTS].mean(axis=0)
    z[2:] = points[_BEHIND] - points[_AHEAD]  # a tip carries its distal bone's direction
    z = _unit(z)
    x[:] = right
    # The thumb's nail looks half out of the back of the hand and half to the thumb's side.
    back = np.cross(z[WRIST], _unit(right))
    out = _unit(-row)
    x[2 : 2 + _THUMB] = np.cross(_unit(back + out), z[2 : 2 + _THUMB])
    x = _unit(x - np.einsum("ji,ji->j", x, z)[:, None] * z)
    y = np.cross(z, x)
    pose = np.empty((26, 7))
    pose[:, :4] = rotations.from_matrix(np.stack([x, y, z], axis=-1))
    pose[:, 4:] = points
    bones = points[[11, 12, 13, 14, 15]] - points[[1, 11, 12, 13, 14]]
    length = np.sqrt(np.einsum("ji,ji->j", bones, bones)).sum()
    return pose, _RADII * (length / _ADULT)


def curls(positions, side):
    """How far each finger is curled, for Monado's remote driver: little, ring, middle, index, thumb, 0 to 1.

    Parameters
    ----------
    positions : ndarray, shape (J, 3)
    side : int

    Returns
    -------
    ndarray, shape (5,)
    """
    points = positions[JOINTS[side]]
    out = np.empty(5)
    for k, chain in enumerate(_CHAINS):
        bones = _unit(np.diff(points[chain], axis=0))
        turned = np.arccos(np.clip(np.einsum("ji,ji->j", bones[1:], bones[:-1]), -1.0, 1.0)).sum()
        out[4 - k] = turned / _FISTED[min(k, 1)]
    return np.clip(out, 0.0, 1.0)
