"""A body posed so that its head, trunk and hands are where they should be: two bones a limb, no search.

Rule 1: `aims` is one row of numbers, so that it can be kept, smoothed and mixed as a whole; their places stand below.
Rule 2: whatever the aims are, the pose is finite, its joints bend as people's do, feet stay where they stand, and no
        wrist is inside the trunk or the head.
Rule 3: a part whose share is 0 is at rest to the last bit; in between it is on its way.
"""

from math import atan2, cos, exp, sin, sqrt, tanh

import numpy as np

from vrtrainer.human import one
from vrtrainer.human.face import WEIGHTS
from vrtrainer.human.pose import Pose
from vrtrainer.human.skeleton import FINGERS, INDEX, PART_INDEX, SIDES, J

GROUPS = ("head", "trunk", "leftArm", "rightArm", "leftHand", "rightHand", "leftFingers", "rightFingers", "face")
"""What can be there or not, each on its own."""
TURNS, POINTS, BENDS = 15, 5, 20
HEAD, HIPS, CHEST, HANDS, KNUCKLES = 0, 1, 2, (3, 4), (5, 10)
"""Rows of the turns: in the world, but knuckles (thumb first) relative to their hand."""
SHIFT, WRISTS, POLES = 0, (1, 2), (3, 4)
"""Rows of the points: hips from where they stand at rest, wrists from their shoulder, where elbows point to."""
_P, _B, _F = 4 * TURNS, 4 * TURNS + 3 * POINTS, 4 * TURNS + 3 * POINTS + BENDS
TURN_COLUMNS, POINT_COLUMNS, BEND_COLUMNS = slice(0, _P), slice(_P, _B), slice(_B, _F)
FACE_COLUMNS = slice(_F, _F + len(WEIGHTS))
WIDTH = _F + len(WEIGHTS)
TURN_GROUP = np.array([0, 1, 1, 4, 5, *(6,) * 5, *(7,) * 5])
POINT_GROUP = np.array([1, 2, 3, 2, 3])
BEND_GROUP = np.repeat([6, 7], 10)

_HIPS_LIMIT, _SPINE_LIMIT, _HEAD_LIMIT = 0.6, 0.9, 1.35  # radians
_WRIST_LIMIT = 1.4
# 0 has the thumb on the side to which the elbow bends; forearms turn some 1.7 rad to either side of it, so the jump
# from one end to the other is never met. A hand whose turn is not seen has its palm a little down.
_FOREARM_LIMIT, _UNSEEN_TWIST = 1.75, -0.35
_COLLAR = 0.32  # radians that a collar bone lifts when the arm goes overhead
_SOFT = 0.97  # share of the reach from which an arm straightens ever more slowly: no elbow snaps
# In units of stature.
_TRUNK, _FLESH, _HEAD_BALL, _HEAD_UP = (0.105, 0.072), 0.022, 0.098, 0.06
_SHIFT_LIMIT, _DROP_LIMIT, _RISE = 0.07, 0.2, 0.004
_KNEE_EASE = 0.015  # a knee bends with the square root of what the hips drop: tremor near 0 would shake it

_LOCAL = {name: INDEX[name] for name in ("hips", "spine", "chest", "upperChest", "neck", "head")}
_ARM = [tuple(INDEX[f"{s}{n}"] for n in ("Shoulder", "UpperArm", "LowerArm", "Hand")) for s in SIDES]
_LEG = [tuple(INDEX[f"{s}{n}"] for n in ("UpperLeg", "LowerLeg", "Foot")) for s in SIDES]
FIRST = np.array([INDEX[f"{s}{f}{'Metacarpal' if f == 'Thumb' else 'Proximal'}"] for s in SIDES for f in FINGERS])
"""The first joint of every finger, thumb first, left hand first: (10,)."""
_LATER = np.array(
    [
        INDEX[f"{s}{f}{k}"]
        for s in SIDES
        for f in FINGERS
        for k in (("Proximal", "Distal") if f == "Thumb" else ("Intermediate", "Distal"))
    ]
)


