"""Who comes in and who does not, one console a data folder, and sessions that do not need it."""

import http.client
import json
import os
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.console import processes
from tests.console.processes import fresh, until
from vrtrainer import choices
from vrtrainer.console import door, icon, run_file, start_run


class Browser:
    """As much of a browser as the door looks at."""

    def __init__(self, address):
        self.port = urlsplit(address).port
        self.host = f"127.0.0.1:{self.port}"
        self.cookie = ""

    def ask(self, path, method="GET", **headers):
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        given = {"Host": self.host, **({"Cookie": self.cookie} if self.cookie else {}), **headers}
        line.putrequest(method, path, skip_host=True)
        for name, value in given.items():
            line.putheader(name.replace("_", "-"), value)
        line.endheaders()
        answer = line.getresponse()
        answer.text = answer.read().decode("utf-8", "replace")
        line.close()
        if set_ := answer.getheader("Set-Cookie"):
            self.cookie = set_.partition(";")[0]
        return answer

    def open(self, address):
        parts = urlsplit(address)
        return self.ask(f"{parts.path}?{parts.query}")


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """A console's data folder and its first address, not used yet."""
    data = tmp_path_factory.mktemp("console")
    with processes.console(data) as (_, address):
        yield data, address


@pytest.fixture
def browser(opened):
    """A browser that has been let in."""
    data, _ = opened
    address = fresh(data)
    one = Browser(address)
    assert one.open(address).status == 303
    return one


def test_the_address_opens_once_and_leaves_a_cookie_that_no_script_and_no_other_site_sees(opened):
    _, address = opened
    one = Browser(address)
    answer = one.open(address)
    assert (answer.status, answer.getheader("Location")) == (303, "/")
    cookie = answer.getheader("Set-Cookie")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert one.ask("/live").status == 200
    other = Browser(address)
    assert other.open(address).status == 403
    assert not other.cookie


@pytest.mark.parametrize(
    "path", ["/", "/live", "/live/line", "/static/live.js", "/?token=", "/?token=wrong", "/nothing"]
)
def test_nothing_is_shown_without_the_cookie_but_a_kind_page(opened, path):
    _, address = opened
    answer = Browser(address).ask(path)
    assert answer.status == 403
    assert "Open the console again with the icon" in answer.text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1", "[::1]:80", ""])
def test_another_name_for_this_computer_is_refused(browser, host):
    assert browser.ask("/live", Host=host).status == 403


def test_localhost_with_the_port_is_this_computer_too(browser):
    assert browser.ask("/live", Host=f"localhost:{browser.port}").status == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1", None])
def test_what_changes_something_must_come_from_our_own_pages(browser, origin):
    headers = {} if origin is None else {"Origin": origin}
    assert browser.ask("/live", "POST", Content_Length="0", **headers).status == 403
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec_WebSocket_Version": "13",
        "Sec_WebSocket_Key": "eA==",
    }
    assert browser.ask("/live/line", **upgrade, **headers).status == 403


def test_a_token_needs_the_secret_of_console_json(opened):
    data, address = opened
    one = Browser(address)
    for given in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer " + "0" * 64}):
        answer = one.ask(door.FRESH, "POST", Content_Length="0", **given)
        assert (answer.status, answer.text) == (403, "no")
    if os.name != "nt":
        assert stat.S_IMODE((data / "console.json").stat().st_mode) == 0o600


