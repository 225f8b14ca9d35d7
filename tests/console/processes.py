"""Runs and consoles as real processes, and a browser's side of the console by aiohttp's client."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from vrtrainer.console import run_file

ROOT = Path(__file__).parent.parent.parent
SAM = ("run", "--display", "offscreen", "--real-time", "--learner", "sam", "--seed", "3")
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/\?token=[\w-]+")


def environment():
    """No screen, so that no window and no browser opens."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("VRTRAINER_")}
    hidden = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)}
    return {**kept, **hidden, "LIBGL_ALWAYS_SOFTWARE": "1"}


def started(data, *words, lang="en"):
    """A command of ours that runs beside the test; the caller ends it."""
    return subprocess.Popen(
        [sys.executable, "-m", "vrtrainer", *map(str, words), "--data", str(data), "--lang", lang],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


@contextlib.contextmanager
def ended(process):
    """The process, which has ended when the block has."""
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=20)
        if process.poll() is None:
            process.kill()
            process.communicate()


@contextlib.contextmanager
def console(data, *words, lang="en"):
    """A console that answers; gives its process and the address with the token."""
    with ended(started(data, "console", "--no-browser", *words, lang=lang)) as process:
        line = process.stdout.readline()
        found = ADDRESS.search(line)
        assert found, line + process.stdout.read()
        yield process, found.group(0)


def until(true, seconds=30.0, every=0.02):
    """The first answer of `true` that is not empty; fails when none comes in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := true():
            return answer
        time.sleep(every)
    raise AssertionError(f"it did not come within {seconds} s")


@contextlib.contextmanager
def running(data, *words, lang="en"):
    """A run that a console can find; gives its process."""
    with ended(started(data, *(words or SAM), lang=lang)) as process:
        until(lambda: process.poll() is not None or _is_there(data, process.pid), 60)
        assert process.poll() is None, process.stdout.read()
        yield process


def _is_there(data, pid):
    run = run_file.read(data)
    return run is not None and run.pid == pid


def fresh(data):
    """A new address with a token, as a second console asks for it."""
    table = json.loads((Path(data) / "console.json").read_text(encoding="utf-8"))
    asked = urllib.request.Request(
        f"http://127.0.0.1:{table['port']}/-/token",
        method="POST",
        headers={"Authorization": f"Bearer {table['secret']}"},
    )
    with urllib.request.urlopen(asked, timeout=5) as answer:
        return json.load(answer)["address"]


def end_run(run):
    """End a run that a console started, and wait until it is gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(run.pid, signal.SIGTERM)
    until(lambda: run_file.dead(run) or _zombie(run.pid), 30)


def _zombie(pid):
    """Whether a process is over but still listed, because who started it has not asked how it ended."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z"
    return True
