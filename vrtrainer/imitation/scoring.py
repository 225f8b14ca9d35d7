"""A whole trial scored: separate figures, each of which means what it says.

similarity  the weighted mean of the parts' likeness, at most halved where the size is far from the one shown
parts       likeness of each part's features as they are, at moments that belong together
shape       likeness of the paths after their own middle and size are taken out
size        spread of the attempt's path over the demonstration's, in angles: half as far is 0.5
lag_s, tempo_ratio   the straight line through the moments that belong together, in the stroke
goal        `goal.reached`

A late perfect copy has shape 1 and a lag; a half-size copy shape near 1 and size near 0.5; a wrong hand shape costs
that hand's part and nothing else.
"""

import numpy as np

from vrtrainer.human import rotations
from vrtrainer.imitation import align, features, gaps, goal, reasons
from vrtrainer.imitation.attempt import Attempt
from vrtrainer.imitation.online import likeness
from vrtrainer.imitation.score import Score
from vrtrainer.imitation.template import RATE

GAP = 0.25  # s that a joint may be lost and is bridged
MOVED = 0.8  # tolerances from where the turn began: below it nothing was tried
FULL, PARTIAL = 0.6, 0.25  # similarity from which an attempt is full, and partial
GOAL_REACHED = 0.7
SOME = 0.35  # size from which the right path is partial
_PATHS = ("upper_arm", "forearm", "wrist", "direction", "upper_leg", "lower_leg")
_MOVES = 0.35  # tolerances of standard deviation: a group that moves less in the stroke is held
_STUCK = 0.3  # slope below which the moments that belong together say nothing of tempo
_WITHHELD = (("Hand", "hand"), ("Arm", "arm"), ("Leg", "leg"), ("head", "head"), ("trunk", "body"))


def score(template, attempt):
    """Score of one attempt.

    Parameters
    ----------
    template : Template
    attempt : Attempt

    Returns
    -------
    Score
    """
    if attempt.count < 3:
        return _withheld(template, 0.0, "nothing_seen", None)
    with np.errstate(invalid="ignore", divide="ignore"):
        attempt = _bridged(attempt)
        rows = features.extract(attempt.positions, attempt.head, attempt.face, template.measures)
        times, even = _resampled(attempt.times, rows)
        found = [_Side(template, side, times, even) for side in template.sides]
        # The way round that explains most of what was done, both arms considered.
        best = min(found, key=lambda f: f.cost)
        if best.share < template.share_needed or best.cost == np.inf:
            return _withheld(template, best.share, best.missing(), best)
        return best.score(attempt, rows)


def _withheld(template, share, key, best):
    attempted = None if best is None else best.attempted or None
    side = template.sides[0].name
    return Score(None, attempted, None, None, None, None, None, side, {}, round(share, 4), None, key)


def _bridged(attempt):
    """The attempt with gaps of at most `GAP` filled."""
    times = attempt.times
    head = attempt.head
    # A rotation and its negative are the same; neighbours get the same sign, so that the line between them is short.
    known = np.flatnonzero(np.isfinite(head[:, 0]))
    turned = np.ones(len(head))
    turned[known[1:]] = np.cumprod(np.where(np.einsum("ti,ti->t", head[known[1:]], head[known[:-1]]) < 0, -1.0, 1.0))
    head = gaps.bridged(times, (head * turned[:, None])[:, None], GAP)[:, 0]
    head = head / np.sqrt(np.einsum("ti,ti->t", head, head))[:, None]
    out = Attempt(len(times))
    out.object_at = attempt.object_at
    face = gaps.bridged(times, attempt.face[:, None], GAP)[:, 0]
    out.add(times, gaps.bridged(times, attempt.positions, GAP), head, face)
    return out


def _resampled(times, rows):
    """Rows at the template's rate; NaN stays where a neighbour is NaN."""
    count = max(int((times[-1] - times[0]) * RATE) + 1, 2)
    grid = times[0] + np.arange(count) / RATE
    after = np.clip(np.searchsorted(times, grid, side="right"), 1, len(times) - 1)
    before = after - 1
    share = np.clip((grid - times[before]) / np.maximum(times[after] - times[before], 1e-9), 0.0, 1.0)[:, None]
    mixed = rows[before] + share * (rows[after] - rows[before])
    # A single lost sample does not lose its neighbours: where one side is missing the other one stands.
    mixed = np.where(np.isnan(mixed), np.where(share < 0.5, rows[before], rows[after]), mixed)
    return grid, mixed


