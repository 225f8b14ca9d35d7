"""Monado's service: found, started, awaited, ended. One that somebody else started is used, and never ended."""

import json
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

COMPOSITORS = ("null", "screen")
PORT = 4242
"""Where the remote driver listens if nobody says otherwise."""
_NAME = "monado-service"
_WAIT = 20.0  # s until a service on a software renderer is up
MANIFESTS = tuple(
    Path(folder) / "openxr" / "1" / "openxr_monado.json" for folder in ("/usr/share", "/usr/local/share", "/etc/xdg")
)


class ServiceError(RuntimeError):
    """The service cannot be had; `key` names the text that says so, `values` what it is filled with."""

    def __init__(self, key, **values):
        self.key, self.values = key, values
        super().__init__(f"{key}: {values}" if values else key)


def manifest():
    """The file that makes Monado the runtime (XR_RUNTIME_JSON), None where it is not installed."""
    return next((path for path in MANIFESTS if path.exists()), None)


def socket_path(environment):
    """Where the service listens: Monado's IPC socket in the runtime folder."""
    folder = environment.get("XDG_RUNTIME_DIR")
    return Path(folder) / "monado_comp_ipc" if folder else Path("/tmp/monado_comp_ipc")


def answers(path):
    """Whether a service takes connections at a socket."""
    if not path.exists():
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(0.5)
        try:
            line.connect(str(path))
        except OSError:
            return False
    return True


class Service:
    """The service of one environment.

    Parameters
    ----------
    compositor : str
        "null": no picture, 20 frames a second. "screen": on the X screen of DISPLAY, 90 frames a second.
    folder : Path
        For its configuration and its own words (monado-service.log).
    environment : mapping of str to str
    """

    def __init__(self, compositor, folder, environment):
        self.compositor = compositor
        self._log = folder / "monado-service.log"
        self._folder = folder
        self._environment = dict(environment)
        self._process = None
        self.port = PORT

    @property
    def socket(self):
        return socket_path(self._environment)

    @property
    def ours(self):
        return self._process is not None and self._process.poll() is None

    def ensure(self):
        """A running service: the one that is there, or a new one."""
        if not answers(self.socket):
            self.start()

    def start(self, wait=True):
        """Start the service; with `wait` until its socket answers.

        Raises
        ------
        ServiceError
        """
        if self.ours:
            return
        if not shutil.which(_NAME, path=self._environment.get("PATH")):
            raise ServiceError("no_service")
        added = {"XRT_NO_STDIN": "1", "P_OVERRIDE_ACTIVE_CONFIG": "remote", "XDG_CONFIG_HOME": str(self._configured())}
        if self.compositor == "null":
            added["XRT_COMPOSITOR_NULL"] = "1"
        elif self._environment.get("DISPLAY"):
            added |= {
                "XRT_COMPOSITOR_FORCE_XCB": "1",
                "XRT_COMPOSITOR_DEFAULT_FRAMERATE": "90",
                "XRT_COMPOSITOR_SCALE_PERCENTAGE": "100",
            }
        else:
            raise ServiceError("no_screen")
        # A socket that a killed service left behind keeps the next one from starting.
        if self.socket.exists() and not answers(self.socket):
            self.socket.unlink()
        with open(self._log, "ab") as log:
            # In a session of its own: Ctrl+C in the terminal is for the application, which ends before its runtime.
            self._process = subprocess.Popen(
                [_NAME],
                start_new_session=True,
                env=self._environment | added,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        if wait:
            self._await()

    def _configured(self):
        """The folder of a configuration that gives the remote driver a port of its own, kept over restarts."""
        folder = self._folder / "config"
        if not folder.exists():
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
            (folder / "monado").mkdir(parents=True)
            settings = {"active": "remote", "remote": {"version": 0, "port": self.port, "view_count": 2}}
            (folder / "monado" / "config_v0.json").write_text(json.dumps(settings), encoding="utf-8")
        return folder

    def _await(self):
        until = time.monotonic() + _WAIT
        while time.monotonic() < until:
            if self._process.poll() is not None:
                raise ServiceError("ended", code=self._process.returncode, why=self._last_words())
            if answers(self.socket):
                return
            time.sleep(0.1)
        raise ServiceError("silent", seconds=int(_WAIT), why=self._last_words())

    def _last_words(self):
        """The last line that the service said about an error, else its last line."""
        lines = [line.strip() for line in self._log.read_text(errors="replace").splitlines() if line.strip()]
        return next((line for line in reversed(lines) if "ERROR" in line), lines[-1] if lines else "-")

    def stop(self):
        """End the service, if it is ours, and wait until it is gone."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


def environment():
    """This process's own."""
    return dict(os.environ)
