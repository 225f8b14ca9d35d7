"""CPU of one frame by thread time: from frames() returning to the first draw call, plus journal and bulletin.

The learner's observations were made before by a simulated learner and are played, so that a simulated body costs
nothing here; the tracker's door, the session, the comparison and what the renderer does before it draws are all in.
"""

import tempfile
import time
from pathlib import Path

import numpy as np

from tests.benchmarks import _session
from tests.benchmarks._timing import said
from vrtrainer import app, setups
from vrtrainer.console.link import Bulletin
from vrtrainer.records.database import Database, Recorder
from vrtrainer.records.journal import Journal
from vrtrainer.sessions import tableau
from vrtrainer.sessions.commands import Inbox
from vrtrainer.stage.pictures import Pictures
from vrtrainer.trackers._door import Door

WARM, COUNT = 200, 5000


class Timed:
    """A part of the loop whose calls are timed and added to the frame."""

    def __init__(self, part, method, times):
        self.part, self.times = part, times
        call = getattr(part, method)

        def timed(*arguments):
            before = time.thread_time_ns()
            call(*arguments)
            self.times[-1] += time.thread_time_ns() - before

        setattr(self, method, timed)

    def close(self):
        self.part.close()


class TimedDisplay:
    """Draws every frame, small, and stops the clock at the first draw call."""

    def __init__(self, options, times):
        self.times, self.pictures = times, Pictures(options.content, options.language, samples=0)
        self.began = None
        self.pictures.pixels(tableau.EMPTY, (64, 48))  # opens the context, without a screen
        from pyglet import gl

        for name in ("glDrawElements", "glDrawArrays"):
            setattr(gl, name, self.stopping(getattr(gl, name)))

    def stopping(self, draw):
        def drawn(*arguments):
            if self.began is not None:
                self.times[-1] += time.thread_time_ns() - self.began
                self.began = None
            draw(*arguments)

        return drawn

    def frames(self):
        for frame in _session.frames(WARM + COUNT):
            self.times.append(0)
            self.began = time.thread_time_ns()
            yield frame

    def draw(self, frame, shown):
        self.pictures.pixels(shown, (64, 48), "learner")
        if self.began is not None:  # nothing was there to draw
            self.times[-1] += time.thread_time_ns() - self.began
            self.began = None

    def close(self):
        self.pictures.close()


def figures():
    """p50 and p99 over 5,000 frames after 200, one avatar, hands, 90 Hz."""
    with tempfile.TemporaryDirectory() as data:
        seen = _session.observed(data, WARM + COUNT)
        options, plain, _ = _session.made(data)
        with Database(options.data) as database:
            programme = plain["programme"]
            number = database.begin_session(
                Path(data) / "sessions" / "benchmark",
                person=None,
                programme=(programme["name"], programme["hash"], programme["text"]),
                language="en",
                seed=1,
                display="offscreen",
                tracker="simulated",
            )
            times = []
            journal = Timed(Journal(Path(data) / "journal.mcap", plain, "simulated"), "append", times)
            bulletin = Timed(Bulletin(Recorder(database.path, number)), "post", times)
            display = TimedDisplay(options, times)
            session = setups.session_of(plain)
            app.run(display, Door(_session.Played(seen), True), session, Inbox(), journal, bulletin)
    measured = np.array(times[WARM:]) * 1e-9
    yield f"CPU a frame {said(measured, 'ms')} over {len(measured)} frames, {session.trials_ended} trials"
