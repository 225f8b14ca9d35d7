"""A hand as the capsules that a glove is made of, and how much of each is shown over time. Arithmetic only.

Rule 1: what was not measured is dotted. A joint's level is 1 solid, 0.5 dotted, 0 gone, and moves there in 400 ms.
Rule 2: what is absent fades where it was last; a finger that alone is absent goes along with the palm meanwhile.

Source: OpenXR 1.1 XrHandJointEXT (order of the joints).
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from vrtrainer.human.observation import ABSENT, MEASURED
from vrtrainer.human.skeleton import xr_hand_joints

JOINTS = 26
PALM, WRIST = 0, 1
THUMB = (2, 3, 4, 5)  # metacarpal, proximal, distal, tip
INDEX, MIDDLE, RING, LITTLE = (tuple(range(first, first + 5)) for first in (6, 11, 16, 21))
FADE = 0.4  # s

# A glove's radii in metres, by eye, for a hand of 0.19 m from wrist to fingertip; in the order of the joints.
HAND_LENGTH = 0.19
RADII = np.array(
    [
        *(0.0140, 0.0170),  # palm, wrist
        *(0.0140, 0.0125, 0.0108, 0.0088),
        *(0.0115, 0.0106, 0.0092, 0.0082, 0.0072),
        *(0.0115, 0.0108, 0.0095, 0.0084, 0.0074),
        *(0.0112, 0.0102, 0.0090, 0.0079, 0.0070),
        *(0.0108, 0.0094, 0.0079, 0.0071, 0.0063),
    ],
    np.float32,
)
CLOTH = 0.0006  # m of wool round the skin
CUFF = 0.034  # m from the wrist back to the glove's opening, for that same hand
BEYOND = 0.016  # m: how far a glove reaches at most outside its joints, the cuff apart
_LENGTH_TO_KNUCKLES = 0.096  # of that same hand, wrist to the middle of the knuckles
_DOTS = 0.008  # m from one dot to the next

# Four points beside the joints: the thumb's and the little finger's side of the wrist, and both at the opening.
_NEAR_THUMB, _NEAR_LITTLE, _OPEN_THUMB, _OPEN_LITTLE = range(JOINTS, JOINTS + 4)
_POINTS = JOINTS + 4


def _capsules():
    """Capsules as ((joint: share, ...), (joint: share, ...), share of the radius): the palm's, then each finger's."""
    palm = [
        ({_NEAR_THUMB: 1}, {_OPEN_THUMB: 1}, 1.0),
        ({_NEAR_LITTLE: 1}, {_OPEN_LITTLE: 1}, 1.0),
        ({_NEAR_THUMB: 1}, {INDEX[0]: 1}, 0.85),
        ({_NEAR_LITTLE: 1}, {LITTLE[0]: 1}, 0.85),
    ]
    palm += [({f[0]: 1}, {f[1]: 1}, 0.88) for f in (INDEX, MIDDLE, RING, LITTLE)]
    # Between the knuckles the skin reaches a little towards the fingers.
    palm += [({a[1]: 0.9, a[2]: 0.1}, {b[1]: 0.9, b[2]: 0.1}, 0.70) for a, b in ((INDEX, MIDDLE), (MIDDLE, RING))]
    palm += [({RING[1]: 0.95, RING[2]: 0.05}, {LITTLE[1]: 0.95, LITTLE[2]: 0.05}, 0.70)]
    palm += [
        ({_NEAR_THUMB: 1}, {THUMB[0]: 1}, 0.85),
        ({THUMB[0]: 1}, {THUMB[1]: 1}, 0.95),
        ({THUMB[0]: 0.4, THUMB[1]: 0.6}, {INDEX[0]: 0.5, INDEX[1]: 0.5}, 0.80),  # the web
        ({THUMB[0]: 0.5, THUMB[1]: 0.5}, {MIDDLE[0]: 0.8, MIDDLE[1]: 0.2}, 0.85),  # the ball of the thumb
    ]
    fingers = [({a: 1}, {b: 1}, 1.0) for a, b in pairwise(THUMB[1:])]
    for finger in (INDEX, MIDDLE, RING, LITTLE):
        fingers += [({a: 1}, {b: 1}, 1.0) for a, b in pairwise(finger[1:])]
    return palm, fingers


_OF_PALM, _OF_FINGERS = _capsules()
PALM_CAPSULES, CAPSULES = len(_OF_PALM), len(_OF_PALM) + len(_OF_FINGERS)


def _shares():
    """Ends of the capsules as sums of points (2 * CAPSULES, _POINTS), and each one's share of the radius."""
    shares, fat = np.zeros((CAPSULES, 2, _POINTS), np.float32), np.zeros((CAPSULES, 2), np.float32)
    for row, (*ends, radius) in enumerate(_OF_PALM + _OF_FINGERS):
        fat[row] = radius
        for end, points in enumerate(ends):
            for point, share in points.items():
                shares[row, end, point] = share
    return shares.reshape(-1, _POINTS), fat.reshape(-1)


