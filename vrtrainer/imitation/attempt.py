"""The learner's movement of one turn, kept as it was seen, in arrays that are made once."""

import numpy as np

from vrtrainer.human.observation import INFERRED, MEASURED, MODELLED
from vrtrainer.human.skeleton import INDEX, J

_HEAD = INDEX["head"]


class Attempt:
    """Samples of one turn; what was not measured is NaN.

    Parameters
    ----------
    capacity : int
        Samples to begin with; more makes it grow.
    """

    def __init__(self, capacity=2700):
        self._times = np.empty(capacity)
        self._positions = np.empty((capacity, J, 3))
        self._head = np.empty((capacity, 4))
        self._face = np.empty((capacity, 52))
        self.count = 0
        self.object_at = None  # where the learner's object stands, (3,) metres; None: reckoned from the head

    def clear(self):
        """Forget all samples."""
        self.count = 0

    def append(self, time, seen):
        """Add a sample.

        Parameters
        ----------
        time : float
            Seconds from the turn's onset.
        seen : Observation
        """
        i = self.count
        if i == len(self._times):
            self._grow()
        self._times[i] = time
        self._positions[i] = seen.positions
        how = seen.how.tobytes()
        if INFERRED in how or MODELLED in how:  # what is absent is NaN already
            self._positions[i][seen.how != MEASURED] = np.nan
        self._head[i] = seen.rotations[_HEAD] if how[_HEAD] == MEASURED else np.nan
        self._face[i] = seen.face if seen.face_how == MEASURED else np.nan
        self.count = i + 1

    def add(self, times, positions, head, face):
        """Add many samples at once, as from a file.

        Parameters
        ----------
        times : ndarray, shape (T,)
        positions : ndarray, shape (T, J, 3)
        head : ndarray, shape (T, 4)
        face : ndarray, shape (T, 52)
        """
        need = self.count + len(times)
        while need > len(self._times):
            self._grow()
        rows = slice(self.count, need)
        self._times[rows], self._positions[rows], self._head[rows], self._face[rows] = times, positions, head, face
        self.count = need

    def _grow(self):
        for name in ("_times", "_positions", "_head", "_face"):
            old = getattr(self, name)
            new = np.empty((2 * len(old), *old.shape[1:]))
            new[: len(old)] = old
            setattr(self, name, new)

    @property
    def times(self):
        """Seconds; ndarray, shape (T,)."""
        return self._times[: self.count]

    @property
    def positions(self):
        """Metres, NaN where not measured; ndarray, shape (T, J, 3)."""
        return self._positions[: self.count]

    @property
    def head(self):
        """World rotations of the head; ndarray, shape (T, 4)."""
        return self._head[: self.count]

    @property
    def face(self):
        """ARKit weights; ndarray, shape (T, 52)."""
        return self._face[: self.count]
