"""The server's log: never whom a message went to, nor what a bug choked on."""

import dataclasses
import logging
import socket
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, request

from tests.conftest import Installation
from tests.inprocess import SAME_ORIGIN
from viewer import create_app, gate, logs
from viewer.config import Settings

CONTACT = "somebody.private@example.org"


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, as it was before afterwards."""
    logger = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", "apprise", "urllib3", "requests")}
    yield logger
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def loud() -> None:
    """The control: everything is logged."""
    logging.getLogger().setLevel(logging.DEBUG)
    logging.getLogger("apprise").setLevel(logging.DEBUG)


def quiet() -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    logs.configure()


@pytest.mark.parametrize(("configure", "named"), [(quiet, False), (loud, True)], ids=["ours", "control"])
def test_a_message_that_fails_names_nobody(
    app: Flask,
    root: logging.Logger,
    caplog: pytest.LogCaptureFixture,
    configure: Callable[[], None],
    named: bool,
) -> None:
    configure()
    answer = app.test_client().post("/api/codes", json={"contact": CONTACT}, headers=SAME_ORIGIN)
    assert (answer.status_code, answer.json["error"]) == (503, "not_sent")
    assert (CONTACT in caplog.text or CONTACT.replace("@", "%40") in caplog.text) is named
    assert "a gateway did not take a message" in caplog.text


def test_a_bug_is_told_by_kind_and_place_only(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def broken(report: str) -> str:
        raise ValueError(f"MRN 0042 in {report}")

    app.add_url_rule("/r2/<report>", view_func=gate.public(broken), endpoint="broken")
    assert app.test_client().get("/r2/0123456789").status_code == 500
    assert "unexpected ValueError" in caplog.text and "/r2/<report>" in caplog.text
    assert "0042" not in caplog.text and "0123456789" not in caplog.text


@pytest.mark.parametrize(("proxies", "counted_by"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_a_visitors_address_is_taken_from_as_many_proxies_as_there_are(
    settings: Settings, app: Flask, proxies: int, counted_by: str
) -> None:
    made = create_app(dataclasses.replace(settings, proxies=proxies))
    made.add_url_rule("/who", view_func=gate.public(lambda: str(request.remote_addr)), endpoint="who")
    answer = made.test_client().get("/who", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"})
    assert answer.text == counted_by


def test_a_request_that_makes_no_sense_is_not_quoted(installation: Installation) -> None:
    port = int(installation.url.rpartition(":")[2])
    with socket.create_connection(("localhost", port), timeout=30) as line:
        line.sendall(b"GET /r/7FXAJ2DN4Z4CZVDRCQE60A0BQV?bad request HTTP/9.9\r\n\r\n")
        assert b"400" in line.recv(1000)
    log = (installation.settings.data.parent / "server.log").read_text()
    assert "Invalid request" in log, "control: it was logged"
    assert "7FXAJ2DN4Z" not in log
