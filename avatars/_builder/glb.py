"""Writes a GLB file: buffers, accessors (sparse ones for morphs), pictures, materials. glTF 2.0, sections 3 and 4."""

import json
import struct

import numpy as np

FLOAT, UNSIGNED_INT, UNSIGNED_SHORT, UNSIGNED_BYTE = 5126, 5125, 5123, 5121
VERTICES, INDICES = 34962, 34963
_KIND = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}
_COMPONENT = {"f": FLOAT, "I": UNSIGNED_INT, "L": UNSIGNED_INT, "H": UNSIGNED_SHORT, "B": UNSIGNED_BYTE}
SMALLEST = 2e-6  # metres (or parts of a normal): displacements below this are left out


class GlbWriter:
    """A glTF file in the making. `json` may be written to directly for what has no method here."""

    def __init__(self, generator):
        self._bytes = bytearray()
        self.json = {"asset": {"version": "2.0", "generator": generator}, "scene": 0, "scenes": [{"nodes": []}]}
        self.json |= {name: [] for name in ("nodes", "meshes", "skins", "materials", "textures", "images", "samplers")}
        self.json |= {"accessors": [], "bufferViews": []}

    def add(self, kind, entry):
        """Append to one of the file's lists; answers its number."""
        self.json[kind].append(entry)
        return len(self.json[kind]) - 1

    def _view(self, data, target=None):
        self._bytes += b"\0" * (-len(self._bytes) % 4)
        view = {"buffer": 0, "byteOffset": len(self._bytes), "byteLength": len(data)}
        self._bytes += data
        return self.add("bufferViews", view | ({"target": target} if target else {}))

    def array(self, values, target=None, bounds=False):
        """An accessor over values (N,) or (N, width); numpy's type decides the component type."""
        values = np.ascontiguousarray(values)
        width = 1 if values.ndim == 1 else values.shape[1]
        entry = {
            "bufferView": self._view(values.tobytes(), target),
            "componentType": _COMPONENT[values.dtype.char],
            "count": len(values),
            "type": _KIND[width],
        }
        if bounds:
            entry |= {"min": values.min(axis=0).tolist(), "max": values.max(axis=0).tolist()}
        return self.add("accessors", entry)

    def sparse(self, values, bounds=False):
        """An accessor over displacements (N, 3) that stores only those that are not zero."""
        values = np.where(np.abs(values) > SMALLEST, values, 0).astype(np.float32)
        moved = np.flatnonzero(values.any(axis=1))
        entry = {"componentType": FLOAT, "count": len(values), "type": "VEC3"}
        if bounds:
            entry |= {"min": values.min(axis=0).tolist(), "max": values.max(axis=0).tolist()}
        if len(moved):
            kind = np.uint16 if len(values) < 65536 else np.uint32
            entry["sparse"] = {
                "count": len(moved),
                "indices": {
                    "bufferView": self._view(moved.astype(kind).tobytes()),
                    "componentType": _COMPONENT[np.dtype(kind).char],
                },
                "values": {"bufferView": self._view(values[moved].tobytes())},
            }
        return self.add("accessors", entry)

    def texture(self, encoded):
        """A texture from (bytes, MIME type)."""
        if not self.json["samplers"]:
            self.add("samplers", {"magFilter": 9729, "minFilter": 9987, "wrapS": 10497, "wrapT": 10497})
        data, mime = encoded
        image = self.add("images", {"bufferView": self._view(data), "mimeType": mime})
        return self.add("textures", {"source": image, "sampler": 0})

    def material(self, name, colour=(1, 1, 1), texture=None, roughness=0.8, blend=False, double_sided=False, glow=None):
        """A material; colours are linear light."""
        surface = {
            "baseColorFactor": [round(float(c), 5) for c in colour] + [1.0],
            "metallicFactor": 0.0,
            "roughnessFactor": roughness,
        }
        if texture is not None:
            surface["baseColorTexture"] = {"index": texture}
        entry = {"name": name, "pbrMetallicRoughness": surface}
        if blend:
            entry["alphaMode"] = "BLEND"
        if double_sided:
            entry["doubleSided"] = True
        if glow is not None:
            entry["emissiveFactor"] = [round(float(c), 5) for c in glow]
        return self.add("materials", entry)

    def primitive(self, material, triangles, positions, normals, joints, weights, uv=None, morphs=None):
        """Triangles (T, 3) with the attributes of their vertices; morphs are pairs of (positions, normals or None)."""
        facing = np.linalg.norm(normals, axis=1, keepdims=True)
        normals = np.where(facing > 0.5, normals / np.maximum(facing, 1e-9), [0, 0, 1])
        attributes = {
            "POSITION": self.array(positions.astype(np.float32), VERTICES, bounds=True),
            "NORMAL": self.array(normals.astype(np.float32), VERTICES),
            "JOINTS_0": self.array(joints.astype(np.uint8), VERTICES),
            "WEIGHTS_0": self.array(weights.astype(np.float32), VERTICES),
        }
        if uv is not None:
            attributes["TEXCOORD_0"] = self.array(uv.astype(np.float32), VERTICES)
        kind = np.uint16 if len(positions) < 65535 else np.uint32
        entry = {
            "attributes": attributes,
            "indices": self.array(triangles.astype(kind).ravel(), INDICES),
            "material": material,
        }
        if morphs is not None:
            entry["targets"] = [
                {"POSITION": self.sparse(shift, bounds=True)}
                | ({"NORMAL": self.sparse(turn)} if turn is not None else {})
                for shift, turn in morphs
            ]
        return entry

    def file(self):
        """The whole file as bytes."""
        self._bytes += b"\0" * (-len(self._bytes) % 4)
        table = {name: value for name, value in self.json.items() if value != []}
        table["buffers"] = [{"byteLength": len(self._bytes)}]
        text = json.dumps(table, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        header = struct.pack("<III", 0x46546C67, 2, 28 + len(text) + len(self._bytes))
        chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(self._bytes), 0x004E4942)
        return header + chunks + bytes(self._bytes)
