"""The gate: every route says who may come in, and nobody else does."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.inprocess import SAME_ORIGIN
from viewer import gate

PUBLIC = {
    "portal.home_GET",
    "portal.link_GET",
    "portal.open_GET",
    "portal.here_GET",
    "portal.received_page_GET",
    "portal.organisation_GET",
    "portal.audit_GET",
    "portal.sent_GET",
    "portal.send_GET",
    "portal.manifest_GET",
    "portal.account_GET",
    "portal.codes_POST",
    "portal.account_page_GET",
    "portal.from_hospital_GET",
    "portal.sessions_POST",
    "portal.session_by_passkey_POST",
    "portal.sign_in_options_POST",
    "portal.hospital_POST",
    "portal.hospital_turn_POST",
    "portal.jwks_GET",
    "log.checkpoint_GET",
    "health.live_GET",
    "health.ready_GET",
    "openapi_GET",
    "witness.checkpoint_GET",
    "filehost.upload_OPTIONS",
}
BY_SERVERS = {"witness.checkpoint_POST"}  # not even asked whether they come from our own page
ID = "0" * 26


def test_every_route_says_who_may_come_in(app: Flask) -> None:
    access = {
        rule.endpoint: getattr(app.view_functions[rule.endpoint], "access", None) for rule in app.url_map.iter_rules()
    }
    assert len(access) >= 16
    assert {endpoint for endpoint, who in access.items() if who == "public"} == PUBLIC
    assert {endpoint for endpoint, who in access.items() if who == "by_servers"} == BY_SERVERS
    assert [endpoint for endpoint, who in access.items() if who is None] == []


def test_strangers_get_401_everywhere_else(app: Flask, client: FlaskClient) -> None:
    asked = 0
    for rule in app.url_map.iter_rules():
        for method in gate.methods(rule):
            if rule.endpoint in PUBLIC | BY_SERVERS:
                continue
            address = rule.rule.replace("<report>", ID).replace("<int:number>", "7")
            answer = client.open(address, method=method, headers=SAME_ORIGIN)
            assert answer.status_code == 401, f"{method} {rule.rule}"
            asked += 1
    assert asked >= 10


def test_a_route_that_says_nothing_lets_nobody_in(app: Flask) -> None:
    app.add_url_rule("/v1/forgotten", view_func=lambda: "secret", endpoint="forgotten")
    app.add_url_rule("/v1/open", view_func=gate.public(lambda: "open"), endpoint="open")
    client = app.test_client()
    assert client.get("/v1/forgotten").status_code == 404
    assert b"secret" not in client.get("/v1/forgotten").data
    assert client.get("/v1/open").data == b"open", "control: it is the missing word that keeps strangers out"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 400),
        ({"Origin": "http://localhost"}, 400),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
def test_requests_from_other_sites_are_refused(client: FlaskClient, headers: dict[str, str], status: int) -> None:
    answer = client.post("/api/codes", json={}, headers=headers)
    assert answer.status_code == status  # 400: let in, and then asked for the contact


def test_key_server_and_file_host_ignore_cookies(client: FlaskClient) -> None:
    client.set_cookie("safelight", "anything")
    for path in (f"/v1/keys/{ID}/log", f"/v1/blobs/{ID}"):
        answer = client.get(path)
        assert answer.status_code == 401
        assert "Set-Cookie" not in answer.headers
