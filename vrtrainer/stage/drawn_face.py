"""The head of a drawn person: hair, ears, and a face that shows the 52 weights; a robot's screen."""

from zlib import crc32

import numpy as np

from vrtrainer.human.face import INDEX as FACE
from vrtrainer.human.skeleton import INDEX
from vrtrainer.stage import colours
from vrtrainer.stage.drawn_shapes import hull, number, oval, pairs, smooth


class _Skull:
    """An ellipsoid that the face lies on; places on it are (x, y) in half widths and half heights."""

    def __init__(self, person):
        self.paper = person.paper
        rest = person.body.rest_positions()
        eyes = (rest[INDEX["leftEye"]] + rest[INDEX["rightEye"]]) / 2
        self.turn = person.turned[INDEX["head"]]
        self.half_high = max(person.height - eyes[1], 0.06 * person.height) * 1.02
        self.half_wide = self.half_high * 0.86
        self.half_deep = self.half_high * 0.86
        middle = eyes - rest[INDEX["head"]] + [0.0, 0.0, 0.88 * self.half_deep]
        self.middle = person.points[INDEX["head"]] + self.turn @ middle
        self.facing = self.paper.towards(self.turn @ [0, 0, -1])
        self.scale = self.paper.scale(self.middle) * self.half_wide  # pixels a half width

    def on(self, places, out=1.0):
        """Pixels of places (x, y) on the face, `out` times as far from the middle."""
        places = np.asarray(places, float)
        x, y = places[..., 0] * self.half_wide, places[..., 1] * self.half_high
        z = -self.half_deep * np.sqrt(np.maximum(1 - places[..., 0] ** 2 - places[..., 1] ** 2, 0.0))
        return self.paper.at(self.middle + out * np.stack([x, y, z], axis=-1) @ self.turn.T)

    def rim(self, grow=1.0, jaw=0.0):
        """Outline of the head as it is seen, with a chin."""
        turns = np.linspace(0, 2 * np.pi, 28, endpoint=False)
        up = self.paper.at(self.middle + self.turn @ [0, self.half_high, 0]) - self.paper.at(self.middle)
        length = max(np.hypot(*up), 1e-6)
        up = up / length
        aside = np.array([-up[1], up[0]])
        wide = self.scale * (abs(self.facing) + (1 - abs(self.facing)) * self.half_deep / self.half_wide)
        high = self.scale * self.half_high / self.half_wide
        chin = 1.0 - 0.13 * np.maximum(-np.sin(turns), 0.0) ** 2  # narrower below
        centre = self.paper.at(self.middle)
        drop = np.where(np.sin(turns) < -0.3, jaw, 0.0) * self.scale
        return (
            centre
            + grow * wide * (np.cos(turns) * chin)[:, None] * aside
            + (grow * high * np.where(np.sin(turns) < 0, 0.90, 1.0) * np.sin(turns) - drop)[:, None] * up
        )


def head(person):
    """Everything of the head, from back to front, as `Person` takes shapes."""
    skull = _Skull(person)
    face = person.figure.pose.face
    if person.wear.robot:
        return _robot(person, skull, face)
    return _human(person, skull, face)


_RINGS = {
    "brows": ((-0.385, 0.36, 0.28, 0.16), (0.385, 0.36, 0.28, 0.16)),
    "eyes": ((-0.385, 0.0, 0.29, 0.27), (0.385, 0.0, 0.29, 0.27)),
    "cheeks": ((-0.52, -0.25, 0.27, 0.22), (0.52, -0.25, 0.27, 0.22)),
    "mouth": ((0.0, -0.50, 0.50, 0.26),),
}


def ring(person):
    """The teal line round the part of the face that is meant, "" where none is."""
    rows = _RINGS.get(person.figure.highlight, ())
    skull = _Skull(person)
    if not rows or skull.facing < 0.12:
        return ""
    turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    out = []
    for x, y, wide, high in rows:
        line = smooth(skull.on(np.stack([x + wide * np.cos(turns), y + high * np.sin(turns)], axis=1), 1.05))
        out.append(_stroke(line, colours.LINEN, 0.10 * skull.scale) + _stroke(line, colours.TEAL, 0.055 * skull.scale))
    return "".join(out)


def _w(face, *names):
    return float(np.mean([min(max(face[FACE[n]], 0.0), 1.0) for n in names]))


def _both(face, name):
    return _w(face, f"{name}Left", f"{name}Right")


