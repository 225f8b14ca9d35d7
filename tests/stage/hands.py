"""Hands that the tests of gloves share: a shape of the notation, held before the learner's eyes."""

import numpy as np

from vrtrainer.gestures import ik, shapes
from vrtrainer.human import body as bodies
from vrtrainer.human import observation, rotations
from vrtrainer.human import pose as poses
from vrtrainer.human.observation import MEASURED
from vrtrainer.human.skeleton import INDEX, MIRROR, J, xr_hand_joints
from vrtrainer.stage.glove_shape import Hand, hands_of

APART = 0.13  # m from the middle to each wrist
MIRRORED = np.array([-1.0, 1.0, 1.0])


def observed(left, right, how=MEASURED, at=(0.0, 1.1, -0.35), turned=None):
    """Hands of an adult in two shapes, fingers up, backs to the eyes, the wrists beside a point; the rest absent.

    `turned` is a rotation of the right hand about its wrist, mirrored for the left.
    """
    person = bodies.of_height(1.75)
    local = np.tile(rotations.IDENTITY, (J, 1))
    for side, shape in (("right", right), ("left", left)):
        _, fingers = ik.local_turns(np.concatenate([ik.REST, shapes.angles(shape)])[None])
        if side == "right":
            local[ik.RIGHT_FINGERS] = fingers[0]
        else:
            local[MIRROR[ik.RIGHT_FINGERS]] = rotations.mirrored(fingers[0])
    points, _ = poses.forward(local, np.array([0.0, 1.0, 0.0]), person.offsets)
    # In the T-pose the right hand points to +X, palm down: fingers up, then the palm to -Z.
    stand = rotations.multiply(
        rotations.from_axis_angle([0.0, 1.0, 0.0], np.pi / 2), rotations.from_axis_angle([0.0, 0.0, 1.0], np.pi / 2)
    )
    if turned is not None:
        stand = rotations.multiply(np.asarray(turned), stand)
    seen = observation.nothing("test")
    for side, rotation, sign in (("right", stand, 1.0), ("left", rotations.mirrored(stand), -1.0)):
        places = xr_hand_joints(side)
        wrist = points[INDEX[f"{side}Hand"]]
        middle = np.add(at, [sign * APART, 0.0, 0.0])
        seen.positions[places] = rotations.rotate(rotation, points[places] - wrist) + middle
        seen.how[places] = how
    return seen


def pair(left="flat_spread", right=None, how=MEASURED, **more):
    """The left and the right `Hand`."""
    return hands_of(observed(left, right or left, how, **more))


def swapped(hands):
    """The same hands in a mirror: left becomes right."""
    return tuple(
        Hand(
            hand.positions * MIRRORED.astype(np.float32),
            hand.radii,
            hand.how,
            "left" if hand.side == "right" else "right",
        )
        for hand in hands[::-1]
    )
