"""kill -9 at any moment costs at most the last 0.1 s and no finished trial; the next start finds the rest."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from vrtrainer.records import reading
from vrtrainer.records.database import Database

ROOT = Path(__file__).parent.parent.parent
MAY_BE_LOST = 0.1  # s
KILLS = 12

pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(sys.platform == "win32", reason="kill -9: Windows has no such signal"),
]


def killed(data, after):
    """What a process that journals said until it was killed `after` seconds after its first frame."""
    words = [sys.executable, "-m", "tests.faults.driver", str(data), "40", "1"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline().startswith(b"begun"), process.stderr.read().decode()
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
        said, errors = process.communicate(timeout=30)
    assert errors == b""
    lines = [line.split() for line in said.decode().splitlines()]
    frames = [int(n) for kind, n in lines if kind == "frame"]
    return frames, [(kind, int(n)) for kind, n in lines if kind != "frame"]


@pytest.mark.parametrize("after", np.random.default_rng(8).uniform(0.05, 4.0, KILLS).round(3))
def test_a_kill_loses_at_most_a_tenth_of_a_second_and_no_finished_trial(tmp_path, after):
    frames, told = killed(tmp_path, after)
    with Database(tmp_path) as database:
        (said,) = database.recover()
        assert "was interrupted" in said
        session = database.session()
        journal = reading.read(database.absolute(session["journal"]))
        kept = journal.frames
        assert (frames[-1] + 1 - kept) / 90 <= MAY_BE_LOST
        assert [f.index for f, *_ in journal.steps()] == list(range(kept)), "an unbroken beginning"
        assert session["ended"] == "interrupted"
        rows = {row["trial"] for row in database.trials(session["id"])}
        # A trial is finished when it has been judged and its feedback is over.
        assert rows >= {trial for kind, trial in told if kind == "trial_ended"}


def test_what_was_not_finished_when_it_was_killed_is_no_trial(tmp_path):
    _, told = killed(tmp_path, 2.0)
    with Database(tmp_path) as database:
        database.recover()
        rows = database.trials(database.session()["id"])
        ended = {trial for kind, trial in told if kind == "trial_ended"}
        judged = {trial for kind, trial in told if kind == "score"}
        assert ended <= {row["trial"] for row in rows} <= judged


def test_the_next_session_writes_over_nothing(tmp_path):
    killed(tmp_path, 0.5)
    with Database(tmp_path) as database:
        before = database.absolute(database.session()["journal"])
    data = before.read_bytes()
    killed(tmp_path, 0.5)
    assert before.read_bytes() == data
    assert len(list((tmp_path / "sessions").iterdir())) == 2
