"""VRM files turned to our axes, whatever version and however their nodes rest."""

from pathlib import Path

import numpy as np
import pytest

from tests.stage import made_avatar
from vrtrainer import choices
from vrtrainer.human import body as bodies
from vrtrainer.human import pose as poses
from vrtrainer.human import rotations
from vrtrainer.human.face import INDEX as FACE
from vrtrainer.human.pose import Pose
from vrtrainer.human.skeleton import INDEX, JOINTS, J
from vrtrainer.human.transform import IDENTITY, Transform
from vrtrainer.stage import vrm
from vrtrainer.stage.joints import Joints

NAMES = choices.listing(choices.content("avatars"))


def some_pose(body, seed=3):
    rng = np.random.default_rng(seed)
    turned = rotations.from_rotation_vector(rng.normal(0, 0.5, (J, 3)))
    return Pose(turned, body.offsets[0] + [0.1, 0.0, -0.2], np.zeros(52))


@pytest.fixture(params=NAMES)
def avatar(request):
    return vrm.load(choices.content("avatars") / request.param)


def test_an_avatar_faces_minus_z_with_its_left_at_minus_x_and_its_feet_on_the_floor(avatar):
    at = avatar.body.rest_positions()
    assert at[INDEX["leftHand"], 0] < -0.2 < 0.2 < at[INDEX["rightHand"], 0]
    assert at[INDEX["leftToes"], 2] < at[INDEX["leftFoot"], 2]
    assert at[INDEX["leftIndexProximal"], 2] < at[INDEX["leftLittleProximal"], 2]
    assert abs(avatar.positions[:, 1].min()) < 0.02
    assert np.isfinite(avatar.body.offsets).all()


def test_both_sides_of_an_avatar_have_the_same_measures(avatar):
    from vrtrainer.human.skeleton import MIRROR

    mirrored = avatar.body.offsets[MIRROR] * [-1, 1, 1]
    assert np.abs(mirrored - avatar.body.offsets)[1:].max() < 0.006


def test_fingertips_lie_at_the_end_of_the_mesh(avatar):
    at = avatar.body.rest_positions()
    for finger in ("Index", "Middle", "Ring", "Little"):
        tip, last = at[INDEX[f"left{finger}Tip"]], at[INDEX[f"left{finger}Distal"]]
        assert 0.006 < np.linalg.norm(tip - last) < 0.03, finger


def test_the_built_in_child_shows_all_52_weights():
    child = vrm.load(choices.content("avatars") / "noor")
    assert child.impossible == ()
    assert child.eyes


def test_matrices_are_those_of_forward_kinematics(avatar):
    pose = some_pose(avatar.body)
    there = Transform(np.array([1.0, 0.5, -1.5]), rotations.from_axis_angle([0, 1.0, 0], 2.0))
    joints = Joints(avatar.body, avatar.extra)
    joints.place(pose, there)
    wanted = there.apply(poses.placed(pose, avatar.body))
    assert np.allclose([joints.position(k) for k in range(J)], wanted, atol=1e-5)
    rest = avatar.body.rest_positions()
    carried = np.einsum("jab,jb->ja", joints.matrices[:J], np.concatenate([rest, np.ones((J, 1))], axis=1))
    assert np.allclose(carried, wanted, atol=1e-5)


def test_at_rest_no_vertex_moves(avatar):
    joints = Joints(avatar.body, avatar.extra)
    matrices = joints.place(poses.rest(avatar.body), IDENTITY)
    assert np.allclose(matrices[:, :, :3], np.eye(3), atol=1e-6)
    assert np.abs(matrices[:, :, 3]).max() < 1e-6


def skinned(model, pose):
    matrices = Joints(model.body, model.extra).place(pose, IDENTITY)
    points = np.concatenate([model.positions, np.ones((len(model.positions), 1))], axis=1)
    return np.einsum("vk,vkab,vb->va", model.weights, matrices[model.joints], points)


