"""The one Link to a headset that tracker and display share: instance, session, spaces, and how they come and go.

Rule 1: session states are obeyed as the specification has them (10.4 Session Lifecycle): begun at READY, ended at
        STOPPING, destroyed at LOSS_PENDING and EXITING; frames are waited for only between begin and end.
Rule 2: what is lost is made again, for as long as it takes, without holding up the loop: a new session at once, a new
        instance in a thread. Each new session raises `generation`; who holds handles of the old one makes new ones.
Rule 3: nothing here knows what a trial is. `took` tells what happened, and the display says it to the session.
"""

import contextlib
import ctypes
import threading
import time

import xr

from vrtrainer.human import frame as frames
from vrtrainer.openxr import instance as instances
from vrtrainer.openxr.actions import Actions
from vrtrainer.openxr.calls import CallError, InstanceLostError, SessionLostError
from vrtrainer.openxr.pump import Waiter
from vrtrainer.openxr.runtime import HeadsetError
from vrtrainer.openxr.spaces import Spaces

_STATES = {state.value: state.name.lower() for state in xr.SessionState}
_RUNNING = ("synchronized", "visible", "focused")
_AGAIN = (0.3, 1.0, 2.0)  # s between tries to make anew what was lost
_HUNG = 2.0  # s after which a call that hangs in the runtime is given up
_WANTED_RATE = 90.0
_NO_EVENT = int(xr.Result.EVENT_UNAVAILABLE)
_ANY_EVENT = xr.StructureType.EVENT_DATA_BUFFER.value
_BENIGN = (int(xr.Result.ERROR_SESSION_NOT_RUNNING), int(xr.Result.ERROR_SESSION_NOT_READY))


