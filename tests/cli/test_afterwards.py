"""What is done with a session afterwards: replay, report, export, erase; and the doctor, and trying a gesture."""

import csv
import re
import shutil

import pytest

from tests.cli.terminal import journals, tell


@pytest.fixture
def data(played, tmp_path):
    """A copy of the played data folder, to be changed."""
    copy = tmp_path / "data"
    shutil.copytree(played[0], copy)
    return copy


# Replay


def test_a_replay_computes_the_same_to_the_last_bit(played):
    data, _ = played
    (journal,) = journals(data)
    before = journal.read_bytes()
    told = tell("replay", journal, data=data)
    assert told.code == 0, told.all
    frames, events, hashes = map(int, re.findall(r"(\d+) (?:frames|events|picture hashes)", told.out))
    assert frames > 300
    assert events > 20
    assert hashes > 10
    assert journal.read_bytes() == before


@pytest.mark.parametrize("programme", ["alone", "first_minutes"])
def test_pages_are_computed_the_same_too_though_little_of_what_moves_on_them_is_kept(tmp_path, programme):
    run = tell(
        "run", "--display", "offscreen", "--learner", "lev", "--programme", programme, "--seed", 3, data=tmp_path
    )
    assert run.code == 0, run.all
    found = [j for j in journals(tmp_path) if j.exists()]
    told = tell("replay", found[0], data=tmp_path)
    assert told.code == 0, told.all


def test_a_replay_shown_again_offscreen_leaves_pictures_and_the_same_verdict(data):
    (journal,) = journals(data)
    told = tell("replay", journal, "--show", data=data)
    assert told.code == 0, told.all
    assert "to the last bit" in told.out
    assert list((journal.parent / "replay").rglob("*.*"))


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_journal_that_was_cut_off_is_the_same_as_far_as_it_goes_and_says_so(data, tmp_path, share):
    whole = journals(data)[0].read_bytes()
    cut = tmp_path / "cut.mcap"
    cut.write_bytes(whole[: int(len(whole) * share)])
    told = tell("replay", cut, data=data)
    assert told.code == 0, told.all
    assert "cut off" in told.out
    assert int(re.search(r"(\d+) frames", told.out)[1]) > 50
    assert cut.stat().st_size == int(len(whole) * share)


def test_a_replay_says_so_when_what_was_stored_is_not_what_is_computed(data, tmp_path):
    """A journal in which one order more was kept: the session computes something else."""
    from vrtrainer.records import reading
    from vrtrainer.records.journal import Journal
    from vrtrainer.sessions.commands import Command

    recorded = reading.read(journals(data)[0])
    journal = Journal(tmp_path / "other.mcap", recorded.setup, recorded.source)
    for k, (frame, seen, orders, told) in enumerate(recorded.steps()):
        journal.append(frame, seen, (Command("pause"),) if k == 200 else orders, told)
    journal.close()
    told = tell("replay", tmp_path / "other.mcap", data=data)
    assert told.code == 1
    assert "to the last bit" not in told.out
    assert "command" in told.out


# Report


def test_a_report_in_another_language_stands_beside_the_first_and_the_same_language_is_written_anew(data):
    page = journals(data)[0].parent / "report.html"
    first = page.read_text(encoding="utf-8")
    told = tell("report", data=data, lang="nl")
    assert told.code == 0, told.all
    other = page.with_name("report-nl.html")
    assert told.out.strip() == str(other)
    assert 'lang="en"' in first[:300]
    assert 'lang="nl"' in other.read_text(encoding="utf-8")[:300]
    told = tell("report", page.parent.name, data=data, lang="en")
    assert told.code == 0, told.all
    assert told.out.strip() == str(page)
    assert page.read_text(encoding="utf-8") == first


def test_an_unknown_session_lists_the_last_ones(data):
    told = tell("report", "2020-01-01-P1-1", data=data)
    assert told.code == 2
    assert journals(data)[0].parent.name in told.err


# Export


