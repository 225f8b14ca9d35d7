"""Recordings come in as they were, face forward, stand on the floor, and become gestures for any body."""

import numpy as np
import pytest

from vrtrainer.gestures import bvh, recorded
from vrtrainer.gestures.gesture import SYNC_POINTS, Style
from vrtrainer.gestures.perform import perform
from vrtrainer.human import body as bodies
from vrtrainer.human import rotations
from vrtrainer.human.observation import ABSENT, MEASURED, MODELLED
from vrtrainer.human.skeleton import INDEX

ADULT = bodies.of_height(1.75)
NAMES = {
    "waist": "hips", "chest": "chest", "neck": "neck", "head": "head",
    **{f"{s}_{theirs}": s + ours for s in ("left", "right") for theirs, ours in (
        ("upper_arm", "UpperArm"), ("forearm", "LowerArm"), ("hand", "Hand"),
        ("upper_leg", "UpperLeg"), ("lower_leg", "LowerLeg"), ("foot", "Foot"), ("toes", "Toes"))},
}  # fmt: skip


@pytest.fixture(scope="module")
def seen(gestures):
    """What a camera sees: positions (T, 18, 3) in a file's axes, the person aside and turned by 20 degrees."""
    done = perform(gestures["one_arm_up"], ADULT)
    at = done.motion.positions(ADULT)[::2][:, [INDEX[n] for n in NAMES.values()]]
    at = rotations.rotate(rotations.from_axis_angle([0, 1.0, 0], np.radians(20)), at)
    return (at + np.array([0.4, 0.1, -2.0])) * [-1, 1, -1]


@pytest.fixture
def npz(tmp_path, seen):
    def save(**changes):
        table = {
            "pos": np.concatenate([seen, seen[::-1], seen]).astype(np.float32),
            "off": np.arange(4) * len(seen),
            "names": np.array(list(NAMES)),
            "fps": 30.0,
            "movement": np.array([7, 7, 8]),
            "who": np.array(["ann", "bob", "ann"]),
        } | changes
        path = tmp_path / "made.npz"
        np.savez(path, **{k: v for k, v in table.items() if v is not None})
        return path

    return save


def directions(positions):
    pairs = [("UpperArm", "LowerArm"), ("LowerArm", "Hand"), ("UpperLeg", "LowerLeg"), ("LowerLeg", "Foot")]
    lines = np.stack(
        [positions[:, INDEX[s + b]] - positions[:, INDEX[s + a]] for s in ("left", "right") for a, b in pairs], axis=1
    )
    return lines / np.linalg.norm(lines, axis=-1, keepdims=True)


def test_a_person_faces_forward_and_stands_on_the_floor_at_the_origin(npz, gestures):
    first, *_ = recorded.read(npz())
    true = perform(gestures["one_arm_up"], ADULT).motion.positions(ADULT)[::2]
    mapped = [INDEX[n] for n in NAMES.values()]
    assert np.allclose(first.positions[:, mapped], true[:, mapped], atol=0.02)
    assert (first.how[:, mapped] == MEASURED).all()
    assert first.how.sum() == MEASURED * len(mapped) * len(true)
    assert np.isnan(first.positions[:, INDEX["rightIndexTip"]]).all()
    assert first.names_found["left_forearm"] == "leftLowerArm"
    assert first.rate == 30.0


def test_columns_choose_sequences_in_file_order(npz):
    path = npz()
    assert [r.number for r in recorded.read(path, {"movement": 7})] == [0, 1]
    assert [r.columns for r in recorded.read(path, {"movement": 7, "who": "bob"})] == [{"movement": 7, "who": "bob"}]
    assert len(recorded.read(path)) == 3


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ({"movment": 7}, r"there is no column 'movment' \(did you mean 'movement'\?\); it has movement, who"),
        ({"movement": 9}, r"no sequence has movement=9; there is movement: 7, 8"),
        ({"movement": 8, "who": "bob"}, r"no sequence has movement=8, who=bob; there is movement: 7, 8; who: ann, bob"),
    ],
)
def test_what_is_asked_for_and_not_there_is_listed(npz, where, says):
    with pytest.raises(ValueError, match=r"made\.npz: " + says):
        recorded.read(npz(), where)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"fps": None}, "it lacks fps"),
        ({"fps": 0.0}, "fps is 0.0"),
        ({"names": np.array(["a", "b"])}, r"pos has shape .* expected \(rows, 2 names, 3\)"),
        ({"names": np.array([f"x{i}" for i in range(18)])}, "too few are known"),
        ({"off": np.array([0, 5])}, "off must rise from 0"),
        ({"movement": np.array([7])}, r"column movement has shape \(1,\), expected \(3,\)"),
    ],
)
def test_a_file_of_another_layout_is_refused_in_words(npz, changes, says):
    with pytest.raises(ValueError, match=says):
        recorded.read(npz(**changes))


