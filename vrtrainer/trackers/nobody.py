"""Nobody is tracked: watch, try, and say how it went. Acts come from keyboard and mouse as commands."""

from vrtrainer.human.observation import nothing

TRACKS = False


def connect(options):
    """A tracker that sees nobody."""
    return NobodyTracker()


class NobodyTracker:
    body = None
    sequences = 0

    def __init__(self):
        self._nothing = nothing("nobody")

    def observe(self, frame, shown):
        return self._nothing

    def close(self):
        pass
