"""Hair as one closed shape: a dome over the skull that hangs down as locks, short before the face, longer around it.

A shape reads as hair from every side and cannot tear when the head turns; strands are painted on it. The dome follows
the convex hull of the skull; from the widest place on the locks hang, never closer to the head than further up.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter, gaussian_filter1d
from scipy.spatial import ConvexHull

from .mesh import normals

LOCKS, PER_LOCK, DOME_ROWS, HANG_ROWS = 26, 8, 12, 12
COLUMNS = LOCKS * PER_LOCK


@dataclass(frozen=True)
class Hair:
    """Positions, normals (V, 3), texture (V, 2), triangles (T, 3), and how far each vertex follows the neck (V,)."""

    positions: np.ndarray
    normals: np.ndarray
    uv: np.ndarray
    triangles: np.ndarray
    neck: np.ndarray


def bob(figure, style):
    """A bob for this head; lengths of the style are in head heights."""
    rng = np.random.default_rng(style["seed"])
    head = figure.shaped[figure.on_head()]
    base = figure.base[figure.on_head()]
    tall = np.ptp(head[:, 1])
    thick = style["thickness"] * tall
    skull = head[(base[:, 1] > 7.2) | ((np.abs(base[:, 0]) > 0.66) & (base[:, 1] > 6.7))]
    brow = head[(np.abs(base[:, 1] - 7.55) < 0.06) & (base[:, 2] > 1.2), 1].mean()
    chin = head[base[:, 2] > 1.0, 1].min()
    centre = np.array([0, brow + 0.15 * tall, (skull[:, 2].min() + skull[:, 2].max()) / 2])

    around = 2 * np.pi * np.arange(COLUMNS) / COLUMNS - np.pi  # 0 is the face, + is the left
    lock = (np.arange(COLUMNS) // PER_LOCK).astype(int)
    across = (np.arange(COLUMNS) % PER_LOCK + 0.5) / PER_LOCK * 2 - 1  # -1 to 1 over each lock
    middle = np.cos(across * np.pi / 2)  # 1 in the middle of a lock, 0 between two
    aside = np.abs(around)

    # Where each lock ends: above the brows before the face, beside the cheeks by the chin, in the nape a little higher.
    opening = np.radians(style["face_opening_deg"])
    frame = _step((aside - opening) / np.radians(16))
    nape = _step((aside - np.radians(110)) / np.radians(50))
    long_end = chin - style["below_chin"] * tall + nape * style["nape_up"] * tall
    end = (1 - frame) * (brow + style["fringe_above_brow"] * tall) + frame * long_end
    jitter = rng.normal(0, 1, LOCKS)
    end = end - (0.3 + frame) * (0.012 * jitter[lock] + 0.030 * (middle - 0.6)) * tall

    dome = _dome(skull, centre, around, thick)
    hang = _hang(figure, head, base, centre, dome[-1], around, end, frame, nape, thick, tall, style)
    rows = gaussian_filter1d(np.concatenate([dome, hang]), 1.6, axis=0, mode="nearest")  # no crease where they meet
    rows[-1] = hang[-1]
    along = np.linspace(0, 1, len(rows))[:, None]
    # Locks stand out a little, more towards their ends.
    out = rows - centre
    out[..., 1] *= 0.3
    out /= np.linalg.norm(out, axis=-1, keepdims=True)
    depth = style["lock_depth"] * tall * (0.75 + 0.5 * rng.random(LOCKS))[lock]
    rows = rows + out * (depth * (middle - 0.5) * along**0.8)[..., None]
    return _closed(figure, rows, out[-1], centre, thick, chin, tall)


def _step(x):
    x = np.clip(x, 0, 1)
    return x * x * (3 - 2 * x)


def _dome(skull, centre, around, thick):
    """Rows (R, C, 3) from the crown to level with the centre, on the hull of the skull and the hair's thickness out."""
    hull = ConvexHull(skull - centre).equations  # n . x + b <= 0
    up = np.radians(np.linspace(88, 0, DOME_ROWS))[:, None]
    ways = np.stack(
        [np.cos(up) * np.sin(around), np.sin(up) * np.ones_like(around), np.cos(up) * np.cos(around)], axis=-1
    )
    tilt = np.radians(-16) * np.sin(up)  # the crown lies behind the top of the head
    y, z = ways[..., 1].copy(), ways[..., 2].copy()
    ways[..., 1] = y * np.cos(tilt) - z * -np.sin(tilt)
    ways[..., 2] = y * np.sin(tilt) + z * np.cos(tilt)
    facing = ways @ hull[:, :3].T
    reach = np.where(facing > 1e-6, -hull[:, 3] / np.maximum(facing, 1e-6), np.inf).min(axis=-1)
    reach = gaussian_filter(reach, (0.8, 3.0), mode=("nearest", "wrap")) + thick
    return centre + ways * reach[..., None]


