"""A GL context: a window's or one without a screen. All of pyglet that is private or must come first is in this file.

Rule 1: pyglet cannot change from windows to no screen within a process; whoever comes first decides.
Rule 2: whatever goes wrong with GL is one `GraphicsError` that says what to install.
"""

import contextlib
import ctypes.util
import os
import sys
import warnings

ADVICE = {
    "linux": "install OpenGL: apt install libgl1 libegl1 libgl1-mesa-dri (Debian, Ubuntu)",
    "win32": "update the graphics driver",
}.get(sys.platform, "this needs OpenGL 3.3 or newer")
AGAIN = "start again; where it comes back, update the graphics driver"
_GONE = {0x0505: "out of memory", 0x0507: "context lost"}
_IN_A_ROW = 3  # other errors may come and go


class GraphicsError(RuntimeError):
    """Nothing can be drawn on this machine: why, and what to install."""


def library():
    """Whether there is an OpenGL library at all; looks for the file and loads nothing."""
    names = ("GL", "EGL") if sys.platform == "linux" else ("OpenGL", "opengl32")
    found = [ctypes.util.find_library(name) for name in names]
    return all(found) if sys.platform == "linux" else any(found)


def screen():
    """Whether there is a screen to open a window on."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _pyglet(headless):
    """pyglet with its options set before anything of it that reads them."""
    try:
        import pyglet
    except ImportError as error:
        raise GraphicsError(f"pyglet cannot be imported ({error}); install vrtrainer again") from None
    if "pyglet.gl" not in sys.modules:
        pyglet.options["debug_gl"] = False  # asks for an error after every call, which doubles the time of a frame
        pyglet.options["shadow_window"] = False  # all objects live in one context
        pyglet.options["headless"] = headless
    return pyglet


def _open(pyglet, samples, version=(3, 3), **window):
    try:
        from pyglet import gl

        if not hasattr(gl, "Config"):
            raise GraphicsError(f"there is no OpenGL here; {ADVICE}")
    except ImportError as error:
        raise GraphicsError(f"there is no OpenGL library ({error}); {ADVICE}") from None
    try:
        import pyglet.window

        failures = (
            gl.ContextException,
            gl.ConfigException,
            gl.GLException,
            gl.lib.MissingFunctionException,
            pyglet.window.WindowException,
            OSError,
            ValueError,
            AttributeError,  # pyglet where a driver answers nothing
            ctypes.ArgumentError,
            getattr(sys.modules.get("pyglet.display.xlib"), "NoSuchDisplayException", OSError),  # of a screen named
        )
    except (ImportError, OSError) as error:
        raise GraphicsError(f"OpenGL does not start ({error}); {ADVICE}") from None
    tries = [samples, 0] if samples else [0]
    for count in tries:
        config = gl.Config(
            major_version=version[0], minor_version=version[1], forward_compatible=True, double_buffer=True,
            depth_size=24, sample_buffers=1 if count else 0, samples=count,
        )  # fmt: skip
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # that no device was found is said by the error below
                opened = pyglet.window.Window(config=config, **window)
        except failures as error:
            why = str(error) or type(error).__name__
            continue
        found = _version(gl, opened)
        if found < version:
            opened.close()
            wanted = ".".join(map(str, version))
            raise GraphicsError(f"OpenGL {found[0]}.{found[1]} is too old; expected {wanted} or newer: {ADVICE}")
        return opened
    raise GraphicsError(f"OpenGL refuses a picture ({why}); {ADVICE}")


def _version(gl, opened):
    """The context's own version: pyglet's note of it may be that of one that is closed, or of none (0.0)."""
    opened.switch_to()
    found = []
    for name in (gl.GL_MAJOR_VERSION, gl.GL_MINOR_VERSION):
        value = gl.GLint()
        gl.glGetIntegerv(name, value)
        found.append(value.value)
    return tuple(found)


def window(width, height, title, samples=0, fullscreen=False, visible=True, vsync=True, version=(3, 3)):
    """A window, resizable, at the screen's own pace or (without `vsync`) at that of whoever flips it."""
    if not screen():
        raise GraphicsError(
            "there is no screen (DISPLAY is not set); run it where there is one, or --display offscreen"
        )
    pyglet = _pyglet(headless=False)
    if pyglet.options["headless"]:
        raise GraphicsError("this process draws without a screen already; open the window in a process of its own")
    return _open(
        pyglet, samples, version, width=width, height=height, caption=title, resizable=True, vsync=vsync,
        fullscreen=fullscreen, visible=visible,
    )  # fmt: skip


