"""A body that moves along: hands where they should be, nothing that jumps, nothing that bends as people do not."""

import time as clock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.human import moving
from vrtrainer import choices
from vrtrainer.gestures import library
from vrtrainer.gestures.perform import perform, relaxed
from vrtrainer.human import body as bodies
from vrtrainer.human import follow, reach, rotations
from vrtrainer.human import pose as poses
from vrtrainer.human.ease import POINT_SPEED, OneEuro
from vrtrainer.human.face import INDEX as FACE
from vrtrainer.human.observation import ABSENT, INFERRED, MEASURED
from vrtrainer.human.skeleton import INDEX, PART_INDEX, SIDES, J, indices

FIVE = [bodies.of_height(h) for h in (0.95, 1.2, 1.4, 1.7, 2.0)]
LEARNER = bodies.of_height(1.35)
WRISTS, SHOULDERS = indices("@Hand"), indices("@UpperArm")
HANGING = np.array([[-0.05, -0.42, 0.0], [0.05, -0.42, 0.0]])


def stood(follower, seen, seconds=1.5, start=0.0, rate=60):
    """The pose after somebody was seen so for a while."""
    for k in range(int(seconds * rate)):
        pose = follower.step(start + k / rate, seen)
    return pose


def placed(pose, body):
    return poses.placed(pose, body)


def directions():
    """Where arms reach without going through their own body: from the shoulder, in units of the arm."""
    rng = np.random.default_rng(5)
    out = []
    while len(out) < 24:
        v = rng.normal(size=3)
        v *= rng.uniform(0.45, 0.95) / np.linalg.norm(v)
        if v[2] < -0.3 and v[0] > -0.15:
            out.append(v)
    return out


@pytest.mark.parametrize("body", FIVE, ids=lambda b: f"{b.height:.2f}")
def test_hands_are_where_they_should_be_within_3_cm_on_five_sizes_of_body(body):
    off = []
    for v in directions():
        left, right = v * [-1, 1, 1] * LEARNER.arm_length("left"), v * LEARNER.arm_length("right")
        follower = follow.Follower(body, relaxed(body), LEARNER, mirror=False)
        at = placed(stood(follower, moving.reaching(LEARNER, (left, right))), body)
        for side, wrist, shoulder, seen in zip(SIDES, WRISTS, SHOULDERS, (left, right), strict=True):
            ideal = seen * body.arm_length(side) / LEARNER.arm_length(side)
            # From the shoulder's own place, as the collar bone lifts on both bodies.
            off.append(np.linalg.norm(at[wrist] - body.rest_positions()[shoulder] - ideal))
    assert max(off) < 0.03


def test_a_body_that_is_seen_whole_is_followed_with_trunk_and_elbows():
    rng = np.random.default_rng(2)
    worst = 0.0
    for v in directions():
        who = bodies.random(rng)
        pose = relaxed(who)
        turned = pose.rotations.copy()
        turned[INDEX["spine"]] = rotations.from_axis_angle([1.0, 0.0, 0.0], -0.3)
        turned[INDEX["rightUpperArm"]] = rotations.between(np.array([1.0, 0.0, 0.0]), v)
        turned[INDEX["rightLowerArm"]] = rotations.from_axis_angle([0.0, 1.0, 0.0], 1.0)
        pose = poses.Pose(turned, pose.hips, pose.face)
        body = FIVE[3]
        follower = follow.Follower(body, relaxed(body), who, mirror=False)
        shown = stood(follower, moving.seen(pose, who))
        theirs, ours = placed(pose, who), placed(shown, body)
        bones = []
        for at in (theirs, ours):
            upper, fore = at[INDEX["rightLowerArm"]] - at[SHOULDERS[1]], at[WRISTS[1]] - at[INDEX["rightLowerArm"]]
            bones.append((upper / np.linalg.norm(upper), fore / np.linalg.norm(fore)))
        lean = [at[INDEX["neck"]] - at[INDEX["hips"]] for at in (theirs, ours)]
        lean = [v / np.linalg.norm(v) for v in lean]
        assert lean[0] @ lean[1] > np.cos(0.12)
        worst = max(worst, *(np.arccos(np.clip(a @ b, -1, 1)) for a, b in zip(*bones, strict=True)))
    assert worst < np.radians(25)


