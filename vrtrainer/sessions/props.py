"""Held and hit things, as spheres and boxes that the pure rooms can reckon with."""

from dataclasses import dataclass

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
