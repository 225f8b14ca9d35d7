"""Programmes as text: what ships can be read, what is wrong is said with file, key and what was expected."""

import pytest

from vrtrainer import choices
from vrtrainer.learning import policies
from vrtrainer.sessions import modes, pages, programme

KNOWN = {
    "gestures": choices.listing(choices.content("assets") / "gestures"),
    "modes": choices.names(modes),
    "policies": choices.names(policies),
    "pages": choices.names(pages),
    "avatars": {"noor", "bo"},
    "scenes": {"calm_room"},
}
RIGHT = """
name = { nl = "Kort", en = "Short" }
[[block]]
mode = "immediate"
gestures = ["wave"]
trials = 2
"""
FOLDER = choices.content("assets") / "programmes"


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.toml")), ids=lambda f: f.stem)
def test_every_programme_that_ships_can_be_read_and_has_its_texts_in_both_languages(file):
    read = programme.read(file.read_text(encoding="utf-8"), file.name, **KNOWN)
    assert read.name == file.stem
    assert set(read.title) >= {"nl", "en"}
    assert set(read.about) >= {"nl", "en"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("trials = 2", "trails = 2"), "short.toml: block 1: trails: no such key; .* perhaps 'trials'"),
        (("trials = 2", "trials = 0"), "trials is 0, expected 1 to 500"),
        (("trials = 2", 'trials = "all"'), "trials is 'all', expected a number or \"recorded\""),
        (("trials = 2", "trials = true"), "trials is True, expected a whole number or text"),
        (("trials = 2", "prompt = 9"), "prompt is 9, expected 0 to 7"),
        (('"immediate"', '"imediate"'), "block 1: mode: no mode 'imediate'; there is .*, perhaps 'immediate'"),
        (('["wave"]', '["wavee"]'), "no gesture 'wavee'; there is .*, perhaps 'wave'"),
        (('["wave"]', '"wave"'), 'gestures is \'wave\', expected a list of names, "people" or "chosen"'),
        (('mode = "immediate"', ""), "block 1: mode is missing"),
        (("[[block]]", "[block]"), "block is .*, expected a list"),
        (("name =", "nom ="), "nom: no such key"),
        (('name = { nl = "Kort", en = "Short" }', ""), "name is missing"),
        (("trials = 2", "trials = "), "not TOML"),
        (("[[block]]", 'avatar = "robo"\n[[block]]'), "no avatar 'robo'; there is bo, noor"),
    ],
)
def test_what_is_wrong_is_said_with_file_key_and_what_was_expected(change, message):
    text = RIGHT.replace(*change)
    assert text != RIGHT
    with pytest.raises(programme.ProgrammeError, match=message):
        programme.read(text, "short.toml", **KNOWN)
