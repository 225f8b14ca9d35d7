"""A person's measures: how long the segments are, how far they reach, how far they bend, each with its uncertainty."""

from dataclasses import dataclass, replace

import numpy as np

from vrtrainer.human import skeleton
from vrtrainer.human.face import WEIGHTS
from vrtrainer.human.skeleton import INDEX, JOINTS, MIRROR, PARENT, REST_OFFSETS, J

HAND_LENGTH = 0.108  # of stature, as in skeleton.REST_OFFSETS


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """One person's measures, in the axes of the rest pose.

    Parameters
    ----------
    offsets : ndarray, shape (J, 3)
        Metres from the parent joint at rest; row 0 is the hips above the floor.
    sigma : ndarray, shape (J,)
        Standard deviation of each segment's length, metres.
    range_of_motion : ndarray, shape (J,)
        How far each joint swings from rest at most, radians; NaN where not measured (the gesture's own limits hold).
    tremor : float
        Standard deviation of a hand held still, metres; NaN where not measured.
    neutral_face : ndarray, shape (52,)
        The person's face at rest; zero where not measured.
    absent : frozenset of str
        Joints this person does not have or does not use.
    """

    offsets: np.ndarray
    sigma: np.ndarray
    range_of_motion: np.ndarray
    tremor: float
    neutral_face: np.ndarray
    absent: frozenset

    @property
    def height(self):
        """Stature in metres: the crown is taken 0.12 of stature above the base of the skull."""
        return float(self.rest_positions()[INDEX["head"], 1] / 0.88)

    def length(self, joint):
        """Length in metres of the segment that ends at a joint."""
        return float(np.linalg.norm(self.offsets[INDEX[joint]]))

    def arm_length(self, side):
        """Shoulder joint to wrist along the straight arm, metres: the unit of reach."""
        return self.length(f"{side}LowerArm") + self.length(f"{side}Hand")

    def rest_positions(self):
        """Joint positions (J, 3) in the T-pose, metres, feet on the floor at the origin."""
        out = self.offsets.copy()
        for level in skeleton.LEVELS:
            out[level] += out[PARENT[level]]
        return out


def of_height(height, sigma_share=0.04):
    """Body of average proportions.

    Parameters
    ----------
    height : float
        Stature in metres.
    sigma_share : float
        Standard deviation of segment lengths as a share of each, for people whose measures are not known.

    Returns
    -------
    Body

    Raises
    ------
    ValueError
        If the height is not one of a person, 0.4 to 2.5 m.

    Examples
    --------
    >>> round(of_height(1.4).height, 3), round(of_height(1.4).arm_length("left"), 3)
    (1.4, 0.465)
    """
    if not 0.4 <= height <= 2.5:
        raise ValueError(f"body: a height of {height} m, expected 0.4 to 2.5")
    offsets = REST_OFFSETS * height
    return Body(
        offsets=offsets,
        sigma=np.linalg.norm(offsets, axis=1) * sigma_share,
        range_of_motion=np.full(J, np.nan),
        tremor=float("nan"),
        neutral_face=np.zeros(len(WEIGHTS)),
        absent=frozenset(),
    )


def random(rng):
    """Body of another size and other proportions, for simulated learners and tests.

    Parameters
    ----------
    rng : numpy.random.Generator

    Returns
    -------
    Body
        From a small child to a tall adult; limbs, trunk and hands vary by a standard deviation of 6 % on their own,
        the same on both sides.
    """
    body = of_height(float(rng.uniform(0.95, 2.0)))
    scale = np.exp(rng.normal(0, 0.06, J))
    for group in (("@UpperArm", "@Shoulder"), ("spine", "chest", "upperChest"), ("@UpperLeg",)):
        scale[skeleton.indices(*group)] = np.exp(rng.normal(0, 0.06))
    hand = np.exp(rng.normal(0, 0.06))
    for side in skeleton.SIDES:
        fingers = skeleton.xr_hand_joints(side)[2:]
        scale[fingers] = hand
        scale[INDEX[f"{side}Palm"]] = hand
    for i, name in enumerate(JOINTS):  # the left side takes the right side's measures
        if name.startswith("left"):
            scale[i] = scale[MIRROR[i]]
    return replace(body, offsets=body.offsets * scale[:, None])


_SEGMENTS = tuple(
    n for n in JOINTS if n.endswith(("LowerArm", "leftHand", "rightHand", "UpperArm", "LowerLeg", "Foot"))
)  # fmt: skip


def measured(positions, fallback):
    """Body whose limbs have the lengths seen in a recording; the rest is scaled from a fallback.

    Parameters
    ----------
    positions : ndarray, shape (T, J, 3)
        Metres, NaN where not measured.
    fallback : Body
        Gives the proportions of what was not seen.

    Returns
    -------
    Body
        Each seen segment with the median length over time; `sigma` is its spread over time (scaled median absolute
        deviation) divided by the square root of the samples. Sides that differ by less than 5 % share their mean.

    Raises
    ------
    ValueError
        If fewer than two joined joints were seen.
    """
    seen = positions - positions[:, np.maximum(PARENT, 0)]
    lengths = np.sqrt(np.einsum("tji,tji->tj", seen, seen))
    known = np.isfinite(lengths).any(axis=0) & (PARENT >= 0)
    rest = np.linalg.norm(fallback.offsets, axis=1)
    known &= rest > 1e-6
    if not known.any():
        raise ValueError("body: no two joined joints were seen, so nothing can be measured")
    with np.errstate(invalid="ignore"):
        median = np.full(J, np.nan)
        spread = np.full(J, np.nan)
        median[known] = np.nanmedian(lengths[:, known], axis=0)
        count = np.isfinite(lengths[:, known]).sum(axis=0)
        spread[known] = 1.4826 * np.nanmedian(np.abs(lengths[:, known] - median[known]), axis=0) / np.sqrt(count)
    limbs = np.array([INDEX[n] for n in _SEGMENTS])
    ratio = median / np.maximum(rest, 1e-6)
    size = np.nanmedian(ratio[limbs]) if np.isfinite(ratio[limbs]).any() else np.nanmedian(ratio)
    ratio = np.where(np.isfinite(ratio) & (ratio > 0.3) & (ratio < 3.0), ratio, size)
    other = ratio[MIRROR]
    ratio = np.where(np.abs(ratio - other) < 0.05 * ratio, (ratio + other) / 2, ratio)
    offsets = fallback.offsets * ratio[:, None]
    legs = INDEX["leftLowerLeg"], INDEX["leftFoot"]
    offsets[0] = fallback.offsets[0] * (ratio[legs[0]] + ratio[legs[1]]) / 2
    sigma = np.where(np.isfinite(spread), spread, fallback.sigma * size)
    return replace(fallback, offsets=offsets, sigma=sigma)