def test_an_export_has_every_trial_and_event_is_the_same_again_and_never_written_over(data, tmp_path):
    texts = []
    for out in (tmp_path / "first", tmp_path / "second"):
        told = tell("export", "--format", "csv", "--out", out, data=data)
        assert told.code == 0, told.all
        texts.append({p.name: p.read_bytes() for p in sorted(out.iterdir())})
    assert texts[0] == texts[1]
    told = tell("export", "--out", out, data=data)
    assert told.code == 2
    assert "name another folder with --out" in told.err
    assert {p.name: p.read_bytes() for p in sorted(out.iterdir())} == texts[1]
    assert {"trials.csv", "events.csv"} <= set(texts[0])
    with (out / "trials.csv").open(encoding="utf-8", newline="") as file:
        trials = list(csv.DictReader(file))
    with (out / "events.csv").open(encoding="utf-8", newline="") as file:
        events = list(csv.DictReader(file))
    assert len(trials) == 2
    assert {t["gesture"] for t in trials} <= {"wave", "one_arm_up"}
    assert [e["trial_type"] for e in events].count("trial_ended") == 2
    assert all(float(e["onset"]) >= 0 for e in events)


def test_nothing_played_exports_tables_with_a_head_and_no_rows(tmp_path):
    told = tell("export", "--out", tmp_path / "out", data=tmp_path / "data")
    assert told.code == 0, told.all
    assert len((tmp_path / "out" / "trials.csv").read_text(encoding="utf-8").splitlines()) == 1


# Erase


def test_erasing_first_says_what_there_is_and_then_leaves_nothing_of_the_person(data):
    folder = journals(data)[0].parent
    told = tell("erase", "P1", data=data)
    assert told.code == 0, told.all
    assert "P1" in told.out
    assert folder.is_dir()
    told = tell("erase", "P1", "--sure", data=data)
    assert told.code == 0, told.all
    assert not folder.exists()
    left = b"".join(p.read_bytes() for p in data.rglob("*") if p.is_file())
    assert b"P1" not in left
    assert tell("erase", "P1", "--sure", data=data).code == 2
    assert tell("report", data=data).code == 2


# The doctor and gestures


def test_the_doctor_says_what_was_found_and_what_to_do_about_what_was_not(tmp_path):
    told = tell("doctor", data=tmp_path)
    assert told.code == 0, told.all
    for what in ("window", "offscreen", "OpenXR", "data"):
        assert re.search(rf"^(good|missing|note) .*{what}:", told.out, re.M), what
    assert str(tmp_path) in told.out
    for missing in re.findall(r"^missing .*\n(.*)", told.out, re.M):
        assert missing.strip().startswith("->"), "what is missing comes with what to do"


@pytest.mark.parametrize("name", ["wave", "nod_yes", "smile"])
def test_a_gesture_is_scored_above_its_near_misses(tmp_path, name):
    told = tell("gesture", name, data=tmp_path)
    assert told.code == 0, told.all
    right, *misses = re.findall(r"likeness (\d\.\d\d)", told.out)
    assert len(misses) >= 2
    assert float(right) > 0.9
    assert min(map(float, misses)) < float(right)


def test_a_gesture_is_drawn(tmp_path):
    told = tell("gesture", "wave", "--out", tmp_path / "drawn", data=tmp_path)
    assert told.code == 0, told.all
    drawn = list((tmp_path / "drawn").iterdir())
    assert drawn
    assert all(str(path) in told.out for path in drawn)


def test_gestures_are_listed_in_the_language_that_was_asked_for(tmp_path):
    assert "Zwaaien" in tell("gesture", data=tmp_path, lang="nl").out
    assert "Wave" in tell("gesture", data=tmp_path, lang="en").out


# A gesture of one's own


def test_a_gesture_in_the_data_folder_wins_over_one_that_ships(tmp_path):
    own = tmp_path / "gestures"
    own.mkdir()
    (own / "wave.toml").write_text(
        'name = { en = "My wave" }\n[[hand]]\nat = "stroke"\nlocation = { landmark = "cheek", out = 0.4 }\n', "utf-8"
    )
    assert "My wave" in tell("gesture", data=tmp_path).out


def test_a_broken_gesture_in_the_data_folder_is_left_out_and_said(tmp_path):
    (tmp_path / "gestures").mkdir()
    (tmp_path / "gestures" / "mine.toml").write_text("name = ", "utf-8")
    told = tell("gesture", data=tmp_path)
    assert told.code == 0
    assert sum("mine.toml: " in line for line in told.out.splitlines()) == 1
    assert "wave" in told.out
    tried = tell("gesture", tmp_path / "gestures" / "mine.toml", data=tmp_path)
    assert tried.code == 2
    assert tried.err.startswith("vrtrainer: mine.toml: ")
