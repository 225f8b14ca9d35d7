"""A child that does what a choreography says, or what the keys say while it lives: a moment for every time."""

from functools import cache

import numpy as np

from vrtrainer.gestures import notation
from vrtrainer.gestures.gesture import Style
from vrtrainer.gestures.perform import perform, relaxed
from vrtrainer.gestures.timing import minimum_jerk
from vrtrainer.human import body as bodies
from vrtrainer.human import face as faces
from vrtrainer.human import pose as poses
from vrtrainer.human import rotations
from vrtrainer.human.observation import ABSENT, INFERRED, MEASURED
from vrtrainer.human.skeleton import INDEX, PART_INDEX, SIDES, J
from vrtrainer.links.monado import cable as cables
from vrtrainer.links.monado.hands import JOINTS
from vrtrainer.links.monado.moment import Moment, looking, nobody

STOP_SIGN = """
name = { en = "Stop sign" }
[[hand]]
at = "stroke"
location = { landmark = "chest", out = 0.0, up = 0.06, forward = 0.55 }
shape = "flat"
palm = "down"
fingers = "in"
[[other_hand]]
at = "stroke"
location = { landmark = "chest", out = 0.0, up = 0.0, forward = 0.55, of = "fingertip" }
shape = "flat"
palm = "in"
fingers = "up"
"""
"""The T of both hands that the session obeys."""
_TO_LAYER = ("state", "instance_loss", "profile", "fault")
_ONSET = 0.3  # s, in which a face or a head comes and goes
_OFF_AFTER = 0.15  # s, from taking the headset off to the runtime's stopping the session
_NECK, _HEAD = INDEX["neck"], INDEX["head"]
_UP, _RIGHT = np.array([0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])


