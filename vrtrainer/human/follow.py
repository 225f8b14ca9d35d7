"""One person's movement on another body, at frame rate: what was seen, as aims for `reach`.

Rule 1: only what is MEASURED is followed; the rest eases to how the body stands at ease, and back when it is seen.
Rule 2: seen facing, as in a mirror (the learner's left is the figure's right), unless anatomical is asked for.
Rule 3: directions are the learner's, sizes the figure's own: a hand that is stretched out is stretched out, one that
        touches the head or the other hand touches it.
Rule 4: it knows no clock; the same samples at the same times give the same poses, bit for bit.

A headset tells of head and hands only. The trunk then turns after the head when that turns far, leans and sinks with
it, and elbows go where the hand's own direction puts them. Where a person stands and faces is followed slowly, and at
once when they go out of reach: the figure leans, it does not walk.
"""

from math import atan2, exp, sin, sqrt, tanh

import numpy as np

from vrtrainer.human import body as bodies
from vrtrainer.human import motion, one, pose, reach
from vrtrainer.human.ease import Eased, OneEuro
from vrtrainer.human.face import MIRROR as FACE_MIRROR
from vrtrainer.human.observation import ABSENT, MEASURED
from vrtrainer.human.skeleton import FINGERS, INDEX, MIRROR, SIDES, J, indices

NEAREST = 0.75  # m: as near as an avatar that stands at 1.5 m comes to the learner unasked (EXPERIENCE 5)
SETTLES, PLACE = 15.0, 0.5  # s, m: where somebody stands; further away, it goes along
ROUNDS, FACING = 6.0, 0.6  # s, rad: where they face
_TURNS_AFTER, _COMES_ROUND = 0.75, 3.0  # rad, s: a trunk that is not seen turns after head and hands
_LEAN = 0.45  # rad, of a trunk that is not seen
_REACH_GROWS, _REACH_MOST = 0.3, 1.25  # s; times what the measures say
_HIGHEST = 1.3  # m from the feet to anybody's hips
_ARM_OF_STATURE = 0.332  # as in skeleton.REST_OFFSETS
_UNKNOWN = bodies.of_height(1.2)  # whose arms grow to what is seen
_POINTS = indices(
    "head",
    "neck",
    "hips",
    "@UpperLeg",
    "@UpperArm",
    "@LowerArm",
    "@Hand",
    "@IndexProximal",
    "@LittleProximal",
    "@Foot",
)
_HEAD, _NECK, _HIPS, _LEGS, _SHOULDERS, _ELBOWS, _WRISTS, _INDEX, _LITTLE, _FEET = 0, 1, 2, 3, 5, 7, 9, 11, 13, 15
_TURNED = indices("head", "@Hand")
_FINGERS = np.array(
    [
        [
            [
                INDEX[f"{s}{f}{k}"]
                for k in (
                    ("Metacarpal", "Proximal", "Distal", "Tip")
                    if f == "Thumb"
                    else ("Proximal", "Intermediate", "Distal", "Tip")
                )
            ]
            for f in FINGERS
        ]
        for s in SIDES
    ]
)
_SIGNS = (-1.0, 1.0)


