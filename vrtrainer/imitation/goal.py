"""Whether a gesture's goal was reached, however it was done: the text's `goal`, held against what was seen."""

import numpy as np

from vrtrainer.gestures import hitting, objects, places
from vrtrainer.gestures.shapes import KINDS_OF_OPEN
from vrtrainer.human import face as faces
from vrtrainer.human.skeleton import INDEX
from vrtrainer.imitation import features
from vrtrainer.imitation.online import likeness

_SWING = {"side_to_side": 0, "up_down": 1, "forward_back": 2}
_HAND_SWING = 0.10  # arm lengths from one turning point to the next that count as a swing
_HEAD_SWING = np.radians(6)
_IN_FRONT = 0.5  # arm lengths from a landmark that count as in front of it
_AT_FIRST = 0.5  # s over which it is settled where the learner is, and their object with them


def reached(goal, side, rows, attempt, during, measures, body, template_side, thing=None):
    """How far the goal was reached, 0..1: the least of its conditions.

    Parameters
    ----------
    goal : gesture.Goal
    side : str
        The learner's acting side.
    rows : ndarray, shape (T, F)
        The attempt's features.
    attempt : Attempt
    during : ndarray, shape (T,)
        Bool: the samples that belong to the stroke; a hand has its shape there.
    measures : features.Measures
    body : Body
    template_side : template.Side
        Gives the shown hand shape where the goal names one.
    thing : gesture.Thing or None
        What stands before the learner.

    Returns
    -------
    float or None
        None where nothing of it could be seen.
    """
    sides = (side,) if side in ("left", "right") else ("left", "right")
    if goal.part != "hand":
        return _least(_body_part(goal, rows, attempt))
    found = [_least(_hand(goal, s, rows, attempt, during, measures, body, template_side)) for s in sides]
    found = [f for f in found if f is not None]
    if goal.hits:
        return _least([_hits(goal.hits, thing, attempt, body), *found])
    if not found:
        return None
    return min(found) if side == "both" else max(found)


def _least(conditions):
    seen = [c for c in conditions if c is not None]
    return float(min(seen)) if seen else None


def _hand(goal, side, rows, attempt, during, measures, body, template_side):
    positions = attempt.positions
    wrist = positions[:, INDEX[f"{side}Hand"]]
    reach = measures.reach[("left", "right").index(side), 0]
    # Where the palm is not seen, it is a fifth of an arm length beyond the wrist.
    palm = positions[:, INDEX[f"{side}Palm"]]
    hand = np.where(np.isnan(palm), wrist, palm)
    ok = np.isfinite(hand).all(axis=1)
    if not ok.any():
        yield None
        return
    rest = body.rest_positions()
    head = positions[:, INDEX["head"]]
    for name, sign in ((goal.above, 1.0), (goal.below, -1.0)):
        if name:
            offset = places.landmark(name, body, side) - rest[INDEX["head"]]
            height = (hand - head - offset)[:, 1] * sign / reach
            yield _soft(np.nanmax(np.where(ok, height, -9.0)), 0.0, 0.25)
    if goal.in_front_of:
        offset = places.landmark(goal.in_front_of, body, side) - rest[INDEX["head"]]
        backward = features.trunk(positions, attempt.head)[..., 2]
        ahead = (-np.einsum("ti,ti->t", hand - head, backward) + offset[2]) / reach
        yield _soft(np.nanmax(np.where(np.isfinite(ahead), ahead, -9.0)), _IN_FRONT, 0.25)
    if goal.near:
        offset = places.landmark(goal.near, body, side) - rest[INDEX["head"]]
        gap = np.linalg.norm(hand - head - offset, axis=1) / reach
        yield _soft(-np.nanmin(np.where(ok, gap, 9.0)), -0.3, 0.3)
    shape = rows[:, features.COLUMNS[f"{side}Hand", "shape"].columns]
    if goal.shape:
        yield _shaped(goal.shape, shape[during], side, template_side)
    if goal.moves in _SWING:
        path = rows[:, features.COLUMNS[f"{side}Arm", "wrist"].columns][during][:, _SWING[goal.moves]] * 0.18
        yield _swings(path, goal.times, _HAND_SWING)
    elif goal.moves == "round":
        path = rows[:, features.COLUMNS[f"{side}Arm", "wrist"].columns][during] * 0.18
        yield min(
            _swings(path[:, k], goal.times, _HAND_SWING) or 0.0
            for k in np.argsort(-np.ptp(np.nan_to_num(path), axis=0))[:2]
        )


