"""A window of its own process for test_window: draws, takes a photograph of the screen, is clicked, typed at, closed.

Run: python -m tests.displays.window_session FOLDER. Prints what came into the inbox, a line each.
"""

import sys
import time
import tomllib
import types
from itertools import islice
from pathlib import Path

from pyglet.window import key, mouse  # constants only; the window's own options are set by vrtrainer.stage.context

from tests.stage import shown
from vrtrainer import choices
from vrtrainer.displays import window
from vrtrainer.sessions.commands import Inbox


def main(folder):
    language = tomllib.loads((choices.content("assets") / "language" / "nl.toml").read_text(encoding="utf-8"))
    options = types.SimpleNamespace(
        texts=language,
        commands=Inbox(),
        language="nl",
        msaa=0,
        content=types.SimpleNamespace(**{kind: choices.content(kind) for kind in choices.KINDS}),
    )
    print("available", window.available())
    display = window.connect(options)
    tableau = shown.asking()
    frames = display.frames()

    def draw(count):
        for frame in islice(frames, count):
            display.draw(frame, tableau)

    def told(what):
        draw(1)  # pyglet hands events on when the window is asked for them
        print(what, *(f"{c.name}:{c.value}:{c.source}" for c in options.commands.take()))

    opened = display._window
    draw(8)
    if sys.platform.startswith("linux"):
        from PIL import ImageGrab

        time.sleep(0.3)
        draw(2)
        ImageGrab.grab(xdisplay="").save(Path(folder) / "screen.png")
    for name, symbol in (("escape", key.ESCAPE), ("space", key.SPACE), ("digit", key._2), ("pad", key.NUM_3)):
        opened.dispatch_event("on_key_press", symbol, 0)
        told(name)
    opened.dispatch_event("on_key_press", key.Z, 0)
    told("another key")
    wide, high = opened.get_size()
    for item in display._items:
        if item.button is not None and item.button.text in ("Een stukje", "Stop"):
            degree = high / display._degrees
            x, y = int(wide / 2 + item.x * degree), int(high / 2 + item.y * degree)
            opened.dispatch_event("on_mouse_motion", x, y, 0, 0)
            opened.dispatch_event("on_mouse_press", x, y, mouse.LEFT, 0)
            told(f"click {item.button.text}")
    opened.dispatch_event("on_mouse_press", wide // 2, int(high * 0.7), mouse.LEFT, 0)
    told("click beside")
    opened.set_size(700, 500)
    draw(5)
    print("size", *opened.get_size())
    for _ in range(2):
        opened.dispatch_event("on_key_press", key.F11, 0)
        draw(5)
        print("full" if opened.fullscreen else "back", *opened.get_size())
    opened.dispatch_event("on_hide")
    draw(1)
    began = time.monotonic()
    hidden = list(islice(frames, 10))
    print("hidden", any(f.should_render for f in hidden), time.monotonic() - began < 1.0)
    opened.dispatch_event("on_show")
    opened.dispatch_event("on_close")
    began = time.monotonic()
    told("closed")
    left = [display.draw(frame, tableau) for frame in frames]
    print("ended", 0.8 < time.monotonic() - began < 3.0, len(left) > 5)
    display.close()


if __name__ == "__main__":
    main(sys.argv[1])
