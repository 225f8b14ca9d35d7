"""GLB bytes as arrays, and what broken files are told."""

import contextlib
import json
import struct
from pathlib import Path

import numpy as np
import pytest

from vrtrainer.human import glb

ROOT = Path(__file__).parents[2]
AVATARS = sorted((ROOT / "avatars").glob("*/model.vrm"))


def packed(table, buffer=b""):
    text = json.dumps(table).encode()
    text += b" " * (-len(text) % 4)
    body = struct.pack("<I4s", len(text), b"JSON") + text
    if buffer:
        buffer += b"\0" * (-len(buffer) % 4)
        body += struct.pack("<I4s", len(buffer), b"BIN\0") + buffer
    return b"glTF" + struct.pack("<II", 2, 12 + len(body)) + body


class Builder:
    """Puts arrays into one buffer and keeps their accessors."""

    def __init__(self):
        self.buffer, self.views, self.accessors = b"", [], []

    def view(self, data, **more):
        self.views.append({"buffer": 0, "byteOffset": len(self.buffer), "byteLength": len(data), **more})
        self.buffer += data + b"\0" * (-len(data) % 4)
        return len(self.views) - 1

    def accessor(self, array, kind, component, **more):
        view = self.view(array.tobytes())
        self.accessors.append(
            {"bufferView": view, "componentType": component, "type": kind, "count": len(array), **more}
        )
        return len(self.accessors) - 1

    def file(self, **table):
        return packed(
            {
                "asset": {"version": "2.0"},
                "buffers": [{"byteLength": len(self.buffer)}],
                "bufferViews": self.views,
                "accessors": self.accessors,
                **table,
            },
            self.buffer,
        )


CORNERS = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], "<f4")


def triangle(builder=None, **primitive):
    builder = builder or Builder()
    position = builder.accessor(CORNERS, "VEC3", 5126)
    return builder, {"attributes": {"POSITION": position, **primitive.pop("attributes", {})}, **primitive}


def test_a_triangle_without_indices_gets_them():
    builder, primitive = triangle()
    read = glb.read(builder.file(meshes=[{"primitives": [primitive]}], nodes=[{"mesh": 0}]), "t.glb")
    assert read.meshes[0].primitives[0].attributes["POSITION"].tolist() == CORNERS.tolist()
    assert read.meshes[0].primitives[0].indices.tolist() == [0, 1, 2]


def test_a_morph_target_that_is_sparse_and_has_no_values_of_its_own_holds_what_it_names():
    builder = Builder()
    at = builder.view(np.array([2], "<u2").tobytes())
    values = builder.view(np.array([[0, 0, 5]], "<f4").tobytes())
    builder.accessors.append(
        {
            "componentType": 5126, "type": "VEC3", "count": 3,
            "sparse": {
                "count": 1, "indices": {"bufferView": at, "componentType": 5123}, "values": {"bufferView": values},
            },
        }
    )  # fmt: skip
    builder.accessors.append({"componentType": 5126, "type": "VEC3", "count": 3})
    builder, primitive = triangle(builder, targets=[{"POSITION": 0}, {"POSITION": 1}])
    moved, still = glb.read(builder.file(meshes=[{"primitives": [primitive]}]), "t.glb").meshes[0].primitives[0].targets
    assert moved["POSITION"].dense().tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 5]]
    assert len(moved["POSITION"].indices) == 1
    assert not still["POSITION"].dense().any()


@pytest.mark.parametrize(
    ("dtype", "component", "stored", "meant"),
    [("u1", 5121, 255, 1.0), ("<u2", 5123, 65535, 1.0), ("i1", 5120, -128, -1.0), ("<i2", 5122, 16384, 16384 / 32767)],
)
def test_normalised_integers_become_shares(dtype, component, stored, meant):
    builder = Builder()
    weights = builder.accessor(np.full((3, 4), stored, dtype), "VEC4", component, normalized=True)
    builder, primitive = triangle(builder, attributes={"WEIGHTS_0": weights})
    read = glb.read(builder.file(meshes=[{"primitives": [primitive]}]), "t.glb")
    assert np.allclose(read.meshes[0].primitives[0].attributes["WEIGHTS_0"], meant)


