"""A self-check's samples as figures, as sentences and as the file that goes with a bug report.

Rule 1: every figure has its unit and, where it is uncertain, one standard deviation; what was not measured, a reason.
Rule 2: no name of a person, no path, no serial number: `inventory.clean` goes over every text.
"""

import json
import re
from dataclasses import dataclass, field

import numpy as np

from vrtrainer.human.observation import INFERRED, MEASURED
from vrtrainer.human.skeleton import SIDES
from vrtrainer.openxr import measures
from vrtrainer.openxr.inventory import clean

SCHEMA = 1
APART_M = (0.045, 0.080)  # between pupils of children and adults, with a margin (Dodgson 2004: 52 to 78 mm of adults)
LATE = 0.05  # share of late frames from which it is worth a look
COMFORTABLE_HZ = 60.0  # pictures a second below which a headset is hard on the wearer
CELLS = 12  # of 10 by 10 degrees that hands have to have been in for a visible volume to be told
ENOUGH = 0.5  # share of samples in which a hand has to be measured for what is asked of it to count


@dataclass(frozen=True, slots=True)
class Line:
    """One line: key of what it is about and of the sentence (`selfcheck` in assets/language), and its state.

    `state` is good, missing, broken or note, as the doctor has them; `values` stand in the sentence's braces.
    """

    what: str
    state: str
    told: str
    values: dict = field(default_factory=dict)


def _figure(measured, unit, scale=1.0):
    return {
        "value": round(measured.value * scale, 4),
        "sd": round(measured.sd * scale, 4),
        "unit": unit,
        "count": measured.count,
    }


def figures(check, views=None):
    """Everything that was measured, and why what is missing was not.

    Parameters
    ----------
    check : SelfCheck
    views : ndarray, shape (T, 2, 7), optional
        Poses of both views (`displays._selfcheck`).

    Returns
    -------
    tuple of (dict, dict)
        Figures by name; and name → reason, of `skipped`, `nobody_moved`, `hand_not_seen`, `no_hands`, `no_frames`,
        `not_answered`, `not_as_one`.
    """
    out, missing = {}, {}
    _frames(check, out, missing)
    _eyes(check, views, out, missing)
    has_hands = any((check.all[side]["how"] >= INFERRED).any() for side in SIDES)
    if has_hands:
        _hands(check, out, missing)
        _lags(check, out, missing)
        _claps(check, out, missing)
    else:
        missing |= dict.fromkeys(("hands", "hand_rate", "hand_jitter", "visible", "hand_lag", "claps"), "no_hands")
    _heights(check, out, missing)
    _worn(check, out, missing)
    return out, missing


def _why(check, step, otherwise):
    how = check.how.get(step)
    return "skipped" if how in ("skipped", None, "broken_off") else otherwise


def _frames(check, out, missing):
    drawn = check.all[check.all["active"]]
    told = float(np.median(drawn["period"])) if len(drawn) else 0.0
    paced = measures.pace(drawn["time"], told)
    if paced is None:
        missing["frames"] = "no_frames"
        return
    rate, late = paced
    out["frames"] = {
        "rate": _figure(rate, "Hz"),
        "rate_told": {"value": round(1.0 / told, 2), "unit": "Hz"} if told > 0 else None,
        "late": {"value": round(late, 4), "unit": "share"},
        "ahead": {"value": round(float(np.median(drawn["ahead"])) * 1e3, 2), "unit": "ms"},
        "seconds": {"value": round(float(np.ptp(drawn["time"])), 1), "unit": "s"},
    }
    out["head_seen"] = {"value": round(float((drawn["head_how"] == MEASURED).mean()), 4), "unit": "share"}
    rest = check.taken("rest")
    trembling = measures.jitter(rest["time"], _where(rest["eyes"], rest["head_how"] == MEASURED))
    if trembling is None:
        missing["head_jitter"] = _why(check, "rest", "no_frames")
    else:
        out["head_jitter"] = _figure(trembling, "mm", 1e3)
    look = check.taken("look")
    turned = measures.heading(look["head"]) if len(look) else np.zeros(0)
    if np.isfinite(turned).sum() < 30 or np.nanmax(turned) - np.nanmin(turned) < 0.2:
        missing["head_turn"] = _why(check, "look", "nobody_moved")
    else:
        out["head_turn"] = {"value": round(float(np.degrees(np.nanmax(turned) - np.nanmin(turned))), 1), "unit": "deg"}


