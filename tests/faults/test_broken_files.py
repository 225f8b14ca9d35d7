"""Broken files of every kind: one clear error that names the file, no traceback, and the file stays as it was."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.records import sample
from tests.records.test_database import begun, recorded
from vrtrainer.records import people, reading
from vrtrainer.records.database import NAME, Database
from vrtrainer.records.journal import Journal
from vrtrainer.records.schema import DatabaseError

ROOT = Path(__file__).parent.parent.parent
GARBAGE = {
    "random": np.random.default_rng(1).bytes(5000),
    "zeros": bytes(4096),
    "text": b"hello\n" * 40,
    "sqlite head only": b"SQLite format 3\x00",
    "mcap magic only": b"\x89MCAP0\r\n",
    "mcap magic and garbage": b"\x89MCAP0\r\n" + np.random.default_rng(2).bytes(3000),
    "a huge length": b"\x89MCAP0\r\n\x01" + b"\xff" * 8 + bytes(100),
}


def filled(folder):
    with Database(folder) as database:
        session, where = begun(database)
        journal = Journal(where / "journal.mcap", {"seed": 1}, "simulated")
        for step in sample.frames(sample.session_events(3), 0.1):
            journal.append(*step)
        journal.close()
        recorded(database, session, sample.session_events(3))
    return journal.path


@pytest.mark.parametrize("data", GARBAGE.values(), ids=GARBAGE)
def test_garbage_in_place_of_a_journal(tmp_path, data):
    path = tmp_path / "journal.mcap"
    path.write_bytes(data)
    with pytest.raises(reading.JournalError, match=r"journal\.mcap: not a journal of vrtrainer"):
        reading.read(path)
    assert path.read_bytes() == data


def test_no_journal_at_all(tmp_path):
    for path in (tmp_path / "journal.mcap", tmp_path):
        with pytest.raises(reading.JournalError, match="there is no such journal"):
            reading.read(path)


@pytest.mark.parametrize("data", [d for d in GARBAGE.values() if d], ids=GARBAGE)
def test_garbage_in_place_of_the_database(tmp_path, data):
    (tmp_path / NAME).write_bytes(data)
    with pytest.raises(DatabaseError, match=NAME.replace(".", r"\.")):
        Database(tmp_path)
    assert (tmp_path / NAME).read_bytes() == data


def test_another_programs_database_is_left_alone(tmp_path):
    import sqlite3

    link = sqlite3.connect(tmp_path / NAME)
    link.execute("CREATE TABLE theirs (x)")
    link.commit()
    link.close()
    with pytest.raises(DatabaseError, match="not one of vrtrainer"):
        Database(tmp_path)


@pytest.mark.parametrize("at", np.random.default_rng(6).integers(0, 40_000, 25))
def test_a_database_with_damaged_pages_opens_whole_or_says_what_is_wrong(tmp_path, at):
    filled(tmp_path)
    path = tmp_path / NAME
    data = bytearray(path.read_bytes())
    at %= len(data) - 64
    data[at : at + 64] = np.random.default_rng(int(at)).bytes(64)
    path.write_bytes(data)
    try:
        with Database(tmp_path) as database:
            people.known(database)
            database.trials(database.session()["id"])
    except DatabaseError as error:
        said = str(error)
        assert said.startswith(str(path)), said
        assert "\n" not in said


COMMANDS = {
    "run": ("run", "--display", "offscreen", "--fast-clock"),
    "report": ("report",),
    "export": ("export", "--out", "out"),
    "erase": ("erase", "P01"),
}


def told(folder, *words):
    """Exit code and what a command said."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "vrtrainer", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_command_that_meets_a_broken_database_says_one_line(tmp_path, command):
    (tmp_path / NAME).write_bytes(GARBAGE["random"])
    code, said = told(tmp_path, *command, "--data", str(tmp_path), "--lang", "en")
    assert code == 2
    assert "Traceback" not in said
    assert said.count("\n") == 1
    assert NAME in said
    assert (tmp_path / NAME).read_bytes() == GARBAGE["random"]


@pytest.mark.parametrize(
    "data", [GARBAGE["random"], b"", GARBAGE["mcap magic and garbage"]], ids=["random", "empty", "mcap"]
)
def test_replaying_a_broken_journal_says_one_line(tmp_path, data):
    path = tmp_path / "journal.mcap"
    path.write_bytes(data)
    code, said = told(tmp_path, "replay", str(path), "--data", str(tmp_path), "--lang", "en")
    assert code == 2
    assert "Traceback" not in said
    assert said.count("\n") == 1
    assert "journal.mcap" in said
    assert path.read_bytes() == data


def test_replaying_a_journal_of_other_things_says_one_line(tmp_path):
    path = filled(tmp_path / "data")
    code, said = told(tmp_path, "replay", str(path), "--data", str(tmp_path / "data"), "--lang", "en")
    assert code == 2
    assert "Traceback" not in said
    assert said.count("\n") == 1
