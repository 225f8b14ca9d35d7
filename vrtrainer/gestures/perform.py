"""A gesture performed by a body: the same text, another person's measures.

Rule 1: the acting hand is always worked out as a right one; a left-handed performance is the mirror image of the
        mirrored body's, so that mirroring is exact.
Rule 2: a performance starts and ends standing at ease: arms hanging, hands relaxed, face still.
"""

from dataclasses import dataclass, replace

import numpy as np

from vrtrainer.gestures import ik, objects, places, shapes, timing
from vrtrainer.gestures.gesture import HandMark, Style
from vrtrainer.gestures.notation import MARKS
from vrtrainer.gestures.notation import near_miss as near_miss  # who performs also misses
from vrtrainer.gestures.weights import resolved
from vrtrainer.human import face as faces
from vrtrainer.human import motion as motions
from vrtrainer.human import rotations
from vrtrainer.human.motion import Motion
from vrtrainer.human.observation import MEASURED
from vrtrainer.human.pose import Pose
from vrtrainer.human.skeleton import INDEX, MIRROR, J

_X, _Y, _Z = np.eye(3)
_FLIP = np.array([-1.0, 1.0, 1.0])
_HEAD = (("neck", 0.4), ("head", 0.6))
_TRUNK = (("spine", 0.35), ("chest", 0.35), ("upperChest", 0.3))
_FACE_SECONDS = 0.6  # onset of a posed expression, our own choice; spontaneous smiles take 0.5 to 0.75 s
_AFTER_PATH = 0.15  # s, the hand stays a moment after a repeated path


@dataclass(frozen=True, slots=True, eq=False)
class Performance:
    """What a body does.

    Parameters
    ----------
    motion : Motion
        60 samples a second.
    points : dict
        Seconds of each of `gesture.SYNC_POINTS`.
    side : str
        left, right, both or none: the side that acts.
    counts : dict
        Body or face part to its features and their weights: arms have `upper_arm`, `forearm` and `wrist` (where the
        wrist is), hands `shape` and `palm`, head and trunk `direction`, face parts `weights`. Example:
        {"rightArm": {"forearm": 0.8}, "rightHand": {"shape": 1.0, "palm": 0.5}, "head": {"direction": 1.0}}.
    parts : dict
        Each part's largest weight.
    """

    motion: Motion
    points: dict
    side: str
    counts: dict

    @property
    def parts(self):
        """Part to its weight: the largest of its features."""
        return {part: max(features.values()) for part, features in self.counts.items()}


def relaxed(body):
    """A body standing at ease: arms hanging a little away from it, hands relaxed.

    Parameters
    ----------
    body : Body

    Returns
    -------
    Pose
    """
    still = _blank(body, 1)
    for side in ("left", "right"):
        _put_arm(still, _at_rest()[None], side)
    return Pose(still[0], body.offsets[0].copy(), np.zeros(len(faces.WEIGHTS)))


def perform(gesture, body, style=Style()):  # noqa: B008  Style is frozen
    """The gesture as this body does it.

    Parameters
    ----------
    gesture : Gesture
    body : Body
    style : Style

    Returns
    -------
    Performance
    """
    if gesture.recording is not None:
        from vrtrainer.gestures import recorded  # recorded.py needs this module's Performance

        return recorded.perform(gesture, body, style)
    side = acting_side(gesture, style)
    left = side == "left"
    who = _mirrored(body) if left else body
    moved, points = _right_handed(gesture, who, style, both=side == "both")
    return Performance(motions.mirrored(moved) if left else moved, points, side, resolved(gesture, side))


def acting_side(gesture, style):
    """The side that moves: left, right, both or none.

    Parameters
    ----------
    gesture : Gesture
    style : Style

    Returns
    -------
    str
    """
    side = style.side if gesture.side == "either" else gesture.side
    other = {"left": "right", "right": "left"}
    return other.get(side, side) if gesture.acting == "other" else side


def _mirrored(body):
    return replace(body, offsets=body.offsets[MIRROR] * _FLIP, sigma=body.sigma[MIRROR])


