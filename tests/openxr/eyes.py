"""What each eye sees of a session, taken from the screen that Monado shows it on; and the geometry to measure it by.

    python -m tests.openxr.eyes --approve

makes the approved pictures under tests/pictures/approved/eyes anew. Look at them before you commit.

Monado's remote headset shows both eyes beside each other, undistorted, with the angles of `HALF`. The child stands
still with its head at `headset.HEAD`, so a point's place in a picture follows from its place in the room.
"""

import math
import sys
import time
from dataclasses import dataclass, field

import numpy as np

from tests.openxr import headset

SIZE = (960, 1080)
"""Width and height of an eye's picture in pixels."""
HALF = (math.tan(0.74176490), math.tan(0.77876359))
"""Tangents of half the angle that is seen, across and up (the remote driver's own)."""
FOCAL = (SIZE[0] / 2 / HALF[0], SIZE[1] / 2 / HALF[1])
APART = 0.063  # m between the eyes (the remote driver's own)
SIDES = ("left", "right")
FOLDER = "eyes"
_PATIENCE = 90.0  # s; a software renderer draws some four frames a second


def eye(side):
    """Where an eye is; ndarray, shape (3,)."""
    return np.array([(-0.5 if side == "left" else 0.5) * APART, *headset.EYES[1:]])


def places(points, side):
    """Where points of the room stand in an eye's picture.

    Parameters
    ----------
    points : ndarray, shape (..., 3)
        Metres.
    side : str

    Returns
    -------
    ndarray, shape (..., 2)
        Column and row in pixels, from the top left corner.
    """
    seen = np.asarray(points, float) - eye(side)
    away = -seen[..., 2]
    return np.stack([SIZE[0] / 2 + FOCAL[0] * seen[..., 0] / away, SIZE[1] / 2 - FOCAL[1] * seen[..., 1] / away], -1)


def halved(pixels):
    """The mean of each four pixels: pictures are kept at half their size."""
    high, wide = pixels.shape[:2]
    return pixels.reshape(high // 2, 2, wide // 2, 2, 3).mean(axis=(1, 3)).round().astype(np.uint8)


def light(pixels):
    """Grey values; ndarray of floats, shape (height, width)."""
    return pixels.astype(float) @ (0.2126, 0.7152, 0.0722)


def shift(left, right, rows, columns, farthest=70):
    """How much further left a part of the left eye's picture stands in the right eye's, in pixels.

    Parameters
    ----------
    left, right : ndarray, shape (height, width, 3)
    rows, columns : slice
        The part, in the left picture.
    farthest : int

    Returns
    -------
    float
        To a fraction of a pixel: the lowest point of a parabola through the best whole shift and its neighbours.
    """
    a, b = light(left), light(right)
    wanted = a[rows, columns]
    apart = np.array(
        [
            np.abs(wanted - b[rows, columns.start - d : columns.stop - d]).mean() if columns.start >= d else np.inf
            for d in range(farthest)
        ]
    )
    best = int(apart.argmin())
    if not 0 < best < farthest - 1:
        return float(best)
    before, here, after = apart[best - 1 : best + 2]
    return best + 0.5 * (before - after) / (before - 2 * here + after)


@dataclass
class Seen:
    """What was seen: by name a pair of pictures, left and right; how bright it was over time; how it ended."""

    pictures: dict = field(default_factory=dict)
    rising: list = field(default_factory=list)
    falling: list = field(default_factory=list)
    hands: np.ndarray | None = None
    code: int | None = None
    lines: list = field(default_factory=list)


def both(worn):
    """The pictures of both eyes, whole: two looks at the screen that show the same."""
    before = None
    while True:
        now = worn.screen()
        if before is not None and np.array_equal(before, now):
            return now[:, : SIZE[0]], now[:, SIZE[0] : 2 * SIZE[0]]
        before = now
        time.sleep(0.02)


def settled(worn, seconds=1.2, watch=None):
    """Wait until the picture has been the same for so long; `watch` gets each picture on the way."""
    until, since, before = time.monotonic() + _PATIENCE, time.monotonic(), None
    while time.monotonic() < until:
        if worn.code is not None:
            raise RuntimeError(f"the session ended with {worn.code}: {worn.said()}")
        now = worn.screen()
        if watch is not None:
            watch(now)
        if before is None or not np.array_equal(now, before) or now.max() < 30:
            since = time.monotonic()
        if time.monotonic() - since > seconds:
            return both(worn)
        before = now
        worn.pause(0.05)
    raise TimeoutError("the picture never came to rest")


def appears(worn, empty):
    """Wait until somebody stands where nobody stood, and then a while until they are wholly there."""
    until, place = time.monotonic() + _PATIENCE, (slice(440, 560), slice(450, 530))
    while np.abs(both(worn)[0][place].astype(int) - empty[place]).mean() < 25:
        if worn.code is not None or time.monotonic() > until:
            raise RuntimeError(f"nobody appeared: {worn.said()}")
        worn.pause(0.2)
    worn.pause(3.0)


def performed(folder):
    """A session that greets, is looked at without hands, begins by a look, shows its avatar, and is stopped."""
    seen = Seen()

    def brighter(pixels):
        seen.rising.append(float(light(pixels[::8, : SIZE[0] : 8]).mean()))

    with headset.worn(folder, headset.session(folder), compositor="screen") as worn:
        seen.pictures["greeting"] = settled(worn, watch=brighter)
        worn.be(palms=(None, None))
        worn.pause(1.0)
        seen.pictures["without_hands"] = settled(worn)
        worn.be(head=headset.looking(pitch_deg=headset.READY_DEG), palms=(None, None))
        worn.pause(3.0)
        worn.be()
        appears(worn, seen.pictures["without_hands"][0])
        seen.pictures["avatar"] = both(worn)
        worn.signal("SIGINT")
        while worn.code is None:
            seen.falling.append(float(light(worn.screen()[::8, : SIZE[0] : 8]).mean()))
            worn.pause(0.05)
    seen.code, seen.lines = worn.code, worn.lines
    seen.hands = hands(folder)
    return seen


def hands(folder):
    """Where the joints of both hands were said to be when last all of them were measured; ndarray, shape (2, 26, 3)."""
    from vrtrainer.human.skeleton import xr_hand_joints
    from vrtrainer.records import reading

    [journal] = (folder / "data" / "sessions").glob("*/journal.mcap")
    joints = np.array([xr_hand_joints(side) for side in SIDES])
    last = None
    for _, observation, _, _ in reading.read(journal).steps():
        there = observation.positions[joints]
        if not np.isnan(there).any():
            last = there.copy()
    return last


def main(arguments):
    from tests.openxr import room
    from tests.openxr.conftest import shared_folder
    from tests.pictures import comparing

    if "--approve" not in arguments:
        print(__doc__)
        return 2
    if not room.ready():
        print("eyes: there is no Monado here; python -m tests gets it where it may")
        return 1
    with shared_folder() as folder:
        seen = performed(folder)
    for side, pixels in zip(SIDES, seen.pictures["greeting"], strict=True):
        comparing.saved(halved(pixels), comparing.APPROVED / FOLDER / f"{side}.png")
        print(f"approved {FOLDER}/{side}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
