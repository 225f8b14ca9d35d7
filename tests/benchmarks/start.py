"""From the command to its first output, and to the first frame."""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 5


def figures():
    """`--help`, and the first frame of an offscreen and, where there is a screen, a window run."""
    command = [sys.executable, "-m", "vrtrainer"]
    seconds = []
    for _ in range(RUNS):
        before = time.perf_counter()
        subprocess.run([*command, "--help"], check=True, capture_output=True)
        seconds.append(time.perf_counter() - before)
    yield f"--help median {statistics.median(seconds):.2f} s of {RUNS}"
    for display in ("offscreen", *(["window"] if os.environ.get("DISPLAY") else [])):
        seconds = [first_frame(display) for _ in range(RUNS)]
        yield f"first frame, {display}: median {statistics.median(seconds):.2f} s of {RUNS}"


def first_frame(display):
    """Seconds from starting the process to the first frame that was drawn."""
    with tempfile.TemporaryDirectory() as data:
        before = time.time()
        words = [sys.executable, "-m", "tests.benchmarks._first_frame", display, data]
        run = subprocess.run(words, capture_output=True, text=True, check=False)
        found = re.search(r"first frame at ([\d.]+)", run.stdout)
        if not found:
            raise RuntimeError(f"the {display} run ended without a frame:\n{run.stdout}{run.stderr}")
        return float(found[1]) - before
