"""What tests beside a real runtime share."""

import contextlib
import json
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.openxr import headset, room


@pytest.fixture(scope="session")
def monado():
    """Skips where no real OpenXR runtime can be had."""
    if not room.there():
        why = room.refusal() or "python -m tests gets it"
        pytest.skip(f"headset: Monado, a real OpenXR runtime, is not here ({why})")
    if not room.ready():
        pytest.skip("headset: the libraries beside Monado are not those of pyproject.toml; python -m tests gets them")


@contextlib.contextmanager
def shared_folder():
    """A folder that the room shares, gone at the end."""
    made = Path(tempfile.mkdtemp(prefix="vrtrainer-headset-test-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@dataclass
class Watched:
    """What layers saw of a run: lines of core validation, objections and frames of best practices, a dump of calls."""

    code: int
    lines: list
    validation: list
    objections: dict
    frames: int
    dump: str


def watched(folder, module, words, during=None, layers=(headset.CORE, headset.PRACTICES, headset.DUMP)):
    """Run a module in a headset under layers that watch it, `during(headset)` while it runs, to its end."""
    core, objections, dump = (folder / name for name in ("core.txt", "objections.json", "dump.txt"))
    environment = {
        "XR_CORE_VALIDATION_EXPORT_TYPE": "text", "XR_CORE_VALIDATION_FILE_NAME": str(core),
        "XR_API_DUMP_EXPORT_TYPE": "text", "XR_API_DUMP_FILE_NAME": str(dump),
    }  # fmt: skip
    words = ["-m", "tests.openxr.practised", str(objections), module, *words]
    with headset.worn(folder, words, layers=layers, environment=environment) as worn:
        if during is not None:
            during(worn)
        code = worn.wait_end()
    practices = json.loads(objections.read_text(encoding="utf-8"))
    lines = core.read_text(encoding="utf-8").splitlines()
    return Watched(
        code=code,
        lines=worn.lines,
        validation=[line for line in lines if line.startswith("[") and "][VALID_DEBUG" not in line],
        objections=practices["objections"],
        frames=practices["frames"],
        dump=dump.read_text(encoding="utf-8") if dump.exists() else "",
    )


def chosen_by_looking(worn):
    """No hands, and a look at what stands 10 degrees below an avatar's face, until it is chosen; then hands again."""
    worn.be(head=headset.looking(pitch_deg=headset.READY_DEG), palms=(None, None))
    time.sleep(2.5)
    worn.be()


def frames_dumped(folder):
    """How many frames the dump of a run in this folder has so far."""
    dump = folder / "dump.txt"
    return dump.read_text(encoding="utf-8").count("\nXrResult xrEndFrame\n") if dump.exists() else 0


def more_frames(worn, folder, count):
    """Wait until so many more have been dumped."""
    enough = frames_dumped(folder) + count
    worn.wait_for(lambda: frames_dumped(folder) > enough)


@pytest.fixture(scope="session")
def watched_session(monado):
    """A session that begins, goes on with hands in sight, and is stopped; as all layers saw it."""
    with shared_folder() as folder:

        def during(worn):
            more_frames(worn, folder, 30)
            chosen_by_looking(worn)
            more_frames(worn, folder, 80)
            worn.signal("SIGINT")

        yield watched(folder, "vrtrainer", headset.session(folder)[2:], during)
