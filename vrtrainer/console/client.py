"""The console's line to the run: found by DATA/run.json, kept until the session ends, and looked for again.

Rule 1: looking costs next to nothing: the file's own time is read three times a second, and nothing else.
Rule 2: what a run left behind when it crashed is taken away once its port answers nobody.
Rule 3: a tableau is asked for only while somebody looks, and the next one once the last is being drawn.
"""

import asyncio
import contextlib
import hmac
import json
from pathlib import Path

from vrtrainer.console import publisher, run_file, wire
from vrtrainer.console.story import Story

POLL = 0.3  # s between looks for a run
ANSWERS_IN = 2.0  # s that a run has to prove itself


class Line:
    """`run` is the session that runs, None where none does; `story` what is known of it or of the last one.

    `changed` is called without arguments when the story or `run` did, `shown` with each tableau's bytes, `refused`
    with the name of a command that did not get through and the key of why.
    """

    def __init__(self, data, *, changed, shown, refused):
        self._data = Path(data)
        self._changed, self._shown, self._refused = changed, shown, refused
        self.run, self.story = None, Story()
        self.last = None
        """The run before, once it has gone."""
        self._writer, self._looking, self._asked = None, False, False
        self._seen = None

    async def keep(self):
        """Find and follow runs until it is cancelled."""
        while True:
            run = self._found()
            if run is not None:
                await self._follow(run)
            await asyncio.sleep(POLL)

    def _found(self):
        path = self._data / run_file.NAME
        try:
            stamp = path.stat()
        except OSError:
            self._seen = None
            return None
        now = (stamp.st_mtime_ns, stamp.st_ino)
        if now == self._seen:
            return None
        self._seen = now
        run = run_file.read(self._data)
        if run is not None and run_file.dead(run):
            run_file.remove(self._data, run)
            return None
        return run

    async def _follow(self, run):
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", run.port)
        except OSError:
            run_file.remove(self._data, run)
            return
        secret = bytes.fromhex(run.secret)
        frames, proven = wire.Reader(wire.FROM_RUN), False
        try:
            writer.write(wire.frame(wire.SECRET, secret))
            wait = ANSWERS_IN
            while data := await asyncio.wait_for(reader.read(262144), wait):
                for kind, body in frames.feed(data):
                    if not proven:
                        if kind != wire.PROOF or not hmac.compare_digest(body, publisher.proof(secret)):
                            run_file.remove(self._data, run)  # somebody else has that port now
                            return
                        proven, wait = True, None
                        self._begin(run, writer)
                    else:
                        self._hear(kind, body)
        except (OSError, TimeoutError, wire.WireError):
            pass  # the line is gone; whether the session had ended, its story tells
        finally:
            if proven:
                self._end()
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            self._seen = None  # where it still runs, it is found again

    def _begin(self, run, writer):
        self.story = Story()  # all of it is told again
        self.run, self._writer, self._asked = run, writer, False
        self._ask_for_tableau()
        self._changed()

    def _end(self):
        self.last, self.run, self._writer = self.run, None, None
        self._changed()

    def _hear(self, kind, body):
        if kind == wire.EVENTS:
            for event in wire.events(body):
                self.story.tell(event)
            self._changed()
        elif kind == wire.TABLEAU:
            self._asked = False
            self._shown(body)
        elif kind == wire.REFUSED:
            told = json.loads(body)
            self._refused(told["command"], told["why"])
        elif kind == wire.BYE:
            self.story.over = True  # in good order, if earlier than planned

    # What the console asks

    def send(self, name, value=""):
        """Ask something of the session; False where there is none."""
        if self._writer is None:
            return False
        self._writer.write(wire.frame(wire.COMMAND, json.dumps({"name": name, "value": value}).encode()))
        return True

    def look(self, somebody):
        """Whether somebody looks at what the learner sees."""
        self._looking = somebody
        self._ask_for_tableau()

    def taken(self):
        """The last tableau is being drawn: the next one may come."""
        self._ask_for_tableau()

    def _ask_for_tableau(self):
        if self._looking and not self._asked and self._writer is not None:
            self._asked = True
            self._writer.write(wire.frame(wire.WANTS))
