"""Where a real OpenXR runtime runs: this machine if it has Monado, else a Debian 13 in a folder, kept between runs.

Debian 12 has no usable Monado, so as root a Debian 13 is unpacked under the user's cache and entered by chroot, in
mount and process namespaces of its own: whatever was mounted or started there is gone when the command ends. The
checkout and the folder for temporary files stand at the same paths inside, so a path means the same on both sides.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vrtrainer-tests"
FOLDER = CACHE / "debian-13-monado"
PACKAGES = (
    "monado-service", "libopenxr1-monado", "libopenxr-loader1", "mesa-vulkan-drivers", "libvulkan1", "libgl1-mesa-dri",
    "libegl1", "libegl-mesa0", "libgl1", "libglx-mesa0", "xvfb", "xauth",
)  # fmt: skip
INSIDE = ("python3", "python3-venv", "python3-pip", "ca-certificates", "procps")
MANIFEST = Path("/usr/share/openxr/1/openxr_monado.json")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_DONE = "vrtrainer-tests-ready"


def _environment():
    """The environment inside the folder: that of the machine is of another Python and another C library.

    It is named after what pyproject.toml asks for and holds nothing of a checkout, so that several checkouts can use
    the folder at once and none takes the libraries of another away.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = json.dumps([project.get("requires-python"), project.get("dependencies")])
    return Path("/opt") / f"vrtrainer-tests-{hashlib.sha256(asked.encode()).hexdigest()[:12]}"


VENV = _environment()


def here():
    """Whether this very machine has Monado."""
    return bool(shutil.which("monado-service")) and MANIFEST.exists()


def made():
    """Whether the folder with Debian 13 is there and whole."""
    return (FOLDER / _DONE).exists()


def there():
    return here() or made()


def ready():
    """Whether Monado is there, and the libraries beside it are those that pyproject.toml asks for now."""
    return here() or (made() and _outside(VENV / _DONE).exists())


def _outside(path):
    """Where a path of the folder lies on this side."""
    return FOLDER / path.relative_to("/")


def refusal():
    """Why neither can be had here, "" where one can."""
    if not sys.platform.startswith("linux"):
        return "Monado runs on Linux"
    if here() or made():
        return ""
    if os.geteuid() != 0:
        return "only root may unpack a Debian 13; on Debian 13 itself: sudo apt-get install " + " ".join(PACKAGES)
    if not shutil.which("apt-get"):
        return "there is no apt-get to unpack a Debian 13 with"
    return ""


def _mirror():
    """The address that this machine's own packages come from."""
    for file in (*Path("/etc/apt/sources.list.d").glob("*.sources"), Path("/etc/apt/sources.list")):
        if not file.exists():
            continue
        for line in file.read_text(encoding="utf-8").splitlines():
            words = line.split()
            if line.startswith("URIs:") and len(words) > 1:
                return words[1]
            if line.startswith("deb ") and len(words) > 2:
                return next(word for word in words[1:] if "://" in word)
    return ""


def _debian():
    system = Path("/etc/os-release")
    text = system.read_text(encoding="utf-8") if system.exists() else ""
    return "trixie" in text, "ID=debian" in text


def obtain():
    """Get Monado: by apt on Debian 13, in a folder elsewhere. Answers why it could not, or ""."""
    from tests.needs import apt_install, command

    trixie, debian = _debian()
    if trixie:
        return apt_install(PACKAGES)
    why = refusal()
    if why:
        return why
    if not debian:
        return "a Debian 13 is unpacked from Debian only"
    mirror = _mirror()
    if not mirror:
        return "no address of a Debian mirror is known to apt"
    if not shutil.which("debootstrap"):
        why = apt_install(["debootstrap"])
        if why:
            return why
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    why = command(["debootstrap", "--variant=minbase", "--include=ca-certificates", "trixie", str(FOLDER), mirror])
    if why:
        return f"debootstrap: {why}"
    apt = "DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "
    words = enter(["sh", "-c", "apt-get update -qq && " + apt + " ".join((*PACKAGES, *INSIDE))])
    why = command(words)
    if why:
        return f"apt-get in Debian 13: {why}"
    (FOLDER / _DONE).touch()
    return ""


