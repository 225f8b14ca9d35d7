"""Simulated learners: read from text, deterministic, seen as bodies; and they only do what they saw."""

import numpy as np
import pytest

from vrtrainer import choices
from vrtrainer.gestures import library
from vrtrainer.gestures.gesture import Style
from vrtrainer.gestures.perform import perform, relaxed
from vrtrainer.human import body, pose, rotations
from vrtrainer.human.observation import INFERRED, MEASURED
from vrtrainer.human.skeleton import INDEX, PART_INDEX
from vrtrainer.imitation.attempt import Attempt
from vrtrainer.imitation.scoring import score
from vrtrainer.imitation.template import Template
from vrtrainer.learning import simulated
from vrtrainer.learning.plan import Facets, TrialPlan
from vrtrainer.sessions.tableau import Turn

GESTURES = library.load(choices.content("assets") / "gestures")
FILES = sorted((choices.content("assets") / "learners").glob("*.toml"))
AVATAR = body.of_height(1.4)
SHOWN = perform(GESTURES["one_arm_up"], AVATAR, Style(side="left"))
MODEL_FROM, TURN_FROM, LASTS = 2.0, 2.0 + SHOWN.motion.duration + 0.5, 8.0


def profile(text):
    return simulated.profile(text, "test.toml")


SURE = profile("height = 1.4\nluck = 0.0\nmirror = 1.0\ntremor_m = 0.0\n[abilities]\nposture = 9.0\narm_path = 9.0\n")


def seen(who, seed=1, rate=60.0, until=None):
    """A trial in which one arm goes up: observations by time."""
    learner = simulated.SimulatedLearner(who, seed, GESTURES)
    rest = relaxed(AVATAR)
    out = {}
    for k in range(int((until or TURN_FROM + LASTS) * rate)):
        time = k / rate
        pose = rest
        if time < MODEL_FROM:
            turn = Turn("ready", 0.0, "", 0, "one_arm_up", "left")
        elif time < TURN_FROM:
            turn = Turn("model", MODEL_FROM, "", 0, "one_arm_up", "left")
            pose = SHOWN.motion.sample(time - MODEL_FROM)
        else:
            turn = Turn("respond", TURN_FROM, "imitation", 0, "one_arm_up", "left")
        out[round(time, 6)] = learner.observe(time, turn, pose)
    return out


def heights(observations, joint):
    return np.array([o.positions[INDEX[joint], 1] for o in observations.values()])


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_every_learner_that_ships_can_be_read_and_has_its_texts_in_both_languages(file):
    who = simulated.profile(file.read_text(encoding="utf-8"), file.name)
    assert set(who.name) >= {"nl", "en"}
    assert set(who.about) >= {"nl", "en"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hight = 1.4", "test.toml: hight: no such key; there is name"),
        ("height = 9", "height is 9, expected a number from 0.8 to 2.2"),
        ("height = true", "height is True, expected a number"),
        ("[abilities]\nflying = 1.0", "abilities.flying: no such skill; there is posture"),
        ('[abilities]\nposture = "good"', "abilities.posture is 'good', expected logits"),
        ("abilities = 3", "abilities is 3, expected a table"),
        ("[abilities]\nposture = nan", "abilities.posture is nan, expected logits from -10 to 10"),
        ("[abilities]\nposture = true", "abilities.posture is True, expected logits"),
        ('hands = ["third"]', r"hands is \['third'\], expected"),
        ("hands = 3", "hands is 3, expected"),
        ('hands = "left"', "hands is 'left', expected"),
        ("hands = []", r"hands is \[\], expected"),
        ('hands = ["left", "left"]', r"hands is \['left', 'left'\], expected"),
        ('face = "no"', "face is 'no', expected true or false"),
        ('name = "Sam"', "name is 'Sam', expected a text for each language"),
        ("about = { nl = 3 }", "about is {'nl': 3}, expected a text for each language"),
        ("height = ", "not TOML"),
    ],
)
def test_a_broken_profile_says_what_is_wrong(text, message):
    with pytest.raises(ValueError, match=message):
        profile(text)


def test_the_learner_does_what_was_shown_mirror_wise_and_only_on_its_turn():
    observations = seen(SURE)
    times = np.array(list(observations))
    right, left = heights(observations, "rightHand"), heights(observations, "leftHand")
    before = times < TURN_FROM
    assert np.ptp(right[before]) < 0.02
    # The avatar's left arm is, for who stands before it, on the right: the learner's right arm rises.
    assert right.max() - right[0] > 0.7
    assert np.ptp(left) < 0.05


