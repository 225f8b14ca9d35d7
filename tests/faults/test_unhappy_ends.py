"""A disk that stays full and a database that stays locked to a session's end: it ends well for the learner, what could
not be kept is said in words, the exit code tells, and the next start completes what can be completed.
"""

import sqlite3
import time

import pytest

from tests.console import processes
from tests.console.beside import Beside
from tests.faults.mounted import mounted
from vrtrainer.records import reading
from vrtrainer.records.database import NAME, Database

SHORT = """
name = { nl = "Kort", en = "Short" }
[[block]]
mode = "immediate"
gestures = ["wave", "one_arm_up"]
trials = 2
"""
pytestmark = pytest.mark.alone


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 6 MB of its own."""
    with mounted(tmp_path / "small", "size=6m") as folder:
        yield folder


def begun(data, where):
    """A session in real time."""
    (where / "short.toml").write_text(SHORT, encoding="utf-8")
    return processes.running(data, *processes.SAM, "--programme", where / "short.toml")


def filled(path):
    with open(path, "wb", buffering=0) as file:
        for size in (4096, 512, 1):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                pass


def test_a_disk_that_stays_full(small_disk, tmp_path):
    data = small_disk / "data"
    with begun(data, tmp_path) as run:
        beside = Beside(data)
        beside.until("trial_ended")
        time.sleep(0.5)  # for the disk
        filled(small_disk / "ballast")
        beside.until("fault", lambda e: [one["key"] for one in e.fields["told"]] == ["journal_full"])
        said = run.communicate(timeout=120)[0]
        beside.close()
    assert run.returncode == 1, said
    assert "Finished. 2 attempts" in said
    assert "The last part of the session could not be kept (No space left on device)." in said
    assert "The report could not be made" in said
    assert "vrtrainer report" in said
    assert "Traceback" not in said
    (small_disk / "ballast").unlink()
    with Database(data) as database:
        database.recover()
        row = database.session()
        journal = reading.read(database.absolute(row["journal"]))
        assert [f.index for f, *_ in journal.steps()] == list(range(journal.frames)), "an unbroken beginning"
        ended = [e.trial for e in journal.events if e.trial_type == "trial_ended"]
        assert [t["trial"] for t in database.trials(row["id"])] == ended == [0]
        assert row["ended"] in ("interrupted", "finished")


def test_a_database_that_stays_locked(tmp_path):
    data = tmp_path / "data"
    with begun(data, tmp_path) as run:
        beside = Beside(data)
        beside.until("phase")
        link = sqlite3.connect(data / NAME, isolation_level=None)
        link.execute("BEGIN IMMEDIATE")
        said = run.communicate(timeout=200)[0]
        beside.close()
        link.close()
    assert run.returncode == 1, said
    assert "Finished. 2 attempts" in said
    assert "The database cannot be written now (database is locked). Everything is in the journal too." in said
    assert "the next start puts it there" in said
    assert "Traceback" not in said
    with Database(data) as database:
        (told,) = database.recover()
        assert "2 trials are kept, 2 of them brought back" in told
        row = database.session()
        assert row["ended"] == "finished"
        assert [t["trial"] for t in database.trials(row["id"])] == [0, 1]
        assert reading.read(database.absolute(row["journal"])).damage == ""
