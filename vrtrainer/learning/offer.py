"""What a policy may choose from for one trial."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vrtrainer.learning.plan import Facets


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """One block's possibilities as they are now.

    Parameters
    ----------
    gestures : mapping of str to Gesture
    mode, side, kind : str
        `side` is left, right or either.
    trials_left, trials_total, block_index : int
        `trials_left` counts the trial that is chosen now.
    level : Facets
        Fixed within a block; `levels.next_level` moves it between blocks.
    prompt : int
        Help that the block begins with, or that somebody asked for.
    avatar, scene : str
    choice : str or None
        Gesture that the learner or the adult chose.
    override : str or None
        What was asked for: easier, harder, slower, again, other_gesture, together, show_where.
    shown_prompt : int or None
        Help that the running trial gave when it was asked, None where none ran: a trial that is broken off for it does
        not come into the history.
    target : float
        Chance of unprompted success that is aimed at.
    anxious : bool
        Then the target is 0.9.
    """

    gestures: Mapping
    mode: str
    side: str
    kind: str
    trials_left: int
    trials_total: int
    block_index: int
    level: Facets = field(default_factory=Facets)
    prompt: int = 0
    avatar: str = ""
    scene: str = ""
    choice: str | None = None
    override: str | None = None
    shown_prompt: int | None = None
    target: float = 0.8
    anxious: bool = False
