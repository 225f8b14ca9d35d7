"""QUEST+: the same as counting every case by hand, and it finds where success ends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrtrainer.learning.policies import questplus

TEMPOS = np.array([0.6, 1.0, 1.7])
THRESHOLD, SLOPE, LAPSE = (
    np.array([-0.6, -0.6, 0.1, 0.1, 0.7]),
    np.array([2.0, 5.0, 2.0, 5.0, 3.0]),
    np.array([0.0, 0.1, 0.1, 0.0, 0.05]),
)
TABLE = questplus.success(TEMPOS, THRESHOLD, SLOPE, LAPSE)
answers = st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=8)


def by_hand(told):
    """The posterior by Bayes' rule, one grid point and one answer at a time."""
    weights = []
    for threshold, slope, lapse in zip(THRESHOLD, SLOPE, LAPSE, strict=True):
        weight = 1.0
        for level, hit in told:
            p = (1 - lapse) / (1 + np.exp(slope * (np.log(TEMPOS[level]) - threshold)))
            weight *= p if hit else 1 - p
        weights.append(weight)
    return np.array(weights) / sum(weights)


def entropy(weights):
    return -sum(w * np.log(w) for w in weights if w > 0)


@given(answers)
def test_the_posterior_is_bayes_rule(told):
    found = questplus.posterior(TABLE, [level for level, _ in told], [hit for _, hit in told])
    assert found == pytest.approx(by_hand(told), abs=1e-12)


@given(answers)
def test_the_expected_entropy_is_that_of_trying_both_answers(told):
    weights = by_hand(told)
    found = questplus.expected_entropy(TABLE, weights)
    for level in range(3):
        hit = float(TABLE[level] @ weights)
        both = hit * entropy(by_hand([*told, (level, True)])) + (1 - hit) * entropy(by_hand([*told, (level, False)]))
        assert found[level] == pytest.approx(both, abs=1e-9)


@given(answers)
def test_one_more_answer_never_costs_knowledge_on_average(told):
    weights = by_hand(told)
    assert (questplus.expected_entropy(TABLE, weights) <= entropy(weights) + 1e-12).all()


@given(st.permutations([(0, True), (1, True), (2, False), (1, False)]))
def test_the_order_of_answers_does_not_matter(told):
    found = questplus.posterior(TABLE, *zip(*told, strict=True))
    assert found == pytest.approx(by_hand(sorted(told)), abs=1e-12)


def test_success_gets_less_likely_with_the_tempo():
    table = questplus.success(questplus.TEMPOS, *questplus.grid())
    assert (np.diff(table, axis=0) < 0).all()
    assert (table > 0).all()
    assert (table <= 1).all()


def test_forty_answers_find_where_success_ends():
    """With simulated answers: the threshold's mean error is below a tempo step of a sixth."""
    table, (threshold, *_) = questplus.success(questplus.TEMPOS, *questplus.grid()), questplus.grid()
    errors = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        true = rng.uniform(-0.4, 0.5)
        chance = questplus.success(questplus.TEMPOS, np.array([true]), np.array([4.0]), np.array([0.02]))[:, 0]
        levels, hits = [], []
        for _ in range(40):
            weights = questplus.posterior(table, levels, hits)
            levels.append(int(np.argmin(questplus.expected_entropy(table, weights))))
            hits.append(bool(rng.random() < chance[levels[-1]]))
        errors.append(abs(questplus.posterior(table, levels, hits) @ threshold - true))
    assert np.mean(errors) < np.log(7 / 6)
