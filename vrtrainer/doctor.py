"""What was found on this machine, and what to do about what was not."""

import ctypes.util
import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_PROBE = """
import os, pyglet
pyglet.options['headless'] = {headless}
from pyglet import gl
window = pyglet.window.Window(64, 64, visible=False)
print(gl.gl_info.get_renderer() + '|' + '.'.join(map(str, gl.gl_info.get_version()[:2])))
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what, how it stands (`good`, `missing`, `broken` or `note`), what was found, what to do."""

    what: str
    state: str
    found: str
    advice: str = ""


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


def runtime_manifest():
    """The active OpenXR runtime's manifest, by the specification's rules (loader, 'Runtime discovery'), or None."""
    named = os.environ.get("XR_RUNTIME_JSON")
    if named:
        return Path(named)
    if sys.platform == "win32":
        import winreg

        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Khronos\OpenXR\1") as key:
                return Path(winreg.QueryValueEx(key, "ActiveRuntime")[0])
        except OSError:
            return None
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    folders = [home, *map(Path, (os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")), Path("/etc")]
    folders += [Path("/usr/local/share"), Path("/usr/share")]
    return next(
        (f / "openxr/1/active_runtime.json" for f in folders if (f / "openxr/1/active_runtime.json").exists()), None
    )


def _openxr():
    if sys.platform == "darwin":
        return Finding(
            "OpenXR", "missing", "pyopenxr does not run on macOS", "use the window; a headset needs Windows or Linux"
        )
    manifest = runtime_manifest()
    if manifest is None:
        advice = (
            "for a headset: install its software (SteamVR, Meta Quest Link, Monado …) and make it the active runtime"
        )
        return Finding("OpenXR", "missing", "no active runtime", advice)
    try:
        name = json.loads(manifest.read_text(encoding="utf-8"))["runtime"].get("name", manifest.stem)
    except (OSError, ValueError, KeyError) as error:
        return Finding(
            "OpenXR", "broken", f"{manifest}: {error}", "let the headset's software set itself as runtime again"
        )
    return Finding(
        "OpenXR", "note", f"runtime {name}", "this version shows sessions in a window; the headset comes next"
    )


def _graphics():
    library = (
        ctypes.util.find_library("GL") or ctypes.util.find_library("OpenGL") or ctypes.util.find_library("opengl32")
    )
    advice = {
        "linux": "apt install libgl1 libegl1 libgl1-mesa-dri (Debian, Ubuntu); pictures are drawn as SVG until then",
        "win32": "update the graphics driver; pictures are drawn as SVG until then",
    }.get(sys.platform, "pictures are drawn as SVG until then")
    if not library:
        yield Finding("OpenGL", "missing", "no OpenGL library", advice)
        return
    screen = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) or sys.platform in ("win32", "darwin")
    if screen:
        good, found = _renderer(headless=False)
        yield Finding("window", "good" if good else "broken", found, "" if good else advice)
    else:
        yield Finding(
            "window", "missing", "no screen (DISPLAY is not set)", "run it where there is a screen, or offscreen"
        )
    if sys.platform == "linux":
        good, found = _renderer(headless=True)
        yield Finding("offscreen", "good" if good else "broken", found, "" if good else advice)


def _data(folder):
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".vrtrainer-probe"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        return Finding(
            "data folder", "broken", f"{folder}: {error.strerror or error}", "choose another with --data FOLDER"
        )
    free = shutil.disk_usage(folder).free / 2**30
    if free < 1:
        return Finding(
            "data folder", "broken", f"{folder}, {free:.1f} GB free", "free some space: an hour is about 0.2 GB"
        )
    return Finding("data folder", "good", f"{folder}, {free:.0f} GB free")


def findings(folder, content, counts):
    """Every line of the doctor, one after the other as it is found.

    Parameters
    ----------
    folder : Path
        The data folder.
    content : str
        Where scenes, avatars and assets were found.
    counts : dict
        How many of each kind of content there are.
    """
    yield Finding("Python", "good", f"{platform.python_version()} on {platform.platform()}")
    yield Finding(
        "content",
        "good" if all(counts.values()) else "broken",
        ", ".join(f"{n} {k}" for k, n in counts.items()) + f" in {content}",
    )
    yield from _graphics()
    yield _openxr()
    yield Finding("webcam", "missing", "not used by this version", "tracker `nobody` lets you watch, try and tell")
    yield _data(folder)
