"""A gesture as a small picture: one figure, ink on linen, drawn from its own performance, for buttons and pages.

Rule 1: nothing is drawn by hand that a gesture says itself: posture, hand shape, object and movement come from the
        performance of a standard body, so that a gesture that is added has its picture.
Rule 2: everything lies in a unit square, x to the right, y down. A shape is ("line", points, width), ("area", points)
        or ("cut", points, width), a line taken out again, as the stage's own pictograms are; a line has at most three
        points, since what has more is filled there.
Rule 3: where a hand's shape is all that counts the hand is the picture; where it counts among others the hand is drawn
        larger than it is; no face, unless it is the face that moves.
"""

from functools import lru_cache
from itertools import pairwise
from xml.sax.saxutils import escape

import numpy as np

from vrtrainer.gestures import objects, sitting
from vrtrainer.gestures.gesture import Style
from vrtrainer.gestures.perform import perform
from vrtrainer.human import body as bodies
from vrtrainer.human import face as faces
from vrtrainer.human import pose as poses
from vrtrainer.human.skeleton import FINGERS, INDEX

WIDE = 0.06  # of the picture (EXPERIENCE 5)
INK, LINEN = "#1F2D36", "#F4EFE6"
WATCH = "watch"
"""Name of the picture of somebody who sits and watches."""
_WHO = bodies.of_height(1.4)
_HEAD = 0.072  # of stature: the circle's radius
_HAND = 2.6  # times as large as it is, where its shape counts
_CLEAR = 0.05  # linen around a hand that lies over the figure
_STRAIGHT = 0.82  # span over length, from which a finger is drawn
_ARROW = 0.10  # length of a head's strokes


def of(gesture):
    """The picture of a gesture.

    Parameters
    ----------
    gesture : Gesture

    Returns
    -------
    tuple
        Shapes, see the rules above.
    """
    return _of(gesture.digest, gesture)


@lru_cache(maxsize=128)
def _of(_digest, gesture):
    done = perform(gesture, _WHO, Style(side="left"))
    pose = done.motion.sample(done.points["stroke"])
    if gesture.face and not gesture.hands:
        return _frozen(_face(pose.face))
    if gesture.other_hands:
        return _frozen(_two_hands(_turned(poses.placed(pose, _WHO), 0.0)))
    if _only_the_hand(gesture):
        return _frozen(_hand_alone(poses.placed(pose, _WHO), done.side))
    return _frozen(_Figure(gesture, done, pose).shapes())


def _frozen(shapes):
    """The same shapes as tuples of plain numbers to three decimals, so that they can be kept, compared and sent."""
    return tuple(
        (kind, tuple((round(float(x), 3), round(float(y), 3)) for x, y in points), *map(float, width))
        for kind, points, *width in shapes
    )


@lru_cache(maxsize=1)
def watch():
    """The picture of somebody who sits and watches another one move.

    Returns
    -------
    tuple
        Shapes.
    """
    yaw = np.radians(66)
    seen = _turned(poses.placed(sitting.sitting(_WHO), _WHO), yaw)
    scale = 0.86 / (0.80 * _WHO.height)
    flat = lambda p: (0.30 + scale * (p[0] - seen[0, 0]), 0.93 - scale * p[1])  # noqa: E731
    at = {name: flat(seen[i]) for name, i in INDEX.items()}
    out = _body(at, seen, flat, ("left",), _HEAD * _WHO.height * scale, WIDE)
    out += [*_line([at["hips"], at["leftLowerLeg"], at["leftFoot"], at["leftToes"]], WIDE)]
    middle, width, _ = sitting.stool(_WHO)
    top = _turned(middle[None], yaw)[0] - [0.0, 0.04, 0.0]
    out += _line([flat(top + np.array([k * width / 2, 0.0, 0.0])) for k in (-1, 1)], WIDE)
    out += _line([flat(top), flat(top * [1, 0, 1])], WIDE)
    # Whom it watches: smaller, farther away, an arm up.
    x, y, s = 0.82, 0.40, 0.17
    for line in ([(0, 0.4), (0, 1.2)], [(0, 0.62), (-0.5, 0.0), (-0.62, -0.6)], [(0, 0.62), (0.5, 1.15)],
                 [(-0.35, 2.1), (0, 1.2), (0.35, 2.1)]):  # fmt: skip
        out += _line([(x + s * a, y + s * b) for a, b in line], WIDE * 0.8)
    return _frozen((*out, *_circle((x, y), 0.075, WIDE * 0.8)))


