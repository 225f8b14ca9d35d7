"""What somebody may want who shows a gesture: cards to choose from, of which several may fit, each explained.

gesture = "stop_hand"

[[card]]
fits = true
card = { nl = "Hou even op.", en = "Please stop." }
why = { nl = "Dat past: de hand houdt iets tegen.", en = "That fits: the hand holds something back." }
"""

import tomllib
from dataclasses import dataclass

CARDS = 3
_CARD = {"fits": bool, "card": dict, "why": dict}


class MeaningError(ValueError):
    """A meaning's text says something that cannot be: file, key, what was found, what was expected."""


@dataclass(frozen=True, slots=True)
class Card:
    """One answer that can be chosen.

    Parameters
    ----------
    fits : bool
    text, why : dict
        Texts per language: the card, and what is said when it is chosen.
    """

    fits: bool
    text: dict
    why: dict


@dataclass(frozen=True, slots=True)
class Meaning:
    """Something that is shown, and what may be meant by it.

    Parameters
    ----------
    name : str
        The file's name.
    gesture : str
    cards : tuple of Card
    source : str
        The text it was read from.
    """

    name: str
    gesture: str
    cards: tuple
    source: str


def read(text, name):
    """Meaning of a text.

    Parameters
    ----------
    text : str
        TOML.
    name : str
        Of its file, without suffix.

    Returns
    -------
    Meaning

    Raises
    ------
    MeaningError
        With file, key, what was found and what was expected.
    """
    file = f"{name}.toml"
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MeaningError(f"{file}: not TOML: {error}") from None
    if set(table) != {"gesture", "card"} or not isinstance(table["gesture"], str):
        raise MeaningError(
            f"{file}: has {', '.join(table) or 'nothing'}, expected gesture (a name) and {CARDS} [[card]]"
        )
    rows = table["card"]
    if not isinstance(rows, list) or len(rows) != CARDS:
        raise MeaningError(f"{file}: card: expected {CARDS} [[card]], found {len(rows)}")
    for number, row in enumerate(rows, 1):
        for key, kind in _CARD.items():
            if not isinstance(row.get(key), kind) or (kind is dict and not row[key].get("en")):
                wanted = "true or false" if kind is bool else "a text per language, en at least"
                raise MeaningError(f"{file}: card {number}: {key} is {row.get(key)!r}, expected {wanted}")
    if not any(row["fits"] for row in rows):
        raise MeaningError(f"{file}: card: no card fits, expected at least one with fits = true")
    return Meaning(name, table["gesture"], tuple(Card(r["fits"], r["card"], r["why"]) for r in rows), text)
