import types
from pathlib import Path

import pytest

from vrtrainer import choices


@pytest.fixture(scope="session")
def content():
    """The folders that a renderer takes its content from."""
    return types.SimpleNamespace(**{kind: choices.content(kind) for kind in choices.KINDS})


@pytest.fixture(scope="session")
def fonts(content):
    return Path(content.assets) / "fonts"
