"""Where the floor is and which way is ahead.

LOCAL_FLOOR where offered (core in OpenXR 1.1, XR_EXT_local_floor before): floor at 0, ahead as the wearer last set it.
Else STAGE, whose floor is real too; else LOCAL, whose floor is guessed at the eyes' usual height.
"""

import ctypes
import math

import numpy as np
import xr

from vrtrainer.openxr.calls import CallError

EYES_GUESSED = 1.25  # m above the floor, a seated adult's or a standing child's, where only LOCAL is offered
VALID = int(xr.SpaceLocationFlags.POSITION_VALID_BIT | xr.SpaceLocationFlags.ORIENTATION_VALID_BIT)
TRACKED = int(xr.SpaceLocationFlags.POSITION_TRACKED_BIT | xr.SpaceLocationFlags.ORIENTATION_TRACKED_BIT)
_ORDER = (xr.ReferenceSpaceType.LOCAL_FLOOR, xr.ReferenceSpaceType.STAGE, xr.ReferenceSpaceType.LOCAL)


class Location:
    """Memory for one located space: `pose` is a float32 view of 7 (quaternion x y z w, position), `flags` an int."""

    def __init__(self):
        self._location = xr.SpaceLocation()
        self.at = ctypes.byref(self._location)
        self.pose = np.frombuffer(self._location, np.float32, 7, type(self._location).pose.offset)

    @property
    def flags(self):
        return self._location._location_flags


class Spaces:
    """The reference spaces of one session.

    Parameters
    ----------
    session : xr.Session
    calls : Calls
    local_floor : bool
        Whether LOCAL_FLOOR may be asked for.
    """

    def __init__(self, session, calls, local_floor):
        self._session, self._calls = session, calls
        offered = {int(getattr(s, "value", s)) for s in xr.enumerate_reference_spaces(session)}
        usable = [s for s in _ORDER if s.value in offered and (local_floor or s is not _ORDER[0])]
        self.type = usable[0]
        self.floor_known = self.type is not xr.ReferenceSpaceType.LOCAL
        self._lift = 0.0 if self.floor_known else -EYES_GUESSED
        self.view = self._made(xr.ReferenceSpaceType.VIEW, 0.0, 0.0, 0.0, 0.0)
        self.base = self._made(self.type, 0.0, 0.0, 0.0, self._lift)
        self.offset = (0.0, 0.0, 0.0)
        """Where the base stands in the runtime's own space: x, z in metres, heading in radians about +Y."""
        self._plain = self.base
        self._head = Location()
        self._dropped = None

    def _made(self, kind, x, z, heading, lift):
        pose = xr.Posef(xr.Quaternionf(0.0, math.sin(heading / 2), 0.0, math.cos(heading / 2)), xr.Vector3f(x, lift, z))
        info = xr.ReferenceSpaceCreateInfo(reference_space_type=kind, pose_in_reference_space=pose)
        space = xr.Space()
        self._calls.xrCreateReferenceSpace(self._session, ctypes.byref(info), ctypes.byref(space))
        return space

    def boundary(self):
        """Width and depth of the play area in metres, None where none is set up."""
        extent = xr.Extent2Df()
        try:
            result = self._calls.xrGetReferenceSpaceBoundsRect(
                self._session, xr.ReferenceSpaceType.STAGE.value, ctypes.byref(extent)
            )
        except CallError:
            return None
        return (extent.width, extent.height) if result == 0 and extent.width > 0 else None

    def recentre(self, xr_time):
        """Put the base under the head, with the way it faces ahead. False while the head is not tracked."""
        self._calls.xrLocateSpace(self.view, self._plain, xr_time, self._head.at)
        if self._head.flags & VALID != VALID:
            return False
        x, y, z, w = (float(v) for v in self._head.pose[:4])
        forward = (-2 * (x * z + w * y), -1 + 2 * (x * x + y * y))  # of -Z, level: x and z
        if math.hypot(*forward) < 0.2:  # looks straight up or down: nothing says where ahead is
            return False
        heading = math.atan2(-forward[0], -forward[1])
        self._settle(float(self._head.pose[4]), float(self._head.pose[6]), heading)
        return True

    def plain(self):
        """Back to the runtime's own origin: the wearer has set it anew."""
        self._settle(0.0, 0.0, 0.0)

    def _settle(self, x, z, heading):
        old, self.base = self.base, self._made(self.type, x, z, heading, self._lift)
        self.offset = (x, z, heading)
        if old is not self._plain:
            self._calls.xrDestroySpace(old)
