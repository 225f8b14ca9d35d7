"""What people ask of a running session, and the box in which it waits for the next frame."""

from collections import deque
from dataclasses import dataclass

NAMES = (
    "stop",
    "pause",
    "go_on",
    "ready",
    "calm_place",
    "easier",
    "harder",
    "slower",
    "again",
    "other_gesture",
    "together",
    "show_where",
    "say_what_you_saw",
    "move_along",
    "choose",
    "say",
    "rate",
    "something_else",
    "end",
    "finish",
    "watching",
    "note",
    "mark",
    "set",
)
"""The controls of EXPERIENCE 4, and what the learner can choose."""


@dataclass(frozen=True, slots=True)
class Command:
    """One request.

    Parameters
    ----------
    name : str
        Of `NAMES`.
    value : str
        What the name needs, such as the gesture chosen.
    actor : str
        learner or adult.
    source : str
        window, console, lsl, key …
    """

    name: str
    value: str = ""
    actor: str = "learner"
    source: str = "window"


class Inbox:
    """Commands from any thread, taken once a frame. Bounded: when it is full the oldest but a stop is dropped."""

    def __init__(self, size=256):
        self._waiting = deque()
        self._size = size

    def put(self, command):
        """Add a command; deque.append is atomic, so no lock is taken."""
        if len(self._waiting) >= self._size and command.name != "stop":
            return False
        self._waiting.append(command)
        return True

    def take(self):
        """All commands that came since the last frame, in order; a tuple of Command."""
        if not self._waiting:
            return ()
        out = []
        while self._waiting:
            out.append(self._waiting.popleft())
        return tuple(out)
