"""Takes a text's tables apart, key by key, and says in words what is wrong with them.

Rule 1: whoever reads a table takes every key it knows and then calls `done`: what is left over is an error.
Rule 2: keys are named by their path, `hand[1].path.beat_s`; lists count from 1.
"""

import math
from difflib import get_close_matches

DIRECTIONS = {
    "out": (1, 0, 0),
    "in": (-1, 0, 0),
    "up": (0, 1, 0),
    "down": (0, -1, 0),
    "forward": (0, 0, 1),
    "back": (0, 0, -1),
}
"""Words for directions, as (out, up, forward)."""


class NotationError(ValueError):
    """A gesture's text that cannot be read.

    Parameters
    ----------
    file : str
    key : str
        Where, as `hand[1].path.beat_s`; lists count from 1.
    found : str
    expected : str
    """

    def __init__(self, file, key, found, expected):
        self.file, self.key, self.found, self.expected = file, key, found, expected
        super().__init__(f"{file}: {key}: {found}; expected {expected}" if key else f"{file}: {found}; {expected}")


class Table:
    """One table of a text.

    Parameters
    ----------
    table : dict
        As tomllib gives it.
    file : str
        What errors call the text.
    where : str
        The table's path in it.
    """

    """Takes keys out of a table one by one; `done` complains of what is left."""

    def __init__(self, table, file, where=""):
        if not isinstance(table, dict):
            raise NotationError(file, where, f"found {shown(table)}", "a table, such as { nl = ..., en = ... }")
        self._left, self.file, self.where, self._known = dict(table), file, where, []

    def key(self, name):
        """Path of a key."""
        return f"{self.where}.{name}" if self.where else name

    def wrong(self, name, found, expected):
        """Error about a key."""
        return NotationError(self.file, self.key(name), found, expected)

    def take(self, name, kind, expected, default=None, needed=False):
        """Value of a key, of a kind, taken out."""
        self._known.append(name)
        if name not in self._left:
            if needed:
                raise self.wrong(name, "is missing", expected)
            return default
        value = self._left.pop(name)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.wrong(name, f"found {shown(value)}", expected)
        return value

    def number(self, name, low, high, default=None, needed=False, unit=""):
        """Finite number within bounds."""
        expected = f"a number from {low} to {high}{unit}"
        value = self.take(name, (int, float), expected, default, needed)
        if value is None:
            return None
        if not (math.isfinite(value) and low <= value <= high):
            raise self.wrong(name, f"found {shown(value)}", expected)
        return float(value)

    def word(self, name, allowed, default=None, needed=False):
        """One of the allowed words."""
        expected = f"one of {', '.join(allowed)}"
        value = self.take(name, str, expected, default, needed)
        if value is not None and value not in allowed and value != default:
            raise self.wrong(name, f"found {shown(value)}{near(value, allowed)}", expected)
        return value

    def words(self, name, allowed=None):
        """Tuple of words, any or of the allowed ones."""
        expected = "a list of words" + (f" of {', '.join(allowed)}" if allowed else ', such as ["one", "two"]')
        value = self.take(name, list, expected, [])
        for i, word in enumerate(value, 1):
            if not isinstance(word, str) or (allowed and word not in allowed):
                raise self.wrong(f"{name}[{i}]", f"found {shown(word)}{near(word, allowed or ())}", expected)
        return tuple(value)

    def texts(self, name, needed=False):
        """Texts by language code; English is among them."""
        expected = 'a text for each language, such as { nl = "Hoi!", en = "Hi!" }'
        value = self.take(name, dict, expected, {}, needed)
        for code, text in value.items():
            if not (len(code) in (2, 5) and code[:2].isalpha() and code[:2].islower()):
                raise self.wrong(
                    f"{name}.{code}", f'"{code}" is no language', "a language code such as nl, en or nl-BE"
                )
            if not isinstance(text, str) or not text.strip():
                raise self.wrong(f"{name}.{code}", f"found {shown(text)}", "a text in quotes")
        if value and "en" not in value:
            raise self.wrong(name, f"found {', '.join(value)}", "also en, which is shown where a language has no text")
        return dict(value)

    def table(self, name):
        """Table within, or None."""
        expected = "a table, such as { landmark = ..., out = 0.4 }"
        value = self.take(name, dict, expected)
        return None if value is None else Table(value, self.file, self.key(name))

    def tables(self, name):
        """Tables of a [[list]]."""
        expected = f"tables that begin with [[{name}]]"
        value = self.take(name, list, expected, [])
        return [Table(row, self.file, f"{self.key(name)}[{i}]") for i, row in enumerate(value, 1)]

    def weights(self, name, allowed, low=0.0, high=1.0):
        """Numbers by allowed words."""
        value = self.take(name, dict, f"weights, such as {{ {allowed[0]} = 1.0 }}", {})
        out = {}
        for word, weight in value.items():
            if word not in allowed:
                raise self.wrong(
                    f"{name}.{word}", f'there is no "{word}"{near(word, allowed)}', f"one of {', '.join(allowed)}"
                )
            if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not low <= weight <= high:
                raise self.wrong(f"{name}.{word}", f"found {shown(weight)}", f"a number from {low:g} to {high:g}")
            out[word] = float(weight)
        return out

    def direction(self, name):
        """Unit vector (out, up, forward), or None."""
        expected = f"one of {', '.join(DIRECTIONS)}, or two joined by a hyphen, such as up-out"
        value = self.take(name, str, expected)
        if value is None:
            return None
        parts = value.split("-")
        for word in parts:
            if word not in DIRECTIONS:
                raise self.wrong(name, f"found {shown(value)}{near(word, DIRECTIONS)}", expected)
        total = [sum(axis) for axis in zip(*(DIRECTIONS[w] for w in parts), strict=True)]
        size = math.sqrt(sum(v * v for v in total))
        if size == 0 or len(parts) > 3:
            raise self.wrong(name, f"found {shown(value)}, which points nowhere", expected)
        return tuple(v / size for v in total)

    def done(self):
        """Complain of what nobody took."""
        for name in self._left:
            known = self._known
            hint = near(name, known)
            raise self.wrong(name, f'there is no key "{name}" here{hint}', f"one of {', '.join(known)}")


def shown(value):
    """A value of the text as errors show it."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return repr(value).replace("'", '"') if isinstance(value, str) else repr(value).lower()


def near(word, allowed):
    """A hint at the allowed word that is most like this one, or nothing."""
    close = get_close_matches(str(word), list(allowed), n=1, cutoff=0.6)
    return f' (did you mean "{close[0]}"?)' if close else ""
