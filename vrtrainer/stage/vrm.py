"""A VRM file as an avatar's measures, mesh and face, turned once, here, to our axes: facing -Z, left is -X.

Rule 1: no GL in this file; the session reads `body` from it on machines that draw nothing.
Rule 2: a joint of the pose turns what hangs on that bone about the bone's place at rest, in the world's axes. So a
        file's own rest rotations do not matter: it is inv(Wp) q Wp rest of VRM's "normalised" pose, written shorter.
Rule 3: every face weight has one displacement of the mesh, put together here from the file's expressions.

Sources: VRMC_vrm-1.0 (humanoid.md, expressions.md); VRM 0.x specification, "vrm.humanoid" and "vrm.blendShapeMaster".
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from vrtrainer.human import glb
from vrtrainer.human.body import Body
from vrtrainer.human.face import INDEX as FACE
from vrtrainer.human.face import WEIGHTS
from vrtrainer.human.skeleton import INDEX, JOINTS, PARENT, PART_INDEX, REST_OFFSETS, J

TURN = np.array([-1.0, 1.0, -1.0])  # half a turn about Y, for VRM 1.0, which faces +Z
BONES_AT_MOST = 256  # 12 KiB of matrices: less than the 16 KiB that every GL 3.3 gives a uniform block

# VRM 0.x calls the thumb's bones as if it had no metacarpal, and its presets by other words.
_OLD_THUMB = {"ThumbProximal": "ThumbMetacarpal", "ThumbIntermediate": "ThumbProximal"}
_OLD_PRESET = {
    "joy": "happy", "sorrow": "sad", "fun": "relaxed", "a": "aa", "i": "ih", "u": "ou", "e": "ee", "o": "oh",
    "blink_l": "blinkleft", "blink_r": "blinkright",
}  # fmt: skip
# Where a file has no expression of a weight's own name: the nearest of VRM's presets, and how much of it.
_FROM_PRESETS = {
    "jawOpen": {"aa": 1.0},
    "mouthFunnel": {"oh": 1.0},
    "mouthPucker": {"ou": 1.0},
    **{f"eyeBlink{s}": {f"blink{s}": 1.0} for s in ("Left", "Right")},
    **{f"mouthSmile{s}": {"happy": 0.5} for s in ("Left", "Right")},
    **{f"mouthFrown{s}": {"sad": 0.5} for s in ("Left", "Right")},
    **{f"mouthStretch{s}": {"ee": 0.5} for s in ("Left", "Right")},
    **{f"browDown{s}": {"angry": 0.5} for s in ("Left", "Right")},
    **{f"eyeWide{s}": {"surprised": 0.5} for s in ("Left", "Right")},
    **{f"eyeLook{way}{s}": {f"look{way}": 0.5} for s in ("Left", "Right") for way in ("Up", "Down")},
    "eyeLookOutLeft": {"lookLeft": 0.5},
    "eyeLookInRight": {"lookLeft": 0.5},
    "eyeLookInLeft": {"lookRight": 0.5},
    "eyeLookOutRight": {"lookRight": 0.5},
}
# Which weights show where a part of the face lies.
_RINGED = {
    "brows": ("browInnerUp", "browOuterUpLeft", "browOuterUpRight", "browDownLeft", "browDownRight"),
    "eyes": ("eyeBlinkLeft", "eyeBlinkRight"),
    "cheeks": ("cheekSquintLeft", "cheekSquintRight", "cheekPuff"),
    "mouth": ("mouthPucker", "mouthRollUpper", "mouthUpperUpLeft", "mouthSmileLeft", "mouthSmileRight"),
}
_NEEDED = (
    "hips", "spine", "head",
    *(f"{s}{n}" for s in ("left", "right") for n in ("UpperArm", "LowerArm", "Hand", "UpperLeg", "LowerLeg", "Foot")),
)  # fmt: skip


class AvatarError(ValueError):
    """An avatar that cannot be shown: which file, what is wrong, what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """How triangles look: linear colour, encoded image, alpha as glTF names it."""

    name: str
    colour: tuple
    image: bytes | None
    emissive: tuple
    roughness: float
    alpha: str
    cutoff: float
    double_sided: bool
    unlit: bool


