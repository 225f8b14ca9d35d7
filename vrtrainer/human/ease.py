"""Aims that move as people do: noise taken off, parts that come and go eased, nothing faster than an arm.

Rule 1: it is told the seconds that went by; the same steps give the same answer.
"""

import numpy as np

from vrtrainer.human.reach import (
    BEND_COLUMNS,
    BEND_GROUP,
    FACE_COLUMNS,
    GROUPS,
    POINT_COLUMNS,
    POINT_GROUP,
    POINTS,
    TURN_COLUMNS,
    TURN_GROUP,
    TURNS,
    WIDTH,
)

EASE = 0.6  # s from rest to moving along, and back
TURN_SPEED, POINT_SPEED, BEND_SPEED, FACE_SPEED = 12.0, 3.5, 14.0, 8.0
"""The fastest that anything goes: rad/s, m/s, rad/s, 1/s. A throw is as fast; a jump of a tracker is faster."""


class Eased:
    """Follows aims from frame to frame.

    Parameters
    ----------
    lasts : float
        Seconds that a part takes from rest to moving along.
    """

    def __init__(self, lasts=EASE):
        self._lasts = lasts
        self._ramp = np.zeros(len(GROUPS))
        self._out = np.zeros(WIDTH)

    def begin(self, aims, present):
        """Be there at once: arguments as of `step`."""
        self._ramp[:], self._out[:] = present, aims

    def step(self, dt, aims, present, lasts=None):
        """The aims at this frame and how far each part is from rest.

        Parameters
        ----------
        dt : float
            Seconds since the last step.
        aims : ndarray, shape (WIDTH,)
            Finite; of a part that is not there, where it was last.
        present : ndarray, shape (9,)
            bool, of `reach.GROUPS`.
        lasts : float, optional
            Instead of the seconds given at the beginning.

        Returns
        -------
        aims : ndarray, shape (WIDTH,)
        shares : ndarray, shape (9,)
            0 to 1.
        """
        ramp, out = self._ramp, self._out
        hidden = ramp == 0.0  # what is at rest may be anywhere at once
        step = dt / (self._lasts if lasts is None else lasts)
        ramp += step * (2.0 * present - 1.0)
        np.minimum(np.maximum(ramp, 0.0), 1.0, out=ramp)
        before, wanted = out[TURN_COLUMNS].reshape(TURNS, 4), aims[TURN_COLUMNS].reshape(TURNS, 4)
        sign = np.copysign(1.0, np.vecdot(before, wanted))[:, None]
        _approach(before, wanted * sign, TURN_SPEED / 2 * dt, hidden[TURN_GROUP])
        at, goal = out[POINT_COLUMNS].reshape(POINTS, 3), aims[POINT_COLUMNS].reshape(POINTS, 3)
        _approach(at, goal, POINT_SPEED * dt, hidden[POINT_GROUP])
        for columns, speed, free in (
            (BEND_COLUMNS, BEND_SPEED * dt, hidden[BEND_GROUP]),
            (FACE_COLUMNS, FACE_SPEED * dt, hidden[8]),
        ):
            away, here = aims[columns] - out[columns], out[columns]
            here += np.where(free, away, np.minimum(np.maximum(away, -speed), speed))
        return out, ramp * ramp * (3.0 - 2.0 * ramp)


def _approach(at, goal, most, free):
    """Move rows towards rows, none further than `most`; those that are free all the way."""
    away = goal - at
    size = np.sqrt(np.vecdot(away, away))
    if size.max() <= most:  # nearly always
        at += away
        return
    at += away * np.where(free | (size <= most), 1.0, most / np.maximum(size, 1e-9))[:, None]


class OneEuro:
    """Low-pass filter whose cut-off rises with speed (Casiez, Roussel and Vogel 2012), for a row of numbers.

    Parameters
    ----------
    cutoff : float
        Hz at rest.
    beta : float
        Hz more per unit of speed.
    """

    def __init__(self, cutoff=2.0, beta=8.0):
        self._cutoff, self._beta = cutoff, beta
        self._value = self._speed = None

    def step(self, dt, row):
        """The row without its tremor.

        Parameters
        ----------
        dt : float
            Seconds since the last row; 0 or a gap of more than 0.3 s begins anew.
        row : ndarray, shape (N,)

        Returns
        -------
        ndarray, shape (N,)
        """
        if self._value is None or not 0.0 < dt < 0.3:
            self._value, self._speed = row.copy(), np.zeros_like(row)
            return self._value
        speed = (row - self._value) / dt
        steady = 2 * np.pi * dt
        self._speed += steady / (1.0 + steady) * (speed - self._speed)
        rate = steady * (self._cutoff + self._beta * np.abs(self._speed))
        self._value = self._value + rate / (1.0 + rate) * (row - self._value)
        return self._value
