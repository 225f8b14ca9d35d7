"""What each eye sees in a headset: as approved, at the right depth, in the right size, with hands where they are."""

import itertools
import tomllib

import numpy as np
import pytest

from tests.openxr import eyes, headset
from tests.openxr.conftest import shared_folder
from tests.pictures import comparing
from vrtrainer import choices
from vrtrainer.sessions.tableau import Button, Caption, Tableau
from vrtrainer.stage import layout, lettering

pytestmark = pytest.mark.alone
MIDDLE = np.array(headset.EYES)
FACE = MIDDLE + np.array([0.0, 0.0, -1.5])
"""Where captions take an avatar's face to be while there is none."""
HEAD_DEPTH = (1.35, 1.6)  # m: an avatar at 1.5 m, whose nose is before its ears


@pytest.fixture(scope="module")
def seen(monado):
    with shared_folder() as folder:
        return eyes.performed(folder)


@pytest.fixture(scope="module")
def plan(opengl):
    """The greeting's plan in degrees: its panel, its lines and its button; and the fonts."""
    assets = choices.content("assets")
    words = tomllib.loads((assets / "language" / "en.toml").read_text(encoding="utf-8"))
    said = Caption(words["captions"]["look_around"])
    shown = Tableau(captions=(said,), buttons=(Button("ready", words["buttons"]["ready"], "enter"),))
    fonts = assets / "fonts"
    items = layout.standing(shown, fonts)
    return {"panel": items[0], "lines": items[1], "button": items[2]}, fonts


def corners(item, side):
    """Left, top, right and bottom of an item of the plan in an eye's picture, in pixels."""
    from vrtrainer.stage import renderer

    plane = renderer.standing_plane(FACE, MIDDLE)
    x, y = np.array([-0.5, 0.5]) * item.wide + item.x, np.array([0.5, -0.5]) * item.high + item.y
    there = plane @ np.array([[x[0], x[1]], [y[0], y[1]], [0.0, 0.0], [1.0, 1.0]])
    (left, top), (right, bottom) = eyes.places(there[:3].T, side)
    return left, top, right, bottom


def test_what_the_eyes_see_is_what_was_approved(seen):
    for side, pixels in zip(eyes.SIDES, seen.pictures["greeting"], strict=True):
        name = f"{eyes.FOLDER}/{side}"
        wanted = comparing.approved(name)
        assert wanted is not None, f"{name} was never approved: python -m tests.openxr.eyes --approve"
        found = eyes.halved(pixels)
        wrong = comparing.difference(found, wanted)
        if wrong:
            path = comparing.shown_apart(f"eyes_{side}", found, wanted)
            pytest.fail(f"{name}: {wrong}; see {path}; if it is right: python -m tests.openxr.eyes --approve")


def test_the_session_ends_in_good_order(seen):
    assert seen.code == 130, "\n".join(seen.lines)


def test_it_gets_light_out_of_the_dark_and_dark_again_at_the_end(seen):
    dark = max(k for k, light in enumerate(seen.rising) if light < 1.0)  # before it: Monado's own grey
    steps = [light for light, _ in itertools.groupby(seen.rising[dark:])]
    assert steps == sorted(steps), "it never flickers"
    assert len(steps) >= 4, f"it comes up by steps, not at once: {steps}"
    assert seen.falling[-1] < 1.0
    falling = [light for light, _ in itertools.groupby(seen.falling)]
    # The avatar moves meanwhile, which changes a little.
    assert all(later < light + 2.0 for light, later in itertools.pairwise(falling))


def test_both_eyes_see_captions_at_the_front_of_where_the_avatar_stands(seen, plan):
    left, top, right, bottom = (round(v) for v in corners(plan[0]["panel"], "left"))
    part = slice(top - 6, bottom + 6), slice(left - 6, right + 6)
    wanted = eyes.FOCAL[0] * eyes.APART / (1.5 - 0.16)  # before its chest, so that it does not stand in them
    assert eyes.shift(*seen.pictures["greeting"], *part) == pytest.approx(wanted, abs=0.8)


def test_both_eyes_see_the_avatar_at_one_and_a_half_metres(seen):
    before, now = (seen.pictures[name] for name in ("without_hands", "avatar"))
    # The avatar's head is what has changed above the captions.
    changed = np.abs(now[0].astype(int) - before[0]).max(axis=2)[400:560, 300:660] > 40
    rows, columns = np.nonzero(changed)
    assert len(rows) > 1000, "nobody stands there"
    top, left, right = 400 + rows.min(), 300 + columns.min(), 300 + columns.max()
    shift = eyes.shift(*now, slice(top, top + 60), slice(left, right))
    depth = eyes.FOCAL[0] * eyes.APART / shift
    assert HEAD_DEPTH[0] < depth < HEAD_DEPTH[1]


