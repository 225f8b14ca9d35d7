"""The simulated child behind the real loader: an OpenXR API layer in the application's process, answering off a cable.

Rule 1: what the child has (hands, face, body, gaze, buttons, presence) is answered here while the cable is live; all
        else goes to the runtime below, and with a dead cable everything does.
Rule 2: extensions that the runtime lacks are taken out of what it is asked for, never out of the caller's own list.
Rule 3: an order off the cable is carried out once; `status` says how far that is, also to the next application.
Rule 4: every function that the application asks for goes through here, so that any call can be late or fail.

Orders (`do` and what it needs):

    fault          call, result (as "ERROR_SESSION_LOST"), times, delay_s; SUCCESS is only late
    state          name: focused, visible, synchronized, stopping, exiting, loss_pending
    instance_loss  the event, and from then on every call answers INSTANCE_LOST
    recentre       position (x, z), yaw: where the floor's middle is from now on
    profile        the event that the interaction profile changed
"""

import atexit
import ctypes
import json
import os
import shutil
import tempfile
import threading
import time
from pathlib import Path

import xr
from xr.api_layer.dynamic_api_layer_base import DynamicApiLayerBase

from vrtrainer.links.monado import memory
from vrtrainer.links.monado.answers import ANSWERED, Answers
from vrtrainer.links.monado.cable import Cable
from vrtrainer.links.monado.session import Session, raw_event

NAME = "XR_APILAYER_VRTRAINER_simulated_child"
EXTENSIONS = (
    "XR_FB_face_tracking2",
    "XR_ANDROID_face_tracking",
    "XR_FB_body_tracking",
    "XR_EXT_user_presence",
    "XR_EXT_hand_tracking_data_source",
    "XR_EXT_eye_gaze_interaction",
)
"""What the application may enable beyond what the runtime offers."""
_VERSIONS = {"XR_ANDROID_face_tracking": 1, "XR_EXT_eye_gaze_interaction": 2}

# What answers although the session is lost: everything that is of the instance.
_OF_INSTANCE = frozenset(
    (
        "xrPollEvent", "xrGetSystem", "xrGetSystemProperties", "xrGetInstanceProperties", "xrStringToPath",
        "xrPathToString", "xrResultToString", "xrStructureTypeToString", "xrEnumerateEnvironmentBlendModes",
        "xrEnumerateViewConfigurations", "xrGetViewConfigurationProperties", "xrEnumerateViewConfigurationViews",
        "xrCreateSession", "xrCreateActionSet", "xrCreateAction", "xrSuggestInteractionProfileBindings",
        "xrGetOpenGLGraphicsRequirementsKHR", "xrConvertTimespecTimeToTimeKHR", "xrConvertTimeToTimespecTimeKHR",
        "xrConvertWin32PerformanceCounterToTimeKHR", "xrConvertTimeToWin32PerformanceCounterKHR",
    )
)  # fmt: skip
_INFO = memory.offsets(xr.InstanceCreateInfo)
_INSTANCE_LOST = int(xr.Result.ERROR_INSTANCE_LOST)
_HANDLE_INVALID = int(xr.Result.ERROR_HANDLE_INVALID)
_SESSION_LOST = int(xr.Result.ERROR_SESSION_LOST)
_PROC_ADDR = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
_CREATE = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
_INSTALLED = {}  # the loader keeps one layer of a name for the life of the process


def install(cable_path, offers=EXTENSIONS):
    """Make the simulated child known to the loader; call before the instance is made.

    Parameters
    ----------
    cable_path : Path
        As the environment variable `cable.VARIABLE` names it.
    offers : sequence of str
        Which of `EXTENSIONS` this child's headset has.

    Returns
    -------
    Layer
        `layer.name` goes into enabled_api_layer_names; `layer.offers` may be enabled.
    """
    layer = _INSTALLED.get(NAME)
    if layer is None:
        layer = _INSTALLED[NAME] = Layer()
    layer.attach(Cable(cable_path), tuple(offers))
    return layer


class _Fault:
    def __init__(self, order):
        self.result = int(xr.Result[order.get("result", "SUCCESS")])
        self.times = int(order.get("times", 1))
        self.delay = float(order.get("delay_s", 0.0))


