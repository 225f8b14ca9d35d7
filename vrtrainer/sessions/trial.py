"""One trial: its phases by the mode's table, the demonstration, the learner's turn and what came of it."""

from dataclasses import dataclass

import numpy as np

from vrtrainer.imitation.online import Comparator
from vrtrainer.learning.plan import Answer
from vrtrainer.learning.prompts import SLOW, SLOWER
from vrtrainer.sessions import limits
from vrtrainer.sessions.activity import Activity
from vrtrainer.sessions.phases import Cue, Phase, follow
from vrtrainer.sessions.showing import part_by_part

_PART_BY_PART = 6  # of learning.plan.PROMPTS
_WORD = {"did_it": 2, "partly": 1, "just_watched": None}  # watching is no miss: it is no answer at all


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """A trial that is over, with the learner's movement.

    Parameters
    ----------
    plan : TrialPlan
    shown : Performance
    score : Score or None
    answer : Answer
    times : ndarray, shape (T,)
        Seconds from the turn's onset.
    positions : ndarray, shape (T, J, 3)
        Metres, NaN where not measured.
    """

    plan: object
    shown: object
    score: object
    answer: object
    times: np.ndarray
    positions: np.ndarray


class Trial:
    """Runs from READY to the end of FEEDBACK, told the time at each frame.

    Parameters
    ----------
    number : int
        Counted over the session.
    plan : TrialPlan
    table, shows : dict
        Of the mode.
    shown : Performance
        The gesture as the avatar performs it.
    template : Template
        The gesture as the learner's body would perform it.
    way : module
        Offers `score(template, attempt)`.
    self_report : bool
        The learner's own word is the answer.
    attempt : imitation.attempt.Attempt
        Where the learner's movement is kept; a session uses one for all its trials.
    """

    def __init__(self, number, plan, table, shows, shown, template, way, self_report, attempt):
        self.number, self.plan = number, plan
        self.table, self.shows = table, shows
        self.shown, self.template, self._way = shown, template, way
        self.self_report = self_report
        self.prompt = plan.prompt
        self._pace = 1.0  # of the demonstration, where help rose within the trial
        self.models = 0
        self.phase, self.onset = Phase.READY, None
        self.over = False
        self.score = self.answer = None
        self.ended_by = ""
        self.responded_after = None
        self.similarity = self.alignment = None
        self._attempt = attempt
        self._comparator = Comparator(template)
        self._activity = Activity(limits.STILL_AFTER)
        self._sampled = None
        self._pictured = 0

    # What the phase is like

    @property
    def showing(self):
        """The `Showing` of the phase that runs."""
        return self.shows[self.phase]

    @property
    def demonstration_lasts(self):
        """Seconds of one demonstration with the prompt that holds now."""
        once = self.shown.motion.duration / self._pace
        return once * 2 if self.prompt == _PART_BY_PART and self.hands_wait else once

    @property
    def slowed(self):
        """Whether the demonstration is slower than the plan's tempo, as help."""
        return self.plan.prompt == SLOWER or self._pace < 1.0

    @property
    def hands_wait(self):
        """The hands that stay at rest in a part-by-part demonstration's first pass."""
        return tuple(p for p in self.shown.counts if p in ("leftHand", "rightHand"))

    def demonstrated(self, now):
        """The demonstration's pose at a moment, None when nothing is shown.

        Parameters
        ----------
        now : float
            Seconds of trial time.

        Returns
        -------
        Pose or None
        """
        if not self.showing.demonstrates:
            return None
        elapsed = (now - self.onset) * self._pace
        if self.prompt == _PART_BY_PART and self.hands_wait:
            return part_by_part(self.shown.motion, self.hands_wait, elapsed, self.shown.motion.duration)
        return self.shown.motion.sample(elapsed)

    def demonstration_row(self, now):
        """The sample of the motion that is shown at a moment.

        Parameters
        ----------
        now : float
            Seconds of trial time.

        Returns
        -------
        int
        """
        elapsed = (now - self.onset) * self._pace
        lasts = self.shown.motion.duration
        if elapsed > lasts and self.prompt == _PART_BY_PART and self.hands_wait:
            elapsed -= lasts  # the second pass of a part-by-part demonstration
        return min(int(np.searchsorted(self.shown.motion.times, elapsed)), len(self.shown.motion.times) - 1)

    def demonstration_time(self, now):
        """Which moment of the motion is shown, s; None while nothing is shown.

        Parameters
        ----------
        now : float
            Seconds of trial time.

        Returns
        -------
        float or None
        """
        return float(self.shown.motion.times[self.demonstration_row(now)]) if self.showing.demonstrates else None

    def reaches_stroke(self, now):
        """True once a demonstration: at the first frame that shows the gesture at its fullest, for a picture.

        Parameters
        ----------
        now : float
            Seconds of trial time.

        Returns
        -------
        bool
        """
        if not self.showing.demonstrates or self._pictured == self.models:
            return False
        points = self.shown.points
        elapsed = (now - self.onset - self.demonstration_lasts) * self._pace + self.shown.motion.duration
        if elapsed < points["stroke_start"] + 0.5 * (points["stroke_end"] - points["stroke_start"]):
            return False
        self._pictured = self.models
        return True

    def kept(self):
        """What a page may show again of this trial, once it is over; a Finished."""
        times, positions = self._attempt.times, self._attempt.positions
        return Finished(self.plan, self.shown, self.score, self.answer, times.copy(), positions.astype(np.float32))

    # What happens

    def begin(self, now):
        """Start with READY."""
        self.onset = now

    def restart(self, now):
        """Back to the beginning, as after a pause; nothing of the broken off turn is kept."""
        self.phase, self.onset, self.models, self._pictured = Phase.READY, now, 0, 0
        self.prompt, self._pace = self.plan.prompt, 1.0
        self.score = self.answer = None
        self.similarity = self.alignment = None

    def step(self, now, seen, said, looked=True):
        """One frame of trial time.

        Parameters
        ----------
        now : float
            Seconds of trial time.
        seen : Observation
        said : str
            What the learner said or chose at this frame, "" for nothing.
        looked : bool
            False where the device was not asked at this frame at all: that is no sample, and no lost hand either.

        Returns
        -------
        list of (Phase, Cue, Phase)
            Transitions made at this frame, in order.
        """
        made = []
        if self.phase is Phase.RESPOND and looked and not self.self_report:
            self._listen(now, seen)
        cue = self._cue(now, seen, said)
        if cue is not None:
            made.append(self._follow(cue, now, said))
        return made

    def cue(self, cue, now):
        """Give a cue from outside, such as stop.

        Parameters
        ----------
        cue : Cue
        now : float

        Returns
        -------
        tuple of (Phase, Cue, Phase)

        Raises
        ------
        TransitionError
            If the phase has no row for it; nothing has changed then.
        """
        return self._follow(cue, now, "")

    def _listen(self, now, seen):
        if self._sampled is not None and self._sampled.tolist() == seen.sample_time.tolist():
            return  # a repeat of a sample that was compared already; NaN never equals, so it counts as new
        self._sampled = seen.sample_time
        elapsed = now - self.onset
        self._attempt.append(elapsed, seen)
        self._activity.step(now, seen)
        self.similarity, self.alignment = self._comparator.step(elapsed, seen)
        if self.responded_after is None and self._activity.moved:
            self.responded_after = elapsed

    def _cue(self, now, seen, said):
        showing, elapsed = self.showing, now - self.onset
        if self.phase is Phase.RESPOND:
            return self._turn_over(elapsed, seen, said)
        if self.phase is Phase.DELAY:
            return Cue.TIME_UP if elapsed >= self.plan.facets.delay_s else None
        if showing.feedback and self.feedback_lasts is not None:
            if said == "next" or "ready" in seen.acts:
                return Cue.DONE
            return Cue.TIME_UP if elapsed >= self.feedback_lasts else None
        if showing.demonstrates:
            return Cue.MOTION_OVER if elapsed >= self.demonstration_lasts + limits.SHOWN_AFTER else None
        if showing.lasts is not None and elapsed >= showing.lasts:
            return Cue.TIME_UP
        return None

    feedback_lasts = None  # set when feedback begins: it depends on how much there is to read

    def _turn_over(self, elapsed, seen, said):
        shown_first = self.demonstration_lasts if self.showing.demonstrates else 0.0
        if said in _WORD or "ready" in seen.acts or "select" in seen.acts or said == "done":
            return Cue.DONE
        if self.self_report:
            return None  # nothing hurries who says it themselves
        limit = limits.respond_limit(self.shown.motion.duration) + shown_first
        moved, still = self._activity.moved, self._activity.still_for
        if elapsed < shown_first:
            return None
        if moved and still >= limits.STILL_AFTER:
            far = self.alignment is not None and self.alignment.progress > 0.75
            if far or still >= 2.2 * limits.STILL_AFTER:
                return Cue.DONE
        if elapsed < limit or (moved and still < limits.STILL_AFTER and elapsed < 2 * limit):
            return None
        return Cue.TIME_UP if moved or self.models >= limits.MODELS_AT_MOST else Cue.NOT_TRIED

    def _follow(self, cue, now, said):
        before = self.phase
        after = follow(self.table, before, cue)  # raises before anything has changed
        if before is Phase.RESPOND and after is Phase.FEEDBACK:
            self._judge(cue, said)
        elif before is Phase.MODEL and after is Phase.FEEDBACK:  # watching was all that was asked
            self.ended_by, self.answer = "time", Answer(None, False, None)
        if before is Phase.FEEDBACK:
            self.over = True
        if cue is Cue.NOT_TRIED and self.prompt < SLOWER:
            self.prompt = SLOWER
            if Phase.MODEL in self.table:  # moving along keeps the tempo that is compared with
                self._pace = SLOW
        self.phase, self.onset = after, now
        if self.showing.demonstrates:
            self.models += 1
        if after is Phase.RESPOND:
            self._attempt.clear()
            self._comparator.start()
            self._activity.begin()
            self._sampled = None
            self.responded_after = None
        return before, cue, after

    def _judge(self, cue, said):
        self.ended_by = {Cue.DONE: "learner", Cue.TIME_UP: "time"}[cue]
        if self.self_report:
            told = said in _WORD
            self.answer = Answer(_WORD.get(said), said != "just_watched" if told else None, None if told else "unsaid")
            return
        self.score = self._way.score(self.template, self._attempt)
        # Who only watched took part: the model and the tutor learn nothing from it, and nobody counts it as a miss.
        graded = None if self.score.attempted is False else self.score.graded_0_2
        self.answer = Answer(graded, self.score.attempted, self.score.withheld)
