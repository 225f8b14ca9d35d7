"""Ghosts and outlines: a see-through body in one colour, and the teal line round one part that is meant."""

import ctypes
import math

import numpy as np
from pyglet import gl

from vrtrainer.human.skeleton import PARTS
from vrtrainer.stage import colours, gpu

LINE = math.tan(math.radians(0.25))
_FILL = (*colours.rgb(colours.GHOST), 0.45)
_EDGE = colours.rgb(colours.OUTLINE)
_IDENTITY = np.eye(4, dtype=np.float32)
_CORNERS, _RING = 48, 0.0035  # of an ellipse round a part of the face; its line in metres
_LIGHT, _HALO = colours.rgb(colours.LINEN), math.tan(math.radians(0.12))


def _draw(standing, parts):
    """The triangles of some parts; neighbours in the list are drawn in one go."""
    runs = sorted(run for run in (standing.avatar.model.parts.get(part, (0, 0)) for part in parts) if run[1])
    joined = []
    for first, count in runs:
        if joined and joined[-1][0] + joined[-1][1] == first:
            joined[-1] = (joined[-1][0], joined[-1][1] + count)
        else:
            joined.append((first, count))
    for first, count in joined:
        gl.glDrawElements(gl.GL_TRIANGLES, count, gl.GL_UNSIGNED_INT, ctypes.c_void_p(first * 4))


def _outline(program, standing, parts, opacity):
    """The mesh grown by a quarter of a degree, seen from inside: only its rim sticks out.

    A thin light rim round the teal one keeps it in sight on teal clothes.
    """
    gl.glEnable(gl.GL_CULL_FACE)
    gl.glCullFace(gl.GL_FRONT)
    gl.glUniform1f(program["rounded"], 0.0)
    for angle, colour in ((LINE, _EDGE), (LINE + _HALO, _LIGHT)):
        gl.glUniform1f(program["outward"], angle)
        gl.glUniform4f(program["colour"], *colour, opacity)
        _draw(standing, parts)
    gl.glCullFace(gl.GL_BACK)


def highlight(program, standing, part, opacity):
    """The line round one part of an avatar that has been drawn."""
    program.use()
    standing.outline.bind()
    if part in PARTS:
        _outline(program, standing, (part,), opacity)
        return
    # A part of the face lies in the skin: an ellipse stands before it, and moves with the head.
    rings = standing.avatar.rings.get(part)
    if rings is None:
        return
    gl.glDisable(gl.GL_CULL_FACE)
    gl.glUniform1f(program["outward"], 0.0)
    gl.glUniform1f(program["rounded"], 0.0)
    head = np.ascontiguousarray(standing.head)
    gl.glUniformMatrix4fv(
        program["world_from_model"], 1, gl.GL_TRUE, head.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
    )
    rings.vertices.bind()
    for colour, run in zip((_EDGE, _LIGHT), rings.runs, strict=True):
        gl.glUniform4f(program["colour"], *colour, opacity)
        gl.glDrawElements(gl.GL_TRIANGLES, run[1], gl.GL_UNSIGNED_INT, ctypes.c_void_p(run[0] * 4))
    placed_in_the_world(program)


class Rings:
    """The ellipses round one part of a face: the teal line, then its light rim, as runs of indices."""

    def __init__(self, ellipses):
        turns = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
        circle = np.stack([np.cos(turns), np.sin(turns)], axis=1)
        points, indices, self.runs = [], [], []
        for width, back in ((_RING, 0.0), (2 * _RING, 0.0004)):
            first = sum(map(len, indices))
            for x, y, z, wide, high in ellipses:
                start = sum(map(len, points))
                for grow in (-width / 2, width / 2):
                    flat = circle * [wide + grow, high + grow] + [x, y]
                    points.append(np.column_stack([flat, np.full(_CORNERS, z + back)]))
                a = np.arange(_CORNERS)
                b = (a + 1) % _CORNERS
                quad = np.stack([a, b, a + _CORNERS, a + _CORNERS, b, b + _CORNERS], axis=1)
                indices.append(quad.reshape(-1) + start)
            self.runs.append((first, sum(map(len, indices)) - first))
        self._points = gpu.Buffer(gl.GL_ARRAY_BUFFER, np.concatenate(points).astype(np.float32))
        self._indices = gpu.Buffer(gl.GL_ARRAY_BUFFER, np.concatenate(indices).astype(np.uint32))
        self.vertices = gpu.Vertices([(0, self._points, 3, gl.GL_FLOAT, 0, 0, "float")], self._indices)

    def delete(self):
        for thing in (self.vertices, self._points, self._indices):
            thing.delete()


def placed_in_the_world(program):
    """What is drawn next by this program stands in the world already."""
    gl.glUniformMatrix4fv(
        program["world_from_model"], 1, gl.GL_TRUE, _IDENTITY.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
    )


def draw(program, standing, figure):
    """A ghost: first its depth, so that it does not shine through itself, then its fill and its outline."""
    parts = figure.parts or tuple(PARTS)
    program.use()
    standing.outline.bind()
    gl.glDisable(gl.GL_CULL_FACE)
    gl.glUniform1f(program["outward"], 0.0)
    gl.glUniform1f(program["rounded"], 1.0)
    gl.glUniform4f(program["colour"], *_FILL[:3], _FILL[3] * figure.opacity)
    gl.glEnable(gl.GL_POLYGON_OFFSET_FILL)
    gl.glPolygonOffset(1.0, 2.0)  # where it stands in the avatar itself, the avatar is seen
    gl.glColorMask(gl.GL_FALSE, gl.GL_FALSE, gl.GL_FALSE, gl.GL_FALSE)
    _draw(standing, parts)
    gl.glColorMask(gl.GL_TRUE, gl.GL_TRUE, gl.GL_TRUE, gl.GL_TRUE)
    gl.glDepthFunc(gl.GL_LEQUAL)
    _draw(standing, parts)
    gl.glDepthFunc(gl.GL_LESS)
    gl.glDisable(gl.GL_POLYGON_OFFSET_FILL)
    _outline(program, standing, parts, figure.opacity)
