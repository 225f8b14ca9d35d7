"""Headsets as data: what was measured of each, by the name that its runtime gives it.

A profile is a TOML file under assets/headsets or `headsets/` in the data folder; the data folder's wins. Figures that
nobody measured are left out, never guessed. `assets/headsets/_template.toml` says what each line means.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a headset with its runtime.

    Parameters
    ----------
    headset, runtime : str
        As the runtime names itself and the headset.
    hand_lag_s, hand_lag_sd_s : float or None
        By how much hands come after the head, and how uncertain that is; negative where they come before it.
    hand_rate_hz, display_rate_hz : float or None
    hand_source : str
        "optical", "controller" or "" for not known.
    visible : tuple of ((float, float), (float, float))
        Pitch from and to, and yaw from and to, degrees from straight ahead (up and right positive): where hands were
        seen. Empty where it was not measured.
    measured_on : str
        The day, "" where nobody measured it.
    """

    headset: str = ""
    runtime: str = ""
    hand_lag_s: float | None = None
    hand_lag_sd_s: float | None = None
    hand_rate_hz: float | None = None
    display_rate_hz: float | None = None
    hand_source: str = ""
    visible: tuple = ()
    measured_on: str = ""

    def sees(self, yaw_deg, pitch_deg):
        """Whether a hand in that direction is within what was seen; None where that was not measured.

        Parameters
        ----------
        yaw_deg, pitch_deg : float
            From straight ahead of the head; right and up positive.

        Returns
        -------
        bool or None

        Examples
        --------
        >>> Profile(visible=(((-20.0, 0.0), (-50.0, 50.0)),)).sees(30.0, -10.0)
        True
        >>> Profile().sees(30.0, -10.0) is None
        True
        """
        if not self.visible:
            return None
        return any(low <= pitch_deg < high and left <= yaw_deg < right for (low, high), (left, right) in self.visible)


_NUMBERS = ("hand_lag_s", "hand_lag_sd_s", "hand_rate_hz", "display_rate_hz")
_WORDS = ("headset", "runtime", "hand_source", "measured_on")


