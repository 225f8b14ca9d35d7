"""Computes a session anew from its journal and holds every event against the recorded one, byte for byte.

What was shown is not in a journal. The event `shown_hash` of each second is, and so the pictures are compared too.
"""

from dataclasses import dataclass

from vrtrainer.records import rows


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a comparison. `difference` is "" where all is the same."""

    frames: int
    events: int
    hashes: int
    difference: str
    cut_off: str
    """Why the journal ends before its session, "" where it is whole."""

    @property
    def same(self):
        """Whether something was compared and nothing differed."""
        return not self.difference and self.frames > 0


class Comparison:
    """Steps a session over a journal; `result` fills while `steps` is used up."""

    def __init__(self, recorded, session):
        self._recorded, self._session = recorded, session
        self._raw = recorded.raw_steps()
        self._frames = self._events = self._hashes = 0
        self._difference = ""

    def steps(self):
        """Frame, Observation, Tableau and Events of each frame as computed now, until the first difference.

        Who asks again goes on where the last one left off: a session can be stepped once only.
        """
        if self._difference:
            return
        for frame, seen, orders, written in self._raw:
            shown, events = self._session.step(frame, seen, orders)
            self._frames += 1
            self._held_against(frame, events, written)
            yield frame, seen, shown, events
            if self._difference:
                return

    def _held_against(self, frame, events, written):
        computed = [rows.event_bytes(event) for event in events]
        self._events += len(computed)
        self._hashes += sum(event.trial_type == "shown_hash" for event in events)
        if computed == written:
            return
        at = f"frame {frame.index} at {frame.time:.3f} s"
        for number, (one, other) in enumerate(zip(written, computed, strict=False), 1):
            if one != other:
                self._difference = f"{at}, event {number}: {_first_difference(one, other)}"
                return
        longer = written if len(written) > len(computed) else computed
        extra = rows.event_of(longer[min(len(written), len(computed))]).trial_type
        who = "was recorded but did not come again" if longer is written else "came now but was not recorded"
        self._difference = f"{at}: {extra} {who}"

    @property
    def result(self):
        recorded = self._recorded
        return Result(
            self._frames, self._events, self._hashes, self._difference, recorded.damage or recorded.fault or ""
        )


def compare(recorded, session_factory):
    """Compare a whole journal with the session that `session_factory(setup)` builds of its setup."""
    comparison = Comparison(recorded, session_factory(recorded.setup))
    for _ in comparison.steps():
        pass
    return comparison.result


def _first_difference(written, computed):
    """The first field of two events that differs, in words."""
    one, other = rows.event_of(written), rows.event_of(computed)
    for name in ("trial_type", "onset", "duration", "block", "trial", "phase"):
        a, b = getattr(one, name), getattr(other, name)
        if a != b and not (a != a and b != b):  # NaN is the same as NaN here
            return f"{one.trial_type}: {name} was {a!r}, is {b!r}"
    for name in {**one.fields, **other.fields}:
        a, b = one.fields.get(name, "absent"), other.fields.get(name, "absent")
        if a != b:
            return f"{one.trial_type}: {name} was {a!r}, is {b!r}"
    return f"{one.trial_type}: the same fields in another order"
