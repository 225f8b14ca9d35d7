"""What notebooks import and the commands call: options, a session and what it is connected to, and what comes after.

from pathlib import Path
from vrtrainer import api
api.run(api.options(data=Path("data"), learner="sam", display="offscreen", fast_clock=True, seed=1))
"""

import contextlib
import locale
import os
import secrets
import signal
import sys
import threading
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace

from vrtrainer import app, choices, displays, setups, trackers
from vrtrainer.console.link import Bulletin
from vrtrainer.openxr import runtime
from vrtrainer.openxr.runtime import HeadsetError
from vrtrainer.sessions.commands import Inbox

LANGUAGES_FIRST = ("nl", "en")
FIRST_DISPLAYS = ("openxr", "window", "offscreen")
"""The order in which displays are tried."""
HEADSET = "openxr"
SIMULATED = "VRTRAINER_SIMULATED_HEADSET"
"""Names the file by which `vrtrainer simulate-headset` plays the child in the headset."""


@dataclass(frozen=True, slots=True, eq=False)
class Options:
    """Everything a run was asked for; displays and trackers take from it what they use.

    `language` and `data` are always filled in; `display`, `tracker` and `learner` once they are chosen; `link` where
    there is a headset; `prepare` (avatars, scene) before the display is connected, so that it has loaded them.
    """

    data: Path
    language: str
    texts: dict
    content: SimpleNamespace
    display: str | None = None
    tracker: str | None = None
    learner: str | None = None
    person: str | None = None
    programme: str | None = None
    adult: str = ""
    resumes: str | None = None
    resume: dict = field(default_factory=dict)
    programme_text: str | None = None
    avatar: str | None = None
    seed: int = 0
    fast_clock: bool = False
    real_time: bool = False
    face_consent: bool = False
    gaze_consent: bool = False
    people: Path | None = None
    folder: Path | None = None
    rate: float = 30.0
    msaa: int = 4
    height_m: float | None = None
    spectator: str = "eye"
    dwell_s: float | None = None
    link: object = None
    prepare: tuple = ((), "")
    commands: Inbox = field(default_factory=Inbox)
    say: object = print


def options(*, data=None, language=None, people=None, seed=None, **asked):
    """Options with the machine's own defaults filled in.

    Raises
    ------
    LookupError
        If there is no such language.
    """
    content = SimpleNamespace(**{kind: choices.content(kind) for kind in choices.KINDS})
    language = language or _own_language()
    known = sorted(f.stem for f in (content.assets / "language").glob("*.toml"))
    if language not in known:
        raise LookupError(f"--lang: there is no language {language!r}; there is {', '.join(known)}")
    if data is None:
        from platformdirs import user_data_path

        data = user_data_path("vrtrainer", appauthor=False)
    if people is None and os.environ.get("VRTRAINER_PEOPLE"):
        people = Path(os.environ["VRTRAINER_PEOPLE"])
    return Options(
        data=Path(data).expanduser().absolute(),
        language=language,
        texts=texts_of(content, language),
        content=content,
        people=people,
        seed=secrets.randbelow(2**31) if seed is None else seed,
        **asked,
    )


def _own_language():
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    spoken = spoken or (locale.getlocale()[0] or "")
    return "nl" if spoken.lower().startswith(("nl", "dutch")) else "en"


def texts_of(content, language):
    """A language's tables, and English where it has none."""
    folder = content.assets / "language"
    english, own = (tomllib.loads((folder / f"{c}.toml").read_text(encoding="utf-8")) for c in ("en", language))
    return {section: {**table, **own.get(section, {})} for section, table in english.items()}


# A session


def run(options):
    """Run a session and leave journal, database and report; an exit code."""
    from vrtrainer.records.database import Database

    say = options.say
    with Database(options.data) as database, contextlib.ExitStack() as closing:
        for sentence in database.recover():
            say(sentence)
        options, display, why = _with_display(options)
        if options.link is not None:
            closing.callback(options.link.close)  # app closes it; this is for what fails before it gets there
        options, tracker_module, said = _with_tracker(options, why)
        shown = options.texts["run"][f"chosen_{options.display}"].format(why=options.texts["run"].get(why, why))
        tracker = tracker_module.connect(options)
        say(f"{shown} {said.format(count=tracker.sequences)}")
        _, drawn = display.available()
        if options.display == FIRST_DISPLAYS[-1] and drawn:
            say(options.texts["run"]["drawn_as_svg"].format(why=options.texts["run"].get(drawn, drawn)))
        options = setups.going_on(setups.person_of(options, database), database)
        plain = setups.plain_of(options, database, tracker)
        options = replace(_with_folder(options), prepare=(tuple(plain["bodies"]), plain["scene"]))
        return _through(options, database, display, tracker, plain)


