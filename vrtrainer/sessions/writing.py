"""What stands on the screen in words, and what can be chosen: captions and buttons of every state."""

from vrtrainer.sessions import words
from vrtrainer.sessions.phases import Phase, State
from vrtrainer.sessions.tableau import Button, Caption

OPENING, BETWEEN, CLOSING = "opening", "between", "closing"
"""Parts of a session in which it waits."""
ANEW = "anew"
"""Said instead of going on with a session that was broken off."""
FEELINGS = ("nice", "okay", "not_nice", "no_answer")
"""Answers to the one question at the end."""
_TOLD = ("did_it", "partly", "just_watched")


class Writing:
    """Words of a session in its language.

    Parameters
    ----------
    setup : Setup
    """

    def __init__(self, setup):
        self._setup = setup

    def _caption(self, key, kind="line", **values):
        return Caption(words.filled(self._setup.texts, "captions", key, **values), kind)

    def _button(self, name, key, text="", value="", role="action"):
        return Button(name, self._setup.texts["buttons"][text or name], key, value, role)

    def of_waiting(self, session):
        """Captions and buttons while no trial runs.

        Parameters
        ----------
        session : Session
            Whose state, part, block, calm and goes_on are read.

        Returns
        -------
        captions : tuple of Caption
        buttons : tuple of Button
        """
        state, part, block = session.state, session.part, session.block
        finish = self._button("end", "f", text="finish", role="stop")
        if state is State.PAUSED:
            return (self._caption("paused", "state"),), (self._button("go_on", "enter"), finish)
        if state is State.STOPPED:
            other = self._button("something_else", "o", role="choice")
            done = self._button("end", "f", text="finished", role="stop")
            return (self._caption("calm_place" if session.calm else "stopped", "state"),), (
                self._button("go_on", "enter"),
                other,
                done,
            )
        if part == OPENING:
            if session.goes_on:
                anew = self._button("say", "1", text=ANEW, value=ANEW, role="choice")
                return (self._caption("look_around_again"),), (self._button("ready", "enter", text="go_on_there"), anew)
            return (self._caption("look_around"),), (self._button("ready", "enter"),)
        if part == BETWEEN:
            blocks = self._setup.programme.blocks
            number, count = (sum(not b.page for b in some) for some in (blocks[: block + 1], blocks))
            title = self._caption("part", "title", number=number, count=count)
            return (title, self._caption("part_known")), (self._button("ready", "enter"), finish)
        name = self._setup.names["learner"]
        ending = self._setup.texts["captions"]["ending"]
        bye = words.filled(self._setup.texts, "captions", "bye", learner=name) if name else ""
        captions = Caption(f"{ending} {bye}".strip(), "title"), self._caption("how_was_it")
        return captions, tuple(
            self._button("say", str(k), text=feeling, value=feeling, role="choice")
            for k, feeling in enumerate(FEELINGS, 1)
        )

    def of_trial(self, trial, now, pages, hint):
        """Captions and buttons while a trial runs.

        Parameters
        ----------
        trial : Trial
        now : float
            Seconds of trial time.
        pages : tuple of str
            What is said of the attempt, page by page.
        hint : str
            A hint in words, "" for none.

        Returns
        -------
        captions : tuple of Caption
        buttons : tuple of Button
        """
        setup, showing = self._setup, trial.showing
        if showing.feedback:
            page = min(int((now - trial.onset) / showing.lasts), len(pages) - 1)
            captions = [Caption(pages[page])]
        else:
            key = showing.caption
            if trial.phase is Phase.MODEL and trial.slowed:
                key = "watch_slow"
            elif trial.phase is Phase.MODEL and trial.models > 1:
                key = "watch_again"
            title = words.own(setup.gestures[trial.plan.gesture].title, setup.language)
            captions = [Caption(title, "title"), self._caption(key, avatar=words.called(setup, trial.plan.avatar))]
            if hint:
                captions.append(Caption(words.pages(hint)[0], "hint"))
        buttons = ()
        if trial.phase is Phase.RESPOND and setup.self_report:
            captions.append(self._caption("how_did_it_go", "hint"))
            buttons = tuple(
                self._button("say", str(k), text=told, value=told, role="choice") for k, told in enumerate(_TOLD, 1)
            )
        return tuple(captions), buttons
