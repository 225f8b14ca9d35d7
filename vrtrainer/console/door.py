"""Who may come in: a one-use token in the address, then a cookie; nothing but this computer's own address.

Rule 1: only 127.0.0.1 (or localhost) and this port are answered to: a page elsewhere cannot borrow the name.
Rule 2: what changes something must come from a page of our own (Origin); the cookie goes to nobody else (Strict).
Rule 3: pages may run our own scripts and styles only, are framed by nobody and kept by nobody.
"""

import base64
import hashlib
import hmac
import secrets
import time

import jinja2
from aiohttp import web

TOKEN_LASTS = 300.0  # s
BROWSERS = 32  # that are known at a time; the longest unused is forgotten
FRESH = "/-/token"
"""Where a second `vrtrainer console` asks the first for a new token, with the secret of DATA/console.json."""
_STYLE = (
    "body{margin:0;min-height:100vh;display:grid;place-items:center;background:#F4EFE6;color:#1F2D36;"
    "font:20px/1.5 'Atkinson Hyperlegible',Verdana,'DejaVu Sans',sans-serif}"
    "main{max-width:32em;padding:32px}h1{font-size:26px;line-height:1.25}"
)
_CLOSED = jinja2.Environment(autoescape=True).from_string(
    '<!DOCTYPE html>\n<html lang="{{ language }}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{{ title }} · vrtrainer</title>'
    "<style>{{ style }}</style></head><body><main><h1>{{ title }}</h1><p>{{ text }}</p></main></body></html>\n"
)


class Door:
    """Tokens and browsers of one console on one port."""

    def __init__(self, port):
        self.port = port
        self.secret = secrets.token_hex(32)
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._cookie = f"vrtrainer_{port}"  # cookies are shared by all ports of a computer
        self._tokens, self._browsers = {}, {}

    def address(self):
        """The console's address with a token that opens it once."""
        token = secrets.token_urlsafe(32)
        self._tokens = {t: until for t, until in self._tokens.items() if until > time.monotonic()}
        self._tokens[_hashed(token)] = time.monotonic() + TOKEN_LASTS
        return f"http://127.0.0.1:{self.port}/?token={token}"

    def refusal(self, request):
        """Why a request is turned away whoever sends it, "" when it is not."""
        if request.headers.get("Host", "") not in self._hosts:
            return "host"
        origin = request.headers.get("Origin")
        socket = request.headers.get("Upgrade", "").lower() == "websocket"
        changes = request.method not in ("GET", "HEAD")
        if origin is None:
            return "origin" if (changes or socket) and request.path != FRESH else ""
        return "" if origin == f"http://{request.headers['Host']}" else "origin"

    def known(self, request):
        """Whether this browser has been let in."""
        browser = _hashed(request.cookies.get(self._cookie, ""))
        if browser not in self._browsers:
            return False
        self._browsers[browser] = time.monotonic()
        return True

    def let_in(self, request):
        """The answer to an address with a token: a cookie and the same page without it, or None."""
        if self._tokens.pop(_hashed(request.query.get("token", "")), 0.0) < time.monotonic():
            return None
        browser = secrets.token_urlsafe(32)
        self._browsers[_hashed(browser)] = time.monotonic()
        while len(self._browsers) > BROWSERS:
            del self._browsers[min(self._browsers, key=self._browsers.get)]
        answer = web.HTTPSeeOther("/")
        answer.set_cookie(self._cookie, browser, httponly=True, samesite="Strict", path="/")
        return answer

    def fresh(self, request):
        """A new address for whoever knows the secret of DATA/console.json."""
        given = request.headers.get("Authorization", "")
        if request.method != "POST" or not hmac.compare_digest(given, f"Bearer {self.secret}"):
            return web.Response(status=403, text="no")
        return web.json_response({"address": self.address()})


def closed(texts, language, status=403):
    """The page for a browser that was not let in."""
    words = texts["console_live"]
    text = _CLOSED.render(language=language, title=words["closed"], text=words["open_again"], style=_STYLE)
    answer = web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
    allowed = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    answer.headers["Content-Security-Policy"] = f"default-src 'none'; style-src 'sha256-{allowed}'"
    return answer


def headers(port):
    """What goes with every answer that does not say otherwise."""
    return {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; media-src 'self' blob:; "
            f"img-src 'self' data: blob:; connect-src 'self' ws://127.0.0.1:{port} ws://localhost:{port}; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


def _hashed(text):
    return hashlib.sha256(text.encode()).digest() if text else b""
