"""Builds the rooms: `python scenes/build.py [NAME …]` writes scenes/NAME/model.glb. Needs numpy and trimesh.

One quiet room so far. Few things, calm and warm colours, nothing behind the avatar, nothing that moves. The light of a
whole sky is reckoned once a vertex (ambient occlusion against boxes) and kept in the vertex colours, so that a single
lamp is enough when the room is drawn. The same source gives the same bytes.
"""

import sys
from pathlib import Path

import numpy as np
import trimesh

HERE = Path(__file__).parent
STEP = 0.20  # m between vertices of large surfaces: fine enough for soft corners
RAYS = 48

# EXPERIENCE 5's linen and sand, and their neighbours; no pure white, no red.
LINEN, SAND, OAK, WALNUT = "#F0EADF", "#E6DDCC", "#D9C3A0", "#A98660"
TEAL, MOSS, LEAF, CLAY, SKY, STONE = "#8FB8B5", "#9CAD86", "#6F8F5B", "#C4906C", "#E8EFEF", "#CFC8BA"


def linear(colour):
    """#RRGGBB as linear light, as vertex colours of glTF are."""
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


class Room:
    """Pieces of one room, and the boxes that keep the sky from each other."""

    def __init__(self):
        self.pieces = []  # (mesh with a vertex a corner, colour, how much of the occlusion it takes)
        self.boxes = []  # (low, high)

    def add(self, mesh, colour, shade=1.0, smooth=False, hides=True):
        """Put a mesh in; flat shaded unless smooth."""
        if not smooth:
            mesh.unmerge_vertices()
        self.pieces.append((mesh, colour, shade))
        if hides:
            self.boxes.append(mesh.bounds)

    def box(self, size, at, colour, step=None, **how):
        """A box by its size and the middle of its bottom."""
        size, at = np.array(size, float), np.array(at, float)
        mesh = trimesh.creation.box(extents=size)
        mesh.apply_translation(at + np.array([0, size[1] / 2, 0]))
        if step:
            mesh = mesh.subdivide_to_size(step, max_iter=12)
        self.add(mesh, colour, **how)

    def round_box(self, size, at, colour, radius=0.05, **how):
        """A box with round upright edges."""
        x, y, z = size
        corners = [(sx * (x / 2 - radius), sz * (z / 2 - radius)) for sx in (-1, 1) for sz in (-1, 1)]
        angles = np.linspace(0, 2 * np.pi, 33)[:-1]
        rim = np.array([[cx + radius * np.cos(a), cz + radius * np.sin(a)] for cx, cz in corners for a in angles])
        hull = trimesh.convex.convex_hull(np.vstack([np.insert(rim, 1, 0, axis=1), np.insert(rim, 1, y, axis=1)]))
        hull.apply_translation(at)
        self.add(hull, colour, **how)

    def plane(self, corner, along, up, colour, hides=False):
        """A flat piece of wall or floor, cut fine; its front is along x up."""
        corner, along, up = (np.array(v, float) for v in (corner, along, up))
        n, m = (max(int(np.linalg.norm(v) / STEP), 1) for v in (along, up))
        u, v = np.meshgrid(np.linspace(0, 1, n + 1), np.linspace(0, 1, m + 1), indexing="ij")
        points = corner + u.reshape(-1, 1) * along + v.reshape(-1, 1) * up
        index = np.arange((n + 1) * (m + 1)).reshape(n + 1, m + 1)
        a, b, c, d = (i.ravel() for i in (index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]))
        mesh = trimesh.Trimesh(points, np.vstack([np.c_[a, b, c], np.c_[a, c, d]]), process=False)
        self.add(mesh, colour, smooth=True, hides=hides)

    def occlusion(self, points, normals):
        """Share of the sky that each point sees, 0..1, by rays against the boxes and the walls."""
        rng = np.random.default_rng(5)
        z = np.sqrt((np.arange(RAYS) + 0.5) / RAYS)  # cosine weighted, in rings
        turn = np.arange(RAYS) * 2.399963 + rng.uniform(0, 2 * np.pi)
        local = np.c_[np.sqrt(1 - z * z) * np.cos(turn), np.sqrt(1 - z * z) * np.sin(turn), z]
        other = np.where(np.abs(normals[:, :1]) < 0.9, [[1.0, 0, 0]], [[0, 1.0, 0]])
        x = np.cross(other, normals)
        x /= np.linalg.norm(x, axis=1, keepdims=True)
        frame = np.stack([x, np.cross(normals, x), normals], axis=1)
        ways = np.einsum("rk,pki->pri", local, frame)
        start = (points + normals * 0.012)[:, None, :]
        seen = np.ones(ways.shape[:2])
        with np.errstate(divide="ignore", invalid="ignore"):
            for low, high in self.boxes:
                near, far = (low - start) / ways, (high - start) / ways
                enter = np.minimum(near, far).max(axis=2)
                leave = np.maximum(near, far).min(axis=2)
                hit = (leave > np.maximum(enter, 0.0)) & (enter < 2.0)
                # Things far away hide less: the room itself gives light back.
                seen = np.minimum(seen, np.where(hit, 0.35 + 0.65 * np.clip(enter / 2.0, 0, 1), 1.0))
        return seen.mean(axis=1)

    def write(self, path):
        """The room as GLB, its shade in the vertex colours."""
        scene = trimesh.Scene()
        for number, (mesh, colour, shade) in enumerate(self.pieces):
            light = 1.0 - shade * (1.0 - self.occlusion(mesh.vertices, mesh.vertex_normals))
            colours = np.clip(linear(colour) * light[:, None], 0, 1)
            rgba = np.c_[np.round(colours * 255), np.full(len(colours), 255)].astype(np.uint8)
            scene.add_geometry(_welded(mesh, rgba), node_name=f"piece{number:02d}", geom_name=f"piece{number:02d}")
        path.write_bytes(scene.export(file_type="glb"))


