"""Two recordings of any skeletons compared: one person's movement as a copy of another's, by positions alone.

Constant offsets of posture between bodies and sensors are the noise, and how far each part goes is much of the signal.
So three distances are taken of each stream (`skeletons.streams`), and added:

extent    log ratio of the ranges of motion, per axis, saturating: |log| / (|log| + 0.5), with a floor of 0.3
posture   directions of bones as they are, along the cheapest alignment, saturating: 1 - exp(-d^2 / (2 * 0.6^2))
path      what remains when each stream is centred and divided by its own size (floor 0.15), aligned once more

A single point in the air has a path and next to nothing else; it is followed along its length instead of through time,
and its direction of travel is compared beside its place.

The likeness of a distance D is exp2(-(D / s)^2); s is smaller where few parts of the demonstration move. Floors and
scales are our own choice, tried on ten exercises of five people seen by two sensors (docs/scoring.md); they are the
same for all movements, and none was learnt.
"""

from dataclasses import dataclass

import numpy as np

from vrtrainer.human.skeleton import JOINTS
from vrtrainer.imitation import align, skeletons
from vrtrainer.imitation.reasons import compared as reasons_of
from vrtrainer.imitation.score import Score
from vrtrainer.imitation.scoring import FULL, PARTIAL

N = 48  # samples of each side for the alignment, once standing still at both ends is taken off
BAND = 0.25  # of N: how far two moments that belong together may lie apart
SHARE_NEEDED = 0.6
_FLOOR, _HALF = 0.3, 0.5  # extent
_OFF = 0.6  # posture
_STILL = 0.15  # path
_HEADING = 0.5  # weight of a single point's direction of travel beside its place
_WEIGHTS = {"extent": 1.0, "posture": 0.3, "path": 0.1}
_POINT_WEIGHTS = {"extent": 0.1, "posture": 0.0, "path": 1.0}  # of a single point nothing else is known
_SCALE = 0.5  # distance of which a half is left
_PATH_SCALE = 1.0
_MOVED = 0.12  # of a limb or of a direction: less is no movement
_SPAN = 0.05  # share of the whole travel that counts as not yet begun
_ACTIVE, _LEAST = 0.2, 0.2  # movement of a stream that takes part; the least share of them
_SIDES = {"either": ("mirror", "anatomical"), "mirror": ("mirror",), "anatomical": ("anatomical",)}


def compare(
    demonstration, attempt, *, names, rate, attempt_names=None, attempt_rate=None, side="either", tracked=None,
    weights=None,
):  # fmt: skip
    """How alike an attempt is to a demonstration, whoever made them and whatever saw them.

    Parameters
    ----------
    demonstration : array_like, shape (T, J, 3)
        Positions in metres, +Y up, any place and heading; NaN where missing.
    attempt : array_like, shape (T, J, 3)
        Another length, rate and skeleton are allowed.
    names : sequence of str, or dict of str to str
        The demonstration's joints. VRM, OpenXR, MediaPipe, Kinect, UI-PRMD, CMU and Mixamo names are known; a dict says
        which of our joints (`human.skeleton.JOINTS`) each is. Joints of other names are compared by equal names, if
        there are fewer than three known ones.
    rate : float
        Samples a second of the demonstration.
    attempt_names, attempt_rate : optional
        The attempt's, where they differ.
    side : str
        either, mirror or anatomical: the way round to be tried; the one that fits better is reported.
    tracked : array_like, shape (T, J), optional
        False where a joint of the attempt was not really seen.
    weights : dict, optional
        Joint or part to a number of at least 0; what is not named counts 1.

    Returns
    -------
    Score
        `goal` is None: positions state none. Missing joints lower `share_observed`, never a figure.

    Raises
    ------
    ValueError
        If shapes, names, rates, side or weights do not fit, or the two have no joint in common.
    """
    if side not in _SIDES:
        raise ValueError(f"compare: no side {side!r}; there is {', '.join(_SIDES)}")
    shown = skeletons.read(demonstration, names, rate, None, "demonstration")
    tried = skeletons.read(
        attempt,
        names if attempt_names is None else attempt_names,
        rate if attempt_rate is None else attempt_rate,
        tracked,
        "attempt",
    )
    return held_against(shown, tried, side, weights)


