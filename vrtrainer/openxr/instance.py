"""An XrInstance with its system: made, asked what it offers, and destroyed. Everything about a session is in `link`.

Rule 1: making one may take long or wait for a runtime that starts; `link` therefore makes a second one in a thread.
Rule 2: what fails is a `HeadsetError` whose sentence says what to do.
"""

import contextlib
import ctypes

import xr
from xr import raw_functions

from vrtrainer.openxr.calls import CallError, Calls, check, name_of
from vrtrainer.openxr.clock import EXTENSION as CONVERTS
from vrtrainer.openxr.clock import Clock
from vrtrainer.openxr.runtime import HeadsetError

GRAPHICS = "XR_KHR_opengl_enable"
LOCAL_FLOOR = "XR_EXT_local_floor"
PRESENCE = "XR_EXT_user_presence"
HANDS = "XR_EXT_hand_tracking"
_STEREO = xr.ViewConfigurationType.PRIMARY_STEREO
_API = (1, 0, 34)  # what is needed of 1.1 is asked for as extensions, so that runtimes of 1.0 serve as well

_TOLD = {
    int(xr.Result.ERROR_RUNTIME_UNAVAILABLE): "runtime_not_running",
    int(xr.Result.ERROR_RUNTIME_FAILURE): "runtime_not_running",
    int(xr.Result.ERROR_INITIALIZATION_FAILED): "runtime_not_running",
    int(xr.Result.ERROR_FILE_ACCESS_ERROR): "runtime_not_running",
    int(xr.Result.ERROR_FILE_CONTENTS_INVALID): "runtime_not_running",
    int(xr.Result.ERROR_INSTANCE_LOST): "runtime_not_running",
    int(xr.Result.ERROR_API_VERSION_UNSUPPORTED): "runtime_too_old",
    int(xr.Result.ERROR_API_LAYER_NOT_PRESENT): "layer_missing",
    int(xr.Result.ERROR_EXTENSION_NOT_PRESENT): "extension_missing",
    int(xr.Result.ERROR_FORM_FACTOR_UNAVAILABLE): "no_headset",
    int(xr.Result.ERROR_FORM_FACTOR_UNSUPPORTED): "no_headset",
    int(xr.Result.ERROR_SYSTEM_INVALID): "no_headset",
    int(xr.Result.ERROR_LIMIT_REACHED): "runtime_busy",
    int(xr.Result.ERROR_GRAPHICS_DEVICE_INVALID): "gl_not_accepted",
    int(xr.Result.ERROR_GRAPHICS_REQUIREMENTS_CALL_MISSING): "gl_not_accepted",
}


def told(call, result, **values):
    """The `HeadsetError` of a failed call."""
    return HeadsetError(_TOLD.get(int(result), "call_failed"), call=call, what=name_of(int(result)), **values)


def result_of(error):
    """The XrResult, as an int, that an exception of pyopenxr stands for."""
    known = error.get_result_enum()
    return int(known if known is not None else xr.Result.ERROR_RUNTIME_FAILURE)


@contextlib.contextmanager
def explained(**values):
    """What pyopenxr or a `Calls` raises becomes a `HeadsetError`."""
    try:
        yield
    except CallError as error:
        raise told(error.call, error.result, **values) from error
    except xr.exception.XrException as error:
        raise told(type(error).__name__, result_of(error), **values) from error


def offered():
    """Names of the extensions that the runtime and implicit layers offer."""
    count = ctypes.c_uint32()
    enumerate_ = raw_functions.xrEnumerateInstanceExtensionProperties
    check("xrEnumerateInstanceExtensionProperties", int(enumerate_(None, 0, ctypes.byref(count), None)))
    found = (xr.ExtensionProperties * count.value)(*(xr.ExtensionProperties() for _ in range(count.value)))
    check("xrEnumerateInstanceExtensionProperties", int(enumerate_(None, count.value, ctypes.byref(count), found)))
    return {bytes(one.extension_name).decode() for one in found[: count.value]}