def _where(positions, good):
    return np.where(np.asarray(good)[:, None], positions, np.nan)


def _eyes(check, views, out, missing):
    apart = measures.eyes_apart(views) if views is not None and len(views) else None
    if apart is None:
        missing["eyes"] = "no_frames"
    else:
        out["eyes"] = {"apart": _figure(apart[0], "mm", 1e3), "left_first": apart[1]}
    answer = check.answers.get("signs")
    if answer is None:
        missing["eye_order"] = "skipped" if check.how.get("signs") in ("skipped", None) else "not_answered"
    else:
        # The left eye sees the ball and the right eye the box; the left one was closed.
        out["eye_order"] = {"saw": answer, "good": answer == "box"}


def _hands(check, out, missing):
    seen = check.all[check.all["active"]]
    out["hands"] = {
        side: {
            "measured": round(float((seen[side]["how"] == MEASURED).mean()), 4),
            "inferred": round(float((seen[side]["how"] == INFERRED).mean()), 4),
            "from_controller": round(float(seen[side]["controller"].mean()), 4),
            "unit": "share",
        }
        for side in SIDES
    }
    rates = [r for side in SIDES if (r := _hand_rate(seen, side)) is not None]
    if rates:
        best, by = max(rates, key=lambda pair: pair[0].count)
        out["hand_rate"] = {**_figure(best, "Hz"), "by": by}
    else:
        missing["hand_rate"] = "hand_not_seen"
    rest = check.taken("rest")
    still = [
        j for s in SIDES
        if (j := measures.jitter(rest["time"], _where(rest[s]["tip"], rest[s]["how"] == MEASURED))) is not None
    ]  # fmt: skip
    if still:
        out["hand_jitter"] = _figure(max(still, key=lambda j: j.value), "mm", 1e3)
    else:
        missing["hand_jitter"] = _why(check, "rest", "hand_not_seen")
    _visible(check, out, missing)


def _hand_rate(seen, side):
    hand = seen[side]
    good = hand["how"] == MEASURED
    told = np.where(good, hand["sampled"], np.nan)
    if np.isfinite(told).sum() > 30:
        return measures.fresh_rate(seen["time"], told), "sample_time"
    rate = measures.fresh_rate(seen["time"], _where(np.concatenate([hand["wrist"], hand["tip"]], axis=1), good))
    # A runtime that predicts changes every frame, also without anything new: then this is no more than a ceiling.
    return None if rate is None else (rate, "changes")


def _visible(check, out, missing):
    reach = check.taken("reach")
    if len(reach) < 60:
        missing["visible"] = _why(check, "reach", "no_frames")
        return
    time = np.concatenate([reach["time"], reach["time"] + np.ptp(reach["time"]) + 10.0])
    seen = np.concatenate([measures.from_head(reach["head"], reach["eyes"], reach[s]["wrist"]) for s in SIDES])
    how = np.concatenate([reach[s]["how"] for s in SIDES])
    found = measures.volume(time, seen, how == MEASURED, how >= INFERRED)
    if found is None or found.cells < CELLS:
        missing["visible"] = "hand_not_seen" if found is None else "nobody_moved"
        return
    yaws = [yaw for _, band in found.bands for yaw in band]
    out["visible"] = {
        "bands": [{"pitch": list(pitch), "yaw": list(yaw)} for pitch, yaw in found.bands],
        "unit": "deg",
        "yaw": [min(yaws), max(yaws)],
        "pitch": [found.bands[0][0][0], found.bands[-1][0][1]],
        "distance_m": [round(found.near, 3), round(found.far, 3)],
        "measured": round(found.measured, 4),
        "inferred": round(found.inferred, 4),
        "lost_at": [list(at) for at in found.lost],
        "cells": found.cells,
        "count": found.count,
    }


