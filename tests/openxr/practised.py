"""Runs a module and keeps what Khronos' best-practices layer objects to.

    python -m tests.openxr.practised FILE MODULE [WORDS…]

On Linux that layer counts its objections but prints none of them (its BPLogger::LogMessage writes on Windows and
Android only), so that silence says nothing. Its counts are read out of its memory: a `std::unordered_map` of strings
and ints as libstdc++ lays it out, at an address that the library's own table of symbols names. FILE gets them as JSON.
"""

import ctypes
import json
import runpy
import struct
import sys
from pathlib import Path

from xr.api_layer.layer_path import py_layer_library_path

LIBRARY = Path(py_layer_library_path()).with_name("libXrApiLayer_best_practices_validation.so")
_COUNTS, _FRAMES = b"_ZN8BPLogger11errorCountsB5cxx11E", b"_ZL12g_frameIndex"
_KNOWN = b"xrNegotiateLoaderApiLayerInterface"
_SYMTAB = 2  # SHT_SYMTAB


def symbols(data):
    """Addresses by name of a 64-bit little-endian ELF file's table of symbols, relative to where it is loaded."""
    start, size, count = (struct.unpack_from(form, data, at)[0] for form, at in (("<Q", 40), ("<H", 58), ("<H", 60)))
    sections = [struct.unpack_from("<IIQQQQIIQQ", data, start + size * k) for k in range(count)]
    out = {}
    for _, kind, _, _, offset, length, link, _, _, entry in sections:
        if kind != _SYMTAB:
            continue
        names = sections[link][4]
        for at in range(offset, offset + length, entry):
            name, _, _, _, value, _ = struct.unpack_from("<IBBHQQ", data, at)
            end = data.index(b"\0", names + name)
            out[data[names + name : end]] = value
    return out


class Objections:
    """What the layer has counted so far. Made before the loader loads the layer, it keeps it until it was asked."""

    def __init__(self):
        where = symbols(LIBRARY.read_bytes())
        self._library = ctypes.CDLL(str(LIBRARY))
        known = ctypes.cast(getattr(self._library, _KNOWN.decode()), ctypes.c_void_p).value
        self._at, self._frames = (known + where[name] - where[_KNOWN] for name in (_COUNTS, _FRAMES))

    def frames(self):
        """How many calls of xrWaitFrame the layer has seen, of the last instance."""
        return struct.unpack("<I", ctypes.string_at(self._frames, 4))[0]

    def counts(self):
        """Text of each objection and how often it was counted."""
        out = {}
        # buckets, their number, the first node, the number of nodes
        _, _, node, held = struct.unpack("<4Q", ctypes.string_at(self._at, 32))
        while node:
            # the next node, the key's characters and length, 16 bytes for short keys, the count
            node, text, length, times = struct.unpack("<3Q16xi", ctypes.string_at(node, 44))
            out[ctypes.string_at(text, length).decode()] = times
        if len(out) != held:
            raise RuntimeError(f"{LIBRARY.name}: {len(out)} objections were found where it says {held}")
        return out


def main(file, module, *words):
    objections = Objections()
    sys.argv = [module, *words]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        told = {"frames": objections.frames(), "objections": objections.counts()}
        Path(file).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
