"""The simulated child behind the real loader and a real runtime: a headless application sees what the child does."""

import itertools
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.openxr import room

pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(
        not room.there(), reason="OpenXR: there is no Monado here; python -m tests gets it where it may"
    ),
]
SERVICE = """
import sys
from pathlib import Path
from vrtrainer import choices
from vrtrainer.links.monado import command
class Texts(dict):
    def __missing__(self, key):
        return key
at = sys.argv.index("--")
sys.exit(command.run(assets=choices.content("assets"), texts=Texts(), choreography_file=Path(sys.argv[1]),
                     command=sys.argv[at + 1:]))
"""


def lived(folder, choreography, layers, seconds, every=0.05):
    """Rows that the application said while the child did its choreography, and what was said beside them."""
    file = folder / "a.toml"
    file.write_text(choreography, encoding="utf-8")
    application = [room.python(), "-m", "tests.openxr.headless_application", layers, str(seconds), str(every)]
    words = [room.python(), "-c", SERVICE, str(file), "--", *application]
    done = room.run(words, {"XDG_RUNTIME_DIR": "/run/xdg"}, capture_output=True, text=True, timeout=seconds + 60)
    assert done.returncode == 0, done.stderr[-3000:]
    lines = done.stdout.splitlines()
    rows = [json.loads(line) for line in lines if line.startswith("{")]
    beside = [line for line in (*lines, *done.stderr.splitlines()) if "Traceback" in line or "VUID" in line]
    return rows, beside


def at(number, do, **values):
    # TOML is JSON here, but for what stands between a key and its value.
    written = {key: json.dumps(value).replace('": ', '" = ') for key, value in values.items()}
    text = "".join(f"{key} = {value}\n" for key, value in written.items())
    return f'[[at]]\ntime = {number}\ndo = "{do}"\n{text}'


def looks(rows):
    return [row for row in rows if "hands" in row]


def states(rows):
    return [row["state"] for row in rows if "state" in row]


@pytest.fixture
def folder(tmp_path):
    # The room shares the folder for temporary files, where pytest makes this one.
    yield Path(tmp_path)
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.mark.parametrize("layers", ["c", "vcb", "bvc", "cbv"])
def test_an_application_sees_all_of_the_child_and_no_validation_layer_objects(folder, layers):
    text = (
        at(0.1, "expression", units={"12": 0.8}, seconds=4.0)
        + at(0.5, "press", button="select", seconds=0.5)
        + at(1.5, "lose", hand="left", how="inferred", seconds=0.5)
        + at(2.2, "lose", hand="right", how="gone", seconds=0.5)
        + at(2.9, "lose", hand="left", how="controller", seconds=0.5)
        + at(0.2, "look", yaw_deg=40, seconds=1.0)
    )
    rows, beside = lived(folder, text, layers, 5.0)
    assert states(rows)[:5] == ["IDLE", "READY", "SYNCHRONIZED", "VISIBLE", "FOCUSED"]
    assert [line for line in beside if "VALID_DEBUG" not in line] == []
    system = rows[0]
    assert (system["hand"], system["presence"], system["face"], system["chained"]) == (1, 1, 1, True)
    (skeleton,) = [row for row in rows if "rest" in row]
    assert skeleton["rest"][0] < -0.4 < 0.4 < skeleton["rest"][1], "arms to the sides, as in a T-pose"
    assert skeleton["hangs_on"] == ["LEFT_HAND_WRIST_TWIST", "RIGHT_HAND_WRIST_TWIST"]
    assert skeleton["root"] == -1
    seen = looks(rows)
    left, right = ([row["hands"][k] for row in seen] for k in (0, 1))
    assert all(hand["result"] == 0 for hand in left + right)
    assert left[0]["active"] == 1
    assert left[0]["flags"] == [15]
    assert left[0]["palm"][4] < 0 < right[0]["palm"][4]
    assert any(hand["active"] and hand["flags"] == [3] for hand in left), "inferred: valid, not tracked"
    assert any(not hand["active"] for hand in right)
    assert {tuple(hand["source"]) for hand in left} >= {(1, 1), (1, 2)}
    assert max(row["face"][1] for row in seen) == pytest.approx(0.8, abs=0.01)
    assert any(row["select"][1] for row in seen if "select" in row)
    assert sum(row["select"][2] for row in seen if "select" in row) == 2, "pressed once, let go once"
    assert all(row["body"][0] == 1 and row["body"][1] == 15 for row in seen)
    assert seen[-1]["body"][3] == pytest.approx(1.1, abs=0.1)
    assert seen[-1]["head"][0] == 15
    assert seen[-1]["head"][2] == pytest.approx(1.17, abs=0.05), "Monado's own head moves with the child"
    assert min(row["head"][5] for row in seen) < -0.2, "it looked to the right"
    assert seen[-1]["gaze"][0] == 15
    assert seen[-1]["gaze"][2] == pytest.approx(1.17, abs=0.05)


