"""The drum: it stands where everybody reaches it, sounds at each hit, and what is heard is what is counted."""

import numpy as np
import pytest

from tests.sessions import whole
from vrtrainer import choices
from vrtrainer.gestures import library, objects
from vrtrainer.gestures.gesture import Style
from vrtrainer.gestures.perform import perform
from vrtrainer.human import body as bodies
from vrtrainer.human import observation, rotations
from vrtrainer.human import pose as poses
from vrtrainer.human.observation import INFERRED, MEASURED
from vrtrainer.human.skeleton import INDEX, J
from vrtrainer.human.transform import Transform
from vrtrainer.sessions import striking
from vrtrainer.sessions.showing import FACING

DRUM = library.load(choices.content("assets") / "gestures")["drum"]
CHILD, ADULT = bodies.of_height(1.1), bodies.of_height(1.9)
HERE = Transform(np.zeros(3), rotations.IDENTITY)


def seen(positions, how=MEASURED):
    plain = observation.nothing("test")
    return observation.Observation(
        positions, plain.rotations, np.where(np.isfinite(positions[:, 0]), how, 0).astype(np.uint8), plain.face, 0,
        plain.sample_time, plain.acts, plain.pointer, plain.gaze, "test",
    )  # fmt: skip


def drumming(who, rate, tempo=1.0, lower=0.0):
    """Times and positions of somebody who drums, seen so many times a second, standing lower by so much (seated)."""
    moved = perform(DRUM, who, Style(side="right", tempo=tempo)).motion
    times = np.arange(0, moved.duration, 1 / rate)
    return times, np.array([poses.placed(moved.sample(t), who) for t in times]) - [0.0, lower, 0.0]


def begun(who, avatar=CHILD):
    drums = striking.Striking(FACING)
    drums.begin(perform(DRUM, avatar, Style(side="left")), avatar, DRUM.thing, who)
    return drums


@pytest.mark.parametrize("who", [CHILD, ADULT], ids=["child", "adult"])
@pytest.mark.parametrize("rate", [15, 30, 60, 72, 90])
def test_each_hit_of_the_learner_is_told_once_at_any_rate(who, rate):
    for tempo in (0.6, 1.0, 1.4):
        drums, told = begun(who), []
        for time, at in zip(*drumming(who, rate, tempo), strict=True):
            told += drums.step(float(time), seen(at))
        assert [hit.side for hit in told] == ["right"] * 3, tempo
        assert np.diff([hit.time for hit in told]) == pytest.approx(1.0 / tempo, abs=0.6 / rate + 0.02)


def test_who_sits_reaches_it_as_who_stands_does():
    for lower in (0.0, 0.45):
        drums = begun(ADULT)
        told = sum(len(drums.step(float(t), seen(at))) for t, at in zip(*drumming(ADULT, 60, lower=lower), strict=True))
        assert told == 3


def test_a_hand_that_repeats_itself_is_lost_or_rests_on_the_skin_hits_nothing():
    at = drumming(CHILD, 60)[1]
    drums = begun(CHILD)
    first = at[0]
    rests = first.copy()
    hand = [i for name, i in INDEX.items() if name.startswith("right")]
    top = drums.step(0.0, seen(first)) or drums.own_at
    rests[hand] += top - first[INDEX["rightPalm"]]
    gone = first.copy()
    gone[hand] = np.nan
    rng = np.random.default_rng(2)
    for k in range(600):
        now = 0.1 + k / 60
        at = gone if k % 40 < 20 else rests + rng.normal(0, 0.001, rests.shape)
        assert drums.step(now, seen(at)) == ()


def test_a_lost_hand_makes_no_hit_over_the_gap():
    times, at = drumming(CHILD, 60)
    top = begun(CHILD)
    top.step(0.0, seen(at[0]))
    height = at[:, INDEX["rightPalm"], 1] - top.own_at[1]
    drums, told = begun(CHILD), []
    for time, one, above in zip(times, at, height, strict=True):
        one = one.copy()
        if above < 0.06:
            one[[i for name, i in INDEX.items() if name.startswith("right")]] = np.nan
        told += drums.step(float(time), seen(one))
    assert told == []


