"""A learner's settings, and how long is long enough."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sessions import whole
from vrtrainer.human.frame import ASLEEP, Frame
from vrtrainer.sessions import manner
from vrtrainer.sessions.commands import Command
from vrtrainer.sessions.dose import Dose, DoseClock
from vrtrainer.sessions.manner import Manner

PROGRAMME = """
name = { nl = "Kort", en = "Short" }
minutes = 20
[[block]]
mode = "immediate"
gestures = ["wave", "one_arm_up"]
trials = 12
"""
WITH_PAGE = """
name = { nl = "Kort", en = "Short" }
[[block]]
mode = "immediate"
gestures = ["wave"]
trials = 1
[[block]]
page = "choose"
gestures = ["wave"]
[[block]]
mode = "immediate"
gestures = "chosen"
trials = 1
"""
VALUES = st.one_of(st.text(max_size=12), st.floats(), st.booleans(), st.integers(-5, 5))


@given(st.lists(st.tuples(st.sampled_from((*manner.NAMES, "no_such")), VALUES), max_size=20))
def test_whatever_is_set_a_manner_stays_within_its_ranges(changes):
    now = Manner()
    for name, value in changes:
        after, why = manner.changed(now, name, value)
        assert (after == now) or not why
        now = after
    for name, (low, high) in manner.RANGES.items():
        assert low <= getattr(now, name) <= high
    assert now.praise in manner.PRAISE
    assert now.stop_sign in manner.STOP_SIGNS


def test_settings_of_a_person_are_read_and_odd_ones_left_as_usual():
    read = manner.of_settings({"light": "0.6", "praise": "shouting", "looks_away": True, "avatar": "bo"})
    assert read == Manner(light=0.6, looks_away=True)


def test_light_sound_text_and_disc_are_shown_at_the_frame_at_which_they_are_set():
    run = whole.begin(patience_s=None).phase("model")
    run.step(*(Command("set", v, "adult") for v in ("light=0.5", "sound=0", "text=1.5", "time_disc=on")))
    assert run.shown.brightness == pytest.approx(0.5)
    assert (run.shown.sound, run.shown.text) == (0.0, 1.5)
    assert 0.9 < run.shown.disc < 1.0
    assert [e.fields["key"] for e in run.named("setting")] == ["light", "sound", "text", "time_disc"]


def test_what_cannot_be_set_is_refused_with_the_reason():
    run = whole.begin(patience_s=None).phase("model")
    run.step(Command("set", "light=bright", "adult"))
    assert run.named("refused")[-1].fields["why"] == "light: 'bright' is no number"


@pytest.mark.parametrize(("praise", "sounds", "words"), [("describe", True, True), ("light", False, False)])
def test_praise_is_words_light_and_sound_or_the_lamp_alone(praise, sounds, words):
    run = whole.begin(PROGRAMME, learner="mila", manner=Manner(praise=praise))
    run.until(lambda r: r.session.warm_until > 0)
    assert bool(run.shown.sounds) == sounds
    assert (run.session.said_pages != ("Dankjewel.",)) == words
    assert run.shown.warmth > 0


def test_without_praise_nothing_lights_up():
    run = whole.begin(learner="mila", manner=Manner(praise="nothing")).to_the_end()
    assert math.isinf(run.session.warm_until)


# Doses


def clocked(dose, seconds, state="active", begun=True, dt=0.1):
    clock, time = DoseClock(dose), 50.0
    clock.begun = begun
    for k in range(round(seconds / dt) + 1):
        clock.step(Frame(k, time + k * dt, dt, state=state))
    return clock


def test_time_counts_from_the_first_demonstration_and_not_while_the_headset_is_off():
    dose = Dose(True, 60.0, None)
    assert clocked(dose, 30).since_break == pytest.approx(30)
    assert clocked(dose, 30, begun=False).since_break == 0
    assert clocked(dose, 30, state=ASLEEP).since_break == 0


def test_a_clock_that_jumps_is_no_time_in_the_headset():
    clock = clocked(Dose(True, 60.0, None), 10)
    for time in (4000.0, 20.0, 20.1):
        clock.step(Frame(0, time, 0.1))
    assert clock.since_break == pytest.approx(10.1)


def test_in_a_headset_a_break_comes_between_two_trials_when_it_is_time():
    run = whole.begin(PROGRAMME, dose=Dose(True, 60.0, None), patience_s=None)
    run.until(lambda r: r.shown.turn.phase == "break_time")
    assert run.session.trial is None
    assert 40.0 <= run.session.dose.since_break <= 60.0, "not long before, and never after"
    for answer in ("no", "yes", "skip"):
        run.step(Command("say", answer))
    assert run.named("break_answers")[-1].fields == {"sick": "no", "head": "yes", "blurry": "skip"}
    assert [b.value or b.name for b in run.shown.buttons] == ["finish", "ready"], "any yes offers the end first"
    run.step(acts=("ready",), dt=2.0)
    assert run.session.page is None
    assert run.session.dose.since_break < 1.0


def test_taking_the_headset_off_in_a_break_changes_nothing():
    run = whole.begin(PROGRAMME, dose=Dose(True, 40.0, None), patience_s=None)
    run.until(lambda r: r.shown.turn.phase == "break_time")
    run.tracker = None
    for _ in range(30):
        run.step(state=ASLEEP)
    assert run.shown.turn.phase == "break_time"


def test_without_a_headset_no_break_is_due():
    assert not whole.begin(PROGRAMME, dose=Dose(False, 20.0, None)).to_the_end().named("page_began")


def test_when_the_days_time_is_used_up_no_trial_begins_and_the_ending_comes():
    run = whole.begin(PROGRAMME, dose=Dose(True, None, 50.0)).to_the_end()
    assert run.session.trials_ended < 12
    assert any(e.fields["part"] == "closing" for e in run.named("session_state"))
    assert run.session.seconds < 90


# Who watches, notes, ratings


def test_who_watches_is_said_at_the_frame_at_which_they_come_and_go():
    run = whole.begin(patience_s=None).phase("model")
    who = lambda: next(c.text for c in run.shown.captions if c.kind == "who")  # noqa: E731
    assert who() == "Niemand kijkt mee."
    run.step(Command("watching", "Marieke", "adult", "console"))
    assert who() == "Marieke kijkt mee."
    run.step(Command("slower", "", "adult", "console"))
    assert any(c.text == "Marieke koos: langzamer." for c in run.shown.captions)
    run.step(Command("watching", "", "adult", "console"))
    assert who() == "Niemand kijkt mee."


def test_a_rating_is_kept_beside_the_automatic_one_and_teaches_only_where_nothing_was_measured():
    run = whole.begin(patience_s=None)
    run.until(lambda r: r.session.trials_ended == 1)
    model = run.session.chooser.model.to_dict()
    run.step(Command("rate", "0:1", "adult"))
    assert run.named("rated")[-1].fields == {"trial": 0, "grade": 1, "actor": "adult"}
    assert run.session.chooser.model.to_dict() == model
    for odd in ("9:1", "0:3", "x", "", "0", "-1:2"):
        run.step(Command("rate", odd, "adult"))
        assert run.named("refused")[-1].fields["command"] == "rate"


def test_notes_and_marks_carry_their_time_even_while_it_is_paused():
    run = whole.begin(patience_s=None).phase("model")
    run.step("pause")
    run.step(Command("note", "rekt zich uit", "adult"), Command("mark", "nice", "adult"))
    assert [e.onset for e in (*run.named("note"), *run.named("mark"))] == [run.session.seconds] * 2
    run.step(Command("note", "   ", "adult"))
    assert run.named("refused")


def test_what_was_seen_can_be_said_again():
    run = whole.begin(patience_s=None)
    run.step(Command("say_what_you_saw", "", "adult"))
    assert run.named("refused")[-1].fields["why"] == "nothing was seen yet"
    run.until(lambda r: r.session.trials_ended == 1 and r.session.trial is not None)
    run.step(Command("say_what_you_saw", "", "adult"))
    assert run.session.said_pages[0] in [c.text for c in run.shown.captions]


def test_the_calm_place_is_a_stop_with_words_of_its_own():
    run = whole.begin(patience_s=None).phase("model")
    run.step(Command("calm_place", "", "adult"))
    assert run.shown.turn.phase == "stopped"
    assert run.shown.captions[0].text == "Rustplek. Zo lang als je wilt."


def test_who_takes_their_time_on_a_page_gets_the_break_in_time_and_the_page_again():
    run = whole.begin(WITH_PAGE, dose=Dose(True, 60.0, None), patience_s=None)
    run.until(lambda r: r.shown.turn.phase == "choose")
    run.tracker = None
    run.until(lambda r: r.shown.turn.phase == "break_time", 90.0)
    assert run.session.dose.since_break <= 60.0
    run.step("ready")
    run.step()
    assert run.shown.turn.phase == "choose"


def test_what_moves_on_a_page_that_does_not_listen_is_looked_at_by_nobody():
    run = whole.begin("first_minutes", patience_s=None).until(lambda r: r.shown.turn.phase == "choose")
    run.tracker, before = None, len(run.named("tracking"))
    for _ in range(90):
        run.step()
    assert len(run.named("tracking")) == before
    assert [e.fields["listens"] for e in run.named("page_began")] == [False, True, False]
