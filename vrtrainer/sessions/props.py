"""Held and hit things, as spheres and boxes that the pure rooms can reckon with."""

from dataclasses import dataclass

import numpy as np

from vrtrainer.gestures import sitting
from vrtrainer.human import rotations
from vrtrainer.human.transform import Transform


@dataclass(frozen=True, slots=True, eq=False)
class Prop:
    """One thing in the room.

    Parameters
    ----------
    name : str
        What it looks like, a folder or a shape known to the stage.
    world_from_prop : Transform
    size : tuple of float
        Extents in metres.
    """

    name: str
    world_from_prop: Transform
    size: tuple


def stool(body, world_from_body):
    """The stool that a body sits on, as `gestures.sitting` has it.

    Parameters
    ----------
    body : Body
    world_from_body : Transform

    Returns
    -------
    Prop
    """
    middle, width, height = sitting.stool(body)
    here = Transform(middle - np.array([0.0, height / 2, 0.0]), rotations.IDENTITY)
    return Prop("stool", world_from_body @ here, (width, height, width))
