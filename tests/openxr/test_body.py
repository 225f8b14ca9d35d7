"""Bodies from the runtime's memory to rows of an observation, through the seam that `seam` names."""

import ctypes

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.openxr.seam import LOST, UNSUPPORTED, chained, link, made, xr
from vrtrainer.human import rotations
from vrtrainer.human.body import of_height
from vrtrainer.human.observation import ABSENT, INFERRED, MEASURED, MODELLED
from vrtrainer.human.skeleton import INDEX, JOINTS, PARTS, J, indices
from vrtrainer.openxr import body, body_tables
from vrtrainer.openxr.calls import SessionLostError

VALID, TRACKED = body.PLACED | body.TURNED, body.PLACE_TRACKED | body.TURN_TRACKED
ALL = VALID | TRACKED
REST = of_height(1.7).rest_positions()
META_NAMES = body.names_of(xr.FullBodyJointMETA)


def random_turns(n, seed):
    return rotations.normalise(np.random.default_rng(seed).normal(size=(n, 4)))


def same(a, b, tolerance=1e-3):
    return np.all(rotations.angle_between(a, b) < tolerance)


class Runtime:
    """What a runtime answers: joints by our names, in ours or any other axes; change its fields.

    `axes` is what each of its joints is turned by in the T-pose, `heading` where its published T-pose faces.
    """

    table, count = body_tables.META, 84

    def __init__(self, axes=None, heading=rotations.IDENTITY, fidelity=True):
        self.names = tuple(self.table)
        self.axes = np.tile(rotations.IDENTITY, (len(self.names), 1)) if axes is None else axes
        self.heading = np.asarray(heading, float)
        self.at = REST[[INDEX[n] for n in self.names]]
        self.turned = np.tile(rotations.IDENTITY, (len(self.names), 1))
        self.flags = np.full(len(self.names), ALL)
        self.active, self.confidence, self.fidelity, self.changed, self.result = 1, 1.0, 2, 0, 0
        self.skeleton_result, self.asked_skeleton, self.asked_fidelity, self.destroyed = 0, 0, None, 0
        self.skeleton_at = self.at
        self.set = None
        extensions = [body.FB, body.FULL_BODY] + [body.FIDELITY] * fidelity
        self.link = link(
            extensions,
            {
                xr.SystemBodyTrackingPropertiesFB: {"supports_body_tracking": 1},
                xr.SystemPropertiesBodyTrackingFullBodyMETA: {"supports_full_body_tracking": 1},
            },
            xrCreateBodyTrackerFB=self.create,
            xrDestroyBodyTrackerFB=self.destroy,
            xrRequestBodyTrackingFidelityMETA=self.request,
            xrLocateBodyJointsFB=self.locate,
            xrGetBodySkeletonFB=self.skeleton,
        )

    def create(self, session, info, out):
        self.set = info.contents._body_joint_set
        return made(out)

    def destroy(self, tracker):
        self.destroyed += 1
        return 0

    def request(self, tracker, fidelity):
        self.asked_fidelity = fidelity
        return 0

    def put(self, joints, positions, turned, flags=None):
        order = body.names_of(self.enum())
        for i, name in enumerate(self.names):
            one = joints[order.index(self.table[name])]
            one.pose.position.x, one.pose.position.y, one.pose.position.z = positions[i]
            q = one.pose.orientation
            q.x, q.y, q.z, q.w = turned[i]
            if flags is not None:
                one._location_flags = int(flags[i])

    def enum(self):
        return xr.FullBodyJointMETA

    def locate(self, tracker, info, out):
        one = out.contents
        assert one.joint_count == self.count
        if self.result:
            return self.result
        self.put(one._joint_locations, self.at, rotations.multiply(self.turned, self.axes), self.flags)
        one.is_active, one.confidence, one.skeleton_changed_count = self.active, self.confidence, self.changed
        one.time = info.contents.time - 5
        status = chained(one, xr.BodyTrackingFidelityStatusMETA)
        if status is not None:
            status._fidelity = self.fidelity
        return 0

    def skeleton(self, tracker, out):
        self.asked_skeleton += 1
        assert out.contents.joint_count == self.count
        if self.skeleton_result:
            return self.skeleton_result
        positions = rotations.rotate(self.heading, self.skeleton_at)
        self.put(out.contents._joints, positions, rotations.multiply(self.heading, self.axes))
        return 0


