"""The self-check: measures against signals whose figures are known, its file, and all of it in a simulated headset."""

import json
import shutil
import subprocess
import tempfile
import tomllib
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.openxr import headset, room
from vrtrainer import choices
from vrtrainer.human import observation, rotations
from vrtrainer.human.frame import ACTIVE, ASLEEP, Frame
from vrtrainer.human.observation import MEASURED
from vrtrainer.human.skeleton import INDEX, SIDES, xr_hand_joints
from vrtrainer.openxr import inventory, measures, profiles, results, selfcheck
from vrtrainer.sessions.commands import Command
from vrtrainer.sessions.words import pages

ASSETS = choices.content("assets")
TEXTS = {f.stem: tomllib.loads(f.read_text(encoding="utf-8")) for f in (ASSETS / "language").glob("*.toml")}
UP = np.array([0.0, 1.0, 0.0])


# Measures


@given(st.floats(30, 144), st.integers(0, 20))
def test_a_rate_is_told_and_so_is_how_many_frames_were_late(rate, late):
    steps = np.full(400, 1 / rate)
    steps[10 : 10 + 15 * late : 15] *= 2
    measured, share = measures.pace(np.cumsum(steps))
    assert measures.pace(np.cumsum(steps), 0.5 / rate)[1] == 1.0, "every frame is late where twice as many were told"
    assert measured.value == pytest.approx(rate, rel=1e-6)
    assert share == pytest.approx(late / 399, abs=1 / 399)


def test_no_rate_is_told_of_too_few_frames():
    assert measures.pace(np.arange(8) / 90) is None
    assert measures.fresh_rate(np.arange(8) / 90, np.zeros((8, 3))) is None


@given(st.sampled_from([15.0, 30.0, 45.0, 60.0]), st.integers(0, 5))
def test_samples_that_are_repeated_do_not_count_as_new(rate, seed):
    times = np.arange(900) / 90
    taken = np.floor(times * rate + 1e-9)
    samples = np.random.default_rng(seed).normal(size=(int(taken.max()) + 1, 3))[taken.astype(int)]
    measured = measures.fresh_rate(times, samples)
    assert measured.value == pytest.approx(rate, abs=2 * measured.sd + 0.05 * rate)


@given(st.floats(0.0002, 0.002), st.integers(0, 5))
def test_jitter_is_told_and_slow_sway_is_not_part_of_it(sd, seed):
    times = np.arange(720) / 90
    sway = 0.03 * np.sin(2 * np.pi * 0.1 * times)[:, None] * [1.0, 0.0, 0.3]
    noise = np.random.default_rng(seed).normal(scale=sd, size=(720, 3))
    measured = measures.jitter(times, sway + noise + [5.0, 1.0, 0.0])
    assert measured.value == pytest.approx(sd * np.sqrt(3), rel=0.15, abs=3e-4)
    moved = sway + noise + np.where(times > 4, 0.08, 0.0)[:, None]
    assert measures.jitter(times, moved).value == pytest.approx(measured.value, rel=0.15)


def shaken(times, lag=0.0, noise=0.0, seed=0):
    at = times - lag
    angle = 0.6 * np.sin(2 * np.pi * 0.7 * at) + 0.15 * np.sin(2 * np.pi * 1.7 * at + 1.0)
    return angle + np.random.default_rng(seed).normal(scale=noise, size=len(times))


@given(st.floats(-0.05, 0.12), st.sampled_from([45.0, 72.0, 90.0, 120.0]), st.integers(0, 3))
def test_a_lag_is_found_within_its_uncertainty(lag, rate, seed):
    times = np.arange(0, 9, 1 / rate)
    found = measures.lag(times, shaken(times), shaken(times, lag, noise=0.004, seed=seed))
    assert found.seconds == pytest.approx(lag, abs=max(4 * found.sd, 0.002))
    assert found.sd < 0.01
    assert found.alike > 0.9


@given(st.integers(0, 10))
def test_a_lag_is_found_with_samples_missing(seed):
    times = np.arange(0, 9, 1 / 72)
    second = shaken(times, 0.045, noise=0.003, seed=seed)
    second[np.random.default_rng(seed).random(len(times)) < 0.3] = np.nan
    second[200:240] = np.nan
    found = measures.lag(times, shaken(times), second)
    assert found.seconds == pytest.approx(0.045, abs=0.004)
    assert found.share < 0.75


@pytest.mark.parametrize("rate", [30.0, 45.0])
def test_a_hand_that_comes_less_often_than_the_head_is_later_by_half_its_interval(rate):
    times = np.arange(0, 9, 1 / 90)
    held = np.floor(times * rate + 1e-9) / rate
    found = measures.lag(times, shaken(times), shaken(held))
    assert found.seconds == pytest.approx(0.5 / rate - 0.5 / 90, abs=0.003)


