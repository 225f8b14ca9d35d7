"""Choreographies as text: what they say is done, and what is wrong in them is said with its place."""

import numpy as np
import pytest

from vrtrainer import choices
from vrtrainer.gestures.checked import NotationError
from vrtrainer.gestures.library import load
from vrtrainer.human import face as faces
from vrtrainer.human import observation
from vrtrainer.human.observation import ABSENT, INFERRED, MEASURED
from vrtrainer.human.skeleton import INDEX
from vrtrainer.links.monado import cable as cables
from vrtrainer.links.monado import choreography, hands
from vrtrainer.links.monado.child import Sight
from vrtrainer.links.monado.performer import Performer
from vrtrainer.sessions.tableau import Turn
from vrtrainer.trackers._signs import StopSign

ASSETS = choices.content("assets")
GESTURES = load(ASSETS / "gestures")
SIGHT = Sight(Turn(), None, 0.0, True, True)


def performer(text, begins="at_once"):
    return Performer(choreography.read(f'begins = "{begins}"\n{text}', "a.toml", GESTURES), GESTURES)


def moments(text, until, rate=30):
    source = performer(text)
    return [(k / rate, source.at(100.0 + k / rate, SIGHT)) for k in range(int(until * rate) + 1)]


@pytest.mark.parametrize("file", sorted((ASSETS / "choreographies").glob("*.toml")), ids=lambda f: f.stem)
def test_every_choreography_that_ships_can_be_read_and_performed(file):
    written = choreography.read(file.read_text(encoding="utf-8"), file.name, GESTURES)
    source = Performer(written, GESTURES)
    for t in np.arange(0.0, (written.lasts or 10.0), 0.5):
        source.at(t, SIGHT)


def test_the_tour_shows_nearly_everything_there_is():
    written = choreography.read((ASSETS / "choreographies" / "tour.toml").read_text(encoding="utf-8"), "t", GESTURES)
    left = set(choreography.DOINGS) - {e.do for e in written.entries}
    assert left == {"profile", "stop_service", "start_service"}


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ('do = "wave"', r"a\.toml: at\[1\]\.do: found \"wave\".*one of gesture"),
        ('do = "gesture"\nname = "waive"', r"at\[1\]\.name: found \"waive\" \(did you mean \"wave\"\?\)"),
        ('do = "gesture"\nname = "wave"\nsid = "left"', r"at\[1\]\.sid: there is no key \"sid\" here.*side"),
        ('do = "lose"\nhand = "left"\nhow = "broken"', r"at\[1\]\.how: .*gone, inferred, frozen, controller"),
        ('do = "look"\nyaw_deg = 400', r"at\[1\]\.yaw_deg: found 400; expected a number from -90"),
        ('do = "expression"\nunits = { "99" = 1.0 }', r"at\[1\]\.units: face: no action unit '99'"),
        ('do = "fault"\ncall = "WaitFrame"', r"at\[1\]\.call: .*xrWaitFrame"),
        ('do = "fault"\ncall = "xrWaitFrame"\nresult = "oops"', r"at\[1\]\.result: .*ERROR_SESSION_LOST"),
        ('do = "state"\nname = "asleep"', r"at\[1\]\.name: .*focused, visible, synchronized"),
        ('do = "press"\nbutton = "menu"', r"at\[1\]\.button: .*select, pause, stop, ready"),
    ],
)
def test_an_error_names_the_file_the_entry_and_what_would_be_right(entry, says):
    with pytest.raises(NotationError, match=f"(?s){says}"):
        choreography.read(f"[[at]]\ntime = 1.0\n{entry}\n", "a.toml", GESTURES)


def test_an_entry_without_a_time_and_a_text_that_is_no_toml_are_refused():
    with pytest.raises(NotationError, match=r"at\[1\]\.time: is missing"):
        choreography.read('[[at]]\ndo = "recentre"\n', "a.toml", GESTURES)
    with pytest.raises(NotationError, match=r"a\.toml: this is no TOML"):
        choreography.read("[[at]\n", "a.toml", GESTURES)


