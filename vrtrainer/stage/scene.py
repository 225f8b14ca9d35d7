"""A place: its model on the graphics card, and how light falls there."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pyglet import gl

from vrtrainer.human import glb
from vrtrainer.stage import colours, gpu, mesh, surfaces


class SceneError(ValueError):
    """A scene that cannot be shown: which file, what is wrong, what to do."""


@dataclass(frozen=True, slots=True)
class Light:
    """Colours linear, `to_lamp` the direction in which the lamp stands."""

    background: tuple = colours.linear(colours.LINEN)
    to_lamp: tuple = (0.38, 0.80, 0.46)
    lamp: tuple = (0.74, 0.70, 0.635)
    sky: tuple = (0.66, 0.66, 0.66)
    ground: tuple = (0.46, 0.425, 0.38)


def read(folder):
    """The table and the model of a scene's folder."""
    folder = Path(folder)
    try:
        table = tomllib.loads((folder / "scene.toml").read_text(encoding="utf-8"))
        file = folder / table.get("model", "model.glb")
        model = glb.read(file.read_bytes(), str(file))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SceneError(f"scenes: {folder / 'scene.toml'} is not TOML: {error}") from None
    except glb.GlbError as error:
        raise SceneError(f"scenes: {error}") from None
    except OSError as error:
        raise SceneError(f"scenes: {error.filename} cannot be read: {error.strerror}") from None
    return table, model


def light_of(table, where):
    """The light that a scene.toml describes: [light] with colours as #RRGGBB and strengths as numbers."""
    given = table.get("light", {})
    plain = Light()
    try:
        lamp = _lit(given.get("lamp"), given.get("lamp_strength", 0.74), plain.lamp)
        sky = _lit(given.get("sky"), given.get("sky_strength", 0.66), plain.sky)
        ground = _lit(given.get("ground"), given.get("ground_strength", 0.46), plain.ground)
        to_lamp = np.array(given.get("to_lamp", plain.to_lamp), float)
        to_lamp = tuple(to_lamp / np.linalg.norm(to_lamp))
        background = colours.linear(table.get("background", colours.LINEN))
    except (ValueError, TypeError, IndexError) as error:
        raise SceneError(f"scenes: {where}: [light] does not fit ({error}); colours are written #RRGGBB") from None
    return Light(background, to_lamp, lamp, sky, ground)


def _lit(colour, strength, otherwise):
    return tuple(c * strength for c in colours.linear(colour)) if colour else otherwise


@dataclass(slots=True, eq=False)
class Solid:
    """Things that stand still, as one mesh."""

    vertices: object
    pieces: list
    _owned: list = field(default_factory=list)
    _images: list = field(default_factory=list)

    def delete(self):
        for thing in self._owned:
            thing.delete()
        for name in self._images:
            gpu.delete_texture(name)


def solid(positions, normals, uvs, tints, runs):
    """A mesh on the card; `runs` are (indices, material)."""
    buffers = [
        gpu.Buffer(gl.GL_ARRAY_BUFFER, np.asarray(values, np.float32)) for values in (positions, normals, uvs, tints)
    ]
    indices = gpu.Buffer(gl.GL_ELEMENT_ARRAY_BUFFER, np.concatenate([r[0] for r in runs]).astype(np.uint32))
    layout = [
        (k, buffer, width, gl.GL_FLOAT, 0, 0, "float")
        for k, (buffer, width) in enumerate(zip(buffers, (3, 3, 2, 4), strict=True))
    ]
    vertices = gpu.Vertices(layout, indices)
    draws, first = [], 0
    for own, material in runs:
        draws.append((material, first, len(own)))
        first += len(own)
    pieces, images = surfaces.pieces(draws, "scenes", tinted=True)
    return Solid(vertices, pieces, [vertices, indices, *buffers], images)


def of_model(model):
    """All meshes of a GLB as one solid, placed by their nodes."""
    world = model.world()
    arrays = {"position": [], "normal": [], "uv": [], "tint": []}
    runs, start = {}, 0
    for number, node in enumerate(model.nodes):
        if node.mesh < 0:
            continue
        place = world[number]
        for primitive in model.meshes[node.mesh].primitives:
            values = primitive.attributes
            indices = primitive.indices
            if "NORMAL" not in values:  # then every triangle is flat (glTF 3.7.2.1), so none shares a corner
                values = {name: array[indices] for name, array in values.items()}
                indices = np.arange(len(indices), dtype=np.uint32)
            position = values["POSITION"] @ place[:3, :3].T + place[:3, 3]
            normal = values["NORMAL"] @ np.linalg.inv(place[:3, :3]) if "NORMAL" in values else _flat(position)
            tint = values.get("COLOR_0", np.ones((len(position), 4)))
            if tint.shape[1] == 3:
                tint = np.concatenate([tint, np.ones((len(tint), 1))], axis=1)
            arrays["position"].append(position)
            arrays["normal"].append(normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9))
            arrays["uv"].append(values.get("TEXCOORD_0", np.zeros((len(position), 2))))
            arrays["tint"].append(tint)
            runs.setdefault(primitive.material, []).append(indices + np.uint32(start))
            start += len(position)
    if not runs:
        raise SceneError(f"scenes: {model.file} has no mesh")
    looks = [(np.concatenate(own), mesh.material_of(model, material)) for material, own in runs.items()]
    looks.sort(key=lambda look: look[1].alpha == "BLEND")
    joined = [np.concatenate(values) for values in arrays.values()]
    return solid(*joined, looks)


def _flat(position):
    a, b, c = position[0::3], position[1::3], position[2::3]
    return np.repeat(np.cross(b - a, c - a), 3, axis=0)


class Scene:
    """A place that figures stand in."""

    def __init__(self, folder):
        table, model = read(folder)
        self.light = light_of(table, folder)
        self.solid = of_model(model)

    def delete(self):
        self.solid.delete()
