"""The run's side of the console: a thread that serves what the loop posts, and takes commands, on this computer only.

Rule 1: the loop never waits. `post` leaves tableau and events where the thread finds them.
Rule 2: nobody is told anything before the secret of DATA/run.json was shown.
Rule 3: a tableau goes out when it is asked for, 15 times a second at most. Who does not read is let go.
Rule 4: no flood of commands fills the inbox, and no flood keeps a stop out.
"""

import contextlib
import hmac
import json
import math
import os
import secrets
import selectors
import socket
import threading
import time
from collections import deque
from pathlib import Path

from vrtrainer.console import run_file, wire
from vrtrainer.sessions.commands import NAMES, Command
from vrtrainer.sessions.events import Event

POLL, IDLE = 0.01, 0.25  # s between looks at the ring with and without a console
RATE = 15.0  # tableaux a second
RING, KEPT = 4096, 3000  # events that wait, and that a late console is told
CONSOLES = 8
PATIENCE = 2.0  # s for a newcomer to show the secret
UNREAD = 4 * 1024 * 1024  # bytes that a console may leave unread
LONGEST = 2000  # characters of a value
PER_SECOND, AT_ONCE = 20.0, 30  # commands that pass
SAME_STOP = 0.05  # s within which a second stop is the same one
ALONE = 10.0  # s without any console, after which nobody watches
LOOKS = 0.5  # s between looks at what is amiss
FAREWELL = 0.5  # s for the last words

_LAST = frozenset(
    {"session_started", "session_state", "now_next_why", "tracking", "phase", "watching", "dose", "answered", "fault"}
)
"""Of these a newcomer needs the newest only."""
_NOT = frozenset({"shown_hash", "learner_model"})


def proof(secret):
    """What the run answers to the secret, so that the console knows that it speaks to the run."""
    return hmac.digest(secret, b"vrtrainer run", "sha256")


class Publisher:
    """Listens from its making until `close`. `fault` says why no console can come, "" while one can.

    `faults()` gives what is amiss with keeping the session, each a `records.faults.Fault` or ""; it is asked from the
    thread, never the loop.
    """

    def __init__(self, data, inbox, *, session, person, started, versions, faults=tuple):
        self._data, self._inbox = Path(data), inbox
        self._secret = secrets.token_bytes(32)
        self._slot, self._ring = (None,), deque(maxlen=RING)
        self._history = _History()
        self._consoles, self._budget = [], _Budget()
        self._watched, self._alone_since = False, None
        self._faults, self._amiss, self._looked = faults, (), 0.0
        self._closing = threading.Event()
        self.fault = ""
        self.run = None
        try:
            self._door = socket.create_server(("127.0.0.1", 0), backlog=CONSOLES)
        except OSError as error:
            self.fault = f"127.0.0.1: {error.strerror}"
            return
        self._door.setblocking(False)
        self.run = run_file.Run(
            os.getpid(), self._door.getsockname()[1], self._secret.hex(), session, person, started, versions
        )
        try:
            run_file.write(data, self.run)
        except OSError as error:
            self.fault = f"{error.filename}: {error.strerror}"
            self._door.close()
            return
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._door, selectors.EVENT_READ)
        self._bell, self._ringing = socket.socketpair()
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._serve, name="publisher", daemon=True)
        self._thread.start()

    def post(self, _frame, shown, events):
        """Take what the loop shows and tells."""
        self._slot = (shown,)  # a new one each frame: that the loop lives is read from it
        if events:
            self._ring.extend(events)

    def close(self):
        """Tell what was not told yet, and go. Twice is once."""
        if self._closing.is_set() or self.fault:
            return
        self._closing.set()
        with contextlib.suppress(OSError):
            self._ringing.send(b"!")
        self._thread.join(FAREWELL + 1.0)
        run_file.remove(self._data, self.run)

    # The thread

    def _serve(self):
        try:
            while not self._closing.is_set():
                for key, _ in self._selector.select(POLL if self._consoles else IDLE):
                    if key.fileobj is self._door:
                        self._let_in()
                    elif key.data is not None:
                        self._hear(key.data)
                self._tell()
            self._tell()
            self._farewell()
        finally:
            for console in self._consoles:
                console.line.close()
            for one in (self._door, self._bell, self._ringing, self._selector):
                one.close()

    def _let_in(self):
        try:
            line, _ = self._door.accept()
        except OSError:
            return
        if len(self._consoles) >= CONSOLES:
            # Lines that show no secret keep no console out.
            strangers = [console for console in self._consoles if not console.trusted]
            if not strangers:
                line.close()
                return
            self._let_go(strangers[0])
        line.setblocking(False)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        console = _Line(line)
        self._consoles.append(console)
        self._selector.register(line, selectors.EVENT_READ, console)

    def _let_go(self, console):
        self._selector.unregister(console.line)
        self._consoles.remove(console)
        console.line.close()

    def _hear(self, console):
        try:
            data = console.line.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._let_go(console)
            return
        try:
            for kind, body in console.reader.feed(data):
                if not console.trusted:
                    if kind != wire.SECRET or not hmac.compare_digest(body, self._secret):
                        self._let_go(console)
                        return
                    console.trusted = True
                    console.say(wire.PROOF, proof(self._secret))
                    console.say(wire.EVENTS, wire.told(self._history.for_newcomers()))
                elif kind == wire.WANTS:
                    console.wants = True
                elif kind == wire.COMMAND:
                    self._obey(console, body)
        except wire.WireError:
            self._let_go(console)

    def _obey(self, console, body):
        asked = wire.request(body)
        name, value = asked or ("", "")
        if asked is None or name not in NAMES or len(value) > LONGEST:
            why = "unknown"
        elif not self._budget.allows(name, self._slot, time.monotonic()):
            if name == "stop":
                return  # the one before is on its way
            why = "too_many"
        elif not self._inbox.put(Command(name, value, "adult", "console")):
            why = "too_many"
        else:
            if name == "watching":
                self._watched = bool(value)
            return
        console.say(wire.REFUSED, json.dumps({"command": name[:40], "why": why}).encode())

    def _what_is_amiss(self):
        """What the adult has to know and the learner has not: an event when it begins, changes or is over."""
        faults = [fault for fault in self._faults() if fault]
        amiss = tuple(fault.key for fault in faults)
        if amiss == self._amiss:
            return []
        self._amiss = amiss
        told = {"what": "; ".join(faults), "told": [{"key": fault.key, "values": fault.values} for fault in faults]}
        event = Event(math.nan, math.nan, "fault", -1, -1, "", told)
        self._history.keep(event)
        return [event]

    def _keep_word(self):
        """Where the data folder was taken away, a console that comes finds the run all the same."""
        if not (self._data / run_file.NAME).exists():
            with contextlib.suppress(OSError):
                run_file.write(self._data, self.run)

    def _tell(self):
        news = []
        while self._ring:
            event = self._ring.popleft()
            if event.trial_type not in _NOT:
                self._history.keep(event)
                news.append(event)
        now, (shown,) = time.monotonic(), self._slot
        if now - self._looked >= LOOKS:
            self._looked = now
            news += self._what_is_amiss()
            self._keep_word()
        told = tableau = None
        for console in tuple(self._consoles):
            if not console.trusted:
                if now - console.since > PATIENCE:
                    self._let_go(console)
                continue
            if news:
                told = told or wire.told(news)
                console.say(wire.EVENTS, told)
            if console.wants and shown is not None and shown is not console.has and now - console.sent >= 1 / RATE:
                tableau = tableau or wire.packed(shown)
                console.say(wire.TABLEAU, tableau)
                console.wants, console.has, console.sent = False, shown, now
            if not console.flush():
                self._let_go(console)
        self._nobody_left(now)

    def _nobody_left(self, now):
        """A console that died cannot say that nobody watches any more; the learner is told all the same."""
        if any(console.trusted for console in self._consoles) or not self._watched:
            self._alone_since = None
        elif self._alone_since is None:
            self._alone_since = now
        elif now - self._alone_since > ALONE:
            self._inbox.put(Command("watching", "", "adult", "console"))
            self._watched, self._alone_since = False, None

    def _farewell(self):
        """The last words, and time to take them: a line that is closed with something unread loses what it brought."""
        until = time.monotonic() + FAREWELL
        left = [console for console in self._consoles if console.trusted]
        for console in left:
            console.say(wire.BYE)
        while left and time.monotonic() < until:
            left = [console for console in left if not console.has_left()]
            time.sleep(0.005)


