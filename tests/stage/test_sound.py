"""The sounds are soft: mono, rising over 30 ms, between 200 and 1200 Hz; and they are played once."""

import importlib.util
import wave
from pathlib import Path

import numpy as np
import pytest

from vrtrainer import choices
from vrtrainer.sessions.tableau import Sound, Tableau, Turn
from vrtrainer.stage.sound import Sounds

FOLDER = Path(choices.content("assets")) / "sounds"
FILES = sorted(FOLDER.glob("*.wav"))


def samples(path):
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32767
        return data, file.getframerate()


def test_match_pause_and_drum_are_there():
    assert {"match", "pause", "drum"} <= {p.stem for p in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_sound_rises_over_at_least_30_ms_and_never_is_loud(path):
    data, rate = samples(path)
    loud = np.abs(data)
    assert 0.1 < loud.max() <= 0.5  # of full scale: 6 dB below it
    half = int(0.015 * rate)
    assert loud[:half].max() < 0.55 * loud.max()
    assert abs(data[0]) < 0.01
    assert abs(data[-1]) < 0.01


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_sound_lies_between_200_and_1200_hz(path):
    data, rate = samples(path)
    power = np.abs(np.fft.rfft(data)) ** 2
    hz = np.fft.rfftfreq(len(data), 1 / rate)
    inside = (hz >= 190) & (hz <= 1200)
    assert power[inside].sum() > 0.97 * power.sum()


@pytest.mark.skipif(not (FOLDER / "build.py").is_file(), reason="sounds: their builder is in the checkout only")
def test_the_files_are_those_that_the_builder_makes(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("build_sounds", FOLDER / "build.py")
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    monkeypatch.setattr(build, "HERE", tmp_path)
    for make in (build.match, build.pause, build.drum):
        build.write(make.__name__, *make())
        made, there = (samples(folder / f"{make.__name__}.wav")[0] for folder in (tmp_path, FOLDER))
        assert np.abs(made - there).max() < 1e-3


def test_a_missing_sound_makes_silence_and_says_so(tmp_path):
    sounds = Sounds(tmp_path)
    sounds.play(Tableau(sounds=(Sound("match", 1.0),)), 1.0)
    assert "match.wav is missing" in sounds.silent
    sounds.play(Tableau(turn=Turn("stopped")), 1.1)
    sounds.close()
