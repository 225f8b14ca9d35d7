"""Hands that no device can have seen: frozen for 0.3 s while the head moves, at the origin, or inside the head."""

import numpy as np

from vrtrainer.human.observation import GROUPS, MEASURED
from vrtrainer.human.skeleton import INDEX, J, xr_hand_joints
from vrtrainer.imitation.trust import SNAPPED

FROZEN_AFTER = 0.3  # s (DESIGN 6)
_HANDS = tuple((GROUPS.index(f"{s}Hand"), xr_hand_joints(s)) for s in ("left", "right"))
_HEAD, _LEFT_EYE, _RIGHT_EYE = INDEX["head"], INDEX["leftEye"], INDEX["rightEye"]


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
            if frozen or _nowhere(seen.positions, joints[1]):
                gone = np.zeros(J, bool) if gone is None else gone
                gone[joints] = True
        return gone


def _nowhere(positions, wrist):
    """Whether a wrist was put where a device puts what it has not seen: at 0, 0, 0, or where the head or device is."""
    x, y, z = positions[wrist].tolist()
    if x == 0.0 and y == 0.0 and z == 0.0:
        return True
    hx, hy, hz = positions[_HEAD].tolist()
    near = SNAPPED * SNAPPED
    if (x - hx) ** 2 + (y - hy) ** 2 + (z - hz) ** 2 < near:
        return True
    ax, ay, az = positions[_LEFT_EYE].tolist()
    bx, by, bz = positions[_RIGHT_EYE].tolist()
    return (x - 0.5 * (ax + bx)) ** 2 + (y - 0.5 * (ay + by)) ** 2 + (z - 0.5 * (az + bz)) ** 2 < near
