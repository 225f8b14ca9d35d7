"""What a runtime and its headset offer, as plain values for a bug report. Nothing that says whose headset it is."""

import ctypes
import platform
import re
from pathlib import Path

import vrtrainer

_LONG_NUMBER = re.compile(r"\b(?=\w*\d\w*\d)[A-Z0-9]{8,}\b|\b[0-9a-fA-F]{12,}\b|\b\w{8}-\w{4}-\w{4}-\w{4}-\w{12}\b")
"""What may be a serial number: eight or more capitals and digits, two digits among them; long hexadecimals; UUIDs."""


def clean(text):
    """A text without what may tell whose machine it is: the home folder, the user's and machine's name, long numbers.

    Examples
    --------
    >>> clean("Quest 3 2G0YC5ZF8B00DR")
    'Quest 3 …'
    >>> clean("Monado(XRT) by Collabora et al 25.0.0")
    'Monado(XRT) by Collabora et al 25.0.0'
    """
    text = str(text)
    home = Path.home()
    private = [str(home)] + [n for n in (home.name, platform.node()) if len(n) > 3]
    for word in private:
        if len(word) > 3:
            text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "…", text)
    return _LONG_NUMBER.sub("…", text)


def of_link(link):
    """What is told once a session runs.

    Parameters
    ----------
    link : Link

    Returns
    -------
    dict
        `runtime`, `headset`, `extensions`, `tracks`, `views`, `rates_hz`, `formats`, `boundary_m`, `floor`, `holds`.
    """
    offers = link.offers
    try:
        formats = _formats(link)
    except RuntimeError:  # a runtime that has none of it to tell now
        formats = []
    return {
        "runtime": {"name": clean(offers.runtime), "version": offers.runtime_version},
        "headset": clean(offers.system_name),
        "extensions": sorted(link.extensions),
        "tracks": {
            "position": offers.tracks_position,
            "hands": offers.has_hands,
            "presence": offers.tells_presence,
            "gaze": bool(link.actions is not None and link.actions.has_gaze),
            "face": sorted(n for n in link.extensions if "face" in n or "facial" in n),
            "body": sorted(n for n in link.extensions if "body" in n),
        },
        "views_px": [list(view[:2]) for view in offers.views],
        "largest_px": list(offers.largest),
        "samples_most": [view[2] for view in offers.views],
        "rates_hz": [round(float(r), 2) for r in getattr(link, "rates", ())],
        "formats": formats,
        "opengl_needed": list(offers.gl_needed or ()),
        "blend_mode": int(link.blend_mode),
        "boundary_m": [round(v, 2) for v in link.boundary] if getattr(link, "boundary", None) else None,
        "space": link.spaces.type.name.lower(),
        "floor_known": bool(link.spaces.floor_known),
        "exact_times": bool(link.clock.exact),
        "holds": link.actions.profiles(link.session) if link.actions is not None else {},
    }


def _formats(link):
    count = ctypes.c_uint32()
    ask = link.calls.xrEnumerateSwapchainFormats
    ask(link.session, 0, ctypes.byref(count), None)
    found = (ctypes.c_int64 * count.value)()
    ask(link.session, count.value, ctypes.byref(count), found)
    return [f"0x{f:04X}" for f in found]


def of_machine(renderer=""):
    """Versions of what it runs on.

    Parameters
    ----------
    renderer : str
        The graphics card as OpenGL names it.
    """
    try:
        from importlib.metadata import version

        bindings = version("pyopenxr")
    except ImportError:
        bindings = ""
    return {
        "vrtrainer": vrtrainer.__version__,
        "pyopenxr": bindings,
        "python": platform.python_version(),
        "system": clean(f"{platform.system()} {platform.release()} {platform.machine()}"),
        "graphics": clean(renderer),
    }
