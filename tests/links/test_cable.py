"""The cable: whole or not at all, each order once, and nothing that is no cable."""

import multiprocessing
import time

import numpy as np
import pytest

from vrtrainer.links.monado import cable as cables


def _write_for(path, seconds):
    cable = cables.Cable(path)
    state, until, k = cable.state.now, time.monotonic() + seconds, 0
    while time.monotonic() < until:
        k += 1
        state["time"] = k
        state["positions"] = k
        state["face"] = k
        cable.state.write()
        cable.orders.write([{"id": k, "do": "x" * (k % 4000)}])
    cable.close()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cable"


def test_what_one_end_writes_the_other_reads(path):
    child, application = cables.make(path), cables.Cable(path)
    child.state.now["head"] = np.arange(7)
    child.state.write()
    assert application.state.read()
    assert np.array_equal(application.state.now["head"], np.arange(7))
    assert not application.state.read(), "nothing new"
    child.close()
    application.close()


def test_a_reader_never_sees_half_a_write_while_another_process_writes(path):
    child = cables.make(path)
    writer = multiprocessing.get_context("spawn").Process(target=_write_for, args=(path, 1.0))
    writer.start()
    seen = set()
    while writer.is_alive():
        if child.state.read():
            now = child.state.now
            values = {float(now["time"]), *np.unique(now["positions"]).tolist(), *np.unique(now["face"]).tolist()}
            assert len(values) == 1, values
            seen |= values
        for order in child.orders.read([]):
            assert len(order["do"]) == order["id"] % 4000
    writer.join()
    assert len(seen) > 20
    child.close()


def test_a_writer_that_died_half_way_leaves_the_last_whole_copy(path):
    child, application = cables.make(path), cables.Cable(path)
    child.state.now["time"] = 1.0
    child.state.write()
    application.state.read()
    child.state._region.begin()
    assert not application.state.read()
    assert application.state.now["time"] == 1.0
    child.state.now["time"] = 2.0
    child.state.write()
    assert application.state.read()
    assert application.state.now["time"] == 2.0
    child.close()
    application.close()


def test_orders_are_numbered_on_and_kept_until_they_are_taken(path):
    child, application = cables.make(path), cables.Cable(path)
    orders = cables.Orders(child)
    first = orders.give(do="profile")
    second = orders.give(do="recentre")
    assert [o["id"] for o in application.orders.read([])] == [first, second]
    assert not application.orders.news
    application.status.now["taken"] = second
    application.status.write()
    assert orders.taken(second)
    third = orders.give(do="profile")
    assert application.orders.news
    assert [o["id"] for o in application.orders.read([])] == [third]
    assert cables.Orders(child).give(do="profile") > second, "a new child goes on counting"
    child.close()
    application.close()


def test_text_that_is_too_long_is_refused_and_leaves_what_was_there(path):
    child = cables.make(path)
    child.turn.write({"phase": "model"})
    with pytest.raises(cables.CableError, match="at most"):
        child.turn.write("x" * 20000)
    assert child.turn.read() == {"phase": "model"}
    child.close()


def test_a_file_that_is_no_cable_is_refused(path):
    path.write_bytes(b"something else")
    with pytest.raises(cables.CableError, match="no cable of this version"):
        cables.Cable(path)


def test_a_new_cable_leaves_the_old_one_to_whoever_holds_it(path):
    old = cables.make(path)
    new = cables.make(path)
    new.state.now["time"] = 5.0
    new.state.write()
    assert not old.state.read() or old.state.now["time"] == 0.0
    old.close()
    new.close()
