"""The tables say what can happen; these tests walk them."""

import pytest

from vrtrainer import choices
from vrtrainer.sessions import modes
from vrtrainer.sessions.phases import SESSION, Cue, Phase, Request, Showing, State, TransitionError, follow

EVERY_MODE = choices.names(modes)


def reached(table, start):
    found = {start}
    while new := {to for here in found for to in table[here].values()} - found:
        found |= new
    return found


@pytest.mark.parametrize("name", EVERY_MODE)
def test_stop_leads_to_calm_from_every_phase(name):
    table = choices.load(modes, name).TABLE
    assert {table[phase][Cue.STOP] for phase in table} == {Phase.CALM}


@pytest.mark.parametrize("name", EVERY_MODE)
def test_every_phase_can_be_reached_and_left(name):
    table = choices.load(modes, name).TABLE
    assert reached(table, Phase.READY) == set(table)
    for phase, row in table.items():
        assert set(row.values()) - {phase}, f"{phase} cannot be left"


@pytest.mark.parametrize("name", EVERY_MODE)
def test_every_phase_says_what_it_shows_and_every_caption_exists_in_every_language(name, languages):
    module = choices.load(modes, name)
    assert set(module.SHOWS) == set(module.TABLE)
    for showing in module.SHOWS.values():
        assert isinstance(showing, Showing)
        for texts in languages.values():
            assert not showing.caption or showing.caption in texts["captions"]


@pytest.mark.parametrize("name", EVERY_MODE)
def test_every_illegal_transition_of_a_mode_is_refused(name):
    table = choices.load(modes, name).TABLE
    for phase in table:
        for cue in set(Cue) - set(table[phase]):
            with pytest.raises(TransitionError, match="which only knows"):
                follow(table, phase, cue)


def test_a_session_can_be_stopped_from_every_state_but_over():
    for state in set(State) - {State.OVER}:
        assert SESSION[state][Request.STOP] is State.STOPPED
    assert not SESSION[State.OVER]


def test_every_state_of_a_session_can_be_reached_and_every_one_leads_to_over():
    assert reached(SESSION, State.WAITING) == set(State)
    for state in State:
        assert State.OVER in reached(SESSION, state)


def test_a_cue_without_a_row_says_what_the_phase_knows():
    table = choices.load(modes, "immediate").TABLE
    with pytest.raises(TransitionError, match="'time_up' came during 'model', which only knows: motion_over, stop"):
        follow(table, Phase.MODEL, Cue.TIME_UP)