class Layer(DynamicApiLayerBase):
    """See `install`; one at a time, for any number of instances one after the other."""

    def __init__(self):
        self._folder = Path(tempfile.mkdtemp(prefix="vrtrainer-layer-"))
        atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
        super().__init__(NAME, "a simulated child wears the headset", str(self._folder / "layer"))
        self._manifest = Path(self.json_path) / f"{NAME}.json"
        self._proc_addr = _PROC_ADDR(self._get_instance_proc_addr)
        self._create = _CREATE(self._create_instance)
        self._lock = threading.RLock()
        self._kept = []  # trampolines: a layer above may hold them longer than an instance lives
        self.cable = None
        self.offers = ()
        self._turn = None
        self._blank()

    def attach(self, cable, offers):
        """Plug in another cable; the next instance is offered these extensions."""
        if self.cable is not None:
            self.cable.close()
        self.cable = cable
        self.offers = offers
        self._turn = None
        table = json.loads(self._manifest.read_text(encoding="utf-8"))
        table["api_layer"]["instance_extensions"] = [
            {"name": name, "extension_version": str(_VERSIONS.get(name, 1))} for name in offers
        ]
        self._manifest.write_text(json.dumps(table, indent=4), encoding="utf-8")
        self._faults = {}
        self._cable_status()["pid"] = os.getpid()
        cable.status.write()

    def _cable_status(self):
        self.cable.status.read()
        return self.cable.status.now

    def _blank(self):
        """As it is without an instance."""
        self.enabled = frozenset()
        self.gone = False  # the instance is lost
        self.events = []  # raw bytes of events, oldest first
        self.session = None
        self.ceiling = "focused"
        self.instance = 0
        self._down = {}
        self._functions = {}
        self._next_proc_addr = None
        self._faults = {}
        self._answers = None

    # What the loader asks

    def negotiate_loader_api_layer_interface(self, loader_info, layer_name, request):
        request.layer_interface_version = xr.CURRENT_LOADER_API_LAYER_VERSION
        request.layer_api_version = xr.XR_CURRENT_API_VERSION
        # The binding's types of these two carry objects; ours carry numbers.
        for field, function in (
            ("get_instance_proc_addr", self._proc_addr),
            ("create_api_layer_instance", self._create),
        ):
            place = ctypes.addressof(request) + getattr(type(request), field).offset
            memory.put_word(place, ctypes.cast(function, ctypes.c_void_p).value)
        return xr.Result.SUCCESS

    def _create_instance(self, info, layer_info, instance):
        faults = self._faults
        self._blank()
        self._faults = faults
        self._take_orders()
        answer = self._faulted("xrCreateInstance")
        if answer is not None and answer < 0:
            return answer
        loader = xr.ApiLayerCreateInfo.from_address(layer_info)
        here = loader.next_info.contents
        place = ctypes.addressof(here)
        self._next_proc_addr = _PROC_ADDR(memory.word(place + type(here).next_get_instance_proc_addr.offset))
        create = _CREATE(memory.word(place + type(here).next_create_api_layer_instance.offset))
        asked = xr.InstanceCreateInfo.from_address(info)
        names = [asked._enabled_extension_names[i] for i in range(asked.enabled_extension_count)]
        self.enabled = frozenset(name.decode() for name in names)
        keep = [name for name in names if name.decode() not in EXTENSIONS]
        # Copies, which the caller's lists outlive: a validation layer above goes on reading those.
        copy = (ctypes.c_char * ctypes.sizeof(xr.InstanceCreateInfo)).from_buffer_copy(
            (ctypes.c_char * ctypes.sizeof(xr.InstanceCreateInfo)).from_address(info)
        )
        array = (ctypes.c_char_p * max(len(keep), 1))(*keep)
        at = ctypes.addressof(copy)
        memory.put_half(at + _INFO["enabled_extension_count"], len(keep))
        memory.put_word(at + _INFO["enabled_extension_names"], ctypes.addressof(array) if keep else 0)
        below = xr.ApiLayerCreateInfo()
        ctypes.memmove(ctypes.byref(below), layer_info, ctypes.sizeof(below))
        below.next_info = here.next
        result = create(at, ctypes.addressof(below), instance)
        if result >= 0:
            self.instance = memory.word(instance)
            self._answers = Answers(self)
            status = self._cable_status()
            status["instances"] += 1
            status["session"] = 0
            self.cable.status.write()
        return result

    def _get_instance_proc_addr(self, instance, name, function):
        if self._next_proc_addr is None:
            return _INSTANCE_LOST
        text = name.decode()
        made = self._functions.get(text) or self._trampoline(instance, name, text)
        if made is None:
            return self._next_proc_addr(instance, name, function)
        memory.put_word(function, ctypes.cast(made, ctypes.c_void_p).value)
        return 0

    def _trampoline(self, instance, name, text):
        kind = memory.signature(text)
        if kind is None:
            return None
        if text == "xrGetInstanceProcAddr":
            made = self._proc_addr
        else:
            own = getattr(self._answers, text, None) if self._answers is not None else None
            down = self.down(text)
            if down is None and (own is None or ANSWERED.get(text) not in self.enabled):
                return None

            def call(*arguments):
                return self._through(text, own, down, arguments)

            made = kind(call)
        self._functions[text] = made
        self._kept.append(made)
        return made

    def down(self, name):
        """A function of the layer or runtime below, None if there is none."""
        if name not in self._down:
            address = ctypes.c_uint64()
            result = self._next_proc_addr(self.instance, name.encode(), ctypes.addressof(address))
            self._down[name] = memory.signature(name)(address.value) if result >= 0 and address.value else None
        return self._down[name]

    # Every call

    def _through(self, name, own, down, arguments):
        if self.cable.orders.news:
            self._take_orders()
        replaced = None
        if name in self._faults:
            replaced = self._faulted(name)
            if replaced is not None and replaced < 0:
                return replaced
        if not name.startswith("xrDestroy"):
            if self.gone and name != "xrPollEvent":
                return _INSTANCE_LOST
            if self.session is not None and name not in _OF_INSTANCE and self.session.states.lost(time.monotonic()):
                return _SESSION_LOST
        if own is not None and (self.session is not None or name in _OF_INSTANCE or name.startswith("xrDestroy")):
            result = own(*arguments)
        else:
            result = down(*arguments) if down is not None else _HANDLE_INVALID
        return replaced if replaced and result == 0 else result

    def _faulted(self, name):
        """The result that an order puts in the place of a call's own, None for none; waits where it is to be late."""
        with self._lock:
            fault = self._faults.get(name)
            if fault is None:
                return None
            fault.times -= 1
            if fault.times <= 0:
                del self._faults[name]
        if fault.delay:
            time.sleep(fault.delay)
        return fault.result or None

    # Orders

    def _take_orders(self):
        # xrWaitFrame may come from a thread of its own, and an order is carried out once.
        with self._lock:
            self._take_orders_locked()

    def _take_orders_locked(self):
        orders = self.cable.orders.read([])
        status = self._cable_status()
        taken = int(status["taken"])
        for order in orders:
            if order["id"] > taken:
                getattr(self, f"_do_{order['do']}")(order)
                taken = order["id"]
        if taken != int(status["taken"]):
            status["taken"] = taken
            self.cable.status.write()

    def _do_fault(self, order):
        self._faults[order["call"]] = _Fault(order)

    def _do_state(self, order):
        name = order["name"]
        self.ceiling = "focused" if name in ("exiting", "loss_pending") else name
        if self.session is not None:
            self.session.states.order(name, time.monotonic())

    def _do_instance_loss(self, order):
        if self._next_proc_addr is not None:
            self.events.append(raw_event(xr.EventDataInstanceLossPending(loss_time=time.monotonic_ns())))
            self.gone = True

    def _do_recentre(self, order):
        if self.session is not None:
            self.session.recentre(order["position"], order["yaw"])

    def _do_profile(self, order):
        if self.session is not None:
            self.events.append(raw_event(xr.EventDataInteractionProfileChanged(session=self.session.pointer)))

    # Back up the cable

    def sign_of_life(self, frames=0):
        with self._lock:
            status = self._cable_status()
            status["time"] = time.monotonic()
            status["frames"] += frames
            status["session"] = self.session.states.shown if self.session is not None else 0
            self.cable.status.write()

    def sees(self, shown, frame_time=None):
        """Let the child see a tableau: whose turn it is, and how the avatar stands.

        Parameters
        ----------
        shown : Tableau
        frame_time : float, optional
            The frame's, on the clock of the turn's onset; without it that clock is CLOCK_MONOTONIC.
        """
        if shown.turn is not self._turn:
            if self._turn is None or shown.turn != self._turn:
                turn = shown.turn
                self.cable.turn.write({name: getattr(turn, name) for name in type(turn).__slots__})
            self._turn = shown.turn
        figure = next((f for f in shown.figures if not f.ghost), None)
        now = self.cable.shown.now
        now["at"] = time.monotonic()
        now["frame_time"] = now["at"] if frame_time is None else frame_time
        now["there"] = figure is not None
        if figure is not None:
            now["rotations"], now["hips"], now["face"] = figure.pose.rotations, figure.pose.hips, figure.pose.face
        self.cable.shown.write()

    # For the session and the answers

    def open_session(self, handle, headless):
        self.session = Session(self, handle, headless)

    def close_session(self):
        self.session = None

    def end_instance(self):
        """The instance is destroyed; functions stay callable until the next is made."""
        self.session = None
        self.gone = False
        if self.cable is not None:
            self._cable_status()["session"] = 0
            self.cable.status.write()
