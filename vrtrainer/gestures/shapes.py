"""Hand shapes: words of sign-language notation as angles of the finger joints.

One row a shape, in degrees: each finger's knuckle, middle and end joint, then the spread of the four fingers, then the
thumb's saddle joint (out from the palm's edge, in front of the palm), its knuckle and its end joint.
Shapes follow HamNoSys 4 (Hanke 2004); angles are our own, within the limits of `ik.LIMITS`.
"""

import numpy as np

_STRAIGHT, _CURLED = (3, 4, 2), (84, 98, 62)
_SPREAD = (12.0, 0.0, -8.0, -16.0)  # index, middle, ring, little: away from the middle finger, + is towards the thumb

# name: (HamNoSys, fingers from index to little, spread share, thumb)
_TABLE = {
    "relaxed": ("-", ((18, 28, 14), (24, 32, 16), (28, 35, 17), (31, 36, 18)), 0.2, (0, 12, 12, 14)),
    "flat": ("hamflathand", (_STRAIGHT,) * 4, 0.0, (-24, 0, 4, 0)),
    "flat_spread": ("hamfinger2345", (_STRAIGHT,) * 4, 1.0, (10, 4, 0, 0)),
    "cup": ("hamflathand bent", ((38, 30, 18),) * 4, 0.1, (-6, 22, 12, 10)),
    "claw": ("hamfinger2345 bent", ((12, 62, 40),) * 4, 0.9, (8, 20, 10, 38)),
    "fist": ("hamfist", (_CURLED,) * 4, 0.0, (-35, 19, 21, 64)),
    "thumb_up": ("hamfist with thumb out", (_CURLED,) * 4, 0.0, (38, 0, -6, -10)),
    "thumb_inside": ("hamfist over thumb", ((70, 88, 50),) * 4, 0.0, (-27, 2, 54, 78)),
    "index": ("hamfinger2", (_STRAIGHT, *(_CURLED,) * 3), 0.0, (-32, 13, 36, 47)),
    "index_middle": ("hamfinger23", (_STRAIGHT, _STRAIGHT, _CURLED, _CURLED), 0.0, (-40, 9, 53, 28)),
    "two_spread": ("hamfinger23spread", (_STRAIGHT, _STRAIGHT, _CURLED, _CURLED), 1.0, (-40, 9, 53, 28)),
    "little": ("hampinkyfinger", (_CURLED, _CURLED, _CURLED, _STRAIGHT), 0.0, (-35, 19, 21, 64)),
    "pinch": ("hampinch12", ((59, 48, 27), (22, 30, 16), (22, 30, 16), (22, 30, 16)), 0.4, (-18, 29, 21, 24)),
    "round": ("hamceeall", ((46, 46, 28),) * 4, 0.0, (-40, 19, 24, 3)),
}

SHAPES = tuple(_TABLE)
"""Names of the shapes."""
HAMNOSYS = {name: row[0] for name, row in _TABLE.items()}
KINDS_OF_OPEN = ("flat", "flat_spread", "cup", "relaxed")
"""Shapes that a goal's `is = "open"` means; `closed` is fist, thumb_inside and thumb_up's fingers."""

FINGER_ANGLES = 20
"""Numbers of one shape: four fingers of (knuckle, middle, end, spread), then the thumb's four."""


def angles(name):
    """The finger joints' angles of a hand shape.

    Parameters
    ----------
    name : str
        Of `SHAPES`.

    Returns
    -------
    ndarray, shape (20,)
        Radians: for index, middle, ring and little finger the knuckle, middle and end joint's bend and the spread;
        then the thumb's saddle joint (out, in front), knuckle and end joint.

    Raises
    ------
    KeyError
        If there is no such shape; the notation's reader says so in words.

    Examples
    --------
    >>> np.degrees(angles("fist")).round()[:4]
    array([84., 98., 62.,  0.])
    """
    _, fingers, spread, thumb = _TABLE[name]
    rows = [(*bend, share * spread) for bend, share in zip(fingers, _SPREAD, strict=True)]
    return np.radians(np.concatenate([np.ravel(rows), thumb]))
