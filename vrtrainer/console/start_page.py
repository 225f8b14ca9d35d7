"""Start: who is here, who practises, what still runs; and the first start, of which every step may be skipped."""

import re
from datetime import datetime

from aiohttp import web

from vrtrainer.console import adults, pages
from vrtrainer.records import adults as kept_adults
from vrtrainer.records import people, sessions
from vrtrainer.records.consent import AGES

TINTS = 4  # colours of initials
NAME_LENGTH, INITIALS_LENGTH = 60, 12
TAKEN = (people.GUEST, "new")
"""Codes that are addresses or folders already."""
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_FULL_NAME = re.compile(r"\w{2,}\s+\w{3,}")


def routes(console):
    return [
        web.get("/", pages.answering(console, start)),
        web.get("/first", pages.answering(console, first_start)),
        web.post("/first", pages.answering(console, keep_first)),
        web.get("/you", pages.answering(console, you)),
        web.post("/you", pages.answering(console, keep_you)),
        web.get("/people/new", pages.answering(console, new_person)),
        web.post("/people/new", pages.answering(console, keep_new)),
        web.post(r"/sessions/{session:\d+}/leave", pages.answering(console, leave)),
    ]


# Start


async def start(console, request):
    """The cards of whoever practises here; the first start where nobody ever was."""
    words = pages.words_of(console, request)
    run = console.running()
    with console.database() as database:
        listed = people.listed(database)
        if not listed and not kept_adults.known(database):
            pages.sent_on("/first", request.query.get("said", ""))
        given = {
            "people": [card(words, one) for one in listed],
            "running": _running(database, words, run) if run else None,
            "broken_off": _broken_off(database, words) if run is None else None,
        }
    return pages.page(console, request, "start.html", here="start", **given)


def card(words, listed):
    """What a person's card says: code and initials, and when they last practised."""
    last = listed.last_session
    told = words.say("console.last_time", when=day_of(words, last["started"])) if last else ""
    return {**seen_as(listed.person), "last": told or words.say("console.never_yet")}


def seen_as(person):
    """How somebody stands on a screen: initials where there are any, else the code."""
    called = person.initials or person.code
    badge = called if len(called) <= 3 or not person.initials else called[0]
    return {
        "code": person.code,
        "initials": person.initials,
        "called": called,
        "badge": badge[:3].upper(),
        "tint": person.id % TINTS,
    }


def day_of(words, moment):
    """Today, yesterday or a day, of a moment in UTC."""
    day = datetime.fromisoformat(moment).astimezone().date()
    away = (datetime.now().astimezone().date() - day).days
    if away in (0, 1):
        return words.say("console.today" if away == 0 else "console.yesterday")
    return words.date(day)


def time_of(moment):
    """The hour and minute here of a moment in UTC."""
    return datetime.fromisoformat(moment).astimezone().strftime("%H:%M")


def moment_of(words, moment):
    """Day and time of a moment in UTC: "vandaag, 10:32"."""
    return f"{day_of(words, moment)}, {time_of(moment)}"


def _called(database, words, code):
    person = people.find(database, code) if code else None
    return seen_as(person)["called"] if person else words.say("console.somebody_simulated")


def _running(database, words, run):
    return words.say("console.runs_about", who=_called(database, words, run.person), time=time_of(run.started))


def _broken_off(database, words):
    """The newest session that was broken off and can go on, or None."""
    one = next(iter(sessions.unfinished(database)), None)
    if one is None:
        return None
    told = {"who": _called(database, words, one.code), "when": moment_of(words, one.started), "done": one.trials_done}
    key = "console.broken_off_about" if one.trials_done else "console.broken_off_early"
    return {"session": one.id, "words": words.say(key, **told), "href": f"/check?resume={one.id}"}


async def leave(console, request):
    """A session that was broken off is left as it is and offered no more."""
    with console.database() as database:
        sessions.leave(database, int(request.match_info["session"]))
    pages.sent_on("/", "left")


# The adult


async def first_start(console, request):
    words = pages.words_of(console, request)
    return _adult_page(console, request, True, {"name": "", "language": words.language, "formal": "no"})


async def keep_first(console, request):
    filled = await pages.filled_in(request)
    if filled.get("skip"):
        pages.sent_on("/people/new?first=yes")
    adult, problems = _kept_adult(console, request, filled, None)
    if problems:
        return _adult_page(console, request, True, filled, problems)
    raise adults.taking_part("/people/new?first=yes", adult)


