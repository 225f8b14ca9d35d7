"""The session's stop sign: a T of both hands, held 0.4 s; crossed arms only where the learner chose them.

One flat hand lies on the fingertips of the other, which stands upright: fingertips of one hand at the other, anywhere
from its wrist to its fingertips, and the two finger directions square to each other. Measured in hands, so that a small
child's T and a tall adult's are the same sign.
"""

from math import cos, dist, radians, sqrt

import numpy as np

from vrtrainer.human.observation import MEASURED
from vrtrainer.human.skeleton import INDEX

HELD = 0.4  # s (DESIGN 4)
NEAR = 0.4  # of a hand's length, from the upright hand's fingertip to the flat hand's line
SQUARE = cos(radians(60))  # the directions differ by 60 to 120 degrees
STRAIGHT = 0.75  # tip distance over the finger's length: below it the hand is not flat
APART = 0.45**2  # m squared between the wrists, more than a T of an adult's hands
_JOINTS = np.array([INDEX[f"{s}{n}"] for s in ("left", "right") for n in ("Hand", "MiddleProximal", "MiddleTip")])
_ARMS = np.array([INDEX[n] for n in ("head", "leftHand", "rightHand")])
_ARMS_MEASURED = bytes([MEASURED]) * len(_ARMS)
_PAST, _UNDER, _IN_FRONT = 0.06, (0.12, 0.75), 0.75  # m: wrists past each other, below the head, from the trunk's axis
_ALL_MEASURED = bytes([MEASURED]) * len(_JOINTS)


class StopSign:
    """Recognises the T; one frame counts from recognition on. Plain numbers: six points are too few for numpy."""

    def __init__(self):
        self._since = None
        self._points = np.empty((len(_JOINTS), 3))

    def step(self, time, seen, how):
        """True at the frame at which the sign has been held long enough, and until it is let go."""
        points = seen.positions.take(_JOINTS, axis=0, out=self._points, mode="clip").tolist()
        (ax, ay, az), (bx, by, bz) = points[0], points[3]
        # Most of the time the hands are far apart, or one is not there (NaN is never nearer): nothing more is reckoned.
        near = (ax - bx) ** 2 + (ay - by) ** 2 + (az - bz) ** 2 < APART
        if not near or how.take(_JOINTS, mode="clip").tobytes() != _ALL_MEASURED or not _made(points):
            self._since = None
            return False
        if self._since is None:
            self._since = time
        return time - self._since >= HELD


class CrossedArms:
    """Recognises arms that cross before the chest: each wrist on the other one's side, both below the head."""

    def __init__(self):
        self._since = None

    def step(self, time, seen, how):
        """As `StopSign.step`."""
        if how.take(_ARMS, mode="clip").tobytes() != _ARMS_MEASURED or not _crossed(seen):
            self._since = None
            return False
        if self._since is None:
            self._since = time
        return time - self._since >= HELD


class NoSign:
    """Nothing that hands do stops: button, key, console and taking the headset off still do."""

    def step(self, time, seen, how):
        """Never."""
        return False


SIGNS = {"t": StopSign, "crossed": CrossedArms, "none": NoSign}
"""By the names of `sessions.manner.STOP_SIGNS`."""


def _crossed(seen):
    head, left, right = seen.positions.take(_ARMS, axis=0).tolist()
    x, _, z, w = seen.rotations[_ARMS[0]].tolist()
    # The head's right, flat on the floor: which way somebody faces decides what is past what.
    y = float(seen.rotations[_ARMS[0], 1])
    rx, rz = 1 - 2 * (y * y + z * z), 2 * (x * z - w * y)
    size = sqrt(rx * rx + rz * rz)
    if size < 0.3:
        return False
    past = ((left[0] - right[0]) * rx + (left[2] - right[2]) * rz) / size
    if past < _PAST:
        return False
    return all(
        _UNDER[0] < head[1] - hand[1] < _UNDER[1] and dist((hand[0], hand[2]), (head[0], head[2])) < _IN_FRONT
        for hand in (left, right)
    )


def _made(points):
    """Whether wrist, knuckle and tip of the left and of the right middle finger make a T."""
    left, right = points[:3], points[3:]
    hands = _flat(*left), _flat(*right)
    if hands[0] is None or hands[1] is None:
        return False
    (lx, ly, lz), (rx, ry, rz) = hands[0][0], hands[1][0]
    if abs(lx * rx + ly * ry + lz * rz) > SQUARE:
        return False
    for (flat, wrist), (upright, tip) in (
        ((hands[0], left[0]), (hands[1], right[2])), ((hands[1], right[0]), (hands[0], left[2])),
    ):  # fmt: skip
        if upright[0][1] <= 0.6:
            continue
        (x, y, z), length, path = flat
        dx, dy, dz = tip[0] - wrist[0], tip[1] - wrist[1], tip[2] - wrist[2]
        on_line = min(max(dx * x + dy * y + dz * z, 0.0), length)
        if dist((dx, dy, dz), (on_line * x, on_line * y, on_line * z)) < NEAR * path:
            return True
    return False


def _flat(wrist, knuckle, tip):
    """A hand's direction, its length from wrist to tip and that of its bones in metres; None where it is not flat."""
    x, y, z = tip[0] - wrist[0], tip[1] - wrist[1], tip[2] - wrist[2]
    length = sqrt(x * x + y * y + z * z)
    path = dist(wrist, knuckle) + dist(knuckle, tip)
    if length < STRAIGHT * path or length < 0.05:
        return None
    return (x / length, y / length, z / length), length, path
