"""A child that lives by the keys of a terminal."""

import contextlib
import os
import select
import sys
import time

from vrtrainer.links.monado.choreography import Choreography, Entry
from vrtrainer.links.monado.performer import Performer

_STEP_DEG = 15.0
_LONG = 3600.0
_LOOK = {"w": (0.0, 1.0), "s": (0.0, -1.0), "a": (-1.0, 0.0), "d": (1.0, 0.0)}
_SMILE = {"6": 0.6, "12": 0.9}
_PLAIN = {
    "l": ("lose", {"hand": "left", "how": "gone", "seconds": 1.5}),
    "r": ("lose", {"hand": "right", "how": "gone", "seconds": 1.5}),
    "i": ("lose", {"hand": "both", "how": "inferred", "seconds": 1.5}),
    "f": ("lose", {"hand": "both", "how": "frozen", "seconds": 1.5}),
    "h": ("lose_head", {"seconds": 1.0}),
    "t": ("stop_sign", {"seconds": 1.2}),
    "e": ("expression", {"units": _SMILE, "seconds": 2.0}),
    " ": ("press", {"hand": "right", "button": "ready", "seconds": 0.25}),
    "\n": ("press", {"hand": "right", "button": "select", "seconds": 0.25}),
    "p": ("press", {"hand": "right", "button": "pause", "seconds": 0.25}),
    "x": ("press", {"hand": "right", "button": "stop", "seconds": 0.25}),
    "c": ("recentre", {}),
    "k": ("instance_loss", {}),
    "m": ("state", {"name": "loss_pending"}),
}


class Live:
    """Source of moments, like a Performer, that does what the keys say.

    Parameters
    ----------
    gestures : mapping of str to Gesture
        The first nine are on the keys 1 to 9.
    height : float
        Metres.
    """

    def __init__(self, gestures, height=1.25):
        self._performer = Performer(Choreography(height=height, begins="at_once"), gestures)
        self._names = list(gestures)
        self._yaw = self._pitch = 0.0
        self._side = "right"
        self._hidden = False
        self._over = False

    @property
    def body(self):
        return self._performer.body

    def at(self, now, sight):
        return self._performer.at(now, sight)

    def ended(self, now):
        return self._over

    def key(self, key, now):
        """What a key does: True if it does anything."""
        t = self._performer.elapsed(now)
        key = key.lower()
        if key == "q":
            self._over = True
        elif key in _LOOK:
            yaw, pitch = _LOOK[key]
            self._yaw = max(-75.0, min(75.0, self._yaw + yaw * _STEP_DEG))
            self._pitch = max(-45.0, min(45.0, self._pitch + pitch * _STEP_DEG))
            self._add(t, "look", {"yaw_deg": self._yaw, "pitch_deg": self._pitch, "seconds": _LONG})
        elif key.isdigit() and 0 < int(key) <= len(self._names):
            name = self._names[int(key) - 1]
            self._add(t, "gesture", {"name": name, "side": self._side, "tempo": 1.0, "size": 1.0})
        elif key == "b":
            self._side = {"left": "right", "right": "left"}[self._side]
        elif key == "o":
            if self._performer.off:
                self._performer.put_on(t)
            else:
                self._add(t, "take_off", {"seconds": _LONG})
        elif key == "v":
            self._hidden = not self._hidden
            self._add(t, "state", {"name": "visible" if self._hidden else "focused"})
        elif key in _PLAIN:
            do, values = _PLAIN[key]
            self._add(t, do, values)
        else:
            return False
        return True

    def _add(self, t, do, values):
        self._performer.add(Entry(t, do, values))


@contextlib.contextmanager
def keys(stream=sys.stdin):
    """A function that answers the keys pressed since it was last asked; "" where there is no terminal."""
    if not stream.isatty():
        yield lambda: ""
        return
    import termios
    import tty

    before = termios.tcgetattr(stream)
    tty.setcbreak(stream)
    try:

        def pressed():
            out = ""
            while select.select([stream], [], [], 0)[0]:
                got = os.read(stream.fileno(), 64).decode(errors="ignore")
                if not got:
                    break
                out += got
            return out

        yield pressed
    finally:
        termios.tcsetattr(stream, termios.TCSADRAIN, before)


def hears(live, pressed):
    """Passes on to a living child what was pressed since the last time."""
    for key in pressed():
        live.key(key, time.monotonic())
