"""Every folder of scenes/ is a place that can be drawn, small and calm, with nothing between learner and avatar."""

import colorsys
import subprocess
import sys
import tomllib

import numpy as np
import pytest

from tests.avatars import gltf_checks
from vrtrainer import choices

SCENES = choices.content("scenes")
MEGABYTES, TRIANGLES = 1.0, 30_000


@pytest.fixture(params=choices.listing(SCENES), scope="module")
def folder(request):
    return SCENES / request.param


@pytest.fixture(scope="module")
def table(folder):
    return tomllib.loads((folder / "scene.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def gltf(folder, table):
    return gltf_checks.read(folder / table["model"])


@pytest.fixture(scope="module")
def corners(gltf):
    """All triangles in the world, (T, 3, 3); a scene's nodes only move their meshes, if at all."""
    out = []
    for node, primitive in gltf.primitives():
        matrix = np.array(node.get("matrix", np.eye(4).ravel())).reshape(4, 4).T
        positions = gltf.values(primitive["attributes"]["POSITION"]) @ matrix[:3, :3].T + matrix[:3, 3]
        out.append(positions[gltf.values(primitive["indices"]).reshape(-1, 3)])
    return np.concatenate(out)


def test_it_is_named_in_both_languages_and_says_whose_it_is(folder, table):
    assert set(table["name"]) >= {"nl", "en"}
    assert table["licence"]
    assert (folder / "LICENCE").read_text(encoding="utf-8")


def test_it_is_small(folder, table, gltf):
    assert (folder / table["model"]).stat().st_size < MEGABYTES * 1e6
    assert gltf.triangles() <= TRIANGLES


def test_its_buffers_and_meshes_are_sound(gltf):
    gltf_checks.check_meshes(gltf)


def test_its_light_comes_from_above_in_soft_colours(table):
    light = table["light"]
    assert light["to_lamp"][1] > 0
    for name in ("lamp", "sky", "ground"):
        assert 0 < light[f"{name}_strength"] <= 1
        assert light[name] != "#FFFFFF"


def test_nothing_in_it_is_pure_white_or_glaring(gltf):
    for node, primitive in gltf.primitives():
        colours = gltf.values(primitive["attributes"]["COLOR_0"])[:, :3] / 255
        assert colours.min(axis=1).max() < 0.97, f"{node['name']} is white"
        brightest = colours[colours.sum(axis=1).argmax()]
        encoded = [12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in brightest]
        assert colorsys.rgb_to_hsv(*encoded)[1] < 0.6, f"{node['name']} is glaring"


def test_the_floor_carries_learner_and_avatar(table, corners):
    floor = table["places"]["floor"]
    assert corners[..., 1].min() == pytest.approx(floor, abs=0.01)
    for who in ("learner", "avatar"):
        x, y, z = table["places"][who]
        assert y == floor
        assert corners[..., 0].min() + 0.8 < x < corners[..., 0].max() - 0.8, f"{who} has room for the arms"
        assert corners[..., 2].min() + 0.8 < z < corners[..., 2].max() - 0.8


def test_nothing_stands_between_the_learner_and_the_avatar(table, corners):
    learner, avatar = np.array(table["places"]["learner"]), np.array(table["places"]["avatar"])
    assert np.linalg.norm(avatar - learner) == pytest.approx(1.5)
    # As wide as arms reach, from above a rug to above the head.
    low = np.minimum(learner, avatar) - np.array([0.8, -0.03, 0.5])
    high = np.maximum(learner, avatar) + np.array([0.8, 2.0, 0.5])
    inside = ((corners.max(axis=1) > low) & (corners.min(axis=1) < high)).all(axis=1)
    assert not inside.any()


def test_a_lamp_stands_where_the_table_says(table, corners):
    away = np.linalg.norm(corners.mean(axis=1) - np.array(table["places"]["lamp"]), axis=1)
    assert (away < 0.3).sum() > 20


def test_the_builder_makes_the_same_model_again(folder, table, tmp_path):
    path = folder / table["model"]
    before = path.read_bytes()
    code = (
        "import sys, runpy, pathlib; "
        f"made = runpy.run_path({str(SCENES / 'build.py')!r}); "
        f"made['ROOMS'][{folder.name!r}]().write(pathlib.Path({str(tmp_path / 'model.glb')!r}))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert (tmp_path / "model.glb").read_bytes() == before


def test_the_validator_of_khronos_finds_no_error(folder, table, gltf_errors):
    assert gltf_errors(folder / table["model"]) == []
