"""The learner model: what an answer teaches, what days take away, and whether it finds who it is told of."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrtrainer import choices
from vrtrainer.gestures import library
from vrtrainer.learning import learner, mastery, prompts
from vrtrainer.learning.plan import SKILLS, Answer, Facets, TrialPlan

GESTURES = library.load(choices.content("assets") / "gestures")
NAMES = sorted(GESTURES)
graded = st.sampled_from([0, 1, 2])
gestures = st.sampled_from(NAMES)


def plan(name="wave", prompt=0, tempo=1.0, mode="immediate"):
    return TrialPlan(
        name, mode, "left", prompt, Facets(tempo=tempo), "practice", 0.5, 0.5, "noor", "calm_room", "in_order"
    )


def told(model, name, grade, **how):
    return learner.updated(model, plan(name, **how), GESTURES[name], Answer(grade, grade > 0, None))


def chance(model, name, prompt=0, tempo=1.0):
    return learner.chance(model, GESTURES[name], Facets(tempo=tempo), prompt)


@given(st.lists(st.tuples(gestures, graded), max_size=12), gestures)
def test_full_success_raises_the_chance_and_a_miss_lowers_it(history, name):
    model = learner.prior()
    for one, grade in history:
        model = told(model, one, grade)
    before = chance(model, name)
    assert chance(told(model, name, 2), name) > before > chance(told(model, name, 0), name)


@given(st.lists(st.tuples(gestures, graded), max_size=10), gestures, graded)
def test_an_answer_widens_by_no_more_than_the_drift_and_the_covariance_stays_one(history, name, grade):
    model = told(learner.prior(), name, 1)
    for one, g in history:
        model = told(model, one, g)
    after = told(model, name, grade)
    c = learner.direction(after.names, GESTURES[name], Facets(), 0)
    k = len(model.names)
    wide = np.eye(len(after.names)) * learner.GESTURE_SD**2
    wide[:k, :k] = model.cov
    assert c @ after.cov @ c <= c @ wide @ c + learner.DRIFT**2 + 1e-12
    assert np.linalg.eigvalsh(after.cov).min() > 0
    assert np.allclose(after.cov, after.cov.T)


@given(gestures)
def test_an_answer_that_was_withheld_changes_nothing(name):
    model = told(learner.prior(), name, 2)
    same = learner.updated(model, plan(name), GESTURES[name], Answer(None, None, "hand_not_seen"), 3.0)
    assert same is model


@given(st.floats(0.1, 400), st.lists(st.tuples(gestures, graded), min_size=3, max_size=10))
def test_days_widen_what_is_known_and_move_no_mean(days, history):
    model = learner.prior()
    for name, grade in history:
        model = told(model, name, grade)
    later = learner.aged(model, days)
    assert np.array_equal(later.mean, model.mean)
    k = len(SKILLS)
    assert (np.diag(later.cov)[:k] >= np.diag(model.cov)[:k]).all()
    assert learner.aged(model, -1.0) is model


@given(gestures, st.lists(graded, min_size=10, max_size=14))
def test_answers_narrow_what_is_not_known(name, grades):
    model = learner.prior()
    _, before = learner.eta(model, GESTURES[name], Facets(), 0)
    for grade in grades:
        model = told(model, name, grade)
    assert learner.eta(model, GESTURES[name], Facets(), 0)[1] < 0.75 * before


@given(st.lists(st.floats(0.01, 40), min_size=1, max_size=12))
def test_many_short_waits_are_the_same_as_a_long_one(waits):
    model = told(told(learner.prior(), "wave", 2), "nod_yes", 0)
    stepped = model
    for days in waits:
        stepped = learner.aged(stepped, days)
    once = learner.aged(model, sum(waits))
    assert np.allclose(stepped.cov, once.cov, atol=1e-12)
    assert stepped.day == pytest.approx(once.day)
    assert (np.diag(once.cov)[: len(SKILLS)] <= learner.ABILITY_SD**2 + 1e-12).all()


@given(st.lists(st.tuples(gestures, st.integers(0, 6), graded), max_size=40), gestures, st.integers(0, 5))
def test_more_help_is_never_believed_to_be_less(history, name, prompt):
    model = learner.prior()
    for one, helped, grade in history:
        model = told(model, one, grade, prompt=helped)
    more, less = (learner.eta(model, GESTURES[name], Facets(), p)[0] for p in (prompt + 1, prompt))
    assert more - less >= learner.HELPS - 1e-9


def test_help_that_came_when_it_went_badly_is_not_blamed():
    model = learner.prior()
    for _ in range(120):
        model = told(model, "wave", 2)
        model = told(model, "wave", 0, prompt=5)
    assert model.mean[model.names.index("prompt")] == pytest.approx(learner.HELPS)


def test_practice_of_one_skill_leaves_what_is_not_practised_as_open_as_it_was():
    model = learner.prior()
    face, before = SKILLS.index("face"), []
    for _ in range(60):
        before.append(model.cov[face, face])
        model = told(model, "wave", 2)
    assert max(before) <= learner.ABILITY_SD**2 + 1e-12


@pytest.mark.parametrize("rate", [0.01, -0.01])
def test_who_changes_while_practising_is_followed(rate):
    """With simulated learners who only answer and change by a logit in a hundred trials: within the stated sd."""
    rng = np.random.default_rng(4)
    inside = []
    for _ in range(25):
        base = rng.normal(-0.5, 0.7)
        ability = dict(zip(SKILLS, base + rng.normal(0, 0.5, len(SKILLS)), strict=True))
        model = learner.prior()
        for k in range(150):
            name = NAMES[rng.integers(len(NAMES))]
            eta = _true_eta(ability, name) + rate * k
            if k >= 100:
                mean, sd = learner.eta(model, GESTURES[name], Facets(), 0)
                inside.append(abs(mean - eta) < 1.96 * sd)
            luck = rng.logistic()
            model = told(model, name, 2 if eta + luck > 0 else 1 if eta + luck > -learner.PARTIAL else 0)
    assert np.mean(inside) > 0.8


@given(st.permutations([("wave", 2), ("one_arm_up", 0), ("nod_yes", 2), ("thumbs_up", 1), ("wave", 1)]))
def test_the_order_of_answers_of_one_day_barely_matters(order):
    """The exact posterior has no order; what assumed-density filtering leaves of one is small beside what is open."""
    ways = []
    for rows in (sorted(order), order):
        model = learner.prior()
        for name, grade in rows:
            model = told(model, name, grade)
        ways.append([learner.eta(model, GESTURES[n], Facets(), 0) for n in NAMES])
    (first, sd), (other, _) = (np.array(w).T for w in ways)
    assert (np.abs(first - other) < 0.25 * sd).all()


@given(st.floats(-6, 6), graded)
def test_the_slope_of_the_likelihood_is_its_derivative(x, grade):
    def log_likelihood(x):
        p, q = 1 / (1 + np.exp(-x)), 1 / (1 + np.exp(-x - learner.PARTIAL))
        return np.log({2: p, 1: q - p, 0: 1 - q}[grade])

    first, second = learner._log_likelihood(x, grade)
    h = 1e-4
    assert first == pytest.approx((log_likelihood(x + h) - log_likelihood(x - h)) / (2 * h), abs=1e-5)
    curve = (log_likelihood(x + h) - 2 * log_likelihood(x) + log_likelihood(x - h)) / h**2
    assert second == pytest.approx(curve, abs=1e-4)
    assert second < 0


@given(gestures)
def test_more_help_and_a_slower_model_make_success_likelier(name):
    model = learner.prior()
    assert chance(model, name, prompt=3) > chance(model, name)
    assert chance(model, name, tempo=0.7) > chance(model, name, tempo=1.3)


def test_success_at_one_skill_says_something_of_the_others():
    model = learner.prior()
    before = chance(model, "thumbs_up")
    for _ in range(4):
        model = told(model, "one_arm_up", 2)
    assert chance(model, "thumbs_up") > before


def test_two_hundred_learners_are_found_by_their_answers():
    """With simulated learners who only answer, no bodies: 60 answers each; correlation and calibration of chances."""
    rng = np.random.default_rng(1)
    true, found, inside = [], [], 0
    for _ in range(200):
        base = rng.normal(0, 0.85)
        ability = dict(zip(SKILLS, base + rng.normal(0, 0.85, len(SKILLS)), strict=True))
        model = learner.prior()
        for _ in range(60):
            name = NAMES[rng.integers(len(NAMES))]
            eta = _true_eta(ability, name)
            luck = rng.logistic()
            grade = 2 if eta + luck > 0 else 1 if eta + luck > -learner.PARTIAL else 0
            model = told(model, name, grade)
        for name in NAMES:
            mean, sd = learner.eta(model, GESTURES[name], Facets(), 0)
            eta = _true_eta(ability, name)
            true.append(eta)
            found.append(mean)
            inside += abs(mean - eta) < 1.96 * sd
    assert np.corrcoef(true, found)[0, 1] > 0.80
    assert 0.88 < inside / len(true) < 0.99


def _true_eta(ability, name):
    loads = GESTURES[name].skills
    return sum(ability[s] * w for s, w in loads.items()) / sum(loads.values()) - learner.difficulty(GESTURES[name])


def test_a_model_survives_being_stored_to_the_last_bit():
    model = told(told(learner.prior(), "wave", 2), "nod_yes", 0)
    again = learner.Model.from_dict(model.to_dict())
    assert again.names == model.names
    assert np.array_equal(again.mean, model.mean)
    assert np.array_equal(again.cov, model.cov)
    with pytest.raises(ValueError, match="version 99, this program reads 1"):
        learner.Model.from_dict({**model.to_dict(), "version": 99})


def history(*rows):
    return tuple(
        (plan(name, prompt), Answer(grade, None if grade is None else grade > 0, None)) for name, prompt, grade in rows
    )


def test_two_successes_take_help_away_and_two_misses_add_it():
    assert prompts.next_prompt((), "wave", 3) == 3
    assert prompts.next_prompt(history(("wave", 3, 2)), "wave", 3) == 3
    assert prompts.next_prompt(history(("wave", 3, 2), ("wave", 3, 2)), "wave", 3) == 2
    assert prompts.next_prompt(history(("wave", 0, 0), ("wave", 0, 1)), "wave", 0) == 1
    assert prompts.next_prompt(history(("wave", 0, 0), ("wave", 0, None), ("wave", 0, 1)), "wave", 0) == 1
    assert prompts.next_prompt(history(("wave", 0, 0), ("nod_yes", 0, 0)), "wave", 0) == 0


@given(st.lists(graded, max_size=40))
def test_help_never_leaves_its_ladder(grades):
    rows, level = (), 0
    for grade in grades:
        level = prompts.next_prompt(rows, "wave", 0)
        assert 0 <= level <= prompts.MOST
        rows = (*rows, (plan("wave", level), Answer(grade, grade > 0, None)))


def test_mastery_wants_nine_of_ten_or_five_of_five_on_two_days_without_help():
    five = [(0.0, 0, 2)] * 5
    assert mastery.mastered_on(five) is None
    assert mastery.mastered_on(five + [(3.0, 0, 2)] * 5) == 3.0
    assert mastery.mastered_on(five + [(3.0, 2, 2)] * 5) is None  # with help it never counts
    nine = [(1.0, 0, 2)] * 4 + [(1.0, 0, 1)] + [(1.0, 0, 2)] * 5
    assert mastery.mastered_on(five + nine) == 1.0
    assert mastery.mastered_on(five + [(2.0, 0, 2)] * 4 + [(2.0, 0, 0)]) is None


def test_probes_fall_due_after_one_two_and_four_weeks():
    assert mastery.probes_due(10.0, (), 16.9) == ()
    assert mastery.probes_due(10.0, (), 17.0) == (17.0,)
    assert mastery.probes_due(10.0, (17.0,), 24.0) == (24.0,)
    assert mastery.probes_due(10.0, (), 60.0) == (17.0, 24.0, 38.0)
    assert mastery.probes_due(10.0, (30.0,), 31.0) == ()  # after a holiday once is enough
    assert mastery.probes_due(10.0, (12.0,), 17.0) == (17.0,)  # a week has not passed by then


def test_a_plan_with_another_gesture_leaves_the_first_ones_own_deviation_alone():
    model = told(learner.prior(), "wave", 2)
    after = told(replace(model), "nod_yes", 0)
    assert "gesture:nod_yes" in after.names
    assert "gesture:nod_yes" not in model.names
