"""How a session is shown and said to one learner: light, sound, text, praise, and how the avatar behaves.

These belong to the learner (DESIGN 8). They can be changed while the session runs, by learner or adult, as text.
"""

from dataclasses import dataclass, fields, replace

PRAISE = ("describe", "light", "nothing")
STOP_SIGNS = ("t", "crossed", "none")
RANGES = {"light": (0.4, 1.0), "sound": (0.0, 1.0), "text": (1.0, 1.75), "dwell_s": (0.0, 3.0)}


@dataclass(frozen=True, slots=True)
class Manner:
    """Settings of one learner.

    Parameters
    ----------
    light : float
        Brightness of the room, 0.4 to 1.
    sound : float
        Loudness, 0 (off) to 1.
    text : float
        Size of the captions as a ratio, 1 to 1.75.
    praise : str
        After a match: describe (words, light and sound), light (the lamp alone), nothing.
    looks_away, calm_idle : bool
        The avatar never looks at the learner; it does not even breathe visibly.
    time_disc : bool
        A disc shows the time that is left.
    stop_sign : str
        t, crossed (only if the learner chose it) or none: a button alone.
    dwell_s : float
        How long looking at something chooses it, 0 for never.
    expressions : bool
        Whether expressions may be shown to imitate; the tutor never adds them on its own.
    """

    light: float = 1.0
    sound: float = 1.0
    text: float = 1.0
    praise: str = "describe"
    looks_away: bool = False
    calm_idle: bool = False
    time_disc: bool = False
    stop_sign: str = "t"
    dwell_s: float = 1.2
    expressions: bool = False


NAMES = tuple(f.name for f in fields(Manner))
_CHOICES = {"praise": PRAISE, "stop_sign": STOP_SIGNS}


def of_settings(settings):
    """The manner that a person's settings ask for; what is missing or odd is as usual.

    Parameters
    ----------
    settings : mapping
        As `records.people` keeps them; other keys are left alone.

    Returns
    -------
    Manner
    """
    out = Manner()
    for name in NAMES:
        if name in settings:
            out, _ = changed(out, name, settings[name])
    return out


def changed(manner, name, value):
    """The same manner with one setting changed.

    Parameters
    ----------
    manner : Manner
    name : str
    value : str, float or bool
        Text is read as the setting's own kind; numbers are kept within their range.

    Returns
    -------
    manner : Manner
        As it was where the value says nothing.
    why : str
        Why it was not changed, "" when it was.
    """
    if name not in NAMES:
        return manner, f"no setting {name!r}; there is {', '.join(NAMES)}"
    if name in RANGES:
        low, high = RANGES[name]
        try:
            number = float(value)
        except (TypeError, ValueError):
            return manner, f"{name}: {value!r} is no number"
        if number != number:
            return manner, f"{name}: {value!r} is no number"
        return replace(manner, **{name: min(max(number, low), high)}), ""
    if name in _CHOICES:
        if value not in _CHOICES[name]:
            return manner, f"{name}: no {value!r}; there is {', '.join(_CHOICES[name])}"
        return replace(manner, **{name: value}), ""
    said = {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False}
    kind = value if isinstance(value, bool) else said.get(str(value).lower())
    if kind is None:
        return manner, f"{name}: {value!r} is neither on nor off"
    return replace(manner, **{name: kind}), ""


def in_words(value):
    """A setting's value as text that `changed` reads back.

    Parameters
    ----------
    value : str, float or bool

    Returns
    -------
    str
        on and off for what is or is not.
    """
    return ("on" if value else "off") if isinstance(value, bool) else str(value)
