"""Who sits beside a session in tests: a console by hand on the run's line, and a window on Live, each in a thread."""

import asyncio
import contextlib
import json
import socket
import threading
import time
from urllib.parse import urlsplit

import aiohttp

from tests.console.processes import fresh, until
from vrtrainer.console import run_file, wire


class Beside(threading.Thread):
    """A console by hand. `heard` are (time.monotonic(), event), `captions` all that the learner was given to read."""

    def __init__(self, data):
        super().__init__(daemon=True)
        run = run_file.read(data)
        self._line = socket.create_connection(("127.0.0.1", run.port), timeout=20)
        self.heard, self.captions, self.refused, self.said_goodbye = [], set(), [], False
        self._line.sendall(wire.frame(wire.SECRET, bytes.fromhex(run.secret)) + wire.frame(wire.WANTS))
        self.start()

    def run(self):
        reader = wire.Reader(wire.FROM_RUN)
        try:
            while data := self._line.recv(262144):
                for kind, body in reader.feed(data):
                    if kind == wire.EVENTS:
                        self.heard += [(time.monotonic(), event) for event in wire.events(body)]
                    elif kind == wire.TABLEAU:
                        self.captions |= {caption.text for caption in wire.unpacked(body).captions}
                        self._line.sendall(wire.frame(wire.WANTS))
                    elif kind == wire.REFUSED:
                        self.refused.append(json.loads(body))
                    elif kind == wire.BYE:
                        self.said_goodbye = True
        except OSError:
            pass  # closed, here or there

    def ask(self, name, value=""):
        self._line.sendall(wire.frame(wire.COMMAND, json.dumps({"name": name, "value": value}).encode()))

    def events(self, *kinds, since=0):
        return [event for _, event in self.heard[since:] if event.trial_type in kinds]

    def until(self, kind, true=lambda event: True, since=0, seconds=60):
        """The first event of a kind of which something is true, and when it was heard."""

        def found():
            return next(((at, e) for at, e in self.heard[since:] if e.trial_type == kind and true(e)), None)

        return until(found, seconds)

    def close(self):
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)
        self.join(5)
        self._line.close()


class Page(threading.Thread):
    """A window on Live of a console that runs: every notice and every line of the log that it was ever told."""

    def __init__(self, data):
        super().__init__(daemon=True)
        self._address = fresh(data)
        self.notices, self.log, self.views, self.pictures, self.drawn = [], [], 0, [], []
        self.view = {}
        self._going = True
        self.start()

    def run(self):
        asyncio.run(self._watch())

    async def _watch(self):
        jar = aiohttp.CookieJar(unsafe=True)  # cookies of an IP address too
        base = f"http://127.0.0.1:{urlsplit(self._address).port}"
        try:
            async with aiohttp.ClientSession(cookie_jar=jar) as session:
                async with session.get(self._address, allow_redirects=False) as answer:
                    assert answer.status == 303
                line = await session.ws_connect(f"{base}/live/line", headers={"Origin": base}, max_msg_size=0)
                while self._going:
                    try:
                        message = await line.receive(0.3)
                    except TimeoutError:
                        continue
                    if message.type == aiohttp.WSMsgType.BINARY:
                        self.pictures.append((time.monotonic(), message.data[:1]))
                    elif message.type != aiohttp.WSMsgType.TEXT:
                        return
                    else:
                        self._take(json.loads(message.data))
                await line.close()
        except (aiohttp.ClientError, OSError):
            return  # the console is gone

    def _take(self, news):
        if news["kind"] == "view":
            self.view, self.views = news, self.views + 1
            if news["notice"] and news["notice"] not in self.notices:
                self.notices.append(news["notice"])
            self.log += [one["what"] for one in news["log"] if one["what"] not in self.log]
        elif news["kind"] == "seen":
            self.drawn.append(news["drawn"])

    def close(self):
        self._going = False
        self.join(5)
