"""A GLB file's bytes as arrays: nodes, meshes with all attributes, skins, morph targets, materials, images.

Rule 1: nothing is opened here and no axis is turned; the caller reads the file, names it, and turns what it needs.
Rule 2: whatever is wrong with the bytes is one `GlbError` that names the file and the place.

Source: Khronos, glTF 2.0 specification, sections 3.6 (accessors), 3.7 (geometry), 4 (GLB).
"""

import json
import struct
from dataclasses import dataclass

import numpy as np

_DTYPES = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
_NORMALISED = {"<i1": 127.0, "<u1": 255.0, "<i2": 32767.0, "<u2": 65535.0}
_ROWS_AT_MOST = 20_000_000  # more is a broken number, not a mesh
_COMPRESSED = ("KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_meshopt_compression")


class GlbError(ValueError):
    """What is wrong with a file, where, and what was expected."""


@dataclass(frozen=True, slots=True, eq=False)
class Sparse:
    """Values that most vertices do not have, such as a morph target's displacements.

    Parameters
    ----------
    count : int
        Number of vertices.
    indices : ndarray, shape (K,)
        Vertices that have a value.
    values : ndarray, shape (K, 3)
        Their values.
    """

    count: int
    indices: np.ndarray
    values: np.ndarray

    def dense(self):
        """The same with a row for every vertex, zero where there is no value."""
        out = np.zeros((self.count, self.values.shape[1]), self.values.dtype)
        out[self.indices] = self.values
        return out


@dataclass(frozen=True, slots=True, eq=False)
class Primitive:
    """Triangles of one material.

    Parameters
    ----------
    attributes : dict
        Name ("POSITION", "JOINTS_0" …) to ndarray, shape (V, width).
    indices : ndarray, shape (3 * triangles,)
        uint32, three a triangle.
    material : int
        Index into `Glb.materials`, -1 for none.
    targets : tuple of dict
        A morph target each: name ("POSITION", "NORMAL") to Sparse.
    """

    attributes: dict
    indices: np.ndarray
    material: int
    targets: tuple


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Primitives that move together, and the names of their morph targets where the file tells them."""

    name: str
    primitives: tuple
    target_names: tuple


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A place in the tree.

    Parameters
    ----------
    name : str
    parent : int
        -1 for a root.
    local : ndarray, shape (4, 4)
        Relative to the parent.
    mesh, skin : int
        -1 for none.
    extras : dict
    """

    name: str
    parent: int
    local: np.ndarray
    mesh: int
    skin: int
    extras: dict


@dataclass(frozen=True, slots=True, eq=False)
class Skin:
    """What vertices hang on.

    Parameters
    ----------
    joints : ndarray, shape (K,)
        Node of each joint.
    inverse_bind : ndarray, shape (K, 4, 4)
        From the mesh's space to the joint's.
    """

    joints: np.ndarray
    inverse_bind: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Glb:
    """A whole file.

    Parameters
    ----------
    file : str
        Its name, for messages.
    nodes, meshes, skins : tuple
        Of Node, Mesh and Skin, in file order.
    materials : tuple of dict
        As the file has them.
    textures : tuple of int
        Image of each texture, -1 for none.
    images : tuple of bytes
        Encoded, as they lie in the file.
    extensions, extras : dict
        Of the file's root.
    """

    file: str
    nodes: tuple
    meshes: tuple
    skins: tuple
    materials: tuple
    textures: tuple
    images: tuple
    extensions: dict
    extras: dict

    def world(self):
        """World matrices of all nodes at rest.

        Returns
        -------
        ndarray, shape (N, 4, 4)
        """
        out = np.empty((len(self.nodes), 4, 4))
        done = [False] * len(self.nodes)
        for start in range(len(self.nodes)):
            chain, i = [], start
            while i >= 0 and not done[i]:
                chain.append(i)
                if len(chain) > len(self.nodes):
                    raise GlbError(f"{self.file}: node {start} is its own ancestor; the nodes must form trees")
                i = self.nodes[i].parent
            for i in reversed(chain):
                node = self.nodes[i]
                out[i] = node.local if node.parent < 0 else out[node.parent] @ node.local
                done[i] = True
        return out


def read(data, file):
    """All arrays of a GLB.

    Parameters
    ----------
    data : bytes
    file : str
        The file's name, for messages.

    Returns
    -------
    Glb

    Raises
    ------
    GlbError
        If the bytes are no GLB, are cut off, point outside themselves, or are compressed in a way not read here.
    """
    return _Reader(data, file).glb()


