"""The journal: one MCAP file a session, with everything that a replay needs. Written while it happens, never again.

Rule 1: `append` never blocks, opens or waits: it leaves the frame in a bounded ring for a writer thread, which packs it
        too. So whoever made an observation or an event never writes into it again.
Rule 2: the same inputs give the same rows; the wall clock stands only in the metadata `setup`.
Rule 3: a file on disk is always an unbroken beginning of its session. Rows reach it whole, every `FLUSH` seconds, and
        the disk itself (fsync) at each trial's end. What cannot be written waits; what can no longer wait ends it. A
        file that was taken away underneath is written again where it stood.
Rule 4: nothing is ever overwritten: a name that is taken gets a number.
"""

import contextlib
import errno
import json
import os
import platform
import shutil
import sys
import threading
import time
from collections import deque
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from mcap.writer import CompressionType, IndexType, Writer

import vrtrainer
from vrtrainer.records import rows
from vrtrainer.records._held import hold
from vrtrainer.records.faults import Fault, full

FLUSH = 0.04  # s between writes: with the time a write takes this stays below the 0.1 s that may be lost
RING = 12_000  # rows: two minutes at 90 a second before a disk that hangs ends the journal
WAITING = 64 * 2**20  # bytes that a full disk may keep waiting
RETRY = 1.0  # s between tries on a disk that refused
CLOSING = 3.0  # s that closing goes on trying
CHANNELS = ("frames", "orders", "events", "end")
"""Topics; their channel ids in the file are 1 to 4 in this order."""
_FRAMES, _ORDERS, _EVENTS, _END = range(1, 5)
_CHUNK = 2**30  # chunks are closed by time, between rows, never by size within one

_SCHEMAS = {
    "frames": (
        "",
        b"",
        {
            "layout": "little endian: index u64, time f64 s, period f64 s, xr_time i64 ns, should_render u8, "
            "state u8 (0 active, 1 unfocused, 2 asleep); then the observation, see docs/records.md"
        },
    ),
    "orders": (
        "jsonschema",
        {
            "type": "object",
            "properties": {k: {"type": "string"} for k in ("name", "value", "actor", "source")},
        },
        {},
    ),
    "events": (
        "jsonschema",
        {
            "type": "object",
            "properties": {
                "onset": {"type": "number", "description": "s since the session's first frame"},
                "duration": {"type": ["number", "null"], "description": "s"},
                "trial_type": {"type": "string"},
                "block": {"type": "integer"},
                "trial": {"type": "integer"},
                "phase": {"type": "string"},
                "fields": {"type": "object"},
            },
        },
        {},
    ),
    "end": (
        "jsonschema",
        {
            "type": "object",
            "properties": {"ended": {"type": "string"}, "frames": {"type": "integer"}, "fault": {"type": "string"}},
        },
        {},
    ),
}


