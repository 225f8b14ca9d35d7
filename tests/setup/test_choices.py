"""Choosing modules and content by the names of their files."""

import sys

import pytest

import vrtrainer.records.exports
from vrtrainer import choices


@pytest.fixture
def room(tmp_path, monkeypatch):
    """A package of its own with two choices and something that both share."""
    folder = tmp_path / "kitchen"
    folder.mkdir()
    for name in ("__init__", "oven", "kettle", "_tap"):
        (folder / f"{name}.py").write_text(f"NAME = {name!r}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    import kitchen

    yield kitchen
    for name in [name for name in sys.modules if name.partition(".")[0] == "kitchen"]:
        del sys.modules[name]


def test_the_names_are_those_of_the_files_and_shared_files_are_no_choice(room):
    assert choices.names(room) == ["kettle", "oven"]


def test_loading_a_choice_imports_that_one_only(room):
    assert choices.load(room, "oven").NAME == "oven"
    assert "kitchen.kettle" not in sys.modules


def test_a_name_that_is_not_there_is_answered_with_those_that_are(room):
    with pytest.raises(LookupError, match="kitchen: no 'stove'; there is kettle, oven"):
        choices.load(room, "stove")


def test_a_shared_file_cannot_be_loaded_as_a_choice(room):
    with pytest.raises(LookupError, match="kitchen: no '_tap'"):
        choices.load(room, "_tap")


def test_a_room_of_this_package_is_listed_by_its_last_name():
    with pytest.raises(LookupError, match="exports: no 'stone_tablet'"):
        choices.load(vrtrainer.records.exports, "stone_tablet")


def test_a_file_or_a_folder_with_a_toml_file_is_an_entry(tmp_path):
    (tmp_path / "wave.toml").touch()
    (tmp_path / "_draft.toml").touch()
    (tmp_path / "README.md").touch()
    for folder, file in (("child", "avatar.toml"), ("empty", "notes.txt"), (".hidden", "avatar.toml")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / file).touch()
    assert choices.listing(tmp_path) == ["child", "wave"]
    assert choices.entry(tmp_path, "wave") == tmp_path / "wave.toml"
    assert choices.entry(tmp_path, "child") == tmp_path / "child"
    with pytest.raises(LookupError, match="no 'empty'; there is child, wave"):
        choices.entry(tmp_path, "empty")


@pytest.mark.parametrize("kind", choices.KINDS)
def test_every_kind_of_content_is_found_in_the_checkout(kind):
    assert choices.content(kind).is_dir()


def test_an_unknown_kind_of_content_is_refused():
    with pytest.raises(LookupError, match="content: no 'puppets'; there is scenes, avatars, assets"):
        choices.content("puppets")
