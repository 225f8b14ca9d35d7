"""Stop, shown and tried first: the avatar makes the sign, the learner tries it, and everything really stops.

The sign is trained only as a real stop (EXPERIENCE 2): what is tried here stops the session itself. Twice unseen, or
when the learner has no sign, the button is offered. Trying can be skipped.
"""

from vrtrainer.gestures.perform import perform
from vrtrainer.sessions import page
from vrtrainer.sessions.page import Standing

SIGN = "stop_t"
SHOWN_AT_MOST = 2
_WAIT = 8.0  # s after the sign was shown in which it may be tried before it is shown once more


class Page(page.Page):
    """Over when the learner goes on, before or after having stopped."""

    def __init__(self, room):
        super().__init__(room)
        self._tried = 0
        self._motion = None
        sign = room.setup.signs.get(SIGN)
        if sign is not None and not room.setup.self_report:
            self._motion = perform(sign, room.setup.bodies[room.chooser.avatar]).motion
        self._lasts = self._motion.duration if self._motion is not None else 0.0

    def heard(self, request, actor):
        if request == "stop":
            self._tried += 1

    def _shown_times(self, now):
        return int((now - self.onset) // (self._lasts + _WAIT)) if self._motion is not None else SHOWN_AT_MOST

    def standing(self, now):
        room, elapsed = self.room, now - self.onset
        times = self._shown_times(now)
        key = "try_stop_works" if self._tried else "try_stop_button" if times >= SHOWN_AT_MOST else "try_stop"
        pose = None
        if not self._tried and times < SHOWN_AT_MOST:
            at = elapsed % (self._lasts + _WAIT)
            pose = self._motion.sample(at) if at <= self._lasts else None
        buttons = [room.button("go_on", "ready", role="action")]
        return Standing((room.caption(key),), tuple(buttons), pose, source=f"sign {times}")

    def told(self):
        return {"tried": self._tried}
