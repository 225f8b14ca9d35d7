"""The runtime's manifest, found as the loader finds it, and what is said where something is wrong with it."""

import json
import sys

import pytest

from vrtrainer import api
from vrtrainer.openxr import runtime

pytestmark = pytest.mark.skipif(
    sys.platform in ("darwin", "win32"), reason="the rules of Linux; Windows has a registry"
)


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with no runtime: every folder that is looked into lies below `tmp_path`."""
    for name in ("XR_RUNTIME_JSON", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", f"{tmp_path / 'one'}:{tmp_path / 'two'}")
    plain = runtime.Path

    def moved(text=".", *more):
        path = plain(text, *more)
        return tmp_path / "etc" if str(path) in ("/etc", "/usr/local/etc") else path

    moved.home = plain.home
    monkeypatch.setattr(runtime, "Path", moved)
    return tmp_path


def write(path, name="Some runtime", library="./lib.so", there=True):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"file_format_version": "1.0.0", "runtime": {"name": name, "library_path": library}}))
    if there:
        (path.parent / library).parent.mkdir(parents=True, exist_ok=True)
        (path.parent / library).touch()
    return path


def test_a_machine_without_a_runtime_says_what_to_install(machine):
    with pytest.raises(runtime.HeadsetError) as error:
        runtime.found()
    assert error.value.key == "no_runtime"
    for language in ("nl", "en"):
        told = error.value.told(api.options(language=language).texts)
        assert "SteamVR" in told
        assert "\n" not in told


def test_the_variable_wins_over_every_folder(machine, monkeypatch):
    write(machine / "home/.config/openxr/1/active_runtime.json", "Home's")
    monkeypatch.setenv("XR_RUNTIME_JSON", str(write(machine / "elsewhere/mine.json", "Mine")))
    assert runtime.found().name == "Mine"


def test_the_persons_own_folder_comes_before_the_systems(machine):
    write(machine / "etc/openxr/1/active_runtime.json", "System's")
    assert runtime.found().name == "System's"
    write(machine / "two/openxr/1/active_runtime.json", "Second's")
    assert runtime.found().name == "Second's"
    write(machine / "one/openxr/1/active_runtime.json", "First's")
    assert runtime.found().name == "First's"
    write(machine / "home/.config/openxr/1/active_runtime.json", "Home's")
    assert runtime.found().name == "Home's"


def test_a_manifest_of_this_architecture_comes_before_the_general_one(machine, monkeypatch):
    monkeypatch.setattr(runtime.platform, "machine", lambda: "x86_64")
    folder = machine / "home/.config/openxr/1"
    write(folder / "active_runtime.json", "General")
    write(folder / "active_runtime.x86_64.json", "Of x86_64")
    assert runtime.found().name == "Of x86_64"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("not json", "not a runtime manifest"),
        ("{}", "no 'runtime' in it"),
        ('{"runtime": {"name": "x"}}', "no 'library_path' in it"),
        ('{"runtime": []}', "not a runtime manifest"),
        ('{"runtime": {"library_path": "./gone.so"}}', "./gone.so is not there"),
    ],
)
def test_a_broken_manifest_is_named_with_what_is_wrong_in_it(machine, monkeypatch, text, says):
    file = machine / "broken.json"
    file.write_text(text)
    monkeypatch.setenv("XR_RUNTIME_JSON", str(file))
    with pytest.raises(runtime.HeadsetError) as error:
        runtime.found()
    told = error.value.told(api.options(language="en").texts)
    assert says in told
    assert str(file) in told


def test_a_manifest_that_is_not_there_is_named(machine, monkeypatch):
    monkeypatch.setenv("XR_RUNTIME_JSON", str(machine / "nothing.json"))
    with pytest.raises(runtime.HeadsetError, match="runtime_broken"):
        runtime.found()


def test_a_library_by_its_bare_name_is_left_to_the_system_to_find(machine, monkeypatch):
    file = write(machine / "bare.json", "Bare", "libopenxr_bare.so", there=False)
    monkeypatch.setenv("XR_RUNTIME_JSON", str(file))
    assert runtime.found().library == "libopenxr_bare.so"


def test_every_error_of_the_headset_has_a_sentence_in_both_languages():
    import re

    from tests.openxr import room

    keys = set()
    for file in (room.ROOT / "vrtrainer").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        keys |= set(re.findall(r'HeadsetError\(\s*"(\w+)"', text))
        keys |= set(re.findall(r'ERROR_\w+\): "(\w+)"', text))
    assert len(keys) > 10
    for language in ("nl", "en"):
        texts = api.options(language=language).texts["headset"]
        assert keys <= set(texts), keys - set(texts)
