"""Na afloop: a session that is over, replayed turn by turn, with the adult's own rating, a note and its draft.

Rule 1: a journal is read in a thread of its own, never by the loop that answers browsers.
Rule 2: a rating is added, never changed; what holds is the newest, and the page shows them all.
Rule 3: a session without trials, cut off, or whose journal cannot be read has this page too, and it says so.
"""

import asyncio
import functools
import json
import tomllib
from datetime import datetime

from aiohttp import web

from vrtrainer.console import adults, after_words, pages
from vrtrainer.console.after_words import JOINED, UNSEEN, WATCHED
from vrtrainer.gestures import library
from vrtrainer.records import notes, ratings, reading, respond
from vrtrainer.records.database import Database
from vrtrainer.sessions import stored
from vrtrainer.sessions.words import of_reason, own

LONGEST = 4000  # characters of a note
LARGEST = 290_000  # bytes of a turn's JSON; one that is longer is sampled less often
_REPORT = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'"
"""A report is one file with its style inside; it runs no script."""
_SAID_BY_NOBODY = ("simulated", "recorded", "nobody")


def routes(console):
    """The newest session, one session, its turns as JSON, and what the adult makes of them."""
    bound = pages.answering
    return [
        web.get("/after", bound(console, newest)),
        web.get("/after/{session}", bound(console, page)),
        web.get("/after/{session}/trials.json", bound(console, trials)),
        web.get(r"/after/{session}/trial/{trial:\d+}.json", bound(console, trial)),
        web.get("/after/{session}/report", bound(console, report)),
        web.post("/after/{session}/rate", bound(console, rate)),
        web.post("/after/{session}/note", bound(console, note)),
    ]


async def newest(console, request):
    """On to the last session; where there is none yet, a page that says so."""
    found = await asyncio.to_thread(_last, console.data)
    if found is None:
        words = pages.words_of(console, request)
        return pages.page(console, request, "after_none.html", title=words.say("console_after.title"))
    raise web.HTTPSeeOther(f"/after/{found}")


async def page(console, request):
    """The page of one session."""
    words = pages.words_of(console, request)
    about = await asyncio.to_thread(_about, console, request.match_info["session"], words)
    names = about["data"]["names"]
    given = {"about": about, "t": lambda key, **values: words.say(f"console_after.{key}", **names, **values)}
    return pages.page(console, request, "after.html", here="after", **given)


async def trials(console, request):
    """A session's trials, as the strip shows them."""
    words = pages.words_of(console, request)
    about = await asyncio.to_thread(_about, console, request.match_info["session"], words)
    return web.json_response(about["data"]["trials"])


async def trial(console, request):
    """One turn: where both were, how it was measured, and what is said of it."""
    words, number = pages.words_of(console, request), int(request.match_info["trial"])
    text = await asyncio.to_thread(_turn, console, request.match_info["session"], number, words)
    answer = web.Response(text=text, content_type="application/json")
    answer.enable_compression()
    return answer


async def report(console, request):
    """The family's page of a session, as it lies in its folder."""
    path = await asyncio.to_thread(_report_of, console.data, request.match_info["session"])
    if path is None:
        raise web.HTTPNotFound
    return web.FileResponse(path, headers={"Content-Security-Policy": _REPORT, "Content-Type": "text/html"})


async def rate(console, request):
    """Keep the adult's own rating of a trial, or that they take it back."""
    words, filled = pages.words_of(console, request), await pages.filled_in(request)
    adult = adults.here(console, request)
    try:
        number, grade = int(filled["trial"]), int(filled["grade"]) if filled.get("grade") else None
    except (KeyError, ValueError):
        return _problem(words, "not_kept")
    if grade not in (None, 0, 1, 2):
        return _problem(words, "not_kept")
    kept = await asyncio.to_thread(_rated, console.data, request.match_info["session"], number, grade, adult, words)
    return web.json_response(kept) if kept else _problem(words, "not_kept", 404)


