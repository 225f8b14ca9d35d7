"""Samples that no tracker can have seen of a person who moves: frozen, put at the origin, or snapped to the head.

Rule 1: what is found here is left out, as if it had not been seen; tracking trouble never lowers a score.
Rule 2: a sensor's joints tremble, at rest too. One that repeats itself bit by bit for 0.3 s while the others go on is
        frozen. In a file without any tremble (drawn, or computed) joints rest bit by bit; there only a joint counts
        as frozen that stops or goes on abruptly, as no movement does.
Rule 3: a sample that all joints repeat is a slow sensor's, and no joint of it is frozen.
"""

import numpy as np

from vrtrainer.human.skeleton import FINGERS, SIDES

FROZEN = 0.3  # s without the least change, while others move
SNAPPED = 0.02  # m from wrist to head: a head's own half width is four times that
_REPEATS = 0.4  # share of repeated samples of an ordinary joint, below which a file's joints tremble; rounding to
# millimetres alone makes it 0.3
_NEARLY_ALL = 0.8


def untrue(positions, joints, rate):
    """Which samples no tracker can have seen.

    Parameters
    ----------
    positions : ndarray, shape (T, J, 3)
        Metres, NaN where missing.
    joints : sequence of str or None, length J
        Which of `human.skeleton.JOINTS` each is; None for a joint of another kind.
    rate : float
        Samples a second.

    Returns
    -------
    ndarray, shape (T, J)
        Bool.
    """
    out = at_origin(positions, joints) | snapped(positions, joints)
    # What was just found stands still as well, and says nothing of whether others do.
    return out | frozen(np.where(out[..., None], np.nan, positions), joints, rate)


def at_origin(positions, joints):
    """Joints put at 0, 0, 0 by a tracker that had nothing else to say.

    Parameters
    ----------
    positions : ndarray, shape (T, J, 3)
    joints : sequence of str or None, length J

    Returns
    -------
    ndarray, shape (T, J)
        Bool. The joint that a file is written relative to stands there for good and is none.
    """
    zero = (positions == 0.0).all(axis=2)
    always = zero.all(axis=0)
    if not always.any():
        return zero
    named = {name: j for j, name in enumerate(joints) if name is not None}
    root = next((named[n] for n in ("hips", "head") if n in named), None)
    reference = np.zeros(len(joints), bool)
    if root is None or (always[root] and always.sum() == 1):
        reference = always
    elif always[root]:
        reference[root] = True
    elif not any(_of_hand(joints[j]) for j in np.flatnonzero(always)) and always.sum() == 1:
        reference = always  # relative to a joint of the trunk that has another name
    return zero & ~reference


def snapped(positions, joints):
    """Hands that were put inside the head.

    Parameters
    ----------
    positions : ndarray, shape (T, J, 3)
    joints : sequence of str or None, length J

    Returns
    -------
    ndarray, shape (T, J)
        Bool, the whole hand where its wrist is there.
    """
    out = np.zeros(positions.shape[:2], bool)
    named = {name: j for j, name in enumerate(joints) if name is not None}
    middles = [positions[:, named["head"]]] if "head" in named else []
    if "leftEye" in named and "rightEye" in named:  # a device's own place is between the eyes
        middles.append(0.5 * (positions[:, named["leftEye"]] + positions[:, named["rightEye"]]))
    for side in SIDES:
        wrist = named.get(f"{side}Hand")
        hand = [j for j, name in enumerate(joints) if _of_hand(name) == side]
        for middle in middles if wrist is not None else ():
            off = positions[:, wrist] - middle
            with np.errstate(invalid="ignore"):
                inside = np.einsum("ti,ti->t", off, off) < SNAPPED * SNAPPED
            out[np.ix_(inside, hand)] = True
    return out


def frozen(positions, joints, rate):
    """Joints that repeat themselves bit by bit while others go on.

    Parameters
    ----------
    positions : ndarray, shape (T, J, 3)
        Metres, NaN where missing.
    joints : sequence of str or None, length J
    rate : float
        Samples a second.

    Returns
    -------
    ndarray, shape (T, J)
        Bool.
    """
    out = np.zeros(positions.shape[:2], bool)
    if positions.shape[1] < 2 or len(positions) < 3:
        return out
    same = np.zeros(out.shape, bool)
    same[1:] = (positions[1:] == positions[:-1]).all(axis=2)
    known = np.isfinite(positions[:, :, 0])
    moves = known & ~same
    moves[0] = False
    movable = moves.any(axis=0)
    goes_on = moves.sum(axis=1) * 2 > max(movable.sum(), 1)
    if not goes_on.any():
        return out
    repeated = same[goes_on].mean(axis=0)
    trembling = movable.mean() > _NEARLY_ALL and np.median(repeated[movable]) < _REPEATS
    looked_at = same.mean(axis=0) < 0.5
    if trembling:
        # A joint that never moves may be the one all others are relative to; the hand of a whole person is not.
        whole = "hips" in joints or "head" in joints
        looked_at = movable | np.array([whole and _of_hand(name) is not None for name in joints])
    need = max(int(np.ceil(FROZEN * rate)), 2)
    for j in np.flatnonzero(looked_at & same.any(axis=0)):
        runs = [(a, b) for a, b in _runs(same[:, j] & goes_on) if b - a >= need]
        if runs and not trembling:
            off = np.diff(positions[:, j], axis=0)
            steps = np.concatenate([[0.0], np.nan_to_num(np.sqrt(np.einsum("ti,ti->t", off, off))), [0.0]])
            usual = np.median(steps[steps > 0.0]) if steps.any() else 0.0
            runs = [(a, b) for a, b in runs if max(steps[a - 1], steps[b]) > usual]
        for start, stop in runs:
            out[start:stop, j] = True
    return out


def _of_hand(name):
    """The side whose hand a joint belongs to, or None."""
    side = next((s for s in SIDES if name is not None and name.startswith(s)), None)
    if side is None:
        return None
    rest = name.removeprefix(side)
    return side if rest in ("Hand", "Palm") or rest.startswith(FINGERS) else None


def _runs(flags):
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(int), [0]])))
    return zip(edges[::2], edges[1::2], strict=True)
