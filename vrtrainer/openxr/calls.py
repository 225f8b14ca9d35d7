"""OpenXR functions of one instance, each looked up once, and what their failures mean.

Rule 1: pyopenxr's own wrappers of extension functions look the function up at every call and allocate; the frame path
        calls the function itself with structures that were made once.
Rule 2: a failure is a `CallError` that names the function and the code; losses have classes of their own.
"""

import ctypes

import xr
from xr import raw_functions


class CallError(RuntimeError):
    """An OpenXR function answered an error: `call` is its name, `result` the XrResult."""

    def __init__(self, call, result):
        self.call, self.result = call, result
        super().__init__(f"{call} answered {name_of(result)}")


class SessionLostError(CallError):
    """The session is gone, the instance is not."""


class InstanceLostError(CallError):
    """The instance is gone: the runtime ended, restarted or broke off."""


_LOST = {
    int(xr.Result.ERROR_SESSION_LOST): SessionLostError,
    int(xr.Result.ERROR_INSTANCE_LOST): InstanceLostError,
    # Monado's client answers this when its service is gone, before it knows that the instance is lost.
    int(xr.Result.ERROR_RUNTIME_FAILURE): InstanceLostError,
    int(xr.Result.ERROR_RUNTIME_UNAVAILABLE): InstanceLostError,
}


def name_of(result):
    """An XrResult as the specification spells it.

    Examples
    --------
    >>> name_of(-13)
    'XR_ERROR_INSTANCE_LOST'
    """
    try:
        return f"XR_{xr.Result(result).name}"
    except ValueError:
        return f"XrResult {result}"


def check(call, result):
    """The result of a call, raised where it is an error (negative)."""
    if result < 0:
        raise _LOST.get(result, CallError)(call, result)
    return result


class Calls:
    """The functions of an instance as attributes: `calls.xrWaitFrame(session, info, state)`.

    Each raises `CallError` for an error and answers the XrResult (an int ≥ 0) otherwise. Structures are passed as
    pointers (`ctypes.byref`).
    """

    def __init__(self, instance):
        self._instance = instance

    def __getattr__(self, name):
        # Only the first time: after it the function is an attribute.
        if not name.startswith("xr"):
            raise AttributeError(name)
        if self._instance is None:
            raise InstanceLostError(name, int(xr.Result.ERROR_INSTANCE_LOST))
        address = xr.PFN_xrVoidFunction()
        result = raw_functions.xrGetInstanceProcAddr(self._instance, name.encode(), ctypes.byref(address))
        check(f"xrGetInstanceProcAddr({name})", int(result))
        function = ctypes.cast(address, getattr(xr, f"PFN_{name}"))

        def call(*arguments):
            result = function(*arguments)
            if result < 0:
                check(name, result)
            return result

        setattr(self, name, call)
        return call

    def forget(self):
        """The instance is destroyed, and its library may be gone from memory: no function is called any more."""
        self._instance = None
        for name in [name for name in vars(self) if name.startswith("xr")]:
            delattr(self, name)
