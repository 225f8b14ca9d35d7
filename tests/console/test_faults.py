"""Whatever befalls disk, database, line or consoles in mid-session: the adult is told, the learner sees nothing of it,
the session goes on, and nothing is lost. One session of a real run goes through all of it, one thing after the other.
"""

import contextlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import numpy as np
import pytest

from tests.console import processes
from tests.console.beside import Beside, Page
from tests.console.processes import until
from vrtrainer.console import run_file, wire
from vrtrainer.records import reading
from vrtrainer.records.database import NAME, Database

SHORT = """
name = { nl = "Kort", en = "Short" }
[[block]]
mode = "immediate"
gestures = ["wave", "one_arm_up"]
trials = 3
"""
NEVER_READ = ("disk", "database", "journal", "memory", "folder", "error", "console", "vrtrainer", "file")
"""Words of what befell the session, none of which the learner may meet."""

pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(sys.platform != "linux", reason="faults of a running session: made by means of Linux"),
]


def programme(folder, trials=3):
    path = folder / "short.toml"
    path.write_text(SHORT.replace("trials = 3", f"trials = {trials}"), encoding="utf-8")
    return path


def keys(event):
    return [one["key"] for one in event.fields["told"]]


def amiss(beside, key, since, seconds=60):
    return beside.until("fault", lambda e: key in keys(e), since, seconds)


def well_again(beside, since, seconds=60):
    return beside.until("fault", lambda e: not keys(e), since, seconds)


