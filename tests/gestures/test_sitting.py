"""Sitting on a stool: by any body, over feet that stay, with the hands on the thighs and nothing through anything."""

import numpy as np
import pytest

from vrtrainer.gestures import ik, sitting
from vrtrainer.gestures.perform import relaxed
from vrtrainer.human import body as bodies
from vrtrainer.human import pose as poses
from vrtrainer.human.skeleton import INDEX

BODIES = [bodies.of_height(0.95), bodies.of_height(1.34), bodies.of_height(2.0)]
BODIES += [bodies.random(np.random.default_rng(s)) for s in range(12)]
FEET = [INDEX["leftFoot"], INDEX["rightFoot"], INDEX["leftToes"], INDEX["rightToes"]]


@pytest.mark.parametrize("body", BODIES, ids=lambda b: f"{b.height:.2f} m")
def test_the_feet_stay_where_they_stood_all_the_way_down(body):
    stands = poses.placed(relaxed(body), body)[FEET]
    for share in np.linspace(0, 1, 9):
        assert np.allclose(poses.placed(sitting.between(body, share), body)[FEET], stands, atol=0.004 * body.height)


@pytest.mark.parametrize("body", BODIES, ids=lambda b: f"{b.height:.2f} m")
def test_it_sits_on_the_stool_with_the_shanks_in_front_of_it(body):
    at = poses.placed(sitting.sitting(body), body)
    middle, width, height = sitting.stool(body)
    assert height == middle[1] == pytest.approx(0.24 * body.height, abs=0.07 * body.height)
    assert at[INDEX["hips"], 1] > height
    shank = at[INDEX["leftLowerLeg"], 2], at[INDEX["leftFoot"], 2]
    assert max(shank) < middle[2] - width / 2 - 0.03 * body.height
    assert abs(at[INDEX["hips"], 2] - middle[2]) < 0.02 * body.height
    above = at[:, 1] > height
    under = (np.hypot(at[:, 0], at[:, 2] - middle[2]) < width / 2) & ~above
    assert not under.any(), "no joint is inside the stool"


@pytest.mark.parametrize("body", BODIES, ids=lambda b: f"{b.height:.2f} m")
def test_the_hands_lie_on_the_thighs_within_the_limits_of_joints(body):
    pose = sitting.sitting(body)
    points, turned = poses.forward(pose.rotations, pose.hips, body.offsets)
    palm = points[INDEX["rightHand"]] + turned[INDEX["rightHand"]] @ ik.arm_of(body).palm
    hip, knee = points[INDEX["rightUpperLeg"]], points[INDEX["rightLowerLeg"]]
    share = (palm - hip) @ (knee - hip) / ((knee - hip) @ (knee - hip))
    assert 0.45 < share < 0.9
    off = palm - hip - share * (knee - hip)
    assert 0.03 * body.height < off[1] < 0.09 * body.height
    assert abs(off[0]) < 0.03 * body.height
    row = sitting._arm(body)[:7]
    assert (row >= ik.LOW[:7] - 1e-9).all()
    assert (row <= ik.HIGH[:7] + 1e-9).all()
    assert np.allclose(points[INDEX["leftHand"]], points[INDEX["rightHand"]] * [-1, 1, 1], atol=1e-9)


def test_crossing_over_from_standing_keeps_the_feet_on_the_floor():
    from vrtrainer.sessions.manner import Manner
    from vrtrainer.sessions.showing import Figurant

    body, manner = BODIES[1], Manner(calm_idle=True)
    figurant = Figurant(relaxed(body), sitting.sitting(body))
    stands = poses.placed(figurant.rest(0.0, manner), body)[FEET]
    for way in (True, False):
        for k in range(60):
            at = poses.placed(figurant.rest(way * 1.0 + 10 * (not way) + k / 90, manner, way), body)
            assert np.allclose(at[FEET], stands, atol=0.02)
        assert at[INDEX["hips"], 1] < 0.36 * body.height if way else at[INDEX["hips"], 1] > 0.5 * body.height
