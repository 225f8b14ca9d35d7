"""What comes next: contracts of every policy, and the tutor's own rules."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrtrainer import choices
from vrtrainer.gestures import library
from vrtrainer.learning import learner, policies
from vrtrainer.learning.levels import next_level
from vrtrainer.learning.offer import Offer
from vrtrainer.learning.plan import KINDS, PROMPTS, Answer, Facets, TrialPlan

GESTURES = library.load(choices.content("assets") / "gestures")
EVERY = choices.names(policies)
NAMES = ("wave", "one_arm_up", "thumbs_up", "nod_yes")
grades = st.lists(st.sampled_from([0, 1, 2, None]), max_size=9)


def offer(left=6, total=10, names=NAMES, **more):
    return Offer(
        gestures={n: GESTURES[n] for n in names},
        mode="immediate",
        side="either",
        kind="practice",
        trials_left=left,
        trials_total=total,
        block_index=more.pop("block_index", 1),
        avatar="noor",
        scene="calm_room",
        **more,
    )


def run(policy, outcomes, total=10, seed=3, **more):
    """Plans of a block whose trials came out as told."""
    module, model, history, plans = choices.load(policies, policy), learner.prior(), (), []
    for k, grade in enumerate(outcomes):
        plan = module.next_trial(model, offer(total - k, total, **more), history, np.random.default_rng([seed, k]))
        answer = Answer(grade, None if grade is None else grade > 0, None)
        history = (*history, (plan, answer))
        model = learner.updated(model, plan, GESTURES[plan.gesture], answer)
        plans.append(plan)
    return plans


@pytest.mark.parametrize("policy", EVERY)
@given(outcomes=grades)
def test_a_policy_plans_what_was_offered_with_the_models_own_chances(policy, outcomes):
    for plan in run(policy, outcomes):
        assert isinstance(plan, TrialPlan)
        assert plan.gesture in NAMES
        assert plan.prompt in PROMPTS
        assert plan.kind in KINDS
        assert plan.side in ("left", "right", "both")
        assert 0 < plan.chance_unprompted <= plan.chance < 1


@pytest.mark.parametrize("policy", EVERY)
@given(outcomes=grades)
def test_a_policy_is_reproducible_from_its_seed_and_gives_a_reason_in_every_language(policy, outcomes):
    import tomllib

    one, other = run(policy, outcomes), run(policy, outcomes)
    assert one == other
    for file in (choices.content("assets") / "language").glob("*.toml"):
        why = tomllib.loads(file.read_text(encoding="utf-8"))["why"]
        for plan in one:
            spoken = {k: v for k, v in plan.reason_values.items()}
            assert why[plan.reason_key].format(**spoken)


@given(grades)
def test_after_two_misses_comes_something_sure_with_help(outcomes):
    plans = run("tutor", [*outcomes[:6], 0, 1, 2])
    rescue = plans[len(outcomes[:6]) + 2]
    assert rescue.kind == "rescue"
    assert rescue.prompt >= 1


def test_the_last_trial_is_something_that_was_managed():
    plans = run("tutor", [2, 0, 2, 2, 2, 2, 2, 2, 2, 2])
    managed = {p.gesture for p, grade in zip(plans[:-1], [2, 0, 2, 2, 2, 2, 2, 2, 2], strict=True) if grade == 2}
    assert plans[-1].kind == "ending"
    assert plans[-1].gesture in managed


@given(st.lists(st.sampled_from([1, 2]), min_size=20, max_size=20))
def test_no_gesture_comes_more_than_five_times_in_a_row(outcomes):
    plans = run("tutor", outcomes, total=30)
    row = longest = 1
    for before, here in pairwise(plans):
        row = row + 1 if here.gesture == before.gesture and here.kind != "rescue" else 1
        longest = max(longest, row)
    assert longest <= 5


def test_what_was_never_tried_comes_up_once_something_went_well_and_is_said_to_be_new():
    plans = run("tutor", [2, 2, 2, 2, 2, 2])
    new = [plan for plan in plans if plan.reason_key == "something_new"]
    assert plans[1] in new
    model = learner.prior()
    for name in ("wave", "one_arm_up", "nod_yes") * 3:
        model = learner.updated(model, plans[0], GESTURES[name], Answer(2, True, None))
    module, history = choices.load(policies, "tutor"), ()
    for k in range(6):
        plan = module.next_trial(model, offer(6 - k, 6), history, np.random.default_rng(k))
        answer = Answer(2, True, None)
        history = (*history, (plan, answer))
        model = learner.updated(model, plan, GESTURES[plan.gesture], answer)
    told = [(plan.gesture, plan.reason_key) for plan, _ in history]
    assert told[0][1] == "known_first"
    assert told[0][0] != "thumbs_up"
    assert told[1] == ("thumbs_up", "something_new")
    assert sum(key == "something_new" for _, key in told) == 1


@given(grades)
def test_nothing_that_was_met_before_is_called_new(outcomes):
    met = set()
    for plan in run("tutor", outcomes):
        assert plan.reason_key != "something_new" or plan.gesture not in met
        met.add(plan.gesture)


def test_after_a_miss_the_same_gesture_comes_with_more_help_unless_it_is_likely_already():
    for name in NAMES:
        plans = run("tutor", [0, 0, 1, 0, 0, 0], names=(name,))
        for before, here in pairwise(plans):
            assert here.prompt > before.prompt or here.chance >= 0.8 or before.prompt == 6
    sure = run("tutor", [2] * 9 + [1, 2], total=20, names=("one_arm_up",))
    assert sure[9].prompt == 0


def test_what_was_chosen_is_done_and_said():
    module = choices.load(policies, "tutor")
    plan = module.next_trial(learner.prior(), offer(choice="nod_yes"), (), np.random.default_rng(0))
    assert (plan.gesture, plan.reason_key) == ("nod_yes", "chosen")


def test_an_adult_is_obeyed_at_once():
    module = choices.load(policies, "tutor")
    plain = module.next_trial(learner.prior(), offer(), (), np.random.default_rng(0))
    helped = module.next_trial(learner.prior(), offer(prompt=3, override="show_where"), (), np.random.default_rng(0))
    assert helped.prompt >= 3 > plain.prompt
    assert helped.reason_key in ("adult_chose", "rescue", "ending")


def test_an_expression_comes_only_where_the_programme_named_it():
    assert all(plan.gesture != "smile" for plan in run("tutor", [2, 1, 0, 2, 2, 2, 1, 2]))
    assert run("fixed", [2], names=("smile",))[0].gesture == "smile"


@pytest.mark.parametrize(("graded", "prompt", "moves"), [(2, 0, "up"), (0, 0, "down"), (2, 3, "down")])
def test_levels_move_between_blocks_by_what_went_without_help(graded, prompt, moves):
    plan = run("fixed", [2])[0]
    history = tuple((plan_with(plan, prompt), Answer(graded, True, None)) for _ in range(5))
    level, key, values = next_level(Facets(), history)
    assert key == f"level_{moves}"
    assert (level.tempo > 1.0) == (moves == "up")
    assert values["count"] == 5


def plan_with(plan, prompt):
    from dataclasses import replace

    return replace(plan, prompt=prompt)


def test_capable_learners_are_kept_between_seventy_and_ninety_five_percent_and_never_stuck():
    """With simulated learners who only answer: the share of full success under the tutor, help included."""
    shares, longest = [], 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        ability = rng.normal(0.6, 0.6)
        module, model, history, hits, run_of_misses = choices.load(policies, "tutor"), learner.prior(), (), 0, 0
        for k in range(30):
            if k % 10 == 0:
                history = ()
            plan = module.next_trial(model, offer(10 - k % 10, 10, block_index=k // 10), history, rng)
            c = learner.direction(learner.prior().names, GESTURES[plan.gesture], plan.facets, plan.prompt)
            slopes = np.array([m for m, _ in learner.FACETS.values()])
            eta = ability + c[len(c) - len(slopes) :] @ slopes - learner.difficulty(GESTURES[plan.gesture])
            x = eta + rng.logistic()
            grade = 2 if x > 0 else 1 if x > -learner.PARTIAL else 0
            answer = Answer(grade, grade > 0, None)
            history = (*history, (plan, answer))
            model = learner.updated(model, plan, GESTURES[plan.gesture], answer)
            hits += grade == 2
            run_of_misses = 0 if grade == 2 else run_of_misses + 1
            longest = max(longest, run_of_misses)
        shares.append(hits / 30)
    inside = np.mean([(0.65 <= s <= 0.97) for s in shares])
    assert inside >= 0.9
    assert longest <= 5
