"""Texts that people see, looked up and laid out: two lines of 32 characters at a time (EXPERIENCE 5)."""

from vrtrainer.imitation.score import Reason

LINE, LINES = 32, 2


def filled(texts, section, key, **values):
    """A text of the language files with its values put in.

    Parameters
    ----------
    texts : mapping
        Tables of one language.
    section, key : str
    **values
        What stands in braces; a body part's name is put in words.

    Returns
    -------
    str

    Raises
    ------
    LookupError
        If there is no such text: each language has every key, which a test holds.
    """
    try:
        text = texts[section][key]
    except KeyError:
        raise LookupError(f"language: no text {section}.{key}") from None
    return text.format(**spoken(texts, values))


def spoken(texts, values):
    """The same values with body parts and the like in words, numbers as they are read.

    Parameters
    ----------
    texts : mapping
    values : mapping

    Returns
    -------
    dict
    """
    out = {}
    for name, value in values.items():
        if isinstance(value, str) and name in ("part", "parts") and value in texts["parts"]:
            value = texts["parts"][value]
        elif isinstance(value, str) and name == "control" and value in texts["controls"]:
            value = texts["controls"][value].lower()
        elif isinstance(value, float):
            value = f"{value:.1f}".rstrip("0").rstrip(".")
            if texts["captions"].get("decimal") == ",":
                value = value.replace(".", ",")
        out[name] = value
    return out


def called(setup, avatar):
    """What an avatar is called.

    Parameters
    ----------
    setup : Setup
    avatar : str
        Its folder.

    Returns
    -------
    str
    """
    return setup.names["avatar"] if avatar == setup.programme.avatar else avatar.capitalize()


def of_reason(texts, reason: Reason):
    """A reason in words.

    Parameters
    ----------
    texts : mapping
    reason : Reason

    Returns
    -------
    str
    """
    return filled(texts, "reasons", reason.key, **reason.values)


def own(text, language):
    """A gesture's own line in a language, English where it has none, "" where it has neither.

    Parameters
    ----------
    text : mapping of str to str
    language : str

    Returns
    -------
    str
    """
    return text.get(language) or text.get("en", "")


def pages(text):
    """Text cut into pages of two lines of 32 characters; sentences stay whole where they fit.

    Parameters
    ----------
    text : str

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> pages("Je arm ging omhoog. Hij kan nog iets hoger.")
    ('Je arm ging omhoog.\\nHij kan nog iets hoger.',)
    """
    lines = _wrapped([s for written in text.split("\n") for s in _sentences(written)], keep_whole=True)
    if len(lines) > LINES:
        closer = _wrapped(text.split("\n"), keep_whole=False)
        lines = closer if len(closer) <= LINES else lines
    return tuple("\n".join(lines[i : i + LINES]) for i in range(0, len(lines), LINES))


def _wrapped(sentences, keep_whole):
    lines, line = [], ""
    for sentence in sentences:
        if line and (keep_whole is False or len(line) + 1 + len(sentence) > LINE):
            lines.append(line)
            line = ""
        for word in sentence.split():
            if line and len(line) + 1 + len(word) > LINE:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}" if line else word
    return [*lines, line] if line else lines


def _sentences(text):
    out, start = [], 0
    for i, letter in enumerate(text):
        if letter in ".?!" and text[i + 1 : i + 2] in (" ", ""):
            out.append(text[start : i + 1].strip())
            start = i + 1
    if text[start:].strip():
        out.append(text[start:].strip())
    return out
