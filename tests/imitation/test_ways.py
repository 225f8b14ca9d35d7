"""Every scoring method that is found takes and gives the same."""

import inspect

import numpy as np
import pytest

from tests.imitation.performing import NAMES, attempt, performed, still, template
from vrtrainer import choices
from vrtrainer.imitation import ways
from vrtrainer.imitation.attempt import Attempt
from vrtrainer.imitation.score import Score

FOUND = choices.names(ways)


def test_there_are_ours_and_a_plain_one():
    assert {"vrtrainer", "dtw"} <= set(FOUND)


@pytest.fixture(params=FOUND)
def way(request):
    return choices.load(ways, request.param)


def test_it_says_what_it_is_for_and_offers_one_function(way):
    assert way.__doc__.strip()
    assert list(inspect.signature(way.score).parameters) == ["template", "attempt"]


@pytest.mark.parametrize("name", NAMES)
def test_a_copy_is_above_a_near_miss_and_that_above_nothing_at_all(way, name):
    model = template(name)
    copy = way.score(model, attempt(performed(name)))
    small = way.score(model, attempt(performed(name, miss="too_small")))
    assert isinstance(copy, Score)
    assert copy.similarity == pytest.approx(1.0, abs=1e-6)
    assert small.similarity < copy.similarity
    assert 0.0 <= way.score(model, attempt(still())).similarity < copy.similarity
    assert copy.side_used in ("mirror", "none")
    assert 0.0 <= copy.share_observed <= 1.0


def test_what_was_not_seen_is_withheld(way):
    found = way.score(template("wave"), Attempt())
    assert (found.similarity, found.withheld) == (None, "nothing_seen")
    times, positions = np.arange(40) / 30, np.full((40, 75, 3), np.nan)
    turn = Attempt()
    turn.add(times, positions, np.full((40, 4), np.nan), np.full((40, 52), np.nan))
    found = way.score(template("wave"), turn)
    assert found.similarity is None
    assert found.withheld


def test_the_same_attempt_scores_the_same_twice(way):
    model, turn = template("wave"), attempt(performed("wave", miss="too_small"))
    assert way.score(model, turn) == way.score(model, turn)
