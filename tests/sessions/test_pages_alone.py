"""Every page, whatever is said and seen: it can be gone on from, stopped and paused, read, and costs little.

Then the pages of somebody alone, one by one, and the whole of `alone.toml`: with a simulated learner, with nobody, and
stopped in every part.
"""

import itertools
import json
import re
import time
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sessions import whole
from tests.sessions.whole import ASSETS, Run, simulated
from tests.test_language import NEVER
from vrtrainer import choices
from vrtrainer.gestures import library
from vrtrainer.gestures.gesture import Style
from vrtrainer.gestures.perform import perform
from vrtrainer.human import body as bodies
from vrtrainer.human import observation, pose
from vrtrainer.human.observation import MEASURED, MODELLED
from vrtrainer.human.skeleton import INDEX, PARTS, SIDES, J
from vrtrainer.learning import learner
from vrtrainer.sessions import leading, meanings, own_greeting, pages, programme, stored
from vrtrainer.sessions.commands import Command
from vrtrainer.sessions.measuring import Measuring
from vrtrainer.sessions.palm_out import PalmOut
from vrtrainer.sessions.phases import State
from vrtrainer.sessions.session import Session
from vrtrainer.sessions.tableau import digest
from vrtrainer.sessions.words import LINE
from vrtrainer.sessions.words import pages as panels
from vrtrainer.stage import camera, layout, vrm

PAGES = tuple(choices.names(pages))
OFFERS = {
    "choose": ("wave", "drum", "thumbs_up", "arms_forward"),
    "greeting": ("wave", "nod_yes"),
    "recognise": ("stop_hand", "wave", "thumbs_up"),
}
"""What a page offers where it offers gestures."""
BEFORE = {"replay": 1, "again": 1}
"""Trials that come before a page for which it would be empty."""
NAMED_WORK = {"move_along": 0.8e-3}  # s a frame: the avatar moves along at each
MEANINGS = {
    f.stem: meanings.read(f.read_text(encoding="utf-8"), f.stem) for f in sorted((ASSETS / "meanings").glob("*.toml"))
}
CORNER = {
    "nl": (("Pauze", "space", "pause"), ("Stop", "escape", "stop")),
    "en": (("Pause", "space", "pause"), ("Stop", "escape", "stop")),
}


def programme_with(page):
    """A programme of one page, after as many trials as it needs and before one."""
    offers = "".join(f'"{g}", ' for g in OFFERS.get(page, ()))
    gestures = f"gestures = [{offers}]\n" if offers else ""
    trials = '[[block]]\nmode = "immediate"\ngestures = ["wave"]\ntrials = {}\npolicy = "fixed"\n'
    before = trials.format(BEFORE[page]) if page in BEFORE else ""
    return f'\nname = {{ en = "One page" }}\n{before}[[block]]\npage = "{page}"\n{gestures}{trials.format(1)}'


@cache
def made(text, language="nl", self_report=False, watched=False, patience_s=None, kept="{}", **other):
    """A setup with two avatars, all meanings and the sign."""
    gestures, noor, texts, rooms = whole._content()
    bo = vrm.load(choices.content("avatars") / "bo" / "model.vrm").body
    if not text.startswith("\n"):
        text = (ASSETS / "programmes" / f"{text}.toml").read_text(encoding="utf-8")
    plain = stored.plain(
        programme_text=text,
        programme_name="made",
        gestures=gestures,
        people=(),
        sequences=0,
        bodies={"noor": noor, "bo": bo},
        body=bodies.of_height(1.35),
        model=learner.prior(),
        texts=texts[language],
        language=language,
        names={"learner": "Lev", "adult": "Marie-Louise", "avatar": "Noor"},
        way="vrtrainer",
        seed=3,
        day=0.0,
        self_report=self_report,
        patience_s=patience_s,
        watched=watched,
        meanings=MEANINGS,
        signs=library.load(ASSETS / "signs"),
        kept=json.loads(kept),
        **other,
    )
    return stored.of_plain(json.loads(json.dumps(plain)), *rooms)


def begun(page, who="sam", **asked):
    """A run that has come to a page."""
    tracker = simulated(who) if who and not asked.get("self_report") else None
    run = Run(Session(made(programme_with(page), **asked)), tracker)
    run.step("ready")
    for _ in range(2000):
        if run.session.page is not None and run.session.page.name == page:
            return run
        orders = ("ready",) if run.session.state is State.WAITING else ()
        if asked.get("self_report") and run.shown.turn.phase == "respond":
            orders = (Command("say", "did_it"),)
        run.step(*orders)
    raise AssertionError(f"{page} was not reached")


