"""Text as widths and as masks, in the project's font: how wide a line is, and how it looks at a size in pixels."""

from functools import lru_cache
from pathlib import Path

import numpy as np

FAMILY = "Atkinson Hyperlegible"
FILES = {False: "AtkinsonHyperlegible-Regular.ttf", True: "AtkinsonHyperlegible-Bold.ttf"}
LINE_HEIGHT = 1.32  # em
_MEASURED_AT = 200  # px: widths are scaled from here, so that they are the same at every size


class FontError(OSError):
    """The font is missing or broken."""


@lru_cache(maxsize=32)
def _font(folder, bold, size):
    from PIL import ImageFont

    file = Path(folder) / FILES[bold]
    try:
        return ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.BASIC)
    except OSError as error:
        raise FontError(f"fonts: {file} cannot be read ({error}); reinstall vrtrainer") from None


@lru_cache(maxsize=512)
def width(fonts, text, bold=False):
    """Width of a line in em."""
    return _font(str(fonts), bold, _MEASURED_AT).getlength(text) / _MEASURED_AT


def mask(fonts, lines, em_px, bold=False, centred=False):
    """Lines of text as a mask (rows, columns), uint8; each line is LINE_HEIGHT em high."""
    from PIL import Image, ImageDraw

    size = max(round(em_px), 6)
    font = _font(str(fonts), bold, size)
    widths = [font.getlength(line) for line in lines]
    step = size * LINE_HEIGHT
    picture = Image.new("L", (int(np.ceil(max(widths, default=1))) + 2, int(np.ceil(step * len(lines))) + 1), 0)
    pen = ImageDraw.Draw(picture)
    for k, line in enumerate(lines):
        left = 1 + ((max(widths) - widths[k]) / 2 if centred else 0)
        # The middle of the small letters' height stands in the middle of the line.
        pen.text((left, step * (k + 0.5) + 0.34 * size), line, font=font, fill=255, anchor="ls")
    return np.asarray(picture)
