"""`vrtrainer run`: what it leaves, what its options do, and that a person's model and a seed are kept."""

import contextlib
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from tests.cli import terminal
from tests.cli.terminal import events, journals, start, tell
from vrtrainer.records import reading


def rows(data, sql):
    # A connection's own `with` only commits; it is closing that lets go of the file.
    with contextlib.closing(sqlite3.connect(f"file:{data / 'vrtrainer.sqlite'}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        found = [dict(row) for row in database.execute(sql)]
    return found


def test_a_run_says_in_a_line_what_was_chosen_and_why_and_where_everything_is(played):
    _, told = played
    lines = told.out.splitlines()
    assert "offscreen" in lines[0]
    assert "no screen" in lines[0]
    assert "simulated learner sam" in lines[0]
    for name in ("report.html", "vrtrainer.sqlite", "journal.mcap"):
        assert any(line.rstrip().endswith(name) for line in lines)
    assert told.err == ""


def test_a_run_leaves_journal_database_report_and_pictures(played):
    data, _ = played
    (journal,) = journals(data)
    assert journal.parent.name.endswith("-P1-1")
    page = (journal.parent / "report.html").read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>")
    assert 'lang="en"' in page[:200]
    assert list((journal.parent / "pictures").iterdir())
    assert len(rows(data, "SELECT * FROM trials")) == 2
    assert [row["ended"] for row in rows(data, "SELECT ended FROM sessions")] == ["finished"]


def test_without_a_command_the_built_in_programme_runs(tmp_path):
    with start(data=tmp_path) as process:
        try:
            until = time.monotonic() + 60
            while not journals(tmp_path) and time.monotonic() < until and process.poll() is None:
                time.sleep(0.1)
            assert "first_steps" in rows(tmp_path, "SELECT name FROM programmes")[0]["name"]
        finally:
            process.kill()
            process.communicate(timeout=30)


def test_every_line_is_in_the_language_that_was_asked_for_before_the_command_or_after_it(tmp_path, quick, played):
    words = ["--data", tmp_path, "--lang", "nl", "run", "--programme", quick, "--seed", 1]
    told = tell(*words, lang=None)
    assert told.code == 0, told.all
    assert "zonder venster" in told.out
    assert "Klaar." in told.out
    assert "Klaar." not in played[1].out
    (journal,) = journals(tmp_path)
    assert 'lang="nl"' in (journal.parent / "report.html").read_text(encoding="utf-8")[:300]


def test_the_same_seed_gives_the_same_session_and_without_a_person_nobody_is_kept(tmp_path, quick):
    logs = []
    for name in ("here", "kept elsewhere"):  # the working directory does not matter either
        told = tell("run", "--programme", quick, "--seed", 5, data=name, cwd=tmp_path)
        assert told.code == 0, told.all
        logs.append(json.dumps(events(*journals(tmp_path / name)), default=str))
    assert logs[0] == logs[1]
    assert rows(tmp_path / "here", "SELECT * FROM people") == []


def test_a_persons_model_is_there_again_the_next_time(played, quick, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(played[0], data)
    told = tell("run", "--programme", quick, "--person", "P1", "--seed", 3, data=data)
    assert told.code == 0, told.all
    first, second = journals(data)
    assert second.parent.name.endswith("-P1-2")
    chances = [
        [fields["plan"]["chance_unprompted"] for _, _, fields in events(j, "trial_planned")] for j in (first, second)
    ]
    assert chances[0][0] != chances[1][0], "the second time begins with what was learnt in the first"
    assert len(rows(data, "SELECT * FROM people")) == 1
    assert len(rows(data, "SELECT * FROM sessions")) == 2


def test_another_avatar_shows_it_when_it_is_asked_for(tmp_path, quick):
    told = tell("run", "--programme", quick, "--avatar", "bo", "--seed", 1, data=tmp_path)
    assert told.code == 0, told.all
    (journal,) = journals(tmp_path)
    assert {f["plan"]["avatar"] for _, _, f in events(journal, "trial_planned")} == {"bo"}


def test_the_face_is_kept_only_with_consent(tmp_path, quick, played):
    told = tell("run", "--programme", quick, "--seed", 3, "--face", data=tmp_path)
    assert told.code == 0, told.all
    faces = [any(step[1].face_how for step in reading.read(*journals(data)).steps()) for data in (played[0], tmp_path)]
    assert faces == [False, True]


@pytest.mark.alone
def test_in_real_time_it_goes_at_the_pace_of_a_clock(tmp_path, quick):
    """Two seconds of clock are about two of the session: far fewer than the fast clock makes of them."""
    with start("run", "--programme", quick, "--real-time", "--seed", 1, data=tmp_path) as process:
        until = time.monotonic() + 60
        while not journals(tmp_path) and time.monotonic() < until and process.poll() is None:
            time.sleep(0.05)
        began = time.monotonic()
        time.sleep(4)
        process.send_signal(signal.SIGINT if sys.platform != "win32" else signal.SIGTERM)
        process.communicate(timeout=60)
        took = time.monotonic() - began
    (journal,) = journals(tmp_path)
    last = max(onset for onset, _, _ in events(journal))
    assert 1.5 < last < took + 1


@pytest.mark.alone
@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C: Windows sends it to the whole console")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_keeps_everything_says_so_and_replays(tmp_path, sent):
    with start("run", "--seed", 2, data=tmp_path) as process:
        until = time.monotonic() + 90
        while time.monotonic() < until and process.poll() is None:
            if journals(tmp_path) and rows(tmp_path, "SELECT * FROM trials"):
                break
            time.sleep(0.05)
        assert process.poll() is None, process.communicate()[1]
        process.send_signal(sent)
        out, err = process.communicate(timeout=90)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "report.html" in out
    (journal,) = journals(tmp_path)
    ended = [f for _, _, f in events(journal, "trial_ended")]
    assert len(ended) >= 1
    assert len(rows(tmp_path, "SELECT * FROM trials")) == len(ended)
    assert [row["ended"] for row in rows(tmp_path, "SELECT ended FROM sessions")] == ["ctrl_c"]
    assert (journal.parent / "report.html").is_file()
    again = tell("replay", journal, data=tmp_path)
    assert again.code == 0, again.all


@pytest.mark.parametrize("lang", ["nl_BE.UTF-8"])
def test_a_dutch_machine_speaks_dutch_by_itself(tmp_path, lang):
    told = tell("doctor", data=tmp_path, lang=None, LC_ALL="", LANG=lang, LANGUAGE="")
    assert "er is geen" in told.out.lower(), told.out


def test_importing_the_commands_is_quick_and_draws_in_no_device():
    check = (
        "import sys, vrtrainer.cli; print([m for m in ('pyglet', 'xr', 'numpy', 'PIL', 'mcap') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", check], cwd=terminal.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
