"""What the layer answers of face and body, through extensions that no runtime below need have.

Methods bear the functions' own names; arguments arrive as numbers (`memory`).
"""

import ctypes

import numpy as np
import xr

from vrtrainer.human import rotations
from vrtrainer.human.observation import ABSENT, MEASURED
from vrtrainer.human.skeleton import INDEX, PARENT, xr_hand_joints
from vrtrainer.links.monado import faces, memory

_FACE_OUT = memory.offsets(xr.FaceExpressionWeights2FB)
_ANDROID_OUT = memory.offsets(xr.FaceStateANDROID)
_BODY_LOCATE = memory.offsets(xr.BodyJointsLocateInfoFB)
_BODY_OUT = memory.offsets(xr.BodyJointLocationsFB)
_BODY_SKELETON = memory.offsets(xr.BodySkeletonFB)

_BODY_JOINT = np.dtype([("flags", "<u8"), ("pose", "<f4", 7)], align=True)
_BODY_BONE = np.dtype([("joint", "<i4"), ("parent", "<i4"), ("pose", "<f4", 7)])


def _body_rows():
    """Where each of XrBodyJointFB's 70 stands among our joints, or the nearest above it."""
    named = {
        "ROOT": "hips",
        "HIPS": "hips",
        "SPINE_LOWER": "spine",
        "SPINE_MIDDLE": "chest",
        "SPINE_UPPER": "upperChest",
        "CHEST": "upperChest",
        "NECK": "neck",
        "HEAD": "head",
    }
    for side in ("left", "right"):
        big = side.upper()
        named |= {
            f"{big}_SHOULDER": f"{side}Shoulder",
            f"{big}_SCAPULA": f"{side}Shoulder",
            f"{big}_ARM_UPPER": f"{side}UpperArm",
            f"{big}_ARM_LOWER": f"{side}LowerArm",
            f"{big}_HAND_WRIST_TWIST": f"{side}Hand",
        }
    joints = [j.name for j in sorted(xr.BodyJointFB) if j.name not in ("COUNT", "NONE")]
    hands = {"LEFT": list(xr_hand_joints("left")), "RIGHT": list(xr_hand_joints("right"))}
    rows = []
    for name in joints:
        if name in named:
            rows.append(INDEX[named[name]])
        else:
            rows.append(hands[name.split("_")[0]].pop(0))
    return np.array(rows)


def _body_parents(rows):
    """Of each of the 70 the one that it hangs on: the nearest above it in our skeleton that has a place among them."""
    out = np.zeros(len(rows), np.int32)
    for i, row in enumerate(rows):
        above = PARENT[row]
        same = [k for k in range(i) if rows[k] == row]
        while not same and above >= 0:
            same = [k for k in range(len(rows)) if rows[k] == above]
            above = PARENT[above]
        out[i] = same[-1] if same else int(xr.BodyJointFB.NONE)
    return out


_BODY = _body_rows()
_BODY_PARENT = _body_parents(_BODY)


