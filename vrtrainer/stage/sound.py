"""Plays a tableau's sounds, each once, when it starts; silent where the machine has no sound."""

from pathlib import Path

FADE = 0.08  # s in which everything is silent after stop
_TAIL = 0.3  # s that a driver may need longer than the sound lasts


class Sounds:
    """The sounds of a folder of WAV files. `silent` says why nothing is heard, "" while something is."""

    def __init__(self, folder):
        self._folder = Path(folder)
        self._loaded, self._begun = {}, {}
        self._playing = []  # (player, when it has ended)
        self._stopped_at = None
        self._loudness = 1.0
        self.silent = ""

    def play(self, shown, now):
        """Start what is new in this tableau, end what has ended; a stop fades all out within 80 ms. `now` in s."""
        if shown.turn.phase == "stopped":
            self._stopped_at = now if self._stopped_at is None else self._stopped_at
            self._fade(1.0 - (now - self._stopped_at) / FADE)
        else:
            self._stopped_at = None
            if self._loudness != shown.sound:
                self._loudness = shown.sound
                self._fade(1.0)
        if self._playing and self._playing[0][1] < now:
            self._playing.pop(0)[0].delete()
        for sound in shown.sounds:
            # Later than the last one of its name: a drum that is hit again sounds again, while both are in the tableau.
            if sound.start > self._begun.get(sound.name, -1.0):
                self._begun[sound.name] = sound.start
                self._start(sound.name, now)

    def _start(self, name, now):
        if name not in self._loaded:
            self._loaded[name] = self._read(name)
        source = self._loaded[name]
        if source is not None and self._loudness > 0:
            player = source.play()
            player.volume = self._loudness
            self._playing.append((player, now + source.duration + _TAIL))

    def _read(self, name):
        file = self._folder / f"{name}.wav"
        if self.silent:
            return None
        if not file.is_file():
            self.silent = f"{file} is missing"
            return None
        import pyglet.media
        from pyglet.media.exceptions import MediaException

        try:
            return pyglet.media.StaticSource(pyglet.media.load(str(file)))
        except (MediaException, ImportError, OSError) as error:
            self.silent = f"this machine plays no sound ({error})"
            return None

    def _fade(self, volume):
        for player, _ in self._playing:
            player.volume = max(volume, 0.0) * self._loudness
        if volume <= 0:
            self.close()

    def close(self):
        """Silence at once."""
        for player, _ in self._playing:
            player.delete()
        self._playing = []
