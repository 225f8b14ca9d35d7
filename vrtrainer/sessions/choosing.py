"""What comes next, and the help that goes with it: between the session's blocks and the learner model.

Levels move between blocks, prompts within one (PRACTICE 1.1). What an adult asks is done at once and said.
"""

from dataclasses import dataclass, replace

import numpy as np

from vrtrainer.gestures.gesture import Style
from vrtrainer.gestures.perform import perform, relaxed
from vrtrainer.human.pose import Pose
from vrtrainer.imitation.template import Template
from vrtrainer.learning import learner, prompts
from vrtrainer.learning.levels import next_level
from vrtrainer.learning.offer import Offer
from vrtrainer.learning.plan import Answer, Facets, TrialPlan
from vrtrainer.sessions import words
from vrtrainer.sessions.phases import Phase
from vrtrainer.sessions.programme import CHOSEN, PEOPLE
from vrtrainer.sessions.showing import aims

_HINT, _HIGHLIGHT, _GHOST = 2, 3, 5
_ASKED = ("chosen", "adult_chose", "learner_chose")
_SAME_AGAIN = ("slower", "easier", "together", "show_where")
_WHOLE_BODY = ("leftArm", "rightArm", "leftHand", "rightHand")


@dataclass(frozen=True, slots=True, eq=False)
class Help:
    """What is shown besides the avatar: an outlined part, a ghost's pose and the parts of it that are drawn."""

    highlight: str | None = None
    ghost: Pose | None = None
    parts: tuple = ()


NO_HELP = Help()


