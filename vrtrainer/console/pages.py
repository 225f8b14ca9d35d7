"""Pages: the adult's words, the templates, and what was filled in.

Rule 1: every address but Live is a plain page that works without JavaScript; a form is posted, then sent on (303).
Rule 2: what cannot be kept comes back as it was typed, with a sentence beside its field.
Rule 3: no words stand in a template: `say("console_today.title", learner="S.")` takes them from assets/language.
Rule 4: the adult is addressed as chosen: in a text `[je|u]` is the familiar word, then the polite one.

Of the console (server.py) pages use `data`, `content`, `language`, `texts(code)`, `database()` and `running()`.
"""

import functools
import re
from pathlib import Path

import jinja2
from aiohttp import web

from vrtrainer.console import adults

HERE = Path(__file__).parent
LANGUAGES = {"nl": "Nederlands", "en": "English"}
"""As each language calls itself; what stands in no table, because it is the same in all."""
_ADDRESSED = re.compile(r"\[([^\[\]|]*)\|([^\[\]|]*)\]")


def routes(console):
    """Style, scripts, pictograms and letters, and the choice of language."""
    return [
        web.static("/static", HERE / "static"),
        web.static("/fonts", console.content.assets / "fonts"),
        web.get("/language/{code}", choose_language),
    ]


@functools.cache
def templates():
    """The templates, which write every value as text and refuse a value that is not there."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class Words:
    """The texts of one language for one adult."""

    def __init__(self, texts, language, formal=False):
        self.texts, self.language, self.formal = texts, language, formal

    def say(self, key, **values):
        """A text by "section.name", with its values filled in."""
        section, _, name = key.partition(".")
        text = _ADDRESSED.sub(r"\2" if self.formal else r"\1", self.texts[section][name])
        return text.format(**values)

    def has(self, key):
        section, _, name = key.partition(".")
        return name in self.texts.get(section, {})

    def own(self, titles):
        """A title of a gesture, programme or avatar in this language."""
        return titles if isinstance(titles, str) else titles.get(self.language) or next(iter(titles.values()), "")

    def date(self, moment):
        """A day in words, without its year: "maandag 3 maart"."""
        report = self.texts["report"]
        day, month = report["days"].split()[moment.weekday()], report["months"].split()[moment.month - 1]
        return self.say("console.day", day=day, number=moment.day, month=month)


def words_of(console, request):
    """The words for whoever sits at this browser."""
    adult = adults.here(console, request)
    chosen = request.cookies.get(adults.LANGUAGE_COOKIE, "")
    language = chosen if chosen in LANGUAGES else ((adult.language if adult else "") or console.language)
    return Words(console.texts(language), language, bool(adult and adult.formal))


def page(console, request, template, *, status=200, here="", **values):
    """A page of a template. `here` names the entry of the menu that it belongs to."""
    words = words_of(console, request)
    adult = adults.here(console, request)
    said = request.query.get("said", "")
    given = {
        "language": words.language,
        "say": words.say,
        "adult_name": adult.name if adult else "",
        "languages": [
            {"code": code, "name": name, "href": f"/language/{code}?to={request.rel_url.path}"}
            for code, name in LANGUAGES.items()
        ],
        "menu": _menu(console, words, here),
        "said": words.say(f"console.said_{said}") if words.has(f"console.said_{said}") else "",
        **values,
    }
    text = templates().get_template(template).render(given)
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")


def _menu(console, words, here):
    """Where one can always go: Start, the running session while there is one, and what came of the last one."""
    out = [("start", "/")]
    if console.running() is not None:
        out.append(("live", "/live"))
    if here != "live":  # beside a running session nothing leads away from it
        out.append(("after", "/after"))
    return [{"text": words.say(f"console.menu_{name}"), "href": href, "here": name == here} for name, href in out]


def sent_on(address, said=""):
    """After a form: the browser asks for the next page itself, so that going back posts nothing twice."""
    if said:
        path, hash_, part = address.partition("#")
        address = f"{path}{'&' if '?' in path else '?'}said={said}{hash_}{part}"
    raise web.HTTPSeeOther(address)


def answering(console, answer):
    """A page's function of console and request, as aiohttp asks for one."""

    async def handle(request):
        return await answer(console, request)

    return handle


async def filled_in(request):
    """What was filled in: a dict of stripped text, and of several values of a name the last."""
    return {name: str(value).replace("\r\n", "\n").strip() for name, value in (await request.post()).items()}


async def choose_language(request):
    """Another language for this browser, on the page where it was asked for."""
    back = request.query.get("to", "/")
    answer = web.HTTPSeeOther(back if back.startswith("/") and not back.startswith("//") else "/")
    if request.match_info["code"] in LANGUAGES:
        answer.set_cookie(
            adults.LANGUAGE_COOKIE, request.match_info["code"], max_age=31536000, samesite="Strict", httponly=True
        )
    raise answer