class _Side:
    """One way round held against the attempt."""

    def __init__(self, template, side, times, rows):
        self.template, self.side = template, side
        self.groups = features.group_weights(side.counts)
        self.seen = [np.isfinite(rows[:, g.columns]).all(axis=1) for g, _ in self.groups]
        total = sum(w for _, w in self.groups)
        self.share = sum(w * s.mean() for (_, w), s in zip(self.groups, self.seen, strict=True)) / max(total, 1e-9)
        weights = features.alignment_weights(side.counts)
        used = np.flatnonzero(weights)
        # A moment of which little was seen is like any other: it says nothing of where the learner was.
        known = np.isfinite(rows[:, used]) @ weights[used]
        told = known > max(0.5 * known.max(), 1e-9)
        self.times, self.rows = times[told], rows[told]
        self.cost = np.inf
        if told.any():
            cost = align.costs(side.rows[:, used], self.rows[:, used], weights[used])
            self.cost, self.i, self.k = align.path(cost)
            self.cost /= len(template.times)

    def missing(self):
        """Language key of what was not seen and weighs most."""
        lost = {}
        for (g, w), s in zip(self.groups, self.seen, strict=True):
            lost[g.part] = lost.get(g.part, 0.0) + w * (1.0 - s.mean())
        part = max(lost, key=lost.get)
        never = all(not s.any() for (g, _), s in zip(self.groups, self.seen, strict=True) if g.part == part)
        what = next((word for ending, word in _WITHHELD if part.endswith(ending)), "face")
        return f"{what}_not_tracked" if never else f"{what}_not_seen"

    @property
    def attempted(self):
        """Whether what counts moved at all."""
        most = 0.0
        for g, _ in self.groups:
            for group in (g, features.COLUMNS.get((_mirror_part(g.part), g.name), g)):
                values = self.rows[:, group.columns]
                ok = np.isfinite(values).all(axis=1)
                if ok.any():
                    first = values[ok][: max(int(RATE * 0.1), 1)].mean(axis=0)
                    away = np.sqrt(((values[ok] - first) ** 2).sum(axis=1))
                    most = max(most, float(np.percentile(away, 95)))
        return most > MOVED

    def score(self, attempt, rows):
        """The `Score` of this way round; `rows` are the attempt's features, sample by sample."""
        t, points = self.template, self.template.points
        weight = t.frame_weights[self.i]
        distances, parts = {}, {}
        for g, w in self.groups:
            off = self.rows[self.k][:, g.columns] - self.side.rows[self.i][:, g.columns]
            square = (off * off).sum(axis=1)
            ok = np.isfinite(square)
            if ok.any() and weight[ok].sum() > 0:
                distances[g] = (w, float(np.sqrt(np.average(square[ok], weights=weight[ok]))))
        for part in self.side.counts:
            mine = [(w, d) for g, (w, d) in distances.items() if g.part == part]
            if mine:
                ws, ds = np.array(mine).T
                parts[part] = float(likeness(np.sqrt(np.average(ds**2, weights=ws))))
        heavy = {part: max(named.values()) for part, named in self.side.counts.items()}
        total = sum(heavy[p] for p in parts)
        similarity = sum(heavy[p] * v for p, v in parts.items()) / total
        attempted = self.attempted
        stroke = (t.times[self.i] >= points["stroke_start"]) & (t.times[self.i] <= points["stroke_end"])
        i, k = self._evened()
        along = (t.times[i] >= points["stroke_start"]) & (t.times[i] <= points["stroke_end"])
        lag, tempo = self._timing(i, k, along)
        size, shape = self._path(i, k, along, parts)
        # A copy in every part that is far smaller or larger than shown is a near miss all the same.
        if size is not None:
            ratio = min(size, 1.0 / max(size, 1e-3))
            similarity *= 0.5 + 0.5 * float(np.clip((ratio - 0.2) / 0.5, 0.0, 1.0))
        similarity *= 0.5 + 0.5 * self._repeated(i, k, along)
        aim = t.gesture.goal if t.gesture is not None else None
        reached = None
        if aim is not None:
            acts = self.side.acts
            mine = self.times[self.k][stroke]
            during = (attempt.times >= mine[0] - 0.2) & (attempt.times <= mine[-1] + 0.2)
            thing = t.gesture.thing
            reached = goal.reached(aim, acts, rows, attempt, during, t.measures, t.body, self.side, thing)
        if not attempted:
            similarity, shape, parts = 0.0, 0.0, dict.fromkeys(parts, 0.0)
            reached = None if reached is None else 0.0
        graded = _graded(attempted, similarity, reached, shape, size)
        out = Score(
            similarity=float(similarity),
            attempted=bool(attempted),
            goal=reached,
            shape=shape,
            lag_s=lag if attempted else None,
            tempo_ratio=tempo if attempted else None,
            size=size if attempted else None,
            side_used=self.side.name,
            parts=parts,
            share_observed=float(self.share),
            graded_0_2=graded,
            withheld=None,
            raw_deg=self._degrees(weight),
            raw_m=self._metres(weight),
            raw_s=None if lag is None else abs(lag),
        )
        told = reasons.told(out, self, distances) if attempted else ()
        return Score(**{f: getattr(out, f) for f in Score.__dataclass_fields__} | {"reasons": told})

    def _evened(self):
        """The way through when the attempt is first made as large as the demonstration.

        Without that, a smaller copy's highest moment would belong to the moment at which the demonstration is as high.
        """
        rows, scaled = self.rows, False
        for g, _ in self.groups:
            if g.name not in _PATHS:
                continue
            mine, shown = rows[:, g.columns], self.side.rows[:, g.columns]
            ok = np.isfinite(mine).all(axis=1)
            if ok.sum() < 4 or not np.isfinite(shown).all():
                continue
            first = mine[ok][:3].mean(axis=0)
            extent = np.percentile(np.sqrt(((mine[ok] - first) ** 2).sum(axis=1)), 95)
            wanted = np.percentile(np.sqrt(((shown - shown[0]) ** 2).sum(axis=1)), 95)
            ratio = extent / wanted if wanted > _MOVES else 1.0
            if 0.1 < ratio < 0.85 or ratio > 1.2:
                rows, scaled = rows if scaled else rows.copy(), True
                rows[:, g.columns] = first + (mine - first) / ratio
        if not scaled:
            return self.i, self.k
        weights = features.alignment_weights(self.side.counts)
        used = np.flatnonzero(weights)
        _, i, k = align.path(align.costs(self.side.rows[:, used], rows[:, used], weights[used]))
        return i, k

    def _timing(self, i, k, stroke):
        mine, theirs = self.times[k][stroke], self.template.times[i][stroke]
        if len(mine) < 4 or np.ptp(theirs) < 0.1:
            return (float(np.median(mine - theirs)) if len(mine) else None), None
        slope, offset = np.polyfit(theirs, mine, 1)
        lag = float(offset + (slope - 1.0) * theirs.mean())
        return lag, float(slope) if _STUCK < slope < 1.0 / _STUCK else None

    def _path(self, i, k, stroke, parts):
        """Size and shape of what moves: in the stroke if anything moves there, else on the whole way there."""
        t = self.template
        moving = self._moving(i, stroke)
        if not moving:
            stroke = t.times[i] <= t.points["stroke_end"]
            moving = self._moving(i, stroke)
        if not moving or stroke.sum() < 4:
            return None, float(np.mean(list(parts.values())))
        mine_var = shown_var = weight = square = 0.0
        paths, mine, shown = [], _between(k[stroke]), _between(i[stroke])
        for g, w in moving:
            a, d = _paths(self.rows[k][stroke][:, g.columns], self.side.rows[i][stroke][:, g.columns], g)
            ok = np.isfinite(a).all(axis=1)
            if ok.sum() < 4:
                continue
            paths.append((w, a[ok] - a[ok].mean(axis=0), d[ok] - d[ok].mean(axis=0)))
            # Extents are compared over the whole stretch of each, not moment by moment: a swing that is aligned to
            # another phase is no smaller for it.
            a, d = _paths(self.rows[mine, g.columns], self.side.rows[shown, g.columns], g)
            mine_var += w * float(np.nanvar(a, axis=0).sum())
            shown_var += w * float(d.var(axis=0).sum())
        if shown_var <= 0:
            return None, None
        size = np.sqrt(mine_var / shown_var)
        whole = 0.0
        for w, a, d in paths:
            off = a / max(size, 0.2) - d
            square, weight = square + w * float((off * off).sum(axis=1).mean()), weight + w
            whole += w * float((d * d).sum(axis=1).mean())
        # A small path is near to every other small one: what is left is held against how far there was to go, too.
        followed = max(1.0 - (square / max(whole, 1e-9)) ** 1.5, 0.0)
        return float(size), float(likeness(np.sqrt(square / weight)) * followed)

    def _repeated(self, i, k, stroke):
        """Share of the demonstration's turns there and back that the attempt has too, 1 where nothing is repeated.

        An alignment can pass two nods off as one slow nod; counting them cannot.
        """
        moving = self._moving(i, stroke)
        if not moving or stroke.sum() < 4:
            return 1.0
        g, _ = max(moving, key=lambda one: one[1])
        a, d = _paths(self.rows[_between(k[stroke]), g.columns], self.side.rows[_between(i[stroke]), g.columns], g)
        wanted = _turns(d)
        return 1.0 if wanted < 3 else min(_turns(a) / wanted, 1.0)

    def _moving(self, i, stroke):
        out = []
        bones = {g.part for g, _ in self.groups if g.name in ("upper_arm", "forearm")}
        for g, w in self.groups:
            # A wrist's path of half the angle is no smaller copy of itself; the bones' directions are.
            if g.name in _PATHS and not (g.name == "wrist" and g.part in bones):
                d = self.side.rows[i][stroke][:, g.columns]
                if len(d) and np.isfinite(d).all() and np.sqrt(d.var(axis=0).sum()) > _MOVES:
                    out.append((g, w))
        return out

    def _degrees(self, weight):
        angles, total = 0.0, 0.0
        for g, w in self.groups:
            if g.directions:
                a, d = self.rows[self.k][:, g.columns] * g.tolerance, self.side.rows[self.i][:, g.columns] * g.tolerance
                angle = np.degrees(np.arccos(np.clip((a * d).sum(axis=1), -1, 1)))
                ok = np.isfinite(angle)
                if ok.any():
                    angles, total = angles + w * np.average(angle[ok], weights=weight[ok]), total + w
        return float(angles / total) if total else None

    def _metres(self, weight):
        out = []
        for k, side in enumerate(("left", "right")):
            if f"{side}Arm" in self.side.counts or f"{side}Hand" in self.side.counts:
                g = features.COLUMNS[f"{side}Arm", "wrist"]
                off = (self.rows[self.k][:, g.columns] - self.side.rows[self.i][:, g.columns]) * g.tolerance
                gap = np.sqrt((off * off).sum(axis=1)) * self.template.measures.reach[k, 0]
                ok = np.isfinite(gap)
                if ok.any():
                    out.append(np.average(gap[ok], weights=weight[ok]))
        return float(np.mean(out)) if out else None


