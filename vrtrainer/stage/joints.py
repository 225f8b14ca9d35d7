"""The matrices that carry an avatar's mesh, from a pose: one batched product a depth of the tree, nothing allocated."""

import numpy as np

from vrtrainer.human.skeleton import INDEX, LEVELS, PARENT, J


def _of_products():
    """A rotation matrix's nine entries from the sixteen products of its quaternion's x, y, z and w."""
    out = np.zeros((4, 4, 9), np.float32)
    x, y, z, w = range(4)
    for entry, terms in enumerate(
        (
            ((-2, y, y), (-2, z, z)), ((2, x, y), (-2, z, w)), ((2, x, z), (2, y, w)),
            ((2, x, y), (2, z, w)), ((-2, x, x), (-2, z, z)), ((2, y, z), (-2, x, w)),
            ((2, x, z), (-2, y, w)), ((2, y, z), (2, x, w)), ((-2, x, x), (-2, y, y)),
        )
    ):  # fmt: skip
        for factor, a, b in terms:
            out[a, b, entry] = factor
    return out.reshape(16, 9)


_OF_PRODUCTS = _of_products()
_ONES = np.eye(3, dtype=np.float32).reshape(9)


class Joints:
    """Bone matrices of one avatar.

    `matrices` (bones, 3, 4), float32, takes a point of the mesh at rest to the world; `world` (used, 4, 4) says where
    each joint that the mesh uses is, row by `row`.
    """

    def __init__(self, body, extra=(), used=range(J)):
        wanted = np.zeros(J, bool)
        for joint in (0, INDEX["head"], *used, *(joint for joint, _ in extra)):
            while joint >= 0 and not wanted[joint]:
                wanted[joint] = True
                joint = PARENT[joint]
        levels = [level[wanted[level]] for level in LEVELS]  # what nothing hangs on is left out
        order = np.concatenate([[0], *levels])
        count = len(order)
        self.row = np.full(J, -1)  # where each joint stands in the arrays below: parents before children, by depth
        self.row[order] = np.arange(count)
        self._order = order
        parents = self.row[np.maximum(PARENT, 0)][order]
        self._runs = []
        start = 1
        for level in levels:
            stop = start + len(level)
            if stop > start:
                above = np.empty((len(level), 4, 4), np.float32)
                self._runs.append((slice(start, stop), parents[start:stop], above))
            start = stop
        self._local = np.tile(np.eye(4, dtype=np.float32), (count, 1, 1))
        self._local[:, :3, 3] = body.offsets[order]
        self.world = np.tile(np.eye(4, dtype=np.float32), (count, 1, 1))
        self._minus_rest = -body.rest_positions()[order].astype(np.float32)[:, :, None]
        self._quaternions = np.empty((count, 4), np.float32)
        self._products = np.empty((count, 4, 4), np.float32)
        self._turns = np.empty((count, 9), np.float32)
        self._shift = np.empty((count, 3, 1), np.float32)
        self._ordered = np.empty((count, 3, 4), np.float32)
        self._stands = self._placement = None
        self.matrices = np.zeros((J + len(extra), 3, 4), np.float32)
        self._extra_joint = np.array([joint for joint, _ in extra], int)
        self._extra_bind = np.array([m for _, m in extra], np.float32).reshape(-1, 4, 4)

    def place(self, pose, world_from_avatar):
        """Work out all matrices for a pose that stands somewhere."""
        q, local, world = self._quaternions, self._local, self.world
        q[:] = pose.rotations[self._order]
        np.multiply(q[:, :, None], q[:, None, :], out=self._products)
        np.matmul(self._products.reshape(-1, 16), _OF_PRODUCTS, out=self._turns)
        self._turns += _ONES
        local[:, :3, :3] = self._turns.reshape(-1, 3, 3)
        local[0, :3, 3] = pose.hips
        if world_from_avatar is not self._stands:  # most stand where they stood
            self._stands, self._placement = world_from_avatar, world_from_avatar.matrix().astype(np.float32)
        np.matmul(self._placement, local[0], out=world[0])
        for run, parents, above in self._runs:
            np.take(world, parents, axis=0, out=above, mode="clip")  # other modes copy once more
            np.matmul(above, local[run], out=world[run])
        turned = world[:, :3, :3]
        np.matmul(turned, self._minus_rest, out=self._shift)
        ordered = self._ordered
        ordered[:, :, :3] = turned
        np.add(self._shift[:, :, 0], world[:, :3, 3], out=ordered[:, :, 3])
        self.matrices[self._order] = ordered
        if len(self._extra_joint):
            np.matmul(self.matrices[self._extra_joint], self._extra_bind, out=self.matrices[J:])
        return self.matrices

    def position(self, joint):
        """Where a joint is, after `place`."""
        return self.world[self.row[joint], :3, 3]
