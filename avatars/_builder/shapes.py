"""Round solids for the robot, each as (positions (V, 3), triangles (T, 3)), fronts outward."""

import numpy as np


def _grid(rows, columns):
    """Triangles of a sheet of rows x columns cells."""
    index = np.arange((rows + 1) * (columns + 1)).reshape(rows + 1, columns + 1)
    a, b, c, d = (i.ravel() for i in (index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]))
    return np.concatenate([np.c_[a, c, b], np.c_[a, d, c]])


def beside(point, x, y, z):
    """A point moved by x, y, z."""
    return np.asarray(point, float) + np.array([x, y, z])


def rounded(centre, radii, squareness=2.0, rows=10, columns=16):
    """An ellipsoid, or with squareness above 2 a box with round edges."""
    up = np.linspace(-np.pi / 2, np.pi / 2, rows + 1)[:, None]
    round_ = np.linspace(-np.pi, np.pi, columns + 1)[None]

    def eased(x):
        return np.sign(x) * np.abs(x) ** (2 / squareness)

    x = eased(np.cos(up)) * eased(np.sin(round_))
    y = eased(np.sin(up)) * np.ones_like(round_)
    z = eased(np.cos(up)) * eased(np.cos(round_))
    return np.stack([x, y, z], axis=-1).reshape(-1, 3) * radii + np.asarray(centre), _grid(rows, columns)


def capsule(start, end, start_radius, end_radius, columns=12, rings=3):
    """A rod with round ends."""
    start, end = np.asarray(start, float), np.asarray(end, float)
    along = end - start
    length = np.linalg.norm(along)
    along = along / length
    aside = np.cross(along, [0, 0, 1.0] if abs(along[2]) < 0.9 else [1.0, 0, 0])
    aside /= np.linalg.norm(aside)
    third = np.cross(along, aside)
    bend = np.linspace(0, np.pi / 2, rings + 1)
    rows = [(-start_radius * np.sin(t), start_radius * np.cos(t)) for t in bend[::-1]]
    rows += [(length + end_radius * np.sin(t), end_radius * np.cos(t)) for t in bend]
    turn = np.linspace(0, 2 * np.pi, columns + 1)[:, None]
    ring = aside * np.cos(turn) + third * np.sin(turn)
    points = np.concatenate([start + along * height + ring * radius for height, radius in rows])
    return points, _grid(len(rows) - 1, columns)
