"""Which of a headset's face weights make up each of ARKit's 52: tables, without `xr`, so that they read anywhere.

Rule 1: names are the specification's enumerants without prefix and suffix (XR_FACE_EXPRESSION2_JAW_DROP_FB is
        JAW_DROP), and sides are the wearer's own, as ARKit's are.
Rule 2: a weight that a device does not give has no row: it becomes NaN, never 0.
Rule 3: each row adds up its terms. Halves and quarters are means: a shape that ARKit has once and the device has on
        each side. What a row adds beyond 1 is cut off.

Sources: OpenXR 1.1 specification, "Conventions of blend shapes" of XR_FB_face_tracking2, XR_ANDROID_face_tracking and
XR_HTC_facial_tracking, which describe each shape; ARFaceAnchor.BlendShapeLocation for what they are mapped to. Upper
and lower face follow FACS (Ekman, Friesen and Hager 2002): brows, lids and AU 6 are upper, AU 9 and all below lower.
"""

import numpy as np

from vrtrainer.human.face import INDEX, PARTS, WEIGHTS
from vrtrainer.human.skeleton import mirror_name

SURE = 0.3
"""A region that the runtime is less confident of than this is not given: NaN. Our own choice, no document has one."""


def _both(rows):
    """Rows for left and right from one that says `Left` and `_L`; rows of the middle stay as they are."""
    out = {}
    for name, terms in rows.items():
        out[name] = terms
        if name.endswith("Left"):
            out[mirror_name(name)] = {mirrored(term): share for term, share in terms.items()}
    return out


_ENDS = {"L": "R", "LB": "RB", "LT": "RT"}
_WORDS = {"LEFT": "RIGHT", "UPLEFT": "UPRIGHT", "DOWNLEFT": "DOWNRIGHT"}
_SWAP = {
    **{k: v for a in (_ENDS, _WORDS) for k, v in a.items()},
    **{v: k for a in (_ENDS, _WORDS) for k, v in a.items()},
}


def mirrored(term):
    """Name of the shape on the other side; the middle keeps its own.

    Examples
    --------
    >>> mirrored("EYES_LOOK_LEFT_R"), mirrored("LIP_SUCK_LB"), mirrored("MOUTH_LOWER_DOWNLEFT"), mirrored("JAW_DROP")
    ('EYES_LOOK_RIGHT_L', 'LIP_SUCK_RB', 'MOUTH_LOWER_DOWNRIGHT', 'JAW_DROP')
    """
    return "_".join(_SWAP.get(word, word) for word in term.split("_"))


