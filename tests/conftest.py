"""What all tests share: the people's recordings, what a machine may lack, steady hypothesis, and what was left out."""

import json
import os
import subprocess
from collections import Counter
from pathlib import Path

import pyglet
import pytest
from hypothesis import HealthCheck, settings

from tests import needs

# The same examples every time, and no verdict by the clock: a slow machine is no fault of the code.
settings.register_profile(
    "steady", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")

# pyglet cannot change from windows to no screen within a process: tests draw without; a window gets its own process.
pyglet.options["headless"] = True


def pytest_addoption(parser):
    parser.addoption(
        "--people",
        metavar="FOLDER",
        default=os.environ.get("VRTRAINER_PEOPLE"),
        help="folder with recordings of real people, as README describes them (default: VRTRAINER_PEOPLE)",
    )


@pytest.fixture(scope="session")
def people(request) -> Path:
    """The folder with recordings of real people, which the repository does not hold."""
    given = request.config.getoption("--people")
    if not given:
        pytest.skip("recordings of real people: say where they are by --people FOLDER or VRTRAINER_PEOPLE")
    folder = Path(given).resolve()
    if not folder.is_dir():
        pytest.fail(f"--people: there is no folder {folder}")
    return folder


@pytest.fixture(scope="session")
def opengl():
    """Skips where nothing can be drawn."""
    if not needs.opengl():
        pytest.skip("pictures: this machine has no OpenGL without a screen (on Debian: libegl1 libgl1 libgl1-mesa-dri)")


@pytest.fixture(scope="session")
def screen():
    """Skips where no window can be opened."""
    if needs.LINUX and not os.environ.get("DISPLAY"):
        pytest.skip("windows: there is no screen; python -m tests makes one up where Xvfb is installed")


@pytest.fixture(scope="session")
def gltf_errors():
    """A function that answers what Khronos' validator finds wrong in a glTF, GLB or VRM file: a list of lines."""
    if not needs.gltf_validator():
        pytest.skip("glTF files: gltf-validator is not installed; python -m tests gets it where Node.js is")

    def errors(path):
        words = ["node", "-e", needs.VALIDATOR, str(Path(path).resolve())]
        done = subprocess.run(words, cwd=needs.FOLDER, capture_output=True, text=True, check=True)
        found = [message for message in json.loads(done.stdout) if message["severity"] == 0]
        return [f"{message.get('pointer', 'file')}: {message['message']}" for message in found]

    return errors


def pytest_terminal_summary(terminalreporter):
    """Say aloud what was left out, and why."""
    reasons = Counter(reason(report) for report in terminalreporter.stats.get("skipped", []))
    if reasons:
        terminalreporter.section("left out")
        for why, count in reasons.most_common():
            terminalreporter.write_line(f"left out: {count} test{'s' if count > 1 else ''}: {why}")


def reason(report):
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")
