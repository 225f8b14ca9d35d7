"""Moves start and stop gently and take the time they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrtrainer.gestures import timing
from vrtrainer.gestures.gesture import Path

FINE = np.linspace(0.0, 1.0, 2001)


def test_a_minimum_jerk_move_has_no_speed_and_no_acceleration_at_its_ends():
    x = timing.minimum_jerk(FINE)
    speed = np.gradient(x, FINE)
    push = np.gradient(speed, FINE)
    assert x[0] == 0
    assert x[-1] == 1
    assert np.abs(speed[[0, -1]]).max() < 1e-5
    assert np.abs(push[[1, -2]]).max() < 0.1  # the peak is 5.77


def test_a_minimum_jerk_move_is_fastest_half_way_at_1_875_times_its_mean_speed():
    speed = np.gradient(timing.minimum_jerk(FINE), FINE)
    assert abs(FINE[speed.argmax()] - 0.5) < 1e-3
    assert speed.max() == pytest.approx(1.875, abs=1e-4)


@given(st.floats(0, 1), st.floats(0, 1))
def test_it_never_turns_back(a, b):
    low, high = sorted((a, b))
    assert timing.minimum_jerk(low) <= timing.minimum_jerk(high) + 1e-12


@pytest.mark.parametrize("kind", timing.PATHS)
@pytest.mark.parametrize("tempo", [0.5, 1.0, 2.0])
def test_every_path_takes_its_time_and_stands_still_before_and_after(kind, tempo):
    path = Path(kind, angle_deg=20, distance=0.3, repeats=3, beat_s=0.4)
    lasts = timing.path_seconds(path) / tempo
    times = np.linspace(0.0, 1.0 + lasts + 1.0, 4000)
    where = timing.swung(times, 1.0, path, tempo)
    assert lasts == pytest.approx(2.4 / tempo)
    assert (where[times <= 1.0] == 0).all()
    after = where[times >= 1.0 + lasts]
    assert np.allclose(after, 3 * 2 * np.pi if kind == "circle" else 0.0, atol=1e-9)
    speed = np.abs(np.gradient(where, times))
    assert speed[np.argmin(np.abs(times - 1.0))] < 0.02 * speed.max()


def test_a_swing_reaches_both_sides_as_often_as_it_says():
    path = Path("swing", angle_deg=20, repeats=3, beat_s=0.5)
    where = timing.swung(np.linspace(0, 3, 3001), 0.0, path, 1.0)
    turns = np.flatnonzero(np.diff(np.sign(np.diff(where)))) + 1
    assert np.round(where[turns], 3).tolist() == [1, -1, 1, -1, 1, -1]


def test_a_nod_goes_down_only():
    where = timing.swung(np.linspace(0, 2, 500), 0.0, Path("nod", repeats=2, beat_s=0.4), 1.0)
    assert where.min() == 0
    assert where.max() == pytest.approx(1, abs=1e-3)


def test_a_path_of_no_repeats_stays_where_it_is():
    assert not timing.swung(np.linspace(0, 2, 50), 0.0, Path("swing", repeats=0), 1.0).any()


def test_a_longer_way_takes_longer_but_nobody_waits_for_ever():
    seconds = [timing.travel_seconds(d) for d in (0.0, 0.5, 1.0, 5.0)]
    assert seconds == sorted(seconds)
    assert seconds[0] == 0.5
    assert seconds[-1] == 1.3
