"""Arms: from where a hand shall be to joint angles, analytically and within the joints' limits.

Rule 1: everything is about a right arm, in the upright trunk's axes (x out, y up, -z forward). A left arm is the right
        arm of the mirrored body.
Rule 2: an arm is a row of numbers (`ARM`), each with its own limits (`LIMITS`). Between two rows within limits, every
        blend is within limits too; so limits are checked where a hand is placed, and hold on the way.
Rule 3: the elbow is never straighter than `LIMITS` says: no arm is hyperextended.

The upper arm's direction is written as the turn that swings it there from hanging (logarithm at the hanging arm):
`side` and `front` are its parts. `axial` is how the upper arm is turned about itself after that swing; positive is
outward. The forearm's `twist` is 0 with the thumb up when the bent arm hangs, positive is supination, negative
pronation; half of it is done by the forearm's bone, half at the wrist, as the radius does.
"""

from dataclasses import dataclass

import numpy as np

from vrtrainer.gestures import shapes
from vrtrainer.human import rotations
from vrtrainer.human.skeleton import FINGERS, INDEX, REST_OFFSETS

ARM = ("side", "front", "axial", "bend", "twist", "wrist", "aside")
"""Radians: the upper arm's swing sideways and forward, its axial turn, the elbow's bend, the forearm's twist, the wrist
bent to the palm, the hand turned to the thumb's side."""
FIRST_FINGER = len(ARM)
WIDTH = len(ARM) + shapes.FINGER_ANGLES

_LIMITS_DEG = {
    # joint motion: low, high. Sources: AAOS, Joint Motion: Method of Measuring and Recording (1965), as in Greene and
    # Heckman 1994; cross-body adduction and thumb from Kapandji, Physiology of the Joints I (6th ed.).
    "side": (-75, 172),  # abduction 180; across the body with some flexion
    "front": (-60, 172),  # extension 60, flexion 180
    "axial": (-70, 90),  # internal rotation 70, external 90
    "bend": (10, 150),  # AAOS 0 to 150; 10 keeps every performed arm from locking straight
    "twist": (-80, 80),  # pronation, supination
    "wrist": (-70, 80),  # extension, flexion
    "aside": (-30, 20),  # ulnar, radial deviation
    "knuckle": (-20, 90),  # MCP; AAOS allows 45 of extension, passive
    "middle": (0, 100),  # PIP
    "end": (0, 90),  # DIP
    "spread": (-20, 20),
    "thumb_out": (-40, 50),  # saddle joint, in the palm's plane, from the rest pose
    "thumb_front": (0, 70),  # palmar abduction
    "thumb_knuckle": (-10, 55),
    "thumb_end": (-15, 80),
    "clavicle": (0, 30),  # elevation
    "neck_forward": (-45, 45),  # neck flexion and extension 45, rotation 60, tilt 45
    "neck_turn": (-60, 60),
    "neck_tilt": (-45, 45),
    "trunk_forward": (-25, 80),  # thoracolumbar spine: flexion 80, extension 25, rotation 45, tilt 35
    "trunk_turn": (-45, 45),
    "trunk_tilt": (-35, 35),
}
LIMITS = {name: tuple(np.radians(pair)) for name, pair in _LIMITS_DEG.items()}
"""Range of each joint angle, radians."""

_FINGER_LIMITS = ("knuckle", "middle", "end", "spread") * 4 + (
    "thumb_out",
    "thumb_front",
    "thumb_knuckle",
    "thumb_end",
)
LOW, HIGH = np.array([LIMITS[name] for name in (*ARM, *_FINGER_LIMITS)]).T
MOST_RAISED = np.radians(172)
_LIFTS = np.radians(20)

_X, _Y, _Z = np.eye(3)
_HANGS = rotations.from_axis_angle(_Z, -np.pi / 2)
_SWIVELS = np.radians(np.arange(-180, 180, 4.0))
_TRUNK = np.array([0.105, 0.085])  # half width and half depth of the trunk at the elbow's height, of stature

