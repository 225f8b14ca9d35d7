"""Toestemming: who must say yes by the age group, what they said, for which channel, with its history."""

from aiohttp import web

from vrtrainer.console import pages
from vrtrainer.console.people_pages import adult_id, person_of, person_page
from vrtrainer.console.start_page import ages, moment_of
from vrtrainer.records import consent, people

CHANNELS = (consent.FACE, consent.GAZE, consent.RECORDINGS)


def routes(console):
    return [
        web.get("/people/{code}/consent", pages.answering(console, shown)),
        web.post("/people/{code}/consent", pages.answering(console, keep)),
    ]


async def shown(console, request, filled=None, problems=None):
    words = pages.words_of(console, request)
    with console.database() as database:
        person = person_of(request, database)
        rows = consent.history(database, person)
    said = person.consent.get("said_by", {})
    held = {one: bool(said.get(one)) for one in consent.SAID_BY}
    held |= {name: bool(person.consent.get(name)) for name in CHANNELS}
    filled = filled or {"age_group": person.age_group, **held}
    rule = words.say(f"records.{consent.who(filled['age_group']).key}")
    return person_page(
        console,
        request,
        "consent",
        person,
        problems=problems,
        filled=filled,
        ages=ages(words),
        rule=rule,
        history=[_line(words, row) for row in reversed(rows)],
    )


def _line(words, row):
    who = row["said_by"] if row["said_by"] in consent.SAID_BY else "unknown"
    key = "history_yes" if row["given"] else "history_no"
    told = words.say(
        f"console_people.{key}",
        who=words.say(f"console_people.history_{who}"),
        what=words.say(f"console_people.what_{row['what']}"),
    )
    when = moment_of(words, row["at"])
    if row["adult_name"]:
        when = words.say("console_people.history_by", when=when, adult=row["adult_name"])
    return {"when": when, "words": told}


async def keep(console, request):
    """What was said; a channel needs the yes of everybody whom the age group asks for."""
    given = await pages.filled_in(request)
    words = pages.words_of(console, request)
    age = given.get("age_group", "")
    age = age if age in consent.AGES else ""
    filled = {"age_group": age, **{name: name in given for name in (*consent.SAID_BY, *CHANNELS)}}
    lacking = [one for one in consent.who(age).must if not filled[one]]
    if lacking and any(filled[name] for name in CHANNELS):
        names = [words.say(f"console_people.first_{one}") for one in lacking]
        who = words.say("console_people.and", first=names[0], second=names[1]) if len(names) > 1 else names[0]
        problems = {"said_by": words.say("console_people.first_yes", who=who)}
        return await shown(console, request, filled, problems)
    state = {"said_by": {one: filled[one] for one in consent.SAID_BY}, **{name: filled[name] for name in CHANNELS}}
    with console.database() as database:
        person = person_of(request, database)
        who = adult_id(console, request)
        people.keep(database, person, adult=who, age_group=age)
        people.keep(database, people.find(database, person.code), adult=who, consent=state)
    pages.sent_on(request.path, "kept")
