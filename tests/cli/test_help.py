"""What help says: every command, and data folder and language for each."""

import re

import pytest

from tests.cli.terminal import tell
from vrtrainer import __version__, cli

COMMANDS = sorted(command.name or command.callback.__name__ for command in cli.app.registered_commands)


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_lists_every_command(flag):
    told = tell(flag, lang=None)
    assert told.code == 0
    assert len(COMMANDS) >= 7
    for command in COMMANDS:
        assert f"\n  {command} " in told.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_a_data_folder_and_a_language_and_says_what_each_option_is_for(command):
    told = tell(command, "--help", lang=None)
    assert told.code == 0
    assert "--data FOLDER" in told.out
    assert "--lang nl|en" in told.out
    # An option that is longer than its column has its sentence on the next line.
    for option in re.findall(r"^  --.*(?:\n {6,}.*)*", told.out, re.M):
        assert len(option.split()) > 3, option


def test_the_version_is_said():
    told = tell("--version", lang=None)
    assert told.out == f"vrtrainer {__version__}\n"