@cache
def _reached(page, **asked):
    return begun(page, **asked)


def at(page, **asked):
    return _reached(page, **asked).copied()


def alone_with(run):
    """The same run with nobody before the camera any more: what is said is said by the test."""
    run.tracker = None
    return run


def values(run):
    """What can be said at this frame."""
    return [b.value if b.name == "say" else b.name for b in run.shown.buttons]


def say(run, value):
    return run.step("ready" if value == "ready" else Command("say", value))


def wait(run, seconds):
    for _ in range(round(seconds * run.rate)):
        run.step()


SAID = st.one_of(
    st.just(""),
    st.just(""),
    st.just("ready"),
    st.integers(0, 7),
    st.sampled_from(("0", "9" * 400, "²", "no such", "-1")),
)
ODD = st.lists(
    st.tuples(
        SAID, st.sampled_from((0.0, 1 / 90, 1 / 30, 0.5, 1.0, 3.0, 25.0, 400.0)), st.sampled_from((None, 0, 1, 2))
    ),
    min_size=3,
    max_size=40,
)


def odd_observation(kind):
    """Somebody seen in a way that no device should give."""
    seen = observation.nothing("odd")
    if kind == 0:
        return replace(seen, positions=np.zeros((J, 3)), how=np.full(J, MEASURED, np.uint8))
    if kind == 1:
        rng = np.random.default_rng(1)
        how = rng.integers(0, 4, J).astype(np.uint8)
        return replace(seen, positions=rng.normal(0, 1e3, (J, 3)), rotations=rng.normal(0, 1, (J, 4)), how=how)
    return replace(seen, how=np.full(J, MEASURED, np.uint8))  # said to be measured, and nowhere


# The contract of every page


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("self_report", [False, True])
def test_every_page_can_be_gone_on_from_by_ready_alone(page, self_report):
    run = alone_with(at(page, self_report=self_report))
    for _ in range(30):
        run.step("ready", dt=1.0)
        if run.session.page is None or run.session.page.name != page:
            break
    assert [e.fields["page"] for e in run.named("page_ended")][-1:] == [page]


@pytest.mark.parametrize("page", PAGES)
@settings(max_examples=25)
@given(said=ODD, self_report=st.booleans())
def test_no_page_raises_whatever_is_said_and_seen_and_whenever(page, said, self_report):
    run = alone_with(at(page, self_report=self_report))
    for what, dt, seen in said:
        if run.session.page is None:
            break
        if isinstance(what, int):
            buttons = values(run)
            what = buttons[what % len(buttons)] if buttons else ""
        orders = [] if not what else ["ready" if what == "ready" else Command("say", what)]
        run.step(*orders, dt=dt, seen=None if seen is None else odd_observation(seen))
        assert digest(run.shown)
        json.dumps([e.fields for e in run.events])  # plain values, whatever was told


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("order", ["stop", "pause", "calm_place", "end"])
def test_every_page_is_left_at_once_by_stop_and_pause_and_gone_on_with_where_it_was(page, order):
    run = alone_with(at(page))
    wait(run, 0.5)
    run.step(order)
    if order == "end":
        assert run.session.part == "closing"
        return
    assert run.session.state is (State.PAUSED if order == "pause" else State.STOPPED)
    wait(run, 3.0)
    run.step("go_on")
    assert run.session.page is not None
    assert run.session.page.name == page
    assert run.session.state is State.RUNNING


def crawled(page, language, self_report=False, watched=False, most=140):
    """Every standing that is met by saying, breadth first, whatever can be said."""
    ways, seen, met = [()], set(), []
    while ways and len(met) < most:
        way = ways.pop(0)
        run = alone_with(at(page, language=language, self_report=self_report, watched=watched))
        if page == "replay":
            wait(run, 2.0)  # its picture is made
        for value in way:
            say(run, value)
            for _ in range(4 if value != "record" else 18):
                run.step(dt=0.28)
        if run.session.page is None or run.session.page.name != page or run.session.state is not State.RUNNING:
            continue
        run.step()
        words = (tuple(c.text for c in run.shown.captions), tuple(b.text for b in run.shown.buttons))
        if words in seen:
            continue
        seen.add(words)
        met.append((way, run.shown))
        if len(way) < 9:
            ways += [(*way, b.value if b.name == "say" else b.name) for b in run.shown.buttons if b.name != "pause"]
    return met


