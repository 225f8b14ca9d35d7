"""The plan of captions, buttons and dots, drawn: each text is made into a texture once and kept while it is in use."""

import ctypes
from collections import OrderedDict

import numpy as np
from pyglet import gl

from vrtrainer.stage import colours, gpu, lettering, pictograms

_KEPT = 64  # textures of texts


class Captions:
    """Draws items of `layout` in a plane whose unit is a degree."""

    def __init__(self, fonts):
        self._fonts = fonts
        self._program = gpu.Program("panel.vert", "panel.frag", samplers=("letters",))
        corners = np.float32([[-1, -1], [1, -1], [-1, 1], [1, 1]])
        self._corners = gpu.Buffer(gl.GL_ARRAY_BUFFER, corners)
        self._quad = gpu.Vertices([(0, self._corners, 2, gl.GL_FLOAT, 0, 0, "float")])
        self._masks = OrderedDict()

    def draw(self, items, clip_from_plane, pixel, brightness, size=None, behind=False):
        """Draw all items; `pixel` is how many degrees a pixel is there.

        With the `size` of a flat picture, whose middle is the plane's origin, letters fall on its pixels. With
        `behind`, what stands nearer than the plane covers it, as a hand before the chest does.
        """
        if not items:
            return
        if behind:
            gl.glDepthMask(gl.GL_FALSE)
        else:
            gl.glDisable(gl.GL_DEPTH_TEST)
        gl.glDisable(gl.GL_CULL_FACE)
        gl.glEnable(gl.GL_BLEND)
        program = self._program
        program.use()
        self._quad.bind()
        gl.glActiveTexture(gl.GL_TEXTURE0)
        flat = np.ascontiguousarray(clip_from_plane, np.float32)
        gl.glUniformMatrix4fv(
            program["clip_from_plane"], 1, gl.GL_TRUE, flat.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        )
        gl.glUniform1f(program["pixel"], pixel)
        gl.glUniform1f(program["brightness"], brightness)
        for item in items:
            self._one(program, item, pixel, size)
        gl.glDepthMask(gl.GL_TRUE)
        gl.glEnable(gl.GL_DEPTH_TEST)

    def _one(self, program, item, pixel, size):
        gl.glUniform4f(program["place"], item.x, item.y, item.wide / 2, item.high / 2)
        gl.glUniform1f(program["radius"], item.radius)
        gl.glUniform1f(program["border"], item.border)
        gl.glUniform1f(program["share"], item.share)
        fill = colours.rgb(item.fill) if item.fill else colours.rgb(item.ink)
        gl.glUniform4f(program["fill"], *fill, item.opacity if item.fill else 0.0)
        gl.glUniform4f(program["edge"], *colours.rgb(item.edge or item.ink), 1.0)
        gl.glUniform4f(program["ink"], *colours.rgb(item.ink), 1.0)
        lettering_at = (0.0, 0.0, 0.0, 0.0)
        if item.lines or item.sign:
            name, rows, columns = self._mask(item, pixel)
            gl.glBindTexture(gl.GL_TEXTURE_2D, name)
            half = (columns * pixel / 2, rows * pixel / 2)
            shift = (0.0, 0.0)
            if size is not None:
                shift = tuple(
                    _to_grid(middle - edge, pixel, count)
                    for middle, edge, count in zip((item.x, item.y), half, size, strict=True)
                )
            lettering_at = (*shift, *half)
        gl.glUniform4f(program["lettering"], *lettering_at)
        gl.glDrawArrays(gl.GL_TRIANGLE_STRIP, 0, 4)

    def _mask(self, item, pixel):
        """Texture of an item's text or sign, its rows and columns."""
        if item.sign:
            high = max(round(item.high / pixel), 8)
            key = (item.sign, high)
        else:
            em = max(round(item.em / pixel), 6)
            key = (item.lines, em, item.bold)
        kept = self._masks.get(key)
        if kept is None:
            if item.sign:
                pixels = pictograms.mask(item.sign, high)
            else:
                pixels = lettering.mask(self._fonts, item.lines, em, item.bold, centred=True)
            name = gpu.texture(pixels[:, :, None], gl.GL_R8, gl.GL_RED)
            kept = (name, *pixels.shape)
            self._masks[key] = kept
            while len(self._masks) > _KEPT:
                gpu.delete_texture(self._masks.popitem(last=False)[1][0])
        else:
            self._masks.move_to_end(key)
        return kept

    def delete(self):
        self._program.delete()
        self._quad.delete()
        self._corners.delete()
        for name, *_ in self._masks.values():
            gpu.delete_texture(name)


def _to_grid(edge, pixel, count):
    """How far to shift so that an edge falls between two pixels of a picture of so many."""
    at = edge / pixel + count / 2
    return (round(at) - at) * pixel
