"""A tableau as a picture: one soft lamp with its shadow, people, place, ghosts, and the captions over them.

Rule 1: a context must be current from the first call to the last; nothing is read back here.
Rule 2: light is reckoned linear and written as sRGB by the shaders, so any 8-bit target will do (of a headset's sRGB
        swapchain too, with GL_FRAMEBUFFER_SRGB off) and what is see-through blends as the eye expects.
Rule 3: people are skinned once a tableau (`stand`), whatever number of views are drawn of it.
"""

import ctypes
from dataclasses import replace
from pathlib import Path

import numpy as np
from pyglet import gl

from vrtrainer.human import rotations
from vrtrainer.human.skeleton import INDEX
from vrtrainer.sessions.tableau import EMPTY
from vrtrainer.stage import avatar, ghost, gpu, layout, props, scene, vrm
from vrtrainer.stage.captions import Captions
from vrtrainer.stage.surfaces import IDENTITY, Surfaces

SHADOW = 1024  # pixels a side
_REACH = 1.15  # m round the middle of the figures that the shadow map holds, to each side
_WARMEST = np.array([1.06, 1.0, 0.90])  # a lamp 10 % warmer
_HEAD = INDEX["head"]
_BEFORE = 0.16  # m from the middle of the head to before the chest: hands that show something are nearer still


def _floats(array):
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_float))


