"""Where pictures are taken from: the learner's eyes, the avatar's front, its face."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vrtrainer.human import pose as poses
from vrtrainer.human.skeleton import INDEX

EYE_HEIGHT = 1.25  # m, a seated adult's or a standing child's eyes
NEAR, FAR = 0.05, 40.0
_UP, _DOWN, _WIDE = 17.5, 30.5, 46.0  # degrees that a flat picture shows at least, so that hands and captions fit
_OVERHEAD = 1.28  # of stature: where a hand stretched overhead ends


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    """A view of the world.

    `view` takes the world to the camera, `projection` the camera to the picture, (4, 4) each; `eye` is where it
    stands, `high` and `wide` how many degrees the picture shows.
    """

    view: np.ndarray
    projection: np.ndarray
    eye: np.ndarray
    high: float
    wide: float


def looking(eye, at, size, high):
    """A camera that stands at `eye` and looks at a point; `high` in degrees."""
    eye, at = np.asarray(eye, float), np.asarray(at, float)
    back = eye - at
    back = back / np.linalg.norm(back)
    right = np.cross([0.0, 1.0, 0.0], back)
    right = right / np.linalg.norm(right)
    view = np.eye(4)
    view[:3, :3] = np.stack([right, np.cross(back, right), back])
    view[:3, 3] = -view[:3, :3] @ eye
    aspect = size[0] / max(size[1], 1)
    return Camera(view, perspective(high, aspect), eye, high, _across(high, aspect))


def _across(high, aspect):
    return float(np.degrees(2 * np.arctan(np.tan(np.radians(high) / 2) * aspect)))


def perspective(high, aspect):
    """Projection of a symmetrical view, `high` degrees from foot to top."""
    f = 1.0 / np.tan(np.radians(high) / 2)
    out = np.zeros((4, 4))
    out[0, 0], out[1, 1] = f / aspect, f
    out[2, 2], out[2, 3] = (FAR + NEAR) / (NEAR - FAR), 2 * FAR * NEAR / (NEAR - FAR)
    out[3, 2] = -1.0
    return out


@lru_cache(maxsize=32)
def learner(size, eye_height=EYE_HEIGHT, distance=1.5, tallest=0.0):
    """What the learner sees in a window: from a hand stretched overhead, of whoever is tallest, down to the thighs."""
    aspect = size[0] / max(size[1], 1)
    top = max(_UP, float(np.degrees(np.arctan((_OVERHEAD * tallest - eye_height) / distance))))
    narrow = np.degrees(2 * np.arctan(np.tan(np.radians(_WIDE) / 2) / aspect))
    high = float(max(top + _DOWN, narrow))
    tilt = np.radians((top - _DOWN) / 2)
    return looking((0.0, eye_height, 0.0), (0.0, eye_height + distance * np.tan(tilt), -distance), size, high)


def front(figure, body, size):
    """A whole figure from its own front, with room for its arms."""
    height = body.height
    aspect = size[0] / max(size[1], 1)
    reach = 2 * (body.arm_length("left") + 0.3)  # both arms out
    high = 1.32 * height
    high = max(high, reach * 1.05 / aspect) if aspect < 0.85 else high
    distance = 3.2
    degrees = float(np.degrees(2 * np.arctan(high / 2 / distance)))
    centre = np.array([0.0, height * 0.56, 0.0])
    placed = figure.world_from_avatar
    return looking(placed.apply(centre + np.array([0.0, 0.12, -distance])), placed.apply(centre), size, degrees)


def head(figure, body, size):
    """A figure's face, from its own front."""
    rest = body.rest_positions()
    eyes = (rest[INDEX["leftEye"]] + rest[INDEX["rightEye"]]) / 2
    # From the eyes to the crown is half of a head. A robot's head can be larger than its stature lets expect: then the
    # eyes' height above the base of the skull tells, a third of the whole.
    head_high = max(2 * (body.height - eyes[1]), 3.2 * (eyes[1] - rest[INDEX["head"], 1]))
    placed = figure.world_from_avatar
    points, turned = poses.forward(figure.pose.rotations, figure.pose.hips, body.offsets)
    head_at = INDEX["head"]
    face = placed.apply(points[head_at] + turned[head_at] @ (eyes - rest[head_at]))
    forward = placed.apply(np.array([0.0, 0.0, -1.0])) - placed.position
    distance = 1.1
    degrees = float(np.degrees(2 * np.arctan(head_high * 0.72 / distance)))
    at = face - [0.0, 0.06 * head_high, 0.0]
    return looking(at + forward * distance + [0.0, 0.02, 0.0], at, size, degrees)
