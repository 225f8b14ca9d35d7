"""Finds what there is to choose: the modules of a room and the entries of a content folder.

One module is one choice, one folder or TOML file one entry; its file name is its name on the command line. Nothing is
registered anywhere, so that a newcomer adds a file and it shows up everywhere.
"""

import importlib
import pkgutil
from pathlib import Path

KINDS = ("scenes", "avatars", "assets")
HERE = Path(__file__).parent


def names(room):
    """The choices that a room offers, found by listing its folder; nothing is imported."""
    return sorted(m.name for m in pkgutil.iter_modules(room.__path__) if not m.name.startswith("_"))


def load(room, name):
    """Import the module of this name, and only that one."""
    offered = names(room)
    if name not in offered:
        raise LookupError(_refusal(room.__name__.rpartition(".")[2], name, offered))
    return importlib.import_module(f"{room.__name__}.{name}")


def content(kind):
    """The folder of scenes, avatars or assets: at the checkout's root, or inside the package when installed."""
    if kind not in KINDS:
        raise LookupError(_refusal("content", kind, KINDS))
    packed = HERE / "content"  # only the wheel has it (pyproject.toml, [tool.hatch.build.targets.wheel.sources])
    folder = (packed if packed.is_dir() else HERE.parent) / kind
    if not folder.is_dir():
        raise LookupError(f"content: {folder} is missing; reinstall vrtrainer, or run it from a whole checkout")
    return folder


def listing(folder):
    """The entries of a content folder: its TOML files, and its folders that hold a TOML file.

    Names that begin with `_` or `.` are no entries.
    """
    entries = {p.stem for p in folder.glob("*.toml")} | {p.parent.name for p in folder.glob("*/*.toml")}
    return sorted(name for name in entries if not name.startswith(("_", ".")))


def entry(folder, name):
    """The file or folder of one entry, e.g. `entry(content("assets") / "gestures", "wave")`."""
    offered = listing(folder)
    if name not in offered:
        raise LookupError(_refusal(folder.name, name, offered))
    return folder / name if (folder / name).is_dir() else folder / f"{name}.toml"


def _refusal(where, name, offered):
    return f"{where}: no {name!r}; there is {', '.join(offered) or 'nothing yet'}"
