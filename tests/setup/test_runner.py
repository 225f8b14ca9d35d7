"""The test runner itself: it says what it leaves out, installs nothing twice, and takes down what it put up."""

import os
import shutil

import pytest

from tests import __main__ as runner
from tests import needs


def need(name="a thing", there=False, **rest):
    return needs.Need(name=name, without="what it is for", there=lambda: there, **rest)


@pytest.fixture
def said():
    return []


def test_nothing_is_said_or_installed_where_all_is_there(said):
    asked = need(there=True, packages=("never-installed",), obtain=lambda: said.append("obtained"))
    assert needs.obtain(said.append, [asked]) == []
    assert said == []


def test_what_is_left_out_is_said_with_its_reason(said):
    absent = need(obtain=lambda: "the network is down")
    assert needs.obtain(said.append, [absent]) == [absent]
    assert said[-1] == "LEFT OUT: what it is for. a thing is missing: the network is down"


def test_something_that_still_fails_after_installing_is_said_to(said):
    needs.obtain(said.append, [need(obtain=lambda: "")])
    assert said[-1].endswith("it was installed, but does not work here")


def test_who_may_not_install_is_told_the_command(monkeypatch):
    monkeypatch.setattr(needs, "LINUX", True)
    monkeypatch.setattr(needs.shutil, "which", lambda name: name)
    monkeypatch.setattr(needs.os, "geteuid", lambda: 1000, raising=False)
    assert needs.apt_install(["xvfb"]) == "only root may install; do it with: sudo apt-get install xvfb"


def test_elsewhere_than_linux_nothing_is_installed(monkeypatch):
    monkeypatch.setattr(needs, "LINUX", False)
    monkeypatch.setattr(needs.platform, "system", lambda: "Windows")
    assert needs.apt_install(["xvfb"]) == "nothing is installed on Windows"


def test_a_command_that_is_not_there_is_a_reason_and_no_error():
    assert "vrtrainer-no-such-command" in needs.command(["vrtrainer-no-such-command"])


def test_the_closing_line_is_pytests_and_counts_both_passes():
    counts = {"passed": 412, "failed": 0, "skipped": 3, "error": 0}
    assert runner.closing_line(counts, 83.456) == "412 passed, 3 skipped in 83.46s"
    assert runner.closing_line({"failed": 1, "passed": 2, "error": 2}, 1.0) == "1 failed, 2 passed, 2 errors in 1.00s"


def test_no_test_at_all_is_not_a_success():
    assert runner.closing_line({}, 0.01) == "no tests ran in 0.01s"


@pytest.mark.parametrize("asked", needs.NEEDS, ids=lambda asked: asked.name)
def test_the_readme_of_the_tests_lists_every_need_and_its_packages(asked):
    rows = (needs.ROOT / "tests" / "README.md").read_text(encoding="utf-8").splitlines()
    (row,) = [row for row in rows if row.strip().startswith(f"| {asked.name} | {asked.without} |")]
    assert set(asked.packages) <= set(row.split())


@pytest.mark.skipif(not shutil.which("Xvfb"), reason="windows: Xvfb is not installed")
def test_the_made_up_screen_is_free_and_gone_afterwards(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    with runner.made_up_screen() as first, runner.made_up_screen() as second:
        assert first != second
        sockets = [f"/tmp/.X11-unix/X{name.removeprefix(':')}" for name in (first, second)]
        assert all(os.path.exists(path) for path in sockets)
    assert not any(os.path.exists(path) for path in sockets)


def test_a_screen_that_is_there_is_used(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":4711")
    with runner.made_up_screen() as name:
        assert name is None
