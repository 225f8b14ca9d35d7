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
_STARTS = np.array([0, 4, 9, 14, 19])  # of each chain, among the 24 joints of fingers
_BETWEEN = _STARTS[1:] - 1  # from one finger's tip to the next finger's first joint nothing bends
_THUMB = slice(2, 6)
_LONGEST = np.array([1, 11, 12, 13, 14, 15])  # from the wrist to the middle finger's tip
_BOTH = np.stack(JOINTS)
_TO_THE_RIGHT = np.array([[-1.0], [1.0]])  # from index to little finger is to the right on a right hand
_FISTED = np.radians(
    [100.0, 240.0, 240.0, 240.0, 240.0]
)  # what the joints of a fist's thumb, and of its fingers, bend together
_ADULT = 0.19  # m, the hand that the radii below are of
_RADII = (
    np.array([25, 22, 19, 15, 12, 10, 14, 12, 10, 9, 8, 14, 12, 10, 9, 8, 14, 11, 10, 8, 7.5, 13, 10, 9, 7.5, 7]) * 1e-3
)
"""Metres, our own figures for an adult's hand; no headset's are published."""


def _unit(v):
    return v / np.maximum(np.sqrt(np.einsum("...i,...i->...", v, v))[..., None], 1e-9)


def _cross(a, b):
    """As numpy.cross, which takes five times as long for so few."""
    out = np.empty(np.broadcast_shapes(a.shape, b.shape))
    for k, (i, j) in enumerate(((1, 2), (2, 0), (0, 1))):
        out[..., k] = a[..., i] * b[..., j] - a[..., j] * b[..., i]
    return out


def poses(positions):
    """The 26 joints of both hands.

    Parameters
    ----------
    positions : ndarray, shape (J, 3)
        Joints of `human.skeleton`, metres.

    Returns
    -------
    pose : ndarray, shape (2, 26, 7)
        Left and right, as XrPosef: quaternion x y z w, place in metres.
    radius : ndarray, shape (2, 26)
        Metres.
    """
    points = positions[_BOTH]
    # XR_HAND_JOINT_PALM_EXT is the middle of the middle finger's metacarpal.
    points[:, PALM] = 0.5 * (points[:, _MIDDLE_METACARPAL] + points[:, _MIDDLE_ROOT])
    row = points[:, _LITTLE_ROOT] - points[:, _INDEX_ROOT]
    right = row * _TO_THE_RIGHT
    z, x = np.empty((2, 26, 3)), np.empty((2, 26, 3))
    z[:, :2] = (points[:, WRIST] - points[:, _ROOTS].mean(axis=1))[:, None]
    z[:, 2:] = points[:, _BEHIND] - points[:, _AHEAD]  # a tip carries its distal bone's direction
    z = _unit(z)
    x[:] = right[:, None]
    # The thumb's nail looks half out of the back of the hand and half to the thumb's side.
    back = _cross(z[:, WRIST], _unit(right))
    x[:, _THUMB] = _cross(_unit(back + _unit(-row))[:, None], z[:, _THUMB])
    x = _unit(x - np.einsum("...i,...i->...", x, z)[..., None] * z)
    pose = np.empty((2, 26, 7))
    pose[..., :4] = rotations.from_matrix(np.stack([x, _cross(z, x), z], axis=-1))
    pose[..., 4:] = points
    bones = points[:, _LONGEST[1:]] - points[:, _LONGEST[:-1]]
    length = np.sqrt(np.einsum("...i,...i->...", bones, bones)).sum(axis=1)
    return pose, _RADII * (length[:, None] / _ADULT)


def curls(positions):
    """How far each finger is curled, for Monado's remote driver.

    Parameters
    ----------
    positions : ndarray, shape (J, 3)

    Returns
    -------
    ndarray, shape (2, 5)
        Left and right; little, ring, middle, index, thumb; 0 to 1.
    """
    points = positions[_BOTH]
    bones = _unit(points[:, _AHEAD] - points[:, _BEHIND])
    turned = np.arccos(np.clip(np.einsum("...i,...i->...", bones[:, 1:], bones[:, :-1]), -1.0, 1.0))
    turned[:, _BETWEEN] = 0.0
    bent = np.add.reduceat(turned, _STARTS, axis=1)
    return np.clip(bent / _FISTED, 0.0, 1.0)[:, ::-1]