def _lags(check, out, missing):
    """Hands behind the head: with a hand on the chin, and with both hands held out while the whole body turns."""
    found, why = {}, []
    chin = check.taken("chin")
    if len(chin):
        head = measures.heading(chin["head"])
        ones, seen = [], False
        for side in SIDES:
            good = chin[side]["how"] == MEASURED
            if good.mean() < ENOUGH:
                continue
            seen = True
            with_hand = measures.heading(_where(chin[side]["turned"], good))
            one = measures.lag(chin["time"], head, with_hand)
            if one is not None:
                ones.append(one)
        if ones:
            found["chin"] = max(ones, key=lambda one: one.alike)
        why.append("nobody_moved" if _still(head) else "not_as_one" if seen else "hand_not_seen")
    tray = check.taken("tray")
    if len(tray):
        head = measures.heading(tray["head"])
        good = (tray["left"]["how"] == MEASURED) & (tray["right"]["how"] == MEASURED)
        line = measures.heading_between(_where(tray["left"]["wrist"], good), _where(tray["right"]["wrist"], good))
        one = measures.lag(tray["time"], head, line) if good.mean() >= ENOUGH else None
        if one is not None:
            found["tray"] = one
        why.append("nobody_moved" if _still(head) else "hand_not_seen" if good.mean() < ENOUGH else "not_as_one")
    if not found:
        order = ("not_as_one", "hand_not_seen", "nobody_moved")
        missing["hand_lag"] = next((w for w in order if w in why), "skipped")
        return
    name = "chin" if "chin" in found else "tray"
    out["hand_lag"] = {
        "by": name,
        **{
            key: {"value": round(one.seconds * 1e3, 2), "sd": round(one.sd * 1e3, 2), "unit": "ms",
                  "alike": round(one.alike, 4), "share": round(one.share, 4)}
            for key, one in found.items()
        },
    }  # fmt: skip


def _still(angle):
    return np.isfinite(angle).sum() < 30 or np.nanmax(angle) - np.nanmin(angle) < 0.2


def _claps(check, out, missing):
    clap = check.taken("clap")
    found = None
    if len(clap) > 30:
        good = (clap["left"]["how"] == MEASURED) & (clap["right"]["how"] == MEASURED)
        found = measures.claps(clap["time"], clap["left"]["palm"], clap["right"]["palm"], good)
    if found is None:
        missing["claps"] = _why(check, "clap", "nobody_moved")
        return
    out["claps"] = {
        "count": found.count,
        "fastest": {"value": round(found.fastest, 2), "unit": "m/s"},
        "nearest": {"value": round(found.nearest * 1e3), "unit": "mm"},
        "lost": {"value": round(found.lost, 4), "unit": "share"},
    }


def _heights(check, out, missing):
    for step, name in (("rest", "eye_height_at_rest"), ("stand", "eye_height_standing")):
        rows = check.taken(step)
        high = measures.height(_where(rows["eyes"], rows["head_how"] == MEASURED)) if len(rows) else None
        if high is None:
            missing[name] = _why(check, step, "no_frames")
        else:
            out[name] = _figure(high, "m")


def _worn(check, out, missing):
    if check.presence["off"]:
        out["worn"] = {"off_seen": True, "on_seen": bool(check.presence["on"])}
    else:
        missing["worn"] = _why(check, "off", "nobody_moved")


def document(check, views, inventory, machine, made):
    """Everything as the file keeps it: JSON's plain values.

    Parameters
    ----------
    check : SelfCheck
    views : ndarray or None
    inventory, machine : dict
        As `inventory.of_link` and `of_machine` give them.
    made : str
        The day, YYYY-MM-DD.

    Returns
    -------
    dict
    """
    found, missing = figures(check, views)
    missing["sound"] = "no_microphone"  # claps are seen, never heard: no microphone is read
    return _cleaned(
        {
            "schema": SCHEMA,
            "made": made,
            "machine": machine,
            **inventory,
            "steps": dict(check.how),
            "ended": check.ended,
            "measured": found,
            "not_measured": missing,
        }
    )


