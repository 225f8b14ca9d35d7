"""Stop, pause and what comes after them, in a session that a simulated learner takes part in."""

import numpy as np
import pytest

from tests.sessions import whole
from vrtrainer.sessions import limits
from vrtrainer.sessions.commands import Command
from vrtrainer.sessions.phases import State


def adult(name, value=""):
    return Command(name, value, "adult", "console")


def demonstrated(run, frames=20):
    """The avatar's poses from a demonstration's beginning, once it has crossed over from rest."""
    run.phase("model")
    for _ in range(13):
        run.step()
    poses = []
    for _ in range(frames):
        run.step()
        poses.append(run.shown.figures[0].pose.rotations)
    return np.array(poses)


@pytest.mark.parametrize("seconds", [1.0, 45.0])
def test_a_pause_freezes_trial_time(seconds):
    free, paused = whole.begin(), whole.begin(patience_s=None)
    for run in (free, paused):
        run.phase("respond")
    paused.step("pause", dt=0.0)
    paused.step("go_on", dt=seconds)
    free.session.trial.restart(free.session.trial_now)
    assert paused.session.trial_now == pytest.approx(free.session.trial_now, abs=1e-9)
    assert paused.session.seconds == pytest.approx(free.session.seconds + seconds)


def test_nothing_of_the_trial_moves_on_while_it_is_paused():
    run = whole.begin(learner=None, patience_s=None)
    run.step("ready")
    run.phase("model").step("pause")
    trial = run.session.trial
    before = (trial.phase, trial.onset, trial.models)
    for _ in range(300):
        events = run.step(dt=1.0)
        assert not [e for e in events if e.trial_type in ("phase", "score", "trial_ended")]
    assert (trial.phase, trial.onset, trial.models) == before
    assert run.shown.turn.awaits == "ready"


@pytest.mark.parametrize("phase", ["model", "respond", "feedback"])
@pytest.mark.parametrize("broken_off", ["pause", "stop"])
def test_going_on_restarts_the_trial_at_its_beginning_and_its_demonstration_anew(phase, broken_off):
    run = whole.begin(learner=None, patience_s=None)
    run.step("ready")
    first = demonstrated(run)
    run.phase(phase)
    number = run.session.trial.number
    run.step(broken_off)
    for _ in range(40):
        run.step()
    events = run.step("go_on")
    assert [e.trial for e in events if e.trial_type == "trial_restarted"] == [number]
    assert run.shown.turn.phase == "ready"
    assert run.session.trial.answer is None
    again = demonstrated(run)
    assert np.abs(first - again).max() < 1e-6
    assert len(run.named("trial_planned")) == 1


def test_a_turn_that_was_broken_off_leaves_nothing_in_the_next_answer():
    broken, free = whole.begin(learner=None), whole.begin(learner=None)
    mover = whole.simulated()
    for run in (broken, free):
        run.step("ready")
        run.phase("respond")
    for _ in range(30):
        broken.step(seen=mover.observe(whole.Frame(0, broken.time, 1 / 30), broken.shown))
    broken.step("pause")
    broken.step("go_on")
    assert broken.phase("respond").session.trial.responded_after is None
    for run in (broken, free):
        run.until(lambda r: r.named("score"))
    assert broken.named("score")[0].fields == free.named("score")[0].fields


def test_pausing_in_the_calm_place_and_going_on_leads_back_there_and_begins_nothing():
    for order in ("pause", "stop"):
        run = whole.begin(learner=None, patience_s=None)
        run.step()
        run.step(order)
        run.step("go_on")
        assert run.session.state is State.WAITING
        assert run.session.trial is None
        assert not [e for e in run.named("assent") if e.fields["assent"] == "given"]
        assert run.shown.buttons[0].name == "ready"


def test_only_the_learner_begins_a_block():
    run = whole.begin(learner=None, patience_s=None)
    for order in (adult("ready"), adult("go_on")):
        events = run.step(order)
        assert [e.fields["why"] for e in events if e.trial_type == "refused"]
        assert run.session.state is State.WAITING
    run.step(adult("pause"))
    assert [e.trial_type for e in run.step(adult("ready"))].count("refused") == 1
    run.step("ready")
    assert run.session.state is State.RUNNING


def test_a_headset_taken_off_stops_a_trial_and_changes_nothing_in_the_calm_place_or_a_pause():
    run = whole.begin(learner=None, patience_s=None)
    run.step(state="asleep")
    assert run.session.state is State.WAITING
    run.step("ready")
    run.phase("model").step("pause")
    run.step(state="asleep")
    assert run.session.state is State.PAUSED
    run.step("go_on")
    run.phase("model").step(state="asleep")
    assert run.session.state is State.STOPPED


def test_a_headset_without_focus_pauses():
    run = whole.begin().phase("respond")
    run.step(state="unfocused")
    assert run.session.state is State.PAUSED


def test_something_else_after_a_stop_leaves_the_trial_and_shows_another_gesture():
    run = whole.begin("first_steps", learner=None, patience_s=None)
    run.step("ready")
    gesture = run.phase("model").session.trial.plan.gesture
    run.step("stop")
    run.step("something_else")
    assert run.session.state is State.WAITING
    assert [e.fields["plan"]["gesture"] for e in run.named("trial_left")] == [gesture]
    assert run.shown.buttons[0].name == "ready"
    run.step("ready")
    assert run.phase("model").session.trial.plan.gesture != gesture
    assert run.named("now_next_why")[-1].fields["why"] == "De deelnemer koos: ander gebaar."


