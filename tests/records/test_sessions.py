"""What was broken off by no person can be gone on with at the trial's start; what a person ended never comes back."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest

from tests.records import sample
from tests.records.test_database import begun, recorded
from vrtrainer.learning.plan import Answer, Facets, TrialPlan
from vrtrainer.records import people, sessions
from vrtrainer.records.database import Database
from vrtrainer.records.journal import Journal

BLOCKS = [{"kind": "page", "name": "Stop proberen"}, {"kind": "trials", "name": "Zwaaien"}]


@pytest.fixture
def database(tmp_path):
    with Database(tmp_path) as opened:
        yield opened


def told(count, first=0, block=1):
    """A page, a break between, and trials of which the last is judged but not ended."""
    out = [
        sample.event(0.0, "session_started", -1, phase="waiting", blocks=BLOCKS),
        sample.event(1.0, "session_state", phase="running", state="running", part="opening"),
        sample.event(1.0, "page_began", 0, page="try_stop", interlude=False, listens=False),
        sample.event(1.5, "page_ended", 0, page="try_stop", unseen=1),
        sample.event(1.6, "page_began", block, page="break", interlude=True, listens=False),
        sample.event(1.7, "page_ended", block, page="break"),
        sample.event(1.8, "setting", block, key="avatar", value="bo"),
    ]
    for n in range(count):
        events = sample.trial_events(first + n, 2.0 + 10 * n, sample.plan(n, prompt=0), sample.score(n % 3))
        events[-1].fields["prompt_at_end"] = 4 if n == 1 else 0
        out += [sample.event(e.onset, e.trial_type, block, e.trial, e.phase, **e.fields) for e in events]
    return out


def broken_off(database, events, code="P01", ended=None, **changes):
    """A session whose program was killed: a journal without an end, and no end in the database."""
    number, folder = begun(database, code, **changes)
    journal = Journal(folder / "journal.mcap", {"model": {"at": "start"}, "avatar": None}, "simulated")
    for step in sample.frames(events, 0.5) if events else ():
        journal.append(*step)
    journal.close(ended or "interrupted")
    return number


def test_it_is_offered_with_all_that_going_on_takes(database):
    number = broken_off(database, told(3), seed=77)
    (one,) = sessions.unfinished(database)
    assert (one.id, one.code, one.seed, one.programme, one.programme_text) == (
        number, "P01", 77, "first_steps", "name = ''")  # fmt: skip
    assert (one.trials_done, one.block, one.tracker, one.avatar) == (3, 1, "simulated", "bo")
    resume = one.resume
    assert resume["session"] == number
    assert resume["blocks_done"] == 1
    assert resume["pages_done"] == ["try_stop"], "a break between trials is no page of the programme"
    assert resume["told"] == {"try_stop": {"unseen": 1}}
    assert resume["model"] == {"at": "start"}
    assert resume["settings"] == {"avatar": "bo"}
    for n, (block, trial, plan, answer) in enumerate(resume["trials"]):
        assert (block, trial) == (1, n)
        again = TrialPlan(**{**plan, "facets": Facets(**plan["facets"])})
        assert again == sample.plan(n, prompt=4 if n == 1 else 0), "with the help that there was at its end"
        assert Answer(**answer) == Answer(n % 3, True, None)
    assert sessions.of_person(database, people.find(database, "P01")) == one


def test_a_trial_that_was_judged_counts_and_one_that_was_not_starts_again(database):
    judged = told(2)[:-2]
    broken_off(database, judged)
    assert [t[1] for t in sessions.unfinished(database)[0].resume["trials"]] == [0, 1]
    planned = told(2)[:-4]
    broken_off(database, planned, "P02")
    assert sessions.unfinished(database, people.find(database, "P02"))[0].trials_done == 1


@pytest.mark.parametrize("ended", ["finished", "ended_by_learner", "ended_by_adult", "closed", "ctrl_c", "nobody_came"])
def test_what_a_person_ended_is_never_offered(database, ended):
    broken_off(database, told(2), ended=ended)
    assert sessions.unfinished(database) == []


def test_a_fault_of_the_program_is_no_persons_end(database):
    broken_off(database, told(2), ended="fault")
    assert len(sessions.unfinished(database)) == 1


def test_it_is_offered_for_seven_days(database):
    number = broken_off(database, told(2))
    for days, offered in ((6.9, 1), (7.1, 0)):
        then = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")
        database.change("UPDATE sessions SET started = ? WHERE id = ?", then, number)
        assert len(sessions.unfinished(database)) == offered


def test_gone_on_with_or_put_aside_it_is_offered_no_more(database):
    one = broken_off(database, told(2))
    recorded(database, begun(database, resumed_from=one)[0], sample.session_events(1))
    assert sessions.unfinished(database) == []
    two = broken_off(database, told(2), "P02")
    sessions.leave(database, two)
    assert sessions.unfinished(database) == []


def test_whoever_did_something_else_since_is_not_asked(database):
    broken_off(database, told(2))
    recorded(database, begun(database)[0], sample.session_events(1))
    assert sessions.unfinished(database) == []


def test_a_start_that_came_to_nothing_hides_nothing(database):
    number = broken_off(database, told(2))
    broken_off(database, [])
    assert [one.id for one in sessions.unfinished(database)] == [number]


def test_broken_off_again_it_has_the_trials_of_both(database):
    one = broken_off(database, told(2))
    sessions.unfinished(database)
    two = broken_off(database, told(1, first=2), resumed_from=one)
    (found,) = sessions.unfinished(database)
    assert found.id == two
    assert [t[1] for t in found.resume["trials"]] == [0, 1, 2]
    three = broken_off(database, [], resumed_from=two)
    (found,) = sessions.unfinished(database)
    assert (found.id, found.trials_done) == (three, 3), "killed before it did anything, nothing is lost"


def test_each_person_is_offered_their_own(database):
    for code in ("P01", "P02"):
        broken_off(database, told(1), code)
    assert [one.code for one in sessions.unfinished(database)] == ["P02", "P01"]
    assert [one.code for one in sessions.unfinished(database, people.find(database, "P01"))] == ["P01"]


def test_a_session_that_runs_is_left_alone(database):
    broken_off(database, told(2))
    _, folder = begun(database)
    journal = Journal(folder / "journal.mcap", {}, "simulated")
    assert sessions.unfinished(database) == []
    assert database.session()["ended"] is None
    journal.close()
    begun(database, "P02")
    assert sessions.unfinished(database, people.find(database, "P02")) == []
    assert database.session()["ended"] is None, "one that only just begins has no journal yet"


def test_without_a_journal_the_rows_still_say_what_was_done(database):
    number, folder = begun(database)
    recorded(database, number, told(2))
    (folder / "journal.mcap").write_bytes(b"garbage")
    resume = sessions.resume_of(database, number)
    assert [t[1] for t in resume["trials"]] == [0, 1]
    assert (resume["blocks_done"], resume["model"]) == (1, None)
    assert resume["trials"][0][2]["gesture"] == asdict(sample.plan(0))["gesture"]
    with pytest.raises(LookupError, match="there is no session 99"):
        sessions.resume_of(database, 99)
