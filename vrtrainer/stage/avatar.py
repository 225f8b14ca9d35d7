"""An avatar on the graphics card: its mesh once, and its vertices as they stand in the world, skinned once a picture.

Rule 1: the mesh is skinned by transform feedback, once, whatever passes draw it then: both eyes, shadow, outlines.
Rule 2: face weights are displacements in a texture; only weights that are not 0 are added.
"""

import ctypes

import numpy as np
from pyglet import gl

from vrtrainer.human.face import INDEX as FACE
from vrtrainer.human.skeleton import INDEX, J
from vrtrainer.stage import ghost, gpu, mesh, surfaces
from vrtrainer.stage.joints import Joints

_WORLD = 24  # bytes of a skinned vertex: position and normal
_TEXELS = 2048  # width of the texture of displacements
_LEAST = 0.003  # a face weight below this is not seen
_HEAD = INDEX["head"]
_EYES = [INDEX["leftEye"], INDEX["rightEye"]]
_EYE_FULL = np.radians(30)  # an eyeLook weight of 1
_LOOKS = [[FACE[f"eyeLook{way}{side}"] for way in ("Up", "Down", "Out", "In")] for side in ("Left", "Right")]


def skinning():
    """The program that all avatars share."""
    return gpu.Program(
        "skin.vert",
        varyings=("world_position", "world_normal"),
        blocks=(None, "Bones"),
        samplers=("displacements", "tilts"),
    )


class Bones:
    """The uniform block of bone matrices, at binding 1."""

    def __init__(self):
        self._buffer = gpu.Buffer(gl.GL_UNIFORM_BUFFER, size=mesh.BONES_AT_MOST * 48, usage=gl.GL_STREAM_DRAW)
        gl.glBindBufferBase(gl.GL_UNIFORM_BUFFER, 1, self._buffer.name)

    def write(self, matrices):
        self._buffer.write(matrices)

    def delete(self):
        self._buffer.delete()


