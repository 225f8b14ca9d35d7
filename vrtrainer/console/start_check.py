"""Startcontrole: what was found and what to do about it, how much is left, who said yes, and Begin.

Rule 1: nothing is asked twice: all that was said before, or done last time, is filled in already.
Rule 2: a headset for the young is an adult's own tick, and it is kept who ticked it (EXPERIENCE 1).
Rule 3: Begin starts a session as a process of its own and goes on to Live, which says how that went.
"""

import asyncio
import time
from dataclasses import dataclass, field

from aiohttp import web

from vrtrainer.console import adults, figures, pages, programmes
from vrtrainer.console.health_pages import advice
from vrtrainer.console.start_page import moment_of, seen_as
from vrtrainer.console.today import dose_shown, last_session
from vrtrainer.records import adults as kept_adults
from vrtrainer.records import consent, dose, health, people, sessions

WINDOW, HEADSET, TRYOUT = "window", "openxr", "offscreen"
FRESH = 120.0  # s that what was found counts as known
SIMULATED = "sam"
"""The simulated learner of a try-out."""


def routes(console):
    looked = Looked(console)
    return [
        web.get("/check", pages.answering(console, lambda console, request: shown(console, request, looked))),
        web.post("/check", pages.answering(console, lambda console, request: begin(console, request, looked))),
        web.get("/check/again", pages.answering(console, lambda console, request: again(console, request, looked))),
        web.static("/sounds", console.content.assets / "sounds"),
    ]


