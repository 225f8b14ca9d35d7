"""Gloves lie round the learner's hands, say what is not measured by dots, and mirror like hands do."""

from itertools import pairwise

import numpy as np
import pytest

from tests.stage import hands
from vrtrainer.human import rotations
from vrtrainer.human.observation import INFERRED, MEASURED
from vrtrainer.stage import camera, glove_shape

SIZE = (320, 200)
CAMERA = camera.looking((0.0, 1.35, 0.05), (0.0, 1.17, -0.35), SIZE, 40)
PALMS = rotations.from_axis_angle([0.0, 1.0, 0.0], np.pi)
BACKGROUND = 3  # a pixel is of a glove when it differs from the empty room by more


@pytest.fixture(scope="module")
def drawn(opengl, content):
    """A function that draws hands alone and answers pixels, and which of them are a glove's."""
    from vrtrainer.stage import context

    opened = context.offscreen()
    from vrtrainer.sessions.tableau import Tableau
    from vrtrainer.stage import gloves, gpu
    from vrtrainer.stage.renderer import Renderer

    renderer, target = Renderer(content), gpu.Target(*SIZE)
    made = []

    def draw(hands, seen=CAMERA, time=None, made=made, fresh=True):
        if fresh or not made:
            made.append(gloves.Gloves())

        def over():
            made[-1].draw(hands, seen.view, seen.projection, 1.0, time)

        renderer.draw(Tableau(), seen.view, seen.projection, SIZE, target.framebuffer, before_captions=over)
        pixels = target.read()[:, :, :3].astype(int)
        return pixels, np.abs(pixels - pixels[0, 0]).max(axis=2) > BACKGROUND

    yield draw
    opened.switch_to()
    for one in (*made, renderer, target):
        one.delete()
    opened.close()


def bounds(hand, seen=CAMERA):
    """Rectangle of pixels that a hand with its glove can reach."""
    reach = hand.radii.max() + glove_shape.BEYOND
    wrist, along = hand.positions[1], hand.positions[12] - hand.positions[1]
    cuff = wrist - along / np.linalg.norm(along) * (glove_shape.CUFF + reach)
    points = np.concatenate([hand.positions, cuff[None]])
    around = np.concatenate(
        [points + step for step in reach * np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]])]
    )
    clip = np.column_stack([around, np.ones(len(around))]) @ (seen.projection @ seen.view).T
    flat = clip[:, :2] / clip[:, 3:]
    x, y = (flat[:, 0] + 1) / 2 * SIZE[0], (1 - flat[:, 1]) / 2 * SIZE[1]
    return x.min(), x.max(), y.min(), y.max()


@pytest.mark.parametrize("shape", ["flat_spread", "fist", "index", "pinch", "relaxed"])
@pytest.mark.parametrize("turned", [None, PALMS], ids=["backs", "palms"])
def test_a_glove_lies_where_the_hand_is(drawn, shape, turned):
    for hand in hands.pair(shape, turned=turned):
        _, glove = drawn((hand,))
        rows, columns = np.nonzero(glove)
        left, right, top, bottom = bounds(hand)
        assert glove.sum() > 500
        assert left <= columns.min()
        assert columns.max() <= right
        assert top <= rows.min()
        assert rows.max() <= bottom


@pytest.mark.parametrize("how", [MEASURED, INFERRED])
def test_left_in_a_mirror_is_right(drawn, how):
    pair = hands.pair("index", "flat_spread", how)
    pixels, glove = drawn(pair)
    other, mirrored = drawn(hands.swapped(pair))
    assert (glove != mirrored[:, ::-1]).mean() < 0.008
    # The lamp stands at one side, so that only what is lit the same is alike.
    assert np.abs(pixels - other[:, ::-1]).mean() < 3.0


def test_dots_cover_less_than_a_glove_that_is_measured(drawn):
    _, solid = drawn(hands.pair())
    _, dotted = drawn(hands.pair(how=INFERRED))
    assert 0.2 < dotted.sum() / solid.sum() < 0.75
    assert (dotted & ~solid).sum() < 0.01 * solid.sum()


def test_nothing_is_drawn_of_hands_that_were_never_there(drawn):
    from vrtrainer.human import observation

    _, glove = drawn(glove_shape.hands_of(observation.nothing("test")))
    assert not glove.any()
    _, glove = drawn(())
    assert not glove.any()


def test_a_lost_hand_fades_within_400_ms_where_it_was(drawn):
    from vrtrainer.human import observation

    pair, gone = hands.pair(), glove_shape.hands_of(observation.nothing("test"))
    drawn(pair, time=0.0)
    _, whole = drawn(pair, time=0.5, fresh=False)
    covered = []
    for time in (0.5, 0.6, 0.7, 0.8, 0.901):
        _, glove = drawn(gone, time=time, fresh=False)
        assert (glove & ~whole).sum() < 0.01 * whole.sum()
        covered.append(glove.sum())
    assert covered[0] == whole.sum()
    assert all(a > b for a, b in pairwise(covered))
    assert covered[-1] == 0


def test_the_other_eye_sees_the_same_moment(drawn):
    pair = hands.pair(how=INFERRED)
    drawn(hands.pair(), time=0.0)
    drawn(hands.pair(), time=0.5, fresh=False)
    one, _ = drawn(pair, time=0.7, fresh=False)
    two, _ = drawn(pair, time=0.7, fresh=False)
    assert np.array_equal(one, two)
