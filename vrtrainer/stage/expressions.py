"""Which displacement of the mesh shows each of the 52 face weights, and where the parts of the face lie. No GL."""

import numpy as np

from vrtrainer.human.face import INDEX as FACE
from vrtrainer.human.face import WEIGHTS

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


def displacements(model, expressions, mesh):
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


def rings(position, morphs):
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
