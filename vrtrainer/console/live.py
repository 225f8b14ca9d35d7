"""Live: the page, and the line to each browser: state as JSON when it changes, pictures as they are drawn.

Rule 1: a browser that reads slowly is told the newest; nothing waits for it, and nothing piles up.
Rule 2: who looks is told to the learner: by name, and that nobody does once every window was closed for 10 s.
Rule 3: the session decides. A command that it refuses comes back as an event, and is shown in words.
"""

import asyncio
import contextlib
import json
import time

from aiohttp import WSMsgType, web

from vrtrainer.console import adults, live_words, pages
from vrtrainer.console.picture import Painter

APART = 0.04  # s between two states
LEFT = 10.0  # s after the last window was closed
TICK = 0.5  # s between looks at what no event tells: a start that fails
WINDOWS = 12
LARGEST = 16 * 1024
WATCHERS = web.AppKey("watchers", object)


def routes(console):
    return [web.get("/live", _page(console)), web.get("/live/line", _line(console))]


async def living(console, app):
    """What lives as long as the console: the painter, and who watches."""
    watchers = app[WATCHERS] = Watchers(console)
    ticking = asyncio.create_task(watchers.tick())
    yield
    ticking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await ticking
    await watchers.close()


def _page(console):
    async def page(request):
        words = pages.words_of(console, request)
        controls = [
            {"name": name, "key": key, "shown": shown or words.say("console_live.key_space")}
            for name, key, shown in live_words.CONTROLS
        ]
        return pages.page(
            console,
            request,
            "live.html",
            here="live",
            view=live_words.view(console, words),
            controls=controls,
            marks=live_words.MARKS,
            settings=live_words.SETTINGS,
            controls_words=words.texts["controls"],
        )

    return page


def _line(console):
    async def line(request):
        watchers = request.app[WATCHERS]
        if len(watchers.windows) >= WINDOWS:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(heartbeat=10, max_msg_size=LARGEST, compress=False)
        await socket.prepare(request)
        adult = adults.here(console, request)
        window = Window(console, socket, pages.words_of(console, request), adult.name if adult else "")
        watchers.come(window)
        sending = asyncio.create_task(window.send())
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    watchers.hear(window, message.data)
        finally:
            sending.cancel()
            watchers.go(window)
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await sending
        return socket

    return line


class Window:
    """One browser window: the newest state and picture go out one after the other."""

    def __init__(self, console, socket, words, adult):
        self._console, self._socket, self.words, self.adult = console, socket, words, adult
        self.looks = True
        self._bell = asyncio.Event()
        self._state, self._drawn, self._told = True, None, []
        self._last = {}
        self._bell.set()

    def state_changed(self):
        self._state = True
        self._bell.set()

    def drawn(self, drawn, reason):
        self._drawn = (drawn, reason)
        self._bell.set()

    def tell(self, **table):
        self._told.append(table)
        self._bell.set()

    async def send(self):
        """Until it is cancelled or the browser is gone."""
        sent = 0.0
        with contextlib.suppress(ConnectionError, RuntimeError):  # aiohttp's words for a socket that has closed
            while not self._socket.closed:
                await self._bell.wait()
                self._bell.clear()
                told, self._told = self._told, []
                for table in told:
                    await self._say(table)
                if self._state:
                    rest = APART - (time.monotonic() - sent)
                    if rest > 0:
                        await asyncio.sleep(rest)
                    self._state, sent = False, time.monotonic()
                    await self._say_if_new("view", live_words.view(self._console, self.words))
                if self._drawn is not None:
                    (drawn, reason), self._drawn = self._drawn, None
                    why = self.words.say("console_live.drawn", why=reason) if reason else ""
                    seen = {"kind": "seen", "reads": drawn.captions, "chooses": drawn.choices, "drawn": why}
                    await self._say_if_new("seen", seen)
                    await self._socket.send_bytes((b"J" if drawn.kind == "image/jpeg" else b"S") + drawn.data)

    async def _say_if_new(self, kind, table):
        if self._last.get(kind) != table:
            self._last[kind] = table
            await self._say(table)

    async def _say(self, table):
        await self._socket.send_str(json.dumps(table, allow_nan=False))


class Watchers:
    """All windows, the painter for them, and what the learner is told of them."""

    def __init__(self, console):
        self.windows = []
        self._console, self._loop = console, asyncio.get_running_loop()
        self._left_at, self._said, self._told_run = None, "", None
        self._last = None
        line = console.line
        self._painter = Painter(
            console.content,
            console.language,
            taken=lambda: self._soon(line.taken),
            drawn=lambda drawn: self._soon(self._drawn, drawn),
        )
        console.on_change.append(self.changed)
        console.on_tableau.append(self._painter.offer)
        console.on_refused.append(self._refused)

    def _soon(self, call, *arguments):
        """Call in the event loop, from the painter's thread; at the very end nobody is left to call."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call, *arguments)

    async def tick(self):
        """Look at what no event tells: a start that fails, a run that is gone, windows that stay closed."""
        was = ""
        while True:
            await asyncio.sleep(TICK)
            which = live_words.screen(self._console)
            if which != was or which == "starting":
                was = which
                self.changed()
            if self._left_at is not None and time.monotonic() - self._left_at > LEFT:
                self._left_at = None
                self._say_who("")

    async def close(self):
        self._painter.close()
        for window in tuple(self.windows):
            await window._socket.close()

    # Who watches

    def come(self, window):
        self.windows.append(window)
        self._left_at = None
        self._say_who(self._names())
        if self._last is not None:
            window.drawn(*self._last)
        self._look()

    def go(self, window):
        self.windows.remove(window)
        if self.windows:
            self._say_who(self._names())
        else:
            self._left_at = time.monotonic()
        self._look()

    def _look(self):
        self._console.line.look(any(window.looks for window in self.windows))

    def _names(self):
        """Everybody's names; somebody without a name is somebody all the same."""
        named = sorted({window.adult for window in self.windows if window.adult})
        texts = self._console.texts(self._console.language)
        if not named:
            return texts["console_live"]["watching_nobody_named"]
        return f" {texts['run']['and']} ".join([", ".join(named[:-1]), named[-1]] if named[1:] else named)

    def _say_who(self, names):
        run = self._console.line.run
        if run is not None and (names, run.secret) != (self._said, self._told_run):
            self._said, self._told_run = names, run.secret
            self._console.line.send("watching", names)

    # What goes on

    def changed(self):
        if self.windows:
            self._say_who(self._names())
        for window in self.windows:
            window.state_changed()

    def _drawn(self, drawn):
        self._last = (drawn, self._painter.reason)
        for window in self.windows:
            if window.looks:
                window.drawn(*self._last)

    def _refused(self, name, why):
        for window in self.windows:
            self._not(window, name, why)

    @staticmethod
    def _not(window, name, why):
        words = window.words
        what = words.texts["controls"].get(name, name)
        known = why if words.has(f"console_live.why_{why}") else "unknown"
        said = words.say("console_live.refused_why", what=what, why=words.say(f"console_live.why_{known}"))
        window.tell(kind="told", text=said)

    def hear(self, window, text):
        """What a window asks: a command, or not to be shown pictures while it is hidden."""
        try:
            asked = json.loads(text)
            name, value = str(asked.get("command", "")), str(asked.get("value", ""))
        except (ValueError, AttributeError):
            return
        if "looks" in asked:
            window.looks = asked["looks"] is True
            self._look()
        elif live_words.may_ask(name, value) and not self._console.line.send(name, value):
            self._not(window, name, "no_line")
