"""Reads a journal, whole or cut off at any byte, and repairs a copy of a broken one.

Rule 1: what is damaged ends the reading; everything before it is given, and `damage` says where and what.
Rule 2: the file that is read is never changed.
"""

import bisect
import json
import math
import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import zstandard
from mcap.exceptions import EndOfFile, McapError
from mcap.opcode import Opcode
from mcap.records import Chunk, DataEnd, Message, Metadata
from mcap.stream_reader import StreamReader, breakup_chunk
from mcap.writer import CompressionType, Writer

from vrtrainer.records import rows
from vrtrainer.records.journal import CHANNELS

INTERRUPTED = "interrupted"
_FRAMES, _ORDERS, _EVENTS, _END = range(1, 5)
_CUT_OFF = "cut off"
_LARGEST = 256 * 2**20  # bytes of one record; more is a damaged length
# What MCAP's reader and zstd raise on bytes that are no journal.
_BROKEN = (McapError, ValueError, struct.error, zstandard.ZstdError, EOFError, MemoryError, OverflowError, KeyError)


class JournalError(ValueError):
    """A file that is no journal, or none that this version reads."""


@dataclass(slots=True)
class Recorded:
    """A journal as it lies on disk. `ended` is why the session ended, `interrupted` where nobody could write it."""

    path: Path
    setup: dict
    source: str
    started: str
    versions: dict
    events: list = field(default_factory=list)
    ended: str = INTERRUPTED
    fault: str = ""
    damage: str = ""
    frames: int = 0

    @property
    def cut_off(self):
        """Whether the file simply ends, as after a crash, and nothing within it is damaged."""
        return self.damage.startswith(_CUT_OFF)

    def steps(self):
        """Each frame in order, as the loop handed it over: Frame, Observation, Commands, Events."""
        for data, orders, events in _steps(self.path):
            frame, seen = rows.frame_of(data, self.source)
            yield frame, seen, tuple(map(rows.order_of, orders)), tuple(map(rows.event_of, events))

    def raw_steps(self):
        """The same with the events as the bytes that were written: Frame, Observation, Commands, list of bytes."""
        for data, orders, events in _steps(self.path):
            frame, seen = rows.frame_of(data, self.source)
            yield frame, seen, tuple(map(rows.order_of, orders)), events


def read(path):
    """The journal at a path; its events are read at once, its frames when `steps` asks for them."""
    path = Path(path)
    if not path.is_file():
        raise JournalError(f"{path}: there is no such journal; a session's folder holds journal.mcap")
    out = None
    damage = []
    for record in _records(path, damage):
        if isinstance(record, Metadata) and record.name == "setup":
            out = _setup(path, record.metadata)
        elif isinstance(record, Message) and out is not None:
            if record.channel_id == _FRAMES:
                out.frames += 1
            elif record.channel_id == _EVENTS:
                out.events.append(rows.event_of(record.data))
            elif record.channel_id == _END:
                end = json.loads(record.data)
                out.ended, out.fault = end["ended"], end.get("fault", "")
    if out is None:
        why = damage[0] if damage else "it holds no session"
        raise JournalError(f"{path}: not a journal of vrtrainer ({why}); expected an MCAP file with metadata 'setup'")
    out.damage = damage[0] if damage else ""
    return out


def _setup(path, metadata):
    version = metadata.get("version", "")
    if not version.isdigit() or int(version) > rows.VERSION:
        raise JournalError(
            f"{path}: layout {version!r}, this version of vrtrainer reads up to {rows.VERSION}; use a newer one"
        )
    try:
        setup, versions = json.loads(metadata["setup"]), json.loads(metadata["versions"])
        return Recorded(path, setup, metadata["source"], metadata["started"], versions)
    except (ValueError, KeyError) as error:
        raise JournalError(f"{path}: its setup is damaged ({error}); nothing after it can be read") from None


def _records(path, damage, skips=lambda chunk: False):
    """Records of the data section up to its end or the first damage, chunks opened and checked but those it skips."""
    with open(path, "rb") as file:
        reader = StreamReader(file, emit_chunks=True, record_size_limit=_LARGEST)
        at = 0
        try:
            for record in reader.records:
                if isinstance(record, Chunk):
                    if not skips(record):
                        yield from _messages(record)
                elif isinstance(record, Metadata):
                    yield record
                elif isinstance(record, DataEnd):
                    return  # what follows is an index for other programs
                at = file.tell()
        except _BROKEN as error:
            short = isinstance(error, EndOfFile | struct.error)
            what = _CUT_OFF if short else f"damaged ({error or type(error).__name__})"
            damage.append(f"{what} after byte {at}")


