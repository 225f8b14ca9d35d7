"""Triangles with a material, lit: what avatars, places and things are drawn with.

Rule 1: only what has holes or is see-through is drawn by the shader that discards, because discarding keeps a card from
        testing depth before it shades.
"""

import ctypes
from dataclasses import dataclass

import numpy as np
from pyglet import gl

from vrtrainer.stage import gpu

_MATTE = 0.8  # from this roughness on nothing shines
IDENTITY = np.eye(4, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of indices of one look; colours linear."""

    first: int
    count: int
    image: int
    colour: tuple
    emissive: tuple
    finish: tuple
    double_sided: bool
    blended: bool
    traits: tuple


def pieces(draws, what, tinted=False):
    """Pieces of (material, first, count), and the names of the textures made for them.

    `tinted` where vertices have colours of their own.
    """
    images, out = {}, []
    for material, first, count in draws:
        if material.image not in images:
            pixels = np.full((1, 1, 4), 255, np.uint8)
            if material.image is not None:
                pixels = gpu.decoded(material.image, f"{what}, material {material.name}")
            images[material.image] = gpu.texture(
                pixels, gl.GL_RGBA8, gl.GL_RGBA, repeat=True, mipmaps=material.image is not None
            )
        colour, emissive = tuple(material.colour), (*material.emissive, 0.0)
        if material.unlit:
            colour, emissive = (0.0, 0.0, 0.0, material.colour[3]), (*material.colour[:3], 1.0)
        cut = {"MASK": material.cutoff, "BLEND": 0.01}.get(material.alpha, -1.0)
        finish = (max(material.roughness, 0.25), cut)
        traits = ("HOLES",) if cut >= 0 else ()
        traits += ("MATTE",) if material.roughness >= _MATTE else ()
        traits += ("TINTED",) if tinted else ()
        image, sides, blended = images[material.image], material.double_sided, material.alpha == "BLEND"
        out.append(Piece(first, count, image, colour, emissive, finish, sides, blended, traits))
    return out, list(images.values())


class Surfaces:
    """The programs that light surfaces, with the lamp's shadow or without."""

    def __init__(self, shadows):
        self._always = ("SHADOW",) if shadows else ()
        self._programs = {}

    def _program(self, traits):
        """The program of such a look; made when it is first seen, without what that look does not need."""
        if traits not in self._programs:
            self._programs[traits] = gpu.Program(
                "scene.glsl solid.vert", "scene.glsl srgb.glsl solid.frag", blocks=("Scene",),
                samplers=("image", "shadow"), traits=self._always + traits,
            )  # fmt: skip
        return self._programs[traits]

    def draw(self, vertices, parts, blended, matrix=IDENTITY, opacity=1.0):
        """Draw the opaque or the see-through pieces of a vertex array."""
        program, culled = None, None
        vertices.bind()
        for piece in parts:
            if piece.blended != blended:
                continue
            wanted = self._program(piece.traits)
            if wanted is not program:
                program = wanted
                program.use()
                gl.glUniformMatrix4fv(
                    program["world_from_model"], 1, gl.GL_TRUE, matrix.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
                )
            if culled is not (not piece.double_sided):
                culled = not piece.double_sided
                (gl.glEnable if culled else gl.glDisable)(gl.GL_CULL_FACE)
            gl.glBindTexture(gl.GL_TEXTURE_2D, piece.image)
            r, g, b, a = piece.colour
            gl.glUniform4f(program["colour"], r, g, b, a * opacity)
            gl.glUniform4f(program["emissive"], *piece.emissive)
            gl.glUniform2f(program["finish"], *piece.finish)
            gl.glDrawElements(gl.GL_TRIANGLES, piece.count, gl.GL_UNSIGNED_INT, ctypes.c_void_p(piece.first * 4))

    def delete(self):
        for program in self._programs.values():
            program.delete()
