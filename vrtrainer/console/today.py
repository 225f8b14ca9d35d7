"""Vandaag: what was said last, what is nice and what helps, how much is left, six ticks, and on to the start.

The child's own page on paper is here too: who, what, where, how long, and what comes after.
"""

from aiohttp import web

from vrtrainer.console import adults, figures, pages, programmes
from vrtrainer.console.people_pages import adult_id, person_of
from vrtrainer.console.start_page import moment_of, seen_as
from vrtrainer.records import dose, health, notes

PICTURES = 6  # gestures on the child's page at most
SIGNS = dict(zip(health.TICKS, ("headset", "battery", "room", "chair", "light", "stop"), strict=True))
"""Which pictogram stands beside a tick."""


def routes(console):
    return [
        web.get("/people/{code}/today", pages.answering(console, today)),
        web.post("/people/{code}/today", pages.answering(console, to_the_start)),
        web.post("/people/{code}/note", pages.answering(console, keep_note)),
        web.get("/people/{code}/preparation", pages.answering(console, preparation)),
    ]


def last_session(database, person):
    """The newest session in which the person took part: programme, display and avatar, or None."""
    return database.row(
        "SELECT sessions.id, started, display, avatar, programmes.name AS programme FROM sessions"
        " JOIN programmes ON programmes.id = sessions.programme"
        " WHERE person = ? AND tracker NOT IN ('simulated', 'recorded')"
        " ORDER BY started DESC, sessions.id DESC LIMIT 1",
        person.id,
    )


def dose_shown(words, found):
    """Minutes of today as words, and as shares of a bar."""
    left, done = round(found.left_min), round(found.headset_min)
    told = {"left": left, "limit": found.day_limit_min, "done": round(found.all_min)}
    key = "dose_none" if left == 0 else "dose_left_1" if left == 1 else "dose_left"
    return {
        "left": words.say(f"console_today.{key}", **told),
        "done": words.say("console_today.dose_done" if told["done"] else "console_today.dose_fresh", **told),
        "rule": words.say("console_today.dose_rule", minutes=found.break_after_min, **told),
        "share": min(done / found.day_limit_min, 1.0),
    }


async def today(console, request):
    words = pages.words_of(console, request)
    with console.database() as database:
        person = person_of(request, database)
        note, last = notes.last(database, person.id), last_session(database, person)
        found = dose.dose_of(database, person)
    known = {one.name: one for one in programmes.offered(console)}
    as_last = _as_last(console, words, known, last) if last else ""
    chosen = known.get(last["programme"]) if last else known.get(programmes.FIRST)
    return pages.page(
        console,
        request,
        "today.html",
        person=seen_as(person),
        note={"text": note["text"], "when": _by(words, note)} if note else None,
        strengths={name: person.strengths.get(name, "") for name in ("nice", "likes", "good_at")},
        helps={name: person.strengths.get(name, "") for name in ("helps", "does_not_help")},
        dose=dose_shown(words, found),
        as_last=as_last,
        ticks=[(name, words.say(f"console_today.tick_{name}"), SIGNS[name]) for name in health.TICKS],
        programme=chosen.name if chosen else "",
        running=console.running() is not None,
    )


def _by(words, note):
    when = moment_of(words, note["at"])
    return words.say("console_today.note_by", when=when, adult=note["adult_name"]) if note["adult_name"] else when


def _as_last(console, words, known, last):
    """The last session in words: programme, display and avatar."""
    programme = words.own(known[last["programme"]].title) if last["programme"] in known else last["programme"]
    avatar = next((words.own(a.title) for a in figures.avatars(console.content) if a.name == last["avatar"]), "")
    parts = [programme, words.say(f"console_today.display_{last['display']}")]
    return ", ".join([*parts, words.say("console_today.with", avatar=avatar)] if avatar else parts)


async def to_the_start(console, request):
    """Keep the ticks, and on to the start check: as last time, or to choose."""
    filled = await pages.filled_in(request)
    with console.database() as database:
        person = person_of(request, database)
        ticks = {name: name in filled for name in health.TICKS}
        health.tick(database, person.id, ticks, adult=adult_id(console, request))
    again = "&again=yes" if filled.get("go") == "again" else ""
    pages.sent_on(f"/check?person={person.code}{again}")


async def keep_note(console, request):
    """Something to read first next time."""
    filled = await pages.filled_in(request)
    with console.database() as database:
        person = person_of(request, database)
        if filled.get("text"):
            told = {"kind": notes.LAST_NOTE, "adult": adult_id(console, request)}
            notes.add(database, person.id, filled["text"][:4000], **told)
    pages.sent_on(f"/people/{person.code}/today", "kept" if filled.get("text") else "")


async def preparation(console, request):
    """The child's page: the avatar's and the gestures' own pictures, first and then, in the child's language."""
    with console.database() as database:
        person = person_of(request, database)
    adult = adults.here(console, request)
    own = pages.Words(console.texts(person.language), person.language)
    known = {one.name: one for one in programmes.offered(console)}
    programme = (
        known.get(request.query.get("programme", "")) or known.get(programmes.FIRST) or next(iter(known.values()))
    )
    there = {one.name: one for one in figures.avatars(console.content)}
    avatar = next(n for n in (person.settings.get("avatar"), programme.avatar, *there) if n in there)
    title = own.own(there[avatar].title)
    gestures = programmes.titles(console, own, programme.gestures[:PICTURES])
    place = request.query.get("where", "window")
    return pages.page(
        console,
        request,
        "preparation.html",
        person=seen_as(person),
        own=own.say,
        own_language=person.language,
        avatar={"name": avatar, "title": title},
        adult=adult.name if adult else "",
        gestures=gestures,
        programme=programme,
        programmes=[(one.name, pages.words_of(console, request).own(one.title)) for one in known.values()],
        minutes=round(programme.minutes),
        where=place if place in ("window", "openxr") else "window",
        after=request.query.get("after", "")[:80],
    )
