"""A programme: blocks of trials and pages, written as text, checked when read.

name = { nl = "Eerste keer", en = "First time" }
minutes = 6
avatar = "noor"
scene = "calm_room"

[[block]]
page = "choose"
gestures = ["wave", "one_arm_up"]

[[block]]
mode = "immediate"
gestures = "chosen"
trials = 6
"""

import tomllib
from dataclasses import dataclass, replace
from difflib import get_close_matches

from vrtrainer.learning.plan import KINDS

CHOSEN = "chosen"
"""In place of a list of gestures: the one that was chosen on a page before, else the first that the page offered."""
PEOPLE = "people"
"""In place of a list of gestures: other people's recordings of the learner's file, well done, in file order."""


class ProgrammeError(ValueError):
    """A programme's text says something that cannot be: file, key, what was found, what was expected."""


@dataclass(frozen=True, slots=True)
class Block:
    """Trials of one mode, or a page.

    Parameters
    ----------
    mode : str
        "" for a page.
    gestures : tuple of str
        Names, `("people",)` for other people's recordings, or `("chosen",)`; what a page offers.
    trials : int
        How many; 0 for as many as the learner's recording has sequences.
    policy : str
        Who chooses what comes next.
    kind : str
        Of `learning.plan.KINDS`: what the block's trials are for.
    side : str
        The avatar's side: left, right, or either for what the gesture and the chance of the seed give.
    prompt : int
        Help at first, 0..7.
    tempo, size : float
        Ratios at first.
    delay_s : float
        Seconds between demonstration and turn.
    feedback : bool
        False for probes: nothing is said of what came of it.
    page : str
        A page of `sessions.pages`, "" for trials.
    seconds : float
        How long a page lasts that ends by itself, 0 for its own way.
    new : tuple of str
        Of a page that offers gestures: which of them are new to the learner.
    once : bool
        A page that is left out when the learner had it in an earlier session.
    """

    mode: str
    gestures: tuple
    trials: int = 5
    policy: str = "tutor"
    kind: str = "practice"
    side: str = "either"
    prompt: int = 0
    tempo: float = 1.0
    size: float = 1.0
    delay_s: float = 0.0
    feedback: bool = True
    page: str = ""
    seconds: float = 0.0
    new: tuple = ()
    once: bool = False


@dataclass(frozen=True, slots=True)
class Programme:
    """Blocks in order, with what they have in common.

    Parameters
    ----------
    name : str
        The file's name.
    title, about : dict
        Texts per language.
    minutes : float
        Session time after which no further trial begins.
    avatar, scene : str
        Folders under avatars/ and scenes/.
    blocks : tuple of Block
    """

    name: str
    title: dict
    about: dict
    minutes: float
    avatar: str
    scene: str
    blocks: tuple


_TOP = {"name": dict, "about": dict, "minutes": (int, float), "avatar": str, "scene": str, "block": list}
_BLOCK = {
    "mode": str,
    "gestures": (list, str),
    "trials": (int, str),
    "policy": str,
    "kind": str,
    "side": str,
    "prompt": int,
    "tempo": (int, float),
    "size": (int, float),
    "delay_s": (int, float),
    "feedback": bool,
}
_PAGE = {"page": str, "gestures": list, "new": list, "seconds": (int, float), "once": bool}
_RANGES = {
    "prompt": (0, 7),
    "tempo": (0.3, 2.0),
    "size": (0.3, 1.5),
    "delay_s": (0, 120),
    "trials": (1, 500),
    "seconds": (0, 600),
}


def _typed(table, allowed, file, where):
    for key, value in table.items():
        if key not in allowed:
            near = get_close_matches(key, allowed, 1)
            hint = f", perhaps {near[0]!r}" if near else ""
            raise ProgrammeError(f"{file}: {where}{key}: no such key; there is {', '.join(allowed)}{hint}")
        wanted = allowed[key]
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            kinds = wanted if isinstance(wanted, tuple) else (wanted,)
            names = {
                dict: "a table",
                int: "a whole number",
                float: "a number",
                str: "text",
                list: "a list",
                bool: "true or false",
            }
            raise ProgrammeError(f"{file}: {where}{key} is {value!r}, expected {' or '.join(names[k] for k in kinds)}")


def _among(value, known, what, file, where):
    if value not in known:
        near = get_close_matches(value, list(known), 1)
        hint = f", perhaps {near[0]!r}" if near else ""
        raise ProgrammeError(f"{file}: {where}: no {what} {value!r}; there is {', '.join(sorted(known))}{hint}")