class Bodies:
    """A part of `Answers`, which brings `_state`, `live` and `_floor`."""

    def __init__(self):
        self._handles = 0
        self._fb = faces.rows(e.name for e in sorted(xr.FaceExpression2FB) if e.name != "COUNT")
        self._android = faces.rows(e.name for e in sorted(xr.FaceParameterIndicesANDROID))
        self._weights = np.zeros(53, np.float32)
        self._bodies = np.zeros(len(_BODY), _BODY_JOINT)

    def _handle(self):
        # Small odd numbers, which no pointer of a runtime is.
        self._handles += 2
        return 0x7A11_0001 + self._handles

    # Face

    def _new_tracker(self, out):
        memory.put_word(out, self._handle())
        return 0

    def xrCreateFaceTracker2FB(self, session, info, out):  # noqa: N802
        return self._new_tracker(out)

    def xrDestroyFaceTracker2FB(self, tracker):  # noqa: N802
        return 0

    def xrGetFaceExpressionWeights2FB(self, tracker, info, out):  # noqa: N802
        valid = self.live() and bool(self._state.now["face_valid"])
        self._put_face(self._fb, memory.word(out + _FACE_OUT["weights"]), memory.half(out + _FACE_OUT["weight_count"]))
        self._put_confidence(
            memory.word(out + _FACE_OUT["confidences"]), memory.half(out + _FACE_OUT["confidence_count"]), valid
        )
        memory.put_half(out + _FACE_OUT["is_valid"], valid)
        memory.put_half(out + _FACE_OUT["is_eye_following_blendshapes_valid"], valid)
        memory.put_half(out + _FACE_OUT["data_source"], int(xr.FaceTrackingDataSource2FB.VISUAL))
        memory.put_word(out + _FACE_OUT["time"], self._sampled())
        return 0

    def _sampled(self):
        """XrTime of the state: Monado's clock is CLOCK_MONOTONIC in nanoseconds."""
        return int(self._state.now["time"] * 1e9)

    def _put_face(self, rows, address, count):
        self._weights[:52] = self._state.now["face"]
        values = self._weights[rows[:count]]
        ctypes.memmove(address, values.ctypes.data, values.nbytes)

    @staticmethod
    def _put_confidence(address, count, valid):
        for i in range(count):
            ctypes.c_float.from_address(address + 4 * i).value = float(valid)

    def xrCreateFaceTrackerANDROID(self, session, info, out):  # noqa: N802
        return self._new_tracker(out)

    def xrDestroyFaceTrackerANDROID(self, tracker):  # noqa: N802
        return 0

    def xrGetFaceCalibrationStateANDROID(self, tracker, out):  # noqa: N802
        memory.put_half(out, 1)
        return 0

    def xrGetFaceStateANDROID(self, tracker, info, out):  # noqa: N802
        valid = self.live() and bool(self._state.now["face_valid"])
        weights, regions = len(self._android), 3
        memory.put_half(out + _ANDROID_OUT["parameters_count_output"], weights)
        memory.put_half(out + _ANDROID_OUT["region_confidences_count_output"], regions)
        room = memory.half(out + _ANDROID_OUT["parameters_capacity_input"])
        region_room = memory.half(out + _ANDROID_OUT["region_confidences_capacity_input"])
        if 0 < room < weights or 0 < region_room < regions:
            return int(xr.Result.ERROR_SIZE_INSUFFICIENT)
        if room:
            self._put_face(self._android, memory.word(out + _ANDROID_OUT["parameters"]), weights)
        if region_room:
            self._put_confidence(memory.word(out + _ANDROID_OUT["region_confidences"]), regions, valid)
        tracking = xr.FaceTrackingStateANDROID.TRACKING if valid else xr.FaceTrackingStateANDROID.PAUSED
        memory.put_half(out + _ANDROID_OUT["face_tracking_state"], int(tracking))
        memory.put_half(out + _ANDROID_OUT["is_valid"], valid)
        memory.put_word(out + _ANDROID_OUT["sample_time"], self._sampled())
        return 0

    # Body

    def xrCreateBodyTrackerFB(self, session, info, out):  # noqa: N802
        return self._new_tracker(out)

    def xrDestroyBodyTrackerFB(self, tracker):  # noqa: N802
        return 0

    def _body_in(self, floor):
        """The 70 joints in a space; None where nobody is tracked."""
        now, rows = self._state.now, self._bodies
        turn, place = floor
        how = now["how"][_BODY]
        spots = now["positions"][_BODY].astype(float)
        spots[0, 1] = 0.0  # XR_BODY_JOINT_ROOT_FB stands on the floor
        turned = now["rotations"][_BODY]
        known = ~np.isnan(turned[:, 0])
        seen = how != ABSENT
        with np.errstate(invalid="ignore"):
            rows["pose"][:, 4:] = np.nan_to_num(place + rotations.rotate(turn, spots))
            world = rotations.multiply(turn, np.where(known[:, None], turned, rotations.IDENTITY))
        rows["pose"][:, :4] = world
        sure = how == MEASURED
        # Bits: orientation valid 1, position valid 2, orientation tracked 4, position tracked 8.
        rows["flags"] = seen * 2 + (seen & known) * 1 + sure * 8 + (sure & known) * 4
        return rows

    def xrLocateBodyJointsFB(self, tracker, info, out):  # noqa: N802
        base = memory.word(info + _BODY_LOCATE["base_space"])
        when = memory.word(info + _BODY_LOCATE["time"])
        live = self.live() and bool(self._state.now["body_active"])
        floor = self._floor(base, when) if live else None
        memory.put_half(out + _BODY_OUT["is_active"], floor is not None)
        address, count = memory.word(out + _BODY_OUT["joint_locations"]), memory.half(out + _BODY_OUT["joint_count"])
        if floor is None:
            ctypes.memset(address, 0, _BODY_JOINT.itemsize * count)
        else:
            rows = self._body_in(floor)
            ctypes.memmove(address, rows.ctypes.data, rows.itemsize * min(count, len(rows)))
        ctypes.c_float.from_address(out + _BODY_OUT["confidence"]).value = float(floor is not None)
        # A body that nobody has told yet is another than the one that comes.
        memory.put_half(out + _BODY_OUT["skeleton_changed_count"], bool(self._state.now["rest"].any()))
        memory.put_word(out + _BODY_OUT["time"], self._sampled() or when)
        return 0

    def xrGetBodySkeletonFB(self, tracker, out):  # noqa: N802
        self.live()
        bones = np.zeros(len(_BODY), _BODY_BONE)
        bones["joint"] = np.arange(len(_BODY))
        bones["parent"] = _BODY_PARENT
        bones["pose"][:, 3] = 1.0
        bones["pose"][:, 4:] = self._state.now["rest"][_BODY]
        bones["pose"][0, 5] = 0.0
        count = min(memory.half(out + _BODY_SKELETON["joint_count"]), len(bones))
        ctypes.memmove(memory.word(out + _BODY_SKELETON["joints"]), bones.ctypes.data, bones.itemsize * count)
        return 0