class Avatar:
    """One avatar's mesh, textures and displacements."""

    def __init__(self, model):
        self.model = model
        self.height = model.body.height
        self.joints = Joints(model.body, model.extra, np.unique(model.joints[model.joints < J]))
        static = gl.GL_ARRAY_BUFFER
        self._buffers = [
            gpu.Buffer(static, model.positions),
            gpu.Buffer(static, model.normals),
            gpu.Buffer(static, model.outward),
            gpu.Buffer(static, model.joints),
            gpu.Buffer(static, model.weights),
        ]
        self.uv = gpu.Buffer(static, model.uv)
        self.indices = gpu.Buffer(gl.GL_ELEMENT_ARRAY_BUFFER, model.indices)
        self.outlines = gpu.Buffer(gl.GL_ELEMENT_ARRAY_BUFFER, model.outlines)
        position, normal, outward, joints, weights = self._buffers
        bones = [(2, joints, 4, gl.GL_UNSIGNED_BYTE, 0, 0, "int"), (3, weights, 4, gl.GL_FLOAT, 0, 0, "float")]
        place = (0, position, 3, gl.GL_FLOAT, 0, 0, "float")
        self._rest = gpu.Vertices([place, (1, normal, 3, gl.GL_FLOAT, 0, 0, "float"), *bones])
        self._rest_outward = gpu.Vertices([place, (1, outward, 3, gl.GL_FLOAT, 0, 0, "float"), *bones])
        self._displacements = _run_texture(model.morphs)
        self._tilts = _run_texture(model.morph_normals)
        self.pieces, self._images = surfaces.pieces(
            [(draw.material, draw.first, draw.count) for draw in model.draws], f"avatars: {model.name}"
        )
        self._active = np.zeros((52, 2), np.float32)
        self._weights = np.zeros(52)
        self.rings = {part: ghost.Rings(ellipses) for part, ellipses in model.rings.items() if ellipses}
        self._standing, self._used = [], 0

    def begin(self):
        """Start a picture: all its earlier places in the world may be used again."""
        self._used = 0

    def stand(self, program, bones, figure, outward=False):
        """Skin it into the world; with `outward` its normals are those of outlines. Answers a `Standing`."""
        if outward is False:
            bones.write(self.joints.place(figure.pose, figure.world_from_avatar))
        if self._used == len(self._standing):
            self._standing.append(Standing(self))
        standing = self._standing[self._used]
        self._used += 1
        standing.head[:3] = self.joints.matrices[_HEAD]
        count = self._face(figure.pose)
        program.use()
        gl.glUniform1i(program["morphed"], self.model.morphed if count else 0)
        gl.glUniform1i(program["moving"], count)
        if count:
            gl.glUniform2fv(program["face"], count, self._active.ctypes.data_as(ctypes.POINTER(ctypes.c_float)))
            gl.glActiveTexture(gl.GL_TEXTURE1)
            gl.glBindTexture(gl.GL_TEXTURE_2D, self._tilts)
            gl.glActiveTexture(gl.GL_TEXTURE0)
            gl.glBindTexture(gl.GL_TEXTURE_2D, self._displacements)
        (self._rest_outward if outward else self._rest).bind()
        gl.glBindBufferBase(gl.GL_TRANSFORM_FEEDBACK_BUFFER, 0, standing.buffer.name)
        gl.glBeginTransformFeedback(gl.GL_POINTS)
        gl.glDrawArrays(gl.GL_POINTS, 0, len(self.model.positions))
        gl.glEndTransformFeedback()
        return standing

    def _face(self, pose):
        """Fill the list of active weights; answers how many there are. Lids follow where the eyes look."""
        weights = self._weights
        np.minimum(pose.face, 1.0, out=weights)
        for (x, y, _, _), looks, sign in zip(pose.rotations[_EYES].tolist(), _LOOKS, (1.0, -1.0), strict=True):
            if x == 0.0 == y:
                continue
            up, out = 2 * x / _EYE_FULL, sign * 2 * y / _EYE_FULL  # turning left is outward for the left eye only
            for at, value in zip(looks, (up, -up, out, -out), strict=True):
                if value > weights[at]:
                    weights[at] = min(value, 1.0)
        seen = np.flatnonzero(weights > _LEAST)
        self._active[: len(seen), 0] = seen
        self._active[: len(seen), 1] = weights[seen]
        return len(seen)

    def delete(self):
        for standing in self._standing:
            standing.delete()
        for thing in (
            *self._buffers,
            self.uv,
            self.indices,
            self.outlines,
            self._rest,
            self._rest_outward,
            *self.rings.values(),
        ):
            thing.delete()
        for name in (self._displacements, self._tilts, *self._images):
            gpu.delete_texture(name)


class Standing:
    """An avatar's vertices in the world, for one picture."""

    def __init__(self, avatar):
        self.avatar = avatar
        count = len(avatar.model.positions)
        self.buffer = gpu.Buffer(gl.GL_ARRAY_BUFFER, size=count * _WORLD, usage=gl.GL_STREAM_COPY)
        world = [
            (0, self.buffer, 3, gl.GL_FLOAT, _WORLD, 0, "float"),
            (1, self.buffer, 3, gl.GL_FLOAT, _WORLD, 12, "float"),
        ]
        self.surface = gpu.Vertices([*world, (2, avatar.uv, 2, gl.GL_FLOAT, 0, 0, "float")], avatar.indices)
        self.outline = gpu.Vertices(world, avatar.outlines)
        self.head = np.eye(4, dtype=np.float32)  # takes the head at rest to where it is

    def delete(self):
        for thing in (self.buffer, self.surface, self.outline):
            thing.delete()


def _run_texture(values):
    """A texture with one texel a vertex, one run a face weight, row after row."""
    flat = np.zeros((max(values.shape[0] * values.shape[1], 1), 3), np.float16)
    flat[: values.shape[0] * values.shape[1]] = values.reshape(-1, 3)
    rows = -(-len(flat) // _TEXELS)
    pixels = np.zeros((rows * _TEXELS, 3), np.float16)
    pixels[: len(flat)] = flat
    pixels = pixels.reshape(rows, _TEXELS, 3)
    return gpu.texture(pixels, gl.GL_RGB16F, gl.GL_RGB, gl.GL_HALF_FLOAT, smooth=False)
