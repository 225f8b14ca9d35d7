"""Two people at a table, one shows something, three cards: what could this person want? Several cards may fit.

Each card says why when it is chosen. There is no right answer to be found and none is missed.
"""

import numpy as np

from vrtrainer.gestures.perform import perform
from vrtrainer.human import rotations
from vrtrainer.human.transform import Transform
from vrtrainer.sessions import page, words
from vrtrainer.sessions.limits import FADE
from vrtrainer.sessions.page import Standing
from vrtrainer.sessions.props import Prop
from vrtrainer.sessions.tableau import Button, Caption, Figure

LOOK = "look"
DISTANCE, APART, TURNED = 2.3, 0.6, 0.75  # m, m to either side, half turns they are turned from facing away
TABLE = (0.75, 0.66, 0.55)  # m: wide, high, deep
_UP = [0.0, 1.0, 0.0]


def places():
    """Where the two stand, the one who shows first: to the left, both turned half to each other, half to the learner.

    Returns
    -------
    tuple of Transform
    """
    return tuple(
        Transform(np.array([side * APART, 0.0, -DISTANCE]), rotations.from_axis_angle(_UP, side * TURNED * np.pi))
        for side in (-1, 1)
    )


def table():
    """The table between them; a tuple of Prop."""
    wide, high, deep = TABLE
    top, leg = 0.04, (0.10, high - 0.04, 0.10)

    def box(middle, size):
        return Prop("table", Transform(np.array([0.0, middle, -DISTANCE]), rotations.IDENTITY), size)

    return box(high - top / 2, (wide, top, deep)), box(leg[1] / 2, leg)


class Page(page.Page):
    """One scene after another; over after the last."""

    def __init__(self, room):
        super().__init__(room)
        wanted = room.block.gestures if room.block is not None else ()
        known = [m for m in room.setup.meanings.values() if m.gesture in room.setup.gestures]
        self._items = tuple(m for g in wanted for m in known if m.gesture == g) or tuple(known)
        mine = room.chooser.avatar
        self._shows = next((b for b in room.setup.bodies if b != mine), mine)
        self._pair = (self._shows, mine)
        self._rest = [room.chooser.rest(who) for who in self._pair]
        self._places, self._table = places(), table()
        self._at, self._chosen, self._last = 0, [], None
        self._shown_since = 0.0
        self._told = 0
        self._motion = None

    def begin(self, now):
        super().begin(now)
        self._show(now)

    def _show(self, now):
        """The gesture of the scene that comes: one at a time, for each takes some frames' time to be worked out."""
        if self._items:
            gesture = self.room.setup.gestures[self._items[self._at].gesture]
            self._motion = perform(gesture, self.room.setup.bodies[self._shows]).motion
        self._shown_since = now + 1.0

    def step(self, now, seen, said):
        said = self.paced(now, said)
        if not self._items:
            self.over = said == "ready"
            return
        cards = self._items[self._at].cards
        if said == LOOK:
            self._shown_since = now
        elif said.isdecimal() and 1 <= int(said[:3]) <= len(cards):
            self._last = int(said[:3]) - 1
            if self._last not in self._chosen:
                self._chosen.append(self._last)
        elif said == "ready":
            self._next(now)

    def _next(self, now):
        item = self._items[self._at]
        chosen = [{"card": k + 1, "fits": item.cards[k].fits} for k in self._chosen]
        self.room.emit("recognised", item=item.name, gesture=item.gesture, chosen=chosen)
        self._told += 1
        if self._at + 1 == len(self._items):
            self.over = True
            return
        self._at, self._chosen, self._last = self._at + 1, [], None
        self._show(now)

    def standing(self, now):
        room, on = self.room, self.room.button("go_on", "ready", role="action")
        if not self._items:
            return Standing(buttons=(on,))
        item, language = self._items[self._at], room.setup.language
        captions = [room.caption("recognise", "title")]
        if self._last is None:
            captions.append(room.caption("recognise_several", "hint"))
        else:
            captions.append(Caption(words.own(item.cards[self._last].why, language)))
        buttons = [
            Button(
                "say", words.own(card.text, language), str(k), str(k), "action" if k - 1 in self._chosen else "choice"
            )
            for k, card in enumerate(item.cards, 1)
        ]
        buttons += [room.button("recognise_look", LOOK, 8), on]
        return Standing(tuple(captions), tuple(buttons), others=self._figures(now), props=self._table, there=False)

    def _figures(self, now):
        opacity = min((now - self.onset) / FADE, 1.0)
        motion, elapsed = self._motion, now - self._shown_since
        pose = motion.sample(elapsed) if 0.0 <= elapsed <= motion.duration else self._rest[0]
        poses = (pose, self._rest[1])
        return tuple(
            Figure(who, pose, at, opacity=opacity)
            for who, pose, at in zip(self._pair, poses, self._places, strict=True)
        )

    def told(self):
        return {"items": self._told}
