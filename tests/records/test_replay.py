"""A replay is the same only if every event of every frame is the same to the last bit."""

import math
import time
from dataclasses import replace

import pytest

from tests.records import sample
from vrtrainer.human.frame import Frame
from vrtrainer.records import reading, replay
from vrtrainer.records.journal import Journal
from vrtrainer.sessions import tableau


class Counter:
    """The smallest session that reads its inputs: tells each second where the head is and how many orders came."""

    def __init__(self, setup):
        self.nudge = setup.get("nudge", 0.0)
        self.orders = 0

    def step(self, frame, seen, orders):
        self.orders += len(orders)
        told = ()
        if frame.index == 0:
            told = (sample.event(0.0, "session_state", state="running"),)
        elif frame.index % 30 == 0:
            height = float(seen.positions[5, 1]) + self.nudge
            told = (sample.event(frame.time, "shown_hash", hash=height.hex(), orders=self.orders),)
        return tableau.EMPTY, told


@pytest.fixture
def path(tmp_path):
    session = Counter({})
    journal = Journal(tmp_path / "journal.mcap", {}, "simulated")
    for index in range(121):
        if index == 60:
            time.sleep(0.2)  # what came until now reaches the file
        frame, seen = Frame(index, 5 + index / 90, 1 / 90), sample.seen(index)
        journal.append(frame, seen, (), session.step(frame, seen, ())[1])
    journal.close("finished")
    return journal.path


def test_the_same_session_comes_again(path):
    result = replay.compare(reading.read(path), Counter)
    assert result == replay.Result(frames=121, events=5, hashes=4, difference="", cut_off="")
    assert result.same


def test_the_smallest_change_is_found_and_named(path):
    nudged = replace(reading.read(path), setup={"nudge": math.ulp(1.0)})
    result = replay.compare(nudged, Counter)
    assert not result.same
    assert result.difference.startswith("frame 30 at 5.333 s, event 1: shown_hash: hash was '0x")
    assert result.frames == 31, "it stops at the first difference"


class Silent(Counter):
    def step(self, frame, seen, orders):
        return tableau.EMPTY, ()


class Talkative(Counter):
    def step(self, frame, seen, orders):
        shown, told = super().step(frame, seen, orders)
        return shown, (*told, sample.event(frame.time, "extra"))


@pytest.mark.parametrize(
    ("session", "said"),
    [
        (Silent, "frame 0 at 5.000 s: session_state was recorded but did not come again"),
        (Talkative, "frame 0 at 5.000 s: extra came now but was not recorded"),
    ],
)
def test_an_event_too_few_or_too_many_is_named(path, session, said):
    assert replay.compare(reading.read(path), session).difference == said


def test_a_cut_off_journal_is_the_same_as_far_as_it_goes_and_says_so(path):
    cut = path.with_name("cut.mcap")
    cut.write_bytes(path.read_bytes()[:-9000])
    result = replay.compare(reading.read(cut), Counter)
    assert result.same
    assert 60 <= result.frames < 121
    assert result.cut_off.startswith("cut off after byte")


def test_an_empty_comparison_proves_nothing(tmp_path):
    journal = Journal(tmp_path / "journal.mcap", {}, "nobody")
    journal.close()
    assert not replay.compare(reading.read(journal.path), Counter).same
