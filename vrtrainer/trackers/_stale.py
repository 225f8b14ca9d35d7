"""Hands that froze: identical raw joints for 0.3 s while the head moves, or sample times that stand still."""

import numpy as np

from vrtrainer.human.observation import GROUPS, MEASURED
from vrtrainer.human.skeleton import INDEX, J, xr_hand_joints

FROZEN_AFTER = 0.3  # s (DESIGN 6)
_HANDS = tuple((GROUPS.index(f"{s}Hand"), xr_hand_joints(s)) for s in ("left", "right"))
_HEAD = INDEX["head"]


class Stale:
    """Compares each observation with the last one, bit by bit."""

    def __init__(self):
        self._last = [None, None]  # per hand: wrist and tips as they last changed
        self._since = [0.0, 0.0]
        self._head_then = [None, None]

    def found(self, time, seen):
        """Joints (J,) that must not count as measured now, or None."""
        gone = None
        head = seen.positions[_HEAD]
        for k, (group, joints) in enumerate(_HANDS):
            if seen.how[joints[1]] != MEASURED:
                self._last[k] = None
                continue
            sampled = seen.sample_time[group]
            raw = seen.positions[joints].tobytes()  # bit by bit; NaN of an unseen finger equals itself
            if sampled == sampled:  # the device says when it sampled: that decides
                frozen = time - sampled > FROZEN_AFTER
            elif raw != self._last[k]:
                self._last[k], self._since[k], self._head_then[k] = raw, time, head.copy()
                frozen = False
            else:
                moved = np.abs(head - self._head_then[k]).max() > 0.002
                frozen = time - self._since[k] > FROZEN_AFTER and moved
            if frozen:
                gone = np.zeros(J, bool) if gone is None else gone
                gone[joints] = True
        return gone
