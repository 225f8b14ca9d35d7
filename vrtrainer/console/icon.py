"""An icon that opens the console: a .desktop file on Linux, .lnk (else .bat) on Windows, .command on macOS."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

DRAWING = Path(__file__).parent / "static" / "icon.svg"
_LINK = (
    "$link = (New-Object -ComObject WScript.Shell).CreateShortcut($env:VRTRAINER_LINK);"
    "$link.TargetPath = $env:VRTRAINER_TARGET; $link.Arguments = $env:VRTRAINER_WORDS;"
    "$link.Description = $env:VRTRAINER_ABOUT; $link.WindowStyle = 7; $link.Save()"
)


def make(data, language, name, about, system=sys.platform, home=None):
    """Write the icon; the paths of what was written."""
    home = Path(home) if home else Path.home()
    words = [sys.executable, "-m", "vrtrainer", "console", "--data", str(data), "--lang", language]
    desktop = _desktop(home, system)
    if system == "win32":
        return [_windows(desktop, name, about, words)]
    if system == "darwin":
        return [_written(desktop / f"{name}.command", f"#!/bin/sh\nexec {shlex.join(words)}\n", 0o755)]
    share = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    drawing = _written(share / "vrtrainer" / "icon.svg", DRAWING.read_text(encoding="utf-8"), 0o644)
    text = (
        "[Desktop Entry]\nType=Application\nVersion=1.5\n"
        f"Name={name}\nComment={about}\nExec={' '.join(map(_quoted, words))}\nIcon={drawing}\n"
        "Terminal=false\nCategories=Education;\nStartupNotify=false\n"
    )
    out = [_written(share / "applications" / "vrtrainer.desktop", text, 0o755)]
    if desktop.is_dir():
        out.append(_written(desktop / "vrtrainer.desktop", text, 0o755))
    return out


def _desktop(home, system):
    if system.startswith("linux"):
        settings = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "user-dirs.dirs"
        if settings.is_file():
            for line in settings.read_text(encoding="utf-8", errors="replace").splitlines():
                if line.startswith("XDG_DESKTOP_DIR="):
                    return Path(line.partition("=")[2].strip().strip('"').replace("$HOME", str(home)))
    return home / "Desktop"


def _quoted(word):
    """As the Desktop Entry Specification wants an argument of Exec."""
    for sign in ("\\", '"', "`", "$"):
        word = word.replace(sign, f"\\{sign}")
    word = word.replace("\\", "\\\\")  # the value is a string, in which a backslash is written twice
    return '"' + word.replace("%", "%%") + '"'


def _windows(desktop, name, about, words):
    """A shortcut without a terminal's window by PowerShell; a .bat where there is none."""
    silent = Path(words[0]).with_name("pythonw.exe")
    target = str(silent if silent.is_file() else words[0])
    path = desktop / f"{name}.lnk"
    given = {
        "VRTRAINER_LINK": str(path),
        "VRTRAINER_TARGET": target,
        "VRTRAINER_WORDS": subprocess.list2cmdline(words[1:]),
        "VRTRAINER_ABOUT": about,
    }
    command = ["powershell", "-NoProfile", "-NonInteractive", "-Command", _LINK]
    try:
        subprocess.run(command, env={**os.environ, **given}, check=True, capture_output=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        line = subprocess.list2cmdline([target, *words[1:]])
        return _written(desktop / f"{name}.bat", f'@start "" {line}\r\n', 0o644)
    return path


def _written(path, text, mode):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    path.chmod(mode)
    return path
