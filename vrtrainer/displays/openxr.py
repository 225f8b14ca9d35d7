"""The session in a headset, and beside it a window on the screen for whoever stands by.

Rule 1: what is seen never moves of itself: nothing is fixed to the head, and captions stay where they were put until
        the words change or the learner has moved.
Rule 2: the window is drawn after the headset's frame has ended, at most 30 times a second, and never waited for.
Rule 3: whatever is lost shows as a frame that sleeps and a pause of the session; nothing here ends it.
"""

import math
import struct
import time
from dataclasses import replace

import numpy as np

from vrtrainer.displays._keys import Keys
from vrtrainer.human.frame import ASLEEP, Frame
from vrtrainer.openxr import runtime
from vrtrainer.openxr.wishes import Wishes
from vrtrainer.sessions.commands import Command
from vrtrainer.sessions.manner import Manner
from vrtrainer.sessions.tableau import EMPTY
from vrtrainer.stage import camera, context, layout
from vrtrainer.stage.sound import Sounds

WISHES = Wishes(
    required=("XR_KHR_opengl_enable",),
    optional=("XR_KHR_composition_layer_depth", "XR_KHR_visibility_mask", "XR_FB_display_refresh_rate"),
)
SIZE = (960, 720)  # of the window beside
SPECTATORS = ("eye", "room", "off")
DWELL = 1.2  # s (EXPERIENCE 5)
FAREWELL = 1.0  # s that frames go on after the runtime has closed us, for the session to end
FADE = 0.4  # s
_WINDOW_EVERY = 1 / 30  # s
_HIDDEN_EVERY = 0.25  # s between questions to a window that nobody sees
_MOVED = 0.35  # m of the head after which captions are put anew
_SLOW = 0.6  # s in which the view from the room follows the head
_ROWS = struct.Struct("=12d")  # the first three of a matrix


def available():
    """Whether a headset's runtime is announced on this machine, and the key of the reason."""
    try:
        runtime.found()
    except runtime.HeadsetError as error:
        return False, error.key
    if not context.screen():
        return False, "headset_needs_screen"
    return (True, "runtime_found") if context.library() else (False, "no_gl")


def connect(options):
    return OpenXrDisplay(options)


