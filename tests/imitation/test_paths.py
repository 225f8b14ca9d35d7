"""Paths drawn in the air by a single point: told apart by where they go, whatever their pace, place and size."""

import numpy as np
import pytest

from vrtrainer.imitation import compare

RATE = 30.0
CORNERS = {
    "triangle": [(0, 1), (-1, -1), (1, -1), (0, 1)],
    "rectangle": [(-1, 1), (-1, -1), (1, -1), (1, 1), (-1, 1)],
    "check": [(-1, 0), (-0.4, -1), (1, 1)],
    "caret": [(-1, -1), (0, 1), (1, -1)],
    "v": [(-1, 1), (0, -1), (1, 1)],
    "zigzag": [(-1, 1), (-0.3, -1), (0.3, 1), (1, -1)],
    "z": [(-1, 1), (1, 1), (-1, -1), (1, -1)],
    "bracket": [(1, 1), (-1, 1), (-1, -1), (1, -1)],
    "round": [(np.sin(a), np.cos(a)) for a in np.linspace(0, -2 * np.pi, 60)],
    "other way round": [(np.sin(a), np.cos(a)) for a in np.linspace(0, 2 * np.pi, 60)],
}


def drawn(name, rng, pace=0.5):
    """One person's way of drawing it (T, 1, 3): their size, slant, proportions, pace and tremble."""
    corners = np.array(CORNERS[name], float)
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])
    u = np.linspace(0, 1, int(rng.uniform(1.2, 3.0) * RATE))
    speed = 1 + rng.uniform(-pace, pace) * np.sin(2 * np.pi * u + rng.uniform(0, 6))
    done = np.cumsum(speed) - speed[0]
    at = np.stack([np.interp(done / done[-1] * along[-1], along, corners[:, k]) for k in range(2)], axis=1)
    slant = rng.normal(0, 0.1)
    turn = np.array([[np.cos(slant), -np.sin(slant)], [np.sin(slant), np.cos(slant)]])
    at = at @ turn.T * rng.uniform(0.8, 1.25, 2) * rng.uniform(0.1, 0.3)
    path = np.stack([at[:, 0], at[:, 1] + 1.3, np.full(len(u), -0.5)], axis=1)
    return (path + rng.normal(0, 0.002, path.shape))[:, None]


def alike(a, b):
    return compare(a, b, names=["tip"], rate=RATE).similarity


@pytest.mark.parametrize("seed", [1, 2])
def test_a_path_is_most_like_the_same_path_drawn_by_somebody_else(seed):
    rng = np.random.default_rng(seed)
    shown = {name: drawn(name, rng) for name in CORNERS}
    right = [max(shown, key=lambda m, t=tried: alike(shown[m], t)) == name
             for name in CORNERS for tried in [drawn(name, rng), drawn(name, rng)]]  # fmt: skip
    assert np.mean(right) >= 0.95


@pytest.mark.parametrize("name", CORNERS)
def test_pace_changes_neither_similarity_nor_shape(name):
    rng = np.random.default_rng(3)
    state = rng.bit_generator.state
    even = drawn(name, rng, pace=0.0)
    rng.bit_generator.state = state
    found = compare(even, drawn(name, rng, pace=0.8), names=["tip"], rate=RATE)
    assert found.similarity > 0.9
    assert found.shape > 0.9
    assert found.tempo_ratio == pytest.approx(1.0, abs=0.35)


def test_the_way_back_is_not_the_way_there():
    path = drawn("check", np.random.default_rng(4))
    assert alike(path, path[::-1]) < 0.5 < alike(path, path)


def test_slower_is_told_as_tempo():
    path = drawn("z", np.random.default_rng(5), pace=0.0)
    found = compare(path, path, names=["tip"], rate=RATE, attempt_rate=RATE / 2)
    assert found.similarity > 0.95
    assert found.tempo_ratio == pytest.approx(2.0, rel=0.1)
