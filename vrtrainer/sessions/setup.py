"""Everything a session is made of. The same setup, frames, observations, orders and seed give the same session."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vrtrainer.human.body import Body
from vrtrainer.sessions.dose import Dose
from vrtrainer.sessions.manner import Manner
from vrtrainer.sessions.programme import Programme


@dataclass(frozen=True, slots=True, eq=False)
class Setup:
    """What is loaded before the first frame.

    Parameters
    ----------
    programme : Programme
    gestures : mapping of str to Gesture
        Written gestures and, for programme `people`, recorded ones.
    people : tuple of str
        Names of the recorded gestures, in file order.
    sequences : int
        How many sequences a recorded learner has, 0 for any number.
    bodies : mapping of str to Body
        Each avatar's measures.
    body : Body
        The learner's.
    model : object
        The learner model of `learning.learner`.
    modes : mapping of str to module
        Each with TABLE and SHOWS.
    pages : mapping of str to module
        Each with a class Page.
    policies : mapping of str to module
        Each with `next_trial`.
    way : module
        The scoring method.
    texts : mapping
        The language's tables.
    language : str
    names : mapping of str to str
        learner, adult and avatar, as they are spoken to.
    seed : int
    day : float
        Days since the learner model's first day.
    self_report : bool
        Nothing is tracked: the learner says how it went.
    patience_s : float or None
        How long anything waits for a learner before the session ends by itself; None is without limit.
    watched : bool
        Whether an adult watches from the beginning, which the learner is told.
    manner : Manner
        The learner's settings.
    dose : Dose
        How long is long enough.
    resumed : tuple of dict
        Trials of a session that was broken off and goes on here, in order: block, plan, answer.
    resumed_block : int
        The block at which it goes on.
    chosen : str
        The gesture that was chosen on a page of the session that goes on.
    done_before : tuple of str
        Pages that the learner had in earlier sessions: those that come only once are left out.
    signs : mapping of str to Gesture
        Signs that are shown but never trained, such as the one that stops.
    seated : bool
        Whether the learner sits.
    kept : mapping
        What pages kept with the learner in earlier sessions, as plain values: greeting, reasons, body.
    meanings : mapping of str to Meaning
        What somebody may want who shows a gesture.
    elbows : bool
        Whether the learner's tracker can see elbows and shoulders; without, the wrists stand for the arms.
    """

    programme: Programme
    gestures: Mapping
    people: tuple
    sequences: int
    bodies: Mapping
    body: Body
    model: object
    modes: Mapping
    policies: Mapping
    pages: Mapping
    way: object
    texts: Mapping
    language: str
    names: Mapping
    seed: int
    day: float = 0.0
    self_report: bool = False
    patience_s: float | None = None
    watched: bool = False
    manner: Manner = field(default_factory=Manner)
    dose: Dose = field(default_factory=Dose)
    resumed: tuple = ()
    resumed_block: int = 0
    chosen: str = ""
    done_before: tuple = ()
    signs: Mapping = field(default_factory=dict)
    kept: Mapping = field(default_factory=dict)
    meanings: Mapping = field(default_factory=dict)
    elbows: bool = True
    seated: bool = True