REST = np.radians([9, 3, -10, 14, -18, 4, -3])
"""The arm that hangs at ease: a little away from the body, the elbow slightly bent, the palm to the thigh."""


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """A right arm's measures.

    Parameters
    ----------
    root : ndarray, shape (3,)
        Inner end of the collar bone, metres.
    collar : ndarray, shape (3,)
        From there to the shoulder joint at rest.
    upper, fore : float
        Bone lengths, metres.
    palm, fingertip : ndarray, shape (3,)
        From the wrist to the middle of the palm, and to the middle fingertip, in the hand's axes.
    stature : float
    """

    root: np.ndarray
    collar: np.ndarray
    upper: float
    fore: float
    palm: np.ndarray
    fingertip: np.ndarray
    stature: float

    @property
    def length(self):
        """Shoulder joint to wrist along the straight arm, metres."""
        return self.upper + self.fore


def arm_of(body):
    """The right arm of a body.

    Parameters
    ----------
    body : Body

    Returns
    -------
    Arm
    """
    at = body.rest_positions()
    hand = at[INDEX["rightHand"]]
    palm_depth = 0.012 * body.height  # the palm's skin lies this far below its bones
    return Arm(
        root=at[INDEX["rightShoulder"]],
        collar=body.offsets[INDEX["rightUpperArm"]],
        upper=body.length("rightLowerArm"),
        fore=body.length("rightHand"),
        palm=at[INDEX["rightMiddleProximal"]] * 0.75 + hand * 0.25 - hand - palm_depth * _Y,
        fingertip=at[INDEX["rightIndexTip"]] - hand,
        stature=body.height,
    )


def swing(side, front):
    """The turn that raises a hanging arm sideways and forward.

    Parameters
    ----------
    side, front : ndarray, shape (...,)
        Radians.

    Returns
    -------
    ndarray, shape (..., 4)
    """
    zero = np.zeros_like(side)
    # The axis is square to the hanging arm and to the direction (side, 0, -front) it is raised to.
    return rotations.from_rotation_vector(np.stack([front, zero, side], axis=-1))


def collar_lift(rows):
    """How far the collar bone is lifted for a raised arm.

    The shoulder blade follows the arm at about 1 to 2 (Inman, Saunders and Abbott 1944), the collar bone's lift is
    about half of that, and it begins at some 30 degrees; gently, from 20 to 40, as nothing of a body starts at once.

    Parameters
    ----------
    rows : ndarray, shape (..., WIDTH or 7)

    Returns
    -------
    ndarray, shape (...,)
        Radians.
    """
    beyond = np.maximum(np.hypot(rows[..., 0], rows[..., 1]) - _LIFTS, 0.0)
    return 0.13 * np.where(beyond < _LIFTS, beyond * beyond / (2 * _LIFTS), beyond - _LIFTS / 2)


def shoulder_of(arm, rows):
    """Place of the shoulder joint, metres (..., 3)."""
    return arm.root + rotations.rotate(rotations.from_axis_angle(_Z, collar_lift(rows)), arm.collar)


def turns(rows):
    """Rotations in the trunk's axes: upper arm, forearm before its twist, hand.

    Parameters
    ----------
    rows : ndarray, shape (..., >= 7)

    Returns
    -------
    upper, fore, hand : ndarray, shape (..., 4)
    """
    side, front, axial, bend, twist, wrist, aside = np.moveaxis(rows[..., :7], -1, 0)
    hung = rotations.multiply(_HANGS, rotations.from_axis_angle(_X, axial))
    upper = rotations.multiply(swing(side, front), hung)
    fore = rotations.multiply(upper, rotations.from_axis_angle(_Y, bend))
    hand = rotations.multiply(
        rotations.multiply(fore, rotations.from_axis_angle(_X, twist)),
        rotations.from_rotation_vector(np.stack([np.zeros_like(wrist), aside, -wrist], axis=-1)),
    )
    return upper, fore, hand


