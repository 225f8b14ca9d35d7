"""The door every tracker's observations come through: consent, the stop sign, and rounding to what is stored.

Rule 1: without consent face and gaze are dropped here; the session never reads them.
Rule 2: observations are rounded once, here, so that the session reads exactly what the journal keeps.
Rule 3: joints that froze are found here, before rounding could make still joints look frozen.
"""

from dataclasses import replace

import numpy as np

from vrtrainer.human import observation
from vrtrainer.human.observation import ABSENT, INFERRED
from vrtrainer.trackers._signs import StopSign
from vrtrainer.trackers._stale import Stale


class Door:
    """A tracker seen from the session's side."""

    def __init__(self, tracker, face_consent):
        self._tracker = tracker
        self._consent = face_consent
        self._sign = StopSign()
        self._stale = Stale()
        self._no_face, self._no_gaze = np.full(len(observation.WEIGHTS), np.nan), np.full((2, 3), np.nan)

    def observe(self, frame, shown):
        seen = self._tracker.observe(frame, shown)
        gone = self._stale.found(frame.time, seen)
        how = seen.how
        if gone is not None:
            how = np.where(gone & (how > INFERRED), np.uint8(INFERRED), how)
        acts = seen.acts
        if self._sign.step(frame.time, seen, how):
            acts = acts | {"stop"}
        if self._consent:
            seen = replace(seen, how=how, acts=acts)
        else:
            seen = replace(seen, how=how, acts=acts, face=self._no_face, face_how=ABSENT, gaze=self._no_gaze)
        return observation.quantised(seen)

    def close(self):
        self._tracker.close()
