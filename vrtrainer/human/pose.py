"""A whole person at one moment: local rotations, where the hips are, and the face."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from vrtrainer.human import rotations
from vrtrainer.human.face import MIRROR as FACE_MIRROR
from vrtrainer.human.face import WEIGHTS
from vrtrainer.human.observation import ABSENT, MODELLED
from vrtrainer.human.skeleton import FINGERS, INDEX, LEVELS, MIRROR, PARENT, SIDES, J, indices


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """Fits every body and every VRM 1.0 avatar.

    Parameters
    ----------
    rotations : ndarray, shape (J, 4)
        Relative to the parent joint, identity at rest; row 0 is the world rotation of the hips.
    hips : ndarray, shape (3,)
        Metres, in the space that the person stands in.
    face : ndarray, shape (52,)
        ARKit weights 0..1.
    """

    rotations: np.ndarray
    hips: np.ndarray
    face: np.ndarray


def rest(body):
    """T-pose, facing -Z, feet on the floor.

    Parameters
    ----------
    body : Body

    Returns
    -------
    Pose
    """
    return Pose(np.tile(rotations.IDENTITY, (J, 1)), body.offsets[0].copy(), np.zeros(len(WEIGHTS)))


def mirrored(pose):
    """The pose seen in a mirror in the plane x = 0: sides swapped, rotations turned the other way.

    Parameters
    ----------
    pose : Pose

    Returns
    -------
    Pose
        Twice is the pose itself.
    """
    return Pose(
        rotations.mirrored(pose.rotations)[MIRROR], pose.hips * np.array([-1.0, 1.0, 1.0]), pose.face[FACE_MIRROR]
    )


def forward(local, hips, offsets):
    """Forward kinematics: where every joint is and how it is turned in the world.

    Parameters
    ----------
    local : ndarray, shape (..., J, 4)
        Local rotations.
    hips : ndarray, shape (..., 3)
        Metres.
    offsets : ndarray, shape (J, 3)
        A body's rest offsets, metres.

    Returns
    -------
    positions : ndarray, shape (..., J, 3)
        Metres.
    turned : ndarray, shape (..., J, 3, 3)
        World rotation matrices.
    """
    turned = rotations.matrix(local)
    steps = np.empty((*turned.shape[:-2], 3))
    steps[..., 0, :] = hips
    # One batched product per depth of the tree: joint by joint costs three times as much.
    for level in LEVELS:
        parents = PARENT[level]
        above = turned[..., parents, :, :]
        steps[..., level, :] = steps[..., parents, :] + (above @ offsets[level, :, None])[..., 0]
        turned[..., level, :, :] = above @ turned[..., level, :, :]
    return steps, turned


def placed(pose, body):
    """Joint positions of a pose performed by a body.

    Parameters
    ----------
    pose : Pose
    body : Body

    Returns
    -------
    ndarray, shape (J, 3)
        Metres.
    """
    return forward(pose.rotations, pose.hips, body.offsets)[0]


def _direction(points, joint, parent):
    return points[..., INDEX[joint], :] - points[..., INDEX[parent], :]


def _known(how, *joints):
    return (how[..., indices(*joints)] > ABSENT).all(axis=-1)


def _first(candidates):
    """The first of several (where, rotation) that holds at each time; identity where none does."""
    where, value = candidates[-1]
    out = np.where(where[..., None], value, rotations.IDENTITY)
    for where, value in reversed(candidates[:-1]):
        out = np.where(where[..., None], value, out)
    return out


def _finite(q):
    """Rotation with the identity where directions were missing, so that products stay finite."""
    return np.where(np.isfinite(q).all(axis=-1, keepdims=True), q, rotations.IDENTITY)


def fit(positions, turned, how, body):
    """Local rotations that put a body into the observed directions; what was not seen is modelled.

    Bones are matched by direction, so the observed person's size and proportions do not matter. World rotations are
    used where they are known (hands, head), else they follow from the neighbouring joints.

    Parameters
    ----------
    positions : ndarray, shape (T, J, 3)
        Metres, NaN where absent.
    turned : ndarray, shape (T, J, 4)
        World rotations, NaN where absent.
    how : ndarray, shape (T, J)
        uint8, as in `observation`.
    body : Body

    Returns
    -------
    local : ndarray, shape (T, J, 4)
    hips : ndarray, shape (T, 3)
        Metres.
    how : ndarray, shape (T, J)
        uint8: what is seen as it was, what was filled in as MODELLED.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return _fit(np.asarray(positions, float), np.asarray(turned, float), np.asarray(how), body)


