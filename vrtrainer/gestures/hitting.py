"""When a hand comes down on the top of an object: told sample by sample, at 15 to 90 samples a second.

Rule 1: a hit is a point of the hand that passes a level just above the skin on its way down, over the object, at some
        speed. The level is as far above as a hand moves between two samples of a slow tracker while it turns round.
        A slow tracker may show a quick hand only on both sides of its turn: what was on its way through the skin and is
        found going up again has hit it too.
Rule 2: after a hit the hand must rise off the skin before it can hit again; a hand that rests there says nothing.
Rule 3: a repeated sample is no sample, and nothing is bridged over a gap: no hit is made up of a lost hand.
"""

from dataclasses import dataclass

import numpy as np

from vrtrainer.human.observation import INFERRED, MEASURED
from vrtrainer.human.skeleton import SIDES, J, indices

# In arm lengths and arm lengths a second; our own choices, see tests/gestures/test_hitting.py for what they catch.
ABOVE, AGAIN, LEAST, EDGE = 0.06, 0.02, 0.35, 0.06
NEAR = 0.20  # arm lengths above the skin within which a slow tracker may have last seen a hand that hit it
REFRACTORY, GAP, SLOW = 0.12, 0.25, 0.04  # s
# Point of a hand and how far its skin lies below the joint, arm lengths: palm and fist, fingertips, and the wrist,
# which is all that a controller tells.
_POINTS = (
    ("Palm", 0.036),
    ("MiddleProximal", 0.036),
    ("MiddleIntermediate", 0.022),
    ("MiddleTip", 0.016),
    ("Hand", 0.040),
)
_JOINTS = indices(*(f"{side}{name}" for side in SIDES for name, _ in _POINTS))
_SKIN = tuple(skin for _ in SIDES for _, skin in _POINTS)
_ALL = np.full(J, MEASURED, np.uint8)


@dataclass(frozen=True, slots=True)
class Hit:
    """One hit.

    Parameters
    ----------
    time : float
        Seconds: when the skin is reached, reckoned from the speed; at most a sample away from when it was told.
    side : str
        left or right: the hand.
    speed : float
        Metres a second, downwards.
    """

    time: float
    side: str
    speed: float


class Hitting:
    """Watches two hands over one object.

    Parameters
    ----------
    middle : ndarray, shape (3,)
        Of the object's top, metres.
    radius : float
        Metres.
    unit : float
        The person's arm length, metres.
    """

    def __init__(self, middle, radius, unit):
        self._unit = unit
        self._at = np.empty((len(_JOINTS), 3))
        self._known = np.empty(len(_JOINTS), np.uint8)
        self.move(middle, radius)

    def move(self, middle, radius):
        """The object stands elsewhere; what was seen before is forgotten.

        Parameters
        ----------
        middle : ndarray, shape (3,)
        radius : float
        """
        self._x, self._y, self._z = (float(v) for v in middle)
        self._far = (radius + EDGE * self._unit) ** 2
        self.begin()

    def begin(self):
        """Forget what was seen before."""
        self._last = [None] * len(_JOINTS)  # (time, height, x, z, speed down) of each point
        self._armed = [False, False]
        self._hit = [-np.inf, -np.inf]

    def step(self, time, positions, how=_ALL):
        """Take one sample.

        Parameters
        ----------
        time : float
            Seconds.
        positions : ndarray, shape (J, 3)
            Metres, NaN where absent.
        how : ndarray, shape (J,)
            As in `observation`; a joint that is not at least INFERRED counts for nothing.

        Returns
        -------
        tuple of Hit
            At most one a hand.
        """
        np.take(positions, _JOINTS, axis=0, out=self._at, mode="clip")
        np.take(how, _JOINTS, out=self._known, mode="clip")
        told, count = (), len(_POINTS)
        for side in (0, 1):
            lowest, best = np.inf, None
            for k in range(side * count, (side + 1) * count):
                x, y, z = self._at[k].tolist()
                if y != y or self._known[k] < INFERRED:
                    self._last[k] = None
                    continue
                height = y - self._y - _SKIN[k] * self._unit
                lowest = min(lowest, height)
                found = self._crossed(k, time, height, x - self._x, z - self._z)
                if found is not None and (best is None or found[0] < best[0]):
                    best = found
            if best is not None and self._armed[side] and time - self._hit[side] >= REFRACTORY:
                self._armed[side], self._hit[side] = False, time
                told = (*told, Hit(best[0], SIDES[side], best[1]))
            elif np.inf > lowest > (ABOVE + AGAIN) * self._unit:
                self._armed[side] = True
        return told

    def _crossed(self, k, time, height, x, z):
        """When the skin is reached and how fast, where this point has just passed the level."""
        last = self._last[k]
        if last is not None and last[1] == height and last[2] == x and last[3] == z:
            return None
        if last is None or time - last[0] > GAP:
            self._last[k] = (time, height, x, z, 0.0)
            return None
        then, was, was_x, was_z, fell = last
        lasts, level = time - then, ABOVE * self._unit
        speed = (was - height) / lasts
        self._last[k] = (time, height, x, z, speed)
        if was > level >= height:
            share = (was - level) / (was - height)
            told = then + share * lasts + level / max(speed, 1e-6)
        elif (
            lasts > SLOW
            and min(was, height) > level
            and was < min(NEAR * self._unit, fell * lasts)
            and speed < fell / 2
        ):
            share, speed, told = 0.5, fell, then + was / fell
        else:
            return None
        at_x, at_z = was_x + share * (x - was_x), was_z + share * (z - was_z)
        if speed < LEAST * self._unit or at_x * at_x + at_z * at_z > self._far:
            return None
        return told, speed


def hits(times, positions, middle, radius, unit):
    """All hits of a movement.

    Parameters
    ----------
    times : ndarray, shape (T,)
        Seconds.
    positions : ndarray, shape (T, J, 3)
        Metres, NaN where absent.
    middle : ndarray, shape (3,)
        Of the object's top.
    radius : float
        Metres.
    unit : float
        Arm length, metres.

    Returns
    -------
    list of Hit
    """
    watched = Hitting(middle, radius, unit)
    return [hit for time, at in zip(times.tolist(), positions, strict=True) for hit in watched.step(time, at)]
