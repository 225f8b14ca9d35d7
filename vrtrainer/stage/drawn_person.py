"""A person drawn by hand, so to say: the same pose as the avatar's, as flat shapes with soft outlines.

Shapes of one limb are outlined together and then filled, so that joints show no seams. Limbs are put in order of
their distance.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from vrtrainer.human import pose as poses
from vrtrainer.human.skeleton import FINGERS, INDEX, PARTS, SIDES
from vrtrainer.stage import colours, drawn_face, vrm
from vrtrainer.stage.drawn_shapes import limb, number, rounded, smooth

_REGIONS = {
    "skin": ("leftLowerArm", "leftHand", "rightLowerArm", "rightHand"),
    "hand": ("leftHand", "rightHand"),
    "top": ("spine", "chest", "upperChest"),
    "sleeve": ("leftUpperArm", "rightUpperArm"),
    "trousers": ("leftUpperLeg", "rightUpperLeg", "leftLowerLeg", "rightLowerLeg"),
    "shoes": ("leftToes", "rightToes", "leftFoot", "rightFoot"),
    "face": ("head",),
}


@dataclass(frozen=True, slots=True)
class Wear:
    """Colours of one avatar as it is drawn, and whether it is a robot."""

    skin: str
    hand: str
    top: str
    sleeve: str
    trousers: str
    shoes: str
    face: str
    hair: str
    eyes: str
    robot: bool


def wear(folder):
    """Colours from avatar.toml ([colours]), where it is silent from the model's own pictures."""
    folder = Path(folder)
    table = vrm.look(folder)
    found = dict(_mean_colours(folder))
    found |= {name: value for name, value in table.get("colours", {}).items() if name in found}
    return Wear(**found, robot=table.get("kind") == "robot")


@lru_cache(maxsize=8)
def _mean_colours(folder):
    model = vrm.load(folder)
    main = np.take_along_axis(model.joints, model.weights.argmax(axis=1)[:, None], axis=1)[:, 0]
    pictures = {}
    seen, areas = {}, {}
    for draw in model.draws:
        triangles = model.indices[draw.first : draw.first + draw.count].reshape(-1, 3)
        own = np.unique(triangles)
        seen[draw] = (own, main[own])
        a, b, c = (model.positions[triangles[:, k]] for k in range(3))
        size = np.linalg.norm(np.cross(b - a, c - a), axis=1)
        areas[draw] = np.bincount(triangles.reshape(-1), np.repeat(size, 3), len(main))[own]
    out = {}
    for region, bones in _REGIONS.items():
        wanted = [INDEX[b] for b in bones]
        counts = {draw: float(areas[draw][np.isin(seen[draw][1], wanted)].sum()) for draw in seen}
        if region == "face":
            counts = {d: n for d, n in counts.items() if "hair" not in d.material.name.lower()}
        draw = max(counts, key=counts.get)
        own, joints = seen[draw]
        out[region] = _mean(model, draw, own[np.isin(joints, wanted)], pictures)
    for name, word, otherwise in (("hair", "hair", "#5B3A24"), ("eyes", "eye", "#4A6FA5")):
        found = [d for d in model.draws if word in d.material.name.lower()]
        out[name] = _mean(model, found[0], seen[found[0]][0], pictures) if found and name == "hair" else otherwise
    return tuple(out.items())


def _mean(model, draw, vertices, pictures):
    """Mean colour (#RRGGBB) of a material at some vertices."""
    material = draw.material
    factor = np.array(material.colour[:3])
    if material.image is None or not len(vertices):
        light = factor
    else:
        if material.image not in pictures:
            pictures[material.image] = _pixels(material.image)
        picture = pictures[material.image]
        uv = model.uv[vertices] % 1.0
        at = (uv * [picture.shape[1] - 1, picture.shape[0] - 1]).astype(int)
        light = np.median(picture[at[:, 1], at[:, 0]], axis=0) / 255
        light = np.where(light <= 0.04045, light / 12.92, ((light + 0.055) / 1.055) ** 2.4) * factor
    shares = [12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in np.clip(light, 0, 1)]
    return colours.written(shares)


def _pixels(image):
    import io

    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(image)).convert("RGB"))


