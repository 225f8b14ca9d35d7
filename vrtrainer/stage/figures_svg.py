"""A tableau as a drawing, without any OpenGL: the same poses, faces, captions and dots, as SVG text."""

from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

from vrtrainer.stage import colours, drawn_props, layout, lettering, pictograms, views
from vrtrainer.stage.drawn_person import Person
from vrtrainer.stage.drawn_shapes import Paper, number, pairs

_WALL, _FLOOR, _SKIRTING, _RUG = "#EFE8DB", colours.SAND, "#F7F3EB", "#B9CBC6"


def drawing(shown, content, size=(1280, 720), view="learner", language="nl"):
    """A tableau as SVG text; `view` as in `pictures`."""
    seen = views.taken(shown, content, size, view)
    shown = views.quiet(shown, view)
    paper = Paper(seen, size)
    people = [
        Person(figure, Path(content.avatars) / figure.avatar, paper) for figure in shown.figures if figure.opacity > 0
    ]
    people.sort(key=lambda person: (person.figure.ghost, -float(person.depths[0])))
    parts = [_room(paper, people)]
    parts += [_shade(paper, person) for person in people if not person.figure.ghost]
    parts += _standing(paper, people, shown.props)
    if shown.warmth > 0:
        parts.append(_cover(size, "#F0CB86", 0.10 * shown.warmth))
    fonts = Path(content.assets) / "fonts"
    degree = size[1] / seen.high
    parts.append(_over(layout.flat(shown, seen.wide, seen.high, fonts, language), size, degree))
    if shown.brightness < 1:
        parts.append(_cover(size, "#000000", 1 - shown.brightness))
    words = escape(" ".join(c.text for c in shown.captions if c.kind != "who").replace("\n", " "))
    title = f"<title>{words}</title>" if words else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]} {size[1]}" width="{size[0]}" '
        f'height="{size[1]}" role="img">{title}{"".join(parts)}</svg>\n'
    )


def _standing(paper, people, things):
    """People and things from the farthest on, ghosts last; what stands right before somebody is behind their hands."""
    rows, held = [], {}
    for thing in things:
        place = thing.world_from_prop.position
        far = float(paper.depth(place))
        seat = [float(p.depths[0]) for p in people if np.hypot(*(p.points[0] - place)[[0, 2]]) < 0.1]
        far = max([far, *(depth + 0.01 for depth in seat)])  # who sits on it is before it
        drawn = drawn_props.svg((thing,), paper)
        whose = next((p for p in people if not p.figure.ghost and 0.1 < float(p.depths[0]) - far < 0.9), None)
        if whose is None:
            rows.append((False, -far, drawn))
        else:
            held.setdefault(whose, []).append((-far, drawn))
    for person in people:
        own = "".join(text for _, text in sorted(held.get(person, [])))
        rows.append((person.figure.ghost, -float(person.depths[0]), person.svg(own)))
    return [text for *_, text in sorted(rows, key=lambda row: row[:2])]


def _cover(size, colour, opacity):
    return f'<rect width="{size[0]}" height="{size[1]}" fill="{colour}" opacity="{opacity:.3f}"/>'


def _room(paper, people):
    """A wall, a floor and what joins them, two and a half metres behind whoever stands there."""
    wide, high = paper.wide, paper.high
    feet = people[0].points[0] * [1, 0, 1] if people else np.array([0.0, 0.0, -1.5])
    away = np.linalg.inv(paper._view)[:3, 2] * [-1, 0, -1]
    away = away / max(np.linalg.norm(away), 1e-6)
    wall = feet + 1.6 * away
    edge = float(paper.at(wall)[1])
    board = abs(float(paper.at(wall + np.array([0.0, 0.11, 0.0]))[1]) - edge)
    out = [f'<rect width="{wide}" height="{high}" fill="{_WALL}"/>']
    if edge < high:
        out.append(
            f'<rect y="{number(edge)}" width="{wide}" height="{number(high - edge)}" fill="{_FLOOR}"/>'
            f'<rect y="{number(edge - board)}" width="{wide}" height="{number(board)}" fill="{_SKIRTING}"/>'
            f'<path d="M0,{number(edge)}H{wide}M0,{number(edge - board)}H{wide}" stroke="#CDBFA8" stroke-width="1.5"/>'
        )
        out.append(_ring(paper, feet, 0.80, _RUG, 0.75))
        out.append(_ring(paper, feet, 0.70, "#C9D8D3", 0.75))
    return "".join(out)


def _ring(paper, centre, radius, colour, opacity):
    turns = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    circle = centre + radius * np.stack([np.cos(turns), np.zeros(48), np.sin(turns)], axis=1)
    if paper.depth(circle).min() < 0.3:  # behind whoever looks
        return ""
    return f'<polygon points="{pairs(paper.at(circle))}" fill="{colour}" opacity="{opacity}"/>'


def _shade(paper, person):
    feet = person.points[0] * [1, 0, 1]
    return _ring(paper, feet, 0.20 * person.height, colours.SLATE, 0.22)


def _over(items, size, degree):
    """The plan of captions, buttons and dots; `degree` in pixels."""
    out = []
    for item in items:
        x, y = size[0] / 2 + item.x * degree, size[1] / 2 - item.y * degree
        wide, high = item.wide * degree, item.high * degree
        left, top, r = x - wide / 2, y - high / 2, item.radius * degree
        where = f'x="{number(left)}" y="{number(top)}" width="{number(wide)}" height="{number(high)}" rx="{number(r)}"'
        if item.fill and item.share >= 1:
            out.append(f'<rect {where} fill="{item.fill}" opacity="{item.opacity:.2g}"/>')
        elif item.fill and item.share > 0:  # a half filled dot
            out.append(
                f'<path d="M{number(x)},{number(top)}a{number(r)},{number(r)} 0 0 0 0,{number(high)}Z" '
                f'fill="{item.fill}"/>'
            )
        if item.border:
            line = number(max(item.border * degree, 1))
            out.append(f'<rect {where} fill="none" stroke="{item.edge}" stroke-width="{line}"/>')
        if item.sign:
            out.append(
                pictograms.svg(item.sign, left + (wide - high) / 2, top, high, item.ink, item.fill or colours.NIGHT)
            )
        em = item.em * degree
        weight = ' font-weight="700"' if item.bold else ""
        for k, line in enumerate(item.lines):
            base = y + (k + 0.5 - len(item.lines) / 2) * em * lettering.LINE_HEIGHT + 0.34 * em
            out.append(
                f'<text x="{number(x)}" y="{number(base)}" font-size="{number(em)}" fill="{item.ink}" '
                f"font-family=\"'{lettering.FAMILY}', Arial, sans-serif\"{weight} "
                f'text-anchor="middle">{escape(line)}</text>'
            )
    return "".join(out)
