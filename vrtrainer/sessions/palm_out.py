"""A flat hand held forward, seen at the frame itself: what stops somebody in a scene. It never stops the session."""

import numpy as np

from vrtrainer.human.observation import MEASURED
from vrtrainer.human.skeleton import INDEX, SIDES
from vrtrainer.imitation.features import hand_shapes

HELD = 0.3  # s that it is held, as the gesture's own goal says
_FORGIVEN = 0.15  # s that a lost sample does not break it off
_FORWARD = np.array([0.0, 0.0, -1.0])
_FACES, _UPWARD = 0.64, 0.5  # cosines: the palm faces forward within 50 degrees, the fingers point up within 60
_CURLED = 0.35  # of a fist, on average over four fingers
_AHEAD = 0.5  # of the arm's length before the head: a wave at the cheek is nearer
_STEADY = 0.12  # of the arm's length that the hand moves at most while it is held: a wave goes to and fro
_LOW, _HIGH = -1.1, 0.4  # of the arm's length from the head down and up
_HEAD = INDEX["head"]
_HANDS = [[INDEX[f"{s}{n}"] for n in ("Hand", "IndexProximal", "MiddleProximal", "LittleProximal")] for s in SIDES]
_FINGERS = [
    [INDEX[f"{s}{f}{k}"] for f in ("Index", "Middle", "Ring", "Little") for k in ("Proximal", "Tip")] for s in SIDES
]
_SIGNS = (1.0, -1.0)


class PalmOut:
    """Looks for a flat hand held forward.

    Parameters
    ----------
    arm : float
        The learner's arm length, metres.
    """

    def __init__(self, arm):
        self._arm = arm
        self._since = self._last = self._place = None
        self.hands_seen_at = None
        """When a hand with fingers was last seen, s; None for never."""

    def step(self, now, seen):
        """One frame.

        Parameters
        ----------
        now : float
            Seconds.
        seen : Observation

        Returns
        -------
        bool
            True when it has been held long enough.
        """
        shown = None
        for i in (0, 1):
            if (seen.how[_FINGERS[i]] == MEASURED).all() and seen.how[_HANDS[i][0]] == MEASURED:
                self.hands_seen_at = now
                shown = shown or (self._shows(i, seen) and (i, seen.positions[_HANDS[i][0]]))
        if shown:
            if self._since is None or not self._steady(*shown):
                self._since, self._place = now, shown
            self._last = now
        elif self._since is not None and now - self._last > _FORGIVEN:
            self._since = None
        return self._since is not None and now - self._since >= HELD

    def _steady(self, hand, at):
        before, place = self._place
        return hand == before and np.linalg.norm(at - place) < _STEADY * self._arm

    def _shows(self, i, seen):
        wrist, index, middle, little = seen.positions[_HANDS[i]]
        along, row = middle - wrist, index - little
        normal = _SIGNS[i] * np.cross(along, row)
        sizes = np.linalg.norm(normal), np.linalg.norm(along)
        if min(sizes) < 1e-6 or normal @ _FORWARD < _FACES * sizes[0] or along[1] < _UPWARD * sizes[1]:
            return False
        if seen.how[_HEAD] == MEASURED:
            _, y, z = wrist - seen.positions[_HEAD]
            if -z < _AHEAD * self._arm or not _LOW * self._arm <= y <= _HIGH * self._arm:
                return False
        return bool(np.mean(hand_shapes(seen.positions)[i, 1:5]) < _CURLED)
