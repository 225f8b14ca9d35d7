"""A whole-trial alignment of 450 by 450 frames and 60 features, both with a band of a tenth, beside dtaidistance."""

import time

import numpy as np

from vrtrainer.imitation import align

N, F, BAND, RUNS = 450, 60, 45, 15  # dtaidistance counts the diagonal as a part of its window


def figures():
    """Medians of both in turn in the same run, and their ratio."""
    from dtaidistance import dtw_ndim

    rng = np.random.default_rng(0)
    a = np.cumsum(rng.normal(size=(N, F)), axis=0) * 0.1
    b = a[np.clip(np.arange(N) + np.round(8 * np.sin(np.arange(N) / 40)).astype(int), 0, N - 1)]
    b = b + 0.05 * rng.normal(size=(N, F))
    weights = np.ones(F)
    ours, theirs = [], []
    for _ in range(RUNS):
        before = time.perf_counter()
        align.banded(a, b, weights, BAND - 1)
        ours.append(time.perf_counter() - before)
        before = time.perf_counter()
        dtw_ndim.distance_fast(a, b, window=BAND)
        theirs.append(time.perf_counter() - before)
    one, other = np.median(ours) * 1e3, np.median(theirs) * 1e3
    yield f"alignment of {N} x {N} x {F}: {one:.1f} ms, dtaidistance {other:.1f} ms, ratio {one / other:.2f}"
