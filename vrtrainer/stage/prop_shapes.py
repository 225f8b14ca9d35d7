"""Looks of held and hit things, without OpenGL: by name where one is known here, a box otherwise.

All fill a cube of edge 1.
"""

from itertools import pairwise

import numpy as np

from vrtrainer.stage import colours

_SIDES = 40


def _lathe(profile):
    """A turned body: `profile` rows are radius and height from foot to top; edges stay sharp."""
    angles = np.linspace(0, 2 * np.pi, _SIDES + 1)
    circle = np.stack([np.cos(angles), np.zeros_like(angles), np.sin(angles)], axis=1)
    position, normal, indices = [], [], []
    for (r0, y0), (r1, y1) in pairwise(profile):
        start = sum(map(len, position))
        slope = np.array([y1 - y0, -(r1 - r0)])
        slope = slope / max(np.linalg.norm(slope), 1e-9)
        for r, y in ((r0, y0), (r1, y1)):
            position.append(circle * r + [0, y, 0])
            normal.append(circle * slope[0] + [0, slope[1], 0])
        a = np.arange(_SIDES) + start
        b = a + _SIDES + 1
        indices.append(np.stack([a, b, a + 1, a + 1, b, b + 1], axis=1).reshape(-1))
    return np.concatenate(position), np.concatenate(normal), np.concatenate(indices)


def _sphere():
    angles = np.linspace(-np.pi / 2, np.pi / 2, 25)
    position, _, indices = _lathe([(0.5 * np.cos(a), 0.5 * np.sin(a)) for a in angles])
    return position, position * 2, indices


def _box():
    position, normal, indices = [], [], []
    for axis in range(3):
        for sign in (-1, 1):
            u, v = np.roll(np.eye(3), 1, axis=0)[axis], np.roll(np.eye(3), 2, axis=0)[axis]
            n = np.eye(3)[axis] * sign
            corners = [(n + a * u + b * v) / 2 for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
            outward = np.dot(np.cross(corners[1] - corners[0], corners[2] - corners[0]), n) > 0
            start = len(position)
            position += corners
            normal += [n] * 4
            order = (0, 1, 2, 0, 2, 3) if outward else (0, 2, 1, 0, 3, 2)
            indices += [start + k for k in order]
    return np.array(position), np.array(normal), np.array(indices)


def _drum():
    skin = _lathe([(0.0, 0.47), (0.47, 0.47)])
    shell = _lathe([(0.44, -0.5), (0.46, 0.38)])
    hoop = _lathe([(0.46, 0.34), (0.5, 0.34), (0.5, 0.5), (0.47, 0.5), (0.47, 0.47)])
    return (skin, colours.LINEN, 0.9), (shell, colours.TEAL, 0.7), (hoop, colours.SAND, 0.6)


def _stand():
    """A foot and a pole: what a drum stands on."""
    foot = _lathe([(0.5, -0.5), (0.5, -0.48), (0.10, -0.46), (0.10, 0.5)])
    return ((foot, colours.SLATE, 0.7),)


def _stool():
    """A round seat on a column that stands on a round foot."""
    seat = _lathe([(0.0, 0.30), (0.46, 0.30), (0.5, 0.36), (0.5, 0.44), (0.46, 0.5), (0.0, 0.5)])
    column = _lathe([(0.12, -0.47), (0.12, 0.30)])
    foot = _lathe([(0.42, -0.5), (0.42, -0.47), (0.12, -0.44)])
    return (seat, colours.TEAL, 0.8), (column, colours.SLATE, 0.7), (foot, colours.SLATE, 0.7)


LOOKS = {
    "sphere": lambda: ((_sphere(), colours.NIGHT_OCHRE, 0.7),),
    "ball": lambda: ((_sphere(), colours.NIGHT_OCHRE, 0.7),),
    "box": lambda: ((_box(), colours.SAND, 0.9),),
    "table": lambda: ((_box(), "#C9B08A", 0.8),),
    "drum": _drum,
    "stand": _stand,
    "stool": _stool,
}


def pieces(name):
    """What a thing of that name is made of: ((position, normal, indices), colour, roughness), from the inside out."""
    return LOOKS.get(name, LOOKS["box"])()


def matrix(prop):
    """Where a thing stands and how large it is, as (4, 4) float32."""
    size = np.ones(3)
    size[:] = prop.size if len(prop.size) == 3 else prop.size[0] * 2  # one figure is a sphere's radius
    out = prop.world_from_prop.matrix()
    out[:3, :3] *= size
    return out.astype(np.float32)
