"""Who may import whom. The table is the one that docs/architecture.md prints; this test reads it there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = ROOT / "vrtrainer"
FORBIDDEN_IN_PURE = {
    "time",
    "datetime",
    "random",
    "threading",
    "asyncio",
    "socket",
    "pyglet",
    "xr",
    "OpenGL",
    "logging",
}
SEES_ALL = {"app.py", "cli.py", "api.py", "setups.py", "doctor.py", "choices.py", "__init__.py", "__main__.py"}


def table():
    """Rooms and what each may import, from the page's table: `room | pure or shell | may import`."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (pure|shell) \| (.*?) \|", page, re.M)
    assert rows, "docs/architecture.md has no table of rooms"
    return {room: (kind, set(re.findall(r"`(\w+)`", allowed))) for room, kind, allowed in rows}


TABLE = table()
PURE = [room for room, (kind, _) in TABLE.items() if kind == "pure"]
MAY_IMPORT = {room: allowed | (set(PURE) if kind == "shell" else set()) for room, (kind, allowed) in TABLE.items()}


def imports(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file.name}:{node.lineno}: write the whole name, no dots"
            module = node.module or ""
            yield module
            # `from vrtrainer import trackers` names the room behind the word import
            yield from (f"{module}.{alias.name}" for alias in node.names if module == "vrtrainer")


def test_every_room_is_in_the_table_and_no_other():
    rooms = {f.parent.name for f in CODE.glob("*/__init__.py")}
    assert set(TABLE) == rooms


def test_pure_rooms_import_only_those_before_them():
    for i, room in enumerate(PURE):
        assert TABLE[room][1] <= set(PURE[:i]), room


@pytest.mark.parametrize("file", sorted(CODE.rglob("*.py")), ids=lambda f: f.relative_to(CODE).as_posix())
def test_imports_point_one_way(file):
    room = file.relative_to(CODE).parts[0]
    if room in SEES_ALL:
        return
    for name in imports(file):
        first, _, rest = name.partition(".")
        if first == "vrtrainer":
            other = rest.partition(".")[0]
            assert not other or other in MAY_IMPORT[room] | {room}, f"{room} may not import {other}"
        elif room in PURE:
            assert first not in FORBIDDEN_IN_PURE, f"{room} is pure; {first} belongs in a shell room"


@pytest.mark.parametrize("file", sorted(CODE.rglob("*.py")), ids=lambda f: f.relative_to(CODE).as_posix())
def test_no_file_catches_everything_or_asks_the_global_random_generator(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else "everything"
            assert caught not in ("Exception", "BaseException", "everything"), f"line {node.lineno} catches {caught}"
        if (
            isinstance(node, ast.Attribute)
            and node.attr in ("rand", "randn", "seed")
            and "np.random" in ast.unparse(node)
        ):
            pytest.fail(f"line {node.lineno}: the global random generator; take an rng")