def limited(run, largest):
    """The largest file that a process may write from now on, None for any."""
    import resource

    resource.prlimit(run.pid, resource.RLIMIT_FSIZE, (largest or resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def no_room(run, beside):
    since = len(beside.heard)
    limited(run, 10_000)
    amiss(beside, "journal_full", since)
    limited(run, None)
    well_again(beside, since)


def database_locked(data, beside):
    since = len(beside.heard)
    link = sqlite3.connect(data / NAME, isolation_level=None)
    link.execute("BEGIN IMMEDIATE")
    beside.ask("note", "while it was locked")
    amiss(beside, "database_waits", since)
    link.execute("ROLLBACK")
    link.close()
    well_again(beside, since)


def folder_removed(data, beside):
    since = len(beside.heard)
    shutil.rmtree(data)
    amiss(beside, "journal_away", since)
    well_again(beside, since)
    until((data / run_file.NAME).exists)


def flooded(data, beside):
    """10,000 commands a second for three seconds from one console, and a stop from another in the midst of it."""
    run = run_file.read(data)
    line = socket.create_connection(("127.0.0.1", run.port), timeout=20)
    line.sendall(wire.frame(wire.SECRET, bytes.fromhex(run.secret)))
    ask = wire.frame(wire.COMMAND, json.dumps({"name": "harder", "value": ""}).encode()) * 100
    sent = [0]

    def read():
        while line.recv(262144):
            pass

    def flood():
        begin = time.monotonic()
        while time.monotonic() - begin < 3.0:
            line.sendall(ask)
            sent[0] += 100
            time.sleep(max(begin + sent[0] / 10_000 - time.monotonic(), 0))

    threads = [threading.Thread(target=read, daemon=True), threading.Thread(target=flood, daemon=True)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    time.sleep(1.5)
    since, asked = len(beside.heard), time.monotonic()
    beside.ask("stop")
    at, _ = beside.until("session_state", lambda e: e.fields["state"] == "stopped", since)
    threads[1].join()
    told = SimpleNamespace(sent=sent[0], stop_took=at - asked, began=began, lasted=time.monotonic() - began)
    line.shutdown(socket.SHUT_RDWR)
    threads[0].join()
    line.close()
    beside.until("session_state", lambda e: e.fields["state"] == "running", since)  # the learner goes on by itself
    return told


def strangers(data, beside):
    """Garbage, half of a secret and nothing at all on the line; consoles that come are heard all the same."""
    run, rng = run_file.read(data), np.random.default_rng(4)
    with contextlib.ExitStack() as closing:

        def stranger(*sends):
            one = closing.enter_context(socket.create_connection(("127.0.0.1", run.port), timeout=5))
            with contextlib.suppress(OSError):  # it may have been let go already
                for data in sends:
                    one.sendall(data)

        for _ in range(20):
            stranger()
            stranger(rng.bytes(3000))
            stranger(wire.frame(wire.SECRET, bytes(32)))
        stranger(wire.HEAD.pack(wire.SECRET, 32) + bytes(7))
        stranger(wire.HEAD.pack(wire.TABLEAU, 2**31))
        stranger(wire.frame(wire.SECRET, bytes.fromhex(run.secret)), rng.bytes(5000))
        five = [closing.enter_context(contextlib.closing(Beside(data))) for _ in range(5)]
        for one in five:
            one.until("session_state")
        since = [len(one.heard) for one in five]
        beside.ask("note", "to all five")
        for one, heard in zip(five, since, strict=True):
            one.until("note", lambda e: e.fields["text"] == "to all five", heard)


@pytest.fixture(scope="module")
def through(tmp_path_factory):
    """What was heard and kept of a session that all of it befell."""
    data = tmp_path_factory.mktemp("faults") / "data"
    words = (*processes.SAM, "--programme", programme(data.parent, 6))
    with contextlib.ExitStack() as closing:
        closing.enter_context(processes.console(data))
        run = closing.enter_context(processes.running(data, *words))
        beside, page = (closing.enter_context(contextlib.closing(one(data))) for one in (Beside, Page))
        beside.until("phase")
        no_room(run, beside)
        database_locked(data, beside)
        folder_removed(data, beside)
        flood = flooded(data, beside)
        strangers(data, beside)
        until(lambda: run.poll() is not None, 300)
        said = run.stdout.read()
        until(lambda: page.view.get("screen") == "over", 10)
    return SimpleNamespace(data=data, code=run.returncode, said=said, beside=beside, page=page, flood=flood)


def test_the_session_goes_on_to_its_end(through):
    assert through.code == 0, through.said
    assert "Finished. 6 attempts" in through.said
    assert "Note:" not in through.said
    assert "Traceback" not in through.said
    assert through.beside.said_goodbye


def test_nothing_is_lost(through):
    with Database(through.data) as database:
        assert database.recover() == []
        row = database.session()
        assert (row["ended"], row["fault"]) == ("finished", "")
        journal = reading.read(database.absolute(row["journal"]))
        assert (journal.damage, journal.fault, journal.ended) == ("", "", "finished")
        assert [f.index for f, *_ in journal.steps()] == list(range(journal.frames))
        ended = [e.trial for e in journal.events if e.trial_type == "trial_ended"]
        assert [trial["trial"] for trial in database.trials(row["id"])] == ended
        notes = [note["text"] for note in database.rows("SELECT text FROM notes")]
        assert notes == ["while it was locked", "to all five"]
        assert (through.data / row["folder"] / "report.html").is_file()


def test_its_journal_computes_the_same(through):
    (journal,) = through.data.glob("sessions/*/journal.mcap")
    with processes.ended(processes.started(through.data, "replay", journal)) as replay:
        assert replay.wait(120) == 0, replay.stdout.read()


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("journal_full", "The disk is full. The session simply goes on"),
        ("database_waits", "The database cannot be written now"),
        ("journal_away", "The data folder is gone"),
    ],
)
def test_the_adult_is_told_in_words_when_it_begins_and_when_it_is_over(through, key, words):
    told = [keys(event) for event in through.beside.events("fault")]
    assert any(key in one for one in told)
    assert told[-1] == []
    assert any(words in notice for notice in through.page.notices)
    assert any(words in line for line in through.page.log)
    assert "All is well again: everything is kept." in through.page.log


def test_what_is_amiss_is_told_once_and_not_each_second(through):
    assert len(through.beside.events("fault")) < 14


def test_the_learner_reads_nothing_of_it(through):
    assert through.beside.captions
    for caption in through.beside.captions:
        assert not [word for word in NEVER_READ if word in caption.lower()], caption
        assert os.sep not in caption


def test_a_flood_keeps_no_stop_out_and_holds_no_frame_up(through):
    flood = through.flood
    print(f"flood: {flood.sent} commands in {flood.lasted:.1f} s; stop took {1000 * flood.stop_took:.0f} ms")
    assert flood.sent >= 10_000
    assert flood.stop_took < 5.0  # 0.2 where nothing else runs: the benchmark says
    (journal,) = through.data.glob("sessions/*/journal.mcap")
    times = np.array([f.time for f, *_ in reading.read(journal).steps()])
    inside = (times[1:] > flood.began) & (times[:-1] < flood.began + flood.lasted)
    gaps = np.diff(times)[inside]
    print(f"frames in the flood: {inside.sum()}, longest gap {1000 * gaps.max():.0f} ms")
    assert inside.sum() > 30
    assert gaps.max() < 0.5
    asked = [e for e in reading.read(journal).events if e.fields.get("command") == "harder"]
    assert len(asked) < 200


# The console itself


@pytest.mark.parametrize(
    ("breaks", "why"),
    [
        ("programs", "OpenGL does not draw any more"),
        ("context", ""),
        ("thread", "the drawing ended"),
    ],
)
def test_when_opengl_goes_or_the_drawing_dies_figures_are_drawn_without_it(tmp_path, opengl, breaks, why):
    words = [sys.executable, "-m", "tests.console.painting", breaks, str(tmp_path)]
    done = subprocess.run(
        words, cwd=processes.ROOT, env=processes.environment(), capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    said = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
    kinds = said["kinds"].split()
    assert kinds[0] == "image/jpeg"
    assert kinds[-3:] == ["image/svg+xml"] * 3
    assert "Nu kun jij." in said["words"], "what the learner reads comes all the same"
    assert why in said["why"]


def test_a_console_without_memory_takes_no_session_with_it(tmp_path):
    """Its address space is cut down to what it has: it draws no more, or ends; another one takes over."""
    import resource

    words = (*processes.SAM, "--programme", programme(tmp_path, 2))
    with processes.running(tmp_path, *words) as run, contextlib.ExitStack() as closing:
        beside = closing.enter_context(contextlib.closing(Beside(tmp_path)))
        with processes.console(tmp_path) as (console, _):
            page = Page(tmp_path)
            until(lambda: page.view.get("screen") == "running", 60)
            used = int(Path(f"/proc/{console.pid}/statm").read_text().split()[0]) * resource.getpagesize()
            resource.prlimit(console.pid, resource.RLIMIT_AS, (used, used))
            beside.until("trial_ended", seconds=90)
            left, views = console.poll(), page.views
            print(f"console after its memory went: {'lives' if left is None else left}, {views} views")
            page.close()
            if left is None:
                console.kill()
            said = console.communicate(timeout=20)[0]
            assert "Traceback" not in said, said
        with processes.console(tmp_path):
            page = closing.enter_context(contextlib.closing(Page(tmp_path)))
            until(lambda: page.view.get("screen") == "running" or run.poll() is not None, 60)
            assert run.wait(120) == 0, run.stdout.read()
    with Database(tmp_path) as database:
        row = database.session()
        assert row["ended"] == "finished"
        assert [t["trial"] for t in database.trials(row["id"])] == [0, 1]


def test_a_console_answers_whatever_strangers_do_at_its_door(tmp_path):
    rng = np.random.default_rng(7)
    with processes.console(tmp_path) as (console, address), contextlib.ExitStack() as closing:
        port = urlsplit(address).port
        for k in range(90):
            one = closing.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
            with contextlib.suppress(OSError):
                one.sendall(
                    (b"", rng.bytes(2000), b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999\r\n\r\n")[k % 3]
                )
        page = closing.enter_context(contextlib.closing(Page(tmp_path)))
        until(lambda: page.view.get("screen") == "none", 20)
        console.terminate()
        said = console.communicate(timeout=20)[0]
    assert console.returncode == 0
    assert "Traceback" not in said, said
    assert "Error" not in said, said
