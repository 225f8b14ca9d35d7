"""Counts of a session, and which trials belong together when it is told why."""

from tests.records import sample
from vrtrainer.reports import facts
from vrtrainer.reports.words import Words


def rows(*changes):
    first = dict(gesture="wave", reason_key="new", reason_values={}, prompt=0, facet_tempo=1.0, block=0)
    return [{**first, "trial": number, **change} for number, change in enumerate(changes)]


def test_trials_for_one_reason_are_taken_together():
    steps = facts.steps(rows({}, {}, {"gesture": "nod_yes"}, {"gesture": "nod_yes"}, {}))
    assert [(s.first, s.last, s.gesture) for s in steps] == [(0, 1, "wave"), (2, 3, "nod_yes"), (4, 4, "wave")]


def test_more_help_and_a_slower_tempo_are_a_step_of_their_own_and_keep_their_mark():
    eased = {"prompt": 4, "facet_tempo": 0.75}
    steps = facts.steps(rows({}, eased, eased, {}))
    assert [s.changes for s in steps] == [(), ("helped_more", "slower"), ("helped_less", "faster")]
    assert (steps[1].first, steps[1].last) == (1, 2)


def test_a_new_part_of_the_programme_is_a_step_of_its_own():
    steps = facts.steps(rows({}, {"block": 1}, {"block": 1}))
    assert [(s.first, s.last, s.new_part) for s in steps] == [(0, 0, None), (1, 2, 1)]


def test_the_best_attempt_is_the_fullest_then_the_one_without_help_then_the_likest():
    first = dict(gesture="wave", came=facts.JOINED, prompt=0, prompt_at_end=0, answer_graded=None)
    tried = [
        {**first, "trial": 0, "graded_0_2": 1, "similarity": 0.9},
        {**first, "trial": 1, "graded_0_2": 2, "similarity": 0.8, "prompt_at_end": 4},
        {**first, "trial": 2, "graded_0_2": 2, "similarity": 0.7},
        {**first, "trial": 3, "graded_0_2": 2, "similarity": 0.99, "came": facts.UNSEEN},
    ]
    told = facts.Facts(tried)
    assert told.best("wave")["trial"] == 2
    assert told.best("nod_yes") is None


def test_an_adults_stop_is_not_the_learners():
    told = facts.of_session([], [sample.event(1.0, "command", command="stop", actor="adult", source="console")])
    assert told.stops == {"adult": 1}


def test_a_turn_that_began_again_counts_from_its_last_beginning():
    def phase(at, left, entered):
        return sample.event(at, "phase", 0, 3, left=left, entered=entered)

    told = facts.of_session([], [phase(1, "model", "respond"), phase(9, "model", "respond"), phase(12, "respond", "x")])
    assert told.windows == {3: (9, 12)}


def test_counts_lists_and_figures_are_written_as_people_say_them():
    report = dict(
        times_1="één keer", times_2="twee keer", times_n="{count} keer", numbers="nul één twee drie", decimal=",",
        list_last="{first} en {last}",
    )  # fmt: skip
    words = Words({"report": report, "captions": {}}, {"learner": "sam"})
    assert [words.times(n) for n in (1, 2, 3, 4)] == ["één keer", "twee keer", "drie keer", "4 keer"]
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"]) == "a, b en c"
    assert words.figure(0.5) == "0,50"
    assert words.figure(None) == "–"
