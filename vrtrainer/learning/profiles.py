"""Who a simulated learner is, as a text says it: measures, abilities and habits (assets/learners)."""

import tomllib
from dataclasses import dataclass

from vrtrainer.human.skeleton import SIDES
from vrtrainer.learning.plan import SKILLS

_NUMBERS = {
    # key: (default, low, high)
    "height": (1.4, 0.8, 2.2),
    "reaction_s": (0.7, 0.1, 10.0),
    "visual_delay_s": (0.15, 0.0, 2.0),
    "act_after_s": (1.5, 0.1, 60.0),
    "tempo": (1.0, 0.3, 2.0),
    "size": (1.0, 0.3, 1.3),
    "luck": (1.0, 0.0, 4.0),
    "tremor_m": (0.002, 0.0, 0.05),
    "mirror": (0.95, 0.0, 1.0),
    "watches": (0.0, 0.0, 1.0),
    "fatigue": (0.0, 0.0, 0.2),
    "learning": (0.0, 0.0, 0.3),
    "dropout": (0.0, 0.0, 0.9),
    "stops_after_s": (0.0, 0.0, 3600.0),
    "pauses_after_s": (0.0, 0.0, 3600.0),
}
_TEXTS = ("name", "about")
_MOST_LOGITS = 10


@dataclass(frozen=True, slots=True)
class Profile:
    """Who a simulated learner is.

    Parameters
    ----------
    name, about : dict
        Language code to text.
    abilities : dict
        Skill to logits, 0 where not said.
    numbers : dict
        height (m), reaction_s, visual_delay_s, act_after_s, tempo and size (ratios), luck (spread of one try in
        logits), tremor_m, mirror (share of mirror-wise copies), watches (share of trials only watched), fatigue
        (logits lost a trial), learning (logits won a trial), dropout (share of time a hand is not seen), stops_after_s
        and pauses_after_s (uses stop or pause once; 0 never).
    hands : tuple of str
        Sides that can act.
    face : bool
        Whether a face tracker sees the face.
    """

    name: dict
    about: dict
    abilities: dict
    numbers: dict
    hands: tuple = SIDES
    face: bool = False

    def __getattr__(self, key):
        try:
            return self.numbers[key]
        except KeyError:
            raise AttributeError(key) from None


def profile(text, file):
    """Profile of a text.

    Parameters
    ----------
    text : str
        TOML.
    file : str
        Its name, for errors.

    Returns
    -------
    Profile

    Raises
    ------
    ValueError
        With file, key, what was found and what was expected.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file}: not TOML: {error}") from None
    known = (*_TEXTS, "abilities", "hands", "face", *_NUMBERS)
    for key in table:
        if key not in known:
            raise ValueError(f"{file}: {key}: no such key; there is {', '.join(known)}")
    numbers = {}
    for key, (default, low, high) in _NUMBERS.items():
        value = table.get(key, default)
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"{file}: {key} is {value!r}, expected a number from {low} to {high}")
        numbers[key] = float(value)
    texts = {"name": {"en": file.removesuffix(".toml").capitalize()}, "about": {}}
    for key in _TEXTS:
        texts[key] = table.get(key, texts[key])
        if not isinstance(texts[key], dict) or not all(isinstance(text, str) for text in texts[key].values()):
            raise ValueError(
                f'{file}: {key} is {texts[key]!r}, expected a text for each language, {{ nl = "", en = "" }}'
            )
    hands = table.get("hands", list(SIDES))
    if not isinstance(hands, list) or sorted(hands, key=str) not in (["left"], ["right"], ["left", "right"]):
        raise ValueError(f'{file}: hands is {hands!r}, expected ["left"], ["right"] or both')
    face = table.get("face", False)
    if not isinstance(face, bool):
        raise ValueError(f"{file}: face is {face!r}, expected true or false")
    return Profile(texts["name"], texts["about"], _abilities(table, file), numbers, tuple(hands), face)


def _abilities(table, file):
    given = table.get("abilities", {})
    if not isinstance(given, dict):
        raise ValueError(f"{file}: abilities is {given!r}, expected a table of skills")
    for skill, value in given.items():
        if skill not in SKILLS:
            raise ValueError(f"{file}: abilities.{skill}: no such skill; there is {', '.join(SKILLS)}")
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not abs(value) <= _MOST_LOGITS:
            expected = f"logits from -{_MOST_LOGITS} to {_MOST_LOGITS}, such as 0.5"
            raise ValueError(f"{file}: abilities.{skill} is {value!r}, expected {expected}")
    return {s: float(given.get(s, 0.0)) for s in SKILLS}
