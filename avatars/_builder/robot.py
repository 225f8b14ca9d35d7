"""Builds a friendly robot of plain shapes on VRM's bones, with the 52 face weights on its screen.

Its joints are its own, from its recipe. Nine weights stay empty: it has no lids apart from its eyes, which turn by
their bones (eyeLook...), and no jaw to push forward.
"""

import numpy as np

from .bones import BONES, FINGERS, INDEX, PARENT, SIDES
from .mesh import normals
from .paint import linear
from .shapes import beside, capsule, rounded
from .vrm import VrmWriter

AUTHORS = ["The vrtrainer authors"]
EYE_TURN_DEG = 12
HEAD = np.array([0.128, 0.112, 0.105])  # half width, height and depth
SCREEN = HEAD * [0.86, 0.83, 0.80]
WEIGHTS = sorted(
    [n + s for s in ("Left", "Right") for n in (
        "browDown", "browOuterUp", "cheekSquint", "eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp",
        "eyeSquint", "eyeWide", "jaw", "mouth", "mouthDimple", "mouthFrown", "mouthLowerDown", "mouthPress",
        "mouthSmile", "mouthStretch", "mouthUpperUp", "noseSneer",
    )]
    + ["browInnerUp", "cheekPuff", "jawForward", "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker",
       "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "tongueOut"]
)  # fmt: skip
"""ARKit's 52 names."""


class Solid:
    """Shapes of one material, each hung on one bone, with what the face weights do to them."""

    def __init__(self):
        self._shapes = []
        self._count = 0
        self._morphs = {name: [] for name in WEIGHTS}

    def add(self, shape, bone, facing=None):
        """Add a shape; answers the rows of its vertices."""
        positions, triangles = shape
        if facing is None:
            facing = normals(positions, triangles)
        self._shapes.append((positions, facing, triangles + self._count, np.full(len(positions), INDEX[bone])))
        rows = slice(self._count, self._count + len(positions))
        self._count = rows.stop
        return rows

    def morph(self, name, rows, shift):
        """Let a face weight move some rows."""
        self._morphs[name].append((rows, shift))

    def primitive(self, writer, material, morphed=False):
        positions, facing, triangles, bones = (np.concatenate(part) for part in zip(*self._shapes, strict=True))
        owners = np.zeros((len(positions), 4), int)
        owners[:, 0] = bones
        shares = np.tile([1.0, 0, 0, 0], (len(positions), 1))
        morphs = None
        if morphed:
            morphs = []
            for name in WEIGHTS:
                shift = np.zeros_like(positions)
                for rows, part in self._morphs[name]:
                    shift[rows] += part
                morphs.append((shift, None))
        return writer.primitive(material, triangles, positions, facing, owners, shares, morphs=morphs)


def build(recipe):
    """The VRM file of a recipe, as bytes."""
    place = dict(recipe["joints"])
    place |= {n.replace("left", "right", 1): [-x, y, z] for n, (x, y, z) in place.items() if n.startswith("left")}
    joints = np.array([place[bone] for bone in BONES])
    shell, joint, screen, glow, tongue = (Solid() for _ in range(5))
    _trunk(joints, shell, joint, glow)
    for side, (_, x) in SIDES.items():
        _arm(joints, side, x, recipe["radii"], shell, joint)
        _leg(joints, side, recipe["radii"], shell, joint)
    middle = _head(joints, shell, joint, screen, glow)
    front = middle[2] + SCREEN[2] + 0.026
    for side, (_, x) in SIDES.items():
        _eye(joints, side, x, front, glow)
    _mouth(np.array([0, middle[1] - 0.043, front]), glow, tongue)

    writer = VrmWriter(BONES, PARENT, joints)
    colour = {name: linear(value) for name, value in recipe["colours"].items()}
    light = writer.material("Glow", colour["glow"], roughness=0.6, double_sided=True, glow=colour["glow"] * 0.55)
    red = writer.material("Tongue", colour["tongue"], roughness=0.6, double_sided=True)
    writer.mesh("Face", [glow.primitive(writer, light, True), tongue.primitive(writer, red, True)], WEIGHTS)
    writer.mesh(
        "Body",
        [
            shell.primitive(writer, writer.material("Shell", colour["shell"], roughness=0.45)),
            joint.primitive(writer, writer.material("Joints", colour["joint"], roughness=0.6)),
            screen.primitive(writer, writer.material("Screen", colour["screen"], roughness=0.35)),
        ],
    )
    return writer.finish(recipe["name"], AUTHORS, WEIGHTS, EYE_TURN_DEG, ("Face",))


def _trunk(joints, shell, joint, glow):
    hips, chest, upper, neck, head = (joints[INDEX[b]] for b in ("hips", "chest", "upperChest", "neck", "head"))
    shell.add(rounded(beside(hips, 0, 0.002, 0), [0.122, 0.068, 0.088], 2.8, 12, 24), "hips")
    joint.add(capsule(hips, chest, 0.062, 0.066, 20), "spine")
    shell.add(rounded(beside(upper, 0, 0.020, 0.004), [0.148, 0.122, 0.098], 2.9, 14, 28), "upperChest")
    joint.add(capsule(beside(neck, 0, -0.03, 0), beside(head, 0, 0.01, 0), 0.030, 0.028, 16), "neck")
    heart = beside(upper, 0, 0.045, 0.100)
    glow.add(rounded(heart, [0.022, 0.022, 0.006], 2.0, 8, 20), "upperChest")


def _limb(joints, bone, end, radii, shell, joint):
    start = joints[INDEX[bone]]
    way = end - start
    shell.add(capsule(start + way * 0.16, end - way * 0.14, *radii, 14, 4), bone)
    joint.add(rounded(start, radii[0] * 0.90, 2.0, 8, 14), bone)


def _arm(joints, side, x, radii, shell, joint):
    shoulder, upper, lower, hand = (joints[INDEX[side + b]] for b in ("Shoulder", "UpperArm", "LowerArm", "Hand"))
    joint.add(capsule(shoulder + (upper - shoulder) * 0.5, upper, 0.030, 0.030), f"{side}Shoulder")
    _limb(joints, f"{side}UpperArm", lower, radii["UpperArm"], shell, joint)
    _limb(joints, f"{side}LowerArm", hand, radii["LowerArm"], shell, joint)
    joint.add(rounded(hand, 0.024, 2.0, 8, 12), f"{side}Hand")
    shell.add(rounded(beside(hand, x * 0.046, 0, 0), [0.037, 0.017, 0.044], 3.0, 10, 18), f"{side}Hand")
    for finger, parts in FINGERS.items():
        bones = [side + finger + part for part in parts]
        ends = [joints[INDEX[b]] for b in bones]
        tip = ends[-1] + (ends[-1] - ends[-2]) * 0.85
        thick, thin = radii[finger]
        for k, (bone, start, end) in enumerate(zip(bones, ends, [*ends[1:], tip], strict=True)):
            shell.add(
                capsule(start, end, thick + (thin - thick) * k / 3, thick + (thin - thick) * (k + 1) / 3, 8, 2), bone
            )


def _leg(joints, side, radii, shell, joint):
    lower, foot = joints[INDEX[f"{side}LowerLeg"]], joints[INDEX[f"{side}Foot"]]
    _limb(joints, f"{side}UpperLeg", lower, radii["UpperLeg"], shell, joint)
    _limb(joints, f"{side}LowerLeg", beside(foot, 0, 0.01, 0), radii["LowerLeg"], shell, joint)
    joint.add(rounded(foot, 0.036, 2.0, 8, 12), f"{side}Foot")
    positions, triangles = rounded([foot[0], 0.034, foot[2] + 0.040], [0.052, 0.046, 0.112], 2.7, 12, 20)
    positions[:, 1] = np.maximum(positions[:, 1], 0.0)
    shell.add((positions, triangles), f"{side}Foot")


def _head(joints, shell, joint, screen, glow):
    """Head, screen, ears and a lamp on top; answers the middle of the head, which turns about a point inside it."""
    middle = np.array([0, joints[INDEX["leftEye"]][1] - 0.007, 0.004])
    shell.add(rounded(middle, HEAD, 3.2, 24, 40), "head")
    screen.add(rounded(beside(middle, 0, -0.004, 0.026), SCREEN, 3.6, 24, 44), "head")
    for x in (1, -1):
        joint.add(rounded(beside(middle, x * (HEAD[0] + 0.002), 0, -0.01), [0.020, 0.034, 0.034], 2.4, 8, 16), "head")
    top = beside(middle, 0, HEAD[1], 0)
    joint.add(capsule(beside(top, 0, -0.01, 0), beside(top, 0, 0.030, 0), 0.006, 0.006, 8), "head")
    glow.add(rounded(beside(top, 0, 0.042, 0), 0.015, 2.0, 8, 14), "head")
    return middle


def _eye(joints, side, x, front, glow):
    """Eye, brow and cheek of one side; each weight squeezes or moves them."""
    end = side.capitalize()
    at = joints[INDEX[f"{side}Eye"]] * [1, 1, 0] + [0, 0, front - 0.001]
    shape = rounded(at, [0.0215, 0.027, 0.004], 2.2, 12, 20)
    rows, out = glow.add(shape, f"{side}Eye"), shape[0] - at
    below = out[:, 1:2] < 0

    def squeezed(width, height):
        return out * [width - 1, height - 1, 0]

    glow.morph(f"eyeBlink{end}", rows, squeezed(1.12, 0.09))
    glow.morph(f"eyeWide{end}", rows, squeezed(1.14, 1.22))
    glow.morph(f"eyeSquint{end}", rows, squeezed(1.05, 0.58))
    glow.morph(f"cheekSquint{end}", rows, np.where(below, -out * [0, 0.65, 0], 0))
    glow.morph(f"noseSneer{end}", rows, np.where(below, -out * [0, 0.30, 0], 0))

    brow_at = beside(at, 0, 0.040, 0)
    shape = capsule(beside(brow_at, -0.020, 0, 0), beside(brow_at, 0.020, 0, 0), 0.0046, 0.0046, 10)
    flat = (shape[0] - brow_at) * [1, 1, 0.5] + brow_at
    rows = glow.add((flat, shape[1]), "head")
    inner = np.clip(0.5 - x * (flat[:, :1] - brow_at[0]) / 0.040, 0, 1)
    up = np.array([0, 0.011, 0])
    glow.morph(f"browDown{end}", rows, -up * inner * 1.2 - up * 0.25)
    glow.morph("browInnerUp", rows, up * inner)
    glow.morph(f"browOuterUp{end}", rows, up * (1 - inner) + up * 0.1)

    cheek_at = beside(at, x * 0.024, -0.052, -0.001)
    shape = rounded(cheek_at, [0.015, 0.0095, 0.003], 2.0, 8, 16)
    rows = glow.add(shape, "head")
    glow.morph("cheekPuff", rows, (shape[0] - cheek_at) * [1.0, 1.4, 0])
    glow.morph(f"cheekSquint{end}", rows, np.tile([0, 0.008, 0], (len(shape[0]), 1)))


def _mouth(at, glow, tongue, steps=32):
    """A band of light between two lips, and a tongue that comes out of it."""
    along = np.linspace(-1, 1, steps + 1)
    wide, half = 0.036, 0.0040
    curve = -0.006 * (1 - along**2)  # a small smile at rest
    lip = half * np.sqrt(1 - along**2 * 0.98)
    upper = np.stack([along * wide, curve + lip, 0 * along], axis=1) + at
    lower = np.stack([along * wide, curve - lip, 0 * along], axis=1) + at
    a = np.arange(steps)
    b = a + steps + 1
    rows = glow.add(
        (np.vstack([upper, lower]), np.concatenate([np.c_[a, b, a + 1], np.c_[a + 1, b, b + 1]])),
        "head",
        np.tile([0, 0, 1.0], (2 * steps + 2, 1)),
    )
    across = np.tile(along, 2)
    low = np.repeat([0.0, 1.0], steps + 1)
    bell = 1 - across**2
    dome = np.sqrt(bell)

    def moved(name, x=0.0, y=0.0):
        glow.morph(name, rows, np.stack([x + 0 * across, y + 0 * across, 0 * across], axis=1))

    for side, (_, x) in SIDES.items():
        end = side.capitalize()
        share = np.clip(0.5 + x * across, 0, 1)
        corner = np.clip(x * across, 0, 1) ** 1.6
        moved(f"mouthSmile{end}", x * 0.010 * corner, 0.022 * corner - 0.003 * bell)
        moved(f"mouthFrown{end}", y=-0.024 * corner + 0.006 * bell)
        moved(f"mouthStretch{end}", x * 0.014 * corner)
        moved(f"mouthDimple{end}", x * 0.008 * corner)
        moved(f"mouth{end}", x * 0.016)
        moved(f"mouthUpperUp{end}", y=(1 - low) * 0.008 * bell * share)
        moved(f"mouthLowerDown{end}", y=-low * 0.008 * bell * share)
        moved(f"mouthPress{end}", y=(low - 0.5) * 1.3 * half * bell * share)
        moved(f"jaw{end}", x * 0.010 * low)
    moved("jawOpen", -across * 0.008, -low * 0.035 * dome)
    moved("mouthClose", across * 0.008, low * 0.035 * dome)
    moved("mouthPucker", -across * wide * 0.62, (0.5 - low) * 0.012 * dome)
    moved("mouthFunnel", -across * wide * 0.50, (0.5 - low) * 0.028 * dome)
    moved("mouthRollLower", y=low * 0.004 * bell)
    moved("mouthRollUpper", y=-(1 - low) * 0.004 * bell)
    moved("mouthShrugLower", y=low * 0.006 * bell)
    moved("mouthShrugUpper", y=(1 - low) * 0.006 * bell)

    out = beside(at, 0, -0.014, 0.002)
    positions, triangles = rounded(out, [0.015, 0.019, 0.003], 2.0, 10, 16)
    hidden = out + (positions - out) * 0.01 - [0, 0, 0.030]  # a point inside the head until it comes out
    rows = tongue.add((hidden, triangles), "head", normals(positions, triangles))
    tongue.morph("tongueOut", rows, positions - hidden)
