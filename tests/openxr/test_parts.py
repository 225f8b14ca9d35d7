"""The parts of the headset's room by themselves, the runtime's functions played: hands, spaces, clock, frames."""

import ctypes
import math
import threading
import time
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.openxr import seam
from vrtrainer.human import frame as frames
from vrtrainer.human import rotations
from vrtrainer.human.observation import ABSENT, INFERRED, MEASURED
from vrtrainer.human.skeleton import REST_OFFSETS, SIDES, xr_hand_joints

xr = seam.xr
from vrtrainer.openxr import clock as clocks  # noqa: E402
from vrtrainer.openxr import hands as hands_room  # noqa: E402
from vrtrainer.openxr.calls import Calls, InstanceLostError, SessionLostError, check  # noqa: E402
from vrtrainer.openxr.pump import Pump  # noqa: E402
from vrtrainer.openxr.spaces import TRACKED, VALID, Spaces  # noqa: E402

ALL = VALID | TRACKED


# Hands


def hand(side, joints, extensions=("XR_EXT_hand_tracking",), chain=lambda out: None):
    """A `Hand` whose runtime answers these (flags, rotation, position, radius) joints."""

    def locate(tracker, info, out):
        found = out.contents
        found.is_active = bool(joints)
        for k, (flags, turned, at, radius) in enumerate(joints):
            one = found._joint_locations[k]
            one._location_flags = flags
            one.pose.orientation.x, one.pose.orientation.y, one.pose.orientation.z, one.pose.orientation.w = turned
            one.pose.position.x, one.pose.position.y, one.pose.position.z = at
            one.radius = radius
        chain(found)
        return 0

    link = seam.link(
        extensions, {}, xrCreateHandTrackerEXT=lambda s, i, out: seam.made(out), xrLocateHandJointsEXT=locate
    )
    return hands_room.Hand(link, side)


def t_pose(side, flags=ALL):
    """The joints of a hand in a T-pose, as a runtime tells them."""
    turned = hands_room.at_rest(side)
    return [(flags, turned[k], (0.01 * k, 1.0, -0.2), 0.008) for k in range(26)]


@pytest.mark.parametrize("side", SIDES)
def test_a_hand_in_a_t_pose_has_no_rotation(side):
    one = hand(side, t_pose(side))
    one.read(xr.Space(), 1)
    assert (one.how == MEASURED).all()
    np.testing.assert_allclose(np.abs(one.rotations[:, 3]), 1.0, atol=1e-6)


@pytest.mark.parametrize("side", SIDES)
def test_fingers_at_rest_point_along_the_arm_with_their_backs_up(side):
    turned = hands_room.at_rest(side)
    forward = rotations.rotate(turned, np.array([0.0, 0.0, -1.0]))
    up = rotations.rotate(turned, np.array([0.0, 1.0, 0.0]))
    outward = -1.0 if side == "left" else 1.0
    fingers = [k for k in range(26) if not 2 <= k <= 5]
    np.testing.assert_allclose(forward[fingers], np.tile([outward, 0, 0], (len(fingers), 1)), atol=1e-9)
    np.testing.assert_allclose(up[fingers], np.tile([0, 1, 0], (len(fingers), 1)), atol=1e-9)
    joints = xr_hand_joints(side)
    for k in (2, 3, 4):
        bone = REST_OFFSETS[joints[k + 1]]
        np.testing.assert_allclose(forward[k], bone / np.linalg.norm(bone), atol=1e-6)


