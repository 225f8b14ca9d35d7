"""Faces from the runtime's memory to ARKit's weights, through the seam that `seam` names."""

import ctypes

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.openxr.seam import LOST, UNSUPPORTED, link, made, put, xr
from vrtrainer.human.face import INDEX, MIRROR, WEIGHTS
from vrtrainer.human.observation import ABSENT, INFERRED, MEASURED
from vrtrainer.openxr import face, face_tables
from vrtrainer.openxr.calls import SessionLostError

FB_NAMES = face.names_of(xr.FaceExpression2FB)
ANDROID_NAMES = face.names_of(xr.FaceParameterIndicesANDROID)
EYE_NAMES, LIP_NAMES = face.names_of(xr.EyeExpressionHTC), face.names_of(xr.LipExpressionHTC)
HTC_TABLE = face_tables.HTC_EYE | face_tables.HTC_LIP
GIVEN = np.array([name in HTC_TABLE for name in WEIGHTS])


class Fb:
    """What a runtime with XR_FB_face_tracking2 answers; change its fields."""

    def __init__(self, visual=1, audio=1):
        self.weights, self.confidences = np.zeros(70, np.float32), [1.0, 1.0]
        self.valid = self.eyes = 1
        self.source, self.result, self.asked, self.destroyed = 0, 0, None, 0
        supports = {
            xr.SystemFaceTrackingProperties2FB: {
                "supports_visual_face_tracking": visual,
                "supports_audio_face_tracking": audio,
            }
        }
        self.link = link(
            [face.FB],
            supports,
            xrCreateFaceTracker2FB=self.create,
            xrDestroyFaceTracker2FB=self.destroy,
            xrGetFaceExpressionWeights2FB=self.get,
        )

    def create(self, session, info, out):
        one = info.contents
        self.asked = [one._requested_data_sources[i] for i in range(one.requested_data_source_count)]
        return made(out)

    def destroy(self, tracker):
        self.destroyed += 1
        return 0

    def get(self, tracker, info, out):
        one = out.contents
        assert (one.weight_count, one.confidence_count) == (70, 2)
        if self.result:
            return self.result
        put(one._weights, self.weights)
        put(one._confidences, self.confidences)
        one.is_valid, one.is_eye_following_blendshapes_valid = self.valid, self.eyes
        one._data_source, one.time = self.source, info.contents.time - 7
        return 0


class Android:
    """What a runtime with XR_ANDROID_face_tracking answers."""

    def __init__(self):
        self.weights, self.confidences = np.zeros(68, np.float32), [1.0, 1.0, 1.0]
        self.valid, self.state, self.result = 1, xr.FaceTrackingStateANDROID.TRACKING.value, 0
        self.link = link(
            [face.ANDROID],
            {xr.SystemFaceTrackingPropertiesANDROID: {"supports_face_tracking": 1}},
            xrCreateFaceTrackerANDROID=lambda session, info, out: made(out),
            xrDestroyFaceTrackerANDROID=lambda tracker: 0,
            xrGetFaceStateANDROID=self.get,
        )

    def get(self, tracker, info, out):
        one = out.contents
        assert (one.parameters_capacity_input, one.region_confidences_capacity_input) == (68, 3)
        if self.result:
            return self.result
        put(one.parameters, self.weights)
        one.parameters_count_output = 68
        one.region_confidences_count_output = len(self.confidences)
        put(one.region_confidences, self.confidences)
        one.is_valid, one._face_tracking_state, one.sample_time = self.valid, self.state, info.contents.time - 9
        return 0


class Htc:
    """What a runtime with XR_HTC_facial_tracking answers: eyes and lips, each by its count."""

    def __init__(self, eye=1, lip=1, refuses=()):
        self.weights = {14: np.zeros(14, np.float32), 37: np.zeros(37, np.float32)}
        self.active, self.times, self.refuses, self.destroyed = {14: 1, 37: 1}, {14: 50, 37: 40}, refuses, 0
        fields = {"support_eye_facial_tracking": eye, "support_lip_facial_tracking": lip}
        self.link = link(
            [face.HTC],
            {xr.SystemFacialTrackingPropertiesHTC: fields},
            xrCreateFacialTrackerHTC=self.create,
            xrDestroyFacialTrackerHTC=self.destroy,
            xrGetFacialExpressionsHTC=self.get,
        )

    def create(self, session, info, out):
        return UNSUPPORTED if info.contents._facial_tracking_type in self.refuses else made(out)

    def destroy(self, tracker):
        self.destroyed += 1
        return 0

    def get(self, tracker, out):
        one = out.contents
        n = one.expression_count
        put(one._expression_weightings, self.weights[n])
        one.is_active, one.sample_time = self.active[n], self.times[n]
        return 0


def read(runtime, xr_time=1_000):
    out = np.full(52, -1.0)
    how, sample = face.opened(runtime.link).read(xr_time, out)
    return how, sample, out


def expected(table, names, weights):
    """The table's rows, one by one."""
    out = np.full(52, np.nan)
    for name, terms in table.items():
        out[INDEX[name]] = min(1.0, sum(share * weights[names.index(term)] for term, share in terms.items()))
    return out


