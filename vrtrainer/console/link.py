"""What the loop leaves for others to read: the newest tableau in one slot, events in a bounded ring.

`post` never blocks and never waits for a reader: old tableaux are dropped, and of events the oldest.
"""

from collections import deque

RING = 4096


class Bulletin:
    """The loop's side. Readers in other threads use `newest` and `events_since`."""

    def __init__(self, *listeners):
        self._slot = None
        self._ring = deque(maxlen=RING)
        self._count = 0
        self._listeners = listeners
        self.interrupted = False
        """Set by a signal: the next `post` ends the run, at a place where nothing is half done."""

    def tell(self, listener):
        """Tell one more listener, before the first frame."""
        self._listeners = (*self._listeners, listener)

    def post(self, frame, shown, events):
        if self.interrupted:
            raise KeyboardInterrupt
        self._slot = (frame, shown)
        if events:
            self._ring.extend(events)
            self._count += len(events)
        for listener in self._listeners:
            listener.post(frame, shown, events)

    @property
    def newest(self):
        """The last (frame, tableau), None before the first."""
        return self._slot

    def events_since(self, count):
        """Events after the first `count`, and how many there were in all; what fell out of the ring is gone."""
        missing = self._count - count
        held = list(self._ring)
        return tuple(held[max(len(held) - missing, 0) :]), self._count

    def close(self):
        for listener in self._listeners:
            listener.close()
