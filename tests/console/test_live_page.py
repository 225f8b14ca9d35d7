"""Live in a real browser, beside a real session: every control by key and by button, both languages, three widths."""

import os
import re

import pytest

from tests.console import browser, processes
from tests.console.browser import Served, problems, too_wide
from tests.console.processes import until
from vrtrainer.console import live_words
from vrtrainer.records import adults, reading
from vrtrainer.records.database import Database

LOGGED = "document.querySelectorAll('#log li').length"
GO_ON = "document.querySelector('#choices [data-command=go_on]')?.click()"  # where Sam did not go on by himself
KEPT = os.environ.get("VRTRAINER_SCREENSHOTS", "")
"""A folder in which pictures of the pages are kept, when it is named."""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    data = tmp_path_factory.mktemp("live_page")
    with Database(data) as database:
        adults.add(database, "Marieke", language="nl")
    one = Served(data)
    with processes.running(data, lang="nl"):
        yield one
    one.close()


@pytest.fixture
def live(served, chromium):
    """Live, with a session that runs."""
    with served.page(chromium) as page:
        page.goto(f"{served.base}/live")
        goes_on(page)
        yield page


def state(page, which, seconds=60):
    page.wait_for_selector(f"#live[data-state={which}]", timeout=1000 * seconds)


def goes_on(page):
    """Let the session run, wherever the test before left it."""
    page.wait_for_selector("#live[data-screen=running]:not([data-state=''])")
    for _ in range(3):
        if page.get_attribute("#live", "data-state") in ("paused", "stopped"):
            page.evaluate(GO_ON)
        page.wait_for_timeout(400)
        if page.get_attribute("#live", "data-state") == "running":
            break
    state(page, "running")


def kept(page, name):
    if KEPT:
        page.screenshot(path=os.path.join(KEPT, f"{name}.png"), full_page=True)


def more(page, before):
    """Wait until the log has grown. (Playwright's own waiting would need eval, which the pages forbid.)"""
    until(lambda: page.evaluate(LOGGED) > before, 15)


def newest(page):
    """Of the log's newest entry: when, who and what."""
    return page.inner_text("#log li:first-child")


def journalled(served, *kinds):
    journal = max(served.console.data.glob("sessions/*/journal.mcap"))
    return [e for e in reading.read(journal).events if e.trial_type in kinds]


@pytest.mark.parametrize("width", browser.WIDTHS)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_live_is_in_its_language_and_axe_finds_nothing_while_it_runs_pauses_and_is_stopped(
    served, chromium, language, width
):
    with served.page(chromium, width) as page:
        page.goto(f"{served.base}/language/{language}?to=/live")
        goes_on(page)
        for which, key in (("running", ""), ("paused", " "), ("stopped", "Escape")):
            if key:
                page.keyboard.press(key)
            state(page, which)
            assert page.get_attribute("html", "lang") == language
            assert problems(page) == [], which
            assert too_wide(page) <= 0, which
            kept(page, f"live-{which}-{language}-{width}")
        assert page.locator("h1").count() == 1
        low = page.evaluate(
            "[...document.querySelectorAll('.live button')].filter(e => e.offsetParent && "
            "e.getBoundingClientRect().height < 55.5).map(e => e.outerHTML.slice(0, 80))"
        )
        assert low == []
        page.evaluate(GO_ON)


@pytest.mark.parametrize("width", browser.WIDTHS)
def test_stop_is_96_high_and_at_the_bottom_right_wherever_the_page_is_scrolled_to(served, chromium, width):
    with served.page(chromium, width) as page:
        page.goto(f"{served.base}/live")
        page.wait_for_selector("#live[data-screen=running]")
        for scrolled in (0, 300, 10_000):
            page.evaluate(f"window.scrollTo(0, {scrolled})")
            box = page.locator("[data-command=stop]").bounding_box()
            wide, high = width, browser.WIDTHS[width]
            assert box["height"] >= 96
            assert box["width"] >= 96
            assert wide - (box["x"] + box["width"]) <= 40
            assert high - (box["y"] + box["height"]) <= 40
            on_top = page.evaluate(
                "([x, y]) => document.elementFromPoint(x, y).closest('button')?.dataset.command",
                [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2],
            )
            assert on_top == "stop"


