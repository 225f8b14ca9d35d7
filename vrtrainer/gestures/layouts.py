"""The layouts that recordings come in: .npz, .csv and .bvh, as plain arrays in the file's own axes.

`.npz`: `pos (sumT, J, 3)` metres, `off (N + 1,)` row offsets of the N sequences, `names (J,)`, `fps`, and one
column of length N for whatever is known of each sequence. `.csv`: a first line `time,NAME_x,NAME_y,NAME_z,…`, seconds
and metres, an empty cell where a joint was not seen; one sequence. `.bvh`: one sequence; its unit is found by the size
of the skeleton (metres, centimetres or inches).

Each reader gives (sequences, names, rate, columns) and refuses in words what does not fit.
"""

import csv
import io
import zipfile
from itertools import pairwise

import numpy as np

from vrtrainer.gestures import bvh


def npz(path):
    """Sequences of a .npz file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    sequences : list of ndarray, shape (T, joints, 3)
        Metres.
    names : list of str
    rate : float
        Samples a second.
    columns : dict
        What is known of each sequence.
    """
    if not zipfile.is_zipfile(path):
        raise ValueError(f"{path.name}: this is not a whole .npz file: it does not begin or end like one")
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            table = {key: file[key] for key in file.files}
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path.name}: this is not a whole .npz file: {error}") from None
    missing = [key for key in ("pos", "off", "names", "fps") if key not in table]
    if missing:
        raise ValueError(f"{path.name}: it lacks {', '.join(missing)}; expected pos, off, names, fps and columns")
    pos, off, names, rate = table["pos"], table["off"], [str(n) for n in table["names"]], float(table["fps"])
    if pos.ndim != 3 or pos.shape[1:] != (len(names), 3):
        raise ValueError(f"{path.name}: pos has shape {pos.shape}, expected (rows, {len(names)} names, 3)")
    if off.ndim != 1 or len(off) < 2 or off[0] != 0 or off[-1] != len(pos) or (np.diff(off) < 2).any():
        raise ValueError(f"{path.name}: off must rise from 0 to {len(pos)}, at least two rows a sequence")
    if not rate > 0:
        raise ValueError(f"{path.name}: fps is {rate}, expected samples a second")
    columns = {k: v for k, v in table.items() if k not in ("pos", "off", "names", "fps")}
    short = [k for k, v in columns.items() if v.shape != (len(off) - 1,)]
    if short:
        raise ValueError(
            f"{path.name}: column {short[0]} has shape {columns[short[0]].shape}, expected ({len(off) - 1},)"
        )
    return [pos[a:b] for a, b in pairwise(off)], names, rate, columns


def table(path):
    """The sequence of a .csv file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    sequences : list of ndarray, shape (T, joints, 3)
        Metres.
    names : list of str
    rate : float
        Samples a second.
    columns : dict
        What is known of each sequence.
    """
    rows = list(csv.reader(io.StringIO(_text(path))))
    head = [cell.strip() for cell in rows[0]] if rows else []
    names = [cell[:-2] for cell in head[1::3]]
    if head != ["time", *(f"{name}_{axis}" for name in names for axis in "xyz")] or not names:
        raise ValueError(
            f"{path.name}: line 1: expected time,NAME_x,NAME_y,NAME_z,… for each joint, found {','.join(head[:5])}"
        )
    table = np.empty((len(rows) - 1, len(head)))
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(head):
            raise ValueError(f"{path.name}: line {number}: {len(row)} cells, expected {len(head)}")
        for at, cell in enumerate(row):
            try:
                table[number - 2, at] = float(cell) if cell.strip() else np.nan
            except ValueError:
                raise ValueError(f"{path.name}: line {number}: {head[at]} is {cell!r}, expected a number") from None
    if len(table) < 2 or not (np.diff(table[:, 0]) > 0).all():
        raise ValueError(f"{path.name}: time must rise from line to line, and there must be two lines at least")
    rate = (len(table) - 1) / (table[-1, 0] - table[0, 0])
    even = table[0, 0] + np.arange(len(table)) / rate
    flat = np.stack([np.interp(even, table[:, 0], column) for column in table[:, 1:].T], axis=1)
    return [flat.reshape(len(table), len(names), 3)], names, rate, {}


def skeleton(path):
    """The sequence of a .bvh file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    sequences : list of ndarray, shape (T, joints, 3)
        Metres.
    names : list of str
    rate : float
        Samples a second.
    columns : dict
        What is known of each sequence.
    """
    file = bvh.read(_text(path), path.name)
    tall = np.ptp(file.positions[:, :, 1], axis=1).max()
    # A skeleton is between 0.5 and 2.5 m high. Centimetres are usual, inches come next, CMU's unit is 0.0564 m.
    scale = next((s for s in (1.0, 0.01, 0.0254, 0.056444) if 0.8 <= tall * s <= 2.6), 1.7 / tall)
    return [file.positions * scale], list(file.names), file.rate, {}


def _text(path):
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name}: this is not text (byte {error.start})") from None


READERS = {".npz": npz, ".csv": table, ".bvh": skeleton}
"""Reader by the file's ending."""