def _axes():
    """Axis about which each later joint of a finger bends, in its hand: across the palm, the thumb's half way to it."""
    thumb = np.array([0.17, -0.04, -0.16]) / np.linalg.norm([0.17, -0.04, -0.16])
    to_fingers = np.cross(thumb, np.cross([1.0, 0.0, 0.6], thumb))
    bend = np.cross(thumb, 0.8 * to_fingers / np.linalg.norm(to_fingers) - [0.0, 0.6, 0.0])
    right = np.array([bend / np.linalg.norm(bend), *([[0.0, 0.0, -1.0]] * 4)])
    return np.stack([right * [1.0, -1.0, -1.0], right])


AXES = _axes()
"""(2, 5, 3): side, finger."""
_LATER_AXES = np.repeat(AXES.reshape(10, 3), 2, axis=0)

_JOINT_GROUP = np.full(J, -1)  # of trunk and legs nothing is mixed: their aims are
for _group, _joints in (
    (0, [INDEX["neck"], INDEX["head"]]),
    *((2 + i, list(arm[:3])) for i, arm in enumerate(_ARM)),
    *((6 + i, [j for j in PART_INDEX[f"{s}Hand"] if j != INDEX[f"{s}Hand"]]) for i, s in enumerate(SIDES)),
):
    _JOINT_GROUP[_joints] = _group
_HAND_JOINTS = [arm[3] for arm in _ARM]


def nowhere():
    """Aims of a body that stands straight with its arms down.

    Returns
    -------
    ndarray, shape (WIDTH,)
    """
    aims = np.zeros(WIDTH)
    aims[3:_P:4] = 1.0
    for i, sign in enumerate((-1.0, 1.0)):
        aims[_P + 3 * WRISTS[i] : _P + 3 * WRISTS[i] + 3] = (0.05 * sign, -0.4, 0.0)
        aims[_P + 3 * POLES[i] : _P + 3 * POLES[i] + 3] = (0.4 * sign, 0.0, 0.9)
    return aims