def offscreen():
    """A context that nobody sees: without a screen on Linux, a hidden window elsewhere or beside a window."""
    pyglet = _pyglet(headless=sys.platform == "linux")
    if not pyglet.options["headless"] and not screen():
        raise GraphicsError("this process was set up for windows, and there is no screen")
    return _open(pyglet, 0, width=16, height=16, visible=False, vsync=False)


def use(opened):
    """Make a context the current one, where it is not: asking the driver costs more than looking."""
    from pyglet import gl

    if gl.current_context is not opened.context:
        opened.switch_to()


def native(opened):
    """The operating system's own names for a window's context, as a headset's runtime asks for them.

    A dict: on Linux `display`, `fbconfig`, `visualid`, `drawable`, `context`, on Windows `hdc`, `hglrc`; addresses and
    numbers as int. These are private names of pyglet 2.1.
    """

    def address(value):
        return ctypes.cast(value, ctypes.c_void_p).value

    context = opened.context
    if sys.platform == "win32":
        return {"hdc": context.canvas.hdc, "hglrc": context._context}
    return {
        "display": address(context.x_display),
        "fbconfig": address(context.config.fbconfig),
        "visualid": int(context.config.get_visual_info().visualid),
        "drawable": int(context.glx_window),
        "context": address(context.glx_context),
    }


class Health:
    """Whether OpenGL still draws in a context, as after a reset of the graphics card it may not.

    Errors are asked for at every `every`-th drawing; asking makes some drivers wait.
    """

    def __init__(self, every=60):
        self._every, self._count, self._bad = every, 0, 0

    @contextlib.contextmanager
    def drawing(self):
        """Around what is drawn: a `GraphicsError` where nothing is drawn any more."""
        from pyglet import gl

        try:
            yield
            self._count += 1
            if self._count % self._every == 0:
                self._look(gl)
        except (gl.GLException, gl.ContextException, ctypes.ArgumentError) as error:
            raise GraphicsError(f"OpenGL does not draw any more ({error}); {AGAIN}") from error

    def _look(self, gl):
        code = gl.glGetError()
        if not code:
            self._bad = 0
            return
        for _ in range(16):  # each kind of error is kept once; a context that is lost answers for ever
            if not gl.glGetError():
                break
        self._bad += 1
        if code in _GONE or self._bad >= _IN_A_ROW:
            raise GraphicsError(f"OpenGL does not draw any more ({_GONE.get(code, hex(code))}); {AGAIN}")


def renderer_name():
    """What draws in the current context, e.g. llvmpipe."""
    from pyglet import gl

    return gl.gl_info.get_renderer()


def refresh_rate(opened):
    """Pictures a second of the screen that a window is on, 60 where it does not say."""
    try:
        rate = float(opened.screen.get_mode().rate or 0)
    except (AttributeError, TypeError, ValueError):
        return 60.0
    return rate if 24 <= rate <= 500 else 60.0


def key_name(symbol):
    """A key as `Button.key` names it: enter, space, escape, f11, a letter, a digit (also of the number pad)."""
    from pyglet.window import key

    name = key.symbol_string(symbol).lower()
    name = {"return": "enter", "num_enter": "enter"}.get(name, name)
    return name.removeprefix("num_").removeprefix("_")
