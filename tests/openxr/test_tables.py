"""Tables of face and body by themselves: sides, sums, and the page that shows them. Needs no bindings."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrtrainer.human import face
from vrtrainer.human.observation import INFERRED, MEASURED, MODELLED
from vrtrainer.human.skeleton import INDEX, JOINTS, mirror_name
from vrtrainer.openxr import body_tables, face_tables

FACES = {"FB": face_tables.FB, "HTC_EYE": face_tables.HTC_EYE, "HTC_LIP": face_tables.HTC_LIP}
BODIES = {"FB": body_tables.FB, "META": body_tables.META, "BD": body_tables.BD, "HTC": body_tables.HTC}
PAGE = (Path(__file__).parents[2] / "docs" / "headset-mapping.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", FACES.values(), ids=FACES)
def test_the_mirrored_shapes_give_the_mirrored_face(table):
    for name, terms in table.items():
        swapped = {face_tables.mirrored(term): share for term, share in terms.items()}
        assert table[mirror_name(name)] == swapped, name


@pytest.mark.parametrize("table", FACES.values(), ids=FACES)
def test_no_weight_is_made_of_more_than_four_shapes_and_means_add_up_to_one(table):
    for name, terms in table.items():
        assert 1 <= len(terms) <= 4
        if name != "jawOpen":  # HTC's ape shape opens the jaw too
            assert sum(terms.values()) == 1.0, name


@pytest.mark.parametrize("table", FACES.values(), ids=FACES)
def test_a_shape_on_the_right_moves_no_weight_on_the_left(table):
    right = re.compile(r"(_R|_RB|_RT|RIGHT)$|^RIGHT_")
    for name, terms in table.items():
        if name.endswith("Left") and not name.startswith("eyeLook"):
            assert not any(right.search(term) for term in terms), name


def test_the_left_eye_looks_in_when_it_looks_right():
    assert face_tables.FB["eyeLookInLeft"] == {"EYES_LOOK_RIGHT_L": 1.0}
    assert face_tables.FB["eyeLookInRight"] == {"EYES_LOOK_LEFT_R": 1.0}


def test_meta_and_android_give_all_weights_and_htc_no_brows():
    assert set(face_tables.FB) == set(face_tables.ANDROID) == set(face.WEIGHTS)
    missing = set(face.WEIGHTS) - set(face_tables.HTC_EYE) - set(face_tables.HTC_LIP)
    assert {face.WEIGHTS[i] for i in face.PARTS["brows"]} <= missing
    assert not set(face_tables.HTC_EYE) & set(face_tables.HTC_LIP)
    assert len(missing) == 16


def test_each_weight_is_in_the_upper_or_the_lower_face_and_both_sides_meet_in_the_middle():
    assert sorted([*face_tables.UPPER, *face_tables.LOWER]) == list(range(52))
    assert set(face_tables.UPPER_LEFT) | set(face_tables.UPPER_RIGHT) == set(face_tables.UPPER)
    assert set(face_tables.UPPER_LEFT) & set(face_tables.UPPER_RIGHT) == {face.INDEX["browInnerUp"]}
    assert set(face.PARTS["brows"]) <= set(face_tables.UPPER)
    assert set(face.PARTS["mouth"]) <= set(face_tables.LOWER)


def test_where_the_eyes_look_is_in_no_part_of_the_face():
    scored = np.concatenate(list(face.PARTS.values()))
    assert len(face_tables.LOOKS) == 8
    assert not set(face_tables.LOOKS) & set(scored)


@pytest.mark.parametrize("table", BODIES.values(), ids=BODIES)
def test_joints_on_the_left_are_mirrored_on_the_right(table):
    assert set(table) <= set(INDEX)
    for name, theirs in table.items():
        other = theirs.replace("LEFT", "?").replace("RIGHT", "LEFT").replace("?", "RIGHT")
        assert table[mirror_name(name)] == other
    assert len(set(table.values())) == len(table)


def test_every_joint_of_ours_but_eyes_and_jaw_is_given_by_the_full_body():
    assert set(JOINTS) - set(body_tables.META) == {"leftEye", "rightEye", "jaw"}


confidences = st.one_of(st.sampled_from([0.0, body_tables.SURE, 1.0, float("nan")]), st.floats(0, 1))


@given(st.sampled_from(JOINTS), st.booleans(), st.booleans(), confidences)
def test_only_what_a_sensor_saw_is_measured(joint, tracked, high, confidence):
    how = body_tables.meta_how(joint, tracked, high, confidence)
    assert how in (MODELLED, INFERRED, MEASURED)
    kind = body_tables.group(joint)
    if kind == body_tables.GENERATED:
        assert how == MODELLED
    if not tracked or not confidence >= body_tables.SURE or kind == body_tables.FINGER:
        assert how < MEASURED
    if kind == body_tables.UPPER and not high:
        assert how < MEASURED


@given(st.sampled_from(JOINTS), st.booleans(), st.booleans(), st.floats(0, 1), st.floats(0, 1))
def test_more_knowledge_never_makes_a_joint_less_measured(joint, tracked, high, one, other):
    little, much = sorted((one, other))
    how = body_tables.meta_how
    assert how(joint, tracked, high, little) <= how(joint, tracked, high, much)
    assert how(joint, False, high, much) <= how(joint, True, high, much)
    assert how(joint, tracked, False, much) <= how(joint, tracked, True, much)
    assert how(joint, tracked, high, much) == how(mirror_name(joint), tracked, high, much)


@given(st.booleans(), st.integers(0, 2))
def test_htc_needs_flags_and_confidence(tracked, confidence):
    how = body_tables.htc_how(tracked, confidence)
    assert (how == MEASURED) == (tracked and confidence == 2)
    assert (how == MODELLED) == (confidence == 0)


def test_the_page_shows_the_tables_that_are_used():
    told = "docs/headset-mapping.md: put in what face_tables.markdown() and body_tables.markdown() print"
    assert face_tables.markdown() in PAGE, told
    assert body_tables.markdown() in PAGE, told
