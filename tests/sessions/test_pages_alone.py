"""Every page, whatever is said and seen: it can be gone on from, stopped and paused, read, and costs little.

Then the pages of somebody alone, one by one, and the whole of `alone.toml`: with a simulated learner, with nobody, and
stopped in every part.
"""

import itertools
import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sessions import whole
from tests.sessions.whole import ASSETS, Run, simulated
from vrtrainer import choices
from vrtrainer.gestures import library
from vrtrainer.human import body as bodies
from vrtrainer.human import observation
from vrtrainer.human.observation import MEASURED
from vrtrainer.human.skeleton import J
from vrtrainer.learning import learner
from vrtrainer.sessions import meanings, pages, stored
from vrtrainer.sessions.commands import Command
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
        for value in way:
            say(run, value)
            wait(run, 1.1 if value != "record" else 4.5)
        if run.session.page is None or run.session.page.name != page or run.session.state is not State.RUNNING:
            continue
        run.step()
        words = (tuple(c.text for c in run.shown.captions), tuple(b.text for b in run.shown.buttons))
        if words in seen:
            continue
        seen.add(words)
        met.append(run.shown)
        if len(way) < 9:
            ways += [(*way, b.value if b.name == "say" else b.name) for b in run.shown.buttons if b.name != "pause"]
    return met


@pytest.mark.parametrize(("page", "language"), [*itertools.product(PAGES, ("nl", "en"))])
def test_every_text_of_every_page_fits_and_buttons_stand_clear_of_each_other(page, language):
    met = crawled(page, language) + crawled(page, language, self_report=True, watched=True)
    assert met
    fonts = ASSETS / "fonts"
    corner = tuple(layout_button(*b) for b in CORNER[language])
    for shown in met:
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
            _clear(layout.standing(replace(shown, text=text), fonts, language, corner), 60.0, 80.0)


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
