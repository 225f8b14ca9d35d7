"""The cable between the simulated child and the application whose headset it wears: one mapped file of fixed layout.

Rule 1: each direction has one writer. Down the cable (child to application) go the body and the orders; up it go what
        is shown, and how the session stands.
Rule 2: no locks. Each region carries a counter that is odd while it is written; a reader copies, looks again, and tries
        once more if the counter moved. A writer that died half-way leaves the reader with its last whole copy.
Rule 3: poses are OpenXR's (right-handed, +Y up, metres, quaternions x y z w) in the floor's space: 0, 0, 0 is on the
        floor where the child first stood, facing -Z. Times are seconds of CLOCK_MONOTONIC.

The counters rely on stores being seen in the order they were made, as x86 promises.
"""

import json
import mmap
import os
from pathlib import Path

import numpy as np

from vrtrainer.human.face import WEIGHTS
from vrtrainer.human.skeleton import J

VARIABLE = "VRTRAINER_SIMULATED_HEADSET"
"""The environment variable that names the cable's file to the application."""
LEFT, RIGHT = 0, 1
OPTICAL, CONTROLLER = 1, 2
"""Where a hand's joints come from: XR_EXT_hand_tracking_data_source's two sources."""
VALID, TRACKED = 3, 12
"""The two pairs of bits of XrSpaceLocationFlags: orientation and position valid, orientation and position tracked."""
SEEN = VALID | TRACKED
BUTTONS = ("select", "pause", "stop", "ready")
"""Bits of `buttons`, lowest first: the actions of the application that a button answers."""

HAND = np.dtype(
    [
        ("pose", "<f4", (26, 7)),  # as XrPosef: quaternion x y z w, position
        ("radius", "<f4", 26),
        ("linear", "<f4", 3),  # velocity of the palm, m/s and rad/s
        ("angular", "<f4", 3),
        ("flags", "u1", 26),
        ("active", "u1"),
        ("source", "u1"),
        ("buttons", "u1"),
    ],
    align=True,
)
STATE = np.dtype(
    [
        ("time", "<f8"),  # when it was written: 0 before the first time
        ("head", "<f4", 7),  # between the eyes
        ("gaze", "<f4", (2, 3)),  # origin and unit direction
        ("hands", HAND, 2),
        ("face", "<f4", len(WEIGHTS)),
        ("positions", "<f4", (J, 3)),
        ("rotations", "<f4", (J, 4)),  # world; NaN where only the place is known
        ("rest", "<f4", (J, 3)),  # the child's body in the T-pose, facing -Z
        ("how", "u1", J),  # as in human.observation
        ("head_flags", "u1"),
        ("gaze_valid", "u1"),
        ("face_valid", "u1"),
        ("body_active", "u1"),
        ("present", "u1"),  # whether the headset is worn
    ],
    align=True,
)
SHOWN = np.dtype(
    [
        ("rotations", "<f8", (J, 4)),
        ("hips", "<f8", 3),
        ("face", "<f8", len(WEIGHTS)),
        ("frame_time", "<f8"),  # on the clock that the turn's onset is on
        ("at", "<f8"),  # the same moment on CLOCK_MONOTONIC
        ("there", "<u8"),
    ],
    align=True,
)
STATUS = np.dtype(
    [
        ("time", "<f8"),  # of the application's last sign of life
        ("frames", "<u8"),
        ("taken", "<u8"),  # the highest number of an order that was carried out
        ("session", "<u8"),  # XrSessionState as the application sees it, 0 without one
        ("instances", "<u8"),  # how many were made so far
        ("pid", "<u8"),
    ]
)

_MAGIC = b"vrtrainer cable 1\n"
_TEXT = 16384
_REGIONS = {"state": STATE.itemsize, "orders": _TEXT, "shown": SHOWN.itemsize, "turn": _TEXT, "status": STATUS.itemsize}
_HEADER = 64
_PLACES, _end = {}, _HEADER
for _name, _size in _REGIONS.items():
    _PLACES[_name] = _end
    _end += 64 + (_size + 63) // 64 * 64  # the counter has a line of its own, before its region
SIZE = _end
_TRIES = 200


class CableError(RuntimeError):
    """The file is no cable, or what goes into it is too long."""