async def note(console, request):
    """Keep a note about the session, or the draft as one."""
    words, filled = pages.words_of(console, request), await pages.filled_in(request)
    adult = adults.here(console, request)
    draft = filled.get("kind") == "draft"
    text = filled.get("text", "")
    if draft:
        told = [(words.say(f"console_after.soep_{k}"), filled.get(k, "")) for k in ("s", "o", "e", "p")]
        text = "\n".join(f"{title}\n{said}\n" for title, said in told if said).strip()
    if not text or len(text) > 4 * LONGEST:
        return _problem(words, "note_empty" if not text else "note_long")
    kept = await asyncio.to_thread(_noted, console.data, request.match_info["session"], text, draft, adult, words)
    if "application/json" not in request.headers.get("Accept", ""):
        pages.sent_on(f"/after/{request.match_info['session']}", "kept")
    return web.json_response({"note": kept})


def _problem(words, key, status=422):
    return web.json_response({"problem": words.say(f"console_after.{key}")}, status=status)


# In the thread


def _last(data):
    with Database(data) as database:
        found = database.row("SELECT id FROM sessions ORDER BY started DESC, id DESC LIMIT 1")
    return found and found["id"]


def _session(database, which):
    try:
        return database.session(which)
    except LookupError:
        raise web.HTTPNotFound from None


def _read(database, session):
    """The session's journal as far as it can be read, and what it lacks: "", cut_off, damaged."""
    path = database.absolute(session["journal"])
    try:
        stat = path.stat()
        recorded = _recorded(path, stat.st_mtime_ns, stat.st_size)
    except (reading.JournalError, OSError):
        return None, "damaged"
    return recorded, "damaged" if recorded.damage and not recorded.cut_off else "cut_off" if recorded.damage else ""


@functools.lru_cache(maxsize=4)
def _recorded(path, _changed, _size):
    return reading.read(path)


def _about(console, which, words):
    """All that the page shows."""
    with Database(console.data) as database:
        session = _session(database, which)
        recorded, lacks = _read(database, session)
        names, titles = _names(session, recorded, words), _titles(console, recorded, words)
        rows, rated = database.trials(session["id"]), ratings.history(database, session["id"])
        shown = [_trial(words, names, titles, row, [r for r in rated if r["trial"] == row["trial"]]) for row in rows]
        for one, before in zip(shown[1:], shown, strict=False):
            one["new_part"] = one["block"] != before["block"]
        events = recorded.events if recorded else []
        feeling = next((e.fields.get("answer", "") for e in reversed(events) if e.trial_type == "how_was_it"), "")
        stops = sum(e.trial_type == "command" and e.fields.get("command") == "stop"
                    and e.fields.get("actor") == "learner" for e in events)  # fmt: skip
        held = ratings.held(database, session["id"])
        first = next((s["trial"] for s in shown if s["came"] == JOINED), shown[0]["trial"] if shown else None)
        here = f"/after/{session['id']}"
        opinion = _opinion(words, names, session, feeling)
        kept = notes.of_session(database, session["id"])
        return {
            "here": here,
            "line": _line(words, session, rows, events),
            "lead": after_words.counted(words, names, rows),
            "notices": _notices(words, names, session, lacks, recorded),
            "trials": shown,
            "first": first,
            "legend": [
                {"came": came, "words": words.say(f"console_after.{came}")}
                for came in (JOINED, WATCHED, UNSEEN)
                if any(one["came"] == came for one in shown)
            ],
            "marks": [_mark(words, names, one, rows, events) for one in kept if one["session_s"] is not None],
            "opinion_title": words.say("report.opinion", **names),
            "opinion": opinion,
            "notes": [_note(words, one) for one in reversed(kept) if one["session_s"] is None],
            "soep": after_words.draft(words, names, rows, _known(titles, rows), opinion, held, stops),
            "links": _links(words, names, session, here, _report_path(database, session)),
            "data": {
                "here": here,
                "first": first,
                "names": names,
                "texts": _texts(words),
                "trials": [
                    {key: one[key] for key in ("trial", "gesture", "title", "came", "heading", "own", "history")}
                    for one in shown
                ],
            },
        }


def _texts(words):
    """What the script says by itself."""
    told = {key: words.say(f"console_live.{key}") for key in ("grade_0", "grade_1", "grade_2")}
    return {**words.texts["console_after"], **told, "decimal": words.texts["report"]["decimal"]}


