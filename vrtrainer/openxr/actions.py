"""What a person does on purpose: buttons, pointing and, where they agreed to it, where they look. As OpenXR actions.

One action set, made and its bindings suggested once an instance, before it is attached; attached once a session; synced
once a frame while the session is focused.

select   trigger                       the choice that is pointed at
ready    A and X                       begin, or go on: needs no pointing
pause    B and Y, or menu              a pause; on both hands at the same time: stop
stop     a thumbstick or pad pressed   stop
"""

import contextlib
import ctypes
from dataclasses import dataclass

import numpy as np
import xr

from vrtrainer.openxr.calls import CallError
from vrtrainer.openxr.spaces import VALID, Location

SIDES = ("left", "right")
GAZE = "XR_EXT_eye_gaze_interaction"
HAND_INTERACTION = "XR_EXT_hand_interaction"
EXTENSIONS = (
    HAND_INTERACTION, GAZE, "XR_BD_controller_interaction", "XR_HTC_vive_focus3_controller_interaction",
    "XR_HTC_vive_cosmos_controller_interaction", "XR_EXT_hp_mixed_reality_controller", "XR_FB_touch_controller_pro",
    "XR_META_touch_controller_plus",
)  # fmt: skip
"""Those that bring profiles of controllers, hands or eyes."""
ACTS = ("select", "ready", "pause", "stop")
_NOTHING = frozenset()
_NONE_DOWN = dict.fromkeys(ACTS, _NOTHING)

_TOUCH = {
    "select": ("input/trigger/value",),
    "ready": ("left:input/x/click", "right:input/a/click"),
    "pause": ("left:input/y/click", "right:input/b/click", "left:input/menu/click"),
    "stop": ("input/thumbstick/click",),
}
_PROFILES = {
    "khr/simple_controller": (None, {"select": ("input/select/click",), "pause": ("input/menu/click",)}),
    "oculus/touch_controller": (None, _TOUCH),
    "facebook/touch_controller_pro": ("XR_FB_touch_controller_pro", _TOUCH),
    "meta/touch_controller_plus": ("XR_META_touch_controller_plus", _TOUCH),
    "bytedance/pico_neo3_controller": ("XR_BD_controller_interaction", _TOUCH),
    "bytedance/pico4_controller": ("XR_BD_controller_interaction", {
        "select": _TOUCH["select"],
        "ready": _TOUCH["ready"],
        "pause": ("left:input/y/click", "right:input/b/click"),
        "stop": ("input/thumbstick/click",),
    }),
    "htc/vive_focus3_controller": ("XR_HTC_vive_focus3_controller_interaction", _TOUCH),
    "htc/vive_cosmos_controller": ("XR_HTC_vive_cosmos_controller_interaction", _TOUCH),
    "hp/mixed_reality_controller": ("XR_EXT_hp_mixed_reality_controller", {
        **_TOUCH, "pause": ("left:input/y/click", "right:input/b/click", "input/menu/click"),
    }),
    "valve/index_controller": (None, {
        "select": ("input/trigger/click",),
        "ready": ("input/a/click",),
        "pause": ("input/b/click",),
        "stop": ("input/thumbstick/click",),
    }),
    "htc/vive_controller": (None, {
        "select": ("input/trigger/click",), "pause": ("input/menu/click",), "stop": ("input/trackpad/click",),
    }),
    "microsoft/motion_controller": (None, {
        "select": ("input/trigger/value",), "pause": ("input/menu/click",), "stop": ("input/thumbstick/click",),
    }),
    # A pinch is told from the joints themselves (hands.Pinch), so that it needs no extension; this aims.
    "ext/hand_interaction_ext": (HAND_INTERACTION, {}),
}  # fmt: skip
"""Profile under /interaction_profiles → (extension it needs, action → paths; `left:` or `right:` binds one hand)."""


