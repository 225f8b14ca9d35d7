"""A whole session: programme, blocks, trials, and the calm place at both ends. Told one frame at a time.

Rule 1: `step` never raises for what a person, a device or a clock did; what has no row becomes an event `refused`.
Rule 2: stop is obeyed at the frame it comes, from every state, and needs no confirmation.
Rule 3: the same setup, frames, observations and orders give the same tableaux and events, bit for bit.
"""

import math
from dataclasses import asdict, replace

from vrtrainer.human import frame as frames
from vrtrainer.human.skeleton import PART_INDEX
from vrtrainer.sessions import limits, tableau, words
from vrtrainer.sessions.activity import measured_share
from vrtrainer.sessions.choosing import Chooser
from vrtrainer.sessions.events import Event
from vrtrainer.sessions.phases import SESSION, Cue, Phase, Request, State, TransitionError, follow
from vrtrainer.sessions.showing import FACING, Figurant
from vrtrainer.sessions.tableau import Figure, Sound, Tableau
from vrtrainer.sessions.trial import Trial
from vrtrainer.sessions.writing import BETWEEN, CLOSING, FEELINGS, OPENING, Writing

_REQUESTS = {
    "stop": Request.STOP,
    "calm_place": Request.STOP,
    "pause": Request.PAUSE,
    "go_on": Request.GO_ON,
    "ready": Request.READY,
    "something_else": Request.SOMETHING_ELSE,
    "end": Request.END,
    "finish": Request.FINISH,
}
_OVERRULES = ("easier", "harder", "slower", "again", "other_gesture", "together", "show_where", "choose")
_SEEN_PARTS = ("head", "leftHand", "rightHand", "leftArm", "rightArm", "trunk")


