"""Runs beside Monado for `headset`: a session in a headset, timed. It prints one JSON object.

usage: DATA FRAMES draw|undrawn

`undrawn` makes every OpenXR call of a frame, swapchains and layers too, and leaves only OpenGL's drawing out: a
software renderer keeps all cores and their caches, which a graphics card does not, and the loop would be timed in its
wake.
"""

import json
import os
import sys
import time
from pathlib import Path

STARTED = time.monotonic()

import numpy as np  # noqa: E402

from vrtrainer import api  # noqa: E402
from vrtrainer.displays import openxr as display  # noqa: E402
from vrtrainer.sessions.commands import Command  # noqa: E402

WARM = 60
PROGRAMME = """
name = { nl = "Maat", en = "Measure" }
minutes = 60
avatar = "noor"
scene = "calm_room"
"""
BLOCK = """
[[block]]
mode = "immediate"
gestures = ["wave", "one_arm_up", "thumbs_up"]
trials = 6
"""


def rss():
    """Resident memory, MB."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


class Drawing:
    """Thread time that goes to drawing, so that it can be told apart."""

    def __init__(self):
        self.ns = 0

    def timed(self, owner, name):
        call = getattr(owner, name)

        def wrapped(*arguments, **named):
            before = time.thread_time_ns()
            try:
                return call(*arguments, **named)
            finally:
                self.ns += time.thread_time_ns() - before

        setattr(owner, name, wrapped)


class Watch:
    """A listener of the bulletin: its last call of a frame ends what is measured."""

    def __init__(self, drawing, frames, commands):
        self.drawing, self.frames, self.commands = drawing, frames, commands
        self.last = self.drawn = None
        self.loop, self.pictures, self.memory, self.active = [], [], [], 0
        self.first = None
        self.began, self.work, self.over = 0.0, [], 0

    def handed_over(self, display):
        """The display's frames, each with the moment at which it was handed over."""
        for frame in display():
            self.began = time.monotonic()
            yield frame

    def post(self, frame, shown, events):
        now, drawn = time.thread_time_ns(), self.drawing.ns
        took = time.monotonic() - self.began
        if frame.should_render and len(self.loop) > WARM:
            self.work.append(took)
            self.over += took > frame.period
        if frame.should_render and self.first is None:
            self.first = time.monotonic() - STARTED
        if self.last is not None and frame.should_render:
            self.loop.append(now - self.last - (drawn - self.drawn))
            self.pictures.append(drawn - self.drawn)
            self.active += shown.turn.trial >= 0
        if len(self.loop) % 100 == 1:
            self.memory.append((time.monotonic(), rss()))
        if shown.turn.awaits == "ready" or shown.turn.phase in ("paused", "stopped"):
            self.commands.put(Command("ready", "", "learner", "bench"))
        if len(self.loop) >= self.frames + WARM:
            self.commands.put(Command("finish", "", "adult", "bench"))
        self.last, self.drawn = time.thread_time_ns(), drawn

    def close(self):
        pass


def undrawn():
    """No OpenGL: what is left is the loop and the runtime."""
    from vrtrainer.stage import gloves, targets
    from vrtrainer.stage.renderer import Renderer

    Renderer.draw = lambda self, *arguments, **named: []
    targets.EyeTarget.resolve = lambda self, *arguments: None
    targets.finish = lambda: None
    gloves.Gloves.draw = lambda self, *arguments: None


def main(data, frames, how):
    drawing, made = Drawing(), []
    connect = display.connect

    def connected(options):
        made.append(connect(options))
        frames = made[0].frames
        made[0].frames = lambda: watch.handed_over(frames)
        from vrtrainer.stage import targets
        from vrtrainer.stage.renderer import Renderer

        if how == "undrawn":
            undrawn()
            return made[0]
        drawing.timed(Renderer, "draw")
        drawing.timed(targets.EyeTarget, "resolve")
        drawing.timed(targets, "finish")
        return made[0]

    display.connect = connected
    programme = Path(data) / "measure.toml"
    programme.parent.mkdir(parents=True, exist_ok=True)
    programme.write_text(PROGRAMME + 60 * BLOCK, encoding="utf-8")
    options = api.options(
        data=Path(data), language="en", display="openxr", seed=1, programme=str(programme), spectator="off", msaa=0
    )
    watch = Watch(drawing, frames, options.commands)
    bulletin = api.Bulletin
    api.Bulletin = lambda *listeners: bulletin(*listeners, watch)
    code = api.run(options)
    pump = made[0]._pump
    loop, pictures = np.array(watch.loop[WARM:]) / 1e6, np.array(watch.pictures[WARM:]) / 1e6
    times, memory = np.array(watch.memory[1:] or watch.memory).T
    slope = float(np.polyfit(times, memory, 1)[0] * 3600) if len(times) > 2 else None
    print(
        json.dumps(
            {
                "code": code, "frames": len(loop), "in_trials": watch.active, "late": pump.late,
                "over": watch.over, "longest_ms": round(max(watch.work) * 1e3, 1),
                "loop_ms": [round(float(v), 3) for v in np.percentile(loop, (50, 99))],
                "drawing_ms": [round(float(v), 2) for v in np.percentile(pictures, (50, 99))],
                "first_frame_s": round(watch.first, 2), "memory_mb": round(float(memory[-1])),
                "mb_per_hour": None if slope is None else round(slope, 1), "late_when": list(pump.late_when),
            }
        )
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
