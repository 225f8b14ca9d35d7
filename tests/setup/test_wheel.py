"""The wheel stands on its own: built, installed in an empty environment, and run from there."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from vrtrainer import choices

ROOT = Path(__file__).parents[2]
NO_NETWORK = ("error sending request", "Failed to fetch", "dns error", "Could not connect", "Network connectivity")
BIN = "Scripts" if sys.platform == "win32" else "bin"
LISTING = """
from vrtrainer import choices
print(choices.__file__)
for kind in choices.KINDS:
    root = choices.content(kind)
    for path in sorted(root.rglob("*")):
        if path.is_file():
            print(f"{kind}/{path.relative_to(root).as_posix()}")
"""
pytestmark = pytest.mark.alone  # half a minute of installing and running


def run(*words, cwd, **options):
    environment = {key: value for key, value in os.environ.items() if key not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    words = [str(word) for word in words]
    return subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, timeout=600, **options)


def uv(*words, cwd):
    program = os.environ.get("UV") or shutil.which("uv")
    if not program:
        pytest.skip("the wheel: uv is not here to build it with")
    done = run(program, *words, cwd=cwd)
    if done.returncode and any(sign in done.stderr for sign in NO_NETWORK):
        pytest.skip("the wheel: its dependencies are neither in uv's cache nor to be had, there is no network")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder of the programs of an environment that holds the wheel and what it depends on."""
    folder = tmp_path_factory.mktemp("wheel")
    uv("build", "--wheel", "--out-dir", folder / "dist", ROOT, cwd=folder)
    (wheel,) = (folder / "dist").glob("*.whl")
    uv("venv", "--python", sys.executable, folder / "env", cwd=folder)
    uv("pip", "install", "--python", folder / "env", wheel, cwd=folder)
    return folder / "env" / BIN


def test_the_wheel_carries_all_content_but_the_builders(installed, tmp_path):
    done = run(installed / "python", "-c", LISTING, cwd=tmp_path, check=True)
    where, *carried = done.stdout.splitlines()
    assert ROOT not in Path(where).parents, "the checkout was imported, not the wheel"
    roots = {kind: choices.content(kind) for kind in choices.KINDS}
    expected = [
        f"{kind}/{path.relative_to(root).as_posix()}"
        for kind, root in roots.items()
        for path in root.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    ]
    assert sorted(carried) == sorted(expected)
    assert any(name.startswith("avatars/") for name in carried)


def test_the_installed_command_explains_itself(installed, tmp_path):
    done = run(installed / "vrtrainer", "--help", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "run" in done.stdout
    assert "doctor" in done.stdout


def test_the_main_job_runs_from_the_wheel_and_leaves_report_database_and_journal(installed, tmp_path):
    data = tmp_path / "data"
    done = run(
        installed / "vrtrainer", "run", "--display", "offscreen", "--fast-clock", "--data", data, "--seed", 1,
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    (database,) = data.rglob("*.sqlite")
    with contextlib.closing(sqlite3.connect(database)) as connection:
        (trials,) = connection.execute("SELECT count(*) FROM trials").fetchone()
    assert trials > 0
    assert [path for path in data.rglob("*.html") if path.stat().st_size > 1000], "no report"
    assert [path for path in data.rglob("*.mcap") if path.stat().st_size > 1000], "no journal"
