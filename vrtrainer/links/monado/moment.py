"""What a simulated child is at one moment, and how that goes into the cable."""

from dataclasses import dataclass, field

import numpy as np

from vrtrainer.human import rotations
from vrtrainer.human.observation import ABSENT, INFERRED, MEASURED
from vrtrainer.human.skeleton import INDEX, SIDES, J
from vrtrainer.links.monado import cable as cables
from vrtrainer.links.monado import hands

_HEAD, _EYES = INDEX["head"], np.array([INDEX["leftEye"], INDEX["rightEye"]])
_AHEAD = np.array([0.0, 0.0, -1.0])


@dataclass(slots=True)
class Moment:
    """A body, and what its headset makes of it.

    Parameters
    ----------
    positions : ndarray, shape (J, 3)
        Metres on the floor's space, NaN where absent.
    rotations : ndarray, shape (J, 4)
        World, NaN where only the place is known.
    how : ndarray, shape (J,)
        As in human.observation: MEASURED is valid and tracked, INFERRED valid only, ABSENT neither.
    face : ndarray, shape (52,)
        ARKit weights, NaN where no camera sees the face.
    gaze : ndarray, shape (3,)
        Unit direction, NaN where no camera sees the eyes.
    sources : tuple of int
        Per hand: cable.OPTICAL, or cable.CONTROLLER for joints that are made up around a controller.
    pressed : set of (int, str)
        Hand (0 left, 1 right) and button of `cable.BUTTONS`.
    head_seen, present, body : bool
        Whether the head is tracked; whether the headset is worn; whether it tracks the body.
    orders : list of dict
        For the layer, or `stop_service` and `start_service` for the child's own process.
    """

    positions: np.ndarray
    rotations: np.ndarray
    how: np.ndarray
    face: np.ndarray
    gaze: np.ndarray
    sources: tuple = (cables.OPTICAL, cables.OPTICAL)
    pressed: set = field(default_factory=set)
    head_seen: bool = True
    present: bool = True
    body: bool = True
    orders: list = field(default_factory=list)

    def head(self):
        """Between the eyes: quaternion and place."""
        return self.rotations[_HEAD], self.positions[_EYES].mean(axis=0)


def looking(head, yaw, pitch):
    """Unit direction of eyes turned (radians; right and up are positive) in a head.

    Parameters
    ----------
    head : ndarray, shape (4,)
    yaw, pitch : float

    Returns
    -------
    ndarray, shape (3,)
    """
    turn = rotations.multiply(
        rotations.from_axis_angle(np.array([0.0, -1.0, 0.0]), yaw),
        rotations.from_axis_angle(np.array([1.0, 0.0, 0.0]), pitch),
    )
    return rotations.rotate(rotations.multiply(head, turn), _AHEAD)


def nobody():
    """A headset that lies there: nothing is tracked."""
    return Moment(
        positions=np.full((J, 3), np.nan),
        rotations=np.full((J, 4), np.nan),
        how=np.zeros(J, np.uint8),
        face=np.full(52, np.nan),
        gaze=np.full(3, np.nan),
        head_seen=False,
        present=False,
        body=False,
    )


def put(moment, state, now):
    """Fill a cable's STATE record.

    Parameters
    ----------
    moment : Moment
    state : numpy.void
        Of dtype STATE.
    now : float
        Seconds of CLOCK_MONOTONIC.
    """
    turn, eyes = moment.head()
    known = bool(np.isfinite(turn).all() and np.isfinite(eyes).all())
    if known:
        state["head"][:4], state["head"][4:] = turn, eyes
    state["head_flags"] = cables.SEEN if known and moment.head_seen else 0
    gaze = known and bool(np.isfinite(moment.gaze).all())
    if gaze:
        state["gaze"][0], state["gaze"][1] = eyes, moment.gaze
    state["gaze_valid"] = gaze
    face = bool(np.isfinite(moment.face).all())
    state["face"] = moment.face if face else 0.0
    state["face_valid"] = face
    state["positions"], state["rotations"], state["how"] = moment.positions, moment.rotations, moment.how
    state["body_active"], state["present"] = moment.body, moment.present
    pose, radius = hands.poses(moment.positions)
    for side in range(len(SIDES)):
        _put_hand(moment, side, pose[side], radius[side], state["hands"][side])
    state["time"] = now


def _put_hand(moment, side, pose, radius, row):
    how = moment.how[hands.JOINTS[side]]
    active = bool(how[hands.WRIST] != ABSENT)
    row["active"] = active
    row["source"] = moment.sources[side]
    row["buttons"] = sum(1 << i for i, name in enumerate(cables.BUTTONS) if (side, name) in moment.pressed)
    row["flags"] = np.where(how == MEASURED, cables.SEEN, np.where(how >= INFERRED, cables.VALID, 0))
    if active:
        row["pose"], row["radius"] = pose, radius
