"""Live beside a real session: what is pressed acts, what happens is told, and nothing of it ends a session."""

import asyncio
import json
import os
import random
import signal
import sys
import time
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.console import processes
from tests.console.processes import fresh, until
from vrtrainer.console import live_words, wire
from vrtrainer.console.story import Story
from vrtrainer.records import reading
from vrtrainer.records.database import Database
from vrtrainer.sessions.events import Event

TWO = """
name = { nl = "Kort", en = "Short" }
[[block]]
mode = "immediate"
gestures = ["wave", "one_arm_up"]
trials = 3
"""


class Window:
    """A browser window on Live, without the browser: it knows the newest view and counts the pictures."""

    def __init__(self, line):
        self.line, self.view, self.seen, self.told = line, {}, {}, []
        self.pictures = []

    async def hear(self, message):
        if message.type == aiohttp.WSMsgType.BINARY:
            self.pictures.append(message.data)
        elif message.type == aiohttp.WSMsgType.TEXT:
            news = json.loads(message.data)
            if news["kind"] == "view":
                self.view = news
            elif news["kind"] == "seen":
                self.seen = news
            else:
                self.told.append(news["text"])

    async def until(self, true, seconds=30.0):
        """Read until something is true of the window; seconds that it took."""
        began = time.perf_counter()
        while not true(self):
            left = seconds - (time.perf_counter() - began)
            if left <= 0:
                raise AssertionError(f"it did not come within {seconds} s; the view is {self.view}")
            try:
                message = await asyncio.wait_for(self.line.receive(), left)  # its own timeout starts anew at each ping
            except TimeoutError:
                continue
            assert message.type not in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR), "the line was closed"
            await self.hear(message)
        return time.perf_counter() - began

    async def press(self, command, value=""):
        await self.line.send_json({"command": command, "value": value})


@asynccontextmanager
async def browser(data, windows=1):
    """A browser that was let in, with windows on Live."""
    address = fresh(data)
    port = urlsplit(address).port
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an IP address too
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        async with session.get(address, allow_redirects=False) as answer:
            assert answer.status == 303
        origin = {"Origin": f"http://127.0.0.1:{port}"}
        url = f"http://127.0.0.1:{port}/live/line"
        lines = [await session.ws_connect(url, headers=origin, max_msg_size=0) for _ in range(windows)]
        try:
            yield [Window(line) for line in lines]
        finally:
            for line in lines:
                await line.close()


def events(data, *kinds):
    """What the newest journal says happened."""
    journal = max(data.glob("sessions/*/journal.mcap"), key=lambda p: p.stat().st_mtime)
    return [e for e in reading.read(journal).events if not kinds or e.trial_type in kinds]


def told(window, word):
    return any(word in entry["what"] for entry in window.view.get("log", ()))


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """A data folder in which a session runs and a console watches."""
    data = tmp_path_factory.mktemp("live")
    with processes.console(data), processes.running(data) as run:
        yield data, run


def test_what_is_pressed_acts_and_is_told(both):
    data, _ = both

    async def go():
        async with browser(data) as (window,):
            await window.until(lambda w: w.view.get("state") == "running")
            assert window.view["screen"] == "running"
            assert "Sam" in window.view["heading"]
            assert [one["where"] for one in window.view["order"]].count("now") == 1
            await window.until(lambda w: w.view["now"]["now"] and w.view["tracking"])
            took = []
            for command, word in (("slower", "Slower"), ("easier", "Easier"), ("pause", "Pause")):
                await window.press(command)
                took.append(await window.until(lambda w, word=word: told(w, word)))
            assert window.view["state"] == "paused"
            assert [c["name"] for c in window.view["choices"]] == ["go_on", "end"]
            await window.press("go_on")
            took.append(await window.until(lambda w: w.view["state"] == "running"))
            await window.press("stop")
            took.append(await window.until(lambda w: w.view["state"] == "stopped"))
            print("control to screen, ms:", [round(1000 * t) for t in took])
            assert sorted(took)[2] < 2.0  # 0.2 on a quiet machine: the benchmark says
            await window.press("go_on")
            await window.until(lambda w: w.view["state"] == "running")

    asyncio.run(go())
    ran = [(e.fields["command"], e.fields["actor"], e.fields["source"]) for e in events(data, "command")]
    for command in ("slower", "easier", "pause", "go_on", "stop"):
        assert (command, "adult", "console") in ran


