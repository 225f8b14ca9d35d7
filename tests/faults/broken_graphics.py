"""`vrtrainer run` whose graphics break in the midst of a session, for real: after so many trials all of OpenGL's
programs are gone, as after a reset of the graphics card.

python -m tests.faults.broken_graphics TRIALS WORDS-OF-VRTRAINER …
"""

import sys

from vrtrainer import cli
from vrtrainer.displays import offscreen, window


class Breaks:
    """A display that works until then."""

    def __init__(self, display, trials):
        self._display, self._trials, self._turn = display, trials, None

    def frames(self):
        return self._display.frames()

    def draw(self, frame, shown):
        if shown.turn.trial >= self._trials and shown.turn.phase == "model":
            from pyglet import gl

            if gl.current_context is not None:
                for name in range(1, 200):
                    if gl.glIsProgram(name):
                        gl.glDeleteProgram(name)
                gl.glUseProgram(0)
        self._display.draw(frame, shown)

    def close(self):
        self._display.close()


def main():
    trials = int(sys.argv.pop(1))
    for module in (offscreen, window):
        real = module.connect
        module.connect = lambda options, real=real: Breaks(real(options), trials)
    cli.main()


if __name__ == "__main__":
    main()
