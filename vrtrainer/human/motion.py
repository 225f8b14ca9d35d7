"""A movement: poses over time."""

from dataclasses import dataclass

import numpy as np

from vrtrainer.human import pose as poses
from vrtrainer.human import rotations
from vrtrainer.human.face import MIRROR as FACE_MIRROR
from vrtrainer.human.face import WEIGHTS
from vrtrainer.human.observation import MEASURED
from vrtrainer.human.pose import Pose
from vrtrainer.human.skeleton import MIRROR, J


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """Samples of one person's movement; between them it goes straight.

    Parameters
    ----------
    times : ndarray, shape (T,)
        Seconds, rising, from 0.
    rotations : ndarray, shape (T, J, 4)
        Local, as in `Pose`.
    hips : ndarray, shape (T, 3)
        Metres.
    face : ndarray, shape (T, 52)
        ARKit weights; NaN where the source shows no face.
    how : ndarray, shape (T, J)
        uint8: how each joint was known. A performed gesture is MEASURED throughout.
    """

    times: np.ndarray
    rotations: np.ndarray
    hips: np.ndarray
    face: np.ndarray
    how: np.ndarray

    @property
    def duration(self):
        """Seconds from the first sample to the last."""
        return float(self.times[-1])

    def sample(self, time):
        """The pose at a moment, held before the first sample and after the last.

        Parameters
        ----------
        time : float
            Seconds.

        Returns
        -------
        Pose
        """
        i = int(np.searchsorted(self.times, time, side="right"))
        if i == 0 or i == len(self.times):
            at = 0 if i == 0 else -1
            return Pose(self.rotations[at], self.hips[at], self.face[at])
        share = (time - self.times[i - 1]) / (self.times[i] - self.times[i - 1])
        return Pose(
            rotations.blend(self.rotations[i - 1], self.rotations[i], share),
            self.hips[i - 1] + share * (self.hips[i] - self.hips[i - 1]),
            self.face[i - 1] + share * (self.face[i] - self.face[i - 1]),
        )

    def positions(self, body):
        """Joint positions (T, J, 3) in metres when a body performs this."""
        return poses.forward(self.rotations, self.hips, body.offsets)[0]


def of_poses(times, sequence, how=None):
    """Motion of poses one after the other.

    Parameters
    ----------
    times : ndarray, shape (T,)
        Seconds.
    sequence : list of Pose
    how : ndarray, shape (T, J), optional
        MEASURED where not given.

    Returns
    -------
    Motion
    """
    times = np.asarray(times, float)
    return Motion(
        times - times[0],
        np.stack([p.rotations for p in sequence]),
        np.stack([p.hips for p in sequence]),
        np.stack([p.face for p in sequence]),
        np.full((len(times), J), MEASURED, np.uint8) if how is None else how,
    )


def of_positions(times, positions, turned, how, body, face=None):
    """Motion of a person whose joints were seen, for any body: bones are matched by direction.

    Parameters
    ----------
    times : ndarray, shape (T,)
        Seconds.
    positions : ndarray, shape (T, J, 3)
        Metres, NaN where absent.
    turned : ndarray, shape (T, J, 4)
        World rotations, NaN where absent.
    how : ndarray, shape (T, J)
        uint8.
    body : Body
        Who shall perform it; gives what was not seen.
    face : ndarray, shape (T, 52), optional

    Returns
    -------
    Motion
        `how` keeps what was seen; what `pose.fit` filled in is MODELLED.
    """
    local, hips, filled = poses.fit(positions, turned, how, body)
    times = np.asarray(times, float)
    face = np.full((len(times), len(WEIGHTS)), np.nan) if face is None else face
    return Motion(times - times[0], local, hips, face, filled)


def mirrored(motion):
    """The movement seen in a mirror in the plane x = 0.

    Parameters
    ----------
    motion : Motion

    Returns
    -------
    Motion
        Twice is the movement itself.
    """
    return Motion(
        motion.times,
        rotations.mirrored(motion.rotations)[:, MIRROR],
        motion.hips * np.array([-1.0, 1.0, 1.0]),
        motion.face[:, FACE_MIRROR],
        motion.how[:, MIRROR],
    )


def retimed(motion, times):
    """The movement sampled at other times.

    Parameters
    ----------
    motion : Motion
    times : ndarray, shape (N,)
        Seconds, rising; outside the movement its first and last pose are held.

    Returns
    -------
    Motion
        Its times start at 0.
    """
    times = np.asarray(times, float)
    after = np.clip(np.searchsorted(motion.times, times, side="right"), 1, max(len(motion.times) - 1, 1))
    after = np.minimum(after, len(motion.times) - 1)
    before = np.maximum(after - 1, 0)
    gap = np.maximum(motion.times[after] - motion.times[before], 1e-12)
    share = np.clip((times - motion.times[before]) / gap, 0.0, 1.0)
    return Motion(
        times - times[0],
        rotations.blend(motion.rotations[before], motion.rotations[after], share[:, None]),
        motion.hips[before] + share[:, None] * (motion.hips[after] - motion.hips[before]),
        motion.face[before] + share[:, None] * (motion.face[after] - motion.face[before]),
        np.minimum(motion.how[before], motion.how[after]),
    )


def blended(a, b, share):
    """Movement between two of the same times.

    Parameters
    ----------
    a, b : Motion
        With the same number of samples.
    share : float or ndarray, shape (T,)
        0 gives `a`, 1 gives `b`.

    Returns
    -------
    Motion

    Raises
    ------
    ValueError
        If the two differ in length; `retimed` makes them alike.
    """
    if len(a.times) != len(b.times):
        raise ValueError(f"motion: blending {len(a.times)} with {len(b.times)} samples; retime one of them first")
    share = np.broadcast_to(np.asarray(share, float), a.times.shape)
    return Motion(
        a.times,
        rotations.blend(a.rotations, b.rotations, share[:, None]),
        a.hips + share[:, None] * (b.hips - a.hips),
        a.face + share[:, None] * (b.face - a.face),
        np.minimum(a.how, b.how),
    )
