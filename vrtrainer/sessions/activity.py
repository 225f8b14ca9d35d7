"""Whether the learner moved on this turn and has come to rest: decides when a turn is over, never its worth."""

import numpy as np

from vrtrainer.human import rotations
from vrtrainer.human.face import PARTS as FACE_PARTS
from vrtrainer.human.skeleton import INDEX, indices

MOVED = 0.06  # m from where the turn began
STILL = 0.025  # m within the window: below it is rest
_JOINTS = indices("head", "@Hand", "@IndexTip", "@ThumbTip", "@Foot", "hips")
_FACE = np.concatenate([FACE_PARTS["brows"], FACE_PARTS["mouth"]])
_HEAD = INDEX["head"]
_POINTS = len(_JOINTS) + 1


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
        self._points = np.full((capacity, _POINTS * 3), np.nan)
        self._times = np.full(capacity, -np.inf)
        self._first = np.full(_POINTS * 3, np.nan)
        self._row = np.full(_POINTS * 3, np.nan)
        self.begin()

    def begin(self):
        """Forget what was; the next sample is the turn's beginning."""
        self._times.fill(-np.inf)
        self._first.fill(np.nan)
        self._next = 0
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
        row[:-3] = seen.positions[_JOINTS].ravel()
        # A nod barely moves the head's place: 0.3 m along its forward axis makes the turn itself visible.
        row[-3:] = 0.3 * rotations.rotate(seen.rotations[_HEAD], np.array([0.0, 0.0, -1.0]))
        known = np.isnan(self._first)
        if known.any():
            self._first[known] = row[known]
        if self._since == np.inf:
            self._since = time
        away = np.abs(row - self._first)
        face_moved = False
        if seen.face_how:
            face = seen.face[_FACE]
            if self._face is None:
                self._face = face
            face_moved = bool(np.fmax.reduce(np.abs(face - self._face), initial=0.0) > 0.15)
        if face_moved or np.fmax.reduce(away, initial=0.0) > MOVED:
            self.moved = True
        self._points[self._next] = row
        self._times[self._next] = time
        self._next = (self._next + 1) % len(self._times)
        recent = self._points[self._times > time - self._window]
        lows, highs = np.fmin.reduce(recent, axis=0), np.fmax.reduce(recent, axis=0)
        if np.fmax.reduce(highs - lows, initial=0.0) > STILL:
            self._since = time
        self.still_for = time - self._since


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
