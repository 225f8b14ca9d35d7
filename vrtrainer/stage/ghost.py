"""Ghosts and outlines: a see-through body in one colour, and the teal line round one part that is meant."""

import ctypes
import math

from pyglet import gl

from vrtrainer.human.skeleton import PARTS
from vrtrainer.stage import colours

LINE = math.tan(math.radians(0.25))
_FILL = (*colours.rgb(colours.GHOST), 0.45)
_EDGE = (*colours.rgb(colours.OUTLINE), 1.0)


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
    """The mesh grown by a quarter of a degree, seen from inside: only its rim sticks out."""
    gl.glEnable(gl.GL_CULL_FACE)
    gl.glCullFace(gl.GL_FRONT)
    gl.glUniform1f(program["outward"], LINE)
    gl.glUniform1f(program["rounded"], 0.0)
    gl.glUniform4f(program["colour"], *_EDGE[:3], _EDGE[3] * opacity)
    _draw(standing, parts)
    gl.glCullFace(gl.GL_BACK)


def highlight(program, standing, part, opacity):
    """The line round one part of an avatar that has been drawn."""
    program.use()
    standing.outline.bind()
    _outline(program, standing, (part,), opacity)


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
