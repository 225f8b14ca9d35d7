"""A sixth gesture, written as text as docs/notation.md builds it: performed, missed, scored and practised, no code."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.cli.terminal import events, journals, tell
from vrtrainer.gestures import library, notation
from vrtrainer.records import reading

PAGE = Path(__file__).parents[2] / "docs" / "notation.md"
NAME = "hand_on_heart"
PROGRAMME = """
name = { nl = "Dankjewel zeggen", en = "Saying thank you" }
[[block]]
mode = "immediate"
gestures = ["hand_on_heart", "wave"]
trials = 2
policy = "fixed"
"""


@pytest.fixture(scope="module")
def text():
    """The whole example of the page that explains how a gesture is written."""
    marked = re.search(r"<!-- the whole example.*?-->\s*```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    return marked[1]


@pytest.fixture(scope="module")
def data(tmp_path_factory, text):
    """A data folder with the gesture and a programme, and nothing else."""
    data = tmp_path_factory.mktemp("sixth")
    (data / "gestures").mkdir()
    (data / "gestures" / f"{NAME}.toml").write_text(text, encoding="utf-8")
    (data / "thanks.toml").write_text(PROGRAMME, encoding="utf-8")
    return data


@pytest.fixture(scope="module")
def session(data):
    told = tell("run", "--programme", data / "thanks.toml", "--seed", 4, data=data, lang="nl")
    assert told.code == 0, told.all
    return journals(data)[-1]


def test_it_is_not_one_that_ships(gestures):
    assert NAME not in gestures


def test_it_stands_in_the_list_with_its_name_in_both_languages(data):
    assert f"{NAME:14}" in tell("gesture", data=data).out
    assert "Hand on heart" in tell("gesture", data=data).out
    assert "Hand op je hart" in tell("gesture", data=data, lang="nl").out


def test_it_is_performed_and_scored_above_every_way_in_which_it_was_missed(data, text):
    told = tell("gesture", NAME, data=data)
    assert told.code == 0, told.all
    lines = re.findall(r"^  (\w[\w ]*?) +(\d+\.\d) s .*likeness (\d\.\d\d)", told.out, re.M)
    likeness = {name: float(value) for name, _, value in lines}
    right, misses = next(iter(likeness.values())), list(likeness)[1:]
    gesture = library.one(data / "gestures" / f"{NAME}.toml")
    assert set(misses) == set(gesture.near_misses)
    assert {"wrong_shape", "too_low", "half_of_it"} <= set(misses)
    assert right > 0.95
    assert all(likeness[name] < right - 0.02 for name in ("wrong_shape", "too_low", "half_of_it")), likeness


def test_it_is_drawn(data, tmp_path):
    told = tell("gesture", NAME, "--out", tmp_path, data=data)
    assert told.code == 0, told.all
    assert [p for p in tmp_path.iterdir() if p.name.startswith(NAME)]


def test_it_is_practised_in_a_session_and_scored_there(session):
    ended = [fields for _, _, fields in events(session, "trial_ended")]
    assert [f["plan"]["gesture"] for f in ended] == [NAME, "wave"]
    score = ended[0]["score"]
    assert score["withheld"] is None
    assert 0 <= score["similarity"] <= 1
    assert ended[0]["answer"]["graded"] in (0, 1, 2)


def test_what_is_said_of_it_are_its_own_words(session):
    page = (session.parent / "report.html").read_text(encoding="utf-8")
    assert "Hand op je hart" in page


def test_the_journal_keeps_its_text_so_that_a_replay_needs_the_file_no_more(data, session, text, tmp_path):
    stored = reading.read(session).setup["gestures"][NAME]
    assert stored["source"] == text
    elsewhere = tmp_path / session.name
    shutil.copy(session, elsewhere)
    told = tell("replay", elsewhere, data=tmp_path / "another")
    assert told.code == 0, told.all
    assert "to the last bit" in told.out


def test_exports_name_it(data, session, tmp_path):
    told = tell("export", "--out", tmp_path / "out", data=data)
    assert told.code == 0, told.all
    assert NAME in (tmp_path / "out" / "trials.csv").read_text(encoding="utf-8")


def test_the_same_text_gives_the_same_gesture_however_often_it_is_read(text):
    one, other = (notation.read(text, NAME, f"{NAME}.toml") for _ in range(2))
    assert one.digest == other.digest
    assert json.dumps(one.near_misses, default=str) == json.dumps(other.near_misses, default=str)
