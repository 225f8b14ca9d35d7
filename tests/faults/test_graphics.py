"""Graphics that break in mid-session: one line says what to do, all is kept, and the next start goes on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.console.processes import environment
from vrtrainer.records import reading, sessions
from vrtrainer.records.database import Database

ROOT = Path(__file__).parent.parent.parent
SHORT = """
name = { nl = "Kort", en = "Short" }
[[block]]
mode = "immediate"
gestures = ["wave", "one_arm_up"]
trials = 2
"""
pytestmark = pytest.mark.alone


def told(words, **environment_too):
    done = subprocess.run(
        [sys.executable, "-m", *map(str, words), "--lang", "en"],
        cwd=ROOT,
        env={**environment(), **environment_too},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def run(data, display, *more):
    (data.parent / "short.toml").write_text(SHORT, encoding="utf-8")
    words = ("run", "--display", display, "--learner", "sam", "--seed", "3", *more)
    return (*words, "--programme", data.parent / "short.toml", "--data", data)


def test_a_window_that_can_draw_no_more_ends_its_session_whole_and_the_next_start_goes_on(tmp_path, screen, opengl):
    data = tmp_path / "data"
    words = ("tests.faults.broken_graphics", 1, *run(data, "window"))
    code, said, errors = told(words, DISPLAY=os.environ.get("DISPLAY", ""))
    assert code == 2
    assert "Finished" not in said
    assert errors.count("\n") == 1, errors
    assert errors.startswith("vrtrainer: The session was broken off: OpenGL does not draw any more")
    assert "Everything up to here is kept. Go on with: vrtrainer run --resume " in errors
    with Database(data) as database:
        assert database.recover() == [], "it was completed already"
        row = database.session()
        assert row["ended"] == "fault"
        assert row["fault"].startswith("OpenGL does not draw any more")
        journal = reading.read(database.absolute(row["journal"]))
        assert (journal.damage, journal.ended) == ("", "fault")
        assert [f.index for f, *_ in journal.steps()] == list(range(journal.frames))
        (offered,) = sessions.unfinished(database)
        assert (offered.id, offered.trials_done) == (row["id"], 1)
    again = ("vrtrainer", "run", "--resume", errors.split()[-1], "--display", "offscreen", "--fast-clock")
    code, said, errors = told((*again, "--data", data))
    assert (code, errors) == (0, "")
    assert "Finished. 2 attempts" in said
    with Database(data) as database:
        assert sessions.unfinished(database) == []
        assert [t["trial"] for s in (1, 2) for t in database.trials(s)] == [0, 1]


def test_without_a_window_the_pictures_become_drawings_and_the_session_goes_on(tmp_path, opengl):
    data = tmp_path / "data"
    code, said, errors = told(("tests.faults.broken_graphics", 1, *run(data, "offscreen", "--fast-clock")))
    assert (code, errors) == (0, "")
    assert "Finished. 2 attempts" in said
    kinds = [path.suffix for path in sorted(data.glob("sessions/*/pictures/0*"))]
    assert kinds == sorted(kinds)
    assert set(kinds) == {".png", ".svg"}