_SHARES, _FAT = _shares()
# Bones of a finger are dotted on from one to the next: capsules that start where the one before ends.
_GOES_ON = [
    row > PALM_CAPSULES and _OF_FINGERS[row - PALM_CAPSULES][0] == _OF_FINGERS[row - PALM_CAPSULES - 1][1]
    for row in range(CAPSULES)
]


@dataclass(frozen=True, slots=True, eq=False)
class Hand:
    """One hand at one frame, in XrHandJointEXT's order.

    `positions` (26, 3) metres in the stage's space, NaN where absent; `radii` (26,) metres, NaN or 0 where the device
    does not say; `how` (26,) uint8 as in `human.observation`; `side` left or right.
    """

    positions: np.ndarray
    radii: np.ndarray
    how: np.ndarray
    side: str


def hands_of(seen):
    """The left and the right `Hand` of an observation, with radii that fit its size."""
    return tuple(_hand_of(seen, side) for side in ("left", "right"))


def _hand_of(seen, side):
    places = xr_hand_joints(side)
    positions = np.asarray(seen.positions[places], np.float32)
    finger = positions[[WRIST, *MIDDLE[1:]]]
    length = float(np.linalg.norm(np.diff(finger, axis=0), axis=1).sum())
    scale = length / HAND_LENGTH if 0.05 < length < 0.4 else 1.0  # also where NaN
    return Hand(positions, RADII * np.float32(scale), seen.how[places], side)