def _through(options, database, display_module, tracker, plain):
    """One run between its beginning and its report."""
    from vrtrainer.console.publisher import Publisher
    from vrtrainer.records import people
    from vrtrainer.records.database import Recorder
    from vrtrainer.records.journal import Journal, versions
    from vrtrainer.records.schema import now

    say, texts = options.say, options.texts["run"]
    session = setups.session_of(plain)
    person = people.find(database, options.person) if options.person else None
    number = database.begin_session(
        options.folder,
        person=person.id if person else None,
        programme=(plain["programme"]["name"], plain["programme"]["hash"], plain["programme"]["text"]),
        language=options.language,
        seed=options.seed,
        display=options.display,
        tracker=options.tracker,
        learner=options.learner or "",
        versions=versions(),
        adult=_adult(database, options),
        resumed_from=options.resume.get("session"),
    )
    journal = Journal(options.folder / "journal.mcap", plain, options.tracker)
    recorder = Recorder(database.path, number)
    watching = Bulletin(recorder, *([_Progress(session, texts["progress"])] if _on_a_terminal() else []))
    _ends_by_signal(watching)  # before run.json is there: whoever reads it may ask this process to end at once
    publisher = Publisher(
        options.data,
        options.commands,
        session=options.folder.name,
        person=person.code if person else "",
        started=now(),
        versions=versions(),
        faults=lambda: (journal.fault, recorder.fault),
    )
    if publisher.fault:
        say(options.texts["console_live"]["no_console"].format(what=publisher.fault))
    watching.tell(publisher)
    try:
        code = _looped(options, display_module, tracker, session, journal, watching)
    except (RuntimeError, OSError, MemoryError) as error:  # what a machine does to a session
        raise RuntimeError(_broken_off(options, database, number, error)) from error
    faults = [fault for fault in (journal.fault, recorder.fault) if fault]
    for fault in faults:
        say(texts["fault"].format(what=fault.told(options.texts)))
    say(texts["over"].format(trials=session.trials_ended, seconds=round(session.seconds)))
    kept = _kept(options, database, number, journal, recorder, person, session)
    return code or int(bool(faults) or not kept)


def _looped(options, display_module, tracker, session, journal, watching):
    """The loop with what it is connected to, all closed again; an exit code."""
    from vrtrainer.trackers._door import Door

    code = 0
    try:
        display = display_module.connect(options)
        consents = {"face": options.face_consent, "gaze": options.gaze_consent}
        door = Door(tracker, **consents, sign=session.manner.stop_sign)
        app.run(display, door, session, options.commands, journal, watching, options.link)
    except KeyboardInterrupt:
        options.say(options.texts["run"]["interrupted"])
        code = 130
    finally:
        journal.close()
        watching.close()
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, signal.default_int_handler)
    return code


def _broken_off(options, database, number, error):
    """What ended a session that nobody wanted to end, and how to go on with it where something was done."""
    from vrtrainer.records import sessions
    from vrtrainer.records.schema import DatabaseError

    what = str(error)
    if isinstance(error, HeadsetError):
        what = error.told(options.texts)
    elif isinstance(error, MemoryError):
        what = options.texts["faults"]["no_memory"]
    elif isinstance(error, OSError) and error.filename is not None and error.strerror:
        what = f"{error.filename}: {error.strerror}"
    try:
        database.end_session(number, "fault", what)
        if any(one.id == number for one in sessions.unfinished(database)):
            return options.texts["faults"]["broken_off"].format(what=what, session=options.folder.name)
    except DatabaseError:
        pass  # the next start completes it from its journal
    return what


def _kept(options, database, number, journal, recorder, person, session):
    """Write what a session leaves besides its journal, and say where all is; False where something is missing."""
    from vrtrainer.records import erase as erasing
    from vrtrainer.records.schema import DatabaseError

    say, texts, amiss = options.say, options.texts["run"], options.texts["faults"]
    try:
        there = database.another()  # where it was taken away underneath, another file stands there now
        with there:
            if not recorder.fault:  # else the next start brings from the journal what the database lacks
                there.end_session(number, journal.ended, journal.fault)
            if person is not None:
                setups.keep(there, person, session)
                if session.room.kept.get("keep") is not False:
                    there.keep_model(person.id, number, session.chooser.model.to_dict())
            if session.room.kept.get("keep") is False:
                say(texts["session_erased"].format(path=erasing.erase_session(there, number)))
                return True
            say(texts["report"].format(path=_report(options, there, number)))
    except DatabaseError as error:
        say(texts["fault"].format(what=amiss["kept_later"].format(what=error)))
        return False
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else error.strerror or error
        say(texts["fault"].format(what=amiss["no_report"].format(what=what, session=options.folder.name)))
        return False
    say(texts["database"].format(path=database.path))
    say(texts["journal"].format(path=journal.path))
    return True


