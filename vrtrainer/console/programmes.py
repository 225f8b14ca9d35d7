"""Programmes as pages offer them: title, what it is, its parts and what is shown in it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from vrtrainer.gestures import library, notation
from vrtrainer.sessions.programme import PEOPLE

FIRST = "first_minutes"
"""For whoever never practised, with an adult beside."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One programme of a person with an adult beside."""

    name: str
    title: dict
    about: dict
    minutes: float
    avatar: str
    parts: int
    gestures: tuple
    """Names of what is shown in it, each once, in order."""


def offered(console):
    """All programmes but those that need a recording: the data folder's own go before those that ship."""
    files = {p.stem: p for p in sorted((console.content.assets / "programmes").glob("*.toml"))}
    files |= {p.stem: p for p in sorted((console.data / "programmes").glob("*.toml"))}
    found = [one for path in files.values() if (one := _read(path)) is not None]
    return sorted(found, key=lambda one: (one.name != FIRST, one.name))


def _read(path):
    """What a page says of a programme; None for one that cannot be read, which a start of it says in words."""
    try:
        table = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        blocks = [block for block in table["block"] if "gestures" in block]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError):
        return None
    named = [name for block in blocks if isinstance(block["gestures"], list) for name in block["gestures"]]
    if PEOPLE in named or any(block["gestures"] == PEOPLE for block in blocks):
        return None
    return Offered(
        path.stem,
        table.get("name", {"en": path.stem}),
        table.get("about", {"en": ""}),
        float(table.get("minutes", 0)),
        str(table.get("avatar", "")),
        sum("mode" in block for block in table["block"]),
        tuple(dict.fromkeys(name for name in named if isinstance(name, str))),
    )


def titles(console, words, names):
    """Names of gestures as they are called in this language; a name without a file that can be read is left out."""
    out = {}
    for name in names:
        for folder in (console.data / "gestures", console.content.assets / "gestures"):
            if (folder / f"{name}.toml").is_file():
                try:
                    out[name] = words.own(library.one(folder / f"{name}.toml").title)
                except notation.NotationError:
                    continue
                break
    return out
