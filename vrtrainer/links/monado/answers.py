"""What the layer answers itself, one method a function, under the function's own name; all else goes down as it came.

Arguments arrive as numbers: handles, and addresses of structures (`memory`).
"""

import ctypes
import time

import numpy as np
import xr

from vrtrainer.human import rotations
from vrtrainer.links.monado import cable as cables
from vrtrainer.links.monado import memory
from vrtrainer.links.monado.bodies import Bodies
from vrtrainer.links.monado.session import placed
from vrtrainer.links.monado.states import FOCUSED, STOPPING, SYNCHRONIZED

ANSWERED = {
    "xrCreateFaceTracker2FB": "XR_FB_face_tracking2",
    "xrDestroyFaceTracker2FB": "XR_FB_face_tracking2",
    "xrGetFaceExpressionWeights2FB": "XR_FB_face_tracking2",
    "xrCreateFaceTrackerANDROID": "XR_ANDROID_face_tracking",
    "xrDestroyFaceTrackerANDROID": "XR_ANDROID_face_tracking",
    "xrGetFaceStateANDROID": "XR_ANDROID_face_tracking",
    "xrGetFaceCalibrationStateANDROID": "XR_ANDROID_face_tracking",
    "xrCreateBodyTrackerFB": "XR_FB_body_tracking",
    "xrDestroyBodyTrackerFB": "XR_FB_body_tracking",
    "xrLocateBodyJointsFB": "XR_FB_body_tracking",
    "xrGetBodySkeletonFB": "XR_FB_body_tracking",
}
"""Functions that no runtime below need have, and the extension that brings each."""
LIVE_SECONDS = 0.5  # a cable that was not written for longer has no child at its end

_TYPES = xr.StructureType
_BINDINGS = frozenset(int(t) for t in _TYPES if t.name.startswith("GRAPHICS_BINDING"))
_SYSTEM = {
    int(_TYPES.SYSTEM_FACE_TRACKING_PROPERTIES2_FB): xr.SystemFaceTrackingProperties2FB,
    int(_TYPES.SYSTEM_FACE_TRACKING_PROPERTIES_ANDROID): xr.SystemFaceTrackingPropertiesANDROID,
    int(_TYPES.SYSTEM_BODY_TRACKING_PROPERTIES_FB): xr.SystemBodyTrackingPropertiesFB,
    int(_TYPES.SYSTEM_USER_PRESENCE_PROPERTIES_EXT): xr.SystemUserPresencePropertiesEXT,
    int(_TYPES.SYSTEM_EYE_GAZE_INTERACTION_PROPERTIES_EXT): xr.SystemEyeGazeInteractionPropertiesEXT,
}
_SOURCE_INFO = int(_TYPES.HAND_TRACKING_DATA_SOURCE_INFO_EXT)
_SOURCE_STATE = int(_TYPES.HAND_TRACKING_DATA_SOURCE_STATE_EXT)
_VELOCITIES = int(_TYPES.HAND_JOINT_VELOCITIES_EXT)
_GAZE_TIME = int(_TYPES.EYE_GAZE_SAMPLE_TIME_EXT)
_NOT_FOCUSED = int(xr.Result.SESSION_NOT_FOCUSED)
_NOT_RUNNING = int(xr.Result.ERROR_SESSION_NOT_RUNNING)
_EVENT_UNAVAILABLE = int(xr.Result.EVENT_UNAVAILABLE)
_STATE_CHANGED = int(_TYPES.EVENT_DATA_SESSION_STATE_CHANGED)
_EYE_GAZE_PROFILE = "/interaction_profiles/ext/eye_gaze_interaction"
_SIDE = {"/user/hand/left": (0,), "/user/hand/right": (1,)}

_STATE_EVENT = memory.offsets(xr.EventDataSessionStateChanged)
_HAND_INFO = memory.offsets(xr.HandTrackerCreateInfoEXT)
_HAND_LOCATE = memory.offsets(xr.HandJointsLocateInfoEXT)
_HAND_OUT = memory.offsets(xr.HandJointLocationsEXT)
_VELOCITIES_OUT = memory.offsets(xr.HandJointVelocitiesEXT)
_SOURCE_OUT = memory.offsets(xr.HandTrackingDataSourceStateEXT)


