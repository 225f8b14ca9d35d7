"""Starting a session, and a console, as processes that outlive whoever started them.

Rule 1: nothing of the new process hangs on this one: no pipe, no terminal, no group of processes.
Rule 2: what it says on stderr is kept in the data folder, so that its last line can be shown when it does not start.
"""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from vrtrainer.console import run_file

SAID = "last_start.txt"
PATIENCE = 60.0  # s after which a start that neither ended nor shows itself is said to take long


class Start:
    """One session that was started. `state` is starting, running, ended or failed; `sentence` what it said last."""

    def __init__(self, process, data, said):
        self._process, self._data, self._said = process, data, said
        self._ran = False
        self._began = time.monotonic()

    @property
    def pid(self):
        return self._process.pid

    @property
    def state(self):
        code = self._process.poll()
        if not self._ran and code is None:
            run = run_file.read(self._data)
            self._ran = run is not None and run.pid == self._process.pid
        if code is None:
            return "running" if self._ran else "starting"
        return "ended" if self._ran or code == 0 else "failed"

    @property
    def takes_long(self):
        return self.state == "starting" and time.monotonic() - self._began > PATIENCE

    @property
    def sentence(self):
        """The last line that it wrote, without our own name before it."""
        try:
            lines = self._said.read_text(encoding="utf-8", errors="replace").split("\n")
        except OSError:
            return ""
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return last.removeprefix("vrtrainer: ")


def start(data, language, words):
    """Start `vrtrainer run` with these words."""
    said = Path(data) / SAID
    process = detached(["run", *words, "--data", str(data), "--lang", language], said)
    return Start(process, Path(data), said)


def detached(words, said=None):
    """Start a command of ours that outlives this process; its words go to a file, or nowhere."""
    apart = (
        {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
        if sys.platform == "win32"
        else {"start_new_session": True}
    )
    command = [sys.executable, "-m", "vrtrainer", *map(str, words)]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    if said is None:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            **apart,
        )
    with open(said, "wb") as file:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=file, env=environment, **apart
        )


def listening(port):
    """A socket on this computer's own address; 0 takes any port that is free."""
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise OSError(f"port {port} of 127.0.0.1 is not free ({error.strerror}); choose another with --port") from None