def _right_handed(gesture, body, style, both):
    tempo, size = style.tempo * gesture.tempo, style.size * gesture.size
    arm = ik.arm_of(body)
    thing = None if gesture.thing is None else objects.top(gesture.thing, body)
    right = _Hand(gesture.hands, arm, body, size, thing)
    other = gesture.other_hands or (gesture.hands if both else ())
    left_arm = ik.arm_of(_mirrored(body)) if other else arm
    left = _Hand(other, left_arm, _mirrored(body) if other else body, size, None if thing is None else thing * _FLIP)
    slots = _slots(gesture, (right, left), tempo)
    points = _points(gesture, slots, tempo)
    times = np.arange(int(np.ceil(points["end"] * timing.RATE - 1e-6)) + 1) / timing.RATE
    turned = _blank(body, len(times))
    _put_arm(turned, right.rows(times, slots, points, tempo), "right")
    _put_arm(turned, left.rows(times, slots, points, tempo), "left")
    lively = size * style.expressiveness
    for marks, joints, part in ((gesture.head, _HEAD, "neck"), (gesture.trunk, _TRUNK, "trunk")):
        if marks:
            angles = _bent(marks, times, slots, points, tempo, lively)
            _bend(turned, np.clip(angles, *_bend_limits(part)), joints)
    shown = _shown(gesture.face, times, slots, points, tempo, lively)
    hips = np.tile(body.offsets[0], (len(times), 1))
    return Motion(times, turned, hips, shown, np.full((len(times), J), MEASURED, np.uint8)), points


def _blank(body, count):
    out = np.zeros((count, J, 4))
    out[..., 3] = 1.0
    return out


def _at_rest():
    return np.concatenate([ik.REST, shapes.angles("relaxed")])


def _put_arm(turned, rows, side):
    arm, fingers = ik.local_turns(rows)
    if side == "left":
        turned[:, MIRROR[ik.RIGHT_ARM]] = rotations.mirrored(arm)
        turned[:, MIRROR[ik.RIGHT_FINGERS]] = rotations.mirrored(fingers)
    else:
        turned[:, ik.RIGHT_ARM], turned[:, ik.RIGHT_FINGERS] = arm, fingers


# When


@dataclass(frozen=True, slots=True)
class _Slot:
    """One mark of every part at once: the move to it, its path, its hold. Seconds."""

    at: str
    index: int
    begins: float
    reached: float
    ends: float


def _slots(gesture, hands, tempo):
    tracks = (gesture.hands, gesture.other_hands, gesture.head, gesture.trunk, gesture.face)
    slots, now, set_ = [], gesture.delay_s, gesture.timing
    for at in MARKS:
        if at == "relax" and any(getattr(m, "path", None) for track in tracks for m in track):
            now += _AFTER_PATH / tempo
        for index in range(max(sum(m.at == at for m in track) for track in tracks)):
            marks = [m for track in tracks for m in [m for m in track if m.at == at][index : index + 1]]
            moved = any(_is_posture(m) for m in marks)
            given = set_.stroke_s if at == "stroke" else set_.prepare_s if at == "stroke_start" else None
            travel = max([hand.seconds(at, index) for hand in hands])
            if any(m in gesture.face for m in marks):
                travel = max(travel, _FACE_SECONDS)
            if any(m in gesture.head + gesture.trunk for m in marks) and moved:
                travel = max(travel, timing.travel_seconds(0.0))
            lasts = (travel if given is None else given) if moved else 0.0
            path = max(timing.path_seconds(getattr(m, "path", None)) for m in marks)
            hold = set_.hold_s if at == "stroke" else 0.0
            reached = now + lasts / tempo
            slots.append(_Slot(at, index, now, reached, reached + (path + hold) / tempo))
            now = slots[-1].ends
    return tuple(slots)


def _is_posture(mark):
    """Whether a mark asks for a move, not only for a path where the part already is."""
    if isinstance(mark, HandMark):
        return any(v is not None for v in (mark.location, mark.arm, mark.shape, mark.palm, mark.fingers))
    return getattr(mark, "path", None) is None


