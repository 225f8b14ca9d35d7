"""The learner in a headset: head, hands and what else the device measures, at the time at which the frame is shown.

Rule 1: only what a device tracked is MEASURED; a valid joint that it did not track is INFERRED (human.observation).
Rule 2: trunk, shoulders and elbows are left absent unless a body extension has measured them.
Rule 3: face and gaze are read only with consent; gaze is logged, and used for nothing else.
"""

import math
import struct
from dataclasses import dataclass

import numpy as np

from vrtrainer.human import observation, rotations
from vrtrainer.human.frame import ASLEEP
from vrtrainer.human.observation import ABSENT, INFERRED, MEASURED
from vrtrainer.human.skeleton import INDEX, SIDES, J, xr_hand_joints
from vrtrainer.openxr.wishes import Wishes

TRACKS = True
WISHES = Wishes(
    optional=(
        "XR_EXT_hand_tracking", "XR_EXT_hand_tracking_data_source", "XR_META_hand_tracking_unextrapolated_poses",
        "XR_EXT_hand_interaction", "XR_EXT_eye_gaze_interaction", "XR_BD_controller_interaction",
        "XR_HTC_vive_focus3_controller_interaction", "XR_HTC_vive_cosmos_controller_interaction",
        "XR_EXT_hp_mixed_reality_controller", "XR_FB_touch_controller_pro", "XR_META_touch_controller_plus",
        "XR_FB_face_tracking2", "XR_ANDROID_face_tracking", "XR_HTC_facial_tracking",
        "XR_FB_body_tracking", "XR_META_body_tracking_full_body", "XR_META_body_tracking_fidelity",
        "XR_BD_body_tracking", "XR_HTC_body_tracking",
    ),
    actions=True,
)  # fmt: skip
EYES_FROM_HEAD = (0.0, 0.084, -0.068)
"""From the head joint (top of the neck) to between the eyes, m: `skeleton.REST_OFFSETS` at a stature of 1.5 m."""
HALF_APART = 0.031  # m from between the eyes to each
_WRISTS = tuple(INDEX[f"{side}Hand"] for side in SIDES)

# What is read lies in one table of rows: left hand, right hand, head and eyes, nothing. One gather each makes all
# joints' places, rotations and hows of it.
_HEAD_ROW, _NOTHING_ROW, _ROWS = 52, 55, 56
_FROM = np.full(J, _NOTHING_ROW)
_FROM[xr_hand_joints("left")], _FROM[xr_hand_joints("right")] = range(26), range(26, 52)
_FROM_TURNED = _FROM.copy()
_HEAD, _HEAD_AND_EYES = INDEX["head"], np.array([INDEX["head"], INDEX["leftEye"], INDEX["rightEye"]])
_FROM[_HEAD_AND_EYES], _FROM_TURNED[_HEAD] = range(_HEAD_ROW, _NOTHING_ROW), _HEAD_ROW
_PLACES, _TURN = struct.Struct("=9d"), struct.Struct("=4d")
_NO_HEAD = (math.nan,) * 9
_GRIP_FROM_WRIST = np.array([0.0, 0.0, -0.08])  # a controller's grip lies in the palm, this far from the wrist


@dataclass(slots=True)
class Seen:
    """What the display takes from here: gloves, and where the learner points.

    `hands` as `stage.gloves` draws them; `ray` (2, 3) or None; `pressed` at the frame of a press; `points` whether
    there is a hand or a controller to choose with.
    """

    hands: tuple = ()
    ray: object = None
    pressed: bool = False
    points: bool = False


def connect(options):
    return OpenXrTracker(options.link, options.face_consent, options.height_m)


