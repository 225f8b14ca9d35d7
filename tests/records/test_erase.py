"""Erasing a person leaves nothing, and nothing of anybody else is touched."""

import contextlib
import shutil
import sqlite3

import pytest

from tests.records import sample
from tests.records.test_database import NEXT, begun, recorded
from vrtrainer.records import erase, people, schema
from vrtrainer.records.database import NAME, Database
from vrtrainer.records.journal import Journal


def filled(tmp_path, *codes):
    database = Database(tmp_path)
    for code in codes:
        for _ in range(2):
            session, folder = begun(database, code)
            journal = Journal(folder / "journal.mcap", {"person": code}, "simulated")
            journal.close("finished")
            (folder / "pictures").mkdir()
            (folder / "pictures" / "0.png").write_bytes(b"x")
            (folder / "report.html").write_text(f"report of {code}", encoding="utf-8")
            recorded(database, session, sample.session_events(3))
            database.keep_model(people.find(database, code).id, session, {"a": 1})
        people.keep(database, people.find(database, code), strengths={"nice": f"what is nice about {code}"})
    return database


def everything(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_no_file_holds_the_code_afterwards_and_others_stay(tmp_path):
    with filled(tmp_path, "Erased7", "Stays-1", "Erased7-2") as database:
        was = erase.erase(database, "Erased7")
        assert (was.sessions, was.trials, len(was.folders)) == (2, 6, 2)
        assert people.known(database) == ["Erased7-2", "Stays-1"]
        assert len(list((tmp_path / "sessions").iterdir())) == 4
    kept = everything(tmp_path)
    of_others = {name: data for name, data in kept.items() if "Erased7-2" not in name and name != NAME}
    assert of_others
    for name, data in of_others.items():
        assert b"Erased7" not in data, name
    assert kept[NAME].replace(b"Erased7-2", b"").count(b"Erased7") == 0
    with Database(tmp_path) as database:
        counts = [database.row(f"SELECT count(*) AS n FROM {table}")["n"] for table in ("trials", "sessions")]
    assert counts == [12, 4]


def test_looking_first_says_what_there_is_and_erases_nothing(tmp_path):
    with filled(tmp_path, "P01") as database:
        before = everything(tmp_path / "sessions")
        assert erase.kept_of(database, "p01").trials == 6
        assert everything(tmp_path / "sessions") == before


def test_copies_kept_by_a_migration_go_too(tmp_path):
    filled(tmp_path, "P01").close()
    schema.opened(tmp_path / NAME, NEXT).close()
    copy = tmp_path / f"vrtrainer-v{len(schema.VERSIONS)}.sqlite"
    with contextlib.closing(sqlite3.connect(copy)) as link:
        assert link.execute("SELECT count(*) FROM people").fetchone() == (1,)
    shutil.copy(copy, tmp_path / NAME)  # as this version knows it
    with Database(tmp_path) as database:
        assert erase.erase(database, "P01").copies == (copy,)
    assert not copy.exists()


def test_what_could_not_be_erased_is_said(tmp_path, monkeypatch):
    with filled(tmp_path, "P01") as database:
        monkeypatch.setattr(shutil, "rmtree", lambda folder: None)
        with pytest.raises(schema.DatabaseError, match=r"of P01 this is still there: .*P01-1"):
            erase.erase(database, "P01")


def test_nobody_has_that_code(tmp_path):
    with Database(tmp_path) as database, pytest.raises(LookupError, match="no person 'P09'; there is nobody yet"):
        erase.erase(database, "P09")