def _human(person, skull, face):
    wear, line = person.wear, 0.030 * skull.scale
    skin, dark = wear.skin, colours.shaded(wear.skin, 0.70)
    jaw = 0.16 * _w(face, "jawOpen")
    out = []
    # Hair behind, ears, the head itself.
    out.append((smooth(_back_hair(skull)), wear.hair))
    out.append("")
    for sign in (-1, 1):
        ear = skull.paper.at(
            skull.middle + skull.turn @ [sign * skull.half_wide * 0.98, -0.06 * skull.half_high, 0.05 * skull.half_deep]
        )
        r = skull.scale * 0.17
        if skull.paper.towards(skull.turn @ [sign, 0, 0]) > -0.75:
            out.append((oval(ear, r * 0.72, r), skin))
    out.append((smooth(skull.rim(jaw=jaw)), skin))
    if skull.facing > 0.12:
        out.append(_features(person, skull, face, dark))
        out.append((smooth(_fringe(skull)), wear.hair))
        shine = skull.on([(-0.42, 0.80), (-0.22, 0.87), (0.0, 0.90)], 1.04)
        out.append(_stroke(smooth(shine, closed=False), colours.shaded(wear.hair, 1.35), line * 2.2))
    else:
        out.append((smooth(skull.rim(1.06)), wear.hair))
    return out


def _back_hair(skull):
    rim = skull.rim(1.10)
    centre = skull.paper.at(skull.middle)
    return [p if (p - centre)[1] < skull.scale * 0.25 else centre + (p - centre) * 0.86 for p in rim]


def _fringe(skull):
    """Hair over the forehead: along the crown, and back along the hairline in soft locks."""
    sides = np.linspace(np.pi - 0.02, 0.02, 13)
    crown = [(np.cos(a) * 0.998, np.sin(a) * 0.998) for a in sides]
    outer = skull.on(crown, 1.075)
    line = [(0.95, 0.10), (0.86, 0.36), (0.70, 0.47), (0.46, 0.63), (0.18, 0.56), (-0.12, 0.49), (-0.42, 0.56),
            (-0.62, 0.42), (-0.84, 0.38), (-0.95, 0.10)]  # fmt: skip
    return np.concatenate([outer, skull.on(line, 1.03)])


def _stroke(d, colour, width, opacity=1.0):
    return (
        f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{number(width)}" stroke-linecap="round" '
        f'stroke-linejoin="round" opacity="{opacity:.2g}"/>'
    )


def _fill(d, colour, opacity=1.0):
    return f'<path d="{d}" fill="{colour}" opacity="{opacity:.2g}"/>'


def _features(person, skull, face, dark):
    wear, line = person.wear, 0.030 * skull.scale
    out = []
    blush = colours.shaded("#D9826B", 1.0)
    puff = _w(face, "cheekPuff")
    lift = 0.06 * _both(face, "cheekSquint") + 0.04 * _both(face, "mouthSmile")
    for sign in (-1, 1):
        cheek = skull.on((sign * 0.55, -0.26 + lift))
        out.append(_fill(oval(cheek, skull.scale * (0.15 + 0.06 * puff), skull.scale * 0.12), blush, 0.30))
    for side, sign in (("Left", -1), ("Right", 1)):
        out.append(_eye(person, skull, face, side, sign, dark))
        out.append(_brow(skull, face, side, sign, colours.shaded(wear.hair, 0.95), line * 2.3))
    nose = skull.on([(-0.055, -0.185), (0.0, -0.225), (0.055, -0.185)], 1.04)
    out.append(_stroke(smooth(nose, closed=False), dark, line * 1.5, 0.8))
    out.append(_mouth(skull, face, line))
    return "".join(out)


def _gaze(person, side):
    """How far an eye is turned, as shares of its half width and height."""
    q = person.figure.pose.rotations[INDEX[f"{side.lower()}Eye"]]
    face = person.figure.pose.face
    out, in_ = _w(face, f"eyeLookOut{side}"), _w(face, f"eyeLookIn{side}")
    sideways = (out - in_) * (1 if side == "Right" else -1)
    level = _w(face, f"eyeLookUp{side}") - _w(face, f"eyeLookDown{side}")
    x = np.clip(-2 * np.arcsin(np.clip(q[1], -1, 1)) / np.radians(32) + sideways, -1, 1)
    y = np.clip(2 * np.arcsin(np.clip(q[0], -1, 1)) / np.radians(32) + level, -1, 1)
    return float(x), float(y)


