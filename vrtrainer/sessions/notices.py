"""What is said besides: who is watching, what an adult chose, and what was seen, said again.

Nothing is hidden from the learner: a steady line says who watches, and each intervention is said (EXPERIENCE 1).
"""

import math

from vrtrainer.sessions import words
from vrtrainer.sessions.tableau import Caption

LASTS = 4.0  # s


class Notices:
    """The words of a session that belong to no page and no trial.

    Parameters
    ----------
    setup : Setup
    """

    def __init__(self, setup):
        self._setup = setup
        self._text, self._until = "", -math.inf
        self.watched_by(setup.names["adult"] if setup.watched else "")

    def watched_by(self, name):
        """Somebody watches from now on.

        Parameters
        ----------
        name : str
            "" for nobody.
        """
        key = "adult_watching" if name else "nobody_watching"
        self.watcher = name
        self.adult = name or self._setup.names["adult"]
        self.who_watches = Caption(words.filled(self._setup.texts, "captions", key, adult=name), "who")

    def chose(self, control, now, what=""):
        """An adult chose something.

        Parameters
        ----------
        control : str
            Key under `controls`, or of a button.
        now : float
            Seconds of session time.
        what : str
            In words, where it is no control.
        """
        texts = self._setup.texts
        what = what or texts["controls"].get(control) or texts["buttons"].get(control, control)
        adult = self.adult or texts["captions"]["an_adult"]
        self.say(words.filled(texts, "captions", "adult_chose", adult=adult, what=what.lower()), now)

    def say(self, text, now):
        """Show a text for some seconds.

        Parameters
        ----------
        text : str
        now : float
        """
        self._text, self._until = text, now + LASTS

    def caption(self, now):
        """What is said now, as a tuple of Caption.

        Parameters
        ----------
        now : float

        Returns
        -------
        tuple of Caption
        """
        return (Caption(self._text, "hint"),) if self._text and now < self._until else ()
