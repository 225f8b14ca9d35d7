"""Where captions, buttons and dots go: one plan, in degrees, that the renderer and the SVG both draw.

Rule 1: letters are 2 degrees an em and never below 1.4; targets are 4 degrees high and 1 apart (docs/stage.md).
Rule 2: on a flat picture captions stand at its foot, so that hands before the chest stay in sight; in a headset they
        stand at the avatar's depth, 10 degrees below its face, which is this plan's origin there.
"""

from dataclasses import dataclass, replace

from vrtrainer.sessions import words
from vrtrainer.stage import colours, lettering

EM, EM_SMALL, EM_TITLE, EM_BUTTON = 2.0, 1.4, 2.4, 1.7
TARGET, GAP, MARGIN = 4.0, 1.0, 1.4
BELOW_FACE = 10.0
_PAD_X, _PAD_Y = 1.1, 0.55
_DOT, _DOT_STEP = 1.25, 2.0
_SIGN = 4.4
KEYS = {
    "nl": {"enter": "Enter", "space": "spatie", "escape": "Esc"},
    "en": {"enter": "Enter", "space": "space", "escape": "Esc"},
}


@dataclass(frozen=True, slots=True)
class Item:
    """One rectangle of the plan: its centre and size in degrees (y up), what it looks like, what stands in it.

    `share` of it is filled from the left; `lines` are drawn at `em` degrees in `ink`; `sign` is a pictogram's name;
    `button` is what a click on it chooses.
    """

    x: float
    y: float
    wide: float
    high: float
    radius: float = 0.0
    fill: str = ""
    opacity: float = 1.0
    border: float = 0.0
    edge: str = ""
    share: float = 1.0
    lines: tuple = ()
    em: float = 0.0
    bold: bool = False
    ink: str = colours.MIST
    sign: str = ""
    button: object = None

    def holds(self, x, y):
        """Whether a point lies in it."""
        return abs(x - self.x) <= self.wide / 2 and abs(y - self.y) <= self.high / 2


def flat(shown, wide, high, fonts, language="nl", corner=()):
    """The plan for a picture of so many degrees; `corner` are buttons that always stand at the bottom right."""
    items, foot = [], -high / 2 + MARGIN
    right = wide / 2 - MARGIN
    left_of_corner = right
    for button in reversed(corner):
        item = _button(button, fonts, language)
        items.append(replace(item, x=right - item.wide / 2, y=foot + item.high / 2))
        right -= item.wide + GAP
        left_of_corner = right
    rows = _rows([_button(b, fonts, language) for b in shown.buttons], wide - 2 * MARGIN)
    if rows and corner and _width(rows[-1]) / 2 > left_of_corner:
        foot += TARGET + GAP
    for row in reversed(rows):
        items += _centred(row, foot + TARGET / 2)
        foot += TARGET + GAP
    items += _caption(shown, wide - 2 * MARGIN, foot, fonts)
    who = [c for c in shown.captions if c.kind == "who"]
    if who:
        panel = _small(who[0].text, fonts)
        items.append(replace(panel, x=-wide / 2 + MARGIN + panel.wide / 2, y=high / 2 - MARGIN - panel.high / 2))
    items += _dots(shown.dots, high / 2 - MARGIN - 1.3)
    return items


def standing(shown, fonts, language="nl"):
    """The plan for a headset, from the point 10 degrees below the avatar's face; nothing in it says which key."""
    items = _caption(shown, 60.0, None, fonts)
    top = max((i.y + i.high / 2 for i in items), default=2.0)
    foot = min((i.y - i.high / 2 for i in items), default=0.0)
    for row in _rows([_button(replace(b, key=""), fonts, language) for b in shown.buttons], 44.0):
        foot -= GAP + TARGET
        items += _centred(row, foot + TARGET / 2)
    items += _dots(shown.dots, top + 1.6)
    who = [c for c in shown.captions if c.kind == "who"]
    if who:
        panel = _small(who[0].text, fonts)
        items.append(replace(panel, y=foot - GAP - panel.high / 2))
    return items


def chosen(items, x, y):
    """The button at a point of the plan, None for none."""
    return next((item.button for item in items if item.button is not None and item.holds(x, y)), None)


def _rows(buttons, wide):
    rows = [[]]
    for item in buttons:
        if rows[-1] and _width([*rows[-1], item]) > wide:
            rows.append([])
        rows[-1].append(item)
    return [row for row in rows if row]


def _width(row):
    return sum(item.wide for item in row) + GAP * (len(row) - 1)


