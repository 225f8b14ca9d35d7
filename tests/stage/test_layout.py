"""The plan of captions and buttons keeps EXPERIENCE's sizes, in every window and language."""

import itertools
import tomllib

import pytest

from vrtrainer import choices
from vrtrainer.sessions.tableau import Button, Caption, Tableau, Turn
from vrtrainer.stage import camera, colours, layout

LANGUAGES = {
    p.stem: tomllib.loads(p.read_text(encoding="utf-8"))
    for p in sorted((choices.content("assets") / "language").glob("*.toml"))
}
SIZES = [(1280, 720), (1920, 1080), (1024, 768), (800, 600), (640, 480), (600, 900)]


def texts(language):
    return [t for t in LANGUAGES[language]["captions"].values() if len(t) > 1]


def busy(language):
    words = LANGUAGES[language]["buttons"]
    return Tableau(
        captions=(
            Caption(LANGUAGES[language]["captions"]["look_around"]),
            Caption(LANGUAGES[language]["captions"]["how_did_it_go"], "hint"),
            Caption(LANGUAGES[language]["captions"]["nobody_watching"], "who"),
        ),
        buttons=tuple(
            Button("say", words[w], str(k), role="choice")
            for k, w in enumerate(("nice", "okay", "not_nice", "no_answer"), 1)
        ),
        dots=("full", "half", "open", "open"),
    )


def corner(language):
    words = LANGUAGES[language]["controls"]
    return (
        Button("pause", words["pause"], "space", role="pause"),
        Button("stop", words["stop"], "escape", role="stop"),
    )


def plan(shown, size, fonts, language="nl", corner=()):
    seen = camera.learner(size)
    return layout.flat(shown, seen.wide, seen.high, fonts, language, corner), seen


@pytest.mark.parametrize(("language", "size"), [*itertools.product(LANGUAGES, SIZES)])
def test_everything_stands_inside_the_picture_and_no_button_on_another(language, size, fonts):
    items, seen = plan(busy(language), size, fonts, language, corner(language))
    for item in items:
        assert abs(item.x) + item.wide / 2 <= seen.wide / 2 + 0.1, item
        assert abs(item.y) + item.high / 2 <= seen.high / 2 + 0.1, item
    buttons = [item for item in items if item.button is not None]
    assert len(buttons) == 6
    for a, b in itertools.combinations(buttons, 2):
        across = abs(a.x - b.x) - (a.wide + b.wide) / 2
        up = abs(a.y - b.y) - (a.high + b.high) / 2
        assert max(across, up) >= layout.GAP - 1e-6, (a.button.text, b.button.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_targets_are_4_degrees_and_letters_at_least_1_4(language, fonts):
    for items in (plan(busy(language), (1280, 720), fonts, language)[0], layout.standing(busy(language), fonts)):
        for item in items:
            if item.button is not None:
                assert min(item.wide, item.high) >= 4.0
            if item.lines:
                assert item.em >= 1.4


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_caption_fits_two_lines_of_2_degrees(language, fonts):
    for text in texts(language):
        shown = Tableau(captions=(Caption(text.replace("{", "").replace("}", "")),))
        (words,) = [item for item in layout.standing(shown, fonts) if item.lines]
        assert words.em == 2.0
        assert len(words.lines) <= 2, text
        assert all(len(line) <= 34 for line in words.lines), text


def test_a_click_chooses_the_button_under_it_and_nothing_elsewhere(fonts):
    items, seen = plan(busy("nl"), (1280, 720), fonts, "nl", corner("nl"))
    for item in items:
        if item.button is not None:
            assert layout.chosen(items, item.x + item.wide * 0.45, item.y - item.high * 0.45) is item.button
    assert layout.chosen(items, 0.0, seen.high * 0.3) is None


def test_stop_is_always_at_the_bottom_right(fonts):
    items, seen = plan(busy("nl"), (1280, 720), fonts, "nl", corner("nl"))
    stop = next(item for item in items if item.button is not None and item.button.name == "stop")
    assert stop.x == max(item.x for item in items if item.button is not None)
    assert stop.y - stop.high / 2 <= -seen.high / 2 + layout.MARGIN + 1e-6


@pytest.mark.parametrize("state", ["paused", "stopped"])
def test_pause_and_stop_have_their_sign(state, fonts):
    shown = Tableau(captions=(Caption("Pauze.", "state"),), turn=Turn(state))
    assert [i.sign for i in plan(shown, (1280, 720), fonts)[0] if i.sign] == [state]


def test_in_a_headset_no_button_names_a_key(fonts):
    assert not any("Enter" in item.lines for item in layout.standing(busy("nl"), fonts))


def test_a_dot_is_filled_by_what_it_stands_for(fonts):
    items, _ = plan(Tableau(dots=("full", "half", "open")), (1280, 720), fonts)
    assert [item.share for item in items[1:]] == [1.0, 0.5, 0.0]


def test_keys_are_named_in_the_language():
    assert layout.key_name("space", "nl") == "spatie"
    assert layout.key_name("o", "en") == "O"


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        *((colours.LINEN, fill) for fill in colours.ROLES.values()),
        (colours.MIST, colours.NIGHT),
        (colours.INK, colours.LINEN),
        (colours.NIGHT_BLUE, colours.NIGHT),
        (colours.TEAL, colours.LINEN),
        (colours.MOSS, colours.LINEN),
    ],
)
def test_text_and_signs_stand_out(ink, paper):
    assert round(colours.contrast(ink, paper), 1) >= 6.0


def test_a_caption_can_be_read_on_a_wall_behind_the_panel_that_lets_a_little_through():
    through = colours.PANEL_SHARE
    night, linen = colours.rgb(colours.NIGHT), colours.rgb(colours.LINEN)
    behind = colours.written([through * n + (1 - through) * w for n, w in zip(night, linen, strict=True)])
    assert colours.contrast(colours.MIST, behind) >= 6.0


def test_no_colour_is_red_or_pure_white():
    for name, value in vars(colours).items():
        if isinstance(value, str) and value.startswith("#"):
            r, g, b = colours.rgb(value)
            assert not (r > 0.6 and g < 0.35 and b < 0.35), name
            assert min(r, g, b) < 1.0, name