def test_no_lag_is_told_where_nobody_turns_or_where_head_and_hand_go_their_own_ways():
    times = np.arange(0, 9, 1 / 72)
    noise = np.random.default_rng(1).normal(scale=0.001, size=len(times))
    assert measures.lag(times, noise, noise[::-1]) is None
    other = 0.5 * np.sin(2 * np.pi * 1.13 * times)
    assert measures.lag(times, shaken(times), other) is None
    assert measures.lag(times, shaken(times), np.full(len(times), np.nan)) is None


@given(st.floats(-3.0, 3.0))
def test_a_heading_is_that_of_the_rotation_and_of_the_line_between_hands(yaw):
    turn = rotations.from_axis_angle(UP, yaw)
    assert measures.heading(turn[None])[0] == pytest.approx(yaw, abs=1e-6)
    left, right = (rotations.rotate(turn, np.array([x, 1.0, -0.4])) for x in (-0.2, 0.2))
    assert measures.heading_between(left[None], right[None])[0] == pytest.approx(yaw, abs=1e-6)


def test_a_visible_volume_is_that_in_which_the_hands_were_measured():
    rng = np.random.default_rng(0)
    yaw, pitch = rng.uniform(-100, 100, 20_000), rng.uniform(-70, 60, 20_000)
    seen = np.stack([yaw, pitch, rng.uniform(0.3, 0.7, 20_000)], axis=1)
    inside = (np.abs(yaw) < 60) & (pitch > -50) & (pitch < 30)
    seen[~inside] = np.nan
    found = measures.volume(np.arange(20_000) / 90, seen, inside, inside)
    assert found.bands[0][0] == (-50.0, -30.0)
    assert found.bands[-1][0] == (10.0, 30.0)
    assert all(band == (-60.0, 60.0) for _, band in found.bands)
    assert (found.near, found.far) == pytest.approx((0.3, 0.7), abs=0.02)
    assert found.measured == pytest.approx(inside.mean())


def test_where_a_hand_was_lost_is_where_it_was_seen_last():
    times = np.arange(180) / 90
    seen = np.stack([np.linspace(0, 90, 180), np.full(180, -20.0), np.full(180, 0.5)], axis=1)
    measured = np.arange(180) < 100
    found = measures.volume(times, seen, measured, measured)
    assert found.lost == ((50, -20),)


def test_directions_are_as_seen_from_a_turned_head():
    turn = rotations.from_axis_angle(UP, np.radians(30))  # to the left
    places = np.array([[0.0, 1.2, -0.5], [0.0, 1.7, -0.5]])
    told = measures.from_head(np.stack([turn, turn]), np.tile([0.0, 1.2, 0.0], (2, 1)), places)
    assert told[0] == pytest.approx([30.0, 0.0, 0.5])
    assert told[1, 1] == pytest.approx(45.0)


def test_claps_are_counted_and_what_was_lost_around_them_is_told():
    times = np.arange(720) / 90
    half = 0.05 + 0.2 * np.abs(np.cos(2 * np.pi * 0.5 * times))
    left, right = (np.stack([s * half, np.ones(720), -0.4 * np.ones(720)], axis=1) for s in (-1, 1))
    found = measures.claps(times, left, right, half > 0.06)
    assert found.count == 8
    assert found.fastest == pytest.approx(0.2 * np.pi, rel=0.05)
    assert found.lost > 0.1
    assert measures.claps(times, left - [0.5, 0, 0], right, half > 0) is None


@given(st.floats(0.05, 0.075), st.floats(-3, 3))
def test_eyes_are_as_far_apart_as_they_are_and_swapped_ones_are_found(apart, yaw):
    turn = rotations.from_axis_angle(UP, yaw)
    ends = [rotations.rotate(turn, np.array([x * apart / 2, 0, 0])) + 1.2 * UP for x in (-1, 1)]
    poses = np.tile(np.stack([np.concatenate([turn, end]) for end in ends]), (5, 1, 1))
    told, left_first = measures.eyes_apart(poses)
    assert told.value == pytest.approx(apart)
    assert left_first
    assert measures.eyes_apart(poses[:, ::-1])[1] is False


# The check as it goes on


def frames(seconds, rate=60.0, state=ACTIVE, start=0.0):
    for k in range(int(seconds * rate)):
        yield Frame(k, start + k / rate, 1 / rate, 1 + k, True, state)


