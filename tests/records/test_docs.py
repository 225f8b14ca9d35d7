"""docs/records.md says what there is: every table, every column, every channel, and code that runs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.records import sample
from vrtrainer.records import people, trials
from vrtrainer.records.database import Database
from vrtrainer.records.journal import CHANNELS, Journal

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "records.md").read_text(encoding="utf-8")
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))


def test_every_table_is_told(tmp_path):
    with Database(tmp_path) as database:
        tables = [row["name"] for row in database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert all(f"`{table}`" in PAGE for table in tables)
        for table in ("people", "sessions"):
            told = re.search(rf"^\| `{table}` \|(.*)\|$", PAGE, re.M).group(1)
            columns = {row["name"] for row in database.rows(f"PRAGMA table_info({table})")} - {"id"}
            assert not [name for name in columns if not re.search(rf"\b{name}\b", told)], table


def test_every_column_of_a_trial_and_every_channel_is_told():
    assert not [name for name in trials.COLUMNS if not re.search(rf"\b{name}\b", PAGE)]
    assert all(f"| `{channel}` |" in PAGE for channel in CHANNELS)


def test_the_ten_lines_read_a_journal(tmp_path):
    journal = Journal(people.session_folder(tmp_path / "data", "P01") / "journal.mcap", {}, "simulated")
    for step in sample.frames(sample.session_events(1), 0.1):
        journal.append(*step)
    journal.close("finished")
    code = re.search(r"```python\n(.*?)```", PAGE, re.S).group(1)
    assert len(code.strip().splitlines()) <= 10
    words, environment = [sys.executable, "-c", code], {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "finished" in done.stdout.splitlines()[0]
    assert len(done.stdout.splitlines()) > 50


@pytest.mark.parametrize("page", DECISIONS, ids=lambda p: p.stem)
def test_a_decision_says_what_was_wanted_chosen_and_would_turn_it(page):
    text = page.read_text(encoding="utf-8")
    for part in ("**Wanted:**", "**Chosen:**", "**Against it:**", "**Would turn it:**"):
        assert part in text, part
    assert f"({page.name})" in (page.parent / "README.md").read_text(encoding="utf-8")
