"""Phases of a trial and states of a session, and what leads from one to the next.

Rule 1: every transition is a row of a table: a mode's own TABLE for the trial, SESSION for what stands around it.
Rule 2: this room never asks what time it is. It is told, once a frame.
Rule 3: Stop leads to CALM from every phase of every mode, and to STOPPED from every state but over. So does the wish
        for the calm place.
        `tests/sessions` reads the tables and checks it.
Rule 4: a cue without a row changes nothing and becomes an event `refused` with its reason.
"""

from dataclasses import dataclass
from enum import Enum


class Phase(Enum):
    """Where a trial is."""

    READY = "ready"
    MODEL = "model"
    DELAY = "delay"
    RESPOND = "respond"
    FEEDBACK = "feedback"
    CALM = "calm"


class Cue(Enum):
    """What can move a trial on."""

    STOP = "stop"
    LEARNER_STARTED = "learner_started"  # the learner's own act
    MOTION_OVER = "motion_over"  # the avatar has shown it
    NOT_TRIED = "not_tried"  # the turn was long enough and nothing was tried
    DONE = "done"  # the learner has finished, or said so
    TIME_UP = "time_up"  # this phase has lasted as long as it should


class State(Enum):
    """Where a session is."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    OVER = "over"


class Request(Enum):
    """What can move a session on."""

    STOP = "stop"
    CALM = "calm_place"  # to the calm place, as stop, but nothing was wrong
    PAUSE = "pause"
    GO_ON = "go_on"
    READY = "ready"
    BLOCK_OVER = "block_over"
    SOMETHING_ELSE = "something_else"
    END = "end"  # enough for today: to the calm place and its one question
    FINISH = "finish"  # over at once
    FINISHED = "finished"


SESSION = {
    State.WAITING: {
        Request.READY: State.RUNNING,
        Request.PAUSE: State.PAUSED,
        Request.STOP: State.STOPPED,
        Request.CALM: State.STOPPED,
        Request.END: State.WAITING,
        Request.FINISH: State.OVER,
        Request.FINISHED: State.OVER,
    },
    State.RUNNING: {
        Request.STOP: State.STOPPED,
        Request.CALM: State.STOPPED,
        Request.PAUSE: State.PAUSED,
        Request.BLOCK_OVER: State.WAITING,
        Request.SOMETHING_ELSE: State.WAITING,
        Request.END: State.WAITING,
        Request.FINISH: State.OVER,
    },
    State.PAUSED: {
        Request.GO_ON: State.RUNNING,  # or where it was paused: `session` keeps that
        Request.READY: State.RUNNING,
        Request.STOP: State.STOPPED,
        Request.CALM: State.STOPPED,
        Request.END: State.WAITING,
        Request.FINISH: State.OVER,
    },
    State.STOPPED: {
        Request.GO_ON: State.RUNNING,
        Request.READY: State.RUNNING,
        Request.SOMETHING_ELSE: State.WAITING,
        Request.STOP: State.STOPPED,
        Request.CALM: State.STOPPED,
        Request.END: State.WAITING,
        Request.FINISH: State.OVER,
        Request.FINISHED: State.OVER,
    },
    State.OVER: {},
}
"""The table that stands around every trial's."""


class TransitionError(Exception):
    """A cue came where it has no row."""


def follow(table, here, cue):
    """The phase or state that a cue leads to.

    Parameters
    ----------
    table : dict
        A mode's TABLE, or SESSION.
    here : Phase or State
    cue : Cue or Request

    Returns
    -------
    Phase or State

    Raises
    ------
    TransitionError
        If there is no row; it names the cues that are known here.
    """
    try:
        return table[here][cue]
    except KeyError:
        known = ", ".join(c.value for c in table.get(here, {})) or "nothing"
        raise TransitionError(f"{cue.value!r} came during {here.value!r}, which only knows: {known}") from None


@dataclass(frozen=True, slots=True)
class Showing:
    """What one phase of a mode shows and listens to.

    Parameters
    ----------
    caption : str
        Key under `captions` in assets/language, "" for none.
    demonstrates : bool
        The avatar performs the gesture, from this phase's onset.
    listens : bool
        The learner's movement is recorded and compared: it is their turn.
    feedback : bool
        Words, lamp and dot say what came of it.
    lasts : float or None
        Seconds after which TIME_UP comes; None where something else ends it.
    keep : str
        What a report keeps of this phase: its most telling frame, under this name.
    """

    caption: str = ""
    demonstrates: bool = False
    listens: bool = False
    feedback: bool = False
    lasts: float | None = None
    keep: str = ""
