"""Clothes cut from MakeHuman's helper suit, with a rim turned in at every opening, and the skin they hide."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull, cKDTree

from .bones import INDEX, SIDES
from .mesh import cut, normals, rim, smoothed, smoothed_along
from .source import BODY_END

# Garment to (distance from the skin in dm, rounds of smoothing), from the inside out.
CUT = {"trousers": (0.05, 6), "shirt": (0.14, 8), "shoes": (0.10, 10)}
HIDES_FROM = 0.16  # dm inside a hem from which the skin below is left away


@dataclass(frozen=True)
class Garment:
    """A garment on the shaped body."""

    name: str
    triangles: np.ndarray  # (T, 3) of its own vertices
    vertices: np.ndarray  # (V,) the figure's vertex whose place on the base mesh and bones each one shares
    positions: np.ndarray  # (V, 3)
    first_rim: int  # vertices from here on belong to the turned-in rims


def garments(data, figure, wear):
    """The garments, and which skin vertices (BODY_END,) they hide."""
    suit = data.groups["helper-tights"].vertices
    fields = _fields(figure, wear)
    covered = np.zeros(len(figure.base), bool)
    out = []
    for name, (distance, rounds) in CUT.items():
        field = fields[name]
        covered[: len(field)] |= field > HIDES_FROM
        triangles, made = cut(suit, field, len(figure.base))
        if len(made[0]):
            figure.add(*made)
        out.append(_worn(name, triangles, figure, distance * figure.size, rounds))
    suit_vertices = np.unique(suit)
    nearest = suit_vertices[cKDTree(figure.base[suit_vertices]).query(figure.base[:BODY_END])[1]]
    # By the nearest piece of cloth, and by the skin's own place, where a fold of the armpit has cloth far from it.
    return out, covered[nearest] | covered[:BODY_END]


def _fields(figure, wear):
    """For each garment a field on the base mesh, positive where there is cloth, about the distance to the hem in dm."""
    base, joints = figure.base, figure.base_joints
    arm_bones = ("UpperArm", "LowerArm", "Hand", "Thumb", "Index", "Middle", "Ring", "Little")
    arm = figure.weights[:, [i for bone, i in INDEX.items() if any(part in bone for part in arm_bones)]].sum(axis=1)
    on_arm = arm > 0.35
    down_arm = np.full(len(base), -9.0)  # 0 at the shoulder, 1 at the elbow, 2 at the wrist
    for side, (_, x) in SIDES.items():
        shoulder, elbow, wrist = (joints[INDEX[side + b]] for b in ("UpperArm", "LowerArm", "Hand"))
        upper, lower = elbow - shoulder, wrist - elbow
        first = (base - shoulder) @ upper / (upper @ upper)
        second = (base - elbow) @ lower / (lower @ lower)
        along = np.where(first < 1, first, 1 + np.maximum(second, 0))
        down_arm = np.where(on_arm & (base[:, 0] * x > 0), along, down_arm)
    knee, ankle = joints[INDEX["leftLowerLeg"]][1], joints[INDEX["leftFoot"]][1]
    y = base[:, 1]
    sleeve = np.where(down_arm > -9, (wear["sleeve"] - down_arm) * 1.2, 9)
    neck = np.maximum(wear["collar"] - y - 0.30 * (base[:, 2] - 0.2), (np.abs(base[:, 0]) - 0.96) * 3)
    legs = np.where(on_arm, -9, wear["hem"] + 0.5 - y)
    return {
        "trousers": np.minimum(legs, y - (knee + (ankle - knee) * wear["trouser"])),
        "shirt": np.minimum(np.minimum(sleeve, y - wear["hem"]), neck),
        "shoes": np.where(on_arm, -9, knee + (ankle - knee) * 0.97 - y),
    }


def _worn(name, triangles, figure, distance, rounds):
    positions = smoothed(figure.shaped, triangles, rounds)
    outward = normals(positions, triangles)
    positions += outward * distance
    gap = ((positions - figure.shaped) * outward).sum(axis=1)
    positions += outward * np.maximum(distance * 0.8 - gap, 0)[:, None]
    used = np.unique(triangles)
    if name == "shoes":
        _flatten_soles(positions, figure, used)
    edge = rim(triangles)
    positions = smoothed_along(positions, edge, 10)
    number = np.full(len(positions), -1)
    number[used] = np.arange(len(used))
    own = number[triangles]
    edge_vertices = np.unique(edge)
    # The rim: each edge vertex again, and its copy below the skin. Copies, so that the fold stays a fold.
    first = len(used)
    outer, inner = number.copy(), number.copy()
    outer[edge_vertices] = first + np.arange(len(edge_vertices))
    inner[edge_vertices] = outer[edge_vertices] + len(edge_vertices)
    a, b = edge.T
    strip = np.concatenate([np.c_[outer[b], outer[a], inner[a]], np.c_[outer[b], inner[a], inner[b]]])
    skin = figure.shaped[:BODY_END]
    reached, nearest = cKDTree(skin).query(positions[edge_vertices], k=4)
    share = 1 / np.maximum(reached, 1e-6)[..., None]
    share /= share.sum(axis=1, keepdims=True)
    inside = positions.copy()
    inside[edge_vertices] = (skin[nearest] * share).sum(axis=1) - outward[edge_vertices] * 0.16 * figure.size
    below = smoothed_along(inside, edge, 6)[edge_vertices]
    return Garment(
        name,
        np.vstack([own, strip]),
        np.concatenate([used, edge_vertices, edge_vertices]),
        np.vstack([positions[used], positions[edge_vertices], below]),
        first,
    )


def _flatten_soles(positions, figure, used):
    """Level soles: what is near the ground goes to the ground, and toes become one round tip."""
    for x in (1, -1):
        foot = used[figure.base[used, 0] * x > 0]
        lowest = figure.shaped[foot, 1].min() - 0.10 * figure.size
        low = foot[positions[foot, 1] - lowest < 0.30 * figure.size]
        positions[low, 1] = lowest - 0.02 * figure.size
        # The outline of the sole is drawn out to its convex hull, so that no single toe shows.
        outline = low[ConvexHull(positions[low][:, [0, 2]]).vertices]
        middle = positions[outline][:, [0, 2]].mean(axis=0)
        hull = ConvexHull(positions[outline][:, [0, 2]] - middle).equations
        way = positions[low][:, [0, 2]] - middle
        reach = np.linalg.norm(way, axis=1, keepdims=True)
        facing = way / np.maximum(reach, 1e-6) @ hull[:, :2].T
        border = np.where(facing > 1e-6, -hull[:, 2] / np.maximum(facing, 1e-6), np.inf).min(axis=1, keepdims=True)
        outer = reach > 0.72 * border
        positions[low[outer[:, 0]][:, None], [0, 2]] = (middle + way * border / np.maximum(reach, 1e-6))[outer[:, 0]]
