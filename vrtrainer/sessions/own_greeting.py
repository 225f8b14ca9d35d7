"""A greeting of the learner's own: recorded, performed by the avatar, and kept as plain values for a next time.

What is kept are the avatar's rotations, which fit every avatar, 15 a second and each as int16: some kilobytes.
"""

import numpy as np

from vrtrainer.human import motion as motions
from vrtrainer.human import rotations
from vrtrainer.human.face import WEIGHTS
from vrtrainer.human.motion import Motion
from vrtrainer.human.observation import MEASURED
from vrtrainer.human.skeleton import J
from vrtrainer.sessions.stored import read_array, stored_array

RATE = 15.0  # a second
_UNIT = 32767.0


def plain(motion):
    """A movement as plain values.

    Parameters
    ----------
    motion : Motion

    Returns
    -------
    dict
    """
    times = np.arange(0.0, motion.duration + 1e-9, 1.0 / RATE)
    kept = motions.retimed(motion, times) if len(motion.times) > 1 else motion
    return {
        "rate": RATE,
        "rotations": stored_array(np.rint(kept.rotations * _UNIT).astype(np.int16)),
        "hips": stored_array(kept.hips.astype(np.float32)),
    }


def read(table):
    """The movement of `plain`.

    Parameters
    ----------
    table : dict

    Returns
    -------
    Motion or None
        None where there is no movement in it: another greeting was chosen, or it was written by another version.
    """
    if not isinstance(table, dict) or not {"rate", "rotations", "hips"} <= set(table):
        return None
    turned, hips = read_array(table["rotations"]).astype(float), read_array(table["hips"]).astype(float)
    if turned.shape[1:] != (J, 4) or hips.shape != (len(turned), 3) or not len(turned):
        return None
    times = np.arange(len(turned)) / float(table["rate"])
    face = np.zeros((len(turned), len(WEIGHTS)))
    return Motion(times, rotations.normalise(turned), hips, face, np.full((len(turned), J), MEASURED, np.uint8))
