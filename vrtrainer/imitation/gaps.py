"""Short gaps of what was seen are bridged by a straight line, so that a lost sample does not lose its neighbours."""

import numpy as np


def bridged(times, values, longest):
    """The same with short gaps filled.

    Parameters
    ----------
    times : ndarray, shape (T,)
        Seconds.
    values : ndarray, shape (T, M, C)
        NaN where not seen; a row of C is seen as a whole or not at all.
    longest : float
        Seconds from the last sample seen to the next; longer gaps stay, and so do those at either end.

    Returns
    -------
    ndarray, shape (T, M, C)
        The array itself where nothing is missing.

    Examples
    --------
    >>> bridged(np.array([0.0, 0.1, 0.2]), np.array([[[1.0]], [[np.nan]], [[3.0]]]), 0.3)[:, 0, 0]
    array([1., 2., 3.])
    """
    seen = np.isfinite(values[..., 0])
    if seen.all() or len(values) < 3:
        return values
    count = len(values)
    index = np.arange(count)[:, None]
    before = np.maximum.accumulate(np.where(seen, index, -1), axis=0)
    after = np.minimum.accumulate(np.where(seen, index, count)[::-1], axis=0)[::-1]
    whole = (before >= 0) & (after < count) & ~seen
    t, m = np.nonzero(whole)
    first, last = before[t, m], after[t, m]
    short = times[last] - times[first] <= longest
    t, m, first, last = t[short], m[short], first[short], last[short]
    share = ((times[t] - times[first]) / np.maximum(times[last] - times[first], 1e-9))[:, None]
    out = values.copy()
    out[t, m] = values[first, m] + share * (values[last, m] - values[first, m])
    return out