class Follower:
    """A figure that moves along.

    Parameters
    ----------
    body : Body
        The figure's.
    rest : Pose or None
        How it stands at ease; the T-pose where none is given.
    learner : Body or None
        The learner's measures; None when they are not known: their reach is then learnt from what is seen.
    mirror : bool
        As in a mirror; False for the same side (anatomical).
    face : bool
        Whether the learner's face is followed where it is seen: only with consent.
    nearest : float
        Metres in front of the figure beyond which its hands never go.
    """

    def __init__(self, body, rest=None, learner=None, mirror=True, face=False, nearest=NEAREST):
        self.body, self._face = body, face
        self._reach = reach.Reach(body, pose.rest(body) if rest is None else rest, nearest)
        who = _UNKNOWN if learner is None else learner
        self._known = learner is not None
        self._mirror, self._sign = mirror, -1.0 if mirror else 1.0
        self._rows, self._turned = _swapped(_POINTS, mirror), _swapped(_TURNED, mirror)
        self._fingers = _swapped(_FINGERS, mirror)
        at, own = who.rest_positions(), body.rest_positions()
        head, shoulders = INDEX["head"], indices("@UpperArm")
        # Both bodies are the same on both sides as far as this is concerned: sides are the figure's.
        self._collars = [tuple((at[c] - at[head]).tolist()) for c in indices("@Shoulder")]
        self._out = [tuple(who.offsets[s].tolist()) for s in shoulders]
        self._own_head = [tuple((own[head] - own[s]).tolist()) for s in shoulders]
        self._tall, self._own_tall = who.height, body.height
        self._trunk = float(at[head, 1] - at[INDEX["hips"], 1])
        self._legs = float(own[INDEX["hips"], 1] / max(at[INDEX["hips"], 1], 0.1))
        self.reaches = [who.arm_length(s) for s in SIDES]
        self._arms_seen = set()
        self.furthest = [None, None]  # how far hands went from their shoulders, m
        self._most = [r * (_REACH_MOST if self._known else 2.2) for r in self.reaches]
        self.arms = [sum(arm) for arm in self._reach.arms]
        bones = body.offsets[_FINGERS[..., 1:]]
        first = bones[:, :, 0]
        self._bones = first / np.maximum(np.linalg.norm(first, axis=-1, keepdims=True), 1e-9)
        self._bones_cross = _cross_of(self._bones)
        self._aims = reach.nowhere()
        self._present = np.zeros(len(reach.GROUPS), bool)
        self._time = None
        self._round = self._facing = 0.0
        self._stands, self._highest = {}, 0.0
        self._scale = 1.0  # of the learner's measures, where they are not known
        self._eased, self._filter = Eased(), OneEuro()
        self._stepped = None

    # What is done with a frame

    def step(self, time, seen):
        """The figure at this frame, at once and without tremor.

        Parameters
        ----------
        time : float
            Seconds, not falling.
        seen : Observation

        Returns
        -------
        Pose
        """
        aims, present = self.read(time, seen.positions, seen.rotations, seen.how, seen.face if seen.face_how else None)
        return self._shown(time, self._filter.step(self._since(time), aims), present)

    def begin(self, aims, present):
        """Start where the learner is, with no way from rest; arguments as `read` gives them."""
        self._eased.begin(aims, present)

    def _since(self, time):
        return 0.0 if self._stepped is None else min(max(time - self._stepped, 0.0), 0.5)

    def _shown(self, time, aims, present):
        dt, self._stepped = self._since(time), time
        return self.pose(*self._eased.step(dt, aims, present))

    def pose(self, aims, shares):
        """The figure as it is aimed.

        Parameters
        ----------
        aims : ndarray, shape (WIDTH,)
        shares : ndarray, shape (9,)
            0 to 1, of `reach.GROUPS`.

        Returns
        -------
        Pose
        """
        return self._reach.pose(aims, shares)

    def read(self, time, positions, turned, how, face=None):
        """Where the figure's parts should be, from one sample of the learner.

        Parameters
        ----------
        time : float
            Seconds, not falling.
        positions : ndarray, shape (J, 3)
            Metres, in the space in which the learner faces -Z.
        turned : ndarray, shape (J, 4)
            World rotations, NaN where not known.
        how : ndarray, shape (J,)
            uint8.
        face : ndarray, shape (52,), optional

        Returns
        -------
        aims : ndarray, shape (WIDTH,)
            Finite; of what is not seen, where it was last. A new array.
        present : ndarray, shape (9,)
            bool, of `reach.GROUPS`. A new array.
        """
        dt = 0.0 if self._time is None else min(max(time - self._time, 0.0), 0.5)
        self._time = time
        self._aims, self._present = self._aims.copy(), np.zeros(len(reach.GROUPS), bool)
        points = self._points(positions, how)
        turns = self._turns(turned, how)
        head, shoulders = points[_HEAD], points[_SHOULDERS : _SHOULDERS + 2]
        both = shoulders[0] is not None and shoulders[1] is not None
        if head is None and not both:
            return self._aims, self._present
        origin = head if head is not None else _middle(*shoulders)
        self._turn(dt, points, both, turns[0])
        round_ = one.about_y(-self._facing)
        near = [None if p is None else one.rotate(round_, _less(p, origin)) for p in points]
        turns = [None if q is None else one.multiply(round_, q) for q in turns]
        chest = self._trunk_of(dt, points, near, both, origin, round_)
        if head is not None:
            self._head_of(near, turns[0], chest)
        self._arms_of(dt, near, turns, chest, head is not None)
        self._fingers_of(positions, how, round_)
        if self._face and face is not None and np.isfinite(face).any():
            seen = np.clip(np.nan_to_num(face, nan=0.0), 0.0, 1.0)
            self._aims[reach.FACE_COLUMNS] = seen[FACE_MIRROR] if self._mirror else seen
            self._present[8] = True
        return self._aims, self._present

    # What was seen, as the figure's own side

    def _points(self, positions, how):
        sign = self._sign
        rows = positions[self._rows].tolist()
        known = how[self._rows].tolist()
        return [
            (sign * x, y, z) if k == MEASURED and abs(x) < 1e3 and abs(y) < 1e3 and abs(z) < 1e3 else None
            for (x, y, z), k in zip(rows, known, strict=True)
        ]

    def _turns(self, turned, how):
        sign = self._sign
        out = []
        for (x, y, z, w), k in zip(turned[self._turned].tolist(), how[self._turned].tolist(), strict=True):
            size = x * x + y * y + z * z + w * w
            there = k == MEASURED and 0.5 < size < 2.0
            out.append(one.normalise((x, sign * y, sign * z, w)) if there else None)
        return out

    def _turn(self, dt, points, both, head):
        """Where the trunk faces, and from where that is counted."""
        if both:
            x, _, z = _less(points[_SHOULDERS + 1], points[_SHOULDERS])
            if abs(x) + abs(z) > 1e-3:
                self._round = atan2(-z, x)
        elif head is not None:
            yaw = one.yaw(head)
            left, right = points[_WRISTS], points[_WRISTS + 1]
            if left is not None and right is not None:
                # Who looks aside with both hands before them has not turned: hands say as much as the head does.
                x, _, z = _less(_middle(left, right), points[_HEAD])
                if x * x + z * z > 0.02:
                    yaw += 0.5 * _wrapped(atan2(-x, -z) - yaw)
            ahead = _wrapped(yaw - self._round)
            self._round += _beyond(ahead, _TURNS_AFTER) + _settled(dt, _COMES_ROUND) * ahead
        away = _wrapped(self._round - self._facing)
        self._facing = _wrapped(self._facing + _beyond(away, FACING) + _settled(dt, ROUNDS) * away)

    def _stood(self, what, dt, at):
        """How far somebody is from where they stand, metres; height and place are followed each on its own."""
        place = self._stands.get(what, at)
        x, y, z = _less(at, place)
        flat, go = sqrt(x * x + z * z), _settled(dt, SETTLES)
        along = max(go, 1.0 - PLACE / flat if flat > PLACE else 0.0)
        up = max(go, 1.0 - PLACE / abs(y) if abs(y) > PLACE else 0.0)
        place = (place[0] + along * x, place[1] + up * y, place[2] + along * z)
        self._stands[what] = place
        return _less(at, place)

    def _lowered(self, hips, left, right):
        """How much lower the hips are above the feet than they have been, metres."""
        high = hips[1] - min(left[1], right[1])
        self._highest = min(max(self._highest, high), _HIGHEST)
        return high - self._highest

    # The parts

    def _trunk_of(self, dt, points, near, both, origin, round_):
        left, right = near[_LEGS], near[_LEGS + 1]
        legs = left is not None and right is not None
        hips = near[_HIPS] if near[_HIPS] is not None else _middle(left, right) if legs else None
        facing = one.about_y(_wrapped(self._round - self._facing))
        shift, chest, pelvis = (0.0, 0.0, 0.0), facing, facing
        if both:
            a, b = near[_SHOULDERS], near[_SHOULDERS + 1]
            up = (0.0, 1.0, 0.0) if hips is None else _less(_middle(a, b), hips)
            chest = one.from_axes(one.unit(_less(b, a), (1.0, 0.0, 0.0)), up)
            if legs:
                pelvis = one.from_axes(one.unit(_less(right, left), (1.0, 0.0, 0.0)), up)
        if hips is not None:
            seen = points[_HIPS] if points[_HIPS] is not None else _middle(points[_LEGS], points[_LEGS + 1])
            shift = one.rotate(round_, self._stood("hips", dt, seen))
            feet = points[_FEET], points[_FEET + 1]
            if feet[0] is not None and feet[1] is not None:
                shift = (shift[0], self._lowered(seen, *feet), shift[2])
        elif points[_HEAD] is not None:
            x, y, z = one.rotate(round_, self._stood("head", dt, origin))
            shift = (0.0, y, 0.0)
            if not both:
                ahead, aside = _LEAN * tanh(z / self._trunk / _LEAN), _LEAN * tanh(-x / self._trunk / _LEAN)
                lean = one.normalise((sin(ahead / 2), 0.0, sin(aside / 2), 1.0))
                chest = one.multiply(lean, facing)
                pelvis = one.multiply(one.share(lean, 0.4), one.share(facing, 0.5))
        self._set_turn(reach.HIPS, pelvis)
        self._set_turn(reach.CHEST, chest)
        self._set_point(reach.SHIFT, tuple(c * self._legs for c in shift))
        self._present[1] = True
        return chest

    def _head_of(self, near, turn, chest):
        if turn is None and near[_NECK] is not None:
            up = one.unit(_less((0.0, 0.0, 0.0), near[_NECK]), (0.0, 1.0, 0.0))
            turn = one.multiply(one.between(one.rotate(chest, (0.0, 1.0, 0.0)), up), chest)
        if turn is not None:
            self._set_turn(reach.HEAD, turn)
            self._present[0] = True

    def _arms_of(self, dt, near, turns, chest, head):
        targets = [None, None]
        if not self._known:
            self._scale = (self.reaches[0] + self.reaches[1]) / (2 * _ARM_OF_STATURE * _UNKNOWN.height)
        for i, sign in enumerate(_SIGNS):
            wrist = near[_WRISTS + i]
            if wrist is None:
                continue
            shoulder = near[_SHOULDERS + i]
            if shoulder is None:
                if not head:
                    continue
                shoulder = self._shoulder(i, sign, wrist, chest)
            line = _less(wrist, shoulder)
            axis, distance = _measured(line)
            if near[_SHOULDERS + i] is not None and near[_ELBOWS + i] is not None:
                self._measure(i, dt, shoulder, near[_ELBOWS + i], wrist)
            if distance <= self._most[i] and (self.furthest[i] is None or distance > self.furthest[i]):
                self.furthest[i] = distance
            if distance > self.reaches[i]:
                more = min(distance, self._most[i]) - self.reaches[i]
                self.reaches[i] += max(more, 0.0) * _settled(dt, _REACH_GROWS)
            size = self.arms[i] * min(1.0 / self.reaches[i], 1.0 / max(distance, 1e-6))
            at = (line[0] * size, line[1] * size, line[2] * size)
            if head:
                at = self._by_head(i, wrist, at, turns[0], chest)
            targets[i] = at
            hand = turns[1 + i] or self._by_knuckles(i, near)
            if hand is not None:
                self._set_turn(reach.HANDS[i], hand)
                self._present[4 + i] = True
            self._set_point(reach.POLES[i], self._pole(i, sign, near, line, axis, distance, chest, hand))
        if targets[0] is not None and targets[1] is not None:
            targets = self._together(near, targets, chest)
        for i, at in enumerate(targets):
            if at is not None:
                self._set_point(reach.WRISTS[i], at)
                self._present[2 + i] = True

    def _measure(self, i, dt, shoulder, elbow, wrist):
        """An arm that is seen whole tells its length, bent or not."""
        length = _measured(_less(elbow, shoulder))[1] + _measured(_less(wrist, elbow))[1]
        if 0.15 < length < 1.0:
            first = i not in self._arms_seen
            self._arms_seen.add(i)
            self.reaches[i] += (1.0 if first else _settled(dt, 1.0)) * (length - self.reaches[i])

    def _shoulder(self, i, sign, wrist, chest):
        """Where a shoulder that nobody sees hangs: below the head, and higher as the arm rises."""
        x, y, z = one.rotate(chest, self._collars[i])
        low, big = one.rotate(chest, self._out[i]), self._scale
        turn = reach.lifted((wrist[1] - (y + low[1]) * big) / self.reaches[i], sign)
        bx, by, bz = one.rotate(chest, one.rotate(turn, self._out[i]))
        return ((x + bx) * big, (y + by) * big, (z + bz) * big)

    def _by_head(self, i, wrist, at, turn, chest):
        """A hand at the head is where it is at the head, not where it is from the shoulder."""
        tall = self._tall * self._scale
        up = one.rotate(chest if turn is None else turn, (0.0, 0.06 * tall, 0.0))
        _, away = _measured(_less(wrist, up))
        near = _smooth((0.21 - away / tall) / 0.08)
        if near == 0.0:
            return at
        big = self._own_tall / tall
        head = one.rotate(chest, self._own_head[i])
        return tuple(a + near * (h + w * big - a) for a, h, w in zip(at, head, wrist, strict=True))

    def _together(self, near, targets, chest):
        """Hands that meet meet, whatever the shoulders' width: they keep what is between them."""
        between = _less(near[_WRISTS + 1], near[_WRISTS])
        _, away = _measured(between)
        close = _smooth((0.7 - away / (self.reaches[0] + self.reaches[1]) * 2) / 0.35)
        if close == 0.0:
            return targets
        # The figure's shoulders lie apart along its chest; seen from each, the other's hand is that much further.
        own = one.rotate(chest, _less(self._own_head[0], self._own_head[1]))
        have = tuple(o + b - a for o, a, b in zip(own, *targets, strict=True))
        big = (self.arms[0] + self.arms[1]) / (self.reaches[0] + self.reaches[1])
        more = tuple(close * (big * w - h) / 2 for w, h in zip(between, have, strict=True))
        return [_less(targets[0], more), tuple(a + m for a, m in zip(targets[1], more, strict=True))]

    def _by_knuckles(self, i, near):
        index, little, wrist = near[_INDEX + i], near[_LITTLE + i], near[_WRISTS + i]
        if index is None or little is None:
            return None
        sign = _SIGNS[i]
        along, row = _less(_middle(index, little), wrist), _less(index, little)
        x, y, z = one.unit(along, (sign, 0.0, 0.0))
        bx, by, bz = one.cross(along, row)
        return one.from_axes((x * sign, y * sign, z * sign), (bx * sign, by * sign, bz * sign))

    def _pole(self, i, sign, near, line, axis, distance, chest, hand):
        """Where an elbow points to: as it is seen, else by where the hand is and how it is held."""
        far = 1.0 / max(self.reaches[i], 1e-6)
        x, y, _ = one.rotate(one.inverse(chest), line)
        high, across = max(y * far, 0.0), max(-sign * x * far, 0.0)
        pole = one.rotate(chest, (sign * (0.45 + 0.5 * across + 0.4 * high), -1.0, 0.35 - 0.5 * high))
        if hand is not None:
            # The elbow lies behind the hand: a wrist is seldom bent far.
            fx, fy, fz = one.rotate(hand, (sign, 0.0, 0.0))
            pole = (pole[0] - 0.9 * fx, pole[1] - 0.9 * fy, pole[2] - 0.9 * fz)
        shoulder, elbow = near[_SHOULDERS + i], near[_ELBOWS + i]
        if shoulder is not None and elbow is not None:
            bone = _less(elbow, shoulder)
            along = bone[0] * axis[0] + bone[1] * axis[1] + bone[2] * axis[2]
            # A straight arm's elbow points nowhere: the modelled one fades in.
            seen = 8.0 * far
            pole = tuple(0.12 * p + seen * (b - along * a) for p, b, a in zip(pole, bone, axis, strict=True))
        return one.unit(pole, (0.0, -1.0, 0.0))

    def _fingers_of(self, positions, how, round_):
        known = (how[self._fingers] == MEASURED).all(axis=(1, 2))
        there = [bool(known[i]) and bool(self._present[4 + i]) for i in (0, 1)]
        if not (there[0] or there[1]):
            return
        at = positions[self._fingers] * (self._sign, 1.0, 1.0)
        bones = at[:, :, 1:] - at[:, :, :-1]
        size = np.sqrt(np.vecdot(bones, bones))
        back = one.inverse(round_)
        rows = []
        for row in reach.HANDS:
            x, y, z, w = self._aims[4 * row : 4 * row + 4].tolist()
            rows.append(_matrix(one.multiply(back, (x, y, z, w))))
        bones /= np.maximum(size, 1e-6)[..., None]
        in_hand = bones.reshape(2, 15, 3) @ np.array(rows)
        in_hand = in_hand.reshape(2, 5, 3, 3, 1)
        # The first bone goes where it is seen the shortest way; the others bend about one axis.
        first = np.empty((2, 5, 4))
        first[..., :3] = (self._bones_cross @ in_hand[:, :, 0])[..., 0]
        first[..., 3] = 1.0 + np.vecdot(self._bones, in_hand[:, :, 0, :, 0])
        turned = _AXES_CROSS @ in_hand[:, :, 1:]
        over = -np.vecdot(in_hand[:, :, :-1, :, 0], turned[..., 0])
        along = np.vecdot(in_hand[:, :, :-1, :, 0], in_hand[:, :, 1:, :, 0])
        bends = np.minimum(np.maximum(np.arctan2(over, along), -0.4), 2.0)
        sound = (size > 1e-4) & (size < 0.3)
        for i in (0, 1):
            if not there[i] or not sound[i].all() or first[i, :, 3].min() < 1e-3:
                continue
            turn, bend = 4 * reach.KNUCKLES[i], reach.BEND_COLUMNS.start + 10 * i
            flat = first[i] / np.sqrt(np.vecdot(first[i], first[i]))[:, None]
            self._aims[turn : turn + 20] = flat.reshape(20)
            self._aims[bend : bend + 10] = bends[i].reshape(10)
            self._present[6 + i] = True

    def _set_turn(self, row, q):
        self._aims[4 * row : 4 * row + 4] = q

    def _set_point(self, row, p):
        start = reach.POINT_COLUMNS.start + 3 * row
        self._aims[start : start + 3] = p


