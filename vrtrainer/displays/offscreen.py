"""The session without a screen: as fast as it goes or at a clock's pace, leaving the pictures that a report keeps."""

import contextlib
import time
from pathlib import Path

from vrtrainer.human.frame import Frame
from vrtrainer.stage import context
from vrtrainer.stage.pictures import Pictures

SIZE = (1280, 720)
RATE = 30.0  # session frames a second where the options name none


def available():
    """Always: without OpenGL its pictures are drawn as SVG. Answers (True, why they are, "" for PNG)."""
    return True, "" if context.library() else "no_gl"


def connect(options):
    return OffscreenDisplay(options)


class OffscreenDisplay:
    """Draws only the frames that a report keeps, as pictures/NNN-NAME.png, or .svg where there is no OpenGL.

    `note` says why pictures are SVG, "" as long as they are PNG or none was made.
    """

    def __init__(self, options):
        self._period = 1.0 / (options.rate or RATE)
        self._in_real_time = options.real_time and not options.fast_clock
        self._folder = Path(options.folder) / "pictures"
        self._pictures = Pictures(options.content, options.language)
        self._made = 0
        self.paths = []

    @property
    def note(self):
        return self._pictures.reason

    def frames(self):
        """Frames one period apart: at that pace in real time, at once on the fast clock."""
        # The fast clock is no clock: it starts at 0, so that the same seed gives the same session to the last bit.
        start = time.monotonic() if self._in_real_time else 0.0
        index = tick = 0
        while True:
            if self._in_real_time:
                late = time.monotonic() - start - tick * self._period
                if late < 0:
                    time.sleep(-late)
                else:
                    tick += int(late / self._period)  # a late frame skips time, it does not stretch it
            yield Frame(index, start + tick * self._period, self._period)
            index += 1
            tick += 1

    def draw(self, frame, shown):
        if not shown.keep:
            return
        made = self._pictures.picture(shown, SIZE, "learner")
        suffix = ".png" if isinstance(made, bytes) else ".svg"
        self._made += 1
        path = self._folder / f"{self._made:03d}-{shown.keep}{suffix}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(made if isinstance(made, bytes) else made.encode())
        except OSError:
            # No picture is worth a session; a replay makes it again.
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            return
        self.paths.append(path)

    def close(self):
        self._pictures.close()
