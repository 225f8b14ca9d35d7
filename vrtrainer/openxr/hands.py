"""Hands by XR_EXT_hand_tracking: 26 joints each into memory that is made once, and how much of them was measured.

Rule 1: a joint that is valid but not tracked was inferred by the runtime, and is never scored as the learner's doing.
Rule 2: fingers that a controller's buttons stand for (XR_EXT_hand_tracking_data_source) are inferred, all of them.
Rule 3: with XR_META_hand_tracking_unextrapolated_poses joints are as a camera saw them, at a time that it tells.

Joint orientations of the specification (-Z along the bone to the tip, +Y out of the back of the hand) are turned to
this project's, which are the identity in a T-pose, here and nowhere else.
"""

import contextlib
import ctypes
import math

import numpy as np
import xr

from vrtrainer.human import rotations
from vrtrainer.human.observation import ABSENT, INFERRED, MEASURED
from vrtrainer.human.skeleton import REST_OFFSETS, SIDES, xr_hand_joints
from vrtrainer.openxr.calls import CallError
from vrtrainer.openxr.instance import HANDS
from vrtrainer.openxr.spaces import TRACKED, VALID

SOURCE = "XR_EXT_hand_tracking_data_source"
UNEXTRAPOLATED = "XR_META_hand_tracking_unextrapolated_poses"
EXTENSIONS = (HANDS, SOURCE, UNEXTRAPOLATED)
COUNT = 26
PINCHED, OPENED = 0.018, 0.030  # m between the tips of thumb and index: closed below, open above
_THUMB_TIP, _INDEX_TIP, _INDEX_KNUCKLE, _WRIST = 5, 10, 7, 1
_LAYOUT = np.dtype(
    {
        "names": ["flags", "rotation", "position", "radius"],
        "formats": ["<u8", ("<f4", 4), ("<f4", 3), "<f4"],
        "offsets": [0, 8, 24, 36],
        "itemsize": ctypes.sizeof(xr.HandJointLocationEXT),
    }
)
_HOW = np.array(
    [MEASURED if f & TRACKED == TRACKED else INFERRED if f & VALID == VALID else ABSENT for f in range(256)], np.uint8
)
_HOW[[f for f in range(256) if f & VALID != VALID]] = ABSENT
"""How a joint was come by, by the lowest byte of its XrSpaceLocationFlags."""
_CONTROLLER = xr.HandTrackingDataSourceEXT.CONTROLLER.value
_FINGERS = slice(_THUMB_TIP, _INDEX_TIP + 1)  # what a pinch and a ray are told from


def _look(forward, up):
    """Rotation whose -Z is `forward` and whose +Y is as near to `up` as that lets it be."""
    z = -np.asarray(forward, float) / np.linalg.norm(forward)
    x = np.cross(up, z)
    x /= np.linalg.norm(x)
    return rotations.from_matrix(np.stack([x, np.cross(z, x), z], axis=1))


def at_rest(side):
    """OpenXR's orientations of the 26 joints in this project's T-pose, palms down; ndarray, shape (26, 4).

    Fingers lie along the arm with their backs up. The thumb lies along its own bones; its nail looks up and forward.
    """
    out = np.empty((COUNT, 4))
    outward = np.array([-1.0 if side == "left" else 1.0, 0.0, 0.0])
    out[:] = _look(outward, [0.0, 1.0, 0.0])
    joints = xr_hand_joints(side)
    for k in (2, 3, 4):
        bone = REST_OFFSETS[joints[k + 1]]
        out[k] = _look(bone, [0.0, 1.0, -1.0])
    out[5] = out[4]
    return out


