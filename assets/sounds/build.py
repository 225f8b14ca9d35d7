"""Makes the sounds: soft, mono, 200 to 1200 Hz, rising over at least 30 ms. Run: python assets/sounds/build.py"""

import wave
from pathlib import Path

import numpy as np

RATE = 22_050
HERE = Path(__file__).parent


def risen(samples, attack, release):
    """The same with a smooth beginning and end (raised cosine), seconds each."""
    out = samples.copy()
    for seconds, where in ((attack, slice(None)), (release, slice(None, None, -1))):
        count = int(seconds * RATE)
        out[where][:count] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(count) / count)
    return out


def partials(seconds, rows):
    """Sines that die away: rows of (Hz, strength, seconds to an eighth)."""
    t = np.arange(int(seconds * RATE)) / RATE
    return sum(a * np.sin(2 * np.pi * hz * t) * 0.125 ** (t / decay) for hz, a, decay in rows)


def match():
    """One soft wood tone: a marimba's bar has its second partial two octaves up."""
    return risen(partials(0.9, [(262.0, 1.0, 0.5), (1046.0, 0.12, 0.16)]), 0.030, 0.20), 0.32


def pause():
    """A soft tone that falls a fourth."""
    t = np.arange(int(0.9 * RATE)) / RATE
    hz = 440.0 * (0.75 ** np.clip((t - 0.15) / 0.45, 0, 1))
    phase = 2 * np.pi * np.cumsum(hz) / RATE
    return risen(np.sin(phase) * 0.125 ** (t / 1.0), 0.06, 0.35), 0.26


def drum():
    """A soft hit on a skin: the first modes of a round membrane."""
    return risen(partials(0.5, [(205.0, 1.0, 0.24), (327.0, 0.35, 0.14), (438.0, 0.18, 0.10)]), 0.030, 0.15), 0.34


def write(name, samples, peak):
    scaled = samples / np.abs(samples).max() * peak
    with wave.open(str(HERE / f"{name}.wav"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((scaled * 32767).astype("<i2").tobytes())


if __name__ == "__main__":
    for sound in (match, pause, drum):
        write(sound.__name__, *sound())
