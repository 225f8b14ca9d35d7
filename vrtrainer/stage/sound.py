"""Plays a tableau's sounds, each once, when it starts; silent where the machine has no sound."""

import threading
from pathlib import Path

FADE = 0.08  # s in which everything is silent after stop


class Sounds:
    """The sounds of a folder of WAV files. `silent` says why nothing is heard, "" while something is."""

    def __init__(self, folder):
        self._folder = Path(folder)
        self._loaded, self._begun, self._playing = {}, {}, []
        self._stopped = False
        self.silent = ""

    def play(self, shown):
        """Start what is new in this tableau; a stop silences what still sounds."""
        stopped = shown.turn.phase == "stopped"
        if stopped and not self._stopped:
            self.hush()
        self._stopped = stopped
        for sound in shown.sounds:
            if self._begun.get(sound.name) != sound.start:
                self._begun[sound.name] = sound.start
                self._start(sound.name)

    def _start(self, name):
        source = self._source(name)
        if source is None:
            return
        self._playing = [player for player in self._playing if player.source is not None]
        self._playing.append(source.play())

    def _source(self, name):
        if name not in self._loaded:
            self._loaded[name] = self._read(name)
        return self._loaded[name]

    def _read(self, name):
        file = self._folder / f"{name}.wav"
        if self.silent or not file.is_file():
            self.silent = self.silent or f"{file} is missing"
            return None
        import pyglet.media
        from pyglet.media.exceptions import MediaException

        try:
            return pyglet.media.StaticSource(pyglet.media.load(str(file)))
        except (MediaException, ImportError, OSError) as error:
            self.silent = f"this machine plays no sound ({error})"
            return None

    def hush(self):
        """Fade everything out within 80 ms, beside the loop."""
        playing, self._playing = self._playing, []
        if playing:
            threading.Thread(target=_faded, args=(playing,), daemon=True).start()

    def close(self):
        for player in self._playing:
            player.delete()
        self._playing = []


def _faded(players, steps=8):
    pause = threading.Event()
    for k in reversed(range(steps)):
        for player in players:
            player.volume = k / steps
        pause.wait(FADE / steps)
    for player in players:
        player.delete()
