"""The avatar does what the learner did, exactly the stated moment later, and nothing else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.human import moving
from tests.sessions import whole
from vrtrainer.gestures.perform import relaxed
from vrtrainer.human import body as bodies
from vrtrainer.human import pose as poses
from vrtrainer.human import rotations
from vrtrainer.human.observation import INFERRED, MEASURED
from vrtrainer.human.skeleton import INDEX, PART_INDEX, J, indices
from vrtrainer.sessions.commands import Command
from vrtrainer.sessions.following import Following

LEARNER, AVATAR = bodies.of_height(1.3), bodies.of_height(1.6)
REST = relaxed(AVATAR)
WRISTS = indices("@Hand")
HANGING = np.array([0.05, -0.38, 0.0])
GONE = moving.observed(np.zeros((J, 3)), np.zeros((J, 4)), np.zeros(J, np.uint8))


def waving(t, hz=0.9):
    """The learner's left hand goes up and down before them, a little irregularly; the right one hangs."""
    high = 0.14 * np.sin(2 * np.pi * hz * t) + 0.06 * np.sin(2 * np.pi * 0.53 * hz * t + 1.0)
    return moving.reaching(LEARNER, ([-0.1, high, -0.25], HANGING))


def moved(following, seen_at, seconds, rate, start=0.0):
    """Times and both wrists of the avatar, (T,) and (T, 2, 3)."""
    times = start + np.arange(round(seconds * rate)) / rate
    out = []
    for t in times:
        following.step(float(t), seen_at(float(t)))
        out.append(poses.placed(following.pose(float(t)), AVATAR)[WRISTS])
    return times, np.array(out)


def lag(theirs, ours, rate, most=2.5):
    """Seconds by which the second signal comes later, and how alike they then are."""
    best = (-2.0, 0)
    for shift in range(int(most * rate)):
        a, b = theirs[: len(theirs) - shift], ours[shift:]
        best = max(best, (float(np.corrcoef(a, b)[0, 1]), shift))
    return best[1] / rate, best[0]


@pytest.mark.parametrize("rate", [15, 30, 72, 90])
@pytest.mark.parametrize("delay", [0.5, 1.0])
def test_the_avatar_answers_exactly_the_stated_moment_later_at_every_frame_rate(rate, delay):
    following = Following(AVATAR, LEARNER, REST, delay)
    times, wrists = moved(following, waving, 10.0, rate)
    theirs = np.array([waving(t).positions[WRISTS[0], 1] for t in times])
    since = int(2.5 * rate)
    late, alike = lag(theirs[since:], wrists[since:, 1, 1], rate)
    assert abs(late - delay) <= 1 / rate + 1e-9
    assert alike > 0.98


def test_shuffled_movement_is_not_answered_as_if_it_were_the_learners():
    rng, rate = np.random.default_rng(3), 60
    following = Following(AVATAR, LEARNER, REST)
    _, wrists = moved(following, waving, 20.0, rate)
    theirs = np.array([waving(t).positions[WRISTS[0], 1] for t in rng.permutation(np.arange(20 * rate) / rate)])
    _, alike = lag(theirs[150:], wrists[150:, 1, 1], rate)
    assert alike < 0.2


@pytest.mark.parametrize(("mirror", "answers"), [(True, 1), (False, 0)])
def test_the_learners_left_is_the_avatars_right_seen_facing(mirror, answers):
    _, wrists = moved(Following(AVATAR, LEARNER, REST, mirror=mirror), waving, 5.0, 30)
    spread = np.ptp(wrists[60:, :, 1], axis=0)
    assert spread[answers] > 0.3
    assert spread[1 - answers] < 0.05


def test_the_answer_is_the_same_to_the_last_bit():
    a, b = (moved(Following(AVATAR, LEARNER, REST), waving, 4.0, 72)[1] for _ in range(2))
    assert np.array_equal(a, b)


def test_who_does_not_want_it_has_an_avatar_at_rest_within_400_ms_and_can_take_it_up_again():
    rate, following = 60, Following(AVATAR, LEARNER, REST, calm_idle=True)
    moved(following, waving, 3.0, rate)
    following.refused = True
    _, wrists = moved(following, waving, 2.0, rate, 3.0)
    rest = poses.placed(REST, AVATAR)[WRISTS]
    assert np.abs(wrists[25:] - rest).max() < 1e-9
    assert np.linalg.norm(np.diff(wrists[:, 1], axis=0), axis=1).max() < 0.1  # its arm goes down, it does not vanish
    following.refused = False
    _, wrists = moved(following, waving, 3.0, rate, 5.0)
    assert np.ptp(wrists[60:, 1, 1]) > 0.3


def test_nobody_and_who_keeps_still_have_an_avatar_that_stands_and_breathes():
    for seen in (GONE, moving.reaching(LEARNER, (HANGING * [-1, 1, 1], HANGING))):
        following = Following(AVATAR, LEARNER, REST)
        _, wrists = moved(following, lambda t, seen=seen: seen, 8.0, 30)
        late = wrists[150:]
        assert np.abs(late - poses.placed(REST, AVATAR)[WRISTS]).max() < 0.01
        assert 0 < np.ptp(late, axis=0).max() < 0.01


