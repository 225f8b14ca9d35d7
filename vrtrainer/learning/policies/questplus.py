"""QUEST+ (Watson 2017) on the tempo: each trial is shown at the speed that tells most about where success ends.

The chance of full success falls with the logarithm of the tempo, from 1 - lapse to nothing (there is no guessing in
imitation), by a logistic curve. Threshold, slope and lapse lie on a grid; after each answer every grid point is weighed
by how likely it made that answer, and the next tempo is the one after which the entropy of the grid is expected to be
smallest. For measuring, not for teaching: half of the trials may not succeed. Gestures come in the block's order.
"""

from dataclasses import replace

import numpy as np

from vrtrainer.learning.policies._plan import plan_of, reason, side_of

TEMPOS = np.exp(np.linspace(np.log(0.5), np.log(2.0), 13))  # ratios
THRESHOLDS = np.linspace(np.log(0.4), np.log(2.5), 31)  # natural logarithm of the tempo where success is halved
SLOPES = np.array([1.5, 2.5, 4.0, 6.5])  # logits per natural logarithm
LAPSES = np.array([0.0, 0.05, 0.1])
SLOWER = 0.75  # of the last tempo, where somebody asks for slower; the other way round for harder


def next_trial(model, offer, history, rng):
    """The block's gestures in order, each at the tempo that is expected to tell most."""
    table = success(TEMPOS, *grid())
    weights = posterior(table, *_answers(history))
    names = list(offer.gestures)
    chosen = offer.choice in offer.gestures
    gesture = offer.gestures[offer.choice if chosen else names[len(history) % len(names)]]
    tempo = TEMPOS[int(np.argmin(expected_entropy(table, weights)))]
    before = history[-1][0].facets.tempo if history else 1.0
    if offer.override == "slower":
        tempo = min(tempo, offer.level.tempo, max(SLOWER * before, TEMPOS[0]))
    elif offer.override == "harder" and offer.prompt == 0:
        tempo = max(tempo, min(before / SLOWER, TEMPOS[-1]))
    tempo = float(tempo)
    key, values = reason(offer, "tells_most", {"percent": round(100 * tempo)})
    offer = replace(offer, level=replace(offer.level, tempo=tempo))
    side = side_of(offer, gesture, history, rng)
    return plan_of(model, offer, gesture, side, offer.prompt, offer.kind, key, values)


def grid():
    """Every threshold with every slope and lapse.

    Returns
    -------
    threshold, slope, lapse : ndarray, shape (G,)
        Natural logarithm of a tempo ratio; logits per natural logarithm; share.
    """
    return tuple(axis.ravel() for axis in np.meshgrid(THRESHOLDS, SLOPES, LAPSES, indexing="ij"))


def success(tempos, threshold, slope, lapse):
    """Chance of full success.

    Parameters
    ----------
    tempos : ndarray, shape (N,)
        Ratios.
    threshold, slope, lapse : ndarray, shape (G,)
        As in `grid`.

    Returns
    -------
    ndarray, shape (N, G)
    """
    steepness = slope * (np.log(tempos)[:, None] - threshold)
    return (1.0 - lapse) / (1.0 + np.exp(steepness))


def posterior(table, levels, hits):
    """How likely each grid point is after some answers; before any they all are alike.

    Parameters
    ----------
    table : ndarray, shape (N, G)
        Of `success`.
    levels : sequence of int
        Row of the tempo of each answer.
    hits : sequence of bool
        Whether it was a full success.

    Returns
    -------
    ndarray, shape (G,)
        Adds up to 1.
    """
    logs = np.zeros(table.shape[1])
    for level, hit in zip(levels, hits, strict=True):
        p = table[level] if hit else 1.0 - table[level]
        logs += np.log(np.maximum(p, 1e-12))
    weights = np.exp(logs - logs.max())
    return weights / weights.sum()


def expected_entropy(table, weights):
    """Entropy of the grid that is expected after one more answer at each tempo.

    Parameters
    ----------
    table : ndarray, shape (N, G)
    weights : ndarray, shape (G,)

    Returns
    -------
    ndarray, shape (N,)
        Nats. With a weight w and its answer's chance p, the entropy after the answer is
        log(sum w p) - sum(w p log(w p)) / sum(w p); averaged over both answers the divisors fall away.
    """
    total = np.zeros(len(table))
    for p in (table, 1.0 - table):
        joint = p * weights
        share = joint.sum(axis=1)
        total += _xlogx(share) - _xlogx(joint).sum(axis=1)
    return total


def _xlogx(x):
    return x * np.log(np.maximum(x, 1e-300))


def _answers(history):
    """Rows of TEMPOS and hits; a trial at another speed counts at the nearest row, one with help not at all."""
    told = [(plan, answer) for plan, answer in history if answer.graded is not None and plan.prompt == 0]
    rows = [int(np.argmin(np.abs(np.log(TEMPOS) - np.log(plan.facets.tempo)))) for plan, _ in told]
    return rows, [answer.graded == 2 for _, answer in told]
