"""docs/notation.md is complete and true: its example is a gesture, its tables name every word there is."""

import re
from pathlib import Path

import numpy as np
import pytest

from tests.gestures.conftest import right_arm
from vrtrainer.gestures import checked, ik, notation, places, shapes, timing, weights
from vrtrainer.gestures.gesture import SYNC_POINTS, Style
from vrtrainer.gestures.perform import perform
from vrtrainer.human import body as bodies
from vrtrainer.human import face, rotations
from vrtrainer.human import pose as poses
from vrtrainer.human.skeleton import INDEX

PAGE = (Path(__file__).parents[2] / "docs" / "notation.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"<!-- the whole example.*?-->\n```toml\n(.*?)```", PAGE, re.S)[1]
WRITTEN = set(re.findall(r"`\"?([\w-]+)\"?`", PAGE)) | set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]*)`", PAGE))))
BODIES = [bodies.of_height(1.0), bodies.of_height(2.0), *(bodies.random(np.random.default_rng(s)) for s in range(6))]


@pytest.fixture(scope="module")
def example():
    return notation.read(EXAMPLE, "hand_on_heart")


@pytest.mark.parametrize("body", BODIES, ids=[f"{b.height:.2f} m" for b in BODIES])
def test_the_example_is_performed_by_bodies_of_every_size(example, body):
    done = perform(example, body)
    arms = right_arm(done.motion, body)
    assert (arms >= ik.LOW[:7] - 1e-6).all()
    assert (arms <= ik.HIGH[:7] + 1e-6).all()
    pose = done.motion.sample(done.points["stroke"])
    points, turned = poses.forward(pose.rotations, pose.hips, body.offsets)
    arm = ik.arm_of(body)
    palm = points[INDEX["rightHand"]] + turned[INDEX["rightHand"]] @ arm.palm
    wanted = places.landmark("heart", body) - [0, 0, 0.06 * arm.length]
    assert np.linalg.norm(palm - wanted) < 0.1 * arm.length
    faces = -turned[INDEX["rightHand"], :, 1]
    assert faces[2] > 0.8, "the palm faces the person"


def test_every_near_miss_of_the_example_differs_from_it(example):
    assert {"wrong_shape", "too_low", "half_of_it", "too_small", "too_late", "other_side"} == set(example.near_misses)
    body = BODIES[0]
    right = perform(example, body).motion
    for name in example.near_misses:
        missed = perform(notation.near_miss(example, name), body).motion
        count = min(len(right.times), len(missed.times))
        apart = rotations.angle_between(right.rotations[:count], missed.rotations[:count])
        assert np.degrees(apart.max()) > 10, name


def test_the_example_is_built_from_the_steps_before_it(example):
    steps = re.findall(r"```toml\n(.*?)```", PAGE.partition("<!-- the whole example")[0], re.S)
    assert len(steps) >= 5
    for step in steps:
        for line in filter(None, map(str.strip, step.splitlines())):
            assert line in EXAMPLE, line


def test_it_can_be_performed_on_either_side(example):
    assert [perform(example, BODIES[0], Style(side=s)).side for s in ("left", "right")] == ["left", "right"]


@pytest.mark.parametrize(
    "words",
    [
        shapes.SHAPES,
        places.LANDMARKS,
        timing.PATHS,
        checked.DIRECTIONS,
        notation.TOWARDS,
        notation.NEEDS,
        notation.SIDES,
        notation.SKILLS,
        notation.MOVES,
        notation.GOAL_PARTS,
        notation.STANDING_CHANGES,
        weights.WORDS,
        SYNC_POINTS,
    ],
    ids=["shapes", "landmarks", "paths", "directions", "towards", "needs", "sides", "skills", "moves", "goal parts",
         "near misses", "counts", "moments"],
)  # fmt: skip
def test_every_word_of_the_notation_is_on_the_page(words):
    missing = [w for w in words if w not in WRITTEN]
    assert not missing


def test_every_action_unit_is_on_the_page():
    table = PAGE.partition("### `[[face]]`")[2].partition("###")[0]
    assert all(re.search(rf"\b{unit}\b", table) for unit in face.FACS)


def test_every_key_that_the_reader_takes_is_on_the_page():
    source = Path(notation.__file__).read_text(encoding="utf-8")
    keys = set(re.findall(r't\.(?:take|number|word|words|texts|table|tables|weights|direction)\(\s*"(\w+)"', source))
    assert len(keys) > 40
    for key in keys:
        assert re.search(rf"[`\[{{ ,]{key}[`\] =]", PAGE), key


def test_errors_on_the_page_are_errors_that_come_up():
    from tests.gestures.test_notation import WAVE

    said = []
    for old, new in (
        ('"flat_spread"', '"fists"'),
        ("repeats = 3", "repeat = 3"),
        ("out = 0.50", "out = 45"),
        ('at = "stroke"\n', 'at = "ready"\n'),
        ('name = { nl = "Zwaaien", en = "Wave" }', ""),
        ('"Wave" }', '"Wave"'),
        ('shape = "flat_spread"\n', ""),
    ):
        with pytest.raises(notation.NotationError) as caught:
            notation.read(WAVE.replace(old, new, 1), "wave")
        said.append(str(caught.value))
    rows = re.findall(r"^\| `(wave\.toml: .*?)` \|", PAGE, re.M)
    assert len(rows) >= 6
    starts = [row.partition("…")[0] for row in rows]
    assert [s for s in starts if not any(text.startswith(s) for text in said)] == []
