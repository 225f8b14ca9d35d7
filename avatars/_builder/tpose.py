"""Turns a body from MakeHuman's slanting arms to VRM's T-pose, in which every bone's rotation is the identity.

Source: VRMC_vrm-1.0, tpose.md: arms along X, palms down, fingers along the arm, thumb forward and out, feet forward.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from .bones import BONES, FINGERS, INDEX, PARENT, RIG_BONE, SIDES
from .mesh import rotation_about, rotation_between

INFLUENCES = 4


@dataclass(frozen=True)
class TPose:
    """How each bone moves on the way to the T-pose."""

    rotations: np.ndarray  # (B, 3, 3)
    joints: np.ndarray  # (B, 3) where the bones stand then
    shifts: np.ndarray  # (B, 3)

    def carried(self, positions, owners, shares):
        """Positions (V, 3) carried by up to four bones each."""
        turn = np.einsum("vk,vkij->vij", shares, self.rotations[owners])
        shift = np.einsum("vk,vki->vi", shares, self.shifts[owners])
        return np.einsum("vij,vj->vi", turn, positions) + shift


def t_pose(data, figure):
    """The way to the T-pose of this figure."""
    turns = np.tile(np.eye(3), (len(BONES), 1, 1))
    for side, (_, x) in SIDES.items():
        _raise_arm(data, figure, turns, side, x)
        _straighten_leg(figure, turns, side, x)
    joints = figure.joints.copy()
    for bone, parent in enumerate(PARENT):
        if parent >= 0:
            joints[bone] = joints[parent] + turns[parent] @ (figure.joints[bone] - figure.joints[parent])
    return TPose(turns, joints, joints - np.einsum("bij,bj->bi", turns, figure.joints))


def influences(weights):
    """The four strongest bones of each vertex (V, 4) and their shares, which sum to 1."""
    owners = np.argsort(-weights, axis=1, kind="stable")[:, :INFLUENCES]
    shares = np.take_along_axis(weights, owners, axis=1)
    shares[shares < 1e-3] = 0
    shares = (shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)
    return np.where(shares > 0, owners, 0), shares


def _raise_arm(data, figure, turns, side, x):
    def direction(one, two):
        return figure.joints[INDEX[side + two]] - figure.joints[INDEX[side + one]]

    out = np.array([x, 0, 0])
    upper = rotation_between(direction("UpperArm", "LowerArm"), out)
    lower = rotation_between(upper @ direction("LowerArm", "Hand"), out) @ upper
    hand = rotation_between(lower @ direction("Hand", "MiddleProximal"), out) @ lower
    across = np.cross(hand @ direction("Hand", "IndexProximal"), hand @ direction("Hand", "LittleProximal"))
    back_of_hand = across if across[1] > 0 else -across
    roll = rotation_about([1, 0, 0], -np.arctan2(back_of_hand[2], back_of_hand[1]))
    half_roll = Rotation.from_rotvec(Rotation.from_matrix(roll).as_rotvec() / 2).as_matrix()
    turns[INDEX[f"{side}UpperArm"]] = upper
    turns[INDEX[f"{side}LowerArm"]] = half_roll @ lower
    hand = turns[INDEX[f"{side}Hand"]] = roll @ hand
    for finger, parts in FINGERS.items():
        chain = [INDEX[side + finger + part] for part in parts]
        tip = data.bone_point(data.rig[RIG_BONE[BONES[chain[-1]]]]["tail"], figure.shaped)
        ends = np.vstack([figure.joints[chain], tip])
        ways = (ends[1:] - ends[:-1]) @ hand.T
        # Fingers level with the hand; their natural spread stays, a little less of it.
        straight = np.array([x * 0.72, -0.15, 0.68]) if finger == "Thumb" else ways[0] * [1, 0, 0.6]
        for bone, way in zip(chain, ways, strict=True):
            turns[bone] = rotation_between(way, straight) @ hand


def _straighten_leg(figure, turns, side, x):
    thigh, shin, foot, toes = (figure.joints[INDEX[side + b]] for b in ("UpperLeg", "LowerLeg", "Foot", "Toes"))
    turns[INDEX[f"{side}UpperLeg"]] = rotation_between(shin - thigh, [x * 0.03, -1, 0])
    turns[INDEX[f"{side}LowerLeg"]] = rotation_between(foot - shin, [x * 0.02, -1, 0])
    # Feet flat on the floor, toes a little outward.
    flat = rotation_between((toes - foot) * [1, 0, 1], [x * 0.12, 0, 1])
    turns[INDEX[f"{side}Foot"]] = turns[INDEX[f"{side}Toes"]] = flat
