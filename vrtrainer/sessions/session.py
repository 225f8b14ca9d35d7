"""A whole session: programme, pages, blocks, trials, and the calm place at both ends. Told one frame at a time.

Rule 1: `step` never raises for what a person, a device or a clock did; what has no row becomes an event `refused`.
Rule 2: stop is obeyed at the frame it comes, from every state, and needs no confirmation.
Rule 3: the same setup, frames, observations and orders give the same tableaux and events, bit for bit.
Rule 4: who watches and what an adult chose is said to the learner, whatever else is shown.
"""

import math
from dataclasses import asdict, replace

from vrtrainer.human import frame as frames
from vrtrainer.human.observation import without_movement
from vrtrainer.human.skeleton import PART_INDEX
from vrtrainer.imitation.attempt import Attempt
from vrtrainer.learning.plan import Answer
from vrtrainer.sessions import leading, limits, manner, outline, tableau, words
from vrtrainer.sessions.activity import measured_share
from vrtrainer.sessions.choosing import Chooser
from vrtrainer.sessions.dose import DoseClock
from vrtrainer.sessions.events import Event
from vrtrainer.sessions.notices import Notices
from vrtrainer.sessions.page import Room
from vrtrainer.sessions.phases import SESSION, Cue, Phase, Request, State, TransitionError, follow
from vrtrainer.sessions.scenery import Scenery
from vrtrainer.sessions.showing import FACING
from vrtrainer.sessions.striking import Striking
from vrtrainer.sessions.tableau import Sound
from vrtrainer.sessions.trial import Trial
from vrtrainer.sessions.writing import ANEW, BETWEEN, CLOSING, FEELINGS, OPENING

