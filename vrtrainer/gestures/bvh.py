"""Reads BVH (Biovision hierarchy) motion files: a skeleton, Euler angles, forward kinematics.

Rule 1: positions come out in the file's own axes (y up, z forward, x to the person's left) and the file's own unit.
        `recorded` turns them into ours, once.
"""

from dataclasses import dataclass

import numpy as np

from vrtrainer.human import rotations

_ROTATIONS = {"Xrotation": "x", "Yrotation": "y", "Zrotation": "z"}
_POSITIONS = {"Xposition": 0, "Yposition": 1, "Zposition": 2}


@dataclass(frozen=True, slots=True, eq=False)
class Bvh:
    """A BVH file.

    Parameters
    ----------
    names : tuple of str
        Joints, parents before children; end sites are called JOINT_End.
    parents : ndarray, shape (J,)
        -1 for the root.
    offsets : ndarray, shape (J, 3)
        From the parent, in the file's unit.
    positions : ndarray, shape (T, J, 3)
        In the file's unit and axes.
    rate : float
        Frames a second.
    """

    names: tuple
    parents: np.ndarray
    offsets: np.ndarray
    positions: np.ndarray
    rate: float


def read(text, file):
    """Joint positions of a BVH file.

    Parameters
    ----------
    text : str
    file : str
        What errors call it.

    Returns
    -------
    Bvh

    Raises
    ------
    ValueError
        With the line's number, if the text is not BVH or its rows do not fit its channels.
    """
    lines = [(number, line.split()) for number, line in enumerate(text.splitlines(), 1)]
    lines = [(number, words) for number, words in lines if words]
    if not lines or lines[0][1][0].upper() != "HIERARCHY":
        raise ValueError(f"{file}: this is not BVH: its first word is not HIERARCHY")
    names, parents, offsets, channels, at = _hierarchy(lines, file)
    frames, rate, at = _header(lines, at, file)
    count = sum(len(c) for c in channels)
    rows = []
    for number, words in lines[at:]:
        try:
            row = [float(w) for w in words]
        except ValueError:
            raise ValueError(f"{file}: line {number}: a frame holds numbers only") from None
        if len(row) != count:
            raise ValueError(f"{file}: line {number}: {len(row)} numbers, expected {count}, one for each channel")
        rows.append(row)
    if len(rows) != frames:
        raise ValueError(f"{file}: {len(rows)} frames, but 'Frames:' says {frames}")
    table = np.array(rows).reshape(frames, count)
    if not np.isfinite(table).all():
        raise ValueError(f"{file}: a frame holds a number that is not finite")
    positions = _forward(table, channels, parents, np.array(offsets))
    return Bvh(tuple(names), np.array(parents), np.array(offsets), positions, rate)


def _hierarchy(lines, file):
    names, parents, offsets, channels, stack = [], [], [], [], []
    for at in range(1, len(lines)):
        number, words = lines[at]
        first = words[0].upper()
        if first in ("ROOT", "JOINT", "END"):
            name = f"{names[stack[-1]]}_End" if first == "END" and stack else " ".join(words[1:])
            names.append(name)
            parents.append(stack[-1] if stack else -1)
            offsets.append(None)
            channels.append([])
        elif first == "{":
            stack.append(len(names) - 1)
        elif first == "}":
            if not stack:
                raise ValueError(f"{file}: line {number}: a closing brace without an opening one")
            stack.pop()
        elif first == "OFFSET" and stack:
            offsets[stack[-1]] = _numbers(words[1:], 3, number, file)
        elif first == "CHANNELS" and stack:
            wanted = words[2:]
            unknown = [w for w in wanted if w not in _ROTATIONS and w not in _POSITIONS]
            if unknown or not words[1:2] or words[1] != str(len(wanted)):
                raise ValueError(
                    f"{file}: line {number}: channels {' '.join(words[1:])}; expected a count and so many of "
                    f"{', '.join((*_POSITIONS, *_ROTATIONS))}"
                )
            channels[stack[-1]] = wanted
        elif first == "MOTION":
            if stack or not names or any(o is None for o in offsets):
                raise ValueError(f"{file}: line {number}: MOTION before the hierarchy is whole")
            return names, parents, offsets, channels, at + 1
        else:
            raise ValueError(
                f"{file}: line {number}: {words[0]!r}; expected ROOT, JOINT, End Site, OFFSET, CHANNELS or MOTION"
            )
    raise ValueError(f"{file}: it ends before MOTION")


def _numbers(words, count, number, file):
    try:
        values = [float(w) for w in words]
    except ValueError:
        values = []
    if len(values) != count:
        raise ValueError(f"{file}: line {number}: {' '.join(words)!r}, expected {count} numbers")
    return values


def _header(lines, at, file):
    if len(lines) < at + 2:
        raise ValueError(f"{file}: it ends before 'Frames:' and 'Frame Time:'")
    (number, frames), (below, time) = lines[at], lines[at + 1]
    if frames[0].rstrip(":").upper() != "FRAMES" or not frames[-1].isdigit() or int(frames[-1]) < 1:
        raise ValueError(f"{file}: line {number}: {' '.join(frames)!r}, expected 'Frames: 120'")
    seconds = _numbers(time[-1:], 1, below, file)[0] if " ".join(time[:2]).upper().startswith("FRAME TIME") else 0.0
    if not seconds > 0:
        raise ValueError(f"{file}: line {below}: {' '.join(time)!r}, expected 'Frame Time: 0.0333'")
    return int(frames[-1]), 1.0 / seconds, at + 2


def _forward(table, channels, parents, offsets):
    count = len(table)
    places = np.zeros((count, len(parents), 3))
    turned = np.zeros((count, len(parents), 4))
    column = 0
    for joint, (wanted, parent) in enumerate(zip(channels, parents, strict=True)):
        step = np.tile(offsets[joint], (count, 1))
        order, angles = "", []
        for channel in wanted:
            if channel in _POSITIONS:
                step[:, _POSITIONS[channel]] = table[:, column]  # in place of the offset, as writers of BVH mean it
            else:
                order += _ROTATIONS[channel]
                angles.append(np.radians(table[:, column]))
            column += 1
        local = np.tile(rotations.IDENTITY, (count, 1))
        for letter, angle in zip(order, angles, strict=True):
            local = rotations.multiply(local, rotations.from_axis_angle(np.eye(3)["xyz".index(letter)], angle))
        if parent < 0:
            places[:, joint], turned[:, joint] = step, local
        else:
            places[:, joint] = places[:, parent] + rotations.rotate(turned[:, parent], step)
            turned[:, joint] = rotations.multiply(turned[:, parent], local)
    return places