def _eye(person, skull, face, side, sign, dark):
    line, skin = 0.030 * skull.scale, person.wear.skin
    x, y = sign * 0.385, -0.02
    wide = 0.195
    look_x, look_y = _gaze(person, side)
    blink, wider = _w(face, f"eyeBlink{side}"), _w(face, f"eyeWide{side}")
    squint = max(_w(face, f"eyeSquint{side}"), 0.8 * _w(face, f"cheekSquint{side}"))
    upper = 0.195 * (1 - blink) * (1 + 0.30 * wider) * (1 - 0.15 * squint) * (1 + 0.12 * min(look_y, 0))
    lower = 0.150 * (1 - 0.9 * blink) * (1 - 0.55 * squint)
    turns = np.linspace(np.pi, 0, 9)
    lid = [(x + wide * np.cos(a), y + upper * np.sin(a)) for a in turns]
    under = [(x + wide * np.cos(a), y - lower * np.sin(a)) for a in turns[-2:0:-1]]
    if upper < 0.035:
        closed = [(x - wide, y - 0.01), (x, y - 0.075), (x + wide, y - 0.01)]
        return _stroke(smooth(skull.on(closed), closed=False), dark, line * 2.2)
    shape = smooth(skull.on([*lid, *under]))
    clip = f"eye-{side}-{crc32(shape.encode()):08x}"
    iris = skull.on((x + look_x * wide * 0.50, y + 0.02 + look_y * 0.09))
    r = skull.scale * 0.135
    glint = iris + np.array([-0.32, -0.36]) * r
    return (
        f'<clipPath id="{clip}"><path d="{shape}"/></clipPath>'
        + _fill(shape, colours.LINEN)
        + f'<g clip-path="url(#{clip})">'
        + _fill(oval(iris, r, r), person.wear.eyes)
        + _fill(oval(iris, r * 0.52, r * 0.52), colours.INK)
        + _fill(oval(glint, r * 0.24, r * 0.24), colours.LINEN)
        + "</g>"
        + _stroke(smooth(skull.on(under[1:-1]), closed=False), colours.shaded(skin, 0.80), line * 0.8)
        + _stroke(smooth(skull.on(lid), closed=False), colours.shaded(person.wear.hair, 0.55), line * 1.7)
    )


def _brow(skull, face, side, sign, colour, width):
    down, inner = _w(face, f"browDown{side}"), _w(face, "browInnerUp")
    outer = _w(face, f"browOuterUp{side}")
    y = 0.35 - 0.085 * down
    places = [
        (sign * (0.19 - 0.03 * down), y - 0.05 * down + 0.12 * inner),
        (sign * 0.39, y + 0.055 + 0.05 * inner + 0.09 * outer),
        (sign * 0.58, y - 0.005 + 0.10 * outer),
    ]
    return _stroke(smooth(skull.on(places, 1.01), closed=False), colour, width)


def _mouth(skull, face, line):
    smile, frown = _both(face, "mouthSmile"), _both(face, "mouthFrown")
    opened = _w(face, "jawOpen") * (1 - 0.9 * _w(face, "mouthClose"))
    tight = max(_w(face, "mouthPucker"), _w(face, "mouthFunnel") * 0.7)
    wide = 0.27 * (1 + 0.28 * smile + 0.20 * _both(face, "mouthStretch") + 0.1 * _both(face, "mouthDimple"))
    wide *= 1 - 0.55 * tight
    aside = 0.10 * (_w(face, "mouthRight") - _w(face, "mouthLeft") + _w(face, "jawRight") - _w(face, "jawLeft"))
    y = -0.50
    corners = y + 0.025 + 0.090 * smile - 0.100 * frown
    lips = "#A8534A"
    top = y - 0.03 * smile + 0.045 * frown + 0.05 * _both(face, "mouthUpperUp")
    bottom = top - 0.42 * opened - 0.05 * _both(face, "mouthLowerDown") - 0.10 * _w(face, "mouthFunnel")
    left, right = (aside - wide, corners), (aside + wide, corners)
    upper = [
        left,
        (aside - 0.5 * wide, (corners + 3 * top) / 4),
        (aside, top),
        (aside + 0.5 * wide, (corners + 3 * top) / 4),
        right,
    ]
    if top - bottom < 0.035 and tight < 0.3:
        out = _stroke(smooth(skull.on(upper, 1.02), closed=False), lips, line * 2.0)
        lower = [(aside - 0.3 * wide, top - 0.085), (aside, top - 0.10), (aside + 0.3 * wide, top - 0.085)]
        return out + _stroke(smooth(skull.on(lower, 1.02), closed=False), lips, line * 1.2, 0.35)
    bottom = min(bottom, top - 0.07)
    lower = [
        (aside + 0.6 * wide, (corners + 3 * bottom) / 4),
        (aside, bottom),
        (aside - 0.6 * wide, (corners + 3 * bottom) / 4),
    ]
    shape = smooth(skull.on([*upper, *lower], 1.02))
    clip = f"mouth-{crc32(shape.encode()):08x}"
    places = [(-1.0, corners + 0.1), (1.0, corners + 0.1), (0.8, top - 0.07), (-0.8, top - 0.07)]
    teeth = skull.on([(aside + x * wide, y) for x, y in places], 1.02)
    tongue = skull.on((aside, bottom - 0.02), 1.02)
    r = skull.scale * wide * 0.7
    showing = _fill(f"M{pairs(teeth)}Z", colours.LINEN) if tight < 0.3 else ""
    out_tongue = _w(face, "tongueOut")
    return (
        f'<clipPath id="{clip}"><path d="{shape}"/></clipPath>'
        + _fill(shape, "#6B2E2B")
        + f'<g clip-path="url(#{clip})">'
        + _fill(oval(tongue, r, skull.scale * 0.14), "#C9756B")
        + showing
        + "</g>"
        + _stroke(shape, lips, line * 1.5)
        + (
            _fill(
                oval(skull.on((aside, bottom - 0.05 * out_tongue), 1.02), r * 0.55, skull.scale * 0.20 * out_tongue),
                "#C9756B",
            )
            if out_tongue > 0.1
            else ""
        )
    )


