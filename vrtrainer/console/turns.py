"""The learner's turn of a trial, as numbers for a browser: where both were, and how that was known.

A turn is a dict: `times` (s from its beginning), `joints` and `parents`, `avatar` and `attempt` (T x J x 3, m, to the
millimetre, None where there was nothing), `how` (T x J, as Observation has it), `parts` (part to places in `joints`),
`similarity` (part to likeness), `lag_s`. The avatar's is what it showed, from the beginning of the turn on.
"""

import numpy as np

from vrtrainer.gestures.gesture import Style
from vrtrainer.gestures.perform import perform
from vrtrainer.human import pose
from vrtrainer.human.skeleton import INDEX, JOINTS, PARENT_NAME, PART_INDEX
from vrtrainer.sessions import stored

STEP_S = 1 / 20
"""Between two samples, where the turn is short enough."""
LARGEST = 130_000  # numbers of one turn, about 250 kB as JSON
_UNDRAWN = ("Toes", "Palm", "jaw", "IndexMetacarpal", "MiddleMetacarpal", "RingMetacarpal", "LittleMetacarpal")
_NAMES = tuple(name for name in JOINTS if not name.endswith(_UNDRAWN))
_KEPT = np.array([INDEX[name] for name in _NAMES])
_PLACE = {int(j): k for k, j in enumerate(_KEPT)}
_SLOWER, _SLOW = 4, 0.6  # the prompt that shows more slowly, and how much (sessions.choosing)


def of_trial(recorded, row):
    """The turn that a row of trials tells of; None where the journal holds no movement of it."""
    window = _window(recorded.events, row["trial"])
    known = row["gesture"] in recorded.setup["gestures"] and row["avatar"] in recorded.setup["bodies"]
    if window is None or not known:
        return None
    times, positions, how = _seen(recorded, *window)
    if not len(times):
        return None
    shown = _shown(recorded.setup, row, times)
    return {
        "times": [round(float(t), 3) for t in times],
        "joints": list(_NAMES),
        "parents": [_NAMES.index(PARENT_NAME[name]) if PARENT_NAME[name] else -1 for name in _NAMES],
        "avatar": _written(shown),
        "attempt": _written(positions),
        "how": how.tolist(),
        "parts": {
            part: [_NAMES.index(JOINTS[j]) for j in joints if JOINTS[j] in _NAMES]
            for part, joints in PART_INDEX.items()
        },
        "similarity": {part: round(share, 4) for part, share in (row["parts"] or {}).items() if share is not None},
        "lag_s": row["lag_s"],
    }


def _window(events, trial):
    """Seconds of session time of a trial's last turn, or None."""
    begun, found = None, None
    for event in events:
        if event.trial_type != "phase" or event.trial != trial:
            continue
        if event.fields.get("entered") == "respond":
            begun = event.onset
        elif event.fields.get("left") == "respond" and begun is not None:
            begun, found = None, (begun, event.onset)
    return found


def _seen(recorded, begins, ends):
    """Times, positions and how of the window, thinned so that a browser has it at once."""
    step = max(STEP_S, (ends - begins) * len(_NAMES) * 7 / LARGEST)
    times, positions, how, start, due = [], [], [], None, 0.0
    for frame, seen, _, _ in recorded.steps():
        start = frame.time if start is None else start
        now = frame.time - start
        if now > ends:
            break
        if now < begins or now - begins < due - 1e-6:
            continue
        due = now - begins + step - 0.004  # a frame's jitter makes no step longer
        times.append(now - begins)
        positions.append(seen.positions[_KEPT])
        how.append(seen.how[_KEPT])
    if not how or not np.any(how):
        return np.empty(0), np.empty((0, len(_NAMES), 3)), np.empty((0, len(_NAMES)), int)
    return np.array(times), np.array(positions), np.array(how, int)


def _shown(setup, row, times):
    """Joint positions of what the avatar showed, from the beginning of the turn on."""
    gesture = stored.read_gesture(row["gesture"], setup["gestures"][row["gesture"]])
    body = stored.read_body(setup["bodies"][row["avatar"]])
    side = row["side"] if row["side"] in ("left", "right") else "right"
    tempo = row["facet_tempo"] * (_SLOW if row["prompt"] == _SLOWER else 1.0)
    motion = perform(gesture, body, Style(tempo=tempo, size=row["facet_size"], side=side)).motion
    at = np.clip(np.searchsorted(motion.times, times), 0, len(motion.times) - 1)
    positions, _ = pose.forward(motion.rotations[at], motion.hips[at], body.offsets)
    return positions[:, _KEPT]


def _written(positions):
    """To the millimetre; None for a joint that was nowhere."""
    rounded = np.round(positions, 3)
    known = np.isfinite(rounded).all(axis=-1)
    return [
        [joint if there else None for joint, there in zip(row, seen, strict=True)]
        for row, seen in zip(rounded.tolist(), known.tolist(), strict=True)
    ]
