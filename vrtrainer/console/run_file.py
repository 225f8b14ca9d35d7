"""DATA/run.json: where the console finds the session that runs. Written whole, readable by its owner only, and gone
when the session is; one that a crash left behind is known by its port, which answers nobody."""

import contextlib
import json
import os
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path

NAME = "run.json"


@dataclass(frozen=True, slots=True)
class Run:
    """A session that runs. `secret` is what a console shows the port before anything else, in hexadecimal digits."""

    pid: int
    port: int
    secret: str
    session: str
    person: str
    started: str
    versions: dict


def write(data, run):
    """Leave word of a run in its data folder."""
    write_private(Path(data) / NAME, asdict(run))


def write_private(path, table):
    """A table as JSON that only its owner may read, there as a whole or not at all."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(table, file)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def read(data):
    """The run that left word, or None; whether it still runs is another question."""
    table = read_table(Path(data) / NAME)
    if table is None or set(table) != {f.name for f in fields(Run)}:
        return None
    run = Run(**table)
    return run if isinstance(run.port, int) and isinstance(run.secret, str) else None


def read_table(path):
    """The table in a file, or None where there is no file or none that can be read."""
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return table if isinstance(table, dict) else None


def remove(data, run):
    """Take the word of a run away, unless a newer one stands there."""
    found = read(data)
    if found is not None and found.secret == run.secret:
        with contextlib.suppress(OSError):
            (Path(data) / NAME).unlink()


def dead(run):
    """Whether the run's process is known to be gone. False where that cannot be told: its port knows better."""
    if os.name == "nt":
        return False  # there a signal 0 would be Ctrl+C
    try:
        os.kill(run.pid, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False
