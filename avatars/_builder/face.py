"""The moving face: 52 ARKit weights fitted to one person's head, teeth and tongue in place, a friendly face at rest."""

import numpy as np
from scipy.spatial import cKDTree

from .source import BODY_END

# The stock shapes are mild; these are shown larger, so that they can be read from 1.5 m.
GAIN = {
    "mouthSmile": 1.25, "mouthFrown": 1.5, "browInnerUp": 1.5, "browOuterUp": 1.3, "browDown": 1.4, "eyeWide": 1.4,
    "mouthPucker": 1.4, "mouthFunnel": 1.3, "noseSneer": 1.3, "cheekPuff": 1.3, "tongueOut": 2.0,
}  # fmt: skip


def _pair(**weights):
    return {name + side: weight for name, weight in weights.items() for side in ("Left", "Right")}


PRESETS = {
    "happy": _pair(mouthSmile=0.85, cheekSquint=0.5, mouthUpperUp=0.5, mouthLowerDown=0.3) | {"jawOpen": 0.14},
    "angry": _pair(browDown=1.0, eyeSquint=0.6, noseSneer=0.6, mouthPress=0.6, mouthFrown=0.4),
    "sad": _pair(mouthFrown=0.9, eyeBlink=0.2) | {"browInnerUp": 1.0, "mouthShrugLower": 0.6},
    "relaxed": _pair(mouthSmile=0.4, eyeBlink=0.35),
    "surprised": _pair(browOuterUp=1.0, eyeWide=1.0) | {"browInnerUp": 1.0, "jawOpen": 0.55, "mouthFunnel": 0.35},
    "aa": _pair(mouthUpperUp=0.4) | {"jawOpen": 0.6},
    "ih": _pair(mouthStretch=0.5) | {"jawOpen": 0.2},
    "ou": {"mouthPucker": 0.9, "jawOpen": 0.1},
    "ee": _pair(mouthSmile=0.4, mouthStretch=0.4) | {"jawOpen": 0.15},
    "oh": {"jawOpen": 0.35, "mouthFunnel": 0.7},
    "blink": _pair(eyeBlink=1.0),
    "blinkLeft": {"eyeBlinkLeft": 1.0},
    "blinkRight": {"eyeBlinkRight": 1.0},
}
"""VRM 1.0's preset expressions as sums of ARKit weights (VRMC_vrm-1.0, expressions.md)."""


def fitted_face(data, figure, recipe):
    """Displacements of the 52 weights (name to (n, 3)) for this head; the figure gets its face at rest."""
    upper, lower = (np.unique(data.groups[f"helper-{row}-teeth"].vertices) for row in ("upper", "lower"))
    tongue = np.unique(data.groups["helper-tongue"].vertices)
    scale = recipe["body"].get("head_scale", 1.0)
    _set_back(figure, upper, lower, tongue, scale)

    head = figure.on_head()
    grown = np.ptp(figure.shaped[head], axis=0) / np.ptp(figure.base[head], axis=0)
    units = {
        name: shift * grown * GAIN.get(name.removesuffix("Left").removesuffix("Right"), 1.0)
        for name, shift in data.face_units.items()
    }
    eyeballs = np.unique(np.concatenate([data.groups[f"helper-{s}-eye"].vertices.ravel() for s in "lr"]))
    for name, shift in units.items():
        if name.startswith("eyeLook"):
            shift[eyeballs] = 0  # the eyeballs turn with their bones; the lids follow by these weights
    units["jawOpen"][tongue] += np.array([0, -0.13, -0.10]) * scale
    for name, weight in recipe["rest_face"].items():
        figure.shaped += weight * units[name]
    for side in ("Left", "Right"):
        units[f"eyeBlink{side}"] *= _blink_reach(data, figure, f"eyeBlink{side}", grown[1])
    return units


def _set_back(figure, upper, lower, tongue, scale):
    """Teeth and tongue stand a little further in, and narrower, than in the grown-up they were made for."""
    for part, down, back in ((upper, 0.02, 0.08), (lower, 0.11, 0.20), (tongue, 0.07, 0.05)):
        figure.shaped[part, 1] -= down * scale
        figure.shaped[part, 2] -= back * scale
    figure.shaped[np.concatenate([upper, lower]), 0] *= 0.86  # else their corners show beside an open mouth


def _blink_reach(data, figure, name, grown):
    """How much further the lid travels in these eyes: their opening relative to that of the base mesh."""
    shift = data.face_units[name][:BODY_END]
    upper = np.argsort(shift[:, 1], kind="stable")[:12]
    reach = -shift[upper[0], 1]
    base, shaped = figure.base[:BODY_END], figure.shaped[:BODY_END]
    near = np.linalg.norm(base - base[upper].mean(axis=0), axis=1) < 0.35
    still = np.flatnonzero((np.abs(shift).max(axis=1) < 0.2 * reach) & near)
    lower = still[cKDTree(base[still]).query(base[upper] + shift[upper])[1]]
    opening = (shaped[upper] - shaped[lower])[:, 1].mean() / (base[upper] - base[lower])[:, 1].mean()
    return float(np.clip(0.92 * opening / grown, 0.7, 1.7))
