"""Learners that are simulated: they see the tableau with a delay and perform what they saw as moving bodies.

Rule 1: only what was shown is imitated: the avatar's poses, remembered, retargeted to the learner's own body.
Rule 2: how well it goes follows the same law as `learner`: ability, less difficulty, plus facets and help, plus luck.
Rule 3: everything follows from the seed and the times it is told, never from how often it is asked.
"""

import bisect
import math
from dataclasses import dataclass, field

import numpy as np

from vrtrainer.human import body as bodies
from vrtrainer.human import motion as motions
from vrtrainer.human import observation, rotations
from vrtrainer.human import pose as poses
from vrtrainer.human.observation import ABSENT, GROUPS, INFERRED, MEASURED
from vrtrainer.human.skeleton import INDEX, PART_INDEX, SIDES, J, xr_hand_joints
from vrtrainer.learning import learner
from vrtrainer.learning.plan import SKILLS, Facets
from vrtrainer.learning.profiles import profile as profile  # who reads a profile finds it beside the learner it makes

_NO_WAIT_S = 0.1  # a shorter wait between demonstration and turn is a frame's, not the programme's
_ANSWERS = {"ready": frozenset({"ready"}), "say": frozenset({"ready"}), "select": frozenset({"select"})}
_TREMOR = 2 * np.pi * np.array([6.3, 7.9, 9.7])[:, None, None]  # radians per second
_HANDS = tuple(xr_hand_joints(s) for s in SIDES)
_HEAD = INDEX["head"]
_SHOWN_AT = ("head", "leftHand", "rightHand")
_TURNED = np.array([INDEX[n] for n in _SHOWN_AT])


def true_eta(who, gesture, facets, prompt, mode, trial=0):
    """Logit of full success of a simulated learner, before luck.

    Parameters
    ----------
    who : Profile
    gesture : Gesture
    facets : Facets
    prompt : int
    mode : str
    trial : int
        How many came before: fatigue and learning.

    Returns
    -------
    float
    """
    names = learner.prior().names
    values = np.array([who.abilities[s] for s in SKILLS] + [m for m, _ in learner.FACETS.values()])
    c = learner.direction(names, gesture, facets, prompt, mode)
    return float(c @ values) - learner.difficulty(gesture) + trial * (who.learning - who.fatigue)


def true_chance(who, plan, gesture, trial=0):
    """Chance of full success that a simulated learner really has for a plan.

    Parameters
    ----------
    who : Profile
    plan : TrialPlan
    gesture : Gesture
    trial : int

    Returns
    -------
    float
    """
    x = true_eta(who, gesture, plan.facets, plan.prompt, plan.mode, trial)
    return float(1.0 / (1.0 + np.exp(-x / max(who.luck, 1e-6))))


@dataclass(slots=True)
class _Try:
    """What one turn will be like, drawn when it begins."""

    attempts: bool
    gain: float
    tempo: float
    delay: float
    relaxed_hands: bool
    until: float  # share of the movement that is done
    mirror: bool


@dataclass(slots=True)
class _Memory:
    """What was seen of a demonstration."""

    times: list = field(default_factory=list)
    poses: list = field(default_factory=list)


