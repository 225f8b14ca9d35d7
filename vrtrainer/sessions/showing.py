"""How the avatar stands there: performing, at rest, looking, and the crossing over from one to the other.

The avatar looks at its own moving hand while it shows something, and at the learner at most a fifth of the time
(EXPERIENCE 1); with `looks_away` never. Idle movement stays below 1 cm and can be off (EXPERIENCE 5).
"""

import math

import numpy as np

from vrtrainer.gestures import sitting
from vrtrainer.human import one, rotations
from vrtrainer.human.pose import Pose
from vrtrainer.human.skeleton import INDEX, PART_INDEX
from vrtrainer.human.transform import Transform
from vrtrainer.sessions.limits import FADE

DISTANCE = 1.5  # m, social distance (PRACTICE 1.5)
FACING = Transform(np.array([0.0, 0.0, -DISTANCE]), rotations.from_axis_angle([0.0, 1.0, 0.0], np.pi))
LOOK_PERIOD, LOOK_SHARE = 10.0, 0.18  # s; at the learner for less than a fifth of each period
BREATH_PERIOD, BREATH_ANGLE = 4.6, 0.006  # s, radians at the spine: the shoulders rise some millimetres
EYE_LIMIT = math.radians(22)
_CHEST = INDEX["chest"]
_EYES = (INDEX["leftEye"], INDEX["rightEye"])
_HANDS = {"left": INDEX["leftMiddleProximal"], "right": INDEX["rightMiddleProximal"]}


class Figurant:
    """One avatar's behaviour from frame to frame.

    Parameters
    ----------
    rest : Pose
        How it stands when nothing is asked of it.
    seated : Pose or None
        How it sits at a pause; None where it has no seat.
    """

    def __init__(self, rest, seated=None):
        self._rest, self._seated = rest, seated
        self._last = rest  # what was shown at the last frame
        self._from, self._source, self._since = rest, "rest", -np.inf

    def rest(self, now, manner, sits=False):
        """The pose at rest, with a breath in it.

        Parameters
        ----------
        now : float
            Seconds of session time.
        manner : Manner
        sits : bool

        Returns
        -------
        Pose
        """
        if sits and self._seated is not None:
            return self._crossed("seated", now, self._breathing(now, self._seated, manner), self._glance(now, manner))
        return self._crossed("rest", now, self._breathing(now, self._rest, manner), self._glance(now, manner))

    def perform(self, now, source, pose, aim, manner):
        """A pose of a demonstration; the eyes follow what moves.

        Parameters
        ----------
        now : float
        source : str
            Names the demonstration: crossing over starts when it changes.
        pose : Pose
        aim : ndarray, shape (3,), or None
            Where the eyes go, in the figure's own space; NaN or None: where they go at rest. See `aims`.
        manner : Manner

        Returns
        -------
        Pose
        """
        aim = aim if aim is not None and aim[0] == aim[0] else self._glance(now, manner)
        return self._crossed(source, now, pose, aim)

    def _breathing(self, now, pose, manner):
        if manner.calm_idle:
            return pose
        turned = pose.rotations.copy()
        half = 0.5 * BREATH_ANGLE * math.sin(2 * math.pi * now / BREATH_PERIOD)
        turned[_CHEST] = one.multiply((math.sin(half), 0.0, 0.0, math.cos(half)), turned[_CHEST].tolist())
        return Pose(turned, pose.hips, pose.face)

    def _glance(self, now, manner):
        if not manner.looks_away and (now % LOOK_PERIOD) < LOOK_PERIOD * LOOK_SHARE:
            return np.array([0.0, -0.05, -1.0])  # the learner's face, a little below: seated and smaller
        return np.array([0.35, -0.3, -1.0])

    def _crossed(self, source, now, pose, aim):
        if source != self._source:
            self._from, self._source, self._since = self._last, source, now
        pose = looking(pose, aim)
        share = (now - self._since) / FADE
        if share < 1.0:
            eased = share * share * (3 - 2 * share)
            pose = Pose(
                rotations.blend(self._from.rotations, pose.rotations, np.asarray(eased)),
                sitting.over_feet(self._from.hips, pose.hips, eased),
                self._from.face + eased * (pose.face - self._from.face),
            )
        self._last = pose
        return pose


def aims(performance, body):
    """Where the eyes go while a gesture is shown: to the hand that moves, as long as eyes can follow it.

    Parameters
    ----------
    performance : Performance
    body : Body
        Of the one who shows it.

    Returns
    -------
    ndarray, shape (T, 3)
        Directions in the figure's own space at the motion's times. A hand that hangs down or is far aside would roll
        the eyes out of sight: they go some way towards it. NaN where no one hand acts.
    """
    motion = performance.motion
    target = _HANDS.get(performance.side)
    if target is None:
        return np.full((len(motion.times), 3), np.nan)
    at = motion.positions(body)
    aim = at[:, target] - (at[:, _EYES[0]] + at[:, _EYES[1]]) / 2
    followed = (aim[:, 2] < -0.12) & (np.abs(aim[:, 0]) < -1.2 * aim[:, 2])
    towards = np.full_like(aim, -1.0)
    towards[:, 0] = -0.35 if performance.side == "left" else 0.35
    towards[:, 1] = np.clip(aim[:, 1], -0.3, 0.15)
    return np.where(followed[:, None], aim, towards)


def looking(pose, aim):
    """The same pose with the eyes turned towards a direction, as far as eyes turn.

    Parameters
    ----------
    pose : Pose
    aim : ndarray, shape (3,)
        Direction in the figure's own space (facing -Z), metres or any unit.

    Returns
    -------
    Pose
    """
    x, y, z = aim.tolist()
    yaw = min(max(math.atan2(-x, -z), -EYE_LIMIT), EYE_LIMIT)
    pitch = min(max(math.atan2(y, math.hypot(x, z)), -EYE_LIMIT), EYE_LIMIT / 2)
    turned = pose.rotations.copy()
    cy, sy, cp, sp = math.cos(yaw / 2), math.sin(yaw / 2), math.cos(pitch / 2), math.sin(pitch / 2)
    # Yaw about Y after pitch about X, written out: two quaternion products a frame less.
    turned[_EYES[0]] = turned[_EYES[1]] = (cy * sp, sy * cp, -sy * sp, cy * cp)
    return Pose(turned, pose.hips, pose.face)


def part_by_part(motion, parts, time, lasts):
    """One part of the body at a time: first everything but the hands, then all of it (prompt 6).

    Parameters
    ----------
    motion : Motion
    parts : tuple of str
        Parts kept at rest during the first pass.
    time : float
        Seconds since the demonstration began.
    lasts : float
        Seconds of one pass.

    Returns
    -------
    Pose
    """
    if time >= lasts:
        return motion.sample(time - lasts)
    pose = motion.sample(time)
    turned = pose.rotations.copy()
    for part in parts:
        joints = PART_INDEX[part]
        turned[joints] = motion.rotations[0][joints]
    return Pose(turned, pose.hips, pose.face)
