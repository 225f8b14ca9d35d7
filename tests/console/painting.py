"""The console's painter in a process of its own, whose OpenGL goes in the midst, as after a reset of the graphics card.

python -m tests.console.painting programs|context|thread FOLDER
Prints the kind of each picture, the words in them, and why they are drawings.
"""

import sys
import threading
import time

from tests.stage import shown
from vrtrainer import api
from vrtrainer.console import wire
from vrtrainer.console.picture import Painter

PICTURES, BREAKS_AT = 8, 3


def broken(kind):
    from pyglet import gl

    if kind == "programs":
        for name in range(1, 200):
            if gl.glIsProgram(name):
                gl.glDeleteProgram(name)
        gl.glUseProgram(0)
    elif kind == "context":
        gl.current_context.destroy()
    else:
        sys.exit("what nobody foresaw ends this thread")


def main(kind, folder):
    content = api.options(data=folder).content
    drawn, begun, bell = [], [0], threading.Semaphore(0)

    def taken():
        begun[0] += 1
        if begun[0] == BREAKS_AT:
            broken(kind)

    def take(picture):
        drawn.append(picture)
        bell.release()

    painter = Painter(content, "nl", taken=taken, drawn=take)
    for _ in range(PICTURES):
        painter.offer(wire.packed(shown.asking()))
        if not bell.acquire(timeout=60 if not drawn else 3):
            time.sleep(0.1)  # that one went with the thread
    print("kinds", *(one.kind for one in drawn))
    print("words", *{one.captions for one in drawn})
    print("why", painter.reason)
    painter.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