def person(at, tray=0.0, hands=True):
    """Somebody who sits 1.2 m high, breathes, and turns as a whole by `tray` radians."""
    seen = observation.nothing("openxr")
    turn = rotations.from_axis_angle(UP, tray)
    for name, place in {"head": (0, 1.2, 0), "leftEye": (-0.03, 1.25, 0), "rightEye": (0.03, 1.25, 0)}.items():
        seen.positions[INDEX[name]] = rotations.rotate(turn, np.array(place, float))
    seen.rotations[INDEX["head"]] = turn
    seen.how[[INDEX["head"], INDEX["leftEye"], INDEX["rightEye"]]] = MEASURED
    for side in SIDES if hands else ():
        joints = xr_hand_joints(side)
        place = np.array([-0.2 if side == "left" else 0.2, 1.0, -0.4]) + 0.002 * np.sin(3 * at)
        seen.positions[joints] = rotations.rotate(turn, place)
        seen.rotations[joints] = turn
        seen.how[joints] = MEASURED
    return seen


def checked(pace=0.0, length=0.5, of=person, orders=lambda at: (), seconds=120.0, state=ACTIVE):
    check = selfcheck.SelfCheck(TEXTS["en"]["selfcheck"], lambda: (), lambda: None, lambda: 0.0, pace, length)
    for frame in frames(seconds, state=state):
        check.step(frame, of(frame.time), orders(frame.time))
        if check.over:
            break
    return check


def document(check):
    offered = {
        "runtime": {"name": "R", "version": "1.0"}, "headset": "Some headset 1WMHH81234567", "extensions": ["XR_a"],
        "tracks": {"face": [], "gaze": False, "body": []}, "boundary_m": None, "floor_known": True,
    }  # fmt: skip
    return results.document(check, None, offered, inventory.of_machine("some card"), "2026-01-02")


def test_it_ends_by_itself_in_about_three_minutes_where_nobody_does_anything():
    check = checked(pace=1.0, length=1.0, seconds=400.0)
    assert check.over
    assert check.ended == "done"
    assert check.count / 60 == pytest.approx(selfcheck.seconds(), abs=1.5)
    assert 150 <= selfcheck.seconds() <= 190
    assert check.count < selfcheck.ROWS


def test_whoever_keeps_still_is_told_what_was_not_measured():
    doc = document(checked())
    assert doc["measured"]["frames"]["rate"]["value"] == pytest.approx(60.0)
    assert doc["measured"]["eye_height_at_rest"]["value"] == pytest.approx(1.25)
    assert doc["not_measured"]["hand_lag"] == "nobody_moved"
    assert doc["not_measured"]["visible"] == "nobody_moved"
    assert doc["not_measured"]["claps"] == "nobody_moved"
    assert doc["not_measured"]["eye_order"] == "not_answered"
    assert doc["not_measured"]["sound"] == "no_microphone"


def test_whoever_has_no_hands_is_told_so_and_nothing_is_made_up():
    doc = document(checked(of=lambda at: person(at, hands=False)))
    assert {doc["not_measured"][n] for n in ("hands", "hand_lag", "visible", "claps")} == {"no_hands"}
    assert profiles.of_check(doc).hand_lag_s is None


def test_whoever_turns_as_a_whole_has_the_lag_of_the_hands_measured():
    doc = document(checked(of=lambda at: person(at, 0.6 * np.sin(2 * np.pi * 0.5 * at))))
    lag = doc["measured"]["hand_lag"]
    assert lag["tray"]["value"] == pytest.approx(0.0, abs=3.0)
    assert profiles.of_check(doc).hand_lag_s == pytest.approx(0.0, abs=0.003)


def test_skip_goes_on_and_says_that_it_was_skipped():
    check = checked(pace=1.0, length=1.0, orders=lambda at: (Command("go_on"),), seconds=60.0)
    assert check.over
    assert set(check.how.values()) == {"skipped", "done"}
    assert document(check)["not_measured"]["claps"] == "skipped"


def test_ready_cuts_the_reading_short():
    slow = checked(pace=1.0, length=1.0, seconds=400.0)
    quick = checked(pace=1.0, length=1.0, seconds=400.0, orders=lambda at: (Command("ready"),))
    assert quick.count < slow.count - 60 * 40


def test_stop_ends_it_at_once():
    check = checked(orders=lambda at: (Command("stop"),) if at > 5 else ())
    assert check.ended == "asked"
    assert check.count / 60 < 5.2


@pytest.mark.parametrize(("answer", "good"), [("box", True), ("ball", False)])
def test_the_sign_that_is_seen_says_which_eye_gets_which_picture(answer, good):
    check = checked(orders=lambda at: (Command("choose", answer),))
    doc = document(check)
    assert doc["measured"]["eye_order"] == {"saw": answer, "good": good}
    line = next(line for line in results.lines(doc) if line.what == "eye_order")
    assert line.state == ("good" if good else "broken")


