"""A child's first minutes: stop is tried, the avatar moves along, something is chosen; nothing hurries."""

import numpy as np
import pytest

from tests.sessions import whole
from vrtrainer.sessions.commands import Command
from vrtrainer.sessions.phases import State


def at(page, **asked):
    return whole.begin("first_minutes", patience_s=None, **asked).until(lambda r: r.shown.turn.phase == page)


def words(run):
    return [c.text.replace("\n", " ") for c in run.shown.captions]


def test_the_programme_goes_to_its_end_and_all_its_pages_are_gone_through():
    run = whole.begin("first_minutes").to_the_end()
    assert run.session.ended == "finished"
    assert [e.fields["page"] for e in run.named("page_ended")] == ["try_stop", "move_along", "choose", "move_along"]
    assert run.session.pages_done == ("try_stop", "move_along", "choose", "move_along")


def test_stop_is_tried_for_real_and_going_on_says_that_it_works():
    run = at("try_stop")
    run.tracker = None
    run.step(Command("watching", "Marieke", "adult", "console"))
    run.step(acts=("stop",))
    assert run.session.state is State.STOPPED
    assert words(run)[0] == "Gestopt."
    run.step("go_on")
    assert run.shown.turn.phase == "try_stop"
    assert words(run)[0] == "Stop werkt. Je kunt altijd stoppen."
    run.step(acts=("ready",), dt=2.0)
    assert run.named("page_ended")[-1].fields["tried"] == 1


def test_who_does_not_try_stop_goes_on_without_a_word():
    run = at("try_stop")
    run.tracker = None
    run.step("ready")
    run.step()
    assert run.shown.turn.phase == "move_along"


def test_moving_along_can_be_refused_and_taken_up_again():
    run = at("move_along")
    run.tracker = None
    assert words(run)[:2] == ["Ik beweeg met je mee.", "Een seconde later, gespiegeld."]
    run.step(Command("say", "not_along"))
    assert words(run)[0] == "Goed. Ik sta stil."
    run.step(Command("say", "along"))
    assert [e.fields["along"] for e in run.named("moves_along")] == [False, True]


def test_moving_along_gives_no_score_and_tells_what_was_learnt():
    run = at("move_along").until(lambda r: r.shown.turn.phase == "choose")
    told = next(e for e in run.named("page_ended") if e.fields["page"] == "move_along").fields
    assert not run.named("score")
    assert told["delay_s"] == 1.0
    assert {"refused", "reach_m"} <= set(told)


def test_what_is_chosen_comes_next_and_is_named_in_the_log():
    run = at("choose")
    run.tracker = None
    assert [b.value for b in run.shown.buttons if b.role == "choice"] == ["wave", "drum", "open_hand", "watch"]
    run.step(Command("say", "drum"))
    assert run.named("page_ended")[-1].fields == {
        "page": "choose", "chosen": "drum", "offered": ["wave", "drum", "open_hand"], "new": True,
    }  # fmt: skip
    run.phase("model")
    assert run.session.trial.plan.gesture == "drum"


def test_who_chooses_to_watch_only_watches_and_watching_counts():
    run = at("choose")
    run.step(Command("say", "watch"))
    run.until(lambda r: r.session.trials_ended == 1)
    assert run.named("trial_ended")[0].fields["plan"]["mode"] == "observe"
    assert run.named("trial_ended")[0].fields["answer"] == {"graded": None, "attempted": False, "withheld": None}
    assert run.session.dots == ("half",)


def test_an_adult_may_choose_and_it_is_said():
    run = at("choose")
    run.step(Command("choose", "open_hand", "adult", "console"))
    run.step()
    assert "Anna koos: hand open." in words(run)
    run.phase("model")
    assert run.session.trial.plan.gesture == "open_hand"


def test_an_adult_lets_the_avatar_move_along_between_trials_and_the_block_goes_on_after_it():
    run = whole.begin(patience_s=None).phase("model")
    run.step(Command("move_along", "", "adult", "console"))
    assert run.shown.turn.phase == "move_along"
    assert run.named("trial_left")
    assert any(c.text == "De volwassene koos: beweeg mee." or c.text == "Anna koos: beweeg mee."
               for c in run.shown.captions)  # fmt: skip
    run.step("ready")
    run.to_the_end()
    assert len(run.named("trial_ended")) == run.session.trials_total


@pytest.mark.parametrize("page", ["try_stop", "move_along", "choose"])
@pytest.mark.parametrize("how", ["stop", "pause", "calm_place"])
def test_every_page_can_be_stopped_and_paused_and_gone_on_with(page, how):
    run = at(page)
    run.tracker = None
    run.step(how)
    assert run.session.state is (State.PAUSED if how == "pause" else State.STOPPED)
    run.step("go_on")
    assert run.shown.turn.phase == page


def test_without_a_tracker_the_page_that_needs_one_is_passed_over():
    run = whole.begin("first_minutes", learner=None, self_report=True, patience_s=None)
    run.step()
    run.step("ready")
    run.step()
    assert run.shown.turn.phase == "try_stop"
    run.step("ready")
    for _ in range(3):
        run.step()
    assert run.shown.turn.phase == "choose"


def test_the_avatar_moves_when_the_learner_moves_a_second_before():
    run = at("move_along")
    poses = []
    for _ in range(60):
        run.step()
        poses.append(run.shown.figures[0].pose.rotations)
    assert np.isfinite(np.array(poses)).all()


def test_an_adult_may_add_a_picture_and_the_learner_still_chooses():
    run = at("choose")
    run.tracker = None
    run.step(Command("choose", "fist", "adult", "console"))
    run.step()
    assert run.shown.turn.phase == "choose"
    assert "fist" in [b.value for b in run.shown.buttons]
    run.step(Command("say", "fist"))
    run.phase("model")
    assert run.session.trial.plan.gesture == "fist"


def test_a_gesture_that_an_adult_chooses_is_named_to_the_learner():
    run = whole.begin(patience_s=None).phase("model")
    run.step(Command("choose", "one_arm_up", "adult", "console"))
    assert any("Anna koos: eén arm" in c.text or "Anna koos: één arm" in c.text for c in run.shown.captions)
