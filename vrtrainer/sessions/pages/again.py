"""Once more, something else, or finished: asked after trials, five times at most in a session."""

from vrtrainer.sessions import leading, page
from vrtrainer.sessions.page import Standing

AT_MOST = 5
LEADS = {leading.AGAIN: "again_again", leading.OTHER: "again_other", "ready": "again_finished"}


class Page(page.Page):
    """Leads back to the last trials, to choosing, or on."""

    def __init__(self, room):
        super().__init__(room)
        self._asked = room.kept.get("asked_again", 0) + 1
        self._answer = ""
        room.kept["asked_again"] = self._asked

    def step(self, now, seen, said):
        if self._asked > AT_MOST:
            said = "ready"
        if said in LEADS:
            self._answer, self.over = said, True
            self.leads = leading.ON if said == "ready" else said

    def standing(self, now):
        room = self.room
        if self._asked > AT_MOST:
            return Standing()
        again = room.button("again_again", leading.AGAIN, 1)
        other = room.button("again_other", leading.OTHER, 2)
        return Standing((room.caption("again"),), (again, other, room.button("again_finished", "ready", role="action")))

    def told(self):
        return {"answer": self._answer, "asked": self._asked}