def _cleaned(value):
    if isinstance(value, dict):
        return {key: _cleaned(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(v) for v in value]
    return clean(value) if isinstance(value, str) and not value.startswith(("XR_", "0x")) else value


def file_name(text):
    """A name as a file may have it.

    Examples
    --------
    >>> file_name("SteamVR/OpenXR : oculus")
    'steamvr-openxr-oculus'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "headset"


def write(folder, doc):
    """Write the file for a bug report; its path.

    Parameters
    ----------
    folder : Path
        The data folder.
    doc : dict
        As `document` gives it.
    """
    into = folder / "selfcheck"
    into.mkdir(parents=True, exist_ok=True)
    stem = f"{doc['made']}-{file_name(doc['headset'])}"
    path, number = into / f"{stem}.json", 1
    while path.exists():  # an earlier check is never written over
        number += 1
        path = into / f"{stem}-{number}.json"
    path.write_text(json.dumps(doc, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def lines(doc):
    """The file as lines that a person reads.

    Parameters
    ----------
    doc : dict

    Returns
    -------
    list of Line
    """
    found, missing = doc["measured"], doc["not_measured"]
    runtime = doc["runtime"]
    out = [
        Line("runtime", "good", "runtime_is", {"name": runtime["name"], "version": runtime["version"]}),
        Line("headset", "good", "headset_is", {"name": doc["headset"], "count": len(doc["extensions"])}),
    ]
    floor = "floor_known" if doc["floor_known"] else "floor_guessed"
    out.append(Line("floor", "good" if doc["floor_known"] else "note", floor))
    out.append(Line("boundary", "good", "boundary_is", _size(doc["boundary_m"])) if doc["boundary_m"]
               else Line("boundary", "note", "boundary_none"))  # fmt: skip
    tell = {
        "frames": _line_frames, "head_jitter": _line_jitter, "head_turn": _line_turn, "eyes": _line_eyes,
        "eye_order": _line_order, "hands": _line_hands, "hand_rate": _line_rate, "hand_jitter": _line_jitter,
        "visible": _line_visible, "hand_lag": _line_lag, "claps": _line_claps, "eye_height_at_rest": _line_height,
        "eye_height_standing": _line_height, "worn": _line_worn,
    }  # fmt: skip
    for name, line in tell.items():
        if name in found:
            out.append(line(name, found[name]))
        elif name in missing:
            out.append(Line(name, "missing", f"why_{missing[name]}"))
    out.append(Line("sound", "missing", "why_no_microphone"))
    tracks = doc["tracks"]
    for name in ("face", "gaze", "body"):
        out.append(Line(name, "good" if tracks[name] else "missing", "offered" if tracks[name] else "not_offered"))
    return out


def _size(boundary):
    return {"width": boundary[0], "depth": boundary[1]}


def _line_frames(name, f):
    late = f["late"]["value"]
    rate = f["rate"]["value"]
    values = {"rate": round(rate, 1), "late": round(100 * late, 1), "ahead": round(f["ahead"]["value"])}
    return Line(name, "good" if late <= LATE and rate >= COMFORTABLE_HZ else "note", "frames_are", values)


def _line_jitter(name, f):
    return Line(name, "good", "jitter_is", {"value": round(f["value"], 2)})


def _line_turn(name, f):
    return Line(name, "good", "turn_is", {"value": round(f["value"])})


def _line_eyes(name, f):
    apart = f["apart"]["value"]
    plausible = APART_M[0] * 1e3 <= apart <= APART_M[1] * 1e3
    if not f["left_first"]:
        return Line(name, "broken", "eyes_swapped", {"value": round(apart, 1)})
    return Line(name, "good" if plausible else "note", "eyes_are" if plausible else "eyes_odd",
                {"value": round(apart, 1)})  # fmt: skip


def _line_order(name, f):
    return Line(name, "good" if f["good"] else "broken", "order_good" if f["good"] else "order_swapped")


def _line_hands(name, f):
    values = {side: round(100 * f[side]["measured"]) for side in SIDES}
    if max(f[side]["from_controller"] for side in SIDES) > 0.2:
        return Line(name, "note", "hands_controller", values)
    return Line(name, "good", "hands_are", values)


def _line_rate(name, f):
    values = {"value": round(f["value"], 1)}
    return Line(name, "good", "rate_is" if f["by"] == "sample_time" else "rate_at_most", values)


def _line_visible(name, f):
    left, right = f["yaw"]
    low, high = f["pitch"]
    near, far = f["distance_m"]
    return Line(name, "good", "visible_is", {"left": round(-left), "right": round(right), "down": round(-low),
                                             "up": round(high), "near": near, "far": far})  # fmt: skip


def _line_lag(name, f):
    one = f[f["by"]]
    return Line(name, "good", f"lag_{f['by']}", {"value": round(one["value"]), "sd": max(round(one["sd"], 1), 0.1)})


def _line_claps(name, f):
    values = {"count": f["count"], "fast": f["fastest"]["value"], "lost": round(100 * f["lost"]["value"])}
    return Line(name, "good", "claps_are", values)


def _line_height(name, f):
    return Line(name, "good", "height_is", {"value": round(f["value"], 2)})


def _line_worn(name, f):
    return Line(name, "good" if f["on_seen"] else "note", "worn_both" if f["on_seen"] else "worn_off")