def test_broken_and_missing_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no file"):
        recorded.read(tmp_path / "none.npz")
    for name in ("cut.npz", "odd.csv", "odd.bvh"):
        (tmp_path / name).write_bytes(b"PK\x03\x04\xff\xfe not whole")
        with pytest.raises(ValueError, match=name):
            recorded.read(tmp_path / name)
    (tmp_path / "film.mp4").write_bytes(b"")
    with pytest.raises(ValueError, match=r"ending in \.npz, \.csv, \.bvh"):
        recorded.read(tmp_path / "film.mp4")


def test_joints_that_lie_on_another_tell_nothing_and_are_left_out(npz, seen):
    positions = np.concatenate([seen] * 3)
    doubled = np.concatenate([positions, positions[:, [list(NAMES).index("neck")]]], axis=1)
    first, *_ = recorded.read(npz(pos=doubled, names=np.array([*NAMES, "left_collar"])))
    assert (first.how[:, INDEX["neck"]] == MEASURED).all()
    assert (first.how[:, INDEX["leftShoulder"]] == ABSENT).all()


def test_a_csv_gives_the_same_as_its_npz(npz, seen, tmp_path):
    head = ["time", *(f"{n}_{a}" for n in NAMES for a in "xyz")]
    rows = [[f"{i / 30:.5f}", *(f"{v:.5f}" for v in row.ravel())] for i, row in enumerate(seen)]
    rows[3][1:4] = ["", "", ""]  # not seen once
    path = tmp_path / "one.csv"
    path.write_text("\n".join(",".join(r) for r in [head, *rows]), encoding="utf-8")
    ours, theirs = recorded.read(path)[0], recorded.read(npz())[0]
    assert ours.rate == pytest.approx(30, abs=0.01)
    assert ours.how[3, INDEX["hips"]] == ABSENT
    assert np.nanmax(np.abs(ours.positions - theirs.positions)) < 0.005


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("time,a_x,a_y\n", "line 1: expected time,NAME_x"),
        ("time,a_x,a_y,a_z\n0,1,2\n", "line 2: 3 cells, expected 4"),
        ("time,a_x,a_y,a_z\n0,1,2,left\n", "line 2: a_z is 'left'"),
        ("time,a_x,a_y,a_z\n0,1,2,3\n0,1,2,3\n", "time must rise"),
        ("", "line 1"),
    ],
)
def test_a_csv_that_is_wrong_says_which_line(tmp_path, text, says):
    (tmp_path / "bad.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=says):
        recorded.read(tmp_path / "bad.csv")


BVH = """HIERARCHY
ROOT Hips
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT LeftUpLeg
  {
    OFFSET 10 0 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    JOINT LeftLeg
    {
      OFFSET 0 -45 0
      CHANNELS 3 Zrotation Xrotation Yrotation
      JOINT LeftFoot
      {
        OFFSET 0 -45 0
        CHANNELS 3 Zrotation Xrotation Yrotation
        End Site
        {
          OFFSET 0 -5 10
        }
      }
    }
  }
  JOINT RightUpLeg
  {
    OFFSET -10 0 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    End Site
    {
      OFFSET 0 -90 0
    }
  }
  JOINT Head
  {
    OFFSET 0 60 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    End Site
    {
      OFFSET 0 20 0
    }
  }
}
MOTION
Frames: 2
Frame Time: 0.5
0 95 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
0 95 0 0 0 90 0 -90 0 0 0 0 0 0 0 0 0 0 0 0 0
"""


def test_bvh_turns_joints_as_its_channels_say():
    file = bvh.read(BVH, "walk.bvh")
    at = {n: file.positions[:, i] for i, n in enumerate(file.names)}
    assert file.rate == pytest.approx(2)
    assert np.allclose(at["LeftLeg"][0], [10, 50, 0])
    # Turned a quarter to the left (its +x goes to -z), then the thigh forward: x rotation by -90 takes -y to +z, and
    # the hips take +z to +x.
    assert np.allclose(at["LeftUpLeg"][1], [0, 95, -10])
    assert np.allclose(at["LeftLeg"][1], [45, 95, -10])
    assert file.names[4] == "LeftFoot_End"


def test_bvh_becomes_metres_in_our_axes(tmp_path):
    path = tmp_path / "walk.bvh"
    path.write_text(BVH, encoding="utf-8")
    (first,) = recorded.read(path)
    at = first.positions[0]
    assert at[INDEX["leftUpperLeg"], 0] == pytest.approx(-0.10)
    assert at[INDEX["leftUpperLeg"], 1] - at[INDEX["leftLowerLeg"], 1] == pytest.approx(0.45)
    assert np.allclose(at[INDEX["hips"], [0, 2]], 0)
    # The leg that went forward in the second frame is ahead: -Z, once the quarter turn is seen from the first.
    assert first.positions[1, INDEX["leftLowerLeg"], 0] - first.positions[1, INDEX["leftUpperLeg"], 0] < -0.4


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("HIERARCHY", "HIERACHY", "its first word is not HIERARCHY"),
        ("Frames: 2", "Frames: 3", "2 frames, but 'Frames:' says 3"),
        ("Frame Time: 0.5", "Frame Time: 0", "line 46: 'Frame Time: 0'"),
        ("CHANNELS 6", "CHANNELS 5", "line 5: channels 5 Xposition"),
        (
            "Zrotation Xrotation Yrotation\n  JOINT LeftUpLeg",
            "Zrotation Wrotation Yrotation\n  JOINT LeftUpLeg",
            "line 5",
        ),
        ("OFFSET 10 0 0", "OFFSET 10 0", "line 8: '10 0', expected 3 numbers"),
        ("0 95 0 0 0 90 0 -90", "0 95 0 0 0 90 -90", "line 48: 20 numbers, expected 21"),
        ("0 95 0 0 0 90", "0 95 0 zero 0 90", "line 48: a frame holds numbers only"),
        ("MOTION\n", "", "line 44"),
        ("JOINT Head", "BONE Head", "'BONE'; expected ROOT, JOINT"),
    ],
)
def test_a_bvh_that_is_wrong_says_which_line(old, new, says):
    assert old in BVH
    with pytest.raises(ValueError, match=r"walk\.bvh: ") as caught:
        bvh.read(BVH.replace(old, new, 1), "walk.bvh")
    assert says in str(caught.value)


