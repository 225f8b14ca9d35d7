"""The session's stop sign: a T of both hands, held 0.4 s.

One flat hand lies on the fingertips of the other, which stands upright: fingertips of one hand at the other, anywhere
from its wrist to its fingertips, and the two finger directions square to each other. Measured in hands, so that a small
child's T and a tall adult's are the same sign.
"""

import numpy as np

from vrtrainer.human.observation import MEASURED
from vrtrainer.human.skeleton import INDEX

HELD = 0.4  # s (DESIGN 4)
NEAR = 0.4  # of a hand's length, from the upright hand's fingertip to the flat hand's line
SQUARE = np.cos(np.radians(60))  # the directions differ by 60 to 120 degrees
STRAIGHT = 0.75  # tip distance over the finger's length: below it the hand is not flat
APART = 0.45**2  # m squared between the wrists, more than a T of an adult's hands
_LEFT, _RIGHT = INDEX["leftHand"], INDEX["rightHand"]
_JOINTS = np.array([[INDEX[f"{s}{n}"] for n in ("Hand", "MiddleProximal", "MiddleTip")] for s in ("left", "right")])


class StopSign:
    """Recognises the T; one frame counts from recognition on."""

    def __init__(self):
        self._since = None

    def step(self, time, seen, how):
        """True at the frame at which the sign has been held long enough, and until it is let go."""
        if not self._made(seen.positions, how):
            self._since = None
            return False
        if self._since is None:
            self._since = time
        return time - self._since >= HELD

    @staticmethod
    def _made(positions, how):
        between = positions[_LEFT] - positions[_RIGHT]
        # Most of the time the hands are far apart, or one is not there (NaN is never nearer): nothing more is reckoned.
        if not between @ between < APART or not (how[_JOINTS] == MEASURED).all():
            return False
        points = positions[_JOINTS]  # (side, joint, 3)
        along = points[:, 2] - points[:, 0]
        length = np.sqrt(np.einsum("si,si->s", along, along))
        bones = points[:, 1:] - points[:, :-1]
        path = np.sqrt(np.einsum("sji,sji->sj", bones, bones)).sum(axis=1)
        if (length < STRAIGHT * path).any() or (length < 0.05).any():
            return False
        along = along / length[:, None]
        if abs(float(along[0] @ along[1])) > SQUARE:
            return False
        for flat, upright in ((0, 1), (1, 0)):
            if along[upright, 1] <= 0.6:
                continue
            from_wrist = points[upright, 2] - points[flat, 0]
            on_line = min(max(float(from_wrist @ along[flat]), 0.0), float(length[flat]))
            if np.linalg.norm(from_wrist - on_line * along[flat]) < NEAR * path[flat]:
                return True
        return False