class Worn:
    """What a runtime with worn trackers answers: BD or HTC."""

    def __init__(self, maker):
        self.maker = maker
        self.table = getattr(body_tables, maker)
        self.order = body.names_of(getattr(xr, f"BodyJoint{maker}"))
        self.names = tuple(self.table)
        self.at = REST[[INDEX[n] for n in self.names]]
        self.turned = np.tile(rotations.IDENTITY, (len(self.names), 1))
        self.flags = np.full(len(self.names), ALL)
        self.confidence, self.result, self.destroyed = 2, 0, 0
        kind = getattr(xr, f"SystemBodyTrackingProperties{maker}")
        self.link = link(
            [getattr(body, maker)],
            {kind: {"supports_body_tracking": 1}},
            **{
                f"xrCreateBodyTracker{maker}": lambda session, info, out: made(out),
                f"xrDestroyBodyTracker{maker}": self.destroy,
                f"xrLocateBodyJoints{maker}": self.locate,
            },
        )

    def destroy(self, tracker):
        self.destroyed += 1
        return 0

    def locate(self, tracker, info, out):
        one = out.contents
        assert one.joint_location_count == len(self.order)
        if self.result:
            return self.result
        for i, name in enumerate(self.names):
            joint = one._joint_locations[self.order.index(self.table[name])]
            joint.pose.position.x, joint.pose.position.y, joint.pose.position.z = self.at[i]
            q = joint.pose.orientation
            q.x, q.y, q.z, q.w = self.turned[i]
            joint._location_flags = int(self.flags[i])
        if self.maker == "HTC":
            one._confidence_level = self.confidence
        return 0


class Upper(Runtime):
    """A runtime without legs."""

    table, count = body_tables.FB, 70

    def __init__(self, **options):
        super().__init__(**options)
        self.link.extensions = frozenset([body.FB])

    def enum(self):
        return xr.BodyJointFB


def rows():
    return np.full((J, 3), 7.0), np.full((J, 4), 7.0), np.full(J, 9, np.uint8)


def read(runtime, keep=None, reader=None):
    positions, turned, how = rows()
    reader = reader or body.opened(runtime.link)
    sample = reader.read(1_000, xr.Space(), positions, turned, how, keep)
    return sample, positions, turned, how


def places(runtime):
    return np.array([INDEX[n] for n in runtime.names])


QUARTERS = [rotations.from_axis_angle([0, 1.0, 0], a) for a in (0, np.pi / 2, np.pi)]
QUARTERS += [rotations.from_axis_angle([1.0, 0, 0], np.pi / 2)]


def test_tables_and_bindings_name_the_same_joints():
    for table, enum in (
        (body_tables.FB, xr.BodyJointFB),
        (body_tables.META, xr.FullBodyJointMETA),
        (body_tables.BD, xr.BodyJointBD),
        (body_tables.HTC, xr.BodyJointHTC),
    ):
        assert set(table.values()) <= set(body.names_of(enum))


@pytest.mark.parametrize("heading", QUARTERS, ids=["ahead", "left", "back", "lying"])
@pytest.mark.parametrize("kind", [Runtime, Upper])
def test_a_t_pose_is_the_identity_whatever_axes_the_runtime_has(kind, heading):
    runtime = kind(axes=random_turns(len(kind.table), 3), heading=heading)
    sample, positions, turned, _ = read(runtime)
    mine = places(runtime)
    assert sample == 995
    assert np.allclose(positions[mine], runtime.at, atol=1e-6)
    assert same(turned[mine], rotations.IDENTITY)


@given(st.integers(0, 200))
def test_a_turned_joint_is_turned_by_what_it_was_turned(seed):
    runtime = Runtime(axes=random_turns(len(body_tables.META), seed), heading=QUARTERS[seed % 4])
    runtime.turned = random_turns(len(runtime.names), seed + 1)
    _, _, turned, _ = read(runtime)
    assert same(turned[places(runtime)], runtime.turned)


