"""Reads a GLB byte by byte and says what is wrong with it, without the program's own reader.

Source: glTF 2.0, sections 3.6 (buffers, accessors), 3.7 (meshes, skins) and 4.4 (GLB).
"""

import json
import struct
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

WIDTH = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
COMPONENT = {5120: "i1", 5121: "u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}


@dataclass(frozen=True, eq=False)
class Gltf:
    """The JSON and the binary chunk of a GLB."""

    json: dict
    binary: bytes

    def view(self, number):
        """The bytes of a buffer view, which must lie within the buffer."""
        view = self.json["bufferViews"][number]
        start = view.get("byteOffset", 0)
        assert start + view["byteLength"] <= len(self.binary), f"bufferView {number} ends behind the buffer"
        return self.binary[start : start + view["byteLength"]]

    def values(self, number):
        """An accessor's values (N, width), which must lie within its view; sparse ones are filled in."""
        accessor = self.json["accessors"][number]
        width, kind = WIDTH[accessor["type"]], np.dtype(COMPONENT[accessor["componentType"]])
        count = accessor["count"]
        if "bufferView" in accessor:
            data, offset = self.view(accessor["bufferView"]), accessor.get("byteOffset", 0)
            assert offset % kind.itemsize == 0, f"accessor {number} is not aligned"
            assert offset + count * width * kind.itemsize <= len(data), f"accessor {number} ends behind its view"
            out = np.frombuffer(data, kind, count * width, offset).reshape(count, width).copy()
        else:
            out = np.zeros((count, width), kind)
        if "sparse" in accessor:
            sparse = accessor["sparse"]
            rows = np.frombuffer(
                self.view(sparse["indices"]["bufferView"]), COMPONENT[sparse["indices"]["componentType"]]
            )[: sparse["count"]]
            assert len(rows) == sparse["count"], f"accessor {number} has too few sparse rows"
            assert (np.diff(rows.astype(int)) > 0).all(), f"accessor {number}: sparse rows are not in order"
            assert rows[-1] < count, f"accessor {number}: a sparse row lies behind its end"
            replaced = np.frombuffer(self.view(sparse["values"]["bufferView"]), kind)
            out[rows] = replaced[: sparse["count"] * width].reshape(-1, width)
        return out

    def primitives(self):
        """All primitives with the node that places them."""
        for node in self.json["nodes"]:
            if "mesh" in node:
                for primitive in self.json["meshes"][node["mesh"]]["primitives"]:
                    yield node, primitive

    def triangles(self):
        """How many triangles the file draws."""
        return sum(self.json["accessors"][p["indices"]]["count"] // 3 for _, p in self.primitives())


@lru_cache(maxsize=8)
def read(path):
    """The file as JSON and bytes; its header and chunks must fit."""
    data = Path(path).read_bytes()
    magic, version, length = struct.unpack_from("<4sII", data)
    assert (magic, version, length) == (b"glTF", 2, len(data)), "the GLB header does not fit the file"
    json_length, json_kind = struct.unpack_from("<I4s", data, 12)
    assert json_kind == b"JSON"
    assert json_length % 4 == 0
    binary_length, binary_kind = struct.unpack_from("<I4s", data, 20 + json_length)
    assert binary_kind == b"BIN\0"
    assert 28 + json_length + binary_length == length
    table = json.loads(data[20 : 20 + json_length])
    assert table["buffers"][0]["byteLength"] <= binary_length
    return Gltf(table, data[28 + json_length :])


def check_meshes(gltf):
    """Indices within vertices, bounds as stated, finite numbers, unit normals, no triangle twice the same corner."""
    for number, accessor in enumerate(gltf.json["accessors"]):
        values = gltf.values(number)
        assert np.isfinite(values).all(), f"accessor {number} holds numbers that are not finite"
        for name, found in (("min", values.min(axis=0)), ("max", values.max(axis=0))):
            if name in accessor:
                np.testing.assert_allclose(found, accessor[name], atol=1e-6, err_msg=f"accessor {number}: {name}")
    for node, primitive in gltf.primitives():
        attributes = primitive["attributes"]
        accessors = gltf.json["accessors"]
        count = accessors[attributes["POSITION"]]["count"]
        assert {accessors[a]["count"] for a in attributes.values()} == {count}, f"{node['name']}: uneven attributes"
        assert {"min", "max"} <= set(accessors[attributes["POSITION"]]), f"{node['name']}: positions without bounds"
        indices = gltf.values(primitive["indices"])
        assert indices.max() < count, f"{node['name']}: an index lies behind the vertices"
        normals = gltf.values(attributes["NORMAL"])
        np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-3, err_msg=node["name"])
