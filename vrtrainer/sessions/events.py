"""What happened, in BIDS columns: onset, duration, trial_type, where in the session, then the type's own fields."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Event:
    """One row of events.tsv.

    Parameters
    ----------
    onset : float
        Seconds of frame time since the session's first frame.
    duration : float
        Seconds, NaN where it has none (n/a).
    trial_type : str
        What kind of event: `session_started`, `trial_planned`, `phase`, `score`, `command`, `refused`, `assent`,
        `shown_hash`, `now_next_why`, `tracking` …
    block, trial : int
        Counted from 0, -1 outside.
    phase : str
        The trial's phase or the session's state.
    fields : dict
        What this type carries: text, numbers, bools, None, lists and dicts of these.
    """

    onset: float
    duration: float
    trial_type: str
    block: int
    trial: int
    phase: str
    fields: dict = field(default_factory=dict)
