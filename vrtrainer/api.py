"""What notebooks import and the commands call: options, a session and what it is connected to, and what comes after.

    from pathlib import Path
    from vrtrainer import api
    api.run(api.options(data=Path("data"), learner="sam", display="offscreen", fast_clock=True, seed=1))
"""

import locale
import os
import secrets
import sys
import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

from vrtrainer import app, choices, displays, trackers
from vrtrainer.console.link import Bulletin
from vrtrainer.sessions.commands import Inbox

LANGUAGES_FIRST = ("nl", "en")
FAST_RATE = 30.0  # session frames a second of a fast clock (DESIGN 1)


@dataclass(frozen=True, slots=True, eq=False)
class Options:
    """Everything a run was asked for; displays and trackers take from it what they use.

    `language` and `data` are always filled in; `display`, `tracker` and `learner` once they are chosen.
    """

    data: Path
    language: str
    texts: dict
    content: SimpleNamespace
    display: str | None = None
    tracker: str | None = None
    learner: str | None = None
    person: str | None = None
    programme: str = "first_steps"
    avatar: str | None = None
    seed: int = 0
    fast_clock: bool = False
    real_time: bool = False
    face_consent: bool = False
    people: Path | None = None
    folder: Path | None = None
    rate: float = 60.0
    msaa: int = 4
    commands: Inbox = field(default_factory=Inbox)
    say: object = print


def options(*, data=None, language=None, people=None, seed=None, **asked):
    """Options with the machine's own defaults filled in.

    Raises
    ------
    LookupError
        If there is no such language.
    """
    content = SimpleNamespace(**{kind: choices.content(kind) for kind in choices.KINDS})
    language = language or _own_language()
    known = sorted(f.stem for f in (content.assets / "language").glob("*.toml"))
    if language not in known:
        raise LookupError(f"--lang: there is no language {language!r}; there is {', '.join(known)}")
    if data is None:
        from platformdirs import user_data_path

        data = user_data_path("vrtrainer", appauthor=False)
    if people is None and os.environ.get("VRTRAINER_PEOPLE"):
        people = Path(os.environ["VRTRAINER_PEOPLE"])
    return Options(
        data=Path(data).expanduser().absolute(),
        language=language,
        texts=texts_of(content, language),
        content=content,
        people=people,
        seed=secrets.randbelow(2**31) if seed is None else seed,
        **asked,
    )


def _own_language():
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    spoken = spoken or (locale.getlocale()[0] or "")
    return "nl" if spoken.lower().startswith(("nl", "dutch")) else "en"


def texts_of(content, language):
    """A language's tables, and English where it has none."""
    folder = content.assets / "language"
    english, own = (tomllib.loads((folder / f"{c}.toml").read_text(encoding="utf-8")) for c in ("en", language))
    return {section: {**table, **own.get(section, {})} for section, table in english.items()}


def gestures_of(options):
    """Written gestures: those that ship, and those in the data folder, which win when a name is taken."""
    from vrtrainer.gestures import library

    out = library.load(options.content.assets / "gestures")
    own = options.data / "gestures"
    return {**out, **library.load(own)} if own.is_dir() else out
