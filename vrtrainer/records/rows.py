"""How frames, orders and events lie in a journal: the one place that knows, for writing, reading and comparing.

A frame's row is `FRAME` followed by the packed observation (`human.observation`); orders and events are JSON. Whatever
is not a plain value is made one here, so that an event that was recorded and one that is computed anew are the same
bytes if and only if they are the same.
"""

import json
import math
import struct

import numpy as np

from vrtrainer.human import observation
from vrtrainer.human.frame import ACTIVE, ASLEEP, UNFOCUSED, Frame
from vrtrainer.sessions.commands import Command
from vrtrainer.sessions.events import Event

VERSION = 1
"""Of the journal's layout. A reader opens this and every older one."""
STATES = (ACTIVE, UNFOCUSED, ASLEEP)
FRAME = struct.Struct("<QddqBB")  # index, time s, period s, xr_time ns, should_render, state


def frame_bytes(frame, seen, joints):
    """One frame and what was seen in it, little endian; without joints only acts and pointer."""
    head = FRAME.pack(
        frame.index, frame.time, frame.period, frame.xr_time, frame.should_render, STATES.index(frame.state)
    )
    return head + observation.pack(seen, joints)


def frame_of(data, source):
    """Frame and Observation of the bytes that `frame_bytes` made."""
    index, time, period, xr_time, should_render, state = FRAME.unpack_from(data)
    if state >= len(STATES):
        raise ValueError(f"journal: frame {index} has state {state}, expected 0 to {len(STATES) - 1}")
    frame = Frame(index, time, period, xr_time, bool(should_render), STATES[state])
    return frame, observation.unpack(data[FRAME.size :], source)


def nanoseconds(time):
    """Log time of a frame time; MCAP's are unsigned."""
    return max(round(time * 1e9), 0)


def plain(value):
    """The same value in JSON's terms: no NaN (None instead), no numpy, no tuples, sets in order."""
    if isinstance(value, float):  # np.float64 is one of them
        return float(value) if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, set | frozenset):
        return sorted(plain(v) for v in value)
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    raise TypeError(f"journal: {value!r} of type {type(value).__name__} is no number, text, list or table")


def json_bytes(value):
    """JSON without blanks, UTF-8; floats are written so that they are read back to the last bit."""
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def event_bytes(event):
    return json_bytes(
        {
            "onset": event.onset,
            "duration": event.duration,
            "trial_type": event.trial_type,
            "block": event.block,
            "trial": event.trial,
            "phase": event.phase,
            "fields": event.fields,
        }
    )


def event_of(data):
    row = json.loads(data)
    duration = math.nan if row["duration"] is None else row["duration"]
    return Event(
        row["onset"], duration, row["trial_type"], row["block"], row["trial"], row["phase"], row.get("fields", {})
    )


def order_bytes(order):
    return json_bytes({"name": order.name, "value": order.value, "actor": order.actor, "source": order.source})


def order_of(data):
    return Command(**json.loads(data))
