"""Whether the learner moved on this turn and has come to rest: decides when a turn is over, never its worth."""

from collections import deque

import numpy as np

from vrtrainer.human.face import PARTS as FACE_PARTS
from vrtrainer.human.skeleton import INDEX, indices

MOVED = 0.06  # m from where the turn began
STILL = 0.025  # m within the window: below it is rest
_JOINTS = indices("head", "@Hand", "@IndexTip", "@ThumbTip", "@Foot", "hips")
_FACE = np.concatenate([FACE_PARTS["brows"], FACE_PARTS["mouth"]])
_HEAD = INDEX["head"]
_POINTS = len(_JOINTS) + 1


class _Extent:
    """How far the rows of a moving window lie apart, column by column; what is NaN does not count.

    Rows in an older half, whose extremes from each row on are worked out at once when it is made, and a newer half, of
    which only the extremes are kept: a new row costs four comparisons however many the window holds.
    """

    def __init__(self, columns, capacity):
        self._capacity = capacity
        self._rows = np.empty((capacity, columns))  # those of the newer half
        self._low, self._high = np.empty((2, columns))
        self._lows, self._highs = np.empty((2, capacity, columns))  # the older half's, from its newest row back
        self._from, self._to = np.empty((2, columns))
        self.clear()

    def clear(self):
        """Forget all rows."""
        self._times = deque()  # of all rows, the oldest first
        self._older = self._newer = 0

    def drop(self, before):
        """Forget rows of that time and older, and the oldest where the window is full."""
        times = self._times
        while times and (times[0] <= before or len(times) >= self._capacity):
            times.popleft()
            if not self._older:
                self._older, self._newer = self._newer, 0
                rows = self._rows[: self._older][::-1]
                np.fmin.accumulate(rows, axis=0, out=self._lows[: self._older])
                np.fmax.accumulate(rows, axis=0, out=self._highs[: self._older])
            self._older -= 1

    def add(self, time, row):
        """Take a row; answers the greatest distance in any column."""
        self._times.append(time)
        self._rows[self._newer] = row
        low, high = self._low, self._high
        if self._newer:
            np.fmin(low, row, out=low)
            np.fmax(high, row, out=high)
        else:
            low[:] = high[:] = row
        self._newer += 1
        if self._older:
            low = np.fmin(low, self._lows[self._older - 1], out=self._from)
            high = np.fmax(high, self._highs[self._older - 1], out=self._to)
        return np.fmax.reduce(np.subtract(high, low, out=self._to), initial=0.0)


class Activity:
    """Extent of movement since a turn's beginning and within the last moments.

    Parameters
    ----------
    window : float
        Seconds over which rest is judged.
    capacity : int
        Samples the window holds at most.
    """

    def __init__(self, window, capacity=128):
        self._window = window
        self._recent = _Extent(_POINTS * 3, capacity)
        self._first = np.full(_POINTS * 3, np.nan)
        self._row = np.full(_POINTS * 3, np.nan)
        self._joints, self._head = self._row[:-3].reshape(-1, 3), self._row[-3:]
        self._away, self._unknown = np.empty(_POINTS * 3), np.empty(_POINTS * 3, bool)
        self.begin()

    def begin(self):
        """Forget what was; the next sample is the turn's beginning."""
        self._recent.clear()
        self._first.fill(np.nan)
        self._since = np.inf
        self._face = None
        self.moved = False
        self.still_for = 0.0

    def step(self, time, seen):
        """Take one sample.

        Parameters
        ----------
        time : float
            Seconds.
        seen : Observation
        """
        row = self._row
        seen.positions.take(_JOINTS, axis=0, out=self._joints, mode="clip")
        # A nod barely moves the head's place: 0.3 m along its forward axis makes the turn itself visible.
        x, y, z, w = seen.rotations[_HEAD].tolist()
        tx, ty = -2 * y, 2 * x
        self._head[:] = 0.3 * (w * tx - z * ty), 0.3 * (w * ty + z * tx), 0.3 * (-1.0 + x * ty - y * tx)
        if self._since == np.inf:
            self._since = time
        if not self.moved:
            self._compare(row, seen)
        recent = self._recent
        recent.drop(time - self._window)
        if recent.add(time, row) > STILL:
            self._since = time
        self.still_for = time - self._since

    def _compare(self, row, seen):
        """With where the turn began; once that is far there is nothing more to find out."""
        away, unknown = self._away, self._unknown
        np.isnan(self._first, out=unknown)
        np.copyto(self._first, row, where=unknown)
        np.abs(np.subtract(row, self._first, out=away), out=away)
        face_moved = False
        if seen.face_how:
            face = seen.face[_FACE]
            if self._face is None:
                self._face = face
            face_moved = bool(np.fmax.reduce(np.abs(face - self._face), initial=0.0) > 0.15)
        if face_moved or np.fmax.reduce(away, initial=0.0) > MOVED:
            self.moved = True


def measured_share(seen, joints):
    """Share of joints that are measured now.

    Parameters
    ----------
    seen : Observation
    joints : ndarray, shape (N,)
        Integers.

    Returns
    -------
    float
    """
    return float((seen.how[joints] == 3).mean())