class Reach:
    """Poses one body.

    Parameters
    ----------
    body : Body
    rest : Pose
        How it stands where nothing is aimed at: trunk and legs straight.
    nearest : float
        Metres in front of where it stands that no fingertip goes beyond.
    """

    def __init__(self, body, rest, nearest):
        at = body.rest_positions()
        size = body.height
        self.rest, self.height = rest, size
        self._nearest = nearest
        self._offset = {i: tuple(body.offsets[i].tolist()) for arm in _ARM for i in arm}
        self._offset |= {_LOCAL[n]: tuple(body.offsets[_LOCAL[n]].tolist()) for n in _LOCAL}
        self._offset |= {i: tuple(body.offsets[i].tolist()) for leg in _LEG for i in leg}
        self.arms = [(body.length(f"{s}LowerArm"), body.length(f"{s}Hand")) for s in SIDES]
        self._legs = [(body.length(f"{s}LowerLeg"), body.length(f"{s}Foot")) for s in SIDES]
        self._feet = [tuple(at[leg[2]].tolist()) for leg in _LEG]
        self._bones = [[one.unit(self._offset[i], (0.0, -1.0, 0.0)) for i in (leg[1], leg[2])] for leg in _LEG]
        self._hand = float(max(np.linalg.norm(at[INDEX[f"{s}MiddleTip"]] - at[INDEX[f"{s}Hand"]]) for s in SIDES))
        self._hips = tuple(rest.hips.tolist())
        self._local = np.empty((J, 4))
        self._share = np.ones(J)

    def pose(self, aims, shares):
        """The body with its parts where they are aimed.

        Parameters
        ----------
        aims : ndarray, shape (WIDTH,)
        shares : ndarray, shape (9,)
            Of `GROUPS`, 0 at rest to 1 as aimed.

        Returns
        -------
        Pose
        """
        local = self._local
        local[:] = self.rest.rotations
        values = aims[:_B].tolist()
        turn = [one.normalise(values[4 * i : 4 * i + 4]) for i in (HEAD, HIPS, CHEST, *HANDS)]
        point = [tuple(values[_P + 3 * i : _P + 3 * i + 3]) for i in range(POINTS)]
        share = shares.tolist()

        hips_turn = one.share(one.limited(turn[1], _HIPS_LIMIT), share[1])
        up_turn = one.limited(one.multiply(one.inverse(hips_turn), one.share(turn[2], share[1])), _SPINE_LIMIT)
        third = one.share(up_turn, 1 / 3)
        hips = self._stand(point[SHIFT], share[1], hips_turn)
        local[_LOCAL["hips"]] = hips_turn
        here, at = hips_turn, hips
        for name in ("spine", "chest", "upperChest"):
            local[_LOCAL[name]] = third
            at = _after(at, here, self._offset[_LOCAL[name]])
            here = one.multiply(here, third)
        chest, chest_at = here, at
        nod = one.share(one.limited(one.multiply(one.inverse(chest), turn[0]), _HEAD_LIMIT), 0.5)
        local[_LOCAL["neck"]] = local[_LOCAL["head"]] = nod
        neck_turn = one.multiply(chest, nod)
        head_turn = one.multiply(neck_turn, nod)
        neck_at = _after(chest_at, chest, self._offset[_LOCAL["neck"]])
        head_at = _after(neck_at, neck_turn, self._offset[_LOCAL["head"]])
        ball = _after(head_at, head_turn, (0.0, _HEAD_UP * self.height, -0.01 * self.height))

        body = (chest, chest_at, hips, ball)
        for i in (0, 1):
            if share[2 + i] > 0.0:
                self._arm(i, body, point[WRISTS[i]], point[POLES[i]], turn[3 + i], share[4 + i])
            if share[1] > 0.0:
                self._leg(i, hips, hips_turn)
        self._fingers(aims)
        return Pose(self._mixed(shares), np.array(hips), aims[FACE_COLUMNS] * share[8])

    def _stand(self, shift, share, turn):
        """Where the hips are: never far from where the feet stand, and no higher than legs are long."""
        size = self.height
        side, low = _SHIFT_LIMIT * size, _DROP_LIMIT * size
        x, y, z = (c * share for c in shift)
        rise = _RISE * size
        y = -low * tanh(y * y / (-y + _KNEE_EASE * size) / low) if y < 0.0 else rise * tanh(y / rise)
        hx, hy, hz = self._hips
        hx, hy, hz = hx + side * tanh(x / side), hy + y, hz + side * tanh(z / side)
        if share > 0.0:
            for leg, foot, (upper, fore) in zip(_LEG, self._feet, self._legs, strict=True):
                x, y, z = one.rotate(turn, self._offset[leg[0]])
                aside = (hx + x - foot[0]) ** 2 + (hz + z - foot[2]) ** 2
                hy = min(hy, foot[1] - y + sqrt(max((upper + fore) ** 2 - aside, 0.0)))
        return (hx, hy, hz)

    def _arm(self, i, body, wrist, pole, hand_turn, hand_share):
        chest, chest_at, _, _ = body
        sign = -1.0 if i == 0 else 1.0
        upper, fore = self.arms[i]
        collar, shoulder, elbow, hand = _ARM[i]
        at = _after(chest_at, chest, self._offset[collar])
        collar_turn = lifted(wrist[1] / (upper + fore), sign)
        above = one.multiply(chest, collar_turn)
        start = _after(at, above, self._offset[shoulder])
        # What is out of reach is taken nearer first, or a wrist that was put outside would come back in.
        near = min(1.0, (upper + fore) / max(_measured(wrist, wrist)[1], 1e-9))
        goal = (start[0] + near * wrist[0], start[1] + near * wrist[1], start[2] + near * wrist[2])
        goal = self._outside(goal, body)
        line = (goal[0] - start[0], goal[1] - start[1], goal[2] - start[2])
        axis, distance = _measured(line, (0.0, -1.0, 0.0))
        whole = upper + fore
        soft = _SOFT * whole
        if distance > soft:
            distance = soft + (whole - soft) * (1.0 - exp(-(distance - soft) / (whole - soft)))
        distance = max(distance, 1.15 * abs(upper - fore) + 0.12 * whole)
        aside = _square(pole, axis)
        along = (distance * distance + upper * upper - fore * fore) / (2 * distance)
        out = sqrt(max(upper * upper - along * along, 0.0))
        first = (axis[0] * along + aside[0] * out, axis[1] * along + aside[1] * out, axis[2] * along + aside[2] * out)
        second = (axis[0] * distance - first[0], axis[1] * distance - first[1], axis[2] * distance - first[2])
        first, second = one.unit(first, axis), one.unit(second, axis)

        # The elbow's hinge: at rest, palms down, it bends the forearm forward about the vertical.
        hinge = one.cross(aside, axis)
        upper_turn = one.from_axes(
            (first[0] * sign, first[1] * sign, first[2] * sign), (hinge[0] * sign, hinge[1] * sign, hinge[2] * sign)
        )
        bone = (sign, 0.0, 0.0)
        fore_turn = one.multiply(one.between(one.rotate(upper_turn, bone), second), upper_turn)

        away = one.multiply(one.inverse(fore_turn), hand_turn)
        x, _, _, w = one.twist(away, 0)
        angle = min(max(2 * atan2(x, w), -_FOREARM_LIMIT), _FOREARM_LIMIT)
        swing = one.limited(one.multiply(away, (-x, 0.0, 0.0, w)), _WRIST_LIMIT)
        angle = _UNSEEN_TWIST + hand_share * (angle - _UNSEEN_TWIST)
        half = (sin(angle / 4), 0.0, 0.0, cos(angle / 4))
        local = self._local
        local[collar] = collar_turn
        local[shoulder] = one.multiply(one.inverse(above), upper_turn)
        lower = one.multiply(one.multiply(one.inverse(upper_turn), fore_turn), half)
        local[elbow] = lower
        # Half of the twist is the forearm's, half the hand's; the hand's swing comes on top.
        swung = one.multiply(one.inverse(half), one.multiply(one.share(swing, hand_share), one.multiply(half, half)))
        local[hand] = swung

    def _outside(self, at, body):
        """The point itself, or the nearest that is outside trunk and head and not too far in front."""
        chest, chest_at, hips, ball = body
        size = self.height
        x, y, z = at
        # Trunk: an ellipse across, from below the hips to the shoulders, easing off above.
        back = one.inverse(chest)
        lx, ly, lz = one.rotate(back, (x - chest_at[0], y - chest_at[1], z - chest_at[2]))
        below = min(max((0.10 * size - ly) / (0.03 * size), 0.0), 1.0)
        if below > 0.0 and at[1] > hips[1] - 0.14 * size:
            wide, deep = (c * size + _FLESH * size for c in _TRUNK)
            lz -= 0.012 * size  # what is right in the middle comes out at the front
            inside = (lx / wide) ** 2 + (lz / deep) ** 2
            if inside < 1.0:
                if inside < 1e-6:
                    lz, inside = -1e-3 * deep, 1e-6
                grow = 1.0 + below * (1.0 / sqrt(inside) - 1.0)
                lx, lz = lx * grow, lz * grow
                rx, ry, rz = one.rotate(chest, (lx, ly, lz + 0.012 * size))
                x, y, z = rx + chest_at[0], ry + chest_at[1], rz + chest_at[2]
        # Head: a ball.
        away, distance = _measured((x - ball[0], y - ball[1], z - ball[2]), (0.0, 0.0, -1.0))
        most = _HEAD_BALL * size
        if distance < most:
            x, y, z = ball[0] + away[0] * most, ball[1] + away[1] * most, ball[2] + away[2] * most
        return (x, y, max(z, self._hand - self._nearest))

    def _leg(self, i, hips, hips_turn):
        up, knee, foot = _LEG[i]
        upper, fore = self._legs[i]
        start = _after(hips, hips_turn, self._offset[up])
        goal = self._feet[i]
        axis, distance = _measured((goal[0] - start[0], goal[1] - start[1], goal[2] - start[2]), (0.0, -1.0, 0.0))
        distance = min(max(distance, 0.3 * (upper + fore)), upper + fore)
        ahead = one.rotate(hips_turn, (0.15 if i else -0.15, 0.0, -1.0))
        aside = _square(ahead, axis)
        along = (distance * distance + upper * upper - fore * fore) / (2 * distance)
        out = sqrt(max(upper * upper - along * along, 0.0))
        first = (axis[0] * along + aside[0] * out, axis[1] * along + aside[1] * out, axis[2] * along + aside[2] * out)
        second = (axis[0] * distance - first[0], axis[1] * distance - first[1], axis[2] * distance - first[2])
        thigh, shin = self._bones[i]
        turn = one.multiply(one.between(one.rotate(hips_turn, thigh), one.unit(first, axis)), hips_turn)
        bent = one.multiply(one.between(one.rotate(turn, shin), one.unit(second, axis)), turn)
        local = self._local
        local[up] = one.multiply(one.inverse(hips_turn), turn)
        local[knee] = one.multiply(one.inverse(turn), bent)
        local[foot] = one.inverse(bent)

    def _fingers(self, aims):
        first = aims[4 * KNUCKLES[0] : _P].reshape(10, 4)
        self._local[FIRST] = first / np.sqrt(np.maximum(np.vecdot(first, first), 1e-12))[:, None]
        half = aims[BEND_COLUMNS] / 2
        later = np.empty((BENDS, 4))
        np.multiply(_LATER_AXES, np.sin(half)[:, None], out=later[:, :3])
        np.cos(half, out=later[:, 3])
        self._local[_LATER] = later

    def _mixed(self, shares):
        """Local rotations, each part as far from rest as its share says."""
        if shares[:8].min() == 1.0:
            return self._local.copy()
        share = self._share
        share[:] = np.append(shares, 1.0)[_JOINT_GROUP]
        # A hand hangs on its arm: turned as seen only as far as the arm is there at all.
        share[_HAND_JOINTS] = shares[2:4]
        rest, local = self.rest.rotations, self._local
        part = np.copysign(share, np.vecdot(rest, local))
        out = rest * (1.0 - share)[:, None] + local * part[:, None]
        size = np.vecdot(out, out)
        if size.min() < 1e-6:  # half a turn from rest: neither way is the shorter one
            out[size < 1e-6], size[size < 1e-6] = rest[size < 1e-6], 1.0
        out /= np.sqrt(size)[:, None]
        return np.where((share == 0.0)[:, None], rest, out)


