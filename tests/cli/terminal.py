"""The commands as somebody types them, each in a process of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from vrtrainer.records import reading

ROOT = Path(__file__).parent.parent.parent
QUICK = """
name = { nl = "Kort", en = "Short" }
[[block]]
mode = "immediate"
gestures = ["wave", "one_arm_up"]
trials = 2
"""


@dataclass(frozen=True)
class Told:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def all(self):
        return self.out + self.err


def words_of(*words, data=None, lang="en"):
    words = [str(w) for w in words]
    where = [*(["--data", str(data)] if data else []), *(["--lang", lang] if lang else [])]
    return [sys.executable, "-m", "vrtrainer", *words, *where]


def environment(**changes):
    """No screen, so that no window opens and no other test is disturbed; no person's settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("VRTRAINER_")}
    return {**kept, "DISPLAY": "", "WAYLAND_DISPLAY": "", "PYTHONIOENCODING": "utf-8", **changes}


def tell(*words, data=None, lang="en", timeout=180, cwd=ROOT, **changes):
    """Run a command to its end."""
    done = subprocess.run(
        words_of(*words, data=data, lang=lang),
        cwd=cwd,
        env=environment(PYTHONPATH=str(ROOT), **changes),
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )
    return Told(done.returncode, done.stdout, done.stderr)


def start(*words, data, lang="en"):
    """Start a command; the caller ends it."""
    return subprocess.Popen(
        words_of(*words, data=data, lang=lang),
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def journals(data):
    return sorted(Path(data).glob("sessions/*/journal.mcap"), key=lambda p: p.stat().st_mtime)


def events(journal, *kinds):
    """What a journal says happened: (onset, kind, fields)."""
    return [
        (e.onset, e.trial_type, e.fields) for e in reading.read(journal).events if not kinds or e.trial_type in kinds
    ]
