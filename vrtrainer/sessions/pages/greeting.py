"""The learner's own greeting: three seconds are recorded, the avatar performs them, and the learner keeps it or not.

No greeting is a greeting too. Where nothing is tracked there are two to choose from. A break is offered first.
"""

from vrtrainer.gestures.perform import perform
from vrtrainer.human import motion as motions
from vrtrainer.human.follow import Follower
from vrtrainer.human.observation import MEASURED
from vrtrainer.human.skeleton import indices
from vrtrainer.sessions import own_greeting, page, words
from vrtrainer.sessions.page import Standing
from vrtrainer.sessions.tableau import Button

RECORD, KEEP, AGAIN = "record", "keep", "again"
BEFORE, LASTS, EVERY = 1.0, 3.0, 1 / 30  # s
SEEN_AT_LEAST = 0.3  # of the samples: a greeting of which less was seen is none
_WRISTS = indices("@Hand")


class Page(page.Page):
    """Asks, records, shows; over with a greeting that is kept, or with none."""

    def __init__(self, room):
        super().__init__(room)
        self.listens = False
        self._kept = ""
        self._recording_since = None  # when the button was pressed
        self._unseen = False
        self._shown, self._shown_since, self._what = None, 0.0, {}
        self._follower = None
        self._takes, self._poses, self._seen = [], [], 0
        before = room.kept.get("greeting")
        if isinstance(before, dict):
            self._show(self._motion_of(before), before, 0.0)

    def begin(self, now):
        super().begin(now)
        self._shown_since = now

    def _motion_of(self, kept):
        gesture = self.room.setup.gestures.get(kept.get("gesture", ""))
        if gesture is not None:
            return perform(gesture, self.room.setup.bodies[self.room.chooser.avatar]).motion
        return own_greeting.read(kept)

    def _show(self, motion, what, now):
        self._shown, self._what, self._shown_since = motion, what, now

    def _offered(self):
        return self.room.block.gestures if self.room.block is not None else ()

    def step(self, now, seen, said):
        if said == "ready" and self._recording_since is None:  # none
            self.room.emit("greeting_kept", kept=False, greeting={})
            self.over = True
        elif said == KEEP and self._shown is not None:
            self._kept = self._what.get("gesture", "own")
            self.room.kept["greeting"] = self._what
            self.room.emit("greeting_kept", kept=True, greeting=self._what)
            self.over = True
        elif said == AGAIN:
            self._shown = None
        elif said in self._offered():
            self._show(self._motion_of({"gesture": said}), {"gesture": said}, now)
        elif said == RECORD and not self.room.setup.self_report:
            self._record(now)
        elif self._recording_since is not None:
            if said == "ready":
                self._recording_since, self.listens = None, False
            else:
                self._listen(now, seen)

    def _record(self, now):
        room = self.room
        avatar = room.chooser.avatar
        self._shown, self._unseen, self.listens = None, False, True
        self._recording_since = now
        self._takes, self._poses, self._seen = [], [], 0
        self._follower = Follower(room.setup.bodies[avatar], room.chooser.rest(avatar), room.chooser.body)

    def _listen(self, now, seen):
        """One sample at a time: the avatar's pose is found at the frame itself, so that nothing is left to do after."""
        elapsed = now - self._recording_since - BEFORE
        if elapsed < 0 or (self._takes and elapsed - self._takes[-1] < EVERY - 1e-6 and elapsed < LASTS):
            return
        self._takes.append(elapsed)
        self._poses.append(self._follower.step(now, seen))
        self._seen += bool((seen.how[_WRISTS] == MEASURED).any())
        if elapsed < LASTS:
            return
        self._recording_since, self.listens = None, False
        self._unseen = self._seen < SEEN_AT_LEAST * len(self._takes)
        if not self._unseen and len(self._takes) > 1:
            motion = motions.of_poses(self._takes, self._poses)
            self._show(motion, own_greeting.plain(motion), now)

    def standing(self, now):
        room = self.room
        none = room.button("greeting_none", "ready", role="action")
        too = room.caption("greeting_none_too", "hint")
        if self._recording_since is not None:
            key = "greeting_soon" if now - self._recording_since < BEFORE else "greeting_now"
            return Standing((room.caption(key),), (room.button("skip_this", "ready", role="action"),))
        if self._shown is not None:
            buttons = (room.button("keep", KEEP, 1), room.button("greeting_again", AGAIN, 2), none)
            at = now - self._shown_since
            pose = self._shown.sample(at) if at <= self._shown.duration else None
            return Standing(
                (room.caption("greeting_shown"), too), buttons, pose, source=f"greeting {self._shown_since}"
            )
        made = [
            Button("say", words.own(room.setup.gestures[g].title, room.setup.language), str(k), g, "choice", g)
            for k, g in enumerate(self._offered(), 2)
        ]
        pause = Button("pause", room.text("greeting_pause"), "space", role="pause")
        if room.setup.self_report:
            return Standing((room.caption("greeting_ask_ready_made"), too), (*made, none, pause))
        asks = room.caption("greeting_unseen" if self._unseen else "greeting_ask")
        return Standing((asks, too), (room.button("greeting_record", RECORD, 1), *made, none, pause))

    def told(self):
        return {"greeting": self._kept or "none"}
