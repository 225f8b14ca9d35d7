"""Every mode, policy, prompt and simulated learner that ships goes through a session to its end."""

import pytest

from tests.sessions import whole
from vrtrainer import choices
from vrtrainer.learning import policies
from vrtrainer.learning.plan import PROMPTS
from vrtrainer.sessions import modes
from vrtrainer.sessions.words import pages

GHOST = 5  # of PROMPTS
BLOCK = """
name = {{ nl = "Kort", en = "Short" }}
[[block]]
mode = "{mode}"
gestures = ["wave", "thumbs_up"]
trials = {trials}
policy = "{policy}"
prompt = {prompt}
delay_s = {delay_s}
feedback = {feedback}
"""


def programme(mode="immediate", policy="tutor", trials=2, prompt=0, delay_s=0.0, feedback="true"):
    return BLOCK.format(**locals())


def ended(run):
    run.to_the_end()
    assert run.session.ended == "finished"
    return [event.fields for event in run.named("trial_ended")]


@pytest.mark.parametrize("mode", choices.names(modes))
@pytest.mark.parametrize("prompt", range(len(PROMPTS)))
def test_every_prompt_in_every_mode_goes_to_the_end(mode, prompt):
    run = whole.begin(programme(mode, "fixed", prompt=prompt), language="en")
    answers = ended(run)
    assert [a["plan"]["prompt"] for a in answers] == [prompt] * 2


@pytest.mark.parametrize("policy", choices.names(policies))
def test_every_policy_goes_to_the_end_and_says_why_in_both_languages(policy):
    for language in ("nl", "en"):
        run = whole.begin(programme(policy=policy, trials=5), language=language)
        assert len(ended(run)) == 5
        assert all(e.fields["why"] and "{" not in e.fields["why"] for e in run.named("now_next_why"))


@pytest.mark.parametrize("learner", choices.listing(whole.ASSETS / "learners"))
def test_every_simulated_learner_gets_to_the_end_by_its_own_doing(learner):
    run = whole.begin(programme(trials=3), learner=learner, patience_s=None)
    assert len(ended(run)) == 3


def test_a_ghost_is_shown_while_it_is_the_learners_turn_and_only_then():
    run = whole.begin(programme(policy="fixed", prompt=GHOST, trials=1))
    ghosts = {}
    while not run.session.over:
        run.step()
        ghosts.setdefault(run.shown.turn.phase, set()).add(any(f.ghost for f in run.shown.figures))
    assert ghosts["respond"] == {True}
    assert ghosts["model"] == {False}


def test_a_delay_is_waited_between_demonstration_and_turn():
    run = whole.begin(programme(policy="fixed", delay_s=3.0, trials=1))
    run.phase("delay")
    onset = run.session.seconds
    assert [c.text for c in run.shown.captions if c.kind == "line"] == ["Wacht even."]
    run.phase("respond")
    assert run.session.seconds - onset == pytest.approx(3.0, abs=0.05)


def test_a_probe_says_nothing_of_what_came_of_it():
    run = whole.begin(programme(policy="fixed", feedback="false", trials=2))
    said = set()
    while not run.session.over:
        run.step()
        if run.shown.turn.phase == "feedback":
            said |= {c.text for c in run.shown.captions if c.kind == "line"}
            assert run.shown.warmth == 0
            assert not run.shown.sounds
    assert said == {"Dankjewel."}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_fixed_text_fits_one_panel_with_long_names_in_it(languages, language):
    names = {"adult": "Marie-Louise", "learner": "Alexander", "avatar": "Noor", "number": 10, "count": 12}
    hint = "Open hand, beside your cheek."
    what = max(languages[language]["controls"].values(), key=len)
    for key, text in languages[language]["captions"].items():
        if key != "decimal":
            assert len(pages(text.format(**names, hint=hint, what=what))) == 1, key