class _Reader:
    def __init__(self, data, file):
        self._file = file
        self._table, self._buffer = self._chunks(bytes(data))
        if not isinstance(self._table, dict):
            raise self._wrong("the JSON chunk", "is not a table", "an object with asset, nodes, meshes")
        needed = set(self._rows("extensionsRequired"))
        for name in _COMPRESSED:
            if name in needed:
                raise self._wrong("extensionsRequired", f"asks for {name}", "an uncompressed file: export it without")
        self._views = self._rows("bufferViews")
        self._accessors = self._rows("accessors")

    def _wrong(self, where, what, expected):
        return GlbError(f"{self._file}: {where} {what}; expected {expected}")

    def _chunks(self, data):
        if len(data) < 20 or data[:4] != b"glTF":
            raise self._wrong("the file", f"begins with {data[:4]!r}", "a binary glTF, which begins with b'glTF'")
        version, length = struct.unpack_from("<II", data, 4)
        if version != 2:
            raise self._wrong("the header", f"says version {version}", "2")
        if length > len(data):
            raise self._wrong(
                "the file", f"ends after {len(data)} bytes", f"{length}, as its header says: copy it again"
            )
        table, buffer, at = None, memoryview(b""), 12
        while at + 8 <= length:
            size, kind = struct.unpack_from("<I4s", data, at)
            at += 8
            if at + size > length:
                raise self._wrong("a chunk", f"of {size} bytes reaches past the end", f"at most {length - at}")
            if kind == b"JSON" and table is None:
                try:
                    table = json.loads(data[at : at + size])
                except (UnicodeDecodeError, json.JSONDecodeError) as error:
                    raise self._wrong("the JSON chunk", f"cannot be read ({error})", "JSON") from None
            elif kind == b"BIN\0":
                buffer = memoryview(data)[at : at + size]
            at += size
        if table is None:
            raise self._wrong("the file", "has no JSON chunk", "one as its first chunk")
        return table, buffer

    def _rows(self, name):
        rows = self._table.get(name, [])
        if not isinstance(rows, list):
            raise self._wrong(name, "is not a list", "a list")
        return rows

    def glb(self):
        # What a file leaves out or gives another type shows as one of these wherever it is first used.
        try:
            return self._glb()
        except GlbError:
            raise
        except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError, struct.error) as error:
            what = f"lacks {error}" if isinstance(error, KeyError) else f"does not fit ({error})"
            raise self._wrong("the JSON chunk", what, "what the glTF 2.0 specification requires") from None

    def _glb(self):
        meshes = tuple(self._mesh(i, m) for i, m in enumerate(self._rows("meshes")))
        return Glb(
            file=self._file,
            nodes=self._nodes(len(meshes)),
            meshes=meshes,
            skins=tuple(self._skin(s) for s in self._rows("skins")),
            materials=tuple(self._rows("materials")),
            textures=tuple(int(t.get("source", -1)) for t in self._rows("textures")),
            images=tuple(self._image(i, image) for i, image in enumerate(self._rows("images"))),
            extensions=self._table.get("extensions", {}),
            extras=self._table.get("extras") or {},
        )

    def _nodes(self, meshes):
        rows = self._rows("nodes")
        parents = [-1] * len(rows)
        for i, row in enumerate(rows):
            for child in row.get("children", ()):
                if not 0 <= child < len(rows) or parents[child] >= 0:
                    raise self._wrong(f"node {i}", f"has a child {child}", "a node that has no other parent")
                parents[child] = i
        out = []
        for i, row in enumerate(rows):
            if row.get("mesh", -1) >= meshes:
                raise self._wrong(f"node {i}", f"shows mesh {row['mesh']}", f"one of {meshes}")
            out.append(
                Node(
                    name=row.get("name", f"node {i}"),
                    parent=parents[i],
                    local=_local(row),
                    mesh=row.get("mesh", -1),
                    skin=row.get("skin", -1),
                    extras=row.get("extras") or {},
                )
            )
        return tuple(out)

    def _mesh(self, number, row):
        primitives = []
        for p, entry in enumerate(row["primitives"]):
            where = f"mesh {number}, primitive {p}"
            if entry.get("mode", 4) != 4:
                raise self._wrong(where, f"has mode {entry['mode']}", "4, triangles: triangulate it on export")
            attributes = {name: self._dense(a) for name, a in entry["attributes"].items()}
            if "POSITION" not in attributes:
                raise self._wrong(where, "has no POSITION", "one for each vertex")
            count = len(attributes["POSITION"])
            for name, values in attributes.items():
                if len(values) != count:
                    raise self._wrong(where, f"has {len(values)} of {name}", f"{count}, as of POSITION")
            if "indices" in entry:
                indices = self._dense(entry["indices"])[:, 0].astype(np.uint32)
            else:
                indices = np.arange(count, dtype=np.uint32)
            if len(indices) % 3 or (len(indices) and int(indices.max()) >= count):
                raise self._wrong(where, "has indices that are no triangles of its vertices", f"threes below {count}")
            targets = tuple({n: self._sparse(a) for n, a in t.items()} for t in entry.get("targets", ()))
            if any(s.count != count for t in targets for s in t.values()):
                raise self._wrong(where, "has a morph target of another length", f"{count} vertices")
            primitives.append(Primitive(attributes, indices, entry.get("material", -1), targets))
        names = (row.get("extras") or {}).get("targetNames", ())
        return Mesh(row.get("name", f"mesh {number}"), tuple(primitives), tuple(names))

    def _skin(self, row):
        joints = np.array(row["joints"], int)
        if "inverseBindMatrices" in row:
            # Stored by columns.
            bind = self._dense(row["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1).astype(float)
            if len(bind) != len(joints):
                raise self._wrong("a skin", f"has {len(bind)} inverse bind matrices", f"{len(joints)}, one a joint")
        else:
            bind = np.tile(np.eye(4), (len(joints), 1, 1))
        return Skin(joints, bind)

    def _image(self, number, row):
        if "bufferView" not in row:
            raise self._wrong(f"image {number}", "lies outside the file", "images packed into the GLB")
        return bytes(self._view(row["bufferView"]))

    def _view(self, number):
        row = self._views[number]
        if row.get("buffer", 0) != 0 or (self._table["buffers"][0].get("uri") is not None):
            raise self._wrong(f"buffer view {number}", "points outside the file", "all data packed into the GLB")
        at, size = row.get("byteOffset", 0), row["byteLength"]
        if at < 0 or size < 0 or at + size > len(self._buffer):
            raise self._wrong(
                f"buffer view {number}", f"reaches to byte {at + size}", f"at most {len(self._buffer)}: copy it again"
            )
        return self._buffer[at : at + size]

    def _array(self, view, offset, count, dtype, width):
        """Rows of a buffer view, interleaved or not, without a copy."""
        stride = self._views[view].get("byteStride", 0) or np.dtype(dtype).itemsize * width
        data = self._view(view)
        last = offset + stride * (count - 1) + np.dtype(dtype).itemsize * width
        if count and (offset < 0 or last > len(data)):
            raise self._wrong(f"buffer view {view}", f"holds {len(data)} bytes", f"{last} for its accessor")
        strides = (stride, np.dtype(dtype).itemsize)
        return np.ndarray((count, width), dtype, data, offset, strides)

    def _typed(self, number):
        row = self._accessors[number]
        dtype, width = _DTYPES.get(row["componentType"]), _WIDTHS.get(row["type"])
        if dtype is None or width is None:
            raise self._wrong(f"accessor {number}", f"is {row['componentType']} {row['type']}", "types of glTF 2.0")
        if not 0 <= row["count"] <= _ROWS_AT_MOST:
            raise self._wrong(f"accessor {number}", f"says {row['count']} rows", f"at most {_ROWS_AT_MOST}")
        return row, dtype, width

    def _scaled(self, values, row, dtype):
        if row.get("normalized") and dtype in _NORMALISED:
            return np.maximum(values.astype(np.float32) / np.float32(_NORMALISED[dtype]), -1.0)
        return values

    def _edits(self, row, dtype, width):
        """Indices and values of an accessor's sparse part."""
        sparse = row["sparse"]
        count, where, what = sparse["count"], sparse["indices"], sparse["values"]
        at = self._array(where["bufferView"], where.get("byteOffset", 0), count, _DTYPES[where["componentType"]], 1)
        values = self._array(what["bufferView"], what.get("byteOffset", 0), count, dtype, width)
        if count and int(at.max()) >= row["count"]:
            raise self._wrong("a sparse accessor", f"names vertex {int(at.max())}", f"below {row['count']}")
        return at[:, 0].astype(np.intp), self._scaled(values, row, dtype)

    def _dense(self, number):
        row, dtype, width = self._typed(number)
        if "bufferView" in row:
            base = self._array(row["bufferView"], row.get("byteOffset", 0), row["count"], dtype, width)
        else:
            base = np.zeros((row["count"], width), dtype)
        base = self._scaled(base, row, dtype)
        if "sparse" in row:
            base = base.copy()
            at, values = self._edits(row, dtype, width)
            base[at] = values
        return base

    def _sparse(self, number):
        row, dtype, width = self._typed(number)
        if "bufferView" in row:
            return Sparse(row["count"], np.arange(row["count"]), self._dense(number))
        if "sparse" in row:
            return Sparse(row["count"], *self._edits(row, dtype, width))
        return Sparse(row["count"], np.zeros(0, np.intp), np.zeros((0, width), np.float32))


def _local(row):
    """Matrix of a node from its own, or from translation, rotation and scale."""
    if "matrix" in row:
        return np.array(row["matrix"], float).reshape(4, 4).T
    x, y, z, w = row.get("rotation", (0.0, 0.0, 0.0, 1.0))
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    out = np.eye(4)
    out[:3, :3] = turn * np.array(row.get("scale", (1.0, 1.0, 1.0)), float)
    out[:3, 3] = row.get("translation", (0.0, 0.0, 0.0))
    return out
