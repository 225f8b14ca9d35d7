"""Na afloop over a made-up session: what is said and kept, in the real application, and in a real browser."""

import asyncio
import contextlib
import json
import shutil
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from aiohttp import web

from tests.reports.conftest import CONTENT, Kept
from vrtrainer.console import server
from vrtrainer.console.door import Door
from vrtrainer.console.start_run import listening
from vrtrainer.human.observation import ABSENT, MEASURED
from vrtrainer.human.skeleton import PART_INDEX
from vrtrainer.records import adults, notes, ratings, reading
from vrtrainer.records.journal import Journal

# The door hands its cookie out in an answer that aiohttp would rather see raised.
pytestmark = pytest.mark.filterwarnings("ignore:returning HTTPException object:DeprecationWarning")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WIDTHS = (390, 820, 1366)
UNSEEN, WATCHED, JOINED = 4, 2, 0  # trials of tests.reports.conftest


class Served:
    """The console of one data folder in a thread of its own, asked as a browser that has been let in asks."""

    def __init__(self, data, language="nl"):
        self._loop, self._up = asyncio.new_event_loop(), threading.Event()
        line = listening(0)
        self.guard = Door(line.getsockname()[1])
        self.base = f"http://127.0.0.1:{self.guard.port}"
        console = server.Console(data, CONTENT, language)

        async def serve():
            runner = web.AppRunner(server.application(console, self.guard), access_log=None, shutdown_timeout=0.5)
            await runner.setup()
            await web.SockSite(runner, line).start()
            self._over = asyncio.Event()
            self._up.set()
            await self._over.wait()
            await runner.cleanup()

        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(serve(),), daemon=True)
        self._thread.start()
        assert self._up.wait(20)
        jar = urllib.request.HTTPCookieProcessor()
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)
        with contextlib.suppress(urllib.error.HTTPError):  # what Start has to say is not asked here
            self._opener.open(self.guard.address(), timeout=20).close()

    def get(self, path):
        return self._opened(urllib.request.Request(self.base + path))

    def post(self, path, **values):
        return self._opened(
            urllib.request.Request(
                self.base + path,
                data=urllib.parse.urlencode(values).encode(),
                headers={"Origin": self.base, "Accept": "application/json"},
            )
        )

    def _opened(self, request):
        try:
            with self._opener.open(request, timeout=20) as answer:
                return SimpleNamespace(status=answer.status, text=answer.read().decode(), headers=answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                return SimpleNamespace(status=error.code, text=error.read().decode(), headers=error.headers)

    def close(self):
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)
        self._loop.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A session with turns that were joined, watched and not seen; in turn 4 no right hand was measured at all."""
    kept = Kept(tmp_path_factory.mktemp("after"), language="nl")
    without_hand(kept)
    marieke = adults.add(kept.database, "Marieke", language="nl")
    notes.add(
        kept.database, None, "lachte", kind=notes.MARK, session=kept.number, session_s=turn_of(kept, 1) + 1.5,
        adult=marieke.id,
    )  # fmt: skip
    yield kept
    kept.database.close()


@pytest.fixture(scope="module")
def console(made):
    served = Served(made.database.data)
    yield served
    served.close()


def journal_of(kept):
    return kept.database.absolute(kept.database.session(kept.number)["journal"])


def turn_of(kept, trial):
    events = reading.read(journal_of(kept)).events
    return next(e.onset for e in events if e.trial == trial and e.fields.get("entered") == "respond")


def without_hand(kept):
    """The same journal, in which the right hand is nowhere while trial 4 runs."""
    path = journal_of(kept)
    begins, ends = turn_of(kept, UNSEEN) - 1.0, turn_of(kept, UNSEEN) + 8.0
    recorded, old = reading.read(path), path.with_name("old.mcap")
    path.rename(old)
    recorded.path = old
    journal, start = Journal(path, recorded.setup, recorded.source), None
    for frame, seen, orders, events in recorded.steps():
        start = frame.time if start is None else start
        if begins <= frame.time - start <= ends:
            positions, how = seen.positions.copy(), seen.how.copy()
            positions[PART_INDEX["rightHand"]], how[PART_INDEX["rightHand"]] = np.nan, ABSENT
            seen = replace(seen, positions=positions, how=how)
        journal.append(frame, seen, orders, events)
    journal.close()
    old.unlink()


def turn(console, made, trial):
    answer = console.get(f"/after/{made.number}/trial/{trial}.json")
    assert answer.status == 200, answer.text
    assert len(answer.text.encode()) < 300_000
    return json.loads(answer.text)


# What is told


def test_the_strip_says_of_every_turn_in_words_what_came_of_it(console, made):
    told = json.loads(console.get(f"/after/{made.number}/trials.json").text)
    assert [one["came"] for one in told][:5] == ["joined", "joined", "watched", "joined", "unseen"]
    page = console.get(f"/after/{made.number}").text
    for words in ("deed mee", "keek", "niet te zien", "Kijken telt ook"):
        assert words in page


def test_a_turn_shows_both_people_on_one_clock(console, made):
    data = turn(console, made, JOINED)
    assert len(data["times"]) == len(data["attempt"]) == len(data["how"]) >= len(data["avatar"]) > 20
    assert {len(row) for row in data["how"]} == {len(data["joints"])}
    assert data["times"][0] < 0.1
    assert np.all(np.diff(data["times"]) > 0)
    wrist = data["joints"].index("leftHand")
    heights = [row[wrist][1] for row in data["attempt"]]
    assert max(heights) - min(heights) > 300  # it waves: the arm came up
    assert data["mirrored"]
    assert data["told"]["words"][0] == "Sam deed mee."


def test_a_hand_that_nobody_saw_is_marked_and_said_so(console, made):
    data = turn(console, made, UNSEEN)
    for joint in data["parts"]["rightHand"]:
        assert str(MEASURED) not in {row[joint] for row in data["how"]}
    told = data["told"]
    assert told["words"][0] == "De beweging was niet te zien. Deze beurt telt niet mee."
    hand = next(part for part in told["parts"] if part["part"] == "rightHand")
    assert (hand["sign"], hand["words"]) == ("sign-unseen", "niet te zien")
    row = next(row for row in told["rows"] if row[0] == "Rechterhand")
    assert row[2:] == ["niet te zien", "niet te zien"]
    assert row[1] != "niet te zien"  # the avatar's was there all the same


def test_watching_is_told_as_taking_part(console, made):
    words = turn(console, made, WATCHED)["told"]["words"]
    assert words[0] == "Sam keek. Kijken telt ook."
    assert not [line for line in words if "later" in line or "kleiner" in line.lower()]


def test_a_mark_leads_to_the_turn_and_its_moment(console, made):
    page = console.get(f"/after/{made.number}").text
    assert 'class="plain jump" data-trial="1" data-time="1.5"' in page


# What is kept


def test_a_rating_is_corrected_and_taken_back_and_its_history_stays(console, made):
    here = f"/after/{made.number}/rate"
    for grade in ("1", "2", ""):
        answer = json.loads(console.post(here, trial="3", grade=grade).text)
    assert answer["own"] is None
    assert [line.rsplit(": ", 1)[1] for line in answer["history"]] == ["weggehaald", "het hele gebaar", "een deel"]
    assert [row["rating"] for row in ratings.history(made.database, made.number, 3)] == [1, 2, None]
    assert 3 not in ratings.held(made.database, made.number)


@pytest.mark.parametrize(("trial", "grade"), [("3", "7"), ("x", "1"), ("999", "1")])
def test_a_rating_that_cannot_be_is_not_kept_and_said_so(console, made, trial, grade):
    before = ratings.history(made.database, made.number)
    answer = console.post(f"/after/{made.number}/rate", trial=trial, grade=grade)
    assert answer.status in (404, 422)
    assert json.loads(answer.text)["problem"] == "Dit is niet bewaard. Probeer het nog een keer."
    assert ratings.history(made.database, made.number) == before


def test_a_note_becomes_the_last_note_and_an_empty_one_does_not(console, made):
    here, person = f"/after/{made.number}/note", made.database.session(made.number)["person"]
    kept = json.loads(console.post(here, kind="session", text="Volgende keer eerst de trommel.").text)
    assert kept["note"]["text"] == "Volgende keer eerst de trommel."
    assert notes.last(made.database, person)["text"] == "Volgende keer eerst de trommel."
    assert console.post(here, kind="session", text="  ").status == 422
    assert notes.last(made.database, person)["text"] == "Volgende keer eerst de trommel."


def test_the_draft_stands_in_soep_order_and_is_kept_as_it_was_changed(console, made):
    page = console.get(f"/after/{made.number}").text
    places = [page.index(f'id="soep-{letter}"') for letter in "soep"]
    assert places == sorted(places)
    console.post(f"/after/{made.number}/note", kind="draft", s="Fijn, zei Sam.", o="9 beurten.", e="", p="Trommel.")
    text = notes.of_session(made.database, made.number)[-1]["text"]
    assert text == "Subjectief\nFijn, zei Sam.\n\nObjectief\n9 beurten.\n\nPlan\nTrommel."


def test_the_draft_tells_of_each_gesture_and_heeds_the_adults_own_rating(tmp_path):
    kept = Kept(tmp_path, count=6)
    for trial in (0, 1):
        ratings.rate(kept.database, kept.number, trial, 2)
    served = Served(tmp_path)
    page = served.get(f"/after/{kept.number}").text
    served.close()
    kept.database.close()
    assert "Zwaaien: 2 van 2 zonder hulp volledig." in page
    assert "Ging vandaag elke keer zonder hulp: Zwaaien." in page
    assert "Beginnen met iets bekends: Zwaaien." in page


def test_the_report_of_a_session_is_shown_and_may_run_nothing(tmp_path):
    kept = Kept(tmp_path, count=1)
    path = journal_of(kept).with_name("report.html")
    path.write_text("<!DOCTYPE html><p>Sam</p>", encoding="utf-8")
    kept.database.keep_report(kept.number, path)
    served = Served(tmp_path)
    answer = served.get(f"/after/{kept.number}/report")
    page = served.get(f"/after/{kept.number}").text
    served.close()
    kept.database.close()
    assert "<p>Sam</p>" in answer.text
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert f'href="/after/{kept.number}/report"' in page


# Sessions that are not whole


def test_a_session_without_trials_has_its_page(tmp_path):
    kept = Kept(tmp_path, count=0)
    served = Served(tmp_path)
    answer = served.get(f"/after/{kept.number}")
    served.close()
    kept.database.close()
    assert answer.status == 200
    assert "Er is geen beurt afgerond. Sam was er wel." in answer.text
    assert 'id="stage"' not in answer.text
    assert "Notitie bij deze sessie" in answer.text


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("cut", "Deze sessie hield eerder op dan gepland"),
        ("gone", "beschadigd en niet te lezen"),
        ("noise", "niet te lezen"),
    ],
)
def test_a_broken_journal_is_said_and_the_rest_is_there(tmp_path, harm, said):
    kept = Kept(tmp_path, count=6)
    path = journal_of(kept)
    data = path.read_bytes()
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(data[: len(data) // 2] if harm == "cut" else b"\0" * 4000)
    served = Served(tmp_path)
    page = served.get(f"/after/{kept.number}")
    first = json.loads(served.get(f"/after/{kept.number}/trial/0.json").text)
    last = json.loads(served.get(f"/after/{kept.number}/trial/5.json").text)
    served.close()
    kept.database.close()
    assert page.status == 200
    assert said in page.text
    assert "deed mee" in page.text
    assert bool(first["times"]) == (harm == "cut")
    assert not last["times"]
    assert last["nothing"]
    assert last["told"]["words"]


def test_what_is_not_there_is_a_page_and_no_traceback(console, made):
    for path in ("/after/999", f"/after/{made.number}/trial/99.json", f"/after/{made.number}/report", "/after/../x"):
        answer = console.get(path)
        assert answer.status == 404, path
        assert "Traceback" not in answer.text


def test_without_any_session_the_page_says_so(tmp_path):
    served = Served(tmp_path)
    answer = served.get("/after")
    served.close()
    assert answer.status == 200
    assert "Er is nog geen sessie geweest" in answer.text


# In a browser


@pytest.fixture(scope="module")
def chromium():
    if CHROMIUM is None:
        pytest.skip("browser: there is no Chromium (on Debian: apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, console, made):
    """A function that opens the page, let in, at a width and in a language."""
    contexts = []

    def open_page(width=1366, language="nl", **asked):
        context = chromium.new_context(viewport={"width": width, "height": 900}, **asked)
        contexts.append(context)
        page = context.new_page()
        page.goto(console.guard.address())
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda said: page.faults.append(said.text) if said.type == "error" else None)
        page.goto(f"{console.base}/language/{language}?to=/after/{made.number}")
        until(page, "document.querySelectorAll('#words li').length > 0")
        return page

    yield open_page
    for context in contexts:
        context.close()


def until(page, what, seconds=10.0):
    """Wait for an expression of the page; its own waiting needs `eval`, which the page forbids."""
    end = time.monotonic() + seconds
    while not page.evaluate(what):
        assert time.monotonic() < end, f"never came: {what}"
        page.wait_for_timeout(50)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("width", WIDTHS)
def test_every_width_and_language_fits_and_axe_finds_nothing(opened, width, language):
    from axe_playwright_python.sync_playwright import Axe

    page = opened(width, language)
    for details in page.query_selector_all("details > summary"):
        details.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    assert not [(one["id"], [node["html"] for node in one["nodes"]][:2]) for one in found]
    assert page.evaluate("document.documentElement.lang") == language
    assert not page.faults


def test_nothing_plays_by_itself_and_playing_ends_at_the_end(opened):
    page = opened(reduced_motion="reduce")
    page.wait_for_timeout(400)
    assert page.input_value("#time") == "0"
    page.evaluate("() => { const s = document.getElementById('time'); s.value = s.max - 0.3;"
                  " s.dispatchEvent(new Event('input')) }")  # fmt: skip
    page.click("#play")
    until(page, "document.getElementById('play-word').textContent === 'Afspelen'")
    assert page.evaluate("(s => s.max - s.value)(document.getElementById('time'))") < 0.06


def test_a_quarter_of_the_tempo_takes_four_times_as_long(opened):
    page = opened()
    page.check("#speed-speed_quarter")
    page.click("#play")
    page.wait_for_timeout(1200)
    page.click("#play")
    assert 0.15 < float(page.input_value("#time")) < 0.45


def test_the_keyboard_alone_chooses_scrubs_steps_and_rates(opened, made):
    page = opened()
    page.focus("#trial-0")
    page.keyboard.press("ArrowRight")
    until(page, "document.getElementById('which').textContent.startsWith('Beurt 2')")
    page.focus("#time")
    page.keyboard.press("End")
    assert float(page.input_value("#time")) == pytest.approx(float(page.get_attribute("#time", "max")), abs=0.05)
    assert "seconden" in page.get_attribute("#time", "aria-valuetext")
    page.keyboard.press("Home")
    assert page.input_value("#time") == "0"
    page.keyboard.press(".")
    assert float(page.input_value("#time")) == pytest.approx(0.04, abs=0.02)
    page.keyboard.press("Space")
    assert page.text_content("#play-word") == "Stilzetten"
    page.keyboard.press("Space")
    page.focus("[data-grade='1']")
    page.keyboard.press("Enter")
    until(page, "document.getElementById('rated').textContent === 'Bewaard: een deel.'")
    assert ratings.held(made.database, made.number)[1] == 1


def test_a_part_alone_another_view_and_over_each_other_change_the_picture(opened):
    page = opened()
    picture = "document.getElementById('stage').toDataURL()"
    seen = {page.evaluate(picture)}
    for choice in ("#part-leftHand", "#view-slant", "#view-side", "#over-yes"):
        page.check(choice)
        now = page.evaluate(picture)
        assert now not in seen, choice
        seen.add(now)


def test_a_mark_jumps_to_its_moment(opened):
    page = opened()
    page.click(".jump")
    until(page, "document.getElementById('which').textContent.startsWith('Beurt 2')")
    until(page, "Math.abs(document.getElementById('time').value - 1.5) < 0.03")


def test_a_note_that_was_kept_stands_there_at_once(opened):
    page = opened()
    page.fill("#note-text", "Sam lachte bij de trommel.")
    page.click("#note button")
    page.wait_for_selector("#notes li >> text=Sam lachte bij de trommel.")
    assert page.input_value("#note-text") == ""


def test_drawing_a_frame_takes_less_than_a_25th_of_a_second(opened):
    page = opened()
    took = page.evaluate("""() => {
        const slider = document.getElementById('time'), times = [];
        for (let k = 0; k < 60; k++) {
            slider.value = (k / 60) * slider.max;
            const start = performance.now();
            slider.dispatchEvent(new Event('input'));
            document.getElementById('stage').getContext('2d').getImageData(0, 0, 1, 1);
            times.push(performance.now() - start);
        }
        return times.sort((a, b) => a - b)[30];
    }""")
    assert took < 40
