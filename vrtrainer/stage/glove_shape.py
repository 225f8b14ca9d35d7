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
        ({_NEAR_THUMB: 0.5, _NEAR_LITTLE: 0.5}, {_OPEN_THUMB: 0.5, _OPEN_LITTLE: 0.5}, 1.0),
        ({_NEAR_THUMB: 1}, {INDEX[0]: 1}, 0.85),
        ({_NEAR_LITTLE: 1}, {LITTLE[0]: 1}, 0.85),
    ]
    palm += [({f[0]: 1}, {f[1]: 1}, 0.90) for f in (INDEX, MIDDLE, RING, LITTLE)]
    # Between the knuckles, and across the back of the hand, so that no bone shows.
    palm += [
        ({a[1]: 0.95, a[0]: 0.05}, {b[1]: 0.95, b[0]: 0.05}, 0.62) for a, b in pairwise((INDEX, MIDDLE, RING, LITTLE))
    ]
    palm += [({INDEX[0]: 1 - k, INDEX[1]: k}, {LITTLE[0]: 1 - k, LITTLE[1]: k}, 0.80) for k in (0.4, 0.75)]
    palm += [
        ({_NEAR_THUMB: 1}, {THUMB[0]: 1}, 0.85),
        ({THUMB[0]: 1}, {THUMB[1]: 1}, 0.95),
        ({THUMB[0]: 0.4, THUMB[1]: 0.6}, {INDEX[0]: 0.5, INDEX[1]: 0.5}, 0.78),  # the web
        ({THUMB[0]: 0.5, THUMB[1]: 0.5}, {MIDDLE[0]: 0.8, MIDDLE[1]: 0.2}, 0.85),  # the ball of the thumb
    ]
    fingers = [({a: 1}, {b: 1}, 1.0) for a, b in pairwise(THUMB[1:])]
    for finger in (INDEX, MIDDLE, RING, LITTLE):
        fingers += [({a: 1}, {b: 1}, 1.0) for a, b in pairwise(finger[1:])]
    return palm, fingers


_OF_PALM, _OF_FINGERS = _capsules()
PALM_CAPSULES, CAPSULES = len(_OF_PALM), len(_OF_PALM) + len(_OF_FINGERS)
MESHED = PALM_CAPSULES - 4  # the palm's mesh covers those before; the thumb's own and all after have each their mesh


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
ROUND = 32  # points round the palm in each row of its mesh


def _palm_mesh():
    """Where the palm's mesh starts: sums of points (P, _POINTS), steps (P, 3) along its axes in an adult's metres.

    Rows of `ROUND` points from the opening, over the wrist and the metacarpals' bases, to before the knuckles.
    """
    sides = ((_OPEN_THUMB, _OPEN_LITTLE), (_NEAR_THUMB, _NEAR_LITTLE))
    fingers = (INDEX, MIDDLE, RING, LITTLE)
    lines = (*sides, tuple(f[0] for f in fingers), tuple(f[1] for f in fingers))
    # Which line 0..3, how wide, how thick, how far on.
    rows = [(0.0, 0.0, 0.0, -0.02), (0.0, 0.5, 0.6, -0.02), (0.0, 1.0, 1.0, -0.002)]
    rows += [(at, 1.0, 1.0, 0.0) for at in (0.35, 0.7, 1.0, 1.35, 1.7, 2.0, 2.17, 2.33, 2.5, 2.67, 2.83, 3.0)]
    rows += [(3.0, 1.0, 0.85, 0.004), (3.0, 0.95, 0.5, 0.007), (3.0, 0.9, 0.0, 0.008)]
    turns = np.linspace(0, 2 * np.pi, ROUND, endpoint=False)
    shares, steps = np.zeros((len(rows), ROUND, _POINTS), np.float32), np.zeros((len(rows), ROUND, 3), np.float32)
    for row, (at, wide, thick, on) in enumerate(rows):
        steps[row, :, 0], steps[row, :, 1], steps[row, :, 2] = (
            0.009 * wide * np.cos(turns),
            on,
            0.012 * thick * np.sin(turns),
        )
        across = 0.5 - 0.5 * wide * np.cos(turns)
        low = min(int(at), len(lines) - 2)
        for line, part in ((lines[low], 1.0 - (at - low)), (lines[low + 1], at - low)):
            for k, point in enumerate(line):
                shares[row, :, point] += part * np.maximum(1.0 - np.abs(across * (len(line) - 1) - k), 0.0)
    return shares.reshape(-1, _POINTS), steps.reshape(-1, 3)


_PALM_SHARES, _PALM_STEPS = _palm_mesh()
PALM_POINTS = len(_PALM_SHARES)
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
        # Where the palm's mesh starts, metres; then -1 and less by how much is shown.
        self.palm = np.zeros((PALM_POINTS, 4), np.float32)
        self._before = np.full_like(self.block, np.nan)
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

        Answers whether `block` is new: not for the other eye, which asks for the same time again, nor while nothing
        moves, as between two samples of a slow tracker.
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
        if np.array_equal(self.block, self._before):
            return False
        self._before[:] = self.block
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
        # The third axis without regard to the side, so that triangles keep their front.
        third = np.cross(self._axes[:, 0], self._axes[:, 1])
        axes = np.stack([self._axes[:, 0], self._axes[:, 1], third]) * self._scale
        self.palm[:, :3] = _PALM_SHARES @ self.points + _PALM_STEPS @ axes
        self.palm[:, 3] = -1.0 - _PALM_SHARES @ self.level
        tail = self.block[3 * CAPSULES :]
        tail[:3, :3] = self._axes.T
        tail[3, :3], tail[3, 3] = self._wrist, self._scale
        pitch = _DOTS * float(self._scale)
        tail[4, :2] = pitch, round(2 * np.pi * float(self._radii[MIDDLE[2]]) / pitch)