@dataclass(frozen=True, slots=True, eq=False)
class Draw:
    """A run of indices of one material."""

    material: Material
    first: int
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class AvatarModel:
    """An avatar as data.

    Parameters
    ----------
    name : str
    body : Body
        Measures of all 75 joints; joints that the file lacks stand where they would be.
    positions, normals : ndarray, shape (V, 3)
        At rest, float32. The first `morphed` vertices move with the face.
    outward : ndarray, shape (V, 3)
        Normals that neighbours in one place share: along them an outline has no gaps.
    uv : ndarray, shape (V, 2)
    joints : ndarray, shape (V, 4)
        uint8, rows of the bone matrices.
    weights : ndarray, shape (V, 4)
    indices : ndarray, shape (I,)
        uint32; `draws` are runs of it, opaque ones first.
    draws : tuple of Draw
    outlines : ndarray, shape (K,)
        uint32; the same triangles by body part.
    parts : dict
        Body part to its run (first, count) in `outlines`.
    rings : dict
        Face part to the ellipses round it at rest, rows of centre (3), half width and half height, metres.
    extra : tuple
        Joint (int) and constant matrix (4, 4) of each bone beyond the 75.
    morphs : ndarray, shape (52, morphed, 3)
        Displacement of each face weight, float32; `morph_normals` the same for normals.
    impossible : tuple of str
        Face weights that this avatar cannot show.
    eyes : bool
        Whether its eyeballs hang on bones of their own.
    """

    name: str
    body: Body
    positions: np.ndarray
    normals: np.ndarray
    outward: np.ndarray
    uv: np.ndarray
    joints: np.ndarray
    weights: np.ndarray
    indices: np.ndarray
    draws: tuple
    outlines: np.ndarray
    parts: dict
    rings: dict
    extra: tuple
    morphs: np.ndarray
    morph_normals: np.ndarray
    impossible: tuple
    eyes: bool

    @property
    def morphed(self):
        return self.morphs.shape[1]


def load(path):
    """The avatar of a folder (avatar.toml, model.vrm) or of a .vrm file; read once."""
    path = Path(path)
    file = path / "model.vrm" if path.is_dir() else path
    try:
        stamp = file.stat().st_mtime_ns
    except OSError:
        raise AvatarError(
            f"avatars: {file} is missing; put a VRM model there, or choose another avatar with --avatar"
        ) from None
    return _load(file, stamp)


@lru_cache(maxsize=8)
def _load(file, stamp):
    try:
        return read(file.read_bytes(), str(file))
    except glb.GlbError as error:
        raise AvatarError(f"avatars: {error}") from None
    except OSError as error:
        raise AvatarError(f"avatars: {file} cannot be read: {error.strerror}") from None


def look(folder):
    """The table of avatar.toml, empty where there is none."""
    file = Path(folder) / "avatar.toml"
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AvatarError(f"avatars: {file} is not TOML: {error}") from None