def test_interleaved_attributes_are_told_apart():
    builder = Builder()
    both = np.concatenate([CORNERS, CORNERS * 10], axis=1).astype("<f4")
    view = builder.view(both.tobytes(), byteStride=24)
    plain = {"bufferView": view, "componentType": 5126, "type": "VEC3", "count": 3}
    builder.accessors += [plain, {**plain, "byteOffset": 12}]
    read = glb.read(builder.file(meshes=[{"primitives": [{"attributes": {"POSITION": 0, "NORMAL": 1}}]}]), "t.glb")
    attributes = read.meshes[0].primitives[0].attributes
    assert attributes["POSITION"].tolist() == CORNERS.tolist()
    assert attributes["NORMAL"].tolist() == (CORNERS * 10).tolist()


def test_nodes_hang_together_and_a_matrix_is_read_by_columns():
    nodes = [
        {"translation": [1, 0, 0], "children": [1]},
        {"matrix": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 2, 0, 1], "children": [2]},
        {"rotation": [0, 0.7071067811865476, 0, 0.7071067811865476], "scale": [2, 2, 2]},
    ]
    world = glb.read(packed({"nodes": nodes}), "t.glb").world()
    assert np.allclose(world[2] @ [0, 0, 1, 1], [3, 2, 0, 1])


def test_a_node_that_is_its_own_ancestor_is_refused():
    with pytest.raises(glb.GlbError, match="its own ancestor"):
        glb.read(packed({"nodes": [{"children": [1]}, {"children": [0]}]}), "t.glb").world()


def whole():
    builder, primitive = triangle()
    return builder.file(meshes=[{"primitives": [primitive]}], nodes=[{"mesh": 0}])


BROKEN = {
    "empty": (b"", "begins with"),
    "another format": (b"PK\3\4" + bytes(40), "b'glTF'"),
    "version 1": (b"glTF" + struct.pack("<II", 1, 20) + bytes(8), "version 1"),
    "cut off": (whole()[:-20], "copy it again"),
    "no JSON": (b"glTF" + struct.pack("<II", 2, 20) + struct.pack("<I4s", 0, b"BIN\0"), "no JSON chunk"),
    "JSON that is none": (
        b"glTF" + struct.pack("<II", 2, 24) + struct.pack("<I4s", 4, b"JSON") + b"{{{{",
        "cannot be read",
    ),
    "a list": (packed([]), "not a table"),
    "points outside": (packed({"accessors": [{"bufferView": 0, "componentType": 5126, "type": "VEC3", "count": 3}],
                               "buffers": [{}], "bufferViews": [{"byteLength": 400}],
                               "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}]}, bytes(36)),
                       "at most 36"),
    "no such accessor": (packed({"meshes": [{"primitives": [{"attributes": {"POSITION": 3}}]}]}), "specification"),
    "no positions": (packed({"meshes": [{"primitives": [{"attributes": {}}]}]}), "no POSITION"),
    "compressed": (packed({"extensionsRequired": ["KHR_draco_mesh_compression"]}), "uncompressed"),
    "an image elsewhere": (packed({"images": [{"uri": "face.png"}]}), "packed into the GLB"),
    "lines": (packed({"meshes": [{"primitives": [{"attributes": {}, "mode": 1}]}]}), "triangles"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_named_with_what_is_wrong(data, said):
    with pytest.raises(glb.GlbError, match=r"mine\.vrm") as error:
        glb.read(data, "mine.vrm")
    assert said in str(error.value)


def test_a_file_cut_off_or_flipped_anywhere_is_read_or_refused_but_never_breaks():
    data = bytearray(whole())
    for at in range(0, len(data), 3):
        spoilt = data.copy()
        spoilt[at] ^= 0xFF
        for bytes_ in (spoilt, data[:at]):
            with contextlib.suppress(glb.GlbError):
                glb.read(bytes(bytes_), "t.glb")


@pytest.mark.parametrize("path", AVATARS, ids=lambda p: p.parent.name)
def test_every_avatar_is_read_whole(path):
    read = glb.read(path.read_bytes(), path.name)
    assert read.skins
    assert all(image[:4] in (b"\x89PNG", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xdb") for image in read.images)
    for mesh in read.meshes:
        for primitive in mesh.primitives:
            assert len(primitive.targets) in (0, 52)
            assert primitive.indices.max() < len(primitive.attributes["POSITION"])
