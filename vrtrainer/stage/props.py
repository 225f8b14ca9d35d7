"""Held and hit things on the card."""

import numpy as np

from vrtrainer.stage import colours, prop_shapes, scene
from vrtrainer.stage.mesh import Material
from vrtrainer.stage.prop_shapes import LOOKS as LOOKS
from vrtrainer.stage.prop_shapes import matrix as matrix  # who draws a thing asks here where it stands


def solid(name):
    """The solid of a thing's name."""
    arrays = [[], [], [], []]
    runs, start = [], 0
    for (position, normal, indices), colour, roughness in prop_shapes.pieces(name):
        count = len(position)
        for into, values in zip(arrays, (position, normal, np.zeros((count, 2)), np.ones((count, 4))), strict=True):
            into.append(values)
        look = Material("prop", (*colours.linear(colour), 1.0), None, (0, 0, 0), roughness, "OPAQUE", 0.5, True, False)
        runs.append((indices + start, look))
        start += count
    return scene.solid(*(np.concatenate(values) for values in arrays), runs)
