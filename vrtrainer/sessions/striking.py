"""A drum before the avatar and one before the learner: where they stand, who hits them when, what is heard.

Rule 1: two identical sets, each by its owner's own measures: the same gesture reaches both.
Rule 2: the learner's stands where their head was at the trial's first frame, so it fits who sits and who stands; it
        moves only when they have moved, and never while it is their turn.
Rule 3: hits of the avatar are reckoned once a performance; the learner's are heard at the frame that shows them.
"""

from dataclasses import dataclass

import numpy as np

from vrtrainer.gestures import hitting, objects
from vrtrainer.human import rotations
from vrtrainer.human.observation import INFERRED
from vrtrainer.human.skeleton import INDEX
from vrtrainer.human.transform import Transform
from vrtrainer.sessions.props import Prop
from vrtrainer.sessions.tableau import Sound

MOVED = 0.10  # m that the learner's head must have moved for their drum to be put elsewhere
LOWEST = 0.35  # m: a top below that is out of reach of anybody's comfort, whatever the tracker says of the head
_HEAD = INDEX["head"]


@dataclass(frozen=True, slots=True, eq=False)
class Stands:
    """An object as somebody has it.

    Parameters
    ----------
    middle : ndarray, shape (3,)
        Of its top, metres, in the room.
    radius, height : float
        Metres.
    unit : float
        Its owner's arm length, metres.
    """

    middle: np.ndarray
    radius: float
    height: float
    unit: float

    def props(self, kind):
        """What is drawn of it: the object, and what carries it.

        Parameters
        ----------
        kind : str
            Of `objects.KINDS`.

        Returns
        -------
        tuple of Prop
        """
        x, y, z = (float(v) for v in self.middle)
        wide = 2 * self.radius
        bottom = y - self.height
        body = Prop(kind, _upright(x, y - self.height / 2, z), (wide, self.height, wide))
        if bottom < 0.1:
            return (body,)
        foot = 0.55 * wide
        return body, Prop("stand", _upright(x, bottom / 2, z), (foot, bottom, foot))


def _upright(x, y, z):
    return Transform(np.array([x, y, z]), rotations.IDENTITY)


def before(thing, body, side, world_from_body, head=None):
    """An object before somebody.

    Parameters
    ----------
    thing : Thing
    body : Body
    side : str
        left or right: the acting side.
    world_from_body : Transform
        Where the body's own space is: its feet, facing -Z.
    head : ndarray, shape (3,), optional
        Where the head joint is seen, metres in the room; without it the body stands upright.

    Returns
    -------
    Stands
    """
    unit = body.arm_length("right")
    if head is None:
        middle = world_from_body.apply(objects.top(thing, body, side))
    else:
        middle = head + rotations.rotate(world_from_body.rotation, objects.from_head(thing, body, side))
    middle = np.maximum(middle, [-np.inf, LOWEST * unit, -np.inf])
    return Stands(middle, thing.width / 2 * unit, thing.height * unit, unit)


def times_of(performance, thing, body):
    """When a performance hits the object.

    Parameters
    ----------
    performance : Performance
    thing : Thing
    body : Body
        Of the one who performs.

    Returns
    -------
    ndarray, shape (N,)
        Seconds of the performance.
    """
    side = "left" if performance.side == "left" else "right"
    stands = before(thing, body, side, Transform(np.zeros(3), rotations.IDENTITY))
    motion = performance.motion
    told = hitting.hits(motion.times, motion.positions(body), stands.middle, stands.radius, stands.unit)
    return np.array([hit.time for hit in told])


class Striking:
    """The objects of the trials that have one.

    Parameters
    ----------
    world_from_avatar : Transform
    """

    def __init__(self, world_from_avatar):
        self._learner, self._world_from_avatar = None, world_from_avatar
        self._here = Transform(np.zeros(3), rotations.IDENTITY)
        self._performance = self._thing = self._times = self._theirs = self._own = self._watch = None
        self._head = None
        self._waits = False
        self._props = ()
        self._sounds = ()
        self._heard = 0.0

    def begin(self, performance, avatar, thing, learner):
        """A trial begins.

        Parameters
        ----------
        performance : Performance
            By the avatar.
        avatar : Body
        thing : Thing or None
            The gesture's object; None clears everything away.
        learner : Body
            Of the one who tries.
        """
        self._learner = learner
        self._props, self._sounds = (), ()
        if thing is None:
            self._thing = None
            return
        if performance is not self._performance:
            side = "left" if performance.side == "left" else "right"
            self._times = times_of(performance, thing, avatar)
            self._theirs = before(thing, avatar, side, self._world_from_avatar)
        if thing is not self._thing:
            self._head = None
        self._performance, self._thing, self._waits = performance, thing, True

    @property
    def own_at(self):
        """The middle of the top of the learner's object, metres; ndarray, shape (3,), None where there is none."""
        return self._own.middle if self._thing is not None and not self._waits else None

    def step(self, now, seen, shown_for=None, turn=True):
        """One frame of a trial.

        Parameters
        ----------
        now : float
            Seconds of session time.
        seen : Observation
        shown_for : float or None
            Seconds since the avatar began to show the gesture, None while it does not.
        turn : bool
            False where nothing of the learner was looked for at this frame.

        Returns
        -------
        tuple of Hit
            The learner's, their times in session time.
        """
        if self._thing is None:
            return ()
        if self._waits:
            self._place(seen)
        if shown_for is None:
            self._heard = 0.0
        else:
            place = tuple(float(v) for v in self._theirs.middle)
            if shown_for < self._heard:
                self._heard = 0.0  # shown again
            for time in self._times:
                if self._heard < time <= shown_for:
                    self._sound(now, place)
            self._heard = shown_for
        told = self._watch.step(now, seen.positions, seen.how) if turn else ()
        for _ in told:
            self._sound(now, tuple(float(v) for v in self._own.middle))
        return told

    def _sound(self, now, place):
        if self._thing.sound:
            self._sounds = (*self._sounds, Sound(self._thing.sound, now, place))

    def _place(self, seen):
        head = seen.positions[_HEAD] if seen.how[_HEAD] >= INFERRED else None
        side = "left" if self._performance.side == "right" else "right"  # mirror-wise
        moved = head is not None and (self._head is None or np.linalg.norm(head - self._head) > MOVED)
        if moved or self._head is None:
            self._own = before(self._thing, self._learner, side, self._here, head)
            self._head = head
        if self._watch is None:
            self._watch = hitting.Hitting(self._own.middle, self._own.radius, self._own.unit)
        else:
            self._watch.move(self._own.middle, self._own.radius)
        self._waits = False
        kind = self._thing.kind
        self._props = (*self._theirs.props(kind), *self._own.props(kind))

    def props(self):
        """What is drawn: the avatar's and the learner's; tuple of Prop."""
        return self._props if self._thing is not None else ()

    def sounds(self):
        """What has begun to sound since it was asked last; tuple of Sound."""
        told, self._sounds = self._sounds, ()
        return told
