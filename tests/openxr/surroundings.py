"""What stands around the application in a test: a screen, Monado, a child that keeps still. Started by `headset.py`.

    python -m tests.openxr.surroundings PLAN

PLAN is a JSON file. Orders come in as JSON lines, what happens goes out as JSON lines: `{"said": LINE}` is a line of
the application's, `{"ended": CODE}` its end. All of it ends with the namespace that it runs in.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np

from vrtrainer.human.body import of_height
from vrtrainer.links.monado import cable, hands, service
from vrtrainer.links.monado.remote import packet

_LOCK = threading.Lock()
_EVERY = 1 / 90  # s between two moments of the child
_HANDS, _HAND, _ACTIVE = 136, 120, 105  # bytes in a packet: where hands begin, of each, its controller's `active`


def tell(**row):
    with _LOCK:
        print(json.dumps(row), flush=True)


def screen(folder, size):
    """A screen of its own whose pixels stand in FOLDER/Xvfb_screen0: its process and its name."""
    reading, writing = os.pipe()
    words = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size[0]}x{size[1]}x24", "-fbdir", str(folder)]
    words += ["+extension", "GLX", "-nolisten", "tcp"]
    server = subprocess.Popen(words, pass_fds=[writing], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writing)
    return server, f":{os.read(reading, 16).decode().strip()}"


class Still:
    """A child that keeps still: where its head and palms are is what the plan or an order says."""

    def __init__(self, port, head, palms):
        self._port = port
        self._state = np.zeros(1, cable.STATE)[0]
        self._state["positions"] = of_height(1.3).rest_positions()  # in the T-pose, whose fingers are straight
        self._there = (False, False)
        self.be(head, palms)
        threading.Thread(target=self._live, daemon=True).start()

    def be(self, head, palms):
        self._state["head"] = head
        self._there = tuple(palm is not None for palm in palms)
        for side, palm in enumerate(palms):
            row = self._state["hands"][side]
            row["active"] = palm is not None
            if palm is not None:
                row["pose"][hands.PALM] = palm

    def _packet(self):
        """The remote driver's packet; who has no hand there holds no controller either."""
        out = bytearray(packet(self._state))
        for side, there in enumerate(self._there):
            out[_HANDS + side * _HAND + _ACTIVE] = there
        return out

    def _live(self):
        line = None
        while True:
            try:
                line = line or socket.create_connection(("127.0.0.1", self._port))
                line.sendall(self._packet())
            except OSError:
                line = None  # the service is gone, or not there yet
            time.sleep(_EVERY)


def heard(application):
    for line in application.stdout:
        tell(said=line.rstrip("\n"))
    tell(ended=application.wait())


def main(plan):
    plan = json.loads(Path(plan).read_text(encoding="utf-8"))
    folder = Path(plan["folder"])
    server, display = screen(folder, plan["size"])
    environment = os.environ | {"DISPLAY": display, "XR_RUNTIME_JSON": str(service.manifest())}
    environment |= {"XRT_COMPOSITOR_XCB_FULLSCREEN": "1"}  # else its window has half the headset's width and height
    monado = service.Service(plan["compositor"], folder, environment)
    monado.start()
    child = Still(monado.port, plan["head"], plan["palms"])
    environment |= plan["environment"]
    if plan["layers"]:
        from xr.api_layer import layer_path

        layer_path.expose_packaged_api_layers()
        environment |= {"XR_API_LAYER_PATH": os.environ["XR_API_LAYER_PATH"]}
        environment |= {"XR_ENABLE_API_LAYERS": ":".join(plan["layers"])}
    application = subprocess.Popen(
        [sys.executable, *plan["words"]],
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    tell(started=application.pid)
    listener = threading.Thread(target=heard, args=[application], daemon=True)
    listener.start()
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "signal":
            application.send_signal(getattr(signal, order["name"]))
        elif order["do"] == "be":
            child.be(order["head"], order["palms"])
        elif order["do"] == "stop_service":
            monado.stop()
        elif order["do"] == "start_service":
            monado.start()
    # The other end is gone: nobody watches any more.
    application.kill()
    monado.stop()
    server.terminate()


if __name__ == "__main__":
    main(sys.argv[1])
