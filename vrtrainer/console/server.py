"""The console's process: pages for the adult on this computer, the line to the run, and who may come in.

Rule 1: every module here that has `routes(console)` brings its pages; nothing is registered anywhere else.
Rule 2: the session goes on whatever happens to this process. It is asked, never held.
Rule 3: one console a data folder: a second one asks the first to open another window.
"""

import asyncio
import contextlib
import functools
import importlib
import json
import os
import pkgutil
import signal
import sys
import threading
import time
import tomllib
import urllib.request
import webbrowser
from pathlib import Path

from aiohttp import web

from vrtrainer import console as room
from vrtrainer.console import door, run_file, start_run
from vrtrainer.console.client import Line
from vrtrainer.console.door import Door
from vrtrainer.records._held import hold
from vrtrainer.records.database import Database
from vrtrainer.records.schema import DatabaseError

NAME, HELD = "console.json", "console.lock"
LARGEST = 4 * 1024 * 1024  # bytes of a form


class Console:
    """What pages use: `data`, `content`, `language`, `texts(code)`, `database()`, `running()`, `line`, `start(words)`.

    `rest` are texts of sections that the console's own languages lack; `heard` are functions that are called when the
    line has news.
    """

    def __init__(self, data, content, language, findings=tuple):
        self.data, self.content, self.language = Path(data), content, language
        self.findings = findings
        """What was found on this computer, as the doctor finds it; takes seconds."""
        self.line = Line(data, changed=self._changed, shown=self._shown, refused=self._refused)
        self.starting = None
        """The last session that was started from here: `start_run.Start`, None for none."""
        self.on_change, self.on_tableau, self.on_refused = [], [], []

    def texts(self, code):
        """A language's tables, and English where it has none."""
        return _texts(self.content.assets / "language", code)

    def database(self):
        """The data folder's database; for use with `with`."""
        return Database(self.data)

    def running(self):
        """The session that runs (`run_file.Run`: session, person, started …), or None."""
        return self.line.run

    def start(self, words, language=None):
        """Start `vrtrainer run` with these words, unless a session runs or starts; the page /live tells the rest."""
        busy = self.starting is not None and self.starting.state == "starting"
        if self.running() is None and not busy:
            self.starting = start_run.start(self.data, language or self.language, words)
        return self.starting

    def _changed(self):
        for heard in self.on_change:
            heard()

    def _shown(self, data):
        for heard in self.on_tableau:
            heard(data)

    def _refused(self, name, why):
        for heard in self.on_refused:
            heard(name, why)


@functools.cache
def _texts(folder, code):
    english, own = (tomllib.loads((folder / f"{c}.toml").read_text(encoding="utf-8")) for c in ("en", code))
    return {section: {**table, **own.get(section, {})} for section, table in english.items()}


# The application


def application(console, guard):
    """aiohttp's application with everybody's pages behind the door."""
    app = web.Application(middlewares=[_guarded(console, guard)], client_max_size=LARGEST)
    taken = set()
    for found in sorted(pkgutil.iter_modules(room.__path__), key=lambda m: m.name):
        module = importlib.import_module(f"{room.__name__}.{found.name}")
        if hasattr(module, "routes"):
            routes = list(module.routes(console))
            app.add_routes(routes)
            taken |= {getattr(route, "path", "") for route in routes}
        if hasattr(module, "living"):
            app.cleanup_ctx.append(functools.partial(module.living, console))
    if "/" not in taken:
        app.router.add_get("/", _to_live)
    app.cleanup_ctx.append(functools.partial(_line_kept, console))
    always = door.headers(guard.port)

    async def dressed(_request, response):
        for name, value in always.items():
            response.headers.setdefault(name, value)

    app.on_response_prepare.append(dressed)
    return app


async def _to_live(_request):
    raise web.HTTPSeeOther("/live")


async def _line_kept(console, _app):
    task = asyncio.create_task(console.line.keep())
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _guarded(console, guard):
    @web.middleware
    async def guarded(request, handler):
        texts = console.texts(console.language)
        if guard.refusal(request):
            return door.closed(texts, console.language)
        if request.path == door.FRESH:
            return guard.fresh(request)
        if "token" in request.query and (answer := guard.let_in(request)):
            raise answer
        if not guard.known(request):
            return door.closed(texts, console.language)
        if "token" in request.query:
            raise web.HTTPSeeOther("/")  # a token used twice in a browser that is in already
        try:
            return await handler(request)
        except web.HTTPNotFound:
            return _sentence(console, request, 404, "no_page")
        except (DatabaseError, OSError) as error:
            said = f"{error.filename}: {error.strerror}" if getattr(error, "filename", None) else str(error)
            return _sentence(console, request, 503, "not_now", what=said)

    return guarded


def _sentence(console, request, status, key, **values):
    from vrtrainer.console import pages

    words = pages.words_of(console, request)
    said = words.say(f"console_live.{key}", **values)
    return pages.page(console, request, "sentence.html", status=status, sentence=said)


# The process


def run(data, content, language, *, port=0, browser=True, say=print, findings=tuple):
    """Serve until it is ended; an exit code. Where a console runs already, open another window of it."""
    data = Path(data)
    data.mkdir(parents=True, exist_ok=True)
    words = _texts(content.assets / "language", language)["console_live"]
    with open(data / HELD, "ab") as lock:
        address = _address_of_the_first(data, lock)
        if address:
            say(words["opened_again"].format(address=address))
            _open(address, browser)
            return 0
        try:
            asyncio.run(_serve(Console(data, content, language, findings), words, port, browser, say))
        except KeyboardInterrupt:
            pass
        finally:
            (data / NAME).unlink(missing_ok=True)
    return 0


def _address_of_the_first(data, lock):
    """A fresh address of the console that runs, "" where none does: then the lock is ours."""
    until = time.monotonic() + 5.0
    while not hold(lock):
        table = run_file.read_table(data / NAME)
        if table is not None:
            asked = urllib.request.Request(
                f"http://127.0.0.1:{table.get('port')}{door.FRESH}",
                method="POST",
                headers={"Authorization": f"Bearer {table.get('secret')}"},
            )
            with contextlib.suppress(OSError, ValueError):
                # No proxy of the environment may see the secret.
                opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
                with opener.open(asked, timeout=3) as answer:
                    return json.load(answer)["address"]
        if time.monotonic() > until:
            raise RuntimeError(f"{data / NAME}: a console runs but does not answer; end it and try again")
        time.sleep(0.2)
    return ""


async def _serve(console, words, port, browser, say):
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows: Ctrl+C raises KeyboardInterrupt
                loop.add_signal_handler(number, ended.set)
    line = start_run.listening(port)
    guard = Door(line.getsockname()[1])
    runner = web.AppRunner(application(console, guard), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.SockSite(runner, line).start()
        table = {"pid": os.getpid(), "port": guard.port, "secret": guard.secret, "data": str(console.data)}
        run_file.write_private(console.data / NAME, table)
        address = guard.address()
        say(words["opened"].format(address=address))
        if sys.stdout is not None:  # pythonw has none
            sys.stdout.flush()
        _open(address, browser)
        await ended.wait()
    finally:
        await runner.cleanup()


def _open(address, browser):
    """Open the browser, where there is a screen for one; a browser of the terminal would take it over."""
    seen = sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if browser and seen:
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
