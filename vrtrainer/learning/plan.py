"""What the next trial shall be, and what came of it."""

from dataclasses import dataclass, field

KINDS = ("practice", "warm_up", "probe", "maintenance", "generalisation", "rescue", "ending")
SKILLS = (
    "posture",
    "arm_path",
    "hand_shape",
    "face",
    "rhythm",
    "sequence_memory",
    "both_hands",
    "midline",
    "object",
    "timing",
)
PROMPTS = range(8)
"""0 independent, 1 wait with expectant posture, 2 spoken or written hint, 3 highlight of the part, 4 slower model,
5 ghost overlay, 6 one part at a time, 7 a person helps (PRACTICE 1.1)."""


@dataclass(frozen=True, slots=True)
class Facets:
    """How hard the trial is made, apart from its gesture.

    Parameters
    ----------
    tempo, size : float
        Ratios to the gesture as written.
    elements, distractors : int
        Counts.
    delay_s : float
        Seconds between the end of the demonstration and the learner's turn.
    social : int
        Social load 0..3.
    """

    tempo: float = 1.0
    size: float = 1.0
    elements: int = 1
    distractors: int = 0
    delay_s: float = 0.0
    social: int = 0


@dataclass(frozen=True, slots=True)
class TrialPlan:
    """One trial as chosen, with the reason in words.

    Parameters
    ----------
    gesture, mode, side : str
        `side` is the side of the avatar that moves: left, right or both.
    prompt : int
        Of `PROMPTS`.
    facets : Facets
    kind : str
        Of `KINDS`.
    chance : float
        Chance of full success as planned, with its prompt.
    chance_unprompted : float
        The same without any prompt.
    avatar, scene : str
    reason_key : str
        Key under `why` in assets/language.
    reason_values : dict
    """

    gesture: str
    mode: str
    side: str
    prompt: int
    facets: Facets
    kind: str
    chance: float
    chance_unprompted: float
    avatar: str
    scene: str
    reason_key: str
    reason_values: dict = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the learner model learns from: made from a Score, an adult's rating or a learner's own word.

    Parameters
    ----------
    graded : int or None
        0, 1, 2, or None where there is no answer: tracking trouble is never an answer.
    attempted : bool or None
    withheld : str or None
        Why there is no answer.
    """

    graded: int | None
    attempted: bool | None
    withheld: str | None