def read(data, file):
    """The avatar in a VRM file's bytes; `file` is its name, for messages."""
    model = glb.read(data, file)
    if "VRMC_vrm" in model.extensions:
        name, turn, bones, expressions = _version_1(model, file)
    elif "VRM" in model.extensions:
        name, turn, bones, expressions = _version_0(model, file)
    else:
        raise AvatarError(f"avatars: {file} is a GLB without VRM's bones; export it as VRM 1.0")
    for bone in _NEEDED:
        if bone not in bones:
            raise AvatarError(f"avatars: {file} has no bone {bone}; VRM requires it: assign it and export again")
    world = model.world()
    half_turn = np.diag([*turn, 1.0])
    world = half_turn @ world
    mesh = _mesh(model, world, bones, file)
    rest = _rest(bones, world, mesh)
    offsets = rest.copy()
    offsets[1:] -= rest[PARENT[1:]]
    morphs, morph_normals, impossible = _face(model, expressions, mesh, world)
    outlines, parts = _by_part(mesh)
    eyes = [INDEX["leftEye"], INDEX["rightEye"]]
    return AvatarModel(
        name=str(name),
        body=Body(
            offsets=offsets,
            sigma=np.zeros(J),
            range_of_motion=np.full(J, np.nan),
            tremor=float("nan"),
            neutral_face=np.zeros(len(WEIGHTS)),
            absent=frozenset(),
        ),
        positions=mesh["position"],
        normals=mesh["normal"],
        outward=_outward(mesh["position"], mesh["normal"]),
        uv=mesh["uv"],
        joints=mesh["joints"],
        weights=mesh["weights"],
        indices=mesh["indices"],
        draws=mesh["draws"],
        outlines=outlines,
        parts=parts,
        rings=_rings(mesh["position"], morphs),
        extra=mesh["extra"],
        morphs=morphs,
        morph_normals=morph_normals,
        impossible=impossible,
        eyes=bool(np.isin(mesh["joints"], eyes)[mesh["weights"] > 0.5].any()),
    )


def _version_1(model, file):
    vrm = model.extensions["VRMC_vrm"]
    try:
        bones = {name: int(bone["node"]) for name, bone in vrm["humanoid"]["humanBones"].items()}
        bones = {name: node for name, node in bones.items() if name in INDEX and 0 <= node < len(model.nodes)}
        mesh_of = [node.mesh for node in model.nodes]
        expressions = {}
        table = vrm.get("expressions", {})
        for kind in ("preset", "custom"):
            for name, expression in table.get(kind, {}).items():
                binds = [
                    (mesh_of[b["node"]], b["index"], b.get("weight", 1.0))
                    for b in expression.get("morphTargetBinds", ())
                ]
                expressions[name.lower()] = binds
        return vrm.get("meta", {}).get("name", Path(file).stem), TURN, bones, expressions
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        raise AvatarError(f"avatars: {file}: VRMC_vrm does not fit ({error!r}); export it again as VRM 1.0") from None


def _version_0(model, file):
    vrm = model.extensions["VRM"]
    try:
        bones = {}
        for bone in vrm["humanoid"]["humanBones"]:
            name = bone["bone"]
            for old, new in _OLD_THUMB.items():
                if name.endswith(old):
                    name = name.removesuffix(old) + new
                    break
            if name in INDEX and 0 <= int(bone["node"]) < len(model.nodes):
                bones[name] = int(bone["node"])
        expressions = {}
        for group in vrm.get("blendShapeMaster", {}).get("blendShapeGroups", ()):
            # Weights run from 0 to 100 in 0.x.
            binds = [(b["mesh"], b["index"], b.get("weight", 100.0) / 100.0) for b in group.get("binds", ())]
            preset = group.get("presetName", "unknown").lower()
            name = _OLD_PRESET.get(preset, preset) if preset != "unknown" else group.get("name", "").lower()
            expressions[name] = binds
        title = vrm.get("meta", {}).get("title") or Path(file).stem
        return title, np.ones(3), bones, expressions
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        raise AvatarError(f"avatars: {file}: VRM 0 does not fit ({error!r}); export it again, as VRM 1.0") from None


def _hung_on(model, bones):
    """Joint of the humanoid bone that each node is, or hangs under; the hips for what hangs under none."""
    joint_of = {node: INDEX[name] for name, node in bones.items()}
    out = np.zeros(len(model.nodes), int)
    for i in range(len(model.nodes)):
        at = i
        while at >= 0 and at not in joint_of:
            at = model.nodes[at].parent
        out[i] = joint_of.get(at, 0)
    return out


