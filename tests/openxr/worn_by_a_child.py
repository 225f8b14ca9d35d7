"""A program beside the simulated child: screen, service, child and program in one go, where Monado is."""

import subprocess

from tests.openxr import headset, room

_SCREEN = """
mkdir -p "$XDG_RUNTIME_DIR"
Xvfb -displayfd 5 -screen 0 1280x1024x24 +extension GLX -nolisten tcp 5>"$XDG_RUNTIME_DIR/screen" >/dev/null 2>&1 &
until [ -s "$XDG_RUNTIME_DIR/screen" ]; do sleep 0.1; done
export DISPLAY=:$(cat "$XDG_RUNTIME_DIR/screen")
"$@"
code=$?
kill %1
exit $code
"""


def run(child, words, seconds):
    """Run Python with these words as the program whose headset a child wears, to its end.

    Parameters
    ----------
    child : sequence of str
        Options of `vrtrainer simulate-headset`.
    words : sequence of str
        For Python.
    seconds : float
        After which all of it is ended, and TimeoutExpired raised.

    Returns
    -------
    CompletedProcess
        Text of what was said on both streams, and the program's exit code.
    """
    python = room.python()
    inside = ["sh", "-c", _SCREEN, "sh", python, "-m", "vrtrainer", "simulate-headset", "--lang", "en", *child]
    inside += ["--", python, *words]
    environment = {"XDG_RUNTIME_DIR": "/run/xdg", "PYTHONFAULTHANDLER": "1"}
    with headset.alone():
        return subprocess.run(
            room.enter(inside, environment), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", timeout=seconds, check=False,
        )  # fmt: skip
