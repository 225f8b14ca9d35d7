"""Stop, shown and tried first: the avatar makes the sign, the learner tries it, and everything really stops.

The sign is trained only as a real stop (EXPERIENCE 2): what is tried here stops the session itself. Twice unseen, or
when the learner has no sign, the button is offered. Somebody alone tries pause too. Trying can be skipped.
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
        self._tried = self._paused = 0
        self._motion = None
        sign = room.setup.signs.get(SIGN)
        if sign is not None and not room.setup.self_report and room.manner.stop_sign == "t":
            self._motion = perform(sign, room.setup.bodies[room.chooser.avatar]).motion
        self._lasts = self._motion.duration if self._motion is not None else 0.0

    def heard(self, request, actor):
        if request == "stop":
            self._tried += 1
        elif request == "pause":
            self._paused += 1

    def _shown_times(self, now):
        return int((now - self.onset) // (self._lasts + _WAIT)) if self._motion is not None else SHOWN_AT_MOST

    def _key(self, times):
        if self._tried and self._paused:
            return "try_both_work"
        if self._tried:
            return "try_stop_works" if self.room.watcher else "try_pause"
        return "try_stop_button" if times >= SHOWN_AT_MOST else "try_stop"

    def standing(self, now):
        room, elapsed = self.room, now - self.onset
        times = self._shown_times(now)
        pose = None
        if not self._tried and times < SHOWN_AT_MOST:
            at = elapsed % (self._lasts + _WAIT)
            pose = self._motion.sample(at) if at <= self._lasts else None
        buttons = [room.button("go_on", "ready", role="action")]
        return Standing((room.caption(self._key(times)),), tuple(buttons), pose, source=f"sign {times}")

    def told(self):
        return {"tried": self._tried, "paused": self._paused}