class _Line:
    """One console, as the run sees it."""

    def __init__(self, line):
        self.line, self.since = line, time.monotonic()
        self.reader = wire.Reader(wire.FROM_CONSOLE)
        self.trusted = self.wants = False
        self.has, self.sent = None, 0.0
        self.waiting = bytearray()

    def say(self, kind, body=b""):
        self.waiting += wire.frame(kind, body)

    def flush(self):
        """Send what the line takes now; False when the console is gone or does not read."""
        while self.waiting:
            try:
                del self.waiting[: self.line.send(self.waiting)]
            except BlockingIOError:
                break
            except OSError:
                return False
        return len(self.waiting) <= UNREAD

    def has_left(self):
        """Send the rest, say that it was all, and whether the other side has gone."""
        if not self.flush():
            return True
        try:
            if not self.waiting:
                self.line.shutdown(socket.SHUT_WR)
            return not self.line.recv(65536)
        except BlockingIOError:
            return False
        except OSError:
            return True


class _History:
    """What a newcomer is told of what went before, in order."""

    def __init__(self):
        self._count, self._last, self._all = 0, {}, deque(maxlen=KEPT)

    def keep(self, event):
        self._count += 1
        if event.trial_type in _LAST:
            self._last[event.trial_type] = (self._count, event)
        else:
            self._all.append((self._count, event))

    def for_newcomers(self):
        return [event for _, event in sorted([*self._last.values(), *self._all], key=lambda pair: pair[0])]


class _Budget:
    """How many commands pass: some a second, and few while the loop takes none. A stop always does."""

    def __init__(self):
        self._left, self._at = float(AT_ONCE), time.monotonic()
        self._slot, self._since_frame = None, 0
        self._stopped = -1.0

    def allows(self, name, slot, now):
        if slot is not self._slot:
            self._slot, self._since_frame = slot, 0
        if name == "stop":
            # Stops that come at once are one: they pass, and do not pile up while the loop is busy.
            same = now - self._stopped < SAME_STOP
            self._stopped = self._stopped if same else now
            return not same
        self._left = min(self._left + (now - self._at) * PER_SECOND, AT_ONCE)
        self._at = now
        if self._left < 1 or self._since_frame >= AT_ONCE:
            return False
        self._left -= 1
        self._since_frame += 1
        self._stopped = -1.0  # a stop after this is a new one
        return True
