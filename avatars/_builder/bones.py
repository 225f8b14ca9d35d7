"""VRM 1.0's humanoid bones out of MakeHuman's rig: which bone carries which, where they stand, what hangs on them.

Source: VRMC_vrm-1.0, humanoid.md (names and parents). The jaw is left out: the 52 face weights move it.
"""

import numpy as np

FINGERS = {
    "Thumb": ("Metacarpal", "Proximal", "Distal"),
    **{name: ("Proximal", "Intermediate", "Distal") for name in ("Index", "Middle", "Ring", "Little")},
}
SIDES = {"left": ("L", 1.0), "right": ("R", -1.0)}
"""Side to MakeHuman's letter and the sign of x."""


def _table():
    """VRM bone to its parent and MakeHuman's bone, parents first."""
    table = {
        "hips": (None, "root"),
        "spine": ("hips", "spine04"),
        "chest": ("spine", "spine02"),
        "upperChest": ("chest", "spine01"),
        "neck": ("upperChest", "neck01"),
        "head": ("neck", "head"),
        "leftEye": ("head", "eye.L"),
        "rightEye": ("head", "eye.R"),
    }
    for side, (letter, _) in SIDES.items():
        chain = (("Shoulder", "clavicle"), ("UpperArm", "upperarm01"), ("LowerArm", "lowerarm01"), ("Hand", "wrist"))
        parent = "upperChest"
        for bone, theirs in chain:
            table[side + bone] = (parent, f"{theirs}.{letter}")
            parent = side + bone
        for number, (finger, parts) in enumerate(FINGERS.items(), 1):
            parent = f"{side}Hand"
            for k, part in enumerate(parts, 1):
                table[side + finger + part] = (parent, f"finger{number}-{k}.{letter}")
                parent = side + finger + part
        parent = "hips"
        legs = (("UpperLeg", "upperleg01"), ("LowerLeg", "lowerleg01"), ("Foot", "foot"), ("Toes", "toe3-1"))
        for bone, theirs in legs:
            table[side + bone] = (parent, f"{theirs}.{letter}")
            parent = side + bone
    return table


_TABLE = _table()
BONES = tuple(_TABLE)
INDEX = {name: i for i, name in enumerate(BONES)}
PARENT = tuple(-1 if parent is None else INDEX[parent] for parent, _ in _TABLE.values())
RIG_BONE = {name: theirs for name, (_, theirs) in _TABLE.items()}


def weights(data):
    """Share of each VRM bone at each vertex (n, B), and the vertices of the left and the right eyeball."""
    owner_of = {theirs: INDEX[name] for name, theirs in RIG_BONE.items()}

    def owner(bone):
        if bone.startswith("toe"):
            return INDEX["leftToes" if bone.endswith("L") else "rightToes"]
        while bone not in owner_of:  # spare bones (twists, breast, face) go to the nearest of ours above them
            bone = data.rig[bone]["parent"] or "root"
        return owner_of[bone]

    out = np.zeros((len(data.positions), len(BONES)))
    for bone, rows in data.weights.items():
        if rows:
            vertex, weight = np.array(rows).T
            np.add.at(out[:, owner(bone)], vertex.astype(int), weight)
    out[out.sum(axis=1) == 0, 0] = 1
    eyes = {side: np.unique(data.groups[f"helper-{side[0]}-eye"].vertices) for side in SIDES}
    for side, vertices in eyes.items():
        out[vertices] = 0
        out[vertices, INDEX[f"{side}Eye"]] = 1
    return out / out.sum(axis=1, keepdims=True), eyes


def places(data, positions, eyes):
    """Heads of the bones (B, 3) in a shaped body. Eyes turn about the middle of the eyeball, toes about their row."""
    out = np.array([data.bone_point(data.rig[theirs]["head"], positions) for theirs in RIG_BONE.values()])
    for side, (letter, _) in SIDES.items():
        out[INDEX[f"{side}Eye"]] = positions[eyes[side]].mean(axis=0)
        roots = [data.bone_point(data.rig[f"toe{k}-1.{letter}"]["head"], positions) for k in range(1, 6)]
        out[INDEX[f"{side}Toes"]] = np.mean(roots, axis=0)
    return out
