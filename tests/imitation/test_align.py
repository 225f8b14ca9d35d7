"""Dynamic time warping is exact: held against dtaidistance, with a band and without."""

import numpy as np
import pytest
from dtaidistance import dtw_ndim
from hypothesis import given
from hypothesis import strategies as st

from vrtrainer.imitation import align, gaps

SIZES = st.integers(1, 60)


@given(SIZES, SIZES, st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_the_distance_is_dtaidistances(n, t, f, seed):
    rng = np.random.default_rng(seed)
    a, b = np.cumsum(rng.normal(size=(n, f)), axis=0), np.cumsum(rng.normal(size=(t, f)), axis=0)
    assert align.distance(a, b) == pytest.approx(dtw_ndim.distance(a, b), abs=1e-6)


@given(st.integers(2, 150), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_with_a_band_too(n, band, seed):
    rng = np.random.default_rng(seed)
    a, b = np.cumsum(rng.normal(size=(n, 3)), axis=0), np.cumsum(rng.normal(size=(n, 3)), axis=0)
    weights = np.ones(3)
    total, i, k = align.banded(a, b, weights, band)
    # Their window counts the diagonal.
    assert np.sqrt(total * 3) == pytest.approx(dtw_ndim.distance(a, b, window=band + 1), abs=1e-6)
    assert np.abs(i - k).max() <= band
    whole, rows, columns = align.path(align.costs(a, b, weights), free_ends=False, band=band)
    assert whole == pytest.approx(total)
    assert (rows == i).all()
    assert (columns == k).all()


@given(st.integers(2, 90), st.integers(2, 90), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_a_band_joins_both_corners_whatever_the_lengths(n, t, band, seed):
    rng = np.random.default_rng(seed)
    total, i, k = align.path(rng.random((n, t)), free_ends=False, band=band)
    assert np.isfinite(total)
    assert (i[0], k[0], i[-1], k[-1]) == (0, 0, n - 1, t - 1)


@given(SIZES, SIZES, st.booleans(), st.integers(0, 2**32 - 1))
def test_the_way_goes_on_step_by_step_and_costs_what_is_said(n, t, free, seed):
    cost = np.random.default_rng(seed).random((n, t))
    total, i, k = align.path(cost, free_ends=free)
    assert cost[i, k].sum() == pytest.approx(total)
    steps = np.stack([np.diff(i), np.diff(k)])
    assert ((steps == 0) | (steps == 1)).all()
    assert (steps.sum(axis=0) >= 1).all()
    assert (i[0], i[-1]) == (0, n - 1)


def test_free_ends_leave_out_what_comes_before_and_after():
    rng = np.random.default_rng(0)
    shown = np.cumsum(rng.normal(size=(40, 4)), axis=0)
    tried = np.concatenate([rng.normal(size=(15, 4)) + 50, shown, rng.normal(size=(9, 4)) - 50])
    total, _, k = align.path(align.costs(shown, tried, np.ones(4)))
    assert total == pytest.approx(0.0, abs=1e-6)
    assert (k[0], k[-1]) == (15, 54)


@given(st.integers(0, 2**32 - 1))
def test_costs_of_what_was_seen_are_those_of_the_seen_columns(seed):
    rng = np.random.default_rng(seed)
    a, b, weights = rng.normal(size=(6, 5)), rng.normal(size=(7, 5)), rng.random(5) + 0.1
    b[rng.random(b.shape) < 0.3] = np.nan
    found = align.costs(a, b, weights)
    for n in range(6):
        for t in range(7):
            ok = np.isfinite(b[t])
            expected = np.average((a[n] - b[t])[ok] ** 2, weights=weights[ok]) if ok.any() else 0.0
            assert found[n, t] == pytest.approx(expected, abs=1e-9)


@given(st.integers(3, 40), st.floats(0.1, 0.6), st.integers(0, 2**32 - 1))
def test_gaps_are_bridged_by_lines_and_only_short_ones(count, share, seed):
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.random(count) * 0.05 + 0.01)
    line = (2.0 * times - 1.0)[:, None, None]
    holed = np.where(rng.random((count, 1, 1)) < share, np.nan, line)
    found = gaps.bridged(times, holed, 0.2)[:, 0, 0]
    ok = np.isfinite(found)
    assert np.allclose(found[ok], line[ok, 0, 0])
    seen = np.flatnonzero(np.isfinite(holed[:, 0, 0]))
    for k in np.flatnonzero(~ok):
        before, after = seen[seen < k], seen[seen > k]
        assert not len(before) or not len(after) or times[after[0]] - times[before[-1]] > 0.2
