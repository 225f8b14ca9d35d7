"""A database that version 1 of vrtrainer really wrote opens: everything is there, and the old file stays."""

import contextlib
import shutil
import sqlite3
from pathlib import Path

import pytest

from vrtrainer.records import consent, people, schema
from vrtrainer.records.database import NAME, Database

V1 = Path(__file__).parent / "version_1.sqlite"  # a run of 15 trials, by version 1


@pytest.fixture
def data(tmp_path):
    shutil.copy(V1, tmp_path / NAME)
    return tmp_path


def tables(path):
    with contextlib.closing(sqlite3.connect(path)) as link:
        link.row_factory = sqlite3.Row
        names = [r[0] for r in link.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: [dict(row) for row in link.execute(f"SELECT * FROM {name}")] for name in names}


def test_every_row_of_version_1_is_there_as_it_was(data):
    before = tables(data / NAME)
    Database(data).close()
    after = tables(data / NAME)
    assert len(before["trials"]) == 15
    for name, rows in before.items():
        if name == "schema_version":
            continue
        assert len(after[name]) == len(rows)
        for old, new in zip(rows, after[name], strict=True):
            same = {key: new[key] for key in old if (name, key) != ("people", "consent")}
            assert same == {key: value for key, value in old.items() if (name, key) != ("people", "consent")}


def test_the_old_file_stays_byte_for_byte(data):
    before = tables(data / NAME)
    Database(data).close()
    assert tables(data / "vrtrainer-v1.sqlite") == before
    with Database(data) as database:
        assert schema.version(database.link) == len(schema.VERSIONS)
    assert len(list(data.glob("vrtrainer-v*.sqlite"))) == 1, "opened again it is not migrated again"


def test_a_consent_of_which_nobody_knows_who_said_it_is_history_and_has_to_be_asked_again(data):
    with Database(data) as database:
        person = people.find(database, "P01")
        assert [(r["said_by"], r["what"], r["given"]) for r in consent.history(database, person)] == [
            ("unknown", "face", True),
            ("unknown", "gaze", False),
        ]
        assert not consent.allows(person, "face")
        assert person.strengths == {"nice": "Sam zingt graag"}
        assert person.settings == {"light": 0.7}


def test_how_long_was_practised_is_worked_out_for_older_sessions(data):
    with Database(data) as database:
        rows = database.trials(1)
        last = rows[-1]
        practised = database.row("SELECT practised_s FROM sessions WHERE id = 1")["practised_s"]
    assert practised == pytest.approx(last["onset"] + last["duration"] - rows[0]["onset"])
    assert practised > 60


def test_version_1_was_never_edited():
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as link:
        schema.bring_up(link, schema.VERSIONS[:1])
        made = dict(link.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    with contextlib.closing(sqlite3.connect(V1)) as link:
        assert dict(link.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")) == made
