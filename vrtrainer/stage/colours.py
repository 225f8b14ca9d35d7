"""The colours of everything that is shown beside people and places (sRGB), and who wears which."""

# On linen, with contrasts of 6 and more for text; no red, no pure white (docs/stage.md).
LINEN, SAND = "#F4EFE6", "#E6DDCC"
INK, SLATE, LINE = "#1F2D36", "#4A5A64", "#78858C"
TEAL, BLUE, PLUM, OCHRE, MOSS = "#17646B", "#2F5583", "#5F4B7A", "#7A5200", "#3F6330"
# On night.
NIGHT, MIST = "#202B33", "#DCE3E4"
NIGHT_TEAL, NIGHT_BLUE, NIGHT_OCHRE, NIGHT_PLUM = "#8FD0D3", "#A9C6EC", "#F0CB86", "#CDBCE6"

GHOST, OUTLINE = NIGHT_TEAL, TEAL
PANEL_SHARE = 0.85  # how far a caption's panel covers what is behind it
ROLES = {"action": TEAL, "choice": PLUM, "pause": BLUE, "stop": INK}


def rgb(text):
    """Three shares from 0 to 1 of a colour written as #RRGGBB."""
    return tuple(int(text[i : i + 2], 16) / 255 for i in (1, 3, 5))


def linear(text):
    """The same as amounts of light."""
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb(text))


def written(shares):
    """#RRGGBB of three shares from 0 to 1."""
    return "#" + "".join(f"{round(min(max(c, 0.0), 1.0) * 255):02X}" for c in shares)


def shaded(text, factor):
    """A darker (factor below 1) or lighter colour of the same hue."""
    c = rgb(text)
    return written(x * factor if factor <= 1 else 1 - (1 - x) / factor for x in c)


def contrast(a, b):
    """Contrast of two colours as WCAG 2 reckons it, 1 to 21."""
    light = [0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(a), linear(b))]
    return (max(light) + 0.05) / (min(light) + 0.05)
