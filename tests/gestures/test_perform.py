"""Every gesture is performed by any body: within human limits, from ease to ease, left as the mirror of right."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.gestures.conftest import NAMES, right_arm, swing_of
from vrtrainer.gestures import ik, notation, objects, places
from vrtrainer.gestures.gesture import SYNC_POINTS, Style
from vrtrainer.gestures.perform import perform, relaxed
from vrtrainer.human import body as bodies
from vrtrainer.human import face, rotations
from vrtrainer.human import motion as motions
from vrtrainer.human import pose as poses
from vrtrainer.human.skeleton import INDEX, PART_INDEX, PARTS

CHILD, ADULT = bodies.of_height(1.0), bodies.of_height(2.0)
PLAIN = Style()
ALL_PARTS = set(PARTS) | set(face.PARTS)


def every(gestures, name):
    gesture = gestures[name]
    yield gesture
    for change in gesture.near_misses:
        yield notation.near_miss(gesture, change)


@pytest.mark.parametrize("name", NAMES)
def test_a_thousand_bodies_move_within_the_limits_of_human_joints(gestures, name):
    rng = np.random.default_rng(len(name))
    tolerance = np.radians(0.01)
    for _ in range(1000):
        body = bodies.random(rng)
        moved = perform(gestures[name], body).motion
        arms = right_arm(moved, body, every=3)
        assert (arms >= ik.LOW[:7] - tolerance).all()
        assert (arms <= ik.HIGH[:7] + tolerance).all()
        for joint, most in (("neck", 60), ("head", 60), ("rightShoulder", 30), ("leftShoulder", 30)):
            assert swing_of(moved, joint).max() <= np.radians(most)


@pytest.mark.parametrize("name", NAMES)
def test_near_misses_are_done_by_human_joints_too(gestures, name):
    rng = np.random.default_rng(3)
    for gesture in every(gestures, name):
        for _ in range(15):
            body = bodies.random(rng)
            arms = right_arm(perform(gesture, body, Style(size=float(rng.uniform(0.5, 1.5)))).motion, body)
            assert (arms >= ik.LOW[:7] - 1e-4).all()
            assert (arms <= ik.HIGH[:7] + 1e-4).all()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("body", [CHILD, ADULT], ids=["child", "adult"])
def test_hands_and_elbows_stay_out_of_the_trunk(gestures, name, body):
    half = np.array([0.095, 0.07]) * body.height
    for gesture in every(gestures, name):
        at = perform(gesture, body).motion.positions(body) - body.rest_positions()[INDEX["upperChest"]]
        for joint in ("LowerArm", "Hand", "Palm", "MiddleTip", "ThumbTip"):
            for side in ("left", "right"):
                place = at[:, INDEX[side + joint]]
                below_shoulders = place[:, 1] < 0.06 * body.height
                inside = np.hypot(*(place[:, [0, 2]] / half).T) < 1
                assert not (inside & below_shoulders).any(), (gesture.name, joint, side)


@pytest.mark.parametrize("name", NAMES)
def test_left_is_the_mirror_image_of_right(gestures, name):
    for gesture in every(gestures, name):
        left, right = (perform(gesture, CHILD, Style(side=s)) for s in ("left", "right"))
        assert left.points == right.points
        if gesture.side == "none":
            assert np.array_equal(left.motion.rotations, right.motion.rotations)
            continue
        seen = motions.mirrored(left.motion)
        assert np.allclose(seen.rotations, right.motion.rotations, atol=1e-12)
        assert np.allclose(motions.mirrored(seen).rotations, left.motion.rotations, atol=1e-12)
        assert {"left": "right", "right": "left"}.get(left.side, left.side) == right.side


def test_an_uneven_body_gets_its_own_arm_to_the_place(gestures):
    from dataclasses import replace

    offsets = ADULT.offsets.copy()
    offsets[INDEX["leftLowerArm"]] *= 0.8
    body = replace(ADULT, offsets=offsets)
    done = perform(gestures["thumbs_up"], body, Style(side="left"))
    at = poses.placed(done.motion.sample(done.points["stroke"]), body)
    assert abs(at[INDEX["leftHand"], 1] - places.landmark("chest", body)[1]) < 0.12 * body.height


@pytest.mark.parametrize("name", NAMES)
def test_it_starts_and_ends_standing_at_ease_and_moves_smoothly(gestures, name):
    for gesture in every(gestures, name):
        done = perform(gesture, ADULT)
        ease = relaxed(ADULT)
        for sample in (0, -1):
            assert np.allclose(done.motion.rotations[sample], ease.rotations, atol=1e-6)
            assert not done.motion.face[sample].any()
        step = rotations.angle_between(done.motion.rotations[1:], done.motion.rotations[:-1])
        assert step.max() * 60 < 12, "radians a second: nothing jumps"
        assert step[[0, -1]].max() < 0.06 * max(step.max(), 0.02)


def test_at_ease_the_arms_hang_a_little_away_from_the_body_and_are_not_a_t_pose():
    for body in (CHILD, ADULT):
        at = poses.placed(relaxed(body), body)
        hand, shoulder, hip = (at[INDEX[f"right{n}"]] for n in ("Hand", "UpperArm", "UpperLeg"))
        assert hand[1] < shoulder[1] - 0.9 * body.arm_length("right")
        assert hand[0] > hip[0] + 0.05 * body.height
        assert at[INDEX["rightLowerArm"], 0] > shoulder[0]


@pytest.mark.parametrize("name", NAMES)
def test_sync_points_come_in_their_order(gestures, name):
    for gesture in every(gestures, name):
        for tempo in (0.5, 1.0, 2.0):
            done = perform(gesture, CHILD, Style(tempo=tempo))
            points = [done.points[p] for p in SYNC_POINTS]
            assert points == sorted(points)
            assert points[0] == gesture.delay_s
            assert -1e-9 <= done.motion.duration - points[-1] < 1 / 60 + 1e-9


@pytest.mark.parametrize("name", NAMES)
def test_counts_name_parts_of_a_person_on_the_side_that_acts(gestures, name):
    for side in ("left", "right"):
        done = perform(gestures[name], CHILD, Style(side=side))
        assert set(done.counts) <= ALL_PARTS
        assert set(done.parts) == set(done.counts)
        assert all(0 < w <= 1 for w in done.parts.values())
        other = "right" if side == "left" else "left"
        both = gestures[name].side == "both"
        assert any(part.startswith(other) for part in done.counts) == both


def test_twice_the_tempo_is_half_the_time(gestures):
    for name in NAMES:
        slow, fast = (perform(gestures[name], CHILD, Style(tempo=t)).points["end"] for t in (1.0, 2.0))
        assert fast == pytest.approx(slow / 2)


def test_a_smaller_size_is_a_smaller_movement(gestures):
    def extent(gesture, size):
        done = perform(gesture, ADULT, Style(size=size))
        stroke = (done.motion.times >= done.points["stroke_start"]) & (done.motion.times <= done.points["stroke_end"])
        at = done.motion.positions(ADULT)[stroke]
        return (
            np.ptp(at[:, [INDEX["rightHand"], INDEX["head"], INDEX["jaw"]]], axis=0).max()
            + np.ptp(done.motion.face[stroke], axis=0).max()
        )

    for name in NAMES:
        assert extent(gestures[name], 0.5) < 0.8 * extent(gestures[name], 1.0), name


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_the_hand_gets_where_the_text_says_on_every_body(seed):
    body = bodies.random(np.random.default_rng(seed))
    text = 'name={en="x"}\n[[hand]]\nat="stroke"\nlocation={landmark="shoulder",out=0.1,up=-0.3,forward=0.6}\n'
    done = perform(notation.read(text, "x"), body)
    points, turned = poses.forward(
        *(lambda p: (p.rotations, p.hips))(done.motion.sample(done.points["stroke"])), body.offsets
    )
    arm = ik.arm_of(body)
    palm = points[INDEX["rightHand"]] + turned[INDEX["rightHand"]] @ arm.palm
    wanted = places.landmark("shoulder", body) + arm.length * np.array([0.1, -0.3, -0.6])
    assert np.linalg.norm(palm - wanted) < 0.02 * arm.length


def test_one_arm_up_ends_above_the_head_and_passes_sideways(gestures):
    for body in (CHILD, ADULT):
        done = perform(gestures["one_arm_up"], body)
        at = done.motion.positions(body)
        hand = at[:, INDEX["rightHand"]]
        assert hand[:, 1].max() > places.landmark("crown", body)[1]
        level = np.argmin(np.abs(hand[:, 1] - at[:, INDEX["rightUpperArm"], 1]))
        assert hand[level, 0] - at[level, INDEX["rightUpperArm"], 0] > 0.9 * body.arm_length("right")
        other = done.motion.rotations[:, INDEX["leftUpperArm"]]
        assert np.ptp(other, axis=0).max() < 1e-9


def test_one_arm_up_goes_as_people_do_it(gestures, people):
    """UI-PRMD movement 7, well done: how long, how high, how far from the frontal plane."""
    from vrtrainer.gestures import recorded

    def figures(points, rate):
        arm = points[:, INDEX["rightHand"]] - points[:, INDEX["rightUpperArm"]]
        raised = np.degrees(np.arctan2(arm[:, 0], -arm[:, 1]))
        ahead = np.degrees(np.arcsin(-arm[:, 2] / np.linalg.norm(arm, axis=1)))
        return len(points) / rate, raised.max(), ahead[np.argmin(np.abs(raised - 90))], raised.argmax() / len(points)

    theirs = np.array(
        [
            figures(r.positions, r.rate)
            for r in recorded.read(people / "uiprmd_kinect.npz", {"movement": 7, "correct": 1})
        ]
    )
    done = perform(gestures["one_arm_up"], bodies.of_height(1.75))
    ours = figures(done.motion.positions(bodies.of_height(1.75)), 60.0)
    low, high = np.percentile(theirs, [5, 95], axis=0)
    assert (ours >= low).all(), (ours, low)
    assert (ours <= high).all(), (ours, high)


def test_a_wave_is_beside_the_head_with_the_palm_forward_and_swings_three_times(gestures):
    done = perform(gestures["wave"], CHILD)
    stroke = (done.motion.times >= done.points["stroke_start"]) & (done.motion.times <= done.points["stroke_end"])
    points, turned = poses.forward(done.motion.rotations, done.motion.hips, CHILD.offsets)
    fingers = points[stroke, INDEX["rightMiddleTip"]]
    assert (fingers[:, 1] > places.landmark("chin", CHILD)[1]).all()
    assert (fingers[:, 0] > 0.1 * CHILD.height).all(), "beside the head, not before it"
    palm = -turned[stroke, INDEX["rightHand"], :, 1]
    assert (palm[:, 2] < -0.9).all()
    x = fingers[:, 0] - fingers[0, 0]
    turns = np.flatnonzero(np.diff(np.sign(np.diff(x))))
    assert len(turns) == 6
    assert x[turns[0]] > 0, "outward first"
    first = done.motion.times[stroke][turns[0] + 1]
    assert done.points["stroke"] == pytest.approx(first, abs=0.02)


def test_thumbs_up_points_its_thumb_up(gestures):
    for body in (CHILD, ADULT):
        done = perform(gestures["thumbs_up"], body)
        at = poses.placed(done.motion.sample(done.points["stroke"]), body)
        thumb = at[INDEX["rightThumbTip"]] - at[INDEX["rightThumbMetacarpal"]]
        assert thumb[1] / np.linalg.norm(thumb) > 0.9
        assert at[INDEX["rightHand"], 1] > places.landmark("waist", body)[1]


def test_a_nod_goes_down_twice_and_nothing_else_moves(gestures):
    done = perform(gestures["nod_yes"], CHILD)
    at, turned = poses.forward(done.motion.rotations, done.motion.hips, CHILD.offsets)
    looks = -turned[:, INDEX["head"], 1, 2]  # height of where the face points
    assert np.degrees(np.arcsin(looks.min())) == pytest.approx(-20, abs=0.5)
    assert looks.max() < 1e-9
    assert len(np.flatnonzero((looks[1:-1] < looks[:-2]) & (looks[1:-1] <= looks[2:]))) == 2
    assert np.ptp(at[:, INDEX["rightHand"]], axis=0).max() < 1e-9


def test_a_smile_lifts_both_corners_and_the_cheeks(gestures):
    done = perform(gestures["smile"], CHILD)
    peak = done.motion.sample(done.points["stroke"]).face
    assert peak[face.INDEX["mouthSmileLeft"]] == peak[face.INDEX["mouthSmileRight"]] == pytest.approx(0.8)
    assert peak[face.INDEX["cheekSquintLeft"]] == pytest.approx(0.6)
    assert (
        not perform(notation.near_miss(gestures["smile"], "half_of_it"), CHILD)
        .motion.face[:, face.INDEX["mouthSmileRight"]]
        .any()
    )


def test_expressiveness_makes_the_face_stronger_but_never_more_than_full(gestures):
    strong = [perform(gestures["smile"], CHILD, Style(expressiveness=e)).motion.face.max() for e in (0.5, 1.0, 2.0)]
    assert strong == [pytest.approx(0.4), pytest.approx(0.8), pytest.approx(1.0)]


def test_too_late_is_the_same_movement_later(gestures):
    wave = gestures["wave"]
    prompt, late = perform(wave, CHILD), perform(notation.near_miss(wave, "too_late"), CHILD)
    assert late.points["start"] == 1.5
    assert np.allclose(late.motion.rotations[90:], prompt.motion.rotations, atol=1e-9)


def test_the_other_side_is_the_other_side(gestures):
    for name in ("wave", "one_arm_up", "thumbs_up"):
        assert perform(notation.near_miss(gestures[name], "other_side"), CHILD, Style(side="right")).side == "left"


def test_both_hands_and_several_strokes_can_be_written():
    text = """
    name = { en = "knees, chest" }
    side = "both"
    [[hand]]
    at = "stroke"
    location = { landmark = "chest", out = 0.3, forward = 0.4 }
    palm = "down"
    [[hand]]
    at = "stroke"
    location = { landmark = "belly", out = 0.3, forward = 0.4 }
    way = "straight"
    [[trunk]]
    at = "stroke"
    forward_deg = 10
    """
    done = perform(notation.read(text, "x"), ADULT)
    assert done.side == "both"
    assert {"leftArm", "rightArm", "trunk"} <= set(done.counts)
    at = done.motion.positions(ADULT)
    assert np.allclose(at[:, INDEX["leftHand"]], at[:, INDEX["rightHand"]] * [-1, 1, 1], atol=1e-9)


@pytest.mark.parametrize("kind", ["circle", "up_down", "side_to_side", "forward_back", "tap"])
def test_straight_and_round_paths_are_as_wide_as_they_say(kind):
    text = f"""
    name = {{ en = "x" }}
    [[hand]]
    at = "stroke_start"
    location = {{ landmark = "shoulder", out = 0.1, up = -0.2, forward = 0.55 }}
    shape = "fist"
    [[hand]]
    at = "stroke"
    path = {{ kind = "{kind}", distance = 0.3, repeats = 2 }}
    """
    done = perform(notation.read(text, "x"), ADULT)
    stroke = (done.motion.times >= done.points["stroke_start"]) & (done.motion.times <= done.points["stroke_end"])
    width = np.ptp(done.motion.positions(ADULT)[stroke, INDEX["rightHand"]], axis=0) / ADULT.arm_length("right")
    along = {"circle": [0, 1], "up_down": [1], "tap": [1], "side_to_side": [0], "forward_back": [2]}[kind]
    assert width[along] == pytest.approx(0.3, abs=0.01)
    assert np.delete(width, along) == pytest.approx(0, abs=0.01)


def test_a_hand_lands_on_the_drum_at_any_size_and_goes_through_it_nowhere(gestures):
    rng = np.random.default_rng(8)
    for body in (CHILD, ADULT, *(bodies.random(rng) for _ in range(30))):
        thing, unit = gestures["drum"].thing, body.arm_length("right")
        top, arm = objects.top(thing, body), ik.arm_of(body)
        for size in (0.4, 1.0, 1.5):
            done = perform(gestures["drum"], body, Style(size=size))
            points, turned = poses.forward(done.motion.rotations, done.motion.hips, body.offsets)
            palm = points[:, INDEX["rightHand"]] + turned[:, INDEX["rightHand"]] @ arm.palm - top
            lands = palm[np.argmin(np.abs(done.motion.times - done.points["stroke"]))]
            assert abs(lands[1]) < 0.03 * unit
            assert np.hypot(lands[0], lands[2]) < 0.3 * thing.width * unit
            hand = [INDEX[n] for n in INDEX if n.startswith("right") and INDEX[n] in PART_INDEX["rightHand"]]
            at = points[:, hand] - top
            over = np.hypot(at[..., 0], at[..., 2]) < 0.9 * thing.width / 2 * unit
            deep = np.where(over & (at[..., 1] > -thing.height * unit), -at[..., 1], 0.0)
            assert deep.max() < 0.02 * unit


def test_a_hit_is_quickest_where_it_lands(gestures):
    done = perform(gestures["drum"], ADULT)
    height = done.motion.positions(ADULT)[:, INDEX["rightPalm"], 1]
    within = (done.motion.times > done.points["stroke_start"]) & (done.motion.times < done.points["stroke_end"])
    speed = np.diff(height[within]) * 60
    fastest = done.motion.times[within][np.argmin(speed[: int(0.6 * 60)])]
    assert fastest == pytest.approx(done.points["stroke"], abs=0.08)
    assert -speed.min() > 1.2 * speed.max()
