"""What makes a GLB a VRM 1.0 avatar: bones as nodes, the skin, and the VRMC_vrm extension.

Source: VRMC_vrm-1.0 (meta.md, humanoid.md, expressions.md, lookAt.md, firstPerson.md).
"""

import numpy as np

from .face import PRESETS
from .glb import GlbWriter

GENERATOR = "vrtrainer avatars/build.py"
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"


class VrmWriter(GlbWriter):
    """A VRM file in the making: bones first, then meshes, then `finish`."""

    def __init__(self, bones, parents, joints):
        """Bones by VRM's names, parents first (-1 for the hips), joints (B, 3) in metres in T-pose."""
        super().__init__(GENERATOR)
        self._bones = bones
        self._joints = joints
        for name, parent, joint in zip(bones, parents, joints, strict=True):
            offset = joint - (joints[parent] if parent >= 0 else 0)
            number = self.add("nodes", {"name": name, "translation": [round(float(x), 6) for x in offset]})
            if parent >= 0:
                self.json["nodes"][parent].setdefault("children", []).append(number)
        bind = np.tile(np.eye(4, dtype=np.float32), (len(bones), 1, 1))
        bind[:, 3, :3] = -joints  # glTF's matrices are stored by columns
        self.add(
            "skins",
            {
                "joints": list(range(len(bones))),
                "skeleton": 0,
                "inverseBindMatrices": self.array(bind.reshape(-1, 16)),
            },
        )
        self.json["scenes"][0]["nodes"].append(0)
        self._meshes = {}

    def mesh(self, name, primitives, morph_names=None):
        """A skinned mesh on a node of its own."""
        entry = {"name": name, "primitives": primitives}
        if morph_names:
            entry |= {"weights": [0.0] * len(morph_names), "extras": {"targetNames": list(morph_names)}}
        node = self.add("nodes", {"name": name, "mesh": self.add("meshes", entry), "skin": 0})
        self.json["scenes"][0]["nodes"].append(node)
        self._meshes[name] = node

    def finish(self, name, authors, morph_names, eye_turn_deg, hidden_from_inside):
        """Write the VRMC_vrm extension; answers the file's bytes."""
        morph_names = list(morph_names)

        def expression(weights):
            binds = [
                {"node": self._meshes["Face"], "index": morph_names.index(weight), "weight": share}
                for weight, share in weights.items()
            ]
            return {"morphTargetBinds": binds, "isBinary": False}

        place = dict(zip(self._bones, self._joints, strict=True))
        eyes = (place["leftEye"] + place["rightEye"]) / 2 - place["head"]
        turn = {"inputMaxValue": 90, "outputScale": eye_turn_deg}
        ways = ("HorizontalInner", "HorizontalOuter", "VerticalDown", "VerticalUp")
        self.json["extensionsUsed"] = ["VRMC_vrm"]
        self.json["extensions"] = {
            "VRMC_vrm": {
                "specVersion": "1.0",
                "meta": {
                    "name": name,
                    "version": "1.0",
                    "authors": authors,
                    "licenseUrl": "https://vrm.dev/licenses/1.0/",
                    "otherLicenseUrl": LICENCE,
                    "avatarPermission": "everyone",
                    "allowExcessivelyViolentUsage": False,
                    "allowExcessivelySexualUsage": False,
                    "commercialUsage": "corporation",
                    "creditNotation": "unnecessary",
                    "allowRedistribution": True,
                    "modification": "allowModificationRedistribution",
                },
                "humanoid": {"humanBones": {bone: {"node": i} for i, bone in enumerate(self._bones)}},
                "expressions": {
                    "preset": {preset: expression(weights) for preset, weights in PRESETS.items()},
                    "custom": {weight: expression({weight: 1.0}) for weight in morph_names},
                },
                "lookAt": {"type": "bone", "offsetFromHeadBone": [0, *(round(float(x), 5) for x in eyes[1:])]}
                | {f"rangeMap{way}": turn for way in ways},
                "firstPerson": {
                    "meshAnnotations": [
                        {"node": node, "type": "thirdPersonOnly" if mesh in hidden_from_inside else "both"}
                        for mesh, node in self._meshes.items()
                    ]
                },
            }
        }
        return self.file()