def test_time_in_which_nobody_wears_it_does_not_count_and_it_ends_after_a_minute_of_that():
    check = checked(state=ASLEEP)
    assert check.ended == "nobody"
    assert check.how["rest"] == "broken_off"


def test_taking_it_off_and_putting_it_on_is_noticed():
    check = selfcheck.SelfCheck(TEXTS["en"]["selfcheck"], lambda: (), lambda: None, lambda: 0.0, 0.0, 0.5)
    off = None
    for frame in frames(120):
        shown, _ = check.step(frame, person(frame.time), ())
        if shown.turn.phase == "off":
            off = frame.time if off is None else off
            away = frame.time - off < 1.0 and check.presence["on"] is None
            check.step(replace(frame, state=ASLEEP if away else ACTIVE), person(frame.time), ())
        if check.over:
            break
    assert check.presence == {"off": True, "on": True}


def test_each_eye_gets_its_own_sign_and_whoever_watches_sees_both():
    from vrtrainer.displays._selfcheck import _EachItsOwn

    drawn = []
    recorder = SimpleNamespace(draw=lambda shown: drawn.append([p.name for p in shown.props]), plane="a plane")
    each = _EachItsOwn(recorder)
    check = selfcheck.SelfCheck(TEXTS["en"]["selfcheck"], lambda: (), lambda: None, lambda: 0.0, 0.0, 0.5)
    for frame in frames(120):
        shown, _ = check.step(frame, person(frame.time), ())
        if shown.props:
            break
    each.eye = 0
    each.draw(shown)
    each.draw(shown)
    each.eye = None
    each.draw(shown)
    assert drawn == [["ball"], ["table"], ["ball", "table"]]
    assert each.plane == "a plane"


# Texts, file and profile


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_what_is_asked_fits_two_lines_and_all_that_can_be_said_has_words(code):
    words = TEXTS[code]["selfcheck"]
    for step in selfcheck.STEPS:
        assert len(pages(words[f"ask_{step.name}"])) == 1, step.name
        assert all(f"answer_{a}" in words for a in step.answers)
    for check in (checked(), checked(of=lambda at: person(at, hands=False))):
        for line in results.lines(document(check)):
            assert words[line.what]
            words[line.told].format(**line.values)


def test_the_file_holds_plain_values_units_and_nothing_private(tmp_path, monkeypatch):
    monkeypatch.setattr(inventory.platform, "node", lambda: "annes-laptop")
    home = Path("/home", "anneke")
    monkeypatch.setattr(inventory.Path, "home", lambda: home)
    doc = document(checked())
    doc["runtime"]["name"] = inventory.clean(f"Runtime of anneke in {home}/x on annes-laptop, 1WMHH8A1234567")
    first, second = results.write(tmp_path, doc), results.write(tmp_path, doc)
    assert first != second
    text = first.read_text(encoding="utf-8")
    for private in ("anneke", "annes-laptop", "1WMHH8", str(tmp_path)):
        assert private not in text
    back = json.loads(text)
    assert back["schema"] == results.SCHEMA
    assert set(back) >= {"machine", "runtime", "headset", "extensions", "steps", "measured", "not_measured", "made"}
    assert back["measured"]["frames"]["rate"]["unit"] == "Hz"
    assert not set(back["measured"]) & set(back["not_measured"])


def test_a_profile_is_kept_found_again_and_wins_over_what_ships(tmp_path):
    mine = profiles.Profile("Some headset", "R", hand_lag_s=0.04, hand_lag_sd_s=0.002)
    path = profiles.keep(tmp_path, mine)
    assert profiles.read(path.read_text(encoding="utf-8"), path.name) == mine
    assert profiles.of("Some headset", "R", ASSETS, tmp_path) == mine
    assert profiles.of("Some headset", "another link", ASSETS, tmp_path).hand_lag_s is None
    profiles.keep(tmp_path, profiles.Profile("Some headset", "R", hand_rate_hz=30.0))
    both = profiles.of("Some headset", "R 2.1", ASSETS, tmp_path)
    assert (both.hand_lag_s, both.hand_rate_hz) == (0.04, 30.0)


