"""Pieces of a page: escaped text, sections, lists, and the page around them with its letters and its style."""

import base64
import html
from pathlib import Path

_FONTS = (("AtkinsonHyperlegible-Regular.ttf", 400), ("AtkinsonHyperlegible-Bold.ttf", 700))


def text(words):
    """As text between tags."""
    return html.escape(str(words), quote=False)


def attribute(words):
    """As the value of an attribute."""
    return html.escape(str(words), quote=True)


def paragraphs(lines):
    return "".join(f"<p>{text(line)}</p>" for line in lines if line)


def items(lines):
    return f"<ul>{''.join(f'<li>{text(line)}</li>' for line in lines)}</ul>" if lines else ""


def section(name, title, body):
    heading = f'<h2 id="{name}-title">{text(title)}</h2>'
    return f'<section class="{name}" aria-labelledby="{name}-title">{heading}{body}</section>'


def page(language, title, body, fonts):
    """The whole page. Its letters are inside it where the folder of fonts has them."""
    style = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    faces = "".join(_face(fonts / name, weight) for name, weight in _FONTS if (fonts / name).is_file())
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)}</title><style>{faces}{style}</style></head>\n<body>{body}</body>\n</html>\n"
    )


def _face(path, weight):
    data = base64.b64encode(path.read_bytes()).decode()
    return (
        f"@font-face{{font-family:'Atkinson Hyperlegible';font-weight:{weight};"
        f"src:url(data:font/ttf;base64,{data}) format('truetype');}}"
    )
