"""A data folder with a short session, and a place for a test's own data."""

import pytest

from tests.cli import terminal


@pytest.fixture(scope="session")
def quick(tmp_path_factory):
    """A programme of two trials."""
    file = tmp_path_factory.mktemp("programme") / "quick.toml"
    file.write_text(terminal.QUICK, encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def played(tmp_path_factory, quick):
    """A data folder in which P1 has had a short session, and what the command said."""
    data = tmp_path_factory.mktemp("played")
    told = terminal.tell("run", "--programme", quick, "--person", "P1", "--seed", 3, data=data)
    assert told.code == 0, told.all
    return data, told