class OpenXrDisplay:
    """A headset through the Link in `options.link`."""

    def __init__(self, options):
        from vrtrainer.openxr import calls, graphics
        from vrtrainer.openxr.pump import Pump

        self._failed, self._lost = calls.CallError, (calls.SessionLostError, calls.InstanceLostError)
        self._link, self._options = options.link, options
        self._words = options.texts
        self._keys = Keys(options, "headset")
        self._spectator = options.spectator
        needed = max((3, 3), self._link.offers.gl_needed or (3, 3))
        title = f"{self._words['window']['title']} · {self._words['window']['keys']}"
        self._title = title
        try:
            self._window = context.window(
                *SIZE, title=title, visible=self._spectator != "off", vsync=False, version=needed
            )
        except context.GraphicsError as error:
            raise runtime.HeadsetError("gl_not_accepted", call="OpenGL", what=str(error), name="") from error
        from vrtrainer.stage import targets
        from vrtrainer.stage.cursor import Cursor
        from vrtrainer.stage.gloves import Gloves
        from vrtrainer.stage.renderer import Renderer

        # All is loaded before the session begins: the first frame that is seen must not wait for a file.
        self._renderer = Renderer(options.content, options.language)
        self._renderer.prepare(*options.prepare)
        self._gloves, self._cursor = Gloves(), Cursor()
        self._sounds = Sounds(options.content.assets / "sounds")
        self._health = context.Health()
        self._pump = Pump(self._link)
        self._eyes, self._generation = None, 0
        self._drawn_into, self._targets, self._hidden = targets, {}, ()
        self._views, self._views_memory, self._fovs = (), (), b""
        self._items, self._anchor, self._anchored = [], None, None
        self._dwell = Manner().dwell_s if options.dwell_s is None else options.dwell_s
        self._middle, self._dwelt, self._dwell_since, self._armed = None, None, 0.0, True
        self._fade, self._faded = 0.0, math.inf
        self._window_due, self._window_eye, self._events_due = 0.0, None, 0.0
        self._trouble, self.closed = "", False
        self._window.set_minimum_size(320, 240)
        self._window.push_handlers(on_key_press=self._key, on_close=self._close)
        context.use(self._window)
        self._link.start(graphics.binding(context.native(self._window)))

    # The window beside

    def _key(self, symbol, modifiers):
        name = context.key_name(symbol)
        if name == "f11":
            self._window.set_fullscreen(not self._window.fullscreen)
        elif name == "f5":
            self._link.recentre_due = True
        else:
            self._keys.press(name)
        return True

    def _close(self):
        if not self.closed:
            self.closed = True
            self._keys.leave()
        return True

    # What the loop asks

    def frames(self):
        """Frames at the headset's pace; at 20 Hz while it sleeps or is lost."""
        last, ending = None, None
        for frame in self._pump.frames():
            self._heard()
            if self.closed:
                ending = ending or time.monotonic()
                if time.monotonic() - ending > FAREWELL:
                    return
            last = frame
            yield frame
        self._keys.leave()  # closed from the runtime's own menu
        until = time.monotonic() + FAREWELL
        while time.monotonic() < until:
            time.sleep(0.05)
            last = Frame(last.index + 1 if last else 0, max(time.monotonic(), last.time if last else 0.0), 0.05,
                         0, False, ASLEEP)  # fmt: skip
            yield last

    def _heard(self):
        """What happened to the headset, said to the session and, once, to whoever sits at the screen."""
        now = time.monotonic()
        if now >= self._events_due:  # asking the window system costs as much as all of the session's calm place
            self._events_due = now + (_WINDOW_EVERY if self._spectator != "off" else _HIDDEN_EVERY)
            self._window.dispatch_events()
        for name, _ in self._link.took():
            if name == "lost":
                self._options.commands.put(Command("pause", "", "runtime", "headset_lost"))
            elif name == "recentred":
                self._anchor, self._fade = None, 0.0
        trouble = self._link.trouble()
        if trouble != self._trouble:
            self._trouble = trouble
            said = self._words["headset"].get(trouble or "headset_back", "")
            if trouble not in ("headset_off",) or self._link.generation:
                self._options.say(said.format(name=self._link.runtime,
                                              call="", what=""))  # fmt: skip
            self._window.set_caption(f"{self._title} · {said}" if trouble else self._title)

    def draw(self, frame, shown):
        self._keys.shown = shown
        self._sounds.play(shown, frame.time)
        if not self._pump.begin():
            self._beside(frame, shown)
            return
        count, layers = 0, None
        with self._health.drawing():
            if frame.should_render:
                count, layers = self._drawn(frame, shown)
            self._pump.end(count, layers)
            self._beside(frame, shown)

    def _drawn(self, frame, shown):
        """The headset's picture; (0, None) where there is none this time."""
        link = self._link
        context.use(self._window)
        try:
            if self._generation != link.generation:
                self._make_eyes()
            if link.recentre_due:
                link.recentre(frame.xr_time)
            if link.mask_changed:
                self._make_hidden()
            if not self._eyes.locate(link.space, frame.xr_time):
                return 0, None
            images = self._free_images()
            if images is None:
                return 0, None
            self._paint(frame, shown, images)
            return self._eyes.submit(link.space)
        except self._failed as error:
            # One picture is lost. Where the runtime refuses its swapchains, they are made anew with a new session.
            if isinstance(error, self._lost) or "Swapchain" in error.call:
                link.failed(error)
        return 0, None

    def _free_images(self):
        """Indices of the images to draw into, colour then depth, or None while one is still in use."""
        out, free = [], True
        for chain in (*self._eyes.color, *self._eyes.depth):
            index = chain.image()
            free = free and index is not None
            out.append(index)
        return out if free else None

    def _make_eyes(self):
        from vrtrainer.openxr.swapchains import Eyes

        for target in self._targets.values():
            target.delete()
        self._targets = {}
        self._eyes = Eyes(self._link, camera.NEAR, camera.FAR)
        for size in set(self._eyes.sizes):
            form = self._eyes.depth_format if self._eyes.depth else None
            self._targets[size] = self._drawn_into.EyeTarget(size, self._options.msaa, form)
        self._views, self._fovs = tuple((np.eye(4), np.zeros((4, 4))) for _ in self._eyes.sizes), b""
        self._views_memory = tuple(memoryview(view).cast("B") for view, _ in self._views)
        self._make_hidden()
        self._generation, self._anchor, self._fade = self._link.generation, None, 0.0

    def _make_hidden(self):
        from vrtrainer.openxr import graphics
        from vrtrainer.stage.hidden import HiddenArea

        for area in self._hidden:
            if area is not None:
                area.delete()
        masks = [graphics.visibility_mask(self._link, k) for k in range(self._eyes.count)]
        self._hidden = tuple(HiddenArea(*mask) if mask is not None else None for mask in masks)
        self._link.mask_changed = False

    def _paint(self, frame, shown, images):
        eyes = self._eyes
        # By the time that has passed, not by frames, of which some may be missed.
        passed, self._faded = frame.time - self._faded, frame.time
        self._fade = min(self._fade + min(max(passed, 0.0), 0.1) / FADE, 1.0) if shown is not EMPTY else 0.0
        if self._fade < 1.0:
            shown = replace(shown, brightness=shown.brightness * self._fade)
        poses = eyes.poses.tolist()
        for pose, memory in zip(poses, self._views_memory, strict=True):
            _view(pose, memory)
        fovs = eyes.fovs.tobytes()
        if fovs != self._fovs:  # hardly ever
            self._fovs = fovs
            for k, (_, projection) in enumerate(self._views):
                _projection(eyes.fovs[k], projection)
        middle = np.array([sum(of) / eyes.count for of in zip(*(pose[4:] for pose in poses), strict=True)])
        self._middle = middle
        self._put_captions(shown, middle)
        seen = self._link.seen
        hands = seen.hands if seen is not None else ()
        always = () if self._can_press() else self._keys.always()
        pointed = self._pointed(frame, seen, middle)  # at what stood there a frame ago
        for k, (view, projection) in enumerate(self._views):
            target = self._targets[eyes.sizes[k]]
            hidden = self._hidden[k]

            def gloves(view=view, projection=projection):
                self._gloves.draw(hands, view, projection, shown.brightness, frame.time)
                if pointed is not None and pointed[4] is not None:
                    end = (self._renderer.plane @ np.array([*pointed[:2], 0.0, 1.0]))[:3]
                    self._cursor.draw_ray(pointed[4][0], end, view, projection, shown.brightness)

            self._items = self._renderer.draw(
                shown, view, projection, eyes.sizes[k], target.framebuffer, corner=always, eye=self._anchor,
                after_clear=None if hidden is None else lambda h=hidden, p=projection: h.draw(p),
                before_captions=gloves,
            )  # fmt: skip
            if pointed is not None:
                x, y, progress, pressed, _ = pointed
                self._cursor.draw(projection @ view @ self._renderer.plane, x, y, progress, pressed, shown.brightness)
            chain, left = eyes.where[k]
            depth = eyes.depth[chain].images[images[len(eyes.color) + chain]] if eyes.depth else None
            target.resolve(eyes.color[chain].images[images[chain]], depth, left)
        self._drawn_into.finish()
        for chain in (*eyes.color, *eyes.depth):
            chain.release()

    # Captions and choices

    def _put_captions(self, shown, middle):
        """Captions are put where the eyes are now when the words change or the learner has moved, and then stay."""
        words = (shown.captions, tuple(b.name for b in shown.buttons))
        moved = self._anchor is not None and math.dist(self._anchor, middle) > _MOVED
        if self._anchor is None or moved or words != self._anchored:
            self._anchor, self._anchored = middle, words

    def _can_press(self):
        """Whether the learner has a hand or a button to choose with."""
        seen = self._link.seen
        return seen is not None and seen.points

    def _pointed(self, frame, seen, middle):
        """(x, y, progress, pressed, ray or None) on the captions' plane, None where nothing there is pointed at."""
        if not any(item.button is not None for item in self._items):
            self._dwelt = None
            return None
        rays = [seen.ray] if seen is not None and seen.ray is not None else []
        for ray in rays:
            at = _meets(ray[0], ray[1], self._renderer.plane)
            if at is None or max(abs(at[0]), abs(at[1])) > 30:
                continue
            button = layout.chosen(self._items, *at)
            if seen.pressed and button is not None:
                self._keys.put(button)
            self._dwelt = None
            return (*at, 0.0, seen.pressed, ray)
        if rays or self._can_press():
            self._dwelt = None
            return None
        # With neither hands nor buttons, looking at a choice for a while chooses it.
        back = self._eyes.poses[0, :4]
        ahead = -_axis_z(back)
        at = _meets(middle, ahead, self._renderer.plane)
        if at is None:
            self._dwelt = None
            return None
        button = layout.chosen(self._items, *at)
        if (
            button is None
            or self._dwelt is None
            or button.name != self._dwelt.name
            or button.value != self._dwelt.value
        ):
            self._dwelt, self._dwell_since, self._armed = button, frame.time, True
        dwell = self._dwell
        share = min((frame.time - self._dwell_since) / dwell, 1.0) if button is not None and dwell > 0 else 0.0
        if share >= 1.0 and self._armed:
            self._armed = False  # it has to be left before it can be chosen again
            self._keys.put(button)
        return (*at, share if self._armed else 0.0, False, None)

    # Beside

    def _beside(self, frame, shown):
        """The window for whoever stands by."""
        if self._spectator == "off":
            return
        now = time.monotonic()
        if now < self._window_due:
            return
        self._window_due = now + _WINDOW_EVERY
        context.use(self._window)
        size = self._window.get_framebuffer_size()
        if self._spectator == "eye" and self._targets:
            next(iter(self._targets.values())).to_window(size)
        elif shown is not EMPTY:
            self._from_the_room(frame, shown, size)
        self._window.flip()

    def _from_the_room(self, frame, shown, size):
        """From behind the learner's shoulder, following slowly, so that who watches is not shaken."""
        middle = self._middle if self._middle is not None else np.array([0.0, camera.EYE_HEIGHT, 0.0])
        goal = middle + np.array([0.55, 0.25, 0.9])
        share = 1.0 - math.exp(-_WINDOW_EVERY / _SLOW)
        self._window_eye = goal if self._window_eye is None else self._window_eye + share * (goal - self._window_eye)
        at = np.array([0.0, self._window_eye[1] - 0.35, -1.2])
        seen = camera.looking(self._window_eye, at, size, 58.0)
        hands = self._link.seen.hands if self._link.seen is not None else ()

        def gloves():
            self._gloves.draw(hands, seen.view, seen.projection, shown.brightness, frame.time)

        self._renderer.draw(shown, seen.view, seen.projection, size, 0, before_captions=gloves)

    def close(self):
        self._leave()
        self._sounds.close()
        context.use(self._window)
        for area in self._hidden:
            if area is not None:
                area.delete()
        for thing in (*self._targets.values(), self._gloves, self._cursor, self._renderer):
            thing.delete()
        self._link.close()  # while the context that it was given still lives
        self._window.close()

    def _leave(self):
        """Fade out and end the session in good order, as long as the runtime plays along."""
        link, shown = self._link, self._keys.shown
        if link.session is None or link.waiter is None:
            return
        until, left = time.monotonic() + FADE, False
        for frame in self._pump.frames():
            now = time.monotonic()
            fade = max((until - now) / FADE, 0.0)
            if self._pump.begin():
                count, layers = 0, None
                if frame.should_render and fade > 0.0 and shown is not EMPTY:
                    count, layers = self._drawn(frame, replace(shown, brightness=shown.brightness * fade))
                self._pump.end(count, layers)
            if now >= until and not left:
                left = True
                if not link.leave():
                    return
            if now > until + 1.0 or link.session is None:
                return


