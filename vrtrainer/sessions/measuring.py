"""How far somebody reaches, how high the head is, how wide hands open: from what was measured, with its uncertainty.

Rule 1: only MEASURED joints count. Where no shoulders are seen (a headset) they are taken below the head, by the
        proportions of the body that was thought of before, and the reach is that much less certain.
Rule 2: a reach is what was comfortable, not the length of an arm: it makes arms shorter or longer, nothing else.
Rule 3: what no person measures is left out of the body, and the figure says that it was.
"""

from dataclasses import dataclass, replace

import numpy as np

from vrtrainer.human import body as bodies
from vrtrainer.human.observation import MEASURED
from vrtrainer.human.skeleton import INDEX, PARENT, SIDES, indices, xr_hand_joints

EVERY = 0.1  # s between samples that are kept
MOST = 200  # samples, the newest
WHOLE = 10  # samples with both whole arms from which their bones are measured
SHOULDER_GUESSED = 0.03  # m
ARM = (0.20, 0.95)  # m, of the shortest and the longest reach that is believed
SIZE = (0.6, 1.7)  # of the body that was thought of before
ARMS = (0.5, 1.3)  # of what the rest of the body would have
_REPEAT, _BETWEEN = 0.9, 0.7  # of the furthest: a repeat comes that far, after having come back that far
_HEAD = INDEX["head"]
_WRISTS, _SHOULDERS = indices("@Hand"), indices("@UpperArm")
_TIPS = np.array([[INDEX[f"{s}{f}Tip"] for f in ("Index", "Middle", "Ring", "Little")] for s in SIDES])
_ARM_JOINTS = indices("@UpperArm", "@LowerArm", "@Hand").reshape(3, 2)
_HAND_BONES = np.concatenate([xr_hand_joints(side)[2:] for side in SIDES])


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure.

    Parameters
    ----------
    value, sigma : float
        Metres; sigma is its standard deviation.
    repeats : int
        How often it was seen.
    """

    value: float
    sigma: float
    repeats: int

    def plain(self):
        """Plain values, to a millimetre."""
        return {"value": round(self.value, 3), "sigma": round(self.sigma, 3), "repeats": self.repeats}


class Measuring:
    """Collects what is seen while somebody reaches, opens and closes.

    Parameters
    ----------
    body : Body
        The learner's as it was thought of before.
    """

    def __init__(self, body):
        self._body = body
        at = body.rest_positions()
        self._below_head = at[_SHOULDERS] - at[_HEAD]
        self._last = -np.inf
        self._positions = []
        self._reach, self._guessed = ([], []), [False, False]
        self._head, self._span = [], []
        self._hands = {"open": ([], []), "close": ([], [])}

    def step(self, now, seen, what):
        """Take what is seen at a frame.

        Parameters
        ----------
        now : float
            Seconds.
        seen : Observation
        what : str
            What is measured now: reach, open or close.

        Returns
        -------
        bool
            Whether a hand was seen, where one was looked for.
        """
        if now - self._last < EVERY:
            return False
        self._last = now
        known = seen.how == MEASURED
        at = np.where(known[:, None], seen.positions, np.nan)
        if known[_HEAD]:
            self._head.append(float(at[_HEAD, 1]))
        wrists = at[_WRISTS]
        if what != "reach":
            return self._step_hands(at, wrists, *self._hands[what])
        self._positions.append(at)
        del self._positions[:-MOST]
        for i in (0, 1):
            if known[_SHOULDERS[i]]:
                shoulder = at[_SHOULDERS[i]]
            else:
                shoulder, self._guessed[i] = at[_HEAD] + self._below_head[i], True
            far = float(np.linalg.norm(wrists[i] - shoulder))
            if far == far:
                self._reach[i].append(far)
        span = float(np.linalg.norm(wrists[1] - wrists[0]))
        if span == span:
            self._span.append(span)
        return bool(known[_WRISTS].any())

    @staticmethod
    def _step_hands(at, wrists, left, right):
        seen = False
        for i, kept in enumerate((left, right)):
            far = float(np.linalg.norm(at[_TIPS[i]] - wrists[i], axis=1).mean())
            if far == far:
                kept.append(far)
                seen = True
        return seen

    def figures(self, skipped=()):
        """What came of it.

        Parameters
        ----------
        skipped : sequence of str
            Of reach, open, close: what is left out.

        Returns
        -------
        dict of str to Measure
            head_height, reach_left, reach_right, wrist_span, hand_open_left … : those that were seen.
        """
        out = {}
        if self._head:
            middle, spread = _middle(self._head)
            out["head_height"] = Measure(middle, spread, len(self._head))
        reached = self._reach if "reach" not in skipped else ([], [])
        for i, side in enumerate(SIDES):
            far = _furthest(reached[i])
            if far is not None:
                guessed = SHOULDER_GUESSED if self._guessed[i] else 0.0
                out[f"reach_{side}"] = replace(far, sigma=float(np.hypot(far.sigma, guessed)))
        span = _furthest(self._span if "reach" not in skipped else [])
        if span is not None:
            out["wrist_span"] = span
        for name, key, share in (("open", "hand_open", 90), ("close", "hand_closed", 10)):
            for i, side in enumerate(SIDES):
                kept = self._hands[name][i]
                if kept and name not in skipped:
                    value = float(np.percentile(kept, share))
                    near = [v for v in kept if abs(v - value) < 0.15 * max(value, 0.01)]
                    out[f"{key}_{side}"] = Measure(value, max(_middle(near or kept)[1], 0.001), len(kept))
        return out

    def body(self, figures, seated=True):
        """The learner's body by these figures.

        Parameters
        ----------
        figures : dict of str to Measure
        seated : bool
            Then the height of the head says nothing of how tall somebody is.

        Returns
        -------
        Body or None
            None where nothing was measured that a body can be made of, or nothing that a person could measure.
        """
        seen = np.array(self._positions) if self._positions else np.full((1, len(PARENT), 3), np.nan)
        whole = np.isfinite(seen[:, _ARM_JOINTS]).all(axis=(1, 3))
        if whole.sum() >= WHOLE:
            return _believed(bodies.measured(seen, self._body), self._body)
        sizes = [_size_of_hands(seen, self._body)]
        if not seated and "head_height" in figures:
            sizes.insert(0, figures["head_height"].value / self._body.rest_positions()[_HEAD, 1])
        reaches = [figures[f"reach_{s}"].value if f"reach_{s}" in figures else None for s in SIDES]
        arms = [r if r is not None and ARM[0] <= r <= ARM[1] else None for r in reaches]
        known = [r / self._body.arm_length(s) for r, s in zip(arms, SIDES, strict=True) if r is not None]
        sizes.append(max(known) if known else None)
        size = next((s for s in sizes if s is not None and SIZE[0] <= s <= SIZE[1]), None)
        if size is None:
            return None
        scaled = replace(self._body, offsets=self._body.offsets * size, sigma=self._body.sigma * size)
        for side, reach in zip(SIDES, arms, strict=True):
            if reach is not None:
                scaled = _with_arm(scaled, side, reach, figures[f"reach_{side}"].sigma)
        return scaled


def _middle(values):
    """Median, and its standard deviation from the spread (scaled median absolute deviation)."""
    values = np.asarray(values)
    middle = float(np.median(values))
    return middle, max(1.4826 * float(np.median(np.abs(values - middle))), 0.001)


def _furthest(values):
    """How far a movement went: the median of its repeats; None where nothing was seen."""
    if not values:
        return None
    furthest, peaks, out = max(values), [], True
    for value in values:
        if value >= _REPEAT * furthest:
            if out:
                peaks.append(value)
                out = False
            peaks[-1] = max(peaks[-1], value)
        elif value < _BETWEEN * furthest:
            out = True
    middle, spread = _middle(peaks)
    # Once tells nothing of how it would go again: a twentieth is thought of.
    return Measure(middle, spread if len(peaks) > 1 else max(0.05 * middle, 0.01), len(peaks))


def _size_of_hands(seen, body):
    """How large the bones of the hands are against a body's; None where none were seen."""
    bones = seen[:, _HAND_BONES] - seen[:, PARENT[_HAND_BONES]]
    lengths = np.sqrt(np.einsum("tji,tji->tj", bones, bones))
    there = np.isfinite(lengths).any(axis=0)
    if not there.any():
        return None
    own = np.linalg.norm(body.offsets[_HAND_BONES], axis=1)
    return float(np.median(np.nanmedian(lengths[:, there], axis=0) / own[there]))


def _with_arm(body, side, reach, sigma):
    bones = [INDEX[f"{side}LowerArm"], INDEX[f"{side}Hand"]]
    share = float(np.clip(reach / body.arm_length(side), *ARMS))
    offsets, sigmas = body.offsets.copy(), body.sigma.copy()
    offsets[bones] *= share
    sigmas[bones] = sigma / np.sqrt(2)
    return replace(body, offsets=offsets, sigma=sigmas)


def _believed(body, before):
    """A body that a person can have, None else."""
    size = body.height / before.height
    arms = [body.arm_length(s) for s in SIDES]
    return body if SIZE[0] <= size <= SIZE[1] and all(ARM[0] <= a <= ARM[1] for a in arms) else None
