"""Landmarks of a body: where the face, the trunk and the legs are, for any measures."""

import numpy as np

from vrtrainer.human.skeleton import INDEX

# landmark: joint it hangs on, then its place from there in units of stature (out, up, forward): out is towards the
# acting side. Head and face heights after Farkas 1994 (adult means, in units of stature), trunk depth after the
# proportions of `skeleton.REST_OFFSETS`; our own rounding.
_TABLE = {
    "crown": ("head", (0.000, 0.120, -0.010)),
    "above_head": ("head", (0.000, 0.200, 0.000)),
    "forehead": ("head", (0.000, 0.085, 0.060)),
    "ear": ("head", (0.045, 0.045, 0.000)),
    "cheek": ("head", (0.035, 0.030, 0.045)),
    "mouth": ("head", (0.000, 0.010, 0.060)),
    "chin": ("head", (0.000, -0.015, 0.055)),
    "neck": ("neck", (0.000, 0.010, 0.035)),
    "shoulder": ("UpperArm", (0.000, 0.000, 0.000)),
    "chest": ("upperChest", (0.000, 0.030, 0.070)),
    "heart": ("upperChest", (-0.030, 0.030, 0.068)),
    "belly": ("spine", (0.000, 0.020, 0.070)),
    "waist": ("hips", (0.060, 0.050, 0.000)),
    "hip": ("UpperLeg", (0.045, 0.000, 0.000)),
    "side": ("UpperLeg", (0.090, 0.000, 0.000)),
    "knee": ("LowerLeg", (0.000, 0.010, 0.035)),
}
OBJECT = "object"
"""In place of a landmark: the middle of the top of the object that the gesture acts on, see `objects`."""
LANDMARKS = tuple(_TABLE)
"""Names of the landmarks. `heart` is across the middle from the acting hand: a left hand does what a right one does,
mirrored."""


def landmark(name, body, side="right"):
    """Place of a landmark when the body stands upright.

    Parameters
    ----------
    name : str
        Of `LANDMARKS`.
    body : Body
    side : str
        left or right: the acting side.

    Returns
    -------
    ndarray, shape (3,)
        Metres, in the space of the rest pose (facing -Z, left is -X).

    Raises
    ------
    KeyError
        If there is no such landmark.
    """
    joint, (out, up, forward) = _TABLE[name]
    joint = side + joint if joint[0].isupper() else joint
    sign = -1.0 if side == "left" else 1.0
    return body.rest_positions()[INDEX[joint]] + body.height * np.array([sign * out, up, -forward])
