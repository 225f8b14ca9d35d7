"""Keep or delete what this session recorded: the learner's own word. Deleting is asked once more, keeping is not."""

from vrtrainer.sessions import page
from vrtrainer.sessions.page import Standing

KEEP, DELETE, SURE = "keep", "delete", "sure"


class Page(page.Page):
    """Emits `kept`; who goes on without an answer keeps it."""

    def __init__(self, room):
        super().__init__(room)
        self._asks = self._said = False

    def step(self, now, seen, said):
        said = self.paced(now, said)
        if said == DELETE:
            self._asks = True
        elif said == SURE and self._asks:
            self._end(False, True)
        elif said in (KEEP, "ready"):
            self._end(True, said == KEEP)

    def _end(self, keep, said):
        self.over, self._said = True, said
        self.room.kept["keep"] = keep
        self.room.emit("kept", keep=keep, said=said)

    def standing(self, now):
        room = self.room
        keep = room.button("keep", KEEP, 1)
        on = room.button("go_on", "ready", role="action")
        if self._asks:
            return Standing((room.caption("delete_sure"),), (keep, room.button("delete_yes", SURE, 2)))
        return Standing((room.caption("keep_or_delete"),), (keep, room.button("delete", DELETE, 2), on))

    def told(self):
        return {"said": self._said}
