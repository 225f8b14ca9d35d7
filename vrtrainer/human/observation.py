"""The learner as one tracker saw them for one frame.

Rule 1: what is absent is NaN and `how` says so. Nothing is zero by default, nothing is guessed.
Rule 2: only MEASURED joints are scored as the learner's doing.
Rule 3: inputs are rounded once, at the tracker's door, to what the journal stores (`quantised`), so that a session
        reads exactly what is on disk; `unpack(pack(seen))` is `seen`, bit for bit.
"""

import struct
from dataclasses import dataclass, replace

import numpy as np

from vrtrainer.human.face import WEIGHTS
from vrtrainer.human.skeleton import J

ABSENT, MODELLED, INFERRED, MEASURED = range(4)
GROUPS = ("head", "leftHand", "rightHand", "body", "face")
"""What one sample time is known of."""
ACTS = ("ready", "stop", "pause", "select")
NONE = frozenset()

_METRE, _UNIT = 1e-4, 1.0 / 32767  # 0.1 mm; a quaternion's component in an int16
_UNITS = np.concatenate([np.full(3 * J, _METRE), np.full(4 * J, _UNIT), np.full(12, _METRE)])
_NO_FACE = np.full(len(WEIGHTS), np.nan)
_NO_DIRECTION = np.full((2, 3), np.nan)
_NO_FACE.flags.writeable = False
_GONE_32, _GONE_16 = np.int32(-(2**31)), np.int16(-(2**15))


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """Joints of `human.skeleton.JOINTS`, in the stage's space.

    Parameters
    ----------
    positions : ndarray, shape (J, 3)
        Metres, NaN where absent.
    rotations : ndarray, shape (J, 4)
        World rotations, x y z w, identity for a T-pose that faces -Z; NaN where absent.
    how : ndarray, shape (J,)
        uint8: ABSENT, MODELLED, INFERRED or MEASURED.
    face : ndarray, shape (52,)
        ARKit weights, NaN where absent.
    face_how : int
        ABSENT, INFERRED or MEASURED.
    sample_time : ndarray, shape (5,)
        Seconds on the frame's clock, per group of `GROUPS`, NaN where the device does not say.
    acts : frozenset of str
        Of `ACTS`: what the learner did on purpose at this frame.
    pointer, gaze : ndarray, shape (2, 3)
        Origin in metres and unit direction, NaN where absent.
    source : str
        The tracker's name.
    """

    positions: np.ndarray
    rotations: np.ndarray
    how: np.ndarray
    face: np.ndarray
    face_how: int
    sample_time: np.ndarray
    acts: frozenset
    pointer: np.ndarray
    gaze: np.ndarray
    source: str


def nothing(source, acts=NONE):
    """Observation of nobody: everything absent.

    Parameters
    ----------
    source : str
        The tracker's name.
    acts : frozenset of str
        Acts that were made all the same, by key or button.

    Returns
    -------
    Observation
    """
    return Observation(
        positions=np.full((J, 3), np.nan),
        rotations=np.full((J, 4), np.nan),
        how=np.zeros(J, np.uint8),
        face=np.full(len(WEIGHTS), np.nan),
        face_how=ABSENT,
        sample_time=np.full(len(GROUPS), np.nan),
        acts=acts,
        pointer=np.full((2, 3), np.nan),
        gaze=np.full((2, 3), np.nan),
        source=source,
    )


def without_movement(seen):
    """The same observation with acts and pointer alone.

    Parameters
    ----------
    seen : Observation

    Returns
    -------
    Observation
    """
    return replace(nothing(seen.source, seen.acts), pointer=seen.pointer)


def quantised(seen, how=None, acts=None, face=True, gaze=True):
    """The same observation, rounded to what the journal stores.

    Parameters
    ----------
    seen : Observation
    how : ndarray, shape (J,), optional
        Instead of its own.
    acts : frozenset of str, optional
        Instead of its own.
    face, gaze : bool
        False leaves it out.

    Returns
    -------
    Observation
        Positions to 0.1 mm, quaternions to int16, face to a 65534th, directions to 1e-4.
    """
    # All in one: what is stored has no sign of zero, and adding 0.0 takes it off, so that a replay reads the same bits.
    parts = (seen.positions, seen.rotations, seen.pointer, seen.gaze if gaze else _NO_DIRECTION)
    values = np.concatenate([part.reshape(-1) for part in parts], dtype=float)
    np.divide(values, _UNITS, out=values)
    np.rint(values, out=values)
    np.multiply(values, _UNITS, out=values)
    np.add(values, 0.0, out=values)
    return Observation(
        positions=values[: 3 * J].reshape(J, 3),
        rotations=values[3 * J : 7 * J].reshape(J, 4),
        how=seen.how if how is None else how,
        face=np.rint(seen.face * 65534.0) / 65534.0 if face and seen.face_how != ABSENT else _NO_FACE,
        face_how=seen.face_how if face else ABSENT,
        sample_time=seen.sample_time,
        acts=seen.acts if acts is None else acts,
        pointer=values[7 * J : 7 * J + 6].reshape(2, 3),
        gaze=values[7 * J + 6 :].reshape(2, 3),
        source=seen.source,
    )