def test_the_headset_goes_off_and_on_and_the_session_with_it(folder):
    text = at(0.5, "take_off", seconds=1.0) + at(2.5, "state", name="visible") + at(3.0, "state", name="focused")
    rows, beside = lived(folder, text, "vcb", 6.0)
    assert not any("VALID_ERROR" in line or "Traceback" in line for line in beside)
    up = ["READY", "SYNCHRONIZED", "VISIBLE", "FOCUSED"]
    down = ["VISIBLE", "SYNCHRONIZED", "STOPPING", "IDLE"]
    assert states(rows) == ["IDLE", *up, *down, *up, "VISIBLE", "FOCUSED"]
    assert [row["present"] for row in rows if "present" in row] == [True, False, True]
    visible = [row for row in looks(rows) if row.get("sync") == 8]
    assert visible
    assert all(row["select"][0] == 0 for row in visible), "no action is active without the focus"


def test_a_call_fails_as_often_as_it_is_told_and_is_late_as_long(folder):
    text = at(0.5, "fault", call="xrLocateHandJointsEXT", result="ERROR_TIME_INVALID", times=3, delay_s=0.2)
    rows, _ = lived(folder, text, "c", 4.0)
    results = [hand["result"] for row in looks(rows) for hand in row["hands"]]
    assert results.count(-30) == 3
    gaps = [b["t"] - a["t"] for a, b in itertools.pairwise(looks(rows))]
    assert max(gaps) > 0.35, "two late calls in one frame"


def test_a_recentring_moves_the_floor_and_says_so(folder):
    text = at(0.3, "walk", x=0.5, z=0.25, yaw_deg=90, seconds=0.3) + at(1.5, "recentre")
    rows, beside = lived(folder, text, "vc", 5.0)
    assert not any("VALID_ERROR" in line or "Traceback" in line for line in beside)
    assert any(row.get("event") == "EVENT_DATA_REFERENCE_SPACE_CHANGE_PENDING" for row in rows)
    heads = [row["head"] for row in looks(rows)]
    before = next(h for h in reversed(heads) if abs(h[1]) > 0.3)
    assert before[5] == pytest.approx(-0.707, abs=0.02)
    assert abs(heads[-1][1]) < 0.1, "in the new space the child stands in the middle"
    assert heads[-1][5] == pytest.approx(0.0, abs=0.02)
    palms = looks(rows)[-1]["hands"]
    assert palms[0]["palm"][4] < -0.1 < 0.1 < palms[1]["palm"][4], "and its hands with it"


def test_losses_are_rebuilt_from_the_session_and_from_the_instance(folder):
    text = (
        at(0.5, "state", name="exiting")
        + at(1.5, "state", name="loss_pending")
        + at(3.0, "instance_loss")
        + at(3.0, "fault", call="xrCreateInstance", result="ERROR_RUNTIME_UNAVAILABLE", times=2)
    )
    rows, beside = lived(folder, text, "cv", 7.0)
    assert not any("VALID_ERROR" in line or "Traceback" in line for line in beside)
    told = states(rows)
    assert "EXITING" in told
    assert "LOSS_PENDING" in told
    assert told.count("FOCUSED") == 4, "at first, and after each of three"
    assert [row["poll"] for row in rows if "poll" in row] == ["ERROR_INSTANCE_LOST"]
    assert [row["failed"] for row in rows if "failed" in row] == ["RuntimeUnavailableError"] * 2


def test_the_service_may_end_and_start_again(folder):
    text = at(0.5, "stop_service") + at(2.0, "start_service")
    rows, beside = lived(folder, text, "c", 10.0)
    assert not any("Traceback" in line for line in beside)
    assert states(rows).count("FOCUSED") == 2


def test_a_command_that_is_not_there_is_said(folder):
    file = folder / "a.toml"
    file.write_text("", encoding="utf-8")
    words = [room.python(), "-c", SERVICE, str(file), "--", "no-such-program"]
    done = room.run(words, {"XDG_RUNTIME_DIR": "/run/xdg"}, stdout=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 2
    assert "no_command" in done.stdout
