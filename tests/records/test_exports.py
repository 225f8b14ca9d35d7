"""Every exporter writes what it promises; CSV has the fields' names as columns and n/a for what is missing."""

import csv
from dataclasses import fields

import pytest

from tests.records import sample
from tests.records.test_database import begun, recorded
from vrtrainer import choices
from vrtrainer.imitation.score import Score
from vrtrainer.learning.plan import Facets, TrialPlan
from vrtrainer.records import exports
from vrtrainer.records.database import Database
from vrtrainer.records.journal import Journal


@pytest.fixture
def database(tmp_path):
    with Database(tmp_path / "data") as database:
        for _ in range(2):
            session, folder = begun(database)
            journal = Journal(folder / "journal.mcap", {}, "simulated")
            for step in sample.frames(sample.session_events(3), 0.1):
                journal.append(*step)
            journal.close()
            recorded(database, session, sample.session_events(3))
        yield database


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", choices.names(exports))
def test_an_exporter_writes_files_and_never_over_others(name, database, tmp_path):
    exporter = choices.load(exports, name)
    assert exporter.__doc__
    paths, left_out = exporter.export(database, tmp_path / "out")
    assert left_out == []
    before = {path: path.read_bytes() for path in paths}
    assert all(before.values())
    with pytest.raises(FileExistsError, match="name another folder with --out"):
        exporter.export(database, tmp_path / "out")
    assert {path: path.read_bytes() for path in paths} == before


def test_trials_csv_has_a_column_for_each_field_of_plan_and_score(database, tmp_path):
    (path, _), _ = choices.load(exports, "csv").export(database, tmp_path)
    rows = table(path)
    named = {f.name for kind in (TrialPlan, Score) for f in fields(kind)} - {"facets"}
    assert named | {f"facet_{f.name}" for f in fields(Facets)} <= set(rows[0])
    assert len(rows) == 6
    assert [row["graded_0_2"] for row in rows[:3]] == ["2", "1", "n/a"]
    assert rows[2]["withheld"] == "hand_not_seen"
    assert rows[2]["similarity"] == rows[2]["goal"] == "n/a"
    assert rows[0]["attempted"] == "1"
    assert float(rows[0]["similarity"]) == sample.score(2).similarity
    assert rows[0]["person"] == "P01"


def test_events_csv_has_every_event_of_every_session(database, tmp_path):
    (_, path), _ = choices.load(exports, "csv").export(database, tmp_path)
    rows = table(path)
    events = sample.session_events(3)
    assert len(rows) == 2 * len(events)
    assert [row["trial_type"] for row in rows[: len(events)]] == [event.trial_type for event in events]
    assert [float(row["onset"]) for row in rows[: len(events)]] == [event.onset for event in events]
    assert all(row["duration"] == "n/a" for row in rows)


def test_a_session_whose_journal_is_damaged_is_named_and_the_rest_is_written(database, tmp_path):
    journal = database.absolute(database.session()["journal"])
    journal.write_bytes(b"garbage")
    (trials_csv, events_csv), left_out = choices.load(exports, "csv").export(database, tmp_path)
    assert len(left_out) == 1
    assert str(journal) in left_out[0]
    assert len(table(trials_csv)) == 6
    assert len(table(events_csv)) == len(sample.session_events(3))
