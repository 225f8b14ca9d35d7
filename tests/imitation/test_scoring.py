"""A whole trial's figures mean what they say: performers with known errors, right ones, and nobody at all."""

import tomllib
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from tests.imitation import performing
from tests.imitation.performing import ARMS, CHILD, GESTURES, NAMES, attempt, bodies, performed, scored, still, template
from vrtrainer import choices
from vrtrainer.gestures.perform import near_miss, perform
from vrtrainer.human import motion, rotations
from vrtrainer.human.observation import INFERRED, MEASURED, MODELLED
from vrtrainer.human.skeleton import INDEX, J
from vrtrainer.imitation.attempt import Attempt
from vrtrainer.imitation.scoring import score


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("who", bodies(3), ids=lambda b: f"{b.height:.2f} m")
def test_a_gesture_is_like_itself(name, who):
    found = scored(name, who)
    assert found.similarity == pytest.approx(1.0, abs=1e-6)
    assert found.shape == pytest.approx(1.0, abs=1e-3)
    assert found.goal == pytest.approx(1.0)
    assert found.attempted
    assert found.graded_0_2 == 2
    assert found.withheld is None
    assert abs(found.lag_s) < 0.05
    assert found.tempo_ratio == pytest.approx(1.0, abs=0.05)
    assert all(v == pytest.approx(1.0, abs=1e-6) for v in found.parts.values())
    assert found.raw_deg is None or found.raw_deg < 1e-3


@pytest.mark.parametrize("name", NAMES)
def test_smaller_and_smaller_falls_and_falls(name):
    found = [scored(name, size=size).similarity for size in (1.0, 0.75, 0.6, 0.45, 0.3, 0.15)]
    assert all(a >= b - 1e-9 for a, b in pairwise(found)), found
    assert found[-1] < 0.7 * found[0]


@pytest.mark.parametrize("name", ARMS)
def test_half_the_size_has_the_shape_and_half_the_size(name):
    found = scored(name, size=0.5)
    assert found.shape > 0.9
    assert found.size == pytest.approx(0.5, abs=0.12)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("late", [0.5, 1.5])
def test_a_late_perfect_copy_is_perfect_and_late(name, late):
    found = scored(name, how={"late": late})
    assert found.shape > 0.95
    assert found.similarity > 0.95
    assert found.lag_s == pytest.approx(late, abs=0.1)
    assert found.tempo_ratio == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("name", NAMES)
def test_slow_is_told_as_tempo_and_nothing_else(name):
    found = scored(name, tempo=0.6)
    assert found.similarity > 0.95
    assert found.tempo_ratio == pytest.approx(1 / 0.6, rel=0.2)


@pytest.mark.parametrize("name", ARMS)
def test_the_other_side_is_not_lower_and_is_told(name):
    mirror, same = scored(name, side="right"), scored(name, side="left")
    assert (mirror.side_used, same.side_used) == ("mirror", "anatomical")
    assert same.similarity == pytest.approx(mirror.similarity, abs=1e-6)
    assert same.graded_0_2 == 2
    assert "other_side" in {r.key for r in same.reasons}


@pytest.mark.parametrize("name", ["thumbs_up", "wave"])
def test_a_wrong_hand_shape_loses_the_hand_and_nothing_else(name):
    found = scored(name, miss="wrong_shape")
    assert found.parts["rightHand"] < 0.3
    assert found.parts["rightArm"] > 0.95
    assert found.shape > 0.95
    assert found.goal < 0.5
    assert "hand_shape" in {r.key for r in found.reasons}
    assert next(r.part for r in found.reasons if r.key == "hand_shape") == "rightHand"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("who", bodies(3), ids=lambda b: f"{b.height:.2f} m")
def test_every_near_miss_is_below_the_right_one(name, who):
    right = scored(name, who).similarity
    for miss in GESTURES[name].near_misses:
        found = scored(name, who, miss)
        if miss in ("too_late", "other_side"):  # told, and not lower
            assert found.similarity == pytest.approx(right, abs=0.02), miss
            continue
        assert found.similarity < right - 0.05, (miss, found)


@pytest.mark.parametrize("name", NAMES)
def test_another_gesture_is_far_below(name):
    model = template(name)
    for other in NAMES:
        if other != name and {name, other} != {"thumbs_up", "fist"}:  # a fist is a near miss of a thumb that is up
            assert score(model, attempt(performed(other))).similarity < 0.5, other


def test_who_reaches_the_goal_otherwise_and_who_only_moves_alike_come_out_opposite():
    otherwise = scored("one_arm_up", miss="other_way")
    alike = scored("wave", miss="wrong_shape")
    assert otherwise.goal > 0.9
    assert otherwise.similarity < 0.5
    assert alike.goal < 0.1
    assert alike.shape > 0.9


@pytest.mark.parametrize("name", NAMES)
def test_nobody_moving_has_not_tried(name):
    found = score(template(name), attempt(still()))
    assert found.attempted is False
    assert found.similarity == 0.0
    assert found.graded_0_2 == 0
    assert found.withheld is None
    assert found.reasons == ()


@pytest.mark.parametrize("name", NAMES)
def test_who_stands_and_trembles_has_not_tried(name):
    times, positions, head, face = performing.seen(still())
    turn = Attempt()
    turn.add(times, positions + np.random.default_rng(3).normal(0, 0.002, positions.shape), head, face)
    assert score(template(name), turn).attempted is False


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("miss", [None, "too_small"])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_third_of_the_samples_lost_moves_a_score_little(name, miss, seed):
    rng = np.random.default_rng(seed)
    whole = scored(name, miss=miss)
    holed = scored(name, miss=miss, how={"lost": lambda shape: rng.random(shape) < 1 / 3})
    assert holed.withheld is None
    assert holed.similarity == pytest.approx(whole.similarity, abs=0.05)


