"""Which of a headset's body joints is which of ours, and how measured each is: tables, without `xr`.

Rule 1: names are the specification's enumerants without prefix and suffix (XR_BODY_JOINT_LEFT_ARM_UPPER_FB is
        LEFT_ARM_UPPER). Joints that this project's skeleton has no place for are left out.
Rule 2: only what a sensor saw is MEASURED. What a runtime makes up from other joints is not, whatever its flags say.

Sources: OpenXR 1.1 specification, "Conventions of body joints" of XR_FB_body_tracking, XR_BD_body_tracking (24) and
XR_HTC_body_tracking (26); XR_META_body_tracking_full_body (84) and …_fidelity.
"""

from vrtrainer.human.observation import ABSENT, INFERRED, MEASURED, MODELLED
from vrtrainer.human.skeleton import FINGERS, JOINTS, SIDES, mirror_name

SURE = 0.5
"""Less confidence in the body than this makes all of it inferred. Our own choice: no document has a figure."""

_FB_MIDDLE = {
    "hips": "HIPS",
    "spine": "SPINE_LOWER",
    "chest": "SPINE_UPPER",
    "upperChest": "CHEST",
    "neck": "NECK",
    "head": "HEAD",
}
_FB_SIDE = {
    "Shoulder": "SHOULDER",
    "UpperArm": "ARM_UPPER",
    "LowerArm": "ARM_LOWER",
    "Hand": "HAND_WRIST",
    "Palm": "HAND_PALM",
    **{f"Thumb{k}": f"HAND_THUMB_{k.upper()}" for k in ("Metacarpal", "Proximal", "Distal", "Tip")},
    **{
        f"{f}{k}": f"HAND_{f.upper()}_{k.upper()}"
        for f in FINGERS[1:]
        for k in ("Metacarpal", "Proximal", "Intermediate", "Distal", "Tip")
    },
}
_META_LEGS = {"UpperLeg": "UPPER_LEG", "LowerLeg": "LOWER_LEG", "Foot": "FOOT_ANKLE", "Toes": "FOOT_BALL"}
_BD_MIDDLE = {
    "hips": "PELVIS",
    "spine": "SPINE1",
    "chest": "SPINE2",
    "upperChest": "SPINE3",
    "neck": "NECK",
    "head": "HEAD",
}
_BD_SIDE = {
    "Shoulder": "COLLAR",
    "UpperArm": "SHOULDER",
    "LowerArm": "ELBOW",
    "Hand": "WRIST",
    "UpperLeg": "HIP",
    "LowerLeg": "KNEE",
    "Foot": "ANKLE",
    "Toes": "FOOT",
}
_HTC_MIDDLE = {
    "hips": "PELVIS",
    "spine": "WAIST",
    "chest": "SPINE_MIDDLE",
    "upperChest": "CHEST",
    "neck": "NECK",
    "head": "HEAD",
}
_HTC_SIDE = {
    "Shoulder": "CLAVICLE",
    "UpperArm": "ARM",
    "LowerArm": "ELBOW",
    "Hand": "WRIST",
    "UpperLeg": "HIP",
    "LowerLeg": "KNEE",
    "Foot": "ANKLE",
    "Toes": "FEET",
}


def _of(middle, side):
    both = {f"{s}{ours}": f"{s.upper()}_{theirs}" for s in SIDES for ours, theirs in side.items()}
    named = middle | both
    return {name: named[name] for name in JOINTS if name in named}


FB = _of(_FB_MIDDLE, _FB_SIDE)
"""XrBodyJointFB: upper body and hands."""
META = _of(_FB_MIDDLE, _FB_SIDE | _META_LEGS)
"""XrFullBodyJointMETA: the same and the legs."""
BD = _of(_BD_MIDDLE, _BD_SIDE)
"""XrBodyJointBD. LEFT_HAND and RIGHT_HAND lie between wrist and fingertips, which no joint of ours does."""
HTC = _of(_HTC_MIDDLE, _HTC_SIDE)
"""XrBodyJointHTC."""

# Groups of joints that are come by alike on Meta's headsets.
HEAD, WRIST, FINGER, UPPER, GENERATED = "head", "wrist and palm", "fingers", "trunk and arms", "hips and legs"


def group(joint):
    """How Meta's body tracking comes by a joint: one of HEAD, WRIST, FINGER, UPPER, GENERATED.

    Examples
    --------
    >>> group("leftIndexTip"), group("leftLowerArm"), group("leftLowerLeg")
    ('fingers', 'trunk and arms', 'hips and legs')
    """
    name = min(joint, mirror_name(joint)).removeprefix("left")
    if joint == "head":
        return HEAD
    if name in ("Hand", "Palm"):
        return WRIST
    if name.startswith(FINGERS):
        return FINGER
    return GENERATED if joint == "hips" or name in _META_LEGS else UPPER