def _adult(database, options):
    """The id of who is beside, added when new; None for nobody."""
    from vrtrainer.records import adults

    if not options.adult:
        return None
    return (adults.find(database, options.adult) or adults.add(database, options.adult, language=options.language)).id


def _ends_by_signal(watching):
    """Ctrl-C and a request to end take effect at the next frame.

    A KeyboardInterrupt raised just anywhere can be lost in a callback of a C library; asked for a second time it is
    raised at once all the same.
    """
    if threading.current_thread() is not threading.main_thread():
        return  # a notebook's own thread keeps its signals

    def end(_signal, _frame):
        if watching.interrupted:
            raise KeyboardInterrupt
        watching.interrupted = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)


def _report(options, database, number):
    from vrtrainer.reports import family

    page = family.write(database, number, options.content, options.texts, options.language)
    database.keep_report(number, page)
    return page


def _on_a_terminal():
    return sys.stderr.isatty()


class _Progress:
    """A bar over the trials of a session, told what the loop posts."""

    def __init__(self, session, title):
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._bar = Progress(
            TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=Console(stderr=True)
        )
        self._bar.start()
        self._task = self._bar.add_task(title, total=session.trials_total)

    def post(self, frame, shown, events):
        for event in events:
            if event.trial_type == "trial_ended":
                self._bar.advance(self._task)
            elif event.trial_type == "session_over":
                self._bar.update(self._task, completed=self._bar.tasks[0].total)

    def close(self):
        self._bar.stop()


# What is connected


def _with_display(options):
    """The display asked for, or the first that works; its module and why."""
    texts = {**options.texts["headset"], **options.texts["run"]}
    if options.display is not None:
        module = choices.load(displays, options.display)
        works, why = module.available()
        if not works:
            raise RuntimeError(f"--display {options.display}: {_why(texts, why)}")
        try:
            options = _linked(options, module)
        except HeadsetError as error:
            raise RuntimeError(f"--display {options.display}: {error.told(options.texts)}") from error
        return replace(options, fast_clock=options.fast_clock and not options.real_time), module, "asked_for"
    reasons = []
    for name in (n for n in FIRST_DISPLAYS if n in choices.names(displays)):
        module = choices.load(displays, name)
        works, why = module.available()
        if works:
            try:
                options = _linked(options, module)
            except HeadsetError as error:
                options.say(error.told(options.texts))  # there is a runtime, so somebody may have meant to use it
                reasons.append("no_headset")
                continue
            # An offscreen run that nobody asked for by name uses the fast clock (DESIGN 1).
            fast = options.fast_clock or (name == FIRST_DISPLAYS[-1] and not options.real_time)
            why = f" {texts['and']} ".join(texts.get(r, r) for r in (reasons or [why]))
            return replace(options, display=name, fast_clock=fast), module, why
        reasons.append("no_headset" if name == FIRST_DISPLAYS[0] else why)
    raise RuntimeError(f"displays: none works; {options.texts['errors']['see_doctor']}")


def _why(texts, key):
    """A reason's sentence; what stands in braces is of another case."""
    return texts.get(key, key)


def _linked(options, display_module):
    """The options with the Link that this display, and the tracker that goes with it, want; without, as they were."""
    from vrtrainer.openxr import connect, wishes

    modules = [display_module]
    if not hasattr(display_module, "WISHES"):
        return options
    if options.tracker == HEADSET or (options.tracker is None and options.learner is None):
        modules.append(choices.load(trackers, HEADSET))
    layers, extra, watcher = (), (), None
    if os.environ.get(SIMULATED):
        from vrtrainer.links.monado import layer

        simulated = layer.install(os.environ[SIMULATED])
        layers, extra, watcher = (simulated.name,), simulated.offers, simulated.sees
    link = connect(wishes.collected(*modules), layers=layers, extra=extra)
    link.watcher = watcher
    return replace(options, link=link)