# As gestures


def test_a_recorded_gesture_keeps_bone_directions_on_every_body(npz):
    first = recorded.read(npz())[0]
    gesture = recorded.gesture_of(first, "ann", {"en": "Ann"})
    for body in (bodies.of_height(1.0), bodies.of_height(2.0)):
        done = perform(gesture, body)
        at = done.motion.positions(body)
        theirs = directions(first.positions)
        ours = directions(at[::2][: len(theirs)])
        apart = np.degrees(np.arccos(np.clip((ours * theirs[: len(ours)]).sum(axis=-1), -1, 1)))
        assert apart.max() < 3
        assert abs(at[:, [INDEX["leftToes"], INDEX["rightToes"]], 1].min()) < 0.05 * body.height


def test_feet_stay_on_the_floor_and_unseen_fingers_hang_at_ease(npz):
    from vrtrainer.gestures.perform import relaxed

    first = recorded.read(npz())[0]
    body = bodies.random(np.random.default_rng(11))
    done = perform(recorded.gesture_of(first, "ann", {"en": "Ann"}), body)
    lowest = done.motion.positions(body)[:, [INDEX["leftToes"], INDEX["rightToes"]], 1].min(axis=1)
    assert np.ptp(lowest) < 0.005
    finger = INDEX["leftMiddleProximal"]
    assert np.allclose(done.motion.rotations[7, finger], relaxed(body).rotations[finger])


