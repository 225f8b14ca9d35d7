"""The learner's own hands as soft gloves, drawn from the 26 joints of XR_EXT_hand_tracking.

Rule 1: a glove is one surface, the smooth union of tapered capsules: a mesh of each is pushed onto that surface on the
        graphics card, so that palm and fingers read as cloth and not as bones. That is done once a frame (transform
        feedback, as for avatars); each eye's view is then one draw call a hand, two where it is dotted.
Rule 2: only a dotted glove is drawn by the shader that discards (see surfaces).
Rule 3: the block `Scene` (scene.glsl) is bound while gloves are drawn: `Renderer.draw` binds it before it calls its
        `before_captions`.
"""

import ctypes

import numpy as np
from pyglet import gl

from vrtrainer.stage import colours, gpu
from vrtrainer.stage.glove_shape import CAPSULES, MESHED, PALM_CAPSULES, PALM_POINTS, ROUND, Hand, Held, hands_of

__all__ = ["Gloves", "Hand", "hands_of"]

_VARYINGS = ("where", "outward", "on_cloth", "shown")
_STRIDE = 12 * 4  # bytes: place, outward, on the cloth, then level, open air, to the finger


def _mesh(around=16, cap=3, body=4):
    """A capsule to be stretched: vertices (V, 4) as direction and place along the bone 0..1, and its triangles."""
    rows = [(-np.cos(a), np.sin(a), 0.0) for a in np.linspace(0, np.pi / 2, cap + 1)[:-1]]
    rows += [(0.0, 1.0, t) for t in np.linspace(0, 1, body + 1)]
    rows += [(np.sin(a), np.cos(a), 1.0) for a in np.linspace(0, np.pi / 2, cap + 1)[1:]]
    turns = np.linspace(0, 2 * np.pi, around, endpoint=False)
    points = [(out * np.cos(a), out * np.sin(a), z, t) for z, out, t in rows for a in turns]
    return np.array(points, np.float32), _tube(len(rows), around)


def _tube(rows, around):
    """Triangles between rows of so many points; seen from outside they turn against the clock."""
    here = np.arange(around)
    beside = (here + 1) % around
    quads = [
        np.stack([here + low, beside + low, beside + high, here + low, beside + high, here + high], axis=1)
        for low, high in ((r * around, (r + 1) * around) for r in range(rows - 1))
    ]
    return np.concatenate(quads).reshape(-1)


class _Clothed:
    """One hand's block, and the vertices that come of it."""

    def __init__(self, side, count, indices):
        self.held = Held(side)
        self.block = gpu.Buffer(gl.GL_UNIFORM_BUFFER, size=self.held.block.nbytes, usage=gl.GL_STREAM_DRAW)
        self.start = gpu.Buffer(gl.GL_ARRAY_BUFFER, size=self.held.palm.nbytes, usage=gl.GL_STREAM_DRAW)
        self.palm = gpu.Vertices([(0, self.start, 4, gl.GL_FLOAT, 0, 0, "float")])
        self.buffer = gpu.Buffer(gl.GL_ARRAY_BUFFER, size=count * _STRIDE, usage=gl.GL_STREAM_COPY)
        self.surface = gpu.Vertices(
            [(k, self.buffer, 3, gl.GL_FLOAT, _STRIDE, 12 * k, "float") for k in range(4)], indices
        )

    def delete(self):
        for thing in (self.block, self.palm, self.start, self.surface, self.buffer):
            thing.delete()


