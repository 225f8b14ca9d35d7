"""Small VRM files made for tests: a stick of a person whose nodes rest in any way, as version 1.0 or 0.x."""

import json
import struct

import numpy as np

from vrtrainer.human import body as bodies
from vrtrainer.human import rotations
from vrtrainer.human.skeleton import INDEX, JOINTS, PARENT, VRM_BONES

LEFT_OUT = ("upperChest", "leftEye", "rightEye", "jaw")
BONES = [n for n in JOINTS if n in VRM_BONES and n not in LEFT_OUT]
OLD_NAMES = {"ThumbMetacarpal": "ThumbProximal", "ThumbProximal": "ThumbIntermediate"}


def node_of(bone):
    return BONES.index(bone)


def _parent(bone):
    at = PARENT[INDEX[bone]]
    while at >= 0 and JOINTS[at] not in BONES:
        at = PARENT[at]
    return JOINTS[at] if at >= 0 else None


def vrm(seed=None, old=False, expressions=None):
    """Bytes of a VRM, a triangle on each bone; with a seed every node rests turned at random.

    `expressions` maps a name to a list of (morph target, weight); there are two targets, up and aside.
    """
    body = bodies.of_height(1.2)
    at = body.rest_positions()[[INDEX[b] for b in BONES]]
    # VRM 1.0 faces +Z in its own file.
    at = at * ([1, 1, 1] if old else [-1, 1, -1])
    rng = np.random.default_rng(seed)
    count = len(BONES)
    turns = (
        np.tile(rotations.IDENTITY, (count, 1)) if seed is None else rotations.normalise(rng.normal(size=(count, 4)))
    )
    world = [_placed(at[i], turns[i]) for i in range(count)]
    nodes = []
    for i, bone in enumerate(BONES):
        parent = _parent(bone)
        local = world[i] if parent is None else np.linalg.inv(world[node_of(parent)]) @ world[i]
        children = [k for k, other in enumerate(BONES) if _parent(other) == bone]
        nodes.append(
            {"name": bone, "matrix": local.T.reshape(-1).tolist(), **({"children": children} if children else {})}
        )
    nodes.append({"name": "mesh", "mesh": 0, "skin": 0})
    corner = np.array([[0, 0, 0], [0.01, 0, 0], [0, 0.01, 0]])
    position = (at[:, None] + corner).reshape(-1, 3).astype("<f4")
    joints = np.zeros((3 * count, 4), "<u2")
    joints[:, 0] = np.repeat(np.arange(count), 3)
    weights = np.zeros((3 * count, 4), "<f4")
    weights[:, 0] = 1
    bind = np.array([np.linalg.inv(m).T for m in world], "<f4").reshape(-1, 16)
    up, aside = np.zeros_like(position), np.zeros_like(position)
    face = np.repeat(np.arange(count) == node_of("head"), 3)
    up[face, 1], aside[face, 0] = 0.1, 0.1
    buffer, views, accessors = b"", [], []
    for array, kind, component in (
        (position, "VEC3", 5126), (joints, "VEC4", 5123), (weights, "VEC4", 5126), (bind, "MAT4", 5126),
        (up, "VEC3", 5126), (aside, "VEC3", 5126),
    ):  # fmt: skip
        views.append({"buffer": 0, "byteOffset": len(buffer), "byteLength": array.nbytes})
        accessors.append({"bufferView": len(views) - 1, "componentType": component, "type": kind, "count": len(array)})
        buffer += array.tobytes()
    mesh = {
        "primitives": [
            {
                "attributes": {"POSITION": 0, "JOINTS_0": 1, "WEIGHTS_0": 2},
                "targets": [{"POSITION": 4}, {"POSITION": 5}],
            }
        ]
    }
    table = {
        "asset": {"version": "2.0"}, "nodes": nodes, "meshes": [mesh], "accessors": accessors, "bufferViews": views,
        "skins": [{"joints": list(range(count)), "inverseBindMatrices": 3}], "buffers": [{"byteLength": len(buffer)}],
        "extensions": _version_0(expressions or {}) if old else _version_1(expressions or {}, count),
    }  # fmt: skip
    return _packed(table, buffer)


def _placed(position, turn):
    out = np.eye(4)
    out[:3, :3] = rotations.matrix(turn)
    out[:3, 3] = position
    return out


def _version_1(expressions, mesh_node):
    table = {"preset": {}, "custom": {}}
    presets = ("happy", "sad", "angry", "surprised", "relaxed", "aa", "ih", "ou", "ee", "oh", "blinkLeft", "blinkRight")
    for name, binds in expressions.items():
        rows = [{"node": mesh_node, "index": index, "weight": weight} for index, weight in binds]
        table["preset" if name in presets else "custom"][name] = {"morphTargetBinds": rows}
    bones = {bone: {"node": node_of(bone)} for bone in BONES}
    return {"VRMC_vrm": {"humanoid": {"humanBones": bones}, "expressions": table, "meta": {"name": "made"}}}


def _version_0(expressions):
    def old(bone):
        for new, name in OLD_NAMES.items():
            if bone.endswith(new):
                return bone.removesuffix(new) + name
        return bone

    bones = [{"bone": old(bone), "node": node_of(bone)} for bone in BONES]
    groups = [
        {"name": name, "presetName": name if name in ("joy", "a", "blink_l") else "unknown",
         "binds": [{"mesh": 0, "index": index, "weight": 100 * weight} for index, weight in binds]}
        for name, binds in expressions.items()
    ]  # fmt: skip
    return {"VRM": {"humanoid": {"humanBones": bones}, "blendShapeMaster": {"blendShapeGroups": groups}, "meta": {}}}


def _packed(table, buffer):
    text = json.dumps(table).encode()
    text += b" " * (-len(text) % 4)
    body = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(buffer), b"BIN\0") + buffer
    return b"glTF" + struct.pack("<II", 2, 12 + len(body)) + body