@pytest.mark.parametrize("height", [0.95, 1.25, 1.8])
def test_the_stop_sign_is_one_that_the_session_recognises(height):
    sign, seen_at = StopSign(), []
    for t, m in moments(f'height = {height}\n[[at]]\ntime = 0.5\ndo = "stop_sign"\nseconds = 1.2\n', 4.0, rate=90):
        seen = observation.nothing("x")
        object.__setattr__(seen, "positions", m.positions)
        if sign.step(t, seen, m.how):
            seen_at.append(t)
    assert seen_at
    assert seen_at[-1] - seen_at[0] > 0.5


def test_nothing_begins_before_the_application_has_the_focus():
    source = performer('[[at]]\ntime = 0.0\ndo = "press"\nbutton = "select"\nseconds = 1.0\n', "focus")
    nobody_looks = Sight(Turn(), None, 0.0, False, False)
    assert not source.at(5.0, nobody_looks).pressed
    assert source.at(6.0, SIGHT).pressed == {(cables.RIGHT, "select")}
    assert source.at(6.9, nobody_looks).pressed, "once begun it goes on"
    assert not source.at(7.1, SIGHT).pressed


def test_hands_are_lost_in_four_ways_and_come_back():
    for how, joints, source in (
        ("gone", ABSENT, cables.OPTICAL),
        ("inferred", INFERRED, cables.OPTICAL),
        ("frozen", MEASURED, cables.OPTICAL),
        ("controller", MEASURED, cables.CONTROLLER),
    ):
        rows = moments(f'[[at]]\ntime = 1.0\ndo = "lose"\nhand = "left"\nhow = "{how}"\nseconds = 1.0\n', 3.0)
        left = hands.JOINTS[0]
        during = [m for t, m in rows if 1.05 < t < 1.95]
        assert all((m.how[left] == joints).all() and m.sources[0] == source for m in during)
        still = {m.positions[left].tobytes() for m in during}
        assert (len(still) == 1) == (how == "frozen")
        assert all((m.how[hands.JOINTS[1]] == MEASURED).all() for m in during)
        assert (rows[-1][1].how[left] == MEASURED).all()


def test_a_face_comes_and_goes_softly():
    rows = moments('[[at]]\ntime = 1.0\ndo = "expression"\nunits = { "12" = 0.8 }\nseconds = 2.0\n', 4.0)
    smile = np.array([m.face[faces.INDEX["mouthSmileLeft"]] for _, m in rows])
    assert smile.max() == pytest.approx(0.8)
    assert np.abs(np.diff(smile)).max() < 0.3
    assert smile[0] == smile[-1] == 0.0


def test_a_headset_taken_off_tracks_nothing_and_tells_the_session_to_stop_and_go_on():
    rows = moments('[[at]]\ntime = 1.0\ndo = "take_off"\nseconds = 2.0\n', 4.0)
    off = [m for t, m in rows if 1.05 < t < 2.95]
    assert not any(m.present or m.how.any() or m.head_seen for m in off)
    assert rows[-1][1].present
    assert [o["name"] for _, m in rows for o in m.orders] == ["stopping", "focused"]


def test_a_child_that_walked_recentres_where_it_stands():
    text = '[[at]]\ntime = 0.5\ndo = "walk"\nx = 0.4\nz = -0.2\nyaw_deg = 90\n[[at]]\ntime = 2.0\ndo = "recentre"\n'
    rows = moments(text, 3.0)
    hips = rows[-1][1].positions[INDEX["hips"]]
    assert abs(hips[0] - 0.4) < 0.02
    assert abs(hips[2] + 0.2) < 0.02
    across = rows[-1][1].positions[INDEX["rightUpperArm"]] - rows[-1][1].positions[INDEX["leftUpperArm"]]
    assert across[2] > 0.1, "turned to the right, the right shoulder is nearer"
    (order,) = [o for _, m in rows for o in m.orders]
    assert order["position"] == pytest.approx([0.4, -0.2])
    assert order["yaw"] == pytest.approx(-np.pi / 2)


def test_what_a_headset_does_not_have_it_does_not_track():
    (_, m), *_ = moments('has = ["hands"]\n', 0.1)
    assert np.isnan(m.face).all()
    assert np.isnan(m.gaze).all()
    assert not m.body
    (_, m), *_ = moments('has = ["face"]\n', 0.1)
    assert not m.how[hands.JOINTS[0]].any()