def _turned(points, yaw):
    """Points as seen by somebody who faces the figure and stands aside by an angle: x to the viewer's right."""
    c, s = np.cos(yaw), np.sin(yaw)
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    return np.stack([-(c * x + s * z), y, c * z - s * x], axis=-1)


class _Figure:
    """One gesture drawn: which way it is seen, how large, and what is drawn of it."""

    def __init__(self, gesture, done, pose):
        self.gesture, self.done = gesture, done
        world = poses.placed(pose, _WHO)
        self.sides = {"left": ("left",), "right": ("right",), "both": ("left", "right")}.get(done.side, ())
        far = [(world[INDEX[f"{s}UpperArm"]] - world[INDEX[f"{s}Hand"]])[2] / _WHO.arm_length(s) for s in self.sides]
        # What goes straight forward cannot be told from the front: it is seen from aside.
        self.yaw = np.radians(-66) if max(far, default=0.0) > 0.85 else np.radians(-58) if gesture.head else 0.0
        self.seen = _turned(world, self.yaw)
        self.large = _weight(gesture) >= 0.75 and gesture.thing is None
        self.path = _path(gesture)
        self.times = _HAND if self.path is not None else _HAND - 0.7  # how much larger; one that waves needs to be seen
        self._frame()
        motion, points = done.motion, done.points
        within = (motion.times >= points["start"]) & (motion.times <= points["stroke"])
        there = _turned(motion.positions(_WHO)[within], self.yaw)
        self.ways = [np.array([self.flat(p) for p in there[:, INDEX[f"{s}Hand"]]]) for s in self.sides]

    def _frame(self):
        """The scale at which everything fits: from the hips, or what is lower, to what is highest."""
        seen, h = self.seen, _WHO.height
        top = seen[INDEX["head"]] + [0.0, _HEAD * 0.75 * h, 0.0]
        keep = [top + np.array([_HEAD * h, _HEAD * 1.2 * h, 0]), top - np.array([_HEAD * h, 0, 0])]
        keep += [seen[INDEX[n]] for n in ("leftLowerArm", "rightLowerArm")]
        if not self.gesture.head:
            keep += [seen[INDEX[n]] for n in ("hips", "leftHand", "rightHand")]
        for side in self.sides:
            wrist, tip = seen[INDEX[f"{side}Hand"]], seen[INDEX[f"{side}MiddleTip"]]
            keep.append(wrist + (self.times - 0.4 if self.large else 1.0) * (tip - wrist))
        if self.gesture.thing is not None:
            keep += self._thing()
        keep = np.array(keep)[:, :2]
        low, high = keep.min(axis=0), keep.max(axis=0)
        sways = ("swing", "side_to_side", "circle", "shake")
        above = 0.15 if self.path is not None and self.path.kind in sways else 0.0
        aside = 0.20 if self.path is not None and not above else 0.0
        room = 1.0 - 2 * 0.03 - WIDE
        self.scale = min((room - above) / max(high[1] - low[1], 1e-6), (room - aside) / max(high[0] - low[0], 1e-6))
        x, y = (low + high) / 2
        self.flat = lambda p: (
            0.5 - aside / 2 + self.scale * float(p[0] - x), 0.5 + above / 2 - self.scale * float(p[1] - y)
        )  # fmt: skip

    def shapes(self):
        seen = self.seen
        at = {name: self.flat(seen[i]) for name, i in INDEX.items()}
        arms = ("left",) if abs(self.yaw) > 1.1 and self.sides == ("left", "right") else ("left", "right")
        thing = self._drawn_thing() if self.gesture.thing is not None else []
        behind = tuple(s for s in arms if s not in self.sides) if thing else arms
        short = bool(self.gesture.head)
        out = _body(at, seen, self.flat, behind, _HEAD * _WHO.height * self.scale, WIDE, short)
        out += thing
        if thing:
            out += [s for side in self.sides for s in _arm(at, side, WIDE)]
        for side in self.sides:
            if self.large:
                out += self._drawn_hand(side)
            elif side in arms:
                out += _line([at[f"{side}Hand"], at[f"{side}MiddleTip"]], WIDE)
        return (*out, *self._movement())

    def _drawn_hand(self, side):
        """The hand, larger, with linen around it where it lies over the figure."""
        hand = _flat_hand(self.seen, side)
        wrist, size = np.array(self.flat(self.seen[INDEX[f"{side}Hand"]])), self.times * self.scale
        wrist = wrist - 0.4 * self.scale * hand["MiddleProximal"]  # larger about the palm, so that it stays in place
        shapes = _hand(hand, lambda p: wrist + size * p, size)
        clear = [(kind, points, *(w + 2 * _CLEAR for w in width)) for kind, points, *width in shapes if kind == "line"]
        return [*(("cut", points, width) for _, points, width in clear), *shapes]

    # Things

    def _thing(self):
        thing = self.gesture.thing
        unit = _WHO.arm_length("left")
        top = _turned(objects.top(thing, _WHO, self.done.side)[None], self.yaw)[0]
        half = thing.width / 2 * unit
        return [top + np.array([x * half, y * thing.height * unit, 0.0]) for x in (-1, 1) for y in (0.3, -1.7)]

    def _drawn_thing(self):
        left_top, left, right_top, _ = (np.array(self.flat(p)) for p in self._thing())
        wide, skin = (right_top - left_top)[0] / 2, (left_top + right_top) / 2
        skin = skin + np.array([0.0, 0.15 * (left - left_top)[1]])
        turns = np.linspace(0, 2 * np.pi, 33)
        ellipse = skin + np.stack([wide * np.cos(turns), 0.30 * wide * np.sin(turns)], axis=1)
        under = [(skin[0] + wide * np.cos(a), left[1] + 0.30 * wide * np.sin(a)) for a in np.linspace(0, np.pi, 13)]
        hidden = [tuple(map(float, p)) for p in (*ellipse[16:], *under)]
        return [
            ("cut", [*hidden, hidden[0]], WIDE * 1.8),  # what is behind it
            *_line(ellipse, WIDE),
            *_line(under, WIDE),
            *(("line", [(skin[0] + k * wide, skin[1]), (skin[0] + k * wide, left[1])], WIDE) for k in (-1, 1)),
        ]

    # Movement

    def _movement(self):
        path, width = self.path, WIDE * 0.8
        if path is None:
            return [] if self.large else self._way()
        if path.kind in ("nod", "shake", "tilt"):
            x, y = self.flat(self.seen[INDEX["head"]] + [0.0, _HEAD * 0.75 * _WHO.height, 0.0])
            r = 1.9 * _HEAD * _WHO.height * self.scale
            turn = np.pi / 2 if path.kind == "nod" else 0.0
            arc = [(x + r * np.sin(a + turn), y - r * np.cos(a + turn)) for a in np.radians(np.linspace(-44, 44, 13))]
            return [*_line(arc, width), *_tip(arc, width), *_tip(arc[::-1], width)]
        side = self.sides[0]
        wrist = np.array(self.flat(self.seen[INDEX[f"{side}Hand"]]))
        tip = np.array(self.flat(self.seen[INDEX[f"{side}MiddleTip"]]))
        if path.kind in ("hit", "tap", "up_down"):
            x = max(wrist[0], tip[0]) + 0.24
            line = [(x, wrist[1] - 0.30), (x, wrist[1] + 0.02)]
            both = path.kind == "up_down"
            return [*_line(line, width), *_tip(line, width), *(_tip(line[::-1], width) if both else [])]
        r = float(np.linalg.norm(tip - wrist)) * (self.times if self.large else 1.0) + 0.10
        arc = [(wrist[0] + r * np.sin(a), wrist[1] - r * np.cos(a)) for a in np.radians(np.linspace(-36, 36, 13))]
        return [*_line(arc, width), *_tip(arc, width), *_tip(arc[::-1], width)]

    def _way(self):
        """The arm's way there, for what is a movement of the whole arm: an arrow within its curve."""
        out, width = [], WIDE * 0.8
        for side, way in list(zip(self.sides, self.ways, strict=True))[:1]:
            steps = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(way, axis=0), axis=1))])
            if steps[-1] < 0.25:
                continue
            share = np.interp(np.linspace(0.28, 0.74, 13) * steps[-1], steps, np.arange(len(way)))
            shoulder = np.array(self.flat(self.seen[INDEX[f"{side}UpperArm"]]))
            line = [shoulder + 0.80 * (way[round(float(s))] - shoulder) for s in share]
            out += [*_line(line, width), *_tip(line, width)]
        return out