WITHHELD = {
    "thumbs_up": ("Hand", "hand_not_tracked"),
    "wave": ("Hand", "hand_not_tracked"),
}


@pytest.mark.parametrize("name", sorted(WITHHELD))
def test_a_hand_that_is_not_seen_withholds_the_score_and_says_so(name):
    times, positions, head, face = performing.seen(performed(name))
    fingers = [INDEX[j] for j in INDEX if j.startswith("right") and any(f in j for f in ("Thumb", "Index", "Middle"))]
    fingers += [INDEX[j] for j in INDEX if j.startswith("right") and any(f in j for f in ("Ring", "Little", "Hand"))]
    positions[:, fingers] = np.nan
    turn = Attempt()
    turn.add(times, positions, head, face)
    found = score(template(name), turn)
    assert found.similarity is None
    assert found.graded_0_2 is None
    assert found.withheld in ("hand_not_tracked", "arm_not_tracked")


@pytest.mark.parametrize("name", NAMES)
def test_seen_for_half_of_the_time_is_withheld_not_lowered(name):
    times, positions, head, face = performing.seen(performed(name))
    late = slice(len(times) // 2, None)
    positions[late], head[late], face[late] = np.nan, np.nan, np.nan
    turn = Attempt()
    turn.add(times, positions, head, face)
    found = score(template(name), turn)
    assert found.similarity is None
    assert found.withheld.endswith("_not_seen")
    assert found.share_observed < 0.6


def test_nothing_at_all_is_withheld():
    found = score(template("wave"), Attempt())
    assert (found.similarity, found.withheld) == (None, "nothing_seen")


def test_every_reason_and_every_withholding_has_its_words_in_both_languages():
    said, kept = set(), set()
    for name in NAMES:
        for miss in (None, *GESTURES[name].near_misses):
            said |= {r.key for r in scored(name, miss=miss).reasons}
        said |= {r.key for r in scored(name, tempo=2.2).reasons} | {r.key for r in scored(name, tempo=0.4).reasons}
        times, positions, head, face = performing.seen(performed(name))
        for lost in (slice(None), slice(len(times) // 3, None)):
            turn = Attempt()
            gone = [x.copy() for x in (positions, head, face)]
            for x in gone:
                x[lost] = np.nan
            turn.add(times, *gone)
            kept.add(score(template(name), turn).withheld)
    assert len(said) >= 5
    assert None not in kept
    for file in sorted((choices.content("assets") / "language").glob("*.toml")):
        words = tomllib.loads(file.read_text(encoding="utf-8"))
        assert said <= set(words["reasons"])
        assert kept <= set(words["withheld"])


@pytest.mark.parametrize("how", [MODELLED, INFERRED])
def test_what_was_not_measured_never_counts(how):
    """A tracker that guesses a perfect copy gets nothing for it."""
    times, seen = performing.observations(performed("thumbs_up"))
    turn = Attempt()
    for time, one in zip(times, seen, strict=True):
        turn.append(time, replace(one, how=np.full(J, how, np.uint8), face_how=how))
    assert score(template("thumbs_up"), turn).similarity is None
    mixed = Attempt()
    wrong = performing.observations(performed("thumbs_up", miss="wrong_shape"))[1]
    guessed = np.zeros(J, bool)
    guessed[[INDEX[j] for j in INDEX if j.startswith("left")]] = True
    for time, one, other in zip(times, seen, wrong, strict=False):
        joints = np.where(guessed[:, None], other.positions + 5.0, one.positions)
        mixed.append(time, replace(one, positions=joints, how=np.where(guessed, how, MEASURED).astype(np.uint8)))
    found = score(template("thumbs_up"), mixed)
    assert found.withheld is None
    assert found.similarity > 0.95


def test_at_most_two_reasons_each_with_a_part_or_a_number():
    for name in NAMES:
        for miss in GESTURES[name].near_misses:
            found = scored(name, miss=miss)
            assert len(found.reasons) <= 2
            assert len({r.key for r in found.reasons}) == len(found.reasons)
            for reason in found.reasons:
                assert reason.part is not None or reason.key in ("ahead", "slower_can", "took_time", "other_side")


def test_a_lower_arm_is_told_to_go_higher():
    reasons = scored("one_arm_up", miss="half_of_it").reasons
    assert ("higher", "rightArm") in {(r.key, r.part) for r in reasons}


def test_trembling_hands_cost_little():
    rng = np.random.default_rng(5)
    times, positions, head, face = performing.seen(performed("wave"))
    turn = Attempt()
    turn.add(times, positions + rng.normal(0, 0.004, positions.shape), head, face)
    assert score(template("wave"), turn).similarity > 0.9


def test_a_sixth_gestures_mirror_image_scores_as_it_does():
    """Mirroring the learner and the demonstration changes nothing."""
    a = scored("thumbs_up", miss="too_low")
    shown = perform(GESTURES["thumbs_up"], CHILD, performing.Style(side="right"))
    model = performing.Template.of_performance(shown, GESTURES["thumbs_up"], CHILD)
    missed = near_miss(GESTURES["thumbs_up"], "too_low")
    b = score(model, attempt(perform(missed, CHILD, performing.Style(side="left")).motion))
    assert b.similarity == pytest.approx(a.similarity, abs=1e-9)
    assert motion.mirrored(shown.motion).duration == shown.motion.duration
    assert rotations.IDENTITY.shape == (4,)