class SimulatedLearner:
    """Watches and does.

    Parameters
    ----------
    who : Profile
    seed : int
    gestures : mapping of str to Gesture
        So that what is hard for the model is hard for the body.
    """

    def __init__(self, who, seed, gestures):
        self.who = who
        self.body = bodies.of_height(who.height)
        self._gestures, self._seed = gestures, seed
        self._rest = None  # how the avatar stood when first seen at ease
        self._memory, self._trial = _Memory(), -1
        self._onset, self._try, self._motion = None, None, None
        self._trials = 0
        self._done = set()  # acts used once already: stop, pause
        self._first = None
        self._wait = (-1, 0.0)  # a trial, and when its wait between demonstration and turn began
        phases = np.random.default_rng([seed, 1]).uniform(0, 2 * np.pi, (3, 3, 2))
        self._phases = phases  # tremor: frequency, axis, hand
        self._placed = (None, None, None)  # the last pose, its joints, its world rotations: at ease they stay
        self._spells = [(-1, False), (-1, False)]  # per hand, whether cameras have lost it, drawn each 0.8 s
        self._how = np.full(J, MEASURED, np.uint8)
        for side in SIDES:
            if side not in who.hands:
                self._how[PART_INDEX[f"{side}Hand"]] = ABSENT
        self._no_face, self._unknown = np.full(52, np.nan), np.full(len(GROUPS), np.nan)
        self._nothing = np.full((2, 3), np.nan)

    def observe(self, time, turn, pose):
        """The learner's body at a moment.

        Parameters
        ----------
        time : float
            Seconds on the frame's clock.
        turn : Turn
            phase, onset, awaits, trial, gesture, side, prompt, tempo.
        pose : Pose or None
            The avatar's, as it was shown a frame ago.

        Returns
        -------
        Observation
        """
        if self._first is None:
            self._first = time
        self._watch(time, turn, pose)
        acts = self._acts(time, turn)
        if self._rest is None:
            return observation.nothing("simulated", acts)
        return self._seen(time, self._posture(time, turn), acts)

    # Seeing

    def _watch(self, time, turn, pose):
        if pose is None:
            return
        if self._rest is None:
            self._rest = pose
        if turn.trial != self._trial:
            self._trial, self._memory = turn.trial, _Memory()
        if turn.phase == "delay":
            self._wait = (turn.trial, turn.onset)
        if (
            turn.phase == "model"
            and self._memory.times
            and turn.onset > self._memory.times[0] + 1e-9
            and (turn.onset > self._memory.times[-1])
        ):
            self._memory = _Memory()  # shown again: the newest is remembered
        if turn.phase in ("model", "respond") and turn.trial >= 0:
            self._memory.times.append(time)
            self._memory.poses.append(pose)

    def _rng(self, turn):
        return np.random.default_rng([self._seed, 7, turn.trial, self._trials])

    def _acts(self, time, turn):
        waited = time - turn.onset
        for act, after in (("stop", self.who.stops_after_s), ("pause", self.who.pauses_after_s)):
            if after and act not in self._done and time - self._first >= after:
                self._done.add(act)
                return frozenset({act})
        if turn.awaits in _ANSWERS and waited >= self.who.act_after_s:
            return _ANSWERS[turn.awaits]
        return observation.NONE

    # Doing

    def _posture(self, time, turn):
        if turn.awaits != "imitation":
            if turn.awaits or turn.phase in ("ready", "model", "delay"):
                self._onset = None
            return self._rest
        if turn.onset != self._onset:
            self._onset = turn.onset
            self._try = self._drawn(turn)
            self._trials += 1
            together = turn.phase == "respond" and len(self._memory.times) <= 1
            self._motion = None if together else self._remembered()
        how, elapsed = self._try, time - self._onset - self._try.delay
        if not how.attempts or elapsed < 0:
            return self._rest
        if self._motion is None:
            # Moving along: the pose that was seen one's own delay ago.
            return self._shaped(self._seen_at(time - how.delay - self.who.visual_delay_s), how)
        lasts = self._motion.duration
        at = elapsed * how.tempo
        if at > lasts * how.until:
            back = (at - lasts * how.until) / 0.6
            at = lasts * how.until
            if back >= 1.0:
                return self._rest
            return self._mixed(self._shaped(self._motion.sample(at), how), self._rest, back)
        return self._shaped(self._motion.sample(at), how)

    def _drawn(self, turn):
        who, rng = self.who, self._rng(turn)
        gesture = self._gestures.get(turn.gesture)
        luck = float(rng.logistic()) * who.luck
        trial, since = self._wait
        waited = turn.onset - since if trial == turn.trial else 0.0
        level = Facets(tempo=turn.tempo, delay_s=waited if waited > _NO_WAIT_S else 0.0)
        mode = "together" if turn.phase == "respond" and len(self._memory.times) <= 1 else "immediate"
        x = luck + (true_eta(who, gesture, level, turn.prompt, mode, self._trials) if gesture is not None else 1.5)
        watches, mirror = rng.random() < who.watches, rng.random() < who.mirror
        kind, small = rng.random(), float(rng.normal())
        gain, relaxed, until = who.size * (1.0 + 0.05 * small), False, 1.0
        attempts = not watches
        if x < -learner.PARTIAL:
            attempts = attempts and kind > 0.35
            gain = 0.2 * who.size
        elif x < 0.0:
            if kind < 0.4:
                gain = 0.5 * who.size
            elif kind < 0.75:
                relaxed, gain = True, 0.8 * who.size
            else:
                until = 0.45
                gain = 0.6 * who.size
        if turn.side in SIDES:
            acts = {"left": "right", "right": "left"}[turn.side] if mirror else turn.side
            if acts not in who.hands:
                mirror = not mirror
        tempo = who.tempo * float(np.exp(0.08 * rng.normal()))
        delay = who.reaction_s * float(np.exp(0.2 * rng.normal()))
        return _Try(bool(attempts), float(gain), tempo, delay, relaxed, until, bool(mirror))

    def _remembered(self):
        times, seen = self._memory.times, self._memory.poses
        model = [i for i in range(len(times)) if times[i] < self._onset]
        if len(model) < 2:
            return None
        return motions.of_poses([times[i] for i in model], [seen[i] for i in model])

    def _seen_at(self, time):
        times = self._memory.times
        k = bisect.bisect_right(times, time) - 1
        return self._memory.poses[k] if k >= 0 else self._rest

    def _mixed(self, a, b, share):
        return poses.Pose(
            rotations.blend(a.rotations, b.rotations, np.asarray(share)),
            a.hips + share * (b.hips - a.hips),
            a.face + share * (b.face - a.face),
        )

    def _shaped(self, pose, how):
        rest = self._rest
        if abs(how.gain - 1.0) > 1e-3:
            moved = np.flatnonzero((pose.rotations != rest.rotations).any(axis=1))
            turned = pose.rotations.copy()
            turned[moved] = rotations.slerp(rest.rotations[moved], pose.rotations[moved], np.array(how.gain))
            pose = poses.Pose(
                turned,
                pose.hips,
                np.clip(rest.face + how.gain * (pose.face - rest.face), 0.0, 1.0),
            )
        if how.relaxed_hands:
            turned = pose.rotations.copy()
            for joints in _HANDS:
                fingers = joints[2:]
                turned[fingers] = rest.rotations[fingers]
            pose = poses.Pose(turned, pose.hips, pose.face)
        return poses.mirrored(pose) if how.mirror else pose

    # Being seen

    def _seen(self, time, pose, acts):
        who = self.who
        if pose is not self._placed[0]:
            self._placed = (pose, *self._where(pose))
        _, still, world = self._placed
        positions = still + 0.004 * np.array([math.sin(0.9 * time), 0.0, math.sin(0.7 * time + 1.0)])
        how = self._how.copy()
        shake = who.tremor_m * np.sin(_TREMOR * time + self._phases).sum(axis=0)
        for k, joints in enumerate(_HANDS):
            positions[joints] += shake[:, k]
            if who.dropout and self._lost(time, k):
                how[joints] = np.minimum(how[joints], INFERRED)
        return observation.Observation(
            positions=positions,
            rotations=world.copy(),
            how=how,
            face=pose.face if who.face else self._no_face,
            face_how=MEASURED if who.face else ABSENT,
            sample_time=self._unknown,
            acts=acts,
            pointer=self._nothing,
            gaze=self._nothing,
            source="simulated",
        )

    def _where(self, pose):
        """Joints and world rotations of a pose, apart from sway and tremor; NaN where a hand is absent."""
        hips = np.array([pose.hips[0], self.body.offsets[0, 1], pose.hips[2]])
        positions, turned = poses.forward(pose.rotations, hips, self.body.offsets)
        world = np.full((J, 4), np.nan)
        world[_TURNED] = rotations.from_matrix(turned[_TURNED])
        absent = self._how == ABSENT
        positions[absent], world[absent] = np.nan, np.nan
        return positions, world

    def _lost(self, time, hand):
        spell = int(time / 0.8)
        if self._spells[hand][0] != spell:
            lost = np.random.default_rng([self._seed, 3, hand, spell]).random() < self.who.dropout
            self._spells[hand] = (spell, lost)
        return self._spells[hand][1]
