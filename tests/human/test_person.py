"""Skeleton, observation, pose, motion, body and face together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrtrainer.human import body as bodies
from vrtrainer.human import face, motion, observation, pose, rotations, skeleton
from vrtrainer.human.observation import ABSENT, MEASURED, MODELLED
from vrtrainer.human.skeleton import INDEX, JOINTS, MIRROR, PARENT, J

SEEDS = st.integers(0, 10_000)


def random_pose(rng, body):
    """Anybody's possible posture: limbs swung, elbows and fingers bent the way they bend."""
    local = np.tile(rotations.IDENTITY, (J, 1))
    for name in ("hips", "head", "leftUpperArm", "rightUpperArm", "leftUpperLeg", "rightUpperLeg"):
        local[INDEX[name]] = rotations.from_rotation_vector(rng.normal(0, 0.5, 3))
    for side, sign in (("left", -1), ("right", 1)):
        local[INDEX[f"{side}LowerArm"]] = rotations.from_axis_angle([0, 1.0, 0], sign * rng.uniform(0.3, 2.2))
        for finger in skeleton.FINGERS[1:]:
            for name in ("Proximal", "Intermediate", "Distal"):
                bend = rotations.from_axis_angle([0, 0, 1.0], -sign * rng.uniform(0, 1.5))
                local[INDEX[f"{side}{finger}{name}"]] = bend
    return pose.Pose(local, np.array([rng.normal(0, 0.3), body.offsets[0, 1], rng.normal(0, 0.3)]), rng.random(52))


def test_there_are_75_joints_55_of_them_vrm_bones_and_every_parent_comes_first():
    assert (J, len(skeleton.VRM_BONES)) == (75, 55)
    assert all(PARENT[i] < i for i in range(1, J))
    assert set(skeleton.VRM_BONES) <= set(JOINTS)


def test_mirroring_names_twice_is_identity_and_keeps_parents():
    assert np.array_equal(MIRROR[MIRROR], np.arange(J))
    assert np.array_equal(face.MIRROR[face.MIRROR], np.arange(52))
    assert all(MIRROR[PARENT[i]] == PARENT[MIRROR[i]] for i in range(1, J))


def test_all_26_openxr_hand_joints_have_a_place_of_their_own():
    for side in skeleton.SIDES:
        places = skeleton.xr_hand_joints(side)
        assert len(places) == len(set(places)) == 26
        assert JOINTS[places[1]] == f"{side}Hand"
        assert JOINTS[places[5]] == f"{side}ThumbTip"
        assert JOINTS[places[25]] == f"{side}LittleTip"


def test_the_thumbs_of_a_resting_body_point_forward_and_inward_palms_down():
    at = bodies.of_height(1.7).rest_positions()
    for side in skeleton.SIDES:
        hand, thumb, little = (at[INDEX[f"{side}{n}"]] for n in ("Hand", "ThumbTip", "LittleTip"))
        assert thumb[2] < hand[2] < little[2]  # facing -Z with palms down: thumbs to the front
    assert at[INDEX["leftHand"], 0] < 0 < at[INDEX["rightHand"], 0]


@given(SEEDS)
def test_a_mirrored_pose_has_mirrored_positions_and_the_other_hands_chirality(seed):
    rng = np.random.default_rng(seed)
    body = bodies.random(rng)
    one = random_pose(rng, body)
    other = pose.mirrored(one)
    flipped = pose.placed(one, body)[MIRROR] * np.array([-1.0, 1, 1])
    assert np.allclose(pose.placed(other, body), flipped, atol=1e-9)
    back = pose.mirrored(other)
    assert np.allclose(back.rotations, one.rotations, atol=1e-12)
    assert np.array_equal(back.face, one.face)

    def chirality(at, side):
        hand, index, little, thumb = (
            at[INDEX[f"{side}{n}"]] for n in ("Hand", "IndexProximal", "LittleProximal", "ThumbTip")
        )
        return np.sign(np.cross(index - hand, little - hand) @ (thumb - hand))

    for at in (pose.placed(one, body), pose.placed(other, body)):
        assert chirality(at, "left") == -chirality(at, "right")


@given(SEEDS)
def test_a_pose_seen_by_its_joints_is_found_again(seed):
    rng = np.random.default_rng(seed)
    body = bodies.random(rng)
    one = random_pose(rng, body)
    at, turned = pose.forward(one.rotations, one.hips, body.offsets)
    head = np.full((J, 4), np.nan)
    head[INDEX["head"]] = rotations.from_matrix(turned[INDEX["head"]])
    local, hips, how = pose.fit(at[None], head[None], np.full((1, J), MEASURED, np.uint8), body)
    again = pose.forward(local, hips, body.offsets)[0][0]
    assert np.linalg.norm(again - at, axis=1).max() < 0.012
    assert (how == MEASURED).all()


@given(SEEDS)
def test_what_was_not_seen_is_modelled_and_finite(seed):
    rng = np.random.default_rng(seed)
    body = bodies.random(rng)
    one = random_pose(rng, body)
    at, _ = pose.forward(one.rotations, one.hips, body.offsets)
    how = np.where(rng.random(J) < 0.5, MEASURED, ABSENT).astype(np.uint8)
    seen = observation.nothing("test")
    seen.positions[how == MEASURED] = at[how == MEASURED]
    seen.how[:] = how
    solved, filled = pose.solve(seen, body)
    assert np.isfinite(solved.rotations).all()
    assert np.isfinite(solved.hips).all()
    assert np.array_equal(filled == MEASURED, how == MEASURED)
    assert set(filled[how == ABSENT]) <= {MODELLED}


