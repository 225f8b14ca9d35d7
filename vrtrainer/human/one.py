"""One rotation, one point at a time: what `rotations` does for arrays, on tuples of floats.

Rule 1: for a single figure numpy's calls cost more than the sums they make; here a rotation of a point takes half a
        microsecond. Whoever has many at once takes `rotations`.
Rule 2: components x y z w as there; `tests/human/test_one.py` holds both to the same answers.
"""

from math import acos, atan2, cos, hypot, sin, sqrt

IDENTITY = (0.0, 0.0, 0.0, 1.0)


def multiply(a, b):
    """Rotation that applies `b` first and `a` after it.

    Parameters
    ----------
    a, b : tuple of 4 float

    Returns
    -------
    tuple of 4 float
    """
    ax, ay, az, aw = a
    bx, by, bz, bw = b
    return (
        aw * bx + bw * ax + ay * bz - az * by,
        aw * by + bw * ay + az * bx - ax * bz,
        aw * bz + bw * az + ax * by - ay * bx,
        aw * bw - ax * bx - ay * by - az * bz,
    )


def inverse(q):
    """Rotation that undoes a unit rotation.

    Parameters
    ----------
    q : tuple of 4 float

    Returns
    -------
    tuple of 4 float
    """
    return (-q[0], -q[1], -q[2], q[3])


def normalise(q):
    """Quaternion of length one; the identity where there is none.

    Parameters
    ----------
    q : sequence of 4 float

    Returns
    -------
    tuple of 4 float
    """
    x, y, z, w = q
    size = sqrt(x * x + y * y + z * z + w * w)
    if not 1e-9 < size < 1e9:
        return IDENTITY
    return (x / size, y / size, z / size, w / size)


def rotate(q, v):
    """Point turned by a rotation.

    Parameters
    ----------
    q : tuple of 4 float
    v : tuple of 3 float

    Returns
    -------
    tuple of 3 float
    """
    x, y, z, w = q
    vx, vy, vz = v
    tx, ty, tz = 2 * (y * vz - z * vy), 2 * (z * vx - x * vz), 2 * (x * vy - y * vx)
    return (vx + w * tx + y * tz - z * ty, vy + w * ty + z * tx - x * tz, vz + w * tz + x * ty - y * tx)


def between(a, b):
    """Shortest rotation that turns one unit direction into another.

    Parameters
    ----------
    a, b : tuple of 3 float

    Returns
    -------
    tuple of 4 float
        For opposite directions, half a turn about some axis square to them.
    """
    ax, ay, az = a
    bx, by, bz = b
    real = 1.0 + ax * bx + ay * by + az * bz
    if real < 1e-9:
        return normalise((0.0, az, -ay, 0.0) if abs(ax) < 0.9 else (-az, 0.0, ax, 0.0))
    return normalise((ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx, real))


def share(q, part):
    """A part of a rotation about the same axis, the shorter way round.

    Parameters
    ----------
    q : tuple of 4 float
    part : float
        0 is none of it, 1 all of it.

    Returns
    -------
    tuple of 4 float
    """
    x, y, z, w = q if q[3] >= 0 else (-q[0], -q[1], -q[2], -q[3])
    sine = sqrt(x * x + y * y + z * z)
    if sine < 1e-9:
        return IDENTITY
    half = atan2(sine, w) * part
    scale = sin(half) / sine
    return (x * scale, y * scale, z * scale, cos(half))


def limited(q, most):
    """The same rotation, or the part of it that turns as far as is allowed.

    Parameters
    ----------
    q : tuple of 4 float
    most : float
        Radians, up to pi.

    Returns
    -------
    tuple of 4 float
    """
    turn = 2 * acos(min(abs(q[3]), 1.0))
    return q if turn <= most else share(q, most / turn)


def twist(q, axis):
    """Part of a rotation that turns about x, y or z; the identity where a half turn leaves it unknown.

    Parameters
    ----------
    q : tuple of 4 float
    axis : int
        0, 1 or 2.

    Returns
    -------
    tuple of 4 float
    """
    along, w = q[axis], q[3]
    size = hypot(along, w)
    if size < 1e-6:
        return IDENTITY
    along, w = (along / size, w / size) if w >= 0 else (-along / size, -w / size)
    return (along if axis == 0 else 0.0, along if axis == 1 else 0.0, along if axis == 2 else 0.0, w)


def about_y(angle):
    """Rotation about the vertical.

    Parameters
    ----------
    angle : float
        Radians.

    Returns
    -------
    tuple of 4 float
    """
    return (0.0, sin(angle / 2), 0.0, cos(angle / 2))


def yaw(q):
    """Angle about the vertical of a rotation: where it turns what faced -Z, or the crown when that looks up or down.

    Parameters
    ----------
    q : tuple of 4 float

    Returns
    -------
    float
        Radians, 0 for -Z, positive to the left.
    """
    fx, fy, fz = rotate(q, (0.0, 0.0, -1.0))
    if hypot(fx, fz) < 0.2:
        sign = -1.0 if fy > 0 else 1.0
        fx, _, fz = rotate(q, (0.0, sign, 0.0))
    return atan2(-fx, -fz)


def cross(a, b):
    """Vector square to two others.

    Parameters
    ----------
    a, b : tuple of 3 float

    Returns
    -------
    tuple of 3 float
    """
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def unit(v, otherwise):
    """Direction of a vector.

    Parameters
    ----------
    v : tuple of 3 float
    otherwise : tuple of 3 float
        The answer where there is none.

    Returns
    -------
    tuple of 3 float
    """
    size = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
    return (v[0] / size, v[1] / size, v[2] / size) if 1e-9 < size < 1e9 else otherwise


def from_axes(x, y):
    """Rotation whose x axis is `x` and whose y axis is as near to `y` as a right angle allows.

    Parameters
    ----------
    x, y : tuple of 3 float
        `x` a unit direction; the identity where `y` is parallel to it.

    Returns
    -------
    tuple of 4 float
    """
    zx, zy, zz = unit(cross(x, y), (0.0, 0.0, 0.0))
    if zx == zy == zz == 0.0:
        return IDENTITY
    xx, xy, xz = x
    yx, yy, yz = cross((zx, zy, zz), x)
    # The largest of four divisors, so that no case is unstable (Shepperd 1978).
    trace = xx + yy + zz
    if trace >= max(xx, yy, zz):
        return normalise((yz - zy, zx - xz, xy - yx, 1 + trace))
    if xx >= yy and xx >= zz:
        return normalise((1 + xx - yy - zz, xy + yx, xz + zx, yz - zy))
    if yy >= zz:
        return normalise((xy + yx, 1 - xx + yy - zz, yz + zy, zx - xz))
    return normalise((xz + zx, yz + zy, 1 - xx - yy + zz, xy - yx))
