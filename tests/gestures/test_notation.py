"""A text is read as it is meant, and what is wrong with it is said in words."""

import hashlib

import pytest

from tests.gestures.conftest import FOLDER, NAMES
from vrtrainer.gestures import notation, shapes
from vrtrainer.gestures.notation import NotationError
from vrtrainer.learning import plan

WAVE = (FOLDER / "wave.toml").read_text(encoding="utf-8")
DRUM = "name={en='x'}\n[object]\nkind='drum'\nlocation={landmark='belly'}\nwidth=0.6\nheight=0.2"
MINIMAL = """
name = { en = "x" }
[[hand]]
at = "stroke"
shape = "fist"
"""

BROKEN = [
    # what is written in place of what, where the error is, words it says
    ('shape = "flat_spread"', 'shape = "flat_spred"', "hand[1].shape", ['"flat_spred"', 'did you mean "flat_spread"']),
    ('shape = "flat_spread"', "shape = 5", "hand[1].shape", ["found 5", "one of relaxed, flat"]),
    ('palm = "forward"', 'palm = "forwards"', "hand[1].palm", ['"forwards"', 'did you mean "forward"']),
    ('palm = "forward"', 'palm = "in-out"', "hand[1].palm", ["points nowhere"]),
    ('fingers = "up"', 'fingers = "forward"', "hand[1].fingers", ["point where the palm faces", "square to the palm"]),
    ('landmark = "cheek"', 'landmark = "cheeck"', "hand[1].location.landmark", ['did you mean "cheek"']),
    ('landmark = "cheek", ', "", "hand[1].location.landmark", ["is missing", "one of crown"]),
    ("out = 0.50", "out = 45", "hand[1].location.out", ["found 45", "-1.5 to 1.5 arm lengths"]),
    ("out = 0.50", 'out = "wide"', "hand[1].location.out", ['found "wide"', "a number"]),
    ("out = 0.50", "out = nan", "hand[1].location.out", ["found nan", "a number"]),
    (
        "out = 0.50",
        "sideways = 0.5",
        "hand[1].location.sideways",
        ["there is no key", "landmark, out, up, forward, of"],
    ),
    ('at = "stroke_start"', 'at = "strokestart"', "hand[1].at", ['did you mean "stroke_start"']),
    ('at = "stroke_start"', 'at = "stroke_end"', "hand[2].at", ['"stroke" after "stroke_end"', "the order ready"]),
    ('at = "stroke_start"', "", "hand[1].at", ["is missing", "stroke_start"]),
    ('at = "stroke"\n', 'at = "stroke_start"\n', "hand[2].at", ['"stroke_start" twice', "only stroke"]),
    ('kind = "swing"', 'kind = "swin"', "hand[2].path.kind", ['did you mean "swing"']),
    ('kind = "swing"', 'kind = "nod"', "hand[2].path.kind", ["one of swing, circle"]),
    ("repeats = 3", "repeats = 2.5", "hand[2].path.repeats", ["a whole number"]),
    ("repeats = 3", "repeat = 3", "hand[2].path.repeat", ['did you mean "repeats"']),
    ("beat_s = 0.42", "beat_ms = 420", "hand[2].path.beat_ms", ["there is no key", "beat_s"]),
    ("beat_s = 0.42", "beat_s = true", "hand[2].path.beat_s", ["found true", "seconds"]),
    ("angle_deg = 22, ", "", "hand[2].path.angle_deg", ["is missing", "degrees"]),
    ('side = "either"', 'side = "any"', "side", ["either, left, right, both, none"]),
    ('side = "either"', 'side = "none"', "side", ["a hand acts"]),
    ('name = { nl = "Zwaaien", en = "Wave" }', "", "name", ["is missing", "a text for each language"]),
    ('name = { nl = "Zwaaien", en = "Wave" }', 'name = "Wave"', "name", ['found "Wave"', "a text for each language"]),
    ('name = { nl = "Zwaaien", en = "Wave" }', 'name = { nl = "Zwaaien" }', "name", ["found nl", "also en"]),
    ('name = { nl = "Zwaaien", en = "Wave" }', 'name = { en = "" }', "name.en", ["a text in quotes"]),
    ('needs = ["hand"]', 'needs = ["hands"]', "needs[1]", ['did you mean "hand"']),
    ('needs = ["hand"]', 'needs = "hand"', "needs", ["a list of words"]),
    ("palm = 0.4,", "plam = 0.4,", "counts.plam", ['did you mean "palm"']),
    ("hand_shape = 1.0,", "hand_shape = 3.0,", "counts.hand_shape", ["found 3.0", "from 0 to 1"]),
    ("rhythm = 0.6", "rythm = 0.6", "skills.rythm", ['did you mean "rhythm"']),
    ("difficulty = 1", "difficulty = 9", "difficulty", ["found 9", "from 1 to 5"]),
    ('is = "open"', 'is = "wide"', "goal.is", ['found "wide"', "open, closed"]),
    ('part = "hand", is', "is", "goal.part", ["is missing"]),
    ("difficulty = 1", "dificulty = 1", "dificulty", ['did you mean "difficulty"']),
    ("too_small = { angle_deg = 5 }", "too_small = 5", "near_miss.too_small", ["found 5", "angle_deg = 6"]),
    ("{ angle_deg = 5 }", "{ distance = 0.1 }", "near_miss.too_small.distance", ["nothing to change"]),
    ('wrong_shape = { shape = "fist" }', 'wrong_shape = { shape = "fis" }', "hand[1].shape", ['did you mean "fist"']),
    ('needs = ["hand"]', 'needs = ["hand"', "", ["this is not TOML", "line"]),
]


