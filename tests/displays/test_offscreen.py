"""Offscreen: frames at two paces, and the pictures that a report keeps, with and without OpenGL."""

import os
import subprocess
import sys
import time
import types
from dataclasses import replace
from itertools import islice, pairwise

import numpy as np
import pytest

from tests.stage import shown
from vrtrainer import choices
from vrtrainer.displays import offscreen
from vrtrainer.sessions.tableau import EMPTY

CONTENT = types.SimpleNamespace(**{kind: choices.content(kind) for kind in choices.KINDS})


def options(folder, **more):
    given = {"rate": 30.0, "real_time": False, "fast_clock": True}
    return types.SimpleNamespace(folder=folder, content=CONTENT, language="nl", **(given | more))


def test_the_fast_clock_gives_30_frames_a_second_as_fast_as_they_come(tmp_path):
    display = offscreen.connect(options(tmp_path))
    began = time.monotonic()
    frames = list(islice(display.frames(), 900))
    assert time.monotonic() - began < 5
    assert [f.index for f in frames] == list(range(900))
    assert frames[-1].time - frames[0].time == pytest.approx(899 / 30)
    display.close()


def test_two_runs_on_the_fast_clock_have_the_same_times(tmp_path):
    one, two = ([f.time for f in islice(offscreen.connect(options(tmp_path)).frames(), 50)] for _ in range(2))
    assert one == two


def test_in_real_time_a_late_frame_skips_time(tmp_path):
    display = offscreen.connect(options(tmp_path, real_time=True, fast_clock=False))
    times = []
    began = time.monotonic()
    for frame in islice(display.frames(), 12):
        times.append((frame.time, time.monotonic()))
        if frame.index == 5:
            time.sleep(0.3)
    assert time.monotonic() - began > 11 / 30 - 0.02
    steps = [b[0] - a[0] for a, b in pairwise(times)]
    assert min(steps) > 0
    assert steps[5] > 0.25
    assert all(abs(frame - now) < 0.08 for frame, now in times if frame > times[6][0])
    display.close()


def test_only_what_a_report_keeps_is_drawn(tmp_path, opengl):
    display = offscreen.connect(options(tmp_path))
    kept = replace(shown.asking(), keep="demonstration")
    tableaux = (EMPTY, shown.asking(), kept, shown.asking(), replace(kept, keep="end"))
    for frame, tableau in zip(islice(display.frames(), 5), tableaux, strict=True):
        display.draw(frame, tableau)
    display.close()
    assert display.note == "", "pictures are drawn by OpenGL here"
    files = sorted(p.name for p in (tmp_path / "pictures").iterdir())
    assert files == ["001-demonstration.png", "002-end.png"]
    from PIL import Image

    with Image.open(tmp_path / "pictures" / "001-demonstration.png") as picture:
        assert picture.size == (1280, 720)
        assert len(np.unique(np.asarray(picture.convert("RGB")).reshape(-1, 3)[::97], axis=0)) > 30
    assert display.note == ""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="drivers: hidden by a variable that Linux' EGL reads")
def test_without_a_driver_the_same_picture_is_svg_and_says_what_to_install(tmp_path):
    code = f"""
from pathlib import Path
from dataclasses import replace
from tests.displays.test_offscreen import options
from tests.stage import shown
from vrtrainer.displays import offscreen
display = offscreen.connect(options(Path({str(tmp_path)!r})))
frame = next(display.frames())
display.draw(frame, replace(shown.asking(), keep="start"))
display.close()
print(display.note)
"""
    nowhere = str(tmp_path / "nowhere")
    hidden = {"__EGL_VENDOR_LIBRARY_DIRS": nowhere, "LIBGL_DRIVERS_PATH": nowhere}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, env=os.environ | hidden
    )
    assert done.returncode == 0, done.stderr
    assert "apt install" in done.stdout
    assert (tmp_path / "pictures" / "001-start.svg").read_text(encoding="utf-8").startswith("<svg")
