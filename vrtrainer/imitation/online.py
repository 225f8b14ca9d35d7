"""Following a learner while they move: how alike now, per part, and where in the gesture they are.

Open-end alignment: the whole attempt up to now is aligned with every beginning of the demonstration; the cheapest end
is where the learner is. One column of the table a sample, exact (see `align.path`), for both ways round at once.
"""

from dataclasses import dataclass
from math import inf, nan, sqrt

import numpy as np

from vrtrainer.imitation import features, single

NEAR_MISS = 1.5  # tolerances beyond the first at which half is left


class Similarity:
    """How alike the learner's posture is to the demonstration's where they are in it; reckoned when it is asked for.

    `parts` names the parts of the body.

    Parameters
    ----------
    parts : tuple of str
    reckoned : callable
        Answers `overall` and `values`.
    """

    __slots__ = ("_found", "_reckoned", "parts")

    def __init__(self, parts, reckoned):
        self.parts, self._reckoned, self._found = parts, reckoned, None

    def _told(self):
        if self._found is None:
            self._found, self._reckoned = self._reckoned(), None
        return self._found

    @property
    def overall(self):
        """0..1, NaN when nothing that counts is seen."""
        return self._told()[0]

    @property
    def values(self):
        """0..1 per part, NaN where not seen; ndarray, shape (P,)."""
        return self._told()[1]


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where in the gesture the learner is.

    Parameters
    ----------
    progress : float
        0 at the start to 1 at the end.
    behind_s : float
        Seconds after the demonstration's own time; negative is ahead.
    side : str
        mirror, anatomical or none: the way round that fits best so far.
    """

    progress: float
    behind_s: float
    side: str


def likeness(distance):
    """Distance in tolerances as likeness: 1 within one, one half at 2.5, near 0 from 5 on.

    Parameters
    ----------
    distance : ndarray, shape (...,)

    Returns
    -------
    ndarray, shape (...,)
    """
    over = np.maximum(np.asarray(distance) - 1.0, 0.0) / NEAR_MISS
    return np.exp2(-(over * over))


class Comparator:
    """Compares sample by sample.

    Parameters
    ----------
    template : Template
    """

    def __init__(self, template):
        self._template = template
        sides = template.sides
        n = len(template.times)
        weights = np.stack([features.alignment_weights(s.counts) for s in sides])
        used = np.flatnonzero(weights.any(axis=0))
        rows = np.nan_to_num(np.stack([s.rows[:, used] for s in sides]))  # what a recording lacks has no weight
        weights = weights[:, used] / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
        self._weights, self._rows, self._n = weights, rows, n
        weighted = rows * weights[:, None, :]
        # |T - x|^2 = T^2 m - 2 T x + x^2, each weighted. Where all of x is known T^2 m is the same for every sample;
        # it is one product with the last column, for both ways round at once.
        self._squares = (weighted * rows).reshape(len(sides) * n, -1)
        self._products = (-2.0 * weighted).reshape(len(sides) * n, -1)
        self._whole = self._squares.sum(axis=1)
        self._row = np.empty(len(used))
        self._read = single.Row(used, template.measures, self._row).read
        self._square = np.empty(len(used))
        self._own = np.empty(len(sides))
        self._own_column = self._own[:, None]
        self._mask, self._known = None, np.empty(len(used), bool)
        self._cost = np.empty((len(sides), n))
        self._flat = self._cost.reshape(-1)
        self._sums = np.empty((len(sides), n))
        # A cell before the first row, as in `align.path`.
        self._tables = np.empty((2, len(sides), n + 1))
        self._views = tuple((table, table[:, 1:], table[:, :-1]) for table in self._tables)
        self._parts = tuple(self._shares(s, used) for s in sides)
        names = self._parts[0][0]
        self._unseen = Similarity(names, lambda: (nan, np.full(len(names), nan)))
        self._times = template.times.tolist()
        self._names = tuple(s.name for s in sides)
        self.start()

    @staticmethod
    def _shares(side, used):
        names = tuple(side.counts)
        share = np.zeros((len(names), len(used)))
        for k, name in enumerate(names):
            for group, weight in side.counts[name].items():
                columns = features.COLUMNS[name, group].columns
                share[k, np.searchsorted(used, np.arange(columns.start, columns.stop))] = weight
            share[k] /= max(sum(side.counts[name].values()), 1e-9)
        heavy = np.array([max(side.counts[name].values()) for name in names])
        heavy = heavy / max(heavy.sum(), 1e-9)
        return names, share, share.sum(axis=1).tolist(), heavy.tolist()

    def start(self):
        """Begin a new attempt."""
        self._tables.fill(np.inf)
        self._tables[0, :, 0] = 0.0
        self._old, self._new = self._views
        self._begun = False
        self._at = 0, 0

    def step(self, time, seen):
        """Take one sample.

        Parameters
        ----------
        time : float
            Seconds since the turn's onset.
        seen : Observation

        Returns
        -------
        Similarity
        Alignment
        """
        self._read(seen)
        row = self._row
        known = np.equal(row, row, out=self._known)
        if known.tobytes() != self._mask:
            self._learn_known()
        if not self._any:
            return self._unseen, self._unmoved(time)
        flat, square = self._flat, self._square
        if self._unknown is not None:
            np.copyto(row, 0.0, where=self._unknown)
        np.dot(self._products, row, out=flat)
        np.add(flat, self._constant, out=flat)
        np.multiply(row, row, out=square)
        np.dot(self._weights, square, out=self._own)
        cost, sums, old, new = self._cost, self._sums, self._old, self._new
        np.add(cost, self._own_column, out=cost)
        np.add.accumulate(cost, axis=1, out=sums)
        np.subtract(cost, sums, out=cost)
        column = new[1]
        np.minimum(old[1], old[2], out=column)
        np.add(column, cost, out=column)
        np.minimum.accumulate(column, axis=1, out=column)
        np.add(column, sums, out=column)
        side, at, least = 0, 0, inf
        for k, best in enumerate(column.argmin(axis=1).tolist()):
            cell = column[k, best]
            if cell < least:
                side, at, least = k, best, cell
        if not self._begun:
            old[0].fill(inf)  # later samples go on from the first; none begins anew
            self._begun = True
        self._old, self._new = new, old
        self._at = at, side
        progress = at / max(self._n - 1, 1)
        return self._similarity(side, at), Alignment(progress, time - self._times[at], self._names[side])

    def _learn_known(self):
        """Which columns are seen has changed, as it seldom does: what follows from it alone is worked out anew."""
        known = self._known
        self._mask, self._any = known.tobytes(), bool(known.any())
        self._unknown = None if known.all() else ~known
        self._constant = self._whole if self._unknown is None else self._squares @ known

    def _unmoved(self, time):
        """Where the learner was when last seen."""
        at, side = self._at
        return Alignment(at / max(self._n - 1, 1), time - self._times[at], self._names[side])

    def _similarity(self, side, at):
        off, unknown = self._row - self._rows[side, at], self._unknown  # the row is used again at the next sample
        return Similarity(self._parts[side][0], lambda: self._reckoned(side, off, unknown))

    def _reckoned(self, side, off, unknown):
        _, share, weight, heavy = self._parts[side]
        if unknown is not None:
            off[unknown] = 0.0
            weight = (share @ ~unknown).tolist()
        np.multiply(off, off, out=off)
        values, top, bottom = [], 0.0, 0.0
        for square, seen_weight, heaviness in zip(share.dot(off).tolist(), weight, heavy, strict=True):
            if seen_weight <= 0.0:
                values.append(nan)
                continue
            over = sqrt(square / seen_weight) - 1.0
            value = 1.0 if over <= 0.0 else 2.0 ** -((over / NEAR_MISS) ** 2)
            values.append(value)
            top += value * heaviness
            bottom += heaviness
        return top / bottom if bottom > 0.0 else nan, np.array(values)
