"""An application in a headless session, started beside Monado by tests: says in JSON lines what it sees of the child.

    python -m tests.openxr.headless_application LAYERS SECONDS [EVERY]

The cable is the one that VRTRAINER_SIMULATED_HEADSET names. LAYERS is an order of the letters c (the child), v (core
validation), b (best practices). It lives as an application must: begins, ends and destroys its session as the events
say, and makes a new instance after a loss.
"""

import ctypes
import json
import os
import sys
import time

import numpy as np
import xr

from vrtrainer.links.monado import layer as layers
from vrtrainer.links.monado.cable import VARIABLE

_NAMES = {
    "c": layers.NAME,
    "v": "XR_APILAYER_LUNARG_core_validation",
    "b": "XR_APILAYER_KHRONOS_best_practices_validation",
}
_KHR_TIME = "XR_KHR_convert_timespec_time"


def say(**row):
    print(json.dumps(row), flush=True)


def call(instance, name):
    address = xr.PFN_xrVoidFunction()
    result = xr.raw_functions.xrGetInstanceProcAddr(instance, name.encode(), ctypes.byref(address))
    assert int(result) >= 0, (name, result)
    return ctypes.cast(address, getattr(xr, f"PFN_{name}"))


class Application:
    def __init__(self, child, order):
        self.child = child
        names = ["XR_MND_headless", "XR_EXT_hand_tracking", "XR_EXT_local_floor", *child.offers]
        self.instance = xr.create_instance(
            xr.InstanceCreateInfo(
                enabled_extension_names=names,
                enabled_api_layer_names=[_NAMES[letter] for letter in order],
                application_info=xr.ApplicationInfo(
                    application_name="headless", application_version=1, engine_name="", engine_version=0,
                    api_version=xr.Version(1, 0, 34),
                ),
            )
        )  # fmt: skip
        self.system = xr.get_system(self.instance, xr.SystemGetInfo(form_factor=xr.FormFactor.HEAD_MOUNTED_DISPLAY))
        self._properties()
        self.actions()
        self.open()

    def _properties(self):
        face = xr.SystemFaceTrackingProperties2FB()
        presence = xr.SystemUserPresencePropertiesEXT(next=ctypes.cast(ctypes.pointer(face), ctypes.c_void_p))
        hand = xr.SystemHandTrackingPropertiesEXT(next=ctypes.cast(ctypes.pointer(presence), ctypes.c_void_p))
        out = xr.SystemProperties(next=ctypes.cast(ctypes.pointer(hand), ctypes.c_void_p))
        call(self.instance, "xrGetSystemProperties")(self.instance, self.system, ctypes.byref(out))
        say(
            system=out.system_name.decode(),
            hand=hand.supports_hand_tracking,
            presence=presence.supports_user_presence,
            face=face.supports_visual_face_tracking,
            chained=hand.next == ctypes.addressof(presence) and presence.next == ctypes.addressof(face),
        )

    def actions(self):
        self.set = xr.create_action_set(
            self.instance, xr.ActionSetCreateInfo(action_set_name="main", localized_action_set_name="Main", priority=0)
        )
        both = [xr.string_to_path(self.instance, f"/user/hand/{s}") for s in ("left", "right")]
        self.right = both[1]
        self.select = xr.create_action(
            self.set,
            xr.ActionCreateInfo(
                action_name="select", action_type=xr.ActionType.BOOLEAN_INPUT, subaction_paths=both,
                localized_action_name="Select",
            ),
        )  # fmt: skip
        self.gaze = xr.create_action(
            self.set,
            xr.ActionCreateInfo(action_name="gaze", action_type=xr.ActionType.POSE_INPUT, localized_action_name="Gaze"),
        )
        for profile, bindings in (
            (
                "/interaction_profiles/khr/simple_controller",
                [(self.select, "/user/hand/right/input/select/click")],
            ),
            ("/interaction_profiles/ext/eye_gaze_interaction", [(self.gaze, "/user/eyes_ext/input/gaze_ext/pose")]),
        ):
            xr.suggest_interaction_profile_bindings(
                self.instance,
                xr.InteractionProfileSuggestedBinding(
                    interaction_profile=xr.string_to_path(self.instance, profile),
                    suggested_bindings=[
                        xr.ActionSuggestedBinding(action=a, binding=xr.string_to_path(self.instance, p))
                        for a, p in bindings
                    ],
                ),
            )

    def open(self):
        self.running = False
        self.session = xr.create_session(self.instance, xr.SessionCreateInfo(system_id=self.system))
        xr.attach_session_action_sets(self.session, xr.SessionActionSetsAttachInfo(action_sets=[self.set]))
        self.floor = xr.create_reference_space(
            self.session, xr.ReferenceSpaceCreateInfo(reference_space_type=xr.ReferenceSpaceType.LOCAL_FLOOR)
        )
        self.view = xr.create_reference_space(
            self.session, xr.ReferenceSpaceCreateInfo(reference_space_type=xr.ReferenceSpaceType.VIEW)
        )
        self.gaze_space = xr.create_action_space(self.session, xr.ActionSpaceCreateInfo(action=self.gaze))
        self.hands = [
            xr.create_hand_tracker_ext(
                self.session, xr.HandTrackerCreateInfoEXT(hand=h, hand_joint_set=xr.HandJointSetEXT.DEFAULT)
            )
            for h in (xr.HandEXT.LEFT, xr.HandEXT.RIGHT)
        ]
        self.face = xr.FaceTracker2FB()
        sources = (ctypes.c_int * 1)(int(xr.FaceTrackingDataSource2FB.VISUAL))
        info = xr.FaceTrackerCreateInfo2FB(
            requested_data_source_count=1,
            requested_data_sources=ctypes.cast(sources, ctypes.POINTER(ctypes.c_int)),
        )
        assert call(self.instance, "xrCreateFaceTracker2FB")(self.session, info, ctypes.byref(self.face)) == 0
        self.body = xr.BodyTrackerFB()
        assert (
            call(self.instance, "xrCreateBodyTrackerFB")(
                self.session, xr.BodyTrackerCreateInfoFB(body_joint_set=xr.BodyJointSetFB.DEFAULT),
                ctypes.byref(self.body),
            )
            == 0
        )  # fmt: skip
        self.locate_hand = call(self.instance, "xrLocateHandJointsEXT")
        self.locate_space = call(self.instance, "xrLocateSpace")
        self.weights = call(self.instance, "xrGetFaceExpressionWeights2FB")
        self.locate_body = call(self.instance, "xrLocateBodyJointsFB")
        bones = (xr.BodySkeletonJointFB * 70)()
        skeleton = xr.BodySkeletonFB(joint_count=70, joints=bones)
        assert call(self.instance, "xrGetBodySkeletonFB")(self.body, ctypes.byref(skeleton)) == 0
        wrists = [bones[int(j)] for j in (xr.BodyJointFB.LEFT_HAND_WRIST, xr.BodyJointFB.RIGHT_HAND_WRIST)]
        say(
            rest=[round(w.pose.position.x, 3) for w in wrists],
            hangs_on=[xr.BodyJointFB(w.parent_joint).name for w in wrists],
            root=bones[0].parent_joint,
        )
        self.poll_event = call(self.instance, "xrPollEvent")

    def close_session(self):
        call(self.instance, "xrDestroyFaceTracker2FB")(self.face)
        call(self.instance, "xrDestroyBodyTrackerFB")(self.body)
        for hand in self.hands:
            xr.destroy_hand_tracker_ext(hand)
        for space in (self.floor, self.view, self.gaze_space):
            xr.destroy_space(space)
        xr.destroy_session(self.session)
        self.session = None

    def poll(self):
        """False when the instance is lost."""
        while True:
            event = xr.EventDataBuffer()
            result = self.poll_event(self.instance, ctypes.byref(event))
            if result == int(xr.Result.EVENT_UNAVAILABLE):
                return True
            if result < 0:
                say(poll=xr.Result(result).name)
                return False
            self.on(event)

    def on(self, event):
        kind = xr.StructureType(event.type)
        if kind == xr.StructureType.EVENT_DATA_SESSION_STATE_CHANGED:
            changed = ctypes.cast(ctypes.byref(event), ctypes.POINTER(xr.EventDataSessionStateChanged)).contents
            state = xr.SessionState(changed.state)
            say(state=state.name)
            if state == xr.SessionState.READY:
                stereo = xr.ViewConfigurationType.PRIMARY_STEREO
                xr.begin_session(self.session, xr.SessionBeginInfo(primary_view_configuration_type=stereo))
                self.running = True
            elif state == xr.SessionState.STOPPING:
                self.running = False
                xr.end_session(self.session)
            elif state in (xr.SessionState.EXITING, xr.SessionState.LOSS_PENDING):
                self.running = False
                self.close_session()
                self.open()
        elif kind == xr.StructureType.EVENT_DATA_USER_PRESENCE_CHANGED_EXT:
            changed = ctypes.cast(ctypes.byref(event), ctypes.POINTER(xr.EventDataUserPresenceChangedEXT)).contents
            say(present=bool(changed.is_user_present))
        else:
            say(event=kind.name)

    def look(self):
        """One row of all that can be seen of the child."""
        now = time.monotonic_ns()
        row = {"hands": [], "t": now / 1e9}
        for tracker in self.hands:
            source = xr.HandTrackingDataSourceStateEXT()
            joints = (xr.HandJointLocationEXT * 26)()
            out = xr.HandJointLocationsEXT(
                joint_locations=joints, next=ctypes.cast(ctypes.pointer(source), ctypes.c_void_p)
            )
            info = xr.HandJointsLocateInfoEXT(base_space=self.floor, time=now)
            result = self.locate_hand(tracker, info, ctypes.byref(out))
            rows = np.frombuffer(joints, np.dtype([("flags", "<u8"), ("pose", "<f4", 7), ("radius", "<f4")]))
            row["hands"].append(
                {
                    "result": result,
                    "active": out.is_active,
                    "source": [source.is_active, int(source._data_source)],
                    "flags": sorted(set(rows["flags"].tolist())),
                    "palm": [round(float(v), 4) for v in rows["pose"][0]],
                    "tip": [round(float(v), 4) for v in rows["pose"][10]],
                    "radius": round(float(rows["radius"][0]), 4),
                }
            )
        w, c = (ctypes.c_float * 70)(), (ctypes.c_float * 2)()
        face = xr.FaceExpressionWeights2FB(weights=w, confidences=c)
        row["face_result"] = self.weights(self.face, xr.FaceExpressionInfo2FB(time=now), ctypes.byref(face))
        row["face"] = [face.is_valid, round(w[int(xr.FaceExpression2FB.LIP_CORNER_PULLER_L)], 3)]
        places = (xr.BodyJointLocationFB * 70)()
        body = xr.BodyJointLocationsFB(joint_count=70, joint_locations=places)
        row["body_result"] = self.locate_body(
            self.body, xr.BodyJointsLocateInfoFB(base_space=self.floor, time=now), ctypes.byref(body)
        )
        p = places[int(xr.BodyJointFB.HEAD)].pose.position
        row["body"] = [body.is_active, places[7].location_flags, round(p.x, 3), round(p.y, 3), round(p.z, 3)]
        for name, space in (("head", self.view), ("gaze", self.gaze_space)):
            where = xr.SpaceLocation()
            self.locate_space(space, self.floor, now, ctypes.byref(where))
            p, q = where.pose.position, where.pose.orientation
            row[name] = [int(where.location_flags), *(round(v, 3) for v in (p.x, p.y, p.z, q.x, q.y, q.z, q.w))]
        if self.running:
            sync = xr.ActionsSyncInfo(active_action_sets=[xr.ActiveActionSet(action_set=self.set)])
            row["sync"] = call(self.instance, "xrSyncActions")(self.session, sync)
            state = xr.ActionStateBoolean()
            info = xr.ActionStateGetInfo(action=self.select, subaction_path=self.right)
            call(self.instance, "xrGetActionStateBoolean")(self.session, info, ctypes.byref(state))
            row["select"] = [state.is_active, state.current_state, state.changed_since_last_sync]
        return row


def main(order, seconds, every="0.1"):
    if "v" in order or "b" in order:
        from xr.api_layer import layer_path

        layer_path.expose_packaged_api_layers()
    child = layers.install(os.environ[VARIABLE])
    until = time.monotonic() + float(seconds)
    while time.monotonic() < until:
        try:
            application = Application(child, order)
        except xr.exception.ErrorResult as error:
            say(failed=type(error).__name__)
            time.sleep(0.1)
            continue
        while time.monotonic() < until:
            if not application.poll():
                break
            say(**application.look())
            time.sleep(float(every))
        else:
            application.close_session()
        xr.destroy_instance(application.instance)
        say(destroyed=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
