"""The learner in a headset: head, hands and what else the device measures, at the time at which the frame is shown.

Rule 1: only what a device tracked is MEASURED; a valid joint that it did not track is INFERRED (human.observation).
Rule 2: trunk, shoulders and elbows are left absent unless a body extension has measured them.
Rule 3: face and gaze are read only with consent; gaze is logged, and used for nothing else.
"""

import math
from dataclasses import dataclass

import numpy as np

from vrtrainer.human import observation, rotations
from vrtrainer.human.frame import ASLEEP
from vrtrainer.human.observation import ABSENT, GROUPS, INFERRED, MEASURED
from vrtrainer.human.skeleton import INDEX, SIDES, J
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
_HEAD, _HEAD_AND_EYES = INDEX["head"], np.array([INDEX["head"], INDEX["leftEye"], INDEX["rightEye"]])
_WRIST = {side: INDEX[f"{side}Hand"] for side in SIDES}
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

        self._link, self._consent = link, consent
        self.body = body.of_height(height_m) if height_m else None
        self.elbows = self._may_see_elbows()
        self._generation = 0
        self._hands, self._face, self._body = (), None, None
        self._head = None
        self._positions, self._rotations = np.empty((J, 3)), np.empty((J, 4))
        self._how, self._face_weights = np.empty(J, np.uint8), np.empty(len(observation.WEIGHTS))
        self._times = np.empty(len(GROUPS))
        self._nothing = observation.nothing("openxr")
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
        from vrtrainer.openxr.calls import CallError

        try:
            if self._generation != link.generation:
                self._open()
            return self._observed(frame)
        except CallError as error:
            from vrtrainer.openxr.calls import InstanceLostError, SessionLostError

            if isinstance(error, SessionLostError | InstanceLostError):
                link.failed(error)
            return self._nothing  # this once: the next frame asks again

    def _open(self):
        """Trackers of a new session; those of the old one went with it."""
        from vrtrainer.openxr import body, face, hands
        from vrtrainer.openxr.spaces import Location

        link = self._link
        self._head = Location()
        self._hands = hands.opened(link)
        self._face = face.opened(link) if self._consent else None
        self._body = body.opened(link)
        self._generation = link.generation

    def _observed(self, frame):
        from vrtrainer.openxr.spaces import TRACKED, VALID

        link, xr_time = self._link, frame.xr_time
        self._xr_time = xr_time
        positions, turned, how, times = self._positions, self._rotations, self._how, self._times
        positions.fill(np.nan)
        turned.fill(np.nan)
        how.fill(ABSENT)
        times.fill(np.nan)
        actions = link.actions
        acts = set()
        if actions.sync(link.session):
            acts |= actions.pressed & {"ready", "pause", "stop"}
        actions.locate(link.space, xr_time, eyes=self._consent)

        if self._body is not None:
            sampled = self._body.read(xr_time, link.space, positions, turned, how)
            if sampled:
                times[3] = link.clock.seconds(sampled)
        head = self._head
        link.calls.xrLocateSpace(link.spaces.view, link.space, xr_time, head.at)
        eyes = None
        if head.flags & VALID == VALID:
            level = MEASURED if head.flags & TRACKED == TRACKED else INFERRED
            *turn, x, y, z = head.pose.tolist()
            eyes = np.array((x, y, z))
            self._put_head(turn, (x, y, z), level)
        for k, hand in enumerate(self._hands):
            hand.read(link.space, xr_time)
            if hand.how.any():
                joints = hand.joints
                positions[joints], turned[joints], how[joints] = hand.positions, hand.rotations, hand.how
                if hand.sample_time:
                    times[1 + k] = link.clock.seconds(hand.sample_time)
        for k, side in enumerate(SIDES):
            if how[_WRIST[side]] < INFERRED:
                self._put_controller(k, side)
        if "select" in actions.pressed:
            acts.add("select")
        face, face_how = self._face_weights, ABSENT
        if self._face is not None:
            face_how, sampled = self._face.read(xr_time, face)
            if sampled:
                times[4] = link.clock.seconds(sampled)
        if face_how == ABSENT:
            face.fill(np.nan)
        pressed_by_hand = self._point(eyes)
        if pressed_by_hand:
            acts.add("select")
        self.seen.pressed = "select" in acts
        ray = self.seen.ray
        return observation.Observation(
            positions=positions,
            rotations=turned,
            how=how.copy(),  # the door passes it on as it is
            face=face,
            face_how=face_how,
            sample_time=times.copy(),
            acts=frozenset(acts),
            pointer=self._no_direction if ray is None else ray,
            gaze=self._gaze(),
            source="openxr",
        )

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
        self._positions[_HEAD_AND_EYES] = (
            (ex - up * ux - back * bx, ey - up * uy - back * by, ez - up * uz - back * bz),
            (ex - h * rx, ey - h * ry, ez - h * rz),
            (ex + h * rx, ey + h * ry, ez + h * rz),
        )
        self._rotations[_HEAD] = q
        self._how[_HEAD_AND_EYES] = level

    def _put_controller(self, k, side):
        """Where there is no hand, a controller tells at least where the wrist is."""
        grip = self._link.actions.locate_grip(k, self._link.space, self._xr_time)
        if grip is not None:
            wrist = _WRIST[side]
            self._positions[wrist] = grip[4:] - rotations.matrix(grip[:4].astype(float)) @ _GRIP_FROM_WRIST
            self._how[wrist] = MEASURED

    def _point(self, eyes):
        """Find the ray of the hand that points; answers whether a pinch has just closed."""
        actions, seen = self._link.actions, self.seen
        seen.hands = self._hands
        pinched = [hand.pinch() for hand in self._hands]
        seen.points = any(h.active for h in actions.hands) or any(h.measured for h in self._hands)
        for k, was in enumerate(pinched):
            if was:
                actions.pointing = SIDES[k]
        order = sorted(range(2), key=lambda k: SIDES[k] != actions.pointing)
        for k in order:
            aim = actions.hands[k]
            if aim.active:
                q = aim.aim[:4]
                x, y, z, w = (float(v) for v in q)
                ahead = -np.array([2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)])
                seen.ray = np.stack([aim.aim[4:], ahead])
                break
            if k < len(self._hands) and eyes is not None:
                seen.ray = self._hands[k].ray(eyes)
                if seen.ray is not None:
                    break
        return any(pinched)

    def _gaze(self):
        gaze = self._link.actions.gaze
        if not self._consent or gaze[0] != gaze[0]:
            return self._no_direction
        x, y, z, w = (float(v) for v in gaze[:4])
        ahead = -np.array([2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)])
        return np.stack([gaze[4:], ahead / (math.sqrt(float(ahead @ ahead)) or 1.0)])

    def close(self):
        for part in (*self._hands, self._face, self._body):
            if part is not None and self._generation == self._link.generation and self._link.session is not None:
                part.close()
        self._hands, self._face, self._body = (), None, None