class Gloves:
    """Draws hands; keeps where each was and how it fades, per side."""

    def __init__(self):
        traits = (f"CAPSULES {CAPSULES}", f"PALM {PALM_CAPSULES}")
        blocks = ("Scene", None, "Hand")
        self._cloth = gpu.Program("glove.glsl cloth.vert", varyings=_VARYINGS, blocks=blocks, traits=traits)
        points, triangles = _mesh()
        self._each = len(points)
        self._solid = self._drawing(traits)
        self._dotted = self._drawing((*traits, "HOLES"))
        self._points = gpu.Buffer(gl.GL_ARRAY_BUFFER, points)
        self._mesh = gpu.Vertices([(0, self._points, 4, gl.GL_FLOAT, 0, 0, "float")])
        firsts = PALM_POINTS + self._each * np.arange(CAPSULES - MESHED)
        palm = _tube(PALM_POINTS // ROUND, ROUND)[::-1]
        triangles = np.concatenate([palm, (triangles + firsts[:, None]).reshape(-1)]).astype(np.uint16)
        self._indices = gpu.Buffer(gl.GL_ELEMENT_ARRAY_BUFFER, triangles)
        self._count = len(triangles)
        count = PALM_POINTS + self._each * (CAPSULES - MESHED)
        self._clothed = {side: _Clothed(side, count, self._indices) for side in ("left", "right")}
        self._clip = np.zeros((4, 4), np.float32)

    def _drawing(self, traits):
        """The program that draws what was clothed, with holes or without."""
        program = gpu.Program(
            "scene.glsl glove.glsl glove.vert", "scene.glsl glove.glsl srgb.glsl glove.frag",
            blocks=("Scene", None, "Hand"), traits=traits,
        )  # fmt: skip
        for name, colour in (("cloth", colours.SAND), ("shade", colours.SLATE), ("cuff", colours.TEAL)):
            gl.glUniform3f(program[name], *colours.linear(colour))
        gl.glUniform1i(program["first_of_fingers"], PALM_POINTS + (PALM_CAPSULES - MESHED) * self._each)
        return program

    def draw(self, hands, view, projection, brightness, time=None):
        """Draw hands, some of which may be gone, with a view and a projection, (4, 4) each.

        `time` in seconds lets them fade; the same time again, for the other eye, changes nothing. Without it they
        stand at once as they are.
        Needs: depth test on with GL_LESS, depth and all colours written. Leaves: the same, culling on.
        """
        given = {hand.side: hand for hand in hands if hand is not None}
        fresh = [one for side, one in self._clothed.items() if one.held.follow(given.get(side), time)]
        self._clothe([one for one in fresh if one.held.visible])
        shown = [one for one in self._clothed.values() if one.held.visible]
        if not shown or brightness <= 0.0:
            return
        np.matmul(projection, view, out=self._clip, casting="same_kind")
        gl.glEnable(gl.GL_CULL_FACE)
        gl.glCullFace(gl.GL_BACK)
        for program, some, one_pass in (
            (self._solid, [one for one in shown if one.held.whole], self._one),
            (self._dotted, [one for one in shown if not one.held.whole], self._depth_first),
        ):
            if not some:
                continue
            program.use()
            gl.glUniformMatrix4fv(
                program["clip_from_stage"], 1, gl.GL_TRUE, self._clip.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
            )
            gl.glUniform1f(program["brightness"], brightness)
            for one in some:
                gl.glBindBufferBase(gl.GL_UNIFORM_BUFFER, 2, one.block.name)
                one.surface.bind()
                one_pass()

    def _clothe(self, fresh):
        """Push the mesh onto the surface of the hands that moved."""
        if not fresh:
            return
        self._cloth.use()
        first = self._cloth["first"]
        gl.glEnable(gl.GL_RASTERIZER_DISCARD)
        for one in fresh:
            one.block.write(one.held.block)
            one.start.write(one.held.palm)
            gl.glBindBufferBase(gl.GL_UNIFORM_BUFFER, 2, one.block.name)
            one.palm.bind()
            gl.glUniform1i(first, 0)
            gl.glBindBufferBase(gl.GL_TRANSFORM_FEEDBACK_BUFFER, 0, one.buffer.name)
            gl.glBeginTransformFeedback(gl.GL_POINTS)
            gl.glDrawArrays(gl.GL_POINTS, 0, PALM_POINTS)
            self._mesh.bind()
            gl.glUniform1i(first, MESHED)
            gl.glDrawArraysInstanced(gl.GL_POINTS, 0, self._each, CAPSULES - MESHED)
            gl.glEndTransformFeedback()
        gl.glDisable(gl.GL_RASTERIZER_DISCARD)

    def _depth_first(self):
        """First the whole glove's depth: between the dots one sees the room, not the glove's own inside."""
        only_depth = self._dotted["only_depth"]
        gl.glUniform1i(only_depth, 1)
        gl.glColorMask(gl.GL_FALSE, gl.GL_FALSE, gl.GL_FALSE, gl.GL_FALSE)
        self._one()
        gl.glColorMask(gl.GL_TRUE, gl.GL_TRUE, gl.GL_TRUE, gl.GL_TRUE)
        gl.glUniform1i(only_depth, 0)
        gl.glDepthFunc(gl.GL_LEQUAL)
        gl.glEnable(gl.GL_BLEND)
        self._one()
        gl.glDepthFunc(gl.GL_LESS)

    def _one(self):
        gl.glDrawElements(gl.GL_TRIANGLES, self._count, gl.GL_UNSIGNED_SHORT, ctypes.c_void_p(0))

    def delete(self):
        """Give everything back; the context must be current."""
        for thing in (
            self._cloth,
            self._solid,
            self._dotted,
            self._mesh,
            self._points,
            *self._clothed.values(),
            self._indices,
        ):
            thing.delete()