def _weight(gesture):
    """How much the hand's shape counts."""
    shaped = any(mark.shape not in (None, "relaxed") for mark in gesture.hands)
    return (gesture.counts.get("hand_shape", 0.0) if gesture.counts else 1.0) if shaped else 0.0


def _only_the_hand(gesture):
    place = gesture.counts.get("location", 0.0) if gesture.counts else 1.0
    return _weight(gesture) >= 0.9 and place <= 0.5 and _path(gesture) is None and not gesture.other_hands


def _path(gesture):
    return next((m.path for m in (*gesture.hands, *gesture.head, *gesture.trunk) if m.path is not None), None)


def _body(at, seen, flat, arms, head, width, short=False):
    """Head, trunk and arms; `short` ends at the elbows."""
    centre = flat(seen[INDEX["head"]] + [0.0, _HEAD * 0.75 * _WHO.height, 0.0])
    out = [*_circle(centre, head, width), ("line", [at["neck"], at["chest" if short else "hips"]], width)]
    return out + [shape for side in arms for shape in _arm(at, side, width, short)]


def _arm(at, side, width, short=False):
    chain = [at[f"{side}{n}"] for n in ("UpperArm", "LowerArm", "Hand")]
    return [("line", [at["upperChest"], chain[0]], width), ("line", chain[: 2 if short else 3], width)]