_REQUESTS = {
    "stop": Request.STOP,
    "calm_place": Request.CALM,
    "pause": Request.PAUSE,
    "go_on": Request.GO_ON,
    "ready": Request.READY,
    "something_else": Request.SOMETHING_ELSE,
    "end": Request.END,
    "finish": Request.FINISH,
}
_STOPS = (Request.STOP, Request.CALM)
_OVERRULES = ("easier", "harder", "slower", "again", "other_gesture", "together", "show_where", "choose")
_BREAKS_OFF = ("again", "other_gesture", "together", "choose", "slower", "easier", "show_where")
_SEEN_PARTS = ("head", "leftHand", "rightHand", "leftArm", "rightArm", "trunk")
_BREAK, _ALONG = "break_time", "move_along"
_REPLAYED = 3  # finished trials whose movement a page can show again


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
        self.chooser = Chooser(setup)
        self.block = min(setup.resumed_block, len(setup.programme.blocks))
        self.trials_begun = self.trials_ended = len(setup.resumed)
        self.dots = ()
        self.goes_on = bool(setup.resumed or setup.resumed_block)
        """Whether it goes on with a session that was broken off."""
        if setup.resumed and self.block < len(setup.programme.blocks):
            self.chooser.resumed(self.block, setup.resumed)
            here = (row["answer"] for row in setup.resumed if row["block"] == self.block)
            self.dots = tuple(self.dot(Answer(**row)) for row in here)
        self.manner = setup.manner
        self.trial = self.page = None
        self.pages_done = ()
        """Names of the programme's pages that are over."""
        self.changed = {}
        """Settings that were changed underway, by name."""
        self.calm = False  # stopped for the calm place, by nobody's stop
        self.warm_until = -math.inf
        self.said_pages = ()
        self.there_since = math.inf  # when the avatar came in
        self.dose = DoseClock(setup.dose)
        self.notices = Notices(setup)
        self.room = Room(setup, self.chooser, None, self._emit, self._change, dict(setup.kept))
        self.room.manner, self.room.notices = self.manner, self.notices
        self._interlude = False  # the page came between trials and is no block
        self._attempt = Attempt()
        self._unmeasured = {}  # number to TrialPlan: an adult's rating is the answer where nothing was measured
        self._start = None
        self._now = 0.0
        self._paused, self._paused_at = 0.0, None
        self._broken_off = State.WAITING  # what a pause or a stop broke off: going on leads back to it
        self._since = 0.0
        self._second = -1
        self._events = []
        self._sounds = ()
        self._feeling = ""
        self.striking = Striking(FACING)
        self._scenery = Scenery(self)

    @property
    def between_trials(self):
        """True while nothing is shown or compared, so that the loop may tidy up."""
        return self.trial is None or self.trial.phase is Phase.READY

    @property
    def seconds(self):
        """Session time so far, s."""
        return self._now

    @property
    def since(self):
        """When the state that holds began, s of session time."""
        return self._since

    @property
    def trial_now(self):
        """Session time without pauses, s."""
        return self._now - self._paused

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
            self._emit("session_started", **outline.of(self.setup))
        self._tick(frame)
        self.dose.step(frame)
        said, stops = self._obey(frame, seen, orders)
        if not self.over:
            if self.state is State.RUNNING:
                self._run(frame, seen, said)
            elif not stops:
                self._wait(seen, said)
        self._sounds = tuple(s for s in self._sounds if self._now - s.start < limits.SOUND_KEPT)
        shown = self._scenery.shown(self._now, self._sounds, self._turn())
        self._each_second(seen, shown)
        return shown, tuple(self._events)

    def _tick(self, frame):
        """The session's own time never goes back, and a gap in it (a laptop that was closed) belongs to no trial."""
        passed = frame.time - self._start - self._now
        rests = self.page is not None and self.page.rests
        jumped = self.state is State.RUNNING and not rests and not -limits.BACK <= passed <= limits.GAP
        if jumped:
            self._pause_clock()
        if passed < 0.0:
            self._start += passed
        else:
            self._now += passed
        if jumped:
            self._request(Request.PAUSE, "computer", "clock")

    def _emit(self, trial_type, duration=math.nan, onset=None, **fields):
        phase = self.state.value
        if self.state is State.RUNNING:
            phase = self.trial.phase.value if self.trial else self.page.name if self.page else phase
        block = self.block if self.block < len(self.setup.programme.blocks) else -1
        number = self.trial.number if self.trial else -1
        onset = self._now if onset is None else onset
        self._events.append(Event(onset, duration, trial_type, block, number, phase, fields))

    # What is asked

    def _obey(self, frame, seen, orders):
        said = ""
        asked = [(_REQUESTS[o.name], o) for o in orders if o.name in _REQUESTS]
        # Stop goes before everything that came at the same frame, and nothing of that frame undoes it.
        stops = "stop" in seen.acts or any(request in _STOPS for request, _ in asked)
        if "stop" in seen.acts:
            self._request(Request.STOP, "learner", seen.source)
        for request, order in sorted(asked, key=lambda pair: pair[0] not in _STOPS):
            if stops and request not in (*_STOPS, Request.FINISH):
                self._refuse(request.value, order.actor, "stop came at the same frame")
            elif request is Request.READY and self._page_hears(order.actor):
                said = said or "ready"
                self._emit("said", value="ready", actor=order.actor, source=order.source)
            else:
                self._request(request, order.actor, order.source)
        if "pause" in seen.acts and not stops:
            self._request(Request.PAUSE, "learner", seen.source)
        rests = self.page is not None and self.page.rests
        if frame.state == frames.ASLEEP and self.state is State.RUNNING and not rests:
            self._request(Request.STOP, "learner", "headset_off")
        elif frame.state == frames.UNFOCUSED and self.state is State.RUNNING and not rests:
            self._request(Request.PAUSE, "runtime", "unfocused")
        for order in orders:
            if order.name not in _REQUESTS:
                said = self._told(order, said)
        return said, stops

    def _page_hears(self, actor):
        return self.page is not None and self.state is State.RUNNING and actor == "learner"

    def _told(self, order, said):
        """Take an order that moves no state; gives what was said at this frame."""
        name, value = order.name, order.value
        if name in ("note", "mark", "rate", "watching"):  # these need no learner, nor a session that runs
            why = getattr(self, f"_{name}")(value, order.actor)
            if why:
                self._refuse(name, order.actor, why)
        elif self.over:
            self._refuse(name, order.actor, "the session is over")
        elif name == "say" or (name == "choose" and self.page is not None and self.state is State.RUNNING):
            said = value
            self._emit("said", value=value, actor=order.actor, source=order.source)
            if order.actor == "adult" and value in self.setup.gestures:
                title = words.own(self.setup.gestures[value].title, self.setup.language)
                self.notices.chose(name, self._now, title)
        elif name == "set":
            key, _, to = value.partition("=")
            why = self._change(key, to, order.actor)
            if why:
                self._refuse(name, order.actor, why)
        elif name == "say_what_you_saw":
            self._say_again(order)
        elif name == "move_along":
            self._move_along(order)
        elif name in _OVERRULES:
            self._overrule(order)
        else:
            self._refuse(name, order.actor, "nothing answers to it here")
        return said

    def _refuse(self, command, actor, why):
        self._emit("refused", command=command, actor=actor, why=why)

    def _request(self, request, actor, source):
        try:
            state = follow(SESSION, self.state, request)
        except TransitionError as error:
            self._refuse(request.value, actor, str(error))
            return
        if request in _STOPS and self.state is State.STOPPED:
            return  # a sign that is still held says nothing new
        if request is Request.READY and actor != "learner" and State.WAITING in (self.state, self._broken_off):
            self._refuse(request.value, actor, "only the learner begins")
            return
        self._emit("command", command=request.value, actor=actor, source=source)
        if self.state in (State.WAITING, State.RUNNING):
            self._broken_off = self.state
        self.state = state
        if self.page is not None:
            self.page.heard(request.value, actor)
        if request in _STOPS:
            self.calm = request is Request.CALM
            self._emit("assent", assent="withdrawn", actor=actor, source=source)
            self._sounds = ()
            self._pause_clock()
            if self.trial is not None:
                self.trial.cue(Cue.STOP, self.trial_now)
        elif request is Request.PAUSE:
            self._sound("pause")
            self._pause_clock()
        elif request in (Request.GO_ON, Request.READY):
            self._go_on(request)
        elif request is Request.SOMETHING_ELSE:
            self._resume_clock()
            self._leave("something_else")
            self.part = BETWEEN if self._broken_off is State.RUNNING else self.part
            self.chooser.asked_for_something_else()
        elif request is Request.END:
            self._resume_clock()
            self._leave("ended")
            self.block, self.part = len(self.setup.programme.blocks), CLOSING
            self._early = True
        elif request is Request.FINISH:
            self._leave("finished")
            self._finish(actor)
        if actor == "adult" and request not in (Request.FINISH, Request.READY):
            self.notices.chose(request.value, self._now)
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
        if math.isinf(self.there_since):
            self.there_since = self._now
        if self.trial is not None:
            self.trial.restart(self.trial_now)
            self._emit("trial_restarted")

    def _pause_clock(self):
        if self._paused_at is None:
            self._paused_at = self._now

    def _resume_clock(self):
        if self._paused_at is not None:
            self._paused += self._now - self._paused_at
            self._paused_at = None

    # What is asked besides

    def _overrule(self, order):
        why = "a page is shown" if self.page is not None else self.chooser.overrule(order, self.trial)
        if why:
            self._refuse(order.name, order.actor, why)
            return
        self._chosen_by(order)
        if order.name in _BREAKS_OFF:
            self._leave(order.name)

    def _chosen_by(self, order):
        self._emit("command", command=order.name, value=order.value, actor=order.actor, source=order.source)
        if order.actor == "adult":
            title = ""
            if order.name == "choose":
                title = words.own(self.setup.gestures[order.value].title, self.setup.language)
            self.notices.chose(order.name, self._now, title)

    def _say_again(self, order):
        if not self.said_pages:
            self._refuse(order.name, order.actor, "nothing was seen yet")
            return
        self._chosen_by(order)
        self.notices.say(self.said_pages[0], self._now)

    def _move_along(self, order):
        why = ""
        if self.setup.self_report:
            why = "nothing is tracked here"
        elif _ALONG not in self.setup.pages:
            why = "there is no page move_along"
        elif self.state is not State.RUNNING:
            why = f"the session is {self.state.value}"
        elif self.page is not None:
            why = "a page is shown"
        if why:
            self._refuse(order.name, order.actor, why)
            return
        self._chosen_by(order)
        self._leave(order.name)
        self._enter_page(_ALONG)

    def _note(self, text, actor):
        if not text.strip():
            return "there is no text"
        self._emit("note", text=text, actor=actor)
        return ""

    def _mark(self, text, actor):
        self._emit("mark", text=text, actor=actor)
        return ""

    def _rate(self, value, actor):
        number, _, grade = value.partition(":")
        if not number.isdecimal() or grade not in ("0", "1", "2"):
            return f"{value!r} is not TRIAL:GRADE with a grade of 0, 1 or 2"
        trial, graded = int(number), int(grade)
        if trial >= max(self.trials_begun, self.trials_ended):
            return f"there was no trial {trial}"
        self._emit("rated", trial=trial, grade=graded, actor=actor)
        plan = self._unmeasured.pop(trial, None)
        if plan is not None and not self.over:
            self.chooser.rated(plan, graded)
        return ""

    def _watching(self, name, actor):
        self.notices.watched_by(name[:60])
        self._emit("watching", name=name[:60], actor=actor)
        return ""

    def _change(self, name, value, actor="learner"):
        if name == "avatar":
            if value not in self.setup.bodies:
                return f"no avatar {value!r} here; there is {', '.join(self.setup.bodies)}"
            self.chooser.avatar = value
            self._scenery.enter(value)
            why = ""
        else:
            self.manner, why = manner.changed(self.manner, name, value)
            self.room.manner = self.manner
        if not why:
            self.changed[name] = value if name == "avatar" else getattr(self.manner, name)
            self._emit("setting", key=name, value=manner.in_words(self.changed[name]), actor=actor)
        return why

    # Running

    def _run(self, frame, seen, said):
        if self.page is not None:
            self._turn_page(seen, said)
            return
        if self.trial is None and not self._next():
            return
        if self.page is not None:
            return
        trial = self.trial
        # A headset's frame that came late shows nothing, and nobody was looked for in it.
        looked = frame.should_render or bool(seen.how.any())
        for hit in self.striking.step(self._now, seen, trial.demonstration_time(self.trial_now), looked):
            self._emit("hit", onset=hit.time, side=hit.side, speed=hit.speed)
        self._sounds = (*self._sounds, *self.striking.sounds())
        self._attempt.object_at = self.striking.own_at
        for before, cue, after in trial.step(self.trial_now, seen, said, looked):
            self._emit("phase", left=before.value, cue=cue.value, entered=after.value, model_index=trial.models)
            self.dose.begun = self.dose.begun or after is Phase.MODEL
            if after is Phase.FEEDBACK:
                self._judged()
            elif before is Phase.FEEDBACK:
                self._trial_over()

    def _next(self):
        """Begin what comes next, a page or a trial; False where the block or the programme is over."""
        blocks = self.setup.programme.blocks
        if self.block >= len(blocks):
            self._close()
            return False
        late = self.trial_now > self.setup.programme.minutes * 60 or self.dose.day_over
        if blocks[self.block].once and blocks[self.block].page in self.setup.done_before:
            self.block += 1
            return self._next()
        page = blocks[self.block].page if not late or self.block >= leading.after_trials(blocks) else ""
        if not page and (late or self.chooser.block_over(self.block, self.trials_ended)):
            self._block_over(late)
            return False
        if self._break_due:
            self._enter_page(_BREAK)
        elif page:
            self._enter_page(page)
        else:
            self._begin_trial()
        return True

    @property
    def _break_due(self):
        return self.dose.break_due and _BREAK in self.setup.pages

    def _begin_trial(self):
        plan, shown, aims, template = self.chooser.next_trial(self.block, self.trials_begun)
        mode = self.setup.modes[plan.mode]
        self.trial = Trial(
            self.trials_begun,
            plan,
            mode.TABLE,
            mode.SHOWS,
            shown,
            template,
            self.setup.way,
            self.setup.self_report,
            self._attempt,
        )
        self.trial.begin(self.trial_now)
        thing = self.setup.gestures[plan.gesture].thing
        self.striking.begin(shown, self.setup.bodies[plan.avatar], thing, self.chooser.body)
        self._scenery.aims = aims
        self.trials_begun += 1
        self._emit("trial_planned", plan=asdict(plan), demonstration_s=shown.motion.duration)
        why = words.filled(self.setup.texts, "why", plan.reason_key, **plan.reason_values)
        left = self.chooser.left(self.block)
        self._emit(
            "now_next_why",
            now=words.own(self.setup.gestures[plan.gesture].title, self.setup.language),
            next=outline.after(self.setup, self.block, left),
            why=why,
            trials_left=left,
            prompt=plan.prompt,
            gesture=plan.gesture,
            mode=plan.mode,
        )

    def _judged(self):
        trial = self.trial
        if trial.score is not None:
            fields = {**asdict(trial.score), "reasons": [asdict(r) for r in trial.score.reasons]}
            self._emit("score", **fields)
        # Told at once: a session that is cut off during its feedback still knows what came of the trial.
        self._emit("answered", answer=asdict(trial.answer))
        done = self.setup.texts["captions"]["done"]
        sentences = self.chooser.sentences(trial)
        self.said_pages = words.pages(" ".join(sentences)) or (done,)
        trial.feedback_lasts = trial.showing.lasts * len(self.said_pages)
        if not self.chooser.gives_feedback(self.block) or self.manner.praise == "nothing":
            self.said_pages = (done,)
            trial.feedback_lasts = 1.5
        elif trial.answer.graded == 2:
            self.warm_until = self._now + limits.WARM_FOR
            if self.manner.praise == "describe":
                self._sound("match")
            else:
                self.said_pages = (done,)

    def _trial_over(self):
        trial, answer = self.trial, self.trial.answer
        self.dots = (*self.dots, self.dot(answer))
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
        if answer.graded is None and answer.attempted is not False:
            self._unmeasured[trial.number] = replace(trial.plan, prompt=trial.prompt)
        self.room.trials.append(trial.kept())
        del self.room.trials[:-_REPLAYED]
        self.trial = None

    def _leave(self, why):
        if self.trial is not None:
            self._emit("trial_left", why=why, plan=asdict(self.trial.plan))
            self.trials_begun = self.trial.number  # its number is given again: it never came to an end
            self.trial = None
        if self.page is not None:
            self._emit("page_left", page=self.page.name, why=why)
            self._after_page()

    def _block_over(self, late):
        self._emit("block_ended", late=late)
        blocks = self.setup.programme.blocks
        # No further trial begins when it is late; what comes after the trials, such as keeping or not, still does.
        self.block = max(leading.after_trials(blocks), self.block + 1) if late else self.block + 1
        self.dots = ()
        if self.block < len(blocks) and blocks[self.block].page:
            return  # a page waits for the learner by itself
        self.state = follow(SESSION, self.state, Request.BLOCK_OVER)
        self._since = self._now
        if self.block >= len(blocks):
            self._close()
        else:
            self.part = BETWEEN
            self._emit("session_state", state=self.state.value, part=self.part)

    def _close(self):
        if self.state is State.RUNNING:
            self.state = follow(SESSION, self.state, Request.BLOCK_OVER)
        self.part, self._since = CLOSING, self._now
        self._emit("session_state", state=self.state.value, part=self.part)

    # Pages

    def _enter_page(self, name):
        block = self.setup.programme.blocks[self.block] if self.block < len(self.setup.programme.blocks) else None
        self._interlude = block is None or block.page != name
        self.room.block = None if self._interlude else block
        self.page = self.setup.pages[name].Page(self.room)
        self.page.name = name
        self.page.begin(self.trial_now)
        self._since = self._now
        self._emit("page_began", page=name, interlude=self._interlude, listens=self.page.listens)
        self._emit(
            "now_next_why", now=words.filled(self.setup.texts, "page_names", name), next="", why="", trials_left=0
        )

    def _turn_page(self, seen, said):
        page, waited = self.page, self._now - self._since
        if not said and "ready" in seen.acts and waited >= limits.CALM_AT_LEAST:
            said = "ready"
        listened = page.listens
        page.step(self.trial_now, seen if listened else without_movement(seen), said)
        if page.listens != listened and not page.over:
            self._emit("listens", page=page.name, listens=page.listens)
        patience = self.setup.patience_s
        if page.over:
            self._emit("page_ended", duration=waited, page=page.name, **page.told())
            number = self.block - self._interlude
            self._after_page()
            if page.leads:
                self._early = self._early or page.leads == leading.END
                self.block = leading.led(self.setup.programme.blocks, number, page.leads)
                self.chooser.anew()
        elif self._break_due and not self._interlude and not page.listens:
            # Who takes their time on a page gets the break in time too; the page comes again after it.
            self._emit("page_left", page=page.name, why="break")
            self._enter_page(_BREAK)
        elif patience is not None and waited > patience and not page.listens:
            self._emit("nobody_came", waited=waited)
            self._leave("nobody_came")
            self._finish("nobody_came")

    def _after_page(self):
        if self.page.name == _BREAK:
            self.dose.break_over()
        if not self._interlude:
            self.block += 1
            self.dots = ()
            self.pages_done = (*self.pages_done, self.page.name)
        self.page, self._interlude = None, False

    # Waiting

    def _wait(self, seen, said):
        waited = self._now - self._since
        if self.state is State.WAITING and self.part == CLOSING and said in FEELINGS:
            self._feeling = said
            self._emit("how_was_it", answer=said)
            self._finish("learner")
            return
        if self.state is State.WAITING and self.part == OPENING and said == ANEW:
            self._begin_anew()
            return
        if "ready" in seen.acts and waited >= limits.CALM_AT_LEAST:
            self._request(Request.READY, "learner", seen.source)
            return
        patience = self.setup.patience_s
        if patience is not None and waited > patience:
            self._emit("nobody_came", waited=waited)
            self._leave("nobody_came")
            self._finish("nobody_came")

    def _begin_anew(self):
        """What was broken off is left as it is: this session begins at its first block."""
        self.chooser = Chooser(replace(self.setup, resumed=(), chosen=""))
        self.room.chooser = self.chooser
        self.block = self.trials_begun = self.trials_ended = 0
        self.dots = ()
        self.goes_on = False
        self._emit("begun_anew")

    def _finish(self, actor):
        self.state, self.over = State.OVER, True
        through = self.block >= len(self.setup.programme.blocks) and not self._early
        self.ended = "finished" if through else "nobody_came" if actor == "nobody_came" else f"ended_by_{actor}"
        self._emit("session_over", ended=self.ended, trials=self.trials_ended, how_was_it=self._feeling)

    # What is told

    def _sound(self, name):
        self._sounds = (*self._sounds, Sound(name, self._now))

    def sounds(self, *names):
        """Let sounds begin at this frame.

        Parameters
        ----------
        *names : str
            Of assets/sounds.
        """
        for name in names:
            self._sound(name)

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
        if self.state is State.RUNNING and self.page is not None:
            return tableau.Turn(self.page.name, self._since + self._start, self.page.awaits)
        asks = self.part == CLOSING and self.state is State.WAITING
        awaits = "" if self.state is State.RUNNING else "say" if asks else "ready"
        return tableau.Turn(self.state.value, self._since + self._start, awaits)

    def _each_second(self, seen, shown):
        second = int(self._now)
        if second == self._second:
            return
        if second // 60 != self._second // 60 and self.dose.begun:
            given, minutes = self.setup.dose, {"in_headset": self.dose.since_break, "today": self.dose.today}
            told = {f"minutes_{k}": round(v / 60, 1) for k, v in minutes.items()}
            self._emit("dose", **told, break_after_s=given.break_after_s, day_left_s=given.day_left_s)
        self._second = second
        self._emit("shown_hash", hash=tableau.digest(shown))
        # What moves on a page that does not listen is looked at by nobody and kept nowhere (EXPERIENCE 1).
        if self.state is State.RUNNING and not self.setup.self_report and (self.page is None or self.page.listens):
            shares = {part: round(measured_share(seen, PART_INDEX[part]), 3) for part in _SEEN_PARTS}
            self._emit("tracking", **shares)

    @staticmethod
    def dot(answer):
        """Full for what matched, half for what was tried or watched, open for what was not seen or not said.

        Parameters
        ----------
        answer : Answer

        Returns
        -------
        str
        """
        return "full" if answer.graded == 2 else "open" if answer.withheld else "half"
