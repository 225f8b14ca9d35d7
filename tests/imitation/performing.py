"""Performers for the tests: who does what, seen perfectly or not, as the learner's turn."""

import numpy as np

from vrtrainer import choices
from vrtrainer.gestures import library
from vrtrainer.gestures.gesture import Style
from vrtrainer.gestures.perform import near_miss, perform
from vrtrainer.human import body, motion, observation, pose, rotations
from vrtrainer.human.skeleton import INDEX, J
from vrtrainer.imitation.attempt import Attempt
from vrtrainer.imitation.scoring import score
from vrtrainer.imitation.template import Template

GESTURES = library.load(choices.content("assets") / "gestures")
NAMES = sorted(GESTURES)
ARMS = ("one_arm_up", "thumbs_up", "wave")
CHILD = body.of_height(1.35)


def bodies(count):
    """Bodies of many sizes, the same every time."""
    rng = np.random.default_rng(7)
    return [body.random(rng) for _ in range(count)]


def template(name, who=CHILD, side="left", **style):
    return Template.of_performance(perform(GESTURES[name], who, Style(side=side, **style)), GESTURES[name], who)


def performed(name, who=CHILD, side="right", miss=None, **style):
    """A learner's movement; the right side is mirror-wise to a left demonstration."""
    gesture = near_miss(GESTURES[name], miss) if miss else GESTURES[name]
    return perform(gesture, who, Style(side=side, **style)).motion


def seen(moved, who=CHILD, every=2, late=0.0, turn=0.0, at=(0.0, 0.0, 0.0), lost=None):
    """What a tracker that sees all makes of it: times, positions, head and face."""
    times = moved.times[::every]
    positions, turned = pose.forward(moved.rotations[::every], moved.hips[::every], who.offsets)
    head = rotations.from_matrix(turned[:, INDEX["head"]])
    yaw = rotations.from_axis_angle(np.array([0.0, 1.0, 0.0]), turn)
    positions = rotations.rotate(yaw, positions) + np.array(at)
    head = rotations.multiply(yaw, head)
    face = moved.face[::every].copy()
    if late > 0:
        count = round(late / (times[1] - times[0]))
        hold = lambda x: np.concatenate([np.repeat(x[:1], count, axis=0), x])  # noqa: E731
        times = np.arange(len(times) + count) * (times[1] - times[0])
        positions, head, face = hold(positions), hold(head), hold(face)
    if lost is not None:
        positions, head, face = positions.copy(), head.copy(), face.copy()
        positions[lost(positions.shape[:2])] = np.nan
        head[lost(len(head))] = np.nan
        face[lost(len(face))] = np.nan
    return times, positions, head, face


def attempt(moved, who=CHILD, **how):
    out = Attempt()
    out.add(*seen(moved, who, **how))
    return out


def scored(name, who=CHILD, miss=None, side="right", how=None, **style):
    """The score of a learner of this body who did this."""
    return score(template(name, who), attempt(performed(name, who, side, miss, **style), who, **(how or {})))


def still(who=CHILD, seconds=3.0):
    """Somebody who stands and does nothing."""
    moved = performed("wave", who)
    count = int(seconds * 60)
    first = lambda x: np.repeat(x[:1], count, axis=0)  # noqa: E731
    return motion.Motion(
        np.arange(count) / 60, first(moved.rotations), first(moved.hips), first(moved.face), first(moved.how)
    )


def observations(moved, who=CHILD, every=1):
    """The same, one `Observation` a sample."""
    times, positions, head, face = seen(moved, who, every)
    plain = observation.nothing("test")
    out = []
    for k in range(len(times)):
        world = np.full((J, 4), np.nan)
        world[INDEX["head"]] = head[k]
        joints = positions[k], world, np.full(J, observation.MEASURED, np.uint8)
        rest = plain.sample_time, plain.acts, plain.pointer, plain.gaze, "test"
        out.append(observation.Observation(*joints, face[k], observation.MEASURED, *rest))
    return times, out