def test_pages_run_no_foreign_script_are_framed_by_nobody_and_kept_by_nobody(browser):
    answer = browser.ask("/live")
    policy = answer.getheader("Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.getheader("Cache-Control") == "no-store"
    assert answer.getheader("X-Content-Type-Options") == "nosniff"
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|style=", answer.text)


def test_a_page_that_is_not_there_says_so(browser):
    answer = browser.ask("/nothing/here")
    assert answer.status == 404
    assert "There is no page here." in answer.text


def test_no_file_outside_is_served(browser):
    for path in ("/static/../server.py", "/static/%2e%2e/server.py", "/static/..%2fserver.py", "/fonts/../../run.json"):
        assert browser.ask(path).status in (403, 404)


def test_a_second_console_opens_another_window_of_the_first(opened):
    data, _ = opened
    with processes.ended(processes.started(data, "console", "--no-browser")) as second:
        said = second.communicate(timeout=30)[0]
    assert second.returncode == 0
    address = processes.ADDRESS.search(said).group(0)
    assert "was open already" in said
    assert Browser(address).open(address).status == 303


def test_a_console_ends_in_good_order_and_leaves_no_word(tmp_path):
    with processes.console(tmp_path) as (process, _):
        assert (tmp_path / "console.json").exists()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    assert not (tmp_path / "console.json").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9: Windows has no such signal")
def test_after_a_console_was_killed_the_next_one_opens(tmp_path):
    with processes.console(tmp_path) as (process, _):
        process.kill()
        process.wait()
    with processes.console(tmp_path) as (_, address):
        assert Browser(address).open(address).status == 303


def test_a_port_that_is_taken_is_one_clear_line(opened, tmp_path):
    _, address = opened
    taken = urlsplit(address).port
    with processes.ended(processes.started(tmp_path, "console", "--no-browser", "--port", taken)) as process:
        said = process.communicate(timeout=30)[0]
    assert process.returncode == 2
    assert said.strip().splitlines()[-1].endswith("choose another with --port")
    assert "Traceback" not in said


# Starting a session


def test_a_start_that_fails_says_its_last_line(tmp_path):
    started = start_run.start(tmp_path, "en", ["--programme", "no_such_programme", "--display", "offscreen"])
    until(lambda: started.state != "starting")
    assert started.state == "failed"
    assert "no 'no_such_programme'" in started.sentence
    assert not started.sentence.startswith("vrtrainer:")


@pytest.mark.skipif(sys.platform == "win32", reason="groups of processes are the system's own there")
def test_what_is_started_hangs_on_nobody(tmp_path):
    started = start_run.start(tmp_path, "en", [*processes.SAM[1:]])
    try:
        until(lambda: started.state == "running", 60)
        assert os.getsid(started.pid) == started.pid
        assert os.getpgid(started.pid) != os.getpgid(0)
        assert run_file.read(tmp_path).pid == started.pid
    finally:
        os.kill(started.pid, signal.SIGTERM)
    until(lambda: started.state == "ended", 60)
    until(lambda: run_file.read(tmp_path) is None)


# The icon


def test_the_icon_of_linux_starts_the_console_of_this_data_folder(tmp_path, monkeypatch):
    home, data = tmp_path / "home", tmp_path / 'da"ta $1 100%'
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    (home / "Bureaublad").mkdir(parents=True)
    (home / ".config").mkdir()
    (home / ".config" / "user-dirs.dirs").write_text('XDG_DESKTOP_DIR="$HOME/Bureaublad"\n')
    paths = icon.make(data, "nl", "vrtrainer", "Samen", system="linux", home=home)
    assert [p.name for p in paths] == ["vrtrainer.desktop"] * 2
    text = paths[1].read_text(encoding="utf-8")
    assert paths[1].parent == home / "Bureaublad"
    (line,) = re.findall(r"^Exec=(.*)$", text, re.M)
    assert _words(line) == [sys.executable, "-m", "vrtrainer", "console", "--data", str(data), "--lang", "nl"]
    (drawing,) = re.findall(r"^Icon=(.*)$", text, re.M)
    assert Path(drawing).read_text(encoding="utf-8").startswith("<svg")


def _words(line):
    """The arguments of Exec by the Desktop Entry Specification: the string's escapes first, then the quotes."""
    line = line.replace("\\\\", "\\").replace("%%", "%")
    return [re.sub(r"\\(.)", r"\1", word) for word in re.findall(r'"((?:[^"\\]|\\.)*)"', line)]


def test_the_icon_of_macos_is_a_command_that_a_shell_understands(tmp_path):
    (path,) = icon.make(tmp_path / "my data", "en", "vrtrainer", "Together", system="darwin", home=tmp_path)
    assert os.access(path, os.X_OK)
    command = path.read_text(encoding="utf-8").split("exec ", 1)[1].strip()
    shown = subprocess.run(["sh", "-c", f'set -- {command}; printf "%s|" "$@"'], **_TOLD)
    assert shown.stdout.split("|")[4:6] == ["--data", str(tmp_path / "my data")]


_TOLD = {"capture_output": True, "text": True, "check": True}


def test_every_language_has_every_word_of_live():
    from vrtrainer.console import live_words, server

    folder = choices.content("assets") / "language"
    for code in ("nl", "en"):
        texts = server._texts(folder, code)
        for name, *_ in live_words.CONTROLS:
            assert texts["controls"][name]
        for mark in live_words.MARKS:
            assert texts["console_live"][f"mark_{mark}"]
        json.dumps(texts["console_live"])
