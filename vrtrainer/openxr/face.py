"""The face, from whichever extension the headset has: ARKit's 52 weights, and how they were come by.

How measured each is:

| extension | measured | inferred | absent, all NaN |
|---|---|---|---|
| XR_FB_face_tracking2 | cameras (data source visual) | a guess from the voice (data source audio) | not valid |
| XR_ANDROID_face_tracking | state tracking and valid | never | paused, stopped, or not valid |
| XR_HTC_facial_tracking | whichever of eyes and lips is active | never | both inactive |

Rule 1: what is not given, or in a region that the runtime is not confident of (`face_tables.SURE`), is NaN.
Rule 2: the voice is asked for only where the headset has no camera for the face: it is never scored, and less is heard.
Rule 3: where the eyes look (`eyeLook…`) is gaze. It is filled while the runtime says that it is valid; the tracker's
        door drops it without consent, and nothing scores it.
Rule 4: structures, arrays and views are made once; a reading is one call (HTC: two), one gather and one weighted sum.
"""

import contextlib
import ctypes

import numpy as np
import xr

from vrtrainer.human.observation import ABSENT, INFERRED, MEASURED
from vrtrainer.openxr import face_tables as tables
from vrtrainer.openxr.calls import CallError, InstanceLostError, SessionLostError

FB, ANDROID, HTC = "XR_FB_face_tracking2", "XR_ANDROID_face_tracking", "XR_HTC_facial_tracking"
EXTENSIONS = (FB, ANDROID, HTC)
"""In the order in which they are tried."""
LOST = (SessionLostError, InstanceLostError)


def names_of(enum):
    """Names of an enumeration's entries in the order of their values, without counts."""
    members = sorted((m for m in enum if m.value >= 0 and m.name not in ("COUNT", "NONE")), key=lambda m: m.value)
    return tuple(m.name for m in members)


def system_says(link, properties):
    """Have the system fill a structure that extends XrSystemProperties.

    Parameters
    ----------
    link : Link
    properties : ctypes structure

    Returns
    -------
    bool
        False where the runtime could not say.
    """
    whole = xr.SystemProperties()
    whole.next = ctypes.cast(ctypes.pointer(properties), ctypes.c_void_p)
    try:
        link.calls.xrGetSystemProperties(link.instance, link.system, ctypes.byref(whole))
    except LOST:
        raise
    except CallError:
        return False
    return True


class _Sheet:
    """Weights of one tracker: the memory that the runtime writes, and what becomes of it."""

    def __init__(self, table, names):
        self.count = len(names)
        self.memory = (ctypes.c_float * self.count)()
        self._raw = np.frombuffer(self.memory, np.float32)
        self._wide = np.zeros(self.count + 1)  # ends in the 0 that rows of fewer than four terms point at
        self.given, self._places, self._shares = tables.sums(table, names)
        self._terms = np.zeros(self._places.shape)
        self._out = np.zeros(len(self.given))

    def fill(self, face):
        """Write the weights that this tracker gives."""
        self._wide[:-1] = self._raw
        np.take(self._wide, self._places, out=self._terms, mode="clip")  # "raise" would allocate
        np.multiply(self._terms, self._shares, out=self._terms)
        np.sum(self._terms, axis=1, out=self._out)
        # Rounding in a sum of quarters, and HTC's jaw, can pass 1. What is no number stays none.
        np.clip(self._out, 0.0, 1.0, out=self._out)
        face[self.given] = self._out


def _drop_unsure(face, confidences, regions):
    for confidence, rows in zip(confidences, regions, strict=True):
        if not confidence >= tables.SURE:  # NaN too
            face[rows] = np.nan


