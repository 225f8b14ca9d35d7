"""What the learner sees, drawn in the console's process from the posted tableau, while somebody looks.

Rule 1: OpenGL belongs to the drawing thread, from its first picture to its end.
Rule 2: where there is no OpenGL, or it goes (a GPU reset, no memory), figures are drawn as SVG, and `reason` says why.
Rule 3: the newest tableau is drawn; those that came while the last one was drawn are never caught up with.
"""

import contextlib
import ctypes
import io
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass

from vrtrainer.console import wire
from vrtrainer.stage import figures_svg
from vrtrainer.stage.pictures import Pictures

SIZE = (960, 600)
STEPS = ((SIZE, 4), (SIZE, 0), ((720, 450), 0), ((640, 400), 0))
"""Size and samples a pixel: the next one where a picture takes longer than `SLOW`, as without a graphics card."""
SLOW = 0.07  # s
QUALITY = 82
_WAIT = 0.5  # s
_FAILURES = (OSError, MemoryError, ImportError, RuntimeError, ValueError, ctypes.ArgumentError)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture with the words in it: what the learner reads and can choose."""

    data: bytes
    kind: str
    captions: tuple
    choices: tuple


class Painter:
    """Draws what `offer` brings. In its thread it calls `taken` when it begins one, and `drawn` with each `Drawn`."""

    def __init__(self, content, language, *, taken, drawn):
        self._content, self._language = content, language
        self._taken, self._drawn = taken, drawn
        self._newest, self._bell, self._ended = None, threading.Condition(), False
        self._svg, self._step, self._took = False, 0, deque(maxlen=7)
        self.reason = ""
        """Why pictures are SVG: a sentence of the stage's, "" while they are photographs of the room."""
        self._thread = None

    def offer(self, data):
        """A tableau's bytes; what waited is forgotten."""
        with self._bell:
            self._newest = data
            self._bell.notify()
        if not self._ended and (self._thread is None or not self._thread.is_alive()):
            # The first, or after a thread that died of what nobody foresaw: from then on without OpenGL.
            self._svg = self._svg or self._thread is not None
            thread = threading.Thread(target=self._draw, name="painter", daemon=True)
            with contextlib.suppress(RuntimeError):  # no room for a thread: perhaps at the next tableau
                thread.start()
                self._thread = thread

    def close(self):
        """End the thread, which gives OpenGL back."""
        with self._bell:
            self._ended = True
            self._bell.notify()
        if self._thread is not None:
            self._thread.join(3.0)

    # The thread

    def _next(self):
        with self._bell:
            self._bell.wait_for(lambda: self._newest is not None or self._ended, _WAIT)
            data, self._newest = self._newest, None
        return data

    def _draw(self):
        pictures = None if self._svg else Pictures(self._content, self._language)
        whole = False
        try:
            while not self._ended:
                data = self._next()
                if data is None:
                    continue
                self._taken()
                try:
                    shown = wire.unpacked(data)
                except wire.WireError as error:
                    self.reason = str(error)
                    continue
                picture = None
                if pictures is not None:
                    picture = self._photograph(pictures, shown)
                    if picture is None:
                        _let_go(pictures)
                        pictures = None
                kind = "image/jpeg" if picture is not None else "image/svg+xml"
                if picture is None:
                    picture = self._drawing(shown)
                if picture is None:
                    continue
                captions = tuple((c.kind, c.text) for c in shown.captions if c.kind != "who")
                self._drawn(Drawn(picture, kind, captions, tuple(b.text for b in shown.buttons)))
            whole = True
        finally:
            if not whole:
                self.reason = self.reason or "the drawing ended"
            if pictures is not None:
                _let_go(pictures)

    def _photograph(self, pictures, shown):
        """JPEG bytes, or None where OpenGL does not draw (any more)."""
        try:
            if pictures.suffix != ".png":
                self.reason = pictures.reason
                return None
            size, samples = STEPS[self._step]
            before = time.monotonic()
            pixels = pictures.pixels(shown, size, "learner", samples)
            self._judge(time.monotonic() - before)
            from PIL import Image

            out = io.BytesIO()
            Image.fromarray(pixels[:, :, :3]).save(out, "JPEG", quality=QUALITY)
            return out.getvalue()
        except (*_FAILURES, *_gl_errors()) as error:
            self.reason = str(error) or type(error).__name__
            return None

    def _drawing(self, shown):
        """SVG bytes, or None where not even that can be made now."""
        try:
            return figures_svg.drawing(shown, self._content, SIZE, "learner", self._language).encode()
        except _FAILURES as error:
            self.reason = str(error) or type(error).__name__
            return None

    def _judge(self, took):
        """Ten pictures a second are worth more than fine edges; one that took long is no reason yet."""
        self._took.append(took)
        if len(self._took) == self._took.maxlen and sorted(self._took)[len(self._took) // 2] > SLOW:
            self._took.clear()
            self._step = min(self._step + 1, len(STEPS) - 1)


def _let_go(pictures):
    """Give OpenGL back, as far as it still takes anything."""
    with contextlib.suppress(*_FAILURES, *_gl_errors()):
        pictures.close()


def _gl_errors():
    gl = sys.modules.get("pyglet.gl")
    return (gl.GLException,) if gl is not None else ()
