"""Looking back: the demonstration and the learner's own movement, side by side; words first, figures if chosen.

The learner's figure is made two samples a frame while the page is there already. Without a tracker, or where only
watching was asked, there is the demonstration alone.
"""

from dataclasses import replace

import numpy as np

from vrtrainer.human import motion as motions
from vrtrainer.human import observation
from vrtrainer.human.follow import Follower
from vrtrainer.human.observation import ABSENT, MEASURED
from vrtrainer.human.transform import Transform
from vrtrainer.sessions import page
from vrtrainer.sessions.limits import FADE
from vrtrainer.sessions.page import Standing
from vrtrainer.sessions.showing import FACING
from vrtrainer.sessions.tableau import Figure

EARLIER, LATER, PLAY, SLOWER, FIGURES = "earlier", "later", "play", "slower", "figures"
STEP = 0.4  # s that a press of earlier or later goes
SLOW = 0.4
DISTANCE, APART = 1.7, 0.45  # m
RATE, A_FRAME = 30.0, 2  # samples a second of the learner's figure, and how many are made a frame
REST = 0.8  # s between two times of playing
_TOGETHER, _LITTLE = 0.2, 0.7  # s of lag


class Page(page.Page):
    """Over when the learner goes on."""

    def __init__(self, room):
        super().__init__(room)
        mine = [f for f in room.trials if f.score is not None and len(f.times) > 1]
        self._finished = (mine or room.trials or [None])[-1]
        self._poses, self._times, self._follower = [], np.empty(0), None
        self._own = None
        if mine:
            self._start(self._finished)
        self._lasts = self._finished.shown.motion.duration if self._finished is not None else 0.0
        self._at, self._last = 0.0, None
        self._plays, self._slow, self._figures, self._chose_figures = True, False, False, False

    def _start(self, finished):
        """Rows of the learner's movement, 30 a second, of which a figure is made in the frames to come."""
        times = finished.times - finished.times[0]
        steps = np.arange(0.0, times[-1] + 1e-9, 1.0 / RATE)
        self._rows = np.unique(np.minimum(np.searchsorted(times, steps), len(times) - 1))
        self._times = times[self._rows]
        avatar = finished.plan.avatar
        body, rest = self.room.setup.bodies[avatar], self.room.chooser.rest(avatar)
        self._follower = Follower(body, rest, self.room.chooser.body)
        self._blank = observation.nothing("replay")

    def _make(self):
        for _ in range(A_FRAME):
            k = len(self._poses)
            if k == len(self._rows):
                if k > 1:
                    self._own = motions.of_poses(self._times, self._poses)
                    self._lasts = max(self._lasts, self._own.duration)
                self._follower = None
                return
            at = self._finished.positions[self._rows[k]].astype(float)
            how = np.where(np.isfinite(at).all(axis=1), MEASURED, ABSENT).astype(np.uint8)
            self._poses.append(self._follower.step(float(self._times[k]), replace(self._blank, positions=at, how=how)))

    def step(self, now, seen, said):
        passed = 0.0 if self._last is None else max(now - self._last, 0.0)
        self._last = now
        if self._follower is not None:
            self._make()
        elif self._plays:
            self._at += passed * (SLOW if self._slow else 1.0)
            if self._at > self._lasts + REST:
                self._at = 0.0
        if said in (EARLIER, LATER):
            self._plays = False
            self._at = min(max(min(self._at, self._lasts) + (STEP if said == LATER else -STEP), 0.0), self._lasts)
        elif said == PLAY:
            self._plays = not self._plays
        elif said == SLOWER:
            self._slow = not self._slow
        elif said == FIGURES:
            self._figures = not self._figures
            self._chose_figures = True
        elif said == "ready":
            self.over = True

    def standing(self, now):
        room, on = self.room, self.room.button("go_on", "ready", role="action")
        if self._finished is None:
            return Standing((room.caption("replay_nothing"),), (on,))
        if self._follower is not None:
            return Standing((room.caption("replay_making"),), (on,), there=False)
        beside = self._own is not None
        captions = [room.caption("replay", "title") if beside else room.caption("replay_only")]
        buttons = [
            room.button("replay_earlier", EARLIER, 1),
            room.button("replay_later", LATER, 2),
            room.button("replay_hold" if self._plays else "replay_play", PLAY, 3),
            room.button("replay_usual" if self._slow else "replay_slower", SLOWER, 4),
        ]
        if beside:
            captions.append(self._in_figures() if self._figures else self._in_words())
            buttons.append(room.button("replay_words" if self._figures else "replay_numbers", FIGURES, 5))
        return Standing(tuple(captions), (*buttons, on), others=self._both(now, beside), there=False)

    def _both(self, now, beside):
        avatar, opacity = self._finished.plan.avatar, min((now - self.onset) / FADE, 1.0)
        at = min(self._at, self._lasts)
        shown = [self._finished.shown.motion.sample(at)]
        if beside:
            shown.append(self._own.sample(at))
        places = (-APART, APART) if beside else (0.0,)
        return tuple(
            Figure(avatar, pose, Transform(np.array([x, 0.0, -DISTANCE]), FACING.rotation), opacity=opacity)
            for pose, x in zip(shown, places, strict=True)
        )

    def _in_words(self):
        lag = self._finished.score.lag_s
        if lag is None:
            return self.room.caption("replay_joined")
        if abs(lag) < _TOGETHER:
            return self.room.caption("replay_lag_none")
        how = "little_" if abs(lag) < _LITTLE else ""
        return self.room.caption(f"replay_lag_{how}{'later' if lag > 0 else 'earlier'}")

    def _in_figures(self):
        score = self._finished.score
        if score.similarity is None:
            return self.room.caption("replay_figures_none")
        alike = round(100 * score.similarity)
        if score.lag_s is None:
            return self.room.caption("replay_figures_alike", alike=alike)
        return self.room.caption("replay_figures", alike=alike, lag=abs(score.lag_s))

    def told(self):
        return {"beside": self._own is not None, "figures": self._chose_figures}
