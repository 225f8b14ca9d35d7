"""What is compared: a person's posture as numbers that do not depend on place, heading, size or proportions.

Every direction is given in the trunk's frame (shoulders across, spine up; where the shoulders are not seen, the head's
compass heading). Distances between features are in units of "just noticeably off": each group is divided by its
tolerance, so that a distance of 1 can just be told apart. Missing is NaN; nothing is guessed but the shoulder, which is
put below a seen head where the tracker has none.

part        group       numbers  unit                              tolerance
*Arm        upper_arm   3        direction of the bone             0.25 (14 degrees)
*Arm        forearm     3        direction of the bone             0.25 (14 degrees)
*Arm        wrist       3        from the shoulder, arm lengths    0.18
*Hand       palm        6        normal and finger direction       0.50 (20 degrees each)
*Hand       shape       9        curl of five, gaps of three, thumb off the palm, 0..1       0.28
*Leg        upper_leg   3        direction of the bone             0.25
*Leg        lower_leg   3        direction of the bone             0.25
head        direction   6        forward and up                    0.12 (5 degrees each)
trunk       direction   3        spine against the vertical        0.15 (9 degrees)
brows …     weights     n        ARKit weights over the neutral    0.25

The tolerances are our own, set on simulated performers; no human rater's limen stands behind them.
"""

from dataclasses import dataclass

import numpy as np

