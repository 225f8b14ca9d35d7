"""One frame of the display: everything of that frame happens for this one time."""

from dataclasses import dataclass

ACTIVE, UNFOCUSED, ASLEEP = "active", "unfocused", "asleep"


@dataclass(frozen=True, slots=True)
class Frame:
    """The time that the runtime predicts this frame to be seen at.

    Parameters
    ----------
    index : int
        Counts from 0, never back.
    time : float
        Seconds on a monotonic clock that never goes back.
    period : float
        Seconds from one frame to the next.
    xr_time : int
        XrTime in nanoseconds, 0 where no OpenXR runtime gave it.
    should_render : bool
        Whether anything drawn would be seen.
    state : str
        `active`, `unfocused` or `asleep`.
    """

    index: int
    time: float
    period: float
    xr_time: int = 0
    should_render: bool = True
    state: str = ACTIVE
