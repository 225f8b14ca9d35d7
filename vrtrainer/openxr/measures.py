"""What a headset's samples tell about it: rates, jitter, lag of hands behind the head, where hands are seen, claps.

Rule 1: arrays in, figures out; no clock and no runtime. What cannot be told is None, never 0.
Rule 2: a figure that is uncertain comes with its uncertainty, one standard deviation, in its own unit.
"""

from dataclasses import dataclass

import numpy as np

from vrtrainer.human import rotations

AT_REST = 0.5  # s, over which a mean is taken off before jitter is told: what is slower is the person's sway
JUMP = 0.01  # m from one sample to the next
LEAST_RATE = 0.25  # rad/s, root mean square of a turn below which no lag is told
LEAST_ALIKE = 0.7  # of correlation, below which head and hand did not move as one
BAND_DEG = 20.0  # of pitch: hands are seen between two yaws in each band
CELL_DEG = 10.0
_SEEN_FOR = 0.06  # s in a cell that make it known, and two samples at least
_STEP = 0.002  # s, of the grid that lags are looked for on
_SMOOTH = 0.025  # s, of the Gaussian that takes off what a derivative makes of noise
_BLOCK = 1.0  # s, of the pieces that are drawn again for the uncertainty
_CONTACT, _APART = 0.13, 0.20  # m between wrists' or palms' places: closed below, open again above


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure, its uncertainty (one standard deviation) and from how many samples it was told."""

    value: float
    sd: float
    count: int


def pace(times, period=None):
    """How often something came.

    Parameters
    ----------
    times : ndarray, shape (T,)
        Seconds, ascending; NaN for what is not known.
    period : float, optional
        Seconds that an interval should have been; the median interval where nothing is known.

    Returns
    -------
    tuple of (Measured, float) or None
        Per second (1 over the median interval; the uncertainty is that of the median), and the share of intervals that
        were longer than one and a half of the period. None below ten intervals.

    Examples
    --------
    >>> rate, late = pace(np.arange(100) / 90)
    >>> round(rate.value, 3), late
    (90.0, 0.0)
    """
    times = np.asarray(times, float)
    steps = np.diff(times[np.isfinite(times)])
    steps = steps[steps > 0]
    if len(steps) < 10:
        return None
    middle = float(np.median(steps))
    # Of a median: 1.2533 sigma / sqrt(n), sigma robustly from the interquartile range.
    spread = np.subtract(*np.percentile(steps, (75, 25))) / 1.349
    error = 1.2533 * spread / np.sqrt(len(steps))
    late = float(np.mean(steps > 1.5 * (period or middle)))
    return Measured(1.0 / middle, float(error / middle**2), len(steps)), late


def fresh_rate(times, samples):
    """How often a device really had something new, where samples may be repeated from frame to frame.

    Parameters
    ----------
    times : ndarray, shape (T,)
        Seconds of the frames.
    samples : ndarray, shape (T, K)
        What was read at each; NaN where absent. Equal to the last bit means repeated.

    Returns
    -------
    Measured or None
        New samples a second, over the time in which there were any; None below ten of them. The uncertainty is that of
        counting: one sample at either end.
    """
    times, samples = np.asarray(times, float), np.asarray(samples, float).reshape(len(times), -1)
    there = np.isfinite(samples).all(axis=1)
    both = there[1:] & there[:-1]
    new = both & (samples[1:] != samples[:-1]).any(axis=1)
    seconds = float(np.diff(times)[both].sum())
    if new.sum() < 10 or seconds <= 0:
        return None
    return Measured(float(new.sum() / seconds), 1.0 / seconds, int(new.sum()))


def jitter(times, positions):
    """How much a place trembles that is kept still.

    Parameters
    ----------
    times : ndarray, shape (T,)
        Seconds.
    positions : ndarray, shape (T, 3)
        Metres, NaN where absent.

    Returns
    -------
    Measured or None
        Metres, root mean square of the distance from a mean over `AT_REST` s around. A person's own tremor (0.1 to 1 mm
        of a hand held out) is in it.
    """
    good = np.isfinite(positions).all(axis=1)
    times, positions = np.asarray(times, float)[good], np.asarray(positions, float)[good]
    # A jump is the origin that was moved or a hand found again elsewhere, and no trembling.
    jumped = times[1:][np.linalg.norm(np.diff(positions, axis=0), axis=1) > JUMP]
    steady = (np.abs(times[:, None] - jumped[None, :]) > AT_REST / 2 + 1e-9).all(axis=1)
    if steady.sum() < 30:
        return None
    first = np.searchsorted(times, times - AT_REST / 2)
    last = np.searchsorted(times, times + AT_REST / 2, side="right")
    summed = np.concatenate([np.zeros((1, 3)), np.cumsum(positions - positions[0], axis=0)])
    mean = (summed[last] - summed[first]) / (last - first)[:, None]
    squared = (((positions - positions[0]) - mean) ** 2).sum(axis=1)[steady]
    value = float(np.sqrt(squared.mean()))
    independent = max((times[-1] - times[0]) / AT_REST, 1.0) * 3
    return Measured(value, value / np.sqrt(2 * independent), int(steady.sum()))


def heading(turned):
    """Yaw of rotations, unwrapped: to the left positive, as +Y turns.

    Parameters
    ----------
    turned : ndarray, shape (T, 4)
        Unit quaternions, x y z w; NaN where absent.

    Returns
    -------
    ndarray, shape (T,)
        Radians, NaN where absent.
    """
    ahead = rotations.rotate(turned, np.array([0.0, 0.0, -1.0]))
    return _unwrapped(np.arctan2(-ahead[:, 0], -ahead[:, 2]))


def heading_between(left, right):
    """Which way two hands that are held out face: the yaw of the line from left to right, unwrapped.

    Parameters
    ----------
    left, right : ndarray, shape (T, 3)
        Metres, NaN where absent.

    Returns
    -------
    ndarray, shape (T,)
        Radians, 0 where the right hand is at +X of the left one; NaN where one is absent.
    """
    line = right - left
    return _unwrapped(np.arctan2(-line[:, 2], line[:, 0]))


def _unwrapped(angle):
    out, good = np.full(len(angle), np.nan), np.isfinite(angle)
    out[good] = np.unwrap(angle[good])
    return out


@dataclass(frozen=True, slots=True)
class Lag:
    """By how much the second came after the first.

    `seconds` (negative: it came before), `sd` of it, `alike` the correlation at that lag, `share` of the samples in
    which both were there.
    """

    seconds: float
    sd: float
    alike: float
    share: float


def lag(times, first, second, longest=0.3, seed=0):
    """How much later a second angle follows a first one that it moves rigidly with.

    The lag at which the rates of both correlate best, found on a grid of 2 ms and between its points by a parabola; its
    uncertainty by drawing pieces of a second again 200 times (block bootstrap), and the grid's own.

    Parameters
    ----------
    times : ndarray, shape (T,)
        Seconds at which both are told.
    first, second : ndarray, shape (T,)
        Radians, unwrapped; NaN where absent.
    longest : float
        Seconds, to either side.
    seed : int
        Of the draws.

    Returns
    -------
    Lag or None
        None where there are less than 3 s in which both are there, where it hardly turned, or where the two did not
        move as one.
    """
    times = np.asarray(times, float)
    both = np.isfinite(first) & np.isfinite(second) & np.isfinite(times)
    share = float(both.mean()) if len(both) else 0.0
    if both.sum() < 30 or np.ptp(times[both]) < 3.0:
        return None
    at = times[both]
    grid = np.arange(at[0], at[-1], _STEP)
    # Where samples are missing for long, a straight line between them would be evidence of nothing.
    known = np.diff(at)[np.clip(np.searchsorted(at, grid, side="right") - 1, 0, len(at) - 2)] < 0.15
    a, b = (_rate(np.interp(grid, at, np.asarray(x, float)[both])) for x in (first, second))
    a, b = np.where(known, a, 0.0), np.where(known, b, 0.0)
    if known.sum() * _STEP < 2.5 or np.sqrt((a[known] ** 2).mean()) < LEAST_RATE:
        return None
    most = round(longest / _STEP)
    lags = np.arange(-most, most + 1)
    size = int(_BLOCK / _STEP)
    inner = np.arange(most, len(grid) - most)
    pieces = [inner[k : k + size] for k in range(0, len(inner) - size // 2, size)]
    if len(pieces) < 2:
        return None
    # Per piece and lag: products and squares, so that a draw is a sum and not a correlation anew.
    products = np.array([[a[p] @ b[p + k] for k in lags] for p in pieces])
    square_a = np.array([a[p] @ a[p] for p in pieces])
    square_b = np.array([[b[p + k] @ b[p + k] for k in lags] for p in pieces])

    def best(weights):
        over = weights @ products
        likeness = over / np.sqrt(np.maximum((weights @ square_a) * (weights @ square_b), 1e-12))
        k = int(np.argmax(likeness))
        between = 0.0
        if 0 < k < len(lags) - 1:
            before, here, after = likeness[k - 1 : k + 2]
            bend = before - 2 * here + after
            between = 0.0 if bend == 0 else float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5))
        return (lags[k] + between) * _STEP, float(likeness[k])

    value, alike = best(np.ones(len(pieces)))
    if alike < LEAST_ALIKE or abs(value) > longest - 2 * _STEP:
        return None
    rng = np.random.default_rng(seed)
    draws = rng.multinomial(len(pieces), np.full(len(pieces), 1 / len(pieces)), size=200)
    spread = float(np.std([best(w.astype(float))[0] for w in draws]))
    frame = float(np.median(np.diff(at)))
    # A frame's sampling is uncertain by its length times 1/sqrt(12), shared among the turns that were seen.
    turns = max(int(np.count_nonzero(np.diff(np.sign(a)))), 1)
    return Lag(float(value), float(np.hypot(spread, frame / np.sqrt(12 * turns))), alike, share)


def _rate(angle):
    reach = int(4 * _SMOOTH / _STEP)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) * _STEP / _SMOOTH) ** 2)
    padded = np.pad(np.gradient(angle, _STEP), reach, mode="edge")
    return np.convolve(padded, bell / bell.sum(), mode="valid")


@dataclass(frozen=True, slots=True)
class Volume:
    """Where hands were seen from the head.

    Parameters
    ----------
    bands : tuple of ((float, float), (float, float))
        Pitch from and to, and the outermost yaws between which hands were measured there, degrees; to the right and up
        positive, 0 straight ahead.
    near, far : float
        Metres from between the eyes, between which 98 % of the measured samples were.
    measured, inferred : float
        Shares of all samples; the rest was absent.
    lost : tuple of (float, float)
        Yaw and pitch, degrees, of where hands were last measured before they were gone for a quarter second or more.
    count, cells : int
        Measured samples, and directions (10 by 10 degrees) that they were in.
    """

    bands: tuple
    near: float
    far: float
    measured: float
    inferred: float
    lost: tuple
    count: int
    cells: int


def from_head(head_turned, eyes, places):
    """Directions and distances of places as seen from the head.

    Parameters
    ----------
    head_turned : ndarray, shape (T, 4)
    eyes, places : ndarray, shape (T, 3)
        Metres, NaN where absent.

    Returns
    -------
    ndarray, shape (T, 3)
        Yaw (to the right positive) and pitch (up positive) in degrees, distance in metres.
    """
    seen = rotations.rotate(rotations.inverse(head_turned), places - eyes)
    far = np.linalg.norm(seen, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        pitch = np.degrees(np.arcsin(np.clip(seen[:, 1] / far, -1.0, 1.0)))
    return np.stack([np.degrees(np.arctan2(seen[:, 0], -seen[:, 2])), pitch, far], axis=1)


def volume(times, seen, measured, valid):
    """Where hands are seen, from hands that went everywhere.

    Parameters
    ----------
    times : ndarray, shape (T,)
        Seconds.
    seen : ndarray, shape (T, 3)
        As `from_head` gives it; NaN where absent.
    measured, valid : ndarray of bool, shape (T,)
        Whether the device tracked the hand, and whether it told any place for it.

    Returns
    -------
    Volume or None
        None below 30 measured samples.
    """
    measured = np.asarray(measured, bool) & np.isfinite(seen).all(axis=1)
    valid = np.asarray(valid, bool)
    if measured.sum() < 30:
        return None
    yaw, pitch, far = seen[measured].T
    cells, counts = np.unique(np.floor(np.stack([pitch, yaw]) / CELL_DEG).astype(int), axis=1, return_counts=True)
    known = cells[:, counts >= max(2, round(_SEEN_FOR / max(float(np.median(np.diff(times))), 1e-3)))]
    bands = []
    for low in np.arange(-90.0, 90.0, BAND_DEG):
        inside = known[1][(known[0] * CELL_DEG >= low) & (known[0] * CELL_DEG < low + BAND_DEG)]
        if len(inside):
            bands.append(((float(low), float(low + BAND_DEG)),
                          (float(inside.min() * CELL_DEG), float((inside.max() + 1) * CELL_DEG))))  # fmt: skip
    last = None
    lost, since = [], None
    for k, was in enumerate(measured):
        if was:
            last, since = k, None
        elif last is not None:
            since = times[k] if since is None else since
            if times[k] - since >= 0.25:
                lost.append((round(float(seen[last, 0])), round(float(seen[last, 1]))))
                last = None
    near, out = np.percentile(far, (1, 99))
    inferred = float((valid & ~measured).mean())
    return Volume(tuple(bands), float(near), float(out), float(measured.mean()), inferred, tuple(lost),
                  int(measured.sum()), int(known.shape[1]))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claps:
    """Hands that met: how often, how fast the faster of both hands was (m/s), the least distance of the palms (m), and
    the share of samples within 0.15 s of a contact in which a hand was not measured."""

    count: int
    fastest: float
    nearest: float
    lost: float


def claps(times, left, right, measured):
    """Contacts of the palms.

    Parameters
    ----------
    times : ndarray, shape (T,)
        Seconds.
    left, right : ndarray, shape (T, 3)
        Palms, metres, NaN where absent.
    measured : ndarray of bool, shape (T,)
        Whether both hands were.

    Returns
    -------
    Claps or None
        None where the palms never met.
    """
    times, measured = np.asarray(times, float), np.asarray(measured, bool)
    apart = np.linalg.norm(left - right, axis=1)
    contacts, closed, best = [], False, None
    for k, d in enumerate(apart):
        if not np.isfinite(d):
            continue
        if d < _CONTACT:
            best = k if not closed or d < apart[best] else best
            closed = True
        elif closed and d > _APART:
            contacts.append(best)
            closed = False
    if closed:
        contacts.append(best)
    if not contacts:
        return None
    speeds = [0.0]
    for hand in (left, right):
        steps = np.diff(times)
        moved = np.linalg.norm(np.diff(hand, axis=0), axis=1)
        good = np.isfinite(moved) & (steps > 1e-4) & measured[1:] & measured[:-1]
        if good.any():
            speeds.append(float(np.percentile(moved[good] / steps[good], 99)))
    around = (np.abs(times[:, None] - times[contacts][None, :]) < 0.15).any(axis=1)
    return Claps(len(contacts), max(speeds), float(np.nanmin(apart)), float(1.0 - measured[around].mean()))


def height(eyes):
    """Eye height of somebody who keeps still.

    Parameters
    ----------
    eyes : ndarray, shape (T, 3)
        Metres above the floor, NaN where absent.

    Returns
    -------
    Measured or None
        Median; the uncertainty is the spread of single samples, because neighbouring ones are no new evidence.
    """
    up = np.asarray(eyes, float)[:, 1]
    up = up[np.isfinite(up)]
    if len(up) < 30:
        return None
    spread = float(np.subtract(*np.percentile(up, (75, 25)))) / 1.349
    return Measured(float(np.median(up)), spread, len(up))


def eyes_apart(poses):
    """Distance of the two views, and whether the first is to the left of the second.

    Parameters
    ----------
    poses : ndarray, shape (T, 2, 7)
        Of both views: quaternion x y z w, position in metres.

    Returns
    -------
    tuple of (Measured, bool) or None
    """
    poses = np.asarray(poses, float)
    if not len(poses):
        return None
    across = rotations.rotate(rotations.inverse(poses[:, 0, :4]), poses[:, 1, 4:] - poses[:, 0, 4:])
    apart = np.linalg.norm(across, axis=1)
    return Measured(float(np.median(apart)), float(np.std(apart)), len(apart)), bool(np.median(across[:, 0]) > 0)
