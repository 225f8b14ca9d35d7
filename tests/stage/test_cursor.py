"""The cursor stands where somebody points, and its ring fills clockwise while they stay there."""

import numpy as np
import pytest

from vrtrainer.stage import camera

SIZE = (200, 200)  # 20 pixels a degree
PLANE = np.diag([0.2, 0.2, 0.0, 1.0])
CAMERA = camera.looking((0.0, 1.25, 0.0), (0.0, 1.25, -1.5), SIZE, 60)


@pytest.fixture(scope="module")
def drawn(opengl, content):
    """A function that draws onto an empty room and answers which pixels changed, and the pixels."""
    from vrtrainer.stage import context

    opened = context.offscreen()
    from vrtrainer.sessions.tableau import Tableau
    from vrtrainer.stage import cursor, gpu
    from vrtrainer.stage.renderer import Renderer

    renderer, target, made = Renderer(content), gpu.Target(*SIZE), cursor.Cursor()

    def draw(over):
        renderer.draw(Tableau(scene="calm_room"), CAMERA.view, CAMERA.projection, SIZE, target.framebuffer)
        before = target.read()[:, :, :3].astype(int)
        over(made)
        pixels = target.read()[:, :, :3].astype(int)
        return np.abs(pixels - before).max(axis=2) > 6, pixels

    yield draw
    opened.switch_to()
    for one in (made, renderer, target):
        one.delete()
    opened.close()


def teal(pixels):
    return np.abs(pixels - [0x17, 0x64, 0x6B]).max(axis=2) < 30


def test_a_cursor_is_as_wide_as_it_says_where_it_points(drawn):
    changed, pixels = drawn(lambda one: one.draw(PLANE, 2.0, -1.0, 0.0, False, 1.0))
    rows, columns = np.nonzero(changed)
    from vrtrainer.stage.cursor import ACROSS  # needs the context

    wide = ACROSS * 20
    assert abs(np.ptp(columns) + 1 - wide) <= 2
    assert abs(columns.mean() - (99.5 + 40)) < 1
    assert abs(rows.mean() - (99.5 + 20)) < 1
    assert teal(pixels)[changed].any()
    assert not teal(pixels)[120, 140]  # in the ring one sees what is pointed at


def test_pressed_the_ring_closes(drawn):
    _, pixels = drawn(lambda one: one.draw(PLANE, 2.0, -1.0, 0.0, True, 1.0))
    assert teal(pixels)[120, 140]


def test_the_dwell_ring_fills_clockwise_from_the_top(drawn):
    from vrtrainer.stage.cursor import ACROSS  # needs the context

    counts = []
    for progress in (0.25, 0.5, 0.75, 1.0):
        _, pixels = drawn(lambda one, progress=progress: one.draw(PLANE, 0.0, 0.0, progress, False, 1.0))
        y, x = np.mgrid[0:200, 0:200] - 99.5
        ring = teal(pixels) & (np.hypot(x, y) > ACROSS * 10 + 1.5)
        turn = np.degrees(np.arctan2(x, -y)) % 360
        assert turn[ring].max() < progress * 360 + 12
        counts.append(ring.sum())
    assert counts == sorted(counts)
    assert counts[0] > 5
    assert counts[-1] > 3 * counts[0]


def test_nothing_is_drawn_in_the_dark(drawn):
    changed, _ = drawn(lambda one: one.draw(PLANE, 0.0, 0.0, 0.5, False, 0.0))
    assert not changed.any()


def test_a_ray_is_thin_and_ends_before_its_end(drawn):
    views = CAMERA.view, CAMERA.projection
    changed, _ = drawn(lambda one: one.draw_ray((0.2, 1.0, -0.4), (-0.2, 1.4, -1.4), *views, 1.0))
    rows, columns = np.nonzero(changed)
    assert 20 < changed.sum() < 4 * max(np.ptp(rows), np.ptp(columns))
    clip = CAMERA.projection @ CAMERA.view @ np.array([-0.2, 1.4, -1.4, 1.0])
    end = (clip[0] / clip[3] + 1) * 100, (1 - clip[1] / clip[3]) * 100
    assert np.hypot(columns - end[0], rows - end[1]).min() > 5