def test_a_gesture_and_a_setting_that_are_chosen_reach_the_session_and_what_holds_is_shown(both):
    data, _ = both

    async def go():
        async with browser(data) as (window,):
            await window.until(lambda w: w.view.get("state") == "running" and w.view["gestures"]["of"])
            assert window.view["gestures"]["title"] == "Choose a gesture"
            await window.press("set", "avatar=nobody")  # no button asks this
            await window.press("set", "text=1.25")
            await window.until(lambda w: w.view["settings"]["text"] == "1.25")
            await window.press("set", "time_disc=on")
            await window.until(lambda w: w.view["settings"]["time_disc"] == "on")
            assert told(window, "Setting: Size of the text: larger")
            name = window.view["gestures"]["of"][-1]["name"]
            await window.press("choose", name)
            await window.until(lambda w: told(w, "Choose a gesture"))
            return name

    name = asyncio.run(go())
    until(lambda: any(e.fields.get("value") == name for e in events(data, "command")))  # the journal is a little later
    assert not any(e.fields.get("key") == "avatar" for e in events(data, "setting"))
    assert not any(e.fields["command"] == "set" for e in events(data, "refused"))
    assert {"text": "1.25", "time_disc": "on"}.items() <= {
        e.fields["key"]: e.fields["value"] for e in events(data, "setting")
    }.items()


def test_what_the_session_refuses_is_said_in_words(both):
    data, _ = both

    async def go():
        async with browser(data) as (window,):
            await window.until(lambda w: w.view.get("state") == "running")
            await window.press("go_on")
            await window.until(lambda w: any(e["refused"] for e in w.view["log"]))
            assert told(window, "not possible now")

    asyncio.run(go())


def test_what_no_button_asks_does_not_reach_the_session(both):
    data, _ = both

    async def go():
        async with browser(data) as (window,):
            await window.until(lambda w: w.view.get("state"))
            for text in ("", "[]", "{}", '{"command": "finish"}', '{"command": 5}', "null", '{"command": ["stop"]}'):
                await window.line.send_str(text)
            await window.press("note", "still here")
            await window.until(lambda w: told(w, "still here"))
            assert window.view["screen"] == "running"

    asyncio.run(go())


def test_notes_marks_and_ratings_stand_in_the_journal_with_their_time(both):
    data, _ = both

    async def go():
        async with browser(data) as (window,):
            await window.until(lambda w: w.view.get("rate") and w.view["rate"]["trial"] >= 0, 90)
            trial = window.view["rate"]["trial"]
            await window.press("rate", f"{trial}:1")
            await window.until(lambda w: w.view["rate"]["trial"] != trial or w.view["rate"]["grade"] == 1)
            await window.press("mark", "smiled")
            await window.until(lambda w: told(w, "laughed"))
            return trial

    trial = asyncio.run(go())
    until(lambda: any(e.fields["trial"] == trial for e in events(data, "rated")))
    (rated,) = [e for e in events(data, "rated") if e.fields["trial"] == trial]
    assert rated.fields["grade"] == 1
    assert any(e.fields["text"] == "smiled" and e.onset > 0 for e in events(data, "mark"))


def test_the_picture_comes_as_it_changes_and_its_words_beside_it(both, opengl):
    data, _ = both

    async def go():
        async with browser(data) as (window,):
            await window.until(lambda w: len(w.pictures) >= 3, 60)
            assert all(p[:1] == b"J" and p[1:3] == b"\xff\xd8" for p in window.pictures)
            assert window.seen["drawn"] == ""
            began, count = time.perf_counter(), len(window.pictures)
            await window.until(lambda w: len(w.pictures) >= count + 20, 60)
            print("pictures a second:", round(20 / (time.perf_counter() - began), 1))
            await window.line.send_json({"looks": False})
            await asyncio.sleep(1.0)
            while window.line._reader._buffer:  # what was on its way
                await window.hear(await window.line.receive(5))
            count = len(window.pictures)
            await window.until(lambda w: w.view["log"] is not None)
            assert len(window.pictures) == count

    asyncio.run(go())


def test_five_windows_are_told_the_same(both):
    data, _ = both

    async def go():
        async with browser(data, 5) as windows:
            for window in windows:
                await window.until(lambda w: w.view.get("state"))
            await windows[0].press("note", "seen by all")
            for window in windows:
                await window.until(lambda w: told(w, "seen by all"))

    asyncio.run(go())


def test_a_flood_does_not_reach_the_session_and_stop_passes(both):
    data, _ = both

    async def go():
        async with browser(data) as (window,):
            await window.until(lambda w: w.view.get("state") == "running")
            for _ in range(1500):
                await window.press("harder")
            await window.press("stop")
            await window.until(lambda w: w.view["state"] == "stopped", 20)
            assert any("Too many at once" in text for text in window.told)
            await window.press("go_on")

    asyncio.run(go())
    assert sum(e.fields.get("command") == "harder" for e in events(data, "command", "refused")) < 400


def test_the_learner_is_told_who_watches(both):
    data, _ = both
    names = [e.fields["name"] for e in events(data, "watching")]
    assert names[0] == "Somebody"


# What befalls it