def _centred(row, y):
    """A row of buttons round the middle; a button's label and its key are one item each."""
    out, x = [], -_width(row) / 2
    for item in row:
        out.append(replace(item, x=x + item.wide / 2, y=y))
        x += item.wide + GAP
    return out


def key_name(key, language):
    """A key as it is written on a keyboard."""
    return KEYS.get(language, KEYS["en"]).get(key, key.upper() if len(key) == 1 else key.capitalize())


def _button(button, fonts, language):
    label = button.text
    if button.key:
        label = f"{label}   {key_name(button.key, language)}"
    wide = max(lettering.width(fonts, label, bold=True) * EM_BUTTON + 2.4, TARGET)
    return Item(
        0.0, 0.0, wide, TARGET, radius=1.1, fill=colours.ROLES.get(button.role, colours.TEAL),
        border=0.14, edge=colours.LINEN, lines=(label,), em=EM_BUTTON, bold=True, ink=colours.LINEN, button=button,
    )  # fmt: skip


def _small(text, fonts):
    wide = lettering.width(fonts, text) * EM_SMALL + 1.6
    return Item(
        0.0, 0.0, wide, 2.5, radius=1.25, fill=colours.NIGHT, opacity=colours.PANEL_SHARE, lines=(text,), em=EM_SMALL
    )


def _caption(shown, wide, foot, fonts):
    """The panel with what is said: its lower edge at `foot`, or its middle at the origin where foot is None."""
    said = [c for c in shown.captions if c.kind != "who" and c.text]
    if not said:
        return []
    sign = shown.turn.phase if shown.turn.phase in ("paused", "stopped") else ""
    if not any(c.kind == "state" for c in said):
        sign = ""
    blocks = []
    for caption in said:
        lines = tuple(line for page in words.pages(caption.text) for line in page.split("\n"))
        em = {"title": EM_TITLE, "hint": EM_BUTTON}.get(caption.kind, EM)
        blocks.append((lines, em, caption.kind == "title", colours.MIST))
    text_wide = max(lettering.width(fonts, line, bold) * em for lines, em, bold, _ in blocks for line in lines)
    shrink = min(1.0, (wide - 2 * _PAD_X - (_SIGN + 1 if sign else 0)) / text_wide)  # a narrow window
    blocks = [(lines, max(em * shrink, 0.7 * em), bold, ink) for lines, em, bold, ink in blocks]
    text_wide *= shrink
    heights = [len(lines) * em * lettering.LINE_HEIGHT for lines, em, _, _ in blocks]
    high = sum(heights) + 2 * _PAD_Y + 0.3 * (len(blocks) - 1)
    if sign:
        high = max(high, _SIGN + 2 * _PAD_Y)
    total = text_wide + 2 * _PAD_X + (_SIGN + 0.9 if sign else 0)
    middle = 0.0 if foot is None else foot + high / 2
    out = [
        Item(0.0, middle, total, high, radius=1.1, fill=colours.NIGHT, opacity=colours.PANEL_SHARE),
    ]
    text_x = 0.0
    if sign:
        x = -total / 2 + _PAD_Y + _SIGN / 2
        if sign == "stopped":  # ink on linen
            out.append(Item(x, middle, _SIGN, _SIGN, radius=0.8, fill=colours.LINEN, sign=sign, ink=colours.INK))
        else:
            out.append(Item(x, middle, _SIGN, _SIGN, sign=sign, ink=colours.NIGHT_BLUE))
        text_x = (_SIGN + 0.9 + _PAD_Y - _PAD_X) / 2
    top = middle + (sum(heights) + 0.3 * (len(blocks) - 1)) / 2
    for (lines, em, bold, ink), height in zip(blocks, heights, strict=True):
        out.append(Item(text_x, top - height / 2, text_wide, height, lines=lines, em=em, bold=bold, ink=ink))
        top -= height + 0.3
    return out


def _dots(dots, y):
    if not dots:
        return []
    wide = _DOT_STEP * (len(dots) - 1) + _DOT
    out = [Item(0.0, y, wide + 1.6, 2.6, radius=1.3, fill=colours.LINEN, opacity=0.92)]
    for k, dot in enumerate(dots):
        share = {"full": 1.0, "half": 0.5}.get(dot, 0.0)
        out.append(
            Item(
                -wide / 2 + _DOT / 2 + k * _DOT_STEP, y, _DOT, _DOT, radius=_DOT / 2, fill=colours.MOSS, share=share,
                border=0.16, edge=colours.MOSS if share else colours.SLATE,
            )
        )  # fmt: skip
    return out