_PREFIX = struct.Struct("<BQ")  # of each record: what it is, and its length
_MESSAGE = struct.Struct("<HIQQ")  # channel, sequence, log time, publish time


def _messages(chunk):
    """Messages of a chunk. MCAP's own `breakup_chunk` takes twice as long; it does what we never write."""
    if chunk.compression != "zstd":
        yield from breakup_chunk(chunk, validate_crc=True)
        return
    data = zstandard.ZstdDecompressor().decompress(chunk.data, max_output_size=chunk.uncompressed_size)
    if chunk.uncompressed_crc and zlib.crc32(data) != chunk.uncompressed_crc:
        raise ValueError("checksum of a chunk")
    at, ends = 0, len(data)
    while at < ends:
        kind, length = _PREFIX.unpack_from(data, at)
        at += _PREFIX.size
        if kind == Opcode.MESSAGE:
            channel, sequence, logged, published = _MESSAGE.unpack_from(data, at)
            yield Message(channel, logged, data[at + _MESSAGE.size : at + length], published, sequence)
        at += length


def sampled(path, windows, step):
    """Frames within windows of session time, thinned: of each key the (seconds, bytes of a frame) in order.

    `windows` is key to (from, until) in seconds since the first frame, and no two overlap; at most one frame each
    `step` seconds is given. What lies outside all windows is not even unpacked. `rows.frame_of` reads the bytes.
    """
    order = sorted(windows, key=lambda key: windows[key][0])
    begins, ends = ([windows[key][k] for key in order] for k in (0, 1))
    start, out = None, {key: [] for key in windows}

    def skips(chunk):
        nonlocal start
        start = chunk.message_start_time if start is None else start
        first, last = ((t - start) / 1e9 for t in (chunk.message_start_time, chunk.message_end_time))
        at = bisect.bisect_right(begins, last) - 1  # the last window that has begun by then
        return at < 0 or ends[at] < first

    at, due = 0, -math.inf
    for record in _records(path, [], skips):
        if record.__class__ is not Message or record.channel_id != _FRAMES:
            continue
        now = (record.log_time - start) / 1e9
        while at < len(order) and ends[at] < now:
            at, due = at + 1, -math.inf
        if at == len(order):
            break
        if now >= begins[at] and now >= due - 1e-6:
            out[order[at]].append((now, record.data))
            due = max(due + step, now - step) if due > -math.inf else now + step
    return out


def _steps(path):
    """Bytes of each frame with its orders and events."""
    data, orders, events = None, [], []
    for record in _records(path, []):
        if not isinstance(record, Message):
            continue
        if record.channel_id == _FRAMES:
            if data is not None:
                yield data, orders, events
            data, orders, events = record.data, [], []
        elif record.channel_id == _ORDERS:
            orders.append(record.data)
        elif record.channel_id == _EVENTS:
            events.append(record.data)
    if data is not None:
        yield data, orders, events


def repaired(path):
    """A copy beside a cut-off journal that every MCAP tool opens: NAME-repaired.mcap. The original stays as it is."""
    path = Path(path)
    read(path)  # says what is wrong where it is no journal at all
    number, copy = 1, path.with_stem(f"{path.stem}-repaired")
    while copy.exists():
        number += 1
        copy = path.with_stem(f"{path.stem}-repaired-{number}")
    with open(copy, "xb") as file:
        writer = Writer(file, compression=CompressionType.ZSTD)
        writer.start("vrtrainer", "vrtrainer, repaired")
        known = False
        for record in _records(path, []):
            if isinstance(record, Metadata):
                writer.add_metadata(record.name, record.metadata)
            elif isinstance(record, Message):
                if not known:
                    for topic in CHANNELS:
                        number = writer.register_schema(f"vrtrainer.{topic}.{rows.VERSION}", "", b"")
                        writer.register_channel(topic, "vrtrainer.frame" if topic == "frames" else "json", number)
                    known = True
                writer.add_message(
                    record.channel_id, record.log_time, record.data, record.publish_time, record.sequence
                )
        writer.finish()
    return copy
