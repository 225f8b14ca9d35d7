"""Unit quaternions as arrays `(..., 4)`, components x y z w (OpenXR, glTF and VRM order).

This is the only module that knows the component order. Everything else calls it.
Every function broadcasts over leading axes, so that a whole motion is one call.
"""

import numpy as np

IDENTITY = np.array([0.0, 0.0, 0.0, 1.0])


def multiply(a, b):
    """Rotation that applies `b` first and `a` after it.

    Parameters
    ----------
    a, b : ndarray, shape (..., 4)
        Unit quaternions, x y z w.

    Returns
    -------
    ndarray, shape (..., 4)

    Examples
    --------
    >>> quarter = from_axis_angle([0, 1, 0], np.pi / 2)
    >>> np.round(rotate(multiply(quarter, quarter), [1.0, 0, 0]), 6) + 0.0
    array([-1.,  0.,  0.])
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    av, aw, bv, bw = a[..., :3], a[..., 3:], b[..., :3], b[..., 3:]
    shape = np.broadcast_shapes(a.shape, b.shape)
    out = np.empty(shape)
    ax, ay, az, bx, by, bz = av[..., 0], av[..., 1], av[..., 2], bv[..., 0], bv[..., 1], bv[..., 2]
    w1, w2 = aw[..., 0], bw[..., 0]
    out[..., 0] = w1 * bx + w2 * ax + ay * bz - az * by
    out[..., 1] = w1 * by + w2 * ay + az * bx - ax * bz
    out[..., 2] = w1 * bz + w2 * az + ax * by - ay * bx
    out[..., 3] = w1 * w2 - ax * bx - ay * by - az * bz
    return out


def inverse(q):
    """Rotation that undoes this one.

    Parameters
    ----------
    q : ndarray, shape (..., 4)

    Returns
    -------
    ndarray, shape (..., 4)
    """
    return np.asarray(q, float) * np.array([-1.0, -1.0, -1.0, 1.0])


def normalise(q):
    """Quaternion of length one in the same direction; NaN stays NaN.

    Parameters
    ----------
    q : ndarray, shape (..., 4)

    Returns
    -------
    ndarray, shape (..., 4)
    """
    q = np.asarray(q, float)
    return q / np.sqrt(np.einsum("...i,...i->...", q, q))[..., None]


def rotate(q, v):
    """Vector turned by a rotation.

    Parameters
    ----------
    q : ndarray, shape (..., 4)
    v : ndarray, shape (..., 3)

    Returns
    -------
    ndarray, shape (..., 3)
    """
    q, v = np.asarray(q, float), np.asarray(v, float)
    # v + 2 w (u x v) + 2 u x (u x v), written out: np.cross costs three times as much on small arrays.
    x, y, z, w = q[..., 0], q[..., 1], q[..., 2], q[..., 3]
    vx, vy, vz = v[..., 0], v[..., 1], v[..., 2]
    tx, ty, tz = 2 * (y * vz - z * vy), 2 * (z * vx - x * vz), 2 * (x * vy - y * vx)
    return np.stack(
        [
            vx + w * tx + y * tz - z * ty,
            vy + w * ty + z * tx - x * tz,
            vz + w * tz + x * ty - y * tx,
        ],
        axis=-1,
    )


def angle_between(a, b):
    """Smallest angle that turns one rotation into the other.

    `q` and `-q` are the same rotation, so the sign of either argument does not matter.

    Parameters
    ----------
    a, b : ndarray, shape (..., 4)
        Unit quaternions, x y z w. Leading axes broadcast.

    Returns
    -------
    ndarray, shape (...,)
        Radians, from 0 to pi.

    Examples
    --------
    >>> quarter_turn = [0, np.sin(np.pi / 4), 0, np.cos(np.pi / 4)]
    >>> round(float(angle_between([0, 0, 0, 1], quarter_turn)), 4)
    1.5708
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    # atan2 of the two norms keeps full precision near 0, where arccos of the dot product loses half the digits.
    less, more = np.linalg.norm(a - b, axis=-1), np.linalg.norm(a + b, axis=-1)
    return 4.0 * np.arctan2(np.minimum(less, more), np.maximum(less, more))


def from_axis_angle(axis, angle):
    """Rotation about an axis.

    Parameters
    ----------
    axis : ndarray, shape (..., 3)
        Any length but zero.
    angle : ndarray, shape (...,)
        Radians, right hand rule.

    Returns
    -------
    ndarray, shape (..., 4)
    """
    axis, half = np.asarray(axis, float), np.asarray(angle, float) / 2
    axis = axis / np.linalg.norm(axis, axis=-1, keepdims=True)
    out = np.empty((*np.broadcast_shapes(axis.shape[:-1], half.shape), 4))
    out[..., :3] = axis * np.sin(half)[..., None]
    out[..., 3] = np.cos(half)
    return out


