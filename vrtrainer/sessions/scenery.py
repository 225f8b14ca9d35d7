"""What a session shows at one frame: the avatar, help, captions and buttons, put together into one tableau."""

import math
from dataclasses import replace

from vrtrainer.gestures import sitting
from vrtrainer.sessions import limits
from vrtrainer.sessions.page import Standing
from vrtrainer.sessions.phases import Phase, State
from vrtrainer.sessions.props import stool
from vrtrainer.sessions.showing import FACING, Figurant
from vrtrainer.sessions.tableau import Figure, Tableau
from vrtrainer.sessions.writing import BETWEEN, CLOSING, OPENING, Writing

_KEPT = {OPENING: "start", BETWEEN: "between", CLOSING: "end"}


class Scenery:
    """Reads a session and draws nothing: it says what is to be drawn.

    Parameters
    ----------
    session : Session
        Whose state is read at each frame.
    """

    def __init__(self, session):
        self._session = session
        self._setup = session.setup
        self._writing = Writing(session.setup)
        self._pictured = None  # the moment whose picture was kept last
        self._there, self._there_since = False, -math.inf
        self.aims = None
        """Where the avatar's eyes go in the trial that runs."""
        self.enter(session.setup.programme.avatar)

    def enter(self, avatar):
        """Another avatar takes part.

        Parameters
        ----------
        avatar : str
            One of the setup's bodies.
        """
        self._avatar = avatar
        body = self._setup.bodies[avatar]
        self._figurant = Figurant(self._session.chooser.rest(avatar), sitting.sitting(body))
        self._stool = stool(body, FACING)

    def shown(self, now, sounds, turn):
        """The tableau of this frame.

        Parameters
        ----------
        now : float
            Seconds of session time.
        sounds : tuple of Sound
        turn : Turn

        Returns
        -------
        Tableau
        """
        session, manner = self._session, self._session.manner
        standing = self._page_standing() if session.page is not None and session.state is State.RUNNING else None
        figures, captions, buttons, keep, props = (), (), (), "", ()
        there = self._how_far_there(now, standing)
        if standing is not None:
            captions, buttons, keep, props = standing.captions, standing.buttons, standing.keep, standing.props
            figures = (*self._on_page(now, standing, there), *standing.others)
            captions = (*captions, *session.notices.caption(now))
        else:
            if there > 0:
                figures = self._figures(now, there)
            if session.state is State.RUNNING and session.trial is not None:
                captions, buttons, keep = self._of_trial(now)
                props = session.striking.props()
            elif not session.over:
                captions, buttons, keep = self._of_waiting(now)
        sits = session.state is State.PAUSED if standing is None else standing.sits and standing.pose is None
        if sits and there > 0:
            props = (*props, self._stool)
        return Tableau(
            scene=self._setup.programme.scene,
            figures=figures,
            captions=(*captions, session.notices.who_watches),
            buttons=buttons,
            dots=self._dots(),
            sounds=sounds,
            warmth=min(max((session.warm_until - now) / limits.WARM_FOR, 0.0), 1.0),
            brightness=min(max(now / limits.FADE, 0.0), 1.0) * manner.light,
            turn=turn,
            keep=keep,
            props=props,
            sound=manner.sound,
            text=manner.text,
            disc=self._disc(),
        )

    def _disc(self):
        session = self._session
        if not session.manner.time_disc or session.over or session.part == CLOSING:
            return None
        return max(1.0 - session.trial_now / (self._setup.programme.minutes * 60), 0.0)

    def _how_far_there(self, now, standing):
        """How much of the avatar is seen: it comes and goes within the time of a fade."""
        there = now >= self._session.there_since and (standing is None or standing.there)
        if standing is None and self._session.page is not None and math.isfinite(self._there_since):
            there = self._there  # paused or stopped on a page: as it was there
        if there != self._there:
            self._there, self._there_since = there, now
        share = min((now - self._there_since) / limits.FADE, 1.0)
        return share if there else 1.0 - share

    # Words

    def _of_trial(self, now):
        session, keep = self._session, ""
        trial, trial_now = session.trial, session.trial_now
        hint = session.chooser.hint(trial) if trial.phase is Phase.RESPOND else ""
        captions, buttons = self._writing.of_trial(trial, trial_now, session.said_pages, hint)
        if trial.reaches_stroke(trial_now):
            keep = "demonstration"
        elif trial.showing.feedback and trial_now > trial.onset and self._pictured != trial.onset:
            keep, self._pictured = "feedback", trial.onset
        return (*captions, *session.notices.caption(now)), buttons, keep

    def _of_waiting(self, now):
        session, keep = self._session, ""
        captions, buttons = self._writing.of_waiting(session)
        if session.state is State.WAITING and now - session.since >= 1.0 and self._pictured != session.since:
            keep, self._pictured = _KEPT[session.part], session.since
        return (*captions, *session.notices.caption(now)), buttons, keep

    # Figures

    def _page_standing(self):
        standing = self._session.page.standing(self._session.trial_now)
        if standing.sounds:
            self._session.sounds(*standing.sounds)
        return standing

    def _on_page(self, now, standing: Standing, there):
        if there <= 0:
            return ()
        manner, pose = self._session.manner, standing.pose
        if pose is None:
            pose = self._figurant.rest(now, manner, standing.sits)
        else:
            pose = self._figurant.perform(now, standing.source, pose, None, manner)
        return (Figure(self._avatar, pose, FACING, opacity=there),)

    def _figures(self, now, there):
        session, manner = self._session, self._session.manner
        trial = session.trial if session.state is State.RUNNING else None
        pose = trial.demonstrated(session.trial_now) if trial is not None else None
        if pose is not None:
            source = f"{trial.number}.{trial.models}"
            aim = self.aims[trial.demonstration_row(session.trial_now)]
            pose = self._figurant.perform(now, source, pose, aim, manner)
        else:
            pose = self._figurant.rest(now, manner, session.state is State.PAUSED)
        figure = Figure(self._avatar, pose, FACING, opacity=there)
        if trial is None:
            return (figure,)
        help_ = session.chooser.help_shown(trial)
        if help_.highlight:
            figure = replace(figure, highlight=help_.highlight)
        if help_.ghost is not None:
            ghost = Figure(self._avatar, help_.ghost, FACING, opacity=there, ghost=True, parts=help_.parts)
            return (figure, ghost)
        return (figure,)

    def _dots(self):
        session = self._session
        if session.block >= len(self._setup.programme.blocks) or session.part == CLOSING or session.page is not None:
            return ()
        if session.part == OPENING and session.state is State.WAITING:
            return ()
        done = session.dots
        if session.trial is not None and session.trial.answer is not None:  # said and shown together
            done = (*done, session.dot(session.trial.answer))
        chooser, block = session.chooser, session.block
        return (*done, *("open",) * chooser.left(block))[: chooser.total(block)]