class Chooser:
    """Chooses trials by the block's policy, performs them, and lets the learner model learn.

    Parameters
    ----------
    setup : Setup
    """

    def __init__(self, setup):
        self._setup = setup
        self.model = setup.model
        self.avatar = setup.programme.avatar
        self.chosen = setup.chosen
        """The gesture that was chosen on a page; "" for none."""
        self.watches = False
        """Whether the learner chose only to watch."""
        self.looks_first = 0
        """So many trials of the session are only watched: the learner said so."""
        self.body = setup.body
        """The learner's measures."""
        self._history = ()  # (TrialPlan, Answer) of this block
        self._performed = {}
        self._templates = {}
        self._block = None
        self._level_reason, self._carried = ["", {}], 1.0
        self._level = Facets()
        self._prompt = 0
        self._choice = None
        self._override = self._shown_prompt = None
        self._asked_by = ""
        self._last = ""  # the gesture planned last, whether or not its trial came to an end
        self._mode = None

    def rest(self, avatar):
        """How an avatar stands at ease; a Pose."""
        return relaxed(self._setup.bodies[avatar])

    def measured(self, body):
        """The learner was measured: templates are by these measures from now on.

        Parameters
        ----------
        body : Body
        """
        self.body = body
        self._templates.clear()

    def anew(self):
        """The block that was last comes once more, from its first trial."""
        self._block = None

    # Blocks

    def _enter(self, number):
        if self._block == number:
            return
        block = self._setup.programme.blocks[number]
        # Levels move between blocks, and only where the tutor decides: a fixed order stays as it is written. What was
        # won or lost before is carried on.
        tutored = block.policy == "tutor"
        tempo = block.tempo * (self._carried if tutored else 1.0)
        level = Facets(tempo=tempo, size=block.size, delay_s=block.delay_s)
        self._level, *self._level_reason = next_level(level, self._history) if tutored else (level, "", {})
        self._carried = self._level.tempo / block.tempo
        self._block, self._history = number, ()
        self._prompt, self._mode = block.prompt, block.mode
        self._choice = self._override = self._shown_prompt = None

    def total(self, number):
        """Trials of a block.

        Parameters
        ----------
        number : int

        Returns
        -------
        int
        """
        block = self._setup.programme.blocks[number]
        if block.page:
            return 0
        if block.trials:
            if not self._setup.sequences:
                return block.trials
            # A recorded learner takes part as long as there are recordings.
            before = sum(self.total(i) for i in range(number))
            return min(block.trials, max(self._setup.sequences - before, 0))
        sequences = self._setup.sequences or 10
        return min(sequences, len(self._setup.people)) if block.gestures == (PEOPLE,) else sequences

    def left(self, number):
        """Trials of a block that are still to come, the running one included; int."""
        self._enter(number)
        return max(self.total(number) - len(self._history), 0)

    def block_over(self, number, _ended):
        """Whether a block has had all its trials; bool."""
        return self.left(number) == 0

    def gives_feedback(self, number):
        """Whether a block says what came of a trial: probes do not; bool."""
        return self._setup.programme.blocks[number].feedback

    def offered(self, number):
        """Names of the gestures that a block chooses from; a tuple of str."""
        blocks = self._setup.programme.blocks
        if blocks[number].gestures != (CHOSEN,):
            return self._wanted(blocks[number].gestures)
        offered = next(b.gestures for b in reversed(blocks[:number]) if b.page and b.gestures)
        return (self.chosen,) if self.chosen in self._setup.gestures else offered[:1]

    def _wanted(self, names):
        """Without expressions where the learner wants none, unless a part has nothing else: then it was planned so."""
        if self._setup.manner.expressions:
            return names
        gestures = self._setup.gestures
        return tuple(n for n in names if n not in gestures or "expression" not in gestures[n].tags) or names

    def resumed(self, number, trials):
        """Take up what was done before the session was broken off.

        Parameters
        ----------
        number : int
            The block at which it goes on.
        trials : sequence of dict
            block, plan and answer of each, plain values.
        """
        self._enter(number)
        for row in trials:
            facets = Facets(**row["plan"]["facets"])
            plan = TrialPlan(**{**row["plan"], "facets": facets})
            if plan.gesture not in self._setup.gestures:
                continue  # a gesture that is not there any more
            answer = Answer(**row["answer"])
            self.model = learner.updated(self.model, plan, self._setup.gestures[plan.gesture], answer, self._setup.day)
            if row["block"] == number:
                self._history = (*self._history, (plan, answer))

    def rated(self, plan, grade):
        """Let the model learn from an adult's rating of a trial in which nothing could be measured.

        Parameters
        ----------
        plan : TrialPlan
            With the help that there was at the end.
        grade : int
        """
        gesture = self._setup.gestures[plan.gesture]
        self.model = learner.updated(self.model, plan, gesture, Answer(grade, grade > 0, None), self._setup.day)

    # The next trial

    def next_trial(self, number, trial):
        """The next trial of a block.

        Parameters
        ----------
        number : int
            The block.
        trial : int
            Counted over the session: with the seed it fixes what chance decides.

        Returns
        -------
        plan : TrialPlan
        shown : Performance
            By the avatar.
        aim : ndarray, shape (T, 3)
            Where its eyes go meanwhile.
        template : Template
            By the learner's own measures.
        """
        self._enter(number)
        setup, block = self._setup, self._setup.programme.blocks[number]
        if block.gestures == (PEOPLE,):
            done = len(self._history)
            names = (setup.people[done % len(setup.people)],)
        else:
            names = self.offered(number)
        if self._override == "other_gesture":
            names = tuple(n for n in names if n != self._last) or names
        watches = (self.watches and block.gestures == (CHOSEN,)) or trial < self.looks_first
        offer = Offer(
            gestures={n: setup.gestures[n] for n in names},
            mode="observe" if watches else self._mode,
            side=block.side,
            kind=block.kind,
            trials_left=self.left(number),
            trials_total=self.total(number),
            block_index=number,
            level=self._level,
            prompt=self._prompt,
            avatar=self.avatar,
            scene=setup.programme.scene,
            choice=self._choice,
            override=self._override,
            shown_prompt=self._shown_prompt,
        )
        rng = np.random.default_rng([setup.seed, trial])
        plan = setup.policies[block.policy].next_trial(self.model, offer, self._history, rng)
        self._choice = self._override = self._shown_prompt = None
        self._last = plan.gesture
        if plan.reason_key == "adult_chose" and self._asked_by == "learner":
            plan = replace(plan, reason_key="learner_chose")
        key, values = self._level_reason
        if not self._history and key in ("level_up", "level_down") and plan.reason_key not in _ASKED:
            plan = replace(plan, reason_key=key, reason_values=values)  # what moved is said first
        return plan, *self._performances(plan)

    def _performances(self, plan):
        setup, gesture = self._setup, self._setup.gestures[plan.gesture]
        tempo = prompts.shown_tempo(plan.facets.tempo, plan.prompt)
        style = Style(tempo=tempo, size=plan.facets.size, side=plan.side if plan.side != "both" else "right")
        key = (plan.gesture, style, plan.avatar)
        if key not in self._performed:
            shown = perform(gesture, setup.bodies[plan.avatar], style)
            self._performed[key] = shown, aims(shown, setup.bodies[plan.avatar])
        if (plan.gesture, style) not in self._templates:
            own = perform(gesture, self.body, style)
            self._templates[plan.gesture, style] = Template.of_performance(own, gesture, self.body, setup.elbows)
        return *self._performed[key], self._templates[plan.gesture, style]

    # What was asked

    def asked_for_something_else(self):
        """The learner wants another gesture than the last one."""
        self._override, self._asked_by = "other_gesture", "learner"

    def overrule(self, order, trial):
        """Take an adult's or a learner's wish for the next trial.

        Parameters
        ----------
        order : Command
        trial : Trial or None
            The one that runs.

        Returns
        -------
        str
            Why it cannot be done, "" when it can.
        """
        if self._block is None:
            return "nothing has begun yet"
        if order.name == "choose":
            offered = self.offered(self._block)
            if order.value not in offered:
                return f"no gesture {order.value!r}; this part has {', '.join(offered)}"
            self._choice = order.value
        elif order.name == "again":
            if trial is None:
                return "no trial runs"
            self._choice = trial.plan.gesture
        elif order.name == "together":
            if "together" not in self._setup.modes:
                return "there is no mode together"
            self._mode = "together"
        elif order.name == "slower":
            self._level = replace(self._level, tempo=max(0.4, self._level.tempo * 0.75))
        elif order.name == "show_where":
            self._prompt = max(self._prompt, _HIGHLIGHT)
        elif order.name == "easier":
            self._prompt = min(self._prompt + 1, 6)
        elif order.name == "harder":
            self._prompt = max(self._prompt - 1, 0)
        if order.name in _SAME_AGAIN and trial is not None:
            self._choice = trial.plan.gesture  # slower or with help: of what was under way
        self._override, self._asked_by = order.name, order.actor
        # Help may have risen within the trial that is broken off for this: easier starts from there.
        self._shown_prompt = trial.prompt if trial is not None else None
        return ""

    # Help and words

    def hint(self, trial):
        """A hint in words where the prompt gives one, else ""; str."""
        if trial.prompt not in (_HINT, _HIGHLIGHT):
            return ""
        return words.own(self._setup.gestures[trial.plan.gesture].hint, self._setup.language)

    def help_shown(self, trial):
        """Highlight and ghost that the trial's prompt asks for at this moment.

        Parameters
        ----------
        trial : Trial

        Returns
        -------
        Help
        """
        parts = tuple(p for p in trial.shown.parts if p in _WHOLE_BODY)
        main = max(trial.shown.parts, key=trial.shown.parts.get)
        if trial.phase is Phase.FEEDBACK:
            told = trial.score.reasons if trial.score else ()
            mirrored = {"left": "right", "right": "left"}
            part = next((r.part for r in told if r.part), None)
            if part is None or trial.answer.graded == 2:
                return NO_HELP
            if trial.score.side_used == "mirror":  # the learner's left is on the avatar's right
                for one, other in mirrored.items():
                    if part.startswith(one):
                        part = part.replace(one, other)
                        break
            return Help(highlight=part if part in trial.shown.parts else main)
        if trial.phase is Phase.MODEL and trial.prompt == _HIGHLIGHT:
            return Help(highlight=main)
        if trial.phase is Phase.RESPOND and trial.prompt == _GHOST and not trial.showing.demonstrates:
            points = trial.shown.points
            return Help(ghost=trial.shown.motion.sample(points["stroke"]), parts=parts)
        return NO_HELP

    def sentences(self, trial):
        """What is said of an attempt: what moved first, then at most one thing to try.

        Parameters
        ----------
        trial : Trial

        Returns
        -------
        list of str
        """
        texts, answer = self._setup.texts, trial.answer
        gesture = self._setup.gestures[trial.plan.gesture]
        if answer.withheld and trial.score is not None:
            return [texts["withheld"][answer.withheld], texts["captions"]["not_seen"]]
        if not answer.attempted:
            return [texts["captions"]["watched"]]
        moved = words.own(gesture.what_moved, self._setup.language)
        reached = answer.graded == 2 or (trial.score is not None and (trial.score.goal or 0) >= 0.5)
        first = [moved] if moved and reached else [texts["captions"]["tried"]]
        if trial.score is None:
            return first if answer.graded else [texts["captions"]["watched"]]
        told = [words.of_reason(texts, r) for r in trial.score.reasons]
        return [*first, *told][:3]

    # Learning

    def learn(self, trial):
        """Let the model learn from a trial, and move the prompt for the next one.

        Parameters
        ----------
        trial : Trial

        Returns
        -------
        dict
            Fields of the event `learner_model`.
        """
        plan = replace(trial.plan, prompt=trial.prompt)
        self._history = (*self._history, (plan, trial.answer))
        gesture = self._setup.gestures[plan.gesture]
        self.model = learner.updated(self.model, plan, gesture, trial.answer, self._setup.day)
        return {"chance_before": plan.chance, "graded": trial.answer.graded, "prompt": trial.prompt}
