"""What a page is: anything a learner meets in a session besides trials that are scored.

A page tries stop, lets choose, moves along, measures, shows a scene. It is a block of a programme (`page = "choose"`)
or comes between trials (a break). Pages live in `sessions/pages`, one module a page, each with a class `Page`.

Rule 1: every page can be gone on from with `ready`, and left by stop and pause, which the session sees to.
Rule 2: a page touches nothing and never raises for what a person did; what it has to tell it emits.
Rule 3: a page sees movement only while it listens, which it may begin and end by itself; else acts and pointer alone.
Rule 4: what a later page or trial needs of it goes into `room.kept`, as plain values where a report may want it.
"""

import math
from dataclasses import dataclass, field

from vrtrainer.human.pose import Pose
from vrtrainer.sessions import words
from vrtrainer.sessions.manner import Manner
from vrtrainer.sessions.tableau import Button, Caption

PACE = 0.8  # s: a button that is held down says it no oftener


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """What a page shows at one frame.

    Parameters
    ----------
    captions : tuple of Caption
    buttons : tuple of Button
    pose : Pose or None
        Of the avatar; None is at rest.
    source : str
        Names what the pose belongs to: the avatar crosses over within 0.4 s when it changes.
    sits : bool
        The avatar sits.
    there : bool
        False while the avatar is not in the room.
    others : tuple of Figure
        Further figures.
    props : tuple of Prop
    sounds : tuple of str
        Sounds that begin at this frame.
    keep : str
        As `Tableau.keep`.
    """

    captions: tuple = ()
    buttons: tuple = ()
    pose: Pose | None = None
    source: str = "page"
    sits: bool = False
    there: bool = True
    others: tuple = ()
    props: tuple = ()
    sounds: tuple = ()
    keep: str = ""


@dataclass(slots=True, eq=False)
class Room:
    """What a page may read of the session it is in, and by which it tells.

    Parameters
    ----------
    setup : Setup
    chooser : Chooser
    block : Block or None
        The programme's block that this page is; None where it comes between trials.
    emit : callable
        `emit(trial_type, **fields)`: an event of this frame.
    change : callable
        `change(name, value)`: one of the learner's settings; gives why not, "" when it was.
    kept : dict
        What pages left for later ones, over the whole session.
    trials : list
        Finished trials of this session, `trial.Finished`, newest last.
    manner : Manner
        The settings that hold now.
    notices : Notices or None
        Knows who watches.
    """

    setup: object
    chooser: object
    block: object
    emit: object
    change: object
    kept: dict = field(default_factory=dict)
    trials: list = field(default_factory=list)
    manner: Manner = field(default_factory=Manner)
    notices: object = None

    @property
    def watcher(self):
        """Who watches now; "" for nobody."""
        return self.notices.watcher if self.notices is not None else ""

    def text(self, key, **values):
        """A text of the section `pages` in the session's language; str."""
        own = {"avatar": words.called(self.setup, self.chooser.avatar), "learner": self.setup.names["learner"]}
        return words.filled(self.setup.texts, "pages", key, **{**own, **values})

    def caption(self, key, kind="line", **values):
        """A text of the section `pages` as a Caption."""
        return Caption(self.text(key, **values), kind)

    def button(self, key, value, number=None, role="choice", picture=()):
        """A button by which the learner says `value`; its words are `pages.key`, Enter chooses ready."""
        if value == "ready":
            return Button("ready", self.text(key), "enter", "", role, picture)
        return Button("say", self.text(key), "" if number is None else str(number), value, role, picture)


class Page:
    """What every page is; the session makes it anew each time it is entered.

    Parameters
    ----------
    room : Room
    """

    name = ""
    """Its module's; the session sets it."""
    listens = False
    """Whether it reads the learner's joints: the journal keeps them then."""
    rests = False
    """Whether the headset may be taken off meanwhile without anything being stopped."""
    awaits = "ready"
    """What a recorded or simulated learner answers to it, as `Turn.awaits`."""

    def __init__(self, room):
        self.room = room
        self.over = False
        self.leads = ""
        """Where it leads when it is over: "" to what comes next, else as `leading.led` says."""
        self.onset = 0.0
        self._ready_at = -math.inf

    def paced(self, now, said):
        """The same word, but a ready that is held down counts once in a while.

        Parameters
        ----------
        now : float
        said : str

        Returns
        -------
        str
        """
        if said != "ready":
            return said
        if now - self._ready_at < PACE:
            return ""
        self._ready_at = now
        return said

    def begin(self, now):
        """It is entered.

        Parameters
        ----------
        now : float
            Seconds of trial time (pauses taken out), as in every other method.
        """
        self.onset = now

    def heard(self, request, actor):
        """The learner or the adult stopped, paused or went on while this page was there.

        Parameters
        ----------
        request : str
            As `phases.Request`.
        actor : str
        """

    def step(self, now, seen, said):
        """One frame.

        Parameters
        ----------
        now : float
        seen : Observation
        said : str
            "ready", a button's value, or "" for nothing.
        """
        if said == "ready":
            self.over = True

    def standing(self, now):
        """What is shown at this frame.

        Parameters
        ----------
        now : float

        Returns
        -------
        Standing
        """
        return Standing()

    def told(self):
        """Fields of the event `page_ended`; plain values."""
        return {}