def test_something_else_at_the_end_does_not_speak_of_a_part_that_does_not_exist():
    run = whole.begin()
    run.until(lambda r: r.session.part == "closing").step("stop")
    run.step("something_else")
    assert run.session.part == "closing"
    assert run.shown.buttons[0].name == "say"


def test_after_the_end_no_further_trial_comes():
    run = whole.begin().to_the_end()
    count = len(run.named("trial_planned"))
    for order in ("ready", "go_on", "again", "easier", "finish", "stop", "pause"):
        events = run.step(order)
        assert [e.trial_type for e in events if e.trial_type != "shown_hash"] == ["refused"]
    assert len(run.named("trial_planned")) == count
    assert run.session.over
    assert run.session.ended == "finished"


def test_nobody_is_waited_for_without_end_when_nobody_watches():
    run = whole.begin(learner=None, patience_s=60.0)
    run.to_the_end(70.0)
    assert run.session.ended == "nobody_came"


def test_a_trial_that_is_paused_until_patience_ends_is_left_in_the_log():
    run = whole.begin(patience_s=60.0)
    run.phase("respond").step("pause", seen=whole.observation.nothing("nobody"))
    while not run.session.over:
        run.step(dt=1.0, seen=whole.observation.nothing("nobody"))
    assert [e.fields["why"] for e in run.named("trial_left")] == ["nobody_came"]


def test_nobody_who_does_nothing_is_shown_it_three_times_and_it_goes_on():
    run = whole.begin(learner=None, patience_s=None)
    run.step("ready")
    run.until(lambda r: r.named("trial_ended"))
    assert run.named("trial_ended")[0].fields["models"] == limits.MODELS_AT_MOST


@pytest.mark.parametrize("name", ["easier", "slower", "again", "other_gesture", "together", "show_where"])
def test_what_an_adult_asks_is_done_at_once_and_said(name):
    run = whole.begin("first_steps", learner=None, patience_s=None)
    run.step("ready")
    run.phase("respond").step(adult(name))
    assert [e.fields["why"] for e in run.named("trial_left")] == [name]
    run.step()
    assert any("Anna koos" in c.text for c in run.shown.captions)
    plan = run.named("trial_planned")[-1].fields["plan"]
    first = run.named("trial_planned")[0].fields["plan"]
    checks = {
        "easier": plan["prompt"] > first["prompt"],
        "slower": plan["facets"]["tempo"] < first["facets"]["tempo"],
        "again": plan["gesture"] == first["gesture"],
        "other_gesture": plan["gesture"] != first["gesture"],
        "together": plan["mode"] == "together",
        "show_where": plan["prompt"] >= 3,
    }
    assert checks[name], plan


def test_a_chosen_gesture_comes_next_and_one_that_this_part_does_not_have_is_refused():
    run = whole.begin("first_steps", learner=None, patience_s=None)
    run.step("ready")
    run.phase("model")
    assert [e.trial_type for e in run.step(adult("choose", "smile"))].count("refused") == 1
    for wanted in ("one_arm_up", "wave", "one_arm_up"):
        run.step(adult("choose", wanted))
        run.step()
        assert run.session.trial.plan.gesture == wanted


def test_without_a_tracker_the_learner_says_how_it_went_and_nothing_is_scored():
    run = whole.begin(learner=None, self_report=True, patience_s=None)
    run.step("ready")
    given = []
    while not run.named("block_ended"):
        run.step()
        buttons = [b.value for b in run.shown.buttons]
        if run.shown.turn.awaits == "imitation":
            assert buttons == ["did_it", "partly", "just_watched"]
            word = buttons[len(given) % 3]
            given.append({"did_it": 2, "partly": 1, "just_watched": None}[word])
            run.step(Command("say", word))
            assert run.shown.turn.phase == "feedback"
    answers = [e.fields["answer"]["graded"] for e in run.named("trial_ended")]
    assert answers == given
    assert len(given) == 2
    assert not run.named("score")
    assert not run.named("tracking")
    assert [e.fields["score"] for e in run.named("trial_ended")] == [{}, {}]


def test_without_a_tracker_nothing_hurries():
    run = whole.begin(learner=None, self_report=True, patience_s=None)
    run.step("ready")
    run.phase("respond")
    for _ in range(600):
        run.step(dt=1.0)
    assert run.shown.turn.phase == "respond"


def test_enough_for_today_leads_to_the_calm_place_and_its_one_question():
    run = whole.begin(learner=None, patience_s=None)
    run.step("ready")
    run.phase("model").step("stop")
    run.step("end")
    assert (run.session.state.value, run.session.part, run.session.over) == ("waiting", "closing", False)
    assert [b.value for b in run.shown.buttons] == ["nice", "okay", "not_nice", "no_answer"]
    run.step("finish")
    assert run.session.ended == "ended_by_learner"


def test_easier_asked_twice_in_one_trial_after_help_rose_gives_more_help_than_was_shown():
    run = whole.begin(learner=None, patience_s=None)
    run.step("ready")
    run.phase("model")
    run.session.trial.prompt = shown = 2  # help rose within the trial
    run.step("easier")
    run.phase("ready")
    assert run.session.trial.plan.prompt > shown
