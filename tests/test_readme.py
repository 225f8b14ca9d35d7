"""README and docs hold: commands that are named exist and run, what ships is documented, links lead somewhere."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from tests.cli.terminal import events, journals, tell
from vrtrainer import choices, cli, displays, trackers
from vrtrainer.imitation import ways
from vrtrainer.learning import policies
from vrtrainer.records import exports
from vrtrainer.sessions import modes, pages

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in PAGES}
GROUP = typer.main.get_command(cli.app)
COMMANDS = sorted(GROUP.commands)
BLOCK = re.compile(r"^```[\w-]*\n(.*?)^```", re.M | re.S)
INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
PLACEHOLDER = re.compile(r"\b[A-Z]{3,}\b|…|\|")


def typed(text):
    """The lines that a page tells to type: those of code blocks that begin with the program's name."""
    lines = [line.strip() for block in BLOCK.findall(text) for line in block.splitlines()]
    return [line[line.index("vrtrainer") :] for line in lines if re.match(r"(\$ )?(\S+ -m uv run )?vrtrainer\b", line)]


def named(text):
    """What a page names in a sentence: `vrtrainer COMMAND …`."""
    return [line for line in INLINE.findall(BLOCK.sub("", text)) if re.match(r"vrtrainer( |$)", line)]


def parsed(line):
    """Parse a line as the program does, without running it; the command's name and its options."""
    words = shlex.split(line.replace("\\|", "|"), comments=True)[1:]
    with GROUP.make_context("vrtrainer", words, resilient_parsing=False) as context:
        rest = [*context._protected_args, *context.args]
        if not rest:
            return "", {}
        name, command, rest = GROUP.resolve_command(context, rest)
        with command.make_context(name, rest, parent=context) as inner:
            return name, inner.params


ALL_TYPED = sorted({(page, line) for page, text in TEXTS.items() for line in typed(text)})
ALL_NAMED = sorted({(page, line) for page, text in TEXTS.items() for line in named(text)})


def test_there_is_something_to_check():
    assert len([line for page, line in ALL_TYPED if page == "README.md"]) >= 2
    assert len(ALL_NAMED) >= 8


@pytest.mark.parametrize(("page", "line"), ALL_TYPED)
def test_every_command_that_a_page_tells_to_type_is_understood(page, line):
    name, _ = parsed(line)
    assert name in {"", *COMMANDS}


@pytest.mark.parametrize(("page", "line"), ALL_NAMED)
def test_every_command_that_a_page_names_exists_with_the_options_it_names(page, line):
    words = line.replace("[", " ").replace("]", " ").split()[1:]
    if not words or words[0].startswith("-"):
        return
    assert words[0] in COMMANDS
    known = {option for parameter in GROUP.commands[words[0]].params for option in parameter.opts}
    assert {word for word in words if word.startswith("--") and word != "--"} <= known


def test_every_option_in_the_readmes_table_exists():
    rows = re.findall(r"^\| `vrtrainer(?:` or `vrtrainer)?(?: ([\w-]+))?.*$", README, re.M)
    for row, command in zip(re.findall(r"^\| `vrtrainer.*$", README, re.M), rows, strict=True):
        known = {option for parameter in GROUP.commands[command or "run"].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", row)) <= known, row


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_stands_in_the_readme(command):
    assert f"`vrtrainer {command}" in README


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_documented(command):
    everything = " ".join(TEXTS.values())
    for parameter in GROUP.commands[command].params:
        for option in parameter.opts:
            assert not option.startswith("--") or re.search(rf"{option}\b", everything), option


CHOICES = [
    *(("mode", n) for n in choices.names(modes)),
    *(("page", n) for n in choices.names(pages)),
    *(("policy", n) for n in choices.names(policies)),
    *(("way", n) for n in choices.names(ways)),
    *(("exporter", n) for n in choices.names(exports)),
    *(("tracker", n) for n in choices.names(trackers)),
    *(("display", n) for n in choices.names(displays)),
    *(("avatar", n) for n in choices.listing(choices.content("avatars"))),
    *((k, n) for k in ("gestures", "programmes", "learners") for n in choices.listing(choices.content("assets") / k)),
]


@pytest.mark.parametrize(("kind", "name"), CHOICES)
def test_everything_that_can_be_chosen_is_documented_by_its_name(kind, name):
    assert f"| `{name}` |" in TEXTS["docs/what-ships.md"]


def test_the_page_of_what_ships_names_nothing_that_is_not_there():
    listed = re.findall(r"^\| `(\w+)` \|", TEXTS["docs/what-ships.md"], re.M)
    assert sorted(listed) == sorted(name for _, name in CHOICES)


def anchors(text):
    heads = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", TEXTS)
def test_every_link_leads_somewhere(page):
    broken = []
    for target in re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)\)", BLOCK.sub("", TEXTS[page])):
        path, _, anchor = target.partition("#")
        file = ROOT / page if not path else (ROOT / page).parent / path
        if not file.exists() or (anchor and anchor not in anchors(file.read_text(encoding="utf-8"))):
            broken.append(target)
    assert not broken


@pytest.mark.parametrize("page", [page for page in TEXTS if page != "README.md"])
def test_every_page_can_be_reached_from_the_readme(page):
    reached, new = {"README.md"}, ["README.md"]
    while new:
        here = new.pop()
        for target in re.findall(r"\]\((?!https?:|mailto:)([^)#\s]+)", TEXTS[here]):
            path = (ROOT / here).parent.joinpath(target).resolve()
            name = path.relative_to(ROOT).as_posix()
            if name in TEXTS and name not in reached:
                reached.add(name)
                new.append(name)
    assert page in reached


def test_the_loop_in_the_readme_is_the_loop():
    loop = next(block for block in BLOCK.findall(README) if "display.frames()" in block)
    source = [line.strip() for line in (ROOT / "vrtrainer" / "app.py").read_text(encoding="utf-8").splitlines()]
    assert [line for line in map(str.strip, loop.splitlines()) if line not in source] == []


# Commands that need people's recordings


@pytest.mark.parametrize("line", [line for page, line in ALL_TYPED if page == "README.md" and "--people" in line])
def test_the_readmes_commands_for_recorded_people_run(line, people, tmp_path):
    words = shlex.split(line)[1:]
    words[words.index("--people") + 1] = str(people)
    told = tell(*words, "--display", "offscreen", "--fast-clock", "--seed", 1, data=tmp_path, timeout=570)
    assert told.code == 0, told.all
    (journal,) = journals(tmp_path)
    ended = [fields["answer"] for _, _, fields in events(journal, "trial_ended")]
    assert len(ended) >= 3
    assert any(answer["graded"] is not None for answer in ended)


@pytest.mark.parametrize(("page", "line"), [(p, x) for p, x in ALL_TYPED if not PLACEHOLDER.search(x)])
def test_commands_without_a_place_for_ones_own_names_are_complete(page, line):
    name, options = parsed(line)
    content = {"learner": "learners", "programme": "programmes"}
    for option, folder in content.items():
        given = options.get(option) if name == "run" else None
        if given and "." not in given:
            assert given in choices.listing(choices.content("assets") / folder)