class Link:
    """A headset's runtime, and the session that shows something in it.

    Parameters
    ----------
    wishes : Wishes
    layers : tuple of str
        API layers to enable.
    extra : tuple of str
        Extensions that those layers bring and that the loader does not list.
    graphics : bool
        False: a session without pictures (XR_MND_headless).
    rate : float
        Frames a second that are asked for where the headset offers several.

    Raises
    ------
    HeadsetError
        Where there is no runtime or no headset at the start. What is lost later is waited for.
    """

    def __init__(self, wishes, layers=(), extra=(), graphics=True, rate=_WANTED_RATE):
        self._how = (wishes, tuple(layers), tuple(extra), graphics)
        self._wishes, self._graphics, self._rate = wishes, graphics, rate
        self._instance = instances.Instance(*self._how)
        self.session = self.spaces = self.waiter = self.actions = None
        self.generation = 0
        """Raised by every session that is made."""
        self.state = "unknown"
        """Of the session, as the specification names it in lower case; "lost" while there is none to be had."""
        self.present = None
        """Whether somebody wears the headset, None where the runtime does not say."""
        self.wants_to_end = False
        self.draws = graphics
        self.silent = False
        """The runtime has not answered xrWaitFrame for long."""
        self.watcher = None
        """Told what is shown (`watcher(tableau)`): the simulated child looks with it. None with real headsets."""
        self.seen = None
        """What the tracker leaves for the display: hands for gloves, where somebody points. None before it looked."""
        self.boundary = None
        """Width and depth of the play area in metres, None where none is set up."""
        self.rates = ()
        """Frames a second that the headset offers, () where it does not say."""
        self.mask_changed = False
        self.recentre_due = True
        self._binding = None
        self._told = []
        self._trouble = ""
        self._dropping = None  # (since, whether the instance goes too)
        self._ending = None  # since when a STOPPING session waits for its last wait to return
        self._hung = []  # (waiter, session, instance) that a hanging call keeps from being destroyed
        self._making = None  # the thread that makes an instance, and what came of it
        self._tries, self._next = 0, 0.0
        self._buffer = xr.EventDataBuffer()
        self._at_buffer = ctypes.byref(self._buffer)
        self._events = self._handlers()
        self._centre_again = None  # XrTime at which the wearer's own recentring takes effect
        self._profiles = {}

    # What others read

    @property
    def instance(self):
        """The XrInstance handle, None while there is none."""
        return self._instance.handle if self._instance else None

    @property
    def system(self):
        """The XrSystemId."""
        return self._instance.system if self._instance else None

    @property
    def calls(self):
        """The instance's functions, as `Calls`."""
        return self._instance.calls

    @property
    def clock(self):
        """XrTime as seconds."""
        return self._instance.clock

    @property
    def extensions(self):
        """Names of the extensions that are enabled."""
        return self._instance.extensions

    @property
    def offers(self):
        """The `Instance` behind it: names, sizes of views, OpenGL version needed, what is tracked."""
        return self._instance

    @property
    def runtime(self):
        """The runtime's own name, "" while there is none."""
        return self._instance.runtime if self.instance else ""

    @property
    def blend_mode(self):
        """XrEnvironmentBlendMode of the frames."""
        return self._instance.blend_mode

    @property
    def space(self):
        """The space that everything is located in: floor at 0, the learner's first place and heading at its origin."""
        return self.spaces.base

    @property
    def frame_state(self):
        """What a session's frames are now: active, unfocused or asleep."""
        if self.present is False or self.state not in _RUNNING:
            return frames.ASLEEP
        if self.state == "focused":
            return frames.ACTIVE
        if self.state == "synchronized" and self.present is None:
            return frames.ASLEEP  # nobody sees it; without a sensor that is all that is known
        return frames.UNFOCUSED

    @property
    def stopping(self):
        """Whether the session is about to end or be destroyed: no more frames are begun in it."""
        return self._ending is not None or self._dropping is not None

    def took(self):
        """What happened since the last call, (name, values) of each."""
        if not self._told:
            return ()
        told, self._told = self._told, []
        return told

    def _tell(self, name, **values):
        self._told.append((name, values))

    # Sessions

    def start(self, binding=None):
        """Make the first session.

        Parameters
        ----------
        binding : ctypes structure
            XrGraphicsBindingOpenGL… of the context that is current now; kept for sessions to come.

        Raises
        ------
        HeadsetError
        """
        self._binding = binding
        try:
            self._open()
        except CallError as error:
            raise instances.told(error.call, error.result, name=self._instance.system_name) from error

    def _open(self):
        one = self._instance
        info = xr.SessionCreateInfo(system_id=one.system)
        if self._binding is not None:
            info.next = ctypes.cast(ctypes.pointer(self._binding), ctypes.c_void_p)
        session = xr.Session()
        one.calls.xrCreateSession(one.handle, ctypes.byref(info), ctypes.byref(session))
        try:
            self.spaces = Spaces(session, one.calls, instances.LOCAL_FLOOR in one.extensions)
            if self._wishes.actions:
                if self.actions is None:
                    self.actions = Actions(one.handle, one.calls, one.extensions)
                self.actions.attach(session)
            self.boundary = self.spaces.boundary()
        except xr.exception.XrException as error:
            with contextlib.suppress(CallError):
                one.calls.xrDestroySession(session)
            raise CallError("xrCreateReferenceSpace", instances.result_of(error)) from error
        except CallError:
            with contextlib.suppress(CallError):
                one.calls.xrDestroySession(session)
            raise
        self.session = session
        self.generation += 1
        self.state, self.present, self.recentre_due, self._centre_again = "idle", None, True, None
        self._events = self._handlers()
        self._tries = 0
        self._trouble = ""
        if self.generation > 1:
            self._tell("rebuilt", generation=self.generation)

    def _begin(self):
        info = xr.SessionBeginInfo(xr.ViewConfigurationType.PRIMARY_STEREO)
        self.calls.xrBeginSession(self.session, ctypes.byref(info))
        if self._graphics:
            self.waiter = Waiter(self.calls, self.session)
            self._choose_rate()

    def _choose_rate(self):
        """The rate asked for, or the nearest below it, or the lowest."""
        if "XR_FB_display_refresh_rate" not in self.extensions:
            return
        count = ctypes.c_uint32()
        try:
            ask = self.calls.xrEnumerateDisplayRefreshRatesFB
            ask(self.session, 0, ctypes.byref(count), None)
            rates = (ctypes.c_float * count.value)()
            ask(self.session, count.value, ctypes.byref(count), rates)
            self.rates = tuple(sorted(rates))
            if self.rates:
                below = [r for r in self.rates if r <= self._rate + 0.5]
                self.calls.xrRequestDisplayRefreshRateFB(self.session, below[-1] if below else self.rates[0])
        except CallError:
            pass  # a wish, and the headset keeps its own pace

    # Each frame

    def step(self):
        """Take the runtime's events and go on with what is being made anew. Never blocks."""
        if self._hung:
            self._bury()
        if self._dropping is not None:
            self._drop()
        elif self._instance is None or self._instance.handle is None:
            self._make_instance()
        elif self.session is None:
            self._make_session()
        else:
            self._end_if_stopping()
            self._poll()
            if self._centre_again is not None and self.session is not None:
                self._recentred_by_wearer()

    def _recentred_by_wearer(self):
        try:
            if self.clock.exact and self.clock.xr_now() < self._centre_again:
                return
            self._centre_again = None
            self.spaces.plain()
        except CallError as error:
            self.failed(error)
            return
        self.recentre_due = False
        self._tell("recentred", by="wearer")

    def failed(self, error):
        """A call of the frame path failed: what is lost is made anew."""
        if error.result in _BENIGN:
            return
        instance = isinstance(error, InstanceLostError)
        if not isinstance(error, SessionLostError) and not instance:
            self._tell("call_failed", call=error.call, what=str(error))
        self._lose("runtime_gone" if instance else "session_gone", instance=instance)

    def recentre(self, xr_time):
        """Put the origin under the learner's head, facing as it does. True once that was possible."""
        if not self.spaces.recentre(xr_time):
            return False
        self.recentre_due = False
        self._tell("recentred", by="session")
        return True

    def trouble(self):
        """Key of the sentence (`headset` in assets/language) that says what is the matter now, "" for nothing."""
        if self._trouble:
            return self._trouble
        if self.silent:
            return "runtime_silent"
        if self.frame_state == frames.UNFOCUSED:
            return "other_application"
        if self.frame_state == frames.ASLEEP:
            return "headset_off"
        return ""

    # Events

    def _handlers(self):
        def event(kind):
            return ctypes.cast(ctypes.pointer(self._buffer), ctypes.POINTER(kind)).contents

        types = xr.StructureType
        return {
            types.EVENT_DATA_SESSION_STATE_CHANGED.value: (event(xr.EventDataSessionStateChanged), self._state_changed),
            types.EVENT_DATA_INSTANCE_LOSS_PENDING.value: (event(xr.EventDataInstanceLossPending), self._instance_goes),
            types.EVENT_DATA_REFERENCE_SPACE_CHANGE_PENDING.value: (
                event(xr.EventDataReferenceSpaceChangePending), self._space_changes,
            ),
            types.EVENT_DATA_USER_PRESENCE_CHANGED_EXT.value: (
                event(xr.EventDataUserPresenceChangedEXT), self._presence_changed,
            ),
            types.EVENT_DATA_VISIBILITY_MASK_CHANGED_KHR.value: (
                event(xr.EventDataVisibilityMaskChangedKHR), self._mask_changed,
            ),
            types.EVENT_DATA_INTERACTION_PROFILE_CHANGED.value: (
                event(xr.EventDataInteractionProfileChanged), self._profile_changed,
            ),
            types.EVENT_DATA_EVENTS_LOST.value: (event(xr.EventDataEventsLost), self._events_lost),
        }  # fmt: skip

    def _poll(self):
        buffer = self._buffer
        for _ in range(64):  # a runtime that floods must not hold up the frame
            buffer._type = _ANY_EVENT
            buffer._next = None
            try:
                if self.calls.xrPollEvent(self._instance.handle, self._at_buffer) == _NO_EVENT:
                    return
                event, handler = self._events.get(buffer._type, (None, None))
                if handler is not None:
                    handler(event)
            except CallError as error:
                self.failed(error)
                return
            if self.session is None or self._dropping is not None:
                return

    def _own(self, event):
        return ctypes.cast(event.session, ctypes.c_void_p).value == ctypes.cast(self.session, ctypes.c_void_p).value

    def _state_changed(self, event):
        if not self._own(event):
            return
        self.state = _STATES.get(event._state, "unknown")
        self._tell("state", state=self.state)
        if self.state == "ready":
            self._begin()
        elif self.state == "stopping":
            self._ending = time.monotonic()
            self._end_if_stopping()
        elif self.state == "loss_pending":
            self._lose("session_gone", instance=False)
        elif self.state == "exiting":
            # Whoever wears it has closed the application from the runtime's own menu.
            self.wants_to_end = True
            self._lose("", instance=False)

    def _end_if_stopping(self):
        """xrEndSession once no wait hangs in the runtime any more."""
        if self._ending is None:
            return
        waiter = self.waiter
        if waiter is not None and not waiter.idle() and time.monotonic() - self._ending < _HUNG:
            return
        self._ending = None
        if waiter is not None:
            waiter.end()
            self.waiter = None
        try:
            self.calls.xrEndSession(self.session)
        except CallError as error:
            self.failed(error)

    def _instance_goes(self, event):
        self._lose("runtime_gone", instance=True)

    def _space_changes(self, event):
        if self.spaces is not None and event._reference_space_type == self.spaces.type.value:
            self._centre_again = event.change_time

    def _presence_changed(self, event):
        if self._own(event):
            came = bool(event.is_user_present)
            if came and self.present is False:
                self.recentre_due = True  # put on again: where they sit now is where it goes on
            self.present = came
            self._tell("presence", present=came)

    def _mask_changed(self, event):
        self.mask_changed = True

    def _profile_changed(self, event):
        if self.actions is not None and self.session is not None:
            self._profiles = self.actions.profiles(self.session)
            self._tell("profiles", **self._profiles)

    def _events_lost(self, event):
        self._tell("events_lost", count=event.lost_event_count)

    # Losing and making anew

    def _lose(self, why, instance):
        if self._dropping is not None:
            if instance and not self._dropping[1]:
                self._dropping = (self._dropping[0], True)
            return
        self.state = "lost"
        self._ending = None
        if why:
            self._trouble = why
            self._tell("lost", why=why, instance=instance)
        if self.waiter is not None:
            self.waiter.end()
        self._dropping = (time.monotonic(), instance)
        self._drop()

    def _drop(self):
        """Destroy the session, once no call of it hangs; a runtime that hangs for long is left behind."""
        since, instance = self._dropping
        waiter = self.waiter
        hangs = waiter is not None and not waiter.idle()
        if hangs and time.monotonic() - since < _HUNG:
            return
        session, self.session, self.waiter, self._dropping = self.session, None, None, None
        if hangs:
            # Nothing of it may be destroyed while the call hangs. The loader allows no second instance meanwhile: that
            # is tried again and again, and works once the runtime has let go, or has ended.
            self._hung.append((waiter, session, self._instance))
            self._instance, self.actions = None, None
        else:
            if session is not None:
                with contextlib.suppress(CallError):
                    self._instance.calls.xrDestroySession(session)
            if instance:
                self.actions = None
                self._instance.close()
        self._tries, self._next = 0, time.monotonic()

    def _bury(self):
        """Destroy what was left behind, once its call has come back."""
        for waiter, session, instance in [one for one in self._hung if one[0].idle()]:
            with contextlib.suppress(CallError):
                instance.calls.xrDestroySession(session)
            instance.close()
            self._hung = [one for one in self._hung if one[0] is not waiter]

    def _again(self):
        self._next = time.monotonic() + _AGAIN[min(self._tries, len(_AGAIN) - 1)]
        self._tries += 1

    def _make_instance(self):
        if self._making is None:
            if time.monotonic() < self._next or self.wants_to_end:
                return
            made = []

            def make():
                try:
                    made.append(instances.Instance(*self._how))
                except HeadsetError as error:
                    made.append(error)

            thread = threading.Thread(target=make, name="xrCreateInstance", daemon=True)
            self._making = (thread, made)
            thread.start()
            return
        thread, made = self._making
        if thread.is_alive():
            return
        self._making = None
        # Nothing made and nothing raised: the binding itself failed, which is told as a runtime that is gone.
        came = made[0] if made else HeadsetError("runtime_gone")
        if isinstance(came, HeadsetError):
            self._tell("not_made", why=str(came))
            self._trouble = came.key if came.key in ("no_headset", "runtime_busy") else "runtime_gone"
            self._again()
            return
        self._instance = came
        self._next = 0.0

    def _make_session(self):
        if time.monotonic() < self._next or self.wants_to_end:
            return
        try:
            if self._tries:
                self._instance.find_system()
            self._open()
        except InstanceLostError:
            self._lose("runtime_gone", instance=True)
        except HeadsetError as error:
            if error.key == "runtime_not_running":
                self._lose("runtime_gone", instance=True)
            else:
                self._trouble = error.key
                self._again()
        except CallError as error:
            self._tell("call_failed", call=error.call, what=str(error))
            self._again()
            if self._tries > 5:
                self._lose("runtime_gone", instance=True)

    def leave(self):
        """Ask the runtime to end the session in good order; it answers with STOPPING and EXITING."""
        if self.session is None or self.state not in _RUNNING:
            return False
        try:
            self.calls.xrRequestExitSession(self.session)
        except CallError:
            return False
        return True

    def close(self):
        """Destroy session and instance. May be called at any moment, also twice."""
        self.wants_to_end = True
        waiter, session = self.waiter, self.session
        self.waiter = self.session = None
        hangs = False
        if waiter is not None:
            waiter.end()
            until = time.monotonic() + 1.0
            while not waiter.idle() and time.monotonic() < until:
                time.sleep(0.005)
            hangs = not waiter.idle()
        if self._making is not None:
            self._making[0].join(5.0)
            made = self._making[1]
            if made and isinstance(made[0], instances.Instance):
                made[0].close()
            self._making = None
        if self._instance is None or self._instance.handle is None:
            return
        if session is not None and not hangs:
            with contextlib.suppress(CallError):
                self._instance.calls.xrDestroySession(session)
        if not hangs:
            self._instance.close()
