"""Stop, used: somebody keeps talking; the learner shows a flat hand, and that person stops and moves back.

What is shown here stops that person and never the session, whose own sign is another. Without a sign it ends quietly.
"""

import numpy as np

from vrtrainer.human.transform import Transform
from vrtrainer.sessions import page, words
from vrtrainer.sessions.limits import FADE
from vrtrainer.sessions.page import Standing
from vrtrainer.sessions.palm_out import PalmOut
from vrtrainer.sessions.showing import FACING
from vrtrainer.sessions.tableau import Figure
from vrtrainer.sessions.talking import SETTLES, talking

SHOW, SKIP = "show_stop", "skip"
NEAR, BACK, MOVES_FOR = 1.3, 0.5, 0.5  # m, m, s
PATIENCE = 20.0  # s
SENTENCES, SENTENCE_LASTS = 4, 4.0
_NO_HANDS_FOR = 2.0  # s without hands in sight after which there is a button
_HANDS_NOT_KNOWN = 10.0  # s after which there is a button whatever was seen


class Page(page.Page):
    """Over when the learner goes on after it, or by itself when nothing was shown."""

    def __init__(self, room):
        super().__init__(room)
        self.listens = not room.setup.self_report  # before it begins too: whether there are hands decides its words
        mine = room.chooser.avatar
        self._who = next((b for b in room.setup.bodies if b != mine), mine)
        self._called = words.called(room.setup, self._who)
        self._rest = room.chooser.rest(self._who)
        self._palm = PalmOut(room.chooser.body.arm_length("right"))
        self._talks_since = self._stopped_at = None
        self._by = ""

    def step(self, now, seen, said):
        said = self.paced(now, said)
        if said == SKIP:
            self.over = True
        elif self._talks_since is None:
            self._palm.step(now, seen)  # so that it is known whether there are hands
            if said == "ready":
                self._talks_since = now
        elif said == "ready":
            self.over = True
        elif self._stopped_at is None:
            shows = self._palm.step(now, seen)
            if shows or said == SHOW:
                self._stop(now, "hand" if shows else "button")
            elif now - self._talks_since >= PATIENCE + FADE:
                self.over = True

    def _stop(self, now, by):
        self._stopped_at, self._by, self.listens = now, by, False
        self.room.emit("scene_answered", by=by, after=round(now - self._talks_since, 3))

    def _needs_button(self, now):
        seen = self._palm.hands_seen_at
        talks_for = 0.0 if self._talks_since is None else now - self._talks_since
        return seen is None or now - seen > _NO_HANDS_FOR or talks_for > _HANDS_NOT_KNOWN

    def standing(self, now):
        room = self.room
        if self._talks_since is None:
            key = "scene_before_button" if self._needs_button(now) else "scene_before"
            buttons = (room.button("scene_begin", "ready", role="action"), room.button("skip_this", SKIP, 9))
            who = self._figure(now, now - self.onset)
            return Standing((room.caption(key, who=self._called),), buttons, others=(who,), there=False)
        talks_for, on = now - self._talks_since, room.button("go_on", "ready", role="action")
        if self._stopped_at is not None:
            caption, buttons = room.caption("scene_stops", who=self._called), (on,)
        else:
            number = 1 + int(talks_for / SENTENCE_LASTS) % SENTENCES
            caption = room.caption(f"scene_talk_{number}", who=self._called)
            show = room.button("scene_show_stop", SHOW, 1)
            buttons = (show, on) if self._needs_button(now) else (on,)
        left = PATIENCE + FADE - talks_for if self._stopped_at is None else FADE
        return Standing((caption,), buttons, others=(self._figure(now, left),), there=False)

    def _figure(self, now, fades):
        """Who talks; `fades` is the seconds since they came or until they go."""
        pose, away = self._rest, 0.0
        if self._talks_since is not None:
            share = 1.0
            if self._stopped_at is not None:
                gone = now - self._stopped_at
                share = max(1.0 - gone / SETTLES, 0.0)
                part = min(gone / MOVES_FOR, 1.0)
                away = BACK * part * part * (3 - 2 * part)
            if share > 0:
                pose = talking(self._rest, now - self._talks_since, share)
        at = Transform(np.array([0.0, 0.0, -NEAR - away]), FACING.rotation)
        return Figure(self._who, pose, at, opacity=min(max(fades / FADE, 0.0), 1.0))

    def told(self):
        after = None if self._stopped_at is None else round(self._stopped_at - self._talks_since, 3)
        return {"answered": self._stopped_at is not None, "by": self._by, "after": after}