def _int32(values):
    out = np.rint(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0) / _METRE).astype("<i4")
    out[np.isnan(values)] = _GONE_32
    return out.tobytes()


def _metres(data, offset, shape):
    raw = np.frombuffer(data, "<i4", int(np.prod(shape)), offset).reshape(shape)
    return np.where(raw == _GONE_32, np.nan, raw * _METRE)


_HEAD = struct.Struct("<BBBB5d")  # layout version, acts, face_how, which blocks follow; sample times
_JOINTS, _FACE, _POINTER, _GAZE = 1, 2, 4, 8


def pack(seen, joints=True):
    """Bytes of a quantised observation, little endian.

    Parameters
    ----------
    seen : Observation
        As `quantised` gives it.
    joints : bool
        False keeps only acts and pointer, as while waiting or paused.

    Returns
    -------
    bytes
        Header; then, where present, joints (positions int32 in 0.1 mm, rotations int16, how uint8), face (uint16),
        pointer and gaze (int32).
    """
    acts = sum(1 << i for i, name in enumerate(ACTS) if name in seen.acts)
    has_joints = joints and bool(seen.how.any())
    has_face = joints and seen.face_how != ABSENT
    has_pointer = not np.isnan(seen.pointer[0, 0])
    has_gaze = joints and not np.isnan(seen.gaze[0, 0])
    blocks = _JOINTS * has_joints | _FACE * has_face | _POINTER * has_pointer | _GAZE * has_gaze
    times = seen.sample_time if joints else np.full(len(GROUPS), np.nan)
    parts = [_HEAD.pack(1, acts, seen.face_how if has_face else 0, blocks, *times)]
    if has_joints:
        turned = np.rint(np.nan_to_num(seen.rotations, nan=0.0) / _UNIT).astype("<i2")
        turned[np.isnan(seen.rotations)] = _GONE_16
        parts += [_int32(seen.positions), turned.tobytes(), seen.how.tobytes()]
    if has_face:
        face = np.rint(np.nan_to_num(seen.face, nan=0.0) * 65534.0).astype("<u2")
        face[np.isnan(seen.face)] = 65535
        parts.append(face.tobytes())
    if has_pointer:
        parts.append(_int32(seen.pointer))
    if has_gaze:
        parts.append(_int32(seen.gaze))
    return b"".join(parts)


def unpack(data, source):
    """Observation of the bytes that `pack` made.

    Parameters
    ----------
    data : bytes
    source : str
        The tracker's name, stored once a session.

    Returns
    -------
    Observation

    Raises
    ------
    ValueError
        If the bytes are not of a layout that this version reads.
    """
    if len(data) < _HEAD.size or data[0] != 1:
        raise ValueError(f"observation: {len(data)} bytes of layout {data[:1].hex() or 'none'}, expected layout 01")
    _, acts, face_how, blocks, *times = _HEAD.unpack_from(data)
    out = nothing(source, frozenset(name for i, name in enumerate(ACTS) if acts >> i & 1))
    positions, rotations, how, face, pointer, gaze = (
        out.positions, out.rotations, out.how, out.face, out.pointer, out.gaze,
    )  # fmt: skip
    at = _HEAD.size
    if blocks & _JOINTS:
        positions = _metres(data, at, (J, 3))
        at += J * 12
        raw = np.frombuffer(data, "<i2", J * 4, at).reshape(J, 4)
        rotations = np.where(raw == _GONE_16, np.nan, raw * _UNIT)
        at += J * 8
        how = np.frombuffer(data, np.uint8, J, at)
        at += J
    if blocks & _FACE:
        raw = np.frombuffer(data, "<u2", len(WEIGHTS), at)
        face = np.where(raw == 65535, np.nan, raw / 65534.0)
        at += 2 * len(WEIGHTS)
    if blocks & _POINTER:
        pointer = _metres(data, at, (2, 3))
        at += 24
    if blocks & _GAZE:
        gaze = _metres(data, at, (2, 3))
    return Observation(positions, rotations, how, face, face_how, np.array(times), out.acts, pointer, gaze, source)
