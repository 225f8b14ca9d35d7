"""The database keeps each finished trial, opens older files, and says clearly what is wrong with a broken one."""

import sqlite3
from dataclasses import fields

import pytest

from tests.records import sample
from vrtrainer.imitation.score import Score
from vrtrainer.learning.plan import Answer, Facets, TrialPlan
from vrtrainer.records import people, schema, trials
from vrtrainer.records.database import NAME, Database, Recorder
from vrtrainer.records.journal import Journal


def begun(database, code="P01", **changes):
    person = people.find(database, code) or people.add(database, code)
    folder = people.session_folder(database.data, code)
    about = dict(language="nl", seed=1, display="offscreen", tracker="simulated", learner="mild")
    programme = ("first_steps", "abc", "name = ''")
    return database.begin_session(folder, person=person.id, programme=programme, **{**about, **changes}), folder


def recorded(database, session, events):
    recorder = Recorder(database.path, session)
    for event in events:
        recorder.post(None, None, (event,))
    recorder.close()
    assert recorder.fault == ""


def test_the_columns_of_trials_are_the_fields_of_plan_score_and_answer(tmp_path):
    with Database(tmp_path) as database:
        columns = [row["name"] for row in database.rows("PRAGMA table_info(trials)")]
    assert columns[0] == "session"
    assert set(columns[1:]) == set(trials.COLUMNS)
    named = {f.name for kind in (TrialPlan, Score) for f in fields(kind)} - {"facets"}
    named |= {f"facet_{f.name}" for f in fields(Facets)} | {f"answer_{f.name}" for f in fields(Answer)}
    assert named <= set(columns)


def test_each_finished_trial_becomes_one_row(tmp_path):
    with Database(tmp_path) as database:
        session, _ = begun(database)
        recorded(database, session, sample.session_events(4))
        rows = database.trials(session)
        assert [row["trial"] for row in rows] == [0, 1, 2, 3]
        assert [row["graded_0_2"] for row in rows] == [2, 1, None, 2]
        assert rows[0]["onset"] == 2.0
        assert rows[0]["duration"] == 10.0
        assert rows[1]["reasons"][0]["key"] == "higher"
        assert rows[2]["withheld"] == rows[2]["answer_withheld"] == "hand_not_seen"
        assert rows[2]["similarity"] is None
        assert rows[3]["gesture"] == "wave"
        assert rows[3]["facet_size"] == 1.0
        assert rows[3]["size"] == 0.8
        assert database.session(session)["ended"] == "finished"


def test_a_trial_that_was_left_is_no_row_and_its_number_is_given_again(tmp_path):
    left = sample.trial_events(0, 2.0, sample.plan(0), sample.score(2))[:4]
    left.append(sample.event(7.0, "trial_left", 0, 0, why="something_else", plan={}))
    again = sample.trial_events(0, 20.0, sample.plan(1), sample.score(1))
    rows = trials.of_events([*left, *again])
    assert [(row["trial"], row["gesture"], row["onset"]) for row in rows] == [(0, "one_arm_up", 20.0)]


def test_a_session_that_nobody_ended_is_completed_from_its_journal(tmp_path):
    with Database(tmp_path) as database:
        session, folder = begun(database)
        journal = Journal(folder / "journal.mcap", {}, "simulated")
        events = sample.session_events(3)
        cut = next(i for i, e in enumerate(events) if e.trial == 2 and e.trial_type == "trial_ended")
        for step in sample.frames(events[:cut], 0.1):
            journal.append(*step)
        assert database.recover() == [], "while it is written to, it is left alone"
        journal.close("fault")
        (said,) = database.recover()
        assert "3 trials are kept, 3 of them brought back" in said
        rows = database.trials(session)
        assert [row["trial"] for row in rows] == [0, 1, 2]
        assert rows[2]["ended_by"] == "interrupted", "its end was not written, but it had been judged"
        assert database.session(session)["ended"] == "fault"
        assert database.recover() == []


def test_an_unreadable_journal_is_said_and_ends_its_session(tmp_path):
    with Database(tmp_path) as database:
        session, folder = begun(database)
        (folder / "journal.mcap").write_bytes(b"garbage")
        (said,) = database.recover()
        assert "cannot be read" in said
        assert database.session(session)["ended"] == "interrupted"