def held_against(shown, tried, side="either", weights=None):
    """The same for skeletons that were read before.

    Parameters
    ----------
    shown, tried : skeletons.Skeleton
    side : str
    weights : dict, optional

    Returns
    -------
    Score
    """
    mine = skeletons.streams(tried)
    found = []
    for name in _SIDES[side]:
        # Without left and right nothing says which way round it is, so a path is turned only when asked.
        if name == "mirror" and side == "either" and not shown.sided:
            continue
        theirs = skeletons.streams(skeletons.mirrored(shown) if name == "mirror" else shown)
        pair = _Pair.of(name if shown.sided or side != "either" else "none", theirs, mine, shown, tried, weights)
        if pair is not None:
            found.append(pair)
    if not found:
        raise ValueError(
            "compare: the two have no joint in common: "
            f"{', '.join(list(shown.seen)[:6])} and {', '.join(list(tried.seen)[:6])}; "
            "give `names` as a dict to the joints they are, or allow side='either'"
        )
    return min(found, key=lambda p: (-round(p.breadth, 6), p.distance)).score()


def _weight(stream, weights):
    if not weights:
        return 1.0
    named = [w for key, w in weights.items() if key == stream.part or key in stream.joints]
    return float(max(named)) if named else 1.0


def _checked(weights, streams):
    for key, value in (weights or {}).items():
        if not np.isfinite(value) or value < 0:
            raise ValueError(f"compare: the weight of {key!r} is {value}, expected a number of at least 0")
        parts = {s.part for s in streams} | {j for s in streams for j in s.joints} | set(JOINTS)
        if key not in parts:
            raise ValueError(f"compare: weights names {key!r}; there is {', '.join(sorted({s.part for s in streams}))}")


@dataclass(slots=True, eq=False)
class _Moving:
    """One side cut to where it moves and resampled."""

    values: np.ndarray  # (N, G, 3)
    times: np.ndarray  # (N,) s
    travel: float


