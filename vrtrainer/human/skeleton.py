"""Which joints a person has, how they hang together, and what mirrors what.

Rule 1: the joints are VRM 1.0's humanoid bones, plus palm, fingertips and the four finger metacarpals of each hand, so
        that all 26 joints of XR_EXT_hand_tracking have a place.
Rule 2: at rest (T-pose, facing -Z, left is -X, palms down) every rotation is the identity.
Rule 3: metacarpals, palms and tips hang off as leaves, so that poses fit every VRM 1.0 avatar unchanged.

Sources: VRMC_vrm-1.0 humanoid.md (names and parents); OpenXR 1.1 XrHandJointEXT (order of the 26).
"""

import numpy as np

FINGERS = ("Thumb", "Index", "Middle", "Ring", "Little")
SIDES = ("left", "right")

# The trunk and one side, parents before children. `@` stands for left or right.
_MIDDLE = {
    "hips": None,
    "spine": "hips",
    "chest": "spine",
    "upperChest": "chest",
    "neck": "upperChest",
    "head": "neck",
    "jaw": "head",
}
_SIDE = {
    "@Eye": "head",
    "@UpperLeg": "hips",
    "@LowerLeg": "@UpperLeg",
    "@Foot": "@LowerLeg",
    "@Toes": "@Foot",
    "@Shoulder": "upperChest",
    "@UpperArm": "@Shoulder",
    "@LowerArm": "@UpperArm",
    "@Hand": "@LowerArm",
    "@Palm": "@Hand",
    "@ThumbMetacarpal": "@Hand",
    "@ThumbProximal": "@ThumbMetacarpal",
    "@ThumbDistal": "@ThumbProximal",
    "@ThumbTip": "@ThumbDistal",
}
for _finger in FINGERS[1:]:
    _SIDE |= {
        f"@{_finger}Metacarpal": "@Hand",
        f"@{_finger}Proximal": "@Hand",
        f"@{_finger}Intermediate": f"@{_finger}Proximal",
        f"@{_finger}Distal": f"@{_finger}Intermediate",
        f"@{_finger}Tip": f"@{_finger}Distal",
    }

PARENT_NAME = dict(_MIDDLE)
for _side in SIDES:
    PARENT_NAME |= {k.replace("@", _side): v.replace("@", _side) for k, v in _SIDE.items()}

JOINTS = tuple(PARENT_NAME)
"""Names of the J = 75 joints; every array with an axis J follows this order."""
J = len(JOINTS)
INDEX = {name: i for i, name in enumerate(JOINTS)}
PARENT = np.array([-1 if PARENT_NAME[n] is None else INDEX[PARENT_NAME[n]] for n in JOINTS])

VRM_BONES = tuple(
    n for n in JOINTS if not n.endswith(("Palm", "Tip")) and not (n.endswith("Metacarpal") and "Thumb" not in n)
)
"""The 55 bones of VRM 1.0."""


def mirror_name(name):
    """Name of the joint or weight on the other side; the middle keeps its own.

    Examples
    --------
    >>> mirror_name("leftHand"), mirror_name("head"), mirror_name("mouthSmileRight"), mirror_name("jawLeft")
    ('rightHand', 'head', 'mouthSmileLeft', 'jawRight')
    """
    for a, b in (("left", "right"), ("Left", "Right")):
        for one, other in ((a, b), (b, a)):
            if name.startswith(one) or name.endswith(one):
                return name.replace(one, other)
    return name


MIRROR = np.array([INDEX[mirror_name(n)] for n in JOINTS])
"""`array[MIRROR]` swaps the sides."""


def _levels():
    depth = np.zeros(J, int)
    for i in range(1, J):
        depth[i] = depth[PARENT[i]] + 1
    return tuple(np.flatnonzero(depth == d) for d in range(1, depth.max() + 1))


LEVELS = _levels()
"""Indices of all joints of one depth of the tree, from the children of the hips on: one batched product each."""


def indices(*names):
    """Places of joints in the axis J.

    Parameters
    ----------
    *names : str
        Joint names; `@` stands for both sides, left first.

    Returns
    -------
    ndarray, shape (len,)
        Integers.

    Raises
    ------
    KeyError
        If there is no joint of that name.
    """
    full = [n.replace("@", s) for n in names for s in (SIDES if "@" in n else ("",))]
    return np.array([INDEX[n] for n in full])