def _points(gesture, slots, tempo):
    start = gesture.delay_s
    prepared = [s for s in slots if s.at in ("ready", "stroke_start")]
    strokes = [s for s in slots if s.at == "stroke"] or slots[-1:]
    stroke_start = prepared[-1].ends if prepared else start
    stroke_end = [s for s in slots if s.at != "relax"][-1].ends
    first = strokes[0]
    path = next((m.path for m in (*gesture.hands, *gesture.head, *gesture.trunk) if m.at == "stroke" and m.path), None)
    # With a path the stroke's peak is its first turning point, else the moment the place is reached.
    stroke = first.reached if path is None else min(first.reached + timing.first_turn(path) / tempo, first.ends)
    relax = stroke_end + (_AFTER_PATH / tempo if path is not None else 0.0)
    last = max(relax, slots[-1].ends)  # places on the way back come between relax and the last part of it
    back = gesture.timing.relax_s
    if back is None:
        back = timing.travel_seconds(1.0 if gesture.hands else 0.0)
    return {
        "start": start,
        "ready": prepared[0].reached if prepared else start,
        "stroke_start": stroke_start,
        "stroke": min(stroke, stroke_end),
        "stroke_end": stroke_end,
        "relax": relax,
        "end": last + back / tempo,
    }


def _keyed(slots, points, values, rest):
    """Knots and values of a part that rests, goes to its marks, and rests again."""
    knots, rows = [points["start"]], [rest]
    for slot in slots:
        value = values.get((slot.at, slot.index))
        if value is None:
            value = rows[-1]
        else:
            knots.append(slot.begins)
            rows.append(rows[-1])
        knots.append(slot.reached)
        rows.append(value)
    knots += [max(points["relax"], knots[-1]), points["end"]]
    return knots, np.array([*rows, rows[-1], rest])


# Hands