class Journal:
    """Keeps what went in and what happened.

    `setup` is whatever a replay needs to build the session anew (plain values), `source` the tracker's name. While the
    session waits, is paused or is stopped, and on a page that does not listen, only acts and pointer are kept: the
    events `session_state` and `page_…` tell. The frames at which it begins or ends to run are kept whole, because the
    session reads the joints of both.
    """

    def __init__(self, path, setup, source):
        self.path, self._file = _opened(Path(path))
        self.fault = ""
        """What is wrong with keeping it, a `Fault`; "" while all is well."""
        self.ended = ""
        """Why the session ended: what `close` was told, else what the session said."""
        self.frames = 0
        self.unkept = 0
        self._running = self._away = self._quiet = False
        self._ring = deque()
        self._closing = threading.Event()
        self._tail = _Tail(self._file)
        self._mcap = _begun(self._tail, setup, source)
        self._last_time = 0
        try:
            self._tail.settle()
        except OSError as error:
            self._file.close()
            self.path.unlink(missing_ok=True)
            raise OSError(f"{self.path}: cannot be written: {error.strerror}; choose another folder") from None
        self._thread = threading.Thread(target=self._write, name="journal", daemon=True)
        self._thread.start()

    def append(self, frame, seen, orders, events):
        """Keep one frame: its inputs and what happened in it."""
        joints = self._running and not self._quiet
        for event in events:
            if event.trial_type == "session_state":
                self._running = event.fields["state"] == "running"
            elif event.trial_type in ("page_began", "listens"):
                self._quiet = not event.fields["listens"]
            elif event.trial_type in ("page_ended", "page_left"):
                self._quiet = False
            elif event.trial_type == "session_over":
                self.ended = self.ended or str(event.fields.get("ended", "over"))
        joints |= self._running and not self._quiet
        if self.unkept or len(self._ring) >= RING:
            self.unkept += 1  # once something is missing nothing can follow: a replay would go wrong unseen
            return
        self._ring.append((frame, seen, joints, orders, events))
        self.frames += 1

    def close(self, reason=""):
        """Write what still waits, and why it ended. Twice is once."""
        if self._closing.is_set():
            return
        self.ended = reason or self.ended or why_unwinding()
        self._closing.set()
        self._thread.join(CLOSING + 2 * RETRY)
        if self._thread.is_alive():
            what = "the disk does not answer; the journal ends where it was last written"
            self.fault = Fault(f"{self.path}: {what}", "journal_silent", where=str(self.path))
        elif not self._tail.finished:
            what = "its writer stopped early; the journal ends where it was last written"
            self.fault = Fault(f"{self.path}: {what}", "journal_silent", where=str(self.path))

    # The writer thread

    def _write(self):
        wait = FLUSH
        while not self._closing.wait(wait):
            wait = FLUSH if self._flush() else RETRY
        tries = max(int(CLOSING / 0.25), 1)
        for left in reversed(range(tries)):
            if self._flush(last=True):
                break
            if left:
                time.sleep(0.25)
        if self._tail:
            why = self.fault.values.get("why", "")
            what = f"{why}; the journal ends earlier than its session"
            self.fault = Fault(f"{self.path}: {what}", "journal_cut", where=str(self.path), why=why)
        self._tail.give_up()
        self._file.close()

    def _flush(self, last=False):
        """Bring the ring to the disk; False where the disk refused."""
        sync = self._take() or last
        if last and not self._tail.finished:
            self._finish()
        try:
            self._in_place(last)
            self._tail.settle(sync)
        except OSError as error:
            frames = f"{len(self._tail) / 2**20:.1f} MB wait in memory"
            key = "journal_away" if self._away else "journal_full" if full(error) else "journal_waits"
            what = f"{error.strerror}; {frames}. Make space on that disk; the session goes on"
            self.fault = Fault(f"{self.path}: {what}", key, where=str(self.path), why=error.strerror)
            if len(self._tail) > WAITING:
                self._tail.drop()
                self.unkept += 1
                what = f"{error.strerror}; the journal ends here, the session goes on"
                self.fault = Fault(f"{self.path}: {what}", "journal_ends", where=str(self.path), why=error.strerror)
            return False
        if not self.unkept:
            self.fault = ""
        return True

    def _in_place(self, last):
        """See that the file still stands where it is looked for. One that was taken away is told of, and at the next
        try written again, from what the open file still holds."""
        if self.path.exists():
            self._away = False
            return
        if not self._away and not last:
            self._away = True
            raise FileNotFoundError(errno.ENOENT, "it was taken away")
        self._away = True
        self.path.parent.mkdir(parents=True, exist_ok=True)
        _, file = _opened(self.path)
        try:
            self._file.seek(0)
            shutil.copyfileobj(self._file, file, 2**20)
        except OSError:
            file.close()
            self.path.unlink(missing_ok=True)
            raise
        self._file.close()
        self._file = self._tail.file = file
        self._away = False

    def _take(self):
        """Hand the waiting rows to MCAP; True when a trial ended among them."""
        ended = False
        for _ in range(len(self._ring)):
            frame, seen, joints, orders, events = self._ring.popleft()
            if self._tail.dropped:
                continue
            at, index = rows.nanoseconds(frame.time), frame.index & 0xFFFFFFFF
            self._mcap.add_message(_FRAMES, at, rows.frame_bytes(frame, seen, joints), at, index)
            for order in orders:
                self._mcap.add_message(_ORDERS, at, rows.order_bytes(order), at, index)
            for event in events:
                self._mcap.add_message(_EVENTS, at, rows.event_bytes(event), at, index)
                ended |= event.trial_type == "trial_ended"
            self._last_time = at
        if not self._tail.dropped:
            self._mcap.flush()
        return ended

    def _finish(self):
        if not self._tail.dropped:
            # Where this row can be written nothing before it waits any more.
            end = {"ended": self.ended, "frames": self.frames, "fault": self.fault if self.unkept else ""}
            self._mcap.add_message(_END, self._last_time, rows.json_bytes(end), self._last_time)
            self._mcap.finish()
        self._tail.finished = True