def test_tables_and_bindings_name_the_same_shapes():
    for key, table, names in (
        ("FB", face_tables.FB, FB_NAMES),
        ("ANDROID", face_tables.ANDROID, ANDROID_NAMES),
        ("HTC_EYE", face_tables.HTC_EYE, EYE_NAMES),
        ("HTC_LIP", face_tables.HTC_LIP, LIP_NAMES),
    ):
        used = {term for terms in table.values() for term in terms}
        assert used | set(face_tables.UNUSED[key]) == set(names)
        assert not used & set(face_tables.UNUSED[key])
    assert [len(n) for n in (FB_NAMES, ANDROID_NAMES, EYE_NAMES, LIP_NAMES)] == [70, 68, 14, 37]


@pytest.mark.parametrize("shape", FB_NAMES)
def test_each_shape_of_meta_moves_what_the_table_says_and_nothing_else(shape):
    runtime = Fb()
    runtime.weights[FB_NAMES.index(shape)] = 0.75
    how, sample, out = read(runtime)
    assert (how, sample) == (MEASURED, 993)
    assert np.allclose(out, expected(face_tables.FB, FB_NAMES, runtime.weights))
    moved = {WEIGHTS[i] for i in np.flatnonzero(out)}
    assert moved == {name for name, terms in face_tables.FB.items() if shape in terms}


@pytest.mark.parametrize("shape", ANDROID_NAMES)
def test_each_shape_of_android_moves_what_the_table_says_and_nothing_else(shape):
    runtime = Android()
    runtime.weights[ANDROID_NAMES.index(shape)] = 0.5
    how, sample, out = read(runtime)
    assert (how, sample) == (MEASURED, 991)
    assert np.allclose(out, expected(face_tables.ANDROID, ANDROID_NAMES, runtime.weights))


@pytest.mark.parametrize("shape", EYE_NAMES + LIP_NAMES)
def test_each_shape_of_htc_moves_what_the_table_says_and_the_rest_is_not_given(shape):
    runtime = Htc()
    names = EYE_NAMES if shape in EYE_NAMES else LIP_NAMES
    runtime.weights[len(names)][names.index(shape)] = 0.5
    how, sample, out = read(runtime)
    assert (how, sample) == (MEASURED, 40)  # the older of the two
    want = expected(face_tables.HTC_EYE, EYE_NAMES, runtime.weights[14])
    lips = expected(face_tables.HTC_LIP, LIP_NAMES, runtime.weights[37])
    want = np.where(np.isnan(want), lips, want)
    assert np.allclose(out, want, equal_nan=True)
    assert (np.isnan(out) == ~GIVEN).all()


@given(st.lists(st.floats(0, 1, width=32), min_size=70, max_size=70))
def test_a_face_seen_in_a_mirror_is_the_mirrored_face(values):
    runtime = Fb()
    runtime.weights[:] = values
    _, _, out = read(runtime)
    swap = [FB_NAMES.index(face_tables.mirrored(name)) for name in FB_NAMES]
    runtime.weights[:] = np.array(values)[swap]
    _, _, other = read(runtime)
    assert np.allclose(other, out[MIRROR])
    assert (out >= 0).all()
    assert (out <= 1).all()


@given(st.lists(st.floats(0, 1, width=32), min_size=52, max_size=52))
def test_what_the_simulated_child_shows_is_what_is_measured(values):
    from vrtrainer.links.monado import faces  # a table of its own, the other way round

    shown = np.array([*values, 0.0])
    for runtime, names in ((Fb(), FB_NAMES), (Android(), ANDROID_NAMES)):
        runtime.weights[:] = shown[faces.rows(names)]
        assert np.allclose(read(runtime)[2], values, atol=1e-6)


def test_a_guess_from_the_voice_is_inferred():
    runtime = Fb(visual=0)
    runtime.source = xr.FaceTrackingDataSource2FB.AUDIO.value
    assert read(runtime)[0] == INFERRED
    assert runtime.asked == [xr.FaceTrackingDataSource2FB.AUDIO.value]


def test_the_voice_is_not_asked_for_where_a_camera_sees_the_face():
    runtime = Fb()
    read(runtime)
    assert runtime.asked == [xr.FaceTrackingDataSource2FB.VISUAL.value]


def test_a_face_that_is_not_valid_is_absent_and_all_of_it_is_nan():
    for runtime, field, value in (
        (Fb(), "valid", 0),
        (Fb(), "result", UNSUPPORTED),
        (Android(), "valid", 0),
        (Android(), "state", xr.FaceTrackingStateANDROID.PAUSED.value),
        (Android(), "state", xr.FaceTrackingStateANDROID.STOPPED.value),
        (Android(), "result", UNSUPPORTED),
        (Htc(), "active", {14: 0, 37: 0}),
    ):
        setattr(runtime, field, value)
        how, sample, out = read(runtime)
        assert (how, sample) == (ABSENT, 0)
        assert np.isnan(out).all()


def test_a_lost_session_is_told():
    runtime = Fb()
    reader = face.opened(runtime.link)
    runtime.result = LOST
    with pytest.raises(SessionLostError):
        reader.read(1, np.zeros(52))


