"""Every folder of avatars/ holds a VRM 1.0 avatar that all gestures and expressions fit, with its licence beside it."""

import tomllib

import numpy as np
import pytest

from tests.avatars import gltf_checks
from vrtrainer import choices
from vrtrainer.human.face import WEIGHTS
from vrtrainer.human.skeleton import PARENT_NAME, VRM_BONES

AVATARS = choices.content("avatars")
NAMES = choices.listing(AVATARS)
NEEDED = set(VRM_BONES) - {"jaw"}  # the 52 weights move the jaw
PRESETS = {
    "happy", "angry", "sad", "relaxed", "surprised", "aa", "ih", "ou", "ee", "oh", "blink", "blinkLeft", "blinkRight",
}  # fmt: skip
MEGABYTES, TRIANGLES = 5.0, 40_000  # a learner's laptop draws two avatars twice, once an eye


@pytest.fixture(params=NAMES, scope="module")
def folder(request):
    return AVATARS / request.param


@pytest.fixture(scope="module")
def table(folder):
    return tomllib.loads((folder / "avatar.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def gltf(folder):
    return gltf_checks.read(folder / "model.vrm")


@pytest.fixture(scope="module")
def vrm(gltf):
    return gltf.json["extensions"]["VRMC_vrm"]


def positions_at_rest(gltf, vrm):
    """Bone to its place in the world, by adding up translations."""
    nodes = gltf.json["nodes"]
    parent = {child: number for number, node in enumerate(nodes) for child in node.get("children", ())}
    out = {}
    for bone, entry in vrm["humanoid"]["humanBones"].items():
        at, number = np.zeros(3), entry["node"]
        while number is not None:
            at += nodes[number].get("translation", [0, 0, 0])
            number = parent.get(number)
        out[bone] = at
    return out


def test_there_are_a_child_and_a_robot():
    kinds = {tomllib.loads((AVATARS / n / "avatar.toml").read_text(encoding="utf-8"))["kind"] for n in NAMES}
    assert {"child", "robot"} <= kinds


def test_it_says_who_it_is_in_both_languages_and_whose_work_it_is(folder, table):
    assert set(table["name"]) >= {"nl", "en"}
    assert table["kind"] in ("child", "adult", "robot")
    assert table["sources"]
    licence = (folder / "LICENCE").read_text(encoding="utf-8")
    assert "CC0" in licence
    assert table["licence"] == "CC0-1.0"


def test_it_is_small_enough_to_be_drawn_and_downloaded(folder, table, gltf):
    assert (folder / "model.vrm").stat().st_size < MEGABYTES * 1e6
    assert gltf.triangles() == table["triangles"]
    assert table["triangles"] <= TRIANGLES


def test_its_buffers_and_meshes_are_sound(gltf):
    gltf_checks.check_meshes(gltf)


def test_every_vertex_hangs_wholly_on_bones_that_there_are(gltf):
    joints = len(gltf.json["skins"][0]["joints"])
    for node, primitive in gltf.primitives():
        assert node["skin"] == 0
        shares = gltf.values(primitive["attributes"]["WEIGHTS_0"])
        owners = gltf.values(primitive["attributes"]["JOINTS_0"])
        np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)
        assert shares.min() >= 0
        assert owners.max() < joints
        assert (owners[shares == 0] == 0).all(), "a share of 0 names a bone (glTF 3.7.3.3)"


def test_it_has_all_fingers_eyes_and_toes_hanging_together_as_vrm_says(gltf, vrm):
    bones = {name: entry["node"] for name, entry in vrm["humanoid"]["humanBones"].items()}
    assert set(bones) >= NEEDED
    assert len(set(bones.values())) == len(bones)
    parent = {c: n for n, node in enumerate(gltf.json["nodes"]) for c in node.get("children", ())}
    for bone in NEEDED - {"hips"}:
        assert parent[bones[bone]] == bones[PARENT_NAME[bone]], f"{bone} does not hang on {PARENT_NAME[bone]}"


def test_it_rests_in_t_pose_without_rotations_facing_plus_z(gltf, vrm):
    for node in gltf.json["nodes"]:
        assert "rotation" not in node
        assert "scale" not in node
        assert "matrix" not in node
    at = positions_at_rest(gltf, vrm)
    for side, x in (("left", 1), ("right", -1)):
        shoulder, elbow, wrist = (at[side + b] for b in ("UpperArm", "LowerArm", "Hand"))
        for start, end in ((shoulder, elbow), (elbow, wrist)):
            np.testing.assert_allclose((end - start) / np.linalg.norm(end - start), [x, 0, 0], atol=0.02)
        assert at[side + "Toes"][2] > at[side + "Foot"][2] + 0.03, "toes point to +Z"
        thumb = at[side + "ThumbDistal"] - at[side + "ThumbMetacarpal"]
        assert thumb[2] > 0.01, "thumbs point forward, palms down"
        knee, hip = at[side + "LowerLeg"], at[side + "UpperLeg"]
        assert abs(knee[0] - hip[0]) < 0.06


def test_its_skin_is_bound_where_its_bones_rest(gltf, vrm):
    bind = gltf.values(gltf.json["skins"][0]["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)
    at = positions_at_rest(gltf, vrm)
    joints = gltf.json["skins"][0]["joints"]
    for bone, entry in vrm["humanoid"]["humanBones"].items():
        np.testing.assert_allclose(bind[joints.index(entry["node"])][:3, 3], -at[bone], atol=1e-5)


def test_it_stands_on_the_floor_as_tall_as_it_says(gltf, table):
    heights = [gltf.values(p["attributes"]["POSITION"])[:, 1] for _, p in gltf.primitives()]
    assert abs(min(h.min() for h in heights)) < 0.002
    # Hair may stand above the crown.
    assert 0 <= max(h.max() for h in heights) - table["height_m"] + 0.006 < 0.05
    assert 1.2 <= table["height_m"] <= 1.5 or table["kind"] == "adult"


def test_it_can_make_all_52_face_weights_and_the_presets(gltf, vrm, table):
    expressions = vrm["expressions"]
    assert set(expressions["custom"]) == set(WEIGHTS)
    assert set(expressions["preset"]) >= PRESETS
    meshes, nodes = gltf.json["meshes"], gltf.json["nodes"]
    still = set()
    for name, expression in expressions["custom"].items():
        (bind,) = expression["morphTargetBinds"]
        mesh = meshes[nodes[bind["node"]]["mesh"]]
        assert mesh["extras"]["targetNames"][bind["index"]] == name
        shifts = [gltf.values(p["targets"][bind["index"]]["POSITION"]) for p in mesh["primitives"]]
        moved = max(np.abs(s).max() for s in shifts)
        assert moved < 0.08, f"{name} moves the face by {moved:.3f} m"
        if moved < 5e-4 and not name.startswith("eyeLook"):  # the eyes turn by their bones
            still.add(name)
    assert still == set(table["cannot_show"])


def test_left_and_right_weights_mirror_each_other(gltf, vrm):
    meshes, nodes = gltf.json["meshes"], gltf.json["nodes"]
    custom = vrm["expressions"]["custom"]

    def reach(name):
        (bind,) = custom[name]["morphTargetBinds"]
        mesh = meshes[nodes[bind["node"]]["mesh"]]
        shifts = np.concatenate([gltf.values(p["targets"][bind["index"]]["POSITION"]) for p in mesh["primitives"]])
        at = np.concatenate([gltf.values(p["attributes"]["POSITION"]) for p in mesh["primitives"]])
        amount = np.linalg.norm(shifts, axis=1)
        return (at[:, 0] * amount).sum() / amount.sum(), amount.max()

    for name in ("mouthSmile", "eyeBlink", "browDown", "cheekSquint"):
        (left_at, left), (right_at, right) = reach(f"{name}Left"), reach(f"{name}Right")
        assert left_at > 0 > right_at, f"{name}: left is +X in VRM 1.0"
        assert left == pytest.approx(right, rel=0.15)


def test_it_may_be_used_changed_and_passed_on(vrm):
    meta = vrm["meta"]
    assert meta["name"]
    assert meta["authors"]
    assert meta["licenseUrl"] == "https://vrm.dev/licenses/1.0/"
    assert meta["avatarPermission"] == "everyone"
    assert meta["allowRedistribution"]
    assert meta["modification"] == "allowModificationRedistribution"


def test_the_validator_of_khronos_finds_no_error(folder, gltf_errors):
    assert gltf_errors(folder / "model.vrm") == []
