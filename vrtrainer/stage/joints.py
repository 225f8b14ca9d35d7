"""The matrices that carry an avatar's mesh, from a pose: one batched product a depth of the tree, nothing allocated."""

import numpy as np

from vrtrainer.human.skeleton import LEVELS, PARENT, J


class Joints:
    """Bone matrices of one avatar.

    `matrices` (bones, 3, 4), float32, takes a point of the mesh at rest to the world; `world` (J, 4, 4) says where
    each joint is, row by `rows`.
    """

    def __init__(self, body, extra=()):
        order = np.concatenate([[0], *LEVELS])
        self.row = np.empty(J, int)  # where each joint stands in the arrays below: parents before children, by depth
        self.row[order] = np.arange(J)
        self._order = order
        self._parents = self.row[np.maximum(PARENT, 0)][order]
        self._runs = []
        start = 1
        for level in LEVELS:
            stop = start + len(level)
            self._runs.append((slice(start, stop), self._parents[start:stop], np.empty((len(level), 4, 4), np.float32)))
            start = stop
        self._local = np.tile(np.eye(4, dtype=np.float32), (J, 1, 1))
        self._local[:, :3, 3] = body.offsets[order]
        self.world = np.tile(np.eye(4, dtype=np.float32), (J, 1, 1))
        self._minus_rest = -body.rest_positions()[order].astype(np.float32)[:, :, None]
        self._quaternions = np.empty((J, 4), np.float32)
        self._squares = np.empty((3, J), np.float32)
        self._products = np.empty((6, J), np.float32)
        self._shift = np.empty((J, 3, 1), np.float32)
        self._ordered = np.empty((J, 3, 4), np.float32)
        self.matrices = np.zeros((J + len(extra), 3, 4), np.float32)
        self._extra_joint = np.array([joint for joint, _ in extra], int)
        self._extra_bind = np.array([m for _, m in extra], np.float32).reshape(-1, 4, 4)

    def place(self, pose, world_from_avatar):
        """Work out all matrices for a pose that stands somewhere."""
        q, local, world = self._quaternions, self._local, self.world
        np.take(pose.rotations, self._order, axis=0, out=self._wide())
        q[:] = self._taken
        self._rotate(q, local)
        local[0, :3, 3] = pose.hips
        world[0] = _placement(world_from_avatar) @ local[0]
        for run, parents, above in self._runs:
            np.take(world, parents, axis=0, out=above)
            np.matmul(above, local[run], out=world[run])
        turned = world[:, :3, :3]
        np.matmul(turned, self._minus_rest, out=self._shift)
        ordered = self._ordered
        ordered[:, :, :3] = turned
        np.add(self._shift[:, :, 0], world[:, :3, 3], out=ordered[:, :, 3])
        np.take(ordered, self.row, axis=0, out=self.matrices[:J])
        if len(self._extra_joint):
            np.matmul(self.matrices[self._extra_joint], self._extra_bind, out=self.matrices[J:])
        return self.matrices

    def position(self, joint):
        """Where a joint is, after `place`."""
        return self.world[self.row[joint], :3, 3]

    _taken = None

    def _wide(self):
        if self._taken is None:
            self._taken = np.empty((J, 4))
        return self._taken

    def _rotate(self, q, out):
        x, y, z, w = q.T
        xx, yy, zz = np.multiply(q[:, :3].T, q[:, :3].T, out=self._squares)
        p = self._products
        np.multiply(x, y, out=p[0])
        np.multiply(x, z, out=p[1])
        np.multiply(y, z, out=p[2])
        np.multiply(w, x, out=p[3])
        np.multiply(w, y, out=p[4])
        np.multiply(w, z, out=p[5])
        p += p
        self._squares += self._squares
        xy, xz, yz, wx, wy, wz = p
        np.subtract(1.0, yy + zz, out=out[:, 0, 0])
        np.subtract(xy, wz, out=out[:, 0, 1])
        np.add(xz, wy, out=out[:, 0, 2])
        np.add(xy, wz, out=out[:, 1, 0])
        np.subtract(1.0, xx + zz, out=out[:, 1, 1])
        np.subtract(yz, wx, out=out[:, 1, 2])
        np.subtract(xz, wy, out=out[:, 2, 0])
        np.add(yz, wx, out=out[:, 2, 1])
        np.subtract(1.0, xx + yy, out=out[:, 2, 2])


def _placement(transform):
    return transform.matrix().astype(np.float32)