def libraries():
    """Bring Python's libraries into the folder, in the versions of pyproject.toml. Answers why it could not, or "".

    Nothing is done where pyproject.toml asks for what it asked for the last time.
    """
    from tests.needs import command

    if ready():
        return ""
    # No lock file and nothing but ranges: what pyproject.toml allows, for the Python of Debian 13.
    want = "python3 -m uv --version >/dev/null 2>&1 || python3 -m pip install -q --break-system-packages uv; "
    want += "python3 -m uv venv -q --clear --python /usr/bin/python3 {venv} && "
    want += "python3 -m uv pip install -q --python {venv}/bin/python -r {root}/pyproject.toml 'pytest>=8.4,<10'"
    why = command(enter(["sh", "-c", want.format(root=ROOT, venv=VENV)]))
    if not why:
        _outside(VENV / _DONE).touch()
    return why


def obtain_all():
    """Monado and the libraries beside it. Answers why it could not, or ""."""
    return ("" if there() else obtain()) or libraries()


def python():
    """The Python that runs beside Monado."""
    return sys.executable if here() else str(VENV / "bin" / "python")


def enter(words, environment=None):
    """The command that runs these words where Monado is.

    Everything that the command leaves running ends with it, because it is the first process of its own namespace.
    """
    inner = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/root",
        "LANG": "C.UTF-8",
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "SSL_CERT_FILE": str(CERTIFICATES),
        "PIP_CERT": str(CERTIFICATES),
        "UV_CACHE_DIR": "/var/cache/uv",
        "UV_LINK_MODE": "copy",
        "PYTHONPATH": str(ROOT),
        **(environment or {}),
    }
    if here():
        return ["env", *(f"{k}={v}" for k, v in inner.items() if k not in ("PATH", "HOME")), *words]
    shared = [ROOT, Path(tempfile.gettempdir())]
    people = os.environ.get("VRTRAINER_PEOPLE")
    if people:
        shared.append(Path(people).resolve())
    uv_cache = Path(os.environ.get("UV_CACHE_DIR") or Path.home() / ".cache" / "uv")
    binds = [(path, path) for path in shared] + ([(uv_cache, Path("/var/cache/uv"))] if uv_cache.is_dir() else [])
    lines = ["set -e", f"cd {FOLDER}"]
    lines += ["mount --rbind /dev dev", "mount -t proc proc proc", "mount -t sysfs sysfs sys 2>/dev/null || true"]
    lines += ["mkdir -p run/xdg tmp", "chmod 700 run/xdg", "mount -t tmpfs -o mode=700 tmpfs run/xdg"]
    for outside, inside in binds:
        lines += [f"mkdir -p '.{inside}'", f"mount --rbind '{outside}' '.{inside}'"]
    lines += [f"cp -L {name} .{name} 2>/dev/null || true" for name in ("/etc/resolv.conf", str(CERTIFICATES))]
    lines += ['exec chroot . env -i "$@"']
    given = [f"{key}={value}" for key, value in inner.items()]
    # The words go through a shell in the folder, so that they start where the checkout is.
    start = ["sh", "-c", f'cd {ROOT} && exec "$@"', "sh"]
    # KILL: the first process of a namespace takes no notice of TERM.
    space = ["unshare", "--mount", "--pid", "--fork", "--kill-child=KILL", "--propagation", "slave"]
    return [*space, "sh", "-c", "\n".join(lines), "sh", *given, *start, *words]


def run(words, environment=None, **options):
    """Run a command where Monado is, to its end; as `subprocess.run`."""
    return subprocess.run(enter(words, environment), **options)
