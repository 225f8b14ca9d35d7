"""Places and things: every scene can be shown, and a broken one says which file and what to do."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from vrtrainer import choices
from vrtrainer.human.transform import IDENTITY, Transform
from vrtrainer.sessions.props import Prop

SCENES = Path(choices.content("scenes"))
NAMES = choices.listing(SCENES)


@pytest.fixture(scope="module")
def stage(opengl):
    """The modules that need a context, which is open while the tests run."""
    from vrtrainer.stage import context

    opened = context.offscreen()
    from vrtrainer.stage import props, scene

    yield scene, props
    opened.close()


@pytest.mark.parametrize("name", NAMES)
def test_every_scene_is_read_and_its_lamp_stands_above(stage, name):
    scene, _ = stage
    made = scene.Scene(SCENES / name)
    assert made.solid.pieces
    assert made.light.to_lamp[1] > 0
    assert np.isclose(np.linalg.norm(made.light.to_lamp), 1.0)
    made.delete()


def broken(tmp_path, text=None, model=None):
    folder = tmp_path / "mine"
    shutil.copytree(SCENES / NAMES[0], folder)
    if text is not None:
        (folder / "scene.toml").write_text(text, encoding="utf-8")
    if model is not None:
        (folder / "model.glb").write_bytes(model)
    return folder


def test_a_broken_scene_is_named_with_what_is_wrong(stage, tmp_path):
    scene, _ = stage
    with pytest.raises(scene.SceneError, match=r"scene\.toml cannot be read"):
        scene.read(tmp_path / "nowhere")
    for k, (text, model, said) in enumerate(
        (
            ("name = ", None, "is not TOML"),
            (None, b"glTF", "begins with"),
            ('model = "other.glb"', None, r"other\.glb cannot be read"),
            ('[light]\nlamp = "warm"', None, "colours are written #RRGGBB"),
        )
    ):
        folder = broken(tmp_path / str(k), text, model)
        with pytest.raises(scene.SceneError, match=said):
            scene.Scene(folder)


def test_a_thing_is_as_large_as_it_says_and_stands_where_it_is(stage):
    _, props = stage
    box = Prop("box", Transform(np.array([1.0, 2.0, 3.0]), IDENTITY.rotation), (0.2, 0.4, 0.6))
    assert np.allclose(props.matrix(box) @ [0.5, 0.5, 0.5, 1.0], [1.1, 2.2, 3.3, 1.0])
    ball = Prop("ball", IDENTITY, (0.1,))
    assert np.allclose(props.matrix(ball) @ [0.5, 0.0, 0.0, 1.0], [0.1, 0.0, 0.0, 1.0])


def test_every_known_thing_has_faces_that_look_outward(stage):
    from vrtrainer.stage import prop_shapes

    _, props = stage
    for mesh in (prop_shapes._box(), prop_shapes._sphere()):
        position, normal, indices = mesh
        a, b, c = (position[indices[k::3]] for k in range(3))
        across = np.cross(b - a, c - a)
        assert (np.einsum("ij,ij->i", across, (a + b + c) / 3) >= -1e-9).all()
        assert (np.einsum("ij,ij->i", position, normal) > 0).all()
    for name in props.LOOKS:
        props.solid(name).delete()
