"""A child's doings as a text: what is done when, and what its headset does meanwhile (docs/simulated-headset.md)."""

import re
import tomllib
from dataclasses import dataclass

from vrtrainer.gestures.checked import NotationError, Table
from vrtrainer.human import face as faces
from vrtrainer.links.monado.cable import BUTTONS
from vrtrainer.links.monado.states import CEILINGS

HANDS = ("left", "right", "both")
LOSSES = ("gone", "inferred", "frozen", "controller")
PARTS = ("hands", "face", "gaze", "body")
_LONG = 3600.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is done at a time (s from the beginning), with what it needs."""

    time: float
    do: str
    values: dict

    @property
    def seconds(self):
        return self.values.get("seconds", 0.0)


@dataclass(frozen=True, slots=True)
class Choreography:
    """All of a text.

    Parameters
    ----------
    height : float
        The child's, metres.
    begins : str
        "focus": time 0 is when the application first has the focus; "at_once": when the child is started.
    has : tuple of str
        Of `PARTS`: what this child's headset tracks.
    entries : tuple of Entry
        By time.
    lasts : float
        Seconds; 0 for until somebody ends it.
    """

    height: float = 1.25
    begins: str = "focus"
    has: tuple = PARTS
    entries: tuple = ()
    lasts: float = 0.0


def _seconds(t, default):
    return {"seconds": t.number("seconds", 0.0, _LONG, default, unit=" s")}


def _gesture(t, gestures):
    return {
        "name": t.word("name", tuple(gestures), needed=True),
        "side": t.word("side", ("left", "right"), "right"),
        "tempo": t.number("tempo", 0.2, 4.0, 1.0),
        "size": t.number("size", 0.2, 1.5, 1.0),
    }


def _expression(t, _):
    units = t.take("units", dict, 'action units by number, such as { "12" = 0.8 }', needed=True)
    try:
        faces.weights_of(units)
    except ValueError as error:
        raise t.wrong("units", str(error), 'action units by number, such as { "12" = 0.8 }') from None
    return {"units": units, **_seconds(t, 2.0)}


def _turned(t, seconds, most_yaw, most_pitch):
    return {
        "yaw_deg": t.number("yaw_deg", -most_yaw, most_yaw, 0.0, unit=" degrees, to the right positive"),
        "pitch_deg": t.number("pitch_deg", -most_pitch, most_pitch, 0.0, unit=" degrees, up positive"),
        **_seconds(t, seconds),
    }


def _lose(t, _):
    return {
        "hand": t.word("hand", HANDS, needed=True),
        "how": t.word("how", LOSSES, "gone"),
        **_seconds(t, 1.5),
    }


def _press(t, _):
    return {
        "button": t.word("button", BUTTONS, needed=True),
        "hand": t.word("hand", ("left", "right"), "right"),
        **_seconds(t, 0.25),
    }


def _walk(t, _):
    return {
        "x": t.number("x", -5.0, 5.0, needed=True, unit=" m"),
        "z": t.number("z", -5.0, 5.0, needed=True, unit=" m"),
        "yaw_deg": t.number("yaw_deg", -360.0, 360.0, 0.0, unit=" degrees, to the right positive"),
        **_seconds(t, 1.0),
    }


def _fault(t, _):
    call = t.take("call", str, "an OpenXR function such as xrWaitFrame", needed=True)
    result = t.take("result", str, "an XrResult without XR_, such as ERROR_SESSION_LOST", "SUCCESS")
    calls, results = _known()
    if not re.fullmatch(r"xr[A-Z]\w+", call) or (calls and call not in calls):
        raise t.wrong("call", f'found "{call}"', "an OpenXR function such as xrWaitFrame")
    if not re.fullmatch(r"[A-Z0-9_]+", result) or (results and result not in results):
        raise t.wrong("result", f'found "{result}"', "an XrResult without XR_, such as ERROR_SESSION_LOST")
    return {
        "call": call,
        "result": result,
        "times": t.take("times", int, "how often, a whole number", 1),
        "delay_s": t.number("delay_s", 0.0, 60.0, 0.0, unit=" s"),
    }


def _known():
    """What the binding knows of, where it is installed; it is looked for only by a text that makes faults."""
    try:
        import xr
    except ImportError:
        return (), ()
    return {n.removeprefix("PFN_") for n in dir(xr) if n.startswith("PFN_xr")}, set(xr.Result.__members__)


def _nothing(t, _):
    return {}


DOINGS = {
    "gesture": _gesture,
    "stop_sign": lambda t, _: _seconds(t, 1.2),
    "expression": _expression,
    "look": lambda t, _: _turned(t, 1.5, 90.0, 60.0),
    "gaze": lambda t, _: _turned(t, 1.5, 40.0, 30.0),
    "walk": _walk,
    "press": _press,
    "lose": _lose,
    "lose_head": lambda t, _: _seconds(t, 1.0),
    "take_off": lambda t, _: _seconds(t, 5.0),
    "state": lambda t, _: {"name": t.word("name", tuple(CEILINGS), needed=True)},
    "instance_loss": _nothing,
    "recentre": _nothing,
    "profile": _nothing,
    "fault": _fault,
    "stop_service": _nothing,
    "start_service": _nothing,
}
"""What can be done, and who reads what it needs."""


def read(text, file, gestures):
    """A choreography's text.

    Parameters
    ----------
    text : str
    file : str
        What errors call it.
    gestures : mapping of str to Gesture

    Returns
    -------
    Choreography

    Raises
    ------
    NotationError
        With the file, the entry (`at[3].side`) and what was expected.
    """
    try:
        table = Table(tomllib.loads(text), file)
    except tomllib.TOMLDecodeError as error:
        raise NotationError(file, "", f"this is no TOML: {error}", "see docs/simulated-headset.md") from None
    table.texts("about")
    height = table.number("height", 0.8, 2.2, 1.25, unit=" m")
    begins = table.word("begins", ("focus", "at_once"), "focus")
    has = table.words("has", PARTS) or PARTS
    lasts = table.number("lasts", 0.0, _LONG, 0.0, unit=" s")
    entries = [_entry(t, gestures) for t in table.tables("at")]
    table.done()
    entries.sort(key=lambda e: e.time)
    return Choreography(height, begins, tuple(has), tuple(entries), lasts)


def _entry(t, gestures):
    time = t.number("time", 0.0, _LONG, needed=True, unit=" s")
    do = t.word("do", tuple(DOINGS), needed=True)
    values = DOINGS[do](t, gestures)
    t.done()
    return Entry(time, do, values)
