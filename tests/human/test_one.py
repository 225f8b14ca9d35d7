"""One rotation at a time gives what the arrays give."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vrtrainer.human import one, rotations

number = st.floats(-1.0, 1.0, allow_nan=False)
turn = st.tuples(number, number, number, number).filter(lambda q: sum(c * c for c in q) > 0.1).map(one.normalise)
point = st.tuples(number, number, number)
direction = point.filter(lambda v: sum(c * c for c in v) > 0.01).map(lambda v: one.unit(v, v))


def same(a, b):
    return float(rotations.angle_between(np.array(a), np.array(b))) < 1e-6


@given(turn, turn, point)
def test_products_inverses_and_points_are_those_of_rotations(a, b, v):
    assert same(one.multiply(a, b), rotations.multiply(a, b))
    assert same(one.inverse(a), rotations.inverse(a))
    assert np.allclose(one.rotate(a, v), rotations.rotate(a, v))


@given(direction, direction)
def test_the_shortest_way_leads_there_even_from_the_opposite(a, b):
    for to in (b, tuple(-c for c in a)):
        assert np.allclose(one.rotate(one.between(a, to), a), to, atol=1e-4)


@given(direction, direction)
def test_axes_give_a_rotation_that_has_them(x, y):
    if abs(float(np.dot(x, y))) > 0.999:
        return
    q = one.from_axes(x, y)
    assert same(q, rotations.from_axes(x, y))
    assert np.allclose(one.rotate(q, (1.0, 0.0, 0.0)), x)


@given(turn)
def test_parts_of_a_turn_add_up_and_limits_hold(q):
    third = one.share(q, 1 / 3)
    assert same(one.multiply(third, one.multiply(third, third)), q)
    angle = float(rotations.angle_between(one.limited(q, 0.5), rotations.IDENTITY))
    assert angle <= 0.5 + 1e-6
    assert same(one.limited(q, np.pi), q)


@given(turn, st.integers(0, 2))
def test_twists_and_yaws_are_those_of_rotations(q, axis):
    if np.hypot(q[axis], q[3]) > 1e-3:
        assert same(one.twist(q, axis), rotations.twist(q, np.eye(3)[axis]))
    forward = rotations.rotate(q, np.array([0.0, 0.0, -1.0]))
    if abs(np.hypot(forward[0], forward[2]) - 0.2) > 1e-6:
        assert same(one.about_y(one.yaw(q)), rotations.yaw(q))


def test_what_has_no_direction_gives_the_identity():
    assert one.normalise((0.0, 0.0, 0.0, 0.0)) == one.IDENTITY
    assert one.share(one.IDENTITY, 0.5) == one.IDENTITY
    assert one.twist((1.0, 0.0, 0.0, 0.0), 1) == one.IDENTITY
    assert one.from_axes((1.0, 0.0, 0.0), (1.0, 0.0, 0.0)) == one.IDENTITY
    assert one.unit((0.0, 0.0, 0.0), (0.0, 1.0, 0.0)) == (0.0, 1.0, 0.0)
