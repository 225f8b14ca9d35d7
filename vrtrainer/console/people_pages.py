"""Deelnemer: what is nice, what helps, picture and sound, the stop sign, goals and data; who, in one place.

Consent and health are in consent_pages.py and health_pages.py; all use `person_page` and `person_of`.
"""

import asyncio
import tempfile
from dataclasses import asdict
from pathlib import Path

from aiohttp import web

from vrtrainer.console import adults, figures, pages
from vrtrainer.console.start_page import day_of, seen_as, too_much_of_a_name
from vrtrainer.records import erase, for_the_record, goals, people
from vrtrainer.sessions.manner import PRAISE, RANGES, STOP_SIGNS, Manner

TABS = ("nice", "helps", "settings", "stop", "consent", "health", "goals", "data")
NICE = ("nice", "likes", "good_at")
HELPS = ("helps", "does_not_help")
DWELLS = ("0", "0.8", "1.2", "2", "3")
SWITCHES = ("looks_away", "calm_idle", "time_disc", "expressions")
DEFAULTS = asdict(Manner())
"""As a session has them where nobody chose."""


def routes(console):
    answering = pages.answering
    return [
        web.get("/people/{code}", answering(console, first_tab)),
        web.get("/people/{code}/nice", answering(console, strengths)),
        web.post("/people/{code}/nice", answering(console, keep_strengths)),
        web.get("/people/{code}/helps", answering(console, strengths)),
        web.post("/people/{code}/helps", answering(console, keep_strengths)),
        web.get("/people/{code}/settings", answering(console, settings)),
        web.post("/people/{code}/settings", answering(console, keep_settings)),
        web.get("/people/{code}/stop", answering(console, stop_sign)),
        web.post("/people/{code}/stop", answering(console, keep_stop_sign)),
        web.get("/people/{code}/goals", answering(console, goals_page)),
        web.post("/people/{code}/goals", answering(console, add_goal)),
        web.post(r"/people/{code}/goals/{goal:\d+}", answering(console, change_goal)),
        web.get("/people/{code}/data", answering(console, data)),
        web.post("/people/{code}/data/export", answering(console, export)),
        web.post("/people/{code}/data/erase", answering(console, erase_all)),
    ]


def person_of(request, database):
    """The person of an address, or no page."""
    person = people.find(database, request.match_info["code"])
    if person is None:
        raise web.HTTPNotFound
    return person


def person_page(console, request, tab, person, *, problems=None, **values):
    """One of a person's pages, with the way to the others."""
    words = pages.words_of(console, request)
    tabs = [
        {"href": f"/people/{person.code}/{name}", "text": words.say(f"console_people.tab_{name}"), "here": name == tab}
        for name in TABS
    ]
    return pages.page(
        console,
        request,
        f"person_{'nice' if tab == 'helps' else tab}.html",
        status=422 if problems else 200,
        person=seen_as(person),
        tabs=tabs,
        tab_title=words.say(f"console_people.tab_{tab}"),
        problems=problems or {},
        **values,
    )


def adult_id(console, request):
    """The id of who sits at this browser, for what is kept with a name."""
    adult = adults.here(console, request)
    return adult.id if adult else None


def tab_of(request):
    """The last word of an address."""
    return request.path.rpartition("/")[2]


async def first_tab(_console, request):
    pages.sent_on(f"/people/{request.match_info['code']}/nice")


# What is nice, what helps


async def strengths(console, request, given=None, problems=None):
    with console.database() as database:
        person = person_of(request, database)
    tab = tab_of(request)
    questions = NICE if tab == "nice" else HELPS
    filled = {name: person.strengths.get(name, "") for name in questions}
    filled |= {"initials": person.initials, "language": person.language, **(given or {})}
    shown = {"questions": questions, "filled": filled, "who": tab == "nice"}
    return person_page(console, request, tab, person, problems=problems, **shown)


async def keep_strengths(console, request):
    filled = await pages.filled_in(request)
    if too_much_of_a_name(filled.get("initials", "")):
        problems = {"initials": pages.words_of(console, request).say("console.no_full_name")}
        return await strengths(console, request, filled, problems)
    with console.database() as database:
        person = person_of(request, database)
        told = {name: filled[name] for name in (*NICE, *HELPS) if name in filled}
        changes = {"strengths": {k: v for k, v in {**person.strengths, **told}.items() if v}}
        if filled.get("language") in pages.LANGUAGES:
            changes |= {"language": filled["language"], "initials": filled.get("initials", "")}
        people.keep(database, person, **changes)
    pages.sent_on(request.path, "kept")


# Picture and sound, and the stop sign


async def settings(console, request):
    words = pages.words_of(console, request)
    with console.database() as database:
        person = person_of(request, database)
    kept = {**DEFAULTS, **person.settings}
    filled = {**kept, **{name: bool(kept.get(name)) for name in SWITCHES}, "dwell_s": f"{kept['dwell_s']:g}"}
    filled.setdefault("avatar", "")
    point = words.say("console_people.decimal")
    dwells = [("0", words.say("console_people.dwell_off"))]
    dwells += [(s, words.say("console_people.dwell_s", seconds=s.replace(".", point))) for s in DWELLS[1:]]
    shown = [
        {
            "name": one.name,
            "title": words.own(one.title),
            "about": words.say(f"console_people.kind_{one.kind}")
            if words.has(f"console_people.kind_{one.kind}")
            else "",
            "picture": f"/pictures/avatar/{one.name}",
        }
        for one in figures.avatars(console.content)
    ]
    as_planned = {"name": "", "title": words.say("console_people.as_programme"), "about": "", "picture": ""}
    return person_page(console, request, "settings", person, filled=filled, dwells=dwells, avatars=[as_planned, *shown])