# The shapes that Meta's and Android's extensions have in common, name by name (FACS-like, "reduced G-Nome").
_SHARED = _both(
    {
        "eyeBlinkLeft": {"EYES_CLOSED_L": 1.0},
        "eyeLookDownLeft": {"EYES_LOOK_DOWN_L": 1.0},
        "eyeLookInLeft": {"EYES_LOOK_RIGHT_L": 1.0},
        "eyeLookOutLeft": {"EYES_LOOK_LEFT_L": 1.0},
        "eyeLookUpLeft": {"EYES_LOOK_UP_L": 1.0},
        "eyeSquintLeft": {"LID_TIGHTENER_L": 1.0},
        "eyeWideLeft": {"UPPER_LID_RAISER_L": 1.0},
        "jawForward": {"JAW_THRUST": 1.0},
        "jawLeft": {"JAW_SIDEWAYS_LEFT": 1.0},
        "jawOpen": {"JAW_DROP": 1.0},
        "mouthClose": {"LIPS_TOWARD": 1.0},
        "mouthFunnel": {
            "LIP_FUNNELER_LB": 0.25, "LIP_FUNNELER_LT": 0.25, "LIP_FUNNELER_RB": 0.25, "LIP_FUNNELER_RT": 0.25,
        },
        "mouthPucker": {"LIP_PUCKER_L": 0.5, "LIP_PUCKER_R": 0.5},
        "mouthLeft": {"MOUTH_LEFT": 1.0},
        "mouthSmileLeft": {"LIP_CORNER_PULLER_L": 1.0},
        "mouthFrownLeft": {"LIP_CORNER_DEPRESSOR_L": 1.0},
        "mouthDimpleLeft": {"DIMPLER_L": 1.0},
        "mouthStretchLeft": {"LIP_STRETCHER_L": 1.0},
        "mouthRollLower": {"LIP_SUCK_LB": 0.5, "LIP_SUCK_RB": 0.5},
        "mouthRollUpper": {"LIP_SUCK_LT": 0.5, "LIP_SUCK_RT": 0.5},
        "mouthShrugLower": {"CHIN_RAISER_B": 1.0},
        "mouthShrugUpper": {"CHIN_RAISER_T": 1.0},
        "mouthPressLeft": {"LIP_PRESSOR_L": 1.0},
        "mouthLowerDownLeft": {"LOWER_LIP_DEPRESSOR_L": 1.0},
        "mouthUpperUpLeft": {"UPPER_LIP_RAISER_L": 1.0},
        "browDownLeft": {"BROW_LOWERER_L": 1.0},
        "browInnerUp": {"INNER_BROW_RAISER_L": 0.5, "INNER_BROW_RAISER_R": 0.5},
        "browOuterUpLeft": {"OUTER_BROW_RAISER_L": 1.0},
        "cheekPuff": {"CHEEK_PUFF_L": 0.5, "CHEEK_PUFF_R": 0.5},
        "cheekSquintLeft": {"CHEEK_RAISER_L": 1.0},
        "noseSneerLeft": {"NOSE_WRINKLER_L": 1.0},
        "tongueOut": {"TONGUE_OUT": 1.0},
    }
)  # fmt: skip
FB = _SHARED
"""XrFaceExpression2FB, 70 shapes."""
ANDROID = _SHARED
"""XrFaceParameterIndicesANDROID, 68 shapes: other shapes of the tongue than Meta's, all else the same."""
HTC_EYE = _both(
    {
        "eyeBlinkLeft": {"LEFT_BLINK": 1.0},
        "eyeLookDownLeft": {"LEFT_DOWN": 1.0},
        "eyeLookInLeft": {"LEFT_IN": 1.0},
        "eyeLookOutLeft": {"LEFT_OUT": 1.0},
        "eyeLookUpLeft": {"LEFT_UP": 1.0},
        "eyeSquintLeft": {"LEFT_SQUEEZE": 1.0},
        "eyeWideLeft": {"LEFT_WIDE": 1.0},
    }
)
"""XrEyeExpressionHTC, 14 shapes. No brows."""
HTC_LIP = _both(
    {
        "jawForward": {"JAW_FORWARD": 1.0},
        "jawLeft": {"JAW_LEFT": 1.0},
        # The ape shape is a jaw that hangs behind closed lips: ARKit says that with two weights.
        "jawOpen": {"JAW_OPEN": 1.0, "MOUTH_APE_SHAPE": 1.0},
        "mouthClose": {"MOUTH_APE_SHAPE": 1.0},
        "mouthFunnel": {"MOUTH_UPPER_OVERTURN": 0.5, "MOUTH_LOWER_OVERTURN": 0.5},
        "mouthPucker": {"MOUTH_POUT": 1.0},
        "mouthLeft": {"MOUTH_UPPER_LEFT": 0.5, "MOUTH_LOWER_LEFT": 0.5},
        "mouthSmileLeft": {"MOUTH_RAISER_LEFT": 1.0},
        "mouthFrownLeft": {"MOUTH_STRETCHER_LEFT": 1.0},  # "lowers the left side of the mouth"
        "mouthRollLower": {"MOUTH_LOWER_INSIDE": 1.0},
        "mouthRollUpper": {"MOUTH_UPPER_INSIDE": 1.0},
        "mouthShrugLower": {"MOUTH_LOWER_OVERLAY": 1.0},  # lays the lower lip on the upper
        "mouthLowerDownLeft": {"MOUTH_LOWER_DOWNLEFT": 1.0},
        "mouthUpperUpLeft": {"MOUTH_UPPER_UPLEFT": 1.0},
        "cheekPuff": {"CHEEK_PUFF_LEFT": 0.5, "CHEEK_PUFF_RIGHT": 0.5},
        "tongueOut": {"TONGUE_LONGSTEP1": 0.5, "TONGUE_LONGSTEP2": 0.5},  # a little beyond the teeth, then all the way
    }
)
"""XrLipExpressionHTC, 37 shapes."""