def test_every_profile_that_ships_can_be_read_and_says_when_it_was_measured():
    shipped = profiles.all_of(ASSETS)
    assert shipped
    assert all(p.headset and p.measured_on for p in shipped.values())


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("hand_lag = 1", "no 'hand_lag'"),
        ('hand_lag_s = "soon"', "hand_lag_s"),
        ("visible = [1]", "visible"),
        ("=", "TOML"),
    ],
)
def test_a_profile_that_cannot_be_read_says_what_would_be_right(text, what):
    with pytest.raises(ValueError, match=rf"mine.toml.*{what}"):
        profiles.read(text, "mine.toml")


# In a headset

WHERE = """
import os, sys
from pathlib import Path
from tests.openxr.surroundings import screen
from vrtrainer import choices
from vrtrainer.links.monado import command
class Texts(dict):
    def __missing__(self, key):
        return key
folder = Path(sys.argv[1])
_, os.environ["DISPLAY"] = screen(folder, (1280, 1024))
sys.exit(command.run(assets=choices.content("assets"), texts=Texts(), choreography_file=folder / "child.toml",
                     command=[sys.executable, "-c", sys.argv[2], str(folder)]))
"""
CHECK = """
import sys
from pathlib import Path
from vrtrainer import api
sys.exit(api.examine_headset(api.options(data=Path(sys.argv[1]) / "data", language="nl"), pace=0.0, length=0.6))
"""


def choreography():
    """A child that does what the check asks, by the clock, as nobody presses Ready."""
    begins, at = {}, 0.0
    for step in selfcheck.STEPS:
        begins[step.name], at = at, at + 0.6 * step.seconds
    rows = [(begins["look"] + 0.5 + 2.4 * k, "look", f"yaw_deg = {40 * (-1) ** k}\nseconds = 2.2") for k in range(2)]
    reached = [("one_arm_up", "left"), ("wave", "right"), ("one_arm_up", "right")]
    rows += [(begins["reach"] + 0.3 + 3 * k, "gesture", f'name = "{name}"\nside = "{side}"')
             for k, (name, side) in enumerate(reached)]  # fmt: skip
    rows += [(begins["tray"] + 0.2 + 0.9 * k, "walk", f"x = 0.0\nz = 0.0\nyaw_deg = {y}\nseconds = 0.9")
             for k, y in enumerate([40, -40, 40, -40, 40, 0])]  # fmt: skip
    rows += [(begins["chin"] + 0.5, "lose", 'hand = "left"\nhow = "inferred"\nseconds = 3.0')]
    rows += [(begins["off"] + 1.0, "take_off", "seconds = 3.0")]
    return "height = 1.3\n" + "".join(f'[[at]]\ntime = {t:.2f}\ndo = "{do}"\n{more}\n' for t, do, more in rows)


@pytest.mark.alone
@pytest.mark.skipif(not room.there(), reason="OpenXR: there is no Monado here; python -m tests gets it where it may")
def test_all_of_it_in_a_simulated_headset():
    folder = Path(tempfile.mkdtemp(prefix="vrtrainer-selfcheck-"))
    try:
        (folder / "child.toml").write_text(choreography(), encoding="utf-8")
        words = [room.python(), "-c", WHERE, str(folder), CHECK]
        with headset.alone():
            done = room.run(words, {"XDG_RUNTIME_DIR": "/run/xdg"}, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
        (file,) = (folder / "data" / "selfcheck").glob("*.json")
        doc = json.loads(file.read_text(encoding="utf-8"))
        found = doc["measured"]
        assert doc["ended"] == "done"
        assert "Monado" in doc["runtime"]["name"]
        assert found["eyes"]["left_first"]
        assert found["eyes"]["apart"]["value"] == pytest.approx(63.0, abs=2.0)
        assert found["eye_height_at_rest"]["value"] == pytest.approx(1.22, abs=0.05)
        assert found["head_turn"]["value"] == pytest.approx(80, abs=15)
        assert found["hands"]["left"]["measured"] > 0.7
        assert found["hand_lag"]["by"] == "tray"
        assert abs(found["hand_lag"]["tray"]["value"]) < 150
        assert found["worn"]["off_seen"]
        assert doc["not_measured"]["eye_order"] == "not_answered"
        assert "Geschreven:" in done.stdout
        (profile,) = (folder / "data" / "headsets").glob("*.toml")
        assert profiles.read(profile.read_text(encoding="utf-8"), profile.name).hand_lag_s is not None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_without_a_headset_one_sentence_says_why_and_the_code_is_1(tmp_path):
    import os
    import sys

    words = [sys.executable, "-m", "vrtrainer", "doctor", "--headset", "--lang", "en", "--data", str(tmp_path)]
    environment = {**os.environ, "XR_RUNTIME_JSON": str(tmp_path / "none.json")}
    done = subprocess.run(words, capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stdout.strip().splitlines()) == 1
    assert "OpenXR" in done.stdout
