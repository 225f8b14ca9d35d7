"""Monado's remote driver: the head, both hands and their fingers, so that what is Monado's own moves with the child.

The packet is that of Monado 25's `r_remote_data` (src/xrt/drivers/remote/r_interface.h): 376 bytes, little endian.
"""

import contextlib
import socket
import struct

import numpy as np

from vrtrainer.links.monado import hands

SIZE = 376
_HEADER = b"mndrmt3\0"
_EVERY = 0.5  # s between two tries to reach a service that is not there


def packet(state):
    """Bytes for a moment.

    Parameters
    ----------
    state : numpy.void
        Of dtype cable.STATE.

    Returns
    -------
    bytes
    """
    # 96 bytes of views of one's own and the flag that says they are there: none.
    parts = [_HEADER, bytes(96), state["head"].astype("<f4").tobytes(), bytes(4)]
    curls = hands.curls(state["positions"])
    for side in (0, 1):
        row = state["hands"][side]
        grip = row["pose"][hands.PALM].astype("<f4")
        if not grip[:4].any():
            grip[3] = 1.0  # never seen yet: a quaternion has to be one all the same
        curl = curls[side] if row["active"] else np.zeros(5)
        parts += [
            grip.tobytes(),
            np.concatenate([row["linear"], row["angular"], curl]).astype("<f4").tobytes(),
            bytes(32),
            struct.pack("<BB14x", bool(row["active"]), 1),
        ]
    return b"".join(parts)


class Remote:
    """The line to the driver at a port; whatever breaks it, it is tried again."""

    def __init__(self, port):
        self._port = port
        self._socket = None
        self._tried = -_EVERY

    @property
    def connected(self):
        return self._socket is not None

    def send(self, state, now):
        """Pass a moment on, if there is somebody to pass it to; never waits."""
        if self._socket is None and not self._connect(now):
            return
        if not state["head"][:4].any():
            return
        try:
            self._socket.sendall(packet(state))
        except OSError:
            self.close()

    def _connect(self, now):
        if now - self._tried < _EVERY:
            return False
        self._tried = now
        try:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=0.2)
        except OSError:
            return False
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return True

    def close(self):
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.close()
            self._socket = None