class _Joints:
    """Memory of the joints of some hands, one after the other: as the runtime writes it, and turned to ours.

    `positions` (26 n, 3), `rotations` (26 n, 4), `how` (26 n,): given as `rows`, or made.
    """

    def __init__(self, sides, rows=None):
        count = COUNT * len(sides)
        self.memory = (xr.HandJointLocationEXT * count)()
        raw = np.frombuffer(self.memory, _LAYOUT)
        self._raw_positions, self._raw_rotations, self.radii = raw["position"], raw["rotation"][:, None], raw["radius"]
        self._flags = np.frombuffer(self.memory, np.uint8)[:: _LAYOUT.itemsize]  # little endian: the lowest byte
        # Products with constant rotations from the right, as one matrix product over all joints.
        turn = rotations.inverse(np.concatenate([at_rest(side) for side in sides]))
        self._turn = rotations.multiply(np.eye(4)[None], turn[:, None, :])
        self._measured = np.zeros((count, 1, 4))
        self.positions, self.rotations, self.how = rows or (
            np.empty((count, 3)), np.empty((count, 4)), np.empty(count, np.uint8),
        )  # fmt: skip
        self._turned = self.rotations[:, None]

    def part(self, k):
        """The runtime's memory of the hand of number `k`."""
        size = COUNT * ctypes.sizeof(xr.HandJointLocationEXT)
        return (xr.HandJointLocationEXT * COUNT).from_buffer(self.memory, k * size)

    def take(self):
        """Take over what the runtime wrote, of all hands."""
        _HOW.take(self._flags, out=self.how, mode="clip")
        self.positions[:] = self._raw_positions
        self._measured[:] = self._raw_rotations
        np.matmul(self._measured, self._turn, out=self._turned)