async def you(console, request):
    adult = adults.here(console, request)
    if adult is None:
        pages.sent_on("/first")
    filled = {"name": adult.name, "language": adult.language, "formal": "yes" if adult.formal else "no"}
    return _adult_page(console, request, False, filled)


async def keep_you(console, request):
    filled = await pages.filled_in(request)
    adult, problems = _kept_adult(console, request, filled, adults.here(console, request))
    if problems:
        return _adult_page(console, request, False, filled, problems)
    raise adults.taking_part("/?said=kept", adult)


def _kept_adult(console, request, filled, adult):
    """Keep what adults said of themselves: who that is, and what still needs a word."""
    words = pages.words_of(console, request)
    name = " ".join(filled.get("name", "").split())
    if not 1 <= len(name) <= NAME_LENGTH:
        return None, {"name": words.say("console.name_missing")}
    language = filled.get("language") if filled.get("language") in pages.LANGUAGES else words.language
    told = {"language": language, "formal": filled.get("formal") == "yes"}
    with console.database() as database:
        there = kept_adults.find(database, name)
        if adult is None:  # whoever is known by this name comes back
            return kept_adults.keep(database, there, **told) if there else kept_adults.add(database, name, **told), {}
        if there is not None and there.id != adult.id:
            return None, {"name": words.say("console.name_taken")}
        return kept_adults.keep(database, adult, name=name, **told), {}


def _adult_page(console, request, first, filled, problems=None):
    words = pages.words_of(console, request)
    filled = {"name": "", "language": words.language, "formal": "no", **filled}
    title = words.say("console.first_title" if first else "console.you_title")
    return pages.page(
        console,
        request,
        "first_start.html",
        status=422 if problems else 200,
        first=first,
        filled=filled,
        problems=problems or {},
        title=title,
    )


# A new person


def ages(words):
    """The age groups as tiles."""
    return [(age, words.say("console_people.age", age=age.replace("-", "–"))) for age in AGES]


async def new_person(console, request):
    words = pages.words_of(console, request)
    with console.database() as database:
        return _new_page(console, request, {"code": free_code(database), "language": words.language})


async def keep_new(console, request):
    """Somebody new, and on to their page of today."""
    filled = await pages.filled_in(request)
    if filled.get("skip"):
        pages.sent_on("/check?tryout=yes")
    adult = adults.here(console, request)
    with console.database() as database:
        problems = _new_problems(database, pages.words_of(console, request), filled)
        if problems:
            return _new_page(console, request, filled, problems)
        person = people.add(
            database,
            filled["code"],
            initials=filled.get("initials", ""),
            language=filled.get("language", console.language),
            age_group=filled.get("age_group", ""),
        )
        if filled.get("nice"):
            people.keep(database, person, strengths={"nice": filled["nice"]})
        if adult is not None:
            kept_adults.link(database, person, adult)
    pages.sent_on(f"/people/{person.code}/today", "new")


def _new_problems(database, words, filled):
    out = {}
    code = filled.get("code", "")
    if not _CODE.fullmatch(code):
        out["code"] = words.say("console.code_shape")
    elif code.lower() in TAKEN or people.find(database, code):
        out["code"] = words.say("console.code_taken", free=free_code(database))
    if too_much_of_a_name(filled.get("initials", "")):
        out["initials"] = words.say("console.no_full_name")
    if filled.get("age_group", "") not in ("", *AGES):
        out["age_group"] = words.say("console.age_hint")
    return out


def too_much_of_a_name(text):
    """Whether this is more than a call name or initials."""
    return len(text) > INITIALS_LENGTH or bool(_FULL_NAME.search(text))


def _new_page(console, request, filled, problems=None):
    words = pages.words_of(console, request)
    blank = {"nice": "", "initials": "", "code": "", "age_group": "", "language": words.language}
    return pages.page(
        console,
        request,
        "person_new.html",
        status=422 if problems else 200,
        first=request.query.get("first") == "yes",
        filled={**blank, **filled},
        problems=problems or {},
        ages=ages(words),
    )


def free_code(database):
    """The next of P01, P02 … that nobody has."""
    taken = {code.lower() for code in people.known(database)}
    return next(code for code in (f"P{k:02d}" for k in range(1, 1000)) if code.lower() not in taken)