@pytest.mark.parametrize("maker", ["BD", "HTC"])
def test_worn_trackers_are_taken_as_their_specification_has_them(maker):
    runtime = Worn(maker)
    runtime.turned = random_turns(len(runtime.names), 5)
    sample, positions, turned, how = read(runtime)
    mine = places(runtime)
    assert sample == 0
    assert same(turned[mine], runtime.turned)
    assert np.allclose(positions[mine], runtime.at, atol=1e-6)
    assert (how[mine] == MEASURED).all()


def test_palms_that_face_ahead_in_the_published_t_pose_are_not_taken_for_palms_down():
    runtime = Runtime()
    # The hand turned a quarter about the arm: thumbs up, palms ahead, and the runtime's axes turned along.
    for side, sign in (("left", -1.0), ("right", 1.0)):
        ahead = rotations.from_axis_angle([1.0, 0, 0], np.pi / 2)
        hand = [runtime.names.index(n) for n in PARTS[f"{side}Hand"]]
        wrist = runtime.at[runtime.names.index(f"{side}Hand")]
        assert sign * wrist[0] > 0
        runtime.skeleton_at = runtime.skeleton_at.copy()
        runtime.skeleton_at[hand] = wrist + rotations.rotate(ahead, runtime.at[hand] - wrist)
        runtime.axes[hand] = ahead
    # Now the person holds the palms down: the runtime's joint is not turned at all.
    runtime.turned = rotations.inverse(runtime.axes)
    _, _, turned, _ = read(runtime)
    hands = indices("@Hand", "@Palm", "@IndexProximal")
    assert same(turned[hands], rotations.IDENTITY)


def test_without_a_t_pose_rotations_are_nan_and_positions_are_there():
    for runtime in (Runtime(), Runtime()):
        runtime.skeleton_result = UNSUPPORTED
        _, positions, turned, how = read(runtime)
        mine = places(runtime)
        assert np.isnan(turned[mine]).all()
        assert np.isfinite(positions[mine]).all()
        assert how[INDEX["leftLowerArm"]] == MEASURED


def test_a_body_with_hanging_arms_is_no_t_pose():
    runtime = Runtime()
    runtime.skeleton_at = runtime.at.copy()
    for side in ("left", "right"):
        arm = [runtime.names.index(n) for n in (f"{side}LowerArm", *PARTS[f"{side}Hand"])]
        shoulder = runtime.at[runtime.names.index(f"{side}UpperArm")]
        down = rotations.from_axis_angle([0, 0, 1.0], np.radians(75 if side == "left" else -75))
        runtime.skeleton_at[arm] = shoulder + rotations.rotate(down, runtime.at[arm] - shoulder)
    _, positions, turned, _ = read(runtime)
    assert np.isnan(turned[places(runtime)]).all()
    assert np.isfinite(positions[places(runtime)]).all()


def test_a_place_without_a_rotation_is_a_place():
    runtime = Worn("BD")
    runtime.flags[:] = body.PLACED | body.PLACE_TRACKED
    runtime.turned = np.zeros((len(runtime.names), 4))
    _, positions, turned, how = read(runtime)
    mine = places(runtime)
    assert (how[mine] == MEASURED).all()
    assert np.isfinite(positions[mine]).all()
    assert np.isnan(turned[mine]).all()


def test_zeros_are_no_t_pose_and_it_is_asked_for_again():
    runtime = Runtime(axes=random_turns(len(body_tables.META), 1))
    good, runtime.skeleton_at = runtime.skeleton_at, np.zeros_like(runtime.at)
    reader = body.opened(runtime.link)
    for _ in range(10):
        assert np.isnan(read(runtime, reader=reader)[2][INDEX["head"]]).all()
    assert runtime.asked_skeleton == 1  # not at every frame
    runtime.skeleton_at = good
    for _ in range(100):
        read(runtime, reader=reader)
    assert runtime.asked_skeleton == 2
    assert same(read(runtime, reader=reader)[2][places(runtime)], rotations.IDENTITY)


