"""The body, from whichever extension the headset has: joints of our skeleton, and how they were come by.

How measured each is (`body_tables` has it joint by joint, docs/headset-mapping.md prints it):

| extension | measured | inferred | modelled |
|---|---|---|---|
| XR_FB_body_tracking | tracked: head, wrists, palms; trunk and arms with high fidelity | fingers; the untracked; \
confidence below 0.5 | hips and legs, which are generated; no confidence |
| XR_BD_body_tracking | tracked (worn trackers) | not tracked | never |
| XR_HTC_body_tracking | tracked (worn trackers), high confidence | not tracked; low confidence | no confidence |

Rule 1: a place that is not valid or not finite is absent, and so is a joint that is said to be turned by what is no
        rotation. Where only the place is valid, the rotation alone is NaN.
Rule 2: rotations are turned to this project's (identity in a T-pose that faces -Z) here and nowhere else.
        BD and HTC: the specification has every joint's axes as ours in the T-pose (+X right, +Y up, +Z back).
        FB: the specification fixes only the hands' axes, and runtimes are known to have others; so each joint is held
        against the T-pose that the runtime publishes (xrGetBodySkeletonFB), and without one rotations are NaN.
Rule 3: structures, arrays and views are made once; a reading is one call and a few operations over all joints.
"""

import ctypes

import numpy as np
import xr

from vrtrainer.human import rotations
from vrtrainer.human.observation import ABSENT
from vrtrainer.human.skeleton import INDEX, PARTS, REST_OFFSETS, SIDES
from vrtrainer.openxr import body_tables as tables
from vrtrainer.openxr.calls import CallError
from vrtrainer.openxr.face import LOST, answered, destroyed, first_of, names_of, system_says

FB, BD, HTC = "XR_FB_body_tracking", "XR_BD_body_tracking", "XR_HTC_body_tracking"
FULL_BODY, FIDELITY = "XR_META_body_tracking_full_body", "XR_META_body_tracking_fidelity"
EXTENSIONS = (FB, FULL_BODY, FIDELITY, BD, HTC)
"""FB, BD and HTC are tried in this order; the two of META add legs and cameras to FB."""
_BITS = xr.SpaceLocationFlags
PLACED, TURNED = int(_BITS.POSITION_VALID_BIT), int(_BITS.ORIENTATION_VALID_BIT)
PLACE_TRACKED, TURN_TRACKED = int(_BITS.POSITION_TRACKED_BIT), int(_BITS.ORIENTATION_TRACKED_BIT)
_LEVEL = np.cos(np.radians(35))  # arms that hang more than this are not a T-pose's
_ASK_AGAIN = 90  # readings between questions for a skeleton that the runtime does not have yet


def _layout(location):
    """The numpy view of a joint's location; the three extensions' structures are alike."""
    pose = location.pose.offset
    return np.dtype(
        {
            "names": ["flags", "rotation", "position"],
            "formats": ["<u8", ("<f4", 4), ("<f4", 3)],
            "offsets": [0, pose + xr.Posef.orientation.offset, pose + xr.Posef.position.offset],
            "itemsize": ctypes.sizeof(location),
        }
    )


def _turns(corrections):
    """Right-hand products with constant rotations as matrices: `q @ turns[i]` is q times the i-th; shape (n, 4, 4)."""
    return rotations.multiply(np.eye(4)[None], corrections[:, None, :])


