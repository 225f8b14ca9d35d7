"""A real run that is killed: its journal is a beginning of the session that computes the same, and no trial is lost."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vrtrainer.records import reading
from vrtrainer.records.database import Database

ROOT = Path(__file__).parent.parent.parent
RUN = ("run", "--display", "offscreen", "--learner", "sam", "--fast-clock", "--seed", "3", "--lang", "en")

pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(sys.platform == "win32", reason="kill -9: Windows has no such signal"),
]


def command(data, *words):
    whole = [sys.executable, "-m", "vrtrainer", *words, "--data", str(data)]
    return dict(args=whole, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "DISPLAY": ""})


def told(data, *words):
    done = subprocess.run(**command(data, *words), text=True, timeout=240, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """A data folder in which a run was killed once it had journalled some trials."""
    data = tmp_path_factory.mktemp("killed")
    with subprocess.Popen(**command(data, *RUN)) as process:
        until = time.monotonic() + 120
        while time.monotonic() < until and process.poll() is None:
            journals = list(data.glob("sessions/*/journal.mcap"))
            if journals and journals[0].stat().st_size > 400_000:
                break
            time.sleep(0.02)
        assert process.poll() is None, process.communicate()[1].decode()
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
    return data


def test_what_is_left_computes_the_same_as_far_as_it_goes(killed):
    (journal,) = killed.glob("sessions/*/journal.mcap")
    before = journal.read_bytes()
    code, said = told(killed, "replay", str(journal), "--lang", "en")
    assert code == 0, said
    assert re.search(r"[1-9]\d+ frames", said), said
    assert journal.read_bytes() == before


def test_the_next_run_completes_it_and_starts_a_session_of_its_own(killed):
    (journal,) = killed.glob("sessions/*/journal.mcap")
    before = journal.read_bytes()
    ended = {e.trial for e in reading.read(journal).events if e.trial_type == "trial_ended"}
    assert ended, "the kill came after a trial"
    code, said = told(killed, *RUN)
    assert code == 0, said
    assert "was interrupted" in said
    with Database(killed) as database:
        first, second = database.rows("SELECT id, ended, folder FROM sessions ORDER BY id")
        assert (first["ended"], second["ended"]) == ("interrupted", "finished")
        assert ended <= {row["trial"] for row in database.trials(first["id"])}
    assert journal.read_bytes() == before
    code, said = told(killed, "report", Path(first["folder"]).name, "--lang", "en")
    assert code == 0, said
    page = (killed / first["folder"] / "report.html").read_text(encoding="utf-8")
    assert "ended earlier than planned" in page
