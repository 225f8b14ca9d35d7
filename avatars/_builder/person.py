"""Builds a person: shape, face, clothes, hair, T-pose, paint, file."""

from dataclasses import dataclass

import numpy as np

from . import paint
from .bones import BONES, INDEX, PARENT
from .clothes import garments
from .face import fitted_face
from .figure import shaped_figure
from .hair import bob
from .mesh import normals
from .paint import linear
from .source import BODY_END, BodyData
from .tpose import influences, t_pose
from .vrm import VrmWriter

SKIN_PIXELS = 2048
EYE_TURN_DEG = 30
AUTHORS = ["MakeHuman community (CC0 data)", "Mika Suominen (CC0 face units)", "The vrtrainer authors"]


@dataclass(frozen=True)
class World:
    """The figure as it stands in the file: metres, T-pose, soles on the floor."""

    lowest: float
    scale: float

    def place(self, positions):
        return (positions - [0, self.lowest, 0]) * self.scale


def build(recipe, data_folder):
    """The VRM file of a recipe, as bytes."""
    data = BodyData(data_folder)
    figure = shaped_figure(data, recipe)
    units = fitted_face(data, figure, recipe)
    worn, hidden = garments(data, figure, recipe["clothes"])
    hair = bob(figure, recipe["hair"])

    pose = t_pose(data, figure)
    owners, shares = influences(figure.weights)
    posed = pose.carried(figure.shaped, owners, shares)
    dressed = [pose.carried(g.positions, owners[g.vertices], shares[g.vertices]) for g in worn]
    lowest = min(positions[:, 1].min() for positions in dressed)
    world = World(lowest, recipe["height_m"] / (posed[:BODY_END, 1].max() - lowest))

    writer = VrmWriter(BONES, PARENT, world.place(pose.joints))
    skin = _Surface(data, world.place(posed), owners, shares)
    extra = np.zeros((len(posed) - len(data.positions), 3))  # vertices that the clothes' hems added
    shifts = {name: np.vstack([shift, extra]) * world.scale for name, shift in units.items()}
    _write_skin(writer, skin, figure, shifts, hidden, recipe["look"])
    _write_eyes(writer, skin, figure, recipe["look"])
    _write_clothes(writer, worn, [world.place(p) for p in dressed], owners, shares, recipe["clothes"])
    _write_hair(writer, hair, world, recipe["look"])
    return writer.finish(recipe["name"], AUTHORS, shifts, EYE_TURN_DEG, ("Face", "Eyes", "Hair"))


class _Surface:
    """The skin and what belongs to it, ready to be written: vertices are split where the texture has a seam."""

    def __init__(self, data, positions, owners, shares):
        self.data, self.positions, self.owners, self.shares = data, positions, owners, shares
        self.body = data.groups["body"]
        self.facing = normals(positions, self.body.vertices)

    def primitive(self, writer, material, part, uv=None, facing=None, shifts=None, turns=None):
        """A part's triangles. `uv` gives vertices their texture places; shifts and turns are what morphs do to them."""
        pairs = np.stack([part.vertices.ravel(), part.corners.ravel()], axis=1)
        unique, number = np.unique(pairs, axis=0, return_inverse=True)
        own = unique[:, 0]
        if facing is None:
            facing = normals(self.positions, part.vertices)
        morphs = None
        if shifts is not None:
            morphs = [(shift[own], turns[name][own] if turns else None) for name, shift in shifts.items()]
        return writer.primitive(
            material,
            number.reshape(-1, 3),
            self.positions[own],
            facing[own],
            self.owners[own],
            self.shares[own],
            uv(own) if uv else self.data.uv[unique[:, 1]],
            morphs,
        )


