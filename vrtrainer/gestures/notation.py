"""Reads a gesture's text (TOML) and says in words what is wrong with it; changes the text into near misses.

Rule 1: nothing is guessed: an unknown key, word, unit or order is an error that names file, key, what was found and
        what was expected.
Rule 2: a near miss is the same text with some values replaced, read by the same reader; no noise.
"""

import hashlib
import tomllib
from itertools import pairwise

from vrtrainer.gestures import objects, places, shapes, timing, weights
from vrtrainer.gestures.checked import NotationError, Table, shown
from vrtrainer.gestures.gesture import (
    BendMark,
    FaceMark,
    Gesture,
    Goal,
    HandMark,
    Location,
    Path,
    Raised,
    Thing,
    Timing,
)
from vrtrainer.human import face

SKILLS = (
    "posture",
    "arm_path",
    "hand_shape",
    "face",
    "rhythm",
    "sequence_memory",
    "both_hands",
    "midline",
    "object",
    "timing",
)
"""The words of `learning.plan.SKILLS`, which is a room above this one; a test holds them equal."""
NEEDS = ("hand", "controller", "head", "face", "body")
SIDES = ("either", "left", "right", "both", "none")
MARKS = ("ready", "stroke_start", "stroke", "stroke_end", "relax")
TOWARDS = {"side": 0.0, "side-front": 45.0, "front": 90.0}
HAND_PATHS = ("swing", "circle", "up_down", "side_to_side", "forward_back", "tap", "hit")
BEND_PATHS = ("nod", "shake", "tilt")
GOAL_PARTS = ("hand", "head", "trunk", *face.PARTS)
GOAL_SHAPES = (*shapes.SHAPES, "open", "closed")
MOVES = ("side_to_side", "up_down", "forward_back", "round")
STANDING_CHANGES = {
    "too_small": {"size": 0.35},
    "too_late": {"delay_s": 1.5},
    "other_side": {"acting": "other"},
}
"""Near misses that come by themselves where the file has none of that name (other_side: where there is a side)."""


def read(text, name, file=None):
    """A gesture from its text.

    Parameters
    ----------
    text : str
        TOML.
    name : str
        The gesture's name: the file's without its ending.
    file : str, optional
        What errors call the text; NAME.toml where not given.

    Returns
    -------
    Gesture

    Raises
    ------
    NotationError
        At the first thing that is wrong.
    """
    file = file or f"{name}.toml"
    gesture, changes = _gesture(_parsed(text, file), name, file, text)
    for change in changes:  # each near miss must be readable too, so that an author hears of it at once
        near_miss(gesture, change)
    return gesture


def near_miss(gesture, name):
    """A gesture that is nearly this one, made by changing its text.

    Parameters
    ----------
    gesture : Gesture
        Read from a text.
    name : str
        Of `gesture.near_misses`.

    Returns
    -------
    Gesture
        Its name is `GESTURE.NAME`; its source is the changed text.

    Raises
    ------
    ValueError
        If the gesture has no near miss of that name, or was recorded and has no text.
    """
    if gesture.recording is not None:
        raise ValueError(f"{gesture.name}: a recorded gesture has no text, so it has no near misses")
    file = f"{gesture.name}.toml"
    table = _parsed(gesture.source, file)
    change = (STANDING_CHANGES | table.pop("near_miss", {})).get(name)
    if change is None or name not in gesture.near_misses:
        known = ", ".join(gesture.near_misses) or "none"
        raise ValueError(f"{gesture.name}: no near miss {name!r}; there is {known}")
    for key, value in change.items():
        if key in ("delay_s", "tempo", "size", "acting"):
            table[key] = value
        elif not _replace(table, key, value):
            raise NotationError(
                file, f"near_miss.{name}.{key}", f'no "{key}" stands in the text, so there is nothing to change',
                "a key of one of the [[hand]], [[other_hand]], [[head]], [[trunk]] or [[face]] tables or of [timing], "
                "or delay_s, tempo, size, acting",
            )  # fmt: skip
    return _gesture(table, f"{gesture.name}.{name}", f"{file} with near_miss.{name}", written(table))[0]


def _replace(table, key, value):
    """Put a value wherever the key stands in the tables of marks and timing; tables are merged."""
    done = False
    for part in ("hand", "other_hand", "head", "trunk", "face"):
        for mark in table.get(part, ()):
            done |= _deep(mark, key, value)
    return done | (isinstance(table.get("timing"), dict) and _deep(table["timing"], key, value))


