"""Other skeletons' joint names, as ours.

Rule 1: a joint is a place. Most systems name it after the bone that starts there (BVH, VRM, UI-PRMD's Kinect file) or
        by anatomy (shoulder, elbow, wrist); the CMU database (ASF/AMC) names it after the bone that *ends* there: its
        `lfemur` is the knee. Which of them a file follows shows in its names.
Rule 2: one joint is taken once; where two names of a file mean the same joint, the better one wins (order in `_WORDS`).
"""

import re
from functools import lru_cache

from vrtrainer.human.skeleton import FINGERS, INDEX, JOINTS

# our joint (@ is the side): names that mean it, without side, in lower case without separators; better ones first.
_WORDS = {
    "hips": ("hips", "pelvis", "waist", "root", "spinebase", "midhip", "hip", "hipcenter", "hipscenter", "bodyhips"),
    "spine": ("spine", "spinelower", "lowerback", "abdomen", "bodyspinelower", "torso"),
    "chest": ("chest", "spinemid", "spinemiddle", "spine1", "upperback", "thoraxlower", "bodyspinemiddle"),
    "upperChest": (
        "upperchest",
        "thorax",
        "spine2",
        "spine3",
        "spineupper",
        "sternum",
        "bodychest",
        "chest2",
        "spineshoulder",
    ),
    "neck": ("neck", "neckbase", "lowerneck", "shouldercenter", "neck1", "bodyneck"),
    "head": ("head", "skull", "upperneck", "bodyhead"),
    "jaw": ("jaw",),
    "@Eye": ("eye",),
    "@Shoulder": ("shoulderbone", "clavicle", "collar", "shoulderblade", "scapula"),
    "@UpperArm": ("upperarm", "arm", "uparm", "humerus", "glenohumeral", "shoulderjoint", "armupper"),
    "@LowerArm": ("lowerarm", "forearm", "elbow", "armlower", "radius"),
    "@Hand": ("hand", "wrist", "handwrist"),
    "@Palm": ("palm", "handpalm"),
    "@UpperLeg": ("upperleg", "upleg", "thigh", "legupper", "hip"),
    "@LowerLeg": ("lowerleg", "knee", "leg", "shin", "leglower"),
    "@Foot": ("foot", "ankle", "footankle"),
    "@Toes": ("toes", "toe", "toebase", "footindex", "bigtoe", "football"),
}
# The CMU database's names, by the bone that ends there. `root` is the hips; `lhipjoint` ends at the hip.
_CMU = {
    "root": "hips",
    "lowerback": "spine",
    "upperback": "chest",
    "thorax": "upperChest",
    "lowerneck": "neck",
    "upperneck": "head",
    "@clavicle": "@UpperArm",
    "@humerus": "@LowerArm",
    "@radius": "@Hand",
    "@hipjoint": "@UpperLeg",
    "@femur": "@LowerLeg",
    "@tibia": "@Foot",
    "@foot": "@Toes",
}
_FINGER_WORDS = {
    "thumb": "Thumb",
    "index": "Index",
    "middle": "Middle",
    "ring": "Ring",
    "little": "Little",
    "pinky": "Little",
}
_FINGER_BONES = {
    "metacarpal": "Metacarpal",
    "proximal": "Proximal",
    "intermediate": "Intermediate",
    "distal": "Distal",
    "tip": "Tip",
    "mcp": "Proximal",
    "pip": "Intermediate",
    "dip": "Distal",
    "cmc": "Metacarpal",
    "ip": "Distal",
}
_OURS = {name.lower(): name for name in JOINTS}


def canonical(names):
    """Which places of a skeleton are which of our joints.

    Knows VRM 1.0 humanoid bones and our own joints, OpenXR hand joints (`XR_HAND_JOINT_…_EXT` with a side), Kinect,
    UI-PRMD's Kinect and motion capture files, CMU's database, Mixamo and BVH files, MediaPipe pose and hand landmarks.

    Parameters
    ----------
    names : sequence of str

    Returns
    -------
    dict
        Index into `names` to the name of one of `human.skeleton.JOINTS`. What means none of them is left out.

    Examples
    --------
    >>> canonical(["waist", "left_forearm", "head_tip", "right_hand"])
    {0: 'hips', 1: 'leftLowerArm', 3: 'rightHand'}
    >>> canonical(["root", "lfemur", "rhumerus"])
    {0: 'hips', 1: 'leftLowerLeg', 2: 'rightLowerArm'}
    """
    return dict(_canonical(tuple(str(n) for n in names)))


