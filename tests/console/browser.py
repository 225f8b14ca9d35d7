"""The console in a thread of its own, pages of a browser that it has let in, and what axe-core finds in them."""

import asyncio
import contextlib
import threading

from aiohttp import web

from tests.reports.conftest import CONTENT
from vrtrainer.console import server
from vrtrainer.console.door import Door
from vrtrainer.console.start_run import listening
from vrtrainer.doctor import Finding

WIDTHS = {390: 844, 820: 1180, 1366: 768}
"""A phone, a tablet and a laptop: how wide and how high."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FOUND = (
    Finding("window", "good", "plain", "", {"text": "a screen"}),
    Finding("openxr", "good", "runtime", "headset_next", {"name": "a headset", "path": ""}),
    Finding("webcam", "missing", "no_webcam", "nobody_instead"),
    Finding("data", "good", "free", "", {"folder": "", "free": "65.3"}),
)
"""What the doctor might find where there is a screen and a headset."""


class Served:
    """The console of one data folder. `console` is told of in a browser only."""

    def __init__(self, data, language="nl", found=FOUND):
        self._loop, self._up = asyncio.new_event_loop(), threading.Event()
        line = listening(0)
        self.guard = Door(line.getsockname()[1])
        self.base = f"http://127.0.0.1:{self.guard.port}"
        self.console = server.Console(data, CONTENT, language, lambda: found)

        async def serve():
            runner = web.AppRunner(server.application(self.console, self.guard), access_log=None, shutdown_timeout=0.5)
            await runner.setup()
            await web.SockSite(runner, line).start()
            self._over = asyncio.Event()
            self._up.set()
            await self._over.wait()
            await runner.cleanup()

        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(serve(),), daemon=True)
        self._thread.start()
        assert self._up.wait(20)

    def close(self):
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)
        self._loop.close()

    @contextlib.contextmanager
    def page(self, chromium, width=1366, **context):
        """A page of a browser that has been let in; fails when anything was said on the browser's own console."""
        context = chromium.new_context(viewport={"width": width, "height": WIDTHS[width]}, **context)
        page = context.new_page()
        page.set_default_timeout(120_000)  # pictures are made when they are first asked for, also beside other tests
        said = []
        page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(self.guard.address())
        try:
            yield page
        finally:
            context.close()
        # A form that comes back with a sentence beside a field has status 422, which the browser mentions.
        assert not [line for line in said if "422" not in line]


def problems(page):
    """What axe-core finds wrong in a page: (rule, the first element's HTML) each."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [(one["id"], one["nodes"][0]["html"][:200], one["nodes"][0]["failureSummary"]) for one in found]


def too_wide(page):
    """How many pixels a page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
