"""Choosing: pictures of what is known and one that is new, watching only, or leaving it to the avatar.

An adult may add a picture (EXPERIENCE 3): a gesture of the programme that was not offered is offered then.
"""

from vrtrainer.gestures import pictogram
from vrtrainer.sessions import page, words
from vrtrainer.sessions.page import Standing
from vrtrainer.sessions.pages import reasons
from vrtrainer.sessions.tableau import Button

WATCH, ANYTHING = "watch", "ready"
AT_MOST = 5  # pictures of gestures, so that they stay in sight


class Page(page.Page):
    """What is chosen becomes the next part's gesture."""

    def __init__(self, room):
        super().__init__(room)
        offered = room.block.gestures if room.block is not None else ()
        self._offered = reasons.sorted_by(room.kept.get("reasons", ()), offered)
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
            if said in self.room.setup.gestures and len(self._offered) < AT_MOST:
                self._offered = (*self._offered, said)
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
                pictogram.of(setup.gestures[name]),
            )
            for k, name in enumerate(self._offered, 1)
        ]
        buttons.append(room.button("choose_watch", WATCH, len(buttons) + 1, picture=pictogram.watch()))
        buttons.append(room.button("choose_anything", ANYTHING, role="action"))
        return Standing((room.caption("choose"),), tuple(buttons))

    def told(self):
        new = self.room.block.new if self.room.block is not None else ()
        return {"chosen": self._chosen, "offered": list(self._offered), "new": self._chosen in new}
