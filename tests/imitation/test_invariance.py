"""Where somebody stands, which way they face, how tall they are and how fast the tracker is change no score."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.imitation.performing import GESTURES, NAMES, attempt, performed, scored, template
from vrtrainer.human import body
from vrtrainer.imitation.scoring import score

METRES = st.floats(-3, 3)
AS_SHOWN = st.sampled_from(
    [(n, miss) for n in NAMES for miss in (None, "too_small", "half_of_it") if miss in (None, *GESTURES[n].near_misses)]
)
"""Every gesture as it is, and with those of these near misses that it has."""


@settings(max_examples=25)
@given(AS_SHOWN, st.floats(-np.pi, np.pi), METRES, METRES)
def test_place_and_heading_change_nothing(shown, turn, x, z):
    name, miss = shown
    there = scored(name, miss=miss, how={"turn": turn, "at": (x, 0.0, z)})
    assert there.similarity == pytest.approx(scored(name, miss=miss).similarity, abs=1e-6)


@settings(max_examples=15)
@given(AS_SHOWN, st.floats(1.0, 2.0))
def test_size_changes_nothing(shown, height):
    name, miss = shown
    assert scored(name, body.of_height(height), miss).similarity == pytest.approx(
        scored(name, miss=miss).similarity, abs=0.02
    )


@settings(max_examples=15)
@given(AS_SHOWN, st.sampled_from([1, 2, 3, 4]))
def test_frame_rate_changes_little(shown, every):
    name, miss = shown
    found = score(template(name), attempt(performed(name, miss=miss), every=every))
    assert found.similarity == pytest.approx(scored(name, miss=miss).similarity, abs=0.05)
    assert found.shape == pytest.approx(scored(name, miss=miss).shape, abs=0.05)


@settings(max_examples=20)
@given(st.sampled_from(NAMES), st.integers(0, 2**32 - 1))
def test_no_noise_makes_a_copy_better_than_a_copy(name, seed):
    from tests.imitation.performing import Attempt, seen

    rng = np.random.default_rng(seed)
    times, positions, head, face = seen(performed(name))
    turn = Attempt()
    turn.add(times, positions + rng.normal(0, rng.uniform(0, 0.05), positions.shape), head, face)
    found = score(template(name), turn)
    assert 0.0 <= found.similarity <= 1.0 + 1e-12
    assert found.similarity <= scored(name).similarity + 1e-9
