"""What no tracker can have seen is found, what people and drawings do is left alone, and neither lowers a score."""

import numpy as np
import pytest

from tests.imitation import performing
from tests.imitation.performing import performed
from tests.imitation.test_compare import BODY, compared, path_of
from vrtrainer.human.skeleton import INDEX, JOINTS
from vrtrainer.imitation import trust

RATE = 30.0
WRIST = BODY.index("rightHand")
ARM = [BODY.index(f"right{j}") for j in ("UpperArm", "LowerArm", "Hand")]


def trembling(path, sd=0.002, seed=0):
    """As a sensor sees it."""
    return path + np.random.default_rng(seed).normal(0, sd, path.shape)


def swaying(path):
    """The whole person moves a little, as people do, so that a tracker's samples never repeat."""
    t = np.arange(len(path)) / RATE
    sway = 0.01 * np.stack([np.sin(1.1 * t), np.sin(0.7 * t), np.sin(1.7 * t)], axis=1)
    return trembling(path + sway[:, None])


def waving():
    return path_of("wave", side="right")


@pytest.mark.parametrize("share", [0.25, 0.6, 0.95])
def test_a_hand_that_freezes_is_found_however_long_it_lasts(share):
    seen = swaying(waving())
    start = int(len(seen) * (1 - share))
    seen[start:, WRIST] = seen[start, WRIST]
    found = trust.untrue(seen, BODY, RATE)
    assert found[start + 1 :, WRIST].all()
    assert not found[:, [j for j in range(len(BODY)) if j != WRIST]].any()


def test_a_hand_that_never_moved_a_bit_is_frozen_and_what_all_is_relative_to_is_not():
    seen = swaying(waving())
    seen[:, WRIST] = seen[0, WRIST]
    assert trust.untrue(seen, BODY, RATE)[1:, WRIST].all()
    about_the_hips = seen - seen[:, :1]
    about_the_hips[:, WRIST] = swaying(waving())[:, WRIST]
    assert not trust.untrue(about_the_hips, BODY, RATE).any()


@pytest.mark.parametrize("name", performing.NAMES)
@pytest.mark.parametrize("joints", [BODY, JOINTS], ids=["body", "hands too"])
def test_a_computed_movement_may_rest_bit_by_bit(name, joints):
    positions = performing.seen(performed(name))[1]
    here = [j for j in joints if np.isfinite(positions[:, INDEX[j]]).all()]
    assert not trust.untrue(positions[:, [INDEX[j] for j in here]], here, RATE).any()


def test_in_a_computed_movement_what_stops_abruptly_is_frozen():
    seen = path_of("one_arm_up", side="right")
    moves = np.linalg.norm(np.diff(seen[:, WRIST], axis=0), axis=1)
    begun = int(np.argmax(moves > 0.5 * moves.max()))
    seen[begun : begun + 12, WRIST] = seen[begun, WRIST]
    assert trust.untrue(seen, BODY, RATE)[begun + 2 : begun + 12, WRIST].all()


def test_a_slow_sensor_repeats_everything_and_freezes_nothing():
    seen = np.repeat(swaying(waving()), 12, axis=0)
    assert not trust.untrue(seen, BODY, RATE).any()


@pytest.mark.parametrize("step", [0.001, 0.003])
def test_rounded_positions_are_not_frozen(step):
    assert not trust.untrue(np.round(swaying(waving()) / step) * step, BODY, RATE).any()


def test_the_origin_is_no_place_for_a_hand():
    seen = swaying(waving())
    seen[10:14, WRIST] = 0.0
    found = trust.untrue(seen, BODY, RATE)
    assert found[10:14, WRIST].all()
    assert found.sum() == 4
    seen[:, WRIST] = 0.0
    assert trust.untrue(seen, BODY, RATE)[:, WRIST].all()


def test_a_hand_written_relative_to_its_wrist_stands_at_the_origin_and_is_believed():
    names = [j for j in JOINTS if j.startswith("rightIndex") or j == "rightHand"]
    seen = swaying(np.tile(np.arange(len(names))[None, :, None] * [0.0, 0.02, 0.0], (60, 1, 1)))
    assert not trust.untrue(seen - seen[:, [names.index("rightHand")]], names, RATE).any()


@pytest.mark.parametrize("where", [("head",), ("leftEye", "rightEye")])
def test_a_hand_inside_the_head_is_not_there(where):
    names = list(JOINTS)
    seen = swaying(performing.seen(performed("wave"))[1])
    at = slice(20, 30)
    seen[at, INDEX["rightHand"]] = seen[at][:, [INDEX[j] for j in where]].mean(axis=1) + 0.005
    found = trust.untrue(seen, names, RATE)
    hand = [INDEX[j] for j in names if j in ("rightHand", "rightPalm") or j.startswith(("rightThumb", "rightIndex"))]
    assert found[at][:, hand].all()
    assert not found[:, INDEX["leftHand"]].any()
    assert not found[:20].any()


def spoilt(how):
    seen = swaying(waving())
    if how == "frozen":
        start = int(len(seen) * 0.3)
        seen[start:, ARM] = seen[start, ARM]
    elif how == "at the origin":
        seen[:, ARM] = 0.0
    elif how == "snapped to the head":
        seen[:, WRIST] = seen[:, BODY.index("head")]
        seen[:, ARM[:2]] = np.nan
    return seen


@pytest.mark.parametrize("how", ["frozen", "at the origin", "snapped to the head"])
def test_an_arm_that_is_what_was_shown_and_was_not_seen_withholds_the_score(how):
    found = compared(waving(), spoilt(how), side="anatomical")
    assert found.similarity is None
    assert found.withheld == "arm_not_seen"
    assert found.share_observed < 0.6


@pytest.mark.parametrize("share", [0.2, 0.4, 0.7, 1.0])
def test_the_resting_hand_lost_or_frozen_moves_a_score_little(share):
    shown, seen = waving(), swaying(waving())
    whole = compared(shown, seen, side="anatomical").similarity
    hand = BODY.index("leftHand")
    start = int(len(seen) * (1 - share))
    frozen, lost, origin = seen.copy(), seen.copy(), seen.copy()
    frozen[start:, hand], lost[start:, hand], origin[start:, hand] = frozen[start, hand], np.nan, 0.0
    for other in (frozen, lost, origin):
        assert compared(shown, other, side="anatomical").similarity == pytest.approx(whole, abs=0.05)
