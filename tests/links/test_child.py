"""The child at its end of the cable: what it is goes in, what is shown comes out; learners and keys can be one."""

import itertools

import numpy as np
import pytest

from vrtrainer import choices
from vrtrainer.gestures import perform
from vrtrainer.gestures.library import load
from vrtrainer.human import body as bodies
from vrtrainer.human.skeleton import INDEX
from vrtrainer.learning.simulated import SimulatedLearner, profile
from vrtrainer.links.monado import cable as cables
from vrtrainer.links.monado import faces, remote
from vrtrainer.links.monado.child import Child, Watcher
from vrtrainer.links.monado.live import Live
from vrtrainer.links.monado.states import FOCUSED
from vrtrainer.sessions.tableau import Turn

ASSETS = choices.content("assets")
GESTURES = load(ASSETS / "gestures")


@pytest.fixture
def ends(tmp_path):
    child, application = cables.make(tmp_path / "cable"), cables.Cable(tmp_path / "cable")
    yield child, application
    child.close()
    application.close()


def watcher(name="sam"):
    file = ASSETS / "learners" / f"{name}.toml"
    return Watcher(SimulatedLearner(profile(file.read_text(encoding="utf-8"), file.name), 3, GESTURES))


def shows(application, turn, pose, frame_time, at):
    """What a layer does when the application shows something."""
    application.turn.write({name: getattr(turn, name) for name in Turn.__slots__})
    now = application.shown.now
    now["there"], now["rotations"], now["hips"], now["face"] = 1, pose.rotations, pose.hips, pose.face
    now["frame_time"], now["at"] = frame_time, at
    application.shown.write()
    application.status.now["time"], application.status.now["session"] = at, FOCUSED
    application.status.write()


def test_a_learner_in_a_headset_copies_what_it_is_shown_and_presses_when_it_is_ready(ends):
    cable, application = ends
    child = Child(cable, watcher())
    body = bodies.of_height(1.6)
    done = perform.perform(GESTURES["one_arm_up"], body)
    offset, wrist, ready = 1000.0, [], []
    for k in range(16 * 30):
        t = k / 30
        if t < 3.0:
            turn, pose = Turn("ready", 0.0, "ready"), perform.relaxed(body)
        elif t < 8.0:
            turn, pose = Turn("model", 3.0, "", 0, "one_arm_up", "right"), done.motion.sample(t - 3.0)
        else:
            turn, pose = Turn("respond", 8.0, "imitation", 0, "one_arm_up", "right"), perform.relaxed(body)
        shows(application, turn, pose, t, offset + t)
        child.step(offset + t)
        application.state.read()
        wrist.append(max(application.state.now["positions"][INDEX[n], 1] for n in ("leftHand", "rightHand")))
        ready.append(bool(application.state.now["hands"]["buttons"][1] & 1 << cables.BUTTONS.index("ready")))
    rest = wrist[0]
    assert max(wrist[: 8 * 30]) < rest + 0.1
    assert max(wrist[8 * 30 :]) > rest + 0.3
    assert any(ready[: 3 * 30])
    assert not any(ready[4 * 30 :])
    assert sum(b and not a for a, b in itertools.pairwise(ready)) <= 4, "presses, not a wobble"


def test_a_learner_with_nothing_to_see_stands_at_ease(ends):
    cable, application = ends
    Child(cable, watcher()).step(50.0)
    assert application.state.read()
    now = application.state.now
    assert now["head_flags"] == cables.SEEN
    assert 0.9 < now["head"][5] < 1.6
    assert now["hands"]["active"].all()
    assert np.isfinite(now["hands"]["pose"]).all()


def test_keys_move_a_living_child(ends):
    cable, application = ends
    live = Live(GESTURES)
    child = Child(cable, live)
    child.step(10.0)
    assert live.key("d", 10.0)
    assert live.key("l", 10.0)
    assert not live.key("?", 10.0)
    child.step(10.4)
    application.state.read()
    assert not application.state.now["hands"][0]["active"]
    assert application.state.now["head"][1] < -0.05, "turned to the right"
    live.key("o", 10.5)
    child.step(10.6)
    child.step(10.8)
    application.state.read()
    assert not application.state.now["present"]
    live.key("o", 11.0)
    child.step(11.1)
    application.state.read()
    assert application.state.now["present"]
    assert [o["name"] for o in application.orders.read([])] == ["stopping", "focused"]
    live.key("q", 12.0)
    assert live.ended(12.0)


def test_the_remote_drivers_packet_has_its_size_and_its_fields(ends):
    cable, _ = ends
    Child(cable, Live(GESTURES)).step(1.0)
    state = cable.state.now
    raw = remote.packet(state)
    assert len(raw) == remote.SIZE
    assert raw[:8] == b"mndrmt3\0"
    assert np.allclose(np.frombuffer(raw, "<f4", 7, 104), state["head"])
    assert np.allclose(np.frombuffer(raw, "<f4", 7, 136), state["hands"][0]["pose"][0])
    assert raw[136 + 104 : 136 + 106] == b"\1\1"


def test_every_weight_of_ours_is_one_of_the_headsets_but_what_it_cannot_show():
    from vrtrainer.human.face import WEIGHTS

    assert set(faces.OF.values()) == set(WEIGHTS)


def test_faces_name_only_expressions_that_the_extensions_have():
    xr = pytest.importorskip("xr", reason="OpenXR: the bindings cannot be imported here")
    fb = {e.name for e in xr.FaceExpression2FB}
    android = {e.name for e in xr.FaceParameterIndicesANDROID}
    assert set(faces.OF) <= fb
    assert set(faces.OF) <= android
