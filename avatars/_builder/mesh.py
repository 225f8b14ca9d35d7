"""Small pieces of mesh geometry: normals, rotations, smoothing, clean cuts, rims."""

import numpy as np


def normals(positions, triangles):
    """Unit normals (V, 3) at the vertices, weighted by area; zero where no triangle is."""
    a, b, c = (positions[triangles[:, k]] for k in range(3))
    face = np.cross(b - a, c - a)
    out = np.zeros_like(positions)
    for k in range(3):
        np.add.at(out, triangles[:, k], face)
    return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)


def unit(vectors):
    """Vectors of length 1."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)


def rotation_about(axis, angle):
    """Rotation matrix about an axis by an angle in radians."""
    x, y, z = unit(np.asarray(axis, float))
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * k @ k


def rotation_between(start, end):
    """Shortest rotation matrix that turns one direction into another, not opposite, one."""
    a, b = unit(np.asarray(start, float)), unit(np.asarray(end, float))
    x, y, z = np.cross(a, b)
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + k + k @ k / (1 + a @ b)


def edges(triangles):
    """Directed edges (3T, 2) of triangles."""
    return np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])


def rim(triangles):
    """Directed edges (E, 2) that belong to one triangle only."""
    found = edges(triangles)
    there = {tuple(edge) for edge in found.tolist()}
    return np.array([edge for edge in found.tolist() if (edge[1], edge[0]) not in there], int).reshape(-1, 2)


def smoothed(positions, triangles, rounds, share=0.5):
    """Positions after rounds of moving each vertex towards the mean of its neighbours.

    Vertices of the rim follow the rim alone, so that hems stay where they were cut.
    """
    border = rim(triangles)
    on_rim = np.zeros(len(positions), bool)
    on_rim[border] = True
    inner = edges(triangles)
    inner = inner[~on_rim[inner[:, 0]]]  # within the surface each neighbour ends exactly one edge that starts here
    return _drawn_together(positions, np.concatenate([inner, border, border[:, ::-1]]), rounds, share)


def smoothed_along(positions, border, rounds, share=0.5):
    """Positions with the closed lines of a rim (directed edges, (E, 2)) made even; nothing else moves."""
    return _drawn_together(positions, np.concatenate([border, border[:, ::-1]]), rounds, share)


def _drawn_together(positions, pairs, rounds, share):
    one, two = pairs.T
    count = np.bincount(one, minlength=len(positions))[:, None]
    out = positions.copy()
    for _ in range(rounds):
        total = np.zeros_like(out)
        np.add.at(total, one, out[two])
        out = np.where(count > 0, out * (1 - share) + share * total / np.maximum(count, 1), out)
    return out


def cut(triangles, field, first_new):
    """The part of a mesh where a field at its vertices is at least 0, cut cleanly along 0.

    Answers the triangles, and for each vertex that was made (numbered from `first_new`) the ends of the edge it lies
    on and how far along: (start (K,), end (K,), share (K,)).
    """
    inside = field >= 0
    made, ends, out = {}, [], []

    def crossing(a, b):
        key = (min(a, b), max(a, b))
        if key not in made:
            made[key] = first_new + len(ends)
            ends.append((*key, field[key[0]] / (field[key[0]] - field[key[1]])))
        return made[key]

    count = inside[triangles].sum(axis=1)
    out.extend(triangles[count == 3].tolist())
    for corners in triangles[(count == 1) | (count == 2)].tolist():
        ring = []
        for a, b in zip(corners, corners[1:] + corners[:1], strict=True):
            if inside[a]:
                ring.append(a)
            if inside[a] != inside[b]:
                ring.append(crossing(a, b))
        out.extend([ring[0], ring[k], ring[k + 1]] for k in range(1, len(ring) - 1))
    starts, stops, shares = zip(*ends, strict=True) if ends else ((), (), ())
    return np.array(out, int), (np.array(starts, int), np.array(stops, int), np.array(shares))