@pytest.mark.alone
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9: Windows has no such signal")
def test_a_session_ends_whole_whatever_is_done_to_its_consoles(tmp_path):
    programme = tmp_path / "short.toml"
    programme.write_text(TWO, encoding="utf-8")
    luck = random.Random(5)
    with processes.running(tmp_path, *processes.SAM, "--programme", programme) as run:

        async def looked():
            async with browser(tmp_path) as (window,):
                await window.until(lambda w: w.view.get("state") or w.view.get("screen") != "running", 10)
                await asyncio.sleep(luck.uniform(0, 2))

        killed = 0
        while run.poll() is None and killed < 40:
            with processes.console(tmp_path) as (console, _):
                try:
                    asyncio.run(looked())
                except (AssertionError, aiohttp.ClientError, OSError):
                    assert run.poll() is not None or killed >= 0
                os.kill(console.pid, signal.SIGKILL)
                console.wait()
            killed += 1
        assert run.wait(120) == 0, run.stdout.read()
    assert killed >= 3
    with Database(tmp_path) as database:
        row = database.session()
        assert row["ended"] == "finished"
        assert len(database.trials(row["id"])) == 3
    assert not (tmp_path / "run.json").exists()


def test_a_session_that_is_killed_is_said_to_have_ended_and_the_next_one_is_found(tmp_path):
    async def go(data):
        async with browser(data) as (window,):
            await window.until(lambda w: w.view.get("screen") == "none")
            with processes.running(data) as run:
                await window.until(lambda w: w.view["screen"] == "running")
                run.kill()
                await window.until(lambda w: w.view["screen"] == "broken")
                assert window.view["after"].startswith("/after/")
                assert "Everything up to here is kept" in window.view["notice"]
            with processes.running(data) as run:
                await window.until(lambda w: w.view["screen"] == "running")
                run.send_signal(signal.SIGINT)
                await window.until(lambda w: w.view["screen"] == "over")

    with processes.console(tmp_path):
        asyncio.run(go(tmp_path))
    assert not (tmp_path / "run.json").exists()


# Words


def event(kind, of_trial=-1, **given):
    return Event(1.0, float("nan"), kind, 0, of_trial, "running", given)


def test_while_the_learner_chooses_the_gestures_are_pictures_to_add():
    from vrtrainer import choices
    from vrtrainer.console import pages, server

    words = pages.Words(server._texts(choices.content("assets") / "language", "en"), "en")
    story = Story()
    blocks = [{"kind": "page", "page": "choose"}, {"kind": "trials", "page": ""}]
    story.tell(event("session_started", blocks=blocks, gestures={"wave": "Wave"}))
    for block, title in ((0, "Add a picture"), (1, "Choose a gesture")):
        story.tell(event("session_state", state="running", block=block))
        assert live_words._Live(words, story).gestures() == {"title": title, "of": [{"name": "wave", "title": "Wave"}]}
    story.tell(event("command", command="choose", value="wave", actor="adult"))
    assert live_words._Live(words, story).log()[0]["what"] == "Choose a gesture: Wave"


def test_the_rating_is_of_the_last_trial_that_has_an_answer():
    story = Story()
    story.tell(event("now_next_why", 0, now="Wave"))
    assert story.to_rate == -1
    story.tell(event("answered", 0, answer={"graded": 2, "attempted": True, "withheld": None}))
    story.tell(event("trial_ended", 0, answer={"graded": 2, "attempted": True, "withheld": None}, plan={}))
    story.tell(event("now_next_why", 1, now="Fist"))
    assert story.to_rate == 0  # the adult still thinks of it while the next one begins
    story.tell(event("rated", -1, trial=0, grade=1))
    assert story.trials[0]["rated"] == 1
    assert story.trials[0]["graded"] == 2  # beside it, not instead of it


@pytest.mark.parametrize(
    ("share", "level"), [(1.0, "well"), (0.85, "well"), (0.5, "partly"), (0.1, "not"), (0.0, "not")]
)
def test_what_is_not_visible_is_said_in_words(share, level):
    from vrtrainer import choices
    from vrtrainer.console import pages, server

    words = pages.Words(server._texts(choices.content("assets") / "language", "en"), "en")
    story = Story()
    story.tell(event("tracking", leftHand=share))
    (part,) = live_words._Live(words, story).tracking()
    assert (part["part"], part["level"]) == ("left hand", level)
    assert ("not visible" in part["text"]) == (level == "not")


def test_a_tableau_of_another_version_stops_no_drawing(tmp_path):
    from vrtrainer import api
    from vrtrainer.console.picture import Painter
    from vrtrainer.sessions.tableau import EMPTY

    content = api.options(data=tmp_path).content
    drawn = []
    painter = Painter(content, "en", taken=lambda: None, drawn=drawn.append)
    painter._svg, painter._thread = True, None
    try:
        painter.offer(b"\0\0")
        until(lambda: painter.reason)
        painter.offer(wire.packed(EMPTY))
        until(lambda: drawn)
    finally:
        painter.close()
    assert "one version for both" in painter.reason
