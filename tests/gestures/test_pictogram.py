"""Every gesture has a picture that comes from what it does: within its square, told apart, hand shapes told apart."""

import xml.etree.ElementTree as ET
from itertools import pairwise

import numpy as np
import pytest

from tests.gestures.conftest import FOLDER, NAMES
from vrtrainer.gestures import library, notation, pictogram

GESTURES = library.load(FOLDER) | library.load(FOLDER.parent / "signs")


def pictures():
    return {name: pictogram.of(gesture) for name, gesture in GESTURES.items()} | {pictogram.WATCH: pictogram.watch()}


def drawn(shapes, size=32):
    """Ink (size, size) of shapes: points along every line, and the corners of areas."""
    out = np.zeros((size, size), bool)
    for kind, points, *_ in shapes:
        if kind == "cut":
            continue
        for a, b in pairwise(points):
            line = np.linspace(a, b, 40)
            x, y = np.clip((line * size).astype(int), 0, size - 1).T
            out[y, x] = True
    return out


@pytest.mark.parametrize("name", [*GESTURES, pictogram.WATCH])
def test_what_is_drawn_lies_within_the_square_and_fills_it(name):
    shapes = pictures()[name]
    ink = np.array([p for kind, points, *_ in shapes for p in points if kind != "cut"])
    assert np.isfinite(ink).all()
    assert ink.min() > 0.0
    assert ink.max() < 1.0
    assert np.ptp(ink, axis=0).max() > 0.7
    for kind, points, *width in shapes:
        assert kind in ("line", "area", "cut")
        assert kind != "line" or len(points) <= 3, "the stage fills longer ones"
        assert kind == "area" or width[0] > 0


def test_no_two_pictures_look_alike():
    seen = {name: drawn(shapes) for name, shapes in pictures().items()}
    for one, a in seen.items():
        for other, b in seen.items():
            if one < other:
                assert (a & b).sum() / (a | b).sum() < 0.45, (one, other)


def test_a_hand_that_is_another_shape_is_another_picture():
    fist = pictogram.of(GESTURES["fist"])
    flat = pictogram.of(notation.near_miss(GESTURES["fist"], "wrong_shape"))
    assert len(flat) != len(fist) or (drawn(flat) ^ drawn(fist)).sum() > 20


def test_what_moves_has_an_arrow_and_what_does_not_has_none():
    wave = GESTURES["wave"]
    still = notation.near_miss(wave, "half_of_it")  # no repeats, but still a path: drawn as one
    assert len(pictogram.of(wave)) == len(pictogram.of(still))
    assert len(pictogram.of(GESTURES["drum"])) > len(pictogram.of(GESTURES["stop_hand"]))


@pytest.mark.parametrize("name", NAMES)
def test_as_svg_it_is_well_formed_in_ink_and_linen_and_says_its_title(name):
    root = ET.fromstring(pictogram.as_svg(pictogram.of(GESTURES[name]), 64, title="Wave"))
    assert root.get("viewBox") == "0 0 100 100"
    colours = {v for node in root.iter() for k, v in node.attrib.items() if k in ("fill", "stroke")}
    assert colours <= {pictogram.INK, pictogram.LINEN, "none"}
    assert root.find("{http://www.w3.org/2000/svg}title").text == "Wave"
