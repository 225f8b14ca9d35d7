"""A figure that talks: mouth, head and hands move as when somebody tells something, without a sound."""

import numpy as np

from vrtrainer.human import rotations
from vrtrainer.human.face import WEIGHTS
from vrtrainer.human.pose import Pose
from vrtrainer.human.skeleton import INDEX

SETTLES = 0.15  # s in which the mouth closes and the hands come to rest
_JAW = WEIGHTS.index("jawOpen")
_X, _Y = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
_ELBOWS = ((INDEX["leftLowerArm"], -1.0, 0.0), (INDEX["rightLowerArm"], 1.0, 1.9))


def talking(rest, time, share=1.0):
    """The pose of somebody who talks.

    Parameters
    ----------
    rest : Pose
        How they stand at ease.
    time : float
        Seconds since they began.
    share : float
        1 talks, 0 is at rest.

    Returns
    -------
    Pose
    """
    turned, face = rest.rotations.copy(), rest.face.copy()
    syllable = max(np.sin(2 * np.pi * 2.2 * time), 0.0) * (0.6 + 0.4 * np.sin(2 * np.pi * 0.37 * time))
    face[_JAW] = 0.35 * share * syllable
    nod = 0.06 * share * np.sin(2 * np.pi * 0.45 * time)
    turned[INDEX["head"]] = rotations.multiply(rotations.from_axis_angle(_X, nod), turned[INDEX["head"]])
    for joint, sign, phase in _ELBOWS:
        bend = sign * share * (0.9 + 0.25 * np.sin(2 * np.pi * 0.3 * time + phase))
        turned[joint] = rotations.multiply(rotations.from_axis_angle(_Y, bend), turned[joint])
    return Pose(turned, rest.hips, face)
