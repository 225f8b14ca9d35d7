"""Three minutes in a headset with nobody beside: what is asked, what is shown meanwhile, and the samples of each step.

Rule 1: it ends by itself. Each step is read (Ready or Skip cut that short) and then done for its seconds; time in which
        the headset is not worn does not count, but for the step that asks for just that.
Rule 2: it steps like a session (`step`, `over`, `between_trials`), so that the one loop of `app` drives it too.
Rule 3: samples go into memory that was made before the first frame; `results.told` works them out afterwards.
"""

from dataclasses import dataclass, replace

import numpy as np

from vrtrainer.human import rotations
from vrtrainer.human.frame import ACTIVE, ASLEEP
from vrtrainer.human.observation import ABSENT, MEASURED
from vrtrainer.human.skeleton import INDEX, SIDES
from vrtrainer.human.transform import Transform
from vrtrainer.sessions.props import Prop
from vrtrainer.sessions.tableau import Button, Caption, Tableau, Turn

SCENE = "calm_room"
ROWS = 60_000  # samples: five minutes at 200 Hz
ALONE = 60.0  # s without anybody in the headset, after which the check ends
SIGN_SIZE, SIGN_AWAY, SIGN_UP = 0.24, 1.6, 0.28  # m: edge, distance from the eyes, above them
LOOKS = {"ball": "ball", "box": "table"}  # a table's top is a box that is darker than the wall
_HAND = [
    ("wrist", "f8", 3), ("turned", "f8", 4), ("palm", "f8", 3), ("tip", "f8", 3), ("how", "u1"), ("sampled", "f8"),
    ("controller", "?"),
]  # fmt: skip
SAMPLE = np.dtype(
    [
        ("step", "i2"), ("time", "f8"), ("period", "f8"), ("ahead", "f8"), ("drawn", "?"), ("active", "?"),
        ("head", "f8", 4), ("eyes", "f8", 3), ("head_how", "u1"), ("left", _HAND), ("right", _HAND),
    ]
)  # fmt: skip
"""One frame: which step (-1 while it is read), s, s, s from now to when it is shown, and what was seen."""
_HEAD, _EYES = INDEX["head"], [INDEX["leftEye"], INDEX["rightEye"]]
_JOINTS = tuple((side, *(INDEX[f"{side}{n}"] for n in ("Hand", "Palm", "IndexTip"))) for side in SIDES)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is asked: its caption is `selfcheck.ask_NAME`.

    Parameters
    ----------
    name : str
    read : float
        Seconds to read it in, at most.
    seconds : float
        How long it is done.
    answers : tuple of str
        What can be answered; the first answer ends the step.
    """

    name: str
    read: float
    seconds: float
    answers: tuple = ()


STEPS = (
    Step("welcome", 12.0, 0.0),
    Step("rest", 8.0, 8.0),
    Step("look", 6.0, 10.0),
    Step("reach", 8.0, 20.0),
    Step("tray", 8.0, 10.0),
    Step("chin", 8.0, 8.0),
    Step("clap", 6.0, 8.0),
    Step("stand", 6.0, 6.0),
    Step("signs", 0.0, 18.0, ("ball", "box")),
    Step("off", 5.0, 15.0),
    Step("thanks", 0.0, 3.0),
)
"""The whole check: 173 s where nobody presses Ready."""


class SelfCheck:
    """The check as it goes on.

    Parameters
    ----------
    words : dict
        `texts["selfcheck"]` of a language.
    hands : callable
        Answers the headset's hands (`hands.Hand`), left first, or () where there are none.
    present : callable
        Answers whether the headset is worn, None where the runtime does not say.
    now : callable
        The clock of the frames' times.
    pace : float
        How much of the time for reading is given; tests need none.
    length : float
        How much of the time for doing.
    """

    between_trials = False

    def __init__(self, words, hands, present, now, pace=1.0, length=1.0):
        self._words, self._hands, self._present, self._now = words, hands, present, now
        self._steps = tuple(replace(s, read=s.read * pace, seconds=s.seconds * length) for s in STEPS)
        self.samples = np.zeros(ROWS, SAMPLE)
        self.count = 0
        self.over = False
        self.ended = ""
        """Why it is over: "done", "asked" or "nobody"."""
        self.how = {}
        """Step → "done", "skipped" or "broken_off"."""
        self.answers = {}
        """Step → what was answered."""
        self.presence = {"off": None, "on": None}
        """Whether the headset was seen to go off and on again in the step that asks for it."""
        self._at, self._done_for, self._reading = 0, 0.0, True
        self._last, self._alone = None, 0.0
        self._props = ()
        self._begin()

    def _begin(self):
        self._done_for, self._reading = 0.0, self._step.read > 0
        self._props = ()

    @property
    def _step(self):
        return self._steps[self._at]

    def _next(self, how):
        self.how[self._step.name] = how
        self._at += 1
        if self._at == len(self._steps):
            self._at -= 1
            self._end("done")
        else:
            self._begin()

    def _end(self, why):
        if not self.over:
            self.over, self.ended = True, why

    def step(self, frame, seen, orders):
        """What is shown at a frame, and () for events, of which a check has none."""
        passed = 0.0 if self._last is None else min(frame.time - self._last, 0.25)
        self._last = frame.time
        asked = {order.name for order in orders} | {act for act in seen.acts if act in ("ready", "stop")}
        if {"stop", "finish"} & asked:
            self.how.setdefault(self._step.name, "broken_off")
            self._end("asked")
        self._alone = self._alone + passed if frame.state == ASLEEP else 0.0
        if self._alone > ALONE:
            self.how.setdefault(self._step.name, "broken_off")
            self._end("nobody")
        self._sampled(frame, seen)
        if not self.over:
            self._goes_on(frame, passed, asked, orders)
        return self._tableau(frame), ()

    def _goes_on(self, frame, passed, asked, orders):
        step = self._step
        counts = frame.state == ACTIVE or (step.name == "off" and not self._reading)
        if counts:
            self._done_for += passed
        if "go_on" in asked and (self._reading or step.answers):
            self._next("skipped")
            return
        if self._reading:
            if "ready" in asked or self._done_for >= step.read:
                self._reading, self._done_for = False, 0.0
                if not step.seconds:
                    self._next("done")
            return
        chosen = next((o.value for o in orders if o.name == "choose" and o.value in step.answers), None)
        if chosen is not None:
            self.answers[step.name] = chosen
            self._next("done")
        elif (step.name == "off" and self._taken_off(frame)) or self._done_for >= step.seconds:
            self._next("done")

    def _taken_off(self, frame):
        """Whether it went off and came on again."""
        present = self._present()
        off = present is False or (present is None and frame.state == ASLEEP)
        if off:
            self.presence["off"] = True
        elif self.presence["off"] and frame.state == ACTIVE:
            self.presence["on"] = True
        return bool(self.presence["on"])

    # Samples

    def _sampled(self, frame, seen):
        if frame.xr_time == 0 or self.count == ROWS:
            return
        row = self.samples[self.count]
        self.count += 1
        row["step"] = -1 if self._reading else self._at
        row["time"], row["period"], row["ahead"] = frame.time, frame.period, frame.time - self._now()
        row["drawn"], row["active"] = frame.should_render, frame.state == ACTIVE
        row["head"], row["head_how"] = seen.rotations[_HEAD], seen.how[_HEAD]
        row["eyes"] = 0.5 * (seen.positions[_EYES[0]] + seen.positions[_EYES[1]])
        hands = self._hands()
        for k, (side, wrist, palm, tip) in enumerate(_JOINTS):
            hand = row[side]
            hand["wrist"], hand["turned"] = seen.positions[wrist], seen.rotations[wrist]
            hand["palm"], hand["tip"] = seen.positions[palm], seen.positions[tip]
            # A controller measures a wrist too; a hand counts as seen only with its fingers.
            hand["how"] = min(seen.how[wrist], seen.how[tip]) if seen.how[tip] != ABSENT else ABSENT
            hand["sampled"] = seen.sample_time[1 + k]
            hand["controller"] = bool(k < len(hands) and hands[k].from_controller)

    def taken(self, name):
        """Samples of a step, while it was done.

        Parameters
        ----------
        name : str

        Returns
        -------
        ndarray of SAMPLE
        """
        all_of_it = self.samples[: self.count]
        at = next(k for k, step in enumerate(self._steps) if step.name == name)
        return all_of_it[all_of_it["step"] == at]

    @property
    def all(self):
        """Samples of all frames that were waited for, also while something was read."""
        return self.samples[: self.count]

    # What is shown

    def _tableau(self, frame):
        words, step = self._words, self._step
        buttons = ()
        if not self.over and step.answers:
            buttons = tuple(
                Button("choose", words[f"answer_{a}"], str(k), value=a, role="choice")
                for k, a in enumerate(step.answers, 1)
            )
            buttons += (Button("go_on", words["skip"], "s"),)
        elif not self.over and self._reading:
            last = Button("finish", words["end"], "f") if self._at == 0 else Button("go_on", words["skip"], "s")
            buttons = (Button("ready", words["ready"], "enter"), last)
        # A button that can be looked at is in the way of who looks around: there are none while something is done.
        dots = tuple("full" if k < self._at else "half" if k == self._at else "open" for k in range(len(self._steps)))
        return Tableau(
            scene=SCENE,
            captions=(Caption(words[f"ask_{step.name}"]),),
            buttons=buttons,
            dots=dots,
            turn=Turn(phase=step.name, onset=frame.time),
            props=self._signs() if step.name == "signs" and not self.over else (),
        )

    def _signs(self):
        """A ball and a box at one place; `displays._selfcheck` shows the left eye the ball, the right eye the box."""
        if not self._props:
            last = self.samples[max(self.count - 1, 0)]
            if not (last["head_how"] == MEASURED and np.isfinite(last["eyes"]).all()):
                return ()
            ahead = rotations.rotate(last["head"], np.array([0.0, 0.0, -1.0]))
            ahead[1] = 0.0
            ahead /= max(float(np.linalg.norm(ahead)), 1e-6)
            at = last["eyes"] + SIGN_AWAY * ahead + np.array([0.0, SIGN_UP, 0.0])
            place = Transform(at, rotations.between(np.array([0.0, 0.0, -1.0]), ahead))
            self._props = tuple(Prop(LOOKS[name], place, (SIGN_SIZE,) * 3) for name in self._step.answers)
        return self._props


def seconds(pace=1.0, length=1.0):
    """How long a check takes at most, where nobody answers anything.

    Examples
    --------
    >>> seconds()
    173.0
    """
    return sum(step.read * pace + step.seconds * length for step in STEPS)
