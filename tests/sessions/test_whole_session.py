"""A whole session with a simulated learner: it ends, is logged completely, reads well, and is the same again."""

from dataclasses import replace

import numpy as np
import pytest

from tests.sessions import whole
from vrtrainer.human import observation, pose
from vrtrainer.human.skeleton import INDEX
from vrtrainer.sessions import tableau
from vrtrainer.sessions.manner import Manner
from vrtrainer.sessions.words import LINE, LINES, pages

COMPLETE = ("trial_ended", "trial_left")


@pytest.fixture(scope="module", params=["nl", "en"])
def session(request):
    """A first session of Sam's with every frame's tableau."""
    run = whole.begin("first_steps", language=request.param)
    frames = []
    while not run.session.over:
        run.step()
        frames.append((run.session.seconds, run.shown))
        assert run.session.seconds < 900
    return run, frames


def test_a_session_goes_through_all_its_blocks_to_the_end(session):
    run, _ = session
    assert run.session.ended == "finished"
    assert len(run.named("trial_ended")) == run.session.trials_total == 15
    assert [e.block for e in run.named("block_ended")] == [0, 1, 2]


def test_every_trial_that_was_planned_is_ended_or_left(session):
    run, _ = session
    planned, ended = run.named("trial_planned"), [e for e in run.events if e.trial_type in COMPLETE]
    assert [e.trial for e in planned] == [e.trial for e in ended]


def test_every_trial_ended_has_plan_score_and_answer(session):
    run, _ = session
    for event in run.named("trial_ended"):
        fields = event.fields
        assert fields["plan"]["gesture"]
        assert fields["ended_by"] in ("learner", "time")
        assert (fields["answer"]["graded"] is None) == (fields["answer"]["withheld"] is not None)
        assert set(fields["score"]) >= {"similarity", "attempted", "goal", "lag_s", "share_observed", "reasons"}


def test_the_hash_of_what_is_shown_comes_once_in_each_second(session):
    run, frames = session
    hashes = run.named("shown_hash")
    assert [int(e.onset) for e in hashes] == list(range(int(run.session.seconds) + 1))
    shown = dict(frames)
    assert all(e.fields["hash"] == tableau.digest(shown[e.onset]) for e in hashes)


def test_every_text_has_at_most_two_lines_of_32_characters(session):
    _, frames = session
    texts = {c.text for _, shown in frames for c in shown.captions} | {b.text for _, s in frames for b in s.buttons}
    assert len(texts) > 15
    panels = [pages(text) for text in texts]
    assert not [p for p in panels if len(p) > 1], "a text needs two panels"
    assert not [p for p in panels if len(p[0].split("\n")) > LINES or max(map(len, p[0].split("\n"))) > LINE]


def test_a_trial_says_why_it_was_chosen_in_words(session):
    run, _ = session
    why = [e.fields["why"] for e in run.named("now_next_why")]
    assert len(why) == len(run.named("trial_planned"))
    assert all(w and "{" not in w for w in why)


def test_the_avatar_moves_less_than_a_centimetre_when_it_is_idle(session):
    run, frames = session
    body = run.session.setup.bodies["noor"]
    idle = [(s, t) for s, t in frames if t.turn.phase == "waiting" and t.figures and t.figures[0].opacity == 1]
    places = np.array([pose.placed(t.figures[0].pose, body) for s, t in idle[20::5]])
    assert len(places) > 20
    assert (places.max(axis=0) - places.min(axis=0)).max() < 0.01


def test_a_calm_avatar_does_not_move_at_all_when_it_is_idle_but_its_eyes():
    run = whole.begin(manner=Manner(calm_idle=True)).phase("respond")
    run.step("pause")
    limbs = [i for name, i in INDEX.items() if not name.endswith("Eye")]
    for _ in range(20):  # it sits down first
        run.step()
    still = []
    for _ in range(20):  # until the learner goes on and it stands up
        run.step()
        still.append(run.shown.figures[0].pose.rotations[limbs])
    assert np.ptp(np.array(still), axis=0).max() == 0


@pytest.mark.parametrize("mode", [{}, {"self_report": True}])
def test_two_runs_of_the_same_give_the_same_events_and_the_same_tableaux(mode):
    def once():
        run = whole.begin(seed=7, **mode)
        digests = []
        while not run.session.over:
            say = "did_it" if run.shown.buttons and run.shown.buttons[0].value == "did_it" else None
            run.step(*([whole.Command("say", say)] if say else []))
            digests.append(tableau.digest(run.shown))
        return digests, repr(run.events)

    assert once() == once()


def test_another_seed_gives_another_session():
    plans = [[e.fields["plan"] for e in whole.begin(seed=s).to_the_end().named("trial_ended")] for s in (1, 2)]
    assert plans[0] != plans[1]


@pytest.mark.parametrize("rate", [30.0, 60.0, 90.0])
def test_the_number_of_trials_does_not_depend_on_the_frame_rate(rate):
    run = whole.begin(rate=rate).to_the_end()
    assert run.session.ended == "finished"
    assert len(run.named("trial_ended")) == 3
    assert {e.fields["answer"]["withheld"] for e in run.named("trial_ended")} == {None}


def test_a_frame_in_which_nobody_was_looked_for_is_no_lost_hand():
    """A headset's late frame shows nothing and asks no tracker: it is no sample, and takes nothing off the share."""
    run = whole.begin()
    step = run.session.step

    def late(frame, seen, orders):
        if frame.index % 30 < 12 and not seen.acts:
            frame, seen = replace(frame, should_render=False), observation.nothing("openxr")
        return step(frame, seen, orders)

    run.session.step = late
    run.until(lambda run: len(run.named("trial_ended")) == 2)
    shares = [e.fields["score"]["share_observed"] for e in run.named("trial_ended")]
    assert shares == pytest.approx([1.0, 1.0], abs=0.02)