def _deep(table, key, value):
    done = False
    for here, old in table.items():
        if here == key:
            table[here] = _merged(old, value)
            done = True
        elif isinstance(old, dict):
            done |= _deep(old, key, value)
    return done


def _merged(old, new):
    if isinstance(old, dict) and isinstance(new, dict):
        return old | {k: _merged(old.get(k), v) for k, v in new.items()}
    return new


def written(table):
    """A table as TOML text, so that `read` gives the same gesture again.

    Parameters
    ----------
    table : dict
        As tomllib gives it.

    Returns
    -------
    str
    """
    plain = [f"{_key(k)} = {_value(v)}" for k, v in table.items() if not _is_list_of_tables(v)]
    for key, rows in table.items():
        if _is_list_of_tables(rows):
            for row in rows:
                plain += ["", f"[[{_key(key)}]]", *(f"{_key(k)} = {_value(v)}" for k, v in row.items())]
    return "\n".join(plain) + "\n"


def _is_list_of_tables(value):
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def _key(key):
    return key if key.replace("_", "a").replace("-", "a").isalnum() and key.isascii() else _value(key)


def _value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        return f'"{escaped}"'
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }"
    return repr(value)


def _parsed(text, file):
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotationError(
            file, "", f"this is not TOML: {error}", "each line is key = value, texts in quotes"
        ) from None


# The whole text


def _gesture(table, name, file, source):
    t = Table(table, file)
    title = t.texts("name", needed=True)
    line, hint = t.texts("line"), t.texts("hint")
    what_moved, safety = t.texts("what_moved"), t.texts("safety")
    tags, needs, locales = t.words("tags"), t.words("needs", NEEDS), t.words("locales")
    side = t.word("side", SIDES, default=None)
    goal = _goal(t.table("goal"))
    counts = t.weights("counts", weights.WORDS)
    skills = t.weights("skills", SKILLS)
    difficulty = t.number("difficulty", 1, 5, default=2.0)
    share = t.number("share_needed", 0.1, 1, default=0.6)
    set_ = _timing(t.table("timing"))
    thing = _thing(t.table("object"))
    delay = t.number("delay_s", 0, 10, default=0.0, unit=" seconds")
    tempo = t.number("tempo", 0.2, 4, default=1.0)
    size = t.number("size", 0.05, 2, default=1.0)
    acting = t.word("acting", ("same", "other"), default="same")
    hands = tuple(_hand(m) for m in t.tables("hand"))
    others = tuple(_hand(m) for m in t.tables("other_hand"))
    head = tuple(_bend(m, ("neck", 45, 60, 45)) for m in t.tables("head"))
    trunk = tuple(_bend(m, ("trunk", 80, 45, 35)) for m in t.tables("trunk"))
    looks = tuple(_face(m) for m in t.tables("face"))
    changes = t.take("near_miss", dict, "changes by name, such as too_small = { angle_deg = 6 }", {})
    for change, what in changes.items():
        if not isinstance(what, dict) or not what:
            raise t.wrong(
                f"near_miss.{change}", f"found {shown(what)}", "keys and their new values, such as { angle_deg = 6 }"
            )
    t.done()
    if not (hands or others or head or trunk or looks):
        raise NotationError(
            file, "", "nothing moves", "expected at least one [[hand]], [[head]], [[trunk]] or [[face]]"
        )
    if others and not hands:
        raise NotationError(file, "other_hand", "there is an other hand, but no [[hand]]", "the acting hand first")
    for part, marks in (("hand", hands), ("other_hand", others), ("head", head), ("trunk", trunk), ("face", looks)):
        _in_order(part, marks, file)
    _object_there(thing, goal, hands + others, file)
    side = side or ("either" if hands else "none")
    if hands and side == "none":
        raise NotationError(file, "side", 'found "none", but a hand acts', "either, left, right or both")
    sided = side in ("either", "left", "right") and bool(hands)
    standing = [n for n in STANDING_CHANGES if n not in changes and (n != "other_side" or sided)]
    return (
        Gesture(
            name=name,
            title=title,
            line=line,
            hint=hint,
            what_moved=what_moved,
            tags=tags,
            needs=needs,
            side=side,
            goal=goal,
            counts=counts,
            skills=skills,
            difficulty=difficulty,
            locales=locales,
            share_needed=share,
            safety=safety,
            near_misses=(*changes, *standing) if acting == "same" else (),
            hands=hands,
            other_hands=others,
            head=head,
            trunk=trunk,
            face=looks,
            timing=set_,
            thing=thing,
            delay_s=delay,
            tempo=tempo,
            size=size,
            acting=acting,
            source=source,
            digest=hashlib.sha256(source.encode()).hexdigest(),
        ),
        tuple(changes),
    )


