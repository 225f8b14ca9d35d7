"""The gestures that are there, and angles of arms read from performed motions."""

import numpy as np
import pytest

from vrtrainer import choices
from vrtrainer.gestures import ik, library
from vrtrainer.human import pose as poses
from vrtrainer.human import rotations
from vrtrainer.human.skeleton import INDEX

FOLDER = choices.content("assets") / "gestures"
NAMES = choices.listing(FOLDER)


@pytest.fixture(scope="session")
def gestures():
    return library.load(FOLDER)


def right_arm(motion, body, every=1):
    """Anatomical angles (T, 7) of the right arm, from where the joints are, in the trunk's axes."""
    points, turned = poses.forward(motion.rotations[::every], motion.hips[::every], body.offsets)
    turned = rotations.from_matrix(turned)
    trunk = rotations.inverse(turned[:, INDEX["upperChest"]])
    shoulder, elbow, wrist = (
        rotations.rotate(trunk, points[:, INDEX[f"right{n}"]] - points[:, INDEX["upperChest"]])
        for n in ("UpperArm", "LowerArm", "Hand")
    )
    return ik.rows_of(shoulder, elbow, wrist, rotations.multiply(trunk, turned[:, INDEX["rightHand"]]))


def swing_of(motion, joint):
    """How far each sample of a joint is turned from rest, radians."""
    return rotations.angle_between(motion.rotations[:, INDEX[joint]], np.array([0.0, 0.0, 0.0, 1.0]))