def read(text, file, *, gestures, modes, policies, avatars, scenes, pages=()):
    """Programme of a text.

    Parameters
    ----------
    text : str
        TOML.
    file : str
        Its name, for errors; the stem becomes the programme's name.
    gestures, modes, policies, avatars, scenes, pages : collection of str
        What there is to choose from; None for avatars and scenes where they were checked before.

    Returns
    -------
    Programme

    Raises
    ------
    ProgrammeError
        With file, key, what was found and what was expected.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProgrammeError(f"{file}: not TOML: {error}") from None
    _typed(table, _TOP, file, "")
    for key in ("name", "block"):
        if not table.get(key):
            raise ProgrammeError(f"{file}: {key} is missing; a programme has a name and at least one [[block]]")
    avatar, scene = table.get("avatar", "noor"), table.get("scene", "calm_room")
    if avatars is not None:
        _among(avatar, avatars, "avatar", file, "avatar")
    if scenes is not None:
        _among(scene, scenes, "scene", file, "scene")
    blocks = []
    for number, row in enumerate(table["block"], 1):
        where = f"block {number}: "
        if "page" in row:
            blocks.append(_page(row, file, where, gestures, pages))
            continue
        _typed(row, _BLOCK, file, where)
        for key in ("mode", "gestures"):
            if key not in row:
                raise ProgrammeError(f"{file}: {where}{key} is missing")
        for key, (low, high) in _RANGES.items():
            if key in row and not isinstance(row[key], str) and not low <= row[key] <= high:
                raise ProgrammeError(f"{file}: {where}{key} is {row[key]}, expected {low} to {high}")
        if isinstance(row.get("trials"), str) and row["trials"] != "recorded":
            raise ProgrammeError(f'{file}: {where}trials is {row["trials"]!r}, expected a number or "recorded"')
        names = row["gestures"]
        if names in (PEOPLE, CHOSEN):
            names = [names]
        elif isinstance(names, str):
            raise ProgrammeError(
                f'{file}: {where}gestures is {names!r}, expected a list of names, "people" or "chosen"'
            )
        else:
            for name in names:
                _among(name, gestures, "gesture", file, f"{where}gestures")
        _among(row["mode"], modes, "mode", file, f"{where}mode")
        _among(row.get("policy", "tutor"), policies, "policy", file, f"{where}policy")
        _among(row.get("kind", "practice"), KINDS, "kind", file, f"{where}kind")
        _among(row.get("side", "either"), ("left", "right", "either"), "side", file, f"{where}side")
        blocks.append(
            Block(
                **{
                    **row,
                    "gestures": tuple(names),
                    "trials": 0 if row.get("trials") == "recorded" else row.get("trials", 5),
                }
            )
        )
    if all(b.page for b in blocks):
        raise ProgrammeError(f"{file}: there are only pages; a programme has at least one [[block]] with a mode")
    for number, one in enumerate(blocks, 1):
        if one.gestures == (CHOSEN,) and not any(b.page and b.gestures for b in blocks[: number - 1]):
            raise ProgrammeError(f'{file}: block {number}: gestures is "chosen", but no page before it offers gestures')
    name = file.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".toml")
    return Programme(
        name, table["name"], table.get("about", {}), float(table.get("minutes", 6)), avatar, scene, tuple(blocks)
    )


def _page(row, file, where, gestures, pages):
    _typed(row, _PAGE, file, where)
    _among(row["page"], pages, "page", file, f"{where}page")
    low, high = _RANGES["seconds"]
    if not low <= row.get("seconds", 0) <= high:
        raise ProgrammeError(f"{file}: {where}seconds is {row['seconds']}, expected {low} to {high}")
    offered = row.get("gestures", [])
    for name in (*offered, *row.get("new", [])):
        _among(name, gestures, "gesture", file, f"{where}gestures")
    odd = [n for n in row.get("new", []) if n not in offered]
    if odd:
        raise ProgrammeError(f"{file}: {where}new names {odd[0]!r}, which is not among its gestures")
    seconds, new, once = float(row.get("seconds", 0)), tuple(row.get("new", [])), row.get("once", False)
    return Block("", tuple(offered), 0, page=row["page"], seconds=seconds, new=new, once=once)


def with_avatar(programme, avatar):
    """The same programme shown by another avatar.

    Parameters
    ----------
    programme : Programme
    avatar : str

    Returns
    -------
    Programme
    """
    return replace(programme, avatar=avatar)
