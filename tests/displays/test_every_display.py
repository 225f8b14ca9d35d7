"""What every display must offer, read from the source: runs without any screen or library."""

import ast
from pathlib import Path

import pytest

from vrtrainer import choices, displays

NAMES = choices.names(displays)
WANTED = {"frames", "draw", "close"}


def tree(name):
    return ast.parse((Path(displays.__path__[0]) / f"{name}.py").read_text(encoding="utf-8"))


def test_window_and_offscreen_are_there():
    assert {"window", "offscreen"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_display_offers_the_few_methods(name):
    body = tree(name).body
    assert ast.get_docstring(tree(name)), f"{name}.py: say in one line where the session is shown"
    functions = {node.name: node for node in body if isinstance(node, ast.FunctionDef)}
    assert [a.arg for a in functions["connect"].args.args] == ["options"]
    methods = [
        {f.name for f in node.body if isinstance(f, ast.FunctionDef)} for node in body if isinstance(node, ast.ClassDef)
    ]
    assert any(found >= WANTED for found in methods)


@pytest.mark.parametrize("name", NAMES)
def test_a_display_is_imported_without_any_of_pyglet_s_windows(name):
    """pyglet chooses between windows and no screen when its window module is imported, so nobody may do it early."""
    for node in tree(name).body:
        words = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        words += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert not any(word.startswith("pyglet") for word in words)


@pytest.mark.parametrize("name", NAMES)
def test_whether_it_can_be_used_is_asked_without_opening_anything(name):
    can, why = choices.load(displays, name).available()
    assert isinstance(can, bool)
    assert isinstance(why, str)


def test_an_unknown_display_lists_the_known_ones():
    with pytest.raises(LookupError, match=r"displays: no 'cave'; there is .*offscreen"):
        choices.load(displays, "cave")
