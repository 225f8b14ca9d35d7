"""Pictures are what was approved by eye, within a tolerance, on the one renderer that is the same everywhere."""

import types

import numpy as np
import pytest

from tests.pictures import comparing
from tests.pictures.gallery import gallery
from vrtrainer import choices

GALLERY = gallery()


@pytest.fixture(scope="module")
def pictures(opengl):
    from vrtrainer.stage import context
    from vrtrainer.stage.pictures import Pictures

    content = types.SimpleNamespace(**{kind: choices.content(kind) for kind in choices.KINDS})
    with Pictures(content) as made:
        assert made.suffix == ".png", made.reason
        if "llvmpipe" not in context.renderer_name():
            pytest.skip(f"pictures: approved on llvmpipe, this is {context.renderer_name()} (LIBGL_ALWAYS_SOFTWARE=1)")
        yield made


@pytest.mark.parametrize("name", GALLERY)
def test_a_picture_is_the_approved_one(name, pictures):
    tableau, view, size = GALLERY[name]
    seen = pictures.pixels(tableau, size, view)[:, :, :3]
    wanted = comparing.approved(name)
    assert wanted is not None, f"{name} has never been approved: python -m tests.pictures --approve {name}"
    wrong = comparing.difference(seen, wanted)
    if wrong:
        path = comparing.shown_apart(name, seen, wanted)
        pytest.fail(f"{name}: {wrong}; see {path}; if it is right: python -m tests.pictures --approve {name}")


def test_no_approved_picture_is_left_over():
    assert {p.stem for p in comparing.APPROVED.glob("*.png")} <= set(GALLERY)


def test_a_comparison_notices_a_hand_that_is_gone_but_no_rounding():
    wanted = comparing.approved("wave")
    rounded = np.clip(wanted.astype(int) + np.random.default_rng(0).integers(-2, 3, wanted.shape), 0, 255)
    assert comparing.difference(rounded.astype(np.uint8), wanted) == ""
    gone = wanted.copy()
    gone[50:125, 65:110] = gone[0, 0]
    assert "clearly" in comparing.difference(gone, wanted)


def test_nothing_is_pure_white_and_no_part_of_a_face_is_black(pictures):
    for name in ("smile", "rest", "robot_wave"):
        tableau, view, size = GALLERY[name]
        seen = pictures.pixels(tableau, size, view)[:, :, :3]
        assert (seen.min(axis=2) > 252).mean() < 0.003, name
    face = pictures.pixels(*[GALLERY["smile"][k] for k in (0, 2, 1)])[100:200, 100:200, :3]
    assert (face.max(axis=2) < 25).mean() < 0.01


def test_a_figure_is_lit_from_its_front_whichever_way_it_faces(pictures):
    from dataclasses import replace

    from vrtrainer.human.transform import IDENTITY
    from vrtrainer.sessions.tableau import Tableau

    tableau, view, size = GALLERY["smile"]
    turned = Tableau(figures=(replace(tableau.figures[0], world_from_avatar=IDENTITY),))
    seen, other = (pictures.pixels(t, size, view)[:, :, :3].astype(int) for t in (tableau, turned))
    assert np.abs(seen - other).mean() < 1.0


def test_the_same_tableau_gives_the_same_picture(pictures):
    tableau, view, size = GALLERY["asking_nl"]
    assert np.array_equal(pictures.pixels(tableau, size, view), pictures.pixels(tableau, size, view))


def test_a_ghost_lets_the_avatar_itself_stay_in_sight(pictures):
    from vrtrainer.sessions.tableau import Tableau

    both, view, size = GALLERY["ghost_and_highlight"]
    alone = Tableau(figures=both.figures[:1])
    changed = np.abs(
        pictures.pixels(both, size, view).astype(int) - pictures.pixels(alone, size, view).astype(int)
    ).max(axis=2)
    assert 0.005 < (changed > 20).mean() < 0.12


def test_in_a_headset_captions_stand_before_the_avatar_below_its_face(pictures):
    from vrtrainer.stage import renderer

    face, eye = np.array([0.0, 1.2, -1.5]), np.array([0.0, 1.25, 0.0])
    plane = renderer.standing_plane(face, eye)
    assert plane[2, 3] == pytest.approx(-1.5 + 0.16)  # its front: what its hands show is nearer still, and covers them
    down = np.degrees(np.arctan2(eye[1] - plane[1, 3], 1.5 - 0.16)) - np.degrees(np.arctan2(eye[1] - face[1], 1.5))
    assert down == pytest.approx(10.0)
    high = np.linalg.norm(plane[:3, 1])  # a degree of the plane, seen from the eye
    assert np.degrees(np.arctan2(high, np.linalg.norm(plane[:3, 3] - eye))) == pytest.approx(1.0, abs=0.01)