class Renderer:
    """Draws tableaux with the content of some folders.

    `content` has the folders `avatars`, `scenes` and `assets`; `language` names the keys on buttons.
    """

    def __init__(self, content, language="nl", shadows=True):
        self._content, self._language = content, language
        self._fonts = Path(content.assets) / "fonts"
        self._skin = avatar.skinning()
        self._bones = avatar.Bones()
        self._surfaces = Surfaces(shadows)
        self._flat = gpu.Program("scene.glsl flat.vert", "scene.glsl flat.frag", blocks=("Scene",))
        ghost.placed_in_the_world(self._flat)
        self._depth = gpu.Program("depth.vert", "depth.frag")
        self._captions = Captions(self._fonts)
        self._shadow = gpu.ShadowMap(SHADOW) if shadows else None
        self._no_shadow = None if shadows else gpu.ShadowMap(1)
        self._block = np.zeros(52, np.float32)
        self._uniforms = gpu.Buffer(gl.GL_UNIFORM_BUFFER, size=self._block.nbytes, usage=gl.GL_STREAM_DRAW)
        self._avatars, self._scenes, self._props = {}, {}, {}
        self._shown = None
        self._people = []  # (figure, its standing, its standing for outlines or None)
        self._shadow_from_world = np.eye(4)
        self._standing, self._placed = (None, []), (None, None)
        self.plane = np.eye(4)
        """World from the plane in which captions stood last (a degree a unit); of use where `eye` was given."""
        gl.glEnable(gl.GL_DEPTH_TEST)
        gl.glBlendFunc(gl.GL_SRC_ALPHA, gl.GL_ONE_MINUS_SRC_ALPHA)

    # What is there

    def prepare(self, avatars=(), place=""):
        """Load avatars and a place before they are first shown."""
        for name in avatars:
            self._avatar(name)
        if place:
            self._scene(place)

    def _avatar(self, name):
        if name not in self._avatars:
            self._avatars[name] = avatar.Avatar(vrm.load(Path(self._content.avatars) / name))
        return self._avatars[name]

    def _scene(self, name):
        if name not in self._scenes:
            self._scenes[name] = scene.Scene(Path(self._content.scenes) / name)
        return self._scenes[name]

    def _prop(self, name):
        if name not in self._props:
            self._props[name] = props.solid(name)
        return self._props[name]

    def tallest(self, shown):
        """Stature in metres of the tallest figure, 0 where there is none."""
        return max((self._avatar(f.avatar).height for f in shown.figures), default=0.0)

    # One tableau

    def stand(self, shown):
        """Put people where they stand and let the lamp see them; needed once for all views of a tableau."""
        if shown is self._shown:
            return
        self._shown = shown
        self._people = []
        gl.glEnable(gl.GL_RASTERIZER_DISCARD)
        for one in self._avatars.values():
            one.begin()
        for figure in shown.figures:
            if figure.opacity <= 0.0:
                continue
            one = self._avatar(figure.avatar)
            standing = one.stand(self._skin, self._bones, figure)
            lined = figure.ghost or figure.highlight
            rim = one.stand(self._skin, self._bones, figure, outward=True) if lined else None
            head = one.joints.position(_HEAD).copy()
            self._people.append((figure, standing, rim, head))
        gl.glDisable(gl.GL_RASTERIZER_DISCARD)
        place = self._scene(shown.scene) if shown.scene else None
        self._light = place.light if place else self._studio()
        if self._shadow is not None and self._people:
            self._cast(shown)

    def _studio(self):
        """Light where there is no place: the lamp stands before whoever is shown, whichever way they face."""
        if not self._people:
            return scene.Light()
        light = scene.Light()
        ahead = np.array(light.to_lamp) * [-1.0, 1.0, -1.0]
        figure = self._people[0][0]
        return replace(light, to_lamp=tuple(rotations.rotate(figure.world_from_avatar.rotation, ahead)))

    def _cast(self, shown):
        """Depth of people and things as the lamp sees them."""
        to_lamp = np.array(self._light.to_lamp)
        to_lamp /= np.linalg.norm(to_lamp)
        heads = np.mean([head for *_, head in self._people], axis=0)
        middle = np.array([heads[0], 0.75, heads[2]])
        side = np.cross([0.0, 1.0, 0.0], to_lamp)
        side /= np.linalg.norm(side)
        out = np.eye(4)
        out[:3, :3] = np.stack([side, np.cross(to_lamp, side), -to_lamp]) / np.array([[_REACH], [_REACH], [2.5]])
        out[:3, 3] = -out[:3, :3] @ middle
        self._shadow_from_world = out
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self._shadow.framebuffer)
        gl.glViewport(0, 0, SHADOW, SHADOW)
        gl.glDepthMask(gl.GL_TRUE)
        gl.glClear(gl.GL_DEPTH_BUFFER_BIT)
        gl.glDisable(gl.GL_CULL_FACE)
        gl.glDisable(gl.GL_BLEND)
        gl.glEnable(gl.GL_POLYGON_OFFSET_FILL)
        gl.glPolygonOffset(1.5, 2.0)
        self._depth.use()
        self._depth_from(out)
        for figure, standing, *_ in self._people:
            # A figure that is still half unseen throws no hard shadow yet; a ghost throws none.
            if figure.ghost or figure.opacity < 0.5:
                continue
            standing.surface.bind()
            solid = [piece for piece in standing.avatar.pieces if not piece.blended]
            if solid:
                count = solid[-1].first + solid[-1].count
                gl.glDrawElements(gl.GL_TRIANGLES, count, gl.GL_UNSIGNED_INT, ctypes.c_void_p(0))
        for prop in shown.props:
            thing = self._prop(prop.name)
            self._depth_from(out @ props.matrix(prop))
            thing.vertices.bind()
            count = sum(piece.count for piece in thing.pieces)
            gl.glDrawElements(gl.GL_TRIANGLES, count, gl.GL_UNSIGNED_INT, ctypes.c_void_p(0))
        gl.glDisable(gl.GL_POLYGON_OFFSET_FILL)

    def _depth_from(self, matrix):
        flat = np.ascontiguousarray(matrix, np.float32)
        gl.glUniformMatrix4fv(self._depth["clip_from_model"], 1, gl.GL_TRUE, _floats(flat))

    # One view of it

    def draw(
        self, shown, view, projection, size, target=0, corner=(), eye=None, after_clear=None, before_captions=None
    ):
        """Draw a tableau into a framebuffer.

        `view` and `projection` are (4, 4); `corner` are buttons that always stand at a flat picture's bottom right.
        With `eye`, a point between both eyes, captions stand in the room as a headset shows them; without, they
        stand flat on the picture. Answers the plan of what was drawn over it, for `layout.chosen`.

        `after_clear` and `before_captions` are called without arguments: right after the clear, and when all of the
        place and its people is there. Both find the target bound, depth tested with GL_LESS and written, all colours
        written and the block `Scene` of this view at binding 0, and leave these so; programs, vertex arrays,
        textures, culling and blending they may change.
        """
        self.stand(shown)
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, target)
        gl.glViewport(0, 0, *size)
        gl.glDepthMask(gl.GL_TRUE)
        background = self._light.background
        brightness = float(shown.brightness) if shown is not EMPTY else 0.0
        self._write_scene(shown, view, projection, brightness)
        clear = [_srgb(c) * brightness for c in background]
        gl.glClearColor(*clear, 1.0)
        gl.glClear(gl.GL_COLOR_BUFFER_BIT | gl.GL_DEPTH_BUFFER_BIT)
        if after_clear is not None:
            after_clear()
        gl.glDisable(gl.GL_BLEND)
        gl.glActiveTexture(gl.GL_TEXTURE1)
        gl.glBindTexture(gl.GL_TEXTURE_2D, (self._shadow or self._no_shadow).texture)
        gl.glActiveTexture(gl.GL_TEXTURE0)
        things = [(self._prop(p.name), props.matrix(p)) for p in shown.props]
        if shown.scene:
            things.append((self._scene(shown.scene).solid, IDENTITY))
        people = [one for one in self._people if not one[0].ghost]
        whole = [one for one in people if one[0].opacity >= 1.0]
        self._bodies(whole, blended=False)
        for thing, matrix in things:
            self._surfaces.draw(thing.vertices, thing.pieces, False, matrix)
        gl.glEnable(gl.GL_BLEND)
        for thing, matrix in things:
            self._surfaces.draw(thing.vertices, thing.pieces, True, matrix)
        self._fading([one for one in people if one[0].opacity < 1.0])
        self._bodies(whole, blended=True)
        for figure, _, rim, _ in people:
            if figure.highlight:
                ghost.highlight(self._flat, rim, figure.highlight, figure.opacity)
        for figure, _, rim, _ in self._people:
            if figure.ghost:
                ghost.draw(self._flat, rim, figure)
        if before_captions is not None:
            before_captions()
        return self._over(shown, view, projection, size, brightness, corner, eye)

    def _write_scene(self, shown, view, projection, brightness):
        warm = 1.0 + (_WARMEST - 1.0) * min(max(shown.warmth, 0.0), 1.0)
        block, light = self._block, self._light
        block[0:16] = (np.asarray(projection, float) @ view).T.reshape(-1)
        block[16:32] = self._shadow_from_world.T.reshape(-1)
        block[32:35] = -(np.asarray(view)[:3, :3].T @ np.asarray(view)[:3, 3])
        to_lamp = np.array(light.to_lamp)
        block[36:39] = to_lamp / np.linalg.norm(to_lamp)
        block[39] = 1.0 / SHADOW
        block[40:43] = light.lamp * warm
        block[43] = brightness
        block[44:47] = light.sky * (1.0 + (warm - 1.0) * 0.5)
        block[47] = 1.0 if self._shadow is not None and self._people else 0.0
        block[48:51] = light.ground
        self._uniforms.write(block)
        gl.glBindBufferBase(gl.GL_UNIFORM_BUFFER, 0, self._uniforms.name)

    def _bodies(self, people, blended):
        for _, standing, *_ in people:
            self._surfaces.draw(standing.surface, standing.avatar.pieces, blended)

    def _fading(self, people):
        """Someone half seen: first their depth alone, so that nothing behind their surface shines through."""
        for figure, standing, *_ in people:
            body = (standing.surface, standing.avatar.pieces)
            gl.glColorMask(gl.GL_FALSE, gl.GL_FALSE, gl.GL_FALSE, gl.GL_FALSE)
            self._surfaces.draw(*body, blended=False)
            gl.glColorMask(gl.GL_TRUE, gl.GL_TRUE, gl.GL_TRUE, gl.GL_TRUE)
            gl.glDepthFunc(gl.GL_LEQUAL)
            self._surfaces.draw(*body, blended=False, opacity=figure.opacity)
            self._surfaces.draw(*body, blended=True, opacity=figure.opacity)
            gl.glDepthFunc(gl.GL_LESS)

    def _over(self, shown, view, projection, size, brightness, corner, eye):
        if eye is None:
            high = float(np.degrees(2 * np.arctan(1.0 / projection[1][1])))
            wide = high * size[0] / max(size[1], 1)
            items = layout.flat(shown, wide, high, self._fonts, self._language, corner)
            matrix = np.diag([2.0 / wide, 2.0 / high, 0.0, 1.0])
            self._captions.draw(items, matrix, high / max(size[1], 1), brightness, size)
            return items
        # Both eyes see the same plan at the same place: it is worked out once a tableau, words once a change.
        words = (shown.captions, shown.buttons, shown.dots, shown.turn.phase, corner)
        if words != self._standing[0]:
            self._standing = (words, layout.standing(shown, self._fonts, self._language, corner))
        items = self._standing[1]
        if self._placed[0] is not shown or self._placed[1] is not eye:
            heads = [head for figure, _, _, head in self._people if not figure.ghost]
            face = heads[0] + np.array([0.0, 0.06, 0.0]) if heads else np.asarray(eye) + np.array([0.0, 0.0, -1.5])
            self.plane, self._placed = standing_plane(face, eye), (shown, eye)
        matrix = np.asarray(projection, float) @ view @ self.plane
        pixel = float(np.degrees(2 / projection[1][1])) / max(size[1], 1)
        self._captions.draw(items, matrix, pixel, brightness, behind=True)
        return items

    def delete(self):
        """Give everything back; the context must be current."""
        owned = [*self._avatars.values(), *self._scenes.values(), *self._props.values(), self._captions, self._bones]
        owned += [self._skin, self._surfaces, self._flat, self._depth, self._uniforms, self._shadow or self._no_shadow]
        for thing in owned:
            thing.delete()


def standing_plane(face, eye):
    """World from the captions' plane: upright, before the avatar, 10 degrees below its face, a degree a unit."""
    eye = np.asarray(eye, float)
    away = np.asarray(face, float) - eye
    level = max(np.hypot(away[0], away[2]), 1e-6)
    distance = max(level - _BEFORE, 0.5)
    ahead = np.array([away[0], 0.0, away[2]]) / level
    pitch = np.arctan2(away[1], level) - np.radians(layout.BELOW_FACE)
    origin = eye + ahead * distance + np.array([0.0, distance * np.tan(pitch), 0.0])
    back = eye - origin
    reach = np.linalg.norm(back)
    back /= reach
    right = np.cross([0.0, 1.0, 0.0], back)
    right /= np.linalg.norm(right)
    out = np.eye(4)
    unit = reach * np.tan(np.radians(1.0))
    out[:3, 0], out[:3, 1], out[:3, 2], out[:3, 3] = right * unit, np.cross(back, right) * unit, back * unit, origin
    return out


def _srgb(c):
    return 12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055
