"""`vrtrainer simulate-headset`: a service, a cable, a child; and, after `--`, the command whose headset it wears."""

import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from vrtrainer.gestures import library
from vrtrainer.gestures.checked import NotationError
from vrtrainer.learning.simulated import SimulatedLearner, profile
from vrtrainer.links.monado import cable as cables
from vrtrainer.links.monado import choreography, live, service
from vrtrainer.links.monado.child import Child, Watcher
from vrtrainer.links.monado.performer import Performer
from vrtrainer.links.monado.remote import Remote

DEFAULT_LEARNER = "sam"
_END_SECONDS = 5.0  # for which a command that is asked to end may take its time


def run(
    *,
    assets,
    texts,
    learner=None,
    choreography_file=None,
    live_keys=False,
    own_service=True,
    compositor="null",
    command=(),
    cable_path=None,
    seed=0,
    say=print,
):
    """Be the child until the command, the choreography or somebody ends it.

    Parameters
    ----------
    assets : Path
        With gestures/ and learners/.
    texts : mapping
        A language's `simulate`.
    learner : str, optional
        Of assets/learners; `DEFAULT_LEARNER` where nothing else is asked for.
    choreography_file : Path, optional
    live_keys : bool
        By the keys of this terminal.
    own_service : bool
        Start Monado's service if none answers.
    compositor : str
        Of `service.COMPOSITORS`.
    command : sequence of str
        Run with the headset's environment; its exit code is the answer.
    cable_path : Path, optional
        Where the cable's file is made; else in a folder of its own, which is removed at the end.
    seed : int
        The learner's luck.
    say : callable
        Takes each line that is said.

    Returns
    -------
    int
        0, the command's exit code, or 2 for what cannot be done.
    """
    if sum((learner is not None, choreography_file is not None, live_keys)) > 1:
        say(texts["one_source"])
        return 2
    gestures = library.load(assets / "gestures")
    try:
        source = _source(assets, texts, gestures, learner, choreography_file, live_keys, seed)
    except (NotationError, LookupError, OSError) as error:
        say(error.args[0] if isinstance(error, LookupError) else str(error))
        return 2
    folder = Path(tempfile.mkdtemp(prefix="vrtrainer-headset-"))
    path = Path(cable_path) if cable_path else folder / "cable"
    environment = service.environment()
    monado = service.Service(compositor, folder, environment)
    cable = cables.make(path)
    remote = None
    try:
        if own_service:
            try:
                monado.ensure()
            except service.ServiceError as error:
                say(texts[error.key].format(**error.values))
                return 2
        remote = Remote(monado.port)
        child = Child(cable, source, remote, monado if own_service else None)
        variables = _variables(path)
        if command:
            return _with_command(child, source, list(command), environment | variables, texts, say)
        say(texts["set_these"])
        for name, value in variables.items():
            say(f"export {name}={value}")
        _until_ended(child, source, texts, say)
        return 0
    finally:
        if remote is not None:
            remote.close()
        monado.stop()
        cable.close()
        shutil.rmtree(folder, ignore_errors=True)


def _variables(path):
    manifest = service.manifest()
    found = {} if manifest is None else {"XR_RUNTIME_JSON": str(manifest)}
    return found | {cables.VARIABLE: str(path)}


def _source(assets, texts, gestures, learner, choreography_file, live_keys, seed):
    if live_keys:
        return live.Live(gestures)
    if choreography_file is not None:
        file = Path(choreography_file)
        shipped = assets / "choreographies" / f"{file.name}.toml"
        if not file.exists() and shipped.exists():
            file = shipped
        if not file.exists():
            raise LookupError(texts["no_choreography"].format(file=file))
        return Performer(choreography.read(file.read_text(encoding="utf-8"), file.name, gestures), gestures)
    name = learner or DEFAULT_LEARNER
    offered = sorted(f.stem for f in (assets / "learners").glob("*.toml"))
    if name not in offered:
        raise LookupError(texts["no_learner"].format(name=name, names=", ".join(offered)))
    who = profile((assets / "learners" / f"{name}.toml").read_text(encoding="utf-8"), f"{name}.toml")
    return Watcher(SimulatedLearner(who, seed, gestures))


class _Ended:
    """Whether somebody asked for the end: a signal, or the choreography's own."""

    def __init__(self, source):
        self.by = None  # the signal that asked for it
        self._source = source
        self._before = {s: signal.signal(s, self._ask) for s in (signal.SIGINT, signal.SIGTERM)}

    def _ask(self, number, _):
        self.by = number

    def __call__(self):
        return self.by is not None or self._source.ended(time.monotonic())

    def restore(self):
        for number, handler in self._before.items():
            signal.signal(number, handler)


def _until_ended(child, source, texts, say):
    ended = _Ended(source)
    try:
        if isinstance(source, live.Live):
            say(texts["keys"])
            with live.keys() as pressed:
                child.live(lambda: live.hears(source, pressed) or ended())
        else:
            say(texts["until_ended"])
            child.live(ended)
    finally:
        ended.restore()


def _with_command(child, source, command, environment, texts, say):
    ended = _Ended(source)
    try:
        by_keys = isinstance(source, live.Live)
        try:
            # Keys are the child's, so the command has none.
            process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL if by_keys else None)
        except OSError as error:
            say(texts["no_command"].format(command=command[0], why=error.strerror))
            return 2
        if by_keys:
            say(texts["keys"])
            with live.keys() as pressed:
                child.live(lambda: live.hears(source, pressed) or process.poll() is not None or ended())
        else:
            child.live(lambda: process.poll() is not None or ended())
        # Ctrl+C in a terminal reaches the command by itself; two of them would cut its farewell short.
        for end in (
            (lambda: None) if ended.by == signal.SIGINT else process.terminate,
            process.terminate,
            process.kill,
        ):
            if process.poll() is None:
                end()
                until = time.monotonic() + _END_SECONDS
                child.live(lambda until=until: process.poll() is not None or time.monotonic() > until)
        code = process.wait()
        return code if code >= 0 else 128 - code
    finally:
        ended.restore()