def xr_hand_joints(side):
    """Places of the 26 joints of XrHandJointEXT, in OpenXR's order: palm, wrist, thumb (4), then four fingers of 5.

    Parameters
    ----------
    side : str
        `left` or `right`.

    Returns
    -------
    ndarray, shape (26,)
        Integers, indices into `JOINTS`. OpenXR's wrist is VRM's hand.
    """
    names = ["Palm", "Hand", "ThumbMetacarpal", "ThumbProximal", "ThumbDistal", "ThumbTip"]
    names += [f"{f}{k}" for f in FINGERS[1:] for k in ("Metacarpal", "Proximal", "Intermediate", "Distal", "Tip")]
    return np.array([INDEX[side + n] for n in names])


PARTS = {
    "head": ("neck", "head", "leftEye", "rightEye", "jaw"),
    "trunk": ("hips", "spine", "chest", "upperChest"),
    **{f"{s}Arm": tuple(f"{s}{n}" for n in ("Shoulder", "UpperArm", "LowerArm")) for s in SIDES},
    **{f"{s}Hand": tuple(JOINTS[i] for i in xr_hand_joints(s)) for s in SIDES},
    **{f"{s}Leg": tuple(f"{s}{n}" for n in ("UpperLeg", "LowerLeg", "Foot", "Toes")) for s in SIDES},
}
"""Body parts and their joints. The face has parts of its own, in `face.PARTS`."""
PART_INDEX = {part: np.array([INDEX[n] for n in names]) for part, names in PARTS.items()}


def _rest():
    """Rest offsets from the parent in units of stature.

    Segment lengths after Drillis and Contini 1966, as tabulated in Winter, Biomechanics and Motor Control of Human
    Movement, fig. 4.1; hand proportions from the same hand length (0.108 of stature).
    """
    hand = 0.108
    side = {
        "Eye": (-0.018, 0.056, -0.045),
        "UpperLeg": (-0.052, -0.010, 0.0),
        "LowerLeg": (0.0, -0.240, 0.0),
        "Foot": (0.0, -0.241, 0.0),
        "Toes": (0.0, -0.028, -0.075),
        "Shoulder": (-0.020, 0.078, 0.0),
        "UpperArm": (-0.109, 0.010, 0.0),
        "LowerArm": (-0.186, 0.0, 0.0),
        "Hand": (-0.146, 0.0, 0.0),
        "Palm": (-0.28 * hand, 0.0, 0.0),
        "ThumbMetacarpal": (-0.12 * hand, -0.05 * hand, -0.13 * hand),
        "ThumbProximal": (-0.17 * hand, -0.04 * hand, -0.16 * hand),
        "ThumbDistal": (-0.12 * hand, -0.03 * hand, -0.11 * hand),
        "ThumbTip": (-0.10 * hand, -0.02 * hand, -0.09 * hand),
    }
    for finger, root, across, lengths in (
        ("Index", 0.50, -0.115, (0.21, 0.125, 0.10)),
        ("Middle", 0.51, 0.0, (0.235, 0.15, 0.105)),
        ("Ring", 0.47, 0.10, (0.22, 0.14, 0.10)),
        ("Little", 0.43, 0.19, (0.17, 0.10, 0.09)),
    ):
        side[f"{finger}Metacarpal"] = (-0.10 * hand, 0.0, across * 0.6 * hand)
        side[f"{finger}Proximal"] = (-root * hand, 0.0, across * hand)
        for name, length in zip(("Intermediate", "Distal", "Tip"), lengths, strict=True):
            side[f"{finger}{name}"] = (-length * hand, 0.0, 0.0)
    table = {
        "hips": (0.0, 0.530, 0.0),
        "spine": (0.0, 0.060, 0.0),
        "chest": (0.0, 0.070, 0.0),
        "upperChest": (0.0, 0.070, 0.0),
        "neck": (0.0, 0.105, 0.0),
        "head": (0.0, 0.045, 0.0),
        "jaw": (0.0, 0.010, -0.015),
    }
    for name, (x, y, z) in side.items():
        table[f"left{name}"] = (x, y, z)
        table[f"right{name}"] = (-x, y, z)
    return np.array([table[n] for n in JOINTS])


REST_OFFSETS = _rest()
"""Rest offsets (J, 3) from the parent, in units of stature (hips from the floor)."""
REST_OFFSETS.flags.writeable = False
