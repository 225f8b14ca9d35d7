"""The seam of the unit tests of face and body: a runtime's C functions, played by Python ones.

They are called through the real function types of the bindings, so arguments are converted and checked as they are for
a runtime. No loader, no runtime, no headset: what those do, the tests with Monado say.
"""

import ctypes
from types import SimpleNamespace

import pytest

try:
    import xr
except (ImportError, OSError, NotImplementedError) as error:
    pytest.skip(f"OpenXR: the bindings cannot be imported here ({error!r})", allow_module_level=True)

from vrtrainer.openxr.calls import check

UNSUPPORTED = int(xr.Result.ERROR_FEATURE_UNSUPPORTED.value)
LOST = int(xr.Result.ERROR_SESSION_LOST.value)


def chained(structure, kind):
    """The structure of a kind in the chain that starts at `structure`, None where there is none."""
    wanted = kind()._type
    at = structure._next
    while at:
        one = kind.from_address(at)
        if one._type == wanted:
            return one
        at = one._next
    return None


def put(pointer, values):
    """Write floats to where a pointer points."""
    source = (ctypes.c_float * len(values))(*(float(v) for v in values))
    ctypes.memmove(pointer, source, ctypes.sizeof(source))


def made(out):
    """Answer a handle, as create functions do."""
    ctypes.memmove(out, ctypes.byref(ctypes.c_uint64(0x1234)), 8)
    return 0


def link(extensions, supports, **functions):
    """What the readers need of a Link.

    Parameters
    ----------
    extensions : iterable of str
        Enabled.
    supports : dict
        Kind of structure to the fields that the system fills in it.
    **functions
        The runtime's: each takes what its OpenXR function takes and answers an XrResult.
    """

    def system_properties(instance, system, properties):
        for kind, fields in supports.items():
            one = chained(properties.contents, kind)
            if one is not None:
                for name, value in fields.items():
                    setattr(one, name, value)
        return 0

    calls = SimpleNamespace()
    for name, function in {"xrGetSystemProperties": system_properties, **functions}.items():
        pointer = getattr(xr, f"PFN_{name}")(function)

        def call(*arguments, name=name, pointer=pointer):
            return check(name, pointer(*arguments))

        setattr(calls, name, call)
    return SimpleNamespace(
        instance=xr.Instance(), system=1, session=xr.Session(), calls=calls, extensions=frozenset(extensions)
    )
