"""Run beside Monado: a session in a headset whose states and losses are driven from outside at random moments.

usage: storm.py DATA CABLE COUNT SEED     prints one JSON object as its last line

The application is the real one; only two things are added: a thread that gives orders to the simulated child's layer,
and a note of what the loop did (how long between frames, times that went back).
"""

import json
import os
import random
import sys
import threading
import time
from pathlib import Path

from vrtrainer import api
from vrtrainer.links.monado.cable import Cable, Orders
from vrtrainer.sessions.commands import Command

LOSING = ("xrWaitFrame", "xrBeginFrame", "xrEndFrame", "xrLocateViews", "xrLocateSpace", "xrSyncActions", "xrPollEvent",
          "xrAcquireSwapchainImage", "xrWaitSwapchainImage", "xrReleaseSwapchainImage", "xrLocateHandJointsEXT",
          "xrGetActionStateBoolean", "xrBeginSession", "xrCreateSession", "xrCreateSwapchain",
          "xrConvertTimeToTimespecTimeKHR")  # fmt: skip
RESULTS = ("ERROR_SESSION_LOST", "ERROR_INSTANCE_LOST", "ERROR_RUNTIME_FAILURE", "ERROR_OUT_OF_MEMORY",
           "ERROR_CALL_ORDER_INVALID", "ERROR_VALIDATION_FAILURE", "ERROR_LIMIT_REACHED")  # fmt: skip


def one_of(rng):
    """An order for the layer, and its name."""
    kind = rng.choice(["state", "state", "loss", "fault", "fault", "fault", "late", "presence", "recentre", "instance"])
    if kind == "state":
        name = rng.choice(["visible", "synchronized", "stopping"])
        return f"state {name}", {"do": "state", "name": name}
    if kind == "loss":
        return "loss_pending", {"do": "state", "name": "loss_pending"}
    if kind == "instance":
        return "instance_loss", {"do": "instance_loss"}
    if kind == "recentre":
        return "recentre", {
            "do": "recentre",
            "position": [rng.uniform(-1, 1), rng.uniform(-1, 1)],
            "yaw": rng.uniform(-3, 3),
        }
    if kind == "presence":
        return "profile", {"do": "profile"}
    call, delay = rng.choice(LOSING), 0.0
    result = rng.choice(RESULTS)
    if kind == "late":
        call, result, delay = (
            rng.choice(("xrWaitFrame", "xrWaitFrame", "xrLocateViews")),
            "SUCCESS",
            rng.uniform(0.05, 0.6),
        )
        delay = delay if call == "xrWaitFrame" else 0.03
    return f"{call} {result}", {"do": "fault", "call": call, "result": result, "times": 1, "delay_s": delay}


class Watching:
    """A listener of the bulletin: what the loop did."""

    def __init__(self):
        self.last = self.time = None
        self.gaps, self.back, self.frames = [], 0, 0
        self.events, self.phase = {}, ""
        self.lost_trials = 0

    def post(self, frame, shown, events):
        if os.environ.get("VRTRAINER_STORM"):
            print("frame", frame.index, frame.state, frame.should_render, shown.turn.phase, flush=True)
        now = time.monotonic()
        if self.last is not None:
            self.gaps.append(now - self.last)
            self.back += frame.time < self.time
        self.last, self.time = now, frame.time
        self.frames += 1
        self.phase = shown.turn.phase
        for event in events:
            self.events[event.trial_type] = self.events.get(event.trial_type, 0) + 1
            if event.trial_type == "trial_left":
                self.lost_trials += 1

    def close(self):
        pass


def main(data, cable, count, seed):
    os.environ[api.SIMULATED] = cable
    rng = random.Random(seed)
    watching = Watching()
    plain_bulletin = api.Bulletin
    api.Bulletin = lambda *listeners: plain_bulletin(*listeners, watching)
    links = []
    linked = api._linked

    def noted(options, module):
        out = linked(options, module)
        links.append(out.link)
        return out

    api._linked = noted
    options = api.options(
        data=Path(data), language="en", display="openxr", seed=1, spectator="off", msaa=4, programme="one_arm_up",
        person="storm",
    )  # fmt: skip
    orders, done, slow = Orders(Cable(cable)), [], []

    def focused(within):
        until = time.monotonic() + within
        while time.monotonic() < until:
            if links and links[0].state == "focused" and links[0].session is not None:
                return True
            time.sleep(0.005)
        return False

    def storm():
        try:
            assert focused(30), "the headset never came into focus"
            while len(done) < count:
                # Whoever is paused or stopped goes on, so that trials run most of the time.
                options.commands.put(Command("ready", "", "learner", "test"))
                options.commands.put(Command("go_on", "", "learner", "test"))
                time.sleep(rng.uniform(0.0, 0.25))
                name, order = one_of(rng)
                orders.give(**order)
                if os.environ.get("VRTRAINER_STORM"):
                    print("order", name, flush=True)
                began = time.monotonic()
                if order["do"] == "state" and order["name"] != "loss_pending":
                    time.sleep(rng.uniform(0.1, 0.3))
                    orders.give(do="state", name="focused")
                time.sleep(0.06)
                came = focused(15)
                slow.append((round(time.monotonic() - began, 2), name))
                done.append(name)
                if not came:
                    raise AssertionError(f"no focus within 15 s after {name}; {links[0].state} {links[0].trouble()}")
        except AssertionError as error:
            done.append(f"FAILED: {error}")
        options.commands.put(Command("finish", "", "adult", "test"))

    threading.Thread(target=storm, daemon=True).start()
    code = api.run(options)
    gaps = sorted(watching.gaps)
    slow.sort()
    print(
        json.dumps(
            {
                "code": code,
                "orders": len(done),
                "failed": [d for d in done if d.startswith("FAILED")],
                "generations": links[0].generation,
                "frames": watching.frames,
                "went_back": watching.back,
                "longest_gap": round(gaps[-1], 3),
                "gap_p99": round(gaps[int(len(gaps) * 0.99)], 3),
                "events": watching.events,
                "slowest": slow[-5:],
                "kinds": {name: done.count(name) for name in sorted(set(done))},
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
