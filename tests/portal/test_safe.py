"""What ASVS.md asks for that is shown nowhere else: cookies, transport, content types, and how requests are read."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import inprocess
from tests.conftest import Installation
from tests.inprocess import SAME_ORIGIN
from tests.portal.conftest import ADA, Portal
from viewer import contacts
from viewer.config import Settings

HTTPS = "https://photos.example.org"


@pytest.fixture
def settings(tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """Settings of an installation behind a TLS proxy."""
    return replace(
        inprocess.settings(tmp_path / "data"),
        portal_url=HTTPS,
        keyserver_url=HTTPS,
        filehost_url=HTTPS,
        issuers=(HTTPS,),
    )


def cookies(portal: Portal) -> Iterator[str]:
    """Every cookie that is set from the first request to the sign-out, as it is set."""
    client = portal.app.test_client()
    asked = client.post("/api/codes", json={"contact": ADA}, headers=SAME_ORIGIN, base_url=HTTPS)
    body = {"attempt": asked.get_json()["attempt"], "code": portal.codes[ADA]}
    signed_in = client.post("/api/sessions", json=body, headers=SAME_ORIGIN, base_url=HTTPS)
    looked = client.get("/api/account", base_url=HTTPS)
    assert looked.get_json()["account"], "control: the cookies are good"
    left = client.delete("/api/sessions/current", headers=SAME_ORIGIN, base_url=HTTPS)
    for answer in (asked, signed_in, looked, left):
        yield from answer.headers.getlist("Set-Cookie")


def careless(cookie: str) -> bool:
    """Tell whether a cookie goes where it need not, or to scripts."""
    name, *attributes = cookie.split("; ")
    told = {attribute.lower() for attribute in attributes}
    strict = {"secure", "httponly", "path=/"} <= told and told & {"samesite=lax", "samesite=strict"}
    return not (name.startswith("__Host-") and strict) or any(one.startswith("domain") for one in told)


def test_under_https_every_cookie_is_for_this_host_only(portal: Portal) -> None:
    found = list(cookies(portal))
    assert len(found) >= 2 and not [cookie for cookie in found if careless(cookie)]


@pytest.mark.parametrize("name", ["SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE"])
def test_control_a_cookie_without_it_is_found(portal: Portal, name: str) -> None:
    portal.app.config[name] = None
    assert [cookie for cookie in cookies(portal) if careless(cookie)]


def test_under_https_browsers_are_told_to_stay_there(client: FlaskClient) -> None:
    for path in ("/", "/nothing", "/api/reports", "/v1/blobs/0"):
        told = client.get(path, base_url=HTTPS).headers["Strict-Transport-Security"].split("; ")
        assert told[1:] == ["includeSubDomains"] and int(told[0].removeprefix("max-age=")) >= 365 * 86_400


@pytest.mark.parametrize("role", ["portal", "keyserver", "filehost"])
def test_trace_is_not_there(client: FlaskClient, role: str) -> None:
    path = {"portal": "/api/account", "keyserver": "/v1/log/checkpoint", "filehost": "/v1/openapi.json"}[role]
    answer = client.open(path, method="TRACE", headers={"X-Mine": "comes back"})
    assert answer.status_code == 405 and "comes back" not in answer.text


def test_every_answer_says_what_it_is(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        asset = app.jinja_env.globals["asset"]
        files = {asset(name): kind for name, kind in (("style.css", "text/css"), ("report.js", "text/javascript"))}  # type: ignore[operator]
    html, json = "text/html; charset=utf-8", "application/json"  # which is UTF-8, and has no charset (RFC 8259)
    expected = {"/": html, "/r/x": html, "/nothing": html, "/api/account": json, "/api/nothing": json}
    expected |= {path: f'{kind}; charset="utf-8"' for path, kind in files.items()}
    told = {path: client.get(path, base_url=HTTPS, buffered=True).headers["Content-Type"] for path in expected}
    assert told == expected


@pytest.mark.parametrize(
    "typed",
    [
        "ada@example.org\r\nBcc: eve@example.org",
        "ada@example.org\nSubject: x",
        "ada@example.org, eve@example.org",
        '"ada\r\nBcc: eve"@example.org',
        "ada@example.org%0d%0aBcc:eve@example.org",
        "ada@example.org?bcc=eve@example.org",
        "+61491570156\r\nX: y",
    ],
)
def test_no_contact_writes_a_header_of_a_mail(typed: str) -> None:
    with pytest.raises(contacts.BadContact):
        contacts.canonical(typed, "AU")


def raw(installation: Installation, *lines: str) -> str:
    """Send a request as it stands; return all that comes back until the server hangs up."""
    host, _, port = installation.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), 10) as line:
        line.sendall("\r\n".join(("POST /api/account HTTP/1.1", f"Host: {host}", *lines)).encode())
        found = b""
        while data := line.recv(4096):
            found += data
    return found.decode()


@pytest.mark.parametrize("odd", ["\0", "a\0", "\ud800", "é", "a:b", "\n", "a" * 2000])
def test_no_text_at_all_makes_a_strangers_question_a_fault_of_ours(
    portal: Portal, caplog: pytest.LogCaptureFixture, odd: str
) -> None:
    client = portal.app.test_client()
    asked = [
        ("/api/sessions", {"attempt": odd, "code": odd}),
        ("/api/codes", {"contact": odd}),
        ("/api/codes", {"report": odd, "hint": odd}),
        ("/api/codes", {"attempt": odd, "report": odd, "by": "mail"}),
    ]
    answers = [client.post(path, json=body, headers=SAME_ORIGIN, base_url=HTTPS) for path, body in asked]
    assert {answer.status_code for answer in answers} <= {200, 400, 403, 404} and not caplog.records


SECOND = "0\r\n\r\nGET /api/account HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Length: 6", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 6"),
        ("Content-Length: 0", "Content-Length: 6"),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding : chunked",),
    ],
)
def test_a_request_with_two_lengths_is_refused(installation: Installation, headers: tuple[str, ...]) -> None:
    """And the rest of the line is not taken for a request of its own."""
    answer = raw(installation, *headers, "", SECOND)
    assert "HTTP/1.1 200" not in answer and '"account"' not in answer


def test_control_two_requests_on_one_line_are_answered(installation: Installation) -> None:
    answer = raw(installation, "Transfer-Encoding: chunked", "", SECOND)
    assert "HTTP/1.1 200" in answer and '"account"' in answer
