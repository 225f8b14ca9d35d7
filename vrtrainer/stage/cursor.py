"""Where the learner points: a round cursor on the captions' plane, a ring that fills while they stay, a thin ray.

Rule 1: it is quiet: nothing pulses, nothing flashes; pressed, the cursor closes.
"""

import ctypes

import numpy as np
from pyglet import gl

from vrtrainer.stage import colours, gpu

ACROSS = 0.8  # degrees, the cursor with its rim
DWELL = 1.5  # degrees, the ring that fills round it
_RAY = 0.0011  # half width of the ray as a tangent of the eye
_SHOWN = 0.6  # of the ray where it is clearest


def _floats(array):
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_float))


class Cursor:
    """Draws the cursor over captions and the ray in the room."""

    def __init__(self):
        self._round = gpu.Program("cursor.vert", "cursor.frag")
        gl.glUniform3f(self._round["ring"], *colours.rgb(colours.TEAL))
        gl.glUniform3f(self._round["rim"], *colours.rgb(colours.LINEN))
        gl.glUniform2f(self._round["sizes"], ACROSS / 2, DWELL / 2)
        self._ray = gpu.Program("ray.vert", "ray.frag")
        gl.glUniform3f(self._ray["core"], *colours.rgb(colours.TEAL))
        gl.glUniform3f(self._ray["rim"], *colours.rgb(colours.LINEN))
        gl.glUniform2f(self._ray["looks"], _RAY, _SHOWN)
        corners = np.float32([[-1, -1], [1, -1], [-1, 1], [1, 1]])
        self._corners = gpu.Buffer(gl.GL_ARRAY_BUFFER, corners)
        self._quad = gpu.Vertices([(0, self._corners, 2, gl.GL_FLOAT, 0, 0, "float")])

    def draw(self, clip_from_plane, x_deg, y_deg, progress, pressed, brightness):
        """Draw the cursor at a place of the captions' plane, over whatever is there.

        `clip_from_plane` (4, 4) as captions have it, whose unit is a degree; `progress` 0..1 of the dwell, 0 for none.
        Leaves: depth test on, blending on, culling off.
        """
        if brightness <= 0.0:
            return
        gl.glDisable(gl.GL_DEPTH_TEST)
        gl.glDisable(gl.GL_CULL_FACE)
        gl.glEnable(gl.GL_BLEND)
        program = self._round
        program.use()
        flat = np.ascontiguousarray(clip_from_plane, np.float32)
        gl.glUniformMatrix4fv(program["clip_from_plane"], 1, gl.GL_TRUE, _floats(flat))
        gl.glUniform2f(program["place"], x_deg, y_deg)
        gl.glUniform3f(program["now"], min(max(progress, 0.0), 1.0), 1.0 if pressed else 0.0, brightness)
        self._quad.bind()
        gl.glDrawArrays(gl.GL_TRIANGLE_STRIP, 0, 4)
        gl.glEnable(gl.GL_DEPTH_TEST)

    def draw_ray(self, origin, end, view, projection, brightness):
        """Draw a thin ray between two points in metres; it comes up out of the hand and fades towards its end.

        Whatever stands before it covers it. Needs: depth test on. Leaves: depth written, blending on, culling off.
        """
        if brightness <= 0.0:
            return
        gl.glDisable(gl.GL_CULL_FACE)
        gl.glEnable(gl.GL_BLEND)
        gl.glDepthMask(gl.GL_FALSE)
        program = self._ray
        program.use()
        for name, matrix in (("eye_from_stage", view), ("clip_from_eye", projection)):
            gl.glUniformMatrix4fv(program[name], 1, gl.GL_TRUE, _floats(np.ascontiguousarray(matrix, np.float32)))
        gl.glUniform3f(program["origin"], *map(float, origin))
        gl.glUniform3f(program["end"], *map(float, end))
        gl.glUniform1f(program["brightness"], brightness)
        self._quad.bind()
        gl.glDrawArrays(gl.GL_TRIANGLE_STRIP, 0, 4)
        gl.glDepthMask(gl.GL_TRUE)

    def delete(self):
        """Give everything back; the context must be current."""
        for thing in (self._round, self._ray, self._quad, self._corners):
            thing.delete()
