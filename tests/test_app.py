import gc
from dataclasses import dataclass

import pytest

from vrtrainer import app
from vrtrainer.sessions import tableau


@pytest.fixture(autouse=True)
def thawed():
    """app.run freezes what was loaded; other tests should not inherit that."""
    yield
    gc.unfreeze()


@dataclass(frozen=True)
class Frame:
    index: int
    time: float


class Parts:
    """Display, tracker, commands, journal and bulletin in one, noting every call."""

    def __init__(self, name="parts", closed=None):
        self.calls, self.name, self.closed = [], name, [] if closed is None else closed

    def frames(self):
        for index in range(100):
            yield Frame(index, index / 90)

    def observe(self, frame, shown):
        return shown

    def take(self):
        return ()

    def draw(self, frame, shown):
        self.calls.append(("draw", frame.index, shown))

    def append(self, frame, seen, orders, events):
        self.calls.append(("append", frame.index, seen))

    def post(self, frame, shown, events):
        pass

    def close(self):
        self.closed.append(self.name)


class ThreeFrames:
    over, between_trials = False, True

    def step(self, frame, seen, orders):
        self.over = frame.index == 2
        return tableau.Tableau(captions=(tableau.Caption(f"picture {frame.index}"),)), ()


class Broken(ThreeFrames):
    def step(self, frame, seen, orders):
        raise ValueError("no such phase")


def test_draws_and_logs_every_frame_then_closes_all():
    parts = Parts()
    app.run(parts, parts, ThreeFrames(), parts, parts, parts)
    assert [c[0] for c in parts.calls] == ["draw", "append"] * 3
    assert parts.closed == ["parts"] * 4


def test_the_learner_sees_what_was_shown_a_frame_ago():
    parts = Parts()
    app.run(parts, parts, ThreeFrames(), parts, parts, parts)
    seen = [c[2].captions for c in parts.calls if c[0] == "append"]
    assert [s[0].text if s else None for s in seen] == [None, "picture 0", "picture 1"]


def test_closes_all_when_a_step_fails_and_the_garbage_collector_runs_again():
    parts = Parts()
    with pytest.raises(ValueError, match="no such phase"):
        app.run(parts, parts, Broken(), parts, parts, parts)
    assert parts.closed == ["parts"] * 4
    assert gc.isenabled()


def test_the_tracker_is_closed_before_the_display_that_owns_its_session():
    order = []
    display, tracker, journal, bulletin = (Parts(n, order) for n in ("display", "tracker", "journal", "bulletin"))
    app.run(display, tracker, ThreeFrames(), Parts(), journal, bulletin)
    assert order == ["tracker", "display", "journal", "bulletin"]


def test_the_loop_stays_short_and_names_no_device():
    from pathlib import Path

    text = Path(app.__file__).read_text(encoding="utf-8")
    assert len(text.splitlines()) < 60
    assert not any(word in text for word in ("openxr", "window", "offscreen", "isinstance"))
