"""The door: consent, the stop sign, frozen hands, and rounding to exactly what the journal stores."""

from dataclasses import replace

import numpy as np
import pytest

from tests.trackers import poses
from vrtrainer.human import observation
from vrtrainer.human.frame import Frame
from vrtrainer.human.observation import ABSENT, GROUPS, INFERRED, MEASURED
from vrtrainer.human.skeleton import INDEX, J, xr_hand_joints
from vrtrainer.trackers._door import Door
from vrtrainer.trackers._stale import FROZEN_AFTER

RATE = 90
LEFT, RIGHT = xr_hand_joints("left"), xr_hand_joints("right")


class Playing:
    """A tracker whose observations are written down."""

    def __init__(self, seen_at):
        self.seen_at, self.closed = seen_at, False

    def observe(self, frame, shown):
        return self.seen_at(frame.index)

    def close(self):
        self.closed = True


def through(seen_at, frames=90, consent=False):
    door = Door(Playing(seen_at), consent, consent)
    return [door.observe(Frame(k, 50 + k / RATE, 1 / RATE), None) for k in range(frames)]


@pytest.fixture
def person():
    positions, turned = poses.written(poses.SIMILAR["both_stop_hands"])
    rng = np.random.default_rng(3)
    face, gaze = rng.uniform(0, 1, 52), np.array([[0.0, 1.2, 0.0], [0.0, 0.0, -1.0]])
    return poses.seen(positions, turned, face=face, face_how=MEASURED, gaze=gaze)


def moving(person, joints=slice(None), speed=0.2):
    """The person walks; `joints` say which joints go along."""

    def seen_at(index):
        positions = person.positions.copy()
        positions[joints] += [0.0, 0.0, speed * index / RATE]
        return replace(person, positions=positions)

    return seen_at


def test_without_consent_face_and_gaze_are_dropped_and_nothing_else(person):
    dropped, kept = through(moving(person), 2, False)[1], through(moving(person), 2, True)[1]
    assert np.isnan(dropped.face).all()
    assert np.isnan(dropped.gaze).all()
    assert dropped.face_how == ABSENT
    assert not np.isnan(kept.face).any()
    assert not np.isnan(kept.gaze).any()
    assert kept.face_how == MEASURED
    assert np.array_equal(dropped.positions, kept.positions)
    assert np.array_equal(dropped.how, kept.how)


def test_what_comes_through_is_exactly_what_the_journal_stores(person):
    for seen in through(moving(person), 5, True):
        back = observation.unpack(observation.pack(seen), seen.source)
        for name in ("positions", "rotations", "how", "face", "gaze", "pointer", "sample_time"):
            assert np.array_equal(getattr(back, name), getattr(seen, name), equal_nan=name != "how"), name
        assert back.face_how == seen.face_how
        assert np.abs(seen.positions - person.positions)[:, :2].max() <= 0.5e-4 + 1e-12


def test_a_hand_that_stands_still_while_the_head_moves_is_frozen_and_counts_no_more_as_measured(person):
    joints = np.setdiff1d(np.arange(J), LEFT)
    seen = through(moving(person, joints))
    first = next(k for k, s in enumerate(seen) if s.how[LEFT[1]] != MEASURED)
    assert (first - 1) / RATE <= FROZEN_AFTER < (first + 1) / RATE
    assert (seen[-1].how[LEFT] == INFERRED).all()
    assert (seen[-1].how[RIGHT] == MEASURED).all()
    assert seen[-1].how[INDEX["head"]] == MEASURED


def test_a_hand_that_moves_again_counts_again_at_once(person):
    def seen_at(index):
        return moving(person, slice(None) if index >= 60 else np.setdiff1d(np.arange(J), LEFT))(index)

    seen = through(seen_at)
    assert seen[59].how[LEFT[1]] == INFERRED
    assert seen[60].how[LEFT[1]] == MEASURED


def test_somebody_who_stands_quite_still_is_not_frozen(person):
    assert all((s.how == MEASURED).all() for s in through(lambda _: person))


def test_a_repeated_sample_of_a_slow_camera_is_not_frozen(person):
    walking = moving(person)
    assert all((s.how == MEASURED).all() for s in through(lambda k: walking(k // 6 * 6)))


@pytest.mark.parametrize(("age", "how"), [(0.05, MEASURED), (0.25, MEASURED), (0.35, INFERRED), (5.0, INFERRED)])
def test_where_the_device_says_when_it_sampled_its_age_decides(person, age, how):
    times = np.full(len(GROUPS), np.nan)

    def seen_at(index):
        stamped = times.copy()
        stamped[GROUPS.index("rightHand")] = 50 + index / RATE - age
        return replace(moving(person)(index), sample_time=stamped)

    last = through(seen_at)[-1]
    assert (last.how[RIGHT] == how).all()
    assert (last.how[LEFT] == MEASURED).all()


@pytest.mark.parametrize("where", ["the origin", "the head", "the device"])
def test_a_hand_that_was_put_where_nothing_was_seen_does_not_count_as_measured(person, where):
    eyes = person.positions[[INDEX["leftEye"], INDEX["rightEye"]]].mean(axis=0)
    place = {"the origin": np.zeros(3), "the head": person.positions[INDEX["head"]], "the device": eyes}[where]

    def seen_at(index):
        seen = moving(person)(index)
        seen.positions[LEFT] = place + (0 if where == "the origin" else [0.0, 0.0, 0.2 * index / RATE])
        return seen

    seen = through(seen_at, 3)
    assert all((s.how[LEFT] == INFERRED).all() for s in seen)
    assert all((s.how[RIGHT] == MEASURED).all() for s in seen)


def test_the_door_changes_nothing_of_the_trackers_own_arrays(person):
    before = person.how.copy()
    through(moving(person, np.setdiff1d(np.arange(J), LEFT)))
    assert np.array_equal(person.how, before)


def test_the_t_becomes_the_act_stop_beside_the_trackers_own_acts():
    positions, turned = poses.written(poses.T_SIGN)
    seen = through(lambda _: poses.seen(positions, turned, acts=frozenset({"select"})))
    assert seen[0].acts == {"select"}
    assert seen[-1].acts == {"select", "stop"}


def test_a_frozen_pair_of_hands_in_a_t_stops_nothing_once_it_is_known_to_be_frozen():
    positions, turned = poses.written(poses.T_SIGN)
    hands = np.concatenate([LEFT, RIGHT])
    walking = moving(poses.seen(positions, turned), np.setdiff1d(np.arange(J), hands))
    assert not any("stop" in s.acts for s in through(walking))


def test_the_door_closes_its_tracker():
    tracker = Playing(lambda _: observation.nothing("made_up"))
    Door(tracker, False).close()
    assert tracker.closed


@pytest.mark.parametrize(("face", "gaze"), [(True, False), (False, True)])
def test_face_and_gaze_are_let_in_each_by_its_own_consent(person, face, gaze):
    kept = Door(Playing(lambda _: person), face, gaze).observe(Frame(0, 1.0, 1 / 30), None)
    assert bool(np.isfinite(kept.gaze).all()) == gaze
    assert bool(np.isfinite(kept.face).all() and kept.face_how == MEASURED) == face
