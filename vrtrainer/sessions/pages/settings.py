"""Light, sound, text, who, praise and how the avatar behaves: chosen with live preview, one thing at a time.

A choice holds at once (`room.change`), so that what is seen and heard is the preview. Skipping is offered at each step.
"""

from dataclasses import dataclass

from vrtrainer.sessions import page, words
from vrtrainer.sessions.page import Standing
from vrtrainer.sessions.tableau import Button

SKIP, BACK = "skip", "back"
SHOWN = 3  # choices at a time: with back, on and skip that is six buttons
SAMPLE = "match"


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be changed.

    Parameters
    ----------
    name : str
        Of `manner.NAMES`, or avatar.
    values : tuple
        What can be chosen; empty for who is there.
    """

    name: str
    values: tuple = ()


SETTINGS = (
    Setting("light", (1.0, 0.7, 0.5)),
    Setting("sound", (1.0, 0.5, 0.0)),
    Setting("text", (1.0, 1.35, 1.75)),
    Setting("avatar"),
    Setting("praise", ("describe", "light", "nothing")),
    Setting("looks_away", (False, True)),
    Setting("calm_idle", (False, True)),
)


class Page(page.Page):
    """Over after the last setting, or when it is skipped."""

    def __init__(self, room):
        super().__init__(room)
        bodies = tuple(room.setup.bodies)
        first = (room.chooser.avatar, *(b for b in bodies if b != room.chooser.avatar))[:SHOWN]
        choices = {s.name: s.values or first for s in SETTINGS}
        self._steps = tuple((name, values) for name, values in choices.items() if len(values) > 1)
        self._at = 0
        self._changed = {}
        self._sample_at = None

    def _now(self, name):
        return self.room.chooser.avatar if name == "avatar" else getattr(self.room.manner, name)

    def step(self, now, seen, said):
        said = self.paced(now, said)
        name, values = self._steps[self._at]
        if said == "ready":
            self._at += 1
        elif said == BACK:
            self._at = max(self._at - 1, 0)
        elif said == SKIP:
            self._at = len(self._steps)
        elif said.isdecimal() and 1 <= int(said[:3]) <= len(values):
            self._choose(now, name, values[int(said) - 1])
        if self._at >= len(self._steps):
            self._at, self.over = len(self._steps) - 1, True
            if self._changed:
                self.room.emit("settings_kept", settings=dict(self._changed))
            self.room.kept["settings"] = dict(self._changed)

    def _choose(self, now, name, value):
        if not self.room.change(name, value):
            self._changed[name] = value
            if name == "sound" and value > 0:
                self._sample_at = now

    def standing(self, now):
        room, (name, values) = self.room, self._steps[self._at]
        held, chosen = self._now(name), []
        for k, value in enumerate(values, 1):
            text = self._named(name, value)
            if value == held:
                text = room.text("chosen_now", what=text)
            chosen.append(Button("say", text, str(k), str(k), "action" if value == held else "choice"))
        ways = [room.button("go_on", "ready", role="action"), room.button("skip_this", SKIP, 9)]
        if self._at:
            ways.insert(0, room.button("go_back", BACK, 8))
        sounds = (SAMPLE,) if self._sample_at == now else ()
        return Standing(
            (room.caption("settings", "title"), room.caption(f"set_{name}")), (*chosen, *ways), sounds=sounds
        )

    def _named(self, name, value):
        if name == "avatar":
            return words.called(self.room.setup, value)
        values = next(s.values for s in SETTINGS if s.name == name)
        return self.room.text(f"set_{name}_{values.index(value) + 1}")

    def told(self):
        return {"changed": sorted(self._changed)}