def _in_order(part, marks, file):
    for i, (before, after) in enumerate(pairwise(marks), 2):
        if MARKS.index(after.at) < MARKS.index(before.at):
            raise NotationError(
                file, f"{part}[{i}].at", f'found "{after.at}" after "{before.at}"', f"the order {', '.join(MARKS)}"
            )
        if after.at == before.at and after.at != "stroke":
            raise NotationError(
                file, f"{part}[{i}].at", f'found "{after.at}" twice', "each once; only stroke may come several times"
            )


def _timing(t):
    if t is None:
        return Timing()
    out = Timing(
        prepare_s=t.number("prepare_s", 0.2, 10, unit=" seconds"),
        stroke_s=t.number("stroke_s", 0.2, 10, unit=" seconds"),
        hold_s=t.number("hold_s", 0, 30, default=0.0, unit=" seconds"),
        relax_s=t.number("relax_s", 0.2, 10, unit=" seconds"),
    )
    t.done()
    return out


def _thing(t):
    if t is None:
        return None
    out = Thing(
        kind=t.word("kind", objects.KINDS, needed=True),
        location=_place(t.table("location")),
        width=t.number("width", 0.1, 1.5, needed=True, unit=" arm lengths"),
        height=t.number("height", 0.02, 1.5, needed=True, unit=" arm lengths"),
        sound=t.take("sound", str, "the name of a sound in quotes", ""),
    )
    if out.location is None:
        raise t.wrong("location", "is missing", "where the middle of its top is: { landmark = ..., forward = ... }")
    if out.sound and not out.sound.isidentifier():
        raise t.wrong("sound", f"found {shown(out.sound)}", "the name of a file of assets/sounds without its ending")
    t.done()
    return out


def _place(t):
    if t is None:
        return None
    unit = " arm lengths"
    out = Location(
        landmark=t.word("landmark", places.LANDMARKS, needed=True),
        out=t.number("out", -1.0, 1.0, default=0.0, unit=unit),
        up=t.number("up", -1.0, 1.0, default=0.0, unit=unit),
        forward=t.number("forward", -1.0, 1.0, default=0.0, unit=unit),
    )
    t.done()
    return out


def _object_there(thing, goal, hands, file):
    """Complain of what asks for an object where there is none, and of a hit that begins nowhere above it."""
    at_object = False
    for i, mark in enumerate(hands, 1):
        if mark.location is not None or mark.arm is not None:
            at_object = mark.location is not None and mark.location.landmark == places.OBJECT
        if thing is not None and mark.path is not None and mark.path.kind == "hit" and not at_object:
            raise NotationError(
                file, f"hand[{i}].path.kind", 'found "hit", but the hand is not over the object',
                f'a location with landmark = "{places.OBJECT}" here or before',
            )  # fmt: skip
    if thing is not None:
        return
    for i, mark in enumerate(hands, 1):
        if mark.location is not None and mark.location.landmark == places.OBJECT:
            raise _no_object(file, f"hand[{i}].location.landmark", f'found "{places.OBJECT}"')
        if mark.path is not None and mark.path.kind == "hit":
            raise _no_object(file, f"hand[{i}].path.kind", 'found "hit"')
    if goal is not None and goal.hits:
        raise _no_object(file, "goal.hits", f"found {goal.hits}")


def _no_object(file, key, found):
    return NotationError(file, key, f"{found}, but nothing stands there", "an [object] table that says what and where")


def _goal(t):
    if t is None:
        return None
    out = Goal(
        part=t.word("part", GOAL_PARTS, needed=True),
        shape=t.word("is", GOAL_SHAPES),
        above=t.word("above", places.LANDMARKS),
        below=t.word("below", places.LANDMARKS),
        near=t.word("near", places.LANDMARKS),
        in_front_of=t.word("in_front_of", places.LANDMARKS),
        moves=t.word("moves", MOVES),
        times=int(t.number("times", 1, 20, default=1)),
        hits=int(t.number("hits", 0, 20, default=0)),
        shows=t.word("shows", _units()),
        at_least=t.number("at_least", 0, 1, default=0.3),
        held_s=t.number("held_s", 0, 30, default=0.0, unit=" seconds"),
    )
    t.done()
    told = (out.shape, out.above, out.below, out.near, out.in_front_of, out.moves, out.shows)
    if all(v is None for v in told) and not out.hits:
        raise NotationError(
            t.file, t.where, "says nothing that must be true",
            "is, above, below, near, in_front_of, moves, hits or shows",
        )  # fmt: skip
    return out


