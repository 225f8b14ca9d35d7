"""Positions of any skeleton as streams of numbers that can be held against another skeleton's.

Rule 1: names serve only to say which joint is which of ours; what only one of the two skeletons has is left out.
Rule 2: a stream is a direction of a bone, a place in arm or leg lengths, or a hand's shape: none depends on place,
        heading, size or proportions. The heading is that of hips and shoulders at first, one for the whole recording.
Rule 3: what was not seen is NaN; gaps of at most half a second are bridged by a straight line, longer ones stay.
"""

from dataclasses import dataclass

import numpy as np

from vrtrainer.gestures import joint_names
from vrtrainer.human.skeleton import FINGERS, INDEX, JOINTS, MIRROR, SIDES, J
from vrtrainer.imitation import features, gaps, trust

GAP = 0.5  # s, bridged
SMOOTH = 0.12  # s, standard deviation of the Gaussian that takes out a depth camera's tremble
_FACING = 0.3  # s at first that say which way somebody faces
_ARM_PER_HAND = 6.0  # arm length over wrist to knuckle, of a body of average proportions
_FLIP = np.array([-1.0, 1.0, 1.0])

_IN_HAND = {
    side: [INDEX[j] for j in JOINTS if j.startswith(side) and (j.endswith("Palm") or any(f in j for f in FINGERS))]
    for side in SIDES
}
_LIMBS = (
    ("Arm", "upper_arm", "UpperArm", "LowerArm"),
    ("Arm", "forearm", "LowerArm", "Hand"),
    ("Leg", "upper_leg", "UpperLeg", "LowerLeg"),
    ("Leg", "lower_leg", "LowerLeg", "Foot"),
)
_BONES = (
    *((f"{side}{limb}", name, f"{side}{a}", f"{side}{b}") for limb, name, a, b in _LIMBS for side in SIDES),
    ("trunk", "direction", "hips", "neck"),
    ("head", "direction", "neck", "head"),
)  # part, name, the bone's two ends


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """Three numbers over time that are compared as one.

    Parameters
    ----------
    part : str
        Body part, as `leftArm`; the joint itself for a single point.
    joints : tuple of str
    values : ndarray, shape (T, 3)
        Directions and places in arm or leg lengths, NaN where not seen.
    posture : bool
        Whether its value itself means something, not only how it changes.
    bone : bool
        Whether it is a direction of a bone.
    metres : float
        What one unit is in metres; 0 for a direction.
    """

    part: str
    joints: tuple
    values: np.ndarray
    posture: bool
    bone: bool
    metres: float


@dataclass(frozen=True, slots=True, eq=False)
class Skeleton:
    """One side of a comparison, joints named as ours.

    Parameters
    ----------
    positions : ndarray, shape (T, J, 3)
        Metres, gaps bridged, smoothed, NaN where not seen.
    points : dict
        Other joints by their own names: ndarray, shape (T, 3).
    seen : dict
        Joint to the share of samples in which it was really seen.
    rate : float
    sided : bool
        Whether left and right are told apart, so that it can be mirrored.
    """

    positions: np.ndarray
    points: dict
    seen: dict
    rate: float
    sided: bool


def read(positions, names, rate, tracked, what):
    """Check one side's input and name its joints as ours.

    Parameters
    ----------
    positions : array_like, shape (T, J, 3)
        Metres, +Y up, NaN where missing.
    names : sequence of str, or dict of str to str
        One a joint; a dict also says which of our joints each is.
    rate : float
        Samples a second.
    tracked : array_like, shape (T, J), optional
        False where a joint was not really seen.
    what : str
        For errors: demonstration or attempt.

    Returns
    -------
    Skeleton

    Raises
    ------
    ValueError
        If shapes, names or rate do not fit.
    """
    x = np.array(positions, dtype=float)
    if x.ndim != 3 or x.shape[2] != 3:
        raise ValueError(f"compare: the {what} has shape {x.shape}, expected (T, J, 3): samples, joints, metres")
    plain = list(names)
    if len(plain) != x.shape[1]:
        raise ValueError(f"compare: the {what} has {x.shape[1]} joints and {len(plain)} names, expected one a joint")
    if len(set(map(str, plain))) != len(plain):
        twice = next(n for n in plain if plain.count(n) > 1)
        raise ValueError(f"compare: the {what} names {twice!r} twice; every joint has a name of its own")
    if len(x) < 3:
        raise ValueError(f"compare: the {what} has {len(x)} samples, expected 3 or more")
    if not np.isfinite(rate) or rate <= 0:
        raise ValueError(f"compare: the {what}'s rate is {rate}, expected samples a second above 0")
    if tracked is not None:
        t = np.asarray(tracked)
        if t.shape != x.shape[:2]:
            raise ValueError(f"compare: tracked has shape {t.shape}, expected {x.shape[:2]}, as the {what}'s joints")
        x[~t.astype(bool)] = np.nan
    x[~np.isfinite(x).all(axis=2)] = np.nan
    ours = _ours(names, plain)
    x[trust.untrue(x, [ours.get(i) for i in range(len(plain))], rate)] = np.nan
    share = np.isfinite(x[:, :, 0]).mean(axis=0)
    body = np.full((len(x), J, 3), np.nan)
    points, seen = {}, {}
    for i, name in enumerate(plain):
        joint = ours.get(i)
        if joint is not None:
            body[:, INDEX[joint]] = x[:, i]
        else:
            points[str(name)] = x[:, i]
        seen[joint or str(name)] = float(share[i])
    times = np.arange(len(x)) / rate
    body = _smoothed(_whole_hands(times, gaps.bridged(times, body, GAP), body), rate)
    points = {name: _smoothed(gaps.bridged(times, point[:, None], GAP), rate)[:, 0] for name, point in points.items()}
    if len(ours) >= 3:
        points = {}  # a body's other joints say nothing that its named ones do not
    sided = any(j.startswith(SIDES) for j in ours.values()) and not _unsided(plain)
    return Skeleton(body, points, seen, float(rate), sided)


