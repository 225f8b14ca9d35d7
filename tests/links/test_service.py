"""Monado's service: what is said where it cannot be had, and how one that stands there is found."""

import json
import socket
import sys

import pytest

from vrtrainer.links.monado import live
from vrtrainer.links.monado.service import Service, ServiceError, answers, socket_path

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Monado: its service runs on Linux")


@pytest.fixture
def environment(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "run").mkdir()
    return {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "XDG_RUNTIME_DIR": str(tmp_path / "run")}


def stand_in(tmp_path, text):
    """A program in the service's place: what it does is all that is asked about here."""
    file = tmp_path / "bin" / "monado-service"
    file.write_text(f"#!{sys.executable}\n{text}", encoding="utf-8")
    file.chmod(0o755)


def test_a_machine_without_the_service_is_told_so(tmp_path, environment):
    with pytest.raises(ServiceError) as told:
        Service("null", tmp_path, environment | {"PATH": str(tmp_path)}).start()
    assert told.value.key == "no_service"


def test_the_screen_needs_a_screen(tmp_path, environment):
    stand_in(tmp_path, "")
    with pytest.raises(ServiceError) as told:
        Service("screen", tmp_path, environment).start()
    assert told.value.key == "no_screen"


def test_a_service_that_ends_at_once_says_why(tmp_path, environment):
    stand_in(tmp_path, "print('ERROR: no GPU'); print('bye'); raise SystemExit(3)")
    with pytest.raises(ServiceError) as told:
        Service("null", tmp_path, environment).start()
    assert told.value.key == "ended"
    assert told.value.values == {"code": 3, "why": "ERROR: no GPU"}


def test_a_service_is_awaited_has_a_port_of_its_own_and_is_ended(tmp_path, environment):
    stand_in(
        tmp_path,
        "import os, socket, time\ntime.sleep(0.3)\ns = socket.socket(socket.AF_UNIX)\n"
        "s.bind(os.environ['XDG_RUNTIME_DIR'] + '/monado_comp_ipc')\ns.listen()\ntime.sleep(60)\n",
    )
    # What a killed service leaves behind must not stand in the way.
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(socket_path(environment)))
    service = Service("null", tmp_path, environment)
    assert not answers(service.socket)
    service.ensure()
    assert answers(service.socket)
    settings = json.loads((tmp_path / "config" / "monado" / "config_v0.json").read_text(encoding="utf-8"))
    assert settings["remote"]["port"] == service.port != 4242
    other = Service("null", tmp_path, environment)
    other.ensure()
    assert not other.ours, "one that is there is used"
    service.stop()
    assert not service.ours
    assert not answers(service.socket)


def test_keys_come_from_a_terminal_one_by_one_and_nowhere_else(tmp_path):
    import os
    import pty

    ours, theirs = pty.openpty()
    with open(theirs, closefd=True) as stream, live.keys(stream) as pressed:
        assert pressed() == ""
        os.write(ours, b"wt")
        assert pressed() == "wt"
    os.close(ours)
    file = tmp_path / "no terminal"
    file.write_text("q", encoding="utf-8")
    with file.open(encoding="utf-8") as stream, live.keys(stream) as pressed:
        assert pressed() == ""
