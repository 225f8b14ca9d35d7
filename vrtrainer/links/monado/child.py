"""The simulated child's process: 90 times a second a moment goes into the cable and to Monado's remote driver."""

import time
from dataclasses import dataclass

import numpy as np

from vrtrainer.gestures.perform import relaxed
from vrtrainer.human import pose as poses
from vrtrainer.human import rotations
from vrtrainer.human.observation import MEASURED
from vrtrainer.human.pose import Pose
from vrtrainer.human.skeleton import INDEX, J
from vrtrainer.links.monado import cable as cables
from vrtrainer.links.monado.moment import Moment, looking, put
from vrtrainer.links.monado.states import FOCUSED
from vrtrainer.sessions.tableau import Turn

RATE_HZ = 90
_ALIVE_SECONDS = 2.0  # an application that gave no sign for longer is taken for gone
_PRESS, _RELEASE = 0.25, 0.35  # s, of a button that an act presses, and before it may press again
_HEAD = INDEX["head"]


@dataclass(slots=True)
class Sight:
    """What the child sees of the application.

    Parameters
    ----------
    turn : Turn
    pose : Pose or None
        The avatar's.
    frame_time : float
        Now, on the application's clock of frames.
    focused, alive : bool
    """

    turn: Turn
    pose: Pose | None
    frame_time: float
    focused: bool
    alive: bool


class Child:
    """One child with one headset.

    Parameters
    ----------
    cable : Cable
    source : object
        `at(now, sight)` answers a Moment, `ended(now)` whether there is none after it, `body` its measures: a
        Performer, Watcher or Live.
    remote : Remote or None
    service : Service or None
        Whom `stop_service` and `start_service` are for.
    """

    def __init__(self, cable, source, remote=None, service=None):
        self._cable = cable
        self._source = source
        self._remote = remote
        self._service = service
        self._orders = cables.Orders(cable)
        self._turn, self._pose = Turn(), None
        cable.state.now["rest"] = source.body.rest_positions()

    def step(self, now):
        """One moment into the cable; answers it."""
        moment = self._source.at(now, self._sight(now))
        for order in moment.orders:
            if order["do"] == "stop_service":
                if self._service is not None:
                    self._service.stop()
            elif order["do"] == "start_service":
                if self._service is not None:
                    self._service.start(wait=False)
            else:
                self._orders.give(**order)
        put(moment, self._cable.state.now, now)
        self._cable.state.write()
        if self._remote is not None:
            self._remote.send(self._cable.state.now, now)
        return moment

    def _sight(self, now):
        cable = self._cable
        if cable.turn.news:
            told = cable.turn.read()
            self._turn = Turn(**told) if told else Turn()
        shown = cable.shown.now
        if cable.shown.read():
            there = bool(shown["there"])
            # Poses are remembered by who sees them: they are copies, and the same one as long as nothing is new.
            self._pose = Pose(shown["rotations"].copy(), shown["hips"].copy(), shown["face"].copy()) if there else None
        cable.status.read()
        status = cable.status.now
        alive = now - status["time"] < _ALIVE_SECONDS
        frame_time = float(shown["frame_time"] + now - shown["at"]) if shown["at"] else now
        return Sight(self._turn, self._pose, frame_time, alive and status["session"] == FOCUSED, bool(alive))

    def live(self, until):
        """Steps at `RATE_HZ` until `until()` is true."""
        due = time.monotonic()
        while not until():
            self.step(time.monotonic())
            due += 1 / RATE_HZ
            wait = due - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            else:
                due = time.monotonic()  # late by more than a moment: nothing is caught up


class Watcher:
    """A child that watches the session and answers it: one of assets/learners, in a headset.

    Parameters
    ----------
    learner : SimulatedLearner
    """

    def __init__(self, learner):
        self.learner = learner
        self.body = learner.body
        self._rest = relaxed(self.body)
        self._since = {}  # act: since when its button is pressed

    def at(self, now, sight):
        """The learner as it answers what it sees.

        Parameters
        ----------
        now : float
        sight : Sight

        Returns
        -------
        Moment
        """
        pose = sight.pose if sight.alive else None
        seen = self.learner.observe(sight.frame_time, sight.turn if sight.alive else Turn(), pose)
        if not seen.how.any():
            positions, turned = poses.forward(self._rest.rotations, self._rest.hips, self.body.offsets)
            world, how, face = rotations.from_matrix(turned), np.full(J, MEASURED, np.uint8), np.zeros(52)
        else:
            positions, world, how, face = seen.positions, seen.rotations, seen.how, seen.face
        return Moment(
            positions=positions,
            rotations=world,
            how=how,
            face=face,
            gaze=looking(world[_HEAD], 0.0, 0.0),
            pressed={(cables.RIGHT, act) for act in self._buttons(now, seen.acts)},
        )

    def ended(self, now):
        return False

    def _buttons(self, now, acts):
        """Acts as button presses: down for a moment, and not again before it was up."""
        for act in acts:
            if act in cables.BUTTONS and now - self._since.get(act, -1.0) > _PRESS + _RELEASE:
                self._since[act] = now
        return [act for act, since in self._since.items() if now - since < _PRESS]
