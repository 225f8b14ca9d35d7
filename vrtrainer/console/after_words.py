"""What Na afloop says of a turn that is replayed and of a whole session: words first, figures where they are opened.

A turn is what `records.respond` tells of one trial; nothing here reads a file.
"""

import math

import numpy as np

JOINED, WATCHED, UNSEEN = "joined", "watched", "unseen"
MEASURED = 3
_UNSAID = "unsaid"  # nothing was measured and nothing was told of it: being there is watching
_SAME_TIME, _LATE = 0.25, 1.0  # s between two starts: below it together, above it more than "a little"
_SMALLER, _LARGER = 0.75, 1.3  # size of a movement against the one shown
_STILL, _ROUNDED = 0.04, 5  # m that count as still; cm to which a way is rounded
_PARTS = ("head", "trunk", "leftArm", "rightArm", "leftHand", "rightHand", "leftLeg", "rightLeg")
_TRACED = {"head": "head", "trunk": "upperChest", "Arm": "LowerArm", "Hand": "Hand", "Leg": "LowerLeg"}
"""The joint by which a part's way is told."""
_PLACES = (
    ("head", 0.05, "above_head"),
    ("head", -0.12, "head"),
    ("shoulder", -0.08, "shoulder"),
    ("hips", 0.14, "chest"),
)
"""How high something came: the first of these heights (over a joint, m) that it reaches, else the hips."""


def came_of(row):
    """Whether the learner joined in, watched, or could not be seen."""
    if row["answer_withheld"] not in (None, _UNSAID):
        return UNSEEN
    return JOINED if row["answer_attempted"] else WATCHED


def seconds(words, value, digits=1):
    """A length of time as it is read: 2,4."""
    return f"{value:.{digits}f}".replace(".", words.texts["report"]["decimal"])


def clock(onset):
    """Session time as minutes and seconds: 3:07."""
    return f"{int(onset // 60)}:{int(onset % 60):02d}"


def lag(words, names, lag_s):
    """Who was earlier, in words; "" where nothing is known of it."""
    if lag_s is None:
        return ""
    if abs(lag_s) < _SAME_TIME:
        return words.say("console_after.lag_none", **names)
    key = ("little_" if abs(lag_s) < _LATE else "") + ("later" if lag_s > 0 else "earlier")
    return words.say(f"console_after.lag_{key}", **names)


def of_trial(words, names, row, turn, quote=""):
    """Sentences of a trial, the most telling one first."""
    say, came = words.say, came_of(row)
    lines = [say(f"console_after.did_{came}", **names)]
    if came == UNSEEN and row["answer_withheld"] in words.texts["withheld"]:
        lines.append(say("console_after.on_screen", text=words.texts["withheld"][row["answer_withheld"]], **names))
    if came == JOINED:
        lines.append(lag(words, names, row["lag_s"]))
        if row["side_used"] in ("mirror", "anatomical") and row["similarity"] is not None:
            lines.append(say(f"console_after.side_{row['side_used']}", **names))
        if row["size"] is not None:
            key = "smaller" if row["size"] < _SMALLER else "larger" if row["size"] > _LARGER else "as_large"
            lines.append(say(f"console_after.size_{key}", **names))
    if quote:
        lines.append(say("console_after.avatar_said", text=quote, **names))
    if _help(row):
        lines.append(say("console_after.with_help", help=words.texts["report"][f"prompt_{_help(row)}"]))
    if turn.get("times") and len(turn["how"]) and _seen(turn, _all(turn)) < 0.98:
        lines.append(say("console_after.dotted"))
    return [line for line in lines if line]