def _axis_z(q):
    x, y, z, w = (float(v) for v in q)
    return np.array([2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)])


def _view(pose, out):
    """Camera from world of an XrPosef (quaternion, position, as numbers), into the memory of a (4, 4)."""
    x, y, z, w, px, py, pz = pose
    xx, yy, zz = 1 - 2 * (y * y + z * z), 1 - 2 * (x * x + z * z), 1 - 2 * (x * x + y * y)
    xy, xz, yz = 2 * (x * y - w * z), 2 * (x * z + w * y), 2 * (y * z - w * x)
    yx, zx, zy = 2 * (x * y + w * z), 2 * (x * z - w * y), 2 * (y * z + w * x)
    # The columns of the rotation are the rows of its inverse.
    _ROWS.pack_into(
        out, 0,
        xx, yx, zx, -(xx * px + yx * py + zx * pz),
        xy, yy, zy, -(xy * px + yy * py + zy * pz),
        xz, yz, zz, -(xz * px + yz * py + zz * pz),
    )  # fmt: skip


def _projection(fov, out):
    """Projection of an XrFovf, whose four angles differ, into a (4, 4)."""
    left, right, up, down = (math.tan(v) for v in fov.tolist())
    near, far = camera.NEAR, camera.FAR
    out[0, 0], out[0, 2] = 2 / (right - left), (right + left) / (right - left)
    out[1, 1], out[1, 2] = 2 / (up - down), (up + down) / (up - down)
    out[2, 2], out[2, 3] = (far + near) / (near - far), 2 * far * near / (near - far)
    out[3, 2] = -1.0


def _meets(origin, direction, plane):
    """Where a ray meets the captions' plane, in its degrees; None where it does not."""
    normal, at = plane[:3, 2], plane[:3, 3]
    towards = float(direction @ normal)
    if abs(towards) < 1e-6:
        return None
    length = float((at - origin) @ normal) / towards
    if length <= 0.0:
        return None
    point = origin + length * direction - at
    unit = float(plane[:3, 0] @ plane[:3, 0])
    return float(point @ plane[:3, 0]) / unit, float(point @ plane[:3, 1]) / unit
