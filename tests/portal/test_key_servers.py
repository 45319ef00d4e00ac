"""A portal with several key servers: which one a report has, and what is said where that is none of them any more."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import RECIPIENT, SENDER
from tests.inprocess import PORTAL, SAME_ORIGIN
from viewer import create_app
from viewer.config import Settings
from viewer.database import Database
from viewer.log_key import verifier_key
from viewer.portal import invitations, messages

HOSPITAL = "https://keys.hospital.example"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Its own key server, and an institution's."""
    return replace(settings, keyservers=((HOSPITAL, verifier_key(HOSPITAL, bytes(32)).text()),))


@pytest.fixture
def people(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, str]]:
    """A sender's and a recipient's headers."""
    codes: dict[str, str] = {}
    monkeypatch.setattr(messages, "send_code", lambda settings, contact, code: codes.__setitem__(contact, code))
    invitations.invite(Database(settings, "portal"), settings, "Dr Ada", SENDER)
    found, client = {}, app.test_client(use_cookies=False)
    for contact in (SENDER, RECIPIENT):
        attempt = client.post("/api/codes", json={"contact": contact}, headers=SAME_ORIGIN).get_json()["attempt"]
        body = {"attempt": attempt, "code": codes[contact]}
        answer = client.post("/api/sessions", json=body, headers=SAME_ORIGIN)
        [signed_in] = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("safelight=")]
        found[contact] = SAME_ORIGIN | {"Cookie": signed_in.partition(";")[0]}
    return found


def begin(client: FlaskClient, headers: dict[str, str], **more: Any) -> dict[str, Any]:
    answer = client.post("/api/reports", json={"recipients": [RECIPIENT]} | more, headers=headers)
    assert answer.status_code == 201
    told: dict[str, Any] = answer.get_json()
    return told


def test_each_report_has_its_own_and_the_key_of_its_log(app: Flask, people: dict[str, dict[str, str]]) -> None:
    client = app.test_client(use_cookies=False)
    begun = [begin(client, people[SENDER], **more) for more in ({}, {"key_server": HOSPITAL})]
    listed = {one["id"]: one for one in client.get("/api/reports", headers=people[SENDER]).get_json()["reports"]}
    for one, url in zip(begun, (PORTAL, HOSPITAL), strict=True):
        told = client.get(f"/api/reports/{one['id']}", headers=people[RECIPIENT]).get_json()
        for answer in (one, listed[one["id"]], told):
            assert answer["key_server"] == url
            assert answer["log_key"].startswith(f"{url.partition('://')[2]}/log/1+")


@pytest.mark.parametrize("named", ["https://far-away.example", f"{HOSPITAL}/", "", None, 7, [HOSPITAL], {}])
def test_no_report_is_begun_at_another_one(app: Flask, people: dict[str, dict[str, str]], named: Any) -> None:
    body = {"recipients": [RECIPIENT], "key_server": named}
    answer = app.test_client(use_cookies=False).post("/api/reports", json=body, headers=people[SENDER])
    assert (answer.status_code, answer.get_json()["error"]) == (400, "unknown_key_server")


def test_one_that_is_gone_is_said_to_whom_the_report_is_for(
    app: Flask, settings: Settings, people: dict[str, dict[str, str]]
) -> None:
    report = begin(app.test_client(use_cookies=False), people[SENDER], key_server=HOSPITAL)["id"]
    without = create_app(replace(settings, keyservers=())).test_client(use_cookies=False)
    answer = without.get(f"/api/reports/{report}", headers=people[RECIPIENT])
    assert (answer.status_code, answer.get_json()["error"]) == (409, "key_server_gone")
    [listed] = without.get("/api/reports", headers=people[SENDER]).get_json()["reports"]
    assert (listed["key_server"], listed["log_key"]) == (HOSPITAL, "")