async def keep_settings(console, request):
    """What was chosen, within what a session can do; what was not asked on this page stays."""
    filled = await pages.filled_in(request)
    with console.database() as database:
        person = person_of(request, database)
        chosen = dict(person.settings)
        for name in ("light", "text", "sound"):
            chosen[name] = _within(filled.get(name), RANGES[name], chosen.get(name, DEFAULTS[name]))
        chosen["dwell_s"] = float(filled["dwell_s"]) if filled.get("dwell_s") in DWELLS else DEFAULTS["dwell_s"]
        if filled.get("praise") in PRAISE:
            chosen["praise"] = filled["praise"]
        chosen |= {name: name in filled for name in SWITCHES}
        chosen.pop("avatar", None)
        if filled.get("avatar") in {one.name for one in figures.avatars(console.content)}:
            chosen["avatar"] = filled["avatar"]
        people.keep(database, person, settings=chosen)
    pages.sent_on(request.path, "kept")


def _within(text, bounds, otherwise):
    try:
        value = float(text)
    except (TypeError, ValueError):
        return otherwise
    return min(max(value, bounds[0]), bounds[1]) if value == value else otherwise


async def stop_sign(console, request):
    with console.database() as database:
        person = person_of(request, database)
    sign = person.settings.get("stop_sign", DEFAULTS["stop_sign"])
    filled = {"stop_sign": sign, "chosen_by_learner": sign == "crossed"}
    return person_page(console, request, "stop", person, filled=filled)


async def keep_stop_sign(console, request):
    """Crossed arms also mean something to many children: only whoever chose them has them as their sign."""
    filled = await pages.filled_in(request)
    words = pages.words_of(console, request)
    with console.database() as database:
        person = person_of(request, database)
        sign = filled.get("stop_sign")
        if sign == "crossed" and "chosen_by_learner" not in filled:
            problems = {
                "chosen_by_learner": words.say("console_people.stop_must_choose", called=seen_as(person)["called"])
            }
            back = {"stop_sign": sign, "chosen_by_learner": False}
            return person_page(console, request, "stop", person, filled=back, problems=problems)
        if sign in STOP_SIGNS:
            people.keep(database, person, settings={**person.settings, "stop_sign": sign})
    pages.sent_on(request.path, "kept")


# Goals


async def goals_page(console, request, text="", problems=None):
    words = pages.words_of(console, request)
    with console.database() as database:
        person = person_of(request, database)
        rows = goals.of_person(database, person.id)
    shown = [
        {
            "id": row["id"],
            "words": row["text"],
            "open": row["done"] is None,
            "since": words.say("console_people.goal_since", when=day_of(words, row["created"]))
            if row["done"] is None
            else words.say("console_people.goal_rests", when=day_of(words, row["done"])),
        }
        for row in rows
    ]
    return person_page(console, request, "goals", person, goals=shown, filled={"words": text}, problems=problems)


async def add_goal(console, request):
    filled = await pages.filled_in(request)
    if not filled.get("words"):
        words = pages.words_of(console, request)
        return await goals_page(console, request, problems={"words": words.say("console_people.goal_missing")})
    with console.database() as database:
        goals.add(database, person_of(request, database).id, filled["words"])
    pages.sent_on(request.path, "kept")


async def change_goal(console, request):
    """A goal rests, or is open again."""
    filled = await pages.filled_in(request)
    number = int(request.match_info["goal"])
    with console.database() as database:
        person = person_of(request, database)
        if number in {row["id"] for row in goals.of_person(database, person.id)}:
            goals.done(database, number, filled.get("open") == "no")
    pages.sent_on(f"/people/{person.code}/goals", "kept")


# Data: for the record first, then erased


async def data(console, request, typed="", problems=None):
    words = pages.words_of(console, request)
    with console.database() as database:
        person = person_of(request, database)
        kept = erase.kept_of(database, person.code)
    key = "kept_nothing" if not kept.sessions else "kept_session" if kept.sessions == 1 else "kept_sessions"
    told = words.say(f"console_people.{key}", sessions=kept.sessions, trials=kept.trials)
    return person_page(console, request, "data", person, kept_words=told, filled={"code": typed}, problems=problems)


async def export(console, request):
    """Everything of a person as one zip, made in another place than the data folder and gone from there again."""
    texts = console.texts(pages.words_of(console, request).language)
    with console.database() as database:
        person = person_of(request, database)

    def made():
        with tempfile.TemporaryDirectory(prefix="vrtrainer-") as folder, console.database() as database:
            return for_the_record.zipped(database, person.code, Path(folder) / "record.zip", texts).read_bytes()

    return web.Response(
        body=await asyncio.to_thread(made),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="vrtrainer-{person.code}.zip"'},
    )


async def erase_all(console, request):
    """Erase a person once their code was typed; said on Start, because nothing else of them is left to say it on."""
    filled = await pages.filled_in(request)
    words = pages.words_of(console, request)
    with console.database() as database:
        person = person_of(request, database)
    if filled.get("code", "").lower() != person.code.lower():
        problems = {"code": words.say("console_people.erase_other", code=person.code)}
        return await data(console, request, filled.get("code", ""), problems)
    run = console.running()
    if run is not None and run.person == person.code:
        return await data(console, request, filled["code"], {"code": words.say("console_people.erase_runs")})

    def erased():
        with console.database() as database:
            erase.erase(database, person.code)

    await asyncio.to_thread(erased)
    pages.sent_on("/", "erased")