@pytest.mark.parametrize(("page", "language"), [*itertools.product(PAGES, ("nl", "en"))])
def test_every_text_of_every_page_fits_and_buttons_stand_clear_of_each_other(page, language):
    met = crawled(page, language) + crawled(page, language, self_report=True, watched=True)
    assert met
    fonts = ASSETS / "fonts"
    corner = tuple(layout_button(*b) for b in CORNER[language])
    for _, shown in met:
        assert len(shown.buttons) <= 6, [b.text for b in shown.buttons]
        assert len({b.key for b in shown.buttons}) == len(shown.buttons), "two buttons of one key"
        for caption in shown.captions:
            assert len(panels(caption.text)) <= 1, caption.text
            assert "{" not in caption.text
        for button in shown.buttons:
            assert 0 < len(button.text) <= LINE, button.text
        seen = camera.learner((1280, 720))
        for text in (1.0, 1.75):
            items = layout.flat(replace(shown, text=text), seen.wide, seen.high, fonts, language, corner)
            _clear(items, seen.wide, seen.high)
            _clear(layout.standing(replace(shown, text=text), fonts, language, corner), 60.0, 82.0)


def layout_button(text, key, name):
    from vrtrainer.sessions.tableau import Button

    return Button(name, text, key, role=name)


def _clear(items, wide, high):
    for item in items:
        assert abs(item.x) + item.wide / 2 <= wide / 2 + 0.1, item
        assert abs(item.y) + item.high / 2 <= high / 2 + 0.1, item
    targets = [i for i in items if i.button is not None]
    for a, b in itertools.combinations(targets, 2):
        apart = max(abs(a.x - b.x) - (a.wide + b.wide) / 2, abs(a.y - b.y) - (a.high + b.high) / 2)
        assert apart >= 0.9, (a.button.text, b.button.text)


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_shows_depends_on_nothing_but_its_inputs(page):
    def once():
        run, digests = at(page), []
        for k in range(120):
            buttons = values(run)
            orders = [Command("say", buttons[k // 30 % len(buttons)])] if k % 30 == 29 and buttons else []
            run.step(*orders)
            digests.append(digest(run.shown))
            if run.session.page is not None and run.session.state is State.RUNNING:
                page_ = run.session.page
                one, other = (page_.standing(run.session.trial_now) for _ in range(2))
                assert (one.captions, one.buttons, one.sounds) == (other.captions, other.buttons, other.sounds)
        return digests

    assert once() == once()


@pytest.mark.parametrize("page", PAGES)
def test_a_frame_of_a_page_costs_less_than_a_third_of_a_millisecond(page):
    """Median over what is done besides named work: a greeting's samples and a replay's figure are made meanwhile."""
    run = at(page)
    shown, moved = run.session.page, simulated()
    run.tracker = moved
    seen, taken = [], []
    for _ in range(40):
        run.step()
        seen.append(moved.observe(whole.Frame(run.index, run.time, 1 / 90), run.shown))
    if run.session.page is not shown:
        run = at(page)
        shown = run.session.page
    now = run.session.trial_now
    for k in range(300):
        now += 1 / 90
        start = time.perf_counter()
        shown.step(now, seen[k % len(seen)], "")
        shown.standing(now)
        taken.append(time.perf_counter() - start)
    assert np.median(taken[30:]) < NAMED_WORK.get(page, 0.3e-3)


# One by one


def names_of(run):
    return [c.text for c in run.shown.captions]


def test_that_nobody_watches_is_told_only_while_nobody_does():
    run = at("facts", language="en")
    run.step()
    assert run.shown.captions[0].text == "Nobody is watching."
    assert not run.shown.figures, "nobody is in the room yet"
    run.step(Command("watching", "Ines", "adult"))
    assert run.shown.captions[0].text == "Ines is watching."
    watched = at("facts", language="en", watched=True)
    watched.step()
    assert watched.shown.captions[0].text == "Marie-Louise is watching."


def test_the_avatar_comes_within_a_fade_after_the_facts_and_not_at_once():
    run = alone_with(begun("facts"))
    for _ in range(3):
        run.step("ready", dt=1.0)
    opacities = []
    run.step()
    for _ in range(20):
        run.step()
        opacities += [f.opacity for f in run.shown.figures[:1]]
    assert 0 < opacities[0] < 0.3
    assert opacities[-1] == 1.0
    assert max(np.diff(opacities)) < 0.15


def test_a_setting_holds_at_once_and_is_told_when_the_page_is_over():
    run = alone_with(begun("settings"))
    wait(run, 1.0)
    say(run, "3")
    assert run.shown.brightness == pytest.approx(0.5)
    wait(run, 1.0)
    say(run, "ready")
    say(run, "2")
    run.step()
    assert [s.name for s in run.shown.sounds] == ["match"], "a sample is heard"
    assert run.shown.sound == 0.5
    wait(run, 1.0)
    say(run, "ready")
    say(run, "3")
    assert run.shown.text == 1.75
    wait(run, 1.0)
    say(run, "ready")
    say(run, "2")
    assert [f.avatar for f in run.shown.figures] == ["bo"]
    say(run, "skip")
    kept = run.named("settings_kept")[0].fields["settings"]
    assert kept == {"light": 0.5, "sound": 0.5, "text": 1.75, "avatar": "bo"}
    assert run.session.room.kept["settings"] == kept
    assert run.session.changed == kept


def test_sound_that_is_off_gives_no_sample():
    run = alone_with(begun("settings"))
    say(run, "ready")
    wait(run, 1.0)
    say(run, "3")
    run.step()
    assert not run.shown.sounds
    assert run.shown.sound == 0.0


def test_what_is_chosen_is_said_in_words_beside_its_colour():
    run = alone_with(begun("settings", language="en"))
    say(run, "2")
    assert [b.text for b in run.shown.buttons][:3] == ["usual", "softer (now)", "very soft"]


def test_who_is_alone_tries_stop_and_pause_and_both_are_confirmed():
    run = alone_with(begun("try_stop", language="en"))
    run.step("stop")
    assert run.session.state is State.STOPPED
    wait(run, 2.0)
    run.step("go_on")
    assert "Try pause too" in " ".join(names_of(run))
    run.step("pause")
    assert run.session.state is State.PAUSED
    run.step("go_on")
    assert "Stop works. Pause works." in names_of(run)


def test_a_child_with_an_adult_beside_is_not_asked_to_try_pause():
    run = alone_with(begun("try_stop", language="en", watched=True))
    run.step("stop")
    wait(run, 1.0)
    run.step("go_on")
    assert "Stop works. You can always stop." in names_of(run)


def test_several_reasons_or_none_can_be_chosen_and_taken_back():
    run = alone_with(begun("reasons"))
    for reason in ("greet", "stop", "greet"):
        say(run, reason)
    say(run, "ready")
    assert run.named("reasons_chosen")[0].fields["reasons"] == ["stop"]
    none = alone_with(begun("reasons"))
    say(none, "ready")
    assert none.named("reasons_chosen")[0].fields["reasons"] == []


def test_reasons_of_an_earlier_session_are_chosen_already():
    run = alone_with(begun("reasons", kept='{"reasons": ["move", "look"]}'))
    say(run, "ready")
    assert run.named("reasons_chosen")[0].fields["reasons"] == ["move", "look"]


REASONS_FIRST = """
name = { en = "Reasons, then choosing" }
[[block]]
page = "reasons"
[[block]]
page = "choose"
gestures = ["thumbs_up", "drum", "wave"]
[[block]]
mode = "immediate"
gestures = "chosen"
trials = 3
policy = "fixed"
"""


def test_reasons_say_what_is_offered_first_and_who_looks_first_only_watches_at_first():
    run = Run(Session(made(REASONS_FIRST)), None)
    run.step("ready")
    wait(run, 0.2)
    for reason in ("move", "look"):
        say(run, reason)
    say(run, "ready")
    run.step()
    assert values(run)[:3] == ["drum", "thumbs_up", "wave"]
    say(run, "drum")
    run.tracker = simulated()
    run.until(lambda r: len(r.named("trial_planned")) == 3)
    assert [e.fields["plan"]["mode"] for e in run.named("trial_planned")] == ["observe", "observe", "immediate"]


# Measuring


def reaching(body, far=1.0, headset=False, times=2):
    """Somebody who reaches sideways and comes back, seen ten times a second."""
    at_rest, out = bodies_at_rest(body), []
    for k in range(20 * times):
        share, at = far * (0.75 + 0.25 * np.cos(2 * np.pi * k / 20)), at_rest.copy()
        for side in SIDES:
            bones = [INDEX[n] for part in ("Arm", "Hand") for n in PARTS[side + part] if not n.endswith("Shoulder")]
            shoulder = at_rest[INDEX[f"{side}UpperArm"]]
            at[bones] = shoulder + (at_rest[bones] - shoulder) * share
            hand = [INDEX[n] for n in PARTS[f"{side}Hand"]]
            at[hand] = at[INDEX[f"{side}Hand"]] + at_rest[hand] - at_rest[INDEX[f"{side}Hand"]]
        how = np.full(J, MEASURED, np.uint8)
        if headset:
            how[:] = MODELLED
            how[[INDEX["head"], *(INDEX[n] for side in SIDES for n in PARTS[f"{side}Hand"])]] = MEASURED
        out.append(replace(observation.nothing("made"), positions=at, how=how))
    return out


def bodies_at_rest(body):
    return pose.placed(pose.rest(body), body)


def measured(samples, before, seated=True):
    measuring = Measuring(before)
    for k, seen in enumerate(samples):
        measuring.step(0.1001 * k, seen, "reach")
    figures = measuring.figures()
    return figures, measuring.body(figures, seated)


@pytest.mark.parametrize("height", [1.2, 1.5, 1.8])
def test_a_headset_measures_reach_and_size_within_a_tenth_and_says_how_certain(height):
    person = bodies.of_height(height)
    figures, body = measured(reaching(person, headset=True), bodies.of_height(1.35))
    assert figures["head_height"].value == pytest.approx(0.88 * height, rel=0.01)
    for side in SIDES:
        reach = figures[f"reach_{side}"]
        assert abs(reach.value - person.arm_length(side)) < 3 * reach.sigma + 0.02
        assert reach.sigma >= 0.03, "shoulders that are not seen make it less certain"
        assert body.arm_length(side) == pytest.approx(person.arm_length(side), rel=0.12)
    assert body.height == pytest.approx(height, rel=0.1)


def test_a_whole_body_that_is_seen_is_measured_bone_by_bone():
    person = bodies.random(np.random.default_rng(4))
    _, body = measured(reaching(person, times=1), bodies.of_height(1.35))
    for side in SIDES:
        assert body.length(f"{side}UpperArm") == pytest.approx(person.length(f"{side}UpperArm"), rel=0.06)


def test_a_short_reach_makes_arms_shorter_and_nobody_smaller():
    person = bodies.of_height(1.5)
    _, full = measured(reaching(person, headset=True), bodies.of_height(1.35))
    _, short = measured(reaching(person, far=0.7, headset=True), bodies.of_height(1.35))
    assert short.height == pytest.approx(full.height, rel=0.02)
    assert short.arm_length("left") < 0.8 * full.arm_length("left")


def test_what_is_modelled_is_not_measured_and_what_no_person_measures_is_no_body():
    person = bodies.of_height(1.4)
    modelled = [replace(s, how=np.full(J, MODELLED, np.uint8)) for s in reaching(person)]
    assert measured(modelled, person) == ({}, None)
    giant = replace(person, offsets=person.offsets * 4)
    assert measured(reaching(giant), person)[1] is None
    assert measured(reaching(giant, headset=True), person)[1] is None


def test_a_measured_body_is_used_for_what_comes_and_kept_as_plain_values():
    run = alone_with(begun("measure"))
    for seen in reaching(bodies.of_height(1.7)):
        run.step(dt=0.1001, seen=seen)
    for _ in range(3):
        run.step("ready", dt=1.0)
    told = run.named("body_measured")[0].fields
    assert told["used"]
    assert told["skipped"] == ["open", "close"]
    assert told["measures"]["reach_left"]["repeats"] in (2, 3)
    assert run.session.chooser.body.height == pytest.approx(1.7, rel=0.05)
    kept = json.loads(json.dumps(run.session.room.kept["body"]))
    assert stored.read_body(kept["body"]).height == pytest.approx(1.7, rel=0.05)


def test_without_a_tracker_measuring_is_skipped_by_itself():
    run = begun("measure", self_report=True, language="en")
    run.step()
    assert names_of(run)[0] == "We skip measuring. There is no camera."
    wait(run, 4.2)
    assert run.session.page is None or run.session.page.name != "measure"


# The greeting


def test_a_greeting_is_recorded_for_three_seconds_performed_and_kept_for_a_next_time():
    run = begun("greeting")
    person = run.tracker.body
    run.tracker = None
    say(run, "record")
    seen = itertools.cycle(reaching(person))
    for _ in range(round(4.2 * run.rate)):
        run.step(seen=next(seen))
    assert values(run)[:2] == ["keep", "again"]
    figure = run.shown.figures[0].pose.rotations.copy()
    wait(run, 0.7)
    assert np.abs(run.shown.figures[0].pose.rotations - figure).max() > 0.02, "the avatar performs it"
    say(run, "keep")
    kept = run.named("greeting_kept")[0].fields
    assert kept["kept"]
    assert len(json.dumps(kept)) < 60_000
    again = own_greeting.read(json.loads(json.dumps(kept["greeting"])))
    assert again.duration == pytest.approx(3.0, abs=0.15)
    later = alone_with(begun("greeting", kept=json.dumps({"greeting": kept["greeting"]})))
    later.step()
    assert values(later)[:2] == ["keep", "again"], "it is there the next time"


def test_a_greeting_that_was_not_seen_can_be_made_again():
    run = alone_with(begun("greeting", language="en"))
    say(run, "record")
    wait(run, 4.5)
    assert "not visible" in names_of(run)[0]
    assert "record" in values(run)


def test_no_greeting_is_a_greeting_too_and_somebody_untracked_chooses_one():
    run = alone_with(begun("greeting", self_report=True))
    assert "record" not in values(run)
    say(run, "wave")
    say(run, "keep")
    assert run.session.room.kept["greeting"] == {"gesture": "wave"}
    none = alone_with(begun("greeting"))
    say(none, "ready")
    assert none.named("greeting_kept")[0].fields == {"kept": False, "greeting": {}}


# Gestures understood


def test_every_card_says_why_and_several_can_be_chosen():
    run = alone_with(begun("recognise", language="en"))
    wait(run, 1.0)
    assert len(run.shown.figures) == 2
    assert run.shown.props
    for card in ("1", "2", "3"):
        say(run, card)
        assert names_of(run)[1] == MEANINGS["stop_hand"].cards[int(card) - 1].why["en"]
    say(run, "ready")
    told = run.named("recognised")[0].fields
    assert [c["card"] for c in told["chosen"]] == [1, 2, 3]


@pytest.mark.parametrize("name", MEANINGS)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_meaning_is_there_in_every_language_and_fits(name, language):
    for card in MEANINGS[name].cards:
        assert card.text[language]
        assert len(card.text[language]) <= LINE
        assert len(panels(card.why[language])) == 1
        for word in NEVER[language]:
            assert not re.search(rf"\b{re.escape(word)}\b", f"{card.text[language]} {card.why[language]}", re.I)


def test_a_meaning_that_cannot_be_says_what_is_expected():
    with pytest.raises(meanings.MeaningError, match=r"odd\.toml: card: expected 3"):
        meanings.read('gesture = "wave"\ncard = []', "odd")
    text = MEANINGS["wave"].source.replace("fits = true", 'fits = "yes"', 1)
    with pytest.raises(meanings.MeaningError, match="card 1: fits is 'yes', expected true or false"):
        meanings.read(text, "wave")


# Stop, used


def performed(gesture, person, side="right"):
    """Frames of somebody who performs a gesture, all joints measured, 30 a second."""
    motion = perform(whole._content()[0][gesture], person, Style(side=side)).motion
    at = motion.positions(person)
    for k in range(0, len(at), 2):
        yield replace(observation.nothing("made"), positions=at[k], how=np.full(J, MEASURED, np.uint8))


@pytest.mark.parametrize("height", [1.0, 1.35, 1.9])
@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize(
    ("gesture", "stops"),
    [("stop_hand", True), ("wave", False), ("thumbs_up", False), ("arms_forward", False), ("drum", False)],
)
def test_a_flat_hand_forward_is_seen_and_other_gestures_are_not(height, side, gesture, stops):
    person = bodies.of_height(height)
    palm = PalmOut(person.arm_length("right"))
    seen = [palm.step(k / 30, s) for k, s in enumerate(performed(gesture, person, side))]
    assert any(seen) == stops


def test_the_one_who_talks_stops_and_is_half_a_metre_back_within_half_a_second():
    run = alone_with(begun("use_in_scene", language="en"))
    person = bodies.of_height(1.35)
    for seen in performed("wave", person):
        run.step(seen=seen)
    say(run, "ready")
    wait(run, 1.0)
    near = run.shown.figures[0].world_from_avatar.position[2]
    for seen in performed("stop_hand", person):
        run.step(seen=seen)
        if run.named("scene_answered"):
            break
    assert "Okay. I stop." in names_of(run)[0]
    wait(run, 0.5)
    assert near - run.shown.figures[0].world_from_avatar.position[2] == pytest.approx(0.5, abs=1e-6)
    assert run.shown.figures[0].pose.face.max() == 0
    assert run.session.state is State.RUNNING, "the session goes on"
    say(run, "ready")
    ended = run.named("page_ended")[-1].fields
    assert ended["answered"]
    assert ended["by"] == "hand"


def test_without_hands_there_is_a_button_and_without_a_sign_it_ends_quietly():
    run = alone_with(begun("use_in_scene", self_report=True))
    say(run, "ready")
    assert "show_stop" in values(run)
    other = run.copied()
    say(run, "show_stop")
    assert run.named("scene_answered")[0].fields["by"] == "button"
    wait(other, 21.0)
    assert other.session.page is None
    assert not other.named("page_ended")[-1].fields["answered"]
    assert not other.named("command")[1:], "nothing was asked of the session"


# Once more, looking back, keeping


BLOCKS = """
name = { en = "Led" }
[[block]]
mode = "immediate"
gestures = ["wave"]
trials = 1
policy = "fixed"
[[block]]
page = "again"
[[block]]
page = "choose"
gestures = ["drum", "thumbs_up"]
[[block]]
mode = "immediate"
gestures = "chosen"
trials = 1
policy = "fixed"
[[block]]
page = "again"
[[block]]
page = "replay"
[[block]]
page = "keep_or_delete"
"""


def page_is(name):
    return lambda run: run.session.page is not None and run.session.page.name == name


def answering(run, name):
    """Go on, doing what is asked, until a page."""
    run.until(lambda r: r.session.page is not None or r.session.state is State.RUNNING)
    while not page_is(name)(run):
        assert run.time < 1000
        page = run.session.page
        say(run, "drum") if page is not None and page.name == "choose" else run.step()
    return run


def test_once_more_leads_to_the_last_trials_something_else_to_choosing_and_finished_on():
    run = Run(Session(made(BLOCKS)), simulated())
    run.step("ready")
    answering(run, "again")
    say(run, "again")
    answering(run, "again")
    assert [e.fields["plan"]["gesture"] for e in run.named("trial_ended")] == ["wave", "wave"]
    say(run, "other")
    answering(run, "again")
    assert run.named("trial_ended")[-1].fields["plan"]["gesture"] == "drum"
    say(run, "again")
    answering(run, "again")
    assert run.named("trial_ended")[-1].fields["plan"]["gesture"] == "drum"
    say(run, "ready")
    run.step()
    assert page_is("replay")(run)


def test_from_the_first_question_finished_leads_past_all_trials():
    run = Run(Session(made(BLOCKS)), simulated())
    run.step("ready")
    answering(run, "again")
    say(run, "ready")
    run.step()
    assert page_is("replay")(run)


def test_it_is_asked_five_times_at_most():
    run = Run(Session(made(BLOCKS)), simulated())
    run.step("ready")
    for _ in range(5):
        answering(run, "again")
        say(run, "again")
    run.until(page_is("replay"))
    assert len([e for e in run.named("page_ended") if e.fields.get("answer") == "again"]) == 5


def test_what_a_page_leads_to_is_a_block_of_the_programme_for_every_programme_that_ships():
    for file in sorted((ASSETS / "programmes").glob("*.toml")):
        blocks = _blocks(file)
        for number, to in itertools.product(range(len(blocks)), ("", "again", "other", "on", "end")):
            assert 0 <= leading.led(blocks, number, to) <= len(blocks)


def _blocks(file):
    everything = type("All", (), {"__contains__": lambda *_: True, "__iter__": lambda _: iter(())})()
    return programme.read(
        file.read_text(encoding="utf-8"), file.name, gestures=everything, modes=everything, policies=everything,
        avatars=None, scenes=None, pages=everything,
    ).blocks  # fmt: skip


def test_both_are_seen_side_by_side_words_first_and_figures_when_asked():
    run = alone_with(begun("replay", language="en"))
    run.until(lambda r: len(r.shown.figures) == 2, 20)
    assert names_of(run)[0] == "Noor on the left, you on the right."
    assert "Noor" in names_of(run)[1]
    assert not any(c.isdecimal() for c in names_of(run)[1])
    say(run, "figures")
    assert any(c.isdecimal() for c in names_of(run)[1])
    own = run.shown.figures[1].pose.rotations.copy()
    say(run, "later")
    wait(run, 0.3)
    here = run.shown.figures[1].pose.rotations.copy()
    wait(run, 0.5)
    assert np.array_equal(run.shown.figures[1].pose.rotations, here), "held still after a step"
    for _ in range(5):
        say(run, "later")
    assert np.abs(run.shown.figures[1].pose.rotations - own).max() > 0.02


def test_without_a_tracker_the_demonstration_is_looked_back_at_alone():
    run = alone_with(begun("replay", self_report=True, language="en"))
    wait(run, 1.0)
    assert names_of(run)[0] == "This is what Noor showed."
    assert len(run.shown.figures) == 1


@pytest.mark.parametrize(("said", "keep"), [(("keep",), True), (("delete", "sure"), False), (("delete", "keep"), True)])
def test_keeping_is_said_once_and_deleting_twice(said, keep):
    run = alone_with(begun("keep_or_delete"))
    for value in said:
        assert not run.named("kept")
        say(run, value)
    assert run.named("kept")[0].fields == {"keep": keep, "said": True}
    assert run.session.room.kept["keep"] is keep


# The whole of it


def all_of_it(run, until=lambda run: run.session.over, seconds=3000):
    """Through the programme, with every button once in a while, as a learner would."""
    end = run.time + seconds
    while not until(run):
        assert run.time < end, f"not over: {run.shown.turn}, {[c.text for c in run.shown.captions]}"
        page = run.session.page
        if page is None and run.shown.turn.phase == "respond" and run.session.setup.self_report:
            run.step(Command("say", "did_it"), dt=0.2)
        elif page is None and run.session.state is State.WAITING:
            run.step("ready", dt=0.2)
        elif page is not None and run.tracker is None:
            run.step("ready", dt=0.5)
        else:
            run.step()
    return run


def test_somebody_simulated_goes_through_the_whole_of_it_by_doing_what_is_asked():
    run = all_of_it(Run(Session(made("alone")), simulated("lev")))
    assert run.session.ended == "finished"
    ended = [e.fields["page"] for e in run.named("page_ended")]
    planned = [b.page for b in run.session.setup.programme.blocks if b.page]
    led = planned.index("again"), planned.index("replay")
    assert ended == [*planned[: led[0] + 1], *planned[led[1] :]], "ready at the question leads on past all trials"
    assert run.named("trial_ended")
    assert run.named("kept")[0].fields["keep"]


def test_with_nobody_tracked_it_goes_through_and_nothing_is_scored():
    run = all_of_it(Run(Session(made("alone", self_report=True)), None))
    assert run.session.ended == "finished"
    assert not run.named("score")
    assert run.named("trial_ended")
    assert not run.named("fault")


PARTS_OF_IT = [b.page or f"trials {k}" for k, b in enumerate(_blocks(ASSETS / "programmes" / "alone.toml"))]


@pytest.mark.parametrize("number", range(len(PARTS_OF_IT)), ids=PARTS_OF_IT)
def test_it_can_be_stopped_in_every_part_and_gone_on_with_or_ended(number):
    run = _in_part(number)
    for order in ("go_on", "end"):
        stopped = run.copied()
        stopped.step("stop")
        assert stopped.session.state is State.STOPPED
        assert not stopped.shown.sounds
        stopped.step(order)
        if order == "end":
            assert stopped.session.part == "closing"
            stopped.step(Command("say", "okay"))
            assert stopped.session.ended == "ended_by_learner"
        else:
            assert in_part(stopped, number)


def in_part(run, number):
    session = run.session
    return session.block == number and session.state is State.RUNNING and (session.page or session.trial) is not None


@cache
def _in_part(number):
    before = Run(Session(made("alone", self_report=True)), None) if number == 0 else _in_part(number - 1).copied()

    def on(run):
        if in_part(run, number):
            return True
        if page_is("again")(run):
            say(run, "other" if run.session.block < number < PARTS_OF_IT.index("replay") else "ready")
        return False

    return all_of_it(before, on)


def test_late_begins_no_trial_but_still_asks_whether_to_keep_it():
    run = Run(Session(made("alone", self_report=True)), None)
    run.step("ready")
    run.step(dt=1.0)
    for _ in range(1300):
        run.step(dt=1.0)
    all_of_it(run)
    assert not run.named("trial_planned")
    assert run.named("kept")
