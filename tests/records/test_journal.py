"""The journal gives back what went in, whole or cut off anywhere, and never writes over anything."""

import contextlib
import json
import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcap.reader import make_reader

from tests.records import sample
from vrtrainer.human import observation
from vrtrainer.human.frame import Frame
from vrtrainer.records import reading, rows
from vrtrainer.records.journal import CHANNELS, Journal
from vrtrainer.sessions.commands import Command
from vrtrainer.sessions.events import Event

SETUP = {"programme": "first_steps", "seed": 7}


def written(folder, steps, reason=""):
    journal = Journal(folder / "journal.mcap", SETUP, "simulated")
    for step in steps:
        journal.append(*step)
    journal.close(reason)
    assert journal.fault == ""
    return journal.path


def short(count=300, period=1 / 90):
    return list(sample.frames(sample.session_events(1), period))[:count]


def test_frames_observations_orders_and_events_come_back_bit_for_bit(tmp_path):
    steps = [(f, s, (Command("pause", "", "adult", "key"),) * (f.index == 5), e) for f, s, _, e in short()]
    recorded = reading.read(written(tmp_path, steps))
    assert recorded.setup == SETUP
    assert recorded.frames == len(steps)
    assert recorded.damage == ""
    running = False
    for (frame, seen, orders, events), (frame_2, seen_2, orders_2, events_2) in zip(
        steps, recorded.steps(), strict=True
    ):
        assert frame_2 == frame
        assert orders_2 == orders
        assert [rows.event_bytes(e) for e in events_2] == [rows.event_bytes(e) for e in events]
        running |= any(e.trial_type == "session_state" for e in events)
        if running:
            for name in ("positions", "rotations", "how", "face", "sample_time", "pointer", "gaze"):
                assert getattr(seen_2, name).tobytes() == getattr(seen, name).tobytes(), name
    assert running


def test_joints_are_kept_only_around_running_frames(tmp_path):
    def state(name):
        return (sample.event(0.0, "session_state", state=name),)

    told = [(), state("running"), (), state("paused"), (), state("running"), state("stopped"), ()]
    steps = [(Frame(i, i / 90, 1 / 90), sample.seen(i), (), events) for i, events in enumerate(told)]
    kept = [bool(seen.how.any()) for _, seen, _, _ in reading.read(written(tmp_path, steps)).steps()]
    # The frame that starts it and the frame that stops it are read by the session, so they are kept.
    assert kept == [False, True, True, True, False, True, True, False]


def test_the_same_session_gives_the_same_rows(tmp_path):
    files = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        with open(written(tmp_path / name, short()), "rb") as file:
            files.append([(c.topic, m.log_time, m.sequence, m.data) for _, c, m in make_reader(file).iter_messages()])
    assert files[0] == files[1]
    assert len(files[0]) > 300


def test_a_closed_journal_opens_with_stock_mcap_readers_and_lists_its_channels(tmp_path):
    with open(written(tmp_path, short()), "rb") as file:
        reader = make_reader(file)
        assert tuple(c.topic for c in reader.get_summary().channels.values()) == CHANNELS
        setup = next(m for m in reader.iter_metadata() if m.name == "setup")
    assert json.loads(setup.metadata["setup"]) == SETUP
    assert {"vrtrainer", "python", "numpy", "machine"} <= set(json.loads(setup.metadata["versions"]))


@pytest.mark.parametrize(
    ("told", "reason", "ended"),
    [("finished", "", "finished"), ("", "", "closed"), ("finished", "fault", "fault"), ("", "ctrl_c", "ctrl_c")],
)
def test_the_last_row_says_why_it_ended(tmp_path, told, reason, ended):
    over = (sample.event(0.0, "session_over", ended=told),) * bool(told)
    recorded = reading.read(written(tmp_path, [(Frame(0, 0.0, 1 / 90), sample.seen(0), (), over)], reason))
    assert recorded.ended == ended


@pytest.mark.parametrize(("error", "ended"), [(KeyboardInterrupt, "ctrl_c"), (RuntimeError, "fault")])
def test_an_error_on_its_way_up_is_the_reason_where_no_other_was_told(tmp_path, error, ended):
    with pytest.raises(error), contextlib.closing(Journal(tmp_path / "journal.mcap", SETUP, "nobody")):
        raise error
    assert reading.read(tmp_path / "journal.mcap").ended == ended


def test_a_name_that_is_taken_gets_a_number_and_the_first_file_stays(tmp_path):
    (tmp_path / "journal.mcap").write_bytes(b"somebody's")
    path = written(tmp_path, short(5))
    assert path.name == "journal-2.mcap"
    assert (tmp_path / "journal.mcap").read_bytes() == b"somebody's"


def test_closing_twice_is_closing_once(tmp_path):
    journal = Journal(tmp_path / "journal.mcap", SETUP, "nobody")
    journal.close("finished")
    size = journal.path.stat().st_size
    journal.close("again")
    assert journal.path.stat().st_size == size
    assert reading.read(journal.path).ended == "finished"


def test_a_journal_cut_off_anywhere_gives_an_unbroken_beginning_or_one_clear_error(tmp_path):
    whole = written(tmp_path, short())
    data, steps = whole.read_bytes(), list(reading.read(whole).steps())
    rng = np.random.default_rng(3)
    lengths = [0, 1, 8, len(data) - 1, *rng.integers(0, len(data), 50)]
    counts = []
    for length in lengths:
        cut = tmp_path / "cut.mcap"
        cut.write_bytes(data[:length])
        try:
            recorded = reading.read(cut)
        except reading.JournalError as error:
            said = str(error)
            assert length < 2000, f"only a cut through the head leaves nothing: {said}"
            assert said.startswith(str(cut)), said
            continue
        got = list(recorded.steps())
        counts.append(len(got))
        assert [f for f, *_ in got] == [f for f, *_ in steps[: len(got)]]
        assert recorded.damage or recorded.ended == "closed"
    assert max(counts) == len(steps)


