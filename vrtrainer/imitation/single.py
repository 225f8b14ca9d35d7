"""The features of one frame, of those groups that count, fast enough for every frame of the loop.

Rule 1: the same numbers as `features.extract`, within rounding; a test holds them against each other.
Rule 2: all joints are gathered once into buffers made at the start. What has three numbers only (the trunk's axes, the
        head, a palm) is worked out in plain Python: a call of numpy costs as much as twenty of its multiplications.
"""

from math import nan, sqrt

import numpy as np

from vrtrainer.human.observation import MEASURED
from vrtrainer.human.skeleton import INDEX
from vrtrainer.imitation import features

_HEAD = INDEX["head"]
_AXES = [INDEX[n] for n in ("leftUpperArm", "rightUpperArm", "hips", "neck", "head")]
_FINGER_SPAN = 0.65  # as in features.hand_shapes


class Row:
    """Reads observations as rows of features.

    Parameters
    ----------
    used : ndarray, shape (U,)
        Columns of `features`, in order.
    measures : features.Measures
    out : ndarray, shape (U,)
        Where each row is written.
    """

    def __init__(self, used, measures, out):
        self._out = out
        wanted = np.zeros(features.F, bool)
        wanted[used] = True
        has = lambda part, name: wanted[features.COLUMNS[part, name].columns].any()  # noqa: E731
        ends, limbs = [], []
        for part, name, a, b in features.BONES:
            if has(part, name):
                ends.append((a, b))
                limbs.append(features.COLUMNS[part, name].columns.start)
        self._palms = [k for k, s in enumerate(("left", "right")) if has(f"{s}Hand", "palm")]
        palm_lines = [line for k in self._palms for line in features.PALM_LINES[k]]
        at_palms = len(ends)
        ends += palm_lines
        wrists = [k for k, s in enumerate(("left", "right")) if has(f"{s}Arm", "wrist")]
        at_wrists = len(ends)
        self._wrists = tuple((k, at_wrists + row) for row, k in enumerate(wrists))
        self._shoulders = measures.shoulders.tolist()
        ends += [features.WRIST_LINES[k] for k in wrists]
        turned = len(ends)
        shapes = [k for k, s in enumerate(("left", "right")) if has(f"{s}Hand", "shape")]
        chains = [chain for k in shapes for chain in features.FINGER_CHAINS[5 * k : 5 * k + 5]]
        for bone in range(3):
            ends += [(chain[bone], chain[bone + 1]) for chain in chains]
        for k in range(len(shapes)):
            own = chains[5 * k : 5 * k + 5]
            ends += [(c[0], c[3]) for c in own]
            ends += [(own[f][3], own[f + 1][3]) for f in (1, 2, 3)]
            ends += [(own[1][0], own[0][3])]
        count, fingers, shown = len(ends), len(chains), 9 * len(shapes)

        self._from = np.array([a for a, _ in ends] + _AXES, dtype=np.intp)
        self._to = np.array([b for _, b in ends] + _AXES, dtype=np.intp)
        self._joints = np.unique(np.concatenate([self._from, self._to]))
        self._how = np.empty(len(self._joints), np.uint8)
        self._all_measured = bytes([MEASURED]) * len(self._joints)
        self._a, self._b = np.empty((count + len(_AXES), 3)), np.empty((count + len(_AXES), 3))
        self._axes = self._b[count:]
        self._first, self._last, self._lines = self._a[:count], self._b[:count], np.empty((count, 3))
        self._lengths = np.empty(count)
        self._divisor = np.ones((turned, 1))
        self._divisor[at_wrists:, 0] = measures.reach[wrists, 0]
        self._bare = self._lengths[:at_wrists], self._divisor[:at_wrists, 0]
        self._turned = np.empty((turned, 3))
        self._frame = np.empty((3, 3))
        self._unit = self._lines[:turned]

        # The scratch row: turned lines, shapes, what Python works out, face. `take` puts it into the columns' order.
        small = 12 + 9  # two palms' normals and fingers; head and trunk
        face = np.flatnonzero(wanted[features.FACE_AT :])
        raw = np.full(3 * turned + shown + small + len(face), np.nan)
        self._raw = raw
        self._raw_turned = raw[: 3 * turned].reshape(turned, 3)
        at = 3 * turned
        self._raw_shapes = raw[at : at + shown]
        at += shown
        self._raw_small = raw[at : at + small]
        self._raw_face = raw[at + small :]
        place, factor, shift = np.zeros(features.F, int), 1.0 / features.TOLERANCE, np.zeros(features.F)
        for k, start in enumerate(limbs):
            place[start : start + 3] = np.arange(3 * k, 3 * k + 3)
        for k, wrist in enumerate(wrists):
            start = features.COLUMNS[("leftArm", "rightArm")[wrist], "wrist"].columns.start
            place[start : start + 3] = np.arange(3 * (at_wrists + k), 3 * (at_wrists + k) + 3)
        for k, hand in enumerate(shapes):
            columns = features.COLUMNS[("leftHand", "rightHand")[hand], "shape"].columns
            place[columns] = 3 * turned + 9 * k + np.arange(9)
            curls = slice(columns.start, columns.start + 5)
            shift[curls] = factor[curls] / _FINGER_SPAN
            factor[curls] /= -_FINGER_SPAN
        for hand in range(2):
            columns = features.COLUMNS[("leftHand", "rightHand")[hand], "palm"].columns
            place[columns] = at + 6 * hand + np.arange(6)
        place[features.COLUMNS["head", "direction"].columns] = at + 12 + np.arange(6)
        place[features.COLUMNS["trunk", "direction"].columns] = at + 18 + np.arange(3)
        place[features.FACE_AT + face] = at + small + np.arange(len(face))
        self._face = features.FACE_COLUMNS[face]
        shift[features.FACE_AT + face] = -(factor[features.FACE_AT + face] * measures.neutral[self._face])
        self._place, self._factor, self._shift = place[used], factor[used], shift[used]

        bones = self._lengths[turned : turned + 3 * fingers]
        self._finger_bones = tuple(bones[k * fingers : (k + 1) * fingers] for k in range(3))
        self._long = np.empty(fingers)
        self._numerators = self._lengths[turned + 3 * fingers :]
        # Curls are of each finger's own length, the rest of the middle finger's.
        self._denominators = np.array(
            [5 * k + (f if f < 5 else 2) for k in range(len(shapes)) for f in range(9)], dtype=np.intp
        )
        self._units = np.empty(shown)
        self._at_palms = at_palms
        self._small = [nan] * small
        self._needs_small = bool(self._palms) or has("head", "direction") or has("trunk", "direction")
        self._needs_head = has("head", "direction")

    def read(self, seen):
        """Write the features of one sample.

        Parameters
        ----------
        seen : Observation
            What was not measured comes out as NaN.
        """
        positions, how = seen.positions, seen.how
        if how.take(self._joints, out=self._how, mode="clip").tobytes() != self._all_measured:
            positions = np.where((how == MEASURED)[:, None], positions, nan)
        head = seen.rotations[_HEAD].tolist() if how[_HEAD] == MEASURED else (nan, nan, nan, nan)
        positions.take(self._from, axis=0, out=self._a, mode="clip")
        positions.take(self._to, axis=0, out=self._b, mode="clip")
        axes = self._axes.tolist()
        lines = np.subtract(self._last, self._first, out=self._lines)
        frame = _trunk(axes, head)
        self._frame[:] = frame
        for k, row in self._wrists:
            if axes[k][0] != axes[k][0]:
                lines[row] = self._from_put_shoulder(row, axes[4], frame, self._shoulders[k])
        bare, divisor = self._bare
        # Two joints at one place give no direction; what a device puts beyond all measure gives none either.
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            np.vecdot(lines, lines, out=self._lengths)
            np.sqrt(self._lengths, out=self._lengths)
            divisor[:] = bare
            np.divide(self._unit, self._divisor, out=self._turned)
            np.dot(self._turned, self._frame, out=self._raw_turned)
            if self._units.size:
                one, two, three = self._finger_bones
                np.add(one, two, out=self._long)
                np.add(self._long, three, out=self._long)
                self._long.take(self._denominators, out=self._units, mode="clip")
                np.divide(self._numerators, self._units, out=self._raw_shapes)
        if self._needs_small:
            self._work_out(axes, head, frame)
        if self._face.size:
            if seen.face_how == MEASURED:
                seen.face.take(self._face, out=self._raw_face, mode="clip")
            else:
                self._raw_face.fill(nan)
        out = self._out
        self._raw.take(self._place, out=out, mode="clip")
        np.multiply(out, self._factor, out=out)
        np.add(out, self._shift, out=out)

    def _from_put_shoulder(self, row, head, frame, offset):
        """A wrist from a shoulder that is put where it is at rest, below the head and in its heading."""
        wrist = self._last[row].tolist()
        x, y, z = offset
        return [w - (h + fx * x + fy * y + fz * z) for w, h, (fx, fy, fz) in zip(wrist, head, frame, strict=True)]

    def _work_out(self, axes, head, frame):
        small = self._small
        at = self._at_palms
        for k in self._palms:
            (fx, fy, fz), (rx, ry, rz) = self._raw_turned[at : at + 2].tolist()
            sign = -1.0 if k == 0 else 1.0
            small[6 * k : 6 * k + 6] = (
                sign * (fy * rz - fz * ry), sign * (fz * rx - fx * rz), sign * (fx * ry - fy * rx), fx, fy, fz,
            )  # fmt: skip
            at += 2
        (xx, yx, zx), (xy, yy, zy), (xz, yz, zz) = frame
        if self._needs_head:
            x, y, z, w = head
            ux, uy, uz = 2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)
            bx, by, bz = 2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)
            small[12:18] = (
                -(bx * xx + by * xy + bz * xz), -(bx * yx + by * yy + bz * yz), -(bx * zx + by * zy + bz * zz),
                ux * xx + uy * xy + uz * xz, ux * yx + uy * yy + uz * yz, ux * zx + uy * zy + uz * zz,
            )  # fmt: skip
        hips, neck = axes[2], axes[3]
        sx, sy, sz = neck[0] - hips[0], neck[1] - hips[1], neck[2] - hips[2]
        length = sqrt(sx * sx + sy * sy + sz * sz) or nan
        flat = max(sqrt(xx * xx + xz * xz), 1e-9)
        hx, hz = xx / flat, xz / flat
        small[18:21] = (sx * hx + sz * hz) / length, sy / length, (sx * hz - sz * hx) / length
        self._raw_small[:] = small