@pytest.mark.parametrize(("old", "new", "key", "says"), BROKEN, ids=[f"{i}-{row[2]}" for i, row in enumerate(BROKEN)])
def test_what_is_wrong_is_named(old, new, key, says):
    assert old in WAVE, "the test changes what is no longer in wave.toml"
    with pytest.raises(NotationError) as caught:
        notation.read(WAVE.replace(old, new, 1), "wave")
    error = caught.value
    assert error.key == key
    assert error.file.startswith("wave.toml")
    assert str(error).startswith("wave.toml")
    for words in says:
        assert words in str(error)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('name = { en = "x" }', "nothing moves"),
        (MINIMAL + "[[other_hand]]\nat = 'ready'\nway = 'round'\n", "other_hand[1].way"),
        ("name = {en='x'}\n[[other_hand]]\nat='stroke'\nshape='fist'", "the acting hand first"),
        ("name = {en='x'}\n[[face]]\nat='stroke'\nunits={'99'=1.0}", "face[1].units.99"),
        ("name = {en='x'}\n[[face]]\nat='stroke'\nunits={}", "FACS units"),
        ("name = {en='x'}\n[[head]]\nat='stroke'\nforward_deg=80", "from -45 to 45 degrees"),
        ("name = {en='x'}\n[[hand]]\nat='stroke'\narm={raise_deg=90}\nlocation={landmark='chin'}", "either where"),
        ("name = {en='x'}\n[[hand]]\nat='stroke'\narm={raise_deg=179}", "from 0 to 172 degrees"),
        ("name = {en='x'}\n[goal]\npart='hand'\n[[hand]]\nat='stroke'\nshape='fist'", "nothing that must be true"),
        ("name = {en='x'}\nhand = 'left'", "[[hand]]"),
        ("name={en='x'}\n[[hand]]\nat='stroke'\nlocation={landmark='object'}", "nothing stands there"),
        ("name={en='x'}\n[goal]\npart='hand'\nhits=2\n[[hand]]\nat='stroke'\nshape='fist'", "nothing stands there"),
        (f"{DRUM}\n[[hand]]\nat='stroke'\nshape='fist'\npath={{kind='hit',distance=0.2}}", "not over the object"),
        (f"{DRUM.replace('drum', 'gong')}\n[[hand]]\nat='stroke'\nshape='fist'", "one of drum"),
        (f"{DRUM.replace('width=0.6', '')}\n[[hand]]\nat='stroke'\nshape='fist'", "object.width: is missing"),
        (DRUM.replace("location={landmark='belly'}", "") + "\n[[hand]]\nat='stroke'\nshape='fist'", "object.location"),
        (f"{DRUM}\nsound='a b'\n[[hand]]\nat='stroke'\nshape='fist'", "assets/sounds"),
        ("name = {en='x', Dutch='y'}\n[[head]]\nat='stroke'", "a language code"),
    ],
)
def test_other_things_that_cannot_be_meant(text, says):
    with pytest.raises(NotationError) as caught:
        notation.read(text, "x")
    assert says in str(caught.value)