def test_a_flipped_byte_ends_the_reading_there_and_never_changes_a_row(tmp_path):
    whole = written(tmp_path, short())
    data = whole.read_bytes()
    frames = [frame for frame, *_ in reading.read(whole).steps()]
    for at in np.random.default_rng(4).integers(0, len(data), 60):
        broken = bytearray(data)
        broken[at] ^= 0x41
        path = tmp_path / "flipped.mcap"
        path.write_bytes(broken)
        try:
            got = [frame for frame, *_ in reading.read(path).steps()]
        except reading.JournalError as error:
            said = str(error)
            assert said.startswith(str(path)), said
        else:
            assert got == frames[: len(got)]
        assert path.read_bytes() == bytes(broken), "reading changes nothing"


def test_a_repaired_copy_has_every_row_of_the_cut_off_file_and_stock_readers_open_it(tmp_path):
    journal = Journal(tmp_path / "journal.mcap", SETUP, "simulated")
    for step in short():
        journal.append(*step)
        if step[0].index % 60 == 59:
            time.sleep(0.12)  # chunks are closed by time
    journal.close()
    data = journal.path.read_bytes()
    cut = tmp_path / "cut.mcap"
    cut.write_bytes(data[: int(0.8 * len(data))])
    before = cut.read_bytes()
    copy = reading.repaired(cut)
    assert cut.read_bytes() == before
    assert reading.repaired(cut) != copy, "a copy is not written over either"
    with open(copy, "rb") as file:
        frames = sum(channel.topic == "frames" for _, channel, _ in make_reader(file).iter_messages())
    recorded = reading.read(copy)
    assert frames == recorded.frames == reading.read(cut).frames > 0
    assert recorded.setup == SETUP
    assert recorded.ended == reading.INTERRUPTED


def test_a_newer_layout_is_refused_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "VERSION", 2)
    path = written(tmp_path, short(5))
    monkeypatch.undo()
    with pytest.raises(reading.JournalError, match="reads up to 1; use a newer one"):
        reading.read(path)


numbers = st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(st.none() | st.booleans() | st.integers(-(2**53), 2**53) | numbers | st.text(), lambda inner: (
    st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
), max_leaves=8)  # fmt: skip


@given(numbers, st.dictionaries(st.text(), values, max_size=4))
def test_any_event_comes_back_from_its_bytes(onset, fields):
    event = Event(onset, math.nan, "x", 0, 1, "ready", fields)
    again = rows.event_of(rows.event_bytes(event))
    assert again.fields == fields
    assert again.onset == onset
    assert math.isnan(again.duration)
    assert rows.event_bytes(again) == rows.event_bytes(event)


@given(
    index=st.integers(0, 2**40),
    time=st.floats(0, 1e7),
    joints=st.booleans(),
    acts=st.sets(st.sampled_from(observation.ACTS)),
    how=st.integers(0, 3),
)
def test_any_frame_comes_back_from_its_bytes(index, time, joints, acts, how):
    frame = Frame(index, time, 1 / 72, 123, False, "unfocused")
    nobody = observation.nothing("x", frozenset(acts))
    seen = sample.seen(index % 1000) if how else nobody
    again, seen_again = rows.frame_of(rows.frame_bytes(frame, seen, joints), "x")
    assert again == frame
    assert seen_again.acts == seen.acts
    kept = seen if joints else nobody
    np.testing.assert_array_equal(seen_again.positions, kept.positions)


def test_numpy_values_in_an_event_are_kept_as_plain_ones():
    fields = {"a": np.float64(0.25), "b": np.int64(3), "c": np.bool_(True), "d": np.array([1.0, np.nan]), "e": {2, 1}}
    assert rows.plain(fields) == {"a": 0.25, "b": 3, "c": True, "d": [1.0, None], "e": [1, 2]}


def test_a_value_that_is_no_data_is_named():
    with pytest.raises(TypeError, match="of type object is no number"):
        rows.json_bytes({"a": object()})


def test_what_is_written_is_not_kept_in_memory(tmp_path):
    journal = Journal(tmp_path / "journal.mcap", SETUP, "simulated")
    for step in short():
        journal.append(*step)
        if step[0].index % 60 == 59:
            time.sleep(0.12)
    kept = journal._mcap._Writer__chunk_indices
    journal.close()
    assert len(kept) <= 1
    assert reading.read(journal.path).frames == 300


def test_what_moves_on_a_page_that_does_not_listen_is_not_kept(tmp_path):
    def event(kind, **fields):
        return Event(0.0, float("nan"), kind, 0, -1, "", fields)

    told = [
        (event("session_state", state="running"),),
        (),
        (event("page_began", page="choose", listens=False),),
        (),
        (event("page_ended", page="choose"),),
        (event("page_began", page="move_along", listens=True),),
        (),
    ]
    journal = Journal(tmp_path / "journal.mcap", {}, "simulated")
    for k, events in enumerate(told):
        journal.append(Frame(k, 100 + k / 30, 1 / 30), sample.seen(k), (), events)
    journal.close()
    kept = [bool(seen.how.any()) for _, seen, _, _ in reading.read(journal.path).steps()]
    assert kept == [True, True, True, False, True, True, True]
