"""How much is enough for a person, how much there was on a day, and whether a headset suits the age.

Our own choices (EXPERIENCE 2): in a headset a break after at most 5 minutes for a child and 10 for an adult, counted
from the first "Look."; 15 or 30 minutes a day. Under ten the window comes first.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

HEADSET = "openxr"
"""The display that is worn."""
YOUNG = ("4-5", "6-9")
CHILD = (5, 15)
"""Minutes: until a break, and a day."""
ADULT = (10, 30)
_NOBODY = ("simulated", "recorded")  # trackers before which no person sat


class Advice(NamedTuple):
    """A sentence's key under `records`, with its values."""

    key: str
    values: dict


@dataclass(frozen=True, slots=True)
class Dose:
    """Minutes on a day, and the limits for this person."""

    headset_min: float
    all_min: float
    break_after_min: int
    day_limit_min: int

    @property
    def left_min(self):
        """Minutes in a headset that are left of the day."""
        return max(self.day_limit_min - self.headset_min, 0.0)


def limits(person):
    """Minutes until a break in a headset, and minutes a day. Whose age is not known is taken for a child."""
    return ADULT if person is not None and person.age_group == "18+" else CHILD


def headset_advice(person):
    """What to think of before a headset, by age."""
    minutes, day = limits(person)
    values = {"minutes": minutes, "day": day}
    if person.age_group in YOUNG:
        return Advice("headset_young_ticked" if person.headset else "headset_young", values)
    if not person.age_group:
        return Advice("headset_age_unknown", values)
    return Advice("headset_adult" if person.age_group == "18+" else "headset_child", values)


def headset_first(person):
    """Whether a headset is the way that is offered first: for the young only where an adult ticked it."""
    return person.headset if person.age_group in (*YOUNG, "") else True


def dose_of(database, person, day=None):
    """What a person did on a day (a date here; today when not said); one question, whatever the number of sessions.

    Sessions of a simulated or recorded learner count for nobody.
    """
    day = day or datetime.now().astimezone().date()
    day = date.fromisoformat(day) if isinstance(day, str) else day
    begins, ends = (datetime.combine(d, time()).astimezone(UTC) for d in (day, day + timedelta(days=1)))
    found = database.row(
        "SELECT total(CASE WHEN display = ? THEN s END) AS headset, total(s) AS every FROM ("
        "  SELECT display, coalesce(practised_s, ("
        "    SELECT max(onset + coalesce(duration, 0)) - min(onset) FROM trials WHERE trials.session = sessions.id"
        "  ), 0) AS s FROM sessions"
        f"  WHERE person = ? AND started >= ? AND started < ? AND tracker NOT IN ({', '.join('?' * len(_NOBODY))})"
        ")",
        HEADSET,
        person.id,
        begins.isoformat(timespec="milliseconds"),
        ends.isoformat(timespec="milliseconds"),
        *_NOBODY,
    )
    return Dose(found["headset"] / 60, found["every"] / 60, *limits(person))