def test_a_file_that_is_not_text_is_named(tmp_path):
    from vrtrainer.gestures import library

    (tmp_path / "odd.toml").write_bytes(b'name = "\xff\xfe"')
    with pytest.raises(NotationError, match=r"odd\.toml: this is not UTF-8"):
        library.load(tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_a_gesture_written_again_reads_the_same(name):
    import dataclasses
    import tomllib

    text = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    first = notation.read(text, name)
    again = notation.read(notation.written(tomllib.loads(text)), name)
    for field in dataclasses.fields(first):
        if field.name not in ("source", "digest"):
            assert getattr(first, field.name) == getattr(again, field.name), field.name


@pytest.mark.parametrize("name", NAMES)
def test_near_misses_are_texts_of_their_own(gestures, name):
    gesture = gestures[name]
    assert len(gesture.near_misses) >= 3
    assert {"too_small", "too_late", "half_of_it"} <= set(gesture.near_misses)
    digests = {gesture.digest}
    for change in gesture.near_misses:
        missed = notation.near_miss(gesture, change)
        assert missed.name == f"{name}.{change}"
        assert notation.read(missed.source, missed.name).digest == missed.digest
        digests.add(missed.digest)
    assert len(digests) == 1 + len(gesture.near_misses)


def test_a_near_miss_that_is_not_there_names_those_that_are(gestures):
    with pytest.raises(ValueError, match="wave: no near miss 'too_big'; there is too_small, wrong_shape"):
        notation.near_miss(gestures["wave"], "too_big")


def test_a_near_miss_changes_only_what_it_says(gestures):
    wave = gestures["wave"]
    fist = notation.near_miss(wave, "wrong_shape")
    assert [m.shape for m in fist.hands] == ["fist", None]
    assert fist.hands[0].location == wave.hands[0].location
    assert fist.hands[1].path == wave.hands[1].path
    low = notation.near_miss(wave, "too_low")
    assert low.hands[0].location.landmark == "waist"


@pytest.mark.parametrize("name", NAMES)
def test_our_gestures_speak_dutch_and_english_and_say_what_they_are(gestures, name):
    gesture = gestures[name]
    for texts in (gesture.title, gesture.line, gesture.hint, gesture.what_moved):
        assert set(texts) == {"nl", "en"}
    assert gesture.goal is not None
    assert gesture.tags
    assert gesture.needs
    assert gesture.skills
    assert gesture.digest == hashlib.sha256((FOLDER / f"{name}.toml").read_text(encoding="utf-8").encode()).hexdigest()


def test_a_short_text_is_enough():
    gesture = notation.read(MINIMAL, "x")
    assert (gesture.side, gesture.difficulty, gesture.share_needed) == ("either", 2.0, 0.6)
    assert gesture.near_misses == ("too_small", "too_late", "other_side")


def test_the_notation_knows_every_skill_of_the_learner_model():
    assert notation.SKILLS == plan.SKILLS


def test_every_hand_shape_can_be_written():
    for shape in shapes.SHAPES:
        assert notation.read(MINIMAL.replace("fist", shape), "x").hands[0].shape == shape