def parts(words, names, turn):
    """The parts that can be looked at alone: name, and in words and a sign how alike they were."""
    out = [{"part": "", "name": words.say("console_after.all_parts"), "sign": "", "words": ""}]
    for part in (p for p in _PARTS if p in turn["parts"]):
        share = turn["similarity"].get(part)
        if part.endswith("Leg") and share is None:
            continue
        told = {"part": part, "name": words.texts["parts"][part].capitalize(), "sign": "", "words": ""}
        if not _seen(turn, turn["parts"][part]):
            told |= {"sign": "sign-unseen", "words": words.say("console_after.not_visible")}
        elif share is not None:
            grade = 2 if share >= 0.75 else 1 if share >= 0.45 else 0
            told |= {"sign": f"grade-{grade}", "words": words.say(f"console_after.alike_{grade}")}
        out.append(told)
    return out


def table(words, names, turn):
    """Columns and rows: what moved, how far, how high, of both; and how much of it was seen."""
    say = words.say
    columns = [say("console_after.column_part"), names["Avatar"], names["Learner"], say("console_after.column_seen")]
    avatar, attempt, how = (np.array(turn[who]) for who in ("avatar", "attempt", "how"))
    index = {name: k for k, name in enumerate(turn["joints"])}
    rows = []
    for part in (p for p in _PARTS if p in turn["parts"] and (not p.endswith("Leg") or p in turn["similarity"])):
        shown = _other(part) if turn["mirrored"] else part
        share = _seen(turn, turn["parts"][part])
        seen = say("console_after.seen_all" if share > 0.98 else "console_after.seen_none" if share == 0 else
                   "console_after.seen_some", share=round(10 * share))  # fmt: skip
        own = _moved(words, part, attempt, index, how == MEASURED) if share else say("console_after.not_visible")
        rows.append([words.texts["parts"][part].capitalize(), _moved(words, shown, avatar, index), own, seen])
    return columns, rows


def figures(words, row):
    """Names and figures of a trial's score, for whoever opens them."""
    say, report = words.say, words.texts["report"]

    def figure(value, digits=2, unit=""):
        return "–" if value is None else f"{value:.{digits}f}{unit}".replace(".", report["decimal"])

    out = [
        (say("console_after.figure_automatic"), "–" if row["graded_0_2"] is None else str(row["graded_0_2"])),
        (say("console_after.figure_similarity"), figure(row["similarity"])),
        (say("console_after.figure_goal"), figure(row["goal"])),
        (say("console_after.figure_shape"), figure(row["shape"])),
        (say("console_after.figure_size"), figure(row["size"])),
        (say("console_after.figure_lag"), figure(row["lag_s"], 2, " s")),
        (say("console_after.figure_tempo"), figure(row["tempo_ratio"])),
        (say("console_after.figure_deg"), figure(row["raw_deg"], 0, "°")),
        (say("console_after.figure_m"), figure(row["raw_m"], 2, " m")),
        (say("console_after.figure_observed"), figure(row["share_observed"])),
    ]
    for part, value in (row["parts"] or {}).items():
        name = words.texts["parts"].get(part, part)
        out.append((say("console_after.figure_part", part=name), figure(value)))
    return out


def picture(words, names, row, turn):
    """What the picture is, for whoever does not see it."""
    key = "picture_mirror" if turn["mirrored"] else "picture_of"
    return words.say(f"console_after.{key}", **names)


# A whole session


def counted(words, names, rows):
    """How often the learner joined in, watched and was not to be seen, in sentences."""
    count = {came: sum(came_of(r) == came for r in rows) for came in (JOINED, WATCHED, UNSEEN)}
    report, say = words.texts["report"], words.say
    joined, watched = (times(words, count[c]) for c in (JOINED, WATCHED))
    out = []
    if count[JOINED] and count[WATCHED]:
        out.append(say("report.did_joined_watched", joined=joined, watched=watched, **names))
    elif count[JOINED]:
        out.append(say("report.did_joined", joined=joined, **names))
    elif count[WATCHED]:
        out.append(say("report.did_watched", watched=watched, **names))
    elif not rows:
        out.append(say("console_after.no_trials", **names))
    if count[UNSEEN]:
        many = times(words, count[UNSEEN])
        out.append(report["did_unseen"].format(Count=many[:1].upper() + many[1:]))
    return out


