"""The learner's turns as positions: beside the demonstration, in one space, quickly, and nothing of face or gaze."""

import json
import time
from dataclasses import replace

import numpy as np
import pytest

from tests.records import sample
from tests.records.test_database import begun, recorded
from tests.reports import conftest as moved
from vrtrainer.gestures import library
from vrtrainer.human import observation, rotations
from vrtrainer.human.frame import Frame
from vrtrainer.human.observation import MEASURED, MODELLED
from vrtrainer.human.skeleton import INDEX, J
from vrtrainer.records import ratings, reading, respond
from vrtrainer.records.database import Database
from vrtrainer.records.journal import Journal

GESTURES = library.load(moved.CONTENT.assets / "gestures")


def kept(tmp_path, steps, count):
    """A session on disk whose learner does in each turn what was shown, with the other hand."""
    told = moved.events(count)
    database = Database(tmp_path)
    number, folder = begun(database, "P01")
    journal = Journal(folder / "journal.mcap", moved.setup(GESTURES, "nl", {}), "simulated")
    for step in steps(told):
        journal.append(*step)
        while len(journal._ring) > 5000:  # faster than any session: the writer catches up
            time.sleep(0.01)
    journal.close()
    assert journal.fault == ""
    recorded(database, number, told)
    return database, number


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    database, number = kept(tmp_path_factory.mktemp("data"), lambda told: moved.moving(told, GESTURES), 4)
    with database:
        yield database, number


def wrists(positions, side):
    return positions[:, INDEX[f"{side}Hand"]] - positions[:, INDEX["hips"]]


def test_each_turn_has_what_was_done_and_what_was_shown(session):
    database, number = session
    ratings.rate(database, number, 1, 0)
    turns = respond.of_session(database, number)
    assert [t.trial for t in turns] == [0, 1, 2, 3]
    assert [t.mode for t in turns] == ["immediate", "together", "immediate", "together"]
    one = turns[1]
    assert (one.automatic, one.own, turns[0].own) == (1, 0, None)
    assert one.ends - one.begins == 4.0
    assert one.positions.shape == (len(one.times), J, 3)
    assert one.how.shape == (len(one.times), J)
    assert (one.how == MEASURED).all()
    assert np.isfinite(one.positions).all()
    assert np.diff(one.times).min() >= respond.STEP_S - 1e-6
    assert one.score["lag_s"] == sample.score(1).lag_s


def test_both_stand_on_one_spot_and_face_the_same_way_and_mirrored_they_lie_over_each_other(session):
    database, number = session
    one = respond.of_session(database, number)[0]
    assert one.mirrored
    learner = respond.flipped(one.positions)
    shown = one.shown[np.minimum(np.round(one.times / respond.STEP_S).astype(int), len(one.shown) - 1)]
    # The learner of this journal does exactly what was shown, in time, with the other hand.
    apart = np.linalg.norm(wrists(learner, "right") - wrists(shown, "right"), axis=1)
    assert np.median(apart) < 0.03
    assert np.linalg.norm(one.positions[:, 0, [0, 2]].mean(axis=0)) < 0.02
    np.testing.assert_allclose(respond.flipped(learner), one.positions, atol=1e-12)


def test_how_far_behind_the_learner_is_can_be_read(session):
    database, number = session
    one = respond.of_session(database, number)[0]
    behind = one.behind[np.isfinite(one.behind)]
    assert len(behind) > 10
    assert abs(np.median(behind)) < 0.15
    assert (np.diff(one.along[np.isfinite(one.along)]) >= -1e-9).all()


def late(told, seconds=0.6):
    """The same learner, later, elsewhere in the room, turned a quarter."""
    steps = list(moved.moving(told, GESTURES))
    by = round(seconds * moved.RATE)
    quarter = rotations.from_axis_angle([0, 1.0, 0], np.pi / 2)
    for k, (frame, _, orders, events) in enumerate(steps):
        seen = steps[max(k - by, 0)][1]
        placed = rotations.rotate(quarter, seen.positions) + np.array([0.7, 0.0, -1.2])
        turned = rotations.multiply(quarter, seen.rotations)
        yield frame, observation.quantised(replace(seen, positions=placed, rotations=turned)), orders, events