class Looked:
    """What was found on this computer, kept for a while: looking takes seconds."""

    def __init__(self, console):
        self._console, self._found, self._at = console, (), None
        self._one = None

    def forget(self):
        self._at = None

    async def found(self):
        """Findings of the doctor by what they are about."""
        if self._one is None:
            self._one = asyncio.Lock()
        async with self._one:
            if self._at is None or time.monotonic() - self._at > FRESH:
                self._found = await asyncio.to_thread(lambda: list(self._console.findings()))
                self._at = time.monotonic()
        return {one.what: one for one in self._found}


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose session it is to be, and what was known of it before anything was filled in."""

    person: people.Person | None = None
    last: dict | None = None
    unfinished: sessions.Unfinished | None = None
    missing: tuple = ()
    today: dose.Dose | None = None
    held: dict = field(default_factory=dict)


async def again(_console, request, looked):
    """Look once more at what there is."""
    looked.forget()
    pages.sent_on("/check?" + request.query_string)


def _asked(console, request):
    """What an address asks for; no page where there is no such person."""
    query = request.query
    with console.database() as database:
        found = None
        if query.get("resume", "").isdecimal():
            found = next((u for u in sessions.unfinished(database) if u.id == int(query["resume"])), None)
            if found is None:
                pages.sent_on("/")
        code = found.code if found else query.get("person", "")
        if not code:
            return Asked(unfinished=found)
        person = people.find(database, code)
        if person is None:
            raise web.HTTPNotFound
        return Asked(
            person,
            last_session(database, person),
            found,
            consent.missing(person),
            dose.dose_of(database, person),
            health.held(database, person.id),
        )


# The page


async def shown(console, request, looked, filled=None, problems=None):
    words, asked, found = pages.words_of(console, request), _asked(console, request), await looked.found()
    can = _displays(asked, found)
    filled = filled or _filled(console, request, asked, can)
    person = asked.person
    return pages.page(
        console,
        request,
        "start_check.html",
        status=422 if problems else 200,
        person=seen_as(person) if person else None,
        back=f"/people/{person.code}/today" if person else "/",
        found=[_line(console, words, found, what) for what in ("display", "tracker", "disk")],
        displays=[_display(words, asked, name, can) for name in (WINDOW, HEADSET, TRYOUT)],
        programmes=[(p.name, words.own(p.title), words.own(p.about)) for p in programmes.offered(console)],
        avatars=[(a.name, words.own(a.title), f"/pictures/avatar/{a.name}") for a in figures.avatars(console.content)],
        dose=dose_shown(words, asked.today) if asked.today else None,
        advice=advice(words, asked.held) + ([_age_advice(words, person)] if person else []),
        young=bool(person) and not dose.headset_first(person) and not can[HEADSET],
        yes_from=[(one, words.say(f"console_check.yes_{one}")) for one in asked.missing] if person else [],
        consent_rule=words.say(f"records.{consent.who(person.age_group).key}") if person else "",
        resumed=_resumed(words, asked.unfinished) if asked.unfinished else "",
        running=console.running() is not None,
        filled=filled,
        problems=problems or {},
        query=request.query_string,
    )


def _displays(asked, found):
    """Which displays can be chosen, and the key of why one cannot."""
    out = {WINDOW: "", HEADSET: "", TRYOUT: ""}
    if "window" not in found or found["window"].state != "good":
        out[WINDOW] = "no_window"
    if "openxr" not in found or found["openxr"].state != "good":
        out[HEADSET] = "no_headset"
    elif asked.today and asked.today.left_min < 0.5:
        out[HEADSET] = "no_dose"
    return out


def _display(words, asked, name, can):
    """One display as a tile: what it is, or why it cannot be chosen now."""
    about = words.say(f"console_check.{can[name]}" if can[name] else f"console_check.{name}_about")
    sign = {WINDOW: "window", HEADSET: "headset", TRYOUT: "offscreen"}[name]
    return {
        "name": name,
        "title": words.say(f"console_check.{name}"),
        "about": about,
        "sign": sign,
        "can": not can[name],
    }


def _filled(console, request, asked, can):
    """What is filled in when the page opens: as last time, as the person likes it, or what suits the age."""
    adult = adults.here(console, request)
    known = [one.name for one in programmes.offered(console)]
    settings = asked.person.settings if asked.person else {}
    last = asked.last or {}
    wanted = [last.get("display"), WINDOW, HEADSET] if asked.person else [TRYOUT]
    if asked.person and not dose.headset_first(asked.person):
        wanted = [name for name in wanted if name != HEADSET]
    programme = asked.unfinished.programme if asked.unfinished else last.get("programme")
    both = (settings.get("avatar"), last.get("avatar"))
    avatar = next(filter(None, reversed(both) if request.query.get("again") else both), "")
    return {
        "display": next((name for name in wanted if name and not can.get(name)), TRYOUT),
        "programme": programme if programme in known else (programmes.FIRST if programmes.FIRST in known else known[0]),
        "avatar": avatar,
        "adult": adult.name if adult else "",
        "headset_ticked": bool(asked.person and asked.person.headset),
        "parents": False,
        "learner": False,
    }


def _age_advice(words, person):
    told = dose.headset_advice(person)
    return words.say(f"records.{told.key}", **told.values)


def _resumed(words, found):
    return words.say("console_check.resumed", when=moment_of(words, found.started), done=found.trials_done)


def _line(console, words, found, what):
    """What was found of the display, the tracking or the disk: good or not, in words, and what to do."""
    doctor = console.texts(words.language)["doctor"]
    if what == "disk":
        one = found.get("data")
        good = one is not None and one.state == "good"
        told = words.say("console_check.disk_good" if good else "console_check.disk_asks", free=_free(words, one))
        return {
            "sign": "disk",
            "title": words.say("console_check.disk"),
            "good": good,
            "told": told,
            "do": _do(doctor, one),
        }
    names = ("window", "openxr") if what == "display" else ("openxr", "webcam")
    good = [name for name in names if name in found and found[name].state == "good"]
    key = f"console_check.{what}_{'_'.join(good) or 'none'}"
    lacking = next((found[name] for name in names if name in found and found[name].advice), None)
    sign = {"display": "window", "tracker": "tracker"}[what]
    do = "" if good else _do(doctor, lacking)
    return {
        "sign": sign,
        "title": words.say(f"console_check.{what}"),
        "good": bool(good),
        "told": words.say(key),
        "do": do,
    }


def _free(words, one):
    free = one.values.get("free", "?") if one else "?"
    return free.replace(".", words.say("console_people.decimal"))


def _do(doctor, one):
    return doctor[one.advice] if one is not None and one.advice else ""


# Begin


async def begin(console, request, looked):
    """Keep what was said, start the session, and go to Live."""
    given = await pages.filled_in(request)
    words, asked = pages.words_of(console, request), _asked(console, request)
    if console.running() is not None:
        pages.sent_on("/live")
    can = _displays(asked, await looked.found())
    filled = {**_filled(console, request, asked, can), **given}
    for name in ("headset_ticked", *consent.SAID_BY):
        filled[name] = name in given
    problems = _problems(words, asked, filled, can, {one.name for one in programmes.offered(console)})
    if problems:
        return await shown(console, request, looked, filled, problems)
    with console.database() as database:
        adult = _adult(database, filled["adult"])
        if asked.person is not None and filled["display"] != TRYOUT:
            _keep(database, asked, filled, adult)
    language = asked.person.language if asked.person else words.language
    console.start(_words_of_run(console, asked, filled), language)
    if adult is None:
        raise web.HTTPSeeOther("/live")
    raise adults.taking_part("/live", adult, keep_language=True)


def _problems(words, asked, filled, can, known):
    out = {}
    if filled["display"] not in can or can[filled["display"]]:
        out["display"] = words.say("console_check.choose_display")
    if filled["programme"] not in known and asked.unfinished is None:
        out["programme"] = words.say("console_check.choose_programme")
    if len(filled["adult"]) > 60:
        out["adult"] = words.say("console.name_missing")
    if asked.person is None or filled["display"] == TRYOUT:
        return out
    if any(not filled[one] for one in asked.missing):
        out["said_by"] = words.say("console_check.yes_first")
    if filled["display"] == HEADSET and not dose.headset_first(asked.person) and not filled["headset_ticked"]:
        out["headset_ticked"] = words.say("console_check.tick_headset")
    return out


def _adult(database, name):
    """The adult of a name, made when new; None for nobody."""
    name = " ".join(name.split())
    return (kept_adults.find(database, name) or kept_adults.add(database, name)) if name else None


def _keep(database, asked, filled, adult):
    """Who said yes, and the tick for a headset, with the adult who wrote it down."""
    who = adult.id if adult else None
    for one in asked.missing:
        consent.say(database, asked.person, one, consent.PRACTICE, True, adult=who)
    if filled["display"] == HEADSET and filled["headset_ticked"] and not asked.person.headset:
        people.keep(database, asked.person, adult=who, headset=True)


def _words_of_run(console, asked, filled):
    """The words of `vrtrainer run` for what was chosen."""
    found, tryout = asked.unfinished, filled["display"] == TRYOUT
    out = ["--display", filled["display"]]
    if tryout:
        out += ["--learner", (found.learner if found else "") or SIMULATED, "--real-time"]
    elif asked.person is not None:
        out += ["--person", asked.person.code]
    # A person's own session is gone on with by that person, never by a simulated one.
    if found is not None and (asked.person is None or not tryout):
        out += ["--resume", str(found.id)]
    else:
        out += ["--programme", filled["programme"]]
    if filled["avatar"] in {one.name for one in figures.avatars(console.content)}:
        out += ["--avatar", filled["avatar"]]
    adult = " ".join(filled["adult"].split())
    return [*out, f"--adult={adult}"] if adult else out
