"""What one attempt came to: separate figures, why, and whether they can be trusted."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing worth saying about an attempt, as a key of the language files with its values.

    Parameters
    ----------
    key : str
        Key under `reasons` in assets/language, such as `higher`.
    values : dict
        What the text needs: `part` and other keys or numbers.
    part : str or None
        The body part it is about, for the avatar to highlight.
    moment : float or None
        Seconds from the start of the demonstration.
    """

    key: str
    values: dict = field(default_factory=dict)
    part: str | None = None
    moment: float | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """Figures of one attempt. Columns of every table carry these names.

    Parameters
    ----------
    similarity : float or None
        Overall, 0..1: 1 is within tolerance, 0.5 a clear near miss, 0 unrelated; None when withheld.
    attempted : bool or None
        Whether the learner tried; None when that could not be seen.
    goal : float or None
        How far the gesture's goal was reached, 0..1; None without a stated goal or when withheld.
    shape : float or None
        Likeness of the path whatever its timing and size, 0..1.
    lag_s : float or None
        Seconds after the demonstration; negative is ahead.
    tempo_ratio : float or None
        Attempt's duration over the demonstration's: above 1 is slower.
    size : float or None
        Extent of the movement over the demonstration's; 1 is the same.
    side_used : str
        `mirror`, `anatomical` or `none`.
    parts : dict
        Likeness 0..1 of each part that counts and was seen.
    share_observed : float
        Share of the gesture's weight that was measured, 0..1.
    graded_0_2 : int or None
        0 none, 1 partial, 2 full; None when withheld.
    withheld : str or None
        Language key of the reason, such as `hand_not_seen`, or None.
    reasons : tuple of Reason
        At most two.
    raw_deg, raw_m, raw_s : float or None
        Mean distance in degrees of bone direction, in metres at the wrists (or the moved end points), in seconds.
    """

    similarity: float | None
    attempted: bool | None
    goal: float | None
    shape: float | None
    lag_s: float | None
    tempo_ratio: float | None
    size: float | None
    side_used: str
    parts: dict
    share_observed: float
    graded_0_2: int | None
    withheld: str | None
    reasons: tuple = ()
    raw_deg: float | None = None
    raw_m: float | None = None
    raw_s: float | None = None
