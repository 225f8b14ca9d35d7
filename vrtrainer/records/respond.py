"""The learner's turns of a session, beside what the avatar showed, as joint positions: for a replay in a browser.

Rule 1: both are the learner's own measures, facing -Z, hips on one spot: they can be laid side by side or over each
        other. What nobody saw is filled in so that a figure can be drawn, and `how` says so.
Rule 2: nothing is turned over. Where the learner did it as in a mirror, `mirrored` says so; `flipped` gives the other
        side.
Rule 3: of the journal only the chunks that hold a turn are opened, each once. Face and gaze are not read.
"""

import json
from dataclasses import dataclass

import numpy as np

from vrtrainer.gestures.gesture import Style
from vrtrainer.gestures.perform import perform, relaxed
from vrtrainer.human import pose, rotations
from vrtrainer.human.observation import MODELLED
from vrtrainer.human.skeleton import INDEX, JOINTS, MIRROR, PARENT, PART_INDEX
from vrtrainer.imitation import align
from vrtrainer.learning import prompts
from vrtrainer.records import ratings, reading, rows
from vrtrainer.records.trials import SCORE
from vrtrainer.sessions import stored

STEP_S = 0.04
"""Seconds between samples: 25 a second."""
_ENDINGS = ("Palm", "Toes", "jaw", *(f"{f}Metacarpal" for f in ("Index", "Middle", "Ring", "Little")))
KEPT = tuple(i for i, name in enumerate(JOINTS) if not name.endswith(_ENDINGS))
"""Joints that a figure is drawn of; all others hang on them."""
_LOOSE = np.array([n.endswith(("Proximal", "Intermediate", "Distal", "Metacarpal", "Tip")) for n in JOINTS])
_LEGS = np.array([n.endswith(("Leg", "Foot", "Toes")) for n in JOINTS])
_HIPS = INDEX["hips"]


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """One trial's last turn. T samples, all J joints, metres."""

    trial: int
    gesture: str
    mode: str
    side: str
    side_used: str | None
    score: dict
    """Columns of the trial's score, as in the database."""
    answer: dict
    automatic: int | None
    own: int | None
    """The adult's rating that holds, None where there is none."""
    begins: float
    ends: float
    """Seconds since the session's first frame."""
    times: np.ndarray
    """(T,) s since the turn began."""
    positions: np.ndarray
    """(T, J, 3) of the learner."""
    how: np.ndarray
    """(T, J) as in human.observation; what was filled in is MODELLED."""
    shown_times: np.ndarray
    """(N,) s since the demonstration began."""
    shown: np.ndarray
    """(N, J, 3) of the demonstration, as the learner's own body would do it."""
    along: np.ndarray
    """(T,) the second of the demonstration that each sample is likest to, never going back; NaN where none is."""
    weights: dict
    """Part to how much of it counts."""

    @property
    def mirrored(self):
        """Whether the learner did it with the other side, as in a mirror."""
        return self.side_used == "mirror"

    @property
    def behind(self):
        """(T,) s that the learner is later than the demonstration, earlier where negative; NaN where unknown."""
        return self.times - self.along


def flipped(positions):
    """Positions (..., J, 3) as seen in a mirror: sides swapped. Twice is the same."""
    return positions[..., MIRROR, :] * np.array([-1.0, 1.0, 1.0])


def of_session(database, session):
    """Every trial's turn of a session (id), in order; a trial that has none, or no known gesture, is left out."""
    row = database.session(session)
    recorded = reading.read(database.absolute(row["journal"]))
    return turns(recorded, database.trials(row["id"]), ratings.held(database, row["id"]))


def turns(recorded, trials, own=()):
    """Turns of a journal that was read, for rows of trials. `own` is trial to the adult's rating."""
    if "body" not in recorded.setup:
        return []
    known = windows(recorded.events)
    wanted = {row["trial"]: row for row in trials if row["trial"] in known}
    found = reading.sampled(recorded.path, {trial: known[trial] for trial in wanted}, STEP_S)
    maker = _Maker(recorded)
    fitted, own = maker.fitted(found, known), dict(own)
    made = [maker.turn(row, known[n], fitted[n], own.get(n)) for n, row in sorted(wanted.items())]
    return [turn for turn in made if turn is not None]


