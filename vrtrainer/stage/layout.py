"""Where captions, buttons and dots go: one plan, in degrees, that the renderer and the SVG both draw.

Rule 1: letters are 2 degrees an em and never below 1.4; targets are 4 degrees high and 1 apart (docs/stage.md).
Rule 2: on a flat picture captions stand at its foot, so that hands before the chest stay in sight; in a headset they
        stand at the avatar's depth, 10 degrees below its face, which is this plan's origin there, and hang down from
        `HANGS` above it, so that nothing ever covers the mouth.
"""

from dataclasses import dataclass, replace

from vrtrainer.sessions import words
from vrtrainer.stage import colours, lettering

EM, EM_SMALL, EM_TITLE, EM_BUTTON = 2.0, 1.4, 2.4, 1.7
TARGET, GAP, MARGIN = 4.0, 1.0, 1.4
BELOW_FACE = 10.0
HANGS = 2.2  # degrees from the origin up to where the words begin: chins end about 5 degrees below the face's middle
_PAD_X, _PAD_Y = 1.1, 0.55
_DOT, _DOT_STEP = 1.25, 2.0
_SIGN = 4.4
_DISC = 3.4
_ROW = 56.0  # degrees that a row of buttons is wide at most in a headset
_PICTURE = 5.6  # degrees that a picture on a button is high
KEYS = {
    "nl": {"enter": "Enter", "space": "spatie", "escape": "Esc"},
    "en": {"enter": "Enter", "space": "space", "escape": "Esc"},
}