def _fit(points, turned, how, body):
    times = points.shape[0]
    rest_at = body.rest_positions()
    world = np.full((times, J, 4), np.nan)  # world rotation of each joint, filled from the root out
    head_known = np.isfinite(turned[:, INDEX["head"]]).all(axis=-1)
    head_yaw = _finite(rotations.yaw(turned[:, INDEX["head"]]))
    up = np.broadcast_to(np.array([0.0, 1.0, 0.0]), (times, 3))

    def across(left, right):
        return points[:, INDEX[right]] - points[:, INDEX[left]]

    def frame(left, right, axis):
        return rotations.from_axes(across(left, right), axis)

    # Trunk: the hips turn with the line between the hip joints, the chest with the line between the shoulders.
    both_hips, both_arms = _known(how, "@UpperLeg"), _known(how, "@UpperArm")
    spine_top = next((n for n in ("neck", "upperChest", "chest") if (how[:, INDEX[n]] > ABSENT).any()), "neck")
    spine = points[:, INDEX[spine_top]] - points[:, INDEX["hips"]]
    has_spine = _known(how, spine_top, "hips")
    hips_turn = _first(
        [
            (both_hips & has_spine, frame("leftUpperLeg", "rightUpperLeg", spine)),
            (both_hips, frame("leftUpperLeg", "rightUpperLeg", up)),
            (both_arms, frame("leftUpperArm", "rightUpperArm", up)),
            (head_known, head_yaw),
        ]
    )
    hips_turn = _finite(hips_turn)
    chest_up = np.where(has_spine[:, None], spine, rotations.rotate(hips_turn, np.array([0.0, 1.0, 0.0])))
    chest_turn = _first([(both_arms, frame("leftUpperArm", "rightUpperArm", chest_up)), (~both_arms, hips_turn)])
    chest_turn = _finite(chest_turn)
    world[:, INDEX["hips"]] = hips_turn
    world[:, INDEX["spine"]] = rotations.blend(hips_turn, chest_turn, np.full(times, 1 / 3))
    world[:, INDEX["chest"]] = rotations.blend(hips_turn, chest_turn, np.full(times, 2 / 3))
    world[:, INDEX["upperChest"]] = chest_turn

    # Head: its own rotation, else the direction in which it stands on the neck.
    has_head = _known(how, "head", "neck")
    lean = rotations.multiply(
        rotations.between(
            rotations.rotate(chest_turn, rest_at[INDEX["head"]] - rest_at[INDEX["neck"]]),
            _direction(points, "head", "neck"),
        ),
        chest_turn,
    )
    head_turn = _finite(_first([(head_known, turned[:, INDEX["head"]]), (has_head, lean), (~has_head, chest_turn)]))
    world[:, INDEX["head"]] = head_turn
    # The neck leans to where the head is seen, and turns half of the way that the head does.
    halfway = rotations.blend(chest_turn, head_turn, np.full(times, 0.5))
    to_head = rotations.rotate(halfway, rest_at[INDEX["head"]] - rest_at[INDEX["neck"]])
    leant = rotations.multiply(rotations.between(to_head, _direction(points, "head", "neck")), halfway)
    world[:, INDEX["neck"]] = _finite(np.where(has_head[:, None], leant, halfway))
    for leaf in ("jaw", "leftEye", "rightEye"):
        world[:, INDEX[leaf]] = head_turn

    # Hips: seen, else hung below the head by the body's own trunk.
    trunk_from_hips = rest_at[INDEX["head"]] - rest_at[INDEX["hips"]]
    hung = points[:, INDEX["head"]] - rotations.rotate(hips_turn, trunk_from_hips)
    hips = np.where(_known(how, "hips")[:, None], points[:, INDEX["hips"]], hung)
    hips = np.where(np.isfinite(hips), hips, body.offsets[0])

    for side in SIDES:
        _fit_arm(side, points, turned, how, body, world)
        _fit_hand(side, points, how, rest_at, world)
        _fit_leg(side, points, how, rest_at, world)

    local = world.copy()
    local[:, 1:] = rotations.multiply(rotations.inverse(world[:, PARENT[1:]]), world[:, 1:])
    filled = np.where(how > ABSENT, how, MODELLED).astype(np.uint8)
    return rotations.normalise(local), hips, filled