@lru_cache(maxsize=64)
def _canonical(names):
    plain = [_stripped(n) for n in names]
    if {"lfemur", "rfemur"} & set(plain) or {"lhumerus", "rhumerus"} & set(plain):
        found = {i: (0, _cmu(n)) for i, n in enumerate(plain)}
    else:
        found = {i: _meaning(n, _conventions(plain)) for i, n in enumerate(plain)}
    best = {}
    for i, (rank, joint) in found.items():
        if joint is not None and (joint not in best or rank < best[joint][0]):
            best[joint] = (rank, i)
    chosen = {i: joint for joint, (_, i) in best.items()}
    return tuple((i, chosen[i]) for i in sorted(chosen))


def _stripped(name):
    name = name.rpartition(":")[2]  # mixamorig:LeftArm
    name = re.sub(r"^(xr_)?(hand|body)_?joint_|_(ext|fb|meta|bd)$", "", name.strip(), flags=re.IGNORECASE)
    name = re.sub(r"^(j_bip_|bip\d*\s*|mixamorig_?)", "", name, flags=re.IGNORECASE)
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _sided(plain):
    """Side and the rest of a name, "" for the middle."""
    for word, side in (("left", "left"), ("right", "right")):
        if plain.startswith(word) or plain.endswith(word):
            return side, plain.replace(word, "", 1)
        if word in plain:  # bodyLeftArmUpper, LeftHandThumb1
            return side, plain.replace(word, "", 1)
    if plain[:1] in "lr" and len(plain) > 2 and _without_side(plain[1:]):
        return {"l": "left", "r": "right"}[plain[0]], plain[1:]
    if plain[-1:] in "lr" and len(plain) > 2 and _without_side(plain[:-1]):
        return {"l": "left", "r": "right"}[plain[-1]], plain[:-1]
    return "", plain


def _without_side(rest):
    return rest == "shoulder" or _finger(rest) is not None or any(rest in w for j, w in _WORDS.items() if j[0] == "@")


def _cmu(plain):
    side = {"l": "left", "r": "right"}.get(plain[:1], "")
    for word, joint in _CMU.items():
        if plain == word:
            return joint
        if side and word[0] == "@" and plain[1:] == word[1:]:
            return joint.replace("@", side)
    return None


def _conventions(plain):
    """What doubtful words mean in a file, by which others it has."""
    rests = {_sided(n)[1] for n in plain}
    return {
        # Anatomy calls the joint a shoulder; BVH and VRM so call the bone before the arm.
        "shoulder": "Shoulder" if rests & {"upperarm", "arm", "uparm", "armupper"} else "UpperArm",
        # Beside a wrist the hand is some place further on, beside an ankle the foot is its front.
        "hand": None if rests & {"wrist", "handwrist"} else "Hand",
        "foot": "Toes" if rests & {"ankle", "footankle"} else "Foot",
    }


def _meaning(plain, conventions):
    side, rest = _sided(plain)
    if side and rest in conventions:
        joint = conventions[rest]
        return 2, joint and side + joint
    if plain in _OURS:
        return 0, _OURS[plain]
    finger = _finger(rest.removeprefix("hand")) if side else None
    if finger is not None:
        return 1, side + finger
    for joint, words in _WORDS.items():
        if (joint[0] == "@") == bool(side) and rest in words:
            return 1 + words.index(rest), joint.replace("@", side)
    return 99, None


def _finger(rest):
    found = re.fullmatch(r"(thumb|index|middle|ring|little|pinky)(finger)?([a-z]+)?(\d)?", rest)
    if found is None:
        return None
    finger, bone, number = _FINGER_WORDS[found[1]], found[3] or "", found[4]
    if number and not bone:
        # BVH and Mixamo count a finger's bones from the hand outward.
        row = (
            ("Metacarpal", "Proximal", "Distal", "Tip")
            if finger == "Thumb"
            else ("Proximal", "Intermediate", "Distal", "Tip")
        )
        return finger + row[int(number) - 1] if 1 <= int(number) <= 4 else None
    name = finger + _FINGER_BONES.get(bone, "?")
    return name if f"left{name}" in INDEX else None


assert set(_FINGER_WORDS.values()) == set(FINGERS)