def _ours(names, plain):
    if isinstance(names, dict):
        wrong = next((v for v in names.values() if v is not None and v not in INDEX), None)
        if wrong is not None:
            raise ValueError(f"compare: the mapping says {wrong!r}, which is none of our joints, such as leftLowerArm")
        return {i: names[n] for i, n in enumerate(plain) if names[n] is not None}
    found = joint_names.canonical(plain)
    if _unsided(plain):  # landmarks of one hand without a side: taken as a right hand's
        return joint_names.canonical([f"right_{n}" for n in plain])
    return found


def _unsided(plain):
    words = [str(n).lower() for n in plain]
    fingers = sum(any(f in w for f in ("thumb", "index", "middle", "ring", "pinky", "little")) for w in words)
    return fingers >= 5 and not any("left" in w or "right" in w or w.startswith(("l_", "r_")) for w in words)


def _whole_hands(times, bridged, holed):
    """A hand's joints bridged as seen from its wrist: a hand that moves fast keeps its shape."""
    for side in SIDES:
        wrist = bridged[:, INDEX[f"{side}Hand"]][:, None]
        joints = _IN_HAND[side]
        if np.isfinite(wrist).any() and np.isfinite(holed[:, joints]).any():
            whole = gaps.bridged(times, holed[:, joints] - wrist, GAP) + wrist
            bridged[:, joints] = np.where(np.isfinite(whole), whole, bridged[:, joints])
    return bridged


def _smoothed(x, rate):
    sd = SMOOTH * rate
    half = min(int(3 * sd), len(x) - 1)
    if half < 1:
        return x
    kernel = np.exp(-0.5 * (np.arange(-half, half + 1) / sd) ** 2)
    flat = x.reshape(len(x), -1)
    known = np.isfinite(flat)
    # The weight of what was seen divides, so that a gap does not pull; ends are held.
    padded = np.pad(np.where(known, flat, 0.0), ((half, half), (0, 0)), "edge")
    weight = np.pad(known.astype(float), ((half, half), (0, 0)), "edge")
    n = len(padded) + len(kernel)
    spectrum = np.fft.rfft(kernel, n)[:, None]
    cut = slice(2 * half, 2 * half + len(x))
    top = np.fft.irfft(np.fft.rfft(padded, n, axis=0) * spectrum, n, axis=0)[cut]
    bottom = np.fft.irfft(np.fft.rfft(weight, n, axis=0) * spectrum, n, axis=0)[cut]
    return np.where(known, top / np.maximum(bottom, 1e-9), np.nan).reshape(x.shape)


def mirrored(skeleton):
    """The mirror image of a person: left and right changed, or of a point's path.

    Parameters
    ----------
    skeleton : Skeleton

    Returns
    -------
    Skeleton
    """
    positions = skeleton.positions * _FLIP
    seen = dict(skeleton.seen)
    if skeleton.sided:
        positions = positions[:, MIRROR]
        seen = {JOINTS[MIRROR[INDEX[j]]] if j in INDEX else j: s for j, s in seen.items()}
    points = {name: p * _FLIP for name, p in skeleton.points.items()}
    return Skeleton(positions, points, seen, skeleton.rate, skeleton.sided)


