"""What goes over the line between a run and the console: frames of a kind and a length; tableaux and events as bytes.

Rule 1: whoever reads trusts no length: `Reader` refuses a frame that is longer than it was told to take.
Rule 2: a tableau is a small JSON text and the arrays' float32 bytes behind it. Nothing that is read is ever executed.
"""

import json
import struct
from dataclasses import fields, is_dataclass

import numpy as np

from vrtrainer.human.pose import Pose
from vrtrainer.human.transform import Transform
from vrtrainer.records import rows
from vrtrainer.sessions import tableau
from vrtrainer.sessions.events import Event
from vrtrainer.sessions.props import Prop

HEAD = struct.Struct("<cI")
SECRET, PROOF, WANTS, TABLEAU, EVENTS, COMMAND, REFUSED, BYE = b"S", b"P", b"W", b"T", b"E", b"C", b"R", b"B"
"""Kinds of frames. The console sends SECRET, WANTS (one tableau, newer than the last) and COMMAND; the run the rest."""
FROM_CONSOLE, FROM_RUN = 16 * 1024, 16 * 1024 * 1024  # bytes that a frame has at most
SHOWN = {c.__name__: c for c in vars(tableau).values() if isinstance(c, type) and is_dataclass(c)} | {
    c.__name__: c for c in (Pose, Transform, Prop)
}
"""Classes that a tableau is made of, by name."""


class WireError(ValueError):
    """What came over the line is not what this version sends."""


def frame(kind, body=b""):
    """One frame as bytes."""
    return HEAD.pack(kind, len(body)) + body


class Reader:
    """Puts frames together from the pieces in which they come."""

    def __init__(self, longest):
        self._longest = longest
        self._held = bytearray()

    def feed(self, data):
        """The frames that are whole now: a list of (kind, body)."""
        self._held += data
        out = []
        while len(self._held) >= HEAD.size:
            kind, length = HEAD.unpack_from(self._held)
            if length > self._longest:
                raise WireError(f"a frame of {length} bytes; at most {self._longest} were expected")
            end = HEAD.size + length
            if len(self._held) < end:
                break
            out.append((kind, bytes(self._held[HEAD.size : end])))
            del self._held[:end]
        return out


# Tableaux


def packed(shown):
    """A tableau as bytes; arrays become float32, which is plenty for looking."""
    arrays = []
    head = json.dumps(_plain(shown, arrays), separators=(",", ":")).encode()
    return struct.pack("<I", len(head)) + head + b"".join(arrays)


def _plain(value, arrays):
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return float(value)
    if isinstance(value, np.ndarray):
        value = np.ascontiguousarray(value, "<f4")
        arrays.append(value.tobytes())
        return {"": "array", "shape": value.shape}
    if isinstance(value, tuple | list):
        return [_plain(v, arrays) for v in value]
    if isinstance(value, dict):
        return {"": "dict", "of": [[str(k), _plain(v, arrays)] for k, v in value.items()]}
    if is_dataclass(value):
        return {"": type(value).__name__} | {f.name: _plain(getattr(value, f.name), arrays) for f in fields(value)}
    return _plain(rows.plain(value), arrays)


def unpacked(data):
    """The tableau of `packed`."""
    try:
        (length,) = struct.unpack_from("<I", data)
        return _whole(json.loads(data[4 : 4 + length]), _Arrays(data, 4 + length))
    except (struct.error, ValueError, KeyError, TypeError) as error:
        raise WireError(f"a tableau that this version cannot read ({error}); use one version for both") from None


class _Arrays:
    def __init__(self, data, at):
        self._data, self._at = data, at

    def next(self, shape):
        count = int(np.prod(shape, dtype=np.int64))
        out = np.frombuffer(self._data, "<f4", count, self._at).reshape(shape).astype(np.float64)
        self._at += 4 * count
        return out


def _whole(value, arrays):
    if isinstance(value, list):
        return tuple(_whole(v, arrays) for v in value)
    if not isinstance(value, dict):
        return value
    kind = value.pop("")
    if kind == "array":
        return arrays.next(value["shape"])
    if kind == "dict":
        return {k: _whole(v, arrays) for k, v in value["of"]}
    return SHOWN[kind](**{k: _whole(v, arrays) for k, v in value.items()})


# Events


def told(events):
    """Events as bytes; numbers that are not known are null."""
    rows_ = [[rows.plain(e.onset), e.trial_type, e.block, e.trial, e.phase, rows.plain(e.fields)] for e in events]
    return json.dumps(rows_, separators=(",", ":")).encode()


def events(data):
    """The events of `told`."""
    try:
        return [Event(onset, float("nan"), kind, *rest) for onset, kind, *rest in json.loads(data)]
    except (ValueError, TypeError) as error:
        raise WireError(f"events that this version cannot read ({error}); use one version for both") from None


def request(data):
    """Name and value of a COMMAND, or None for what is none."""
    try:
        asked = json.loads(data)
        name, value = asked["name"], asked.get("value", "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return (name, value) if isinstance(name, str) and isinstance(value, str) else None
