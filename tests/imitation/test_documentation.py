"""docs/scoring.md says what is so: its table is made by performers, its example runs."""

import re

import numpy as np
import pytest

from tests.imitation import table
from tests.needs import ROOT

PAGE = (ROOT / "docs" / "scoring.md").read_text(encoding="utf-8")


def cells(line):
    return [c.strip() for c in line.strip().strip("|").split("|")]


def test_the_table_of_separate_figures_is_what_comes_out():
    written = PAGE[PAGE.index(table.HEAD) :].split("\n\n")[0].splitlines()
    made = list(table.lines())
    assert len(written) == len(made), "python -m tests.imitation.table prints the table"
    for stands, comes in zip(written[2:], made[2:], strict=True):
        for a, b in zip(cells(stands), cells(comes), strict=True):
            if re.fullmatch(r"-?\d+\.\d+", a) and re.fullmatch(r"-?\d+\.\d+", b):
                assert float(a) == pytest.approx(float(b), abs=0.03), comes
            else:
                assert a == b, comes


def test_the_example_runs():
    code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
    t = np.linspace(0, 1, 40)[:, None, None]
    given = {"demonstration": np.sin(t * [[1.0, 2.0, 3.0]]), "attempt": np.sin(t * [[1.0, 2.0, 3.0]]), "names": ["tip"]}
    exec(code, given)
    assert given["score"].similarity == pytest.approx(1.0)


def test_every_module_it_names_is_there():
    for name in set(re.findall(r"`(?:ways/)?(\w+)\.py`", PAGE)):
        folder = ROOT / "vrtrainer" / "imitation"
        assert (folder / f"{name}.py").is_file() or (folder / "ways" / f"{name}.py").is_file(), name
