"""What stands before a body and is acted on: where it is, by that body's own measures.

Rule 1: an object hangs on a landmark, so it is in easy reach of a child and of an adult, standing or seated: whoever
        places it for a person who is seen puts it as far from that person's head.
"""

import numpy as np

from vrtrainer.gestures import places
from vrtrainer.human.skeleton import INDEX

KINDS = ("drum",)
"""What an object can be; each has a look in the stage."""


def top(thing, body, side="right"):
    """The middle of an object's top before a body that stands upright.

    Parameters
    ----------
    thing : Thing
    body : Body
    side : str
        left or right: the acting side.

    Returns
    -------
    ndarray, shape (3,)
        Metres, in the space of the rest pose.
    """
    place, sign = thing.location, -1.0 if side == "left" else 1.0
    step = body.arm_length(side) * np.array([sign * place.out, place.up, -place.forward])
    return places.landmark(place.landmark, body, side) + step


def from_head(thing, body, side="right"):
    """The middle of an object's top, from the head joint of whom it stands before.

    Parameters
    ----------
    thing : Thing
    body : Body
    side : str

    Returns
    -------
    ndarray, shape (3,)
        Metres, in axes that face -Z.
    """
    return top(thing, body, side) - body.rest_positions()[INDEX["head"]]