def _welded(mesh, rgba):
    """The mesh with one vertex where place, normal and colour agree; a flat side keeps its own corners."""
    normals = mesh.vertex_normals
    rows = np.c_[np.round(mesh.vertices, 5), np.round(normals, 3), rgba]
    _, first, number = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    out = trimesh.Trimesh(
        mesh.vertices[first], number.reshape(-1)[mesh.faces], vertex_normals=normals[first], process=False
    )
    out.visual = trimesh.visual.ColorVisuals(out, vertex_colors=rgba[first])
    return out


def calm_room():
    """Five metres square: a rug, a bench with cushions, a plant, a window and a lamp. The learner is at the origin."""
    room = Room()
    left, right, front, back, high = -2.5, 2.5, -3.6, 1.4, 2.6
    wide, deep = right - left, back - front
    # Walls are thick boxes for the shade and fine planes for the eye.
    for low, top in (
        ((left, -0.2, front), (right, 0.0, back)),
        ((left, 0, front - 0.2), (right, high, front)),
        ((left - 0.2, 0, front), (left, high, back)),
        ((right, 0, front), (right + 0.2, high, back)),
        ((left, 0, back), (right, high, back + 0.2)),
    ):
        room.boxes.append((np.array(low), np.array(top)))
    boards = 12
    for k in range(boards):  # floor boards, two shades of oak in turn
        z = front + deep * k / boards
        tone = OAK if k % 2 else "#D5BE9A"
        room.plane((left, 0, z + deep / boards), (wide, 0, 0), (0, 0, -deep / boards), tone)
    room.plane((left, 0, front), (wide, 0, 0), (0, high, 0), LINEN)
    room.plane((left, 0, back), (0, 0, front - back), (0, high, 0), SAND)
    room.plane((right, 0, front), (0, 0, back - front), (0, high, 0), SAND)
    room.plane((right, 0, back), (left - right, 0, 0), (0, high, 0), LINEN)
    room.plane((left, high, front), (wide, 0, 0), (0, 0, deep), LINEN)
    # Skirting.
    room.box((wide, 0.09, 0.025), (0, 0, front + 0.0125), STONE, step=0.3, hides=False)
    for x in (left + 0.0125, right - 0.0125):
        room.box((0.025, 0.09, deep), (x, 0, (front + back) / 2), STONE, step=0.3, hides=False)
    # A rug under the avatar, a second tone inside its rim.
    rug = trimesh.creation.cylinder(radius=1.15, height=0.014, sections=72)
    rug.apply_transform(trimesh.transformations.rotation_matrix(np.pi / 2, [1, 0, 0]))
    rug.apply_translation([0, 0.007, -1.7])
    room.add(rug.subdivide_to_size(0.2, max_iter=8), TEAL, hides=False)
    inner = trimesh.creation.cylinder(radius=0.98, height=0.014, sections=72)
    inner.apply_transform(trimesh.transformations.rotation_matrix(np.pi / 2, [1, 0, 0]))
    inner.apply_translation([0, 0.0095, -1.7])
    room.add(inner.subdivide_to_size(0.2, max_iter=8), "#A6C7C2", hides=False)
    # A low bench with two cushions along the left of the front wall.
    room.box((1.35, 0.06, 0.42), (-1.55, 0.34, front + 0.32), WALNUT, step=STEP)
    for x in (-2.12, -0.98):
        room.box((0.06, 0.34, 0.38), (x, 0, front + 0.32), WALNUT, step=STEP)
    room.round_box((0.56, 0.11, 0.36), (-1.85, 0.40, front + 0.32), MOSS, 0.06)
    room.round_box((0.56, 0.11, 0.36), (-1.25, 0.40, front + 0.32), SAND, 0.06)
    # A plant on the right: a clay pot and broad leaves.
    pot = trimesh.creation.revolve(np.array([[0, 0], [0.15, 0], [0.20, 0.34], [0.185, 0.34], [0.17, 0.30], [0, 0.30]]))
    pot.apply_transform(trimesh.transformations.rotation_matrix(-np.pi / 2, [1, 0, 0]))
    pot.apply_translation([1.75, 0, front + 0.5])
    room.add(pot, CLAY, smooth=True)
    for k, leaf in enumerate(_leaves()):
        leaf.apply_translation([1.75, 0.30, front + 0.5])
        room.add(leaf, (LEAF, "#7C9C66", "#64855A")[k % 3], shade=0.7, smooth=True, hides=False)
    # A window in the left wall: soft sky, a wooden frame.
    room.box((0.02, 1.15, 1.3), (left + 0.011, 0.95, -1.9), SKY, shade=0.2, hides=False)
    for y, tall in ((0.90, 0.06), (2.07, 0.06)):
        room.box((0.05, tall, 1.42), (left + 0.025, y, -1.9), WALNUT, step=STEP, hides=False)
    for z in (-2.58, -1.9, -1.22):
        room.box((0.05, 1.15, 0.05), (left + 0.025, 0.95, z), WALNUT, step=STEP, hides=False)
    # A lamp beside the bench: the one that grows warmer.
    foot = trimesh.creation.cylinder(radius=0.15, height=0.03, sections=40)
    pole = trimesh.creation.cylinder(radius=0.013, height=1.45, sections=16)
    shade = trimesh.creation.revolve(np.array([[0.20, 0.0], [0.13, 0.30]]), sections=40)
    for mesh, y, colour in ((foot, 0.015, WALNUT), (pole, 0.74, WALNUT)):
        mesh.apply_transform(trimesh.transformations.rotation_matrix(np.pi / 2, [1, 0, 0]))
        mesh.apply_translation([-2.2, y, front + 0.95])
        room.add(mesh, colour, smooth=True, hides=False)
    shade.apply_transform(trimesh.transformations.rotation_matrix(-np.pi / 2, [1, 0, 0]))
    shade.apply_translation([-2.2, 1.38, front + 0.95])
    back_side = shade.copy()
    back_side.invert()
    room.add(shade, "#F3E4C4", shade=0.3, smooth=True, hides=False)
    room.add(back_side, "#F3E4C4", shade=0.3, smooth=True, hides=False)
    return room