# (tracked, untracked). The legs are generated from the upper body, the hips too. Fingers may stand for buttons of a
# controller, which this extension does not tell: where they count, XR_EXT_hand_tracking says it and takes their place.
_META_HIGH = {
    HEAD: (MEASURED, INFERRED),
    WRIST: (MEASURED, INFERRED),
    FINGER: (INFERRED, INFERRED),
    UPPER: (MEASURED, INFERRED),
    GENERATED: (MODELLED, MODELLED),
}
# Low fidelity reckons trunk and elbows from the head and the two hands. A runtime that does not say is taken for low.
_META_LOW = _META_HIGH | {UPPER: (INFERRED, MODELLED)}


def meta_how(joint, tracked, high_fidelity, confidence):
    """How a valid joint of XR_FB_body_tracking was come by.

    Parameters
    ----------
    joint : str
        Of this project's skeleton.
    tracked : bool
        Both TRACKED bits are set.
    high_fidelity : bool
        The runtime says that it works with high fidelity (inside-out cameras follow trunk and arms).
    confidence : float
        Of the whole body, 0 to 1.

    Returns
    -------
    int
        MODELLED, INFERRED or MEASURED.
    """
    if not confidence > 0:
        return MODELLED
    best = (_META_HIGH if high_fidelity else _META_LOW)[group(joint)][0 if tracked else 1]
    return best if confidence >= SURE else min(best, INFERRED)


def worn_how(tracked):
    """How a valid joint of XR_BD_body_tracking was come by: sensors are worn, flags are taken at their word.

    Parameters
    ----------
    tracked : bool

    Returns
    -------
    int
    """
    return MEASURED if tracked else INFERRED


NO_CONFIDENCE, LOW_CONFIDENCE, HIGH_CONFIDENCE = range(3)


def htc_how(tracked, confidence):
    """How a valid joint of XR_HTC_body_tracking was come by.

    Parameters
    ----------
    tracked : bool
    confidence : int
        XrBodyJointConfidenceHTC of the whole body: 0 none, 1 low ("some … may not be tracked"), 2 high.

    Returns
    -------
    int
    """
    if confidence == NO_CONFIDENCE:
        return MODELLED
    return min(worn_how(tracked), MEASURED if confidence == HIGH_CONFIDENCE else INFERRED)


_WORDS = {ABSENT: "absent", MODELLED: "modelled", INFERRED: "inferred", MEASURED: "measured"}


def markdown():
    """The tables as docs/headset-mapping.md shows them.

    Returns
    -------
    str
    """
    columns = (META, BD, HTC)
    names = [n for n in JOINTS if any(n in c for c in columns) and not n.startswith("right")]
    lines = ["| joint | FB and META | BD | HTC |", "|---|---|---|---|"]
    for n in names:
        cells = [n, *(c.get(n, "not given") for c in columns)]
        if n.startswith("left"):
            cells = [cell.replace("left", "@").replace("LEFT", "@") for cell in cells]
        lines.append("| `" + cells[0] + "` | " + " | ".join(cells[1:]) + " |")
    lines += ["", "| FB and META | high fidelity | low, or the runtime does not say | little confidence | none |"]
    lines += ["|---|---|---|---|---|"]
    for title, joint in (
        (HEAD, "head"), (WRIST, "leftHand"), (FINGER, "leftIndexTip"), (UPPER, "leftLowerArm"), (GENERATED, "hips"),
    ):  # fmt: skip
        cells = [
            " / ".join(_WORDS[meta_how(joint, tracked, high, confidence)] for tracked in (True, False))
            for high, confidence in ((True, 1.0), (False, 1.0), (True, SURE / 2), (True, 0.0))
        ]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    lines += ["", "| worn trackers | tracked / not tracked |", "|---|---|"]
    lines += ["| BD | " + " / ".join(_WORDS[worn_how(t)] for t in (True, False)) + " |"]
    lines += [
        f"| HTC, {word} confidence | " + " / ".join(_WORDS[htc_how(t, c)] for t in (True, False)) + " |"
        for word, c in (("high", HIGH_CONFIDENCE), ("low", LOW_CONFIDENCE), ("no", NO_CONFIDENCE))
    ]
    return "\n".join(lines) + "\n"
