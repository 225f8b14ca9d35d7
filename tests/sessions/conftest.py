"""Languages, as a session gets them."""

import tomllib

import pytest

from vrtrainer import choices


@pytest.fixture(scope="session")
def languages():
    """Texts of every language: its code to its tables."""
    folder = choices.content("assets") / "language"
    return {f.stem: tomllib.loads(f.read_text(encoding="utf-8")) for f in sorted(folder.glob("*.toml"))}