class _Body:
    """What the three readers share: memory, and the way from it to rows of an observation."""

    def __init__(self, table, names, location, count):
        where = {name: i for i, name in enumerate(names)}
        self.names = tuple(table)
        self.joints = np.array([INDEX[name] for name in table])
        """Places among `skeleton.JOINTS` of the joints that this device gives."""
        self._from = np.array([where[name] for name in table.values()])
        self.count = count
        self.memory = (location * count)()
        self._raw = np.frombuffer(self.memory, _layout(location))
        n = len(table)
        self._turn = np.tile(np.eye(4), (n, 1, 1))
        self._flags = np.zeros(n, np.uint64)
        self._narrow = np.zeros((n, 1, 4), np.float32), np.zeros((n, 3), np.float32)
        self._measured = np.zeros((n, 1, 4))
        self._rotations = np.zeros((n, 1, 4))
        self._positions = np.zeros((n, 3))
        self._how = np.zeros(n, np.uint8)

    def turn_by(self, corrections):
        """Set the constant rotations (n, 4) that measured ones are multiplied with, from the right."""
        self._turn[:] = _turns(corrections)

    def fill(self, levels):
        """Take the memory over; `levels` (2, n) uint8 is how a joint is that is tracked, and that is not."""
        raw, narrow = self._raw, self._narrow
        np.take(raw["flags"], self._from, out=self._flags, mode="clip")
        np.take(raw["rotation"], self._from, axis=0, out=narrow[0][:, 0], mode="clip")
        np.take(raw["position"], self._from, axis=0, out=narrow[1], mode="clip")
        self._measured[:] = narrow[0]
        self._positions[:] = narrow[1]
        np.matmul(self._measured, self._turn, out=self._rotations)
        length = np.einsum("nij,nij->n", self._measured, self._measured)
        flags = self._flags
        turned = flags & TURNED != 0
        unit = np.abs(length - 1.0) < 0.1
        good = (flags & PLACED != 0) & (unit | ~turned) & np.isfinite(self._positions).all(axis=1)
        tracked = (flags & PLACE_TRACKED != 0) & ((flags & TURN_TRACKED != 0) | ~turned)
        np.copyto(self._how, np.where(tracked, levels[0], levels[1]))
        if not turned.all():
            self._rotations[~turned] = np.nan
        if not good.all():
            self._how[~good] = ABSENT
            self._positions[~good] = np.nan
            self._rotations[~good] = np.nan

    def none(self):
        """Nothing is known of the body now."""
        self._how.fill(ABSENT)
        self._positions.fill(np.nan)
        self._rotations.fill(np.nan)

    def write(self, positions, turned, how, keep):
        """Write the rows of the given joints, but for those to keep."""
        rows, mine = self.joints, slice(None)
        if keep is not None:
            mine = ~keep[rows]
            rows = rows[mine]
        positions[rows] = self._positions[mine]
        turned[rows] = self._rotations[mine, 0]
        how[rows] = self._how[mine]


def _levels(names, how):
    """Arrays (2, n) of how each joint is when tracked and when not, from a function of name and flag."""
    return np.array([[how(name, tracked) for name in names] for tracked in (True, False)], np.uint8)


# What a published T-pose says


def _hand_axes(at, side):
    """Axes of a hand by its knuckles: fingers outward are ∓X, the back of the hand is +Y."""
    sign = -1.0 if side == "left" else 1.0
    index, little, wrist = (at(f"{side}{n}") for n in ("IndexProximal", "LittleProximal", "Hand"))
    along = (index + little) / 2 - wrist
    return rotations.from_axes(along * sign, np.cross(along, index - little) * sign)


def _rest_at(name):
    """Where a hand's joint is at rest, from the wrist; proximal joints hang off it."""
    return np.zeros(3) if name.endswith("Hand") else REST_OFFSETS[INDEX[name]]


def _along_axes(q):
    """The rotation by quarter turns that is nearest, if it is within 30 degrees."""
    quarter = np.rint(rotations.matrix(q))
    if abs(np.linalg.det(quarter) - 1.0) < 1e-6 and np.abs(quarter).sum() == 3:
        snapped = rotations.from_matrix(quarter)
        if rotations.angle_between(q, snapped) < np.radians(30):
            return snapped
    return q