def from_rotation_vector(v):
    """Rotation whose axis is the direction and whose angle is the length of a vector.

    Parameters
    ----------
    v : ndarray, shape (..., 3)
        Radians.

    Returns
    -------
    ndarray, shape (..., 4)
    """
    v = np.asarray(v, float)
    half = np.linalg.norm(v, axis=-1, keepdims=True) / 2
    return np.concatenate([v * np.sinc(half / np.pi) / 2, np.cos(half)], axis=-1)


def rotation_vector(q):
    """Axis times angle of a rotation, the shorter way round.

    Parameters
    ----------
    q : ndarray, shape (..., 4)

    Returns
    -------
    ndarray, shape (..., 3)
        Radians, length at most pi.
    """
    q = np.asarray(q, float)
    q = np.where(q[..., 3:] < 0, -q, q)
    sine = np.linalg.norm(q[..., :3], axis=-1, keepdims=True)
    angle = 2 * np.arctan2(sine, q[..., 3:])
    return q[..., :3] * np.where(sine > 1e-12, angle / np.maximum(sine, 1e-12), 2.0)


def between(a, b):
    """Shortest rotation that turns one direction into another.

    Parameters
    ----------
    a, b : ndarray, shape (..., 3)
        Directions of any length but zero.

    Returns
    -------
    ndarray, shape (..., 4)
        For opposite directions, half a turn about some axis square to them.
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    a = a / np.linalg.norm(a, axis=-1, keepdims=True)
    b = b / np.linalg.norm(b, axis=-1, keepdims=True)
    a, b = np.broadcast_arrays(a, b)
    real = 1.0 + np.einsum("...i,...i->...", a, b)
    q = np.concatenate([np.cross(a, b), real[..., None]], axis=-1)
    opposite = real < 1e-9
    if np.any(opposite):
        square = np.where(
            np.abs(a[..., :1]) < 0.9,
            np.cross(a, np.array([1.0, 0, 0])),
            np.cross(a, np.array([0, 1.0, 0])),
        )
        q = np.where(opposite[..., None], np.concatenate([square, np.zeros((*square.shape[:-1], 1))], axis=-1), q)
    return normalise(q)


def matrix(q):
    """Rotation matrix; its columns are where x, y and z go.

    Parameters
    ----------
    q : ndarray, shape (..., 4)

    Returns
    -------
    ndarray, shape (..., 3, 3)
    """
    q = np.asarray(q, float)
    x, y, z, w = q[..., 0], q[..., 1], q[..., 2], q[..., 3]
    x2, y2, z2 = x + x, y + y, z + z
    xx, yy, zz, xy, xz, yz, wx, wy, wz = x * x2, y * y2, z * z2, x * y2, x * z2, y * z2, w * x2, w * y2, w * z2
    out = np.empty((*q.shape[:-1], 3, 3))
    out[..., 0, 0] = 1 - yy - zz
    out[..., 0, 1] = xy - wz
    out[..., 0, 2] = xz + wy
    out[..., 1, 0] = xy + wz
    out[..., 1, 1] = 1 - xx - zz
    out[..., 1, 2] = yz - wx
    out[..., 2, 0] = xz - wy
    out[..., 2, 1] = yz + wx
    out[..., 2, 2] = 1 - xx - yy
    return out


def from_matrix(m):
    """Rotation of a rotation matrix.

    Of the four ways to divide, the one with the largest divisor is taken (Shepperd 1978), so no case is unstable.

    Parameters
    ----------
    m : ndarray, shape (..., 3, 3)

    Returns
    -------
    ndarray, shape (..., 4)
        With w not negative.
    """
    m = np.asarray(m, float)
    xx, yy, zz = m[..., 0, 0], m[..., 1, 1], m[..., 2, 2]
    squares = np.stack([1 + xx - yy - zz, 1 - xx + yy - zz, 1 - xx - yy + zz, 1 + xx + yy + zz], axis=-1)
    x, y, z = (m[..., 2, 1] - m[..., 1, 2], m[..., 0, 2] - m[..., 2, 0], m[..., 1, 0] - m[..., 0, 1])
    xy, xz, yz = (m[..., 0, 1] + m[..., 1, 0], m[..., 0, 2] + m[..., 2, 0], m[..., 1, 2] + m[..., 2, 1])
    rows = np.stack(
        [
            np.stack([squares[..., 0], xy, xz, x], axis=-1),
            np.stack([xy, squares[..., 1], yz, y], axis=-1),
            np.stack([xz, yz, squares[..., 2], z], axis=-1),
            np.stack([x, y, z, squares[..., 3]], axis=-1),
        ],
        axis=-2,
    )
    known = np.where(np.isnan(squares), -1.0, squares)
    best = np.argmax(known, axis=-1)[..., None, None]
    q = normalise(np.take_along_axis(rows, np.broadcast_to(best, (*best.shape[:-2], 1, 4)), axis=-2)[..., 0, :])
    return np.where(q[..., 3:] < 0, -q, q)


def from_axes(x, y):
    """Rotation whose x axis is `x` and whose y axis is as near to `y` as a right angle allows.

    Parameters
    ----------
    x, y : ndarray, shape (..., 3)
        Directions, not parallel.

    Returns
    -------
    ndarray, shape (..., 4)
    """
    x = np.asarray(x, float)
    x = x / np.linalg.norm(x, axis=-1, keepdims=True)
    z = np.cross(x, np.asarray(y, float))
    z = z / np.linalg.norm(z, axis=-1, keepdims=True)
    return from_matrix(np.stack([x, np.cross(z, x), z], axis=-1))


def blend(a, b, share):
    """Rotation between two others, the shorter way, by normalised linear interpolation.

    Between neighbouring samples of a motion this differs from `slerp` by less than a thousandth of a degree and
    costs a quarter.

    Parameters
    ----------
    a, b : ndarray, shape (..., 4)
    share : ndarray, shape (...,)
        0 gives `a`, 1 gives `b`.

    Returns
    -------
    ndarray, shape (..., 4)
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    share = np.asarray(share, float)[..., None]
    sign = np.where(np.einsum("...i,...i->...", a, b) < 0, -1.0, 1.0)[..., None]
    return normalise(a + share * (sign * b - a))


