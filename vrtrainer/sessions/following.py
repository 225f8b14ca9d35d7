"""The first gentle minutes: the avatar moves along with the learner, a stated moment later, and nothing is scored.

Rule 1: what is shown at a moment is what was seen exactly `delay_s` before it, whatever the frame rate. As what came
        after is known by then, tremor is taken off without any lag, and a hand that is lost for a moment is no gap.
Rule 2: an avatar that nobody moves stands at ease and breathes; it asks for nothing. Refused, it is at rest within
        0.4 s, and only watches.
Rule 3: what is learnt is tempo, reach and where hands can be seen: no score, no comparison.
"""

from math import cos, pi, sin

import numpy as np

from vrtrainer.human import follow, one, pose, reach
from vrtrainer.human.ease import EASE, Eased
from vrtrainer.human.observation import MEASURED
from vrtrainer.human.pose import Pose
from vrtrainer.human.skeleton import INDEX
from vrtrainer.sessions.acquainted import Acquainted
from vrtrainer.sessions.limits import FADE
from vrtrainer.sessions.showing import BREATH_ANGLE, BREATH_PERIOD

SMOOTHED = 0.06  # s to either side that a moment is smoothed over
HELD = 0.15  # s that a part which is lost stays where it was, before it eases to rest
IDLE_AFTER, IDLE_SPEED = 2.0, 0.06  # s, m/s: hands that lie still and low are at ease
LOW = -0.45  # of the arm's length below the shoulder: lower than this a hand hangs or lies
_CHEST = INDEX["chest"]
_GROUPS = len(reach.GROUPS)
_WITH_ARM = ((4, 6), (5, 7))  # hand and fingers go with their arm
_TURNS = slice(0, 4 * reach.TURNS)


class Following:
    """An avatar that moves along with the learner.

    Parameters
    ----------
    body_of_avatar : Body
    body_of_learner : Body or None
        None when it is not known.
    rest : Pose or None
        How the avatar stands at ease; the T-pose where none is given.
    delay_s : float
        Seconds from what the learner does to what the avatar does.
    mirror : bool
        As in a mirror; False for the same side.
    face : bool
        Whether the face is followed: only with consent.
    calm_idle : bool
        No breath is seen.
    """

    def __init__(
        self, body_of_avatar, body_of_learner, rest=None, delay_s=1.0, mirror=True, face=False, calm_idle=False
    ):
        self._rest = pose.rest(body_of_avatar) if rest is None else rest
        self._follower = follow.Follower(body_of_avatar, self._rest, body_of_learner, mirror, face)
        self._delay, self._calm = delay_s, calm_idle
        self._eased = Eased()
        self._ring = _Ring(delay_s + HELD + SMOOTHED + 0.1)
        self._learnt, self._mirror = Acquainted(), mirror
        self._still_since = [None, None]
        self._last = None
        self.refused = False

    def step(self, now, seen):
        """Take what is seen at a frame.

        Parameters
        ----------
        now : float
            Seconds of session time, not falling.
        seen : Observation
        """
        aims, present = self._follower.read(
            now, seen.positions, seen.rotations, seen.how, seen.face if seen.face_how == MEASURED else None
        )
        speeds = self._learnt.step(now, seen)
        for arm, (hand, fingers) in enumerate(_WITH_ARM):
            if self._idle(arm, now, aims, speeds):
                present[[2 + arm, hand, fingers]] = False
        self._ring.append(now, aims, present, now - self._delay)

    def _idle(self, arm, now, aims, speeds):
        """Whether a hand lies or hangs still for a while: then the avatar's hangs at ease."""
        start = reach.POINT_COLUMNS.start + 3 * reach.WRISTS[arm]
        low = aims[start + 1] < LOW * self._follower.arms[arm]
        side = 1 - arm if self._mirror else arm
        if not low or speeds[side] > IDLE_SPEED:
            self._still_since[arm] = None
        elif self._still_since[arm] is None:
            self._still_since[arm] = now
        since = self._still_since[arm]
        return since is not None and now - since >= IDLE_AFTER

    def pose(self, now):
        """The avatar at a frame.

        Parameters
        ----------
        now : float
            Seconds of session time, not falling.

        Returns
        -------
        Pose
        """
        dt = 0.0 if self._last is None else min(max(now - self._last, 0.0), 0.5)
        self._last = now
        then = now - self._delay
        aims, present = self._ring.at(then)
        if aims is None:
            return self._breathing(now, self._rest, 1.0)
        if self.refused:
            present = np.zeros(_GROUPS, bool)
        aims, shares = self._eased.step(dt, aims, present, FADE if self.refused else EASE)
        shown = self._follower.pose(aims, shares) if shares.any() else self._rest
        return self._breathing(now, shown, 1.0 - float(shares[1]))

    def _breathing(self, now, shown, share):
        if self._calm:
            return shown
        # Who follows somebody's trunk still breathes, a little less.
        rise = BREATH_ANGLE * (0.5 + 0.5 * share) * sin(2 * pi * now / BREATH_PERIOD) / 2
        turned = shown.rotations.copy()
        x, y, z, w = turned[_CHEST].tolist()
        turned[_CHEST] = one.multiply((sin(rise), 0.0, 0.0, cos(rise)), (x, y, z, w))
        return Pose(turned, shown.hips, shown.face)

    def learnt(self):
        """What was learnt of the learner while they moved.

        Returns
        -------
        dict
            As `Acquainted.told` says; plain numbers, ready for an event.
        """
        reached = self._follower.furthest[::-1] if self._mirror else self._follower.furthest
        return self._learnt.told(tuple(reached))


