"""Rest and movement of a turn, against the same worked out anew from all samples."""

from dataclasses import replace

import numpy as np
import pytest

from vrtrainer.human.observation import nothing
from vrtrainer.human.skeleton import INDEX, J
from vrtrainer.sessions.activity import MOVED, STILL, Activity

WINDOW = 0.7


def seen(positions):
    turned = np.tile([0.0, 0.0, 0.0, 1.0], (J, 1))
    return replace(nothing("test"), positions=positions, rotations=turned)


def rest_after(times, wrists):
    """How long each sample has been at rest, from the wrist's places (NaN where it was not seen)."""
    since, out = times[0], []
    for k, time in enumerate(times):
        recent = wrists[: k + 1][times[: k + 1] > time - WINDOW]
        known = recent[~np.isnan(recent)]
        if known.size and known.max() - known.min() > STILL:
            since = time
        out.append(time - since)
    return out


@pytest.mark.parametrize("rate", [20, 60, 144])
@pytest.mark.parametrize("seed", range(4))
def test_rest_is_that_of_all_samples_in_the_window(rate, seed):
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.uniform(0.3, 1.7, 500)) / rate
    wrists = np.repeat(rng.uniform(0, 0.1, 50), 10) + rng.uniform(0, 0.9 * STILL, 500) * (rng.random(500) < 0.5)
    wrists[rng.random(500) < 0.1] = np.nan
    activity, found = Activity(WINDOW, capacity=500), []
    for time, x in zip(times.tolist(), wrists, strict=True):
        positions = np.full((J, 3), np.nan)
        positions[INDEX["leftHand"]] = x, 1.0, 0.0
        activity.step(time, seen(positions))
        found.append(activity.still_for)
    assert found == rest_after(times, wrists)


def test_a_full_window_forgets_its_oldest():
    activity = Activity(WINDOW, capacity=4)
    for k, x in enumerate([0.0, 1.0, 1.0, 1.0, 1.0, 1.0]):
        activity.step(k * 0.01, seen(np.full((J, 3), x)))
    assert activity.still_for == pytest.approx(0.02), "the step left the window with its fifth sample"


def test_whoever_moved_stays_moved_and_a_new_turn_begins_anew():
    activity = Activity(WINDOW)
    moved = []
    for k, x in enumerate([0.0, 0.9 * MOVED, 1.1 * MOVED, 0.0]):
        activity.step(k * 0.1, seen(np.full((J, 3), x)))
        moved.append(activity.moved)
    assert moved == [False, False, True, True]
    activity.begin()
    activity.step(1.0, seen(np.full((J, 3), 5.0)))
    assert not activity.moved
    assert activity.still_for == 0.0