class FbReader:
    """XR_FB_face_tracking2. Raises `CallError` where there can be no tracker."""

    extension = FB

    def __init__(self, link, source):
        self._calls = link.calls
        self._tracker = xr.FaceTracker2FB()
        wanted = (ctypes.c_int * 1)(source.value)
        info = xr.FaceTrackerCreateInfo2FB(requested_data_source_count=1, requested_data_sources=wanted)
        self._calls.xrCreateFaceTracker2FB(link.session, ctypes.byref(info), ctypes.byref(self._tracker))
        self._sheet = _Sheet(tables.FB, names_of(xr.FaceExpression2FB))
        self._confidences = (ctypes.c_float * 2)()
        self._weights = xr.FaceExpressionWeights2FB(
            weight_count=self._sheet.count,
            weights=self._sheet.memory,
            confidence_count=2,
            confidences=self._confidences,
        )
        self._info = xr.FaceExpressionInfo2FB()
        self._at, self._how_to = ctypes.byref(self._weights), ctypes.byref(self._info)
        self._get = self._calls.xrGetFaceExpressionWeights2FB
        self._audio = xr.FaceTrackingDataSource2FB.AUDIO.value

    def read(self, xr_time, face):
        """Fill the face for a time.

        Parameters
        ----------
        xr_time : int
            XrTime, ns.
        face : ndarray, shape (52,)
            float64, written in place.

        Returns
        -------
        how : int
            ABSENT, INFERRED or MEASURED.
        sample_ns : int
            XrTime of the sample, 0 where it is not known.

        Raises
        ------
        CallError
            Only where session or instance is lost.
        """
        weights = self._weights
        self._info.time = xr_time
        if not answered(self._get, self._tracker, self._how_to, self._at) or not weights.is_valid:
            face.fill(np.nan)
            return ABSENT, 0
        self._sheet.fill(face)
        if not weights.is_eye_following_blendshapes_valid:
            face[tables.LOOKS] = np.nan
        _drop_unsure(face, self._confidences, (tables.LOWER, tables.UPPER))  # order of XrFaceConfidence2FB
        return INFERRED if weights._data_source == self._audio else MEASURED, weights.time

    def close(self):
        """Destroy the tracker, where its session still lives."""
        self._tracker = destroyed(self._calls, "xrDestroyFaceTracker2FB", self._tracker)


class AndroidReader:
    """XR_ANDROID_face_tracking. Raises `CallError` where there can be no tracker, or no permission."""

    extension = ANDROID

    def __init__(self, link):
        self._calls = link.calls
        self._tracker = xr.FaceTrackerANDROID()
        info = xr.FaceTrackerCreateInfoANDROID()
        self._calls.xrCreateFaceTrackerANDROID(link.session, ctypes.byref(info), ctypes.byref(self._tracker))
        self._sheet = _Sheet(tables.ANDROID, names_of(xr.FaceParameterIndicesANDROID))
        self._confidences = (ctypes.c_float * 3)()
        self._state = xr.FaceStateANDROID()
        self._state.parameters_capacity_input = self._sheet.count
        self._state.parameters = ctypes.cast(self._sheet.memory, ctypes.POINTER(ctypes.c_float))
        self._state.region_confidences_capacity_input = 3
        self._state.region_confidences = ctypes.cast(self._confidences, ctypes.POINTER(ctypes.c_float))
        self._info = xr.FaceStateGetInfoANDROID()
        self._at, self._how_to = ctypes.byref(self._state), ctypes.byref(self._info)
        self._get = self._calls.xrGetFaceStateANDROID
        self._tracking = xr.FaceTrackingStateANDROID.TRACKING.value

    def read(self, xr_time, face):
        """As `FbReader.read`."""
        state = self._state
        self._info.time = xr_time
        came = answered(self._get, self._tracker, self._how_to, self._at)
        # A paused tracker may call an old face valid: it is not this frame's.
        if not came or not state.is_valid or state._face_tracking_state != self._tracking:
            face.fill(np.nan)
            return ABSENT, 0
        self._sheet.fill(face)
        if state.region_confidences_count_output == 3:  # order of XrFaceConfidenceRegionsANDROID
            _drop_unsure(face, self._confidences, (tables.LOWER, tables.UPPER_LEFT, tables.UPPER_RIGHT))
        return MEASURED, state.sample_time

    def close(self):
        """Destroy the tracker, where its session still lives."""
        self._tracker = destroyed(self._calls, "xrDestroyFaceTrackerANDROID", self._tracker)


