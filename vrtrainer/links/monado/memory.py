"""OpenXR's structures as the layer meets them: addresses, chains of `next`, and signatures of plain numbers."""

import ctypes

import xr

TYPE, NEXT = 0, 8
"""Offsets that every structure with a type has."""


def word(address):
    """The 8 bytes at an address: a handle, a pointer, a time."""
    return ctypes.c_uint64.from_address(address).value


def put_word(address, value):
    ctypes.c_uint64.from_address(address).value = value or 0


def half(address):
    """The 4 bytes at an address, with a sign: a type, an enumeration, a boolean."""
    return ctypes.c_int32.from_address(address).value


def put_half(address, value):
    ctypes.c_int32.from_address(address).value = int(value)


def chain(address):
    """Types and addresses of the structures that hang on one by `next`, itself left out."""
    address = word(address + NEXT)
    while address:
        yield half(address), address
        address = word(address + NEXT)


class without:  # noqa: N801  reads as a word: `with without(address, types):`
    """The chain of a structure with some types taken out, for the time of a call below; put back afterwards.

    What a layer below does not know must not reach it, and the caller finds its structures as they were.
    """

    def __init__(self, address, types):
        self._cut = []
        before = address
        while here := word(before + NEXT):
            if half(here) in types:
                self._cut.append((before, here))
                put_word(before + NEXT, word(here + NEXT))
            else:
                before = here

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for before, here in reversed(self._cut):
            put_word(before + NEXT, here)


def _plain(kind):
    """An argument's type with every pointer and handle as a number: a call costs a third of one with objects."""
    if issubclass(kind, (ctypes._Pointer, ctypes.c_void_p, ctypes.c_char_p)):
        return ctypes.c_void_p
    return kind


def signature(name):
    """The function type of an OpenXR function, None if the binding does not know it."""
    known = getattr(xr, f"PFN_{name}", None)
    if known is None:
        return None
    return ctypes.CFUNCTYPE(ctypes.c_int32, *(_plain(kind) for kind in known._argtypes_))


def offsets(structure):
    """Where the fields of a structure are, by the binding's names without their first underscore."""
    return {name.lstrip("_"): getattr(structure, name).offset for name, _ in structure._fields_}
