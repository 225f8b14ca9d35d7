"""Plain dynamic time warping over all features that count, as a yardstick: one figure, and nothing said about why."""

import numpy as np

from vrtrainer.imitation import align, features
from vrtrainer.imitation.score import Score

_NEEDED = 3  # samples
_HALF = 2.5  # tolerances at which a half is left


def score(template, attempt):
    """Score of one attempt by its alignment distance alone.

    Parameters
    ----------
    template : Template
    attempt : Attempt

    Returns
    -------
    Score
        `attempted` is not judged (None), and so are goal, size, timing and parts; `similarity` is
        exp2(-(d / 2.5)^2) of the mean distance d in tolerances, the better way round.
    """
    side = template.sides[0]
    if attempt.count < _NEEDED:
        return _withheld(side.name, 0.0, "nothing_seen")
    with np.errstate(invalid="ignore", divide="ignore"):
        rows = features.extract(attempt.positions, attempt.head, attempt.face, template.measures)
    best = None
    for side in template.sides:
        weights = features.column_weights(side.counts)
        used = np.flatnonzero(weights)
        share = float(np.isfinite(rows[:, used]).mean(axis=0) @ weights[used] / weights[used].sum())
        cost = align.costs(side.rows[:, used], rows[:, used], weights[used])
        total, i, _ = align.path(cost, free_ends=False)
        distance = float(np.sqrt(total / len(i)))
        if best is None or distance < best[0]:
            best = distance, share, side.name
    distance, share, name = best
    if share < template.share_needed:
        return _withheld(name, share, "body_not_seen")
    value = float(np.exp2(-((distance / _HALF) ** 2)))
    return Score(value, None, None, value, None, None, None, name, {}, share, None, None)


def _withheld(side, share, key):
    return Score(None, None, None, None, None, None, None, side, {}, share, None, key)