def placed(arm, rows):
    """Where elbow and wrist are, and how the hand is turned.

    Parameters
    ----------
    arm : Arm
    rows : ndarray, shape (..., >= 7)

    Returns
    -------
    shoulder, elbow, wrist : ndarray, shape (..., 3)
        Metres.
    hand : ndarray, shape (..., 4)
    """
    upper, fore, hand = turns(rows)
    shoulder = shoulder_of(arm, rows)
    elbow = shoulder + arm.upper * rotations.rotate(upper, _X)
    return shoulder, elbow, elbow + arm.fore * rotations.rotate(fore, _X), hand


def rows_of(shoulder, elbow, wrist, hand):
    """Angles of an arm whose joints are placed.

    Parameters
    ----------
    shoulder, elbow, wrist : ndarray, shape (..., 3)
        Metres; the elbow bent.
    hand : ndarray, shape (..., 4)
        Rotation of the hand.

    Returns
    -------
    ndarray, shape (..., 7)
        As they are, within limits or not.
    """
    upper, fore = elbow - shoulder, wrist - elbow
    hinge = np.cross(upper, fore)
    upper_turn = rotations.from_axes(upper, hinge)
    direction = upper / np.linalg.norm(upper, axis=-1, keepdims=True)
    raised = np.arctan2(np.hypot(direction[..., 0], direction[..., 2]), -direction[..., 1])
    flat = np.maximum(np.hypot(direction[..., 0], direction[..., 2]), 1e-9)
    side, front = raised * direction[..., 0] / flat, -raised * direction[..., 2] / flat
    level = rotations.multiply(swing(side, front), _HANGS)
    axial = _angle_about(rotations.multiply(rotations.inverse(level), upper_turn), _X)
    along = fore / np.linalg.norm(fore, axis=-1, keepdims=True)
    bend = np.arctan2(np.linalg.norm(np.cross(direction, along), axis=-1), np.sum(direction * along, axis=-1))
    fore_turn = rotations.multiply(upper_turn, rotations.from_axis_angle(_Y, bend))
    away = rotations.multiply(rotations.inverse(fore_turn), hand)
    twist = _angle_about(away, _X)
    swung = rotations.rotation_vector(rotations.multiply(rotations.from_axis_angle(_X, -twist), away))
    return np.stack([side, front, axial, bend, twist, -swung[..., 2], swung[..., 1]], axis=-1)


def _angle_about(q, axis):
    angle = 2 * np.arctan2(q[..., :3] @ axis, q[..., 3])
    return (angle + np.pi) % (2 * np.pi) - np.pi


def hand_turn(palm, fingers):
    """Rotation of a right hand whose palm faces and fingers point somewhere.

    Parameters
    ----------
    palm, fingers : ndarray, shape (..., 3)
        Directions in the trunk's axes; the fingers' is kept, the palm's squared to it.

    Returns
    -------
    ndarray, shape (..., 4)
    """
    return rotations.from_axes(fingers, -np.asarray(palm, float))


def elbows(arm, shoulder, wrist, swivel):
    """Places of the elbow around the line from shoulder to wrist.

    Parameters
    ----------
    arm : Arm
    shoulder, wrist : ndarray, shape (..., 3)
    swivel : ndarray, shape (...,)
        Radians around that line; 0 is as low as it can be, positive is outward for a hand in front.

    Returns
    -------
    elbow, wrist : ndarray, shape (..., 3)
        The wrist is brought within reach.
    """
    line = wrist - shoulder
    distance = np.linalg.norm(line, axis=-1, keepdims=True)
    axis = line / np.maximum(distance, 1e-9)
    reach = np.clip(distance, straight(arm, LIMITS["bend"][1]), straight(arm, LIMITS["bend"][0]))
    along = (reach**2 + arm.upper**2 - arm.fore**2) / (2 * reach)
    radius = np.sqrt(np.maximum(arm.upper**2 - along**2, 0.0))
    # For an arm that points straight down or up, "low" has no direction: back and out takes its place.
    low = np.where(np.abs(axis[..., 1:2]) > 0.97, np.array([0.35, 0.0, 1.0]), np.array([0.0, -1.0, 0.0]))
    low = low - np.sum(low * axis, axis=-1, keepdims=True) * axis
    low = low / np.linalg.norm(low, axis=-1, keepdims=True)
    other = np.cross(low, axis)
    aside = np.cos(swivel)[..., None] * low + np.sin(swivel)[..., None] * other
    return shoulder + along * axis + radius * aside, shoulder + reach * axis


