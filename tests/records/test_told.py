"""What a session tells of people is kept while it happens, or brought back from its journal, and never twice."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.records import sample
from tests.records.test_database import begun, recorded
from vrtrainer.records import adults, health, notes, people, ratings
from vrtrainer.records.database import Database
from vrtrainer.records.journal import Journal

ADULT = dict(actor="adult")
STORY = [
    sample.event(0.0, "session_started", -1, adult="Marieke", avatar="Noor", blocks=[]),
    sample.event(2.0, "session_state", phase="running", state="running", part="opening"),
    *sample.trial_events(0, 2.0, sample.plan(0), sample.score(1)),
    sample.event(12.5, "rated", trial=0, grade=2, **ADULT),
    sample.event(13.0, "watching", name="Opa Jan", **ADULT),
    sample.event(14.0, "rated", trial=0, grade="1", **ADULT),
    sample.event(15.0, "note", text="Sam lachte", **ADULT),
    sample.event(15.0, "mark", text="lach", **ADULT),
    sample.event(16.0, "mark", text="", **ADULT),
    sample.event(17.0, "break_answers", sick="no", head="yes", blurry="skip"),
    sample.event(18.0, "adverse", what="duizelig", severity="mild", action="bril af", **ADULT),
    sample.event(19.0, "watching", name="", **ADULT),
    sample.event(20.0, "note", text="door niemand", actor="learner"),
    sample.event(40.0, "session_state", phase="paused", state="paused", part="opening"),
    sample.event(100.0, "session_state", phase="running", state="running", part="opening"),
    sample.event(106.0, "session_over", -1, phase="over", ended="ended_by_adult", trials=1),
]


def journalled(folder, events):
    journal = Journal(folder / "journal.mcap", {}, "simulated")
    for step in sample.frames(events, 0.5):
        journal.append(*step)
    journal.close()


def everything(database):
    tables = ("notes", "ratings", "health", "adverse_events", "watched", "adults", "trials")
    return {
        name: [{k: v for k, v in row.items() if k not in ("id", "at", "created")} for row in
               database.rows(f"SELECT * FROM {name} ORDER BY rowid")] for name in tables
    }  # fmt: skip


def checked(database, session):
    person = people.find(database, "P01")
    assert [(n["session_s"], n["kind"], n["text"], n["adult_name"]) for n in notes.of_session(database, session)] == [
        (15.0, "note", "Sam lachte", "Opa Jan"),
        (15.0, "mark", "lach", "Opa Jan"),
        (16.0, "mark", "", "Opa Jan"),
        (20.0, "note", "door niemand", ""),
    ]
    assert ratings.held(database, session) == {0: 1}
    assert [r["adult_name"] for r in ratings.history(database, session, 0)] == ["Marieke", "Opa Jan"]
    assert health.held(database, person.id) == {"sick": "no", "head": "yes", "blurry": "skip"}
    (amiss,) = health.adverse_events(database, person.id)
    assert (amiss["what"], amiss["severity"], amiss["action"], amiss["session_s"]) == (
        "duizelig", "mild", "bril af", 18.0)  # fmt: skip
    assert [(w["name"], w["from_s"], w["until_s"]) for w in adults.beside(database, session)] == [
        ("Marieke", 0.0, 13.0),
        ("Opa Jan", 13.0, 19.0),
        ("", 19.0, None),
    ]
    row = database.session(session)
    assert adults.find(database, row["adult"]).name == "Opa Jan"
    assert row["avatar"] == "Noor"
    # From the first "Look." at 3 s on; a minute of pause counts for nothing.
    assert row["practised_s"] == pytest.approx(106 - 3 - 60)


def test_the_recorder_keeps_it_while_it_happens(tmp_path):
    with Database(tmp_path) as database:
        session, _ = begun(database)
        recorded(database, session, STORY)
        checked(database, session)


def test_after_a_crash_the_journal_brings_it_back(tmp_path):
    with Database(tmp_path) as database:
        session, folder = begun(database)
        journalled(folder, STORY)
        database.recover()
        checked(database, session)


@pytest.mark.parametrize("cut", range(0, len(STORY), 4))
def test_what_was_kept_before_a_crash_is_not_kept_twice(tmp_path, cut):
    with Database(tmp_path) as database:
        session, folder = begun(database)
        recorded(database, session, STORY[:cut])
        database.change("UPDATE sessions SET ended = NULL WHERE id = ?", session)
        journalled(folder, STORY)
        database.recover()
        checked(database, session)


def test_what_says_too_little_is_no_row_and_holds_nothing_up(tmp_path):
    odd = [
        sample.event(1.0, "note", text="   "),
        sample.event(1.1, "rated", trial=0, grade=3),
        sample.event(1.2, "rated", trial="x", grade=1),
        sample.event(1.3, "rated", trial=0, grade=True),
        sample.event(1.4, "break_answers", sick="maybe"),
        sample.event(1.5, "adverse", what="", severity="mild"),
        sample.event(1.6, "adverse", what="botste", severity="huge"),
        sample.event(1.7, "note", text="wel"),
    ]
    with Database(tmp_path) as database:
        session, _ = begun(database)
        recorded(database, session, odd)
        kept = everything(database)
    assert [row["text"] for row in kept["notes"]] == ["wel"]
    assert kept["ratings"] == kept["health"] == []
    assert [row["severity"] for row in kept["adverse_events"]] == ["moderate"], "never taken for less than it may be"


def test_a_rating_is_never_changed_and_a_correction_afterwards_holds(tmp_path):
    with Database(tmp_path) as database:
        session, _ = begun(database)
        recorded(database, session, STORY)
        ratings.rate(database, session, 0, 0)
        ratings.rate(database, session, 0, None)
        assert ratings.held(database, session) == {}
        rows = ratings.history(database, session, 0)
        assert [row["rating"] for row in rows] == [2, 1, 0, None]
        assert [row["replaced_by"] for row in rows] == [*(row["id"] for row in rows[1:]), None]
        with pytest.raises(Exception, match="ratings is a history: rows are added, never changed"):
            database.change("UPDATE ratings SET rating = 2")
        with pytest.raises(ValueError, match="it is 0, 1, 2 or none"):
            ratings.rate(database, session, 0, 3)
        with pytest.raises(LookupError, match=f"session {session} has no trial 7"):
            ratings.rate(database, session, 7, 1)


grades = st.sampled_from([0, 1, 2, None])


@settings(max_examples=25, deadline=None)
@given(
    during=st.lists(st.tuples(st.integers(0, 2), grades), max_size=8),
    afterwards=st.lists(st.tuples(st.integers(0, 2), grades), max_size=5),
    crash=st.integers(0, 8),
)
def test_whatever_is_rated_and_wherever_it_crashes_the_newest_holds_and_nothing_is_lost(during, afterwards, crash):
    events = [e for n in range(3) for e in sample.trial_events(n, 10.0 * n, sample.plan(n), sample.score(2))]
    told = [sample.event(40.0 + k, "rated", trial=t, grade=g, **ADULT) for k, (t, g) in enumerate(during)]
    with tempfile.TemporaryDirectory() as place, Database(Path(place)) as database:
        session, folder = begun(database)
        recorded(database, session, [*events, *told[:crash]])
        for trial, grade in afterwards:
            ratings.rate(database, session, trial, grade)
        before = [dict(r) for r in database.rows("SELECT * FROM ratings ORDER BY id")]
        database.change("UPDATE sessions SET ended = NULL WHERE id = ?", session)
        journalled(folder, [*events, *told])
        database.recover()
        for trial in range(3):
            wanted = [g for t, g in during if t == trial] + [g for t, g in afterwards if t == trial]
            history = ratings.history(database, session, trial)
            assert [row["rating"] for row in history] == wanted
            newest = wanted[-1] if wanted else None
            assert ratings.held(database, session).get(trial) == newest
        after = {row["id"]: row for row in database.rows("SELECT * FROM ratings")}
        assert all(after[row["id"]] == row for row in before), "what was there is as it was"
