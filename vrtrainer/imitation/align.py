"""Which moment of an attempt belongs to which moment of a demonstration: dynamic time warping, exact, in numpy."""

import numpy as np

# OpenBLAS shares a product among threads from 2^18 multiplications on. Waking them beside a frame loop that uses the
# cores itself costs ten times the product, so larger ones are made in pieces below that.
_ALONE = 2**18
_COLUMNS = 32  # whose costs are worked out at once


def costs(demonstration, attempt, weights):
    """Weighted squared distances of every moment to every other, by matrix products.

    Parameters
    ----------
    demonstration : ndarray, shape (N, F)
    attempt : ndarray, shape (T, F)
        NaN where not seen: the distance is then that of what was seen, scaled to the whole weight.
    weights : ndarray, shape (F,)

    Returns
    -------
    ndarray, shape (N, T)
        Mean squared distance over the weight that was seen; 0 where nothing was.
    """
    known = np.isfinite(attempt)
    here = np.isfinite(demonstration)
    d, a = np.where(here, demonstration, 0.0), np.where(known, attempt, 0.0)
    if known.all() and here.all():
        total = weights.sum() or 1.0
        dw = d * weights
        out = _product(dw, a.T)
        out *= -2.0
        out += np.einsum("nf,nf->n", dw, d)[:, None]
        out += (a * a) @ weights
        np.maximum(out, 0.0, out=out)
        out /= total
        return out
    hw, seen_there = here * weights, known.T.astype(float)
    seen = _product(hw, seen_there)
    out = _product(d * d * weights, seen_there) - 2.0 * _product(d * weights, a.T)
    out += _product(here.astype(float), (a * a * weights).T)
    return np.where(seen > 1e-9, np.maximum(out, 0.0) / np.maximum(seen, 1e-9), 0.0)


def _product(a, b):
    """a @ b on this thread alone."""
    rows = max(_ALONE // max(b.size, 1), 1)
    if rows >= len(a):
        return a @ b
    out = np.empty((len(a), b.shape[1]))
    for k in range(0, len(a), rows):
        np.matmul(a[k : k + rows], b, out=out[k : k + rows])
    return out


def path(cost, free_ends=True, band=None):
    """The cheapest way through a matrix of costs.

    Each column is exact: D = S + minimum.accumulate(e + c - S) with S = cumsum(c) and e the cheaper of the two cells
    to the left (a running minimum over a column's upward steps; Sakoe and Chiba 1978 for the recurrence).

    Parameters
    ----------
    cost : ndarray, shape (N, T)
        Demonstration down, attempt across; not negative.
    free_ends : bool
        The attempt may begin later and end earlier than its samples: what comes before and after costs nothing.
    band : int, optional
        Rows that a way may lie off the straight line from the first corner to the last: exact inside.

    Returns
    -------
    total : float
        Sum of costs along the way.
    rows, columns : ndarray, shape (L,)
        Integers: the way, from the beginning.
    """
    n, t = cost.shape
    lows, highs = _limits(n, t, band)
    blocks = ((k, r, np.ascontiguousarray(cost[r:below, k:after].T)) for k, after, r, below in _blocks(lows, highs))
    return _through(blocks, lows, highs, n, free_ends)


def banded(demonstration, attempt, weights, band, free_ends=False):
    """The cheapest way between two series, as `path` of their `costs`; only costs within the band are worked out.

    Parameters
    ----------
    demonstration : ndarray, shape (N, F)
    attempt : ndarray, shape (T, F)
        NaN where not seen.
    weights : ndarray, shape (F,)
    band : int
    free_ends : bool

    Returns
    -------
    total : float
    rows, columns : ndarray, shape (L,)
    """
    n = len(demonstration)
    lows, highs = _limits(n, len(attempt), band)
    blocks = (
        (k, r, costs(attempt[k:after], demonstration[r:below], weights)) for k, after, r, below in _blocks(lows, highs)
    )
    return _through(blocks, lows, highs, n, free_ends)


def _blocks(lows, highs):
    """Columns from and to, rows from and to, of pieces that together hold the band and little else."""
    for k in range(0, len(lows), _COLUMNS):
        after = min(k + _COLUMNS, len(lows))
        yield k, after, lows[k], highs[after - 1]


def _through(blocks, lows, highs, n, free_ends):
    t = len(lows)
    # A row of the table more on both sides: from row -1 every way comes in, with free ends at any column.
    table = np.full((t + 1, n + 1), np.inf)
    table[:, 0] = 0.0 if free_ends else np.inf
    table[0, 0] = 0.0
    cells = np.empty(n)
    minimum, add, running = np.minimum, np.add, np.minimum.accumulate
    for first, row, cost in blocks:
        sums = np.cumsum(cost, axis=1)
        entering = cost - sums
        for c in range(len(cost)):
            k = first + c
            low, high = lows[k], highs[k]
            before = table[k]
            e = cells[: high - low]
            minimum(before[low + 1 : high + 1], before[low:high], out=e)
            add(e, entering[c, low - row : high - row], e)
            running(e, 0, None, e)
            add(e, sums[c, low - row : high - row], table[k + 1, low + 1 : high + 1])
    end = int(np.argmin(table[1:, n])) + 1 if free_ends else t
    return float(table[end, n]), *_way_back(table, n, end, free_ends)


def _limits(n, t, band):
    """First row and the one after the last of each column."""
    if band is None:
        return [0] * t, [n] * t
    middle = np.arange(t) * ((n - 1) / max(t - 1, 1))
    band = max(band, n / t)  # so that each column joins the next
    return np.maximum(np.ceil(middle - band), 0).astype(int).tolist(), (
        np.minimum(np.floor(middle + band), n - 1).astype(int) + 1
    ).tolist()


def _way_back(table, i, k, free_ends):
    cell = memoryview(table)
    rows, columns = [i - 1], [k - 1]
    while i > 1 or (k > 1 and not free_ends):
        diagonal, left, up = cell[k - 1, i - 1], cell[k - 1, i], cell[k, i - 1]
        if (i > 1 and k > 1 and diagonal <= left and diagonal <= up) or (i == 1 and k == 1):
            i, k = i - 1, k - 1
        elif k > 1 and (left < up or i == 1):
            k -= 1
        else:
            i -= 1
        rows.append(i - 1)
        columns.append(k - 1)
    return np.array(rows[::-1]), np.array(columns[::-1])


def distance(a, b):
    """Plain DTW distance of two series: the square root of the summed squared distances along the best way.

    Parameters
    ----------
    a : ndarray, shape (N, F)
    b : ndarray, shape (T, F)

    Returns
    -------
    float
    """
    total, _, _ = path(costs(a, b, np.ones(a.shape[1])) * a.shape[1], free_ends=False)
    return float(np.sqrt(total))