class _Pair:
    """One way round of one pair."""

    @classmethod
    def of(cls, name, theirs, mine, shown, tried, weights):
        # A joint that the attempt names and never saw was not observed; one it does not name is left out.
        common = [k for k in theirs if k in mine or all(j in tried.seen for j in theirs[k].joints)]
        _checked(weights, [*theirs.values(), *mine.values()])
        if not common and len(theirs) == len(mine) == 1:  # a single point on either side, whatever its name
            mine = {next(iter(theirs)): next(iter(mine.values()))}
            common = list(theirs)
        weighed = {k: _weight(theirs[k], weights) for k in common}
        common = [k for k in common if weighed[k] > 0]
        if not common:
            return None
        return cls(name, common, theirs, mine, np.array([weighed[k] for k in common]), shown.rate, tried)

    def __init__(self, name, keys, theirs, mine, weight, rate, tried):
        self.name, self.breadth = name, float(weight.sum())
        self.all_keys = keys
        observed = np.array([_observed(theirs[k], tried) for k in keys])
        there = np.array([min(_there(theirs[k]), _there(mine[k])) if k in mine else 0.0 for k in keys])
        kept = there >= SHARE_NEEDED
        # Whoever raises one arm has shown an arm: it is not enough to have seen all that was kept still.
        moved = weight * np.array([_moves(theirs[k]) for k in keys])
        self.share = min(float((w * observed * kept).sum() / max(w.sum(), 1e-9)) for w in (weight, moved))
        self.unseen = [k for k, o in zip(keys, observed * kept, strict=True) if o < SHARE_NEEDED]
        self.keys = [k for k, ok in zip(keys, kept, strict=True) if ok]
        self.theirs = [theirs[k] for k in self.keys]
        self.mine = [mine[k] for k in self.keys]
        self.weight = (weight * there)[kept]
        self.distance = np.inf
        if not self.keys:
            return
        self.weight = self.weight / self.weight.sum()
        # A path in the air has its shape whatever its pace: it is followed along its length, a body through time.
        even = not any(s.posture for s in self.theirs)
        self.shown = _moving(self.theirs, rate, even)
        self.tried = _moving(self.mine, tried.rate, even)
        self._measure()

    def _measure(self):
        d, a = self.shown.values, self.tried.values
        posture = np.array([s.posture for s in self.theirs])
        share = _POINT_WEIGHTS if not any(s.posture for s in self.theirs) else _WEIGHTS
        ratio = np.abs(np.log((_range(d) + _FLOOR) / (_range(a) + _FLOOR)))
        self.extent = (ratio / (ratio + _HALF)).mean(axis=1)
        self.posture = np.zeros(len(self.keys))
        band = max(round(BAND * N), 2)
        if posture.any():
            dp, ap = d[:, posture], a[:, posture]
            off = 1.0 - np.exp(_squares(dp, ap) / (-2.0 * _OFF * _OFF))
            w = self.weight[posture] / self.weight[posture].sum()
            _, self.i, self.k = align.path(off @ w, free_ends=False, band=band)
            self.posture[posture] = off[self.i, self.k].mean(axis=0)
        dc, ac = d - d.mean(axis=0), a - a.mean(axis=0)
        own = np.sqrt((dc * dc).sum(axis=2).mean(axis=0)), np.sqrt((ac * ac).sum(axis=2).mean(axis=0))
        if share is _POINT_WEIGHTS:  # one size for the whole path
            own = tuple(np.full(len(o), np.sqrt((o * o).mean())) for o in own)
        dc, ac = dc / (own[0] + _STILL)[:, None], ac / (own[1] + _STILL)[:, None]
        square = _squares(dc, ac)
        if share is _POINT_WEIGHTS:  # where a point is going tells a corner from a bend, and what comes next
            square = square + _HEADING**2 * _squares(_headings(d), _headings(a))
        # Who raises one arm keeps the rest still, and so does nearly every copy: the fewer parts a demonstration moves,
        # the nearer a copy has to be. It depends on the demonstration alone, so it orders no two attempts otherwise.
        self.scale = _SCALE * max(float((np.minimum(own[0] / _ACTIVE, 1.0) * self.weight).sum()), _LEAST)
        whole = np.sqrt(square @ self.weight)
        total, i, k = align.path(whole, free_ends=False, band=band)
        if not posture.any():
            self.i, self.k = i, k
        self.along = i, k
        self.path = np.sqrt(square[i, k].mean(axis=0))
        self.path_whole = total / len(i)
        self.own = own
        part = {"extent": self.extent @ self.weight, "path": self.path_whole}
        if posture.any():
            w = self.weight[posture] / self.weight[posture].sum()
            part["posture"] = self.posture[posture] @ w
        self.distance = float(sum(share[name] * value for name, value in part.items()))
        self.each = share["extent"] * self.extent + share["posture"] * self.posture + share["path"] * self.path

    def score(self):
        """The pair's `Score`."""
        if self.share < SHARE_NEEDED or not self.keys:
            lost = self.unseen[0][0] if self.unseen else self.all_keys[0][0]
            never = all(k in self.unseen for k in self.all_keys)
            return _withheld(self.name, self.share, "nothing_seen" if never else f"{_word(lost)}_not_seen")
        lag, tempo = self._timing()
        size = self._size()
        attempted = bool(self._travelled())
        parts = self._parts()
        similarity = float(_likeness(self.distance, self.scale))
        shape = float(_likeness(self.path_whole, _PATH_SCALE))
        if not attempted:
            similarity, shape, parts, lag, tempo, size = 0.0, 0.0, dict.fromkeys(parts, 0.0), None, None, None
        out = Score(
            similarity=similarity,
            attempted=attempted,
            goal=None,
            shape=shape,
            lag_s=lag,
            tempo_ratio=tempo,
            size=size,
            side_used=self.name,
            parts=parts,
            share_observed=self.share,
            graded_0_2=(2 if similarity >= FULL else 1 if similarity >= PARTIAL else 0) if attempted else 0,
            withheld=None,
            raw_deg=self._degrees(),
            raw_m=self._metres(),
            raw_s=None if lag is None else abs(lag),
        )
        told = reasons_of(out, self._lower()) if attempted else ()
        return Score(**{f: getattr(out, f) for f in Score.__dataclass_fields__} | {"reasons": told})

    def _travelled(self):
        """Whether the attempt moved; who copies standing still has nothing to move."""
        d, a = np.ptp(self.shown.values, axis=0), np.ptp(self.tried.values, axis=0)
        most = float(np.sqrt((a * a).sum(axis=1)).max())
        wanted = float(np.sqrt((d * d).sum(axis=1)).max())
        return most >= _MOVED or wanted < _MOVED

    def _timing(self):
        i, k = self.along
        theirs, mine = self.shown.times[i], self.tried.times[k]
        if np.ptp(theirs) < 1e-6:
            return None, None
        slope, offset = np.polyfit(theirs, mine, 1)
        return float(offset + (slope - 1.0) * theirs.mean()), float(slope)

    def _size(self):
        """Slope of the attempt's path on the demonstration's, over what moves."""
        if not any(s.posture for s in self.theirs):  # points: metres against metres
            ratio = np.sqrt(sum(s.metres**2 for s in self.mine) / sum(s.metres**2 for s in self.theirs))
            return float(ratio)
        i, k = self.along
        own = self.own[0]
        moving = own > max(0.5 * own.max(), 1e-6)
        d, a = self.shown.values[i][:, moving], self.tried.values[k][:, moving]
        d, a = d - d.mean(axis=0), a - a.mean(axis=0)
        bottom = (self.weight[moving][:, None] * d * d).sum()
        turned = [_angles(self.shown.values[:, g], self.tried.values[:, g]) for g in np.flatnonzero(moving)
                  if self.theirs[g].bone]  # fmt: skip
        if turned:  # a direction's path is an arc: its size is an angle
            return float(np.median([mine / max(theirs, 1e-6) for theirs, mine in turned]))
        return float(max((self.weight[moving][:, None] * a * d).sum(), 0.0) / max(bottom, 1e-12))

    def _parts(self):
        out = {}
        for stream in self.theirs:
            here = [g for g, s in enumerate(self.theirs) if s.part == stream.part]
            out[stream.part] = float(_likeness(np.average(self.each[here], weights=self.weight[here]), _SCALE))
        return out

    def _degrees(self):
        bones = [g for g, s in enumerate(self.theirs) if s.bone]
        if not bones:
            return None
        d, a = self.shown.values[self.i][:, bones], self.tried.values[self.k][:, bones]
        angles = np.degrees(np.arccos(np.clip((d * a).sum(axis=2), -1.0, 1.0)))
        return float(np.average(angles.mean(axis=0), weights=self.weight[bones]))

    def _metres(self):
        """Distance of what is a place, from its own middle, in the learner's metres."""
        places = [g for g, s in enumerate(self.mine) if s.metres > 0]
        if not places:
            return None
        i, k = self.along
        d = self.shown.values - self.shown.values.mean(axis=0)
        a = self.tried.values - self.tried.values.mean(axis=0)
        metres = np.array([self.mine[g].metres for g in places])
        gap = np.sqrt(((d[i][:, places] - a[k][:, places]) ** 2).sum(axis=2)) * metres
        return float(gap.mean())

    def _lower(self):
        """Arms that stayed lower than shown at their highest moment."""
        out = set()
        for g, s in enumerate(self.theirs):
            if s.bone and s.part.endswith("Arm"):
                high = self.shown.values[:, g, 1].max() - self.tried.values[:, g, 1].max()
                if high > 0.25:
                    out.add(s.part)
        return out