def test_a_skeleton_is_asked_for_again_when_it_has_changed():
    runtime = Runtime()
    reader = body.opened(runtime.link)
    for _ in range(5):
        read(runtime, reader=reader)
    assert runtime.asked_skeleton == 1
    runtime.changed, runtime.axes = 1, random_turns(len(runtime.names), 9)
    assert same(read(runtime, reader=reader)[2][places(runtime)], rotations.IDENTITY)
    assert runtime.asked_skeleton == 2


flags = st.lists(st.integers(0, ALL), min_size=69, max_size=72)


def is_tracked(flags):
    """The place, and the rotation where one is given."""
    return bool(flags & body.PLACE_TRACKED) and bool(flags & body.TURN_TRACKED or not flags & body.TURNED)


@given(flags, st.floats(0, 1, width=32), st.sampled_from([1, 2]))
def test_flags_fidelity_and_confidence_say_how(flags, confidence, fidelity):
    runtime = Runtime()
    n = len(runtime.names)
    runtime.flags = np.resize(np.array(flags), n)
    runtime.confidence, runtime.fidelity = confidence, fidelity
    _, positions, turned, how = read(runtime)
    for i, name in enumerate(runtime.names):
        given_, at = how[INDEX[name]], INDEX[name]
        assert np.isfinite(turned[at]).all() == (runtime.flags[i] & VALID == VALID)
        if not runtime.flags[i] & body.PLACED:
            assert given_ == ABSENT
            assert np.isnan(positions[at]).all()
            continue
        assert given_ == body_tables.meta_how(name, is_tracked(runtime.flags[i]), fidelity == 2, confidence)
        assert np.isfinite(positions[at]).all()


@given(flags, st.integers(0, 2), st.sampled_from(["BD", "HTC"]))
def test_flags_of_worn_trackers_say_how(flags, confidence, maker):
    runtime = Worn(maker)
    runtime.flags, runtime.confidence = np.array(flags)[: len(runtime.names)], confidence
    _, _, _, how = read(runtime)
    for flag, name in zip(runtime.flags, runtime.names, strict=True):
        if not flag & body.PLACED:
            assert how[INDEX[name]] == ABSENT
        else:
            tracked = is_tracked(flag)
            want = body_tables.worn_how(tracked) if maker == "BD" else body_tables.htc_how(tracked, confidence)
            assert how[INDEX[name]] == want


def test_legs_are_never_measured_by_meta():
    _, _, _, how = read(Runtime())
    legs = indices(*PARTS["leftLeg"], *PARTS["rightLeg"], "hips")
    assert (how[legs] == MODELLED).all()
    assert how[INDEX["leftLowerArm"]] == MEASURED
    assert how[INDEX["leftIndexTip"]] == INFERRED


def test_a_runtime_that_does_not_tell_its_fidelity_measures_no_elbow():
    runtime = Runtime(fidelity=False)
    _, _, _, how = read(runtime)
    assert how[INDEX["leftLowerArm"]] == INFERRED
    assert how[INDEX["leftHand"]] == how[INDEX["head"]] == MEASURED
    assert runtime.asked_fidelity is None


def test_high_fidelity_and_legs_are_asked_for():
    runtime = Runtime()
    assert body.opened(runtime.link).extension == body.FB
    assert runtime.asked_fidelity == xr.BodyTrackingFidelityMETA.HIGH.value
    assert runtime.set == xr.BodyJointSetFB.FULL_BODY_M.value
    upper = Upper()
    body.opened(upper.link)
    assert upper.set == xr.BodyJointSetFB.DEFAULT.value


def test_rows_of_joints_that_are_not_given_are_left_alone():
    for runtime in (Upper(), Worn("BD"), Worn("HTC")):
        _, positions, turned, how = read(runtime)
        others = np.setdiff1d(np.arange(J), places(runtime))
        assert len(others)
        assert (positions[others] == 7).all()
        assert (turned[others] == 7).all()
        assert (how[others] == 9).all()