def corrections(names, positions, turned):
    """What each joint's rotation is multiplied with, from the right, so that a T-pose is the identity.

    A runtime publishes its T-pose in axes of its own ("there is no relation to any space"): which way it faces is told
    by its shoulders and spine. Palms need not face down in it: how the hands lie is told by their knuckles.

    Parameters
    ----------
    names : sequence of str
        Joints of this project's skeleton, with both upper and lower arms, hips and neck.
    positions : ndarray, shape (n, 3)
        Of the T-pose, metres.
    turned : ndarray, shape (n, 4)
        Of the T-pose.

    Returns
    -------
    ndarray, shape (n, 4) or None
        None where this is no T-pose: a runtime that does not know the body yet gives zeros, or the body as it is.
    """
    where = {name: i for i, name in enumerate(names)}

    def at(name):
        return positions[where[name]]

    across, up = at("rightUpperArm") - at("leftUpperArm"), at("neck") - at("hips")
    lengths = np.einsum("ni,ni->n", turned, turned)
    wide, tall = np.linalg.norm(across), np.linalg.norm(up)
    if not (np.abs(lengths - 1.0) < 0.1).all() or not (wide > 0.05 and tall > 0.1):
        return None
    if abs(across @ up) > 0.5 * wide * tall:
        return None
    for side, outward in (("left", -across), ("right", across)):
        arm = at(f"{side}LowerArm") - at(f"{side}UpperArm")
        if not arm @ outward > _LEVEL * np.linalg.norm(arm) * wide:
            return None
    heading = _along_axes(rotations.from_axes(across, up))
    out = rotations.multiply(rotations.inverse(rotations.normalise(turned)), heading)
    for side in SIDES:
        if f"{side}IndexProximal" not in where:
            continue
        lies = rotations.multiply(rotations.inverse(heading), _hand_axes(at, side))
        lies = rotations.multiply(lies, rotations.inverse(_hand_axes(_rest_at, side)))
        mine = [where[n] for n in PARTS[f"{side}Hand"] if n in where]
        if np.isfinite(lies).all():
            out[mine] = rotations.multiply(out[mine], _along_axes(lies))
    return out


# Readers


class FbReader:
    """XR_FB_body_tracking, with legs and high fidelity where enabled. Raises `CallError` where there is no tracker."""

    extension = FB

    def __init__(self, link, full_body):
        self._calls = link.calls
        self._tracker = xr.BodyTrackerFB()
        which = xr.BodyJointSetFB.FULL_BODY_M if full_body else xr.BodyJointSetFB.DEFAULT
        info = xr.BodyTrackerCreateInfoFB()
        info._body_joint_set = which.value
        self._calls.xrCreateBodyTrackerFB(link.session, ctypes.byref(info), ctypes.byref(self._tracker))
        table, enum = (tables.META, xr.FullBodyJointMETA) if full_body else (tables.FB, xr.BodyJointFB)
        names = names_of(enum)
        self._body = _Body(table, names, xr.BodyJointLocationFB, len(names))
        self.names = self._body.names
        self._locations = xr.BodyJointLocationsFB(joint_count=self._body.count, joint_locations=self._body.memory)
        self._fidelity = None
        if FIDELITY in link.extensions:
            self._fidelity = xr.BodyTrackingFidelityStatusMETA()
            self._locations.next = ctypes.cast(ctypes.pointer(self._fidelity), ctypes.c_void_p)
            answered(
                self._calls.xrRequestBodyTrackingFidelityMETA, self._tracker, xr.BodyTrackingFidelityMETA.HIGH.value
            )
        self._info = xr.BodyJointsLocateInfoFB()
        self._at, self._how_to = ctypes.byref(self._locations), ctypes.byref(self._info)
        self._locate = self._calls.xrLocateBodyJointsFB
        self._high = xr.BodyTrackingFidelityMETA.HIGH.value
        self._levels = {
            (high, step): _levels(self.names, lambda n, t, h=high, c=c: tables.meta_how(n, t, h, c))
            for high in (False, True)
            for step, c in enumerate((0.0, tables.SURE / 2, 1.0))
        }
        self._skeleton_memory = (xr.BodySkeletonJointFB * self._body.count)()
        self._skeleton = xr.BodySkeletonFB(joint_count=self._body.count, joints=self._skeleton_memory)
        self._knows = None  # count of the skeleton that rotations are held against
        self._wait = 0

    def _learn_skeleton(self, changed):
        """Hold rotations against the skeleton as it is now; where there is none, ask again a while later."""
        if self._wait > 0:
            self._wait -= 1
            return
        self._wait = _ASK_AGAIN
        if not answered(self._calls.xrGetBodySkeletonFB, self._tracker, ctypes.byref(self._skeleton)):
            return
        poses = np.frombuffer(self._skeleton_memory, _skeleton_layout())
        found = corrections(
            self.names,
            poses["position"][self._body._from].astype(float),
            poses["rotation"][self._body._from].astype(float),
        )
        if found is not None:
            self._body.turn_by(found)
            self._knows, self._wait = changed, 0

    def read(self, xr_time, space, positions, turned, how, keep=None):
        """Fill the rows of the joints that this device gives.

        Parameters
        ----------
        xr_time : int
            XrTime, ns.
        space : xr.Space
            That positions and rotations are in.
        positions : ndarray, shape (J, 3)
            Metres, written in place.
        turned : ndarray, shape (J, 4)
            World rotations, written in place.
        how : ndarray, shape (J,)
            uint8, written in place.
        keep : ndarray, shape (J,), optional
            True where a row is not to be written: something better has filled it.

        Returns
        -------
        int
            XrTime of the sample, 0 where it is not known.

        Raises
        ------
        CallError
            Only where session or instance is lost.
        """
        body, locations = self._body, self._locations
        self._info.base_space, self._info.time = space, xr_time
        sampled = 0
        if answered(self._locate, self._tracker, self._how_to, self._at) and locations.is_active:
            if self._knows != locations.skeleton_changed_count:
                self._learn_skeleton(locations.skeleton_changed_count)
            high = self._fidelity is not None and self._fidelity._fidelity == self._high
            confidence = locations.confidence
            step = 0 if not confidence > 0 else 1 if confidence < tables.SURE else 2
            body.fill(self._levels[high, step])
            if self._knows is None:
                body._rotations.fill(np.nan)
            sampled = locations.time
        else:
            body.none()
        body.write(positions, turned, how, keep)
        return sampled

    def close(self):
        """Destroy the tracker, where its session still lives."""
        self._tracker = destroyed(self._calls, "xrDestroyBodyTrackerFB", self._tracker)


