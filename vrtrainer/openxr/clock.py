"""XrTime and the machine's monotonic clock, joined.

Rule 1: times leave here as seconds of `now()`: CLOCK_MONOTONIC, on Windows the performance counter.
Rule 2: what leaves here never goes back, also when a runtime restarts with another epoch.
Rule 3: the runtime is asked once a second of its time; between, its answer is carried on.
"""

import ctypes
import sys
import time

import xr

WINDOWS = sys.platform == "win32"
EXTENSION = "XR_KHR_win32_convert_performance_counter_time" if WINDOWS else "XR_KHR_convert_timespec_time"

_AGAIN = 1_000_000_000  # ns: two clocks of one machine drift apart by less than a tenth of a millisecond in that time

now = time.perf_counter if WINDOWS else time.monotonic
"""The clock that frames are timed by, in seconds."""


class Clock:
    """Converts an instance's XrTime.

    Parameters
    ----------
    instance : xr.Instance
    calls : Calls
    converts : bool
        Whether `EXTENSION` is enabled. Without it the offset is taken from the first frame, and is uncertain by up to
        two of its periods; `exact` says which.
    """

    def __init__(self, instance, calls, converts):
        self._instance, self._calls = instance, calls
        self.exact = converts
        self._offset = self._asked = None
        if not converts:
            return
        if WINDOWS:
            frequency = ctypes.c_int64()
            ctypes.windll.kernel32.QueryPerformanceFrequency(ctypes.byref(frequency))
            self._scale = 1.0 / frequency.value
            self._out = ctypes.c_int64()
        else:
            self._out = xr.timespec()
        self._at = ctypes.byref(self._out)

    def seconds(self, xr_time, period=0.0):
        """Seconds of `now()` at an XrTime.

        Parameters
        ----------
        xr_time : int
            Nanoseconds.
        period : float
            Of a frame, s; only used where times have to be guessed.
        """
        if not self.exact:
            if self._offset is None:
                self._offset = now() + 1.5 * period - xr_time * 1e-9  # shown one to two periods from its wait
            return xr_time * 1e-9 + self._offset
        if self._asked is None or abs(xr_time - self._asked) >= _AGAIN:
            self._offset, self._asked = self._told(xr_time) - xr_time * 1e-9, xr_time
        return xr_time * 1e-9 + self._offset

    def _told(self, xr_time):
        """What the runtime itself says."""
        if WINDOWS:
            self._calls.xrConvertTimeToWin32PerformanceCounterKHR(self._instance, xr_time, self._at)
            return self._out.value * self._scale
        self._calls.xrConvertTimeToTimespecTimeKHR(self._instance, xr_time, self._at)
        return self._out.tv_sec + self._out.tv_nsec * 1e-9

    def xr_now(self):
        """XrTime of this moment, 0 where the runtime does not convert."""
        if not self.exact:
            return 0
        out = xr.Time()
        if WINDOWS:
            count = ctypes.c_int64()
            ctypes.windll.kernel32.QueryPerformanceCounter(ctypes.byref(count))
            self._calls.xrConvertWin32PerformanceCounterToTimeKHR(
                self._instance, ctypes.byref(count), ctypes.byref(out)
            )
        else:
            seconds, rest = divmod(time.monotonic_ns(), 1_000_000_000)
            spec = xr.timespec(seconds, rest)
            self._calls.xrConvertTimespecTimeToTimeKHR(self._instance, ctypes.byref(spec), ctypes.byref(out))
        return out.value
