"""A plain line chart as SVG: how likely each trial was to succeed, and what came of it."""

from html import escape

WIDTH, LEFT, RIGHT, TOP, HIGH, BELOW = 720, 88, 62, 16, 170, 100
_UNSEEN, _NUMBERS, _LEGEND = 24, 52, 86  # below the lowest line: what was not seen stands on none of them
_LEVELS = (0.0, 0.5, 1.0)
_RADIUS = 6.5


def chances(rows, words):
    """The chart of a session's trials. `words`: title, about, chance, outcome, unseen, trial, and full, part, none."""
    if not rows:
        return ""
    step = (WIDTH - LEFT - RIGHT) / max(len(rows), 1)
    middle = [LEFT + step * (i + 0.5) for i in range(len(rows))]
    # Words on the left say what the dots mean, shares on the right belong to the line.
    parts = [_axis(words), _trials(rows, middle, words), _line(rows, middle)]
    parts += [_mark(row, x) for row, x in zip(rows, middle, strict=True)]
    parts.append(_legend(words))
    height = TOP + HIGH + BELOW
    title, about = escape(words["title"]), escape(words["about"])
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="chart-title chart-about">'
        f'<title id="chart-title">{title}</title><desc id="chart-about">{about}</desc>{"".join(parts)}</svg>'
    )


def _y(level):
    return TOP + HIGH * (1 - level)


def _axis(words):
    out = []
    for level, key in zip(_LEVELS, ("none", "part", "full"), strict=True):
        y = _y(level)
        out.append(f'<line class="grid" x1="{LEFT}" y1="{y}" x2="{WIDTH - RIGHT}" y2="{y}"/>')
        out.append(f'<text x="{LEFT - 10}" y="{y + 5}" text-anchor="end">{escape(words[key])}</text>')
        out.append(f'<text class="share" x="{WIDTH - RIGHT + 10}" y="{y + 5}">{level:.0%}</text>')
    return "".join(out)


def _trials(rows, middle, words):
    every = 1 if len(rows) <= 20 else 5
    y = TOP + HIGH + _NUMBERS
    marks = [
        f'<text x="{x:.1f}" y="{y}" text-anchor="middle">{row["trial"] + 1}</text>'
        for row, x in zip(rows, middle, strict=True)
        if row["trial"] % every == 0 or every == 1
    ]
    name = f'<text x="{LEFT - 10}" y="{y}" text-anchor="end">{escape(words["trial"])}</text>'
    return name + "".join(marks)


def _line(rows, middle):
    known = [(x, _y(row["chance"])) for row, x in zip(rows, middle, strict=True) if row["chance"] is not None]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in known)
    return f'<polyline class="chance" points="{points}"/>' if len(known) > 1 else ""


def _mark(row, x):
    graded = row["answer_graded"]
    if graded is None:
        return f'<path class="unseen" d="M{x - 6:.1f} {TOP + HIGH + _UNSEEN - 6} l12 12 m0 -12 l-12 12"/>'
    return f'<circle class="came" cx="{x:.1f}" cy="{_y(graded / 2):.1f}" r="{_RADIUS}"/>'


def _legend(words):
    y = TOP + HIGH + _LEGEND
    third = (WIDTH - LEFT - RIGHT) / 3
    return (
        f'<line class="chance" x1="{LEFT}" y1="{y - 5}" x2="{LEFT + 26}" y2="{y - 5}"/>'
        f'<text x="{LEFT + 34}" y="{y}">{escape(words["chance"])}</text>'
        f'<circle class="came" cx="{LEFT + third + 10}" cy="{y - 5}" r="{_RADIUS}"/>'
        f'<text x="{LEFT + third + 24}" y="{y}">{escape(words["outcome"])}</text>'
        f'<path class="unseen" d="M{LEFT + 2 * third + 4} {y - 11} l12 12 m0 -12 l-12 12"/>'
        f'<text x="{LEFT + 2 * third + 26}" y="{y}">{escape(words["unseen"])}</text>'
    )
