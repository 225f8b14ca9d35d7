"""A person's recording takes part: one sequence per respond phase, from its onset, at the frames of now.

Rule 1: before a sequence its first pose is held, after it its last; each joint keeps how it was measured.
Rule 2: the person stands where the learner stands; acts that start a block come half a second after they are awaited.
"""

from pathlib import Path

import numpy as np

from vrtrainer.gestures import recorded
from vrtrainer.human import body, observation
from vrtrainer.human.observation import ABSENT, GROUPS
from vrtrainer.human.skeleton import J

TRACKS = True
ACT_AFTER = 0.5  # s


def parse(text):
    """`FILE[#column=value,…]` as a path and a dict of numbers or texts."""
    path, _, rest = text.partition("#")
    where = {}
    for item in filter(None, rest.split(",")):
        key, equals, value = item.partition("=")
        if not equals or not key.strip():
            raise ValueError(f"--learner {text}: {item!r} is not column=value, as in file.npz#movement=7,subject=3")
        value = value.strip()
        try:
            where[key.strip()] = int(value)
        except ValueError:
            try:
                where[key.strip()] = float(value)
            except ValueError:
                where[key.strip()] = value
    return Path(path), where


def connect(options):
    """The sequences of options.learner, ready to be played."""
    path, where = parse(options.learner)
    if options.people is not None and not path.is_absolute() and not path.exists():
        path = options.people / path.name
    return RecordedTracker(path, recorded.read(path, where))


class RecordedTracker:
    def __init__(self, path, sequences):
        self.path, self.recordings = path, sequences
        self.sequences = len(sequences)
        self.body = body.measured(np.concatenate([s.positions for s in sequences]), body.of_height(1.7))
        self._now = -1  # index of the sequence that plays or was last played
        self._onset = None
        self._nobody = observation.nothing("recorded")
        self._turned = np.full((J, 4), np.nan)
        self._unknown = np.full(len(GROUPS), np.nan)

    def observe(self, frame, shown):
        turn = shown.turn
        acts = observation.NONE
        if turn.awaits in ("ready", "say") and frame.time - turn.onset >= ACT_AFTER:
            acts = frozenset({"ready"})
        if turn.awaits == "imitation" and turn.onset != self._onset:
            self._onset = turn.onset
            self._now += 1
        if self._now >= self.sequences:
            return observation.nothing("recorded", acts)
        sequence = self.recordings[max(self._now, 0)]
        elapsed = frame.time - self._onset if self._onset is not None else 0.0
        positions, how = _sampled(sequence, elapsed)
        return observation.Observation(
            positions=positions,
            rotations=self._turned,
            how=how,
            face=self._nobody.face,
            face_how=ABSENT,
            sample_time=self._unknown,
            acts=acts,
            pointer=self._nobody.pointer,
            gaze=self._nobody.gaze,
            source="recorded",
        )

    def close(self):
        pass


def _sampled(sequence, elapsed):
    at = min(max(elapsed * sequence.rate, 0.0), len(sequence.positions) - 1.0)
    before = int(at)
    after = min(before + 1, len(sequence.positions) - 1)
    share = at - before
    positions = sequence.positions[before] + share * (sequence.positions[after] - sequence.positions[before])
    return positions, np.minimum(sequence.how[before], sequence.how[after])
