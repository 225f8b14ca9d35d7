"""The learner's own posture at the moment that comes nearest to what was shown, from the journal's measured joints."""

from dataclasses import dataclass

import numpy as np

from vrtrainer.gestures.gesture import Style
from vrtrainer.gestures.perform import perform, relaxed
from vrtrainer.human import face, pose, rotations
from vrtrainer.human.observation import MEASURED, MODELLED
from vrtrainer.human.pose import Pose
from vrtrainer.human.skeleton import JOINTS, MIRROR, PARENT, PART_INDEX, J
from vrtrainer.learning import prompts

_FACE_METRES = 0.05  # a face weight of 1 counts as much as a joint that is this far off
_EVERY = 1 / 30  # s between the frames that are looked at
_FINGERS_AND_LEGS = ("Proximal", "Intermediate", "Distal", "Metacarpal", "Leg", "Foot", "Toes")
_LOOSE = np.array([name.endswith(_FINGERS_AND_LEGS) for name in JOINTS])
"""Joints that are drawn at ease where nobody saw them."""


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """A posture as it is drawn: facing forward, and how much of what counts was measured rather than filled in."""

    pose: Pose
    mirrored: bool
    measured: float

    @property
    def filled(self):
        """Whether anything that counts was filled in."""
        return self.measured < 0.99


def demonstrated(gesture, body, row):
    """The posture at the stroke, as a body performs what a trial showed."""
    side = row["side"] if row["side"] in ("left", "right") else "right"
    style = Style(prompts.shown_tempo(row["facet_tempo"], row["prompt"]), row["facet_size"], side)
    performance = perform(gesture, body, style)
    return performance.motion.sample(performance.points["stroke"]), performance


def nearest(recorded, wanted, body):
    """Attempts of several trials in one pass: `wanted` is trial to (from, until, row, gesture), s of session time."""
    frames = _turns(recorded, {trial: window[:2] for trial, window in wanted.items()})
    out = {}
    for trial, (_, _, row, gesture) in wanted.items():
        if frames[trial]:
            out[trial] = _nearest(frames[trial], row, gesture, body)
    return out


def _turns(recorded, windows):
    """Observations of each trial's window, thinned to what is needed."""
    out = {trial: [] for trial in windows}
    start, last = None, dict.fromkeys(windows, -1.0)
    for frame, seen, _, _ in recorded.steps():
        start = frame.time if start is None else start
        now = frame.time - start
        for trial, (begins, ends) in windows.items():
            if begins <= now <= ends and now - last[trial] >= _EVERY and seen.how.any():
                out[trial].append(seen)
                last[trial] = now
    return out


def _nearest(seen, row, gesture, body):
    positions, turned, how = (np.stack([getattr(s, name) for s in seen]) for name in ("positions", "rotations", "how"))
    faces = np.nan_to_num(np.stack([s.face for s in seen]))
    local, hips, filled = pose.fit(positions, turned, how, body)
    shown, performance = demonstrated(gesture, body, row)
    mirror = row["side_used"] == "mirror" and performance.side in ("left", "right")
    local = rotations.mirrored(local)[:, MIRROR] if mirror else local
    filled = filled[:, MIRROR] if mirror else filled
    faces = faces[:, face.MIRROR] if mirror else faces
    weight, face_weight = _weights(performance)
    apart = np.linalg.norm(_placed(local, body) - _placed(shown.rotations[None], body), axis=-1) @ weight
    apart += _FACE_METRES * (np.abs(faces - shown.face) @ face_weight)
    best = int(np.argmin(apart))
    counted = weight > 0
    measured = float((filled[best][counted] == MEASURED).mean()) if counted.any() else 1.0
    return Attempt(_facing(local[best], hips[best], faces[best], filled[best], body), mirror, measured)


def _weights(performance):
    """What counts: a weight a joint, and one a face weight; each adds up to 1 where there is any."""
    joints, weights = np.zeros(J), np.zeros(len(face.WEIGHTS))
    for part, weight in performance.parts.items():
        if part in PART_INDEX:
            joints[PART_INDEX[part]] = np.maximum(joints[PART_INDEX[part]], weight)
        elif part in face.PARTS:
            weights[[face.INDEX[n] for n in face.PARTS[part]]] = weight
    if "head" in performance.parts:  # a head that turns in place moves only what hangs on it
        hanging = np.isin(PARENT, PART_INDEX["head"])
        joints[hanging] = np.maximum(joints[hanging], performance.parts["head"])
    return joints / max(joints.sum(), 1e-9), weights / max(weights.sum(), 1e-9)


def _placed(local, body):
    """Joint positions with the hips at the origin, unturned."""
    local = local.copy()
    local[:, 0] = rotations.IDENTITY
    return pose.forward(local, np.zeros((len(local), 3)), body.offsets)[0]


def _facing(local, hips, weights, filled, body):
    """The posture turned to the front, at its own height."""
    out = np.where(((filled <= MODELLED) & _LOOSE)[:, None], relaxed(body).rotations, local)
    out[0] = rotations.multiply(rotations.inverse(rotations.yaw(local[0])), local[0])
    height = hips[1] if np.isfinite(hips[1]) and hips[1] > 0.2 else body.offsets[0][1]
    return Pose(out, np.array([0.0, height, 0.0]), weights)