def times(words, count):
    """Once, twice, seven times."""
    report = words.texts["report"]
    if count in (1, 2):
        return report[f"times_{count}"]
    numbers = report["numbers"].split()
    return report["times_n"].format(count=numbers[count] if count < len(numbers) else count)


def draft(words, names, rows, titles, feeling, own, stops):
    """The draft of a note, Subjective to Plan, from what is known: {"s": …, "o": …, "e": …, "p": …}."""
    say, told = words.say, {"s": [feeling], "o": counted(words, names, rows), "e": [], "p": []}
    if stops:
        told["s"].append(say("console_after.draft_stopped", times=times(words, stops), **names))
    goes, grows = [], []
    for gesture, title in titles.items():
        joined = [r for r in rows if r["gesture"] == gesture and came_of(r) == JOINED]
        alone = [r for r in joined if not _help(r)]
        full = sum(own.get(r["trial"], r["graded_0_2"]) == 2 for r in alone)
        if alone:
            told["o"].append(say("console_after.draft_alone", gesture=title, full=full, total=len(alone)))
        elif joined:
            told["o"].append(say("console_after.draft_helped", gesture=title, times=times(words, len(joined))))
        if joined:
            (goes if full == len(alone) >= 2 else grows).append(title)
    for key, found in (("goes", goes), ("grows", grows)):
        if found:
            told["e"].append(say(f"console_after.draft_{key}", gestures=", ".join(found)))
    for key, found in (("begin", goes), ("further", grows)):
        told["p"] += [say(f"console_after.draft_{key}", gesture=title) for title in found[:1]]
    return {letter: "\n".join(line for line in lines if line) for letter, lines in told.items()}


# Pieces


def _help(row):
    """The help that there was at a trial's end."""
    return row["prompt"] if row["prompt_at_end"] is None else row["prompt_at_end"]


def _all(turn):
    counted = [j for part in turn["similarity"] for j in turn["parts"].get(part, ())]
    return counted or [j for part in ("leftHand", "rightHand", "head") for j in turn["parts"].get(part, ())]


def _seen(turn, joints):
    """Share of the samples in which some joints were measured."""
    if not joints or not turn["how"]:
        return 0.0
    return float((np.array(turn["how"])[:, list(joints)] == MEASURED).mean())


def _other(part):
    for one, other in (("left", "right"), ("right", "left")):
        if part.startswith(one):
            return other + part.removeprefix(one)
    return part


def _moved(words, part, positions, index, seen=None):
    """How far and how high a part went, in words."""
    side = "left" if part.startswith("left") else "right" if part.startswith("right") else ""
    joint = index.get(side + _TRACED[part.removeprefix(side)] if side else _TRACED[part])
    if joint is None:
        return words.say("console_after.not_visible")
    way = positions[:, joint]
    known = np.ones(len(way), bool) if seen is None else seen[:, joint]
    if not known.any():
        return words.say("console_after.not_visible")
    far = float(np.linalg.norm(way[known] - way[known][0], axis=1).max())
    if far < _STILL:
        return words.say("console_after.stayed")
    far_cm = max(_ROUNDED, _ROUNDED * math.floor(100 * far / _ROUNDED + 0.5))
    if not side or part.endswith("Leg"):
        return words.say("console_after.moved", far=far_cm)
    place = _height(positions, index, float(way[known][:, 1].max()))
    return words.say("console_after.moved_up_to", far=far_cm, place=words.say(f"console_after.place_{place}"))


def _height(positions, index, top):
    """Beside which part of the body a height lies; medians over the turn, so that a lost sample moves nothing."""
    joints = {"head": "head", "shoulder": "leftUpperArm", "hips": "hips"}
    levels = {name: float(np.median(positions[:, index[joint], 1])) for name, joint in joints.items()}
    return next((name for joint, over, name in _PLACES if top >= levels[joint] + over), "hips")