def _trial(words, names, titles, row, rated):
    """A trial of the strip."""
    came, number = after_words.came_of(row), row["trial"] + 1
    grade = rated[-1]["rating"] if rated else None
    title = titles(row["gesture"])
    return {
        "trial": row["trial"],
        "block": row["block"],
        "new_part": False,
        "number": number,
        "gesture": row["gesture"],
        "title": title,
        "came": came,
        "came_word": words.say(f"console_after.{came}"),
        "heading": words.say("console_after.trial_heading", number=number, title=title),
        "own": grade,
        "own_word": "" if grade is None else words.say(
            "console_after.rated_short", grade=words.say(f"console_live.grade_{grade}")),
        "history": [_rating(words, one) for one in reversed(rated)],
    }  # fmt: skip


def _rating(words, one):
    """A row of a rating's history, in words."""
    grade = "console_after.taken_back" if one["rating"] is None else f"console_live.grade_{one['rating']}"
    who = one["adult_name"] or words.say("console_after.somebody")
    return words.say("console_after.rated_by", when=_when(words, one["at"]), who=who, grade=words.say(grade))


def _when(words, at):
    """A moment (UTC) as day and time here."""
    here = datetime.fromisoformat(at).astimezone()
    return f"{words.date(here)}, {here:%H:%M}"


def _line(words, session, rows, events):
    """The day, how long it took, and what was practised."""
    seconds = max([e.onset for e in events] + [r["onset"] + (r["duration"] or 0.0) for r in rows], default=0.0)
    report, minutes = words.texts["report"], max(round(seconds / 60), 1)
    long = report["minutes_1"] if minutes == 1 else report["minutes_n"].format(count=minutes)
    programme = tomllib.loads(session["programme_text"]).get("name", session["programme_name"])
    when = _when(words, session["started"])
    return " · ".join((when[:1].upper() + when[1:], long, words.own(programme)))


def _notices(words, names, session, lacks, recorded):
    out = []
    if session["tracker"] in _SAID_BY_NOBODY:
        out.append(words.say(f"report.{session['tracker']}", **names))
    if lacks == "damaged":
        out.append(words.say("console_after.journal_unread" if recorded is None else "console_after.journal_damaged"))
    elif session["ended"] is None:
        out.append(words.say("console_after.runs_still"))
    elif lacks or session["ended"] != "finished":
        out.append(words.say("report.cut_off"))
    return out


def _opinion(words, names, session, feeling):
    if session["tracker"] == "simulated":
        return words.say("report.opinion_simulated")
    if not feeling:
        return words.say("report.opinion_none", **names)
    quote = words.texts["report"]["quote"].format(text=words.texts["buttons"].get(feeling, feeling))
    return words.say(f"report.opinion_{'no_answer' if feeling == 'no_answer' else 'said'}", quote=quote, **names)


def _mark(words, names, one, rows, events):
    """A note or mark that was made during the session, and the moment of a turn to jump to."""
    turn = _turn_at(events, one["session_s"])
    at = after_words.clock(one["session_s"])
    jump = words.say("console_after.jump", number=turn[0] + 1, at=at) if turn else ""
    known = {row["trial"] for row in rows}
    turn = turn if turn and turn[0] in known else None
    return {
        "at": at,
        "text": one["text"] or words.say("console_after.moment"),
        "by": one["adult_name"],
        "trial": turn[0] if turn else None,
        "time": round(turn[1], 2) if turn else 0.0,
        "jump": jump,
    }


def _turn_at(events, moment):
    """The trial whose turn runs at a moment of the session or began last before it, and the second of that turn."""
    found = None
    for event in events:
        if event.trial_type != "phase":
            continue
        if event.fields.get("entered") == "respond" and event.onset <= moment:
            found = (event.trial, moment - event.onset)
        elif found and event.trial == found[0] and event.fields.get("left") == "respond" and event.onset <= moment:
            found = (event.trial, 0.0)  # it was over: what was marked is most likely the turn itself
    return found


def _note(words, one):
    return {"by": " · ".join(filter(None, (_when(words, one["at"]), one["adult_name"]))), "text": one["text"]}


def _links(words, names, session, here, report):
    out = []
    if report is not None:
        out.append({"href": f"{here}/report", "text": words.say("console_after.link_report")})
    if session["code"]:
        out.append({"href": f"/people/{session['code']}/today", "text": words.say("console_after.link_today", **names)})
    return out


def _report_path(database, session):
    path = database.absolute(session["report"]) if session["report"] else None
    return path if path is not None and path.is_file() else None


def _report_of(data, which):
    with Database(data) as database:
        return _report_path(database, _session(database, which))


