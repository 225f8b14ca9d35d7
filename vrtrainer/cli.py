"""The commands. Arguments become options; what is heavy is imported by the command that needs it."""

import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from vrtrainer import __version__

Data = Annotated[Path | None, typer.Option("--data", metavar="FOLDER", help="Where everything is kept.")]
Lang = Annotated[str | None, typer.Option("--lang", metavar="nl|en", help="Language of all texts.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="FOLDER", help="Where to write.")]
People = Annotated[Path | None, typer.Option("--people", metavar="FOLDER", help="Recordings of people.")]

app = typer.Typer(
    name="vrtrainer",
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Imitation as a social skill, practised with avatars. Without a command it runs the built-in programme.",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool):
    if asked:
        print(f"vrtrainer {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _without_command(
    context: typer.Context,
    data: Data = None,
    lang: Lang = None,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which.")] = False,
):
    """Imitation as a social skill, practised with avatars. Without a command it runs the built-in programme."""
    context.obj = {"data": data, "lang": lang}
    if context.invoked_subcommand is None:
        run(context)


@app.command()
def run(
    context: typer.Context,
    data: Data = None,
    lang: Lang = None,
    display: Annotated[str | None, typer.Option(metavar="NAME", help="openxr, window or offscreen.")] = None,
    tracker: Annotated[str | None, typer.Option(metavar="NAME", help="openxr, recorded, simulated or nobody.")] = None,
    learner: Annotated[
        str | None, typer.Option(metavar="FILE[#column=value,…]|NAME", help="A recording, or a simulated learner.")
    ] = None,
    person: Annotated[str | None, typer.Option(metavar="CODE", help="Whose session it is; made when new.")] = None,
    programme: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help="What is done; chosen by who takes part if none.")
    ] = None,
    adult: Annotated[str, typer.Option(metavar="NAME", help="Who is beside; the learner is told.")] = "",
    resume: Annotated[
        str | None, typer.Option(metavar="SESSION", help="Go on with a session that was broken off.")
    ] = None,
    avatar: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who shows it, other than the programme says.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="The same seed gives the same session.")] = None,
    fast_clock: Annotated[bool, typer.Option("--fast-clock", help="Offscreen as fast as it goes.")] = False,
    real_time: Annotated[bool, typer.Option("--real-time", help="Offscreen at the pace of a clock.")] = False,
    face: Annotated[
        bool, typer.Option("--face", help="Consent: face and gaze are read and kept, the face is scored.")
    ] = False,
    height: Annotated[
        float | None, typer.Option(min=0.6, max=2.4, metavar="METRES", help="The learner's height; a child's if none.")
    ] = None,
    spectator: Annotated[str, typer.Option(metavar="eye|room|off", help="The window beside a headset.")] = "eye",
    dwell: Annotated[
        float | None,
        typer.Option(min=0.0, max=3.0, metavar="SECONDS", help="How long looking chooses; 0 for never, 1.2 if none."),
    ] = None,
    people: People = None,
    console: Annotated[bool, typer.Option("--console", help="Open the adult's pages in the browser too.")] = False,
):
    """Run a session: the default."""
    from vrtrainer import api

    options = api.options(
        **_where(context, data, lang),
        display=display,
        tracker=tracker,
        learner=learner,
        person=person,
        programme=programme,
        adult=adult,
        resumes=resume,
        avatar=avatar,
        seed=seed,
        fast_clock=fast_clock,
        real_time=real_time,
        face_consent=face,
        gaze_consent=face,
        height_m=height,
        spectator=spectator,
        dwell_s=dwell,
        people=people,
    )
    if console:
        api.open_console(options)
    raise typer.Exit(api.run(options))


@app.command(name="console")
def console_(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="Of 127.0.0.1; any free one if 0.")] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only say the address.")] = False,
    data: Data = None,
    lang: Lang = None,
):
    """The adult's pages in the browser of this computer: prepare, start, watch and steer a session, and look back."""
    from vrtrainer import api

    raise typer.Exit(api.console(api.options(**_where(context, data, lang)), port, not no_browser))


@app.command(name="desktop-icon")
def desktop_icon(context: typer.Context, data: Data = None, lang: Lang = None):
    """Make an icon on the desktop that opens the adult's pages."""
    from vrtrainer import api

    raise typer.Exit(api.desktop_icon(api.options(**_where(context, data, lang))))


@app.command()
def doctor(
    context: typer.Context,
    data: Data = None,
    lang: Lang = None,
    headset: Annotated[
        bool, typer.Option("--headset", help="Three minutes in the headset, and a file of what was measured.")
    ] = False,
):
    """What was found on this machine, and what to do about what was not."""
    from vrtrainer import api

    options = api.options(**_where(context, data, lang))
    raise typer.Exit(api.examine_headset(options) if headset else api.examine(options))


