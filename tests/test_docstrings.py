"""Arrays say their shape; public functions of the pure rooms say what they do."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "vrtrainer"
PURE_FILES = [
    f
    for room in ("human", "gestures", "imitation", "learning", "sessions")
    for f in sorted((ROOT / room).rglob("*.py"))
    if f.stat().st_size
]


@pytest.mark.parametrize("file", PURE_FILES, ids=lambda f: str(f.relative_to(ROOT)))
def test_docstrings_are_there_and_name_shapes(file):
    tree = ast.parse(file.read_text())
    assert ast.get_docstring(tree), "say in one line what this file is for"
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            text = ast.get_docstring(node) or ("an Enum needs none" if isinstance(node, ast.ClassDef) else "")
            assert text, f"{node.name}: no docstring"
            for line in text.splitlines():
                if re.search(r"(: |^)ndarray\b", line.strip()):
                    assert "shape (" in line, f"{node.name}: {line.strip()!r} says no shape"