def test_hands_in_the_lap_let_the_avatars_hang_and_are_followed_as_soon_as_they_move():
    def lap(t):
        high = -0.24 + (0.3 * np.sin(2 * np.pi * 0.7 * (t - 6.0)) ** 2 if t > 6.0 else 0.0)
        return moving.reaching(LEARNER, ([-0.02, high, -0.17], HANGING))

    times, wrists = moved(Following(AVATAR, LEARNER, REST), lap, 10.0, 60)
    theirs = np.array([lap(t).positions[WRISTS[0], 1] for t in times])
    assert np.abs(wrists[270:360, 1] - poses.placed(REST, AVATAR)[WRISTS[1]]).max() < 0.02
    late, alike = lag(theirs[360:], wrists[360:, 1, 1], 60)
    assert abs(late - 1.0) <= 1 / 60 + 1e-9
    assert alike > 0.97


def lost(between):
    def seen_at(t):
        seen = waving(t)
        if between[0] <= t < between[1]:
            seen.how[PART_INDEX["leftHand"]] = INFERRED
        return seen

    return seen_at


def test_a_hand_that_is_lost_for_a_moment_is_no_gap():
    rate = 60
    _, whole_way = moved(Following(AVATAR, LEARNER, REST), waving, 6.0, rate)
    _, gap = moved(Following(AVATAR, LEARNER, REST), lost((3.0, 3.25)), 6.0, rate)
    assert np.linalg.norm(whole_way - gap, axis=2).max() < 0.12
    assert np.linalg.norm(np.diff(gap[:, 1], axis=0), axis=1).max() * rate < 3.0


def test_a_hand_that_stays_lost_eases_to_rest_and_comes_back():
    rate = 60
    following = Following(AVATAR, LEARNER, REST, calm_idle=True)
    _, wrists = moved(following, lost((3.0, 6.0)), 9.0, rate)
    rest = poses.placed(REST, AVATAR)[WRISTS[1]]
    assert np.linalg.norm(wrists[5 * rate, 1] - rest) < 1e-6
    assert np.linalg.norm(wrists[-1, 1] - rest) > 0.2
    assert np.linalg.norm(np.diff(wrists[:, 1], axis=0), axis=1).max() * rate < 3.5


def test_what_is_learnt_is_tempo_reach_and_where_hands_are_seen():
    def seen_at(t):
        return moving.reaching(LEARNER, ([-0.2 + 0.2 * np.sin(2 * np.pi * 0.8 * t), 0.1, -0.25], None))

    following = Following(AVATAR, LEARNER, REST)
    moved(following, seen_at, 15.0, 60)
    learnt = following.learnt()
    assert learnt["tempo_hz"] == pytest.approx(0.8, rel=0.1)
    assert learnt["speed_m_s"] == pytest.approx(0.2 * 2 * np.pi * 0.8 * 0.7, rel=0.25)
    far = float(np.linalg.norm([-0.4, 0.1, -0.25]))
    assert learnt["reach_m"]["left"] == pytest.approx(far, abs=0.04)
    assert learnt["reach_m"]["right"] is None
    assert learnt["visible"]["right"] is None
    around = learnt["visible"]["left"]["azimuth_deg"]
    assert around[0] < around[1] <= 0
    assert 10 < learnt["moved_s"] < 15
    assert learnt["samples"] == 900
    assert not any("score" in key or "grade" in key for key in learnt)


rows = st.lists(st.tuples(st.integers(0, 2**31), st.floats(0, 1), st.sampled_from([0.0, 0.4, 50.0])), max_size=20)


@settings(deadline=None, max_examples=40)
@given(rows, st.sampled_from([15, 30, 90]), st.sampled_from([0.0, 0.3, 1.0]))
def test_whatever_happens_no_number_is_lost_and_nothing_jumps(rows, rate, delay):
    following = Following(AVATAR, LEARNER, REST, delay, face=True)
    time, before = 0.0, None
    for seed, gone, far in rows:
        rng = np.random.default_rng(seed)
        seen = waving(time)
        how = np.where(rng.random(J) < gone, 0, MEASURED).astype(np.uint8)
        turned = np.where(rng.random((J, 1)) < 0.2, rotations.normalise(rng.normal(size=(J, 4))), seen.rotations)
        seen = moving.observed(seen.positions + far * rng.normal(size=3), turned, how)
        for _ in range(8):
            time += rng.choice([1, 1, 1, 0, 3]) / rate
            following.step(time, seen)
            pose = following.pose(time)
            assert np.isfinite(pose.rotations).all()
            assert np.isfinite(pose.hips).all()
            at = poses.placed(pose, AVATAR)[INDEX["head"]]
            assert before is None or np.linalg.norm(at - before) < 0.5
            before = at


def test_ten_minutes_need_no_more_memory_than_one():
    following = Following(AVATAR, LEARNER, REST)
    moved(following, waving, 60.0, 15)
    size = len(following._ring._times)
    moved(following, waving, 540.0, 15, 60.0)
    assert len(following._ring._times) == size


PAGE = """
name = { nl = "Kort", en = "Short" }
[[block]]
page = "move_along"
seconds = 8
[[block]]
mode = "immediate"
gestures = ["wave"]
trials = 1
"""


def lines(run):
    return [c.text for c in run.shown.captions if c.kind == "line"]


def test_in_a_session_it_says_what_it_does_can_be_refused_and_ends_by_itself():
    run = whole.begin(PAGE)
    while run.shown.turn.phase != "move_along":
        run.step()
    assert lines(run) == ["Ik beweeg met je mee."]
    assert [b.text for b in run.shown.buttons][:2] == ["Verder", "Niet meebewegen"]
    assert not run.shown.dots
    run.step(Command("say", "not_along"))
    assert lines(run) == ["Goed. Ik sta stil."]
    while run.shown.turn.phase == "move_along":
        run.step()
    told = run.named("page_ended")[0].fields
    assert told["refused"] is True
    assert told["delay_s"] == 1.0
    assert "score" not in str(told)
    run.to_the_end()
    assert run.session.ended == "finished"