def _with_tracker(options, why):
    """The tracker asked for, or that a learner implies, or that goes with the display; its module and what to say."""

    texts = options.texts
    learners = choices.listing(options.content.assets / "learners")
    unattended = options.display == "offscreen"
    learner, tracker = options.learner, options.tracker
    if learner is None and (tracker == "simulated" or (tracker is None and unattended)):
        learner = learners[learners.index("sam")] if "sam" in learners else learners[0]
    implied = None
    if learner is not None:
        implied = "simulated" if learner in learners else "recorded"
        if implied == "recorded" and not _looks_like_a_file(learner):
            raise LookupError(
                f"--learner: there is no simulated learner {learner!r} and no such file; there is {', '.join(learners)}"
            )
        if tracker not in (None, implied):
            raise ValueError(texts["errors"]["contradiction"].format(learner=learner, implied=implied, asked=tracker))
    tracker = implied or tracker or (HEADSET if options.display == HEADSET else "nobody")
    if tracker == HEADSET and options.display != HEADSET:
        raise ValueError(texts["errors"]["headset_tracker_alone"])
    if tracker == "recorded" and learner is None:
        raise ValueError(texts["errors"]["no_learner"].format(known=", ".join(learners)))
    module = choices.load(trackers, tracker)
    if not module.TRACKS and unattended:
        raise ValueError(texts["errors"]["no_learner"].format(known=", ".join(learners)))
    said = texts["run"].get(f"tracker_{tracker}", tracker)
    reason = texts["run"]["simulated_takes_part" if options.learner is None else "asked_for"]
    said = said.replace("{name}", str(learner)).replace("{why}", reason).replace("{file}", str(learner))
    return replace(options, learner=learner, tracker=tracker), module, said


def _looks_like_a_file(text):
    path = Path(text.partition("#")[0])
    return path.suffix.lower() in (".npz", ".csv", ".bvh") or path.exists() or len(path.parts) > 1


def _with_folder(options):

    from vrtrainer.records import people

    code = options.person or (options.learner if options.tracker == "simulated" else "")
    return replace(options, folder=people.session_folder(options.data, code or ""))


# Afterwards


def replay(options, journal, show):
    """Compute a session anew from its journal and say whether it is the same; an exit code."""
    from vrtrainer.records import reading
    from vrtrainer.records.replay import Comparison

    texts = options.texts["run"]
    recorded = reading.read(journal)
    comparison = Comparison(recorded, setups.session_of(recorded.setup))
    if show:
        _shown_again(options, comparison, Path(journal))
    for _ in comparison.steps():
        pass
    result = comparison.result
    key = "replay_same" if result.same else "replay_differs" if result.frames else "replay_nothing"
    options.say(
        texts[key].format(frames=result.frames, events=result.events, hashes=result.hashes, what=result.difference)
    )
    if result.cut_off:
        options.say(texts["replay_cut_off"].format(what=result.cut_off))
    return 0 if result.same else 1


def _shown_again(options, comparison, journal):
    """Step a comparison at the pace of a display; the display draws the newest tableau that is due."""
    options, module, _ = _with_display(replace(options, folder=journal.parent / "replay"))
    display, steps = module.connect(options), comparison.steps()
    newest = next(steps, None)
    began = ended = None
    try:
        for tick in display.frames():
            if newest is None or any(order.name in ("stop", "finish") for order in options.commands.take()):
                return
            began = (tick.time, newest[0].time) if began is None else began
            # A frame that a report keeps is drawn even when the next one is due already.
            while newest[0].time - began[1] < tick.time - began[0] and not (newest[2].keep and newest is not ended):
                following = next(steps, None)
                if following is None:
                    return
                newest = following
            ended = newest
            display.draw(tick, newest[2])
    finally:
        display.close()


def export(options, format_, out):
    """Write trials and events for other programs; an exit code."""
    from vrtrainer.records import exports
    from vrtrainer.records.database import Database

    module = choices.load(exports, format_)
    with Database(options.data) as database:
        paths, left_out = module.export(database, out)
    for line in (*paths, *left_out):
        options.say(str(line))
    return 0


def report(options, session):
    """Write a session's report again; an exit code."""
    from vrtrainer.records.database import Database

    with Database(options.data) as database:
        options.say(str(_report(options, database, database.session(session)["id"])))
    return 0


def erase(options, person, sure):
    """Say what is kept of a person, and erase it when that is sure; an exit code."""
    from vrtrainer.records import erase as erasing
    from vrtrainer.records.database import Database

    texts = options.texts["run"]
    with Database(options.data) as database:
        was = erasing.erase(database, person) if sure else erasing.kept_of(database, person)
    key = "erased" if sure else "would_erase"
    options.say(texts[key].format(code=was.code, sessions=was.sessions, trials=was.trials))
    for folder in was.folders:
        options.say(f"  {folder}")
    return 0