def _write_skin(writer, skin, figure, shifts, hidden, look):
    """The face with its 52 morphs, teeth, tongue and lashes; then the rest of the skin that no cloth hides."""
    groups = skin.data.groups
    covered = np.append(hidden, np.zeros(len(skin.positions) - BODY_END, bool))
    shown = skin.body.kept(~covered[skin.body.vertices].all(axis=1))
    moved = np.any([shift.any(axis=1) for shift in shifts.values()], axis=0)
    is_face = moved[shown.vertices].any(axis=1) | (figure.head > 0.5)[shown.vertices].all(axis=1)
    turns = {name: normals(skin.positions + shift, skin.body.vertices) - skin.facing for name, shift in shifts.items()}
    tone = writer.material("Skin", texture=writer.texture(paint.skin(skin.data, look, SKIN_PIXELS)), roughness=0.62)
    teeth = writer.material("Teeth", linear("#ebe5d9"), roughness=0.35)
    tongue = writer.material("Tongue", linear("#b5656a"), roughness=0.5)
    lash = writer.material(
        "Lashes", texture=writer.texture(paint.lashes(look)), roughness=0.9, blend=True, double_sided=True
    )
    lashes = groups["helper-l-eyelashes-2"] + groups["helper-r-eyelashes-2"]
    rows = groups["helper-upper-teeth"] + groups["helper-lower-teeth"]
    base = paint.lash_uv(figure.base, np.unique(lashes.vertices))
    face = [
        skin.primitive(writer, tone, shown.kept(is_face), facing=skin.facing, shifts=shifts, turns=turns),
        skin.primitive(writer, teeth, rows, shifts=shifts),
        skin.primitive(writer, tongue, groups["helper-tongue"], shifts=shifts),
        skin.primitive(writer, lash, lashes, uv=lambda own: base[own], shifts=shifts),
    ]
    writer.mesh("Face", face, shifts)
    writer.mesh("Body", [skin.primitive(writer, tone, shown.kept(~is_face), facing=skin.facing)])


def _write_eyes(writer, skin, figure, look):
    """Both eyeballs; they turn with their bones."""
    place = np.zeros((len(figure.base), 2))
    for side in "lr":
        own = np.unique(skin.data.groups[f"helper-{side}-eye"].vertices)
        low, high = figure.base[own].min(axis=0), figure.base[own].max(axis=0)
        place[own] = paint.eye_uv(figure.base[own], (low + high) / 2, (high - low)[1] / 2)
    balls = skin.data.groups["helper-l-eye"] + skin.data.groups["helper-r-eye"]
    white = writer.material("Eye", texture=writer.texture(paint.eye(look)), roughness=0.15)
    writer.mesh("Eyes", [skin.primitive(writer, white, balls, uv=lambda own: place[own])])


def _write_clothes(writer, worn, positions, owners, shares, wear):
    primitives = []
    for garment, place in zip(worn, positions, strict=True):
        flat = garment.positions[:, :2]
        uv = (flat - flat.min(axis=0)) / np.ptp(flat, axis=0)
        uv[:, 1] = 1 - uv[:, 1]
        picture = writer.texture(paint.cloth(wear[garment.name], garment.name, wear["seed"]))
        primitives.append(
            writer.primitive(
                writer.material(garment.name.capitalize(), texture=picture, roughness=0.92, double_sided=True),
                garment.triangles,
                place,
                normals(place, garment.triangles),
                owners[garment.vertices],
                shares[garment.vertices],
                uv,
            )
        )
    writer.mesh("Clothes", primitives)


def _write_hair(writer, hair, world, look):
    owners = np.zeros((len(hair.positions), 4), int)
    owners[:, 0] = INDEX["head"]
    owners[:, 1] = np.where(hair.neck > 0, INDEX["neck"], 0)
    shares = np.stack([1 - hair.neck, hair.neck, 0 * hair.neck, 0 * hair.neck], axis=1)
    material = writer.material("Hair", texture=writer.texture(paint.strands(look)), roughness=0.6)
    place = world.place(hair.positions)
    writer.mesh("Hair", [writer.primitive(material, hair.triangles, place, hair.normals, owners, shares, hair.uv)])
