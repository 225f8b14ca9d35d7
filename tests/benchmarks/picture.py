"""One avatar picture of 1000 by 1000 beside panda3d: same model, one light, no anti-aliasing, each in its process."""

import json
import subprocess
import sys

from tests import needs

RUNS = 40


def figures():
    """Medians and their ratio; both draw into an offscreen buffer and read nothing back."""
    found = {}
    for name in ("ours", "panda3d"):
        words = [sys.executable, "-m", "tests.benchmarks._picture", name, str(RUNS)]
        run = subprocess.run(words, capture_output=True, text=True, check=False, cwd=needs.ROOT, timeout=300)
        if run.returncode:
            yield f"{name} could not draw: {(run.stderr.strip().splitlines() or ['no reason given'])[-1]}"
            return
        found[name] = json.loads(run.stdout.strip().splitlines()[-1])
    ours, theirs = found["ours"], found["panda3d"]
    yield f"{ours['what']}: {ours['ms']:.1f} ms"
    yield f"{theirs['what']}: {theirs['ms']:.1f} ms; ratio ours over panda3d {ours['ms'] / theirs['ms']:.2f}"