@given(st.sets(st.sampled_from(JOINTS)), st.booleans())
def test_rows_to_keep_are_kept(names, active):
    runtime = Runtime()
    runtime.active = int(active)
    keep = np.zeros(J, bool)
    keep[[INDEX[n] for n in names]] = True
    _, positions, turned, how = read(runtime, keep)
    assert (positions[keep] == 7).all()
    assert (turned[keep] == 7).all()
    assert (how[keep] == 9).all()
    rest = np.intersect1d(np.flatnonzero(~keep), places(runtime))
    assert ((how[rest] > ABSENT) == active).all()


def test_a_body_that_is_not_active_is_absent():
    runtime = Runtime()
    reader = body.opened(runtime.link)
    read(runtime, reader=reader)
    for field, value in (("active", 0), ("result", UNSUPPORTED)):
        setattr(runtime, field, value)
        sample, positions, turned, how = read(runtime, reader=reader)
        mine = places(runtime)
        assert sample == 0
        assert (how[mine] == ABSENT).all()
        assert np.isnan(positions[mine]).all()
        assert np.isnan(turned[mine]).all()


@pytest.mark.parametrize("bad", ["zero rotation", "no number", "infinite"])
def test_a_fault_makes_its_joint_absent_and_no_other(bad):
    runtime = Worn("BD")
    runtime.turned, runtime.at = runtime.turned.copy(), runtime.at.copy()
    i = runtime.names.index("leftHand")
    if bad == "zero rotation":
        runtime.turned[i] = 0
    else:
        runtime.at[i, 1] = np.nan if bad == "no number" else np.inf
    _, positions, turned, how = read(runtime)
    mine = places(runtime)
    assert [JOINTS[j] for j in mine if how[j] == ABSENT] == ["leftHand"]
    assert np.isnan(positions[INDEX["leftHand"]]).all()
    assert np.isnan(turned[INDEX["leftHand"]]).all()


def test_a_lost_session_is_told():
    runtime = Runtime()
    reader = body.opened(runtime.link)
    runtime.result = LOST
    with pytest.raises(SessionLostError):
        read(runtime, reader=reader)


def test_there_is_no_reader_where_the_system_follows_no_body():
    assert body.opened(link([], {})) is None
    assert body.opened(link([body.FB, body.BD, body.HTC], {})) is None
    runtime = Worn("HTC")
    refusing = link([], {}, xrCreateBodyTrackerHTC=lambda *_: UNSUPPORTED)
    runtime.link.calls.xrCreateBodyTrackerHTC = refusing.calls.xrCreateBodyTrackerHTC
    assert body.opened(runtime.link) is None


def test_a_runtime_that_refuses_legs_still_gives_the_upper_body():
    runtime = Upper()
    runtime.link.extensions = frozenset([body.FB, body.FULL_BODY])
    full = xr.BodyJointSetFB.FULL_BODY_M.value
    picky = link(
        [], {}, xrCreateBodyTrackerFB=lambda s, info, out: -1 if info.contents._body_joint_set == full else made(out)
    )
    runtime.link.calls.xrCreateBodyTrackerFB = picky.calls.xrCreateBodyTrackerFB
    _, _, _, how = read(runtime)
    assert how[INDEX["leftLowerLeg"]] == 9
    assert how[INDEX["leftHand"]] == MEASURED


def test_closing_destroys_the_tracker_once():
    for runtime in (Runtime(), Worn("BD"), Worn("HTC")):
        reader = body.opened(runtime.link)
        reader.close()
        reader.close()
        assert runtime.destroyed == 1


def test_the_runtime_writes_into_the_same_memory_at_every_reading():
    runtime = Worn("BD")
    where = []
    whole = runtime.link.calls.xrLocateBodyJointsBD

    def watched(tracker, info, out):
        where.append((ctypes.addressof(out._obj), ctypes.addressof(out._obj._joint_locations.contents)))
        return whole(tracker, info, out)

    runtime.link.calls.xrLocateBodyJointsBD = watched
    reader = body.opened(runtime.link)
    for _ in range(3):
        read(runtime, reader=reader)
    assert len(set(where)) == 1
