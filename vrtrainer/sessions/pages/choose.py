"""Choosing: pictures of what is known and one that is new, watching only, or leaving it to the avatar."""

from vrtrainer.gestures import pictogram
from vrtrainer.sessions import page, words
from vrtrainer.sessions.page import Standing
from vrtrainer.sessions.pages import reasons
from vrtrainer.sessions.tableau import Button

WATCH, ANYTHING = "watch", "ready"


class Page(page.Page):
    """What is chosen becomes the next part's gesture."""

    def __init__(self, room):
        super().__init__(room)
        offered = room.block.gestures if room.block is not None else ()
        self._offered = reasons.sorted_by(room.kept.get("reasons", ()), offered)
        gestures = room.setup.gestures
        self._pictures = (*(pictogram.of(gestures[n]) for n in self._offered), pictogram.watch())
        self._chosen = ""

    def step(self, now, seen, said):
        chooser = self.room.chooser
        if said in self._offered:
            chooser.chosen, chooser.watches = said, False
        elif said == WATCH:
            chooser.chosen, chooser.watches = "", True
        elif said == ANYTHING:
            chooser.chosen, chooser.watches = "", False
        else:
            return
        self._chosen, self.over = said, True

    def standing(self, now):
        setup, room = self.room.setup, self.room
        buttons = [
            Button(
                "say",
                words.own(setup.gestures[name].title, setup.language),
                str(k),
                name,
                "choice",
                self._pictures[k - 1],
            )
            for k, name in enumerate(self._offered, 1)
        ]
        buttons.append(room.button("choose_watch", WATCH, len(buttons) + 1, picture=self._pictures[-1]))
        buttons.append(room.button("choose_anything", ANYTHING, role="action"))
        return Standing((room.caption("choose"),), tuple(buttons))

    def told(self):
        new = self.room.block.new if self.room.block is not None else ()
        return {"chosen": self._chosen, "offered": list(self._offered), "new": self._chosen in new}