@dataclass(slots=True)
class Hand:
    """One hand's pointing: where it aims (quaternion, position), of use while it is `active`."""

    aim: np.ndarray
    active: bool = False


class Actions:
    """The application's one action set.

    Parameters
    ----------
    instance : xr.Instance
    calls : Calls
    extensions : frozenset of str
        Those that are enabled.
    """

    def __init__(self, instance, calls, extensions):
        self._instance, self._calls = instance, calls
        self.set = xr.create_action_set(
            instance,
            xr.ActionSetCreateInfo(action_set_name="session", localized_action_set_name="Session", priority=0),
        )
        self._hands = tuple(xr.string_to_path(instance, f"/user/hand/{side}") for side in SIDES)
        self._bool = {name: self._made(name, xr.ActionType.BOOLEAN_INPUT) for name in ACTS}
        self._aim, self._grip = (self._made(name, xr.ActionType.POSE_INPUT) for name in ("aim", "grip"))
        self.has_gaze = GAZE in extensions
        self._gaze = self._made("gaze", xr.ActionType.POSE_INPUT, hands=False) if self.has_gaze else None
        self._suggest(extensions)
        self._state = xr.ActionStateBoolean()
        self._at_state = ctypes.byref(self._state)
        self._either = tuple(
            (name, ctypes.pointer(xr.ActionStateGetInfo(action=action))) for name, action in self._bool.items()
        )
        self._gets = tuple(
            (name, side, ctypes.pointer(xr.ActionStateGetInfo(action=action, subaction_path=path)))
            for name, action in self._bool.items()
            for side, path in zip(SIDES, self._hands, strict=True)
        )
        self._get_gaze = ctypes.pointer(xr.ActionStateGetInfo(action=self._gaze)) if self.has_gaze else None
        self._active = (xr.ActiveActionSet * 1)(xr.ActiveActionSet(action_set=self.set))
        self._sync = xr.ActionsSyncInfo(count_active_action_sets=1, active_action_sets=self._active)
        self._at_sync = ctypes.byref(self._sync)
        self._locations = {}
        self.hands = tuple(Hand(np.full(7, np.nan)) for _ in SIDES)
        self.gaze = np.full(7, np.nan)
        self.down = _NONE_DOWN
        """Sides on which each button is down."""
        self.pressed = _NOTHING
        """Acts that began at this frame."""
        self.pointing = "right"
        """The hand that pressed last: where both point, it is the one that is meant."""

    def _made(self, name, kind, hands=True):
        info = xr.ActionCreateInfo(
            action_name=name,
            action_type=kind,
            localized_action_name=name.capitalize(),
            subaction_paths=list(self._hands) if hands else None,
        )
        return xr.create_action(self.set, info)

    def _suggest(self, extensions):
        path = lambda text: xr.string_to_path(self._instance, text)  # noqa: E731
        for profile, (needs, bound) in _PROFILES.items():
            if needs is not None and needs not in extensions:
                continue
            bindings = []
            for name, inputs in bound.items():
                for one in inputs:
                    only, _, rest = one.rpartition(":")
                    for side in (only,) if only else SIDES:
                        bindings.append(xr.ActionSuggestedBinding(self._bool[name], path(f"/user/hand/{side}/{rest}")))
            for side in SIDES:
                bindings.append(xr.ActionSuggestedBinding(self._aim, path(f"/user/hand/{side}/input/aim/pose")))
                bindings.append(xr.ActionSuggestedBinding(self._grip, path(f"/user/hand/{side}/input/grip/pose")))
            self._suggested(profile, bindings)
        if self.has_gaze:
            gaze = path("/user/eyes_ext/input/gaze_ext/pose")
            self._suggested("ext/eye_gaze_interaction", [xr.ActionSuggestedBinding(self._gaze, gaze)])

    def _suggested(self, profile, bindings):
        info = xr.InteractionProfileSuggestedBinding(
            interaction_profile=xr.string_to_path(self._instance, f"/interaction_profiles/{profile}"),
            suggested_bindings=bindings,
        )
        # A runtime that does not know one path refuses the whole profile; the others stay.
        with contextlib.suppress(xr.exception.XrException):
            xr.suggest_interaction_profile_bindings(self._instance, info)

    def attach(self, session):
        """Attach the set to a new session and make the spaces that go with it; before the first `sync`."""
        sets = (xr.ActionSet * 1)(self.set)
        info = xr.SessionActionSetsAttachInfo(count_action_sets=1, action_sets=sets)
        self._calls.xrAttachSessionActionSets(session, ctypes.byref(info))
        self._locations = {}
        for name, action in (("aim", self._aim), ("grip", self._grip)):
            for k, path in enumerate(self._hands):
                info = xr.ActionSpaceCreateInfo(action=action, subaction_path=path)
                self._locations[name, k] = (xr.create_action_space(session, info), Location())
        if self.has_gaze:
            self._locations["gaze"] = (
                xr.create_action_space(session, xr.ActionSpaceCreateInfo(action=self._gaze)),
                Location(),
            )
        for k, hand in enumerate(self.hands):
            hand.aim = self._locations["aim", k][1].pose  # read where the runtime wrote it
        self.down = _NONE_DOWN

    def profiles(self, session):
        """What each hand holds, as the runtime names it: side → profile, "" for nothing."""
        out = {}
        state = xr.InteractionProfileState()
        for side, path in zip(SIDES, self._hands, strict=True):
            try:
                self._calls.xrGetCurrentInteractionProfile(session, path, ctypes.byref(state))
                known = state.interaction_profile
                named = xr.path_to_string(self._instance, known) if known else ""
            except (CallError, xr.exception.XrException):
                named = ""
            out[side] = str(named).removeprefix("/interaction_profiles/")
        return out

    def sync(self, session):
        """Read the buttons. True while the runtime lets this session have them (it is focused).

        Raises
        ------
        CallError
        """
        calls, state, at = self._calls, self._state, self._at_state
        focused = calls.xrSyncActions(session, self._at_sync) == 0
        before, self.down, self.pressed = self.down, _NONE_DOWN, _NOTHING
        down = ()
        if focused:  # mostly nothing is down, and half the questions will do
            ask = calls.xrGetActionStateBoolean
            for name, get in self._either:
                ask(session, get, at)
                if state.current_state and state.is_active:
                    down = (*down, name)
        if not down:
            return focused
        self.down, pressed = dict(_NONE_DOWN), set()
        for name, side, get in self._gets:
            if name not in down:
                continue
            ask(session, get, at)
            if state.is_active and state.current_state:
                self.down[name] = self.down[name] | {side}
                if side not in before[name]:
                    pressed.add(name)
                    self.pointing = side
        if len(self.down["pause"]) == 2:
            pressed.discard("pause")
            pressed.add("stop")
        self.pressed = frozenset(pressed)
        return focused

    def locate_grip(self, k, base, xr_time):
        """Where the hand of number `k` holds its controller; answers the pose (7,), None where that is not known.

        Raises
        ------
        CallError
        """
        space, location = self._locations["grip", k]
        self._calls.xrLocateSpace(space, base, xr_time, location.at)
        return location.pose if location.flags & VALID == VALID else None

    def locate(self, base, xr_time, eyes=False):
        """Where hands aim, and (with `eyes`) where the eyes look, in a space.

        Raises
        ------
        CallError
        """
        calls = self._calls
        for k, hand in enumerate(self.hands):
            space, location = self._locations["aim", k]
            calls.xrLocateSpace(space, base, xr_time, location.at)
            hand.active = location.flags & VALID == VALID
        if eyes and self.has_gaze:
            self.gaze.fill(np.nan)
            space, location = self._locations["gaze"]
            calls.xrLocateSpace(space, base, xr_time, location.at)
            if location.flags & VALID == VALID:
                self.gaze[:] = location.pose
