"""The door every tracker's observations come through: consent, the stop sign, and rounding to what is stored.

Rule 1: without consent face and gaze are dropped here; the session never reads them.
Rule 2: observations are rounded once, here, so that the session reads exactly what the journal keeps.
Rule 3: joints that froze are found here, before rounding could make still joints look frozen.
"""

import numpy as np

from vrtrainer.human import observation
from vrtrainer.human.observation import INFERRED
from vrtrainer.trackers._signs import SIGNS
from vrtrainer.trackers._stale import Stale


class Door:
    """A tracker seen from the session's side."""

    def __init__(self, tracker, face=False, gaze=False, sign="t"):
        self._tracker = tracker
        self._consents = {"face": face, "gaze": gaze}
        self._sign = SIGNS[sign]()
        self._stale = Stale()

    def observe(self, frame, shown):
        seen = self._tracker.observe(frame, shown)
        gone = self._stale.found(frame.time, seen)
        how = seen.how
        if gone is not None:
            how = np.where(gone & (how > INFERRED), np.uint8(INFERRED), how)
        acts = seen.acts
        if self._sign.step(frame.time, seen, how):
            acts = acts | {"stop"}
        return observation.quantised(seen, how, acts, **self._consents)

    def close(self):
        self._tracker.close()
