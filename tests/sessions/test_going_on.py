"""A session that was broken off goes on at the trial's start; somebody may begin again instead."""

from dataclasses import asdict

import pytest

from tests.sessions import whole


def broken_off(trials=1):
    """A run that ended nowhere, and what its log leaves: finished trials and the block that ran."""
    run = whole.begin(patience_s=None)
    run.until(lambda r: r.session.trials_ended == trials and r.session.trial is not None)
    ended = run.named("trial_ended")
    rows = [{"block": e.block, "plan": e.fields["plan"], "answer": e.fields["answer"]} for e in ended]
    return run, tuple(rows)


@pytest.fixture
def gone_on():
    run, rows = broken_off()
    return run, rows, whole.begin(resumed=rows, resumed_block=0, patience_s=None)


def test_it_goes_on_in_the_block_that_ran_with_the_trials_that_are_left(gone_on):
    _, rows, again = gone_on
    again.to_the_end()
    assert again.session.ended == "finished"
    assert len(again.named("trial_ended")) + len(rows) == again.session.trials_total
    assert [e.block for e in again.named("trial_ended")] == [0, 1]


def test_the_learner_model_knows_what_was_done_before(gone_on):
    before, _, again = gone_on
    assert again.session.chooser.model.to_dict() == before.session.chooser.model.to_dict()


def test_dots_of_what_was_done_are_there_again(gone_on):
    before, _, again = gone_on
    again.phase("model")
    assert again.shown.dots[0] == before.session.dots[0]
    assert again.shown.dots[1:] == ("open",)


def test_trials_are_numbered_on(gone_on):
    _, rows, again = gone_on
    again.phase("model")
    assert again.session.trial.number == len(rows)


def test_the_learner_is_told_and_may_begin_again(gone_on):
    _, _, again = gone_on
    again.step()
    assert "verder waar je was" in again.shown.captions[0].text.replace("\n", " ")
    say = next(b for b in again.shown.buttons if b.value == "anew")
    again.step(whole.Command(say.name, say.value))
    assert again.named("begun_anew")
    again.to_the_end()
    assert len(again.named("trial_ended")) == again.session.trials_total


def test_what_is_gone_on_with_survives_the_journal():
    _, rows = broken_off()
    kept = whole.setup(resumed=rows, resumed_block=0)
    assert [dict(r) for r in kept.resumed] == [dict(r) for r in rows]
    assert asdict(kept.dose) == asdict(whole.setup().dose)


def test_a_gesture_that_is_gone_is_left_out_of_what_is_taken_up():
    _, rows = broken_off()
    odd = {**rows[0], "plan": {**rows[0]["plan"], "gesture": "no_such_thing"}}
    whole.begin(resumed=(odd,), resumed_block=0).to_the_end()
