"""What was found on this machine, and what to do about what was not."""

import ctypes.util
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass, field

from vrtrainer.openxr import runtime

_PROBE = """
import os, pyglet
pyglet.options['headless'] = {headless}
from pyglet import gl
window = pyglet.window.Window(64, 64, visible=False)
print(gl.gl_info.get_renderer() + '|' + '.'.join(map(str, gl.gl_info.get_version()[:2])))
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what it is about, how it stands (good, missing, broken or note), what was found, and what to do.

    `what`, `found` and `advice` are keys under `doctor` in assets/language; `values` stand in their braces.
    """

    what: str
    state: str
    found: str
    advice: str = ""
    values: dict = field(default_factory=dict)


def _renderer(headless):
    """Renderer and version, or why there is none; asked in a process of its own, because GL libraries can abort."""
    code = _PROBE.format(headless=headless)
    try:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=40, check=False)
    except subprocess.TimeoutExpired:
        return False, "no answer within 40 s"
    if done.returncode == 0 and "|" in done.stdout:
        renderer, version = done.stdout.strip().splitlines()[-1].split("|")
        return True, f"{renderer}, OpenGL {version}"
    last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
    return False, last[:160]


def _openxr():
    try:
        found = runtime.found()
    except runtime.HeadsetError as error:
        if error.key == "no_openxr_here":
            return Finding("openxr", "missing", "openxr_mac", "use_window")
        if error.key == "no_runtime":
            return Finding("openxr", "missing", "no_runtime", "install_runtime")
        text = f"{error.values['path']}: {error.values['what']}"
        return Finding("openxr", "broken", "plain", "set_runtime", {"text": text})
    return Finding("openxr", "good", "runtime", "headset_next", {"name": found.name, "path": found.path})


def _graphics():
    library = (
        ctypes.util.find_library("GL") or ctypes.util.find_library("OpenGL") or ctypes.util.find_library("opengl32")
    )
    advice = {"linux": "install_gl_linux", "win32": "install_gl_windows"}.get(sys.platform, "svg_until_then")
    if not library:
        yield Finding("opengl", "missing", "no_gl_library", advice)
        return
    screen = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) or sys.platform in ("win32", "darwin")
    if screen:
        good, found = _renderer(headless=False)
        yield Finding("window", "good" if good else "broken", "plain", "" if good else advice, {"text": found})
    else:
        yield Finding("window", "missing", "no_screen", "offscreen_instead")
    if sys.platform == "linux":
        good, found = _renderer(headless=True)
        yield Finding("offscreen", "good" if good else "broken", "plain", "" if good else advice, {"text": found})


def _data(folder):
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".vrtrainer-probe"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        return Finding("data", "broken", "plain", "other_folder", {"text": f"{folder}: {error.strerror or error}"})
    free = shutil.disk_usage(folder).free / 2**30
    values = {"folder": folder, "free": f"{free:.1f}"}
    return (
        Finding("data", "good", "free", "", values)
        if free >= 1
        else Finding("data", "broken", "free", "make_room", values)
    )


def findings(folder, where, counts):
    """Every line of the doctor, one after the other as it is found.

    Parameters
    ----------
    folder : Path
        The data folder.
    where : Path
        Where scenes, avatars and assets were found.
    counts : dict
        How many of each kind of content there are.
    """
    yield Finding("python", "good", "plain", "", {"text": f"{platform.python_version()}, {platform.platform()}"})
    yield Finding("content", "good" if all(counts.values()) else "broken", "counted", "", {**counts, "where": where})
    own = folder / "gestures"
    if own.is_dir():
        yield Finding("own_gestures", "good", "plain", "", {"text": own})
    yield from _graphics()
    yield _openxr()
    yield Finding("webcam", "missing", "no_webcam", "nobody_instead")
    yield _data(folder)


class _Kept:
    """What the runtime offers, asked at the first frame that is seen and at the beginning of each step after it."""

    def __init__(self, link):
        self._link, self._phase = link, None
        self.offered = None

    def post(self, frame, shown, events):
        if frame.state == "active" and shown.turn.phase != self._phase and self._link.session is not None:
            from vrtrainer.openxr import inventory

            self._phase = shown.turn.phase
            self.offered = inventory.of_link(self._link)

    def append(self, frame, seen, orders, events):
        """Nothing is recorded."""

    def close(self):
        """There is nothing to close."""


def headset(options, connect, pace=1.0, length=1.0):
    """The self-check in the headset; its document as `openxr.results` has it, None where nothing was ever shown.

    Parameters
    ----------
    options : Options
        With the link, and with the scene of `openxr.selfcheck` to prepare.
    connect : callable
        Makes the tracker of these options.
    pace, length : float
        How much of the time for reading and for doing is given.

    Raises
    ------
    HeadsetError
    """
    import datetime

    from vrtrainer import app
    from vrtrainer.displays._selfcheck import SelfCheckDisplay
    from vrtrainer.openxr import clock, inventory, results, selfcheck

    link = options.link
    tracker = connect(options)
    check = selfcheck.SelfCheck(
        options.texts["selfcheck"],
        hands=lambda: link.seen.hands if link.seen is not None else (),
        present=lambda: link.present,
        now=clock.now,
        pace=pace,
        length=length,
    )
    display = SelfCheckDisplay(options)
    kept = _Kept(link)
    renderer = display.graphics
    app.run(display, tracker, check, options.commands, kept, kept, link)
    if kept.offered is None:
        return None
    machine = inventory.of_machine(renderer)
    return results.document(check, display.views, kept.offered, machine, datetime.date.today().isoformat())
