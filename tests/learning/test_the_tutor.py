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
    assert helped.reason_key == "adult_chose"


def overruled(policy, outcomes, control, names=("thumbs_up",), last=False):
    """The plan before somebody asks for something, and the one after; what a session does to the offer is done."""
    module, model, history = choices.load(policies, policy), learner.prior(), ()
    for k, grade in enumerate([*outcomes, 1]):
        plan = module.next_trial(model, offer(20 - k, 20, names), history, np.random.default_rng(k))
        history = (*history, (plan, Answer(grade, None if grade is None else grade > 0, None)))
        model = learner.updated(model, plan, GESTURES[plan.gesture], history[-1][1])
    asked = {
        "easier": {"prompt": 1},
        "harder": {"prompt": 0},
        "slower": {"level": Facets(tempo=0.75)},
        "show_where": {"prompt": 3},
    }[control]
    left = 1 if last else 20 - len(history)
    after = module.next_trial(
        model, offer(left, 20, names, override=control, **asked), history, np.random.default_rng(99)
    )
    return history, model, plan, after


@pytest.mark.parametrize("policy", EVERY)
@pytest.mark.parametrize("control", ["easier", "harder", "slower", "show_where"])
@given(outcomes=grades, last=st.booleans())
def test_what_somebody_asks_for_is_done_by_the_next_trial_and_said(policy, control, outcomes, last):
    _, _, before, after = overruled(policy, outcomes, control, last=last)
    assert (after.reason_key, after.reason_values["control"]) == ("adult_chose", control)
    if control == "easier":
        assert after.prompt > before.prompt or (after.prompt == 6 and after.facets.tempo < before.facets.tempo)
    elif control == "harder":
        assert after.prompt < before.prompt or after.facets.tempo > before.facets.tempo or before.facets.tempo >= 1.6
    elif control == "slower":
        assert after.facets.tempo < before.facets.tempo or before.facets.tempo <= 0.5
    else:
        assert after.prompt >= 3


@given(grades, st.integers(0, 3))
def test_easier_is_easier_than_the_trial_that_it_breaks_off(outcomes, more):
    """A session leaves the running trial and plans it anew; also once more and with help that came within the trial."""
    history, model, _, _ = overruled("tutor", outcomes, "easier")
    module, left = choices.load(policies, "tutor"), 20 - len(history)
    running = module.next_trial(model, offer(left, 20, ("thumbs_up",)), history, np.random.default_rng(4))
    asked = offer(left, 20, ("thumbs_up",), override="easier", prompt=1)
    after = module.next_trial(model, asked, history, np.random.default_rng(4))
    assert after.prompt > running.prompt or running.prompt == 6
    seen = min(after.prompt + more, 6)
    again = offer(left, 20, ("thumbs_up",), override="easier", prompt=2, shown_prompt=seen)
    twice = module.next_trial(model, again, history, np.random.default_rng(4))
    assert twice.prompt > seen or (seen == 6 and twice.facets.tempo < running.facets.tempo)


@given(grades, st.sampled_from([2, None]))
def test_harder_holds_until_it_does_not_go_well(outcomes, next_grade):
    history, model, _, harder = overruled("tutor", outcomes, "harder")
    module = choices.load(policies, "tutor")
    told = (*history, (harder, Answer(next_grade, next_grade == 2, None)))
    after = module.next_trial(model, offer(9, 20, ("thumbs_up",)), told, np.random.default_rng(5))
    assert after.prompt <= harder.prompt
    assert after.facets.tempo == pytest.approx(harder.facets.tempo)
    missed = (*history, (harder, Answer(0, True, None)))
    helped = module.next_trial(model, offer(9, 20, ("thumbs_up",)), missed, np.random.default_rng(5))
    assert helped.prompt > harder.prompt or helped.chance >= 0.8


@given(grades)
def test_what_somebody_chose_is_said_to_be_chosen_by_every_policy(outcomes):
    for policy in EVERY:
        module, model = choices.load(policies, policy), learner.prior()
        history = tuple((p, Answer(g, None, None)) for p, g in zip(run(policy, outcomes), outcomes, strict=True))
        how = offer(choice="nod_yes", override="choose")
        plan = module.next_trial(model, how, history, np.random.default_rng(0))
        assert (plan.gesture, plan.reason_key) == ("nod_yes", "chosen")