def _leaves():
    """Nine broad leaves, bent outward, seen from both sides."""
    rng = np.random.default_rng(11)
    for k in range(9):
        turn, lean, long = k * 2.4 + rng.uniform(-0.2, 0.2), rng.uniform(0.25, 0.85), rng.uniform(0.45, 0.75)
        along = np.linspace(0, 1, 9)
        spine = np.c_[np.sin(lean * along * 1.3) * long * along, long * along * (1 - 0.35 * lean * along), np.zeros(9)]
        half = 0.075 * np.sin(np.pi * np.clip(along * 0.95 + 0.02, 0, 1)) ** 0.8
        left, right = spine + np.c_[0 * half, 0.02 * along, half], spine + np.c_[0 * half, 0.02 * along, -half]
        points = np.concatenate([left, spine, right])
        i = np.arange(8)
        faces = [
            np.c_[i, i + 9, i + 1],
            np.c_[i + 1, i + 9, i + 10],
            np.c_[i + 9, i + 18, i + 10],
            np.c_[i + 10, i + 18, i + 19],
        ]
        front = trimesh.Trimesh(points, np.vstack(faces), process=False)
        front.apply_transform(trimesh.transformations.rotation_matrix(turn, [0, 1, 0]))
        other = front.copy()
        other.invert()
        yield front
        yield other


ROOMS = {"calm_room": calm_room}


def main(names):
    """Build the named rooms, all without a name."""
    for name in names or ROOMS:
        if name not in ROOMS:
            sys.exit(f"scenes: no {name!r}; there is {', '.join(ROOMS)}")
        path = HERE / name / "model.glb"
        path.parent.mkdir(exist_ok=True)
        ROOMS[name]().write(path)
        print(f"{path.relative_to(HERE.parent)}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
