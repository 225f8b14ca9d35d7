"""One session as the layer sees it: its states, its frames, its spaces, and the floor that the child stands on."""

import ctypes
import time

import numpy as np
import xr

from vrtrainer.human import rotations
from vrtrainer.links.monado import memory
from vrtrainer.links.monado.states import States

_MOVED = frozenset(
    int(kind)
    for kind in (
        xr.ReferenceSpaceType.LOCAL,
        xr.ReferenceSpaceType.LOCAL_FLOOR,
        xr.ReferenceSpaceType.STAGE,
    )
)
"""Spaces that a recentring moves. STAGE too: on headsets whose stage follows the person it does."""
_VIEW = int(xr.ReferenceSpaceType.VIEW)
_REFERENCE = memory.offsets(xr.ReferenceSpaceCreateInfo)
_STILL_SECONDS = 1.0  # for which the place of one reference space in another is remembered
_GOOD = 3  # orientation and position valid


def raw_event(event):
    """The bytes of an event, to be copied into an application's buffer."""
    return bytes(memoryview(event).cast("B"))


def pose_of(values):
    """An XrPosef of a quaternion and a place."""
    q, p = values
    return xr.Posef(xr.Quaternionf(*map(float, q)), xr.Vector3f(*map(float, p)))


def placed(outer, inner):
    """The pose `outer * inner`, each a quaternion and a place."""
    return rotations.multiply(outer[0], inner[0]), outer[1] + rotations.rotate(outer[0], inner[1])


class Session:
    """Of one XrSession handle."""

    def __init__(self, layer, handle, headless):
        self._layer = layer
        self.handle = handle
        self.pointer = ctypes.cast(ctypes.c_void_p(handle), xr.Session)
        self.states = States(headless)
        if layer.ceiling != "focused":
            self.states.order(layer.ceiling, time.monotonic())
        self.waited = self.begun = self.stale = False
        self.display_time = 0
        self.references = {}  # the application's handle: its type, its offset, the handle below
        self.floor = None
        self._still = {}
        self._where = xr.SpaceLocation()
        self._where_at = ctypes.addressof(self._where)
        self._where_pose = np.frombuffer(memoryview(self._where).cast("B"), "<f4", 7, xr.SpaceLocation.pose.offset)
        self.recentred = (rotations.IDENTITY, np.zeros(3))
        self.running = False  # between the application's xrBeginSession and xrEndSession
        self.present = None  # as the application was told

    # Spaces

    def create_reference_space(self, info, out):
        """xrCreateReferenceSpace of the application."""
        result = self._layer.down("xrCreateReferenceSpace")(self.handle, info, out)
        if result >= 0:
            kind = memory.half(info + _REFERENCE["reference_space_type"])
            pose = np.frombuffer((ctypes.c_char * 28).from_address(info + _REFERENCE["pose_in_reference_space"]), "<f4")
            handle = memory.word(out)
            self.references[handle] = [kind, (pose[:4].astype(float), pose[4:].astype(float)), handle]
            if kind in _MOVED and self.recentred[0] is not rotations.IDENTITY:
                self._swap(handle)
        return result

    def destroy_space(self, handle):
        known = self.references.pop(handle, None)
        destroy = self._layer.down("xrDestroySpace")
        if known is not None and known[2] != handle:
            destroy(known[2])
        self._still.clear()
        return destroy(handle)

    def release(self):
        """Destroy what was made below for this layer's own ends."""
        own = [below for handle, (_, _, below) in self.references.items() if below != handle]
        for space in (*own, *([self.floor] if self.floor else [])):
            self._layer.down("xrDestroySpace")(space)
        self.floor = None
        self.references.clear()

    def below(self, space):
        """The handle that stands below for a space of the application."""
        known = self.references.get(space)
        return space if known is None else known[2]

    def is_view(self, space):
        known = self.references.get(space)
        return known is not None and known[0] == _VIEW

    def recentre(self, position, yaw):
        """The middle of the floor is elsewhere from now on: every space of the person's own moves there."""
        turn = rotations.from_axis_angle(np.array([0.0, 1.0, 0.0]), float(yaw))
        self.recentred = (turn, np.array([position[0], 0.0, position[1]], float))
        kinds = set()
        for handle, (kind, _, _) in self.references.items():
            if kind in _MOVED:
                self._swap(handle)
                kinds.add(kind)
        for kind in sorted(kinds):
            event = xr.EventDataReferenceSpaceChangePending(
                session=self.pointer,
                reference_space_type=xr.ReferenceSpaceType(kind),
                change_time=time.monotonic_ns(),
                pose_valid=True,
                pose_in_previous_space=pose_of(self.recentred),
            )
            self._layer.events.append(raw_event(event))

    def _swap(self, handle):
        known = self.references[handle]
        info = xr.ReferenceSpaceCreateInfo(
            reference_space_type=xr.ReferenceSpaceType(known[0]),
            pose_in_reference_space=pose_of(placed(self.recentred, known[1])),
        )
        out = ctypes.c_uint64()
        result = self._layer.down("xrCreateReferenceSpace")(self.handle, ctypes.addressof(info), ctypes.addressof(out))
        if result >= 0:
            if known[2] != handle:
                self._layer.down("xrDestroySpace")(known[2])
            known[2] = out.value
        self._still.clear()

    def floor_in(self, space, when):
        """Where the child's floor is in a space of the application: quaternion and place; None where nobody knows."""
        cached = self._still.get(space)
        now = time.monotonic()
        if cached is not None and now - cached[0] < _STILL_SECONDS:
            return cached[1]
        if self.floor is None and not self._make_floor():
            return None
        base = self.below(space)
        result = self._layer.down("xrLocateSpace")(self.floor, base, when, self._where_at)
        if result < 0 or self._where.location_flags & _GOOD != _GOOD:
            return None
        found = self._where_pose.astype(float)
        pose = (found[:4], found[4:])
        known = self.references.get(space)
        if known is not None and known[0] in _MOVED:
            self._still[space] = (now, pose)
        return pose

    def _make_floor(self):
        for kind in (xr.ReferenceSpaceType.STAGE, xr.ReferenceSpaceType.LOCAL_FLOOR, xr.ReferenceSpaceType.LOCAL):
            info = xr.ReferenceSpaceCreateInfo(reference_space_type=kind)
            out = ctypes.c_uint64()
            result = self._layer.down("xrCreateReferenceSpace")(
                self.handle, ctypes.addressof(info), ctypes.addressof(out)
            )
            if result >= 0:
                self.floor = out.value
                return True
        return False

    # Events

    def announce(self, live):
        """Turn what the states and the child's presence have to tell into events."""
        events = self._layer.events
        while self.states.events:
            event = xr.EventDataSessionStateChanged(
                session=self.pointer, state=xr.SessionState(self.states.events.pop(0)), time=time.monotonic_ns()
            )
            events.append(raw_event(event))
        if "XR_EXT_user_presence" in self._layer.enabled and self.running:
            present = bool(self._layer.cable.state.now["present"])
            if live and present != self.present:
                self.present = present
                events.append(
                    raw_event(xr.EventDataUserPresenceChangedEXT(session=self.pointer, is_user_present=present))
                )
