"""A break: the avatar sits, the headset may come off, and three questions ask how the body is.

Any yes lets ending be offered first (EXPERIENCE 3). Nothing is asked twice, and no answer is an answer.
"""

from vrtrainer.sessions import page
from vrtrainer.sessions.page import Standing

QUESTIONS = ("sick", "head", "blurry")
ANSWERS = ("yes", "no", "skip")
_END = "finish"


class Page(page.Page):
    """Goes on when the learner wants, or leads to the end."""

    rests = True

    def __init__(self, room):
        super().__init__(room)
        self._answers = {}

    def _asked(self):
        return next((q for q in QUESTIONS if q not in self._answers), None)

    def step(self, now, seen, said):
        asked = self._asked()
        if asked is not None and said in ANSWERS:
            self._answers[asked] = said
            if len(self._answers) == len(QUESTIONS):
                self.room.emit("break_answers", **self._answers)
        elif said == "ready":
            if asked is not None:  # gone on without answering
                self.room.emit("break_answers", **{q: self._answers.get(q, "skip") for q in QUESTIONS})
            self.over = True
        elif said == _END:
            self.over, self.leads = True, "end"

    def standing(self, now):
        room, asked = self.room, self._asked()
        title = room.caption("break", "title")
        on = room.button("go_on", "ready", role="action")
        end = room.button("finish", _END, 9, role="stop")
        if asked is not None:
            answers = tuple(room.button(a, a, k) for k, a in enumerate(ANSWERS, 1))
            return Standing((title, room.caption(asked)), (*answers, on), sits=True)
        if "yes" in self._answers.values():
            return Standing((title, room.caption("break_unwell")), (end, on), sits=True)
        return Standing((title, room.caption("break_over")), (on, end), sits=True)

    def told(self):
        return {q: self._answers.get(q, "skip") for q in QUESTIONS}