def trial(recorded, row):
    """One trial's turn as plain values for a browser (`as_plain`), or None where nothing of it was kept."""
    made = turns(recorded, [row])
    return as_plain(made[0]) if made else None


def windows(events):
    """Trial to (from, until) of its last turn, seconds since the first frame."""
    out, since = {}, {}
    for event in events:
        if event.trial_type == "phase":
            if event.fields.get("entered") == "respond":
                since[event.trial] = event.onset
            elif event.fields.get("left") == "respond" and event.trial in since:
                out[event.trial] = since.pop(event.trial), event.onset
        elif event.trial_type in ("trial_left", "trial_restarted", "trial_planned"):
            since.pop(event.trial, None)
            out.pop(event.trial, None)  # its number is given again
    return out


class _Maker:
    """Fits what was seen to the learner's body, and performs each gesture once."""

    def __init__(self, recorded):
        self._setup, self._source = recorded.setup, recorded.source
        self._body = stored.read_body(recorded.setup["body"])
        self._ease = relaxed(self._body).rotations
        self._gestures, self._shown = {}, {}

    def turn(self, row, window, fitted, own):
        shown = self._performed(row)
        if shown is None:
            return None
        times, positions, how = fitted
        shown_times, shown_at, parts = shown
        along = _along(times, positions, how, shown_times, shown_at, parts, row["side_used"] == "mirror")
        return Turn(
            trial=row["trial"],
            gesture=row["gesture"],
            mode=row["mode"],
            side=row["side"],
            side_used=row["side_used"],
            score={name: row[name] for name in SCORE},
            answer={name: row[f"answer_{name}"] for name in ("graded", "attempted", "withheld")},
            automatic=row["graded_0_2"],
            own=own,
            begins=window[0],
            ends=window[1],
            times=times,
            positions=positions,
            how=how,
            shown_times=shown_times,
            shown=shown_at,
            along=along,
            weights=parts,
        )

    def fitted(self, found, windows):
        """Of each trial times, positions and how; all fitted at once, which costs half of one after the other."""
        seen, out = [], {}
        for trial, frames in found.items():
            told = ((now - windows[trial][0], rows.frame_of(data, self._source)[1]) for now, data in frames)
            mine = [(at, one) for at, one in told if one.how.any()]
            out[trial] = np.array([at for at, _ in mine]), slice(len(seen), len(seen) + len(mine))
            seen += [one for _, one in mine]
        nobody = np.zeros((0, len(JOINTS), 3)), np.zeros((0, len(JOINTS)), np.uint8)
        if not seen:
            return {trial: (times, *nobody) for trial, (times, _) in out.items()}
        stacked = (np.stack([getattr(one, name) for one in seen]) for name in ("positions", "rotations", "how"))
        local, hips, filled = pose.fit(*stacked, self._body)
        # Fingers and legs that nobody saw hang at ease, as they do in a report.
        local = np.where(((filled <= MODELLED) & (_LOOSE | _LEGS))[..., None], self._ease, local)
        placed = pose.forward(local, hips, self._body.offsets)[0]
        facing = rotations.matrix(rotations.yaw(local[:, _HIPS]))
        return {
            trial: (times, self._to_the_front(placed[own], facing[own]), filled[own])
            if len(times)
            else (times, *nobody)
            for trial, (times, own) in out.items()
        }

    def _to_the_front(self, placed, facing):
        """Positions on the spot, turned as a whole so that the person faces -Z at the median."""
        u, _, v = np.linalg.svd(np.median(facing, axis=0))  # the rotation nearest to the medians
        return (placed - np.median(placed[:, _HIPS], axis=0)) @ (u @ v) + self._stands

    @property
    def _stands(self):
        return self._body.offsets[0]

    def _performed(self, row):
        side = row["side"] if row["side"] in ("left", "right") else "right"
        style = Style(prompts.shown_tempo(row["facet_tempo"], row["prompt"]), row["facet_size"], side)
        key = row["gesture"], style
        if key not in self._shown:
            gesture = self._gesture(row["gesture"])
            if gesture is None:
                return None
            done = perform(gesture, self._body, style)
            every = np.arange(0.0, done.motion.duration + STEP_S, STEP_S)
            at = np.clip(np.searchsorted(done.motion.times, every), 0, len(done.motion.times) - 1)
            there = done.motion.positions(self._body)[at]
            parts = {part: weight for part, weight in done.parts.items() if part in PART_INDEX}
            self._shown[key] = done.motion.times[at], there - there[0, _HIPS] + self._stands, parts
        return self._shown[key]

    def _gesture(self, name):
        if name not in self._gestures:
            table = self._setup.get("gestures", {}).get(name)
            self._gestures[name] = None if table is None else stored.read_gesture(name, table)
        return self._gestures[name]