# Hands


def _two_hands(seen):
    """Two forearms with their hands, where both make one sign."""
    lines = [[seen[INDEX[f"{s}{n}"]][:2] for n in ("LowerArm", "Hand", "MiddleTip")] for s in ("left", "right")]
    lines = [(wrist + 0.45 * (elbow - wrist), wrist, wrist + 1.25 * (tip - wrist)) for elbow, wrist, tip in lines]
    points = np.array(lines).reshape(-1, 2)
    low, high = points.min(axis=0), points.max(axis=0)
    size, middle = 0.78 / (high - low).max(), (low + high) / 2
    place = lambda p: (0.5 + size * float(p[0] - middle[0]), 0.5 - size * float(p[1] - middle[1]))  # noqa: E731
    out = []
    for line in lines:
        elbow, wrist, tip = (place(p) for p in line)
        out += [("line", [elbow, wrist], WIDE * 1.5), ("line", [wrist, tip], WIDE * 1.5)]
    return tuple(out)


def _hand_alone(world, side):
    """A hand as the whole picture, on its forearm."""
    hand = _flat_hand(_turned(world, 0.0), side)
    points = np.array(list(hand.values()))
    low, high = points.min(axis=0), points.max(axis=0)
    size = min(0.70 / (high - low).max(), 7.5 / _WHO.height)
    x, y = (low + high) / 2
    place = lambda p: np.array([0.5, 0.44]) + size * (p - [x, y])  # noqa: E731
    wrist = place(hand["Hand"])
    along = wrist - place(hand["LowerArm"])
    down = wrist - along / max(np.linalg.norm(along), 1e-9) * 0.5
    cuff = [tuple(map(float, wrist)), tuple(map(float, np.clip(down, 0.05, 0.97)))]
    return (("line", cuff, 0.15), *_hand(hand, place, size))


