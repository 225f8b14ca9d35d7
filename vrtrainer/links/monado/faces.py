"""A face of 52 ARKit weights in the words of XR_FB_face_tracking2 (70 weights) and XR_ANDROID_face_tracking (68).

The two extensions name the same expressions; what ARKit does not know (tongue positions, sucked cheeks) stays 0.
"""

import numpy as np

from vrtrainer.human.face import INDEX, WEIGHTS

_SIDES = (("L", "Left"), ("R", "Right"))
OF = {
    "INNER_BROW_RAISER_L": "browInnerUp",
    "INNER_BROW_RAISER_R": "browInnerUp",
    "CHIN_RAISER_B": "mouthShrugLower",
    "CHIN_RAISER_T": "mouthShrugUpper",
    "JAW_DROP": "jawOpen",
    "JAW_SIDEWAYS_LEFT": "jawLeft",
    "JAW_SIDEWAYS_RIGHT": "jawRight",
    "JAW_THRUST": "jawForward",
    "LIPS_TOWARD": "mouthClose",
    "MOUTH_LEFT": "mouthLeft",
    "MOUTH_RIGHT": "mouthRight",
    "TONGUE_OUT": "tongueOut",
    "EYES_LOOK_LEFT_L": "eyeLookOutLeft",
    "EYES_LOOK_LEFT_R": "eyeLookInRight",
    "EYES_LOOK_RIGHT_L": "eyeLookInLeft",
    "EYES_LOOK_RIGHT_R": "eyeLookOutRight",
    **{f"LIP_FUNNELER_{corner}": "mouthFunnel" for corner in ("LB", "LT", "RB", "RT")},
    **{f"LIP_SUCK_{side}B": "mouthRollLower" for side in "LR"},
    **{f"LIP_SUCK_{side}T": "mouthRollUpper" for side in "LR"},
    **{f"LIP_PUCKER_{side}": "mouthPucker" for side in "LR"},
    **{f"CHEEK_PUFF_{side}": "cheekPuff" for side in "LR"},
}
"""Expression to the ARKit weight that it takes its strength from."""
for _word, _weight in (
    ("BROW_LOWERER", "browDown"),
    ("CHEEK_RAISER", "cheekSquint"),
    ("DIMPLER", "mouthDimple"),
    ("EYES_CLOSED", "eyeBlink"),
    ("EYES_LOOK_DOWN", "eyeLookDown"),
    ("EYES_LOOK_UP", "eyeLookUp"),
    ("LID_TIGHTENER", "eyeSquint"),
    ("LIP_CORNER_DEPRESSOR", "mouthFrown"),
    ("LIP_CORNER_PULLER", "mouthSmile"),
    ("LIP_PRESSOR", "mouthPress"),
    ("LIP_STRETCHER", "mouthStretch"),
    ("LOWER_LIP_DEPRESSOR", "mouthLowerDown"),
    ("NOSE_WRINKLER", "noseSneer"),
    ("OUTER_BROW_RAISER", "browOuterUp"),
    ("UPPER_LID_RAISER", "eyeWide"),
    ("UPPER_LIP_RAISER", "mouthUpperUp"),
):
    OF |= {f"{_word}_{_l}": f"{_weight}{_side}" for _l, _side in _SIDES}


def rows(names):
    """Where each expression of an extension finds its strength.

    Parameters
    ----------
    names : iterable of str
        The extension's expressions, in its order.

    Returns
    -------
    ndarray, shape (len,)
        Places in the 52 weights; 52 (a weight that is always 0) for what ARKit does not know.
    """
    return np.array([INDEX[OF[n]] if n in OF else len(WEIGHTS) for n in names])