def test_the_first_reason_for_an_end_stays(tmp_path):
    with Database(tmp_path) as database:
        session, _ = begun(database)
        database.end_session(session, "finished")
        database.end_session(session, "closed", "disk full")
        assert database.session(session)["ended"] == "finished"
        assert database.session(session)["fault"] == "disk full"


def test_a_session_is_found_by_number_name_and_folder_and_the_last_one_without(tmp_path):
    with Database(tmp_path) as database:
        first, folder = begun(database)
        second, _ = begun(database)
        assert database.session()["id"] == second
        for which in (first, folder.name, folder, f"{folder}/"):
            assert database.session(which)["id"] == first
        with pytest.raises(LookupError, match=f"no session 'x'; the last ones are .*{folder.name}"):
            database.session("x")


def test_two_sessions_of_one_day_have_two_folders(tmp_path):
    one, two = (people.session_folder(tmp_path, "P01", "2026-11-24") for _ in range(2))
    assert [one.name, two.name] == ["2026-11-24-P01-1", "2026-11-24-P01-2"]


def test_the_newest_learner_model_is_found(tmp_path):
    with Database(tmp_path) as database:
        person = people.add(database, "P01")
        assert database.model(person.id) is None
        for ability in (0.1, 0.5):
            session, _ = begun(database)
            database.keep_model(person.id, session, {"ability": [ability]})
        assert database.model(person.id) == {"ability": [0.5]}


def test_a_person_is_a_code_and_no_name(tmp_path):
    with Database(tmp_path) as database:
        person = people.add(database, "P01", consent={"face": False})
        assert people.find(database, "p01") == person
        assert people.find(database, "P02") is None
        with pytest.raises(ValueError, match="there already"):
            people.add(database, "p01")
        for bad in ("", "Jan Jansen", "../x", "a" * 33, "guest"):
            with pytest.raises(ValueError, match="person"):
                people.add(database, bad)
        changed = people.keep(database, person, strengths={"nice": "Zingt"}, headset=True, settings={"light": 0.5})
        assert changed.strengths == {"nice": "Zingt"}
        assert changed.headset is True
        with pytest.raises(ValueError, match="no question weak"):
            people.keep(database, person, strengths={"weak": "x"})
        with pytest.raises(ValueError, match="'code' cannot be changed"):
            people.keep(database, person, code="x")


NEXT = (*schema.VERSIONS, ("ALTER TABLE people ADD COLUMN hand TEXT NOT NULL DEFAULT ''",))


def test_an_older_database_opens_migrated_on_a_copy_and_the_old_file_stays(tmp_path):
    with Database(tmp_path) as database:
        people.add(database, "P01")
    path = tmp_path / NAME
    link = schema.opened(path, NEXT)
    assert link.execute("SELECT code, hand FROM people").fetchone()["code"] == "P01"
    assert schema.version(link) == len(NEXT)
    link.close()
    here = len(schema.VERSIONS)
    old = sqlite3.connect(tmp_path / f"vrtrainer-v{here}.sqlite")
    assert schema.version(old) == here
    assert old.execute("SELECT code FROM people").fetchone() == ("P01",)
    old.close()
    with pytest.raises(schema.DatabaseError, match="made by a newer vrtrainer"):
        Database(tmp_path)


def test_a_migration_that_fails_leaves_the_database_as_it_was(tmp_path):
    with Database(tmp_path) as database:
        people.add(database, "P01")
    with pytest.raises(schema.DatabaseError, match="no such table"):
        schema.opened(tmp_path / NAME, (*schema.VERSIONS, ("ALTER TABLE nowhere ADD COLUMN x TEXT",)))
    with Database(tmp_path) as database:
        assert people.known(database) == ["P01"]
        assert schema.version(database.link) == len(schema.VERSIONS)


def test_an_empty_file_becomes_a_database(tmp_path):
    (tmp_path / NAME).touch()
    with Database(tmp_path) as database:
        assert people.known(database) == []