@pytest.mark.parametrize(("mirror", "raised"), [(True, 1), (False, 0)])
def test_a_left_hand_is_answered_with_the_right_one_as_in_a_mirror_or_with_the_same_side(mirror, raised):
    body = FIVE[3]
    seen = moving.reaching(LEARNER, ([-0.2, 0.25, -0.15], HANGING[1]), head=(0.4, 0.0))
    pose = stood(follow.Follower(body, relaxed(body), LEARNER, mirror), seen)
    at = placed(pose, body)
    assert at[WRISTS[raised], 1] > at[SHOULDERS[raised], 1] > at[WRISTS[1 - raised], 1]
    # The learner's head turned to their left: in the mirror that is the figure's right.
    world = poses.forward(pose.rotations, pose.hips, body.offsets)[1][INDEX["head"]]
    assert np.sign(world[0, 2]) == (-1 if mirror else 1)


def test_the_head_turns_and_nods_as_far_as_it_was_seen_to():
    body = FIVE[3]
    for yaw, pitch in ((0.6, 0.0), (-0.5, 0.3), (0.0, -0.5)):
        seen = moving.reaching(LEARNER, HANGING, head=(yaw, pitch))
        pose = stood(follow.Follower(body, relaxed(body), LEARNER, mirror=False), seen, 0.8)
        world = rotations.from_matrix(poses.forward(pose.rotations, pose.hips, body.offsets)[1][INDEX["head"]])
        assert rotations.angle_between(world, seen.rotations[INDEX["head"]]) < np.radians(6)


@pytest.mark.parametrize("name", ["wave", "stop_hand", "thumbs_up", "arms_forward", "drum", "fist"])
def test_palms_face_where_the_learners_do(name):
    body = FIVE[3]
    performed = perform(library.load(choices.content("assets") / "gestures")[name], LEARNER)
    points = performed.points
    pose = performed.motion.sample((points["stroke_start"] + points["stroke_end"]) / 2)
    seen = moving.seen(pose, LEARNER, moving.HEADSET)
    shown = stood(follow.Follower(body, relaxed(body), LEARNER, mirror=False), seen)
    turned = rotations.from_matrix(poses.forward(shown.rotations, shown.hips, body.offsets)[1][WRISTS])
    acting = WRISTS if performed.side == "both" else WRISTS[[SIDES.index(performed.side)]]
    away = rotations.angle_between(turned[[list(WRISTS).index(w) for w in acting]], seen.rotations[acting])
    assert np.degrees(away).max() < 8


def test_a_hand_on_the_head_is_on_the_head_of_any_body():
    who = LEARNER
    at = who.rest_positions()
    top = at[INDEX["head"]] + [0.1 * who.height, 0.1 * who.height, 0.0]
    for body in FIVE:
        seen = moving.reaching(who, (HANGING[0], top - at[SHOULDERS[1]]))
        there = placed(stood(follow.Follower(body, relaxed(body), who, mirror=False), seen), body)
        ideal = there[INDEX["head"]] + (top - at[INDEX["head"]]) * body.height / who.height
        assert np.linalg.norm(there[WRISTS[1]] - ideal) < 0.03 * max(1.0, body.height / who.height)


def test_hands_that_meet_meet_on_a_body_with_other_shoulders():
    who = bodies.random(np.random.default_rng(8))
    gap = who.rest_positions()[SHOULDERS[1], 0]
    wrists = [np.array([s * (0.04 - gap), -0.1, -0.28]) for s in (-1.0, 1.0)]
    for body in FIVE:
        at = placed(stood(follow.Follower(body, relaxed(body), who), moving.reaching(who, wrists)), body)
        assert 0.02 < at[WRISTS[1], 0] - at[WRISTS[0], 0] < 0.16


def test_fingers_curl_as_they_were_seen_to():
    body, pose = FIVE[3], relaxed(LEARNER)
    turned = pose.rotations.copy()
    flex = {f"right{f}{k}": a for f in ("Index", "Ring") for k, a in (("Proximal", 0.9), ("Intermediate", 1.2))}
    for name, angle in flex.items():
        turned[INDEX[name]] = rotations.from_axis_angle([0.0, 0.0, -1.0], angle)
    seen = moving.seen(poses.Pose(turned, pose.hips, pose.face), LEARNER)
    shown = stood(follow.Follower(body, relaxed(body), LEARNER, mirror=False), seen)
    for name, angle in flex.items():
        assert rotations.angle_between(shown.rotations[INDEX[name]], rotations.IDENTITY) == pytest.approx(
            angle, abs=0.1
        )