def streams(skeleton):
    """What can be compared of a skeleton.

    Parameters
    ----------
    skeleton : Skeleton

    Returns
    -------
    dict
        (part, name) to Stream.
    """
    x = _faced(skeleton.positions, skeleton.rate)
    known = np.isfinite(x[:, :, 0]).any(axis=0)
    has = lambda *joints: all(known[INDEX[j]] for j in joints)  # noqa: E731
    at = lambda joint: x[:, INDEX[joint]]  # noqa: E731
    out = {}
    for part, name, a, b in _BONES:
        if has(a, b):
            out[part, name] = Stream(part, (a, b), _unit(at(b) - at(a)), True, True, 0.0)
    if has("leftUpperArm", "rightUpperArm"):
        ends = ("leftUpperArm", "rightUpperArm")
        out["trunk", "shoulders"] = Stream("trunk", ends, _unit(at(ends[1]) - at(ends[0])), False, False, 0.0)
    leg = _limb(x, "UpperLeg", "LowerLeg", "Foot")
    if has("hips") and leg:
        out["trunk", "hips"] = Stream("trunk", ("hips",), at("hips") / leg, False, False, leg)
    face = [j for j in ("leftEye", "rightEye", "jaw") if has(j)]
    if has("head") and face:  # a nod moves no end of the neck
        ahead = np.mean([at(j) for j in face], axis=0) - at("head")
        out["head", "facing"] = Stream("head", ("head", *face), _unit(ahead), True, True, 0.0)
    for side in SIDES:
        out |= _hand(x, skeleton.rate, known, side, (f"{side}Arm", "forearm") in out)
    covered = {j for s in out.values() for j in s.joints}
    loose = {j: at(j) for j in JOINTS if known[INDEX[j]] and j not in covered} if len(out) < 2 else {}
    points = loose | {n: p for n, p in skeleton.points.items() if np.isfinite(p).any()}
    for name, place in points.items():
        size = _extent(place)
        out[name, "path"] = Stream(name, (name,), place / size, False, False, size)
    return out


def _hand(x, rate, known, side, arm):
    knuckles = [f"{side}{f}Proximal" for f in ("Index", "Middle", "Little")]
    wrist = f"{side}Hand"
    if not all(known[INDEX[j]] for j in (wrist, *knuckles)):
        return {}
    index, middle, little = (x[:, INDEX[j]] for j in knuckles)
    part, joints = f"{side}Hand", (wrist, *knuckles)
    fingers = _unit(middle - x[:, INDEX[wrist]])
    row = _unit(index - little)
    normal = _unit(np.cross(fingers, row)) * (1.0 if side == "right" else -1.0)
    out = {
        (part, "fingers"): Stream(part, joints, fingers, True, True, 0.0),
        (part, "normal"): Stream(part, joints, normal, True, False, 0.0),
    }
    shape = features.hand_shapes(x)[:, ("left", "right").index(side)]
    shape = _smoothed(shape, rate)
    for k, name in enumerate(("thumb_to_middle", "ring_to_gap", "gaps_and_thumb")):
        values = shape[:, 3 * k : 3 * k + 3]
        if np.isfinite(values).all(axis=1).any():
            out[part, name] = Stream(part, joints, values, True, False, 0.0)
    if not arm:
        unit = _ARM_PER_HAND * float(np.nanmedian(np.linalg.norm(middle - x[:, INDEX[wrist]], axis=1)))
        out[part, "place"] = Stream(part, (wrist,), x[:, INDEX[wrist]] / unit, False, False, unit)
    return out


def _faced(x, rate):
    """Turned about the vertical so that the person faces -Z at first; as it is where hips and shoulders are unseen."""
    across = np.zeros(3)
    for joint in ("UpperArm", "UpperLeg"):
        line = x[:, INDEX[f"right{joint}"]] - x[:, INDEX[f"left{joint}"]]
        ok = np.isfinite(line).all(axis=1)
        if ok.any():
            across += line[ok][: max(round(_FACING * rate), 2)].mean(axis=0)
    flat = np.hypot(across[0], across[2])
    if flat < 1e-6:
        return x
    c, s = across[0] / flat, across[2] / flat
    return x @ np.array([[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]])


def _limb(x, *joints):
    """Median length of a limb of three joints, the mean of both sides; 0 where neither was seen."""
    found = []
    for side in SIDES:
        a, b, c = (x[:, INDEX[f"{side}{j}"]] for j in joints)
        length = np.linalg.norm(b - a, axis=1) + np.linalg.norm(c - b, axis=1)
        if np.isfinite(length).any():
            found.append(float(np.nanmedian(length)))
    return float(np.mean(found)) if found else 0.0


def _unit(lines):
    return lines / np.maximum(np.sqrt(np.einsum("ti,ti->t", lines, lines)), 1e-9)[:, None]


def _extent(place):
    """Root mean square distance from a path's own middle, doubled; metres."""
    away = place - np.nanmean(place, axis=0)
    return max(2.0 * float(np.sqrt(np.nanmean(np.einsum("ti,ti->t", away, away)))), 1e-6)
