"""A GLB's triangles as one mesh in our axes: what each vertex hangs on, materials, body parts. No GL."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vrtrainer.human.skeleton import INDEX, PART_INDEX, J

BONES_AT_MOST = 256  # 12 KiB of matrices: less than the 16 KiB that every GL 3.3 gives a uniform block


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


def joined(model, world, bones, file):
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
        "outward": _outward(arrays["position"], arrays["normal"]),
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


def by_part(mesh):
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