def test_somebody_late_turned_and_elsewhere_stands_on_the_same_spot_and_is_seen_to_be_late(tmp_path):
    database, number = kept(tmp_path, late, 1)
    with database:
        (one,) = respond.of_session(database, number)
    assert np.nanmedian(one.behind) == pytest.approx(0.6, abs=0.15)
    across = one.positions[:, INDEX["rightUpperArm"]] - one.positions[:, INDEX["leftUpperArm"]]
    assert np.median(across[:, 0]) > 0.9 * np.median(np.linalg.norm(across, axis=1))


def test_what_nobody_saw_is_filled_in_and_said_to_be(tmp_path):
    def headset(told):
        for frame, seen, orders, events in moved.moving(told, GESTURES):
            how = np.zeros(J, np.uint8)
            how[[INDEX[n] for n in ("head", "leftHand", "rightHand")]] = MEASURED
            gone = how == 0
            positions, turned = seen.positions.copy(), seen.rotations.copy()
            positions[gone], turned[gone] = np.nan, np.nan
            yield frame, replace(seen, positions=positions, rotations=turned, how=how), orders, events

    database, number = kept(tmp_path, headset, 1)
    with database:
        (one,) = respond.of_session(database, number)
    assert np.isfinite(one.positions).all()
    assert (one.how[:, INDEX["leftLowerArm"]] == MODELLED).all()
    assert (one.how[:, INDEX["leftHand"]] == MEASURED).all()


def test_a_browser_gets_both_at_the_same_moments_small_and_plain(session):
    database, number = session
    turn = respond.of_session(database, number)[0]
    data = respond.as_json(turn)
    told = json.loads(data)
    assert len(data) < 600_000
    assert len(told["times"]) == len(told["avatar"]) == len(told["attempt"]) == len(told["how"])
    assert told["joints"][0] == "hips"
    assert told["parents"][0] == -1
    assert all(parent < k for k, parent in enumerate(told["parents"]))
    assert told["mirrored"] is True
    assert np.abs(np.array(told["attempt"][0]) - turn.positions[0][list(respond.KEPT)]).max() <= 0.0005 + 1e-9
    assert set(told["similarity"]) <= set(told["parts"])
    assert not [key for key in told if "face" in key or "gaze" in key]
    recorded_ = reading.read(database.absolute(database.session(number)["journal"]))
    row = database.trials(number)[0]
    assert respond.trial(recorded_, row)["attempt"] == told["attempt"]
    assert respond.trial(recorded_, {**row, "trial": 99}) is None


def test_a_turn_that_was_broken_off_gives_way_to_the_one_after():
    phase = sample.event
    events = [
        phase(1.0, "phase", 0, 0, entered="respond"),
        phase(3.0, "phase", 0, 0, left="respond", entered="model"),
        phase(5.0, "phase", 0, 0, entered="respond"),
        phase(6.0, "trial_restarted", 0, 0),
        phase(8.0, "phase", 0, 0, entered="respond"),
        phase(9.0, "phase", 0, 0, left="respond", entered="feedback"),
        phase(20.0, "phase", 0, 1, entered="respond"),
    ]
    assert respond.windows(events) == {0: (8.0, 9.0)}


def test_ten_minutes_are_read_within_a_second(tmp_path):
    """At 90 frames a second, 60 turns of 4 s: what a long session leaves."""
    told = moved.events(60)

    def steps(_):
        few = [sample.seen(k) for k in range(90)]
        left = list(told)
        for k in range(int(told[-1].onset * 90) + 2):
            here = []
            while left and left[0].onset < (k + 0.5) / 90:
                here.append(left.pop(0))
            yield Frame(k, 50 + k / 90, 1 / 90), few[k % 90], (), tuple(here)

    database, number = kept(tmp_path, steps, 60)
    with database:
        respond.of_session(database, number)  # what is loaded once does not count
        took = []
        for _ in range(3):
            began = time.perf_counter()
            recorded_ = reading.read(database.absolute(database.session(number)["journal"]))
            read = time.perf_counter()
            turns = respond.turns(recorded_, database.trials(number))
            took.append((read - began, time.perf_counter() - read))
    print("seconds to read, and to make the turns:", took, recorded_.frames, len(turns))
    assert len(turns) == 60
    assert min(read + made for read, made in took) < 4.0, "a slow machine is given four times as long"
