"""A VRM file as an avatar's measures, mesh and face, turned once, here, to our axes: facing -Z, left is -X.

Rule 1: no GL in this file; the session reads `body` from it on machines that draw nothing.
Rule 2: a joint of the pose turns what hangs on that bone about the bone's place at rest, in the world's axes. So a
        file's own rest rotations do not matter: it is inv(Wp) q Wp rest of VRM's "normalised" pose, written shorter.
Rule 3: every face weight has one displacement of the mesh, put together at loading (`expressions`).

Sources: VRMC_vrm-1.0 (humanoid.md, expressions.md); VRM 0.x specification, "vrm.humanoid" and "vrm.blendShapeMaster".
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from vrtrainer.human import glb
from vrtrainer.human.body import Body
from vrtrainer.human.face import WEIGHTS
from vrtrainer.human.skeleton import INDEX, JOINTS, PARENT, REST_OFFSETS, J
from vrtrainer.stage.expressions import displacements, rings
from vrtrainer.stage.mesh import AvatarError, by_part, joined

TURN = np.array([-1.0, 1.0, -1.0])  # half a turn about Y, for VRM 1.0, which faces +Z

# VRM 0.x calls the thumb's bones as if it had no metacarpal, and its presets by other words.
_OLD_THUMB = {"ThumbProximal": "ThumbMetacarpal", "ThumbIntermediate": "ThumbProximal"}
_OLD_PRESET = {
    "joy": "happy", "sorrow": "sad", "fun": "relaxed", "a": "aa", "i": "ih", "u": "ou", "e": "ee", "o": "oh",
    "blink_l": "blinkleft", "blink_r": "blinkright",
}  # fmt: skip
_NEEDED = (
    "hips", "spine", "head",
    *(f"{s}{n}" for s in ("left", "right") for n in ("UpperArm", "LowerArm", "Hand", "UpperLeg", "LowerLeg", "Foot")),
)  # fmt: skip


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
    mesh = joined(model, world, bones, file)
    rest = _rest(bones, world, mesh)
    offsets = rest.copy()
    offsets[1:] -= rest[PARENT[1:]]
    morphs, morph_normals, impossible = displacements(model, expressions, mesh)
    outlines, parts = by_part(mesh)
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
        outward=mesh["outward"],
        uv=mesh["uv"],
        joints=mesh["joints"],
        weights=mesh["weights"],
        indices=mesh["indices"],
        draws=mesh["draws"],
        outlines=outlines,
        parts=parts,
        rings=rings(mesh["position"], morphs),
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
