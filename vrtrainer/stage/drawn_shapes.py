"""Shapes of a drawn person as SVG: tapered limbs, soft outlines, and points of space put on the paper."""

import numpy as np


class Paper:
    """Projects points of the world onto a picture of so many pixels."""

    def __init__(self, camera, size):
        self.wide, self.high = size
        self._view = np.asarray(camera.view)
        self._clip = np.asarray(camera.projection) @ self._view
        self._focus = camera.projection[1][1] * size[1] / 2

    def at(self, points):
        """Pixels (..., 2) of points (..., 3), y down."""
        points = np.asarray(points, float)
        clip = points @ self._clip[:, :3].T + self._clip[:, 3]
        w = np.maximum(clip[..., 3:], 1e-3)
        flat = clip[..., :2] / w
        return np.stack([(flat[..., 0] + 1) / 2 * self.wide, (1 - flat[..., 1]) / 2 * self.high], axis=-1)

    def depth(self, points):
        """Metres in front of the camera."""
        points = np.asarray(points, float)
        return -(points @ self._view[2, :3] + self._view[2, 3])

    def scale(self, point):
        """Pixels a metre at a point."""
        return self._focus / max(float(self.depth(point)), 0.05)

    def towards(self, direction):
        """How far a direction of the world points to the camera, -1 to 1."""
        return float(self._view[2, :3] @ np.asarray(direction, float))


def number(x):
    """A coordinate, written short."""
    return f"{x:.1f}".removesuffix(".0")


def pairs(points):
    return " ".join(f"{number(x)},{number(y)}" for x, y in points)


def smooth(points, closed=True):
    """Path through points without corners (Catmull and Rom 1974, as Bézier curves)."""
    points = np.asarray(points, float)
    count = len(points)
    at = (lambda i: points[i % count]) if closed else (lambda i: points[min(max(i, 0), count - 1)])
    out = [f"M{pairs(points[:1])}"]
    for i in range(count if closed else count - 1):
        a, b, c, d = at(i - 1), at(i), at(i + 1), at(i + 2)
        out.append("C" + pairs([b + (c - a) / 6, c - (d - b) / 6, c]))
    return "".join(out) + ("Z" if closed else "")


def limb(a, b, ra, rb):
    """Path of a limb: two circles and what lies between them."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    along = b - a
    length = np.hypot(*along)
    if length <= abs(ra - rb) + 1e-6:
        c, r = (a, ra) if ra > rb else (b, rb)
        return oval(c, r, r)
    angle = np.arctan2(along[1], along[0])
    lean = np.arccos(np.clip((ra - rb) / length, -1, 1))
    one = np.array([np.cos(angle + lean), np.sin(angle + lean)])
    two = np.array([np.cos(angle - lean), np.sin(angle - lean)])
    p, q, r, s = a + ra * one, b + rb * one, b + rb * two, a + ra * two
    far_a, far_b = int(2 * (np.pi - lean) > np.pi), int(2 * lean > np.pi)
    return (
        f"M{pairs([p])}L{pairs([q])}A{number(rb)},{number(rb)} 0 {far_b} 0 {pairs([r])}"
        f"L{pairs([s])}A{number(ra)},{number(ra)} 0 {far_a} 0 {pairs([p])}Z"
    )


def oval(centre, rx, ry):
    """Path of an ellipse that stands upright."""
    x, y = centre
    return (
        f"M{number(x - rx)},{number(y)}a{number(rx)},{number(ry)} 0 1 0 {number(2 * rx)},0"
        f"a{number(rx)},{number(ry)} 0 1 0 {number(-2 * rx)},0Z"
    )


def hull(points):
    """Outline of points, counter-clockwise (Andrew 1979)."""
    points = sorted(map(tuple, np.asarray(points, float)))

    def half(row):
        out = []
        for p in row:
            while len(out) > 1 and (out[-1][0] - out[-2][0]) * (p[1] - out[-2][1]) <= (out[-1][1] - out[-2][1]) * (
                p[0] - out[-2][0]
            ):
                out.pop()
            out.append(p)
        return out[:-1]

    return np.array(half(points) + half(points[::-1]))


def rounded(centres, radii):
    """Path round circles, as a rubber band lies."""
    turns = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    ring = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    points = np.concatenate([np.asarray(c, float) + r * ring for c, r in zip(centres, radii, strict=True)])
    return f"M{pairs(hull(points))}Z"
