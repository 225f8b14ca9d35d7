"""When things move: minimum-jerk segments, repeats and holds.

Minimum jerk: x(u) = 10 u^3 - 15 u^4 + 6 u^5 (Flash and Hogan 1985), at rest at both ends, with a bell-shaped speed
whose peak is 1.875 times the mean.
"""

import numpy as np

PATHS = ("swing", "circle", "up_down", "side_to_side", "forward_back", "tap", "hit", "nod", "shake", "tilt")
"""Kinds of repeated paths. Of a hand: the first seven; of head and trunk: nod, shake, tilt."""
ONE_SIDED = ("nod", "tap", "hit")
"""Paths that leave the middle to one side only and come back to it."""
RATE = 60.0  # Hz, samples of a performed motion

_LANDS, _LEAVES = 2.2, 1.2  # ways per beat with which a hit lands and bounces off, our own choice
_LEAST, _FAR, _PER_ARM = 0.5, 1.3, 0.42  # s; s; s for each arm length of travel


def minimum_jerk(share):
    """How far a movement has come.

    Parameters
    ----------
    share : ndarray, shape (...,)
        Share of its time, 0..1; held outside.

    Returns
    -------
    ndarray, shape (...,)
        Share of its way, 0..1.

    Examples
    --------
    >>> minimum_jerk(np.array([0.0, 0.5, 1.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    u = np.clip(share, 0.0, 1.0)
    return u * u * u * (10.0 + u * (6.0 * u - 15.0))


def rebounded(share, speed):
    """How far a movement has come that begins at speed, as off a skin, and ends at rest.

    Minimum jerk for those ends; played backwards it begins at rest and lands at speed.

    Parameters
    ----------
    share : ndarray, shape (...,)
        Share of its time, 0..1; held outside.
    speed : float
        At the beginning, in ways per time; above 2.5 it would overshoot.

    Returns
    -------
    ndarray, shape (...,)
        Share of its way, 0..1.

    Examples
    --------
    >>> rebounded(np.array([0.0, 0.5, 1.0]), 2.0).tolist()
    [0.0, 0.8125, 1.0]
    """
    u = np.clip(share, 0.0, 1.0)
    cubic, quartic, quintic = 10.0 - 6.0 * speed, 8.0 * speed - 15.0, 6.0 - 3.0 * speed
    return u * (speed + u * u * (cubic + u * (quartic + u * quintic)))


def chained(times, knots, values):
    """Movement from one value to the next, at rest at each.

    Parameters
    ----------
    times : ndarray, shape (T,)
        Seconds.
    knots : ndarray, shape (K,)
        Seconds, not falling.
    values : ndarray, shape (K, ...)

    Returns
    -------
    ndarray, shape (T, ...)
        The first value before the first knot, the last after the last.
    """
    knots, values = np.asarray(knots, float), np.asarray(values, float)
    if len(knots) == 1:
        return np.repeat(values[:1], len(times), axis=0)
    i = np.clip(np.searchsorted(knots, times, side="right") - 1, 0, len(knots) - 2)
    share = minimum_jerk((times - knots[i]) / np.maximum(knots[i + 1] - knots[i], 1e-9))
    share = share.reshape(-1, *(1,) * (values.ndim - 1))
    return values[i] + share * (values[i + 1] - values[i])


def travel_seconds(distance):
    """Unhurried time for a move of the hand.

    A slow clear pace, our own choice: half a second at least, 0.42 s for each arm length beyond.

    Parameters
    ----------
    distance : float
        Arm lengths.

    Returns
    -------
    float
        Seconds.
    """
    return float(min(_LEAST + _PER_ARM * distance, _FAR))


def path_seconds(path):
    """How long a repeated path takes: two beats for each time there and back.

    Parameters
    ----------
    path : Path or None

    Returns
    -------
    float
        Seconds at tempo 1; 0 without a path.
    """
    return 0.0 if path is None else 2.0 * path.beat_s * path.repeats


def first_turn(path):
    """Seconds from a path's begin to its first turning point, at tempo 1; half way round for a circle.

    Parameters
    ----------
    path : Path

    Returns
    -------
    float
    """
    whole = path.kind in ONE_SIDED or path.kind == "circle"
    return path.beat_s * (1.0 if whole else 0.5) if path.repeats else 0.0


def swung(times, onset, path, tempo):
    """Where a path is between its two ends.

    Parameters
    ----------
    times : ndarray, shape (T,)
        Seconds.
    onset : float
        Seconds at which the path begins.
    path : Path
    tempo : float

    Returns
    -------
    ndarray, shape (T,)
        For a path about its middle from -1 to 1, first towards +1; for a one-sided one from 0 to 1; for a circle the
        angle in radians, 2 pi for each time round. At rest before and after.
    """
    beat = path.beat_s / tempo
    count = max(round(path.repeats), 0)
    if count == 0:
        return np.zeros(len(times))
    if path.kind == "circle":
        return 2 * np.pi * count * minimum_jerk((times - onset) / (2 * beat * count))
    if path.kind == "hit":
        beats = np.clip((times - onset) / beat, 0.0, 2.0 * count)
        down = beats % 2.0 < 1.0
        share = beats % 1.0
        return np.where(down, 1.0 - rebounded(1.0 - share, _LANDS), 1.0 - rebounded(share, _LEAVES))
    if path.kind in ONE_SIDED:
        knots = onset + beat * np.arange(2 * count + 1)
        values = np.arange(2 * count + 1) % 2
    else:
        # Half a beat out, whole beats from end to end, half a beat back.
        knots = onset + beat * np.concatenate([[0.0], np.arange(2 * count) + 0.5, [2.0 * count]])
        values = np.concatenate([[0.0], np.where(np.arange(2 * count) % 2, -1.0, 1.0), [0.0]])
    return chained(times, knots, values)
