"""A session's states when the child's headset says something else than the runtime below."""

import itertools

import pytest

from vrtrainer.links.monado.states import (
    CEILINGS,
    EXITING,
    FOCUSED,
    IDLE,
    LOSS_PENDING,
    READY,
    STOPPING,
    SYNCHRONIZED,
    UNKNOWN,
    VISIBLE,
    States,
)  # fmt: skip

LEGAL = {
    (UNKNOWN, IDLE), (IDLE, READY), (READY, SYNCHRONIZED), (SYNCHRONIZED, VISIBLE), (VISIBLE, FOCUSED),
    (FOCUSED, VISIBLE), (VISIBLE, SYNCHRONIZED), (SYNCHRONIZED, STOPPING), (STOPPING, IDLE), (IDLE, EXITING),
}  # fmt: skip
"""The arrows of the specification's figure of a session's life, without those to LOSS_PENDING."""


ORDERS = list(itertools.product(["focused", "visible", "synchronized", "stopping"], repeat=3))


class Application:
    """Answers states as the specification asks, and keeps what it was told."""

    def __init__(self, headless=False):
        self.states = States(headless)
        self.told = [UNKNOWN]
        self.began_below = self.ended_below = 0
        for state in (IDLE, READY):
            self.runtime(state)

    def runtime(self, state):
        if self.states.told(state):
            self.hear(state)
        self.drain()

    def hear(self, state):
        self.told.append(state)
        if state == READY and self.states.began():
            self.began_below += 1
            for s in (SYNCHRONIZED, VISIBLE, FOCUSED):
                self.runtime(s)
        elif state == STOPPING and self.states.ended():
            self.ended_below += 1
            self.runtime(IDLE)

    def drain(self):
        while self.states.events:
            self.hear(self.states.events.pop(0))

    def order(self, name, frames=5):
        self.states.order(name, 0.0)
        self.drain()
        for _ in range(frames):
            if self.states.runs:
                self.states.frame()
                self.drain()


@pytest.mark.parametrize("headless", [False, True])
@pytest.mark.parametrize("names", ORDERS)
def test_whatever_is_ordered_every_step_is_one_of_the_specification(names, headless):
    application = Application(headless)
    for name in names:
        application.order(name)
    application.order("focused", frames=8)
    assert application.told[-1] == FOCUSED
    assert set(itertools.pairwise(application.told)) <= LEGAL
    assert application.began_below == 1, "the runtime's session ran on"
    assert application.ended_below == 0


@pytest.mark.parametrize("name", ["visible", "synchronized", "stopping"])
def test_an_order_takes_the_application_to_its_state(name):
    application = Application()
    application.order(name)
    assert application.told[-1] == CEILINGS[name]
    assert application.states.runs == (name != "stopping")


def test_exiting_ends_after_idle():
    application = Application()
    application.order("exiting")
    assert application.told[-3:] == [STOPPING, IDLE, EXITING]
    application.order("focused")
    assert application.told[-1] == EXITING, "nothing comes after it"


def test_loss_is_told_and_a_moment_later_calls_are_lost():
    application = Application()
    application.order("loss_pending")
    assert application.told[-1] == LOSS_PENDING
    assert not application.states.lost(0.1)
    assert application.states.lost(1.0)


def test_steps_up_take_a_frame_each():
    application = Application()
    application.order("synchronized")
    application.order("focused", frames=1)
    assert application.told[-1] == VISIBLE
    application.order("focused", frames=1)
    assert application.told[-1] == FOCUSED


def test_a_runtime_that_stops_meanwhile_hears_of_the_end():
    application = Application()
    application.order("visible")
    application.runtime(STOPPING)
    assert application.told[-2:] == [STOPPING, IDLE]
    assert application.ended_below == 1


def test_a_headset_that_is_off_at_first_begins_when_it_is_put_on():
    states = States(False)
    states.order("stopping", 0.0)
    assert states.told(IDLE)
    assert not states.told(READY)
    assert states.events == []
    states.order("focused", 0.0)
    assert states.events == [READY]
    assert states.began(), "the runtime has not begun either"
