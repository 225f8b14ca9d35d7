"""Appending one frame to the journal: what the loop pays, by thread time."""

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.benchmarks._timing import cpu_times, said
from vrtrainer.human import observation
from vrtrainer.human.frame import Frame
from vrtrainer.records.journal import Journal
from vrtrainer.sessions.events import Event


def figures():
    """5,000 frames of a body with hands and face."""
    rng = np.random.default_rng(0)
    seen = observation.nothing("benchmark")
    seen.positions[:], seen.rotations[:], seen.how[:] = rng.normal(size=(75, 3)), rng.normal(size=(75, 4)), 3
    # Noise of a millimetre and of a degree, as trackers have: a still body would be stored for nothing.
    moved = [
        observation.quantised(
            replace(
                seen,
                positions=seen.positions + rng.normal(0, 0.001, (75, 3)),
                rotations=seen.rotations + rng.normal(0, 0.01, (75, 4)),
            )
        )
        for _ in range(500)
    ]
    state = Event(0.0, float("nan"), "session_state", 0, 0, "running", {"state": "running"})
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.mcap", {}, "benchmark")
        journal.append(Frame(0, 0.0, 1 / 90), moved[0], (), (state,))
        index = iter(range(1, 10_000))

        def append():
            i = next(index)
            journal.append(Frame(i, i / 90, 1 / 90), moved[i % 500], (), ())

        times = cpu_times(append, 5000)
        journal.close("benchmark")
        size = journal.path.stat().st_size / 5201
    yield f"append {said(times)}; {size:.0f} bytes a frame on disk"