from vrtrainer.human import face as faces
from vrtrainer.human import rotations
from vrtrainer.human.skeleton import FINGERS, INDEX, MIRROR, SIDES, indices


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Numbers that are compared as one: `columns` of a row of features."""

    part: str
    name: str
    columns: slice
    tolerance: float
    directions: bool


def _groups():
    out, at = [], 0

    def add(part, name, size, tolerance, directions=False):
        nonlocal at
        out.append(Group(part, name, slice(at, at + size), tolerance, directions))
        at += size

    for side in SIDES:
        add(f"{side}Arm", "upper_arm", 3, 0.25, True)
        add(f"{side}Arm", "forearm", 3, 0.25, True)
    for side in SIDES:
        add(f"{side}Leg", "upper_leg", 3, 0.25, True)
        add(f"{side}Leg", "lower_leg", 3, 0.25, True)
    for side in SIDES:
        add(f"{side}Arm", "wrist", 3, 0.18)
    for side in SIDES:
        add(f"{side}Hand", "palm", 6, 0.5)
    for side in SIDES:
        add(f"{side}Hand", "shape", 9, 0.28)
    add("head", "direction", 6, 0.12)
    add("trunk", "direction", 3, 0.15, True)
    for part, index in faces.PARTS.items():
        add(part, "weights", len(index), 0.25)
    return tuple(out), at


GROUPS, F = _groups()
"""Groups in the order of their columns, and the number F of columns."""
COLUMNS = {(g.part, g.name): g for g in GROUPS}
TOLERANCE = np.concatenate([np.full(g.columns.stop - g.columns.start, g.tolerance) for g in GROUPS])
TOLERANCE.flags.writeable = False

_BONES = [b for s in SIDES for b in ((f"{s}UpperArm", f"{s}LowerArm"), (f"{s}LowerArm", f"{s}Hand"))]
_BONES += [b for s in SIDES for b in ((f"{s}UpperLeg", f"{s}LowerLeg"), (f"{s}LowerLeg", f"{s}Foot"))]
_BONES += [(f"{s}Hand", f"{s}MiddleProximal") for s in SIDES]  # 8, 9: fingers
_BONES += [(f"{s}LittleProximal", f"{s}IndexProximal") for s in SIDES]  # 10, 11: knuckle row
_FROM, _TO = indices(*(a for a, _ in _BONES)), indices(*(b for _, b in _BONES))
_ARMS = indices("@UpperArm")
_HIPS, _NECK, _HEAD, _SPINE = INDEX["hips"], INDEX["neck"], INDEX["head"], INDEX["upperChest"]
_WRISTS = indices("@Hand")
_CHAIN = np.array(
    [
        [INDEX[f"{s}{f}{k}"] for k in (("Metacarpal", "Proximal", "Distal", "Tip") if f == "Thumb" else
                                      ("Proximal", "Intermediate", "Distal", "Tip"))]
        for s in SIDES for f in FINGERS
    ]
)  # fmt: skip
# The same joints line by line, for `single`.
BONES = tuple(
    (g.part, g.name, int(a), int(b)) for g, a, b in zip([g for g in GROUPS if g.part[-3:] in ("Arm", "Leg") and
    g.name != "wrist"], _FROM, _TO, strict=False)
)  # fmt: skip
PALM_LINES = tuple(((int(_FROM[8 + k]), int(_TO[8 + k])), (int(_FROM[10 + k]), int(_TO[10 + k]))) for k in range(2))
WRIST_LINES = tuple((int(a), int(b)) for a, b in zip(_ARMS, _WRISTS, strict=True))
FINGER_CHAINS = tuple(tuple(int(j) for j in chain) for chain in _CHAIN)
_PALM_SIGN = np.array([-1.0, 1.0])[:, None]  # the palm's normal points out of the palm of either hand
FACE_COLUMNS = np.concatenate(list(faces.PARTS.values()))
FACE_AT = COLUMNS["brows", "weights"].columns.start
_ACROSS = np.array([INDEX["rightUpperArm"], INDEX["leftUpperArm"]])


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """What of a body the features need.

    Parameters
    ----------
    reach : ndarray, shape (2, 1)
        Arm lengths left and right, metres.
    shoulders : ndarray, shape (2, 3)
        From the head joint at rest, metres: where they are put when they are not seen.
    neutral : ndarray, shape (52,)
        The face at rest.
    """

    reach: np.ndarray
    shoulders: np.ndarray
    neutral: np.ndarray


def measures_of(body):
    """The measures of a body.

    Parameters
    ----------
    body : Body

    Returns
    -------
    Measures
    """
    rest = body.rest_positions()
    reach = np.array([[body.arm_length(s)] for s in SIDES])
    return Measures(reach, rest[_ARMS] - rest[_HEAD], body.neutral_face)


def extract(positions, head, face, measures):
    """Features of one frame or of many.

    Parameters
    ----------
    positions : ndarray, shape (..., J, 3)
        Metres, NaN where a joint does not count.
    head : ndarray, shape (..., 4)
        World rotation of the head, NaN where not known.
    face : ndarray, shape (..., 52)
        ARKit weights, NaN where not known.
    measures : Measures

    Returns
    -------
    ndarray, shape (..., F)
        In units of tolerance, NaN where not seen.
    """
    out = np.empty((*positions.shape[:-2], F))
    frame = trunk(positions, head)
    bones = positions[..., _TO, :] - positions[..., _FROM, :]
    bones = bones / np.sqrt(np.einsum("...ki,...ki->...k", bones, bones))[..., None]
    bones = bones @ frame
    out[..., :24] = bones[..., :8, :].reshape(*out.shape[:-1], 24)
    shoulders = positions[..., _ARMS, :]
    if np.isnan(shoulders).any():
        put = positions[..., _HEAD, None, :] + measures.shoulders @ np.swapaxes(frame, -1, -2)
        shoulders = np.where(np.isnan(shoulders), put, shoulders)
    wrists = ((positions[..., _WRISTS, :] - shoulders) / measures.reach) @ frame
    out[..., 24:30] = wrists.reshape(*out.shape[:-1], 6)
    fingers, row = bones[..., 8:10, :], bones[..., 10:12, :]
    palms = _cross(fingers, row) * _PALM_SIGN
    out[..., 30:42] = np.concatenate([palms, fingers], axis=-1).reshape(*out.shape[:-1], 12)
    out[..., 42:60] = hand_shapes(positions).reshape(*out.shape[:-1], 18)
    turned = rotations.matrix(head)
    axes = np.swapaxes(turned[..., :, 1:], -1, -2) @ frame  # up and backward
    out[..., 60:63] = -axes[..., 1, :]
    out[..., 63:66] = axes[..., 0, :]
    spine = positions[..., _NECK, :] - positions[..., _HIPS, :]
    spine = spine / np.sqrt(np.einsum("...i,...i->...", spine, spine))[..., None]
    out[..., 66:69] = _in_heading(spine, frame)
    out[..., FACE_AT:] = face[..., FACE_COLUMNS] - measures.neutral[FACE_COLUMNS]
    out /= TOLERANCE
    return out


def _cross(a, b):
    return np.stack(
        [
            a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1],
            a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2],
            a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0],
        ],
        axis=-1,
    )


def trunk(positions, head):
    """Axes of the trunk: x to the right, y up, z backward.

    Parameters
    ----------
    positions : ndarray, shape (..., J, 3)
    head : ndarray, shape (..., 4)
        Its compass heading stands in where the shoulders are not seen.

    Returns
    -------
    ndarray, shape (..., 3, 3)
        The axes are its columns.
    """
    across = positions[..., _ACROSS[0], :] - positions[..., _ACROSS[1], :]
    up = positions[..., _NECK, :] - positions[..., _HIPS, :]
    unseen = np.isnan(across).any(axis=-1)
    if unseen.any():
        yaw = rotations.matrix(rotations.yaw(head))
        across = np.where(unseen[..., None], yaw[..., :, 0], across)
    up = np.where(np.isnan(up), np.array([0.0, 1.0, 0.0]), up)
    z = _cross(across, up)
    x = across / np.sqrt(np.einsum("...i,...i->...", across, across))[..., None]
    z = z / np.sqrt(np.einsum("...i,...i->...", z, z))[..., None]
    return np.stack([x, _cross(z, x), z], axis=-1)


def _in_heading(spine, frame):
    """The spine's direction against the vertical, in the compass heading of the trunk."""
    x = frame[..., :, 0] * np.array([1.0, 0.0, 1.0])
    x = x / np.maximum(np.sqrt(np.einsum("...i,...i->...", x, x)), 1e-9)[..., None]
    forward = np.stack([x[..., 2], np.zeros_like(x[..., 0]), -x[..., 0]], axis=-1)
    return np.stack(
        [np.einsum("...i,...i->...", spine, x), spine[..., 1], np.einsum("...i,...i->...", spine, forward)], axis=-1
    )