def test_a_controller_alone_hits_too():
    drums, told = begun(CHILD), []
    for time, at in zip(*drumming(CHILD, 72), strict=True):
        only = np.full((J, 3), np.nan)
        kept = [INDEX["head"], INDEX["rightHand"]]
        only[kept] = at[kept]
        told += drums.step(float(time), seen(only, INFERRED))
    assert len(told) == 3


def test_both_have_the_same_drum_by_their_own_measures():
    drums = begun(ADULT, avatar=CHILD)
    drums.step(0.0, seen(drumming(ADULT, 60)[1][0]))
    props = drums.props()
    assert [p.name for p in props] == ["drum", "stand"] * 2
    theirs, own = props[0], props[2]
    for prop, who, place in ((theirs, CHILD, FACING), (own, ADULT, HERE)):
        top = prop.world_from_prop.position + np.array([0, prop.size[1] / 2, 0])
        assert np.allclose(place.inverse().apply(top), objects.top(DRUM.thing, who), atol=1e-6)
        assert prop.size[0] == pytest.approx(DRUM.thing.width * who.arm_length("right"))


def test_it_stays_where_it_is_while_the_head_moves_little():
    at = drumming(ADULT, 60)[1][0]
    drums = begun(ADULT)
    drums.step(0.0, seen(at))
    before = drums.own_at
    drums.begin(perform(DRUM, CHILD, Style(side="left")), CHILD, DRUM.thing, ADULT)
    drums.step(1.0, seen(at + np.array([0.05, -0.03, 0.02])))
    assert np.array_equal(drums.own_at, before)
    drums.begin(perform(DRUM, CHILD, Style(side="left")), CHILD, DRUM.thing, ADULT)
    drums.step(2.0, seen(at - np.array([0.0, 0.4, 0.0])))
    assert drums.own_at[1] == pytest.approx(before[1] - 0.4)


def test_the_avatars_hits_sound_when_its_hand_lands():
    shown = perform(DRUM, CHILD, Style(side="left"))
    times = striking.times_of(shown, DRUM.thing, CHILD)
    assert len(times) == 3
    assert times[0] == pytest.approx(shown.points["stroke"], abs=0.03)
    drums, heard = begun(ADULT), []
    rest = seen(drumming(ADULT, 60)[1][0])
    for k in range(int(shown.motion.duration * 90)):
        drums.step(5 + k / 90, rest, k / 90)
        heard += [s.start - 5 for s in drums.sounds()]
    assert heard == pytest.approx(times.tolist(), abs=1 / 89)


def test_a_gesture_without_an_object_clears_it_away():
    drums = begun(ADULT)
    drums.step(0.0, seen(drumming(ADULT, 60)[1][0]))
    drums.begin(perform(DRUM, CHILD), CHILD, None, CHILD)
    assert drums.props() == drums.sounds() == drums.step(1.0, seen(np.full((J, 3), np.nan))) == ()


PROGRAMME = """
name = { nl = "Trommel", en = "Drum" }
[[block]]
mode = "immediate"
gestures = ["drum"]
trials = 2
policy = "fixed"
"""


def test_in_a_session_the_drum_is_there_sounds_and_the_hits_are_what_is_counted():
    run = whole.begin(PROGRAMME)
    props, heard = {}, set()
    while not run.session.over:
        run.step()
        props.setdefault(run.shown.turn.phase, set()).add(tuple(p.name for p in run.shown.props))
        heard |= {s.start for s in run.shown.sounds if s.name == "drum"}
    assert props["model"] == {("drum", "stand") * 2}
    assert props["waiting"] == {()}
    hits = run.named("hit")
    scores = [e.fields["goal"] for e in run.named("score")]
    demonstrations = sum(e.fields["entered"] == "model" for e in run.named("phase"))
    assert len(heard) == len(hits) + 3 * demonstrations
    assert len(scores) == 2
    per_trial = [sum(e.trial == n for e in hits) for n in range(2)]
    assert [min(n / 3, 1.0) >= s for n, s in zip(per_trial, scores, strict=True)] == [True, True]
