"""What a headset's lens never shows, filled first, so that nothing is shaded there.

Source: OpenXR 1.1, XR_KHR_visibility_mask, hidden triangle mesh.
"""

import ctypes

import numpy as np
from pyglet import gl

from vrtrainer.stage import gpu


class HiddenArea:
    """One eye's hidden triangles: `vertices` (N, 2) tangents to the right and up, `indices` three a triangle."""

    def __init__(self, vertices, indices):
        points = np.ascontiguousarray(vertices, np.float32).reshape(-1, 2)
        corners = np.ascontiguousarray(indices, np.uint32).reshape(-1)
        if len(corners) and (len(corners) % 3 or int(corners.max()) >= len(points)):
            raise ValueError(
                f"hidden area: {len(corners)} indices up to {int(corners.max())} do not make triangles of "
                f"{len(points)} points"
            )
        self._count = len(corners)
        if not self._count:
            return
        self._program = gpu.Program("hidden.vert", "hidden.frag")
        self._points = gpu.Buffer(gl.GL_ARRAY_BUFFER, points)
        self._indices = gpu.Buffer(gl.GL_ELEMENT_ARRAY_BUFFER, corners)
        self._triangles = gpu.Vertices([(0, self._points, 2, gl.GL_FLOAT, 0, 0, "float")], self._indices)

    def draw(self, projection):
        """Write black and the nearest depth, right after the clear; `projection` (4, 4) is that eye's.

        Needs: depth test on, depth and all colours written. Leaves: the same with GL_LESS, blending and culling off.
        What is drawn later without a depth test still covers it, where nobody sees.
        """
        if not self._count:
            return
        flat = np.ascontiguousarray(projection, np.float32)
        gl.glDisable(gl.GL_CULL_FACE)
        gl.glDisable(gl.GL_BLEND)
        gl.glDepthFunc(gl.GL_ALWAYS)
        self._program.use()
        gl.glUniformMatrix4fv(
            self._program["clip_from_eye"], 1, gl.GL_TRUE, flat.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        )
        self._triangles.bind()
        gl.glDrawElements(gl.GL_TRIANGLES, self._count, gl.GL_UNSIGNED_INT, ctypes.c_void_p(0))
        gl.glDepthFunc(gl.GL_LESS)

    def delete(self):
        """Give everything back; the context must be current."""
        if self._count:
            for thing in (self._program, self._triangles, self._points, self._indices):
                thing.delete()