def test_the_far_wall_is_further_away_than_the_avatar(seen):
    shift = eyes.shift(*seen.pictures["without_hands"], slice(310, 420), slice(80, 880))
    assert 0.0 < shift < 0.75 * eyes.FOCAL[0] * eyes.APART / 1.5


def test_letters_are_two_degrees_and_a_button_four(seen, plan):
    items, fonts = plan
    for side, pixels in zip(eyes.SIDES, seen.pictures["without_hands"], strict=True):
        grey = eyes.light(pixels)
        left, top, right, bottom = corners(items["panel"], side)
        degree = (right - left) / items["panel"].wide
        # The panel: dark along a line where its corners are no longer round and no letter stands yet.
        column = round(right - 1.15 * degree)
        dark = np.nonzero(grey[round(top) - 12 : round(bottom) + 12, column] < 100)[0]
        assert len(dark) == pytest.approx(bottom - top, abs=2.0)
        assert round(top) - 12 + dark[0] == pytest.approx(top, abs=1.6)
        # The letters: from the first to the last of the first line.
        line = grey[round(top + 0.75 * degree) : round((top + bottom) / 2 - 0.3 * degree), round(left) : round(right)]
        inked = np.nonzero((line > 130).any(axis=0))[0]
        wide = lettering.width(fonts, items["lines"].lines[0])
        em = (inked[-1] - inked[0] + 1) / degree / wide
        assert em == pytest.approx(layout.EM, rel=0.03)
        # What a degree is: seen from the eyes, not only in the plan.
        down = np.degrees(np.arctan((np.array([top, bottom]) - eyes.SIZE[1] / 2) / eyes.FOCAL[1]))
        assert down[1] - down[0] == pytest.approx(items["panel"].high, rel=0.03)
        # The button: dark between its bright edges, where its corners are nearly over and its word has not begun.
        left, top, right, bottom = corners(items["button"], side)
        middle, column = round((top + bottom) / 2), round(left + 0.85 * degree)
        bright = np.nonzero(grey[:, column] > 130)[0]
        high = bright[bright > middle].min() - bright[bright < middle].max() - 1
        assert high == pytest.approx(bottom - top - 2 * items["button"].border * degree, abs=2.0)
        down = np.degrees(np.arctan((np.array([top, bottom]) - eyes.SIZE[1] / 2) / eyes.FOCAL[1]))
        assert down[1] - down[0] == pytest.approx(layout.TARGET, rel=0.05)


def test_gloves_are_where_the_hands_are_and_nowhere_else(seen):
    captions = slice(0, 815), slice(396, 564)  # words and buttons: not of hands, and different without them
    for k, side in enumerate(eyes.SIDES):
        with_hands, without = (seen.pictures[name][k].astype(int) for name in ("greeting", "without_hands"))
        glove = np.abs(with_hands - without).max(axis=2) > 20
        glove[captions] = False
        glove[:620] = False
        joints = eyes.places(seen.hands.reshape(-1, 3), side)
        near = [
            glove[round(y) - 4 : round(y) + 5, round(x) - 4 : round(x) + 5].any()
            for x, y in joints
            if y > captions[0].stop or not captions[1].start < x < captions[1].stop
        ]
        assert np.mean(near) > 0.95, side
        rows, columns = np.nonzero(glove)
        apart = np.hypot(columns[:, None] - joints[:, 0], rows[:, None] - joints[:, 1]).min(axis=1)
        five_cm = 0.05 * eyes.FOCAL[0] / 0.35
        assert np.mean(apart < five_cm) > 0.95, side
        for palm in headset.PALMS:
            x, y = eyes.places(np.array(palm[4:]), side)
            assert glove[round(y) - 40 : round(y) + 40, round(x) - 40 : round(x) + 40].any(), "where the child put it"


def test_what_the_lens_hides_stays_black_and_no_more_than_that(seen):
    for pixels in seen.pictures["greeting"]:
        black = pixels.max(axis=2) == 0
        for corner in (black[:60, :60], black[:60, -60:], black[-60:, :60], black[-60:, -60:]):
            assert np.mean(corner) > 0.99
        assert 0.02 < black.mean() < 0.08
        assert not black[200:880, 150:810].any()