def _hits(wanted, thing, attempt, body):
    """Share of the wanted hits on the learner's object, with either hand; None where no hand was seen."""
    positions = attempt.positions
    if not np.isfinite(positions[:, [INDEX["leftHand"], INDEX["rightHand"]]]).all(axis=-1).any():
        return None
    middle = attempt.object_at
    if middle is None:
        first = attempt.times <= attempt.times[0] + _AT_FIRST
        head, frame = positions[first, INDEX["head"]], features.trunk(positions[first], attempt.head[first])
        middle = np.nanmedian(head + frame @ objects.from_head(thing, body), axis=0)
    unit = body.arm_length("right")
    return min(len(hitting.hits(attempt.times, positions, middle, thing.width / 2 * unit, unit)) / wanted, 1.0)


def _shaped(name, shape, side, template_side):
    tolerance = features.COLUMNS["leftHand", "shape"].tolerance
    curls = shape[:, 1:5] * tolerance
    seen = np.isfinite(curls).all(axis=1)
    if not seen.any():
        return None
    mean = np.sort(curls[seen].mean(axis=1))
    some = max(len(mean) // 2, 1)  # for half of the stroke at least
    if name in ("open", *KINDS_OF_OPEN):
        return _soft(-mean[some - 1], -0.30, 0.25)
    if name == "closed":
        return _soft(mean[-some], 0.60, 0.25)
    shown = template_side.rows[:, features.COLUMNS[f"{side}Hand", "shape"].columns]
    middle = shown[len(shown) // 2]
    away = np.sqrt(((shape[seen] - middle) ** 2).sum(axis=1))
    return float(likeness(np.sort(away)[some - 1]))


def _body_part(goal, rows, attempt):
    if goal.shows:
        wanted = faces.weights_of({goal.shows: 1.0})
        index = np.flatnonzero(wanted)
        face = attempt.face[:, index]
        seen = np.isfinite(face).all(axis=1)
        yield _soft(face[seen].mean(axis=1).max(), goal.at_least, 0.2) if seen.any() else None
        return
    forward = (
        rows[:, features.COLUMNS["head", "direction"].columns][:, :3] * features.COLUMNS["head", "direction"].tolerance
    )
    pitch, yaw = np.arcsin(np.clip(forward[:, 1], -1, 1)), np.arctan2(forward[:, 0], -forward[:, 2])
    yield _swings(pitch if goal.moves == "up_down" else yaw, goal.times, _HEAD_SWING)


def _soft(value, threshold, width):
    """1 from the threshold on, falling to 0 a width below it."""
    return float(np.clip(1.0 + (value - threshold) / width, 0.0, 1.0))


def _swings(path, times, least):
    """Share of the wanted times there and back; a swing is a turn of at least `least` in the other direction."""
    path = path[np.isfinite(path)]
    if len(path) < 4:
        return None
    turns, low, high, rising = 0, path[0], path[0], 0
    for value in path:
        low, high = min(low, value), max(high, value)
        if rising >= 0 and high - value > least:
            turns, rising, low, high = turns + 1, -1, value, value
        elif rising <= 0 and value - low > least:
            turns, rising, low, high = turns + 1, 1, value, value
    # There and back is two turns; the way up to the first place adds one.
    return float(np.clip(turns / (2.0 * times), 0.0, 1.0))