def examine(options):
    """What the doctor found; an exit code: 0 when a session can run."""
    texts, code = options.texts["doctor"], 0
    for found in _findings(options):
        what, told = texts[found.what], texts[found.found].format(**found.values)
        options.say(f"{texts[found.state]:8} {what}: {told}")
        if found.advice:
            options.say(f"{'':8} -> {texts[found.advice]}")
        if found.state == "broken" and found.what in ("content", "data"):
            code = 1
    return code


def _findings(options):
    """What the doctor finds on this machine, one after the other."""
    from vrtrainer import doctor

    kinds = {"avatars": options.content.avatars, "scenes": options.content.scenes}
    counts = {k: len(choices.listing(v)) for k, v in kinds.items()}
    counts |= {k: len(choices.listing(options.content.assets / k)) for k in ("gestures", "programmes", "learners")}
    return doctor.findings(options.data, options.content.assets.parent, counts)


def console(options, port=0, browser=True):
    """The adult's pages on this computer, until they are ended; an exit code."""
    from vrtrainer.console import server

    return server.run(
        options.data,
        options.content,
        options.language,
        port=port,
        browser=browser,
        say=options.say,
        findings=lambda: _findings(options),
    )


def open_console(options):
    """Start the console as a process of its own, which opens the browser; it outlives this one."""
    from vrtrainer.console import start_run

    start_run.detached(["console", "--data", options.data, "--lang", options.language])


def desktop_icon(options):
    """An icon that opens the console; an exit code."""
    from vrtrainer.console import icon

    words = options.texts["console_live"]
    for path in icon.make(options.data, options.language, words["icon_name"], words["icon_about"]):
        options.say(words["icon_made"].format(path=path))
    return 0


def simulate_headset(options, **asked):
    """Be a child in a headset, for this or another program; an exit code. As `links.monado.command.run` takes it."""
    from vrtrainer.links.monado import command

    return command.run(assets=options.content.assets, texts=options.texts["simulate"], say=options.say, **asked)


def examine_headset(options, pace=1.0, length=1.0):
    """Three minutes of looking, reaching and clapping in the headset, and a file for a bug report; an exit code.

    `pace` and `length` are how much of the time for reading and for doing is given.
    """
    from vrtrainer import doctor
    from vrtrainer.openxr import profiles, results, selfcheck

    say, texts = options.say, options.texts["selfcheck"]
    module = choices.load(displays, HEADSET)
    works, why = module.available()
    if not works:
        # Sentences of what a runtime lacks have values in them, which the attempt to connect fills in.
        try:
            runtime.found()
        except HeadsetError as error:
            say(error.told(options.texts))
        else:
            say({**options.texts["headset"], **options.texts["run"]}.get(why, why))
        return 1
    options = replace(options, display=HEADSET, tracker=HEADSET, prepare=((), selfcheck.SCENE))
    try:
        options = _linked(options, module)
        with contextlib.closing(options.link):
            say(texts["begin"])
            found = doctor.headset(options, choices.load(trackers, HEADSET).connect, pace, length)
    except HeadsetError as error:
        say(error.told(options.texts))
        return 1
    if found is None:
        say(texts["nothing"])
        return 1
    if found["ended"] == "nobody":
        say(texts["nobody"])
    point = options.texts["captions"].get("decimal", ".")
    for line in results.lines(found):
        values = {k: str(v).replace(".", point) if isinstance(v, float) else v for k, v in line.values.items()}
        say(f"{options.texts['doctor'][line.state]:8} {texts[line.what]}: {texts[line.told].format(**values)}")
    say(texts["file"].format(path=results.write(options.data, found)))
    say(texts["what_file"])
    say(texts["profile"].format(path=profiles.keep(options.data, profiles.of_check(found))))
    return 0


# Gestures


def try_gesture(options, name, out):
    """Perform a gesture and its near misses, score them against it, and draw it; an exit code."""
    from vrtrainer.imitation import ways
    from vrtrainer.reports import gesture_sheet

    known = setups.gestures_of(options)
    if not name:
        for line in gesture_sheet.listed(known, options.language):
            options.say(line)
        return 0
    one = gesture_sheet.chosen(name, known)
    for line in gesture_sheet.scored(one, choices.load(ways, "vrtrainer"), options.texts, options.language):
        options.say(line)
    if out is not None:
        avatar = options.avatar or choices.listing(options.content.avatars)[-1]
        for path in gesture_sheet.drawn(one, avatar, options.content, options.language, out):
            options.say(str(path))
    return 0
