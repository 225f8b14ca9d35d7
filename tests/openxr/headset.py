"""The application in a headset, as tests start it: `with worn(folder, words) as headset: …`.

Screen, Monado and application run where `room` says, each time anew; nothing of them is left when the block ends. The
remote driver listens at a port of its own each time, but two Monados and two drawing applications would share a few
cores, so a lock in the folder for temporary files lets one headset be worn at a time, whoever starts it.
"""

import contextlib
import json
import math
import os
import queue
import shutil
import struct
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from tests.openxr import room

LOCK = Path(tempfile.gettempdir()) / "vrtrainer-tests-headset.lock"
CORE = "XR_APILAYER_LUNARG_core_validation"
PRACTICES = "XR_APILAYER_KHRONOS_best_practices_validation"
DUMP = "XR_APILAYER_LUNARG_api_dump"
SCREEN = (1920, 1080)
LEVEL = (0.0, 0.0, 0.0, 1.0)
EYES = (0.0, 1.25, 0.0)
HEAD = (*LEVEL, *EYES)
PALMS = ((*LEVEL, -0.17, 1.0, -0.35), (*LEVEL, 0.17, 1.0, -0.35))
"""Quaternions and places: a child that stands and looks ahead, with both hands before its chest."""
READY_DEG = -16.0
"""Where the button of the greeting stands, below the horizon of `HEAD`."""


def looking(pitch_deg=0.0, yaw_deg=0.0):
    """The head at its place, turned up and to the left by so much."""
    half, side = math.radians(pitch_deg) / 2, math.radians(yaw_deg) / 2
    turned = (math.sin(half) * math.cos(side), math.cos(half) * math.sin(side), -math.sin(half) * math.sin(side))
    return (*turned, math.cos(half) * math.cos(side), *EYES)


@contextlib.contextmanager
def alone(seconds=300.0):
    """Wait for the lock and hold it."""
    import fcntl

    with open(LOCK, "a", encoding="utf-8") as file:
        until = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise TimeoutError(f"another headset has been worn for {seconds:.0f} s: {LOCK}") from None
                time.sleep(0.2)
        yield


def screen_pixels(file):
    """The pixels of a screen that Xvfb keeps in a file (`-fbdir`).

    Parameters
    ----------
    file : Path
        XWD, version 7: a header of 32-bit big-endian words, its name, colours, and rows of 4 bytes a pixel.

    Returns
    -------
    ndarray, shape (height, width, 3), uint8
    """
    data = file.read_bytes()
    header = struct.unpack(">25I", data[:100])
    size, wide, high, order, bits, row, colours = (header[k] for k in (0, 4, 5, 7, 11, 12, 19))
    if bits != 32 or order != 0:
        raise ValueError(f"{file}: {bits} bits a pixel in byte order {order}; 32 and 0 were expected")
    start = size + 12 * colours
    rows = np.frombuffer(data, np.uint8, row * high, start).reshape(high, row // 4, 4)
    return rows[:, :wide, 2::-1].copy()  # blue, green, red, nothing


class Headset:
    """A running application in its headset.

    `lines` holds what it has said so far, `code` how it ended (None while it runs), `folder` what it wrote.
    """

    def __init__(self, process, folder):
        self.folder, self.lines, self.code = folder, [], None
        self._process, self._rows = process, queue.Queue()
        self._strange = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self._process.stdout:
            try:
                self._rows.put(json.loads(line))
            except json.JSONDecodeError:
                self._rows.put({"strange": line})
        self._rows.put(None)

    def _take(self, until):
        """One row of what happens; TimeoutError with all that was said where none comes in time."""
        try:
            row = self._rows.get(timeout=max(until - time.monotonic(), 0.001))
        except queue.Empty:
            raise TimeoutError("nothing came of it; it said:\n" + self.said()) from None
        if row is None:
            raise RuntimeError("its surroundings ended; they said:\n" + "".join(self._strange) + self.said())
        if "said" in row:
            self.lines.append(row["said"])
        elif "ended" in row:
            self.code = row["ended"]
        elif "strange" in row:
            self._strange.append(row["strange"])
        return row

    def said(self):
        return "\n".join(self.lines[-40:])

    def wait_started(self, seconds=40.0):
        until = time.monotonic() + seconds
        while "started" not in self._take(until):
            pass

    def wait_for(self, there, seconds=40.0):
        """Wait until `there()` is true, or the application ends."""
        until = time.monotonic() + seconds
        while not there():
            if self.code is not None:
                raise RuntimeError(f"it ended with {self.code}; it said:\n{self.said()}")
            if time.monotonic() > until:
                raise TimeoutError("it did not come; the application said:\n" + self.said())
            with contextlib.suppress(TimeoutError):
                self._take(min(until, time.monotonic() + 0.05))

    def pause(self, seconds):
        """Let time go by, and hear what is said."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with contextlib.suppress(TimeoutError):
                self._take(until)

    def wait_end(self, seconds=30.0):
        """Its exit code."""
        until = time.monotonic() + seconds
        while self.code is None:
            self._take(until)
        return self.code

    def order(self, do, **values):
        self._process.stdin.write(json.dumps({"do": do, **values}) + "\n")
        self._process.stdin.flush()

    def signal(self, name):
        self.order("signal", name=name)

    def be(self, head=HEAD, palms=PALMS):
        """Head and palms from now on, as `PALMS` has them; None for a hand that is not seen."""
        self.order("be", head=head, palms=palms)

    def close(self):
        """Read what is left to be read."""
        self._reader.join(10)
        self._process.stdout.close()

    def screen(self):
        """What stands on the screen now; ndarray, shape (height, width, 3)."""
        return screen_pixels(self.folder / "Xvfb_screen0")


@contextlib.contextmanager
def worn(folder, words, *, compositor="null", layers=(), environment=None, size=SCREEN, head=HEAD, palms=PALMS):
    """The application (`words` go to Python) in a headset.

    Parameters
    ----------
    folder : Path
        Below the folder for temporary files, which the room shares; screen and logs are put there.
    words : sequence of str
    compositor : str
        "null": no picture, 20 Hz. "screen": on the screen, 90 Hz.
    layers : sequence of str
        API layers, the one next to the application first.
    """
    folder = Path(folder)
    plan = {
        "folder": str(folder), "words": list(words), "compositor": compositor, "layers": list(layers),
        "environment": dict(environment or {}), "size": size, "head": head, "palms": palms,
    }  # fmt: skip
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    runtime = "/run/xdg"
    if room.here():
        runtime = tempfile.mkdtemp(prefix="xdg-")
        os.chmod(runtime, 0o700)
    inside = room.enter(
        [room.python(), "-m", "tests.openxr.surroundings", str(folder / "plan.json")], {"XDG_RUNTIME_DIR": runtime}
    )
    with alone(), open(folder / "surroundings.log", "wb") as log:
        process = subprocess.Popen(
            inside, cwd=room.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        )
        headset = Headset(process, folder)
        try:
            headset.wait_started()
            yield headset
        finally:
            with contextlib.suppress(OSError):
                process.stdin.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()  # unshare takes the whole namespace with it
                process.wait()
            headset.close()
            if room.here():
                shutil.rmtree(runtime, ignore_errors=True)


def session(folder, *more):
    """The words of a session in a headset, with what it keeps in a folder."""
    return ["-m", "vrtrainer", "run", "--display", "openxr", "--tracker", "openxr", "--data", str(folder / "data"),
            "--lang", "en", "--seed", "1", "--spectator", "off",
            "--programme", "first_steps", *more]  # fmt: skip
