"""What the console costs the loop: the work of a frame at 90 Hz by wall time, with none, one and five consoles that
take every tableau they can get; how long an event takes to a console, and a control to the session's event."""

import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from tests.benchmarks import _session
from tests.benchmarks._timing import said
from vrtrainer import setups
from vrtrainer.console import run_file, wire
from vrtrainer.console.publisher import Publisher
from vrtrainer.sessions import tableau
from vrtrainer.sessions.commands import Inbox
from vrtrainer.sessions.events import Event

SECONDS, RATE = 12, 90.0
TAKER = """
import sys
from pathlib import Path
from tests.benchmarks.console import taken
taken(Path(sys.argv[1]))
"""


def taken(data):
    """Be a console that takes every tableau, until the run says goodbye."""
    run = run_file.read(data)
    with socket.create_connection(("127.0.0.1", run.port)) as line:
        reader = wire.Reader(wire.FROM_RUN)
        line.sendall(wire.frame(wire.SECRET, bytes.fromhex(run.secret)) + wire.frame(wire.WANTS))
        while data := line.recv(262144):
            for kind, body in reader.feed(data):
                if kind == wire.TABLEAU:
                    wire.unpacked(body)
                    line.sendall(wire.frame(wire.WANTS))
                elif kind == wire.BYE:
                    return


def frame_work(consoles):
    """Wall time of each frame's work at the pace of a 90 Hz display, s; None consoles means no publisher at all."""
    with tempfile.TemporaryDirectory() as data:
        _, plain, tracker = _session.made(data)
        session, inbox = setups.session_of(plain), Inbox()
        publisher, takers = None, []
        if consoles is not None:
            publisher = Publisher(Path(data), inbox, session="s", person="", started="", versions={})
            takers = [subprocess.Popen([sys.executable, "-c", TAKER, data]) for _ in range(consoles)]
            while sum(c.trusted for c in publisher._consoles) < consoles:
                time.sleep(0.05)
        shown, out, began = tableau.EMPTY, [], time.monotonic()
        for frame in _session.frames(int(SECONDS * RATE)):
            rest = began + frame.time - time.monotonic()
            if rest > 0:
                time.sleep(rest)
            seen = tracker.observe(frame, shown)  # a simulated body, not counted
            before = time.perf_counter()
            shown, events = session.step(frame, seen, inbox.take())
            if publisher is not None:
                publisher.post(frame, shown, events)
            out.append(time.perf_counter() - before)
        if publisher is not None:
            publisher.close()
        for taker in takers:
            taker.wait(10)
    return np.array(out[int(RATE) :])


def ways():
    """Seconds from a post to a console, and from a console's command to the event that answers it, at 90 Hz."""
    with tempfile.TemporaryDirectory() as data:
        inbox, ended, there, back = Inbox(), threading.Event(), [], []
        publisher = Publisher(Path(data), inbox, session="s", person="", started="", versions={})

        def loop():
            while not ended.is_set():
                told = [Event(time.perf_counter(), 0.0, "command", 0, 0, "", {}) for _ in inbox.take()]
                publisher.post(None, tableau.EMPTY, told)
                time.sleep(1 / RATE)

        thread = threading.Thread(target=loop)
        thread.start()
        with socket.create_connection(("127.0.0.1", publisher.run.port)) as line:
            reader = wire.Reader(wire.FROM_RUN)
            line.sendall(wire.frame(wire.SECRET, bytes.fromhex(publisher.run.secret)))
            asked, order = 0.0, wire.frame(wire.COMMAND, json.dumps({"name": "slower"}).encode())
            while len(back) < 100:
                for kind, body in reader.feed(line.recv(65536)):
                    now = time.perf_counter()
                    if kind != wire.EVENTS:
                        continue
                    for event in wire.events(body):
                        there.append(now - event.onset)
                        back.append(now - asked)
                    time.sleep(0.06)  # slower than the commands' budget
                    asked = time.perf_counter()
                    line.sendall(order)
        ended.set()
        thread.join()
        publisher.close()
    return np.array(there), np.array(back)


def figures():
    """Frame work without a publisher, and with none, one and five consoles; the ways of an event and a control."""
    for name, consoles in (("no publisher", None), ("no console", 0), ("one console", 1), ("five consoles", 5)):
        yield f"frame's work at {RATE:.0f} Hz, {name}: {said(frame_work(consoles), 'ms')}"
    there, back = ways()
    yield f"event to a console: {said(there, 'ms')}"
    yield f"control to the session's event, seen by the console: {said(back, 'ms')}"