def _names(session, recorded, words):
    """Who is spoken of, each capitalised too."""
    given = recorded.setup.get("names", {}) if recorded else {}
    report = words.texts["report"]
    learner = session["initials"] or given.get("learner") or session["code"] or report["someone"]
    avatar = given.get("avatar") or words.say("console_after.avatar")
    names = {"learner": learner, "avatar": avatar, "adult": given.get("adult") or report["adult"]}
    return {**names, **{key.capitalize(): text[:1].upper() + text[1:] for key, text in names.items()}}


def _titles(console, recorded, words):
    """A gesture's title by its name: as the session read it, else as it ships."""
    kept = recorded.setup.get("gestures", {}) if recorded else {}
    known = {**library.load(console.content.assets / "gestures")}
    known |= {name: stored.read_gesture(name, table) for name, table in kept.items()}

    def title(name):
        return (own(known[name].title, words.language) if name in known else "") or name.replace("_", " ")

    return title


def _known(titles, rows):
    return {row["gesture"]: titles(row["gesture"]) for row in rows}


def _turn(console, which, number, words):
    """JSON of one turn; of one that cannot be shown, why, and what is said of it all the same."""
    with Database(console.data) as database:
        session = _session(database, which)
        row = next((r for r in database.trials(session["id"]) if r["trial"] == number), None)
        if row is None:
            raise web.HTTPNotFound
        recorded, _ = _read(database, session)
    names = _names(session, recorded, words)
    turn = respond.trial(recorded, row) if recorded is not None else None
    nothing = ""
    if recorded is None:
        nothing = words.say("console_after.nothing_unread")
    elif turn is None or not turn["times"]:
        turn, nothing = None, words.say("console_after.nothing_here", **names)
    shown = turn or {"times": [], "joints": [], "parts": {}, "how": [], "similarity": {}, "mirrored": False}
    columns, cells = after_words.table(words, names, shown) if turn else ([], [])
    told = {
        "words": after_words.of_trial(words, names, row, shown, _said(words, row)),
        "parts": after_words.parts(words, names, shown) if turn else [],
        "columns": columns,
        "rows": cells,
        "figures": after_words.figures(words, row) if row["answer_graded"] is not None else [],
        "picture": after_words.picture(words, names, row, shown),
    }
    counted = [j for part in shown["similarity"] for j in shown["parts"].get(part, ())]
    about = {"counted": counted, "told": told, "nothing": nothing}
    text = _written(shown, about, 1)
    return text if len(text) <= LARGEST else _written(shown, about, -(-len(text) // LARGEST))


def _written(turn, about, every):
    """A turn as JSON of every so many of its samples: positions in whole millimetres, how as one digit a joint."""
    how = ["".join(map(str, row)) for row in turn["how"][::every]]
    both = {
        who: [[[round(1000 * axis) for axis in joint] for joint in row] for row in turn[who][::every]]
        for who in ("avatar", "attempt")
        if who in turn
    }
    # A demonstration that is over stands still: its last sample holds.
    while len(both.get("avatar", ())) > 1 and both["avatar"][-1] == both["avatar"][-2]:
        both["avatar"].pop()
    sampled = {"times": turn["times"][::every], "how": how, "step_s": every * respond.STEP_S, "along": None}
    return json.dumps({**turn, **both, **sampled, **about}, ensure_ascii=False, separators=(",", ":"))


def _said(words, row):
    """What the avatar said afterwards, as far as this language knows it."""
    from vrtrainer.imitation.score import Reason

    said = [Reason(**told) for told in row["reasons"] or () if told["key"] in words.texts["reasons"]]
    return " ".join(of_reason(words.texts, reason) for reason in said[:2])


def _rated(data, which, number, grade, adult, words):
    with Database(data) as database:
        session = _session(database, which)["id"]
        try:
            ratings.rate(database, session, number, grade, adult=adult.id if adult else None)
        except LookupError:
            return None
        return {
            "own": grade,
            "history": [_rating(words, one) for one in reversed(ratings.history(database, session, number))],
        }


def _noted(data, which, text, draft, adult, words):
    with Database(data) as database:
        session = _session(database, which)
        kind = notes.NOTE if draft else notes.LAST_NOTE
        notes.add(
            database, session["person"], text, kind=kind, session=session["id"], adult=adult.id if adult else None
        )
        return _note(words, notes.of_session(database, session["id"])[-1])