def lifted(high, sign):
    """How a collar bone turns as the arm rises.

    Parameters
    ----------
    high : float
        How much higher the wrist is than the shoulder, in units of the arm's length.
    sign : float
        -1 for the left, 1 for the right.

    Returns
    -------
    tuple of 4 float
    """
    share = min(max(0.5 + 0.5 * high, 0.0), 1.0)
    half = _COLLAR * share * share * share * sign / 2
    return (0.0, 0.0, sin(half), cos(half))


def _after(at, turn, offset):
    """Where a joint is whose parent is there and turned so."""
    x, y, z = one.rotate(turn, offset)
    return (at[0] + x, at[1] + y, at[2] + z)


def _measured(v, otherwise):
    """Direction and length of a vector."""
    size = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
    return ((v[0] / size, v[1] / size, v[2] / size), size) if size > 1e-9 else (otherwise, size)


def _square(v, axis):
    """Direction of what of a vector is square to an axis."""
    along = v[0] * axis[0] + v[1] * axis[1] + v[2] * axis[2]
    rest = (v[0] - along * axis[0], v[1] - along * axis[1], v[2] - along * axis[2])
    return one.unit(rest, one.unit(one.cross(axis, (1.0, 0.0, 0.0) if abs(axis[0]) < 0.9 else (0.0, 1.0, 0.0)), axis))