def hand_shapes(positions):
    """Per hand: curl of five fingers, gaps between the four fingertips, how far the thumb stands off the palm.

    Parameters
    ----------
    positions : ndarray, shape (..., J, 3)
        Metres.

    Returns
    -------
    ndarray, shape (..., 2, 9)
        Left and right; a curl is 0 straight to 1 in a fist, the others are in lengths of the middle finger.
    """
    chain = positions[..., _CHAIN, :]  # (..., 10, 4, 3)
    bones = chain[..., 1:, :] - chain[..., :-1, :]
    lengths = np.sqrt(np.einsum("...kbi,...kbi->...kb", bones, bones)).sum(axis=-1)
    span = chain[..., 3, :] - chain[..., 0, :]
    straight = np.sqrt(np.einsum("...ki,...ki->...k", span, span)) / lengths
    # A fist leaves a third of the finger's length between knuckle and tip: that is curl 1.
    curl = ((1.0 - straight) / 0.65).reshape(*straight.shape[:-1], 2, 5)
    tips = chain[..., 3, :].reshape(*chain.shape[:-3], 2, 5, 3)
    unit = lengths.reshape(*lengths.shape[:-1], 2, 5)[..., 2:3]  # the middle finger's length
    gaps = tips[..., 2:, :] - tips[..., 1:-1, :]
    gaps = np.sqrt(np.einsum("...ki,...ki->...k", gaps, gaps)) / unit
    index = chain[..., 0, :].reshape(*chain.shape[:-3], 2, 5, 3)[..., 1, :]
    off = tips[..., 0, :] - index
    off = np.sqrt(np.einsum("...i,...i->...", off, off))[..., None] / unit
    return np.concatenate([curl, gaps, off], axis=-1)


_FLIP = np.array([-1.0, 1.0, 1.0])


def mirrored(positions, head, face):
    """The same inputs of `extract` as seen in a mirror in the plane x = 0.

    Parameters
    ----------
    positions : ndarray, shape (..., J, 3)
    head : ndarray, shape (..., 4)
    face : ndarray, shape (..., 52)

    Returns
    -------
    tuple of ndarray, shape (..., J, 3), (..., 4) and (..., 52)
    """
    return (positions * _FLIP)[..., MIRROR, :], rotations.mirrored(head), face[..., faces.MIRROR]


def column_weights(counts):
    """Weight of each column from a performance's counts.

    Parameters
    ----------
    counts : dict
        Part to {group: weight}.

    Returns
    -------
    ndarray, shape (F,)

    Raises
    ------
    KeyError
        If there is no such part or group.
    """
    out = np.zeros(F)
    for part, named in counts.items():
        for name, weight in named.items():
            out[COLUMNS[part, name].columns] = weight
    return out


def group_weights(counts):
    """Groups that count with their weights.

    Parameters
    ----------
    counts : dict

    Returns
    -------
    tuple of (Group, float)
    """
    return tuple((COLUMNS[p, n], float(w)) for p, named in counts.items() for n, w in named.items() if w > 0)


def other_side(counts):
    """The same weights on the other side of the body.

    Parameters
    ----------
    counts : dict

    Returns
    -------
    dict
    """
    swap = {"left": "right", "right": "left"}
    out = {}
    for part, named in counts.items():
        side = next((s for s in swap if part.startswith(s)), None)
        out[part.replace(side, swap[side], 1) if side else part] = named
    return out


def alignment_weights(counts):
    """Weight of each column for finding where and on which side somebody is.

    The other side counts as much as the acting one: an arm that should hang but moves tells which side was meant. Where
    a hand counts its arm is followed too, and shape and palm less: a hand of another shape is still somewhere.

    Parameters
    ----------
    counts : dict

    Returns
    -------
    ndarray, shape (F,)
    """
    out = np.maximum(column_weights(counts), column_weights(other_side(counts)))
    for side in SIDES:
        hand = [COLUMNS[f"{side}Hand", name].columns for name in ("palm", "shape")]
        if any(out[columns].any() for columns in hand):
            for columns in hand:
                out[columns] *= 0.25
            for name in ("upper_arm", "forearm"):
                columns = COLUMNS[f"{side}Arm", name].columns
                out[columns] = np.maximum(out[columns], 0.5)
    return out