def _hang(figure, head, base, centre, last, around, end, frame, nape, thick, tall, style):
    """Rows (R, C, 3) from the dome straight down to the ends, around whatever sticks out, then curling in."""
    side = np.stack([np.sin(around), np.cos(around)], axis=-1)
    face_middle = (np.abs(base[:, 0]) < 0.62) & (base[:, 2] > 1.0)
    radius = np.linalg.norm((last - centre)[:, [0, 2]], axis=1)
    out = []
    for k in range(1, HANG_ROWS + 1):
        share = k / HANG_ROWS
        y = last[:, 1] + (end - last[:, 1]) * share
        level = np.median(y[frame > 0.9])
        slice_ = head[(np.abs(head[:, 1] - level) < 0.08 * tall) & ~face_middle][:, [0, 2]] - centre[[0, 2]]
        if len(slice_) > 8:
            hull = ConvexHull(slice_).equations
            facing = side @ hull[:, :2].T
            reach = np.where(facing > 1e-6, -hull[:, 2] / np.maximum(facing, 1e-6), np.inf).min(axis=-1)
            reach = gaussian_filter1d(reach, 4, mode="wrap") + 0.8 * thick
            radius = np.where(frame > 0.2, np.maximum(radius, reach), radius)
            radius = gaussian_filter1d(radius, 1.5, mode="wrap")
        curl = _step((share - 0.45) / 0.55) * (style["curl"] + nape * style["nape_curl"]) * tall * frame
        flat = centre[[0, 2]] + side * (radius - curl)[:, None]
        out.append(np.stack([flat[:, 0], y, flat[:, 1]], axis=-1))
    return np.array(out)


def _closed(figure, rows, out, centre, thick, chin, tall):
    """The grid of rows as a mesh, its ends turned in and up again so that the hair has a thickness."""
    inward = -out * [1, 0, 1]
    turned = [rows[-1] + inward * thick * d + np.array([0, u * thick, 0]) for d, u in ((0.35, -0.12), (0.75, 0.15))]
    turned.append(rows[-1] + inward * thick * 0.85 + (rows[-4] - rows[-1]) * [0.6, 1, 0.6])
    grid = np.concatenate([rows, turned])
    count = len(grid)
    crown = grid[0].mean(axis=0) + np.array([0, 0.02 * thick, 0])
    points = np.vstack([grid.reshape(-1, 3), crown])
    index = np.arange(count * COLUMNS).reshape(count, COLUMNS)
    after = np.roll(index, -1, axis=1)
    a, b, c, d = (i.ravel() for i in (index[:-1], after[:-1], after[1:], index[1:]))
    top = np.c_[np.full(COLUMNS, len(points) - 1), after[0], index[0]]
    triangles = np.vstack([top[:, ::-1], np.c_[a, d, b], np.c_[b, d, c]])
    facing = normals(points, triangles)
    # The texture wraps round, so its seam has its vertices twice.
    seam = index[:, :1].ravel()
    places = np.concatenate([np.arange(len(points)), seam])
    v = np.append(np.repeat(np.minimum(np.arange(count) / (len(rows) - 1), 1.0), COLUMNS), 0.0)
    u = np.append(np.tile(np.arange(COLUMNS) / COLUMNS, count), 0.5)
    uv = np.stack([np.concatenate([u, np.ones(len(seam))]), np.concatenate([v, v[seam]])], axis=1)
    copy_of = dict(zip(seam.tolist(), range(len(points), len(places)), strict=True))
    last = triangles % COLUMNS == COLUMNS - 1
    wraps = last.any(axis=1) & (triangles < len(points) - 1).any(axis=1)
    for row in np.flatnonzero(wraps):
        triangles[row] = [
            copy_of.get(v_, v_) if v_ % COLUMNS == 0 and v_ < len(points) - 1 else v_ for v_ in triangles[row]
        ]
    neck = 0.35 * np.clip((chin + 0.05 * tall - points[:, 1]) / (0.25 * tall), 0, 1)
    return Hair(points[places], facing[places], uv, triangles, neck[places])
