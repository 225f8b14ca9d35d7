"""A body measured: reach as far as is comfortable, open, close. Each can be skipped, and nothing hurries.

What was measured stands in the event `body_measured` with its uncertainty; the body made of it is used afterwards, and
kept as plain values for a next time.
"""

from vrtrainer.sessions import page, stored
from vrtrainer.sessions.measuring import Measuring
from vrtrainer.sessions.page import Standing

STEPS = ("reach", "open", "close")
SKIP = "skip"
_SEEN_AFTER = 1.0  # s with a hand in sight before it is said that it was seen
_NOTHING_FOR = 4.0  # s that it is said that there is nothing to measure with


class Page(page.Page):
    """Over after the last of the steps, when all are skipped, and by itself where there is no tracker."""

    def __init__(self, room):
        super().__init__(room)
        self.listens = not room.setup.self_report
        self._measuring = Measuring(room.chooser.body)
        self._at = 0
        self._seen = 0
        self._skipped = []
        self._used = False

    def step(self, now, seen, said):
        if not self.listens:
            self.over = said == "ready" or now - self.onset >= _NOTHING_FOR
            return
        said = self.paced(now, said)
        if self._measuring.step(now, seen, STEPS[self._at]):
            self._seen += 1
        if said not in ("ready", SKIP):
            return
        if said == SKIP or not self._enough():
            self._skipped.append(STEPS[self._at])
        self._at, self._seen = self._at + 1, 0
        if self._at == len(STEPS):
            self._at, self.over = len(STEPS) - 1, True
            self._end()

    def _enough(self):
        return self._seen * 0.1 >= _SEEN_AFTER

    def _end(self):
        room = self.room
        figures = self._measuring.figures(self._skipped)
        body = self._measuring.body(figures, room.setup.seated) if "reach" not in self._skipped else None
        told = {name: measure.plain() for name, measure in figures.items()}
        self._used = body is not None
        room.emit("body_measured", measures=told, used=self._used, skipped=list(self._skipped))
        if body is not None:
            room.chooser.measured(body)
            room.kept["body"] = {"measures": told, "body": stored.stored_body(body)}

    def standing(self, now):
        room, on = self.room, self.room.button("go_on", "ready", role="action")
        if not self.listens:
            return Standing((room.caption("measure_none"),), (on,))
        hint = "measure_seen" if self._enough() else "measure_optional"
        skip = room.button("skip_this", SKIP, 9)
        return Standing((room.caption(f"measure_{STEPS[self._at]}"), room.caption(hint, "hint")), (on, skip))

    def told(self):
        return {"skipped": list(self._skipped) if self.listens else list(STEPS), "used": self._used}
