"""The pictograms: one set of shapes in a unit square, from which masks and SVG are both made.

A shape is ("line", points, width), ("area", points) or ("cut", points, width): a line taken out again. Lines have
round ends and corners; x goes right, y down.
"""

from functools import lru_cache
from itertools import pairwise

import numpy as np

_WIDE = 0.06  # line width, 6 % (docs/stage.md)


def _octagon(radius):
    angles = np.pi / 8 + np.arange(8) * np.pi / 4
    return [(0.5 + radius * float(np.cos(a)), 0.5 + radius * float(np.sin(a))) for a in angles]


def _hand():
    """An open hand, palm to the viewer: fingers and palm as thick lines."""
    fingers = [((0.375, 0.52), (0.355, 0.335)), ((0.46, 0.50), (0.452, 0.275)), ((0.545, 0.50), (0.552, 0.285)),
               ((0.625, 0.53), (0.645, 0.36))]  # fmt: skip
    shapes = [("cut", [a, b], 0.072) for a, b in fingers]
    shapes.append(("cut", [(0.41, 0.57), (0.59, 0.57), (0.575, 0.66), (0.45, 0.66), (0.41, 0.57)], 0.13))
    shapes.append(("cut", [(0.38, 0.64), (0.285, 0.53)], 0.075))
    return shapes


SHAPES = {
    "paused": [("line", [(0.36, 0.26), (0.36, 0.74)], 0.17), ("line", [(0.64, 0.26), (0.64, 0.74)], 0.17)],
    "stopped": [("area", _octagon(0.46)), *_hand()],
}
"""By the state that they stand for."""


def _disc(sixtieths):
    """A disc that empties clockwise from the top, within a thin circle."""
    circle = [(0.5 + 0.42 * float(np.sin(a)), 0.5 - 0.42 * float(np.cos(a))) for a in np.linspace(0, 2 * np.pi, 61)]
    ring = [("line", list(pair), 0.03) for pair in pairwise(circle)]
    return [*ring, ("area", [(0.5, 0.5), *circle[60 - sixtieths :]])] if sixtieths else ring


def shapes(name):
    """The shapes of a pictogram: one of `SHAPES`, "disc N" with N sixtieths left, or shapes as they are."""
    if not isinstance(name, str):
        return name
    kind, _, count = name.partition(" ")
    return _disc(int(count)) if kind == "disc" else SHAPES[name]


@lru_cache(maxsize=64)
def mask(name, size):
    """A pictogram as a mask (size, size), uint8."""
    from PIL import Image, ImageDraw

    fine = 4
    scale = size * fine
    picture = Image.new("L", (scale, scale), 0)
    pen = ImageDraw.Draw(picture)
    for kind, points, *width in shapes(name):
        at = [(x * scale, y * scale) for x, y in points]
        if kind == "area":
            pen.polygon(at, fill=255)
            continue
        ink, r = (255 if kind == "line" else 0), width[0] * scale / 2
        pen.line(at, fill=ink, width=int(2 * r), joint="curve")
        for x, y in at:
            pen.ellipse((x - r, y - r, x + r, y + r), fill=ink)
        if len(at) > 3:
            pen.polygon(at, fill=ink)
    return np.asarray(picture.resize((size, size), Image.Resampling.LANCZOS))


def svg(name, x, y, size, ink, paper):
    """A pictogram as SVG, its top left corner at x, y."""
    out = []
    for kind, points, *width in shapes(name):
        at = " ".join(f"{x + px * size:.1f},{y + py * size:.1f}" for px, py in points)
        if kind == "area":
            out.append(
                f'<polygon points="{at}" fill="{ink}" stroke="{ink}" stroke-width="{size * 0.03:.1f}" '
                'stroke-linejoin="round"/>'
            )
        else:
            stroke = ink if kind == "line" else paper
            fill = stroke if len(points) > 3 else "none"
            out.append(
                f'<polyline points="{at}" fill="{fill}" stroke="{stroke}" stroke-width="{width[0] * size:.1f}" '
                'stroke-linecap="round" stroke-linejoin="round"/>'
            )
    return "".join(out)