class _Ring:
    """The newest aims, complete: what was not seen is where it was last, and once seen again goes straight there."""

    def __init__(self, seconds, capacity=64):
        self._seconds = seconds
        self._times = np.empty(capacity)
        self._aims = np.empty((capacity, reach.WIDTH))
        self._present = np.zeros((capacity, _GROUPS), bool)
        self._count = 0
        self._gone_since = np.full(_GROUPS, -1)  # row of the last sample that had it; -1: never or there now
        self._groups = _columns()

    def append(self, now, aims, present, shown):
        """Add a row; `shown` is the time that is shown now: rows before it stay as they were."""
        n = self._count
        if n and now <= self._times[n - 1]:
            n -= 1  # the same moment again: the newer word holds
        elif n == len(self._times):
            n = self._make_room(shown)
        if n:
            before, here = self._aims[n - 1, _TURNS].reshape(-1, 4), aims[_TURNS].reshape(-1, 4)
            here *= np.where(np.vecdot(before, here) < 0.0, -1.0, 1.0)[:, None]
        self._times[n], self._aims[n], self._present[n] = now, aims, present
        self._count = n + 1
        if n:
            back = present & ~self._present[n - 1]
            if back.any():
                for group in np.flatnonzero(back):
                    self._bridge(n, group, shown)

    def _make_room(self, shown):
        """Forget what is too old; when nothing is, there are more frames than were thought of: twice the room."""
        first = int(np.searchsorted(self._times[: self._count], shown - HELD - SMOOTHED - 0.1))
        first = min(max(first - 1, 0), self._count - 2)
        if first < len(self._times) // 4:
            # Twice the room, unless that is more than any frame rate needs: then the oldest go all the same.
            if len(self._times) < 1024:
                self._times = np.concatenate([self._times, np.empty_like(self._times)])
                self._aims = np.concatenate([self._aims, np.empty_like(self._aims)])
                self._present = np.concatenate([self._present, np.zeros_like(self._present)])
                return self._count
            first = len(self._times) // 4
        kept = self._count - first
        for rows in (self._times, self._aims, self._present):
            rows[:kept] = rows[first : self._count].copy()
        self._count = kept
        return kept

    def _bridge(self, n, group, shown):
        """Rows between the last sample that had a part and this one, which has it again, go straight across."""
        had = np.flatnonzero(self._present[:n, group])
        first = max(int(had[-1]) if len(had) else 0, int(np.searchsorted(self._times[:n], shown)))
        columns = self._groups[group]
        if first >= n - 1:
            return
        rows = np.arange(first + 1, n)
        part = ((self._times[rows] - self._times[first]) / (self._times[n] - self._times[first]))[:, None]
        start = self._aims[first, columns] if len(had) else self._aims[n, columns]
        self._aims[np.ix_(rows, columns)] = start + part * (self._aims[n, columns] - start)

    def at(self, then):
        """Aims at a moment, smoothed, and what is there or about to be; None before there is anything."""
        n = self._count
        if not n or then < self._times[0]:
            return None, None
        times = self._times[:n]
        lows, highs = (
            np.searchsorted(times, (then - SMOOTHED, then - HELD)),
            np.searchsorted(times, (then + SMOOTHED, then + EASE), side="right"),
        )
        present = self._present[lows[1] : highs[1]].any(axis=0) if highs[1] > lows[1] else self._present[n - 1]
        return self._smoothed(times, then, int(lows[0]), int(highs[0])), present

    def _smoothed(self, times, then, low, high):
        """Local linear regression with a tricube kernel: no lag where it is centred, no bend at the end (Fan 1993)."""
        i = int(np.searchsorted(times, then, side="right"))
        if high - low < 4:
            # Slow cameras: straight from sample to sample.
            if i >= len(times):
                return self._aims[len(times) - 1].copy()
            part = (then - times[i - 1]) / (times[i] - times[i - 1])
            return self._aims[i - 1] + part * (self._aims[i] - self._aims[i - 1])
        away = times[low:high] - then
        kernel = 1.0 - np.abs(away / SMOOTHED) ** 3
        kernel = kernel * kernel * kernel + 1e-9
        all_, first, second = kernel.sum(), kernel @ away, kernel @ (away * away)
        spread = all_ * second - first * first
        weights = kernel * (second - first * away) / spread if spread > 1e-12 * all_ else kernel / all_
        return weights @ self._aims[low:high]


def _columns():
    """Columns of the aims that belong to each group."""
    group = np.concatenate(
        [
            np.repeat(reach.TURN_GROUP, 4),
            np.repeat(reach.POINT_GROUP, 3),
            reach.BEND_GROUP,
            np.full(reach.WIDTH - reach.FACE_COLUMNS.start, 8),
        ]
    )
    return [np.flatnonzero(group == g) for g in range(_GROUPS)]