def straight(arm, bend):
    """Metres from shoulder to wrist with the elbow bent so far (radians)."""
    return np.sqrt(arm.upper**2 + arm.fore**2 + 2 * arm.upper * arm.fore * np.cos(bend))


def reach(arm, target, *, of="palm", palm=None, fingers=None, elbow=None):
    """Arm that brings the hand to a place, as comfortably as its joints allow.

    All swivels of the elbow are tried; the one with the least strain (how near joints come to their limits, how high
    the elbow is held) wins. What then is beyond a limit is brought within it.

    Parameters
    ----------
    arm : Arm
    target : ndarray, shape (3,)
        Metres, in the upright trunk's axes.
    of : str
        What of the hand shall be there: palm, wrist or fingertip.
    palm, fingers : ndarray, shape (3,), optional
        Directions; where one is missing the hand goes on as the forearm does.
    elbow : str, optional
        down, out or back.

    Returns
    -------
    ndarray, shape (7,)
        Within limits.
    """
    offset = {"palm": arm.palm, "wrist": np.zeros(3), "fingertip": arm.fingertip}[of]
    row = REST.copy()
    row[:2] = np.radians([30, 30])
    hand = None
    swivels = _SWIVELS
    for turn in range(6):
        shoulder = shoulder_of(arm, row)
        if hand is None:
            along = np.asarray(fingers if fingers is not None else target - shoulder, float)
            hand = hand_turn(palm if palm is not None else np.array([-1.0, 0.0, 0.0]) + 1e-3, along)
        wrist = target - rotations.rotate(hand, offset)
        at, wrist = elbows(arm, shoulder, np.broadcast_to(wrist, (len(swivels), 3)), swivels)
        wanted = _hands(at, wrist, palm, fingers)
        rows = rows_of(np.broadcast_to(shoulder, at.shape), at, wrist, wanted)
        best = int(np.argmin(_strain(arm, rows, at, shoulder, elbow))) if len(swivels) > 1 else 0
        row = np.clip(rows[best], LOW[:7], HIGH[:7])
        hand = placed(arm, row)[3]
        if turn >= 2:
            swivels = swivels[best : best + 1]  # the choice is made: from here on only the hand's place is settled
    return row


def _hands(elbow, wrist, palm, fingers):
    """Wanted rotation of the hand for each candidate elbow; NaN-free."""
    along = wrist - elbow
    if palm is not None and fingers is not None:
        return np.broadcast_to(hand_turn(palm, fingers), (len(elbow), 4))
    if palm is not None:
        return _from_palm(np.asarray(palm, float), along)
    if fingers is not None:
        along = np.broadcast_to(np.asarray(fingers, float), along.shape)
    return hand_turn(np.array([-1.0, 0.02, 0.01]), along)


def _from_palm(palm, along):
    """The palm's direction is kept, the fingers' squared to it."""
    across = np.cross(along, palm)
    return rotations.from_axes(np.cross(palm, across), np.broadcast_to(-palm, along.shape))


def _strain(arm, rows, elbow, shoulder, preference):
    low, high = LOW[:7], HIGH[:7]
    ease = REST.copy()
    raised = np.hypot(rows[:, 0], rows[:, 1])
    middle = np.tile(ease, (len(rows), 1))
    # An arm raised sideways or overhead turns outward on the way up, or the bones would meet.
    middle[:, 2] = 0.4 * np.maximum(raised - np.radians(50), 0.0)
    middle[:, 4] = 0.0
    share = (rows - middle) / (high - low)
    beyond = np.maximum(rows - high, 0) + np.maximum(low - rows, 0)
    cost = (np.array([0, 0, 3.0, 0, 2.0, 2.5, 2.5]) * share**2).sum(axis=1) + 30.0 * beyond.sum(axis=1)
    cost += 6.0 * np.maximum(raised - MOST_RAISED, 0)
    from_shoulder = (elbow - shoulder) / arm.upper
    height, out, back = from_shoulder[:, 1], from_shoulder[:, 0], from_shoulder[:, 2]
    cost += 0.9 * height + 0.5 * np.maximum(back - 0.1, 0.0)
    if preference == "down":
        cost += 2.0 * height
    elif preference == "out":
        cost -= 2.0 * out
    elif preference == "back":
        cost -= 2.0 * back
    # The elbow stays outside the trunk.
    inside = 1.0 - np.hypot(*(elbow[:, [0, 2]] / (_TRUNK * arm.stature)).T)
    low_enough = elbow[:, 1] < shoulder[1]
    return cost + 10.0 * np.maximum(inside, 0.0) * low_enough


