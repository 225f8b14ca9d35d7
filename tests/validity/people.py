"""Prints README's table: ten repetitions done well and ten done poorly by one person, through the whole program.

    python -m tests.validity.people FOLDER [SUBJECT [MOVEMENT]]

FOLDER holds uiprmd_kinect.npz (see README, 'Recorded people take part'). Each line of the table is one session of
`vrtrainer run`, read from its database.
"""

import contextlib
import io
import sys
import tempfile
from pathlib import Path

import numpy as np

from vrtrainer import api
from vrtrainer.records.database import Database

PROGRAMMES = {"one_arm_up": "*one arm up*, as the notation performs it", "people": "other people, recorded"}


def trials(folder, programme, subject, movement, correct):
    """The finished trials of one session of recorded repetitions."""
    with tempfile.TemporaryDirectory() as data:
        options = api.options(
            data=Path(data),
            language="en",
            seed=1,
            people=Path(folder),
            display="offscreen",
            fast_clock=True,
            programme=programme,
            learner=f"uiprmd_kinect.npz#movement={movement},subject={subject},correct={correct}",
        )
        with contextlib.redirect_stdout(io.StringIO()):
            api.run(options)
        with Database(Path(data)) as database:
            return database.trials(database.session()["id"])


def spread(values):
    """All values in order of size, so that the whole distribution can be seen."""
    return " ".join("–" if v is None else f"{v:.2f}" for v in sorted(values, key=lambda v: (v is None, v)))


def table(folder, subject=3, movement=7):
    """Lines of the table in Markdown."""
    columns = ("demonstration", "repetitions", "`similarity`, sorted", "median", "`size`, median", "`raw_deg`, median")
    yield f"| {' | '.join(columns)} | full · partial · none |"
    yield "|---|---|---|---|---|---|---|"
    for programme, words in PROGRAMMES.items():
        for correct, how in ((1, "done well"), (0, "done poorly")):
            rows = trials(folder, programme, subject, movement, correct)
            likeness = [r["similarity"] for r in rows]
            known = [v for v in likeness if v is not None]
            size = [r["size"] for r in rows if r["size"] is not None]
            degrees = [r["raw_deg"] for r in rows if r["raw_deg"] is not None]
            grades = " · ".join(str(sum(r["graded_0_2"] == g for r in rows)) for g in (2, 1, 0))
            middle = f"{np.median(known):.2f} | {np.median(size):.2f} | {np.median(degrees):.0f}°"
            yield f"| {words} | {len(rows)} {how} | {spread(likeness)} | {middle} | {grades} |"


if __name__ == "__main__":
    for line in table(sys.argv[1], *map(int, sys.argv[2:4])):
        print(line)