@dataclass(frozen=True, slots=True)
class Item:
    """One rectangle of the plan: its centre and size in degrees (y up), what it looks like, what stands in it.

    `share` of it is filled from the left; `lines` are drawn at `em` degrees in `ink`; `sign` is a pictogram's name or
    its shapes; `button` is what a click on it chooses.
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
    sign: str | tuple = ""
    button: object = None

    def holds(self, x, y):
        """Whether a point lies in it."""
        return abs(x - self.x) <= self.wide / 2 and abs(y - self.y) <= self.high / 2


def flat(shown, wide, high, fonts, language="nl", corner=()):
    """The plan for a picture of so many degrees; `corner` are buttons that always stand at the bottom right."""
    items, foot = [], -high / 2 + MARGIN
    always = [_button(button, fonts, language) for button in corner]
    left_of_corner = wide / 2 - MARGIN - (_width(always) + 2.5 * GAP if always else 0)
    items += _in_a_row(always, wide / 2 - MARGIN - _width(always), foot + TARGET / 2, fonts)
    rows = _rows([_button(b, fonts, language) for b in shown.buttons], wide - 2 * MARGIN)
    for row in reversed(rows):
        across, tall = _width(row), _high(row)
        left = min(-across / 2, left_of_corner - across)  # beside what always stands there, if there is room
        if left < -wide / 2 + MARGIN:
            left, foot = -across / 2, foot + TARGET + GAP
        items += _in_a_row(row, left, foot + tall / 2, fonts)
        foot += tall + GAP
        left_of_corner = wide / 2
    top = high / 2 - MARGIN
    titled = [c for c in shown.captions if c.kind == "title"]
    said = [c for c in shown.captions if c.kind not in ("title", "who")]
    # A title beside other words stands above the figure, so that the panel below stays low.
    overhead = titled if said else []
    items += _caption(shown, said or titled, wide - 2 * MARGIN, foot, fonts)
    who = [c for c in shown.captions if c.kind == "who"]
    if who:
        panel = _small(who[0].text, fonts)
        items.append(replace(panel, x=-wide / 2 + MARGIN + panel.wide / 2, y=top - panel.high / 2))
    if overhead:
        panel = _caption(shown, overhead, wide - 2 * MARGIN, 0.0, fonts)
        items += [replace(item, y=item.y + top - panel[0].high) for item in panel]
        top -= panel[0].high + 0.5
    items += _dots(shown.dots, top - 1.3)
    items += _disc(shown.disc, wide / 2 - MARGIN - _DISC / 2, high / 2 - MARGIN - _DISC / 2)
    return items


def standing(shown, fonts, language="nl", always=()):
    """The plan for a headset, from the point 10 degrees below the avatar's face; nothing in it says which key.

    `always` are buttons that stand below all others, for who can only look.
    """
    items = _caption(shown, [c for c in shown.captions if c.kind != "who"], 60.0, None, fonts)
    top = max((i.y + i.high / 2 for i in items), default=HANGS)
    items = [replace(i, y=i.y - top + HANGS) for i in items]
    foot = min((i.y - i.high / 2 for i in items), default=HANGS)
    if shown.dots:
        foot -= 2.9
        items += _dots(shown.dots, foot + 1.3)
    for buttons in (shown.buttons, always):
        for row in _rows([_button(replace(b, key=""), fonts, language) for b in buttons], _ROW):
            foot -= GAP + _high(row) if row else 0.0
            items += _in_a_row(row, -_width(row) / 2, foot + _high(row) / 2, fonts)
    who = [c for c in shown.captions if c.kind == "who"]
    if who:
        panel = _small(who[0].text, fonts)
        items.append(replace(panel, y=foot - GAP - panel.high / 2))
        items += _disc(shown.disc, panel.wide / 2 + GAP + _DISC / 2, foot - GAP - panel.high / 2)
    return items


def chosen(items, x, y):
    """The button at a point of the plan, None for none."""
    return next((item.button for item in items if item.button is not None and item.holds(x, y)), None)


def _rows(buttons, wide):
    rows = [[]]
    for one in buttons:
        if rows[-1] and _width([*rows[-1], one]) > wide:
            rows.append([])
        rows[-1].append(one)
    return [row for row in rows if row]


def _width(row):
    return sum(item.wide for item, _ in row) + GAP * (len(row) - 1)


def _high(row):
    return max((item.high for item, _ in row), default=TARGET)


def _in_a_row(row, left, y, fonts):
    out = []
    for item, key in row:
        out += _placed(item, key, left + item.wide / 2, y, fonts)
        left += item.wide + GAP
    return out


def key_name(key, language):
    """A key as it is written on a keyboard."""
    return KEYS.get(language, KEYS["en"]).get(key, key.upper() if len(key) == 1 else key.capitalize())


def _button(button, fonts, language):
    """A button as one item; the key that chooses it stands in `hint`."""
    key = key_name(button.key, language) if button.key else ""
    label = lettering.width(fonts, button.text, bold=True) * EM_BUTTON
    chip = max(lettering.width(fonts, key) * EM_SMALL + 0.9, 2.1) + 0.8 if key else 0.0
    wide, fill = max(label + chip + 2.2, TARGET), colours.ROLES.get(button.role, colours.TEAL)
    high = TARGET + _PICTURE + _PAD_Y if button.picture else TARGET
    wide = max(wide, _PICTURE + 2 * _PAD_Y) if button.picture else wide
    item = Item(
        0.0, 0.0, wide, high, radius=1.1, fill=fill, border=0.14, edge=colours.LINEN, lines=(button.text,),
        em=EM_BUTTON, bold=True, ink=colours.LINEN, button=button,
    )  # fmt: skip
    return item, key


def _placed(item, key, x, y, fonts):
    """A button where it stands: its face, its picture if it has one, its label, and its key on a small cap."""
    if item.button.picture:
        face = replace(item, x=x, y=y, lines=(), em=0.0)
        at = y + (item.high - _PICTURE) / 2 - _PAD_Y
        picture = Item(
            x, at, item.wide - 2 * _PAD_Y, _PICTURE, radius=0.7, fill=colours.LINEN, sign=item.button.picture,
            ink=colours.INK,
        )  # fmt: skip
        below = replace(item, high=TARGET, fill="", border=0.0, button=replace(item.button, picture=()))
        words = _placed(below, key, x, y - (item.high - TARGET) / 2, fonts)
        return [face, picture, *(replace(w, button=None) for w in words if w.lines)]
    if not key:
        return [replace(item, x=x, y=y)]
    chip = max(lettering.width(fonts, key) * EM_SMALL + 0.9, 2.1)
    label = lettering.width(fonts, item.lines[0], bold=True) * EM_BUTTON
    left = x - (label + chip + 0.8) / 2
    face = replace(item, x=x, y=y, lines=(), em=0.0)
    words = Item(left + label / 2, y, label, item.em, lines=item.lines, em=item.em, bold=True, ink=item.ink)
    cap = Item(
        left + label + 0.8 + chip / 2, y, chip, 2.1, radius=0.45, fill=colours.LINEN, lines=(key,), em=EM_SMALL,
        ink=colours.INK,
    )  # fmt: skip
    return [face, words, cap]


def _small(text, fonts):
    wide = lettering.width(fonts, text) * EM_SMALL + 1.6
    return Item(
        0.0, 0.0, wide, 2.5, radius=1.25, fill=colours.NIGHT, opacity=colours.PANEL_SHARE, lines=(text,), em=EM_SMALL
    )


def _caption(shown, said, wide, foot, fonts):
    """The panel with what is said: its lower edge at `foot`, or its middle at the origin where foot is None."""
    said = [c for c in said if c.text]
    if not said:
        return []
    sign = shown.turn.phase if shown.turn.phase in ("paused", "stopped") else ""
    if not any(c.kind == "state" for c in said):
        sign = ""
    blocks = []
    for caption in said:
        lines = tuple(line for page in words.pages(caption.text) for line in page.split("\n"))
        em = {"title": EM_TITLE, "hint": EM_BUTTON}.get(caption.kind, EM) * shown.text
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


def _disc(share, x, y):
    """The time that is left, in steps of a sixtieth so that nothing seems to move."""
    if share is None:
        return []
    sign = f"disc {round(60 * share)}"
    return [Item(x, y, _DISC, _DISC, radius=_DISC / 2, fill=colours.LINEN, opacity=0.92, sign=sign, ink=colours.SLATE)]


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