def test_what_moves_counts_and_what_the_file_lacks_is_modelled(npz):
    gesture = recorded.gesture_of(recorded.read(npz())[0], "ann", {"en": "Ann"})
    done = perform(gesture, ADULT)
    assert gesture.side == done.side == "right"
    assert done.counts == {"rightArm": {"upper_arm": 1.0, "forearm": 1.0, "wrist": 0.5}}
    assert (done.motion.how[:, INDEX["rightIndexProximal"]] == MODELLED).all()
    assert (done.motion.how[:, INDEX["rightHand"]] == MEASURED).all()
    assert not done.motion.face.any()


def test_its_points_are_in_order_and_its_stroke_is_the_farthest(npz):
    gesture = recorded.gesture_of(recorded.read(npz())[0], "ann", {"en": "Ann"})
    done = perform(gesture, ADULT, Style(tempo=2.0))
    points = [done.points[p] for p in SYNC_POINTS]
    assert points == sorted(points)
    assert done.motion.duration == pytest.approx(1.25, abs=0.05)
    hand = done.motion.positions(ADULT)[:, INDEX["rightHand"], 1]
    assert done.motion.times[hand.argmax()] == pytest.approx(done.points["stroke"], abs=0.1)


def test_two_recordings_have_two_digests(npz):
    one, two, three = (recorded.gesture_of(r, "x", {"en": "x"}).digest for r in recorded.read(npz()))
    assert one == three != two


def test_a_recorded_gesture_has_no_near_misses(npz):
    from vrtrainer.gestures import notation

    gesture = recorded.gesture_of(recorded.read(npz())[0], "ann", {"en": "Ann"})
    with pytest.raises(ValueError, match="a recorded gesture has no text"):
        notation.near_miss(gesture, "too_small")


# Real people


@pytest.mark.parametrize("file", ["uiprmd_kinect", "uiprmd_vicon"])
@pytest.mark.parametrize("movement", range(1, 11))
def test_people_face_forward_on_the_floor_and_can_be_performed(people, file, movement):
    for person in recorded.read(people / f"{file}.npz", {"movement": movement, "correct": 1, "subject": 2})[:2]:
        at = person.positions[0]
        across = at[INDEX["rightUpperArm"]] - at[INDEX["leftUpperArm"]]
        assert across[0] > 0.9 * np.linalg.norm(across)
        toes = (at[INDEX["leftToes"]] + at[INDEX["rightToes"]] - at[INDEX["leftFoot"]] - at[INDEX["rightFoot"]]) / 2
        assert toes[2] < 0, "toes point forward, which is -Z"
        assert -0.1 < np.nanmin(person.positions[..., 1]) < 0.15
        gesture = recorded.gesture_of(person, "x", {"en": "x"})
        done = perform(gesture, bodies.of_height(1.2))
        assert np.isfinite(done.motion.rotations).all()
        theirs = directions(person.positions)
        own = directions(gesture.recording.positions(bodies.of_height(1.2)))
        apart = np.degrees(np.arccos(np.clip((own * theirs).sum(axis=-1), -1, 1)))
        assert np.median(apart) < 1
        assert np.percentile(apart, 99) < 10


def test_nobody_hovers_in_a_squat(people):
    body = bodies.of_height(1.2)
    for person in recorded.read(people / "uiprmd_kinect.npz", {"movement": 1, "correct": 1, "rep": 3}):
        done = perform(recorded.gesture_of(person, "x", {"en": "x"}), body)
        at = done.motion.positions(body)
        lowest = at[:, [INDEX[f"{s}{j}"] for s in ("left", "right") for j in ("Foot", "Toes")], 1].min(axis=1)
        down = at[:, INDEX["hips"], 1] < 0.8 * at[0, INDEX["hips"], 1]
        assert down.any()
        assert lowest[down].max() < 0.12  # the file has 0.3 to 0.4


def test_movement_seven_counts_the_right_arm_only(people):
    sides = [
        recorded.gesture_of(r, "x", {"en": "x"}).side
        for r in recorded.read(people / "uiprmd_kinect.npz", {"movement": 7, "correct": 1})
    ]
    assert sides.count("right") >= 0.9 * len(sides)


def test_free_movement_of_another_skeleton_comes_in_too(people):
    clip = recorded.read(people / "cmu.npz")[0]
    assert (clip.how[:, INDEX["leftHand"]] == MEASURED).all()
    leg = clip.positions[:, INDEX["leftUpperLeg"]] - clip.positions[:, INDEX["leftLowerLeg"]]
    assert 0.3 < np.linalg.norm(leg, axis=-1).mean() < 0.6
