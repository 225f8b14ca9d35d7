"""Which moment of an attempt belongs to which moment of a demonstration: dynamic time warping, exact, in numpy."""

import numpy as np


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
        out = np.einsum("nf,nf->n", dw, d)[:, None] - 2.0 * (dw @ a.T) + (a * a) @ weights
        return np.maximum(out, 0.0) / total
    hw = here * weights
    seen = hw @ known.T.astype(float)
    out = (d * d * weights) @ known.T - 2.0 * ((d * weights) @ a.T) + here.astype(float) @ (a * a * weights).T
    return np.where(seen > 1e-9, np.maximum(out, 0.0) / np.maximum(seen, 1e-9), 0.0)


def path(cost, free_ends=True):
    """The cheapest way through a matrix of costs.

    Each column is exact: D = S + minimum.accumulate(e + c - S) with S = cumsum(c) and e the cheaper of the two cells
    to the left (a running minimum over a column's upward steps; Sakoe and Chiba 1978 for the recurrence).

    Parameters
    ----------
    cost : ndarray, shape (N, T)
        Demonstration down, attempt across.
    free_ends : bool
        The attempt may begin later and end earlier than its samples: what comes before and after costs nothing.

    Returns
    -------
    total : float
        Sum of costs along the way.
    rows, columns : ndarray, shape (L,)
        Integers: the way, from the beginning.
    """
    n, t = cost.shape
    table = np.empty((t, n))
    columns = np.ascontiguousarray(cost.T)
    sums = np.cumsum(columns, axis=1)
    table[0] = sums[0]
    for k in range(1, t):
        before, s = table[k - 1], sums[k]
        e = np.minimum(before[1:], before[:-1])
        row = table[k]
        first = columns[k, 0] if free_ends else before[0] + columns[k, 0]
        row[0] = first
        row[1:] = e + columns[k, 1:] - s[1:]
        row[0] -= s[0]
        np.minimum.accumulate(row, out=row)
        row += s
    end = int(np.argmin(table[:, n - 1])) if free_ends else t - 1
    i, k = n - 1, end
    rows, cols = [i], [k]
    flat = table.tolist() if n * t < 40_000 else table
    while i > 0 or (k > 0 and not free_ends):
        if i == 0:
            k -= 1
        elif k == 0:
            i -= 1
        else:
            diagonal, left, up = flat[k - 1][i - 1], flat[k - 1][i], flat[k][i - 1]
            if diagonal <= left and diagonal <= up:
                i, k = i - 1, k - 1
            elif left < up:
                k -= 1
            else:
                i -= 1
        rows.append(i)
        cols.append(k)
    return float(table[end, n - 1]), np.array(rows[::-1]), np.array(cols[::-1])


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