@app.command(name="simulate-headset", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def simulate_headset(
    context: typer.Context,
    learner: Annotated[str | None, typer.Option(metavar="NAME", help="A simulated learner who answers.")] = None,
    choreography: Annotated[
        Path | None, typer.Option(metavar="FILE|NAME", help="What the child does, moment by moment.")
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="By the keys of this terminal.")] = False,
    compositor: Annotated[str, typer.Option(metavar="null|screen", help="Where Monado shows its pictures.")] = "null",
    no_service: Annotated[bool, typer.Option("--no-service", help="Monado runs already.")] = False,
    cable: Annotated[Path | None, typer.Option(metavar="FILE", help="Where the child's file is made.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The learner's luck.")] = 0,
    data: Data = None,
    lang: Lang = None,
):
    """Be a child in a headset that is not there: Monado, moved. After -- the program whose headset it wears."""
    from vrtrainer import api

    options = api.options(**_where(context, data, lang))
    raise typer.Exit(
        api.simulate_headset(
            options,
            learner=learner,
            choreography_file=choreography,
            live_keys=live,
            own_service=not no_service,
            compositor=compositor,
            command=context.args,
            cable_path=cable,
            seed=seed,
        )
    )


@app.command()
def replay(
    context: typer.Context,
    journal: Annotated[Path, typer.Argument(metavar="JOURNAL", help="journal.mcap of a session.")],
    show: Annotated[
        bool, typer.Option("--show", help="Show it in a window, or as pictures where there is none.")
    ] = False,
    data: Data = None,
    lang: Lang = None,
):
    """Compute a session anew from its journal and compare it bit for bit."""
    from vrtrainer import api

    raise typer.Exit(api.replay(api.options(**_where(context, data, lang)), journal, show))


@app.command()
def export(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where to write.")],
    format_: Annotated[str, typer.Option("--format", metavar="NAME", help="csv.")] = "csv",
    data: Data = None,
    lang: Lang = None,
):
    """Write trials and events for other programs."""
    from vrtrainer import api

    raise typer.Exit(api.export(api.options(**_where(context, data, lang)), format_, out))


@app.command()
def report(
    context: typer.Context,
    session: Annotated[
        str, typer.Argument(metavar="[SESSION]", help="A session's folder or name; the last one if none.")
    ] = "",
    data: Data = None,
    lang: Lang = None,
):
    """Write a session's report again, for instance in another language."""
    from vrtrainer import api

    raise typer.Exit(api.report(api.options(**_where(context, data, lang)), session))


@app.command()
def gesture(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="[NAME|FILE]", help="A gesture or a gesture file; all if none.")] = "",
    out: Out = None,
    data: Data = None,
    lang: Lang = None,
):
    """Perform a gesture, its near misses too, score them, and draw it."""
    from vrtrainer import api

    raise typer.Exit(api.try_gesture(api.options(**_where(context, data, lang)), name, out))


@app.command()
def erase(
    context: typer.Context,
    person: Annotated[str, typer.Argument(metavar="CODE", help="Whose data.")],
    sure: Annotated[bool, typer.Option("--sure", help="Really erase; without it only says what there is.")] = False,
    data: Data = None,
    lang: Lang = None,
):
    """Erase everything that is kept of a person."""
    from vrtrainer import api

    raise typer.Exit(api.erase(api.options(**_where(context, data, lang)), person, sure))


def _where(context, data, lang):
    """Data folder and language: given after the command, else before it, else the machine's own."""
    before = context.obj or {}
    return {"data": data or before.get("data"), "language": lang or before.get("lang")}


def _end(_signal, _frame):
    raise KeyboardInterrupt


def main():
    """Entry point: a user's mistake is one line, never a traceback; VRTRAINER_DEBUG=1 shows where it came from."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console that cannot show a letter must not end the run
    signal.signal(signal.SIGTERM, _end)  # asked to end is ended as by Ctrl-C: everything is kept, and it says so
    try:
        app()
    except (ValueError, LookupError, OSError, ImportError, RuntimeError) as error:
        if os.environ.get("VRTRAINER_DEBUG"):
            raise
        said = error.args[0] if isinstance(error, LookupError) and error.args else error
        if isinstance(error, OSError) and error.filename is not None and error.strerror:
            said = f"{error.filename}: {error.strerror}"
        print(f"vrtrainer: {said}", file=sys.stderr)
        sys.exit(2)
    except MemoryError:
        print("vrtrainer: there is no memory left; close other programs, and start again", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
