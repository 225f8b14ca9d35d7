"""Frames at the runtime's pace, and without ever blocking longer than 100 ms.

Rule 1: xrWaitFrame is called from a thread of its own, one at a time, and only after the frame before was begun.
Rule 2: every frame that was waited for is begun and ended, also when nothing is drawn.
Rule 3: while no session runs, frames go on at 20 Hz by the machine's clock, and show nothing.
"""

import contextlib
import ctypes
import queue
import threading
import time
from collections import deque

import xr

from vrtrainer.human import frame as frames
from vrtrainer.human.frame import Frame
from vrtrainer.openxr import clock
from vrtrainer.openxr.calls import CallError

LONGEST = 0.095  # s that a wait may hold the loop up
IDLE_PERIOD = 0.05  # s a frame while no session runs
SILENT = 2.0  # s without an answer to xrWaitFrame, from which on the runtime is said not to answer


class Waiter:
    """The thread that calls xrWaitFrame for one session."""

    def __init__(self, calls, session):
        self._calls, self._session = calls, session
        self._asked, self._answers = queue.SimpleQueue(), queue.SimpleQueue()
        self.waiting = False
        """A wait has been asked for whose answer was not taken."""
        self.since = 0.0
        self._thread = threading.Thread(target=self._wait, name="xrWaitFrame", daemon=True)
        self._thread.start()

    def _wait(self):
        state, info = xr.FrameState(), xr.FrameWaitInfo()
        at, how = ctypes.byref(state), ctypes.byref(info)
        while self._asked.get():
            try:
                self._calls.xrWaitFrame(self._session, how, at)
            except CallError as error:
                self._answers.put(error)
            else:
                self._answers.put(
                    (state.predicted_display_time, state.predicted_display_period, bool(state.should_render))
                )

    def ask(self):
        """Begin to wait for the next frame."""
        self.waiting, self.since = True, time.monotonic()
        self._asked.put(True)

    def take(self, timeout):
        """(predicted display time, period, both in ns, whether to render), or None where none came in time.

        Raises
        ------
        CallError
        """
        try:
            answer = self._answers.get(timeout=max(timeout, 0.0))
        except queue.Empty:
            return None
        self.waiting = False
        if isinstance(answer, CallError):
            raise answer
        return answer

    def idle(self):
        """Whether no call hangs in the thread; an answer that nobody wants any more is thrown away."""
        if self.waiting:
            with contextlib.suppress(CallError):
                self.take(0.0)
        return not self.waiting

    def end(self):
        """No wait comes after this one."""
        self._asked.put(False)


class Pump:
    """The frames of a Link.

    Parameters
    ----------
    link : Link
    """

    def __init__(self, link):
        self._link = link
        self._begin = xr.FrameBeginInfo()
        self._end = xr.FrameEndInfo()
        self._at_begin, self._at_end = ctypes.byref(self._begin), ctypes.byref(self._end)
        self._last = 0.0
        self._index = 0
        self._open = None  # generation whose frame was waited for and not ended yet
        self._begun = False
        self._due = 0.0
        self.late = 0
        """Frames whose predicted time came more than one and a half periods after the one before."""
        self.late_when = deque(maxlen=64)
        """The indices of the last of them."""
        self._before = None
        self._period = IDLE_PERIOD

    def frames(self):
        """Frames, until the Link wants to end."""
        link = self._link
        while not link.wants_to_end:
            link.step()
            if link.waiter is None or link.stopping:
                yield self._asleep()
                continue
            waiter = link.waiter
            if not waiter.waiting and self._open is None:
                waiter.ask()
            answer = None
            if self._open is None:
                try:
                    answer = waiter.take(LONGEST)
                except CallError as error:
                    link.failed(error)
                    yield self._asleep()
                    continue
            if answer is None:
                link.silent = time.monotonic() - waiter.since > SILENT
                yield self._frame(clock.now(), self._period, 0, False)
                continue
            link.silent = False
            predicted, period, should_render = answer
            self._open = link.generation
            self._period = period * 1e-9
            self._end.display_time = predicted
            if self._before is not None and predicted - self._before > 1.5 * period:
                self.late += 1
                self.late_when.append(self._index)
            self._before = predicted
            try:
                seconds = link.clock.seconds(predicted, self._period)
            except CallError as error:
                link.failed(error)
                seconds, should_render = clock.now() + self._period, False
            yield self._frame(seconds, self._period, predicted, should_render and link.draws)
            if self._open is not None and not self._begun:
                # Whoever took the frame did not draw it: it is begun and ended all the same.
                self.begin()
                self.end(0, None)

    def _frame(self, seconds, period, xr_time, should_render):
        self._last = max(self._last, seconds)
        self._index += 1
        return Frame(self._index - 1, self._last, period, xr_time, should_render, self._link.frame_state)

    def _asleep(self):
        self._open, self._begun, self._before = None, False, None
        rest = self._due - time.monotonic()
        if rest > 0:
            time.sleep(min(rest, LONGEST))
        self._due = time.monotonic() + IDLE_PERIOD
        frame = self._frame(clock.now(), IDLE_PERIOD, 0, False)
        return Frame(frame.index, frame.time, frame.period, 0, False, frames.ASLEEP)

    def begin(self):
        """Begin the frame that was waited for. False where there is none to begin, or where that failed."""
        link = self._link
        if self._open is None or self._open != link.generation or link.session is None or link.stopping:
            self._open = None
            return False
        try:
            link.calls.xrBeginFrame(link.session, self._at_begin)
        except CallError as error:
            self._open = None
            link.failed(error)
            return False
        self._begun = True
        return True

    def end(self, count, layers):
        """End it with so many layers (a pointer to pointers to layers, None for none), and wait for the next."""
        link, opened = self._link, self._open
        self._open, self._begun = None, False
        if link.session is None or opened != link.generation:
            return  # what it was begun in was lost while it was drawn
        self._end.layer_count = count
        self._end._layers = layers
        self._end._environment_blend_mode = link.blend_mode
        try:
            link.calls.xrEndFrame(link.session, self._at_end)
        except CallError as error:
            link.failed(error)
            return
        if link.waiter is not None and not link.stopping:
            link.waiter.ask()

    @property
    def xr_time(self):
        """The predicted display time of the frame that is open, ns."""
        return self._end.display_time
