"""The avatar moves along with the learner, as in a mirror and a stated moment later; it can be refused. No score.

Meanwhile the session gets to know how fast and how far somebody moves, and where the tracker sees their hands.
"""

from vrtrainer.sessions import page
from vrtrainer.sessions.following import Following
from vrtrainer.sessions.page import Standing

DELAY = 1.0  # s, said to the learner
SECONDS = 60.0  # where the programme names no other
_REFUSE, _AGAIN = "not_along", "along"


class Page(page.Page):
    """Over when the learner goes on, or by itself after the block's seconds."""

    listens = True

    def __init__(self, room):
        super().__init__(room)
        setup, avatar = room.setup, room.chooser.avatar
        rest = room.chooser.rest(avatar)
        # The face is only there to be followed where the door let it in, with consent.
        body, calm = setup.bodies[avatar], room.manner.calm_idle
        self._following = Following(body, setup.body, rest, DELAY, face=True, calm_idle=calm)
        block = room.block
        self._seconds = block.seconds if block is not None and block.seconds else SECONDS

    def step(self, now, seen, said):
        if said in (_REFUSE, _AGAIN):
            self._following.refused = said == _REFUSE
            self.room.emit("moves_along", along=not self._following.refused)
        # Where nothing is tracked there is nothing to move along with.
        if said == "ready" or self.room.setup.self_report or now - self.onset >= self._seconds:
            self.over = True
            return
        self._following.step(now, seen)

    def standing(self, now):
        room, refused = self.room, self._following.refused
        if refused:
            captions, other = (room.caption("along_refused"),), room.button("along_again", _AGAIN, 1)
        else:
            captions = room.caption("along"), room.caption("along_delay", "hint")
            other = room.button("along_refuse", _REFUSE, 1)
        buttons = (room.button("go_on", "ready", role="action"), other)
        return Standing(captions, buttons, self._following.pose(now), "along")

    def told(self):
        self.room.kept["moved"] = self._following.learnt()
        return {"delay_s": DELAY, "refused": self._following.refused, **self.room.kept["moved"]}