def _swing(world, joint, child, parent_turn, points, rest_at):
    """World rotation of a joint that carries its parent's, swung so that its bone points to the child."""
    bone = rotations.rotate(parent_turn, rest_at[INDEX[child]] - rest_at[INDEX[joint]])
    return rotations.multiply(rotations.between(bone, _direction(points, child, joint)), parent_turn)


def _fit_arm(side, points, turned, how, body, world):
    up_, low, hand = f"{side}UpperArm", f"{side}LowerArm", f"{side}Hand"
    chest = world[:, INDEX["upperChest"]]
    world[:, INDEX[f"{side}Shoulder"]] = chest
    sign = -1.0 if side == "left" else 1.0
    hangs = rotations.multiply(chest, rotations.from_axis_angle([0, 0, 1.0], -sign * np.radians(75)))
    elbow_seen, wrist_seen = _known(how, up_, low), _known(how, low, hand)
    elbow, wrist = points[:, INDEX[low]], points[:, INDEX[hand]]

    # Elbow not seen but the hand is: two bones and a shoulder that hangs on the modelled trunk, elbow down and outward.
    reach_seen = ~elbow_seen & _known(how, hand)
    shoulder = np.where(_known(how, up_)[:, None], points[:, INDEX[up_]], np.nan)
    from_head = points[:, INDEX["head"]] + rotations.rotate(
        chest, body.rest_positions()[INDEX[up_]] - body.rest_positions()[INDEX["head"]]
    )
    shoulder = np.where(np.isfinite(shoulder), shoulder, from_head)
    pole = rotations.rotate(chest, np.array([sign * 0.45, -1.0, 0.35]))
    modelled = elbow_between(shoulder, wrist, body.length(low), body.length(hand), pole)
    elbow = np.where(reach_seen[:, None], modelled, elbow)
    shoulder = np.where(elbow_seen[:, None], points[:, INDEX[up_]], shoulder)
    has_arm = elbow_seen | reach_seen
    bone = np.array([sign, 0.0, 0.0])

    # The hinge: a bent elbow tells how the upper arm is turned about its own axis. At rest, palms down, the elbow bends
    # the forearm forward, about the vertical.
    upper, fore = elbow - shoulder, wrist - elbow
    hinge = np.cross(upper, fore) * -sign
    bent = np.linalg.norm(hinge, axis=-1) > 0.15 * np.linalg.norm(upper, axis=-1) * np.linalg.norm(fore, axis=-1)
    swung = rotations.multiply(rotations.between(rotations.rotate(chest, bone), upper), chest)
    by_hinge = rotations.from_axes(upper * sign, -hinge)
    has_fore = wrist_seen | reach_seen
    upper_turn = _first([(has_arm & has_fore & bent, by_hinge), (has_arm, swung), (~has_arm, hangs)])
    upper_turn = _finite(upper_turn)
    world[:, INDEX[up_]] = upper_turn
    fore_turn = rotations.multiply(rotations.between(rotations.rotate(upper_turn, bone), fore), upper_turn)
    fore_turn = _finite(np.where((has_arm & has_fore)[:, None], fore_turn, upper_turn))

    # Hand: its own rotation, else from knuckles, else it goes on as the forearm does.
    own = np.isfinite(turned[:, INDEX[hand]]).all(axis=-1)
    knuckles = _known(how, hand, f"{side}IndexProximal", f"{side}LittleProximal")
    row = points[:, INDEX[f"{side}IndexProximal"]] - points[:, INDEX[f"{side}LittleProximal"]]
    middle = (points[:, INDEX[f"{side}IndexProximal"]] + points[:, INDEX[f"{side}LittleProximal"]]) / 2
    along = middle - wrist
    # At rest the knuckle row points to -Z and the fingers outward, so the back of the hand is up.
    back = np.cross(along, row) * sign
    hand_turn = _first(
        [(own, turned[:, INDEX[hand]]), (knuckles, rotations.from_axes(along * sign, back)), (~own, fore_turn)]
    )
    hand_turn = _finite(hand_turn)
    world[:, INDEX[hand]] = hand_turn
    # Half of the forearm's twist belongs to the radius: it follows the hand half way round.
    away = rotations.multiply(rotations.inverse(fore_turn), hand_turn)
    about = rotations.twist(away, np.abs(bone))
    half = rotations.blend(np.broadcast_to(rotations.IDENTITY, about.shape), about, np.full(len(about), 0.5))
    world[:, INDEX[low]] = rotations.multiply(fore_turn, half)