@given(SEEDS)
def test_a_headset_and_two_hands_put_the_hands_where_they_are(seed):
    rng = np.random.default_rng(seed)
    body = bodies.of_height(1.6)
    one = random_pose(rng, body)
    one.rotations[0] = rotations.IDENTITY
    at, turned = pose.forward(one.rotations, one.hips, body.offsets)
    seen = observation.nothing("test")
    for name in ("head", "leftHand", "rightHand"):
        seen.positions[INDEX[name]] = at[INDEX[name]]
        seen.rotations[INDEX[name]] = rotations.from_matrix(turned[INDEX[name]])
        seen.how[INDEX[name]] = MEASURED
    solved, _ = pose.solve(seen, body)
    again = pose.placed(solved, body)
    for name in ("leftHand", "rightHand"):
        reach = np.linalg.norm(at[INDEX[name]] - again[INDEX[f"{name[:-4]}UpperArm"]])
        if reach < 0.95 * body.arm_length(name[:-4]):  # the modelled shoulder may stand a little too far away
            assert np.linalg.norm(again[INDEX[name]] - at[INDEX[name]]) < 0.02


@given(SEEDS, st.booleans())
def test_packing_keeps_a_quantised_observation_bit_for_bit(seed, with_face):
    rng = np.random.default_rng(seed)
    seen = observation.nothing("test", frozenset({"ready"} if seed % 2 else ()))
    known = rng.random(J) < 0.7
    seen.positions[known] = rng.normal(0, 1, (known.sum(), 3))
    seen.rotations[known] = rotations.normalise(rng.normal(size=(known.sum(), 4)))
    seen.how[known] = rng.integers(1, 4, known.sum())
    if with_face:
        from dataclasses import replace

        seen = replace(seen, face=rng.random(52), face_how=3)
    rounded = observation.quantised(seen)
    back = observation.unpack(observation.pack(rounded), "test")
    if not known.any():
        return
    for name in ("positions", "rotations", "how", "face", "sample_time", "pointer", "gaze"):
        one, other = getattr(back, name), getattr(rounded, name)
        assert np.array_equal(one, other, equal_nan=True), name
        if one.dtype.kind == "f":  # the sign of zero too
            assert np.array_equal(np.signbit(one)[~np.isnan(one)], np.signbit(other)[~np.isnan(other)]), name
    assert back.acts == rounded.acts
    assert back.face_how == rounded.face_how
    assert np.nanmax(np.abs(rounded.positions - seen.positions), initial=0) <= 0.5e-4 + 1e-12


def test_rounding_twice_changes_nothing():
    seen = observation.nothing("test")
    seen.positions[:] = np.random.default_rng(0).normal(size=(J, 3))
    once = observation.quantised(seen)
    assert np.array_equal(observation.quantised(once).positions, once.positions)


def test_while_waiting_only_acts_and_pointer_are_kept():
    seen = observation.nothing("test", frozenset({"stop"}))
    seen.positions[:], seen.how[:] = 1.0, MEASURED
    back = observation.unpack(observation.pack(seen, joints=False), "test")
    assert back.acts == {"stop"}
    assert not back.how.any()


@pytest.mark.parametrize("data", [b"", b"\x00" * 60, b"\x02" * 200])
def test_bytes_of_another_layout_are_refused(data):
    with pytest.raises(ValueError, match="expected layout 01"):
        observation.unpack(data, "test")


@given(st.floats(0.9, 2.1), SEEDS)
def test_a_measured_body_has_the_lengths_that_were_seen(height, seed):
    rng = np.random.default_rng(seed)
    body = bodies.of_height(height)
    at = np.stack([pose.placed(random_pose(rng, body), body) for _ in range(20)])
    found = bodies.measured(at + rng.normal(0, 0.002, at.shape), bodies.of_height(1.4))
    for joint in ("leftLowerArm", "rightHand", "leftFoot"):
        assert found.length(joint) == pytest.approx(body.length(joint), rel=0.05)
    assert found.height == pytest.approx(height, rel=0.12)


def test_a_motion_holds_its_first_and_last_pose_and_mirrors_twice_to_itself():
    rng = np.random.default_rng(3)
    body = bodies.of_height(1.4)
    moved = motion.of_poses([0.0, 0.5, 1.0], [random_pose(rng, body) for _ in range(3)])
    assert np.array_equal(moved.sample(-1).rotations, moved.rotations[0])
    assert np.array_equal(moved.sample(9).rotations, moved.rotations[-1])
    assert np.allclose(motion.mirrored(motion.mirrored(moved)).rotations, moved.rotations)
    again = motion.retimed(moved, np.array([0.0, 0.25, 0.5, 0.75, 1.0]))
    for k, time in enumerate(again.times):
        assert np.allclose(again.rotations[k], moved.sample(float(time)).rotations)


def test_action_units_give_weights_and_unknown_ones_say_what_there_is():
    smile = face.weights_of({"12": 1.0, "L6": 0.5})
    assert smile[face.INDEX["mouthSmileRight"]] == 1.0
    assert smile[face.INDEX["cheekSquintLeft"]] == 0.5
    assert smile[face.INDEX["cheekSquintRight"]] == 0.0
    with pytest.raises(ValueError, match="no action unit '99'"):
        face.weights_of({"99": 1.0})


def test_where_the_eyes_look_is_part_of_no_scored_part():
    looked = {i for n, i in face.INDEX.items() if n.startswith("eyeLook")}
    assert not looked & set(np.concatenate(list(face.PARTS.values())))