def _flat_hand(seen, side):
    """A hand's joints in the plane of its palm, about the wrist, what is up staying up; y down."""
    at = lambda name: seen[INDEX[f"{side}{name}"]]  # noqa: E731
    wrist = at("Hand")
    fingers, row = at("MiddleProximal") - wrist, at("IndexProximal") - at("LittleProximal")
    normal = np.cross(fingers, row)
    normal = normal / np.linalg.norm(normal)
    if normal[2] < 0:  # seen from the side that is turned to the viewer, or nearly
        normal = -normal
    up = np.array([0.0, 1.0, 0.0]) - normal[1] * normal
    if np.linalg.norm(up) < 0.4:
        up = fingers
    up = up / np.linalg.norm(up)
    axes = np.stack([np.cross(up, normal), -up])
    names = [n.removeprefix(side) for n in INDEX if n.startswith(side)]
    names = ["Hand", "LowerArm", *(n for n in names if n.startswith(FINGERS))]
    # Fingers stand farther apart than they do, so that they can be told apart when small.
    across = axes @ (row / np.linalg.norm(row))
    wider = np.eye(2) + 0.45 * np.outer(across, across) / max(across @ across, 1e-9)
    flat = {name: wider @ axes @ (at(name) - wrist) for name in names}
    reach = np.linalg.norm(flat["LowerArm"])
    flat["LowerArm"] = flat["LowerArm"] * (0.04 * _WHO.height / max(reach, 1e-9))
    return flat


def _hand(hand, place, size):
    """A hand as solid fingers; curled ones are told apart by lines taken out."""
    thick = 0.0155 * _WHO.height * size
    line = lambda *names, width=1.0: ("line", [tuple(map(float, place(hand[n]))) for n in names], width * thick)  # noqa: E731
    curled, straight = [], []
    for finger in FINGERS[1:]:
        chain = [hand[f"{finger}{k}"] for k in ("Proximal", "Intermediate", "Distal", "Tip")]
        reach = np.linalg.norm(chain[-1] - chain[0])
        whole = sum(np.linalg.norm(b - a) for a, b in pairwise(chain))
        long = whole > 0.038 * _WHO.height and reach > _STRAIGHT * whole
        (straight if long else curled).append(finger)
    palm = [hand["Hand"], *(hand[f"{f}Proximal"] for f in FINGERS[1:]), hand["ThumbMetacarpal"]]
    palm += [hand[f"{f}{k}"] for f in curled for k in ("Intermediate", "Distal")]
    hull = [tuple(map(float, place(np.array(p)))) for p in _hull(np.array(palm))]
    out = [("area", hull), *_line([*hull, hull[0]], thick)]
    out += [line(f"{f}Proximal", f"{f}Tip") for f in straight]
    for a, b in pairwise(straight):
        near = (hand[f"{a}Proximal"] + hand[f"{b}Proximal"]) / 2
        far = (hand[f"{a}Tip"] + hand[f"{b}Tip"]) / 2
        out.append(("cut", [tuple(map(float, place(p))) for p in (near, near + 1.2 * (far - near))], thick * 0.3))
    for a, b in pairwise(curled):
        knuckle = (hand[f"{a}Proximal"] + hand[f"{b}Proximal"]) / 2
        bend = (hand[f"{a}Intermediate"] + hand[f"{b}Intermediate"]) / 2
        far = knuckle + 1.35 * (bend - knuckle)
        if np.linalg.norm(far - knuckle) < 0.02 * _WHO.height:
            far = knuckle + (hand["Hand"] - knuckle) * 0.34
        out.append(("cut", [tuple(map(float, place(p))) for p in (knuckle, far)], thick * 0.28))
    thumb = ("ThumbMetacarpal", "ThumbProximal", "ThumbTip")
    if curled and len(curled) == 4 and not _stands_off(hand):
        out.append(("cut", line(*thumb)[1], thick * 1.5))
    out.append(line(*thumb, width=0.95))
    return out


def _stands_off(hand):
    """Whether the thumb points away from the palm rather than across it."""
    knuckles = np.mean([hand[f"{f}Proximal"] for f in FINGERS[1:]], axis=0)
    return np.linalg.norm(hand["ThumbTip"] - knuckles) > 0.055 * _WHO.height