def _skeleton_layout():
    joint = xr.BodySkeletonJointFB
    pose = joint.pose.offset
    return np.dtype(
        {
            "names": ["rotation", "position"],
            "formats": [("<f4", 4), ("<f4", 3)],
            "offsets": [pose + xr.Posef.orientation.offset, pose + xr.Posef.position.offset],
            "itemsize": ctypes.sizeof(joint),
        }
    )


class BdReader:
    """XR_BD_body_tracking. Raises `CallError` where there is no tracker."""

    extension = BD

    def __init__(self, link):
        self._calls = link.calls
        self._tracker = xr.BodyTrackerBD()
        info = xr.BodyTrackerCreateInfoBD(joint_set=xr.BodyJointSetBD.FULL_BODY_JOINTS)
        self._calls.xrCreateBodyTrackerBD(link.session, ctypes.byref(info), ctypes.byref(self._tracker))
        names = names_of(xr.BodyJointBD)
        self._body = _Body(tables.BD, names, xr.BodyJointLocationBD, len(names))
        self.names = self._body.names
        self._locations = xr.BodyJointLocationsBD(
            joint_location_count=self._body.count, joint_locations=self._body.memory
        )
        self._info = xr.BodyJointsLocateInfoBD()
        self._at, self._how_to = ctypes.byref(self._locations), ctypes.byref(self._info)
        self._locate = self._calls.xrLocateBodyJointsBD
        self._levels = _levels(self.names, lambda _, tracked: tables.worn_how(tracked))

    def read(self, xr_time, space, positions, turned, how, keep=None):
        """As `FbReader.read`; when the sample was taken is not told."""
        self._info.base_space, self._info.time = space, xr_time
        if answered(self._locate, self._tracker, self._how_to, self._at):
            self._body.fill(self._levels)
        else:
            self._body.none()
        self._body.write(positions, turned, how, keep)
        return 0

    def close(self):
        """Destroy the tracker, where its session still lives."""
        self._tracker = destroyed(self._calls, "xrDestroyBodyTrackerBD", self._tracker)