class Hand:
    """One hand's joints as they were read last.

    `positions` (26, 3) and `rotations` (26, 4) float64 in the space asked for, `radii` (26,) m, `how` (26,) uint8,
    `sample_time` XrTime in ns or 0, `from_controller`; all of them memory that is used again at the next frame.
    """

    def __init__(self, link, side, block=None, number=0):
        self.side = side
        self.joints = xr_hand_joints(side)
        self._calls = link.calls
        which = xr.HandEXT.LEFT if side == "left" else xr.HandEXT.RIGHT
        info = xr.HandTrackerCreateInfoEXT(hand=which, hand_joint_set=xr.HandJointSetEXT.DEFAULT)
        if SOURCE in link.extensions:
            wanted = (xr.HandTrackingDataSourceEXT.ctype() * 2)(
                xr.HandTrackingDataSourceEXT.UNOBSTRUCTED.value, _CONTROLLER
            )
            self._wanted = xr.HandTrackingDataSourceInfoEXT(
                requested_data_source_count=2, requested_data_sources=wanted
            )
            info.next = ctypes.cast(ctypes.pointer(self._wanted), ctypes.c_void_p)
        self._tracker = xr.HandTrackerEXT()
        self._calls.xrCreateHandTrackerEXT(link.session, ctypes.byref(info), ctypes.byref(self._tracker))
        self._block = block or _Joints((side,))
        mine = slice(COUNT * number, COUNT * (number + 1))
        memory = self._block.part(number)
        self._locations = xr.HandJointLocationsEXT(joint_count=COUNT, joint_locations=memory)
        self._locate = xr.HandJointsLocateInfoEXT()
        self._source = self._capture = None
        last = self._locations
        if SOURCE in link.extensions:
            self._source = xr.HandTrackingDataSourceStateEXT()
            last.next = ctypes.cast(ctypes.pointer(self._source), ctypes.c_void_p)
            last = self._source
        if UNEXTRAPOLATED in link.extensions:
            self._asked = xr.HandTrackingUnextrapolatedPosesRequestMETA()
            self._locate.next = ctypes.cast(ctypes.pointer(self._asked), ctypes.c_void_p)
            self._capture = xr.HandTrackingUnextrapolatedPosesMETA()
            last.next = ctypes.cast(ctypes.pointer(self._capture), ctypes.c_void_p)
        self._at, self._how_to = ctypes.byref(self._locations), ctypes.byref(self._locate)
        block = self._block
        self.positions, self.rotations, self.how = block.positions[mine], block.rotations[mine], block.how[mine]
        self.radii = block.radii[mine]
        self.sample_time = 0
        self.seen = False
        """Whether any joint is known, measured or not."""
        self.measured = False
        """Whether the wrist and the index finger were measured at the last reading."""
        self._space = None
        self._pinched = self._thumb = False
        self._fingers = ()
        self.gone()

    def read(self, space, xr_time):
        """Locate the joints at a time; for both hands `read` of the module costs less.

        Raises
        ------
        CallError
        """
        read((self,), space, xr_time)

    def _ask(self, space, xr_time):
        """Have the runtime write the joints; whether it follows this hand now."""
        if space is not self._space:
            self._locate.base_space = self._space = space
        self._locate.time = xr_time
        self._calls.xrLocateHandJointsEXT(self._tracker, self._how_to, self._at)
        self.sample_time = self._capture.capture_time if self._capture is not None else 0
        return bool(self._locations.is_active)

    def _take(self):
        """Go on from what the block took over."""
        source, how = self._source, self.how
        self.from_controller = bool(source is not None and source.is_active and source._data_source == _CONTROLLER)
        if self.from_controller:
            wrist = how[_WRIST]
            np.minimum(how, INFERRED, out=how)
            how[_WRIST] = wrist  # where the controller is held is measured; the fingers on it are not
        levels = how.tobytes()
        if ABSENT in levels:
            gone = how == ABSENT
            self.positions[gone] = np.nan
            self.rotations[gone] = np.nan
        self.seen = levels.count(ABSENT) < COUNT
        self.measured = levels[_WRIST] == levels[_INDEX_TIP] == MEASURED
        self._thumb = levels[_THUMB_TIP] == MEASURED
        # What is asked of these few joints costs less in plain numbers.
        self._fingers = self.positions[_FINGERS].tolist() if self.measured else ()

    def gone(self):
        """Nothing is known of this hand now."""
        self.positions.fill(np.nan)
        self.rotations.fill(np.nan)
        self.how.fill(ABSENT)
        self.from_controller = self.seen = self.measured = self._thumb = False
        self._fingers = ()

    def pinch(self):
        """True at the frame at which thumb and index close; with a little slack before they count as open again."""
        if not self.measured or not self._thumb:
            self._pinched = False
            return False
        gap = math.dist(self._fingers[0], self._fingers[-1])
        before = self._pinched
        self._pinched = gap < (OPENED if before else PINCHED)
        return self._pinched and not before

    def ray(self, head):
        """Origin and direction (2, 3) of where the hand points: from the shoulder below the head through the knuckle.

        Steadier than a finger's own direction, which a pinch moves. None while the hand is not measured.
        """
        if not self.measured or head is None:
            return None
        kx, ky, kz = self._fingers[_INDEX_KNUCKLE - _THUMB_TIP]
        x, y, z = kx - head[0] - (-0.17 if self.side == "left" else 0.17), ky - head[1] + 0.22, kz - head[2]
        length = math.sqrt(x * x + y * y + z * z)
        return None if length < 0.05 else np.array(((kx, ky, kz), (x / length, y / length, z / length)))

    def close(self):
        """Destroy the tracker, where its session still lives."""
        tracker, self._tracker = self._tracker, None
        if tracker:
            with contextlib.suppress(CallError):
                self._calls.xrDestroyHandTrackerEXT(tracker)


def read(hands, space, xr_time):
    """Locate the joints of hands that were opened together.

    Parameters
    ----------
    hands : tuple of Hand
    space : xr.Space
    xr_time : int

    Raises
    ------
    CallError
    """
    active = [hand._ask(space, xr_time) for hand in hands]
    if any(active):
        hands[0]._block.take()
    for hand, there in zip(hands, active, strict=True):
        if there:
            hand._take()
        elif hand.seen or any(active):
            hand.gone()


def opened(link, rows=None):
    """Both hands of a session, left first, or () where the headset tracks none.

    Parameters
    ----------
    link : Link
    rows : tuple of ndarray, optional
        Where positions (52, 3), rotations (52, 4) and how (52,) uint8 of both are to be put.

    Returns
    -------
    tuple of Hand
    """
    if HANDS not in link.extensions or not link.offers.has_hands:
        return ()
    block = _Joints(SIDES, rows)
    try:
        return tuple(Hand(link, side, block, number) for number, side in enumerate(SIDES))
    except CallError:
        return ()
