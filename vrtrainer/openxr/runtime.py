"""The OpenXR runtime of this machine, found by its manifest as the loader finds it. `xr` is not imported here.

Source: OpenXR loader specification, "Runtime discovery" (Linux and Windows) and "Runtime manifest file format".
"""

import json
import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

_REGISTRY = r"SOFTWARE\Khronos\OpenXR\1"
_ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}


class HeadsetError(RuntimeError):
    """Why there is no headset: `key` under `headset` in assets/language, with `values` for its braces."""

    def __init__(self, key, **values):
        self.key, self.values = key, values
        super().__init__(f"{key} {values}" if values else key)

    def told(self, texts):
        """The sentence in the language of these texts (`texts["headset"]`)."""
        return texts["headset"][self.key].format(**self.values)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A runtime as it announces itself: the file, its name, and its library as the manifest gives it."""

    path: Path
    name: str
    library: str


def manifest():
    """Path of the active runtime's manifest, None where there is none.

    XR_RUNTIME_JSON wins; then, on Windows, the registry; elsewhere `openxr/1/active_runtime.ARCH.json` and
    `active_runtime.json` in the XDG configuration folders and in /etc.
    """
    named = os.environ.get("XR_RUNTIME_JSON")
    if named:
        return Path(named)
    if sys.platform == "win32":
        return _registered()
    if sys.platform == "darwin":
        return None
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    folders = [home, *map(Path, (os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":"))]
    folders += [Path("/usr/local/etc"), Path("/etc")]
    arch = _ARCHITECTURES.get(platform.machine().lower(), platform.machine().lower())
    names = (f"active_runtime.{arch}.json", "active_runtime.json")
    return next((p for f in folders for n in names if (p := f / "openxr/1" / n).exists()), None)


def _registered():
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _REGISTRY) as key:
            return Path(winreg.QueryValueEx(key, "ActiveRuntime")[0])
    except OSError:
        return None


def found():
    """The active runtime's manifest, read.

    Returns
    -------
    Manifest

    Raises
    ------
    HeadsetError
        no_openxr_here, no_runtime or runtime_broken.
    """
    if sys.platform == "darwin":
        raise HeadsetError("no_openxr_here")
    path = manifest()
    if path is None:
        raise HeadsetError("no_runtime")
    try:
        table = json.loads(path.read_text(encoding="utf-8"))["runtime"]
        library = table["library_path"]
        name = table.get("name") or path.resolve().stem.removeprefix("openxr_")
    except OSError as error:
        raise HeadsetError("runtime_broken", path=path, what=error.strerror or error) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"no {error} in it" if isinstance(error, KeyError) else f"not a runtime manifest ({error})"
        raise HeadsetError("runtime_broken", path=path, what=what) from None
    if not _loadable(library, path):
        raise HeadsetError("runtime_broken", path=path, what=f"its library {library} is not there")
    return Manifest(path, str(name), library)


def _loadable(library, path):
    """Whether the library can be expected to load: a path as seen from the manifest, or a name for the system."""
    if "/" in library or "\\" in library:
        return (path.resolve().parent / library).exists()  # an absolute path replaces the folder
    return True  # a bare name is looked for by the system, which knows more folders than we do


def quiet_loader():
    """The loader's own lines on stderr are turned off where nobody asked for them: errors are told in one line."""
    os.environ.setdefault("XR_LOADER_DEBUG", "none")
