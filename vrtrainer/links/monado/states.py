"""The states of a session that is told to stop, hide or end although the runtime below knows nothing of it.

Rule 1: the application sees the lower of two levels: the runtime's, and the ceiling that the child's orders set.
Rule 2: it sees the way between two levels step by step, as the specification's life cycle has them: down at once, up a
        step a frame (without frames at once); STOPPING waits for xrEndSession, READY for xrBeginSession.
Rule 3: what the application begins and ends below a ceiling is kept from the runtime, whose session runs on.
"""

UNKNOWN, IDLE, READY, SYNCHRONIZED, VISIBLE, FOCUSED, STOPPING, LOSS_PENDING, EXITING = range(9)
"""XrSessionState."""
CEILINGS = {
    "focused": FOCUSED,
    "visible": VISIBLE,
    "synchronized": SYNCHRONIZED,
    "stopping": IDLE,
    "exiting": IDLE,
    "loss_pending": FOCUSED,
}
"""Orders by name, and what the application may see at most after each."""
_LOSS_SECONDS = 0.5  # from LOSS_PENDING to calls that answer SESSION_LOST


class States:
    """One session's.

    `told`, `began`, `ended` and `frame` say what happened; `events` gathers the states that the application is to be
    told, oldest first.
    """

    def __init__(self, headless, ceiling=FOCUSED):
        self.real = self.shown = UNKNOWN
        self.events = []
        self._headless = headless
        self._ceiling = ceiling
        self._exits = False
        self._lost_at = None

    def order(self, name, now):
        """The child's headset goes to a state of `CEILINGS`."""
        if self.shown in (EXITING, LOSS_PENDING):
            return
        if name == "loss_pending":
            self._tell(LOSS_PENDING)
            self._lost_at = now + _LOSS_SECONDS
            return
        self._ceiling = CEILINGS[name]
        self._exits = name == "exiting"
        self._walk()

    def told(self, state):
        """The runtime's event; True if the application may have it as it is."""
        follows = self.shown == self.real and not self.events
        self.real = state
        if state in (LOSS_PENDING, EXITING) or (follows and state <= max(self._ceiling, IDLE)) or (
            follows and state == STOPPING
        ):  # fmt: skip
            self.shown = state
            return True
        self._walk()
        return False

    def began(self):
        """xrBeginSession was called; True if the runtime has to hear of it."""
        if self.real == READY:
            return True
        self._walk(step=self._headless, begun=True)
        return False

    def ended(self):
        """xrEndSession was called; True if the runtime has to hear of it."""
        if self.real in (STOPPING, UNKNOWN):
            return True
        self._tell(IDLE)
        self._walk()
        return False

    def frame(self):
        """A frame was ended: one step up, where one is due."""
        self._walk(step=True)

    @property
    def runs(self):
        """Whether the application may wait for frames."""
        return self.shown in (READY, SYNCHRONIZED, VISIBLE, FOCUSED, STOPPING)

    @property
    def simulated(self):
        return self.shown != self.real

    def lost(self, now):
        return self._lost_at is not None and now >= self._lost_at

    def _tell(self, state):
        self.shown = state
        self.events.append(state)

    def _walk(self, step=False, begun=False):
        """Towards the lower of runtime and ceiling."""
        if self.shown in (EXITING, LOSS_PENDING, UNKNOWN):
            return
        # A runtime that stops its session wants the application down as a child does.
        want = min(IDLE if self.real in (STOPPING, UNKNOWN) else self.real, self._ceiling)
        while self.shown != want:
            if self.shown == STOPPING:
                return
            if want < self.shown:
                if self.shown == READY:
                    return  # it has to begin before it can stop
                self._tell(STOPPING if self.shown == SYNCHRONIZED else self.shown - 1)
            elif self.shown == IDLE:
                self._tell(READY)
            elif self.shown == READY:
                if not begun and not step:
                    return
                self._tell(SYNCHRONIZED)
                begun = False
                if not self._headless:
                    return
            else:
                if not step and not self._headless:
                    return  # where no frames are, there is nothing to wait for
                self._tell(self.shown + 1)
                if not self._headless:
                    return
        if self._exits and self.shown == IDLE:
            self._tell(EXITING)