class _Hand:
    """One right hand's marks, placed for a body; `thing` is the middle of the object's top."""

    def __init__(self, marks, arm, body, size, thing=None):
        self._arm, self._size, self._thing = arm, size, thing
        self._rest = _at_rest()
        self._placed, self._marks, self._landed = {}, {}, {}
        now, full, count = self._rest, HandMark("start"), {}
        for mark in marks:
            index = count.setdefault(mark.at, 0)
            count[mark.at] += 1
            full = _carried(full, mark)
            if _is_posture(mark):
                row = self._row(full, body)
                if size != 1.0 and not any(m.path for m in marks) and mark.at == "stroke":
                    row = _part_way(self._rest, row, size)
                now = row
            if mark.path is not None and mark.path.kind == "hit":
                place = full.location
                lower = replace(full, location=replace(place, up=place.up - mark.path.distance))
                self._landed[mark.at, index] = self._row(lower, body)
            self._placed[mark.at, index] = now
            self._marks[mark.at, index] = mark

    def _row(self, mark, body):
        arm, row = self._arm, self._rest.copy()
        if mark.shape is not None:
            row[ik.FIRST_FINGER :] = np.clip(
                shapes.angles(mark.shape), ik.LOW[ik.FIRST_FINGER :], ik.HIGH[ik.FIRST_FINGER :]
            )
        palm, fingers = (None if v is None else np.array(v) * (1, 1, -1) for v in (mark.palm, mark.fingers))
        if mark.arm is not None:
            row[:7] = self._raised(mark, palm, fingers)
        elif mark.location is not None:
            place = mark.location
            up = place.up
            if place.landmark == places.OBJECT:
                up *= self._size  # a larger hit begins higher; it lands on the skin, not below it
                origin = self._thing
            else:
                origin = places.landmark(place.landmark, body)
            target = origin + arm.length * np.array([place.out, up, -place.forward])
            row[:7] = ik.reach(arm, target, of=place.of, palm=palm, fingers=fingers, elbow=mark.elbow)
        elif palm is not None or fingers is not None:
            _, _, wrist, _ = ik.placed(arm, row)
            row[:7] = ik.reach(arm, wrist, of="wrist", palm=palm, fingers=fingers, elbow=mark.elbow)
        return row

    def _raised(self, mark, palm, fingers):
        arm, held = self._arm, mark.arm
        raised, towards = np.radians(min(held.raise_deg, 172.0)), np.radians(held.towards_deg)
        row = ik.REST.copy()
        row[:2] = raised * np.cos(towards), raised * np.sin(towards)
        line = rotations.rotate(ik.swing(row[0], row[1]), -_Y)
        bend = np.radians(np.clip(held.bend_deg, *np.degrees(ik.LIMITS["bend"])))
        far = np.sqrt(arm.upper**2 + arm.fore**2 + 2 * arm.upper * arm.fore * np.cos(bend))
        wrist = ik.shoulder_of(arm, row) + far * line
        return ik.reach(arm, wrist, of="wrist", palm=palm, fingers=fingers, elbow=mark.elbow)

    def seconds(self, at, index):
        """Unhurried time of the move to a mark."""
        if (at, index) not in self._placed:
            return 0.0
        order = list(self._placed)
        before = order.index((at, index)) - 1
        rows = np.array([self._placed[order[before]] if before >= 0 else self._rest, self._placed[at, index]])
        wrist = ik.placed(self._arm, rows)[2]
        return timing.travel_seconds(float(np.linalg.norm(wrist[1] - wrist[0])) / self._arm.length)

    def rows(self, times, slots, points, tempo):
        """The arm's numbers over time."""
        if not self._placed:
            return self._rest[None]  # one row, for all times
        knots, values = _keyed(slots, points, self._placed, self._rest)
        rows = timing.chained(times, knots, values)
        # Fingers shape themselves while the hand is under way: they are there after four fifths of each move.
        rows[:, ik.FIRST_FINGER :] = timing.chained(_hurried(times, knots), knots, values[:, ik.FIRST_FINGER :])
        for slot in slots:
            mark = self._marks.get((slot.at, slot.index))
            if mark is None:
                continue
            if mark.way == "straight":
                self._straighten(rows, times, slot)
            if mark.path is not None:
                self._follow(rows, times, slot, mark.path, tempo)
        return rows

    def _straighten(self, rows, times, slot):
        at = np.flatnonzero((times >= slot.begins) & (times <= slot.reached))
        if len(at) < 3:
            return
        _, elbow, wrist, hand = ik.placed(self._arm, rows[at])
        share = timing.minimum_jerk((times[at] - times[at[0]]) / (times[at[-1]] - times[at[0]]))[:, None]
        line = wrist[0] + share * (wrist[-1] - wrist[0])
        rows[at, :7] = self._moved_to(rows[at], line, hand, elbow)

    def _moved_to(self, rows, wrist, hand, elbow):
        """The same arms with the wrist elsewhere, the elbow kept on its side."""
        shoulder = ik.shoulder_of(self._arm, rows)
        line = wrist - shoulder
        distance = np.linalg.norm(line, axis=-1, keepdims=True)
        axis = line / distance
        far = np.clip(distance, *(ik.straight(self._arm, bend) for bend in ik.LIMITS["bend"][::-1]))
        along = (far**2 + self._arm.upper**2 - self._arm.fore**2) / (2 * far)
        aside = elbow - shoulder - np.sum((elbow - shoulder) * axis, axis=-1, keepdims=True) * axis
        aside = aside / np.linalg.norm(aside, axis=-1, keepdims=True)
        elbow = shoulder + along * axis + np.sqrt(np.maximum(self._arm.upper**2 - along**2, 0)) * aside
        return np.clip(ik.rows_of(shoulder, elbow, shoulder + far * axis, hand), ik.LOW[:7], ik.HIGH[:7])

    def _follow(self, rows, times, slot, path, tempo):
        at = np.flatnonzero((times > slot.reached) & (times < slot.ends))
        if not len(at) or path.repeats == 0:
            return
        where = timing.swung(times[at], slot.reached, path, tempo)
        if path.kind == "hit":
            # As the arm turns: between two rows within limits every blend is within them, and it lands on the skin.
            landed = self._landed[slot.at, slot.index]
            rows[at, :7] += where[:, None] * (landed[:7] - rows[at, :7])
            return
        shoulder, elbow, wrist, hand = ik.placed(self._arm, rows[at])
        if path.kind == "swing":
            # In the palm's plane: about what the palm faces; first outward, or up where outward is not in that plane.
            axis = rotations.rotate(hand[0], _Y)
            axis = axis * (-1.0 if np.cross(axis, wrist[0] - elbow[0]) @ (_X + 0.3 * _Y) < 0 else 1.0)
            turn = rotations.from_axis_angle(axis, where * np.radians(path.angle_deg) * self._size)
            hand = rotations.multiply(turn, hand)
            if path.about == "elbow":
                wrist = elbow + rotations.rotate(turn, wrist - elbow)
            moved = ik.rows_of(shoulder, elbow, wrist, hand)
            rows[at, :7] = np.clip(moved, ik.LOW[:7], ik.HIGH[:7])
            return
        step = 0.5 * path.distance * self._arm.length * self._size
        rows[at, :7] = self._moved_to(rows[at], wrist + step * _displaced(path, where), hand, elbow)


