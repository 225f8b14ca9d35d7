"""Who sits at this browser: the adult that it last named, else the one who was here last."""

from aiohttp import web

from vrtrainer.records import adults

COOKIE = "vrtrainer_adult"
LANGUAGE_COOKIE = "vrtrainer_language"
_HERE = web.RequestKey("adult", object) if hasattr(web, "RequestKey") else "adult"  # since aiohttp 3.14
YEAR = 365 * 24 * 3600


def here(console, request):
    """The adult at this browser, or None where nobody said who they are; asked once a request."""
    if _HERE not in request:
        with console.database() as database:
            known = adults.known(database)
        named = request.cookies.get(COOKIE, "")
        request[_HERE] = next((one for one in known if str(one.id) == named), known[-1] if known else None)
    return request[_HERE]


def taking_part(address, adult, keep_language=False):
    """On to an address, with this browser knowing who sits at it."""
    answer = web.HTTPSeeOther(address)
    answer.set_cookie(COOKIE, str(adult.id), max_age=YEAR, samesite="Strict", httponly=True)
    if not keep_language:
        answer.del_cookie(LANGUAGE_COOKIE)  # the language that the adult chose holds from now on
    return answer