def _mesh(model, world, bones, file):
    """All primitives as one mesh in our axes at rest; those with morph targets first, see-through ones drawn last."""
    hung = _hung_on(model, bones)
    extra = []  # (joint, matrix) of skin joints that are bound elsewhere than they rest

    def bone_row(joint, matrix):
        if np.allclose(matrix, np.eye(4), atol=2e-4):
            return joint
        for k, (j, m) in enumerate(extra):
            if j == joint and np.allclose(m, matrix, atol=1e-5):
                return J + k
        extra.append((joint, matrix))
        return J + len(extra) - 1

    pieces = []
    for number, node in enumerate(model.nodes):
        if node.mesh < 0:
            continue
        if node.skin >= 0:
            skin = model.skins[node.skin]
            # The mesh's own node does not move a skinned mesh (glTF 3.7.3.3); at rest each joint carries world @ bind.
            carried = world[skin.joints] @ skin.inverse_bind
            base = carried[0]
            back = np.linalg.inv(base)
            rows = np.array([bone_row(hung[j], m @ back) for j, m in zip(skin.joints, carried, strict=True)])
        else:
            base, rows = world[number], None
        for primitive in model.meshes[node.mesh].primitives:
            pieces.append((node, primitive, base, rows, hung[number]))
    if not pieces:
        raise AvatarError(f"avatars: {file} has bones and no mesh; export it with its mesh")
    if J + len(extra) > BONES_AT_MOST:
        raise AvatarError(
            f"avatars: {file} has {J + len(extra)} bones, expected at most {BONES_AT_MOST}: merge what hangs on no bone"
        )
    pieces.sort(key=lambda piece: not piece[1].targets)
    out = {"position": [], "normal": [], "uv": [], "joints": [], "weights": []}
    runs, spans, start = [], [], 0
    for node, primitive, base, rows, joint in pieces:
        values = primitive.attributes
        count = len(values["POSITION"])
        position = values["POSITION"] @ base[:3, :3].T + base[:3, 3]
        if "NORMAL" in values:
            normal = values["NORMAL"] @ np.linalg.inv(base[:3, :3])
        else:
            normal = _face_normals(position, primitive.indices)
        if rows is None or "JOINTS_0" not in values:
            joints = np.zeros((count, 4), np.uint8)
            joints[:, 0] = joint
            weights = np.tile(np.float32([1, 0, 0, 0]), (count, 1))
        else:
            joints = rows[np.minimum(values["JOINTS_0"], len(rows) - 1)].astype(np.uint8)
            weights = values["WEIGHTS_0"].astype(np.float32)
            weights = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
        out["position"].append(position)
        out["normal"].append(normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9))
        out["uv"].append(values.get("TEXCOORD_0", np.zeros((count, 2))))
        out["joints"].append(joints)
        out["weights"].append(weights)
        material = material_of(model, primitive.material)
        runs.append((material, primitive.indices + np.uint32(start)))
        spans.append((node.mesh, primitive, start, count, base))
        start += count
    runs.sort(key=lambda run: run[0].alpha == "BLEND")
    draws, first = [], 0
    for material, indices in runs:
        draws.append(Draw(material, first, len(indices)))
        first += len(indices)
    arrays = {n: np.ascontiguousarray(np.concatenate(v), np.float32) for n, v in out.items() if n != "joints"}
    return {
        **arrays,
        "joints": np.concatenate(out["joints"]),
        "indices": np.concatenate([indices for _, indices in runs]),
        "draws": tuple(draws),
        "spans": spans,
        "extra": tuple(extra),
    }


def _face_normals(position, indices):
    triangles = position[indices.reshape(-1, 3)]
    across = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    out = np.zeros_like(position)
    for k in range(3):
        np.add.at(out, indices[k::3], across)
    return out


def _outward(position, normal):
    """Normals averaged over all vertices of one place."""
    keys = np.round(position / 2e-4).astype(np.int64)
    _, where = np.unique(keys, axis=0, return_inverse=True)
    where = where.reshape(-1)
    total = np.stack([np.bincount(where, normal[:, k]) for k in range(3)], axis=1)
    out = total[where]
    length = np.linalg.norm(out, axis=1, keepdims=True)
    return np.where(length > 1e-3, out / np.maximum(length, 1e-9), normal).astype(np.float32)