@pytest.mark.parametrize("seed", range(4))
def test_how_the_nodes_of_a_file_rest_makes_no_difference(seed):
    plain, turned = (vrm.read(made_avatar.vrm(s), "made.vrm") for s in (None, seed))
    assert np.allclose(plain.body.offsets, turned.body.offsets, atol=1e-5)
    pose = some_pose(plain.body, seed)
    assert np.allclose(skinned(plain, pose), skinned(turned, pose), atol=1e-4)


def test_vertices_move_as_the_joint_that_they_hang_on():
    model = vrm.read(made_avatar.vrm(1), "made.vrm")
    pose = some_pose(model.body)
    at = poses.placed(pose, model.body)
    moved = skinned(model, pose).reshape(-1, 3, 3)
    for k, bone in enumerate(made_avatar.BONES):
        assert np.allclose(moved[k, 0], at[INDEX[bone]], atol=1e-4), bone


def test_version_0_gives_the_same_body_as_version_1():
    new, old = vrm.read(made_avatar.vrm(2), "new.vrm"), vrm.read(made_avatar.vrm(2, old=True), "old.vrm")
    assert np.allclose(new.body.offsets, old.body.offsets, atol=1e-4)
    assert np.allclose(new.positions[0::3], old.positions[0::3], atol=1e-5)


def test_joints_that_a_file_lacks_stand_where_they_would_be():
    model = vrm.read(made_avatar.vrm(), "made.vrm")
    wanted = bodies.of_height(1.2).rest_positions()
    off = np.linalg.norm(model.body.rest_positions() - wanted, axis=1)
    for name in ("upperChest", "leftPalm", "leftIndexTip", "rightThumbTip", "leftEye", "rightRingMetacarpal"):
        assert off[INDEX[name]] < 0.035, name
    assert off.max() < 0.05, JOINTS[off.argmax()]


def test_expressions_are_found_by_name_whatever_the_case_and_put_together_from_presets_else():
    model = vrm.read(made_avatar.vrm(expressions={"JawOpen": [(0, 1.0)], "happy": [(1, 1.0)]}), "made.vrm")
    assert np.isclose(model.morphs[FACE["jawOpen"]][:, 1].max(), 0.1)
    # Aside is +X in the file, which faces +Z; turned round it is -X.
    assert np.isclose(model.morphs[FACE["mouthSmileLeft"]][:, 0].min(), -0.05)
    assert "cheekPuff" in model.impossible
    assert "jawOpen" not in model.impossible


def test_version_0_weights_run_to_100_and_its_presets_have_other_names():
    expressions = {"joy": [(1, 0.5)], "a": [(0, 1.0)], "Cheekpuff": [(0, 0.3)]}
    model = vrm.read(made_avatar.vrm(old=True, expressions=expressions), "made.vrm")
    assert np.isclose(model.morphs[FACE["mouthSmileRight"]][:, 0].max(), 0.025)
    assert np.isclose(model.morphs[FACE["jawOpen"]][:, 1].max(), 0.1)
    assert np.isclose(model.morphs[FACE["cheekPuff"]][:, 1].max(), 0.03)


def test_a_missing_folder_a_broken_file_and_a_file_without_bones_say_what_to_do(tmp_path):
    with pytest.raises(vrm.AvatarError, match="is missing; put a VRM model there"):
        vrm.load(tmp_path / "nobody")
    (tmp_path / "model.vrm").write_bytes(b"not a model")
    with pytest.raises(vrm.AvatarError, match=r"model\.vrm.*begins with"):
        vrm.load(tmp_path)
    plain = Path(choices.content("scenes")).glob("*/model.glb")
    with pytest.raises(vrm.AvatarError, match="without VRM's bones"):
        vrm.load(next(plain))


def test_an_avatar_is_read_once(avatar):
    folder = choices.content("avatars") / NAMES[0]
    assert vrm.load(folder) is vrm.load(folder)