_THUMB = REST_OFFSETS[INDEX["rightThumbProximal"]] / np.linalg.norm(REST_OFFSETS[INDEX["rightThumbProximal"]])
_TO_FINGERS = np.cross(_THUMB, np.cross(np.array([1.0, 0.0, 0.6]), _THUMB))
_TO_FINGERS = _TO_FINGERS / np.linalg.norm(_TO_FINGERS)
_FRONT_AXIS = np.cross(_THUMB, -_Y) / np.linalg.norm(np.cross(_THUMB, -_Y))
# The thumb bends across the palm, half way between the palm's plane and square to it.
_BEND_AXIS = np.cross(_THUMB, 0.8 * _TO_FINGERS - 0.6 * _Y)
_BEND_AXIS = _BEND_AXIS / np.linalg.norm(_BEND_AXIS)
RIGHT_FINGERS = np.array(
    [INDEX[f"right{f}{k}"] for f in FINGERS[1:] for k in ("Proximal", "Intermediate", "Distal")]
    + [INDEX[f"rightThumb{k}"] for k in ("Metacarpal", "Proximal", "Distal")]
)
RIGHT_ARM = np.array([INDEX[f"right{n}"] for n in ("Shoulder", "UpperArm", "LowerArm", "Hand")])


def local_turns(rows):
    """Local rotations of a right arm and hand.

    Parameters
    ----------
    rows : ndarray, shape (T, WIDTH)

    Returns
    -------
    arm : ndarray, shape (T, 4, 4)
        Of `RIGHT_ARM`: collar bone, upper arm, forearm, hand.
    fingers : ndarray, shape (T, 15, 4)
        Of `RIGHT_FINGERS`.
    """
    upper = turns(rows)[0]
    bend, twist, wrist, aside = np.moveaxis(rows[:, 3:7], -1, 0)
    collar = rotations.from_axis_angle(_Z, collar_lift(rows))
    half = rotations.from_axis_angle(_X, twist / 2)
    cocked = rotations.from_rotation_vector(np.stack([np.zeros_like(wrist), aside, -wrist], axis=-1))
    arm = np.stack(
        [
            collar,
            rotations.multiply(rotations.inverse(collar), upper),
            rotations.multiply(rotations.from_axis_angle(_Y, bend), half),
            rotations.multiply(half, cocked),
        ],
        axis=1,
    )
    angles = rows[:, FIRST_FINGER:]
    four = angles[:, :16].reshape(-1, 4, 4)
    zero = np.zeros_like(four[..., 0])
    knuckles = rotations.multiply(
        rotations.from_axis_angle(_Y, four[..., 3]), rotations.from_axis_angle(_Z, -four[..., 0])
    )
    joints = rotations.from_rotation_vector(
        np.stack([np.stack([zero, zero, -four[..., k]], axis=-1) for k in (1, 2)], axis=2)
    )
    fingers = np.concatenate([knuckles[:, :, None], joints], axis=2).reshape(-1, 12, 4)
    out, front, knuckle, end = np.moveaxis(angles[:, 16:20], -1, 0)
    saddle = rotations.multiply(rotations.from_axis_angle(_Y, out), rotations.from_axis_angle(_FRONT_AXIS, front))
    thumb = np.stack(
        [saddle, rotations.from_axis_angle(_BEND_AXIS, knuckle), rotations.from_axis_angle(_BEND_AXIS, end)], axis=1
    )
    return arm, np.concatenate([fingers, thumb], axis=1)
