"""Gloves look as they were approved by eye, on the one renderer that is the same everywhere."""

import types

import pytest

from tests.pictures import comparing, gloved
from vrtrainer import choices

GALLERY = gloved.gallery()


@pytest.fixture(scope="module")
def drawn(opengl):
    from vrtrainer.stage import context

    made = gloved.Gloved(types.SimpleNamespace(**{kind: choices.content(kind) for kind in choices.KINDS}))
    if "llvmpipe" not in context.renderer_name():
        made.close()
        pytest.skip(f"pictures: approved on llvmpipe, this is {context.renderer_name()} (LIBGL_ALWAYS_SOFTWARE=1)")
    yield made
    made.close()


@pytest.mark.parametrize("name", GALLERY)
def test_gloves_look_as_approved(name, drawn):
    seen = drawn.pixels(GALLERY[name])
    wanted = comparing.approved(f"{gloved.FOLDER}/{name}")
    assert wanted is not None, f"{name} has never been approved: python -m tests.pictures --approve {name}"
    wrong = comparing.difference(seen, wanted)
    if wrong:
        path = comparing.shown_apart(f"{gloved.FOLDER}_{name}", seen, wanted)
        pytest.fail(f"{name}: {wrong}; see {path}; if it is right: python -m tests.pictures --approve {name}")


def test_no_approved_picture_of_gloves_is_left_over():
    assert {p.stem for p in (comparing.APPROVED / gloved.FOLDER).glob("*.png")} <= set(GALLERY)