def _trunk(axes, head):
    """As `features._trunk`, of one sample: rows of three, the axes as columns."""
    left, right, hips, neck, _ = axes
    ax, ay, az = right[0] - left[0], right[1] - left[1], right[2] - left[2]
    if ax != ax or ay != ay or az != az:
        ax, ay, az = _right_of(head)
    ux, uy, uz = neck[0] - hips[0], neck[1] - hips[1], neck[2] - hips[2]
    if ux != ux:
        ux, uy, uz = 0.0, 1.0, 0.0
    zx, zy, zz = ay * uz - az * uy, az * ux - ax * uz, ax * uy - ay * ux
    length = sqrt(ax * ax + ay * ay + az * az) or nan
    xx, xy, xz = ax / length, ay / length, az / length
    length = sqrt(zx * zx + zy * zy + zz * zz) or nan
    zx, zy, zz = zx / length, zy / length, zz / length
    return (
        (xx, zy * xz - zz * xy, zx),
        (xy, zz * xx - zx * xz, zy),
        (xz, zx * xy - zy * xx, zz),
    )


def _right_of(head):
    """The right of where a head faces, level: the x axis of `rotations.yaw`, of one rotation."""
    x, y, z, w = head
    fx, fy, fz = -2 * (x * z + w * y), -2 * (y * z - w * x), -1 + 2 * (x * x + y * y)
    if sqrt(fx * fx + fz * fz) < 0.2:  # straight up or down: the crown has the heading
        sign = 1.0 if 1e-12 - fy > 0 else -1.0
        fx, fz = sign * 2 * (x * y - w * z), sign * 2 * (y * z + w * x)
    flat = sqrt(fx * fx + fz * fz) or nan
    return -fz / flat, 0.0, fx / flat