def test_a_face_is_followed_only_when_that_was_allowed():
    face = np.zeros(52)
    face[FACE["mouthSmileLeft"]] = 0.8
    seen = moving.seen(relaxed(LEARNER), LEARNER, moving.HEADSET, face)
    for allowed in (True, False):
        pose = stood(follow.Follower(FIVE[3], learner=LEARNER, face=allowed), seen)
        assert pose.face[FACE["mouthSmileRight"]] == pytest.approx(0.8 if allowed else 0.0, abs=0.01)
        assert pose.face[FACE["mouthSmileLeft"]] == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize("lost_as", [ABSENT, INFERRED])
def test_a_hand_that_is_lost_eases_to_rest_and_back(lost_as):
    body, rate = FIVE[3], 60
    follower = follow.Follower(body, relaxed(body), LEARNER, mirror=False)
    seen = moving.reaching(LEARNER, (HANGING[0], [0.1, 0.2, -0.3]))
    gone = moving.observed(seen.positions, seen.rotations, seen.how.copy())
    gone.how[PART_INDEX["rightHand"]] = lost_as
    stood(follower, seen)
    path = [placed(follower.step(2.0 + k / rate, gone), body)[WRISTS[1]] for k in range(90)]
    path += [placed(follower.step(3.5 + k / rate, seen), body)[WRISTS[1]] for k in range(90)]
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    assert steps.max() < 3.5 / rate
    rest = placed(relaxed(body), body)[WRISTS[1]]
    assert np.linalg.norm(path[60] - rest) < 0.01
    assert np.linalg.norm(path[-1] - rest) > 0.3


def test_nobody_is_the_pose_at_rest_to_the_last_bit():
    body = FIVE[2]
    rest = relaxed(body)
    gone = moving.observed(np.zeros((J, 3)), np.zeros((J, 4)), np.zeros(J, np.uint8))
    pose = stood(follow.Follower(body, rest, LEARNER), gone)
    assert np.array_equal(pose.rotations, rest.rotations)
    assert np.array_equal(pose.hips, rest.hips)


def test_the_reach_of_somebody_unknown_is_learnt_from_what_is_seen():
    body = FIVE[3]
    who = bodies.of_height(1.7)
    stretched = who.arm_length("right") * np.array([0.1, 0.0, -0.99])
    follower = follow.Follower(body, relaxed(body), None, mirror=False)
    stood(follower, moving.reaching(who, (HANGING[0], stretched)), 3.0)
    assert follower.reaches[1] == pytest.approx(who.arm_length("right"), rel=0.15)


def test_who_turns_right_round_or_walks_away_is_still_followed_facing():
    body = FIVE[3]
    follower = follow.Follower(body, relaxed(body), LEARNER)
    seen = moving.reaching(LEARNER, ([-0.1, 0.1, -0.3], [0.1, 0.1, -0.3]))
    about = rotations.from_axis_angle([0.0, 1.0, 0.0], np.pi)
    turned = moving.observed(
        rotations.rotate(about, seen.positions) + np.array([3.0, 0.0, 2.0]),
        rotations.multiply(about, seen.rotations),
        seen.how,
    )
    at = placed(stood(follower, turned, 8.0), body)
    assert (at[WRISTS, 2] < -0.1).all()
    assert np.abs(at[INDEX["hips"], [0, 2]]).max() < 0.15


point = st.floats(-5.0, 5.0) | st.sampled_from([0.0, np.nan, np.inf, 1e6])
rows = st.lists(
    st.tuples(st.integers(0, 2**31), st.floats(0.0, 1.0), st.sampled_from([0.02, 0.3, 5.0, 1e5])),
    min_size=4,
    max_size=24,
)


@settings(deadline=None, max_examples=60)
@given(rows, st.sampled_from([15, 30, 90]), st.booleans(), st.booleans())
def test_whatever_is_seen_the_pose_is_finite_within_limits_and_outside_itself(rows, rate, mirror, known):
    body = FIVE[2]
    follower = follow.Follower(body, relaxed(body), LEARNER if known else None, mirror, face=True)
    rest = moving.seen(relaxed(LEARNER), LEARNER)
    before = None
    for k, (seed, gone, far) in enumerate(rows):
        rng = np.random.default_rng(seed)
        how = np.where(rng.random(J) < gone, rng.integers(0, 3, J), MEASURED).astype(np.uint8)
        turned = rotations.normalise(rng.normal(size=(J, 4)))
        positions = rest.positions + far * rng.normal(size=(J, 3))
        positions[rng.random(J) < 0.02] = np.nan
        face = np.where(rng.random(52) < 0.1, np.nan, rng.normal(size=52))
        for half in range(6):
            pose = follower.step((6 * k + half) / rate, moving.observed(positions, turned, how, face))
            assert np.isfinite(pose.rotations).all()
            assert np.allclose(np.linalg.norm(pose.rotations, axis=1), 1.0)
            assert ((pose.face >= 0) & (pose.face <= 1)).all()
            at = placed(pose, body)
            tips = at[indices(*(f"@{f}Tip" for f in ("Thumb", "Index", "Middle", "Ring", "Little")))]
            assert tips[:, 2].min() > -follow.NEAREST - 0.02
            assert np.linalg.norm(at[indices("@Foot")] - body.rest_positions()[indices("@Foot")], axis=1).max() < 0.02
            for bone in ("LowerArm", "Hand"):
                for side in SIDES:
                    parent = INDEX[f"{side}{'UpperArm' if bone == 'LowerArm' else 'LowerArm'}"]
                    length = np.linalg.norm(at[INDEX[f"{side}{bone}"]] - at[parent])
                    assert length == pytest.approx(body.length(f"{side}{bone}"), abs=1e-6)
            if before is not None:
                assert np.linalg.norm(at[INDEX["head"]] - before) < 0.6
            before = at[INDEX["head"]]


