"""The session in a window on a screen; keys and clicks become commands.

Esc stops and space pauses, always; F11 fills the screen; closing the window stops and ends the session.
"""

import time

from vrtrainer.displays._keys import Keys
from vrtrainer.human.frame import Frame
from vrtrainer.stage import camera, context, layout
from vrtrainer.stage.sound import Sounds

SIZE = (1280, 720)
FAREWELL = 1.0  # s that frames go on after the window was closed, for the session to end
_HIDDEN = 1 / 30  # s a frame while nothing can be seen


def available():
    """Whether a window can be expected to open, and the key of the reason."""
    if not context.screen():
        return False, "no_display"
    if not context.library():
        return False, "no_gl"
    return True, "display_found"


def connect(options):
    return WindowDisplay(options)


class WindowDisplay:
    """A window at the screen's own pace. `closed` is True once a person has closed it."""

    def __init__(self, options):
        words = options.texts["window"]
        self._keys = Keys(options, "window")
        self._window = context.window(*SIZE, title=f"{words['title']} · {words['keys']}", samples=options.msaa or 0)
        from vrtrainer.stage.renderer import Renderer  # needs the context

        self._renderer = Renderer(options.content, options.language)
        self._sounds = Sounds(options.content.assets / "sounds")
        self._health = context.Health()
        self._period = 1.0 / context.refresh_rate(self._window)
        self._items = []
        self._visible, self.closed = True, False
        self._window.set_minimum_size(480, 360)
        self._window.push_handlers(
            on_key_press=self._key,
            on_mouse_press=self._click,
            on_mouse_motion=self._hover,
            on_close=self._close,
            on_hide=self._hide,
            on_show=self._show,
        )
        self._pointing, self._degrees = False, 1.0

    # What the learner does

    def _key(self, symbol, modifiers):
        name = context.key_name(symbol)
        if name == "f11":
            self._window.set_fullscreen(not self._window.fullscreen)
        else:
            self._keys.press(name)
        return True  # pyglet's own Esc would close the window

    def _at(self, x, y):
        wide, high = self._window.get_size()
        degree = high / self._degrees  # in the window's own pixels
        return layout.chosen(self._items, (x - wide / 2) / degree, (y - high / 2) / degree)

    def _click(self, x, y, button, modifiers):
        chosen = self._at(x, y)
        if chosen is not None:
            self._keys.put(chosen)

    def _hover(self, x, y, dx, dy):
        pointing = self._at(x, y) is not None
        if pointing != self._pointing:
            self._pointing = pointing
            hand = self._window.CURSOR_HAND if pointing else None
            self._window.set_mouse_cursor(self._window.get_system_mouse_cursor(hand))

    def _close(self):
        if not self.closed:
            self.closed = True
            self._keys.leave()
        return True  # the window itself goes with `close`

    def _hide(self):
        self._visible = False

    def _show(self):
        self._visible = True

    # What the loop asks

    def frames(self):
        """Frames at the screen's pace; time is the clock's, so a late frame skips time."""
        index, last, ending = 0, time.monotonic(), None
        while True:
            self._window.dispatch_events()
            now = time.monotonic()
            if self.closed:
                ending = ending or now
                if now - ending > FAREWELL:
                    return
            period = self._period if self._visible else _HIDDEN
            # Where the screen's own pace is not kept by flip (no vsync, hidden), the rest of the period is slept.
            rest = period - (now - last)
            if rest > 0.2 * period:
                time.sleep(rest)
            last = max(time.monotonic(), last)
            yield Frame(index, last, period, should_render=self._visible and not self.closed)
            index += 1

    def draw(self, frame, shown):
        self._keys.shown = shown
        self._sounds.play(shown, frame.time)
        if not frame.should_render:
            return
        with self._health.drawing():
            context.use(self._window)
            size = self._window.get_framebuffer_size()
            seen = camera.learner(size, tallest=self._renderer.tallest(shown))
            self._degrees = seen.high
            self._items = self._renderer.draw(shown, seen.view, seen.projection, size, corner=self._keys.always())
            self._window.flip()

    def close(self):
        self._sounds.close()
        context.use(self._window)
        self._renderer.delete()
        self._window.close()