def test_who_has_one_hand_never_uses_the_other():
    one = profile('hands = ["left"]\nmirror = 1.0\nluck = 0.0\n[abilities]\nposture = 9.0\narm_path = 9.0\n')
    observations = seen(one)
    assert not any(o.how[PART_INDEX["rightHand"]].any() for o in observations.values())
    left = heights(observations, "leftHand")
    assert left.max() - left[0] > 0.7


def test_the_same_seed_gives_the_same_body_and_another_one_does_not():
    one, other, third = seen(SURE, 1), seen(SURE, 1), seen(SURE, 2)
    key = max(one)
    assert all(np.array_equal(one[t].positions, other[t].positions) for t in one)
    assert any(not np.array_equal(one[t].positions, third[t].positions) for t in one)
    assert key in third


def test_how_often_it_is_asked_does_not_matter():
    slow, fast = seen(SURE, rate=30.0), seen(SURE, rate=90.0)
    shared = sorted(set(slow) & set(fast))
    assert len(shared) > 100
    gap = max(np.abs(slow[t].positions - fast[t].positions).max() for t in shared)
    assert gap < 0.05  # what it saw was sampled more coarsely


def test_lost_hands_are_inferred_and_never_measured_again_in_that_moment():
    lost = seen(profile("dropout = 0.5\n"), until=20.0)
    share = np.mean([o.how[INDEX["leftHand"]] == INFERRED for o in lost.values()])
    assert 0.25 < share < 0.75
    assert all((o.how[PART_INDEX["head"]] == MEASURED).all() for o in lost.values())


def test_who_cannot_do_it_yet_does_less_of_it():
    weak = profile("luck = 0.0\nmirror = 1.0\n[abilities]\nposture = -3.0\narm_path = -3.0\n")
    strong, little = heights(seen(SURE), "rightHand"), heights(seen(weak), "rightHand")
    assert little.max() - little[0] < 0.75 * (strong.max() - strong[0])


def test_who_stops_on_purpose_stops_once():
    acts = [o.acts for o in seen(profile("stops_after_s = 3\n")).values()]
    assert sum("stop" in a for a in acts) == 1


@pytest.mark.parametrize("awaits", ["ready", "select"])
def test_who_uses_pause_once_answers_what_is_awaited_afterwards(awaits):
    learner = simulated.SimulatedLearner(profile("pauses_after_s = 2\nact_after_s = 1\n"), 1, GESTURES)
    acts = []
    for time in np.arange(0, 300) / 60:
        turn = (
            Turn("paused", 2.0, awaits) if "pause" in set().union(*acts) else Turn("model", 0.0, "", 0, "wave", "left")
        )
        acts.append(learner.observe(time, turn, relaxed(AVATAR)).acts)
    assert sum("pause" in a for a in acts) == 1
    assert awaits in acts[-1]


def full_tries(who, prompt=0, tempo=1.0, delay_s=0.0, count=400):
    """Share of turns in which a body sets out to do all of a gesture, as it was shown."""
    full = 0
    for seed in range(count):
        learner = simulated.SimulatedLearner(who, seed, GESTURES)
        shown = (0, "one_arm_up", "left", prompt, tempo)
        for time in (0.5, 1.0, 1.5):
            learner.observe(time, Turn("model", 0.5, "", *shown), SHOWN.motion.sample(time))
        learner.observe(2.0, Turn("delay", 2.0, "", *shown), relaxed(AVATAR))
        onset = 2.02 + delay_s
        learner.observe(onset, Turn("respond", onset, "imitation", *shown), relaxed(AVATAR))
        drawn = learner._try
        full += drawn.attempts and drawn.gain > 0.6 and drawn.until == 1.0 and not drawn.relaxed_hands
    return full / count


@pytest.mark.parametrize(
    "how", [{}, {"prompt": 4}, {"tempo": 1.6}, {"delay_s": 30.0}, {"prompt": 2, "tempo": 1.3, "delay_s": 9.0}], ids=str
)
@pytest.mark.parametrize("ability", [-1.5, 0.5])
def test_a_body_does_all_of_it_as_often_as_its_true_chance_says(ability, how):
    """So that the tutor is tried out on the chances it is held against; of 400 tries."""
    who = profile(f"[abilities]\nposture = {ability}\narm_path = {ability}\n")
    facets = Facets(tempo=how.get("tempo", 1.0), delay_s=how.get("delay_s", 0.0))
    plan = TrialPlan(
        "one_arm_up", "immediate", "left", how.get("prompt", 0), facets, "practice", 0.5, 0.5, "", "", "in_order"
    )
    true = simulated.true_chance(who, plan, GESTURES["one_arm_up"])
    assert full_tries(who, **how) == pytest.approx(true, abs=0.075)  # three standard errors


