"""A rigid placement. (`Pose` always means a whole person; OpenXR's XrPosef exists in openxr/ only.)"""

from dataclasses import dataclass

import numpy as np

from vrtrainer.human import rotations


@dataclass(frozen=True, slots=True, eq=False)
class Transform:
    """Where one space stands in another; named `world_from_head` and the like.

    Parameters
    ----------
    position : ndarray, shape (3,)
        Metres.
    rotation : ndarray, shape (4,)
        Unit quaternion, x y z w.
    """

    position: np.ndarray
    rotation: np.ndarray

    def __matmul__(self, other):
        """`a_from_b @ b_from_c` is `a_from_c`."""
        return Transform(self.apply(other.position), rotations.multiply(self.rotation, other.rotation))

    def apply(self, points):
        """Points `(..., 3)` of the inner space, in the outer one."""
        return rotations.rotate(self.rotation, points) + self.position

    def inverse(self):
        """The placement the other way round."""
        back = rotations.inverse(self.rotation)
        return Transform(-rotations.rotate(back, self.position), back)

    def matrix(self):
        """Homogeneous matrix `(4, 4)`, to be multiplied from the left."""
        out = np.eye(4)
        out[:3, :3] = rotations.matrix(self.rotation)
        out[:3, 3] = self.position
        return out


IDENTITY = Transform(np.zeros(3), rotations.IDENTITY)
