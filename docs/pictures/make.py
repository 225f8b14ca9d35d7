"""Makes the pictures of README and docs from sessions that really ran: `python docs/pictures/make.py`.

The console's pictures need a browser (Chromium, driven by Playwright of group dev); they come from a session of
two minutes at the pace of a clock, in which a simulated learner takes part.
"""

import contextlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

from vrtrainer import api

HERE = Path(__file__).parent
WIDE, HIGH, GAP = 800, 450, 12
PAPER = (244, 239, 230)
LAPTOP = {"width": 1366, "height": 980}
LEARNER = ("run", "--display", "offscreen", "--real-time", "--learner", "sam", "--seed", "3")
PATIENCE = 180.0  # s
SESSION = (*LEARNER, "--programme", "first_minutes", "--adult", "Marieke")


def session(language, learner, programme="first_steps"):
    """Pictures of one offscreen session by their names, in order."""
    with tempfile.TemporaryDirectory() as data:
        options = api.options(
            data=Path(data), language=language, seed=1, learner=learner, display="offscreen", fast_clock=True,
            programme=programme,
        )  # fmt: skip
        with contextlib.redirect_stdout(io.StringIO()):
            api.run(options)
        files = sorted(Path(data).glob("sessions/*/pictures/[0-9]*.png"))
        return [(f.stem.partition("-")[2], Image.open(f).convert("RGB").resize((WIDE, HIGH))) for f in files]


def sheet(pictures, columns):
    """Pictures side by side on paper."""
    rows = -(-len(pictures) // columns)
    out = Image.new("RGB", (columns * (WIDE + GAP) + GAP, rows * (HIGH + GAP) + GAP), PAPER)
    for k, picture in enumerate(pictures):
        out.paste(picture, (GAP + k % columns * (WIDE + GAP), GAP + k // columns * (HIGH + GAP)))
    return out


def first(pictures, name, nth=0):
    """The nth picture of a name."""
    return [p for n, p in pictures if n == name][nth]


@contextlib.contextmanager
def command(data, *words):
    """A command of ours beside this one, ended at the end."""
    hidden = {**os.environ, "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    line = [sys.executable, "-m", "vrtrainer", *words, "--data", data, "--lang", "en"]
    process = subprocess.Popen(line, env=hidden, stdout=subprocess.PIPE, encoding="utf-8")
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def console(chromium):
    """Live while it is the learner's turn, and the learner's view while there is something to choose; as pictures."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as data, command(data, "console", "--no-browser") as served:
        address = "http" + served.stdout.readline().partition("http")[2].strip()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(viewport=LAPTOP)
            page.goto(address)
            page.fill("[name=name]", "Marieke")
            page.keyboard.press("Enter")
            page.wait_for_url("**/people/new*")
            page.goto(address.partition("?")[0] + "live")
            with command(data, *SESSION):  # when somebody looks already: nothing of it is missed
                read(page, "What do you want to do?")
                page.wait_for_timeout(500)  # the next picture, after what appears has appeared
                choosing = page.locator("#picture").screenshot()
                read(page, "Now you can.")
                page.wait_for_selector("#grades:not([hidden])")  # there is a turn to say something of
                read(page, "Now you can.")
                page.wait_for_timeout(1500)
                live = page.screenshot()
            browser.close()
    return tuple(Image.open(io.BytesIO(picture)).convert("RGB") for picture in (live, choosing))


def read(page, words):
    """Wait until the learner reads these words."""
    until = time.monotonic() + PATIENCE
    while words not in page.inner_text("#reads"):
        if time.monotonic() > until:
            raise TimeoutError(f"nobody read {words!r} within {PATIENCE:.0f} s")
        page.wait_for_timeout(50)


def kept(picture, name):
    """Keep a picture, and say where."""
    picture.save(HERE / name, quality=86, optimize=True)
    print(HERE / name)


if __name__ == "__main__":
    english = session("en", "sam")
    chosen = [
        first(english, "start"),
        first(english, "demonstration"),
        first(english, "feedback"),
        first(english, "end"),
    ]
    kept(sheet(chosen, 2), "overview.jpg")
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        sys.exit("left out: the console's pictures: there is no Chromium")
    live, choosing = console(browser)
    kept(live, "live.jpg")
    kept(choosing, "choosing.jpg")
