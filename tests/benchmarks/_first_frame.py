"""Runs vrtrainer until its first frame has been drawn, prints when that was, and ends: a process of its own."""

import sys
import time
from pathlib import Path

from vrtrainer import api, app


class UntilDrawn:
    """A display that ends the run after its first frame."""

    def __init__(self, display):
        self.display = display

    def frames(self):
        return self.display.frames()

    def draw(self, frame, shown):
        self.display.draw(frame, shown)
        print(f"first frame at {time.time():.4f}", flush=True)
        raise KeyboardInterrupt

    def close(self):
        self.display.close()


if __name__ == "__main__":
    run = app.run
    app.run = lambda display, *others: run(UntilDrawn(display), *others)
    words = {"display": sys.argv[1], "data": Path(sys.argv[2]), "learner": "sam", "seed": 1}
    api.run(api.options(language="en", **words))