def test_where_the_eyes_look_is_nan_while_the_runtime_does_not_know():
    runtime = Fb()
    runtime.eyes = 0
    how, _, out = read(runtime)
    assert how == MEASURED
    assert {WEIGHTS[i] for i in np.flatnonzero(np.isnan(out))} == {n for n in WEIGHTS if n.startswith("eyeLook")}


sure = st.one_of(st.floats(0, 1, width=32), st.just(float("nan")))


@given(sure, sure)
def test_an_unsure_region_is_nan_and_the_other_is_not(lower, upper):
    runtime = Fb()
    runtime.confidences = [lower, upper]
    _, _, out = read(runtime)
    floor = np.float32(face_tables.SURE)
    assert np.isnan(out[face_tables.LOWER]).all() == (not lower >= floor)
    assert np.isnan(out[face_tables.UPPER]).all() == (not upper >= floor)
    assert np.isfinite(out[face_tables.LOWER]).all() == (lower >= floor)


def test_android_knows_the_sides_of_the_upper_face_apart():
    runtime = Android()
    runtime.confidences = [1.0, 0.1, 1.0]
    _, _, out = read(runtime)
    assert np.isnan(out[[INDEX["browDownLeft"], INDEX["eyeBlinkLeft"], INDEX["browInnerUp"]]]).all()
    assert np.isfinite(out[[INDEX["browDownRight"], INDEX["eyeBlinkRight"], INDEX["noseSneerLeft"]]]).all()


def test_a_runtime_that_says_nothing_of_confidence_is_believed():
    runtime = Android()
    runtime.confidences = []
    assert np.isfinite(read(runtime)[2]).all()


def test_one_shape_that_is_no_number_spoils_its_own_weights_only():
    runtime = Fb()
    runtime.weights[FB_NAMES.index("LIP_PUCKER_L")] = np.nan
    _, _, out = read(runtime)
    assert [WEIGHTS[i] for i in np.flatnonzero(np.isnan(out))] == ["mouthPucker"]


def test_a_weight_beyond_one_is_cut_off():
    runtime = Htc()
    for name in ("JAW_OPEN", "MOUTH_APE_SHAPE"):
        runtime.weights[37][LIP_NAMES.index(name)] = 0.8
    _, _, out = read(runtime)
    assert out[INDEX["jawOpen"]] == 1.0
    assert out[INDEX["mouthClose"]] == pytest.approx(0.8)


def test_lips_go_on_without_eyes_and_eyes_without_lips():
    runtime = Htc()
    runtime.active = {14: 0, 37: 1}
    how, sample, out = read(runtime)
    assert (how, sample) == (MEASURED, 40)
    assert np.isnan(out[INDEX["eyeBlinkLeft"]])
    assert out[INDEX["jawOpen"]] == 0
    for other in (Htc(lip=0), Htc(refuses=(xr.FacialTrackingTypeHTC.LIP_DEFAULT.value,))):
        how, sample, out = read(other)
        assert (how, sample) == (MEASURED, 50)
        assert np.isnan(out[INDEX["jawOpen"]])
        assert out[INDEX["eyeBlinkLeft"]] == 0


def test_there_is_no_reader_where_the_system_follows_no_face():
    assert face.opened(link([], {})) is None
    assert face.opened(Fb(visual=0, audio=0).link) is None
    assert face.opened(Htc(eye=0, lip=0).link) is None
    assert face.opened(link([face.ANDROID], {})) is None
    denied = int(xr.Result.ERROR_FEATURE_UNSUPPORTED.value)
    runtime = Android()
    runtime.link.calls.xrCreateFaceTrackerANDROID = link(
        [], {}, xrCreateFaceTrackerANDROID=lambda *_: denied
    ).calls.xrCreateFaceTrackerANDROID
    assert face.opened(runtime.link) is None


def test_the_second_extension_serves_where_the_system_has_not_the_first():
    first, second = Fb(visual=0, audio=0), Htc()
    both = link([face.FB, face.HTC], {xr.SystemFacialTrackingPropertiesHTC: {"support_eye_facial_tracking": 1}})
    vars(both.calls).update(
        {k: v for one in (first, second) for k, v in vars(one.link.calls).items() if k != "xrGetSystemProperties"}
    )
    assert face.opened(both).extension == face.HTC


def test_closing_destroys_each_tracker_once():
    for runtime, trackers in ((Fb(), 1), (Htc(), 2)):
        reader = face.opened(runtime.link)
        reader.close()
        reader.close()
        assert runtime.destroyed == trackers


def test_the_runtime_writes_into_the_same_memory_at_every_reading():
    runtime = Fb()
    where = []
    whole = runtime.link.calls.xrGetFaceExpressionWeights2FB

    def watched(tracker, info, out):
        where.append((ctypes.addressof(out._obj), ctypes.addressof(out._obj._weights.contents)))
        return whole(tracker, info, out)

    runtime.link.calls.xrGetFaceExpressionWeights2FB = watched
    reader = face.opened(runtime.link)
    for time in range(3):
        reader.read(time, np.zeros(52))
    assert len(set(where)) == 1