class Person:
    """One figure, ready to be drawn on a paper."""

    def __init__(self, figure, folder, paper):
        model = vrm.load(folder)
        self.paper, self.figure = paper, figure
        self.wear = wear(folder)
        self.body = model.body
        points, turned = poses.forward(figure.pose.rotations, figure.pose.hips, model.body.offsets)
        placed = figure.world_from_avatar.matrix()
        self.points = points @ placed[:3, :3].T + placed[:3, 3]
        self.turned = placed[:3, :3] @ turned
        self.height = model.body.height
        self.flat = paper.at(self.points)
        self.depths = paper.depth(self.points)
        self.scale = paper.scale(self.points[INDEX["upperChest"]])
        self.line = max(0.0062 * self.height * self.scale, 0.8)

    # Small words for what follows

    def _r(self, share):
        return share * self.height * self.scale

    def _p(self, name):
        return self.flat[INDEX[name]]

    def _d(self, *names):
        return float(np.mean([self.depths[INDEX[n]] for n in names]))

    def svg(self, held=""):
        """The whole figure, or the parts that a ghost is limited to; `held` is drawn before the trunk, behind hands."""
        groups = self._groups()
        ghost = self.figure.ghost
        parts = self.figure.parts or tuple(PARTS)
        out = []
        if ghost:
            out = [self._ghostly([shape for _, part, shapes in groups if part in parts for shape in shapes])]
            groups = []
        else:
            groups.append((self._d("head") - 1.0, "", [drawn_face.ring(self)]))
            if held:
                groups.append((self._d("hips", "upperChest") - 0.045, "", [held]))
        for _, part, shapes in sorted(groups, key=lambda group: -group[0]):
            outlined = part == self.figure.highlight
            out.append(self._solid(shapes, outlined))
        return f'<g opacity="{number(self.figure.opacity)}">{"".join(out)}</g>' if out else ""

    def _solid(self, shapes, outlined):
        """Shapes (path, colour) outlined together, then filled; strings are drawn as they are."""
        out = []
        paths = [s for s in shapes if isinstance(s, tuple)]
        if outlined:
            out += [_path(p, colours.LINEN, colours.LINEN, 3 * self._edge()) for p, _ in paths]
            out += [_path(p, colours.TEAL, colours.TEAL, 2 * self._edge()) for p, _ in paths]
        run = []
        for shape in [*shapes, None]:
            if isinstance(shape, tuple):
                run.append(shape)
                continue
            out += [_path(p, c, colours.shaded(c, 0.70), 2 * self.line) for p, c in run]
            out += [_path(p, c) for p, c in run]
            run = []
            if shape is not None:
                out.append(shape)
        return "".join(out)

    def _edge(self):
        return self.line + max(np.tan(np.radians(0.25)) * self._d("upperChest") * self.scale * 1.4, 2.0)

    def _ghostly(self, shapes):
        paths = [p for p, *_ in (s for s in shapes if isinstance(s, tuple))]
        edge = "".join(_path(p, colours.TEAL, colours.TEAL, 2 * self._edge() * 0.75) for p in paths)
        fill = "".join(_path(p, colours.GHOST) for p in paths)
        return f'<g opacity="0.72">{edge}{fill}</g>'

    def _groups(self):
        """(distance, body part, shapes) of everything there is to draw."""
        out = []
        trunk = self._d("hips", "upperChest")
        for side in SIDES:
            out.append((trunk + 0.10 + 0.001 * self._d(f"{side}Foot"), f"{side}Leg", self._leg(side)))
        out.append((trunk, "trunk", self._trunk()))
        out.append((trunk - 0.03, "head", drawn_face.head(self)))
        for side in SIDES:
            hand = self._d(f"{side}Hand")
            # An arm is behind the trunk only if its hand and elbow are.
            behind = hand > trunk + 0.10 and self._d(f"{side}LowerArm") > trunk + 0.02
            place = trunk + 0.05 if behind else trunk - 0.06 + 0.01 * (hand - trunk)
            out.append((place, f"{side}Arm", self._arm(side)))
            out.append((place - 0.004, f"{side}Hand", self._hand(side)))
        return out

    def _trunk(self):
        wear, h = self.wear, self.height
        hips, chest = self.turned[INDEX["hips"]], self.turned[INDEX["upperChest"]]
        legs = (self.points[INDEX["leftUpperLeg"]] + self.points[INDEX["rightUpperLeg"]]) / 2
        arms = (self.points[INDEX["leftUpperArm"]] + self.points[INDEX["rightUpperArm"]]) / 2
        across = np.linalg.norm(self.points[INDEX["leftUpperArm"]] - self.points[INDEX["rightUpperArm"]]) / 2
        hip_across = np.linalg.norm(self.points[INDEX["leftUpperLeg"]] - self.points[INDEX["rightUpperLeg"]]) / 2
        spine, neck = self.points[INDEX["spine"]], self.points[INDEX["neck"]]
        up = chest @ [0, 1, 0]
        stations = [
            (legs - hips @ [0, 0.028 * h, 0], hips, hip_across + 0.041 * h, 0.070 * h),
            (legs + hips @ [0, 0.02 * h, 0], hips, hip_across + 0.041 * h, 0.070 * h),
            (spine + hips @ [0, 0.025 * h, 0], hips, 0.086 * h, 0.062 * h),
            (arms - up * 0.085 * h, chest, across * 0.86, 0.066 * h),
            (arms - up * 0.002 * h, chest, across * 0.98, 0.055 * h),
            (arms + up * 0.026 * h, chest, across * 0.72, 0.045 * h),
            (neck + up * 0.006 * h, chest, 0.040 * h, 0.036 * h),
        ]
        skin = wear.face if wear.robot else wear.skin
        top = (self.points[INDEX["head"]], self.turned[INDEX["neck"]], 0.031 * h, 0.031 * h)
        collar = self._tube([(neck - up * 0.02 * h, chest, 0.033 * h, 0.033 * h), top])
        if wear.robot:
            panel = self.paper.at(arms - up * 0.075 * h + chest @ [0, 0, -0.07 * h])
            light = (
                f'<circle cx="{number(panel[0])}" cy="{number(panel[1])}" r="{number(self._r(0.016))}" '
                f'fill="{colours.NIGHT_TEAL}"/>'
                if self.paper.towards(chest @ [0, 0, -1]) > 0.1
                else ""
            )
            return [(collar, wear.sleeve), (self._tube(stations), wear.top), light]
        neckline = self._neckline(neck, chest, up)
        return [(collar, skin), neckline[0], (self._tube(stations), wear.top), neckline[1]]

    def _neckline(self, neck, chest, up):
        """Shade of the neck, and the round opening of the shirt with the skin in it."""
        if self.paper.towards(chest @ [0, 0, -1]) < 0.1:
            return "", ""
        h = self.height
        turns = np.linspace(0, 2 * np.pi, 14, endpoint=False)
        ring = (
            neck
            + up * 0.004 * h
            + np.array([chest @ [0.043 * h * np.cos(a), 0.024 * h * np.sin(a) - 0.002 * h, -0.034 * h] for a in turns])
        )
        fill, edge = self.wear.skin, colours.shaded(self.wear.top, 0.70)
        return "", _path(smooth(self.paper.at(ring)), colours.shaded(fill, 0.93), edge, self.line)

    def _tube(self, stations):
        """Outline of a body of elliptical cross-sections, as wide as it is seen from here."""
        centres = self.paper.at([c for c, *_ in stations])
        left, right = [], []
        for k, (centre, turn, a, b) in enumerate(stations):
            before, after = centres[max(k - 1, 0)], centres[min(k + 1, len(stations) - 1)]
            along = after - before
            aside = np.array([-along[1], along[0]]) / max(np.hypot(*along), 1e-6)
            wide = self.paper.at(centre + turn @ [a, 0, 0]) - centres[k]
            deep = self.paper.at(centre + turn @ [0, 0, b]) - centres[k]
            half = np.hypot(wide @ aside, deep @ aside)
            left.append(centres[k] + aside * half)
            right.append(centres[k] - aside * half)
        return smooth([*left, *right[::-1]])

    def _arm(self, side):
        wear = self.wear
        shoulder, elbow, wrist = (self._p(f"{side}{n}") for n in ("UpperArm", "LowerArm", "Hand"))
        if wear.robot:
            joint = colours.shaded(wear.sleeve, 0.55)
            ball = limb(elbow, elbow, self._r(0.031), self._r(0.031))
            return [
                (limb(shoulder, elbow, self._r(0.040), self._r(0.030)), wear.sleeve),
                (limb(elbow, wrist, self._r(0.030), self._r(0.024)), wear.skin),
                _path(ball, joint, colours.shaded(joint, 0.7), self.line),
            ]
        sleeve_end = shoulder + 0.60 * (elbow - shoulder)
        towards_neck = shoulder + 0.42 * (self._p("neck") + np.array([0.0, self._r(0.030)]) - shoulder)
        sleeved = wear.sleeve == wear.top
        return [
            (limb(shoulder, elbow, self._r(0.032), self._r(0.0245)), wear.skin if sleeved else wear.sleeve),
            (limb(elbow, wrist, self._r(0.0245), self._r(0.0175)), wear.skin),
            "",
            (limb(shoulder, sleeve_end, self._r(0.038), self._r(0.037)), wear.top),
            # The sleeve goes over into the shirt without a line.
            _path(limb(shoulder, towards_neck, self._r(0.037), self._r(0.022)), wear.top),
        ]

    def _hand(self, side):
        """Palm and fingers, those that are nearer on top."""
        tone = self.wear.hand
        wrist = f"{side}Hand"
        knuckles = [f"{side}{f}Proximal" for f in FINGERS[1:]]
        thumb_root = f"{side}ThumbMetacarpal"
        thick = 0.0098
        palm = rounded(
            [self._p(wrist), *(self._p(k) for k in knuckles), self._p(thumb_root)],
            [self._r(0.016), *[self._r(thick)] * 4, self._r(0.012)],
        )
        inner = rounded(
            [self._p(wrist), *(self._p(k) for k in knuckles), self._p(thumb_root)],
            [self._r(0.015), *[self._r(thick * 0.94)] * 4, self._r(0.0112)],
        )
        elbow = self._p(f"{side}LowerArm")
        joined = limb(self._p(wrist), self._p(wrist) + 0.3 * (elbow - self._p(wrist)), self._r(0.0165), self._r(0.0185))
        seamless = [_path(inner, tone), _path(joined, self.wear.skin)]  # neither knuckles nor wrist are ringed
        behind, straight, before = [], [], []
        for finger in FINGERS:
            names = ("Metacarpal", "Proximal", "Distal", "Tip") if finger == "Thumb" else (
                "Proximal", "Intermediate", "Distal", "Tip")  # fmt: skip
            chain = [f"{side}{finger}{n}" for n in names]
            radii = np.linspace(thick * (1.12 if finger == "Thumb" else 0.98), thick * 0.76, 4)
            shapes = [
                (limb(self._p(a), self._p(b), self._r(radii[k]), self._r(radii[k + 1])), tone)
                for k, (a, b) in enumerate(pairwise(chain))
            ]
            root, tip = (self.points[INDEX[n]] for n in (chain[0], chain[-1]))
            out, along = tip - root, root - self.points[INDEX[wrist]]
            bent = out @ along < 0.55 * np.linalg.norm(out) * np.linalg.norm(along)
            nearer = self._d(*chain[1:]) < self._d(*knuckles)
            (straight if not bent else before if nearer else behind).append((self._d(*chain[1:]), shapes))
        out = []
        for group in (behind, [(0.0, [(palm, tone)])], straight, [(0.0, seamless)], before):
            for _, shapes in sorted(group, key=lambda piece: -piece[0]):
                out += ["", *shapes]
        return out

    def _leg(self, side):
        wear = self.wear
        hip, knee, ankle = (self._p(f"{side}{n}") for n in ("UpperLeg", "LowerLeg", "Foot"))
        sole = self.points[INDEX[f"{side}Foot"]].copy()
        sole[1] = max(sole[1] - 0.022 * self.height, 0.018 * self.height)
        tip = self.points[INDEX[f"{side}Toes"]] + 0.5 * (
            self.points[INDEX[f"{side}Toes"]] - self.points[INDEX[f"{side}Foot"]]
        ) * [1, 0, 1]
        shoe = limb(self.paper.at(sole), self.paper.at(tip), self._r(0.030), self._r(0.026))
        legs = [
            (limb(hip, knee, self._r(0.050), self._r(0.040)), wear.trousers),
            (limb(knee, ankle, self._r(0.040), self._r(0.030)), wear.trousers),
        ]
        if wear.robot:
            joint = colours.shaded(wear.trousers, 0.55)
            ball = limb(knee, knee, self._r(0.040), self._r(0.040))
            legs.append(_path(ball, joint, colours.shaded(joint, 0.7), self.line))
        nearer = self._d(f"{side}Toes") < self._d(f"{side}Foot") + 0.05
        return [*legs, "", (shoe, wear.shoes)] if nearer else [(shoe, wear.shoes), "", *legs]


def _path(d, fill, stroke="", width=0.0):
    if not d:
        return ""
    line = f' stroke="{stroke}" stroke-width="{number(width)}" stroke-linejoin="round"' if stroke else ""
    return f'<path d="{d}" fill="{fill}"{line}/>'