@given(grades)
def test_a_rescue_brings_as_much_help_as_the_target_asks(outcomes):
    plans = run("tutor", [*outcomes[:6], 0, 1, 2], names=("thumbs_up",))
    rescue = plans[len(outcomes[:6]) + 2]
    assert rescue.chance >= 0.8 or rescue.prompt == 6


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


def practised(seed, ability):
    """Sixty trials in six blocks of somebody who only answers: true chances, grades and help. Levels move."""
    rng = np.random.default_rng(seed)
    module, model, history, level = choices.load(policies, "tutor"), learner.prior(), (), Facets()
    slopes = np.array([mean for mean, _ in learner.FACETS.values()])
    chances, grades, helped = [], [], []
    for k in range(60):
        if k % 10 == 0:
            level, history = next_level(level, history)[0], ()
        plan = module.next_trial(model, offer(10 - k % 10, 10, block_index=k // 10, level=level), history, rng)
        gesture = GESTURES[plan.gesture]
        c = learner.direction(learner.prior().names, gesture, plan.facets, plan.prompt)
        eta = ability + c[-len(slopes) :] @ slopes - learner.difficulty(gesture)
        x = eta + rng.logistic()
        grade = 2 if x > 0 else 1 if x > -learner.PARTIAL else 0
        answer = Answer(grade, grade > 0, None)
        history = (*history, (plan, answer))
        model = learner.updated(model, plan, gesture, answer)
        chances.append(1 / (1 + np.exp(-eta)))
        grades.append(grade)
        helped.append(plan.prompt)
    return chances, grades, helped


def longest_without_success(grades):
    row = longest = 0
    for grade in grades:
        row = 0 if grade == 2 else row + 1
        longest = max(longest, row)
    return longest


def test_capable_learners_are_kept_within_what_they_can_do_and_never_stuck():
    """With simulated learners who only answer; figures of docs/learning.md, printed by pytest -s."""
    every = [practised(seed, np.random.default_rng(seed + 999).normal(0.6, 0.6)) for seed in range(60)]
    success = np.array([np.mean(chances) for chances, _, _ in every])
    stuck = np.array([longest_without_success(grades) for _, grades, _ in every])
    print(
        f"capable: chance {success.mean():.2f}, in 0.70..0.90 {np.mean((success >= 0.7) & (success <= 0.9)):.2f}, "
        f"in 0.70..0.95 {np.mean((success >= 0.7) & (success <= 0.95)):.2f}, "
        f"at most three misses in a row {np.mean(stuck <= 3):.2f}, most {stuck.max()}"
    )
    assert np.mean((success >= 0.70) & (success <= 0.95)) >= 0.9
    assert np.mean((success >= 0.70) & (success <= 0.90)) >= 0.7
    assert np.mean(stuck <= 3) >= 0.95


def test_learners_for_whom_it_is_hard_get_help_that_helps():
    """With simulated learners who only answer."""
    every = [practised(seed, -2.0) for seed in range(20)]
    helped = np.mean([chances for chances, _, _ in every])
    print(f"hard: chance {helped:.2f}, mean help {np.mean([h for _, _, h in every]):.1f}")
    stuck = np.mean([longest_without_success(grades) <= 3 for _, grades, _ in every])
    print(f"hard: at most three misses in a row {stuck:.2f}")
    assert helped > 0.6
    assert np.mean([h for _, _, h in every]) > 0.5
    assert stuck >= 0.9


def test_the_first_three_trials_of_a_session_are_surer_than_the_later_target():
    """The same gesture comes with more help in the first block than in a later one; for the anxious, always."""
    model = learner.prior()
    module = choices.load(policies, "tutor")
    plans = [
        module.next_trial(model, offer(names=("thumbs_up",), block_index=block), (), np.random.default_rng(0))
        for block in (0, 1)
    ]
    assert plans[0].prompt > plans[1].prompt
    anxious = module.next_trial(model, offer(names=("thumbs_up",), anxious=True), (), np.random.default_rng(0))
    assert anxious.prompt == plans[0].prompt
