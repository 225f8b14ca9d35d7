"""A full or unwritable disk: the session goes on, one clear sentence, and nothing that was written is lost."""

import contextlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.mounted import mounted
from tests.records import sample
from vrtrainer.records import reading
from vrtrainer.records.database import Database
from vrtrainer.records.journal import Journal
from vrtrainer.records.schema import DatabaseError

ROOT = Path(__file__).parent.parent.parent
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="disk full: Windows cannot limit a file's size")


def driven(data, *more):
    words = [sys.executable, "-m", "tests.faults.driver", str(data), *map(str, more)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


@POSIX
def test_when_space_comes_back_everything_is_there(tmp_path):
    said = driven(tmp_path, 20, 0, 60_000)
    assert re.search(r"fault True .*journal\.mcap: File too large; .* wait in memory\. Make space on that disk", said)
    assert "ended finished fault: " in said
    with Database(tmp_path) as database:
        session = database.session()
        journal = reading.read(database.absolute(session["journal"]))
        assert journal.damage == ""
        assert journal.ended == "finished"
        assert [f.index for f, *_ in journal.steps()] == list(range(journal.frames))
        assert [row["trial"] for row in database.trials(session["id"])] == list(range(20))


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 2 MB of its own."""
    with mounted(tmp_path / "small", "size=2m") as folder:
        yield folder


def test_a_disk_that_is_full_to_the_end_keeps_what_it_had_and_says_so(small_disk):
    (small_disk / "data").mkdir()
    with open(small_disk / "ballast", "wb") as file:
        file.write(bytes(1_400_000))
    said = driven(small_disk / "data", 30, 0)
    assert re.search(r"ended finished fault: .*journal\.mcap: No space left on device", said)
    (small_disk / "ballast").unlink()
    with Database(small_disk / "data") as database:
        database.recover()
        session = database.session()
        journal = reading.read(database.absolute(session["journal"]))
        assert journal.frames > 0
        assert [f.index for f, *_ in journal.steps()] == list(range(journal.frames)), "an unbroken beginning"


def test_a_disk_that_hangs_ends_the_journal_where_it_is_and_never_the_session(tmp_path, monkeypatch):
    from vrtrainer.records import journal as module

    monkeypatch.setattr(module, "RING", 50)
    monkeypatch.setattr(module.Journal, "_flush", lambda self, last=False: True)  # the writer is stuck
    journal = Journal(tmp_path / "journal.mcap", {}, "simulated")
    for step in sample.frames(sample.session_events(1), 0.1):
        journal.append(*step)
    assert journal.frames == 50
    assert journal.unkept > 0


@pytest.mark.parametrize("kind", ["a file where the folder should be", "a folder that does not exist"])
def test_a_journal_that_cannot_be_made_is_one_error_before_the_session(tmp_path, kind):
    if kind.startswith("a file"):
        (tmp_path / "x").touch()
    with pytest.raises(OSError, match="x"):
        Journal(tmp_path / "x" / "journal.mcap", {}, "simulated")


def test_a_data_folder_that_cannot_be_made_is_one_clear_error(tmp_path):
    (tmp_path / "data").write_bytes(b"a file")
    with pytest.raises(DatabaseError, match=r"data: .*; choose another folder with --data"):
        Database(tmp_path / "data")


def test_a_folder_without_the_right_to_write_is_one_clear_error(tmp_path):
    if sys.platform == "win32":
        pytest.skip("no right to write: Windows has other rights")
    with contextlib.ExitStack() as closing:
        folder = tmp_path
        if os.geteuid() == 0:  # who may write everywhere but on a disk that nobody may write to
            folder = closing.enter_context(mounted(tmp_path / "data", "ro"))
        else:
            folder.chmod(0o500)
        with pytest.raises(DatabaseError, match="cannot be written there"):
            Database(folder)