_ACTION = memory.offsets(xr.ActionCreateInfo)
_ACTION_SPACE = memory.offsets(xr.ActionSpaceCreateInfo)
_GET = memory.offsets(xr.ActionStateGetInfo)
_BOOLEAN = memory.offsets(xr.ActionStateBoolean)
_POSE_STATE = memory.offsets(xr.ActionStatePose)
_SUGGESTED = memory.offsets(xr.InteractionProfileSuggestedBinding)
_LOCATION = memory.offsets(xr.SpaceLocation)
_GAZE_OUT = memory.offsets(xr.EyeGazeSampleTimeEXT)
_VIEW_INFO = memory.offsets(xr.ViewLocateInfo)
_VIEW_STATE = memory.offsets(xr.ViewState)
_FRAME_STATE = memory.offsets(xr.FrameState)
_FRAME_END = memory.offsets(xr.FrameEndInfo)
_LAYER_SPACE = memory.offsets(xr.CompositionLayerBaseHeader)["space"]

_JOINT = np.dtype([("flags", "<u8"), ("pose", "<f4", 7), ("radius", "<f4")])


class Answers(Bodies):
    """For one instance."""

    def __init__(self, layer):
        super().__init__()
        self._layer = layer
        self._down = layer.down
        self._state = layer.cable.state
        self._hands = {}  # hand tracker: 0 left, 1 right
        self._actions = {}  # action: its name
        self._gaze_spaces = set()
        self._paths = {0: (0, 1)}  # subaction path: which hands
        self._pressed = np.zeros((2, len(cables.BUTTONS)), bool)
        self._changed = np.zeros((2, len(cables.BUTTONS)), bool)
        self._changed_at = np.ones((2, len(cables.BUTTONS)), np.int64)
        self._joints = np.zeros(26, _JOINT)

    def live(self):
        """Brings the cable's state up to date; whether there is a child at its end."""
        self._state.read()
        return time.monotonic() - self._state.now["time"] < LIVE_SECONDS

    # Instance

    def xrDestroyInstance(self, instance):  # noqa: N802  the specification's names
        result = self._down("xrDestroyInstance")(instance)
        self._layer.end_instance()
        return result

    def xrGetSystemProperties(self, instance, system, out):  # noqa: N802
        mine = [(kind, address) for kind, address in memory.chain(out) if kind in _SYSTEM]
        with memory.without(out, _SYSTEM):
            result = self._down("xrGetSystemProperties")(instance, system, out)
        for kind, address in mine:
            for name, place in memory.offsets(_SYSTEM[kind]).items():
                if name.startswith("supports"):
                    # The camera sees the face; sound alone does not move it here.
                    memory.put_half(address + place, name != "supports_audio_face_tracking")
        return result

    def xrPollEvent(self, instance, out):  # noqa: N802
        layer = self._layer
        session = layer.session
        live = self.live()
        if session is not None and not session.states.lost(time.monotonic()):
            session.announce(live)
        layer.sign_of_life()
        while not layer.events:
            if layer.gone:
                return int(xr.Result.ERROR_INSTANCE_LOST)
            result = self._down("xrPollEvent")(instance, out)
            if result != 0 or session is None or memory.half(out) != _STATE_CHANGED:
                return result
            if memory.word(out + _STATE_EVENT["session"]) != session.handle:
                return result
            if session.states.told(memory.half(out + _STATE_EVENT["state"])):
                return result
            session.announce(live)
            # The buffer was written; a caller that is told "no event" may read it all the same.
            memory.put_half(out, int(_TYPES.EVENT_DATA_BUFFER))
        event = layer.events.pop(0)
        ctypes.memmove(out, event, len(event))
        return 0

    # Session and frames

    def xrCreateSession(self, instance, info, out):  # noqa: N802
        result = self._down("xrCreateSession")(instance, info, out)
        if result >= 0:
            headless = not any(kind in _BINDINGS for kind, _ in memory.chain(info))
            self._layer.open_session(memory.word(out), headless)
        return result

    def xrDestroySession(self, session):  # noqa: N802
        if self._layer.session is not None:
            self._layer.session.release()
        result = self._down("xrDestroySession")(session)
        self._hands.clear()
        self._gaze_spaces.clear()
        self._layer.close_session()
        return result

    def xrBeginSession(self, session, info):  # noqa: N802
        now = self._layer.session
        result = self._down("xrBeginSession")(session, info) if now.states.began() else 0
        if result >= 0:
            # XR_EXT_user_presence: told at every beginning, then at every change while the session runs.
            now.running, now.present = True, None
        return result

    def xrEndSession(self, session):  # noqa: N802
        now = self._layer.session
        now.running = False
        if now.states.shown != STOPPING:
            return self._down("xrEndSession")(session)
        if now.states.ended():
            return self._down("xrEndSession")(session)
        self._finish_frame(session)
        # A wait that hangs in another thread may still come back with a frame that nobody wants any more.
        now.stale = True
        return 0

    def _finish_frame(self, session):
        """Leave the runtime's session, which runs on, with no frame half done: else its next wait would never end."""
        now = self._layer.session
        if now.waited and not now.begun:
            self._down("xrBeginFrame")(session, None)
            now.begun = True
        if now.begun:
            empty = xr.FrameEndInfo(
                display_time=now.display_time, environment_blend_mode=xr.EnvironmentBlendMode.OPAQUE
            )
            self._down("xrEndFrame")(session, ctypes.addressof(empty))
        now.waited = now.begun = now.stale = False

    def xrRequestExitSession(self, session):  # noqa: N802
        states = self._layer.session.states
        if not states.runs:
            return _NOT_RUNNING
        if not states.simulated:
            return self._down("xrRequestExitSession")(session)
        states.order("exiting", time.monotonic())
        return 0

    def xrWaitFrame(self, session, info, out):  # noqa: N802
        now = self._layer.session
        if now.states.simulated and not now.states.runs:
            return _NOT_RUNNING
        if now.stale:
            self._finish_frame(session)
        result = self._down("xrWaitFrame")(session, info, out)
        if result >= 0:
            now.waited = True
            now.display_time = memory.word(out + _FRAME_STATE["predicted_display_time"])
            if now.states.simulated and now.states.shown <= SYNCHRONIZED:
                memory.put_half(out + _FRAME_STATE["should_render"], 0)
        return result

    def xrBeginFrame(self, session, info):  # noqa: N802
        now = self._layer.session
        if now.states.simulated and not now.states.runs:
            return _NOT_RUNNING
        result = self._down("xrBeginFrame")(session, info)
        if result >= 0:
            now.waited, now.begun = False, True
        return result

    def xrEndFrame(self, session, info):  # noqa: N802
        now = self._layer.session
        if now.states.simulated and not now.states.runs:
            return _NOT_RUNNING
        swapped = self._swapped_spaces(now, info)
        result = self._down("xrEndFrame")(session, info)
        for place, space in swapped:
            memory.put_word(place, space)
        if result >= 0:
            now.begun = False
            now.states.frame()
            self._layer.sign_of_life(frames=1)
        return result

    @staticmethod
    def _swapped_spaces(session, info):
        """Put the spaces below into the layers of a frame, for the time of the call; answers what to put back."""
        array, out = memory.word(info + _FRAME_END["layers"]), []
        for i in range(memory.half(info + _FRAME_END["layer_count"])):
            layer = memory.word(array + 8 * i)
            if layer:
                space = memory.word(layer + _LAYER_SPACE)
                below = session.below(space)
                if below != space:
                    memory.put_word(layer + _LAYER_SPACE, below)
                    out.append((layer + _LAYER_SPACE, space))
        return out

    # Spaces and views

    def xrCreateReferenceSpace(self, session, info, out):  # noqa: N802
        return self._layer.session.create_reference_space(info, out)

    def xrDestroySpace(self, space):  # noqa: N802
        self._gaze_spaces.discard(space)
        session = self._layer.session
        return self._down("xrDestroySpace")(space) if session is None else session.destroy_space(space)

    def xrLocateSpace(self, space, base, when, out):  # noqa: N802
        session = self._layer.session
        result = self._down("xrLocateSpace")(session.below(space), session.below(base), when, out)
        if result < 0:
            return result
        if space in self._gaze_spaces:
            self._put_gaze(session, base, when, out)
        elif session.is_view(space) and self.live():
            flags = out + _LOCATION["location_flags"]
            memory.put_word(flags, memory.word(flags) & int(self._state.now["head_flags"]))
        return result

    def xrLocateViews(self, session, info, state, capacity, count, views):  # noqa: N802
        place = info + _VIEW_INFO["space"]
        space = memory.word(place)
        below = self._layer.session.below(space)
        if below != space:
            memory.put_word(place, below)
        result = self._down("xrLocateViews")(session, info, state, capacity, count, views)
        if below != space:
            memory.put_word(place, space)
        if result >= 0 and self.live():
            flags = state + _VIEW_STATE["view_state_flags"]
            memory.put_word(flags, memory.word(flags) & int(self._state.now["head_flags"]))
        return result

    def _floor(self, space, when):
        return self._layer.session.floor_in(space, when)

    # Hands

    def xrCreateHandTrackerEXT(self, session, info, out):  # noqa: N802
        with memory.without(info, (_SOURCE_INFO,)):
            result = self._down("xrCreateHandTrackerEXT")(session, info, out)
        if result >= 0:
            self._hands[memory.word(out)] = memory.half(info + _HAND_INFO["hand"]) - 1
        return result

    def xrLocateHandJointsEXT(self, tracker, info, out):  # noqa: N802
        hand = self._hands.get(tracker)
        base = memory.word(info + _HAND_LOCATE["base_space"])
        when = memory.word(info + _HAND_LOCATE["time"])
        floor = self._floor(base, when) if hand is not None and self.live() else None
        if floor is None:
            return self._hands_below(tracker, info, out, base)
        seen = self._state.now["hands"][hand]
        active = bool(seen["active"])
        memory.put_half(out + _HAND_OUT["is_active"], active)
        rows, turn, place = self._joints, *floor
        if active:
            rows["flags"] = seen["flags"]
            rows["radius"] = seen["radius"]
            rows["pose"][:, :4] = rotations.multiply(turn, seen["pose"][:, :4])
            rows["pose"][:, 4:] = place + rotations.rotate(turn, seen["pose"][:, 4:])
        else:
            rows["flags"] = 0
        count = memory.half(out + _HAND_OUT["joint_count"])
        ctypes.memmove(
            memory.word(out + _HAND_OUT["joint_locations"]), rows.ctypes.data, rows.itemsize * min(count, 26)
        )
        for kind, address in memory.chain(out):
            if kind == _SOURCE_STATE:
                memory.put_half(address + _SOURCE_OUT["is_active"], active)
                memory.put_half(address + _SOURCE_OUT["data_source"], int(seen["source"]) or cables.OPTICAL)
            elif kind == _VELOCITIES:
                velocities = memory.word(address + _VELOCITIES_OUT["joint_velocities"])
                size = ctypes.sizeof(xr.HandJointVelocityEXT)
                ctypes.memset(velocities, 0, size * memory.half(address + _VELOCITIES_OUT["joint_count"]))
        return 0

    def _hands_below(self, tracker, info, out, base):
        place = info + _HAND_LOCATE["base_space"]
        below = self._layer.session.below(base)
        memory.put_word(place, below)
        with memory.without(out, (_SOURCE_STATE,)):
            result = self._down("xrLocateHandJointsEXT")(tracker, info, out)
        memory.put_word(place, base)
        for kind, address in memory.chain(out):
            if kind == _SOURCE_STATE:
                memory.put_half(address + _SOURCE_OUT["is_active"], 0)
        return result

    # Actions and gaze

    def _path(self, instance, path):
        """The text of an XrPath."""
        text, count = ctypes.create_string_buffer(256), ctypes.c_uint32()
        self._down("xrPathToString")(instance, path, 256, ctypes.addressof(count), ctypes.addressof(text))
        return text.value.decode()

    def xrCreateAction(self, action_set, info, out):  # noqa: N802
        result = self._down("xrCreateAction")(action_set, info, out)
        if result >= 0:
            self._actions[memory.word(out)] = ctypes.string_at(info + _ACTION["action_name"]).decode()
        return result

    def xrSuggestInteractionProfileBindings(self, instance, info):  # noqa: N802
        profile = self._path(instance, memory.word(info + _SUGGESTED["interaction_profile"]))
        # The runtime below was not asked for this extension and would refuse its profile.
        return 0 if profile == _EYE_GAZE_PROFILE else self._down("xrSuggestInteractionProfileBindings")(instance, info)

    def xrCreateActionSpace(self, session, info, out):  # noqa: N802
        result = self._down("xrCreateActionSpace")(session, info, out)
        if result >= 0 and self._actions.get(memory.word(info + _ACTION_SPACE["action"])) == "gaze":
            self._gaze_spaces.add(memory.word(out))
        return result

    def xrSyncActions(self, session, info):  # noqa: N802
        states = self._layer.session.states
        if states.simulated and states.shown != FOCUSED:
            self._pressed[:] = self._changed[:] = False
            return _NOT_FOCUSED
        result = self._down("xrSyncActions")(session, info)
        if result == 0 and self.live():
            bits = self._state.now["hands"]["buttons"]
            pressed = (bits[:, None] >> np.arange(len(cables.BUTTONS))) & 1 == 1
            np.not_equal(pressed, self._pressed, out=self._changed)
            self._changed_at[self._changed] = time.monotonic_ns()
            self._pressed[:] = pressed
        return result

    def _focused(self):
        states = self._layer.session.states
        return not states.simulated or states.shown == FOCUSED

    def xrGetActionStateBoolean(self, session, info, out):  # noqa: N802
        result = self._down("xrGetActionStateBoolean")(session, info, out)
        if result < 0:
            return result
        name = self._actions.get(memory.word(info + _GET["action"]))
        if not self._focused():
            memory.put_half(out + _BOOLEAN["is_active"], 0)
            memory.put_half(out + _BOOLEAN["current_state"], 0)
            memory.put_half(out + _BOOLEAN["changed_since_last_sync"], 0)
        elif name in cables.BUTTONS and self.live():
            button = cables.BUTTONS.index(name)
            hands = list(self._hands_of(memory.word(info + _GET["subaction_path"])))
            memory.put_half(out + _BOOLEAN["current_state"], self._pressed[hands, button].any())
            memory.put_half(out + _BOOLEAN["changed_since_last_sync"], self._changed[hands, button].any())
            memory.put_word(out + _BOOLEAN["last_change_time"], int(self._changed_at[hands, button].max()))
            memory.put_half(out + _BOOLEAN["is_active"], 1)
        return result

    def _hands_of(self, path):
        if path not in self._paths:
            self._paths[path] = _SIDE.get(self._path(self._layer.instance, path), (0, 1))
        return self._paths[path]

    def xrGetActionStatePose(self, session, info, out):  # noqa: N802
        result = self._down("xrGetActionStatePose")(session, info, out)
        if result >= 0:
            gaze = self._actions.get(memory.word(info + _GET["action"])) == "gaze"
            if not self._focused():
                memory.put_half(out + _POSE_STATE["is_active"], 0)
            elif gaze and self.live():
                memory.put_half(out + _POSE_STATE["is_active"], bool(self._state.now["gaze_valid"]))
        return result

    def _put_gaze(self, session, base, when, out):
        seen = self.live() and bool(self._state.now["gaze_valid"]) and self._focused()
        floor = session.floor_in(base, when) if seen else None
        memory.put_word(out + _LOCATION["location_flags"], cables.SEEN if floor is not None else 0)
        if floor is not None:
            origin, direction = self._state.now["gaze"].astype(float)
            # XR_EXT_eye_gaze_interaction: -Z is where the eyes look.
            look = rotations.between(np.array([0.0, 0.0, -1.0]), direction)
            turn, place = placed(floor, (look, origin))
            pose = np.frombuffer((ctypes.c_char * 28).from_address(out + _LOCATION["pose"]), "<f4")
            pose[:4], pose[4:] = turn, place
        for kind, address in memory.chain(out):
            if kind == _GAZE_TIME:
                memory.put_word(address + _GAZE_OUT["time"], self._sampled() if floor is not None else 0)
