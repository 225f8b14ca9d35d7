import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.transform import Rotation

from vrtrainer.human import rotations as r

components = st.floats(-1, 1, allow_nan=False, width=64)
quaternions = arrays(float, (4,), elements=components).filter(lambda q: np.linalg.norm(q) > 0.1).map(r.normalise)
vectors = arrays(float, (3,), elements=components).filter(lambda v: np.linalg.norm(v) > 0.1)


def same(a, b, tolerance=1e-7):
    return np.all(r.angle_between(a, b) < tolerance)


@given(quaternions, quaternions)
def test_agrees_with_scipy(a, b):
    theirs = Rotation.from_quat(a) * Rotation.from_quat(b)
    assert same(r.multiply(a, b), theirs.as_quat())
    assert np.allclose(r.matrix(a), Rotation.from_quat(a).as_matrix(), atol=1e-12)
    assert same(r.from_matrix(r.matrix(a)), a)
    assert np.allclose(r.rotate(a, [0.3, -1, 2]), Rotation.from_quat(a).apply([0.3, -1, 2]))
    assert same(r.from_rotation_vector(r.rotation_vector(a)), a)


@given(arrays(float, (3,), elements=st.floats(-3, 3)), st.permutations("xyz"))
def test_euler_angles_agree_with_scipy_in_every_order(angles, order):
    order = "".join(order)
    assert same(r.from_euler(angles, order), Rotation.from_euler(order.upper(), angles).as_quat(), 1e-6)


@given(quaternions, quaternions)
def test_sign_does_not_matter_and_distance_is_symmetric(a, b):
    assert r.angle_between(a, b) == pytest.approx(r.angle_between(-a, b), abs=1e-9)
    assert r.angle_between(a, b) == pytest.approx(r.angle_between(b, a), abs=1e-9)
    assert 0 <= r.angle_between(a, b) <= np.pi + 1e-12


@given(quaternions, quaternions)
def test_mirroring_twice_is_the_rotation_itself_and_mirrors_products(a, b):
    assert same(r.mirrored(r.mirrored(a)), a)
    assert same(r.mirrored(r.multiply(a, b)), r.multiply(r.mirrored(a), r.mirrored(b)))


@given(quaternions, vectors)
def test_mirroring_a_rotation_mirrors_what_it_does(q, v):
    flip = np.array([-1.0, 1.0, 1.0])
    assert np.allclose(r.rotate(r.mirrored(q), v * flip), r.rotate(q, v) * flip, atol=1e-9)


@given(vectors, vectors)
def test_the_shortest_rotation_between_directions_gets_there(a, b):
    turned = r.rotate(r.between(a, b), a / np.linalg.norm(a))
    assert np.allclose(turned, b / np.linalg.norm(b), atol=1e-6)


def test_opposite_directions_are_half_a_turn_apart():
    for axis in np.eye(3):
        assert np.allclose(r.rotate(r.between(axis, -axis), axis), -axis)


@given(quaternions, vectors)
def test_a_twist_leaves_its_axis_alone_and_the_swing_has_none_left(q, axis):
    axis = axis / np.linalg.norm(axis)
    about = r.twist(q, axis)
    assert np.allclose(r.rotate(about, axis), axis, atol=1e-6)
    swing = r.multiply(q, r.inverse(about))
    # The swing carries the axis to where the whole rotation carries it.
    assert np.allclose(r.rotate(swing, axis), r.rotate(q, axis), atol=1e-6)


@given(quaternions, quaternions, st.floats(0, 1))
def test_slerp_goes_the_shorter_way_at_constant_speed(a, b, share):
    whole = r.angle_between(a, b)
    if whole > 3.0:
        return  # half a turn has two ways
    assert r.angle_between(a, r.slerp(a, b, share)) == pytest.approx(share * whole, abs=1e-6)


def test_an_unknown_euler_order_says_what_is_expected():
    with pytest.raises(ValueError, match="three letters of x, y and z, not 'xyw'"):
        r.from_euler([0, 0, 0], "xyw")


@given(quaternions)
def test_yaw_turns_about_the_vertical_only(q):
    assert np.allclose(r.rotate(r.yaw(q), [0, 1.0, 0]), [0, 1, 0])