@lru_cache(maxsize=1)
def _plain():
    return Material("plain", (0.8, 0.8, 0.8, 1.0), None, (0.0, 0.0, 0.0), 0.8, "OPAQUE", 0.5, False, False)


def material_of(model, number):
    """A GLB's material as we draw it."""
    if not 0 <= number < len(model.materials):
        return _plain()
    row = model.materials[number]
    surface = row.get("pbrMetallicRoughness", {})
    texture = surface.get("baseColorTexture", {}).get("index", -1)
    image = model.textures[texture] if 0 <= texture < len(model.textures) else -1
    return Material(
        name=row.get("name", f"material {number}"),
        colour=tuple(surface.get("baseColorFactor", (1.0, 1.0, 1.0, 1.0))),
        image=model.images[image] if image >= 0 else None,
        emissive=tuple(row.get("emissiveFactor", (0.0, 0.0, 0.0))),
        roughness=float(surface.get("roughnessFactor", 1.0)),
        alpha=row.get("alphaMode", "OPAQUE"),
        cutoff=float(row.get("alphaCutoff", 0.5)),
        double_sided=bool(row.get("doubleSided", False)),
        unlit="KHR_materials_unlit" in row.get("extensions", {}),
    )


def _rest(bones, world, mesh):
    """Rest positions (J, 3) of all joints, metres; those that the file lacks are put where they would be."""
    out = np.full((J, 3), np.nan)
    for name, node in bones.items():
        out[INDEX[name]] = world[node][:3, 3]
    known = np.isfinite(out[:, 0])
    plain = REST_OFFSETS.copy()
    for j in range(1, J):
        plain[j] += plain[PARENT[j]]
    size = (out[INDEX["head"], 1] - out[INDEX["leftFoot"], 1]) / (
        plain[INDEX["head"], 1] - plain[INDEX["leftFoot"], 1]
    )  # metres a unit of stature
    hand = {s: _length(out, f"{s}Hand", f"{s}MiddleProximal", plain, size) for s in ("left", "right")}
    for j in range(1, J):
        if known[j]:
            continue
        name, above = JOINTS[j], PARENT[j]
        side = "left" if name.startswith("left") else "right"
        if name.endswith("Tip"):
            out[j] = _tip(out, j, above, mesh, hand[side])
            continue
        below = next((k for k in range(j + 1, J) if known[k] and _under(k, j)), None)
        if below is not None:  # between two bones that are there, by the usual share of the way
            share = np.linalg.norm(plain[j] - plain[above]) / max(
                np.linalg.norm(plain[j] - plain[above]) + np.linalg.norm(plain[below] - plain[j]), 1e-9
            )
            out[j] = out[above] + share * (out[below] - out[above])
        else:
            in_hand = name.endswith(("Palm", "Metacarpal", "Proximal", "Intermediate", "Distal"))
            out[j] = out[above] + REST_OFFSETS[j] * (hand[side] if in_hand else size)
    return out


def _under(joint, ancestor):
    while joint > ancestor:
        joint = PARENT[joint]
    return joint == ancestor


def _length(at, a, b, plain, otherwise):
    a, b = INDEX[a], INDEX[b]
    length = np.linalg.norm(at[b] - at[a]) / np.linalg.norm(plain[b] - plain[a])
    return length if np.isfinite(length) else otherwise


def _tip(at, tip, distal, mesh, size):
    """Fingertip: where the mesh that hangs on the last bone ends."""
    along = at[distal] - at[PARENT[distal]]
    along = along / max(np.linalg.norm(along), 1e-9)
    usual = np.linalg.norm(REST_OFFSETS[tip]) * size
    own = (mesh["joints"] == distal) & (mesh["weights"] > 0.5)
    own = own.any(axis=1)
    reach = ((mesh["position"][own] - at[distal]) @ along).max() if own.sum() > 3 else usual
    return at[distal] + along * (reach if 0.3 * usual < reach < 3 * usual else usual)