def _withheld(side, share, key):
    return Score(None, None, None, None, None, None, None, side, {}, round(share, 4), None, key)


def _observed(stream, skeleton):
    return float(np.mean([skeleton.seen.get(j, 1.0) for j in stream.joints]))


def _there(stream):
    """Share of the time of which it is known, short gaps bridged: what is known of less than enough is not compared."""
    return float(np.isfinite(stream.values).all(axis=1).mean())


def _moves(stream):
    """How much a stream of the demonstration takes part, 0..1."""
    values = stream.values[np.isfinite(stream.values).all(axis=1)]
    return min(float(np.sqrt(values.var(axis=0).sum())) / _ACTIVE, 1.0) if len(values) else 1.0


def _headings(values):
    """Directions of travel, shorter where a point turns or hardly moves; (N, G, 3)."""
    steps = np.gradient(values, axis=0)
    length = np.sqrt((steps * steps).sum(axis=2, keepdims=True))
    return steps / np.maximum(length + 0.25 * length.mean(axis=0), 1e-9)


def _moving(streams, rate, even):
    values = np.stack([_filled(s.values) for s in streams], axis=1)
    steps = np.sqrt((np.diff(values, axis=0) ** 2).sum(axis=2)).sum(axis=1)
    travel = np.concatenate([[0.0], np.cumsum(steps)])
    total = float(travel[-1])
    first, last = 0, len(values) - 1
    if total > 1e-9:
        first = int(np.searchsorted(travel, _SPAN * total / 2, side="right")) - 1
        last = int(np.searchsorted(travel, (1.0 - _SPAN / 2) * total))
    first, last = max(first, 0), min(max(last, first + 1), len(values) - 1)
    at = np.linspace(first, last, N)
    if even and travel[last] > travel[first]:
        at = np.interp(
            np.linspace(travel[first], travel[last], N), travel[first : last + 1], np.arange(first, last + 1)
        )
    before = np.minimum(at.astype(int), len(values) - 2)
    values = values[before] + (at - before)[:, None, None] * (values[before + 1] - values[before])
    return _Moving(values, at / rate, total)