class _Tail:
    """What MCAP's writer wrote and the disk does not have yet. Writing fails here, not in the middle of a chunk."""

    def __init__(self, file):
        self.file = file
        self._bytes = bytearray()
        self._kept = 0
        self.finished = self.dropped = False

    def __len__(self):
        return len(self._bytes)

    def write(self, data):
        self._bytes += data
        return len(data)

    def tell(self):
        return self._kept + len(self._bytes)

    def flush(self):
        pass  # `settle` does it, so that an error is met in one place

    def settle(self, sync=False):
        """Write what waits; whatever fails, the file afterwards ends at a whole row."""
        if self._bytes:
            try:
                self.file.seek(self._kept)
                left = memoryview(bytes(self._bytes))
                while left:
                    left = left[self.file.write(left) :]
            except OSError:
                with contextlib.suppress(OSError):
                    self.file.truncate(self._kept)
                raise
            self._kept += len(self._bytes)
            self._bytes.clear()
        if sync:
            os.fsync(self.file.fileno())

    def drop(self):
        self._bytes.clear()
        self.dropped = True

    def give_up(self):
        self.dropped = self.dropped or bool(self._bytes)


def _opened(path):
    """A new file that is nobody else's: NAME.mcap, else NAME-2.mcap and so on."""
    number = 1
    while True:
        here = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
        try:
            file = open(here, "x+b", buffering=0)  # noqa: SIM115  closed by the writer thread
        except FileExistsError:
            number += 1
            continue
        hold(file)
        return here, file


class _Writer(Writer):
    """A writer that forgets each chunk once it is written: mcap 1 keeps what an index would need even without one."""

    def flush(self):
        super().flush()
        self._Writer__chunk_indices.clear()


def _begun(tail, setup, source):
    # No index of chunks and messages: at twenty chunks a second it would grow in memory by 27 MB an hour until the end,
    # and a journal is read from its beginning.
    kept = IndexType.ATTACHMENT | IndexType.METADATA
    writer = _Writer(tail, chunk_size=_CHUNK, compression=CompressionType.ZSTD, index_types=kept)
    writer.start("vrtrainer", f"vrtrainer {vrtrainer.__version__}")
    writer.add_metadata(
        "setup",
        {
            "version": str(rows.VERSION),
            "started": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "source": source,
            "versions": rows.json_bytes(versions()).decode(),
            "setup": rows.json_bytes(setup).decode(),
        },
    )
    for topic in CHANNELS:
        encoding, schema, metadata = _SCHEMAS[topic]
        data = schema if isinstance(schema, bytes) else json.dumps(schema).encode()
        number = writer.register_schema(f"vrtrainer.{topic}.{rows.VERSION}", encoding, data)
        writer.register_channel(topic, "json" if encoding else "vrtrainer.frame", number, metadata)
    return writer


def why_unwinding():
    """Why something is being closed that was told no reason: by Ctrl-C, by an error on its way up, or just so."""
    error = sys.exc_info()[0]
    if error is None:
        return "closed"
    return "ctrl_c" if issubclass(error, KeyboardInterrupt) else "fault"


def versions():
    """What the session ran on, as the bits of a replay depend on it."""
    return {
        "vrtrainer": vrtrainer.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": f"{platform.system()} {platform.machine()}",
    }