UNUSED = {
    "FB": (
        "CHEEK_SUCK_L", "CHEEK_SUCK_R", "LIP_TIGHTENER_L", "LIP_TIGHTENER_R", "TONGUE_TIP_INTERDENTAL",
        "TONGUE_TIP_ALVEOLAR", "TONGUE_FRONT_DORSAL_PALATE", "TONGUE_MID_DORSAL_PALATE", "TONGUE_BACK_DORSAL_VELAR",
        "TONGUE_RETREAT",
    ),
    "ANDROID": (
        "CHEEK_SUCK_L", "CHEEK_SUCK_R", "LIP_TIGHTENER_L", "LIP_TIGHTENER_R", "TONGUE_LEFT", "TONGUE_RIGHT",
        "TONGUE_UP", "TONGUE_DOWN",
    ),
    "HTC_EYE": (),
    "HTC_LIP": (
        "CHEEK_SUCK", "TONGUE_LEFT", "TONGUE_RIGHT", "TONGUE_UP", "TONGUE_DOWN", "TONGUE_ROLL",
        "TONGUE_UPRIGHT_MORPH", "TONGUE_UPLEFT_MORPH", "TONGUE_DOWNRIGHT_MORPH", "TONGUE_DOWNLEFT_MORPH",
    ),
}  # fmt: skip
"""Shapes that ARKit has no weight for."""

LOOKS = np.array([i for i, name in enumerate(WEIGHTS) if name.startswith("eyeLook")])
"""Places of the weights that say where the eyes look: gaze, kept only with consent for it and never scored."""


def _is_upper(name):
    return name.startswith(("brow", "eye", "cheekSquint"))


UPPER = np.array([i for i, name in enumerate(WEIGHTS) if _is_upper(name)])
LOWER = np.array([i for i, name in enumerate(WEIGHTS) if not _is_upper(name)])
# browInnerUp is of both sides: it needs both.
UPPER_LEFT = np.array([i for i in UPPER if not WEIGHTS[i].endswith("Right")])
UPPER_RIGHT = np.array([i for i in UPPER if not WEIGHTS[i].endswith("Left")])


def sums(table, names):
    """The table as one gather and one weighted sum.

    Parameters
    ----------
    table : dict
        ARKit weight to terms.
    names : sequence of str
        The device's shapes in its own order.

    Returns
    -------
    given : ndarray, shape (G,)
        Integers: places of the G weights that the table has, among ARKit's 52.
    places : ndarray, shape (G, 4)
        Integers: up to four shapes each; `len(names)`, one past the last, where there are fewer.
    shares : ndarray, shape (G, 4)
        With `measured` ending in a 0, `(measured[places] * shares).sum(axis=1)` are those weights. A matrix product
        would spread one shape that is no number over all of them.
    """
    where = {name: i for i, name in enumerate(names)}
    given = np.array(sorted(INDEX[name] for name in table))
    places = np.full((len(given), 4), len(names))
    shares = np.zeros((len(given), 4))
    for row, i in enumerate(given):
        for column, (term, share) in enumerate(table[WEIGHTS[i]].items()):
            places[row, column], shares[row, column] = where[term], share
    return given, places, shares


_FRACTIONS = {0.5: "½", 0.25: "¼"}


def _said(table, name):
    terms = table.get(name)
    if terms is None:
        return "not given"
    return " + ".join(f"{_FRACTIONS.get(share, '')} {term}".strip() for term, share in terms.items())


def markdown():
    """The tables as docs/headset-mapping.md shows them.

    Returns
    -------
    str
    """
    htc = HTC_EYE | HTC_LIP
    part = {i: name for name, rows in PARTS.items() for i in rows}
    lines = [
        "| ARKit weight | part | FB and ANDROID | HTC |",
        "|---|---|---|---|",
        *(
            f"| `{name}` | {part.get(i, 'gaze')} | {_said(_SHARED, name)} | {_said(htc, name)} |"
            for i, name in enumerate(WEIGHTS)
        ),
        "",
        "Shapes that no ARKit weight stands for, and that are left out:",
        "",
        *(f"- {name.replace('_', ' ')}: {', '.join(UNUSED[name]) or 'none'}" for name in UNUSED),
    ]
    return "\n".join(lines) + "\n"