def _along(times, positions, how, shown_times, shown, parts, mirrored):
    """The second of the demonstration that each sample is likest to."""
    joints = np.unique(np.concatenate([PART_INDEX[p] for p in parts])) if parts else np.array([], int)
    out = np.full(len(times), np.nan)
    if not len(times) or not len(joints):
        return out
    if mirrored:
        positions, how = flipped(positions), how[:, MIRROR]
    seen = (how > MODELLED)[..., None]
    attempt = np.where(seen, positions - positions[:, [_HIPS]], np.nan)[:, joints].reshape(len(times), -1)
    wanted = (shown - shown[:, [_HIPS]])[:, joints].reshape(len(shown), -1)
    if not np.isfinite(attempt).any():
        return out
    _, down, across = align.path(align.costs(wanted, attempt, np.ones(wanted.shape[1])))
    for column in np.unique(across):
        out[column] = shown_times[down[across == column]].mean()
    return out


# For a browser


def as_plain(turn):
    """A turn as a browser takes it: both people sampled at the same `times`, millimetres kept, joints of `KEPT`.

    times (s), joints (names), parents (-1: none), avatar and attempt (T lists of joints' x, y, z in m), how, parts
    (name to its joints), similarity (part to 0..1), mirrored, along and lag_s (s; null where not known).
    """
    ends = max(turn.times[-1] if len(turn.times) else 0.0, turn.shown_times[-1])
    every = np.arange(0.0, ends + STEP_S / 2, STEP_S) if len(turn.times) else np.zeros(0)
    own = np.clip(np.searchsorted(turn.times, every + 1e-9, side="right") - 1, 0, max(len(turn.times) - 1, 0))
    shown = np.clip(np.searchsorted(turn.shown_times, every + 1e-9, side="right") - 1, 0, len(turn.shown_times) - 1)
    place = {joint: k for k, joint in enumerate(KEPT)}
    kept = list(KEPT)
    return {
        "trial": turn.trial,
        "gesture": turn.gesture,
        "mode": turn.mode,
        "times": _rounded(every),
        "joints": [JOINTS[j] for j in KEPT],
        "parents": [place.get(int(PARENT[j]), -1) for j in KEPT],
        "avatar": _rounded(turn.shown[shown][:, kept]),
        "attempt": _rounded(turn.positions[own][:, kept]),
        "how": turn.how[own][:, kept].tolist(),
        "along": [None if a != a else a for a in _rounded(turn.along[own])],
        "parts": {part: [place[int(j)] for j in joints if int(j) in place] for part, joints in PART_INDEX.items()},
        "similarity": {part: value for part, value in (turn.score["parts"] or {}).items() if part in PART_INDEX},
        "mirrored": turn.mirrored,
        "lag_s": turn.score["lag_s"],
        "automatic": turn.automatic,
        "own": turn.own,
    }


def as_json(turn):
    """The same as the bytes of JSON."""
    return json.dumps(as_plain(turn), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _rounded(values):
    return (np.round(np.asarray(values, float), 3) + 0.0).tolist()