def posed(positions, how, body, times=None, head=None, learner=None, rest=None, mirror=False):
    """A recorded attempt as a movement of another body, for a figure that shows it again.

    Parameters
    ----------
    positions : ndarray, shape (T, J, 3)
        Metres, NaN where not measured.
    how : ndarray, shape (T, J)
        uint8; what is more than ABSENT is drawn.
    body : Body
        Who performs it.
    times : ndarray, shape (T,), optional
        Seconds, rising; 30 a second where not given.
    head : ndarray, shape (T, 4), optional
        World rotations of the head.
    learner : Body or None
        Whose attempt it is.
    rest : Pose or None
        How the figure stands at ease.
    mirror : bool
        Turned about, so that it shows the other side.

    Returns
    -------
    Motion
        What was seen keeps its `how`; all else is as it stands at ease.
    """
    count = len(positions)
    times = np.arange(count) / 30.0 if times is None else np.asarray(times, float)
    follower = Follower(body, rest, learner, mirror)
    shown = np.where(how > ABSENT, MEASURED, ABSENT).astype(np.uint8)
    turned = np.full((J, 4), np.nan)
    rows = np.empty((count, J, 4)), np.empty((count, 3))
    for k in range(count):
        if head is not None:
            turned[INDEX["head"]] = head[k]
        aims, present = follower.read(float(times[k]), positions[k], turned, shown[k])
        if k == 0:
            follower.begin(aims, present)
        shown_now = follower._shown(float(times[k]), aims, present)
        rows[0][k], rows[1][k] = shown_now.rotations, shown_now.hips
    return motion.Motion(
        times - times[0], *rows, np.zeros((count, 52)), how[:, MIRROR] if mirror else how.astype(np.uint8)
    )