def test_a_better_learner_has_the_better_chance():
    weak, able = profile("[abilities]\nposture = -1.0\n"), profile("[abilities]\nposture = 2.0\n")
    plan = TrialPlan("one_arm_up", "immediate", "left", 0, Facets(), "practice", 0.5, 0.5, "", "", "in_order")
    gesture = GESTURES["one_arm_up"]
    assert simulated.true_chance(able, plan, gesture) > simulated.true_chance(weak, plan, gesture)


def test_grades_that_imitation_gives_their_bodies_fall_with_what_they_can_do():
    """With simulated learners: what goes amiss by the law is seen to be amiss by the scorer, which knows no law."""
    shown = Template.of_performance(
        perform(GESTURES["one_arm_up"], AVATAR, Style(side="left")), GESTURES["one_arm_up"], AVATAR
    )
    mean = []
    for ability in (-3.5, -1.0, 3.0):
        who = profile(f"height = 1.4\nmirror = 1.0\n[abilities]\nposture = {ability}\narm_path = {ability}\n")
        grades = []
        for seed in range(12):
            attempt = Attempt()
            for time, o in seen(who, seed, rate=30.0).items():
                if time >= TURN_FROM:
                    attempt.append(time - TURN_FROM, o)
            grades.append(score(shown, attempt).graded_0_2)
        assert None not in grades
        mean.append(np.mean(grades))
    assert mean[0] + 0.3 < mean[1] < mean[2] - 0.3
    assert mean[2] > 1.6


def test_who_moves_along_follows_after_its_own_delay():
    who = {
        late: profile(
            f"visual_delay_s = {late}\nheight = 1.4\nluck = 0.0\nmirror = 1.0\ntremor_m = 0.0\n"
            "reaction_s = 0.3\n[abilities]\nposture = 9.0\narm_path = 9.0\n"
        )
        for late in (0.1, 0.7)
    }
    halfway = {}
    for late, one in who.items():
        learner, up = simulated.SimulatedLearner(one, 1, GESTURES), []
        learner.observe(0.0, Turn("ready", 0.0, "", 0, "one_arm_up", "left"), relaxed(AVATAR))
        times = np.arange(1, 300) / 60
        for time in times:
            turn = Turn("respond", 1 / 60, "imitation", 0, "one_arm_up", "left")
            up.append(learner.observe(time, turn, SHOWN.motion.sample(time)).positions[INDEX["rightHand"], 1])
        up = np.array(up)
        halfway[late] = times[np.argmax(up > up[0] + 0.35)]
    shown = np.array([pose.placed(SHOWN.motion.sample(t), AVATAR)[INDEX["leftHand"], 1] for t in times])
    first = times[np.argmax(shown > shown[0] + 0.35)]
    assert halfway[0.1] > first + 0.1
    assert halfway[0.7] - halfway[0.1] == pytest.approx(0.6, abs=0.05)


def test_observations_are_their_own_and_share_no_memory():
    learner = simulated.SimulatedLearner(SURE, 1, GESTURES)
    turn = Turn("ready", 0.0, "", 0, "one_arm_up", "left")
    one = learner.observe(0.0, turn, relaxed(AVATAR))
    other = learner.observe(0.1, turn, relaxed(AVATAR))
    for field in ("positions", "rotations", "how"):
        assert not np.shares_memory(getattr(one, field), getattr(other, field))


def test_a_movement_made_smaller_is_turned_no_further_than_its_share():
    """The short cut over joints that stay is the same as turning all of them."""
    learner = simulated.SimulatedLearner(SURE, 1, GESTURES)
    rest, top = relaxed(AVATAR), SHOWN.motion.sample(SHOWN.points["stroke"])
    learner.observe(0.0, Turn("ready", 0.0, "", 0, "one_arm_up", "left"), rest)
    for gain in (0.2, 0.5, 1.1):
        how = simulated._Try(True, gain, 1.0, 0.0, False, 1.0, False)
        whole = rotations.slerp(rest.rotations, top.rotations, np.full(len(rest.rotations), gain))
        assert np.abs(rotations.angle_between(learner._shaped(top, how).rotations, whole)).max() < 1e-6