def elbow_between(shoulder, wrist, upper, fore, pole):
    """Elbow of a two-bone arm, on the side that a pole direction points to.

    Parameters
    ----------
    shoulder, wrist : ndarray, shape (..., 3)
        Metres.
    upper, fore : float
        Bone lengths, metres.
    pole : ndarray, shape (..., 3)
        Direction in which the elbow should go.

    Returns
    -------
    ndarray, shape (..., 3)
        Metres. A wrist out of reach gives the elbow of the straight arm.
    """
    line = wrist - shoulder
    distance = np.linalg.norm(line, axis=-1, keepdims=True)
    axis = line / np.maximum(distance, 1e-9)
    reach = np.clip(distance, abs(upper - fore) + 1e-6, upper + fore - 1e-6)
    along = (reach**2 + upper**2 - fore**2) / (2 * reach)
    aside = pole - np.einsum("...i,...i->...", pole, axis)[..., None] * axis
    aside = aside / np.maximum(np.linalg.norm(aside, axis=-1, keepdims=True), 1e-9)
    return shoulder + axis * along + aside * np.sqrt(np.maximum(upper**2 - along**2, 0.0))


def _fit_hand(side, points, how, rest_at, world):
    hand = world[:, INDEX[f"{side}Hand"]]
    for leaf in ("Palm", *(f"{f}Metacarpal" for f in FINGERS[1:])):
        world[:, INDEX[side + leaf]] = hand
    for level in (
        ("Metacarpal", "Proximal", "Distal", "Tip"),
        ("Proximal", "Intermediate", "Distal", "Tip"),
    ):
        fingers = FINGERS[:1] if level[0] == "Metacarpal" else FINGERS[1:]
        above = np.repeat(hand[:, None], len(fingers), axis=1)
        for here, beyond in pairwise(level):
            joint = indices(*(f"{side}{f}{here}" for f in fingers))
            child = indices(*(f"{side}{f}{beyond}" for f in fingers))
            bone = rotations.rotate(above, rest_at[child] - rest_at[joint])
            seen = (how[:, joint] > ABSENT) & (how[:, child] > ABSENT)
            swung = rotations.multiply(rotations.between(bone, points[:, child] - points[:, joint]), above)
            above = _finite(np.where(seen[..., None], swung, above))
            world[:, joint] = above
        world[:, indices(*(f"{side}{f}Tip" for f in fingers))] = above


def _fit_leg(side, points, how, rest_at, world):
    up_, low, foot, toes = (f"{side}{n}" for n in ("UpperLeg", "LowerLeg", "Foot", "Toes"))
    above = world[:, INDEX["hips"]]
    for joint, child in ((up_, low), (low, foot), (foot, toes)):
        seen = _known(how, joint, child)
        above = _finite(np.where(seen[:, None], _swing(world, joint, child, above, points, rest_at), above))
        world[:, INDEX[joint]] = above
    world[:, INDEX[toes]] = above


def solve(seen, body):
    """A whole skeleton for drawing, from what one frame's observation holds.

    Parameters
    ----------
    seen : Observation
    body : Body

    Returns
    -------
    pose : Pose
        Unseen face weights are 0.
    how : ndarray, shape (J,)
        uint8: what was filled in is MODELLED.
    """
    local, hips, how = fit(seen.positions[None], seen.rotations[None], seen.how[None], body)
    return Pose(local[0], hips[0], np.nan_to_num(seen.face, nan=0.0)), how[0]
