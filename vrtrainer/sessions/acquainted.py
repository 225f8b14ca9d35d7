"""What a learner's free movement tells of them: tempo, reach, and where their hands can be seen. Nothing of worth."""

from math import atan2, degrees

import numpy as np

from vrtrainer.human import one
from vrtrainer.human.observation import MEASURED
from vrtrainer.human.skeleton import INDEX, SIDES, indices

MOVES = 0.08  # m/s of a hand: below it is no movement
STEADY = 0.1  # s over which a hand's velocity is averaged
SWING = 0.15  # m/s: a hand that comes back this fast has turned round
FASTEST = 6.0  # m/s: what is faster is a tracker's jump
SLOWEST_HALF, FASTEST_HALF = 2.5, 0.08  # s from one turning to the next that still count as to and fro
ENOUGH = 3  # samples in a direction before it counts as seen
_STEP = 5.0  # degrees
_AROUND, _ABOVE = int(360 / _STEP), int(180 / _STEP)
_SPEED_STEP = 0.05  # m/s
_HEAD, _WRISTS = INDEX["head"], indices("@Hand")
_NOWHERE = (None, None)


class Acquainted:
    """Learns from one sample a frame, in memory that never grows."""

    def __init__(self):
        self._then = None
        self._before = [None, None]
        self._velocity = [(0.0, 0.0, 0.0), (0.0, 0.0, 0.0)]
        self._towards = [None, None]  # direction of the swing that runs, and when it began
        self._halves = np.zeros(int(SLOWEST_HALF * 100) + 1, int)  # hundredths of a second between turnings
        self._speeds = np.zeros(int(FASTEST / _SPEED_STEP) + 1, int)
        self._around, self._above = np.zeros((2, _AROUND), int), np.zeros((2, _ABOVE), int)
        self.moved_s, self.samples = 0.0, 0

    def step(self, now, seen):
        """Take one sample.

        Parameters
        ----------
        now : float
            Seconds, not falling.
        seen : Observation

        Returns
        -------
        list of float
            Speed of the left and the right hand, m/s; 0 where it is not seen.
        """
        dt = 0.0 if self._then is None else now - self._then
        self._then = now
        self.samples += 1
        places = seen.positions[_WRISTS].tolist()
        known = seen.how[_WRISTS].tolist()
        head = tuple(seen.positions[_HEAD].tolist()) if seen.how[_HEAD] == MEASURED else None
        speeds, moves = [0.0, 0.0], False
        for i in (0, 1):
            at = tuple(places[i]) if known[i] == MEASURED and all(abs(c) < 1e3 for c in places[i]) else None
            before, self._before[i] = self._before[i], at
            if at is None or before is None or dt <= 0.0:
                if at is None:
                    self._velocity[i], self._towards[i] = (0.0, 0.0, 0.0), None
            else:
                speeds[i] = self._swung(i, now, dt, tuple((a - b) / dt for a, b in zip(at, before, strict=True)))
                moves = moves or speeds[i] > MOVES
            if at is not None and head is not None and all(abs(c) < 1e3 for c in head):
                self._where(i, at, head)
        if moves:
            self.moved_s += min(dt, 0.5)
        return speeds

    def _swung(self, i, now, dt, velocity):
        raw = sum(c * c for c in velocity) ** 0.5
        if raw > FASTEST:
            return 0.0
        part = dt / (dt + STEADY / 2)
        steady = self._velocity[i]
        steady = tuple(s + part * (v - s) for s, v in zip(steady, velocity, strict=True))
        self._velocity[i] = steady
        speed = sum(c * c for c in steady) ** 0.5
        if speed > MOVES:
            self._speeds[int(speed / _SPEED_STEP)] += 1
        if speed > SWING:
            way = one.unit(steady, (0.0, 0.0, 0.0))
            if self._towards[i] is None:
                self._towards[i] = (way, None)
            elif sum(a * b for a, b in zip(way, self._towards[i][0], strict=True)) < -0.3:
                since = self._towards[i][1]
                if since is not None and FASTEST_HALF <= now - since <= SLOWEST_HALF:
                    self._halves[int((now - since) * 100)] += 1
                self._towards[i] = (way, now)
        return speed

    def _where(self, i, at, head):
        x, y, z = (a - b for a, b in zip(at, head, strict=True))
        flat = (x * x + z * z) ** 0.5
        around = degrees(atan2(x, -z))
        above = degrees(atan2(y, flat))
        self._around[i, int((around + 180.0) / _STEP) % _AROUND] += 1
        self._above[i, min(int((above + 90.0) / _STEP), _ABOVE - 1)] += 1

    def told(self, reaches=_NOWHERE):
        """What is known by now.

        Parameters
        ----------
        reaches : tuple of float or None
            Left and right, metres, where they are known.

        Returns
        -------
        dict
            `tempo_hz` (to and fro a second) and `speed_m_s` (a moving hand's median), None where there was no such
            movement; `reach_m` and `visible` by side: how far the hand went from the shoulder, and azimuth (left
            negative) and elevation from the head in degrees between which it was measured, None where it never was;
            `moved_s`; `samples`.
        """
        half, speed = _median(self._halves, ENOUGH), _median(self._speeds, 1)
        return {
            "tempo_hz": None if half is None else round(50.0 / (half + 0.5), 2),
            "speed_m_s": None if speed is None else round((speed + 0.5) * _SPEED_STEP, 2),
            "reach_m": {s: None if r is None else round(r, 3) for s, r in zip(SIDES, reaches, strict=True)},
            "visible": {s: self._extent(i) for i, s in enumerate(SIDES)},
            "moved_s": round(self.moved_s, 2),
            "samples": self.samples,
        }

    def _extent(self, i):
        around, above = (np.flatnonzero(rows[i] >= ENOUGH) for rows in (self._around, self._above))
        if not len(around) or not len(above):
            return None
        return {
            "azimuth_deg": [float(around[0] * _STEP - 180.0), float((around[-1] + 1) * _STEP - 180.0)],
            "elevation_deg": [float(above[0] * _STEP - 90.0), float((above[-1] + 1) * _STEP - 90.0)],
        }


def _median(counts, enough):
    """Place of the median of a histogram, None where too little was counted."""
    total = int(counts.sum())
    return None if total < enough else int(np.searchsorted(np.cumsum(counts), (total + 1) / 2))