class _HtcHalf:
    """Eyes or lips, each a tracker of its own."""

    def __init__(self, link, kind, table, enum):
        self._calls = link.calls
        self._tracker = xr.FacialTrackerHTC()
        info = xr.FacialTrackerCreateInfoHTC(facial_tracking_type=kind)
        self._calls.xrCreateFacialTrackerHTC(link.session, ctypes.byref(info), ctypes.byref(self._tracker))
        self._sheet = _Sheet(table, names_of(enum))
        self._expressions = xr.FacialExpressionsHTC(
            expression_count=self._sheet.count, expression_weightings=self._sheet.memory
        )
        self._at = ctypes.byref(self._expressions)
        self._get = self._calls.xrGetFacialExpressionsHTC

    def read(self, face):
        """Fill what is given; XrTime of the sample, or None while inactive."""
        if not answered(self._get, self._tracker, self._at) or not self._expressions.is_active:
            return None
        self._sheet.fill(face)
        return self._expressions.sample_time

    def close(self):
        self._tracker = destroyed(self._calls, "xrDestroyFacialTrackerHTC", self._tracker)


class HtcReader:
    """XR_HTC_facial_tracking: eyes, lips or both."""

    extension = HTC

    def __init__(self, halves):
        self._halves = halves

    def read(self, xr_time, face):
        """As `FbReader.read`; the runtime chooses the time, and the older of two samples' times is answered."""
        face.fill(np.nan)
        oldest = None
        for half in self._halves:
            sampled = half.read(face)
            if sampled is not None:
                oldest = sampled if oldest is None else min(oldest, sampled)
        return (ABSENT, 0) if oldest is None else (MEASURED, oldest)

    def close(self):
        """Destroy the trackers, where their session still lives."""
        for half in self._halves:
            half.close()


def answered(function, *arguments):
    """Whether a call succeeded: what fails this once (a service that is not ready) leaves nothing for now."""
    try:
        function(*arguments)
    except LOST:
        raise
    except CallError:
        return False
    return True


def destroyed(calls, name, tracker):
    """None, after a tracker was destroyed; one that went with its session is gone already."""
    if tracker is not None:
        with contextlib.suppress(CallError):
            getattr(calls, name)(tracker)


def _fb(link):
    says = xr.SystemFaceTrackingProperties2FB()
    if not system_says(link, says):
        return None
    source = xr.FaceTrackingDataSource2FB
    if says.supports_visual_face_tracking:
        return FbReader(link, source.VISUAL)
    return FbReader(link, source.AUDIO) if says.supports_audio_face_tracking else None


def _android(link):
    says = xr.SystemFaceTrackingPropertiesANDROID()
    return AndroidReader(link) if system_says(link, says) and says.supports_face_tracking else None


def _htc(link):
    says = xr.SystemFacialTrackingPropertiesHTC()
    if not system_says(link, says):
        return None
    kinds = xr.FacialTrackingTypeHTC
    halves = []
    for supported, kind, table, enum in (
        (says.support_eye_facial_tracking, kinds.EYE_DEFAULT, tables.HTC_EYE, xr.EyeExpressionHTC),
        (says.support_lip_facial_tracking, kinds.LIP_DEFAULT, tables.HTC_LIP, xr.LipExpressionHTC),
    ):
        if supported:
            try:
                halves.append(_HtcHalf(link, kind, table, enum))
            except LOST:
                raise
            except CallError:
                continue  # the other half may do
    return HtcReader(tuple(halves)) if halves else None


def first_of(openers, link):
    """The first reader that can be had, of pairs (extension, function of the link); None where none can."""
    for name, opener in openers:
        if name not in link.extensions:
            continue
        try:
            reader = opener(link)
        except LOST:
            raise
        except CallError:
            continue
        if reader is not None:
            return reader
    return None


_OPENERS = ((FB, _fb), (ANDROID, _android), (HTC, _htc))


def opened(link):
    """A reader of the first extension that is enabled and that the system has; makes its tracker.

    Parameters
    ----------
    link : Link
        With `instance`, `system`, `session`, `calls` and `extensions`.

    Returns
    -------
    FbReader, AndroidReader, HtcReader or None
        None where the headset has no face tracking, or does not allow it.

    Raises
    ------
    CallError
        Only where session or instance is lost.
    """
    return first_of(_OPENERS, link)
