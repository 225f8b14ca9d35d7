"""Where the lens never shows nothing is shaded, whatever stands there."""

import numpy as np
import pytest

from tests.stage import shown
from vrtrainer.sessions.tableau import Tableau
from vrtrainer.stage import camera

SIZE = (200, 200)
CAMERA = camera.learner(SIZE)
# The corners of the view, as a lens leaves them.
EDGE = float(np.tan(np.radians(CAMERA.high / 2)))
VERTICES = np.float32(
    [[s * EDGE * x, t * EDGE * y] for s in (1, -1) for t in (1, -1) for x, y in ((1, 1), (0.3, 1), (1, 0.3))]
)
INDICES = np.arange(12)


@pytest.fixture(scope="module")
def graphics(opengl, content):
    from vrtrainer.stage import context

    opened = context.offscreen()
    from vrtrainer.stage import gpu
    from vrtrainer.stage.hidden import HiddenArea
    from vrtrainer.stage.renderer import Renderer

    made = Renderer(content), gpu.Target(*SIZE), HiddenArea(VERTICES, INDICES)
    yield made
    opened.switch_to()
    for one in made:
        one.delete()
    opened.close()


def hidden_pixels():
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    return np.abs((x + 0.5) / 100 - 1) + np.abs((y + 0.5) / 100 - 1) > 1.3 + 0.02


@pytest.mark.parametrize("scene", ["", "calm_room"])
@pytest.mark.parametrize("ghost", [False, True])
def test_hidden_pixels_stay_black_whatever_stands_there(graphics, scene, ghost):
    renderer, target, hidden = graphics
    near = shown.figure("noor", "wave", ghost=ghost)
    tableau = Tableau(figures=(shown.figure("noor"), near), scene=scene)
    views = CAMERA.view, CAMERA.projection
    renderer.draw(tableau, *views, SIZE, target.framebuffer)
    without = target.read()[:, :, :3].copy()
    renderer.draw(tableau, *views, SIZE, target.framebuffer, after_clear=lambda: hidden.draw(CAMERA.projection))
    pixels = target.read()[:, :, :3]
    corners = hidden_pixels()
    assert not pixels[corners].any()
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    middle = np.abs((x + 0.5) / 100 - 1) + np.abs((y + 0.5) / 100 - 1) < 1.28
    assert np.array_equal(pixels[middle], without[middle])


def test_no_triangles_hide_nothing(graphics):
    from vrtrainer.stage.hidden import HiddenArea

    empty = HiddenArea(np.zeros((0, 2)), np.zeros(0, np.uint32))
    empty.draw(CAMERA.projection)
    empty.delete()


def test_a_mask_with_corners_that_are_not_there_is_refused(graphics):
    from vrtrainer.stage.hidden import HiddenArea

    with pytest.raises(ValueError, match="do not make triangles of 3 points"):
        HiddenArea(np.zeros((3, 2)), [0, 1, 3])
