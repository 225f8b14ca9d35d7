"""Makes the pictures of README and docs from sessions that really ran: `python docs/pictures/make.py`."""

import contextlib
import io
import tempfile
from pathlib import Path

from PIL import Image

from vrtrainer import api

HERE = Path(__file__).parent
WIDE, HIGH, GAP = 800, 450, 12
PAPER = (244, 239, 230)


def session(language, learner, programme="first_steps"):
    """Pictures of one offscreen session by their names, in order."""
    with tempfile.TemporaryDirectory() as data:
        options = api.options(
            data=Path(data), language=language, seed=1, learner=learner, display="offscreen", fast_clock=True,
            programme=programme,
        )  # fmt: skip
        with contextlib.redirect_stdout(io.StringIO()):
            api.run(options)
        files = sorted(Path(data).glob("sessions/*/pictures/[0-9]*.png"))
        return [(f.stem.partition("-")[2], Image.open(f).convert("RGB").resize((WIDE, HIGH))) for f in files]


def sheet(pictures, columns):
    """Pictures side by side on paper."""
    rows = -(-len(pictures) // columns)
    out = Image.new("RGB", (columns * (WIDE + GAP) + GAP, rows * (HIGH + GAP) + GAP), PAPER)
    for k, picture in enumerate(pictures):
        out.paste(picture, (GAP + k % columns * (WIDE + GAP), GAP + k // columns * (HIGH + GAP)))
    return out


def first(pictures, name, nth=0):
    """The nth picture of a name."""
    return [p for n, p in pictures if n == name][nth]


if __name__ == "__main__":
    english = session("en", "sam")
    chosen = [
        first(english, "start"),
        first(english, "demonstration"),
        first(english, "feedback"),
        first(english, "end"),
    ]
    sheet(chosen, 2).save(HERE / "overview.jpg", quality=88, optimize=True)
    print(HERE / "overview.jpg")