class Session:
    """Steps from the calm place through the programme's blocks to the calm place.

    Parameters
    ----------
    setup : Setup
    """

    def __init__(self, setup):
        self.setup = setup
        self.state, self.part = State.WAITING, OPENING
        self.over, self.ended, self._early = False, "", False
        self.block, self.trials_begun, self.trials_ended = 0, 0, 0
        self.chooser = Chooser(setup)
        self._writing = Writing(setup)
        self.trial = None
        self.dots = ()
        self._start = None
        self._now = 0.0
        self._paused, self._paused_at = 0.0, None
        self._broken_off = State.WAITING  # what a pause or a stop broke off: going on leads back to it
        self._since = 0.0
        self._second = -1
        self._events = []
        self._sounds = ()
        self._warm_until = -math.inf
        self._said_pages = ()
        self._feeling = ""
        self._notice, self._notice_until = "", -math.inf
        avatar = setup.programme.avatar
        self._avatar = avatar
        self._figurant = Figurant(self.chooser.rest(avatar), setup.calm_idle, setup.looks_away)
        self._there_since = math.inf  # when the avatar came in
        self._kept = None  # the moment whose picture was kept last

    @property
    def between_trials(self):
        """True while nothing is shown or compared, so that the loop may tidy up."""
        return self.trial is None or self.trial.phase is Phase.READY

    @property
    def seconds(self):
        """Session time so far, s."""
        return self._now

    @property
    def trials_total(self):
        """How many trials the programme has."""
        return sum(self.chooser.total(i) for i in range(len(self.setup.programme.blocks)))

    # One frame

    def step(self, frame, seen, orders):
        """What is shown at this frame, and what happened.

        Parameters
        ----------
        frame : Frame
        seen : Observation
        orders : tuple of Command

        Returns
        -------
        shown : Tableau
        events : tuple of Event
        """
        self._events = []
        if self._start is None:
            self._start = frame.time
            self._emit("session_started", programme=self.setup.programme.name, seed=self.setup.seed)
        self._now = frame.time - self._start
        said, stops = self._obey(frame, seen, orders)
        if not self.over:
            if self.state is State.RUNNING:
                self._run(frame, seen, said)
            elif not stops:
                self._wait(seen, said)
        shown = self._shown(frame)
        self._each_second(seen, shown)
        return shown, tuple(self._events)

    def _emit(self, trial_type, duration=math.nan, onset=None, **fields):
        phase = self.trial.phase.value if self.trial and self.state is State.RUNNING else self.state.value
        block = self.block if self.block < len(self.setup.programme.blocks) else -1
        number = self.trial.number if self.trial else -1
        onset = self._now if onset is None else onset
        self._events.append(Event(onset, duration, trial_type, block, number, phase, fields))

    @property
    def _trial_now(self):
        return self._now - self._paused

    # What is asked

    def _obey(self, frame, seen, orders):
        said = ""
        asked = [(_REQUESTS[o.name], o) for o in orders if o.name in _REQUESTS]
        # Stop goes before everything that came at the same frame, and nothing of that frame undoes it.
        stops = "stop" in seen.acts or any(request is Request.STOP for request, _ in asked)
        if "stop" in seen.acts:
            self._request(Request.STOP, "learner", seen.source)
        for request, order in sorted(asked, key=lambda pair: pair[0] is not Request.STOP):
            if stops and request not in (Request.STOP, Request.FINISH):
                self._refuse(request.value, order.actor, "stop came at the same frame")
            else:
                self._request(request, order.actor, order.source)
        if "pause" in seen.acts and not stops:
            self._request(Request.PAUSE, "learner", seen.source)
        if frame.state == frames.ASLEEP and self.state is State.RUNNING:
            self._request(Request.STOP, "learner", "headset_off")
        elif frame.state == frames.UNFOCUSED and self.state is State.RUNNING:
            self._request(Request.PAUSE, "runtime", "unfocused")
        for order in orders:
            if order.name in _OVERRULES and self.over:
                self._refuse(order.name, order.actor, "the session is over")
            elif order.name in _OVERRULES:
                self._overrule(order)
            elif order.name == "say":
                said = order.value
                self._emit("said", value=order.value, actor=order.actor, source=order.source)
            elif order.name not in _REQUESTS:
                self._refuse(order.name, order.actor, "nothing answers to it here")
        return said, stops

    def _refuse(self, command, actor, why):
        self._emit("refused", command=command, actor=actor, why=why)

    def _request(self, request, actor, source):
        try:
            state = follow(SESSION, self.state, request)
        except TransitionError as error:
            self._refuse(request.value, actor, str(error))
            return
        if request is Request.STOP and self.state is State.STOPPED:
            return  # a sign that is still held says nothing new
        if request is Request.READY and actor != "learner" and State.WAITING in (self.state, self._broken_off):
            self._refuse(request.value, actor, "only the learner begins")
            return
        self._emit("command", command=request.value, actor=actor, source=source)
        if self.state in (State.WAITING, State.RUNNING):
            self._broken_off = self.state
        self.state = state
        if request is Request.STOP:
            self._emit("assent", assent="withdrawn", actor=actor, source=source)
            self._sounds = ()
            self._pause_clock()
            if self.trial is not None:
                self.trial.cue(Cue.STOP, self._trial_now)
        elif request is Request.PAUSE:
            self._sound("pause")
            self._pause_clock()
        elif request in (Request.GO_ON, Request.READY):
            self._go_on(request)
        elif request is Request.SOMETHING_ELSE:
            self._resume_clock()
            self._leave_trial("something_else")
            self.part = BETWEEN if self._broken_off is State.RUNNING else self.part
            self.chooser.asked_for_something_else()
        elif request is Request.END:
            self._resume_clock()
            self._leave_trial("ended")
            self.block, self.part = len(self.setup.programme.blocks), CLOSING
            self._early = True
        elif request is Request.FINISH:
            self._leave_trial("finished")
            self._finish(actor)
        self._since = self._now
        self._emit("session_state", state=self.state.value, part=self.part)

    def _go_on(self, request):
        self._resume_clock()
        if self._broken_off is State.WAITING:
            if request is Request.GO_ON:
                self.state = State.WAITING
                return
            if self.part == CLOSING:
                self._finish("learner")
                return
            self._emit("assent", assent="given", actor="learner")
        if math.isinf(self._there_since):
            self._there_since = self._now
        if self.trial is not None:
            self.trial.restart(self._trial_now)
            self._emit("trial_restarted")

    def _pause_clock(self):
        if self._paused_at is None:
            self._paused_at = self._now

    def _resume_clock(self):
        if self._paused_at is not None:
            self._paused += self._now - self._paused_at
            self._paused_at = None

    def _overrule(self, order):
        why = self.chooser.overrule(order, self.trial)
        if why:
            self._refuse(order.name, order.actor, why)
            return
        self._emit("command", command=order.name, value=order.value, actor=order.actor, source=order.source)
        # Each intervention is said (EXPERIENCE 1).
        if order.actor == "adult":
            what = self.setup.texts["controls"].get(order.name, order.name).lower()
            text = words.filled(self.setup.texts, "captions", "adult_chose", adult=self.setup.names["adult"], what=what)
            self._notice, self._notice_until = text, self._now + 4.0
        if order.name in ("again", "other_gesture", "together", "choose", "slower", "easier", "show_where"):
            self._leave_trial(order.name)

    # Running

    def _run(self, frame, seen, said):
        if self.trial is None and not self._next_trial():
            return
        trial = self.trial
        # A headset's frame that came late shows nothing, and nobody was looked for in it.
        looked = frame.should_render or bool(seen.how.any())
        for before, cue, after in trial.step(self._trial_now, seen, said, looked):
            self._emit("phase", left=before.value, cue=cue.value, entered=after.value, model_index=trial.models)
            if after is Phase.FEEDBACK:
                self._judged()
            elif before is Phase.FEEDBACK:
                self._trial_over()

    def _next_trial(self):
        blocks = self.setup.programme.blocks
        if self.block >= len(blocks):
            self._close()
            return False
        late = self._trial_now > self.setup.programme.minutes * 60
        if late or self.chooser.block_over(self.block, self.trials_ended):
            self._block_over(late)
            return False
        plan, shown, aims, template = self.chooser.next_trial(self.block, self.trials_begun)
        mode = self.setup.modes[plan.mode]
        self.trial = Trial(
            self.trials_begun, plan, mode.TABLE, mode.SHOWS, shown, template, self.setup.way, self.setup.self_report
        )
        self.trial.begin(self._trial_now)
        self._aims = aims
        self.trials_begun += 1
        self._emit("trial_planned", plan=asdict(plan), demonstration_s=shown.motion.duration)
        why = words.filled(self.setup.texts, "why", plan.reason_key, **plan.reason_values)
        self._emit(
            "now_next_why",
            now=plan.gesture,
            next="",
            why=why,
            trials_left=self.chooser.left(self.block),
            prompt=plan.prompt,
        )
        return True

    def _judged(self):
        trial = self.trial
        texts = self.setup.texts
        if trial.score is not None:
            fields = {**asdict(trial.score), "reasons": [asdict(r) for r in trial.score.reasons]}
            self._emit("score", **fields)
        # Told at once: a session that is cut off during its feedback still knows what came of the trial.
        self._emit("answered", answer=asdict(trial.answer))
        sentences = self.chooser.sentences(trial)
        self._said_pages = words.pages(" ".join(sentences)) or (texts["captions"]["done"],)
        trial.feedback_lasts = trial.showing.lasts * len(self._said_pages)
        answer = trial.answer
        if not self.chooser.gives_feedback(self.block):
            self._said_pages = (texts["captions"]["done"],)
            trial.feedback_lasts = 1.5
        elif answer.graded == 2:
            self._warm_until = self._now + limits.WARM_FOR
            self._sound("match")

    def _trial_over(self):
        trial, answer = self.trial, self.trial.answer
        self.dots = (*self.dots, _dot(answer))
        score = {} if trial.score is None else asdict(trial.score)
        if score:
            score["reasons"] = [asdict(r) for r in trial.score.reasons]
        self.trials_ended += 1
        self._emit(
            "trial_ended",
            plan=asdict(trial.plan),
            score=score,
            answer=asdict(answer),
            prompt_at_end=trial.prompt,
            models=trial.models,
            ended_by=trial.ended_by,
            response_time=trial.responded_after,
        )
        learnt = self.chooser.learn(trial)
        self._emit("learner_model", **learnt)
        self.trial = None

    def _leave_trial(self, why):
        if self.trial is not None:
            self._emit("trial_left", why=why, plan=asdict(self.trial.plan))
            self.trials_begun = self.trial.number  # its number is given again: it never came to an end
            self.trial = None

    def _block_over(self, late):
        self._emit("block_ended", late=late)
        self.block = len(self.setup.programme.blocks) if late else self.block + 1
        self.dots = ()
        self.state = follow(SESSION, self.state, Request.BLOCK_OVER)
        self._since = self._now
        if self.block >= len(self.setup.programme.blocks):
            self._close()
        else:
            self.part = BETWEEN
            self._emit("session_state", state=self.state.value, part=self.part)

    def _close(self):
        if self.state is State.RUNNING:
            self.state = follow(SESSION, self.state, Request.BLOCK_OVER)
        self.part, self._since = CLOSING, self._now
        self._emit("session_state", state=self.state.value, part=self.part)

    # Waiting

    def _wait(self, seen, said):
        waited = self._now - self._since
        if self.state is State.WAITING and self.part == CLOSING and said in FEELINGS:
            self._feeling = said
            self._emit("how_was_it", answer=said)
            self._finish("learner")
            return
        if "ready" in seen.acts and waited >= limits.CALM_AT_LEAST:
            self._request(Request.READY, "learner", seen.source)
            return
        patience = self.setup.patience_s
        if patience is not None and waited > patience:
            self._emit("nobody_came", waited=waited)
            self._leave_trial("nobody_came")
            self._finish("nobody_came")

    def _finish(self, actor):
        self.state, self.over = State.OVER, True
        through = self.block >= len(self.setup.programme.blocks) and not self._early
        self.ended = "finished" if through else "nobody_came" if actor == "nobody_came" else f"ended_by_{actor}"
        self._emit("session_over", ended=self.ended, trials=self.trials_ended, how_was_it=self._feeling)

    # What is shown

    def _sound(self, name):
        self._sounds = (*self._sounds, Sound(name, self._now))

    def _shown(self, frame):
        self._sounds = tuple(s for s in self._sounds if self._now - s.start < limits.SOUND_KEPT)
        figures, captions, buttons, keep = (), (), (), ""
        there = min(max((self._now - self._there_since) / limits.FADE, 0.0), 1.0)
        if there > 0:
            figures = self._figures(there)
        if self.state is State.RUNNING and self.trial is not None:
            notice = self._notice if self._now < self._notice_until else ""
            hint = self.chooser.hint(self.trial) if self.trial.phase is Phase.RESPOND else ""
            captions, buttons = self._writing.of_trial(self.trial, self._trial_now, self._said_pages, hint, notice)
            if self.trial.reaches_stroke(self._trial_now):
                keep = "demonstration"
            elif self.trial.showing.feedback and self._trial_now > self.trial.onset and self._kept != self.trial.onset:
                keep, self._kept = "feedback", self.trial.onset
        elif not self.over:
            captions, buttons = self._writing.of_waiting(self.state, self.part, self.block)
            if self.state is State.WAITING and self._now - self._since >= 1.0 and self._kept != self._since:
                keep, self._kept = {OPENING: "start", BETWEEN: "between", CLOSING: "end"}[self.part], self._since
        captions = (*captions, self._writing.who_watches)
        return Tableau(
            scene=self.setup.programme.scene,
            figures=figures,
            captions=captions,
            buttons=buttons,
            dots=self._dots(),
            sounds=self._sounds,
            warmth=min(max((self._warm_until - self._now) / limits.WARM_FOR, 0.0), 1.0),
            brightness=min(max(self._now / limits.FADE, 0.0), 1.0),
            turn=self._turn(),
            keep=keep,
        )

    def _figures(self, there):
        trial = self.trial
        pose = trial.demonstrated(self._trial_now) if trial is not None and self.state is State.RUNNING else None
        if pose is not None:
            source = f"{trial.number}.{trial.models}"
            pose = self._figurant.perform(self._now, source, pose, self._aims[trial.demonstration_row(self._trial_now)])
        else:
            pose = self._figurant.rest(self._now)
        figure = Figure(self._avatar, pose, FACING, opacity=there)
        if trial is None or self.state is not State.RUNNING:
            return (figure,)
        help_ = self.chooser.help_shown(trial)
        if help_.highlight:
            figure = replace(figure, highlight=help_.highlight)
        if help_.ghost is not None:
            ghost = Figure(self._avatar, help_.ghost, FACING, opacity=there, ghost=True, parts=help_.parts)
            return (figure, ghost)
        return (figure,)

    def _dots(self):
        if self.block >= len(self.setup.programme.blocks) or self.part == CLOSING:
            return ()
        if self.part == OPENING and self.state is State.WAITING:
            return ()
        running = self.trial is not None and self.trial.answer is not None  # said and shown together
        done = (*self.dots, _dot(self.trial.answer)) if running else self.dots
        return (*done, *("open",) * self.chooser.left(self.block))[: self.chooser.total(self.block)]

    def _turn(self):
        if self.over:
            return tableau.Turn("over", self._since + self._start)
        if self.state is State.RUNNING and self.trial is not None:
            trial = self.trial
            awaits = "imitation" if trial.showing.listens else ""
            onset = trial.onset + self._paused + self._start
            return tableau.Turn(
                trial.phase.value,
                onset,
                awaits,
                trial.number,
                trial.plan.gesture,
                trial.shown.side,
                trial.prompt,
                trial.plan.facets.tempo,
            )
        asks = self.part == CLOSING and self.state is State.WAITING
        awaits = "" if self.state is State.RUNNING else "say" if asks else "ready"
        return tableau.Turn(self.state.value, self._since + self._start, awaits)

    def _each_second(self, seen, shown):
        second = int(self._now)
        if second == self._second:
            return
        self._second = second
        self._emit("shown_hash", hash=tableau.digest(shown))
        if self.state is State.RUNNING and not self.setup.self_report:
            shares = {part: round(measured_share(seen, PART_INDEX[part]), 3) for part in _SEEN_PARTS}
            self._emit("tracking", **shares)


def _dot(answer):
    """Full for what matched, half for what was tried or watched, open for what could not be seen or was not said."""
    return "full" if answer.graded == 2 else "open" if answer.withheld else "half"
