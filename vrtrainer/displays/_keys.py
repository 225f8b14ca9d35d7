"""Keys of a window as what the learner or the adult beside asks for: Esc stops, space pauses, always."""

from vrtrainer.sessions.commands import Command
from vrtrainer.sessions.tableau import EMPTY, Button


class Keys:
    """Puts commands into a run's inbox.

    Parameters
    ----------
    options : Options
        Gives the inbox and the words on the buttons.
    source : str
        Where the keys are, as it is logged.
    """

    def __init__(self, options, source):
        self._commands, self._source = options.commands, source
        controls = options.texts["controls"]
        self.stop = Button("stop", controls["stop"], "escape", role="stop")
        self.pause = Button("pause", controls["pause"], "space", role="pause")
        self.shown = EMPTY

    def put(self, button):
        """The learner has chosen a button."""
        self._commands.put(Command(button.name, button.value, "learner", self._source))

    def press(self, name):
        """A key, as `stage.context.key_name` names it."""
        if name == "escape":
            self.put(self.stop)
        elif name == "space" and not any(b.key == "space" for b in self.shown.buttons):
            # The key that paused goes on again; after a stop only a choice does.
            names = {b.name: b for b in self.shown.buttons}
            going_on = "go_on" in names and "something_else" not in names
            self.put(names["go_on"] if going_on else self.pause)
        else:
            chosen = next((b for b in self.shown.buttons if b.key == name), None)
            if chosen is not None:
                self.put(chosen)

    def leave(self):
        """Whoever closes it wants to end at once."""
        for name in ("stop", "finish"):
            self._commands.put(Command(name, "", "learner", self._source))

    def always(self):
        """Stop and pause, without their keys, unless that is what it is in already."""
        phase = self.shown.turn.phase
        if self.shown is EMPTY or phase == "over":
            return ()
        return {"paused": (self.stop,), "stopped": ()}.get(phase, (self.pause, self.stop))
