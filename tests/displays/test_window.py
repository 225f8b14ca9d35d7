"""The window, for real: in a process of its own, on a screen, photographed, clicked, typed at and closed."""

import os
import subprocess
import sys

import numpy as np
import pytest

from vrtrainer.stage import colours


@pytest.fixture(scope="module")
def told(screen, opengl, tmp_path_factory):
    """What the process said, by its first words; and the folder with the screen's photograph."""
    folder = tmp_path_factory.mktemp("window")
    words = [sys.executable, "-m", "tests.displays.window_session", str(folder)]
    environment = {k: v for k, v in os.environ.items() if k != "PYGLET_HEADLESS"} | {"LIBGL_ALWAYS_SOFTWARE": "1"}
    done = subprocess.run(words, capture_output=True, text=True, timeout=180, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines(), folder


def line(told, start):
    return next(text.removeprefix(start).strip() for text in told[0] if text.startswith(start))


pytestmark = pytest.mark.alone


def test_esc_stops_and_space_pauses(told):
    assert line(told, "escape") == "stop::window"
    assert line(told, "space") == "pause::window"


def test_a_button_is_chosen_by_its_key_also_on_the_number_pad(told):
    assert line(told, "digit") == "say:partly:window"
    assert line(told, "pad") == "say:just_watched:window"
    assert line(told, "another key") == ""


def test_a_button_is_chosen_by_a_click_and_nothing_by_a_click_beside(told):
    assert line(told, "click Een stukje") == "say:partly:window"
    assert line(told, "click Stop") == "stop::window"
    assert line(told, "click beside") == ""


def test_a_window_can_be_made_smaller(told):
    assert line(told, "size") == "700 500"


def test_f11_fills_the_screen_and_gives_it_back(told):
    wide, high = map(int, line(told, "full").split())
    assert (wide, high) >= (1024, 768)
    assert line(told, "back") == "700 500"


def test_a_hidden_window_goes_on_without_drawing(told):
    assert line(told, "hidden") == "False True"


def test_closing_stops_and_ends_and_frames_end_a_second_later(told):
    assert line(told, "closed") == "stop::window finish::window"
    assert line(told, "ended") == "True True"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the screen's photograph: taken on X only")
def test_what_stands_on_the_screen_is_the_avatar_and_its_captions(told):
    from PIL import Image

    with Image.open(told[1] / "screen.png") as picture:
        seen = picture.convert("RGB").crop((0, 0, 1280, 720))
        pixels = np.asarray(seen.resize((320, 180))).reshape(-1, 3).astype(int)
    assert len(np.unique(pixels, axis=0)) > 300

    def of(colour):
        return int((np.abs(pixels - [round(255 * c) for c in colours.rgb(colour)]).sum(axis=1) < 40).sum())

    assert of(colours.PLUM) > 300  # three buttons
    assert of(colours.BLUE) > 80
    assert of(colours.LINEN) > 80
