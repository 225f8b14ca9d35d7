"""Drawings without any OpenGL: whole, well-formed, the same every time, and made where pyglet cannot be imported."""

import re
import subprocess
import sys
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from tests.stage import shown
from vrtrainer import choices
from vrtrainer.gestures import library, sitting
from vrtrainer.sessions import props, striking
from vrtrainer.sessions.showing import FACING
from vrtrainer.sessions.tableau import Caption, Tableau
from vrtrainer.stage import colours, figures_svg, vrm

SVG = "{http://www.w3.org/2000/svg}"


def drawn(tableau, content, view="learner", size=(640, 360)):
    text = figures_svg.drawing(tableau, content, size, view)
    return text, ElementTree.fromstring(text)


def paths(root, fill):
    return [e for e in root.iter(f"{SVG}path") if e.get("fill") == fill]


def test_all_words_and_buttons_are_there(content):
    text, root = drawn(shown.asking(), content)
    words = [e.text for e in root.iter(f"{SVG}text")]
    for said in ("Zwaaien", "Nu kun jij.", "Hoe ging het?", "Niemand kijkt mee.", "Ik deed het", "1"):
        assert said in words
    assert root.find(f"{SVG}title").text.startswith("Zwaaien")
    assert "nan" not in text


def test_words_that_look_like_markup_stay_words(content):
    _, root = drawn(Tableau(captions=(Caption("<b> & 'x'"),)), content)
    assert "<b> & 'x'" in [e.text for e in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("avatar", choices.listing(choices.content("avatars")))
@pytest.mark.parametrize("view", ["front", "head", "learner"])
def test_every_avatar_is_drawn_in_every_view(avatar, view, content):
    text, root = drawn(Tableau(figures=(shown.figure(avatar, "thumbs_up"),)), content, view)
    assert len(list(root.iter(f"{SVG}path"))) > 40
    assert "nan" not in text
    assert "inf" not in text


def test_the_same_tableau_gives_the_same_text(content):
    assert drawn(shown.helped(), content)[0] == drawn(shown.helped(), content)[0]


def test_a_smile_bends_the_mouth_and_a_blink_shuts_the_eyes(content):
    rest, smiling, blinking = (
        drawn(Tableau(figures=(shown.figure("noor", face=face),)), content, "head")[1]
        for face in ({}, {"12": 1.0}, {"45": 1.0})
    )
    assert paths(rest, "none") != []
    lines = [{e.get("d") for e in paths(root, "none")} for root in (rest, smiling)]
    assert lines[0] != lines[1]
    assert len(list(rest.iter(f"{SVG}clipPath"))) == 2
    assert not list(blinking.iter(f"{SVG}clipPath"))


def test_a_ghost_and_a_highlight_have_teal_lines_and_only_the_parts_that_are_meant(content):
    plain = drawn(Tableau(figures=shown.helped().figures[:1]), content, "front")[1]
    _, root = drawn(shown.helped(), content, "front")
    assert paths(root, colours.GHOST)
    assert not paths(plain, colours.GHOST)
    assert 5 < len(paths(root, colours.GHOST)) < 40
    assert [e for e in plain.iter(f"{SVG}path") if e.get("stroke") == colours.TEAL]


def test_the_part_of_the_face_that_is_meant_is_ringed(content):
    _, root = drawn(Tableau(figures=(shown.figure("noor", highlight="eyes"),)), content, "head")
    assert len([e for e in paths(root, "none") if e.get("stroke") == colours.TEAL]) == 2


def test_dark_is_dark_and_what_is_unseen_is_not_drawn(content):
    _, root = drawn(Tableau(brightness=0.25), content)
    assert next(e for e in root.iter(f"{SVG}rect") if e.get("fill") == "#000000").get("opacity") == "0.750"
    _, unseen = drawn(Tableau(figures=(shown.figure("bo", opacity=0.0),)), content)
    assert len(list(unseen.iter(f"{SVG}path"))) <= 1  # the skirting board


def test_pictures_are_drawn_where_pyglet_cannot_be_imported(tmp_path):
    code = """
import sys
class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in ('pyglet', 'OpenGL', 'xr'):
            raise ImportError(name)
sys.meta_path.insert(0, Nothing())
import types
from tests.stage import shown
from vrtrainer import choices
from vrtrainer.stage.pictures import Pictures, picture
content = types.SimpleNamespace(**{k: choices.content(k) for k in choices.KINDS})
with Pictures(content) as pictures:
    made = pictures.picture(shown.asking())
    assert made.startswith('<svg'), made[:40]
    print(pictures.reason)
assert picture(shown.asking(), content, (320, 200)).startswith('<svg')
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "install" in done.stdout


def test_a_drum_is_before_the_trunk_and_behind_the_hand_and_who_sits_is_before_the_stool(content):
    body = vrm.load(shown.AVATARS / "noor").body
    drum = library.one(choices.content("assets") / "gestures" / "drum.toml").thing
    figure = shown.figure("noor", "drum")
    stands = striking.before(drum, body, "right", FACING).props("drum")
    text, _ = drawn(Tableau(figures=(figure,), props=stands), content)
    faces = [m.start() for m in re.finditer('stroke-width="0.7"', text)]
    begins = text.index("<g opacity")
    assert begins < faces[0], "before the trunk"
    assert faces[-1] < 0.95 * text.rindex("<path"), "a hand comes after it"
    seated = replace(figure, pose=sitting.sitting(body))
    text, _ = drawn(Tableau(figures=(seated,), props=(props.stool(body, FACING),)), content)
    assert max(m.start() for m in re.finditer('stroke-width="0.7"', text)) < text.index("<g opacity")