class OpenXrTracker:
    """Reads what the Link's session tells, once a frame."""

    sequences = 0

    def __init__(self, link, consent, height_m=None):
        from vrtrainer.human import body
        from vrtrainer.openxr import calls, spaces

        self._link, self._consent = link, consent
        self.body = body.of_height(height_m) if height_m else None
        self.elbows = self._may_see_elbows()
        self._errors = calls.CallError, (calls.SessionLostError, calls.InstanceLostError)
        self._valid, self._tracked = spaces.VALID, spaces.TRACKED
        self._generation = 0
        self._hands, self._face, self._body = (), None, None
        self._head = None
        self._read = (
            np.full((_ROWS, 3), np.nan), np.full((_ROWS, 4), np.nan), np.full(_ROWS, ABSENT, np.uint8),
        )  # fmt: skip
        self._head_how = memoryview(self._read[2])[_HEAD_ROW:_NOTHING_ROW]
        places, turns, _ = self._read
        self._head_places = memoryview(places[_HEAD_ROW:_NOTHING_ROW]).cast("B")
        self._head_turn = memoryview(turns[_HEAD_ROW]).cast("B")
        self._positions, self._rotations = np.empty((J, 3)), np.empty((J, 4))
        self._face_weights = np.full(len(observation.WEIGHTS), np.nan)
        self._nothing = observation.nothing("openxr")
        self._no_face, self._no_times = self._nothing.face, self._nothing.sample_time
        self._no_direction = np.full((2, 3), np.nan)
        self.seen = Seen()
        link.seen = self.seen

    def _may_see_elbows(self):
        from vrtrainer.openxr import body

        return body.sees_elbows(self._link)

    def observe(self, frame, shown):
        link = self._link
        if link.watcher is not None:
            link.watcher(shown, frame.time)
        self.seen.pressed, self.seen.ray = False, None
        if link.session is None or frame.xr_time == 0 or frame.state == ASLEEP:
            self.seen.hands, self.seen.points = (), False
            return self._nothing
        failed, lost = self._errors
        try:
            if self._generation != link.generation:
                self._open()
            return self._observed(frame)
        except failed as error:
            if isinstance(error, lost):
                link.failed(error)
            return self._nothing  # this once: the next frame asks again

    def _open(self):
        """Trackers of a new session; those of the old one went with it."""
        from vrtrainer.openxr import body, face, hands
        from vrtrainer.openxr.spaces import Location

        link = self._link
        self._head = Location()
        for part, empty in zip(self._read, (np.nan, np.nan, ABSENT), strict=True):
            part.fill(empty)
        self._hands, self._read_hands = hands.opened(link, tuple(part[:_HEAD_ROW] for part in self._read)), hands.read
        self._face = face.opened(link) if self._consent else None
        self._body = body.opened(link)
        self._generation = link.generation

    def _observed(self, frame):
        link, xr_time, times = self._link, frame.xr_time, None
        actions, space = link.actions, link.space
        acts = observation.NONE
        if actions.sync(link.session):
            acts = actions.pressed
        actions.locate(space, xr_time, eyes=self._consent)

        head = self._head
        link.calls.xrLocateSpace(link.spaces.view, space, xr_time, head.at)
        flags, eyes = head.flags, None
        if flags & self._valid == self._valid:
            *turn, x, y, z = head.pose.tolist()
            eyes = (x, y, z)
            self._put_head(turn, eyes, MEASURED if flags & self._tracked == self._tracked else INFERRED)
        else:
            self._no_head()
        if self._hands:
            self._read_hands(self._hands, space, xr_time)
        for k, hand in enumerate(self._hands):
            if hand.sample_time and hand.seen:
                times = self._no_times.copy() if times is None else times
                times[1 + k] = link.clock.seconds(hand.sample_time)
        positions, turned, read = self._positions, self._rotations, self._read
        if self._body is None:
            read[0].take(_FROM, axis=0, out=positions, mode="clip")
            read[1].take(_FROM_TURNED, axis=0, out=turned, mode="clip")
            how = read[2].take(_FROM, mode="clip")  # the door passes it on as it is
        else:
            how, sampled = self._with_body(space, xr_time)
            if sampled:
                times = self._no_times.copy() if times is None else times
                times[3] = link.clock.seconds(sampled)
        for k, wrist in enumerate(_WRISTS):
            if how.item(wrist) < INFERRED:
                self._put_controller(k, space, xr_time, how)
        face, face_how = self._no_face, ABSENT
        if self._face is not None:
            face_how, sampled = self._face.read(xr_time, self._face_weights)
            if face_how != ABSENT:
                face = self._face_weights
            if sampled:
                times = self._no_times.copy() if times is None else times
                times[4] = link.clock.seconds(sampled)
        if self._point(eyes):
            acts = acts | {"select"}
        self.seen.pressed = "select" in acts
        ray = self.seen.ray
        return observation.Observation(
            positions=positions,
            rotations=turned,
            how=how,
            face=face,
            face_how=face_how,
            sample_time=self._no_times if times is None else times,
            acts=acts,
            pointer=self._no_direction if ray is None else ray,
            gaze=self._gaze() if self._consent else self._no_direction,
            source="openxr",
        )

    def _with_body(self, space, xr_time):
        """All joints where a body is followed too: head and hands, which are told more exactly, go before it."""
        positions, turned, how = self._positions, self._rotations, np.full(J, ABSENT, np.uint8)
        positions.fill(np.nan)
        turned.fill(np.nan)
        sampled = self._body.read(xr_time, space, positions, turned, how)
        places, turns, levels = self._read
        if levels[_HEAD_ROW] != ABSENT:
            positions[_HEAD_AND_EYES] = places[_HEAD_ROW:_NOTHING_ROW]
            turned[_HEAD] = turns[_HEAD_ROW]
            how[_HEAD_AND_EYES] = levels[_HEAD_ROW]
        for hand in self._hands:
            if hand.seen:
                positions[hand.joints], turned[hand.joints], how[hand.joints] = hand.positions, hand.rotations, hand.how
        return how, sampled

    def _put_head(self, q, eyes, level):
        """Head and eyes from where the view is: rigidly one, so that all of it is as measured as the view."""
        x, y, z, w = q
        ex, ey, ez = eyes
        # The columns of the rotation, written out: three small products of numpy cost more than all of this.
        rx, ry, rz = 1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)
        ux, uy, uz = 2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)
        bx, by, bz = 2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)
        _, up, back = EYES_FROM_HEAD
        h = HALF_APART
        _PLACES.pack_into(
            self._head_places, 0,
            ex - up * ux - back * bx, ey - up * uy - back * by, ez - up * uz - back * bz,
            ex - h * rx, ey - h * ry, ez - h * rz,
            ex + h * rx, ey + h * ry, ez + h * rz,
        )  # fmt: skip
        _TURN.pack_into(self._head_turn, 0, x, y, z, w)
        self._head_how[:] = bytes((level, level, level))

    def _no_head(self):
        _PLACES.pack_into(self._head_places, 0, *_NO_HEAD)
        _TURN.pack_into(self._head_turn, 0, *_NO_HEAD[:4])
        self._head_how[:] = bytes((ABSENT, ABSENT, ABSENT))

    def _put_controller(self, k, space, xr_time, how):
        """Where there is no hand, a controller tells at least where the wrist is."""
        grip = self._link.actions.locate_grip(k, space, xr_time)
        if grip is not None:
            wrist = _WRISTS[k]
            self._positions[wrist] = grip[4:] - rotations.matrix(grip[:4].astype(float)) @ _GRIP_FROM_WRIST
            how[wrist] = MEASURED

    def _point(self, eyes):
        """Find the ray of the hand that points; answers whether a pinch has just closed."""
        actions, seen, hands = self._link.actions, self.seen, self._hands
        seen.hands = hands
        pinched = points = False
        for hand in hands:
            if hand.pinch():
                pinched, actions.pointing = True, hand.side
            points = points or hand.measured
        aims = actions.hands
        seen.points = points or aims[0].active or aims[1].active
        first = 1 if actions.pointing == "right" else 0
        for k in (first, 1 - first):
            if aims[k].active:
                x, y, z, w, *at = aims[k].aim.tolist()
                seen.ray = np.array((at, _ahead(x, y, z, w)))
                break
            if hands and eyes is not None:
                seen.ray = hands[k].ray(eyes)
                if seen.ray is not None:
                    break
        return pinched

    def _gaze(self):
        x, y, z, w, *at = self._link.actions.gaze.tolist()
        if x != x:
            return self._no_direction
        ahead = _ahead(x, y, z, w)
        length = math.hypot(*ahead) or 1.0
        return np.array((at, [v / length for v in ahead]))

    def close(self):
        for part in (*self._hands, self._face, self._body):
            if part is not None and self._generation == self._link.generation and self._link.session is not None:
                part.close()
        self._hands, self._face, self._body = (), None, None


def _ahead(x, y, z, w):
    """Where -Z of a rotation points."""
    return [-2 * (x * z + w * y), -2 * (y * z - w * x), -1 + 2 * (x * x + y * y)]
