"""How long somebody has been in the headset and at it today, and when a break or the day's end is due.

Doses are our own choices (EXPERIENCE 2): a break after at most 5 minutes in a headset for a child and 10 for an adult,
counted from the first "Look."; 15 or 30 minutes a day.
"""

from dataclasses import dataclass

from vrtrainer.human import frame as frames

MARGIN = 20.0  # s: a turn that is begun comes to its end, so a break is due that much before the limit
_GAP = 1.0  # s: a longer time between two frames was no time in the headset


@dataclass(frozen=True, slots=True)
class Dose:
    """What is allowed, in seconds; None where there is no limit.

    Parameters
    ----------
    headset : bool
        Whether this session is in a headset: only there a break is due.
    break_after_s : float or None
        Time in a headset after which a break is offered.
    day_left_s : float or None
        What is left of the day's limit when the session begins.
    """

    headset: bool = False
    break_after_s: float | None = None
    day_left_s: float | None = None


class DoseClock:
    """Counts from the first demonstration on; told once a frame.

    Parameters
    ----------
    dose : Dose
    """

    def __init__(self, dose):
        self.dose = dose
        self.begun = False
        self.since_break = self.today = 0.0
        self._last = None

    def step(self, frame):
        """Count one frame.

        Parameters
        ----------
        frame : Frame
            One in which the headset is off counts for nothing.
        """
        last, self._last = self._last, frame.time
        if not self.begun or last is None or frame.state == frames.ASLEEP:
            return
        passed = frame.time - last
        if 0.0 < passed <= _GAP:
            self.since_break += passed
            self.today += passed

    def break_over(self):
        """The next stretch begins now."""
        self.since_break = 0.0

    @property
    def break_due(self):
        """Whether a break should come before anything else; bool."""
        limit = self.dose.break_after_s
        return self.dose.headset and limit is not None and self.since_break >= limit - MARGIN

    @property
    def day_over(self):
        """Whether today's time is used up; bool."""
        return self.dose.day_left_s is not None and self.today >= self.dose.day_left_s - MARGIN