def _robot(person, skull, face):
    wear, line = person.wear, 0.030 * skull.scale
    glow = colours.NIGHT_TEAL

    def plate(wide, high, out=1.0, deep=0.55, lift=0.0):
        """A rounded plate of the head, in half widths and heights."""
        turns = np.linspace(0, 2 * np.pi, 32, endpoint=False)
        c, s = np.cos(turns), np.sin(turns)
        x = np.sign(c) * np.abs(c) ** 0.5 * wide * skull.half_wide
        y = np.sign(s) * np.abs(s) ** 0.5 * high * skull.half_high + lift * skull.half_high
        z = np.full_like(x, -deep * skull.half_deep * out)
        return skull.paper.at(skull.middle + np.stack([x, y, z], axis=-1) @ skull.turn.T)

    def spot(x, y):
        return skull.paper.at(
            skull.middle + skull.turn @ [x * skull.half_wide, y * skull.half_high, -0.62 * skull.half_deep]
        )

    top = skull.paper.at(skull.middle + skull.turn @ [0, 1.30 * skull.half_high, 0])
    root = skull.paper.at(skull.middle + skull.turn @ [0, 0.9 * skull.half_high, 0])
    ball = skull.scale * 0.12
    out = [_stroke(f"M{pairs([root])}L{pairs([top])}", colours.SLATE, line * 3), _fill(oval(top, ball, ball), glow)]
    for sign in (-1, 1):
        ear = skull.paper.at(skull.middle + skull.turn @ [sign * 1.08 * skull.half_wide, 0, 0])
        out.append((oval(ear, skull.scale * 0.16, skull.scale * 0.30), colours.shaded(wear.sleeve, 0.6)))
    shell = np.concatenate([plate(1.06, 0.92, deep=d) for d in (-0.7, 0.55)])
    out.append((f"M{pairs(hull(shell))}Z", wear.sleeve))
    if skull.facing < 0.15:
        return out
    out.append(_fill(f"M{pairs(plate(0.86, 0.70))}Z", colours.NIGHT))
    for side, sign in (("Left", -1), ("Right", 1)):
        look_x, look_y = _gaze(person, side)
        blink, wider = _w(face, f"eyeBlink{side}"), _w(face, f"eyeWide{side}")
        squint = max(_w(face, f"eyeSquint{side}"), _w(face, f"cheekSquint{side}"))
        at = spot(sign * 0.38 + 0.10 * look_x, 0.12 + 0.08 * look_y)
        high = skull.scale * max(0.20 * (1 - blink) * (1 + 0.3 * wider) * (1 - 0.45 * squint), 0.025)
        out.append(_fill(oval(at, skull.scale * 0.15, high), glow))
        brow, down = _w(face, "browInnerUp"), _w(face, f"browDown{side}")
        up = _w(face, f"browOuterUp{side}")
        places = [
            spot(sign * 0.22, 0.45 + 0.08 * brow - 0.14 * down),
            spot(sign * 0.55, 0.45 + 0.08 * up + 0.02 * down),
        ]
        out.append(_stroke(f"M{pairs(places)}", glow, skull.scale * 0.07))
    smile, frown, opened = _both(face, "mouthSmile"), _both(face, "mouthFrown"), _w(face, "jawOpen")
    wide = 0.26 + 0.14 * smile - 0.14 * _w(face, "mouthPucker")
    corner, mid = -0.34 + 0.10 * smile - 0.10 * frown, -0.36 - 0.10 * smile + 0.06 * frown
    curve = [
        spot(-wide, corner),
        spot(-wide / 2, (corner + 3 * mid) / 4),
        spot(0, mid),
        spot(wide / 2, (corner + 3 * mid) / 4),
        spot(wide, corner),
    ]
    if opened > 0.08:
        low = mid - 0.30 * opened
        curve += [spot(wide / 2, (corner + 3 * low) / 4), spot(0, low), spot(-wide / 2, (corner + 3 * low) / 4)]
        out.append(_fill(smooth(curve), glow))
    else:
        out.append(_stroke(smooth(curve, closed=False), glow, skull.scale * 0.075))
    return out