class HtcReader:
    """XR_HTC_body_tracking. Raises `CallError` where there is no tracker."""

    extension = HTC

    def __init__(self, link):
        self._calls = link.calls
        self._tracker = xr.BodyTrackerHTC()
        info = xr.BodyTrackerCreateInfoHTC(body_joint_set=xr.BodyJointSetHTC.FULL)
        self._calls.xrCreateBodyTrackerHTC(link.session, ctypes.byref(info), ctypes.byref(self._tracker))
        names = names_of(xr.BodyJointHTC)
        self._body = _Body(tables.HTC, names, xr.BodyJointLocationHTC, len(names))
        self.names = self._body.names
        self._locations = xr.BodyJointLocationsHTC(
            joint_location_count=self._body.count, joint_locations=self._body.memory
        )
        self._info = xr.BodyJointsLocateInfoHTC()
        self._at, self._how_to = ctypes.byref(self._locations), ctypes.byref(self._info)
        self._locate = self._calls.xrLocateBodyJointsHTC
        self._levels = tuple(
            _levels(self.names, lambda _, tracked, c=c: tables.htc_how(tracked, c))
            for c in (tables.NO_CONFIDENCE, tables.LOW_CONFIDENCE, tables.HIGH_CONFIDENCE)
        )

    def read(self, xr_time, space, positions, turned, how, keep=None):
        """As `FbReader.read`; when the sample was taken is not told."""
        self._info.base_space, self._info.time = space, xr_time
        if answered(self._locate, self._tracker, self._how_to, self._at):
            confidence = self._locations._confidence_level
            self._body.fill(self._levels[confidence if confidence in (1, 2) else 0])
        else:
            self._body.none()
        self._body.write(positions, turned, how, keep)
        return 0

    def close(self):
        """Destroy the tracker, where its session still lives."""
        self._tracker = destroyed(self._calls, "xrDestroyBodyTrackerHTC", self._tracker)


def _fb(link):
    says = xr.SystemBodyTrackingPropertiesFB()
    if not system_says(link, says) or not says.supports_body_tracking:
        return None
    if FULL_BODY in link.extensions:
        more = xr.SystemPropertiesBodyTrackingFullBodyMETA()
        if system_says(link, more) and more.supports_full_body_tracking:
            try:
                return FbReader(link, full_body=True)
            except LOST:
                raise
            except CallError:
                pass  # the upper body alone may still be had
    return FbReader(link, full_body=False)


def _bd(link):
    says = xr.SystemBodyTrackingPropertiesBD()
    return BdReader(link) if system_says(link, says) and says.supports_body_tracking else None


def _htc(link):
    says = xr.SystemBodyTrackingPropertiesHTC()
    return HtcReader(link) if system_says(link, says) and says.supports_body_tracking else None


_OPENERS = ((FB, _fb), (BD, _bd), (HTC, _htc))


def opened(link):
    """A reader of the first extension that is enabled and that the system has; makes its tracker.

    Parameters
    ----------
    link : Link
        With `instance`, `system`, `session`, `calls` and `extensions`.

    Returns
    -------
    FbReader, BdReader, HtcReader or None
        None where the headset follows no body, or does not allow it.

    Raises
    ------
    CallError
        Only where session or instance is lost.
    """
    return first_of(_OPENERS, link)


def sees_elbows(link):
    """Whether this headset can measure elbows and shoulders, asked before there is a session.

    Parameters
    ----------
    link : Link

    Returns
    -------
    bool
        With XR_FB_body_tracking only where the cameras' high fidelity can be asked for: its low one models them.
    """
    for name, kind, field in (
        (FB, xr.SystemBodyTrackingPropertiesFB, "supports_body_tracking"),
        (BD, xr.SystemBodyTrackingPropertiesBD, "supports_body_tracking"),
        (HTC, xr.SystemBodyTrackingPropertiesHTC, "supports_body_tracking"),
    ):
        if name in link.extensions:
            properties = kind()
            if system_says(link, properties) and getattr(properties, field):
                return name != FB or FIDELITY in link.extensions
    return False
