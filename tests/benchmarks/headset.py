"""A session in a headset on Monado's null compositor (20 Hz), hands moved by its remote driver, no layer in between.

`VRTRAINER_BENCH_FRAMES` sets how many frames (400 if none; 10,000 take eight and a half minutes).
"""

import json
import os

from tests.benchmarks import _headset  # noqa: F401  (its module runs beside Monado; imported so that a fault shows here)
from tests.openxr import room, worn_by_a_child
from tests.openxr.conftest import shared_folder


def figures():
    """Lines of figures."""
    if not room.there():
        yield f"left out: Monado is not here ({room.refusal() or 'python -m tests gets it'})"
        return
    frames = int(os.environ.get("VRTRAINER_BENCH_FRAMES", "400"))
    for how in ("undrawn", "draw"):
        came = _run(frames, how)
        if isinstance(came, str):
            yield came
            continue
        p50, p99 = came["loop_ms"]
        drawn = ", nothing drawn" if how == "undrawn" else ""
        yield f"{came['frames']} frames{drawn}, {came['in_trials']} in trials"
        yield (
            f"work of a frame longer than its period: {came['over']}, the longest {came['longest_ms']} ms of 50; "
            f"the runtime's display time jumped {came['late']} times"
        )
        yield f"loop with OpenXR calls, without drawing{drawn}, thread time: p50 {p50:.2f} ms, p99 {p99:.2f} ms"
        if how == "draw":
            p50, p99 = came["drawing_ms"]
            yield f"drawing both eyes, software renderer: p50 {p50:.1f} ms, p99 {p99:.1f} ms"
            yield f"start to the first frame in the headset: {came['first_frame_s']:.2f} s"
        yield f"memory {came['memory_mb']} MB, growth {came['mb_per_hour']} MB an hour{drawn}"


def _run(frames, how):
    with shared_folder() as folder:
        # The child moves Monado's own hands; without its variable the application knows of no layer.
        words = ["-c", "import os, sys; del os.environ['VRTRAINER_SIMULATED_HEADSET']; "
                 "os.execv(sys.executable, [sys.executable, '-m', 'tests.benchmarks._headset', *sys.argv[1:]])",
                 str(folder / "data"), str(frames), how]  # fmt: skip
        done = worn_by_a_child.run(["--choreography", "tour"], words, frames / 15 + 120)
    last = next((line for line in reversed(done.stdout.splitlines()) if line.startswith("{")), "")
    return json.loads(last) if last else f"failed with code {done.returncode}: {done.stdout[-400:]}"
