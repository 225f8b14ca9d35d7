"""A user's mistake is one line that says what is wrong and what there is, with exit code 2 and never a traceback."""

import pytest

from tests.cli.terminal import QUICK, tell

RUN = ("run", "--display", "offscreen")
BROKEN_CSV = "time,hips_x\n0,1\n"
FILES = {
    "mode.toml": QUICK.replace('"immediate"', '"imediate"'),
    "gesture.toml": QUICK.replace('"wave"', '"wafe"'),
    "unfinished.toml": "name = ",
    "key.toml": QUICK.replace("trials", "trails"),
    "binary.toml": b"\xff\xfe\x00name",
    "broken.npz": "nonsense",
    "empty.npz": "",
    "broken.csv": BROKEN_CSV,
    "broken.bvh": "HIERARCHY\nROOT Hips\n{",
    "broken.mcap": "nonsense",
    "clip.mp4": "a film",
    "pose.toml": 'name = { en = "Pose" }\n[[hand]]\nat = "stroke"\nshape = "fists"\n',
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of files that something is wrong with."""
    folder = tmp_path_factory.mktemp("broken")
    for name, text in FILES.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((*RUN, "--learner", "samm"), "no simulated learner 'samm' and no such file; there is lev"),
        ((*RUN, "--learner", "sam", "--tracker", "recorded"), "--learner sam goes with tracker simulated"),
        ((*RUN, "--learner", "{}/broken.npz", "--tracker", "simulated"), "goes with tracker recorded"),
        ((*RUN, "--tracker", "recorded"), "Choose --learner NAME or --learner FILE"),
        ((*RUN, "--tracker", "nobody"), "Without a window and without a learner nothing happens"),
        (("run", "--tracker", "kinect"), "trackers: no 'kinect'; there is nobody, openxr, recorded, simulated"),
        (("run", "--display", "holodeck"), "displays: no 'holodeck'; there is offscreen, openxr, window"),
        (("run", "--display", "window"), "--display window: there is no screen"),
        ((*RUN, "--avatar", "robo"), "avatars: no 'robo'; there is bo, noor"),
        ((*RUN, "--programme", "unknown"), "programmes: no 'unknown'; there is alone, first_minutes, first_steps"),
        ((*RUN, "--programme", "{}/none.toml"), "none.toml: No such file"),
        ((*RUN, "--programme", "{}/mode.toml"), "mode.toml: block 1: mode: no mode 'imediate'; there is immediate"),
        ((*RUN, "--programme", "{}/gesture.toml"), "gesture.toml: block 1: gestures: no gesture 'wafe'"),
        ((*RUN, "--programme", "{}/unfinished.toml"), "unfinished.toml: not TOML"),
        ((*RUN, "--programme", "{}/key.toml"), "key.toml: block 1: trails: no such key"),
        ((*RUN, "--programme", "{}/binary.toml"), "binary.toml: not text in UTF-8"),
        ((*RUN, "--programme", "people"), "Programme people shows other people's recordings"),
        ((*RUN, "--learner", "{}/broken.npz"), "broken.npz: this is not a whole .npz file"),
        ((*RUN, "--learner", "{}/empty.npz"), "empty.npz: this is not a whole .npz file"),
        ((*RUN, "--learner", "{}/broken.csv"), "broken.csv: "),
        ((*RUN, "--learner", "{}/broken.bvh"), "broken.bvh: it ends"),
        ((*RUN, "--learner", "{}/clip.mp4"), "clip.mp4: a recording is a file ending in .npz, .csv, .bvh"),
        ((*RUN, "--learner", "{}/none.npz"), "there is no file"),
        ((*RUN, "--learner", "{}/broken.npz#movement"), "'movement' is not column=value"),
        ((*RUN, "--person", "Sam Smith"), "person 'Sam Smith': a code has 1 to 32 letters, digits"),
        (("replay", "{}/none.mcap"), "none.mcap: there is no such journal"),
        (("replay", "{}/broken.mcap"), "broken.mcap: not a journal of vrtrainer"),
        (("export", "--format", "xml", "--out", "{}/out"), "exports: no 'xml'; there is csv"),
        (("export", "--out", "{}/broken.csv"), "broken.csv: "),
        (("report",), "there is no session yet"),
        (("report", "2020-01-01-nobody-1"), "there is no session yet"),
        (("erase", "P9"), "no person 'P9'; there is nobody yet"),
        (("gesture", "wafe"), "wafe"),
        (("gesture", "{}/none.toml"), "none.toml"),
        (("gesture", "{}/pose.toml"), "pose.toml: hand[1].shape: found \"fists\" (did you mean \"fist\"?)"),
        (("gesture", "{}/binary.toml"), "binary.toml"),
    ],
    ids=lambda value: " ".join(value[:3]) if isinstance(value, tuple) else "",
)  # fmt: skip
def test_it_is_one_clear_line(folder, tmp_path, words, says):
    told = tell(*(w.format(folder) for w in words), data=tmp_path)
    assert told.code == 2, told.all
    assert says in told.err
    assert told.err.startswith("vrtrainer: ")
    assert told.err.count("\n") == 1, told.err
    assert len(told.err) < 400
    assert not list(tmp_path.glob("sessions/*")), "nothing is left of a session that never was"


@pytest.mark.parametrize("command", [RUN, ("doctor",), ("report",), ("gesture",)])
def test_an_unknown_language_says_which_there_are(tmp_path, command):
    told = tell(*command, data=tmp_path, lang="xx")
    assert told.code == 2
    assert told.err == "vrtrainer: --lang: there is no language 'xx'; there is en, nl\n"


@pytest.mark.parametrize("command", [RUN, ("report",), ("export", "--out", "x"), ("erase", "P1")])
@pytest.mark.parametrize("below", ["", "/deeper"])
def test_a_file_in_place_of_the_data_folder_says_to_choose_another(tmp_path, command, below):
    file = tmp_path / "file"
    file.write_text("")
    told = tell(*command, data=f"{file}{below}", cwd=tmp_path)
    assert told.code == 2, told.all
    assert "choose another folder with --data" in told.err
    assert told.err.count("\n") == 1
    assert file.read_text() == ""


@pytest.mark.parametrize("words", [("frobnicate",), ("run", "--nonsense"), ("run", "--seed", "-1"), ("erase",)])
def test_words_that_are_no_command_show_how_it_is_used(tmp_path, words):
    told = tell(*words, lang=None)
    assert told.code == 2
    assert "Usage: " in told.err
    assert "Error: " in told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_contradiction_is_said_in_the_language_that_was_asked_for(tmp_path, lang):
    told = tell(*RUN, "--learner", "sam", "--tracker", "recorded", data=tmp_path, lang=lang)
    assert told.code == 2
    assert ("hoort bij" in told.err) == (lang == "nl")


def test_where_an_error_came_from_is_shown_when_it_is_asked_for(tmp_path):
    told = tell(*RUN, "--learner", "samm", data=tmp_path, VRTRAINER_DEBUG="1")
    assert told.code == 1
    assert "Traceback" in told.err
