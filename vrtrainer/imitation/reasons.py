"""At most two things worth saying about an attempt, concrete and kind, from data. Never from a fixed praise list.

Keys stand under `reasons` in assets/language. First what can be tried, by how much of the score it explains; where
nothing is off, what was the same.
"""

from vrtrainer.imitation import features
from vrtrainer.imitation.score import Reason

AHEAD, AFTER = -0.25, 2.0  # s: earlier than it can be by chance; later than a calm answer
FAST, SLOW = 0.65, 1.6
SMALL, LARGE = 0.72, 1.4
OFF = 2.0  # tolerances


def told(score, side, distances):
    """Reasons for a score.

    Parameters
    ----------
    score : Score
    side : scoring._Side
    distances : dict of Group to (weight, distance in tolerances)

    Returns
    -------
    tuple of Reason
        At most two.
    """
    out = []
    moment = side.template.points["stroke"]
    if score.side_used == "anatomical":
        out.append(Reason("other_side", {}, None, moment))
    arm = next((p for p in score.parts if p.endswith("Arm")), None)
    if score.size is not None and score.size < SMALL:
        part = arm or max(score.parts, key=lambda p: -score.parts[p])
        out.append(Reason("higher" if arm and _lower(side, arm) else "bigger", {"part": part}, part, moment))
    elif score.size is not None and score.size > LARGE:
        part = arm or next(iter(score.parts))
        out.append(Reason("smaller", {"part": part}, part, moment))
    for group, (_, distance) in sorted(distances.items(), key=lambda kv: -kv[1][0] * kv[1][1]):
        if distance < OFF or len(out) >= 2:
            continue
        key = _word(group, side)
        if key and not any(r.key == key or r.part == group.part for r in out):
            out.append(Reason(key, {"part": group.part}, group.part, moment))
    if len(out) < 2 and score.lag_s is not None and score.lag_s < AHEAD:
        out.append(Reason("ahead", {"seconds": round(-score.lag_s, 1)}))
    elif len(out) < 2 and score.tempo_ratio is not None and score.tempo_ratio < FAST:
        out.append(Reason("slower_can", {}))
    elif len(out) < 2 and score.tempo_ratio is not None and score.tempo_ratio > SLOW:
        out.append(Reason("took_time", {}))
    if not out and score.graded_0_2 != 2:
        # Something is missing though no single thing stands out: the part that was least alike is named.
        group = max(distances, key=lambda g: distances[g][1], default=None)
        key = _word(group, side) if group is not None and distances[group][1] > 1.0 else None
        out.append(Reason(key or "once_more", {"part": group.part} if key else {}, group.part if key else None, moment))
    if not out:
        part = max(score.parts, key=score.parts.get)
        out.append(Reason("same", {"part": part}, part, moment))
    return tuple(out[:2])


def compared(score, lower):
    """Reasons for a score of positions alone.

    Parameters
    ----------
    score : Score
    lower : set of str
        Arms that stayed lower than shown.

    Returns
    -------
    tuple of Reason
        At most two.
    """
    out = []
    worst = min(score.parts, key=score.parts.get)
    best = max(score.parts, key=score.parts.get)
    if lower:
        part = min(lower)
        out.append(Reason("higher", {"part": part}, part))
    elif score.size is not None and score.size < SMALL:
        out.append(Reason("bigger", {"part": worst}, worst))
    elif score.size is not None and score.size > LARGE:
        out.append(Reason("smaller", {"part": worst}, worst))
    if score.lag_s is not None and score.lag_s < AHEAD:
        out.append(Reason("ahead", {"seconds": round(-score.lag_s, 1)}))
    elif score.tempo_ratio is not None and score.tempo_ratio < FAST:
        out.append(Reason("slower_can", {}))
    elif score.tempo_ratio is not None and score.tempo_ratio > SLOW:
        out.append(Reason("took_time", {}))
    ending = {"Arm": "arm_place", "Leg": "leg_place", "Hand": "hand_shape", "head": "head", "trunk": "trunk"}
    key = next((k for end, k in ending.items() if worst.endswith(end)), None)
    if key and score.parts[worst] < 0.5 and worst not in lower and len(out) < 2:
        out.append(Reason(key, {"part": worst}, worst))
    if not out:
        out.append(Reason("same", {"part": best}, best))
    return tuple(out[:2])


def _lower(side, arm):
    """Whether the wrist stayed lower than shown at its highest moment."""
    column = features.COLUMNS[arm, "wrist"].columns.start + 1
    mine, shown = side.rows[side.k][:, column], side.side.rows[side.i][:, column]
    ok = mine == mine
    return bool(ok.any() and shown[ok].max() - mine[ok].max() > 0.5)


def _word(group, side):
    if group.name == "shape":
        return "hand_shape"
    if group.name == "palm":
        return "palm"
    if group.part.endswith("Arm"):
        return "higher" if _lower(side, group.part) else "arm_place"
    if group.part.endswith("Leg"):
        return "leg_place"
    if group.part in ("head", "trunk"):
        return group.part
    return "face_more"