def _filled(values):
    """Long gaps held straight, so that they cost little; a stream that is mostly gaps is not used at all."""
    ok = np.isfinite(values).all(axis=1)
    if ok.all():
        return values
    at = np.arange(len(values))
    return np.stack([np.interp(at, at[ok], values[ok, c]) for c in range(3)], axis=1)


def _range(values):
    """Range of motion without the two most extreme moments at each end, which one lost sample can make; (G, 3)."""
    ordered = np.sort(values, axis=0)
    return ordered[-3] - ordered[2]


def _squares(d, a):
    """Squared distances of every moment to every other, per stream; (N, N, G)."""
    dot = np.einsum("ngc,tgc->ntg", d, a, optimize=True)
    return np.maximum((d * d).sum(axis=2)[:, None] + (a * a).sum(axis=2)[None] - 2.0 * dot, 0.0)


def _likeness(distance, scale):
    return np.exp2(-((np.asarray(distance) / scale) ** 2))


def _angles(theirs, mine):
    """How far two directions swing: the largest angle from where each began, radians."""
    out = []
    for path in (theirs, mine):
        first = path[:3].mean(axis=0)
        first /= max(np.linalg.norm(first), 1e-9)
        out.append(float(np.percentile(np.arccos(np.clip(path @ first, -1.0, 1.0)), 95)))
    return tuple(out)


def _word(part):
    for ending, word in (("Hand", "hand"), ("Arm", "arm"), ("Leg", "leg"), ("head", "head"), ("trunk", "body")):
        if part.endswith(ending):
            return word
    return "hand"