def _face(model, expressions, mesh, world):
    """Displacements (52, morphed, 3) of positions and normals, and the names of weights that nothing shows."""
    spans = [span for span in mesh["spans"] if span[1].targets]
    morphed = sum(count for _, _, _, count, _ in spans)
    moved = np.zeros((len(WEIGHTS), morphed, 3), np.float32)
    tilted = np.zeros_like(moved)
    impossible = []
    for w, name in enumerate(WEIGHTS):
        binds = expressions.get(name.lower())
        if not binds:
            binds = [
                (m, index, weight * share)
                for preset, share in _FROM_PRESETS.get(name, {}).items()
                for m, index, weight in expressions.get(preset.lower(), ())
            ]
        for m, index, weight in binds:
            for mesh_number, primitive, start, _, base in spans:
                if mesh_number != m or not 0 <= index < len(primitive.targets):
                    continue
                target = primitive.targets[index]
                for key, into, turn in (
                    ("POSITION", moved, base[:3, :3].T),
                    ("NORMAL", tilted, np.linalg.inv(base[:3, :3])),
                ):
                    if key in target:
                        change = target[key]
                        into[w, start + change.indices] += weight * (change.values @ turn)
        if not np.abs(moved[w]).max(initial=0.0) > 1e-6 and not name.startswith("eyeLook"):
            impossible.append(name)
    return moved, tilted, tuple(impossible)


def _by_part(mesh):
    """The triangles once more, by body part, for outlines and ghosts."""
    part_of = np.zeros(J + len(mesh["extra"]), int)
    names = list(PART_INDEX)
    for k, joints in enumerate(PART_INDEX.values()):
        part_of[joints] = k
    for k, (joint, _) in enumerate(mesh["extra"]):
        part_of[J + k] = part_of[joint]
    # A hand begins at its wrist: the bone `leftHand` is in the part of that name.
    main = np.take_along_axis(mesh["joints"], mesh["weights"].argmax(axis=1)[:, None], axis=1)[:, 0]
    solid = [d for d in mesh["draws"] if d.material.alpha != "BLEND"]
    triangles = np.concatenate([mesh["indices"][d.first : d.first + d.count] for d in solid]).reshape(-1, 3)
    corner = part_of[main[triangles]]
    part = np.where(corner[:, 1] == corner[:, 2], corner[:, 1], corner[:, 0])
    runs, parts, first = [], {}, 0
    for k, name in enumerate(names):
        own = triangles[part == k].reshape(-1)
        parts[name] = (first, len(own))
        runs.append(own)
        first += len(own)
    return np.concatenate(runs).astype(np.uint32), parts


def _rings(position, morphs):
    """Ellipses round the parts of the face, by what moves there."""
    size = np.linalg.norm(morphs, axis=2)
    out = {}
    for part, names in _RINGED.items():
        most = size[[FACE[n] for n in names]]
        most = most / np.maximum(most.max(axis=1, keepdims=True), 1e-5)
        moving = position[: morphs.shape[1]][(most > 0.62).any(axis=0)]
        if len(moving) < 3:
            out[part] = ()
            continue
        left, right = moving[moving[:, 0] < 0], moving[moving[:, 0] >= 0]
        apart = len(left) and len(right) and (right[:, 0].min() - left[:, 0].max()) > 0.2 * np.ptp(moving[:, 0])
        out[part] = tuple(_ellipse(points) for points in ((left, right) if apart else (moving,)))
    return out


def _ellipse(points):
    low, high = np.percentile(points[:, :2], (4, 96), axis=0)
    half = (high - low) / 2 * 1.25 + 0.003
    half[1] = max(half[1], 0.3 * half[0])
    return np.array([*((low + high) / 2), points[:, 2].min() - 0.004, *half])