def _swapped(rows, mirror):
    return MIRROR[rows] if mirror else rows


def _less(a, b):
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def _middle(a, b):
    return ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2)


def _measured(v):
    size = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
    return ((v[0] / size, v[1] / size, v[2] / size), size) if size > 1e-9 else ((0.0, -1.0, 0.0), size)


def _wrapped(angle):
    return (angle + np.pi) % (2 * np.pi) - np.pi


def _beyond(value, most):
    """What of a value goes beyond a limit to either side."""
    return value - most if value > most else value + most if value < -most else 0.0


def _settled(dt, lasts):
    """Share of the way that is gone in some seconds, whatever the frame rate."""
    return 1.0 - exp(-dt / lasts)


def _smooth(x):
    x = min(max(x, 0.0), 1.0)
    return x * x * (3.0 - 2.0 * x)


def _cross_of(v):
    """Matrices that multiply by vectors as a cross product does, from the left."""
    out = np.zeros((*v.shape, 3))
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        out[..., i, j], out[..., i, k] = -v[..., k], v[..., j]
    return out


_AXES_CROSS = _cross_of(reach.AXES)[:, :, None]


def _matrix(q):
    """Rows of a rotation matrix: points times it are turned back."""
    columns = [one.rotate(q, axis) for axis in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))]
    return list(zip(*columns, strict=True))
