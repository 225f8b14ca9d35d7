"""Three facts, one after another at the learner's own pace: who watches, where it goes, that one can always stop.

That nobody watches is told only while it is so; when somebody does, it is said who.
"""

from vrtrainer.sessions import page
from vrtrainer.sessions.page import Standing

FACTS = ("watched", "local", "stop")


class Page(page.Page):
    """The quiet room, with nobody in it yet."""

    def __init__(self, room):
        super().__init__(room)
        self._told = 0

    def step(self, now, seen, said):
        if self.paced(now, said) == "ready":
            self._told += 1
            self.over = self._told >= len(FACTS)

    def standing(self, now):
        room, fact = self.room, FACTS[min(self._told, len(FACTS) - 1)]
        key = f"fact_{fact}"
        if fact == "watched" and not room.watcher:
            key = "fact_nobody"
        return Standing(
            (room.caption(key, adult=room.watcher),), (room.button("go_on", "ready", role="action"),), there=False
        )

    def told(self):
        return {"facts": self._told, "watched": bool(self.room.watcher)}
