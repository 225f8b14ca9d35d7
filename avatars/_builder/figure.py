"""A body in the making: base mesh, the shape of one person, its bones, and what hangs on which bone."""

from dataclasses import dataclass

import numpy as np

from . import bones
from .source import BODY_END


@dataclass
class Figure:
    """The state that the builder's steps work on.

    base : (n, 3) the unshaped mesh, on which everything is painted and cut, so that recipes fit every shape
    shaped : (n, 3) this person
    weights : (n, B) share of each bone, rows sum to 1
    joints : (B, 3) heads of the bones in this person; base_joints the same in the base mesh
    """

    base: np.ndarray
    shaped: np.ndarray
    weights: np.ndarray
    joints: np.ndarray
    base_joints: np.ndarray

    @property
    def size(self):
        """Height of this person relative to the base mesh."""
        return np.ptp(self.shaped[:BODY_END, 1]) / np.ptp(self.base[:BODY_END, 1])

    @property
    def head(self):
        """Share of the head, eyes included, (n,)."""
        return self.weights[:, [bones.INDEX[b] for b in ("head", "leftEye", "rightEye")]].sum(axis=1)

    def on_head(self):
        """Numbers of the skin vertices that hang on the head."""
        return np.flatnonzero(self.weights[:BODY_END, bones.INDEX["head"]] > 0.9)

    def add(self, start, end, share):
        """Append vertices along edges to every array."""
        share = share[:, None]
        for name in ("base", "shaped", "weights"):
            values = getattr(self, name)
            setattr(self, name, np.vstack([values, values[start] * (1 - share) + values[end] * share]))


def shaped_figure(data, recipe):
    """The person of a recipe: proportions by age and make, details, head size, bones and weights."""
    shape = _shape(data, recipe["body"], recipe.get("details", {}))
    weights, eyes = bones.weights(data)
    joints = [bones.places(data, positions, eyes) for positions in (shape, data.positions)]
    figure = Figure(data.positions.copy(), shape, weights, *joints)
    _lower_wrist_twist(figure)
    _enlarge_head(figure, recipe["body"].get("head_scale", 1.0))
    return figure


def _shape(data, body, details):
    """MakeHuman's macro targets, mixed by the recipe's shares, then single details."""
    out = data.positions.copy()
    macro = "macrodetails"
    for gender, g in body["gender"].items():
        for age, a in body["age"].items():
            for origin, o in body["origin"].items():
                out += g * a * o * data.target(f"{macro}/{origin}-{gender}-{age}")
            out += g * a * data.target(f"{macro}/universal-{gender}-{age}-averagemuscle-averageweight")
    for name, strength in details.items():
        for side in ("l", "r") if "@" in name else ("",):
            out += strength * data.target(name.replace("@", side))
    return out


def _enlarge_head(figure, scale):
    """A slightly larger head reads better from 1.5 m; the neck carries a third of the change."""
    centre = figure.joints[bones.INDEX["head"]].copy()
    share = figure.head + 0.35 * figure.weights[:, bones.INDEX["neck"]]
    figure.shaped = centre + (figure.shaped - centre) * (1 + (scale - 1) * share[:, None])
    for eye in ("leftEye", "rightEye"):
        figure.joints[bones.INDEX[eye]] = centre + (figure.joints[bones.INDEX[eye]] - centre) * scale


def _lower_wrist_twist(figure):
    """Let the far half of the forearm follow the hand a little, so that a turned hand does not wring the wrist.

    Bones have no room for a twist between forearm and hand; sharing the hand's turn over the forearm's far half keeps
    its volume, and a bent hand moves it by a few millimetres only.
    """
    for side in ("left", "right"):
        arm, hand = bones.INDEX[f"{side}LowerArm"], bones.INDEX[f"{side}Hand"]
        start, stop = figure.base_joints[arm], figure.base_joints[hand]
        along = (figure.base - start) @ (stop - start) / ((stop - start) @ (stop - start))
        wanted = 0.55 * np.clip((along - 0.40) / 0.60, 0, 1) ** 1.7
        moved = np.clip(wanted - figure.weights[:, hand], 0, figure.weights[:, arm]) * (along < 1.1)
        figure.weights[:, arm] -= moved
        figure.weights[:, hand] += moved
