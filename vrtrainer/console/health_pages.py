"""Gezondheid: questions before a headset, answered or skipped, and what went amiss, with its time."""

from datetime import UTC, datetime

from aiohttp import web

from vrtrainer.console import pages
from vrtrainer.console.people_pages import adult_id, person_of, person_page
from vrtrainer.console.start_page import moment_of
from vrtrainer.records import health

QUESTIONS = ("flashes", "motion_sickness", "sight", "balance", "eyes_operation", "other")
ANSWERS = ("no", "yes", "skipped")
NOTES = "notes"


def routes(console):
    return [
        web.get("/people/{code}/health", pages.answering(console, shown)),
        web.post("/people/{code}/health", pages.answering(console, keep)),
        web.post("/people/{code}/health/event", pages.answering(console, keep_event)),
    ]


def advice(words, held):
    """Sentences about a headset, one for each question that was answered with yes."""
    asked = [name for name in QUESTIONS if held.get(name) == "yes"]
    return [words.say(f"console_people.advice_{name}") for name in asked]


async def shown(console, request, event=None, problems=None):
    words = pages.words_of(console, request)
    with console.database() as database:
        person = person_of(request, database)
        held = health.held(database, person.id)
        events = health.adverse_events(database, person.id)
    now = datetime.now().astimezone().strftime("%Y-%m-%dT%H:%M")
    return person_page(
        console,
        request,
        "health",
        person,
        problems=problems,
        questions=QUESTIONS,
        filled={**dict.fromkeys((*QUESTIONS, NOTES), ""), **held},
        advice=advice(words, held),
        events=[_line(words, row) for row in events],
        event={"when": now, "what": "", "severity": "", "done": "", **(event or {})},
        severities=[(one, words.say(f"console_people.severity_{one}")) for one in health.SEVERITIES],
    )


def _line(words, row):
    when = f"{moment_of(words, row['at'])} · {words.say('console_people.severity_' + row['severity'])}"
    return {"when": when, "what": row["what"], "done": row["action"]}


async def keep(console, request):
    """A row for each answer that is new; older ones stay."""
    filled = await pages.filled_in(request)
    with console.database() as database:
        person = person_of(request, database)
        held = health.held(database, person.id)
        told = {name: filled[name] for name in QUESTIONS if filled.get(name) in ANSWERS}
        told[NOTES] = filled.get(NOTES, "")
        for name, said in told.items():
            if said != held.get(name, ""):
                health.answer(database, person.id, name, said, adult=adult_id(console, request))
    pages.sent_on(request.path, "kept")


async def keep_event(console, request):
    """Something that went amiss: when, what, how much, and what was done."""
    filled = await pages.filled_in(request)
    words = pages.words_of(console, request)
    problems = {}
    if not filled.get("what"):
        problems["what"] = words.say("console_people.event_what_missing")
    if filled.get("severity") not in health.SEVERITIES:
        problems["severity"] = words.say("console_people.event_severity_missing")
    try:
        at = datetime.fromisoformat(filled.get("when", "")).astimezone(UTC).isoformat(timespec="milliseconds")
    except ValueError:
        problems["when"] = words.say("console_people.event_when_missing")
    if problems:
        return await shown(console, request, filled, problems)
    with console.database() as database:
        person = person_of(request, database)
        health.adverse(
            database,
            person.id,
            filled["what"],
            filled["severity"],
            action=filled.get("done", ""),
            at=at,
            adult=adult_id(console, request),
        )
    pages.sent_on(f"/people/{person.code}/health", "kept")