class _Region:
    """A stretch of the file behind its counter."""

    def __init__(self, mapped, name):
        start, size = _PLACES[name], _REGIONS[name]
        # A memoryview answers an integer four times as fast as an array of one.
        self._counter = memoryview(mapped)[start : start + 8].cast("Q")
        self.bytes = memoryview(mapped)[start + 64 : start + 64 + size]

    @property
    def count(self):
        """Even and growing; another number means that something new was written."""
        return self._counter[0]

    def begin(self):
        # `| 1`: a writer that died half-way left it odd.
        self._counter[0] = self._counter[0] | 1

    def end(self):
        self._counter[0] = self._counter[0] + 1

    def whole(self, copy):
        """Whether `copy()` copied something whole."""
        counter = self._counter
        for _ in range(_TRIES):
            before = counter[0]
            if not before & 1:
                copy()
                if counter[0] == before:
                    return True
        return False

    def release(self):
        self._counter.release()
        self.bytes.release()


class Record:
    """A region that holds one structure: `now` is this side's own copy of it."""

    def __init__(self, region, dtype):
        self._region = region
        self._there = np.frombuffer(region.bytes, dtype, 1)
        self._copy = np.zeros(1, dtype)
        self.now = self._copy[0]
        self._read = -1

    def read(self):
        """Bring `now` up to date; False if there was nothing new (or nothing whole) to bring."""
        count = self._region.count
        if count == self._read:
            return False
        if not self._region.whole(self._fetch):
            return False
        self._read = count
        return True

    def _fetch(self):
        self._copy[:] = self._there

    def write(self):
        """Publish `now`."""
        self._region.begin()
        self._there[:] = self._copy
        self._region.end()

    def release(self):
        del self._there
        self._region.release()


class Text:
    """A region that holds a JSON value."""

    def __init__(self, region):
        self._region = region
        self._read = -1
        self._raw = b""

    @property
    def news(self):
        """Whether something was written since the last `read`."""
        return self._region.count != self._read

    def read(self, default=None):
        count = self._region.count
        if not self._region.whole(self._fetch):
            return default
        self._read = count
        return json.loads(self._raw) if self._raw else default

    def _fetch(self):
        # A length of half a write may be anything; the counter then says that this copy does not count.
        length = int.from_bytes(self._region.bytes[:4], "little")
        self._raw = bytes(self._region.bytes[4 : 4 + min(length, _TEXT - 4)])

    def write(self, value):
        raw = json.dumps(value, separators=(",", ":")).encode()
        if len(raw) > _TEXT - 4:
            raise CableError(f"cable: {len(raw)} bytes of text, at most {_TEXT - 4} go through")
        self._region.begin()
        self._region.bytes[: 4 + len(raw)] = len(raw).to_bytes(4, "little") + raw
        self._region.end()

    def release(self):
        self._region.release()


class Cable:
    """Both ends are the same object; who writes what is rule 1.

    `state` (STATE), `shown` (SHOWN) and `status` (STATUS) are records, `orders` and `turn` are texts.
    """

    def __init__(self, path):
        self.path = Path(path)
        try:
            file = self.path.open("r+b")
        except OSError as error:
            raise CableError(f"{path}: {error.strerror}; start vrtrainer simulate-headset first") from None
        with file:
            if file.read(len(_MAGIC)) != _MAGIC or os.fstat(file.fileno()).st_size != SIZE:
                raise CableError(f"{path} is no cable of this version; vrtrainer simulate-headset makes one")
            self._mapped = mmap.mmap(file.fileno(), SIZE)
        regions = {name: _Region(self._mapped, name) for name in _REGIONS}
        self.state = Record(regions["state"], STATE)
        self.orders = Text(regions["orders"])
        self.shown = Record(regions["shown"], SHOWN)
        self.turn = Text(regions["turn"])
        self.status = Record(regions["status"], STATUS)

    def close(self):
        for part in (self.state, self.orders, self.shown, self.turn, self.status):
            part.release()
        self._mapped.close()


def make(path):
    """A new cable at a path, with nobody at its ends; an old one there is replaced.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Cable
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # A new file, never the old one emptied: whoever has that mapped would fall through the floor.
    new = path.with_name(path.name + ".new")
    new.write_bytes(_MAGIC + bytes(SIZE - len(_MAGIC)))
    new.replace(path)
    return Cable(path)


class Orders:
    """The child's end of `orders`: each is numbered, and kept until the application has taken it.

    An order is a table with `do` and what that needs; `layer.py` lists them.
    """

    def __init__(self, cable):
        self._cable = cable
        cable.status.read()
        self._number = int(cable.status.now["taken"])
        self._waiting = []

    def give(self, **order):
        """Pass an order on; answers its number."""
        self._cable.status.read()
        taken = int(self._cable.status.now["taken"])
        self._waiting = [o for o in self._waiting if o["id"] > taken]
        self._number += 1
        self._waiting.append({"id": self._number, **order})
        self._cable.orders.write(self._waiting)
        return self._number

    def taken(self, number):
        self._cable.status.read()
        return int(self._cable.status.now["taken"]) >= number