def _displaced(path, where):
    """Steps (T, 3) of a path, its half width being 1."""
    zero = np.zeros_like(where)
    if path.kind == "circle":
        one, other = np.sin(where), np.cos(where) - 1.0  # begins at the top, outward first
        plane = {"front": (one, other, zero), "side": (zero, other, -one), "flat": (one, zero, -other)}[path.plane]
        return np.stack(plane, axis=-1)
    along = {"up_down": _Y, "side_to_side": _X, "forward_back": -_Z, "tap": -2 * _Y}[path.kind]
    return where[:, None] * along


def _carried(before, mark):
    """The mark with what it leaves open taken from the one before."""
    keep = {
        key: getattr(before, key)
        for key in ("shape", "palm", "fingers", "elbow")
        if getattr(mark, key) is None and getattr(before, key) is not None
    }
    if mark.location is None and mark.arm is None:
        keep |= {"location": before.location, "arm": before.arm}
    return replace(mark, **keep)


def _part_way(rest, row, size):
    """Not all the way from rest, or beyond it within the limits; the fingers as they are."""
    out = row.copy()
    out[:7] = np.clip(rest[:7] + size * (row[:7] - rest[:7]), ik.LOW[:7], ik.HIGH[:7])
    return out


def _hurried(times, knots):
    """Times that reach each next knot after four fifths of the way and wait for it there."""
    knots = np.asarray(knots, float)
    i = np.clip(np.searchsorted(knots, times, side="right") - 1, 0, len(knots) - 2)
    return np.clip(knots[i] + 1.25 * (times - knots[i]), None, np.maximum(knots[i + 1], times))


# Head, trunk and face


def _bend_limits(part):
    return np.array([ik.LIMITS[f"{part}_{way}"] for way in ("forward", "turn", "tilt")]).T


def _bent(marks, times, slots, points, tempo, lively):
    values, count, now = {}, {}, np.zeros(3)
    for mark in marks:
        index = count.setdefault(mark.at, 0)
        count[mark.at] += 1
        if mark.path is None or any((mark.forward_deg, mark.turn_deg, mark.tilt_deg)):
            now = np.radians([mark.forward_deg, mark.turn_deg, mark.tilt_deg]) * lively
        values[mark.at, index] = now
    knots, rows = _keyed(slots, points, values, np.zeros(3))
    angles = timing.chained(times, knots, rows)
    count = {}
    for mark in marks:
        index = count.setdefault(mark.at, 0)
        count[mark.at] += 1
        if mark.path is not None:
            slot = next(s for s in slots if (s.at, s.index) == (mark.at, index))
            way = {"nod": 0, "shake": 1, "tilt": 2}[mark.path.kind]
            where = timing.swung(times, slot.reached, mark.path, tempo)
            angles[:, way] += where * np.radians(mark.path.angle_deg) * lively
    return angles


def _bend(turned, angles, joints):
    for joint, share in joints:
        forward, turn, tilt = np.moveaxis(angles * share, -1, 0)
        # Facing -Z: forward is about -X, to the right about -Y, ear to the right shoulder about -Z.
        turned[:, INDEX[joint]] = rotations.multiply(
            rotations.multiply(rotations.from_axis_angle(-_Y, turn), rotations.from_axis_angle(-_X, forward)),
            rotations.from_axis_angle(-_Z, tilt),
        )


def _shown(marks, times, slots, points, tempo, lively):
    if not marks:
        return np.zeros((len(times), len(faces.WEIGHTS)))
    values, count = {}, {}
    for mark in marks:
        index = count.setdefault(mark.at, 0)
        count[mark.at] += 1
        units = {unit: float(min(strength * lively, 1.0)) for unit, strength in mark.units.items()}
        values[mark.at, index] = faces.weights_of(units)
    knots, rows = _keyed(slots, points, values, np.zeros(len(faces.WEIGHTS)))
    return timing.chained(times, knots, rows)
