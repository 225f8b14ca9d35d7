"""A report's sentences: dates, counts and lists as people say them, in the report's language."""

from datetime import datetime

from vrtrainer.sessions.words import filled


class Words:
    """The texts of one report, with who it is about always at hand: learner, avatar and adult, and each capitalised."""

    def __init__(self, texts, names):
        self.texts, self.report = texts, texts["report"]
        self._names = {**names, **{name.capitalize(): capital(text) for name, text in names.items()}}

    def say(self, key, **values):
        """A sentence of section `report`."""
        return filled(self.texts, "report", key, **{**self._names, **values})

    def why(self, key, values):
        """The reason for a choice; one that this language does not know is left out."""
        return filled(self.texts, "why", key, **{**self._names, **values}) if key in self.texts["why"] else ""

    def times(self, count):
        """Once, twice, seven times."""
        if count in (1, 2):
            return self.report[f"times_{count}"]
        return self.report["times_n"].format(count=self.number(count))

    def number(self, count):
        """A count in words up to twelve, then in digits."""
        words = self.report["numbers"].split()
        return words[count] if count < len(words) else str(count)

    def minutes(self, seconds):
        count = max(round(seconds / 60), 1)
        return self.report["minutes_1"] if count == 1 else self.report["minutes_n"].format(count=count)

    def quote(self, text):
        return self.report["quote"].format(text=text)

    def listed(self, items):
        """One, two and three."""
        *first, last = items
        return self.report["list_last"].format(first=", ".join(first), last=last) if first else last

    def date(self, started):
        """A moment (ISO 8601, UTC) as the day it was here."""
        here = datetime.fromisoformat(started).astimezone()
        return self.report["date"].format(
            day=self.report["days"].split()[here.weekday()],
            number=here.day,
            month=self.report["months"].split()[here.month - 1],
            year=here.year,
        )

    def figure(self, value, digits=2):
        """A number as it is written in this language; a dash where there is none."""
        return "–" if value is None else f"{value:.{digits}f}".replace(".", self.report["decimal"])


def capital(text):
    """The same text with its first letter large."""
    return text[:1].upper() + text[1:]
