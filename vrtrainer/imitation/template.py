"""A demonstration as this learner's body would do it: what an attempt is compared with."""

from dataclasses import dataclass

import numpy as np

from vrtrainer.human import pose as poses
from vrtrainer.human import rotations
from vrtrainer.human.observation import MEASURED
from vrtrainer.human.skeleton import INDEX
from vrtrainer.imitation import features

RATE = 30.0  # rows a second: faster than any gesture needs, as fast as the slowest hand tracker
OUTSIDE_STROKE = 0.25  # weight of getting there and back, against the stroke itself
_HEAD = INDEX["head"]


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One way round of doing it.

    Parameters
    ----------
    name : str
        mirror, anatomical, or none where both are the same.
    rows : ndarray, shape (N, F)
        Features.
    counts : dict
        Part to {group: weight}.
    acts : str
        The learner's acting side: left, right, both or none.
    """

    name: str
    rows: np.ndarray
    counts: dict
    acts: str


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """What an attempt is compared with.

    Parameters
    ----------
    gesture : Gesture or None
    measures : features.Measures
    body : Body or None
    times : ndarray, shape (N,)
        Seconds.
    points : dict
        Sync points, seconds.
    frame_weights : ndarray, shape (N,)
        1 in the stroke, less on the way there and back.
    sides : tuple of Side
        The mirror-wise one first.
    share_needed : float
        Below this share of the weight seen, a score is withheld.
    """

    gesture: object
    measures: object
    body: object
    times: np.ndarray
    points: dict
    frame_weights: np.ndarray
    sides: tuple
    share_needed: float

    @staticmethod
    def of_performance(performance, gesture, body, elbows=True):
        """Template of a gesture performed by the learner's own body.

        Parameters
        ----------
        performance : Performance
            On the side on which the avatar acts: to do the same is anatomical, to mirror it is mirror-wise.
        gesture : Gesture
        body : Body
        elbows : bool
            False where the learner's tracker never sees elbows and shoulders, as with a headset alone: what would
            count of the arm's bones counts of the wrist's way from the head instead.

        Returns
        -------
        Template
        """
        counts = performance.counts if elbows else by_wrist(performance.counts)
        motion = performance.motion
        times = np.arange(int(motion.duration * RATE) + 1) / RATE
        at = np.clip(np.searchsorted(motion.times, times), 0, len(motion.times) - 1)
        positions, turned = poses.forward(motion.rotations[at], motion.hips[at], body.offsets)
        unknown = motion.how[at] != MEASURED
        positions[unknown] = np.nan
        head = rotations.from_matrix(turned[:, _HEAD])
        head[unknown[:, _HEAD]] = np.nan
        inputs = positions, head, motion.face[at]
        return of_inputs(inputs, counts, performance.side, times, performance.points, gesture, body)


def by_wrist(counts):
    """What counts where no elbow is seen: the weight of an arm's bones goes to its wrist, the trunk is left out.

    Parameters
    ----------
    counts : dict
        Part to {group: weight}.

    Returns
    -------
    dict

    Examples
    --------
    >>> by_wrist({"leftArm": {"upper_arm": 0.3, "forearm": 0.8}, "leftHand": {"shape": 1.0}})
    {'leftArm': {'wrist': 0.8}, 'leftHand': {'shape': 1.0}}
    """
    out = {}
    for part, named in counts.items():
        if part.endswith("Arm"):
            out[part] = {"wrist": max(named.values())}
        elif part != "trunk" or len(counts) == 1:
            out[part] = named
    return out


def of_inputs(inputs, counts, acts, times, points, gesture, body):
    """Template of joint positions.

    Parameters
    ----------
    inputs : tuple of ndarray, shape (N, J, 3), (N, 4) and (N, 52)
        Positions, head rotations and face, as `features.extract` takes them.
    counts : dict
    acts : str
        left, right, both or none.
    times : ndarray, shape (N,)
    points : dict
    gesture : Gesture or None
    body : Body

    Returns
    -------
    Template
    """
    measures = features.measures_of(body)
    weights = np.where((times >= points["stroke_start"]) & (times <= points["stroke_end"]), 1.0, OUTSIDE_STROKE)
    same = Side("anatomical", features.extract(*inputs, measures), counts, acts)
    other = {"left": "right", "right": "left"}.get(acts, acts)
    turned = Side("mirror", features.extract(*features.mirrored(*inputs), measures), features.other_side(counts), other)
    sides = (turned, same)
    if acts not in ("left", "right"):
        sides = (Side("none", same.rows, counts, acts),)
    needed = gesture.share_needed if gesture is not None else 0.6
    return Template(gesture, measures, body, times, points, weights, sides, needed)
