"""The comparator follows somebody slow, fast, pausing or mirrored, with the numbers of the whole-trial features."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.imitation import performing
from tests.imitation.performing import ARMS, CHILD, NAMES, performed, still, template
from vrtrainer.human import body, motion
from vrtrainer.human.observation import ABSENT, INFERRED, MEASURED, Observation, nothing
from vrtrainer.human.skeleton import INDEX, J
from vrtrainer.imitation import features, single
from vrtrainer.imitation.online import Comparator


@settings(max_examples=150)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.1, 0.5, 1.0]), st.booleans())
def test_one_frames_features_are_those_of_many(seed, unmeasured, with_face):
    rng = np.random.default_rng(seed)
    wanted = np.zeros(features.F, bool)
    for group in features.GROUPS:
        wanted[group.columns] = rng.random() < 0.6
    used = np.flatnonzero(wanted)
    how = np.where(rng.random(J) < unmeasured, rng.choice([ABSENT, INFERRED], J), MEASURED).astype(np.uint8)
    turned = rng.normal(size=(J, 4))
    turned /= np.linalg.norm(turned, axis=1, keepdims=True)
    plain, face_how = nothing("test"), MEASURED if with_face else ABSENT
    seen = Observation(
        rng.normal(size=(J, 3)), turned, how, rng.random(52), face_how, plain.sample_time, plain.acts, plain.pointer,
        plain.gaze, "test",
    )  # fmt: skip
    measures = features.measures_of(body.random(rng))
    out = np.empty(len(used))
    single.Row(used, measures, out).read(seen)
    head = INDEX["head"]
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = features.extract(
            np.where((how == MEASURED)[:, None], seen.positions, np.nan),
            turned[head] if how[head] == MEASURED else np.full(4, np.nan),
            seen.face if with_face else np.full(52, np.nan),
            measures,
        )
    np.testing.assert_allclose(out, expected[used], rtol=1e-9, atol=1e-9)


def followed(name, moved, side="left"):
    comparator = Comparator(template(name, side=side))
    times, seen = performing.observations(moved)
    return times, [comparator.step(t, s) for t, s in zip(times, seen, strict=True)]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("tempo", [0.5, 1.0, 1.8])
def test_it_follows_slow_and_fast(name, tempo):
    _, found = followed(name, performed(name, tempo=tempo))
    progress = np.array([a.progress for _, a in found])
    assert progress[-1] > 0.7  # who stands still at the end may be anywhere in the last of it
    values = np.array([s.overall for s, _ in found])
    assert np.median(values) > 0.95
    assert found[-1][0].parts == tuple(template(name).sides[0].counts)


def test_it_is_where_the_learner_is():
    model = template("one_arm_up")
    times, found = followed("one_arm_up", performed("one_arm_up"))
    for t, (_, where) in zip(times, found, strict=True):
        if model.points["stroke_start"] + 0.4 < t < model.points["stroke"] - 0.2:
            assert where.progress * model.times[-1] == pytest.approx(t, abs=0.12)
            assert where.behind_s == pytest.approx(0.0, abs=0.12)


@pytest.mark.parametrize("name", ARMS)
@pytest.mark.parametrize(("side", "told"), [("right", "mirror"), ("left", "anatomical")])
def test_it_tells_which_way_round(name, side, told):
    times, found = followed(name, performed(name, side=side))
    stroke = times > template(name).points["stroke"] - 0.4  # before, both arms hang
    assert {a.side for (_, a), s in zip(found, stroke, strict=True) if s} == {told}


def test_it_waits_for_who_pauses():
    moved = performed("one_arm_up")
    middle = int(np.searchsorted(moved.times, template("one_arm_up").points["stroke_start"] + 0.6))
    again = np.concatenate([moved.times[:middle], np.full(90, moved.times[middle]), moved.times[middle:]])
    held = motion.retimed(moved, again)
    paused = motion.Motion(np.arange(len(again)) / 60, held.rotations, held.hips, held.face, held.how)
    _, found = followed("one_arm_up", paused)
    progress = np.array([a.progress for _, a in found])
    assert np.ptp(progress[middle + 10 : middle + 80]) < 0.05
    behind = found[middle + 80][1].behind_s
    assert behind == pytest.approx(80 / 60, abs=0.25)
    assert progress[-1] > 0.9


@pytest.mark.parametrize("name", NAMES)
def test_who_does_something_else_is_less_alike(name):
    like_a_wave = ("wave", "thumbs_up", "open_hand", "stop_hand")
    other = "wave" if name not in like_a_wave else "one_arm_up"
    right = np.mean([s.overall for s, _ in followed(name, performed(name))[1]])
    moved = performed(other) if name not in ("nod_yes", "smile") else None
    if moved is not None:
        wrong = [s.overall for s, _ in followed(name, moved)[1]]
        assert np.min(wrong) < right - 0.2


def test_a_new_start_forgets():
    comparator = Comparator(template("wave"))
    times, seen = performing.observations(performed("wave"))
    first = [comparator.step(t, s) for t, s in zip(times[:60], seen[:60], strict=True)]
    comparator.start()
    again = [comparator.step(t, s) for t, s in zip(times[:60], seen[:60], strict=True)]
    assert [a for _, a in first] == [a for _, a in again]
    assert all((x.values == y.values).all() for (x, _), (y, _) in zip(first, again, strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_measured_gives_no_likeness_and_moves_nobody(name):
    comparator = Comparator(template(name))
    times, seen = performing.observations(performed(name))
    middle = len(times) // 2
    for t, s in zip(times[:middle], seen[:middle], strict=True):
        before = comparator.step(t, s)[1]
    gone = replace(seen[middle], how=np.full(J, INFERRED, np.uint8), face_how=INFERRED)
    similarity, where = comparator.step(times[middle], gone)
    assert np.isnan(similarity.overall)
    assert np.isnan(similarity.values).all()
    assert where.progress == before.progress


def test_the_place_of_who_stands_still_is_the_start():
    _, found = followed("one_arm_up", still())
    assert max(a.progress for _, a in found) < 0.25


@pytest.mark.alone
@pytest.mark.parametrize("name", NAMES)
def test_a_sample_costs_less_than_a_tenth_of_a_millisecond(name):
    comparator = Comparator(template(name))
    times, seen = performing.observations(performed(name))
    spent = []
    for _ in range(6):
        comparator.start()
        for t, s in zip(times, seen, strict=True):
            before = time.thread_time_ns()
            comparator.step(t, s)
            spent.append(time.thread_time_ns() - before)
    assert np.percentile(spent[len(times) :], 50) < 100e3
    assert CHILD.height == pytest.approx(1.35)