def _units():
    return tuple(f"{side}{unit}" for unit in face.FACS for side in ("", "L", "R"))


def _hand(t):
    at = t.word("at", MARKS, needed=True)
    location, arm = t.table("location"), t.table("arm")
    if location is not None and arm is not None:
        raise t.wrong("arm", "there is a location as well", "either where the hand is, or how the arm is raised")
    mark = HandMark(
        at=at,
        location=_location(location),
        arm=_raised(arm),
        shape=t.word("shape", shapes.SHAPES),
        palm=t.direction("palm"),
        fingers=t.direction("fingers"),
        elbow=t.word("elbow", ("down", "out", "back")),
        way=t.word("way", ("arc", "straight"), default="arc"),
        path=_path(t.table("path"), HAND_PATHS),
    )
    t.done()
    if mark.palm and mark.fingers and abs(sum(a * b for a, b in zip(mark.palm, mark.fingers, strict=True))) > 0.9:
        raise t.wrong("fingers", "point where the palm faces, or away from it", "a direction square to the palm's")
    return mark


def _location(t):
    if t is None:
        return None
    unit = " arm lengths"
    out = Location(
        landmark=t.word("landmark", (*places.LANDMARKS, places.OBJECT), needed=True),
        out=t.number("out", -1.5, 1.5, default=0.0, unit=unit),
        up=t.number("up", -1.5, 1.5, default=0.0, unit=unit),
        forward=t.number("forward", -1.5, 1.5, default=0.0, unit=unit),
        of=t.word("of", ("palm", "wrist", "fingertip"), default="palm"),
    )
    t.done()
    return out


def _raised(t):
    if t is None:
        return None
    towards = t.word("towards", tuple(TOWARDS), default="side")
    out = Raised(
        raise_deg=t.number("raise_deg", 0, 172, needed=True, unit=" degrees"),
        towards_deg=TOWARDS[towards],
        bend_deg=t.number("bend_deg", 10, 150, default=12.0, unit=" degrees"),
    )
    t.done()
    return out


def _path(t, kinds):
    if t is None:
        return None
    kind = t.word("kind", kinds, needed=True)
    angle = kind == "swing" or kind in BEND_PATHS
    out = Path(
        kind=kind,
        about=t.word("about", ("elbow", "wrist"), default="elbow") if kind == "swing" else "elbow",
        angle_deg=t.number("angle_deg", 0, 60, needed=True, unit=" degrees") if angle else 0.0,
        distance=0.0 if angle else t.number("distance", 0, 1.5, needed=True, unit=" arm lengths"),
        plane=t.word("plane", ("front", "side", "flat"), default="front") if kind == "circle" else "front",
        repeats=t.number("repeats", 0, 20, default=1.0),
        beat_s=t.number("beat_s", 0.1, 5, default=0.45, unit=" seconds"),
    )
    t.done()
    if out.repeats != int(out.repeats):
        raise t.wrong("repeats", f"found {out.repeats:g}", "a whole number: how many times there and back")
    return out


def _bend(t, limits):
    part, forward, turn, tilt = limits
    back = -45 if part == "neck" else -25
    mark = BendMark(
        at=t.word("at", MARKS, needed=True),
        forward_deg=t.number("forward_deg", back, forward, default=0.0, unit=" degrees"),
        turn_deg=t.number("turn_deg", -turn, turn, default=0.0, unit=" degrees"),
        tilt_deg=t.number("tilt_deg", -tilt, tilt, default=0.0, unit=" degrees"),
        path=_path(t.table("path"), BEND_PATHS),
    )
    t.done()
    return mark


def _face(t):
    at = t.word("at", MARKS, needed=True)
    units = t.weights("units", _units())
    t.done()
    if not units:
        raise t.wrong("units", "is missing or empty", 'FACS units with their strength, such as { "12" = 0.8 }')
    return FaceMark(at, units)


assert set(HAND_PATHS + BEND_PATHS) == set(timing.PATHS)
