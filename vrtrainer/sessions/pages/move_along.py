"""The avatar moves along with the learner, as in a mirror and one second later: the first gentle minutes (RIT, phase 1).

Nothing is asked, shown, compared or scored. It can be refused and taken up again; what it learns of tempo, reach and
where hands can be seen is told when the page ends, and kept for later pages as `moves_along`.
"""

from vrtrainer.sessions import page
from vrtrainer.sessions.following import Following
from vrtrainer.sessions.page import Standing

DELAY_S = 1.0
_REFUSE, _AGAIN = "refuse", "again"


class Page(page.Page):
    """Over when the learner goes on, or after the block's `seconds` where it has any."""

    listens = True

    def __init__(self, room):
        super().__init__(room)
        setup, avatar = room.setup, room.chooser.avatar
        body = setup.bodies[avatar]
        # A face is in what is seen only where the tracker was allowed to read it.
        rest, calm = room.chooser.rest(avatar), setup.manner.calm_idle
        self._following = Following(body, setup.body, rest, DELAY_S, face=True, calm_idle=calm)
        self._lasts = room.block.seconds if room.block is not None else 0.0
        self._refusals = 0

    def step(self, now, seen, said):
        super().step(now, seen, said)
        if said in (_REFUSE, _AGAIN):
            self._following.refused = said == _REFUSE
            self._refusals += said == _REFUSE
        self._following.step(now, seen)
        if self._lasts and now - self.onset >= self._lasts:
            self.over = True
        if self.over:
            self.room.kept["moves_along"] = self.told()

    def standing(self, now):
        room, refused = self.room, self._following.refused
        captions = (
            (room.caption("along_refused"),)
            if refused
            else (room.caption("along"), room.caption("along_delay", "hint"))
        )
        choice = room.button("along_again", _AGAIN, 1) if refused else room.button("along_refuse", _REFUSE, 1)
        buttons = (room.button("go_on", "ready", role="action"), choice)
        return Standing(captions, buttons, self._following.pose(now), source="moves along")

    def told(self):
        return {**self._following.learnt(), "delay_s": DELAY_S, "refused": self._refusals}