def read(text, file):
    """A profile's text.

    Parameters
    ----------
    text : str
    file : str
        What errors call it.

    Returns
    -------
    Profile

    Raises
    ------
    ValueError
        With the file, the line's name and what was expected.

    Examples
    --------
    >>> read('headset = "Q"\\nhand_lag_s = 0.04', "q.toml").hand_lag_s
    0.04
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file}: this is no TOML: {error}") from None
    values = {}
    for name, value in table.items():
        if name in _NUMBERS:
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise ValueError(f"{file}: {name}: found {value!r}, expected a number")
            values[name] = float(value)
        elif name in _WORDS:
            values[name] = str(value)
        elif name == "visible":
            values[name] = _bands(value, file)
        else:
            known = ", ".join((*_WORDS, *_NUMBERS, "visible"))
            raise ValueError(f"{file}: no {name!r}; there is {known}")
    return Profile(**values)


def _bands(rows, file):
    wrong = f"{file}: visible: expected rows such as {{ pitch = [-20, 0], yaw = [-50, 50] }}, degrees"
    if not isinstance(rows, list):
        raise ValueError(wrong)
    out = []
    for row in rows:
        pairs = [row.get(key) if isinstance(row, dict) else None for key in ("pitch", "yaw")]
        for pair in pairs:
            if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(v, int | float) for v in pair)):
                raise ValueError(wrong)
        out.append(tuple(tuple(float(v) for v in pair) for pair in pairs))
    return tuple(out)


def all_of(assets, data=None):
    """Every profile by its file's name; those of the data folder win.

    Parameters
    ----------
    assets : Path
    data : Path, optional

    Returns
    -------
    dict of str to Profile
    """
    folders = [Path(assets) / "headsets"] + ([Path(data) / "headsets"] if data is not None else [])
    out = {}
    for folder in folders:
        for file in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
            if not file.stem.startswith("_"):
                out[file.stem] = read(file.read_text(encoding="utf-8"), file.name)
    return out


def of(headset, runtime, assets, data=None):
    """The profile of a headset, an empty one where there is none.

    Parameters
    ----------
    headset, runtime : str
        As the runtime gives them. A profile of another runtime is of another link to the same headset, and of no use;
        another version of the same one serves.
    assets : Path
    data : Path, optional

    Returns
    -------
    Profile
    """
    for profile in reversed(all_of(assets, data).values()):
        if profile.headset == headset and _family(profile.runtime) in ("", _family(runtime)):
            return profile
    return Profile(headset, runtime)


def of_check(doc):
    """The profile that a self-check's document gives.

    Parameters
    ----------
    doc : dict
        As `results.document` gives it.

    Returns
    -------
    Profile
    """
    found = doc["measured"]
    lag = found.get("hand_lag")
    chosen = lag[lag["by"]] if lag else None
    hands = found.get("hands")
    held = hands and max(hands[side]["from_controller"] for side in ("left", "right")) > 0.2
    bands = found.get("visible", {}).get("bands", ())
    return Profile(
        headset=doc["headset"],
        runtime=doc["runtime"]["name"],
        hand_lag_s=round(chosen["value"] * 1e-3, 4) if chosen else None,
        hand_lag_sd_s=round(chosen["sd"] * 1e-3, 4) if chosen else None,
        hand_rate_hz=found["hand_rate"]["value"] if "hand_rate" in found else None,
        display_rate_hz=round(found["frames"]["rate"]["value"], 2) if "frames" in found else None,
        hand_source="" if not hands else "controller" if held else "optical",
        visible=tuple((tuple(band["pitch"]), tuple(band["yaw"])) for band in bands),
        measured_on=doc["made"],
    )


def written(profile):
    """A profile as TOML; what is not known is left out.

    Examples
    --------
    >>> profile = Profile("Q", "R", hand_lag_s=-0.004, visible=(((-20.0, 0.0), (-50.0, 50.0)),))
    >>> read(written(profile), "q.toml") == profile
    True
    """
    rows = ["# Measured by `vrtrainer doctor --headset`; what each line means: assets/headsets/_template.toml"]
    rows += [f"{name} = {_quoted(getattr(profile, name))}" for name in _WORDS if getattr(profile, name)]
    rows += [f"{name} = {getattr(profile, name)!r}" for name in _NUMBERS if getattr(profile, name) is not None]
    if profile.visible:
        rows.append("visible = [")
        rows += [f"    {{ pitch = {list(pitch)}, yaw = {list(yaw)} }}," for pitch, yaw in profile.visible]
        rows.append("]")
    return "\n".join(rows) + "\n"


def _family(runtime):
    """A runtime's name without its version.

    Examples
    --------
    >>> _family("Monado(XRT) by Collabora et al '25.0.0'"), _family("SteamVR/OpenXR 2.7"), _family("Oculus")
    ('Monado', 'SteamVR/OpenXR', 'Oculus')
    """
    return re.split(r"[\s'(]*[\d(]", runtime, maxsplit=1)[0].strip()


def _short(profile):
    runtime = _family(profile.runtime)
    return profile.headset if runtime.lower() in profile.headset.lower() else f"{profile.headset} {runtime}"


def _quoted(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " else " " for c in escaped) + '"'


def keep(data, profile):
    """Write a profile into the data folder, where later sessions find it; its path.

    Figures of an earlier check that this one did not measure stay.

    Parameters
    ----------
    data : Path
    profile : Profile
    """
    from dataclasses import fields, replace

    from vrtrainer.openxr.results import file_name

    folder = Path(data) / "headsets"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{file_name(_short(profile))}.toml"
    if path.exists():
        before = read(path.read_text(encoding="utf-8"), path.name)
        kept = {f.name: getattr(before, f.name) for f in fields(Profile) if getattr(profile, f.name) in (None, "", ())}
        profile = replace(profile, **kept)
    path.write_text(written(profile), encoding="utf-8")
    return path