@pytest.mark.parametrize(("name", "key", "shown"), live_words.CONTROLS, ids=[c[0] for c in live_words.CONTROLS])
def test_every_control_acts_by_its_key_and_is_told(served, live, name, key, shown):
    before = live.evaluate(LOGGED)
    live.evaluate("document.activeElement.blur()")
    live.keyboard.press({" ": "Space", "+": "Shift+Equal", "-": "Minus"}.get(key, key))
    words = served.console.texts("nl")["controls"][name]
    more(live, before)
    until(lambda: any(words in line for line in live.locator("#log li").all_inner_texts()[:3]), 10)
    assert live.locator(f".live [data-command={name}] kbd").first.inner_text() == (shown or "spatie")
    asked = [e.fields for e in journalled(served, "command", "refused") if e.fields["command"] == name]
    assert asked, name
    assert asked[-1]["actor"] == "adult"


def test_buttons_do_what_their_keys_do(live):
    live.click("[data-command=pause]")
    state(live, "paused")
    live.keyboard.press("Space")  # the key that paused goes on again
    state(live, "running")
    live.click("[data-command=stop]")
    state(live, "stopped")


def test_space_pauses_even_where_a_button_has_the_focus_and_enter_presses_it(served, live):
    live.locator("[data-command=harder]").focus()
    harder = len([e for e in journalled(served, "command", "refused") if e.fields["command"] == "harder"])
    live.keyboard.press("Space")
    state(live, "paused")
    assert len([e for e in journalled(served, "command", "refused") if e.fields["command"] == "harder"]) == harder
    live.keyboard.press("Space")
    state(live, "running")
    live.locator("[data-command=harder]").focus()
    before = live.evaluate(LOGGED)
    live.keyboard.press("Enter")
    more(live, before)
    assert "Moeilijker" in newest(live)


def test_in_a_text_field_keys_write_and_escape_still_stops(live):
    live.click("#note")
    live.keyboard.type("rsta +- 012 mgo p")
    assert live.input_value("#note") == "rsta +- 012 mgo p"
    assert live.get_attribute("#live", "data-state") == "running"
    live.keyboard.press("Escape")
    state(live, "stopped")


def test_keys_can_be_turned_off_but_for_escape(live):
    live.locator("#keys").focus()
    live.keyboard.press("Enter")
    assert live.get_attribute("#keys", "aria-checked") == "false"
    live.keyboard.press("Space")
    live.wait_for_timeout(500)
    assert live.get_attribute("#live", "data-state") == "running"
    live.keyboard.press("Escape")
    state(live, "stopped")


def test_a_held_key_asks_once(served, live):
    before = live.evaluate(LOGGED)
    for _ in range(30):
        live.keyboard.down("+")
    live.keyboard.up("+")
    more(live, before)
    live.wait_for_timeout(400)
    assert live.evaluate(LOGGED) <= before + 1 or live.evaluate(LOGGED) == 60


@pytest.mark.parametrize("width", browser.WIDTHS)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_two_folded_parts_open_by_key_and_what_is_pressed_there_reaches_the_session(
    served, chromium, language, width
):
    with served.page(chromium, width) as page:
        page.goto(f"{served.base}/language/{language}?to=/live")
        goes_on(page)
        page.wait_for_selector("#gestures button", state="attached")
        for part in ("#gestures-more", "#settings"):
            assert not page.evaluate(f"document.querySelector('{part}').open")
            page.locator(f"{part} summary").focus()
            page.keyboard.press("Enter")
        assert problems(page) == []
        assert too_wide(page) <= 0
        for step in ("0.75", "1"):
            page.locator(f"[data-value='light={step}']").focus()
            page.keyboard.press("Enter")
            page.wait_for_selector(f"[data-value='light={step}'][aria-pressed=true]", timeout=15_000)
        assert page.locator("[data-value^='light='][aria-pressed=true]").count() == 1
        kept(page, f"live-folded-{language}-{width}")
        button = page.locator("#gestures button").last
        name = button.get_attribute("data-value")
        button.click()
        until(
            lambda: any(
                (e.fields["command"], e.fields.get("value")) == ("choose", name)
                for e in journalled(served, "command", "refused")
            ),
            15,
        )
        page.goto(f"{served.base}/language/nl?to=/live")
    assert journalled(served, "setting")[-1].fields["actor"] == "adult"