def slerp(a, b, share):
    """Rotation between two others at constant angular speed, the shorter way (Shoemake 1985).

    Parameters
    ----------
    a, b : ndarray, shape (..., 4)
    share : ndarray, shape (...,)
        0 gives `a`, 1 gives `b`.

    Returns
    -------
    ndarray, shape (..., 4)
    """
    step = rotation_vector(multiply(b, inverse(a)))
    return multiply(from_rotation_vector(step * np.asarray(share, float)[..., None]), a)


def mirrored(q):
    """Rotation as seen in a mirror that stands in the plane x = 0.

    Parameters
    ----------
    q : ndarray, shape (..., 4)

    Returns
    -------
    ndarray, shape (..., 4)
        Twice is the rotation itself.
    """
    return np.asarray(q, float) * np.array([1.0, -1.0, -1.0, 1.0])


def yaw(q):
    """Part of a rotation that turns about the vertical, so that what faced -Z faces the same compass direction.

    Parameters
    ----------
    q : ndarray, shape (..., 4)

    Returns
    -------
    ndarray, shape (..., 4)
    """
    forward = rotate(q, np.array([0.0, 0.0, -1.0]))
    # Looking straight up or down leaves no compass direction in the forward axis; the crown of the head has it then.
    crown = rotate(q, np.array([0.0, 1.0, 0.0])) * np.sign(-forward[..., 1:2] + 1e-12)
    steep = np.hypot(forward[..., 0], forward[..., 2]) < 0.2
    aim = np.where(steep[..., None], crown, forward)
    half = np.arctan2(-aim[..., 0], -aim[..., 2]) / 2
    out = np.zeros((*half.shape, 4))
    out[..., 1], out[..., 3] = np.sin(half), np.cos(half)
    return out


def twist(q, axis):
    """Part of a rotation that turns about an axis; the rest, `q * inverse(twist)`, only swings it.

    Parameters
    ----------
    q : ndarray, shape (..., 4)
    axis : ndarray, shape (..., 3)
        Unit vector.

    Returns
    -------
    ndarray, shape (..., 4)
        Identity where the swing is half a turn and the twist is unknown.
    """
    q, axis = np.asarray(q, float), np.asarray(axis, float)
    along = np.einsum("...i,...i->...", q[..., :3], axis)
    size = np.hypot(along, q[..., 3])
    known = size > 1e-9
    along, real = np.where(known, along, 0.0), np.where(known, q[..., 3], 1.0)
    return normalise(np.concatenate([along[..., None] * axis, real[..., None]], axis=-1))


def from_euler(angles, order):
    """Rotation of Euler angles about the moving axes, as BVH files list their channels.

    Parameters
    ----------
    angles : ndarray, shape (..., 3)
        Radians, in the order of `order`.
    order : str
        Three letters of x, y, z, such as "zxy": the first is applied last.

    Returns
    -------
    ndarray, shape (..., 4)

    Raises
    ------
    ValueError
        If `order` is not three letters of x, y and z.
    """
    if len(order) != 3 or set(order.lower()) - set("xyz"):
        raise ValueError(f"rotations: an order of Euler angles is three letters of x, y and z, not {order!r}")
    angles = np.asarray(angles, float)
    turns = [from_axis_angle(np.eye(3)["xyz".index(letter)], angles[..., k]) for k, letter in enumerate(order.lower())]
    return multiply(multiply(turns[0], turns[1]), turns[2])
