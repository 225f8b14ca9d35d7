"""Following a learner while they move: how alike now, per part, and where in the gesture they are.

Open-end alignment: the whole attempt up to now is aligned with every beginning of the demonstration; the cheapest end
is where the learner is. One column of the table a sample, exact (see `align.path`), for both ways round at once.
"""

from dataclasses import dataclass

import numpy as np

from vrtrainer.human.observation import MEASURED
from vrtrainer.human.skeleton import INDEX
from vrtrainer.imitation import features

_HEAD = INDEX["head"]
NEAR_MISS = 1.5  # tolerances beyond the first at which half is left
_ABSENT = np.full(4, np.nan)
_NO_FACE = np.full(52, np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Similarity:
    """How alike the learner's posture is to the demonstration's where they are in it.

    Parameters
    ----------
    overall : float
        0..1, NaN when nothing that counts is seen.
    parts : tuple of str
    values : ndarray, shape (P,)
        0..1 per part, NaN where not seen.
    """

    overall: float
    parts: tuple
    values: np.ndarray


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
        self._used, self._weights, self._rows, self._n = used, weights, rows, n
        weighted = rows * weights[:, None, :]
        # |T - x|^2 = T^2 m - 2 T x + x^2, each weighted: two products for both ways round.
        self._products = np.concatenate([weighted * rows, -2.0 * weighted], axis=2).reshape(len(sides) * n, -1)
        self._table = np.empty((len(sides), n))
        self._sums = np.empty((len(sides), n))
        self._next = np.empty((len(sides), n))
        self._x = np.empty(2 * len(used))
        parts = []
        for s in sides:
            names = tuple(s.counts)
            share = np.zeros((len(names), len(used)))
            for k, name in enumerate(names):
                for group, weight in s.counts[name].items():
                    columns = features.COLUMNS[name, group].columns
                    share[k, np.searchsorted(used, np.arange(columns.start, columns.stop))] = weight
                share[k] /= max(sum(s.counts[name].values()), 1e-9)
            heavy = np.array([max(s.counts[name].values()) for name in names])
            parts.append((names, share, heavy / max(heavy.sum(), 1e-9)))
        self._parts = tuple(parts)
        self.start()

    def start(self):
        """Begin a new attempt."""
        self._table.fill(0.0)
        self._begun = False

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
        positions = seen.positions
        measured = seen.how == MEASURED
        if not measured.all():
            positions = np.where(measured[:, None], positions, np.nan)
        head = seen.rotations[_HEAD] if measured[_HEAD] else _ABSENT
        face = seen.face if seen.face_how == MEASURED else _NO_FACE
        with np.errstate(invalid="ignore", divide="ignore"):
            row = features.extract(positions, head, face, self._template.measures)[self._used]
        known = row == row
        x, count = self._x, len(row)
        np.copyto(x[:count], known)
        x[count:] = np.where(known, row, 0.0)
        cost = (self._products @ x).reshape(self._table.shape)
        cost += (self._weights @ (x[count:] * x[count:]))[:, None]
        table = self._column(cost)
        best = table.argmin(axis=1)
        side = int(table[np.arange(len(best)), best].argmin()) if len(best) > 1 else 0
        at = int(best[side])
        names, share, heavy = self._parts[side]
        off = np.where(known, row - self._rows[side, at], 0.0)
        weight = share @ known
        distance = np.sqrt((share @ (off * off)) / np.where(weight > 0, weight, np.nan))
        values = likeness(distance)
        seen_weight = heavy @ (weight > 0)
        overall = float(np.where(weight > 0, values, 0.0) @ heavy / seen_weight) if seen_weight > 0 else float("nan")
        alignment = Alignment(
            at / max(self._n - 1, 1), time - float(self._template.times[at]), self._template.sides[side].name
        )
        return Similarity(overall, names, values), alignment

    def _column(self, cost):
        sums = np.cumsum(cost, axis=1, out=self._sums)
        new = self._next
        if self._begun:
            old = self._table
            new[:, 0] = old[:, 0]
            np.minimum(old[:, 1:], old[:, :-1], out=new[:, 1:])
            new += cost
            new -= sums
            np.minimum.accumulate(new, axis=1, out=new)
            new += sums
        else:
            new[:] = sums
            self._begun = True
        self._table, self._next = new, self._table
        return new
