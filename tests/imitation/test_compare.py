"""Two recordings of any skeletons: what `imitation.compare` says, forgives, and refuses."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.imitation import performing
from tests.imitation.performing import ARMS, CHILD, bodies, performed, still
from vrtrainer.human.skeleton import INDEX, JOINTS
from vrtrainer.imitation import compare

BODY = (
    "hips", "neck", "head", "leftUpperArm", "leftLowerArm", "leftHand", "rightUpperArm", "rightLowerArm", "rightHand",
    "leftUpperLeg", "leftLowerLeg", "leftFoot", "rightUpperLeg", "rightLowerLeg", "rightFoot",
)  # fmt: skip
KINECT = {
    "hips": "waist", "neck": "neck", "head": "head", "leftUpperArm": "left_upper_arm", "leftLowerArm": "left_forearm",
    "leftHand": "left_hand", "rightUpperArm": "right_upper_arm", "rightLowerArm": "right_forearm",
    "rightHand": "right_hand", "leftUpperLeg": "left_upper_leg", "leftLowerLeg": "left_lower_leg",
    "leftFoot": "left_foot", "rightUpperLeg": "right_upper_leg", "rightLowerLeg": "right_lower_leg",
    "rightFoot": "right_foot",
}  # fmt: skip
MOVES = ("one_arm_up", "thumbs_up", "wave")


def path_of(name, who=CHILD, side="left", joints=BODY, how=None, **style):
    """Positions (T, J, 3) of these joints of somebody who does this."""
    positions = performing.seen(performed(name, who, side, **style), who, **(how or {}))[1]
    return positions[:, [INDEX[j] for j in joints]]


def compared(demonstration, attempt, names=BODY, rate=30.0, **rest):
    return compare(demonstration, attempt, names=list(names), rate=rate, **rest)


def test_it_is_there_without_more_being_imported_first():
    code = "from vrtrainer import imitation; assert callable(imitation.compare); import vrtrainer.imitation.pairs; "
    code += "assert callable(imitation.compare)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("joints", [BODY, JOINTS], ids=["body", "hands too"])
def test_a_movement_is_like_itself(name, joints):
    shown = path_of(name, joints=joints)
    found = compared(shown, shown, joints)
    assert found.similarity == pytest.approx(1.0)
    assert found.shape == pytest.approx(1.0)
    assert found.lag_s == pytest.approx(0.0, abs=0.1)
    assert found.tempo_ratio == pytest.approx(1.0, abs=0.05)
    assert found.size == pytest.approx(1.0)
    assert found.attempted
    assert found.goal is None
    assert found.share_observed == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("name", MOVES)
def test_smaller_and_smaller_falls(name):
    shown = path_of(name)
    found = [compared(shown, path_of(name, size=s)).similarity for s in (1.0, 0.7, 0.4)]
    assert found[0] > found[1] > found[2]


def test_half_the_size_has_the_shape_and_half_the_size():
    found = compared(path_of("one_arm_up"), path_of("one_arm_up", size=0.5))
    assert found.shape > 0.9
    assert found.size == pytest.approx(0.5, abs=0.1)
    assert found.similarity < 0.8
    assert ("higher", "leftArm") in {(r.key, r.part) for r in found.reasons}


@pytest.mark.parametrize("name", MOVES)
def test_late_slow_elsewhere_and_turned_is_told_and_not_lower(name):
    shown = path_of(name)
    late = compared(shown, path_of(name, how={"late": 1.0}))
    assert late.similarity > 0.97
    assert late.lag_s == pytest.approx(1.0, abs=0.15)
    slow = compared(shown, path_of(name, tempo=0.6, how={"turn": 2.0, "at": (3.0, 0.0, -1.0)}))
    assert slow.similarity > 0.9
    assert slow.tempo_ratio == pytest.approx(1 / 0.6, rel=0.15)


@pytest.mark.parametrize("name", MOVES)
def test_either_way_round_is_found_and_told(name):
    shown = path_of(name)
    mirrored = path_of(name, side="right")
    both = compared(shown, mirrored)
    assert both.side_used == "mirror"
    assert both.similarity == pytest.approx(1.0, abs=1e-6)
    assert compared(shown, shown).side_used == "anatomical"
    assert compared(shown, mirrored, side="anatomical").similarity < 0.8
    assert compared(shown, mirrored, side="mirror").similarity == pytest.approx(both.similarity)


@pytest.mark.parametrize("name", MOVES)
def test_another_movement_is_far_below(name):
    shown = path_of(name, joints=JOINTS)
    for other in MOVES:
        if other != name:
            assert compared(shown, path_of(other, joints=JOINTS), JOINTS).similarity < 0.5


def test_a_wrong_hand_shape_loses_that_hand():
    shown = path_of("thumbs_up", joints=JOINTS)
    found = compared(shown, path_of("thumbs_up", joints=JOINTS, miss="wrong_shape"), JOINTS)
    assert found.parts["leftHand"] < 0.8
    assert min(v for part, v in found.parts.items() if part != "leftHand") > 0.9
    assert found.similarity < 0.9


@pytest.mark.parametrize("who", bodies(4), ids=lambda b: f"{b.height:.2f} m")
def test_other_bodies_are_no_worse_copies(who):
    found = compared(path_of("one_arm_up"), path_of("one_arm_up", who))
    assert found.similarity > 0.9


@settings(max_examples=20)
@given(st.sampled_from(MOVES), st.floats(-np.pi, np.pi), st.floats(-4, 4), st.floats(0.5, 2.0))
def test_place_heading_and_size_change_nothing(name, turn, x, size):
    shown = path_of(name)
    c, s = np.cos(turn), np.sin(turn)
    moved = size * shown @ np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]]) + np.array([x, 0.0, 1.0])
    tried = path_of(name, size=0.8)
    there = size * tried @ np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]]) + np.array([x, 0.0, 1.0])
    assert compared(shown, there).similarity == pytest.approx(compared(shown, tried).similarity, abs=1e-6)
    assert compared(moved, tried).similarity == pytest.approx(compared(shown, tried).similarity, abs=1e-6)


@pytest.mark.parametrize("every", [1, 3, 4])
def test_frame_rate_changes_little(every):
    shown = path_of("one_arm_up")
    tried = path_of("one_arm_up", size=0.8, how={"every": every})
    found = compared(shown, tried, attempt_rate=60 / every)
    assert found.similarity == pytest.approx(compared(shown, path_of("one_arm_up", size=0.8)).similarity, abs=0.05)


def test_other_skeletons_and_names_are_known():
    shown = path_of("one_arm_up")
    order = list(reversed(BODY))
    tried = shown[:, ::-1]
    found = compared(shown, tried, attempt_names=[KINECT[j] for j in order])
    assert found.similarity == pytest.approx(1.0, abs=1e-6)
    mapping = {f"j{k}": j for k, j in enumerate(order)}
    assert compare(shown, tried, names=list(BODY), rate=30, attempt_names=mapping).similarity == pytest.approx(1.0)


def test_a_joint_that_only_one_has_is_left_out():
    shown = path_of("one_arm_up")
    fewer = [j for j in BODY if "Leg" not in j and "Foot" not in j]
    found = compared(shown, path_of("one_arm_up", joints=fewer), attempt_names=fewer)
    assert found.similarity > 0.97
    assert "leftLeg" not in found.parts


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("as_nan", [True, False])
def test_a_third_of_the_samples_lost_moves_a_score_little(name, seed, as_nan):
    shown, tried = path_of(name), path_of(name, size=0.75)
    there = np.random.default_rng(seed).random(tried.shape[:2]) > 1 / 3
    whole = compared(shown, tried).similarity
    if as_nan:
        holed = compared(shown, np.where(there[:, :, None], tried, np.nan))
    else:
        holed = compared(shown, tried, tracked=there)
    assert holed.withheld is None
    assert holed.similarity == pytest.approx(whole, abs=0.05)


def test_an_arm_never_seen_lowers_what_was_observed_and_no_figure():
    shown = path_of("one_arm_up")
    tracked = np.ones(shown.shape[:2], bool)
    tracked[:, [BODY.index(j) for j in ("rightLowerArm", "rightHand")]] = False
    found = compared(shown, shown, tracked=tracked)
    assert found.similarity == pytest.approx(1.0, abs=0.01)
    assert found.share_observed < 0.95
    assert "rightArm" not in found.parts


def test_too_little_seen_is_withheld_with_its_reason():
    shown = path_of("one_arm_up")
    tracked = np.ones(shown.shape[:2], bool)
    tracked[len(shown) // 4 :] = False
    found = compared(shown, shown, tracked=tracked)
    assert found.similarity is None
    assert found.graded_0_2 is None
    assert found.withheld.endswith("_seen")


def test_a_frozen_hand_never_counts():
    rng = np.random.default_rng(4)
    shown = path_of("one_arm_up")
    tried = path_of("one_arm_up") + rng.normal(0, 0.001, shown.shape)
    frozen = tried.copy()
    hand = BODY.index("leftHand")
    third = len(frozen) // 3
    frozen[third : third + 20, hand] = frozen[third, hand]
    at_origin = tried.copy()
    at_origin[third : third + 8, hand] = 0.0
    for spoilt in (frozen, at_origin):
        found = compared(shown, spoilt)
        assert found.similarity == pytest.approx(compared(shown, tried).similarity, abs=0.05)
        assert found.share_observed < 1.0


def test_nobody_moving_has_not_tried():
    positions = performing.seen(still())[1][:, [INDEX[j] for j in BODY]]
    found = compared(path_of("one_arm_up"), positions)
    assert found.attempted is False
    assert found.similarity == 0.0


def test_a_single_points_path():
    t = np.linspace(0, 1, 60)
    circle = np.stack([np.cos(2 * np.pi * t), np.sin(2 * np.pi * t), 0 * t], axis=1)[:, None]
    line = np.stack([2 * t - 1, 0 * t, 0 * t], axis=1)[:, None]
    zigzag = np.stack([np.sin(6 * np.pi * t), 2 * t - 1, 0 * t], axis=1)[:, None]
    small = 0.3 * circle + 2.0
    same = compare(circle, small, names=["tip"], rate=30)
    assert same.similarity == pytest.approx(1.0, abs=1e-6)
    assert same.size == pytest.approx(0.3)
    assert same.side_used == "none"
    for other in (line, zigzag, circle[::-1]):
        assert compare(circle, other, names=["tip"], rate=30).similarity < 0.7
    fewer = compare(circle, circle[::2], names=["pen"], rate=30, attempt_names=["finger"], attempt_rate=15)
    assert fewer.similarity > 0.97


def test_weights_say_what_counts():
    shown = path_of("one_arm_up", joints=JOINTS)
    tried = path_of("one_arm_up", joints=JOINTS, size=0.4)
    arm = compared(shown, tried, JOINTS, weights={"leftArm": 10.0}).similarity
    plain = compared(shown, tried, JOINTS).similarity
    without = compared(shown, tried, JOINTS, weights={"leftArm": 0.0, "leftHand": 0.0})
    assert without.similarity > plain
    assert "leftArm" not in without.parts
    assert arm != plain


BAD = [
    ({"demonstration": np.zeros((5, 3))}, ["demonstration", "(5, 3)", "(T, J, 3)"]),
    ({"names": ["a"]}, ["15 joints", "1 names"]),
    ({"names": ["hips"] * 15}, ["'hips' twice"]),
    ({"rate": 0}, ["rate is 0"]),
    ({"rate": float("nan")}, ["rate is nan"]),
    ({"side": "left"}, ["'left'", "either, mirror, anatomical"]),
    ({"tracked": np.ones((3, 2))}, ["tracked", "(3, 2)"]),
    ({"weights": {"leftArm": -1}}, ["'leftArm' is -1"]),
    ({"weights": {"tail": 1}}, ["'tail'", "leftArm"]),
    ({"attempt_names": [f"x{k}" for k in range(15)]}, ["no joint in common"]),
    ({"attempt": np.zeros((2, 15, 3))}, ["2 samples", "3 or more"]),
    ({"attempt_names": dict.fromkeys(BODY, "elbow")}, ["'elbow'", "leftLowerArm"]),
]


@pytest.mark.parametrize(("change", "words"), BAD)
def test_errors_say_what_was_expected(change, words):
    shown = path_of("one_arm_up")
    given_ = {"demonstration": shown, "attempt": shown, "names": list(BODY), "rate": 30} | change
    with pytest.raises(ValueError, match="compare: ") as error:
        compare(given_.pop("demonstration"), given_.pop("attempt"), **given_)
    for word in words:
        assert word in str(error.value)


def test_what_is_given_is_not_changed():
    shown = path_of("one_arm_up")
    before = shown.copy()
    found = compared(shown, shown, tracked=np.zeros(shown.shape[:2], bool))
    assert (found.similarity, found.withheld) == (None, "nothing_seen")
    assert (shown == before).all()
    assert ARMS == ("one_arm_up", "thumbs_up", "wave")
