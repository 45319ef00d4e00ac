"""Clocks: many a phone's is off by more than a minute; it is told the server's time, and makes another proof."""

import pytest
from flask import Flask

from tests.conftest import SENDER, Installation
from tests.proofs.asked import routes
from viewer import clock
from viewer.config import Settings
from viewer.sender.client import WrongTime
from viewer.session_key import SessionKey

HOUR = 3600  # seconds


def test_whose_time_alone_is_wrong_is_told_the_right_one(app: Flask, settings: Settings) -> None:
    for asked in routes(app, settings):
        before = clock.now()
        asked.claims = {"iat": before - HOUR}
        answer = asked.send(app.test_client())
        assert answer.status_code == 401
        if asked.method == "HEAD":
            continue  # its answers have no body; a program asks the portal for a pass first, and hears it there
        assert answer.json and answer.json["error"] == "wrong_time"
        assert before <= answer.json["now"] <= clock.now()
        asked.claims = {"iat": clock.now() - HOUR, "htm": "BREW"}
        answer = asked.send(app.test_client())
        assert answer.json and answer.json["error"] == "bad_pass", "what else is wrong is not told"


@pytest.mark.parametrize(("seconds", "near"), [(-61, False), (-60, True), (60, True), (61, False)])
def test_a_minute_is_near_enough(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch, seconds: int, near: bool
) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    for asked in routes(app, settings):
        asked.claims = {"iat": now + seconds}
        assert (asked.send(app.test_client()).status_code != 401) == near


@pytest.mark.parametrize("off", [-HOUR, HOUR])
def test_a_program_whose_clock_is_an_hour_off(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, off: int
) -> None:
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + off)
    sent = request.getfixturevalue("sent")
    client = installation.clients[SENDER]
    url = f"{installation.url}/v1/keys/{sent.report}/log"
    assert client.with_pass("GET", url, sent.report, "log:read")["entries"]
    monkeypatch.setattr(clock, "now", lambda: real() - off)
    assert client.with_pass("GET", url, sent.report, "log:read")["entries"], "a clock that is put right, or wrong again"
    monkeypatch.setattr(SessionKey, "set_clock", lambda self, now: None)
    client._key._ahead = 0
    with pytest.raises(WrongTime):
        client.with_pass("GET", url, sent.report, "log:read")
