"""A glove's capsules follow the joints, whatever of them a device sees."""

from dataclasses import replace

import numpy as np
import pytest

from tests.stage import hands
from vrtrainer.human import observation
from vrtrainer.human.observation import ABSENT, INFERRED
from vrtrainer.stage import glove_shape
from vrtrainer.stage.glove_shape import CAPSULES, INDEX, RADII, Held


def followed(hand, time=None):
    held = Held(hand.side)
    held.follow(hand, time)
    return held


def lengths_of_fingers(held):
    return held.block[1 : 2 * CAPSULES : 2, :3][glove_shape.PALM_CAPSULES :]


def test_radii_fit_the_size_of_the_hand():
    seen = hands.observed("flat", "flat")
    small = replace(seen, positions=seen.positions * 0.6)
    left, right = glove_shape.hands_of(seen)
    assert np.array_equal(left.radii, right.radii)
    assert np.allclose(glove_shape.hands_of(small)[0].radii, 0.6 * left.radii, rtol=1e-3)


def test_an_absent_hand_has_no_place_but_the_usual_radii():
    left, right = glove_shape.hands_of(observation.nothing("test"))
    assert np.isnan(left.positions).all()
    assert np.array_equal(right.radii, RADII)
    assert not followed(left).visible


@pytest.mark.parametrize("radii", [np.full(26, np.nan), np.zeros(26), np.full(26, 0.5), np.full(26, 1e-4)])
def test_odd_radii_of_a_device_leave_a_hand(radii):
    hand = replace(hands.pair()[1], radii=radii.astype(np.float32))
    block = followed(hand).block
    assert np.isfinite(block).all()
    widths = block[: 2 * CAPSULES, 3]
    assert 0.003 < widths.min() < widths.max() < 0.03


def test_a_finger_lost_alone_goes_along_with_the_palm():
    hand = hands.pair()[1]
    held = Held("right")
    held.follow(hand, 0.0)
    held.follow(hand, 1.0)
    before = lengths_of_fingers(held).copy()
    how, positions = hand.how.copy(), hand.positions + np.float32([0.1, 0.2, -0.1])
    how[list(INDEX[2:])] = ABSENT
    positions[list(INDEX[2:])] = np.nan
    held.follow(replace(hand, how=how, positions=positions), 1.1)
    assert np.allclose(lengths_of_fingers(held), before, atol=1e-4)
    assert (held.level[list(INDEX[2:])] < 1.0).all()
    assert held.level[0] == 1.0


def test_a_joint_never_seen_is_left_out_without_a_hole_in_the_numbers():
    hand = hands.pair()[0]
    how, positions = hand.how.copy(), hand.positions.copy()
    how[list(INDEX[3:])] = ABSENT
    positions[list(INDEX[3:])] = np.nan
    held = followed(replace(hand, how=how, positions=positions))
    assert held.visible
    assert np.isfinite(held.block).all()
    assert (held.block[: 2 * CAPSULES, 3] < 0.0).sum() == 4  # two bones


def test_a_hand_comes_in_slowly_turns_to_dots_and_back_within_400_ms():
    hand = hands.pair()[0]
    dotted = replace(hand, how=np.full(26, INFERRED, np.uint8))
    held = Held("left")
    seen = []
    for step in range(60):
        held.follow(hand if step < 30 or step > 45 else dotted, step * 0.05)
        seen.append(float(held.level[0]))
    assert seen[0] == 0.0
    assert seen[29] == 1.0
    assert seen[30] > 0.5
    assert seen[38] == pytest.approx(0.5)
    assert seen[45] == pytest.approx(0.5)
    assert seen[54] == 1.0


def test_a_clock_that_goes_back_or_jumps_harms_nothing():
    hand = hands.pair()[0]
    held = Held("left")
    for time in (5.0, 4.0, 100.0):
        held.follow(hand, time)
        assert ((held.level >= 0.0) & (held.level <= 1.0)).all()


def test_nothing_new_is_written_while_nothing_moves():
    hand = hands.pair()[0]
    held = Held("left")
    assert held.follow(hand, None)
    assert not held.follow(hand, None)
    assert held.follow(replace(hand, positions=hand.positions + np.float32(0.001)), None)
