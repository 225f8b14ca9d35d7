"""The face as 52 weights from 0 to 1, by ARKit's names (ARFaceAnchor.BlendShapeLocation), and FACS units over them."""

import numpy as np

from vrtrainer.human.skeleton import mirror_name

WEIGHTS = (
    "eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft", "eyeSquintLeft",
    "eyeWideLeft", "eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight", "eyeLookOutRight", "eyeLookUpRight",
    "eyeSquintRight", "eyeWideRight", "jawForward", "jawLeft", "jawRight", "jawOpen", "mouthClose", "mouthFunnel",
    "mouthPucker", "mouthLeft", "mouthRight", "mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft",
    "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft", "mouthStretchRight",
    "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthPressLeft", "mouthPressRight",
    "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight", "browDownLeft",
    "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff", "cheekSquintLeft",
    "cheekSquintRight", "noseSneerLeft", "noseSneerRight", "tongueOut",
)  # fmt: skip
"""Names of the 52 weights; every array with an axis of 52 follows this order."""
INDEX = {name: i for i, name in enumerate(WEIGHTS)}
MIRROR = np.array([INDEX[mirror_name(n)] for n in WEIGHTS])
"""`weights[MIRROR]` is the face seen in a mirror."""


def _part(name):
    if name.startswith("brow"):
        return "brows"
    # The lower lids rise with the cheeks (AU 6), so eyeSquint stays with the eyes and cheekSquint with the cheeks.
    return "eyes" if name.startswith("eye") else "cheeks" if name.startswith(("cheek", "nose")) else "mouth"


PARTS = {
    part: np.array([i for i, n in enumerate(WEIGHTS) if _part(n) == part and not n.startswith("eyeLook")])
    for part in ("brows", "eyes", "cheeks", "mouth")
}
"""Face parts and their weights. Where the eyes look is gaze, which is never scored, so `eyeLook` is in no part."""

_BOTH = ("Left", "Right")
FACS = {
    "1": {"browInnerUp": 1.0},
    "2": {f"browOuterUp{s}": 1.0 for s in _BOTH},
    "4": {f"browDown{s}": 1.0 for s in _BOTH},
    "5": {f"eyeWide{s}": 1.0 for s in _BOTH},
    "6": {f"cheekSquint{s}": 1.0 for s in _BOTH},
    "7": {f"eyeSquint{s}": 1.0 for s in _BOTH},
    "9": {f"noseSneer{s}": 1.0 for s in _BOTH},
    "10": {f"mouthUpperUp{s}": 1.0 for s in _BOTH},
    "12": {f"mouthSmile{s}": 1.0 for s in _BOTH},
    "14": {f"mouthDimple{s}": 1.0 for s in _BOTH},
    "15": {f"mouthFrown{s}": 1.0 for s in _BOTH},
    "16": {f"mouthLowerDown{s}": 1.0 for s in _BOTH},
    "17": {"mouthShrugLower": 1.0},
    "18": {"mouthPucker": 1.0},
    "19": {"tongueOut": 1.0},
    "20": {f"mouthStretch{s}": 1.0 for s in _BOTH},
    "22": {"mouthFunnel": 1.0},
    "23": {f"mouthPress{s}": 1.0 for s in _BOTH},
    "26": {"jawOpen": 0.5},
    "27": {"jawOpen": 1.0},
    "33": {"cheekPuff": 1.0},
    "45": {f"eyeBlink{s}": 1.0 for s in _BOTH},
}
"""Action units of the Facial Action Coding System (Ekman, Friesen and Hager 2002) as ARKit weights at full strength."""


def weights_of(units):
    """Face that shows action units.

    Parameters
    ----------
    units : dict
        Unit as text ("12", or "L12", "R12" for one side) to strength 0..1.

    Returns
    -------
    ndarray, shape (52,)

    Raises
    ------
    ValueError
        If a unit is not known or a strength is not between 0 and 1.

    Examples
    --------
    >>> face = weights_of({"12": 0.8})
    >>> float(face[INDEX["mouthSmileLeft"]]), float(face[INDEX["jawOpen"]])
    (0.8, 0.0)
    """
    out = np.zeros(len(WEIGHTS))
    for unit, strength in units.items():
        side = {"L": "Left", "R": "Right"}.get(unit[:1], "")
        number = unit[1:] if side else unit
        if number not in FACS:
            raise ValueError(f"face: no action unit {unit!r}; there is {', '.join(FACS)}, each also as L… or R…")
        if not 0 <= strength <= 1:
            raise ValueError(f"face: action unit {unit} has strength {strength}, expected 0 to 1")
        for name, weight in FACS[number].items():
            if not side or name.endswith(side) or not name.endswith(_BOTH):
                out[INDEX[name]] = max(out[INDEX[name]], weight * strength)
    return out