class Performer:
    """Source of moments.

    Parameters
    ----------
    choreography : Choreography
    gestures : mapping of str to Gesture
    """

    def __init__(self, choreography, gestures):
        self.choreography = choreography
        self.body = bodies.of_height(choreography.height)
        self._gestures = gestures
        self._rest = relaxed(self.body)
        self._entries = list(choreography.entries)
        self._began = None
        self._told = 0  # entries whose orders were given
        self._later = []  # orders to be given at a time
        self._frozen = {}
        self._off = False
        self._motion = cache(self._performed)

    def add(self, entry):
        """Something more to do, not before what is already due."""
        self._entries.append(entry)
        self._entries.sort(key=lambda e: e.time)

    def elapsed(self, now):
        """Seconds since the beginning, 0 before it."""
        return 0.0 if self._began is None else now - self._began

    def at(self, now, sight):
        """The child at a moment.

        Parameters
        ----------
        now : float
            Seconds of CLOCK_MONOTONIC.
        sight : Sight

        Returns
        -------
        Moment
        """
        if self._began is None and (self.choreography.begins == "at_once" or sight.focused):
            self._began = now
        t = self.elapsed(now)
        going = [] if self._began is None else [e for e in self._entries if e.time <= t]
        out = self._embodied(t, [e for e in going if t < e.time + self._lasts(e)])
        self._stand(out, t, going)
        if self._began is not None:
            self._give_orders(t, out)
        if self._off:
            orders = out.orders
            out = nobody()
            out.orders = orders
        return out

    def ended(self, now):
        """Whether the choreography has said that the child ends here."""
        return bool(self.choreography.lasts) and self.elapsed(now) >= self.choreography.lasts

    # The body

    def _performed(self, name, side, tempo, size):
        gesture = self._gestures[name] if name else notation.read(STOP_SIGN, "stop_sign", "stop_sign")
        return perform(gesture, self.body, Style(tempo=tempo, size=size, side=side))

    def _movement(self, entry):
        v = entry.values
        if entry.do == "stop_sign":
            return self._motion("", "right", 1.0, 1.0)
        return self._motion(v["name"], v["side"], v["tempo"], v["size"])

    def _lasts(self, entry):
        if entry.do == "gesture":
            return self._movement(entry).motion.duration
        if entry.do == "stop_sign":
            return self._movement(entry).motion.duration + entry.seconds
        return entry.seconds

    def _pose_of(self, entry, t):
        done, t = self._movement(entry), t - entry.time
        if entry.do == "stop_sign":
            stroke = done.points["stroke"]
            t = min(t, stroke) if t < stroke + entry.seconds else t - entry.seconds
        return done.motion.sample(t)

    def _embodied(self, t, active):
        local, hips, face = self._rest.rotations.copy(), self._rest.hips, np.zeros(52)
        gaze = (0.0, 0.0)
        for entry in active:
            if entry.do in ("gesture", "stop_sign"):
                pose = self._pose_of(entry, t)
                moved = (np.abs(pose.rotations - self._rest.rotations) > 1e-6).any(axis=1)
                local[moved] = pose.rotations[moved]
                face = np.maximum(face, pose.face)
        for entry in active:
            share = _share(entry, t)
            if entry.do == "expression":
                face = np.maximum(face, share * faces.weights_of(entry.values["units"]))
            elif entry.do in ("look", "gaze"):
                yaw, pitch = share * np.radians([entry.values["yaw_deg"], entry.values["pitch_deg"]])
                if entry.do == "gaze":
                    gaze = (yaw, pitch)
                else:
                    for joint, part in ((_NECK, 0.4), (_HEAD, 0.6)):
                        turn = rotations.multiply(
                            rotations.from_axis_angle(-_UP, part * yaw), rotations.from_axis_angle(_RIGHT, part * pitch)
                        )
                        local[joint] = rotations.multiply(turn, local[joint])
        positions, turned = poses.forward(local, hips, self.body.offsets)
        # Nobody stands like a statue: what never changes by a bit is no person, and trackers are told so.
        positions += 0.004 * np.array([np.sin(0.9 * t), 0.0, np.sin(0.7 * t + 1.0)])
        for side, joints in enumerate(JOINTS):
            positions[joints] += 0.001 * np.sin(np.array([40.0, 47.0, 53.0]) * t + side)
        world = rotations.from_matrix(turned)
        has = self.choreography.has
        out = Moment(
            positions=positions,
            rotations=world,
            how=np.full(J, MEASURED, np.uint8),
            face=face if "face" in has else np.full(52, np.nan),
            gaze=looking(world[_HEAD], *gaze) if "gaze" in has else np.full(3, np.nan),
            body="body" in has,
        )
        if "hands" not in has:
            for side in SIDES:
                out.how[PART_INDEX[f"{side}Hand"]] = ABSENT
        self._tracked(out, t, active)
        return out

    def _tracked(self, out, t, active):
        """What the headset loses, and which buttons are pressed."""
        lost = {}
        for entry in active:
            if entry.do == "press":
                out.pressed.add((SIDES.index(entry.values["hand"]), entry.values["button"]))
            elif entry.do == "lose_head":
                out.head_seen = False
            elif entry.do == "lose":
                hand = entry.values["hand"]
                lost |= {side: entry for side in range(2) if hand in ("both", SIDES[side])}
        self._frozen = {k: v for k, v in self._frozen.items() if k in lost}
        for side, entry in lost.items():
            joints, how = JOINTS[side], entry.values["how"]
            if how == "frozen":
                out.positions[joints] = self._frozen.setdefault(side, out.positions[joints].copy())
            elif how == "controller":
                out.sources = tuple(cables.CONTROLLER if k == side else s for k, s in enumerate(out.sources))
            else:
                out.how[joints] = ABSENT if how == "gone" else INFERRED

    def _place(self, t, going):
        """Where the child stands: x, z and its heading, radians to the right."""
        at = np.zeros(3)
        for entry in going:
            if entry.do == "walk":
                v = entry.values
                share = minimum_jerk(np.clip((t - entry.time) / max(entry.seconds, 1e-3), 0.0, 1.0))
                at = at + share * (np.array([v["x"], v["z"], np.radians(v["yaw_deg"])]) - at)
        return at

    def _stand(self, out, t, going):
        x, z, yaw = self._place(t, going)
        if x or z or yaw:
            turn = rotations.from_axis_angle(-_UP, yaw)
            out.positions = rotations.rotate(turn, out.positions) + np.array([x, 0.0, z])
            out.rotations = rotations.multiply(turn, out.rotations)
            out.gaze = rotations.rotate(turn, out.gaze)

    # The headset

    def _give_orders(self, t, out):
        due = sum(e.time <= t for e in self._entries)
        for entry in self._entries[self._told : due]:
            if entry.do in _TO_LAYER:
                out.orders.append({"do": entry.do, **entry.values})
            elif entry.do in ("stop_service", "start_service"):
                out.orders.append({"do": entry.do})
            elif entry.do == "recentre":
                x, z, yaw = self._place(t, [e for e in self._entries if e.time <= t])
                # Yaw of a rotation is to the left.
                out.orders.append({"do": "recentre", "position": [float(x), float(z)], "yaw": float(-yaw)})
            elif entry.do == "take_off":
                self._off = True
                self._later.append((t + _OFF_AFTER, {"do": "state", "name": "stopping"}))
                self._later.append((t + entry.seconds, {"do": "state", "name": "focused"}))
        self._told = due
        for order in [o for o in self._later if o[0] <= t]:
            self._later.remove(order)
            if order[1]["name"] == "focused":
                self._off = False
            out.orders.append(order[1])

    def put_on(self, t):
        """The headset goes on again before its time."""
        self._later = [(t, order) for _, order in self._later]

    @property
    def off(self):
        return self._off


def _share(entry, t):
    """How far an expression or a look has come, 0 to 1: it comes and goes softly."""
    into, left = t - entry.time, entry.time + entry.seconds - t
    return float(minimum_jerk(np.clip(min(into, left) / min(_ONSET, max(entry.seconds / 2, 1e-3)), 0.0, 1.0)))