def test_left_and_right_are_each_others_mirror():
    left, right = (hands_room.at_rest(s) for s in SIDES)
    np.testing.assert_allclose(rotations.mirrored(left), right, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(flags=st.lists(st.integers(0, 15), min_size=26, max_size=26))
def test_only_joints_that_are_tracked_are_measured(flags):
    joints = [(f, (0, 0, 0, 1), (k, 1, 2), 0.01) for k, f in enumerate(flags)]
    one = hand("left", joints)
    one.read(xr.Space(), 1)
    for k, f in enumerate(flags):
        valid, tracked = f & VALID == VALID, f & TRACKED == TRACKED
        assert one.how[k] == (ABSENT if not valid else MEASURED if tracked else INFERRED)
        assert np.isnan(one.positions[k]).all() == (not valid)


def test_fingers_that_a_controller_stands_for_are_inferred_and_its_wrist_is_measured():
    def chain(found):
        state = seam.chained(found, xr.HandTrackingDataSourceStateEXT)
        state.is_active, state._data_source = 1, xr.HandTrackingDataSourceEXT.CONTROLLER.value

    one = hand("right", t_pose("right"), ("XR_EXT_hand_tracking", hands_room.SOURCE), chain)
    one.read(xr.Space(), 1)
    assert one.from_controller
    assert one.how[1] == MEASURED
    assert (np.delete(one.how, 1) == INFERRED).all()


def test_a_runtime_that_tells_when_a_camera_saw_the_hand_is_believed():
    def chain(found):
        seam.chained(found, xr.HandTrackingUnextrapolatedPosesMETA).capture_time = 987

    one = hand("left", t_pose("left"), ("XR_EXT_hand_tracking", hands_room.UNEXTRAPOLATED), chain)
    one.read(xr.Space(), 1)
    assert one.sample_time == 987


def test_a_hand_that_is_gone_is_absent_and_not_where_it_was():
    joints = t_pose("left")
    one = hand("left", joints)
    one.read(xr.Space(), 1)
    joints.clear()
    one.read(xr.Space(), 2)
    assert (one.how == ABSENT).all()
    assert np.isnan(one.positions).all()


def test_both_hands_read_together_are_what_each_is_alone_and_one_that_goes_leaves_the_other():
    joints = {"left": t_pose("left"), "right": t_pose("right", VALID)}
    sides = iter(SIDES)

    def create(session, info, out):
        ctypes.memmove(out, ctypes.byref(ctypes.c_uint64(SIDES.index(next(sides)) + 1)), 8)
        return 0

    def locate(tracker, info, out):
        side = SIDES[ctypes.cast(tracker, ctypes.c_void_p).value - 1]
        found = out.contents
        found.is_active = bool(joints[side])
        for k, (flags, turned, at, radius) in enumerate(joints[side]):
            one = found._joint_locations[k]
            one._location_flags, one.radius = flags, radius
            one.pose.orientation.x, one.pose.orientation.y, one.pose.orientation.z, one.pose.orientation.w = turned
            one.pose.position.x, one.pose.position.y, one.pose.position.z = at
        return 0

    link = seam.link(("XR_EXT_hand_tracking",), {}, xrCreateHandTrackerEXT=create, xrLocateHandJointsEXT=locate)
    link.offers = SimpleNamespace(has_hands=True)
    both = hands_room.opened(link)
    for gone in (None, "left", "right"):
        if gone:
            joints[gone] = []
        hands_room.read(both, xr.Space(), 1)
        for one in both:
            made = hand(one.side, joints[one.side])
            made.read(xr.Space(), 1)
            np.testing.assert_array_equal(one.how, made.how)
            np.testing.assert_array_equal(one.positions, made.positions)
            np.testing.assert_array_equal(one.rotations, made.rotations)
            assert one.measured == made.measured


def test_a_pinch_is_told_once_and_not_again_before_the_fingers_part():
    gap = [0.1]
    joints = t_pose("right")

    def at(k, x):
        joints[k] = (ALL, (0, 0, 0, 1), (x, 1.0, 0.0), 0.01)

    one = hand("right", joints)
    told = []
    for gap in (0.1, 0.017, 0.010, 0.025, 0.017, 0.035, 0.016):
        at(5, 0.0)
        at(10, gap)
        one.read(xr.Space(), 1)
        told.append(one.pinch())
    assert told == [False, True, False, False, False, False, True]


def test_a_hand_that_was_only_inferred_never_pinches_or_points():
    joints = t_pose("right", VALID)
    joints[5] = joints[10] = (VALID, (0, 0, 0, 1), (0, 1, 0), 0.01)
    one = hand("right", joints)
    one.read(xr.Space(), 1)
    assert not one.pinch()
    assert one.ray(np.array([0.0, 1.2, 0.0])) is None


# Spaces


def spaces(offered, head, local_floor=True):
    """Spaces of a session that offers these types, with the head at a pose in the runtime's own space."""
    made = []

    def create(session, info, out):
        found = info.contents
        pose = found.pose_in_reference_space
        made.append((found._reference_space_type, pose.position.x, pose.position.y, pose.position.z,
                     2 * math.atan2(pose.orientation.y, pose.orientation.w)))  # fmt: skip
        ctypes.memmove(out, ctypes.byref(ctypes.c_uint64(len(made))), 8)
        return 0

    def locate(space, base, when, out):
        found = out.contents
        found._location_flags = head[0]
        o, p = found.pose.orientation, found.pose.position
        (o.x, o.y, o.z, o.w), (p.x, p.y, p.z) = head[1], head[2]
        return 0

    link = seam.link((), {}, xrCreateReferenceSpace=create, xrLocateSpace=locate, xrDestroySpace=lambda space: 0)
    enumerated = xr.enumerate_reference_spaces
    xr.enumerate_reference_spaces = lambda session: [t.value for t in offered]
    try:
        return Spaces(link.session, link.calls, local_floor), made
    finally:
        xr.enumerate_reference_spaces = enumerated


TYPES = xr.ReferenceSpaceType
STILL = (ALL, (0.0, 0.0, 0.0, 1.0), (0.0, 1.2, 0.0))


@pytest.mark.parametrize(
    ("offered", "asked", "type_", "known"),
    [
        ((TYPES.VIEW, TYPES.LOCAL, TYPES.STAGE, TYPES.LOCAL_FLOOR), True, TYPES.LOCAL_FLOOR, True),
        ((TYPES.VIEW, TYPES.LOCAL, TYPES.STAGE, TYPES.LOCAL_FLOOR), False, TYPES.STAGE, True),
        ((TYPES.VIEW, TYPES.LOCAL, TYPES.STAGE), True, TYPES.STAGE, True),
        ((TYPES.VIEW, TYPES.LOCAL), True, TYPES.LOCAL, False),
    ],
)
def test_the_best_floor_that_is_offered_is_taken(offered, asked, type_, known):
    one, made = spaces(offered, STILL, asked)
    assert one.type is type_
    assert one.floor_known is known
    assert made[-1][2] == pytest.approx(0.0 if known else -1.25)


@settings(max_examples=80, deadline=None)
@given(
    x=st.floats(-3, 3), z=st.floats(-3, 3), heading=st.floats(-3.1, 3.1), pitch=st.floats(-1.2, 1.2),
    roll=st.floats(-0.8, 0.8),
)  # fmt: skip
def test_recentring_puts_the_origin_under_the_head_and_ahead_where_it_faces(x, z, heading, pitch, roll):
    turned = rotations.multiply(
        rotations.from_axis_angle([0.0, 1.0, 0.0], heading),
        rotations.multiply(
            rotations.from_axis_angle([1.0, 0.0, 0.0], pitch), rotations.from_axis_angle([0.0, 0.0, 1.0], roll)
        ),
    )
    one, made = spaces((TYPES.VIEW, TYPES.LOCAL_FLOOR), (ALL, tuple(turned), (x, 1.2, z)))
    assert one.recentre(1)
    _, at_x, at_y, at_z, turn = made[-1]
    assert (at_x, at_y, at_z) == pytest.approx((x, 0.0, z), abs=1e-6)
    ahead = rotations.rotate(turned, np.array([0.0, 0.0, -1.0]))
    wanted = math.atan2(-ahead[0], -ahead[2])
    assert math.cos(turn - wanted) == pytest.approx(1.0, abs=1e-5)


def test_a_head_that_is_not_known_or_looks_straight_up_is_waited_for():
    up = (math.sin(math.pi / 4), 0.0, 0.0, math.cos(math.pi / 4))
    for head in ((0, (0.0, 0.0, 0.0, 1.0), (0.0, 0.0, 0.0)), (ALL, up, (0.0, 1.2, 0.0))):
        one, made = spaces((TYPES.VIEW, TYPES.LOCAL_FLOOR), head)
        before = len(made)
        assert not one.recentre(1)
        assert len(made) == before


# The clock and the calls


def test_times_of_a_runtime_that_does_not_convert_are_near_the_machines_own():
    clock = clocks.Clock(None, None, converts=False)
    before = clocks.now()
    first = clock.seconds(5_000_000_000, 0.011)
    assert before <= first <= clocks.now() + 0.02
    assert clock.seconds(5_011_000_000, 0.011) - first == pytest.approx(0.011)
    assert clock.xr_now() == 0


@pytest.mark.skipif(clocks.WINDOWS, reason="OpenXR: another function converts on Windows")
def test_a_runtime_that_converts_is_asked_once_a_second_and_its_drift_is_followed():
    asked = []

    def convert(instance, xr_time, out):
        asked.append(xr_time)
        whole, rest = divmod(xr_time + 7_000_000_000 + xr_time // 10_000, 1_000_000_000)  # 100 µs a second too fast
        out._obj.tv_sec, out._obj.tv_nsec = whole, rest
        return 0

    clock = clocks.Clock(None, SimpleNamespace(xrConvertTimeToTimespecTimeKHR=convert), converts=True)
    for k in range(900):
        at = 50_000_000_000 + k * 11_111_111
        assert clock.seconds(at) == pytest.approx((at + 7e9 + at / 10_000) * 1e-9, abs=2e-4)
        assert clock.seconds(at - 30_000_000) < clock.seconds(at), "a hand's sample is older, and asks nothing anew"
    assert len(asked) == 10


def test_losses_have_classes_of_their_own_and_nothing_is_called_in_what_is_destroyed():
    with pytest.raises(SessionLostError, match="xrEndFrame answered XR_ERROR_SESSION_LOST"):
        check("xrEndFrame", int(xr.Result.ERROR_SESSION_LOST))
    with pytest.raises(InstanceLostError):
        check("xrEndFrame", int(xr.Result.ERROR_INSTANCE_LOST))
    assert check("xrWaitFrame", int(xr.Result.SESSION_LOSS_PENDING)) > 0
    calls = Calls(xr.Instance())
    calls.xrAnything = lambda: 0
    calls.forget()
    with pytest.raises(InstanceLostError):
        calls.xrAnything()


# Frames


class Runtime:
    """A session whose waits take as long as they are told to; counts what is called and checks the order."""

    def __init__(self):
        self.now, self.wait_s = 1_000_000_000, 0.0
        self.order, self.state, self.lock = [], "ended", threading.Lock()

    def wait(self, session, info, out):
        time.sleep(self.wait_s)
        with self.lock:
            self.now += 11_000_000
            found = ctypes.cast(out, ctypes.POINTER(xr.FrameState)).contents
            found.predicted_display_time, found.predicted_display_period = self.now, 11_000_000
            found.should_render = 1
            self.order.append("wait")
        return 0

    def begin(self, session, info):
        self.order.append("begin")
        return 0

    def end(self, session, info):
        self.order.append("end")
        return 0


@pytest.fixture
def pumped():
    from vrtrainer.openxr.pump import Waiter

    runtime = Runtime()
    calls = SimpleNamespace(xrWaitFrame=runtime.wait, xrBeginFrame=runtime.begin, xrEndFrame=runtime.end)
    link = SimpleNamespace(
        wants_to_end=False, stopping=False, session=1, generation=1, calls=calls, silent=False, draws=True,
        blend_mode=1, clock=clocks.Clock(None, None, False), frame_state=frames.ACTIVE,
        step=lambda: None, failed=lambda error: None,
    )  # fmt: skip
    link.waiter = waiter = Waiter(calls, 1)
    yield Pump(link), link, runtime
    waiter.end()


def test_every_frame_that_is_waited_for_is_begun_and_ended_before_the_next_wait(pumped):
    pump, link, runtime = pumped
    for frame in pump.frames():
        assert frame.should_render
        if frame.index % 3:  # whoever takes a frame may not draw it
            assert pump.begin()
            pump.end(0, None)
        link.wants_to_end = frame.index == 30
    done = " ".join(runtime.order)
    assert done.removesuffix(" wait") == " ".join(["wait begin end"] * 31)


@pytest.mark.alone  # a tenth of a second is measured
def test_a_wait_that_hangs_holds_nothing_up_over_a_tenth_of_a_second(pumped):
    pump, link, runtime = pumped
    runtime.wait_s = 0.45
    last, gaps, empty = time.monotonic(), [], 0
    for frame in pump.frames():
        now = time.monotonic()
        gaps.append(now - last)
        empty += not frame.should_render
        if pump.begin():
            pump.end(0, None)
        last = time.monotonic()
        link.wants_to_end = frame.index >= 12
    assert max(gaps) < 0.105
    assert empty >= 8  # frames go on meanwhile, and show nothing


def test_frames_without_a_session_go_on_by_the_machines_clock(pumped):
    pump, link, _ = pumped
    link.waiter = None
    times = []
    for frame in pump.frames():
        assert (frame.state, frame.should_render, frame.xr_time) == (frames.ASLEEP, False, 0)
        assert not pump.begin()
        times.append(frame.time)
        link.wants_to_end = frame.index >= 6
    assert np.diff(times).min() >= 0.0
    assert np.diff(times).max() < 0.1


def test_time_never_goes_back_when_a_headset_falls_asleep(pumped):
    pump, link, _ = pumped
    waiter, times = link.waiter, []
    for frame in pump.frames():
        times.append(frame.time)
        if pump.begin():
            pump.end(0, None)
        link.waiter = None if 5 <= frame.index < 9 else waiter
        link.wants_to_end = frame.index >= 15
    assert all(b >= a for a, b in pairwise(times))


def test_nothing_is_begun_in_a_session_that_is_about_to_end(pumped):
    pump, link, runtime = pumped
    for frame in pump.frames():
        link.stopping = True
        assert not pump.begin()
        link.wants_to_end = frame.index >= 2
    assert runtime.order.count("begin") == 0
