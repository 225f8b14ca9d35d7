"""A person in full: who said yes, what suits the age, how much there was today, goals, notes, ticks, and the list."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.records.test_database import begun
from tests.test_language import TEXTS, fields
from vrtrainer.records import adults, consent, dose, goals, health, notes, people
from vrtrainer.records.database import Database
from vrtrainer.records.schema import DatabaseError

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def database(tmp_path):
    with Database(tmp_path) as opened:
        yield opened


# Consent


@pytest.mark.parametrize(
    ("age", "must", "also"),
    [
        ("4-5", ("parents",), ()),
        ("6-9", ("parents",), ()),
        ("10-12", ("parents",), ("learner",)),
        ("13-15", ("parents", "learner"), ()),
        ("16-17", ("learner",), ()),
        ("18+", ("learner",), ()),
        ("", ("parents", "learner"), ()),
    ],
)
def test_who_must_say_yes_follows_the_age(age, must, also):
    asked = consent.who(age)
    assert (asked.must, asked.also) == (must, also)
    assert all(asked.key in TEXTS[code]["records"] for code in TEXTS)


def test_what_is_allowed_needs_everybody_who_must_say_yes(database):
    person = people.add(database, "P01", age_group="13-15")
    adult = adults.add(database, "Marieke")
    assert consent.missing(person) == ("parents", "learner")
    for what in ("practice", "face"):
        consent.say(database, person, "parents", what, True, adult=adult.id)
    person = people.find(database, "P01")
    assert consent.missing(person) == ("learner",)
    assert not person.consent["face"]
    for what in ("practice", "face"):
        consent.say(database, person, "learner", what, True)
    person = people.find(database, "P01")
    assert consent.missing(person) == ()
    assert consent.allows(person, "face")
    assert not consent.allows(person, "gaze"), "nobody was asked"
    consent.say(database, person, "learner", "face", False)
    assert not consent.allows(people.find(database, "P01"), "face")
    said = consent.history(database, person)
    assert [row["adult_name"] for row in said] == ["Marieke", "Marieke", "", "", ""]
    assert len(said) == 5


def test_a_child_whose_no_counts_too(database):
    person = people.add(database, "P01", age_group="10-12")
    for one, what, given_ in (("parents", "practice", True), ("parents", "face", True), ("learner", "face", False)):
        consent.say(database, person, one, what, given_)
    assert not consent.allows(people.find(database, "P01"), "face")


def test_a_birthday_asks_anew(database):
    person = people.add(database, "P01", age_group="10-12", consent={"said_by": {"parents": True}, "gaze": True})
    assert consent.allows(person, "gaze")
    person = people.keep(database, person, age_group="13-15")
    assert not person.consent["gaze"]
    assert consent.missing(person) == ("learner",)


def test_a_page_that_keeps_the_whole_state_leaves_its_history(database):
    person = people.add(database, "P01", age_group="6-9")
    state = {"said_by": {"parents": True, "learner": False}, "face": True, "gaze": False, "recordings": True}
    person = people.keep(database, person, consent=state)
    assert person.consent == state
    assert len(consent.history(database, person)) == 3
    person = people.keep(database, person, consent=state)
    assert len(consent.history(database, person)) == 3, "the same again is nothing new"
    person = people.keep(database, person, consent={**state, "face": False})
    assert not person.consent["face"]
    assert [row["given"] for row in consent.history(database, person)] == [True, True, True, False]


def test_the_history_of_consent_cannot_be_changed(database):
    people.add(database, "P01", age_group="6-9", consent={"face": True})
    with pytest.raises(DatabaseError, match="consents is a history"):
        database.change("UPDATE consents SET given = 0")


words = st.tuples(st.sampled_from(consent.SAID_BY), st.sampled_from(consent.WHAT), st.booleans())


@given(st.lists(words, max_size=12), st.sampled_from(("", *consent.AGES)))
def test_whatever_was_said_nothing_is_allowed_that_somebody_last_said_no_to(said, age):
    rows = [{"said_by": one, "what": what, "given": yes} for one, what, yes in said]
    state = consent.held(rows, age)
    for what in consent.WHAT[1:]:
        last = {one: yes for one, w, yes in said if w == what}
        if state[what]:
            assert all(last.values())
            assert all(last.get(one) for one in consent.who(age).must)


# Headset and dose


@pytest.mark.parametrize(
    ("age", "ticked", "key", "minutes", "first"),
    [
        ("4-5", False, "headset_young", 5, False),
        ("6-9", True, "headset_young_ticked", 5, True),
        ("10-12", False, "headset_child", 5, True),
        ("16-17", False, "headset_child", 5, True),
        ("18+", False, "headset_adult", 10, True),
        ("", False, "headset_age_unknown", 5, False),
    ],
)
def test_headset_advice_follows_the_age(database, age, ticked, key, minutes, first):
    person = people.add(database, "P01", age_group=age, headset=ticked)
    advice = dose.headset_advice(person)
    assert advice.key == key
    assert advice.values == {"minutes": minutes, "day": 3 * minutes}
    assert dose.headset_first(person) is first
    for texts in TEXTS.values():
        assert fields(texts["records"][key]) <= set(advice.values)


def test_an_adults_tick_for_a_young_childs_headset_is_kept_with_who_and_when(database):
    person = people.add(database, "P01", age_group="6-9")
    adult = adults.add(database, "Marieke")
    people.keep(database, person, headset=True, adult=adult.id)
    (row,) = database.rows("SELECT key, ticked, adult FROM checks")
    assert row == {"key": "headset", "ticked": 1, "adult": adult.id}


def test_the_dose_is_todays_of_this_person_and_a_simulated_learner_counts_for_nobody(database):
    person = people.add(database, "P01", age_group="6-9")
    midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    for code, seconds, shown, tracker, after in (
        ("P01", 120, "openxr", "openxr", timedelta(hours=1)),
        ("P01", 90, "window", "webcam", timedelta(hours=23, minutes=59)),
        ("P01", 300, "openxr", "openxr", timedelta(seconds=-1)),
        ("P01", 500, "offscreen", "simulated", timedelta(hours=2)),
        ("P02", 700, "openxr", "openxr", timedelta(hours=2)),
    ):
        number, _ = begun(database, code, display=shown, tracker=tracker)
        started = (midnight + after).astimezone(UTC).isoformat(timespec="milliseconds")
        database.change("UPDATE sessions SET practised_s = ?, started = ? WHERE id = ?", seconds, started, number)
    today = dose.dose_of(database, person)
    assert (today.headset_min, today.all_min) == (2.0, 3.5)
    assert (today.break_after_min, today.day_limit_min, today.left_min) == (5, 15, 13.0)
    assert dose.dose_of(database, person, (midnight - timedelta(days=1)).date().isoformat()).headset_min == 5.0
    assert dose.dose_of(database, person, "2020-01-01").all_min == 0.0


# Adults, goals, notes, ticks, the list


def test_adults_are_told_apart_and_linked_to_people(database):
    one = adults.add(database, "  Marieke  de Wit ", language="nl", formal=True)
    assert (one.name, one.formal) == ("Marieke de Wit", True)
    with pytest.raises(ValueError, match="there already"):
        adults.add(database, "marieke de wit")
    with pytest.raises(ValueError, match="a name of 1 to 60 letters"):
        adults.add(database, " ")
    two = adults.add(database, "Jan")
    person = people.add(database, "P01")
    adults.link(database, person, two)
    adults.link(database, person, two)
    assert adults.of_person(database, person) == [two]
    assert adults.keep(database, two, name="Jan B.", role="family").role == "family"
    assert [a.name for a in adults.known(database)] == ["Marieke de Wit", "Jan B."]
    adults.unlink(database, person, two)
    assert adults.of_person(database, person) == []


def test_goals_are_in_the_familys_words_and_open_ones_come_first(database):
    person = people.add(database, "P01")
    first = goals.add(database, person.id, " zelf gedag zeggen ")
    goals.add(database, person.id, "laten zien dat ik wil stoppen")
    goals.done(database, first)
    rows = goals.of_person(database, person.id)
    assert [row["text"] for row in rows] == ["laten zien dat ik wil stoppen", "zelf gedag zeggen"]
    assert rows[1]["done"]
    with pytest.raises(ValueError, match="there is no text"):
        goals.add(database, person.id, "  ")


def test_the_list_has_the_last_session_and_the_last_note(database):
    people.add(database, "P03")
    _, _ = begun(database, "P01")
    begun(database, "P02")
    one = people.find(database, "P01")
    second, _ = begun(database, "P01")
    notes.add(database, one.id, "eerst dit", kind="last_note")
    notes.add(database, one.id, "lach", kind="mark", session=second)
    listed = people.listed(database)
    assert [x.person.code for x in listed] == ["P01", "P02", "P03"]
    assert listed[0].last_session["id"] == second
    assert listed[0].last_session["programme"] == "first_steps"
    assert listed[0].last_note["text"] == "eerst dit" == notes.last(database, one.id)["text"]
    assert listed[2].last_session is None
    assert listed[2].last_note is None
    assert people.by_id(database, one.id) == one


def test_a_note_belongs_to_somebody_and_can_be_put_in_other_words(database):
    person = people.add(database, "P01")
    session, _ = begun(database, "P01")
    number = notes.add(database, None, "x", session=session, session_s=3.0)
    assert database.row("SELECT person FROM notes WHERE id = ?", number)["person"] == person.id
    notes.change(database, number, "anders")
    assert notes.of_person(database, person.id)[0]["text"] == "anders"
    notes.take_away(database, number)
    assert notes.of_person(database, person.id) == []
    with pytest.raises(ValueError, match="of whom or of which session"):
        notes.add(database, None, "x")
    with pytest.raises(ValueError, match="no kind"):
        notes.add(database, person.id, "x", kind="gossip")


def test_the_start_check_and_health_answers_are_kept_the_newest_holds(database):
    person = people.add(database, "P01")
    health.tick(database, person.id, {key: key != "battery" for key in health.TICKS})
    health.tick(database, person.id, {"battery": True})
    assert all(ticked for ticked, _ in health.ticks(database, person.id).values())
    assert len(database.rows("SELECT * FROM checks")) == 7
    health.answer(database, person.id, "migraine", "yes")
    health.answer(database, person.id, "migraine", "no")
    assert health.held(database, person.id) == {"migraine": "no"}
    assert len(health.answers(database, person.id)) == 2
    number = health.adverse(database, person.id, "misselijk", "mild", action="gestopt")
    health.follow_up(database, number, "de volgende dag gebeld")
    assert health.adverse_events(database, person.id)[0]["followed_up"] == "de volgende dag gebeld"
    with pytest.raises(ValueError, match="no severity"):
        health.adverse(database, person.id, "x", "awful")


def test_a_change_that_is_refused_changes_nothing(database):
    person = people.add(database, "P01")
    with pytest.raises(ValueError, match="cannot be changed"):
        people.keep(database, person, initials="S.", code="x")
    assert people.find(database, "P01") == person


# Threads and faults


def test_another_thread_takes_a_connection_of_its_own(database):
    people.add(database, "P01")
    with database.another() as other:
        notes.add(other, 1, "uit een andere draad")
        assert people.known(other) == ["P01"]
    assert len(notes.of_person(database, 1)) == 1


FULL = """
import resource, sys
from pathlib import Path
from vrtrainer.records import notes, people
from vrtrainer.records.database import Database
from vrtrainer.records.schema import DatabaseError
with Database(Path(sys.argv[1])) as database:
    person = people.add(database, "P01")
    database.link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, resource.RLIM_INFINITY))
    try:
        for _ in range(100):
            notes.add(database, person.id, "x" * 4000)
    except DatabaseError as error:
        print(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    notes.add(database, person.id, "daarna")
    print(len(notes.of_person(database, person.id)) >= 1, notes.last(database, person.id)["text"])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="disk full: Windows cannot limit a file's size")
def test_a_full_disk_during_a_note_is_one_clear_line_and_afterwards_it_goes_on(tmp_path):
    words_ = [sys.executable, "-c", FULL, str(tmp_path)]
    done = subprocess.run(words_, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    said, after = done.stdout.splitlines()
    assert "make space on that disk, or choose another folder with --data" in said
    assert after == "True daarna"
