"""What the repository keeps to: no host of a registry, no path of one machine, no lock file, and README's two lines."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INSTALL = "python3 -m pip install --break-system-packages uv"
RUN_LINE = f"{INSTALL} && python3 -m uv run vrtrainer"
TEST_LINE = f"{INSTALL} && python3 -m uv run python -m tests"

REGISTRY = re.compile(rb"https?://[^\s\"'/]+/(simple|packages|debian|debian-security|ubuntu)([/\s\"']|$)", re.MULTILINE)
MACHINE = re.compile(rb"(^|[^\w.\]/])/(home|Users|root|work|workspace|mnt|media)/[\w.]", re.MULTILINE)
DRIVE = re.compile(rb"\b[A-Z]:\\Users\\\w")


@pytest.fixture(scope="module")
def tracked():
    """The tracked files that are text, each with its bytes."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("the checkout's rules: this is no git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    paths = [ROOT / name for name in listed.decode().split("\0") if name]
    contents = {path: path.read_bytes() for path in paths if path.is_file()}
    return {path: text for path, text in contents.items() if b"\0" not in text[:8000]}


def places(tracked, pattern):
    found = []
    for path, text in tracked.items():
        for match in pattern.finditer(text):
            line = text.count(b"\n", 0, match.start()) + 1
            found.append(f"{path.relative_to(ROOT)}:{line}: {match.group().decode(errors='replace').strip()}")
    return found


def test_no_tracked_file_names_the_host_of_a_package_registry(tracked):
    assert places(tracked, REGISTRY) == []


def test_no_tracked_file_names_a_path_of_one_machine(tracked):
    assert places(tracked, MACHINE) + places(tracked, DRIVE) == []


def test_no_lock_file_is_tracked(tracked):
    assert not [path for path in tracked if path.name in {"uv.lock", "package-lock.json", "poetry.lock"}]


@pytest.mark.parametrize(
    "text",
    ["index = https://host.example" + "/simple/", "deb http://host.example" + "/debian bookworm main"],
)
def test_the_host_of_a_registry_would_be_found(text):
    assert REGISTRY.search(text.encode())


@pytest.mark.parametrize("text", ["open('/home" + "/ann/x')", "/work" + "/main", "see C:\\Users" + "\\ann"])
def test_the_path_of_one_machine_would_be_found(text):
    assert MACHINE.search(text.encode()) or DRIVE.search(text.encode())


def test_readme_gives_the_two_commands_and_ci_runs_the_second():
    readme = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert RUN_LINE in [line.strip() for line in readme]
    assert TEST_LINE in [line.strip() for line in readme]
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1] == TEST_LINE
