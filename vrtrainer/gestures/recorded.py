"""Recordings of people: read from .npz, .csv and .bvh, and as gestures that others imitate.

Rule 1: files have x to the person's left, y up and z forward; here they are turned by half a turn about the vertical,
        once. Everything after this door faces -Z, with the left at -X.
Rule 2: a person is put on the floor at the origin, facing forward by the mean facing of the first frames. The movement
        stays as it was.
Rule 3: joints that are not in the file are absent. A joint that lies on another one (some files repeat a place) tells
        no direction and is left out.

Layouts of files: `layouts.py`. Names of joints: `joint_names.py`.
"""

import hashlib
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from vrtrainer.gestures import ik, joint_names, shapes, timing
from vrtrainer.gestures.gesture import SYNC_POINTS, Gesture
from vrtrainer.gestures.layouts import READERS
from vrtrainer.human import motion as motions
from vrtrainer.human import pose as poses
from vrtrainer.human import rotations
from vrtrainer.human.body import measured, of_height
from vrtrainer.human.face import WEIGHTS
from vrtrainer.human.motion import Motion
from vrtrainer.human.observation import ABSENT, MEASURED
from vrtrainer.human.skeleton import INDEX, MIRROR, SIDES, J, indices

_TURN = np.array([-1.0, 1.0, -1.0])
_FACING_SECONDS = 0.3
_SAME_PLACE = 0.005  # m
_LEAST, _FULL, _HELD = np.radians([15, 60, 35])
_NOISE = 0.15  # a weight below this is a tracker's trembling
_STANDING = of_height(1.0).rest_positions()[:, 1]  # each joint's height above the floor, of stature
_ENDS = indices("@Hand", "@Foot", "head", "hips")
_BONES = (
    *((f"{s}Arm", "upper_arm", f"{s}UpperArm", f"{s}LowerArm", "upperChest") for s in SIDES),
    *((f"{s}Arm", "forearm", f"{s}LowerArm", f"{s}Hand", "upperChest") for s in SIDES),
    *((f"{s}Leg", "upper_leg", f"{s}UpperLeg", f"{s}LowerLeg", "hips") for s in SIDES),
    *((f"{s}Leg", "lower_leg", f"{s}LowerLeg", f"{s}Foot", "hips") for s in SIDES),
    ("trunk", "direction", "hips", "neck", None),
    ("head", "direction", "neck", "head", "upperChest"),
)  # part, feature, the bone's two ends, in whose axes


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One sequence of one person.

    Parameters
    ----------
    positions : ndarray, shape (T, J, 3)
        Metres in our axes, NaN where absent.
    how : ndarray, shape (T, J)
        uint8: MEASURED or ABSENT.
    rate : float
        Samples a second.
    columns : dict
        What the file knows of this sequence.
    names_found : dict
        The file's joint name to ours.
    file : str
        The file's name.
    number : int
        Which sequence of the file, from 0.
    """

    positions: np.ndarray
    how: np.ndarray
    rate: float
    columns: dict
    names_found: dict
    file: str
    number: int

    @property
    def duration(self):
        """Seconds from the first sample to the last."""
        return (len(self.positions) - 1) / self.rate


def read(path, where=None):
    """The sequences of a file that fit.

    Parameters
    ----------
    path : Path
        .npz, .csv or .bvh.
    where : dict, optional
        Column to value, as {"movement": 7, "correct": 1}.

    Returns
    -------
    tuple of Recording
        In file order.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file cannot be read, has no such column, or nothing in it fits; columns and values are listed.
    """
    path, where = Path(path), dict(where or {})
    if not path.is_file():
        raise FileNotFoundError(f"recording: there is no file {path}")
    if path.suffix.lower() not in READERS:
        raise ValueError(f"{path.name}: a recording is a file ending in {', '.join(READERS)}")
    sequences, names, rate, columns = READERS[path.suffix.lower()](path)
    chosen = _chosen(path.name, columns, len(sequences), where)
    mapped = joint_names.canonical(names)
    if len(mapped) < 3:
        raise ValueError(
            f"{path.name}: of its joints {', '.join(names[:8])}… too few are known; joint_names.py lists the names"
        )
    found = {names[i]: joint for i, joint in mapped.items()}
    out = []
    for i in chosen:
        positions, how = _placed(np.asarray(sequences[i], float), rate, mapped)
        own = {key: _plain(values[i]) for key, values in columns.items()}
        out.append(Recording(positions, how, rate, own, found, path.name, int(i)))
    return tuple(out)


def _plain(value):
    return value.item() if isinstance(value, np.generic) else value


def _chosen(file, columns, count, where):
    fits = np.ones(count, bool)
    for key, wanted in where.items():
        if key not in columns:
            close = get_close_matches(key, list(columns), n=1)
            hint = f" (did you mean {close[0]!r}?)" if close else ""
            there = ", ".join(columns) or "no columns"
            raise ValueError(f"{file}: there is no column {key!r}{hint}; it has {there}")
        fits &= np.array([_same(value, wanted) for value in columns[key]])
    if not fits.any():
        asked = ", ".join(f"{k}={v}" for k, v in where.items()) or "anything"
        values = "; ".join(f"{key}: {_values(columns[key])}" for key in (where or columns))
        raise ValueError(f"{file}: no sequence has {asked}; there is {values or 'nothing'}")
    return np.flatnonzero(fits)


def _same(value, wanted):
    if isinstance(value, (str, np.str_)) or isinstance(wanted, str):
        return str(value) == str(wanted)
    return float(value) == float(wanted)


def _values(column):
    values = sorted({_plain(v) for v in column}, key=lambda v: (isinstance(v, str), v))
    return ", ".join(map(str, values[:12])) + (f", … ({len(values)} in all)" if len(values) > 12 else "")


# From the file's axes to ours


def _placed(sequence, rate, mapped):
    positions = np.full((len(sequence), J, 3), np.nan)
    for i, joint in mapped.items():
        positions[:, INDEX[joint]] = sequence[:, i] * _TURN
    for joint in _repeated(positions):
        positions[:, joint] = np.nan
    turn = rotations.inverse(_facing(positions[: max(round(rate * _FACING_SECONDS), 1)]))
    positions = rotations.rotate(turn, positions)
    positions -= _standpoint(positions)
    how = np.where(np.isfinite(positions).all(axis=-1), MEASURED, ABSENT).astype(np.uint8)
    return positions, how


def _repeated(positions):
    """Joints that lie on a joint nearer the hips or the neck."""
    positions = positions[:: max(len(positions) // 50, 1)]
    keep = [INDEX[n] for n in ("hips", "neck")]
    order = keep + [j for j in range(J) if j not in keep]
    known = [j for j in order if np.isfinite(positions[:, j]).any()]
    out = []
    for at, j in enumerate(known):
        for k in known[:at]:
            if k not in out:
                gap = np.linalg.norm(positions[:, j] - positions[:, k], axis=-1)
                if np.nanmedian(np.where(np.isfinite(gap), gap, np.inf)) < _SAME_PLACE:
                    out.append(j)
                    break
    return out


def _facing(positions):
    """Yaw of the person, from hips and shoulders."""
    across = np.zeros(3)
    for joint in ("UpperLeg", "UpperArm"):
        line = positions[:, INDEX[f"right{joint}"]] - positions[:, INDEX[f"left{joint}"]]
        if np.isfinite(line).all(axis=-1).any():
            across += np.nanmean(line, axis=0)
    if np.hypot(across[0], across[2]) < 1e-6:
        return rotations.IDENTITY
    # Facing -Z the right is +X: a turn by `angle` about +Y takes +X to (cos, 0, -sin).
    return rotations.from_axis_angle(np.array([0.0, 1.0, 0.0]), np.arctan2(-across[2], across[0]))


def _standpoint(positions):
    """The point of the floor below the person at first: what has to be taken off."""
    first = positions[:3]
    middle = np.nanmean(first, axis=(0, 1))
    for names in ("hips", "@UpperLeg", "@UpperArm"):
        here = first[:, indices(names)]
        if np.isfinite(here).all(axis=(1, 2)).any():
            middle = np.nanmean(here, axis=(0, 1))
            break
    stature = measured(positions[:: max(len(positions) // 50, 1)], of_height(1.7)).height
    above_floor = positions[:, :, 1] - _STANDING * stature
    feet = above_floor[:, indices("@Toes", "@Foot")]
    # Without feet, as high as a standing person of this size has what was seen.
    floor = np.nanpercentile(feet, 2) if np.isfinite(feet).any() else np.nanmedian(above_floor[:3])
    return np.array([middle[0], floor, middle[2]])


# As gestures


def gesture_of(recording, name, title):
    """A recorded movement as something to imitate.

    Parameters
    ----------
    recording : Recording
    name : str
    title : dict
        Language code to text.

    Returns
    -------
    Gesture
        Its side is that of the arm or leg that moves most, `both` where they move alike, `none` where neither does.
        What counts follows `counted`.
    """
    own = measured(recording.positions, of_height(1.7))
    moved = _fitted(recording, own)
    counts = counted(moved, own)
    digest = hashlib.sha256(np.ascontiguousarray(recording.positions, "<f8").tobytes())
    digest.update(f"{recording.rate!r}".encode())
    return Gesture(
        name=name,
        title=dict(title),
        line={},
        tags=("recorded",),
        needs=("body",),
        side=_side(counts),
        goal=None,
        counts=counts,
        skills={"posture": 0.5, "arm_path": 0.5} if any(p.endswith("Arm") for p in counts) else {"posture": 1.0},
        difficulty=2.0,
        locales=(),
        source=f"{recording.file}#{recording.number}",
        digest=digest.hexdigest(),
        recording=moved,
        recorded_from=recording,
    )


def _side(counts):
    """Arms decide where they count as much as legs do; a side that counts less than half of the other does not act."""
    weight = {
        side: {limb: sum(counts.get(f"{side}{limb}", {"": 0.0}).values()) for limb in ("Arm", "Leg")} for side in SIDES
    }
    limb = "Arm" if sum(w["Arm"] for w in weight.values()) >= sum(w["Leg"] for w in weight.values()) else "Leg"
    left, right = weight["left"][limb], weight["right"][limb]
    if left == right == 0:
        return "none"
    return "left" if left > 2 * right else "right" if right > 2 * left else "both"


def _fitted(recording, body):
    positions = recording.positions
    times = np.arange(len(positions)) / recording.rate
    turned = np.full((len(positions), J, 4), np.nan)
    return motions.of_positions(times, positions, turned, recording.how, body, np.zeros((len(positions), len(WEIGHTS))))


def perform(gesture, body, style):
    """A recorded movement as another body does it: bone directions kept, lengths the body's own.

    Parameters
    ----------
    gesture : Gesture
        Of `gesture_of`.
    body : Body
    style : Style
        Only its tempo applies: a recorded person's side and size are as they were.

    Returns
    -------
    Performance
        Its joints keep how they were seen: what the file lacks is MODELLED. Its face is still. `start` and `end` are
        the recording's; stroke_start and stroke_end are where the fastest of hands, feet, head and hips first and last
        has a tenth of its peak speed; stroke is where it is farthest from its first place.
    """
    from vrtrainer.gestures.perform import Performance  # perform.py needs this module for recorded gestures

    recording = gesture.recorded_from
    own = measured(recording.positions, of_height(1.7))
    moved = _fitted(recording, body)
    ratio = body.offsets[0, 1] / own.offsets[0, 1]
    steps = _grounded(recording, moved, ratio, body)
    _relax_unseen_hands(moved)
    tempo = style.tempo * gesture.tempo
    points = _points(recording, tempo)
    slow = Motion(moved.times / tempo, moved.rotations, steps, moved.face, moved.how)
    times = np.arange(int(np.ceil(points["end"] * timing.RATE - 1e-6)) + 1) / timing.RATE
    return Performance(motions.retimed(slow, times), points, gesture.side, gesture.counts)


def _grounded(recording, moved, ratio, body):
    """Hips (T, 3) of the same stride in this body's legs, the lower foot as high above the floor as the person's was.

    Depth cameras lift both feet in a squat. Nobody hovers: feet leave the floor only by as much as the hips rise.
    """
    hips = moved.hips * ratio
    feet = indices("@Foot", "@Toes")
    feet = feet[(recording.how[:, feet] == MEASURED).all(axis=0)]
    if not len(feet):
        return hips
    theirs = recording.positions[:, feet, 1].min(axis=1) * ratio
    risen = np.maximum(hips[:, 1] - np.median(hips[: max(len(hips) // 20, 1), 1]), 0.0)
    theirs = np.minimum(theirs, np.percentile(theirs, 5) + risen)
    ours = poses.forward(moved.rotations, hips, body.offsets)[0][:, feet, 1].min(axis=1)
    lift = np.convolve(np.pad(theirs - ours, 2, "edge"), np.full(5, 0.2), "valid")  # trackers' feet tremble
    return hips + lift[:, None] * np.array([0.0, 1.0, 0.0])


def _relax_unseen_hands(moved):
    """Fingers that the file lacks hang at ease; they stay MODELLED."""
    for mirror in (False, True):
        joints = MIRROR[ik.RIGHT_FINGERS] if mirror else ik.RIGHT_FINGERS
        if (moved.how[:, joints] < MEASURED).all():
            row = np.concatenate([ik.REST, shapes.angles("relaxed")])[None]
            fingers = ik.local_turns(row)[1]
            moved.rotations[:, joints] = rotations.mirrored(fingers) if mirror else fingers


def counted(moved, body):
    """What counts in a recorded movement: what moves, and arms that are held up.

    A limb's bone counts by how far its direction turns, in the trunk's axes, from where it was first (95th percentile
    over time): from nothing at 15 degrees to fully at 60; below 0.15 is left out as noise. An arm bone that stays, but
    more than 35 degrees from hanging, counts 0.4. A wrist counts half of its forearm. Trunk and head count by their
    lean. The largest weight is scaled to 1.

    Parameters
    ----------
    moved : Motion
    body : Body

    Returns
    -------
    dict
        As `perform.Performance.counts`; legs have `upper_leg` and `lower_leg`.
    """
    points, turned = poses.forward(moved.rotations, moved.hips, body.offsets)
    first = max(len(points) // 20, 1)
    out = {}
    for part, feature, base, bone, frame in _BONES:
        if not (moved.how[:, [INDEX[base], INDEX[bone]]] == MEASURED).all(axis=1).mean() > 0.5:
            continue
        line = points[:, INDEX[bone]] - points[:, INDEX[base]]
        if frame is not None:
            line = np.einsum("tji,tj->ti", turned[:, INDEX[frame]], line)
        line = line / np.linalg.norm(line, axis=-1, keepdims=True)
        start = line[:first].mean(axis=0)
        swung = np.percentile(_angle(line, start), 95)
        weight = float(np.clip((swung - _LEAST) / (_FULL - _LEAST), 0.0, 1.0))
        weight = weight if weight >= _NOISE else 0.0
        if weight == 0 and part.endswith("Arm") and np.median(_angle(line, np.array([0.0, -1.0, 0.0]))) > _HELD:
            weight = 0.4
        if weight > 0:
            out.setdefault(part, {})[feature] = weight
    most = max((w for features in out.values() for w in features.values()), default=1.0)
    out = {p: {f: round(w / max(most, 0.4), 3) for f, w in features.items()} for p, features in out.items()}
    for part, features in out.items():
        if part.endswith("Arm") and "forearm" in features:
            features["wrist"] = round(features["forearm"] / 2, 3)
    return out or {"trunk": {"direction": 1.0}}


def _angle(lines, line):
    return np.arctan2(np.linalg.norm(np.cross(lines, line), axis=-1), lines @ line)


def _points(recording, tempo):
    ends = recording.positions[:, _ENDS]
    known = np.isfinite(ends).all(axis=(0, 2))
    ends = ends[:, known] if known.any() else np.nan_to_num(recording.positions[:, recording.how[0] > ABSENT])
    speed = np.linalg.norm(np.gradient(ends, 1 / recording.rate, axis=0), axis=-1)
    speed = np.apply_along_axis(lambda s: np.convolve(np.pad(s, 2, "edge"), np.full(5, 0.2), "valid"), 0, speed)
    fastest = int(np.argmax(speed.max(axis=0)))
    moving = np.flatnonzero(speed[:, fastest] >= 0.1 * speed[:, fastest].max())
    away = np.linalg.norm(ends[:, fastest] - ends[0, fastest], axis=-1)
    first, last = moving[0], moving[-1]
    far = first + int(np.argmax(away[first : last + 1]))
    at = (0, first, first, far, last, last, len(ends) - 1)
    return {name: float(i / recording.rate / tempo) for name, i in zip(SYNC_POINTS, at, strict=True)}