@settings(deadline=None, max_examples=200)
@given(st.tuples(*[st.floats(-0.6, 0.6)] * 3), st.sampled_from([0, 1]))
def test_a_wrist_is_never_inside_the_trunk_or_the_head(goal, arm):
    body = FIVE[3]
    aims = reach.nowhere()
    start = reach.POINT_COLUMNS.start + 3 * reach.WRISTS[arm]
    aims[start : start + 3] = goal
    pose = reach.Reach(body, relaxed(body), 0.75).pose(aims, np.ones(9))
    at = placed(pose, body)
    wrist, high = at[WRISTS[arm]], body.height
    trunk = at[INDEX["chest"]]
    if at[INDEX["hips"], 1] < wrist[1] < trunk[1] + 0.05 * high:
        assert np.hypot((wrist[0] - trunk[0]) / (0.105 * high), (wrist[2] - trunk[2]) / (0.072 * high)) > 0.9
    assert np.linalg.norm(wrist - at[INDEX["head"]] - [0.0, 0.06 * high, 0.0]) > 0.085 * high


def test_a_jump_of_the_tracker_is_no_jump_of_the_figure():
    body, rate = FIVE[3], 90
    follower = follow.Follower(body, relaxed(body), LEARNER, mirror=False)
    path = []
    for k in range(360):
        wrist = [0.1, 0.2, -0.3] if k % 60 < 30 else [0.3, -0.3, -0.1]
        seen = moving.reaching(LEARNER, (HANGING[0], wrist))
        path.append(placed(follower.step(k / rate, seen), body)[WRISTS[1]])
    # The shoulder moves too as the arm rises, so that a little is added to the wrist's own limit.
    assert np.linalg.norm(np.diff(path, axis=0), axis=1).max() * rate < 1.25 * POINT_SPEED


def test_tremor_is_taken_off_and_movement_is_not():
    rng, rate = np.random.default_rng(0), 90
    times = np.arange(270) / rate
    still, slow = OneEuro(), OneEuro()
    noise = rng.normal(0, 0.003, len(times))
    out = np.array([still.step(1 / rate, np.array([v]))[0] for v in noise])
    assert out[90:].std() < 0.4 * noise.std()
    way = 0.3 * np.sin(2 * np.pi * 0.8 * times)
    moved = np.array([slow.step(1 / rate, np.array([v]))[0] for v in way])
    assert np.abs(moved - way)[30:].max() < 0.08


def test_a_recorded_attempt_is_posed_at_once_for_another_body():
    who, body = LEARNER, FIVE[3]
    motion = np.stack(
        [moving.reaching(who, (HANGING[0], [0.2, 0.3 * np.sin(k / 9), -0.2])).positions for k in range(90)]
    )
    how = np.where(np.isfinite(motion).all(axis=2), MEASURED, ABSENT).astype(np.uint8)
    posed = follow.posed(motion, how, body, learner=who, rest=relaxed(body))
    assert posed.rotations.shape == (90, J, 4)
    assert posed.duration == pytest.approx(89 / 30)
    heights = posed.positions(body)[:, WRISTS[1], 1]
    assert np.corrcoef(heights, motion[:, WRISTS[1], 1])[0, 1] > 0.98
    assert np.isfinite(posed.rotations).all()
    start = clock.thread_time()
    follow.posed(motion, how, body, learner=who, rest=relaxed(body))
    assert (clock.thread_time() - start) / 90 < 2e-3  # loose: a busy machine; docs/moving-along.md says what is usual
