"""Hands that no device can have seen: frozen for 0.3 s while the head moves, at the origin, or inside the head."""

import numpy as np

from vrtrainer.human.observation import GROUPS, MEASURED
from vrtrainer.human.skeleton import INDEX, J, xr_hand_joints
from vrtrainer.imitation.trust import SNAPPED

FROZEN_AFTER = 0.3  # s (DESIGN 6)
_MOVED = 0.002  # m of the head
_HANDS = tuple((GROUPS.index(f"{s}Hand"), xr_hand_joints(s)) for s in ("left", "right"))
_ROWS = tuple(slice(int(joints.min()), int(joints.max()) + 1) for _, joints in _HANDS)  # a hand's joints are neighbours
_WRISTS = tuple(int(joints[1]) for _, joints in _HANDS)
_PLACES = np.array([INDEX["head"], INDEX["leftEye"], INDEX["rightEye"], *_WRISTS])
_NEAR = SNAPPED * SNAPPED


class Stale:
    """Compares each observation with the last one, bit by bit."""

    def __init__(self):
        self._last = [None, None]  # per hand: wrist and tips as they last changed
        self._since = [0.0, 0.0]
        self._head_then = [None, None]
        self._places = np.empty((len(_PLACES), 3))

    def found(self, time, seen):
        """Joints (J,) that must not count as measured now, or None."""
        gone, how = None, seen.how.tobytes()
        head = None
        for k, (group, joints) in enumerate(_HANDS):
            if how[_WRISTS[k]] != MEASURED:
                self._last[k] = None
                continue
            if head is None:
                # Plain numbers: what is asked of them costs less than numpy's calls would.
                head, *eyes_and_wrists = seen.positions.take(_PLACES, axis=0, out=self._places, mode="clip").tolist()
            sampled = seen.sample_time.item(group)
            if sampled == sampled:  # the device says when it sampled: that decides
                frozen = time - sampled > FROZEN_AFTER
            else:
                raw = seen.positions[_ROWS[k]].tobytes()  # bit by bit; NaN of an unseen finger equals itself
                if raw != self._last[k]:
                    self._last[k], self._since[k], self._head_then[k] = raw, time, head
                    frozen = False
                else:
                    frozen = time - self._since[k] > FROZEN_AFTER and _moved(head, self._head_then[k])
            if frozen or _nowhere(head, *eyes_and_wrists[:2], eyes_and_wrists[2 + k]):
                gone = np.zeros(J, bool) if gone is None else gone
                gone[joints] = True
        return gone


def _moved(now, then):
    return any(abs(a - b) > _MOVED for a, b in zip(now, then, strict=True))


def _nowhere(head, left_eye, right_eye, wrist):
    """Whether a wrist was put where a device puts what it has not seen: at 0, 0, 0, or where the head or device is."""
    x, y, z = wrist
    if x == 0.0 and y == 0.0 and z == 0.0:
        return True
    hx, hy, hz = head
    if (x - hx) ** 2 + (y - hy) ** 2 + (z - hz) ** 2 < _NEAR:
        return True
    ax, ay, az = left_eye
    bx, by, bz = right_eye
    return (x - 0.5 * (ax + bx)) ** 2 + (y - 0.5 * (ay + by)) ** 2 + (z - 0.5 * (az + bz)) ** 2 < _NEAR