def test_notes_and_marks_are_kept_with_who_and_when(served, live):
    live.fill("#note", "Sam lachte <b>hard</b>")
    live.locator("#note-form button").click()
    until(lambda: "Notitie: Sam lachte <b>hard</b>" in newest(live), 10)
    assert re.match(r"\d+:\d\d\s+Marieke: ", newest(live))
    assert live.input_value("#note") == ""
    live.click("[data-mark=own_idea]")
    until(lambda: "eigen idee" in newest(live), 10)
    assert journalled(served, "note")[-1].fields["actor"] == "adult"


def test_the_adults_own_rating_stands_beside_the_automatic_one(served, live):
    live.wait_for_selector("#grades:not([hidden])", timeout=120_000)
    assert "De computer:" in live.inner_text("#rate-auto")
    live.evaluate("document.activeElement.blur()")
    before = live.inner_text("#rate-what")
    live.keyboard.press("1")
    until(lambda: journalled(served, "rated"), 15)
    if live.inner_text("#rate-what") == before:
        live.wait_for_selector("[data-grade='1'][aria-pressed=true]", timeout=10_000)


def test_the_learner_is_told_who_watches_by_name(served, live):
    until(lambda: "Marieke kijkt mee" in live.inner_text("#watching"), 10)
    assert journalled(served, "watching")[-1].fields["name"] == "Marieke"


def test_what_the_learner_sees_is_there_and_its_words_too(live, opengl):
    live.wait_for_selector("#picture:not([hidden])", timeout=60_000)
    until(lambda: live.evaluate("document.getElementById('picture').naturalWidth") >= 640, 30)
    assert live.inner_text("#reads") not in ("", "–")


def test_the_keyboard_reaches_everything_and_nothing_with_focus_is_covered(live):
    live.evaluate("document.querySelector('main').focus()")
    reached, covered = set(), []
    for _ in range(60):
        live.keyboard.press("Tab")
        found = live.evaluate(
            """() => { const e = document.activeElement, b = e.getBoundingClientRect();
            const top = document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2);
            return [e.dataset.command || e.dataset.mark || e.dataset.grade || e.id || e.textContent.trim(),
                    b.height > 0 && !(e === top || e.contains(top) || e.contains(top?.parentElement))]; }"""
        )
        reached.add(found[0])
        if found[1]:
            covered.append(found[0])
    assert {name for name, *_ in live_words.CONTROLS} <= reached
    assert {"note", "keys", "log", *live_words.MARKS} <= reached
    assert covered == []


def test_the_page_says_that_the_line_is_lost_and_finds_it_again(tmp_path, chromium):
    one = Served(tmp_path)
    with one.page(chromium) as page:
        page.goto(f"{one.base}/live")
        page.wait_for_selector("#notice:not([hidden])")
        assert "Er loopt nu geen sessie" in page.inner_text("#notice")
        assert problems(page) == []
        loop = one._loop
        from vrtrainer.console.live import WATCHERS

        app = next(iter(_watchers(one)))
        loop.call_soon_threadsafe(lambda: [loop.create_task(w._socket.close()) for w in app[WATCHERS].windows])
        page.wait_for_selector("#lost:not([hidden])", timeout=10_000)
        assert "Verbinding kwijt" in page.inner_text("#lost")
        page.wait_for_selector("#lost", state="hidden", timeout=10_000)
    one.close()


def _watchers(one):
    """The application that a served console runs; it is nobody's business but this test's."""
    import gc

    from aiohttp import web

    from vrtrainer.console.live import WATCHERS

    for found in gc.get_objects():
        if isinstance(found, web.Application) and WATCHERS in found and found[WATCHERS]._console is one.console:
            yield found


def test_when_the_session_is_over_live_leads_to_afterwards(tmp_path, chromium):
    one = Served(tmp_path, "en")
    with one.page(chromium) as page:
        with processes.running(tmp_path) as run:
            page.goto(f"{one.base}/live")
            page.wait_for_selector("#live[data-screen=running]:not([data-state=''])")
            page.click("[data-command=stop]")
            page.locator("#choices [data-command=end]").click()
            page.wait_for_selector("#to-after:not([hidden])", timeout=60_000)
            run.wait(60)
        assert page.evaluate("document.activeElement.id") == "to-after"
        assert re.fullmatch(r"/after/[\w-]+-sam-1", page.get_attribute("#to-after", "href"))
        assert problems(page) == []
        kept(page, "live-over-en-1366")
        page.click("#to-after")
        page.wait_for_selector("h1")
        assert "/after/" in page.url
    one.close()
