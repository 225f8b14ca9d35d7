"""A clock that jumps, as a laptop that was closed: the trial begins again once somebody goes on, nothing is counted."""

import pytest

from tests.sessions import whole
from vrtrainer.human.observation import nothing
from vrtrainer.sessions.phases import State


def near(phase):
    """A run some frames into a phase of its second trial."""
    run = whole.begin(patience_s=60.0, seed=3)
    run.until(lambda r: r.session.trials_ended == 1)
    run.phase(phase)
    for _ in range(10):
        run.step()
    return run


@pytest.mark.parametrize("phase", ["model", "respond", "feedback"])
@pytest.mark.parametrize("jump", [3600.0, 6.0, -1.0, -3600.0])
def test_a_jump_pauses_and_the_trial_begins_again(phase, jump):
    run = near(phase)
    told = run.step(dt=jump)
    assert run.session.state is State.PAUSED
    (paused,) = [e for e in told if e.trial_type == "command"]
    assert (paused.fields["actor"], paused.fields["source"]) == ("computer", "clock")
    run.step("go_on")
    assert run.named("trial_restarted")
    run.to_the_end()
    assert run.session.ended == "finished"  # an hour asleep is no hour of the programme
    assert [e.trial for e in run.named("trial_ended")] == [0, 1, 2]
    onsets = [e.onset for e in run.events]
    assert onsets == sorted(onsets), "the log never goes back"


def test_an_hour_asleep_counts_for_no_trial():
    plain, jumped = near("respond"), near("respond")
    jumped.step(dt=3600.0)
    for run in (plain, jumped):
        run.to_the_end()
    assert jumped.session.trials_ended == plain.session.trials_ended
    assert all(e.fields["answer"]["graded"] == 2 for e in jumped.named("trial_ended")[1:])


@pytest.mark.parametrize("state", ["paused", "stopped"])
def test_while_it_waits_a_jump_changes_nothing(state):
    run = near("respond")
    run.step("pause" if state == "paused" else "stop")
    for jump in (20.0, -20.0):
        told = run.step(dt=jump, seen=nothing("nobody"))  # the simulated learner would go on by itself
        assert not [e for e in told if e.trial_type in ("command", "session_state")]
        assert run.session.state.value == state


def test_a_clock_that_trembles_stops_nobody():
    run = near("model")
    for _ in range(200):
        run.step(dt=-0.01)
        run.step(dt=0.05)
    assert run.session.state is State.RUNNING
