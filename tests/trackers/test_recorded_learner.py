"""A recording takes part: one sequence a turn, from its onset, at the frames of now."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from vrtrainer.gestures import recorded as recordings
from vrtrainer.human.frame import Frame
from vrtrainer.human.observation import ABSENT, MEASURED
from vrtrainer.human.skeleton import INDEX
from vrtrainer.sessions.tableau import Tableau, Turn
from vrtrainer.trackers import recorded

NAMES = ("hips", "chest", "neck", "head", "leftUpperArm", "leftLowerArm", "leftHand", "rightUpperArm", "rightLowerArm")
NAMES = (*NAMES, "rightHand", "leftUpperLeg", "rightUpperLeg", "leftFoot", "rightFoot")
STANDING = np.array(
    [
        [0, 0.9, 0], [0, 1.2, 0], [0, 1.4, 0], [0, 1.6, 0], [0.2, 1.4, 0], [0.2, 1.1, 0], [0.2, 0.9, 0],
        [-0.2, 1.4, 0], [-0.2, 1.1, 0], [-0.2, 0.9, 0], [0.1, 0.85, 0], [-0.1, 0.85, 0],
        [0.1, 0.05, 0], [-0.1, 0.05, 0],
    ]
)  # fmt: skip
RATE, SECONDS = 15.0, 2.0


def raising(far):
    """A left hand that goes up `far` metres in two seconds; positions (T, joints, 3)."""
    out = np.repeat(STANDING[None], int(RATE * SECONDS) + 1, axis=0)
    out[:, NAMES.index("leftHand"), 1] += np.linspace(0, far, len(out))
    return out


@pytest.fixture
def file(tmp_path):
    """Three sequences of two people: a hand that goes up 0.1, 0.2 and 0.4 m."""
    sequences = [raising(far) for far in (0.1, 0.2, 0.4)]
    path = tmp_path / "made.npz"
    np.savez(
        path,
        pos=np.concatenate(sequences),
        off=np.cumsum([0, *map(len, sequences)]),
        names=np.array(NAMES),
        fps=RATE,
        movement=np.array([7, 7, 8]),
        who=np.array(["ann", "bob", "ann"]),
        weight=np.array([60.5, 70.0, 60.5]),
    )
    return path


def connected(text, people=None):
    return recorded.connect(SimpleNamespace(learner=str(text), people=people))


def shown(awaits="", onset=0.0, phase="respond"):
    return Tableau(turn=Turn(phase, onset, awaits))


def at(tracker, time, tableau):
    return tracker.observe(Frame(0, time, 1 / 30), tableau)


def hand(seen):
    return seen.positions[INDEX["leftHand"], 1]


def test_each_turn_plays_the_next_sequence_from_its_onset(file):
    tracker = connected(file)
    floor = hand(at(tracker, 9.0, shown()))
    for onset, far in ((10.0, 0.1), (30.0, 0.2), (50.0, 0.4)):
        turn = shown("imitation", onset)
        risen = [hand(at(tracker, onset + t, turn)) - floor for t in (0.0, 0.5, 1.0, 2.0)]
        assert risen == pytest.approx([0, far / 4, far / 2, far], abs=1e-6)


def test_before_a_sequence_its_first_pose_is_held_and_after_it_its_last(file):
    tracker = connected(file)
    before = [hand(at(tracker, t, shown())) for t in (0.0, 5.0, 9.9)]
    assert len(set(before)) == 1
    at(tracker, 10.0, shown("imitation", 10.0))
    assert hand(at(tracker, 12.0, shown("imitation", 10.0))) - before[0] == pytest.approx(0.1)
    for phase, time in (("respond", 14.0), ("feedback", 20.0), ("model", 28.0)):
        awaits = "imitation" if phase == "respond" else ""
        assert hand(at(tracker, time, shown(awaits, 10.0, phase))) - before[0] == pytest.approx(0.1)


@pytest.mark.parametrize("rate", [7.0, 30.0, 90.0])
def test_a_sequence_is_resampled_to_the_times_of_the_frames(file, rate):
    tracker, turn = connected(file), shown("imitation", 10.0)
    times = 10.0 + np.arange(0, 2, 1 / rate)
    risen = np.array([hand(at(tracker, t, turn)) for t in times])
    assert risen - risen[0] == pytest.approx(0.05 * (times - 10.0), abs=1e-6)


def test_a_turn_is_one_sequence_however_often_it_is_asked_for(file):
    tracker, turn = connected(file), shown("imitation", 10.0)
    assert len({hand(at(tracker, 12.5, turn)) for _ in range(50)}) == 1
    assert tracker.sequences == 3


def test_after_the_last_sequence_nobody_is_there_but_what_is_awaited_is_still_answered(file):
    tracker = connected(f"{file}#movement=8")
    at(tracker, 10.0, shown("imitation", 10.0))
    gone = at(tracker, 31.0, shown("imitation", 30.0))
    assert not gone.how.any()
    assert np.isnan(gone.positions).all()
    assert at(tracker, 41.0, shown("ready", 40.0)).acts == {"ready"}


def test_what_the_file_lacks_is_absent_and_never_zero(file):
    seen = at(connected(file), 1.0, shown())
    for name in ("leftMiddleTip", "rightThumbTip", "leftEye", "leftToes"):
        assert seen.how[INDEX[name]] == ABSENT
        assert np.isnan(seen.positions[INDEX[name]]).all()
    assert seen.how[INDEX["leftHand"]] == MEASURED
    assert seen.face_how == ABSENT
    assert np.isnan(seen.face).all()
    assert np.isnan(seen.rotations).all()


def test_a_joint_that_was_not_seen_for_a_while_is_absent_for_that_while(tmp_path):
    positions = raising(0.3)
    lines = ["time," + ",".join(f"{n}_{axis}" for n in NAMES for axis in "xyz")]
    for k, row in enumerate(positions):
        cells = [f"{v:.4f}" for v in row.ravel()]
        if 10 <= k <= 15:
            first = 3 * NAMES.index("leftHand")
            cells[first : first + 3] = ["", "", ""]
        lines.append(f"{k / RATE:.4f}," + ",".join(cells))
    path = tmp_path / "made.csv"
    path.write_text("\n".join(lines))
    tracker, turn = connected(path), shown("imitation", 10.0)
    for time, how in ((0.3, MEASURED), (0.8, ABSENT), (0.65, ABSENT), (1.4, MEASURED)):
        seen = at(tracker, 10.0 + time, turn)
        assert seen.how[INDEX["leftHand"]] == how
        assert np.isnan(seen.positions[INDEX["leftHand"]]).any() == (how == ABSENT)
        assert seen.how[INDEX["rightHand"]] == MEASURED


def test_the_learner_begins_half_a_second_after_it_is_awaited(file):
    tracker = connected(file)
    assert not at(tracker, 10.4, shown("ready", 10.0)).acts
    assert at(tracker, 10.6, shown("ready", 10.0)).acts == {"ready"}
    assert not at(tracker, 20.0, shown("", 10.0)).acts


@pytest.mark.parametrize(
    ("where", "count"), [("", 3), ("#movement=7", 2), ("#movement=7,who=bob", 1), ("#weight=60.5", 2), ("#", 3)]
)
def test_sequences_are_chosen_by_their_columns(file, where, count):
    assert connected(f"{file}{where}").sequences == count


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("#movement", "'movement' is not column=value, as in file.npz#movement=7,subject=3"),
        ("#=7", "'=7' is not column=value"),
        ("#movment=7", "movement"),
        ("#movement=9", "7"),
        ("#movement=7,who=carl", "bob"),
    ],
)
def test_what_is_wrong_in_a_choice_is_said_with_what_there_is(file, where, message):
    with pytest.raises(ValueError, match=message):
        connected(f"{file}{where}")


def test_a_file_is_looked_for_in_the_folder_of_people_where_it_is_not_here(file):
    assert connected("made.npz#movement=7", file.parent).sequences == 2
    with pytest.raises(FileNotFoundError, match="there is no file"):
        connected("other.npz", file.parent)


def test_a_text_is_parsed_to_a_path_and_numbers_or_words():
    path, where = recorded.parse("a/b.npz#movement=7, subject=3,weight=60.5,who=ann b")
    assert path == Path("a/b.npz")
    assert where == {"movement": 7, "subject": 3, "weight": 60.5, "who": "ann b"}
    assert type(where["movement"]) is int


def test_the_learners_measures_come_from_the_recording(file):
    tracker = connected(file)
    arm = np.linalg.norm(tracker.body.offsets[INDEX["leftLowerArm"]])
    assert arm == pytest.approx(0.3, abs=0.02)
    assert len(recordings.read(file)) == 3