def _mirror_part(part):
    return part.replace("left", "right", 1) if part.startswith("left") else part.replace("right", "left", 1)


def _turns(path):
    """Turning points of a path along its widest direction; less than a third of its extent is no turn."""
    path = path[np.isfinite(path).all(axis=1)]
    if len(path) < 4:
        return 0
    centred = path - path.mean(axis=0)
    along = centred @ np.linalg.svd(centred, full_matrices=False)[2][0]
    least, turns, low, high, rising = np.ptp(along) / 3.0, 0, along[0], along[0], 0
    for value in along:
        low, high = min(low, value), max(high, value)
        if rising >= 0 and high - value > least:
            turns, rising, low = turns + (rising > 0), -1, value
            high = value
        elif rising <= 0 and value - low > least:
            turns, rising, high = turns + (rising < 0), 1, value
            low = value
    return turns


def _between(indices):
    return slice(int(indices[0]), int(indices[-1]) + 1)


def _paths(attempt, shown, group):
    """Two paths of a direction as angles from their own middles, so that half as far is half; others as they are.

    The attempt's middle is carried to the demonstration's along the shortest way, and its path with it: an arm raised
    half as far goes the same way, in another region of the sphere.
    """
    if not group.directions:
        return attempt, shown
    a, middle_a = _logs(attempt * group.tolerance)
    d, middle_d = _logs(shown * group.tolerance)
    carried = rotations.rotate(rotations.between(middle_a, middle_d), a)
    return carried / group.tolerance, d / group.tolerance


def _logs(unit):
    if not np.isfinite(unit).any():
        return unit, np.array([0.0, -1.0, 0.0])  # nothing of it was seen
    middle = np.nanmean(unit, axis=0)
    middle /= max(np.linalg.norm(middle), 1e-9)
    along = unit @ middle
    aside = unit - along[:, None] * middle
    length = np.sqrt((aside * aside).sum(axis=1))
    angle = np.arctan2(length, along)
    return aside * (angle / np.maximum(length, 1e-9))[:, None], middle


def _graded(attempted, similarity, reached, shape, size):
    if not attempted:
        return 0
    # Half of the way, the same way, is partial however little it looks like the whole.
    partly = similarity >= PARTIAL or (shape is not None and size is not None and shape >= FULL and size >= SOME)
    if reached is None:
        return 2 if similarity >= FULL else 1 if partly else 0
    if reached >= GOAL_REACHED and similarity >= 0.4:
        return 2
    return 1 if reached >= 0.4 or partly else 0
