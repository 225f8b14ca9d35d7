"""Held and hit things as a drawing without OpenGL: each face, from the farthest on."""

import numpy as np

from vrtrainer.stage import colours, prop_shapes
from vrtrainer.stage.drawn_shapes import pairs

_LIGHT = np.array([0.35, 0.85, 0.4])


def svg(things, paper):
    """Polygons of things, the farthest first."""
    drawn = []
    for thing in things:
        place = prop_shapes.matrix(thing).astype(float)
        for (position, _, indices), colour, _ in prop_shapes.pieces(thing.name):
            corners = position @ place[:3, :3].T + place[:3, 3]
            drawn += _faces(corners[indices.reshape(-1, 3)], colour, paper)
    return "".join(text for _, text in sorted(drawn, key=lambda row: -row[0]))


def _faces(triangles, colour, paper):
    if paper.depth(triangles).min() < 0.3:  # behind whoever looks
        return []
    flat = paper.at(triangles)
    normal = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    long = np.linalg.norm(normal, axis=1)
    seen = long > 1e-12
    lit = 0.78 + 0.22 * np.abs((normal[seen] / long[seen, None]) @ (_LIGHT / np.linalg.norm(_LIGHT)))
    depth = paper.depth(triangles[seen].mean(axis=1))
    out = []
    for far, corners, light in zip(depth.tolist(), flat[seen], lit.tolist(), strict=True):
        fill = colours.shaded(colour, round(light, 2))
        out.append((far, f'<polygon points="{pairs(corners)}" fill="{fill}" stroke="{fill}" stroke-width="0.7"/>'))
    return out