class Held:
    """What is known of one hand over time: where its joints were last, and how much of each is shown."""

    def __init__(self, side):
        self.side = side
        self.level = np.zeros(_POINTS, np.float32)
        self.seen = np.zeros(_POINTS, bool)
        self.points = np.zeros((_POINTS, 3), np.float32)
        self._in_palm = np.zeros((JOINTS, 3), np.float32)
        self._radii = np.zeros(_POINTS, np.float32)
        self._axes, self._wrist, self._scale = np.eye(3, dtype=np.float32), np.zeros(3, np.float32), np.float32(1.0)
        self._time = None
        # As the shader's block Hand has it: two rows a capsule (start and radius, way to its end and radius), a row a
        # capsule (levels of both ends, metres along the finger, 1 / length²), lateral, along, palmward, wrist, dots.
        self.block = np.zeros((CAPSULES * 3 + 5, 4), np.float32)
        self._ends, self._ways = self.block[: 2 * CAPSULES], self.block[2 * CAPSULES : 3 * CAPSULES]

    @property
    def visible(self):
        return bool(self.level.max() > 0.0) and bool(self.seen[[WRIST, INDEX[1], LITTLE[1]]].all())

    @property
    def whole(self):
        """Whether all of it is solid: then nothing can be seen through it."""
        return bool(self.level[self.seen].min() >= 1.0)

    def follow(self, hand, time):
        """Take a frame's hand (None for none), at a time in seconds; None shows at once what is known.

        Answers whether `block` is new: not for the other eye, which asks for the same time again.
        """
        if time is not None and time == self._time:
            return False
        goal = np.zeros(JOINTS, np.float32)
        if hand is not None:
            there = (hand.how != ABSENT) & np.isfinite(hand.positions).all(axis=1)
            goal[there] = np.where(hand.how[there] == MEASURED, 1.0, 0.5)
            self._take(hand, there)
        if time is None:
            self.level[:JOINTS] = goal
        elif self._time is None:
            self.level[:JOINTS] = 0.0
        else:
            now = self.level[:JOINTS]
            # Between dotted and solid lies half a level, below dotted the glove comes and goes as a whole.
            pace = np.where((goal == 0.0) | (now < 0.5), 1.0, 0.5) / FADE
            step = pace * min(max(time - self._time, 0.0), FADE)
            now += np.clip(goal - now, -step, step)
        self._time = time
        self.level[JOINTS:] = self.level[WRIST]
        self._write()
        return True

    def _take(self, hand, there):
        self.points[:JOINTS][there] = hand.positions[there]
        self.seen[:JOINTS] |= there
        knuckles = [INDEX[1], MIDDLE[1], RING[1], LITTLE[1]]
        if there[[WRIST, *knuckles]].all():
            self._frame(hand.side, knuckles)
        # What is absent while the rest is there goes along with the palm.
        self._in_palm[there] = (self.points[:JOINTS][there] - self._wrist) @ self._axes
        kept = self.seen[:JOINTS] & ~there
        if kept.any() and there.any():
            self.points[:JOINTS][kept] = self._in_palm[kept] @ self._axes.T + self._wrist
        usual = RADII * self._scale
        given = np.where(np.nan_to_num(hand.radii) > 0.0, hand.radii, usual)
        # Runtimes differ in what they call a joint's radius; a glove keeps a hand's proportions.
        self._radii[:JOINTS] = np.clip(given, 0.75 * usual, 1.25 * usual) + CLOTH * self._scale

    def _frame(self, side, knuckles):
        """Axes of the palm as columns: to the thumb's side, to the fingers, out of the palm."""
        wrist = self.points[WRIST].copy()
        along = self.points[knuckles].mean(axis=0) - wrist
        reach = np.linalg.norm(along)
        lateral = self.points[INDEX[1]] - self.points[LITTLE[1]]
        if reach < 1e-3:
            return
        along = along / reach
        lateral = lateral - along * (lateral @ along)
        wide = np.linalg.norm(lateral)
        if wide < 1e-3:
            return
        lateral = lateral / wide
        palmward = np.cross(lateral, along) * (1.0 if side == "right" else -1.0)
        self._axes = np.stack([lateral, along, palmward], axis=1)
        self._wrist, self._scale = wrist, np.float32(reach / _LENGTH_TO_KNUCKLES)
        aside, back = lateral * (0.0105 * self._scale), along * ((CUFF - 0.002) * self._scale)
        for near, opening, way in ((_NEAR_THUMB, _OPEN_THUMB, 1.0), (_NEAR_LITTLE, _OPEN_LITTLE, -1.0)):
            self.points[near] = wrist + way * aside
            self.points[opening] = wrist + way * 1.15 * aside - back
            self.seen[[near, opening]] = True
        self._radii[JOINTS:] = np.float32(0.0165) * self._scale

    def _write(self):
        ends, ways = self._ends, self._ways
        ends[:, :3] = _SHARES @ self.points
        ends[:, 3] = (_SHARES @ self._radii) * _FAT
        ways[:, :2] = (_SHARES @ self.level).reshape(-1, 2)
        whole = ((_SHARES @ self.seen.astype(np.float32)) > 0.999).reshape(-1, 2).all(axis=1)
        ends.reshape(CAPSULES, 2, 4)[~whole, :, 3] = -1.0  # the shader leaves it out
        ends[1::2, :3] -= ends[::2, :3]
        squares = np.einsum("ck,ck->c", ends[1::2, :3], ends[1::2, :3])
        lengths = np.sqrt(squares)
        ways[:, 3] = 1.0 / np.maximum(squares, 1e-9)
        for row in range(PALM_CAPSULES, CAPSULES):
            ways[row, 2] = ways[row - 1, 2] + lengths[row - 1] if _GOES_ON[row] else 0.0
        tail = self.block[3 * CAPSULES :]
        tail[:3, :3] = self._axes.T
        tail[3, :3], tail[3, 3] = self._wrist, self._scale
        pitch = _DOTS * float(self._scale)
        tail[4, :2] = pitch, round(2 * np.pi * float(self._radii[MIDDLE[2]]) / pitch)
