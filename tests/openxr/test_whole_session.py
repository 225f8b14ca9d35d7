"""The same session as everywhere, in a headset of a real runtime, worn by a simulated child."""

import contextlib
import json
import sqlite3
import subprocess
from itertools import pairwise

import pytest

from tests.openxr import room, worn_by_a_child
from tests.openxr.conftest import shared_folder
from vrtrainer.records import reading

pytestmark = [pytest.mark.alone, pytest.mark.usefixtures("monado")]
HERE = room.ROOT / "tests" / "openxr"


def rows(data, sql):
    with contextlib.closing(sqlite3.connect(f"file:{data / 'vrtrainer.sqlite'}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(sql)]


def the_session(data):
    (folder,) = (data / "sessions").iterdir()
    return folder


@pytest.fixture(scope="module")
def whole(monado):
    """A short session that the simulated learner sam has gone through in the headset."""
    with shared_folder() as folder:
        data = folder / "data"
        words = ["-m", "vrtrainer", "run", "--display", "openxr", "--data", str(data), "--lang", "en", "--seed", "1",
                 "--programme", str(HERE / "short.toml"), "--height", "1.35"]  # fmt: skip
        done = worn_by_a_child.run(["--learner", "sam"], words, 240)
        yield done, data


def test_a_whole_session_is_gone_through_and_ends_by_itself(whole):
    done, data = whole
    assert done.returncode == 0, done.stdout[-3000:]
    assert "Traceback" not in done.stdout
    (session,) = rows(data, "select * from sessions")
    assert session["ended"] == "finished"
    assert (session["display"], session["tracker"]) == ("openxr", "openxr")


def test_every_turn_is_scored_by_what_the_headset_measured(whole):
    _, data = whole
    trials = rows(data, "select * from trials")
    assert len(trials) == 7
    assert [t["withheld"] for t in trials] == [None] * 7
    assert all(t["share_observed"] > 0.8 for t in trials)
    assert all(t["graded_0_2"] == 2 for t in trials), [(t["gesture"], t["similarity"], t["goal"]) for t in trials]
    assert min(t["similarity"] for t in trials) > 0.5


def test_elbows_that_no_headset_sees_are_absent_and_not_guessed(whole):
    from vrtrainer.human.skeleton import INDEX

    _, data = whole
    kept = reading.read(the_session(data) / "journal.mcap")
    hands = joints = 0
    for _, seen, _, _ in kept.steps():
        how = seen.how
        hands += bool(how[INDEX["leftHand"]] == 3 and how[INDEX["rightIndexTip"]] == 3)
        joints += bool(how[INDEX["leftLowerArm"]] == 3)
    assert hands > 200
    assert joints == 0  # the child's headset follows the body with low fidelity: inferred at most


def test_what_comes_next_follows_the_scores(whole):
    _, data = whole
    trials = rows(data, "select * from trials order by trial")
    assert trials[-1]["facet_tempo"] > trials[0]["facet_tempo"]
    chances = [t["chance_unprompted"] for t in trials]
    assert len(set(chances)) == len(chances), "the model learnt nothing from the scores"


def test_its_journal_gives_the_same_session_again_to_the_last_bit(whole):
    _, data = whole
    journal = the_session(data) / "journal.mcap"
    words = [room.python(), "-m", "vrtrainer", "replay", str(journal), "--lang", "en"]
    done = room.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The same, to the last bit" in done.stdout


def test_a_runtime_that_is_pulled_away_pauses_the_trial_and_nothing_is_lost(monado):
    with shared_folder() as folder:
        data = folder / "data"
        words = ["-m", "vrtrainer", "run", "--display", "openxr", "--data", str(data), "--lang", "nl", "--seed", "1",
                 "--programme", "one_arm_up"]  # fmt: skip
        try:
            done = worn_by_a_child.run(["--choreography", str(HERE / "pulled.toml")], words, 120)
        except subprocess.TimeoutExpired as error:
            pytest.fail(f"it did not end: {error.output}")
        assert "Traceback" not in done.stdout
        assert "De OpenXR-software is weggevallen" in done.stdout
        assert "De bril doet weer mee." in done.stdout
        kept = reading.read(the_session(data) / "journal.mcap")
        told = [(e.trial_type, e.fields.get("command"), e.fields.get("source")) for e in kept.events]
        kinds = [t for t, _, _ in told]
        assert ("command", "pause", "headset_lost") in told
        assert "trial_restarted" in kinds, "the trial did not go on"
        assert kinds.count("trial_planned") - kinds.count("trial_ended") <= 1
        assert ("command", "stop", "headset_off") in told, "taking the headset off in a trial stops"
        times = [frame.time for frame, *_ in kept.steps()]
        assert all(b >= a for a, b in pairwise(times))
        assert not kept.cut_off


def test_states_and_losses_at_two_hundred_random_moments_lose_nothing(monado):
    with shared_folder() as folder:
        cable = folder / "cable"
        words = ["-m", "tests.openxr.storm", str(folder / "data"), str(cable), "200", "7"]
        done = worn_by_a_child.run(["--learner", "sam", "--cable", str(cable)], words, 400)
        assert done.returncode == 0, done.stdout[-3000:]
        came = json.loads(done.stdout.strip().splitlines()[-1])
        assert came["failed"] == []
        assert came["orders"] == 200
        assert came["generations"] > 20, "too few sessions were lost for this to say anything"
        assert came["went_back"] == 0
        assert came["events"].get("trial_left", 0) <= 1  # the end leaves the one that runs
        assert came["events"]["trial_restarted"] > 20
        kept = reading.read(the_session(folder / "data") / "journal.mcap")
        assert not kept.cut_off
        assert sum(1 for _ in kept.steps()) == came["frames"]