def _face(weights):
    """A face with what moves in it: brows, eyes and mouth."""
    w = {name: float(weights[i]) for name, i in faces.INDEX.items()}
    smile = (w["mouthSmileLeft"] + w["mouthSmileRight"]) / 2
    down = (w["mouthFrownLeft"] + w["mouthFrownRight"]) / 2
    curve = 0.16 * (smile - down)
    mouth = [(0.5 + 0.19 * k, 0.66 + curve * (0.5 - k * k)) for k in np.linspace(-1, 1, 9)]
    out = [*_circle((0.5, 0.5), 0.40, WIDE), *_line(mouth, WIDE)]
    if w["jawOpen"] > 0.2:
        out += _line([(x, y + 0.16 * w["jawOpen"] * (1 - ((x - 0.5) / 0.19) ** 2)) for x, y in mouth], WIDE)
    brows = 0.08 * (w["browInnerUp"] + w["browOuterUpLeft"]) / 2 - 0.05 * w["browDownLeft"]
    for sign in (-1, 1):
        out.append(("line", [(0.5 + sign * 0.15, 0.40), (0.5 + sign * 0.15, 0.43)], WIDE * 1.2))
        if abs(brows) > 0.01:
            out.append(("line", [(0.5 + sign * 0.22, 0.30 - brows), (0.5 + sign * 0.09, 0.29 - brows)], WIDE * 0.8))
    return tuple(out)


def _circle(centre, radius, width):
    turns = np.linspace(0, 2 * np.pi, 33)
    return _line([(centre[0] + radius * np.cos(a), centre[1] + radius * np.sin(a)) for a in turns], width)


def _line(points, width):
    """A curve as short lines: one of more than three points would be filled."""
    rows = [(float(p[0]), float(p[1])) for p in points]
    return [("line", list(pair), width) for pair in pairwise(rows)]


def _tip(points, width):
    """An arrow's head at the end of a curve."""
    end, before = np.array(points[-1], float), np.array(points[max(len(points) - 4, 0)], float)
    along = (end - before) / max(float(np.linalg.norm(end - before)), 1e-9)
    across = np.array([-along[1], along[0]])
    wings = [end - _ARROW * (0.75 * along + k * 0.62 * across) for k in (-1, 1)]
    return [("line", [tuple(map(float, wings[0])), tuple(map(float, end)), tuple(map(float, wings[1]))], width)]


def _hull(points):
    """Corners of the smallest convex area around points, in order."""
    rows = sorted(map(tuple, points.tolist()))
    halves = []
    for ordered in (rows, rows[::-1]):
        half = []
        for p in ordered:
            while len(half) > 1 and _side(half[-2], half[-1], p) <= 0:
                half.pop()
            half.append(p)
        halves += half[:-1]
    return halves


def _side(a, b, c):
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def as_svg(shapes, size=96, title="", ink=INK, paper=LINEN):
    """Shapes as an SVG picture.

    Parameters
    ----------
    shapes : tuple
        Of `of` or `watch`.
    size : float
        Pixels.
    title : str
        What a screen reader says; "" where the words stand beside it.
    ink, paper : str
        Colours.

    Returns
    -------
    str
    """
    parts = []
    for kind, points, *width in shapes:
        at = " ".join(f"{100 * x:.1f},{100 * y:.1f}" for x, y in points)
        if kind == "area":
            parts.append(f'<polygon points="{at}" fill="{ink}"/>')
            continue
        colour = ink if kind == "line" else paper
        fill = colour if len(points) > 3 else "none"
        parts.append(f'<polyline points="{at}" fill="{fill}" stroke="{colour}" stroke-width="{100 * width[0]:.1f}"/>')
    said = f"<title>{escape(title)}</title>" if title else ""
    role = 'role="img"' if title else 'aria-hidden="true"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="{size:g}" height="{size:g}" {role} '
        f'stroke-linecap="round" stroke-linejoin="round">{said}{"".join(parts)}</svg>'
    )