class Instance:
    """A runtime's instance and the headset's system.

    Parameters
    ----------
    wishes : Wishes
    layers : tuple of str
        Names of API layers to enable, beside those that XR_ENABLE_API_LAYERS names.
    extra : tuple of str
        Extensions that those layers bring.
    graphics : bool
        False makes an instance for sessions without pictures (XR_MND_headless).

    Raises
    ------
    HeadsetError
    """

    def __init__(self, wishes, layers=(), extra=(), graphics=True):
        self.handle = self.system = None
        with explained(name=""):
            there = offered() | set(extra)
        needed = (GRAPHICS,) if graphics else ("XR_MND_headless",)
        missing = [name for name in (*needed, *wishes.required) if name not in there]
        if missing:
            raise HeadsetError("extension_missing", name=", ".join(missing), call="", what="")
        asked = dict.fromkeys((*needed, *wishes.required))
        asked |= dict.fromkeys(n for n in (CONVERTS, LOCAL_FLOOR, PRESENCE, *wishes.optional) if n in there)
        self.extensions = frozenset(asked)
        info = xr.InstanceCreateInfo(
            application_info=xr.ApplicationInfo(
                application_name="vrtrainer", application_version=1, engine_name="vrtrainer", engine_version=1,
                api_version=xr.Version(*_API),
            ),
            enabled_api_layer_names=list(layers),
            enabled_extension_names=list(asked),
        )  # fmt: skip
        with explained(name=", ".join(layers)):
            self.handle = xr.create_instance(info)
        with contextlib.ExitStack() as undoing:
            undoing.callback(self.close)
            self._ask()
            undoing.pop_all()

    def _ask(self):
        self.calls = Calls(self.handle)
        self.clock = Clock(self.handle, self.calls, CONVERTS in self.extensions)
        with explained(name=""):
            properties = xr.get_instance_properties(self.handle)
            self.runtime = bytes(properties.runtime_name).rstrip(b"\0").decode(errors="replace")
            version = properties.runtime_version
            self.runtime_version = f"{version.major}.{version.minor}.{version.patch}"
            self.find_system()

    def find_system(self):
        """Look for the headset (again): it may have been plugged in meanwhile."""
        with explained(name=getattr(self, "runtime", "")):
            self.system = xr.get_system(self.handle, xr.SystemGetInfo(form_factor=xr.FormFactor.HEAD_MOUNTED_DISPLAY))
            properties = xr.SystemProperties()
            presence = xr.SystemUserPresencePropertiesEXT() if PRESENCE in self.extensions else None
            hands = xr.SystemHandTrackingPropertiesEXT() if HANDS in self.extensions else None
            last = properties
            for more in (presence, hands):
                if more is not None:
                    last.next = ctypes.cast(ctypes.pointer(more), ctypes.c_void_p)
                    last = more
            self.calls.xrGetSystemProperties(self.handle, self.system, ctypes.byref(properties))
            self.system_name = bytes(properties.system_name).rstrip(b"\0").decode(errors="replace")
            self.tells_presence = bool(presence is not None and presence.supports_user_presence)
            self.has_hands = bool(hands is not None and hands.supports_hand_tracking)
            self.tracks_position = bool(properties.tracking_properties.position_tracking)
            self.largest = (
                properties.graphics_properties.max_swapchain_image_width,
                properties.graphics_properties.max_swapchain_image_height,
            )
            configurations = xr.enumerate_view_configurations(self.handle, self.system)
            if int(_STEREO.value) not in [int(getattr(c, "value", c)) for c in configurations]:
                raise HeadsetError("no_stereo", name=self.system_name, call="", what="")
            self.views = tuple(
                (v.recommended_image_rect_width, v.recommended_image_rect_height, v.max_swapchain_sample_count)
                for v in xr.enumerate_view_configuration_views(self.handle, self.system, _STEREO)
            )
            modes = xr.enumerate_environment_blend_modes(self.handle, self.system, _STEREO)
            modes = [int(getattr(m, "value", m)) for m in modes]
            opaque = int(xr.EnvironmentBlendMode.OPAQUE.value)
            self.blend_mode = opaque if opaque in modes else modes[0]
            self.gl_needed = None
            if GRAPHICS in self.extensions:
                # Must be asked before a session is made, also where the answer does not matter.
                needs = xr.GraphicsRequirementsOpenGLKHR()
                self.calls.xrGetOpenGLGraphicsRequirementsKHR(self.handle, self.system, ctypes.byref(needs))
                lowest = xr.Version(needs._min_api_version_supported)
                self.gl_needed = (lowest.major, lowest.minor)

    def close(self):
        """Destroy it. No call of it may hang in another thread."""
        handle, self.handle = self.handle, None
        if handle is None:
            return
        with contextlib.suppress(xr.exception.XrException, CallError):
            xr.destroy_instance(handle)
        if hasattr(self, "calls"):
            self.calls.forget()
