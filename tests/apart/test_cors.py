"""Pages of the listed portals may call what is for pages at key server and file host; nobody else may call anything."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import inprocess
from tests.authorisation.identities import WITHOUT_OWN
from tests.authorisation.table import TABLE, read
from tests.inprocess import PORTAL, REPORT, Bearer
from tests.keyserver.steps import create
from viewer import cors
from viewer.config import Settings
from viewer.headers import content_security_policy
from viewer.log_key import verifier_key

NEXT_DOOR = "https://next-door.example"
LISTED, UNLISTED = (NEXT_DOOR, PORTAL), ("https://far-away.example", f"{NEXT_DOOR}.evil.example", "null", "*", "")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "get", "")
ROUTES = {cell.route for cell in read(TABLE, WITHOUT_OWN)}
FOR_PAGES = {
    (route.method, route.rule)
    for route in ROUTES
    if (route.by_pass and route.access not in ("events:read", "accounts:write"))
    or (route.access == "public" and route.rule.endswith("/checkpoint"))
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings under which two portals' passes are good, one of them under a path of its origin."""
    return replace(inprocess.settings(tmp_path / "data"), issuers=(PORTAL, f"{NEXT_DOOR}/photos"))


def cross(answer: TestResponse) -> dict[str, str]:
    """The headers of an answer that are for pages of other origins."""
    return {name: value for name, value in answer.headers if name.startswith("Access-Control-")}


def paths(app: Flask) -> Iterator[tuple[str, str]]:
    """Each address of the application, and a path that it has."""
    for rule in {rule.rule for rule in app.url_map.iter_rules()}:
        path = re.sub("<int:[^>]+>", "7", rule).replace("<origin_hash>", "ab" * 32)
        yield rule, re.sub("<(report|account)>", REPORT, path)


def ask(client: FlaskClient, path: str, origin: str, method: str) -> TestResponse:
    """Ask as a browser does before it sends a request."""
    return client.options(path, headers={"Origin": origin, "Access-Control-Request-Method": method})


def permitted(app: Flask, origin: str) -> set[tuple[str, str]]:
    """What a page of an origin is told that it may do."""
    found = set()
    for rule, path in paths(app):
        for method in METHODS:
            answer = ask(app.test_client(), path, origin, method)
            if cross(answer).get("Access-Control-Max-Age"):
                assert (answer.status_code, answer.data) == (204, b"")
                found.add((method, rule))
    return found


@pytest.mark.parametrize("origin", LISTED)
def test_listed_portals_may_call_what_is_for_pages(app: Flask, origin: str) -> None:
    assert len(FOR_PAGES) >= 15 and permitted(app, origin) == FOR_PAGES
    assert cross(ask(app.test_client(), f"/v1/keys/{REPORT}/release", origin, "POST")) == {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": "Authorization, DPoP, Idempotency-Key, Content-Type, Range, If-Range, "
        "Tus-Resumable, Upload-Length, Upload-Offset",
        "Access-Control-Expose-Headers": "Content-Range, ETag, Retry-After, WWW-Authenticate, "
        "Location, Tus-Resumable, Tus-Version, Upload-Expires, Upload-Length, Upload-Offset",
        "Access-Control-Max-Age": "7200",
    }, "no credentials, no wildcard"


@pytest.mark.parametrize("origin", UNLISTED)
def test_nobody_else_may(app: Flask, origin: str) -> None:
    assert permitted(app, origin) == set()


def raw(answer: TestResponse) -> tuple[object, ...]:
    return answer.status_code, sorted(answer.headers), answer.data


def differing(app: Flask, origin: str) -> list[tuple[str, str]]:
    """Requests to which an origin makes a difference."""
    found, client = [], app.test_client()
    for _, path in paths(app):
        for method in ("OPTIONS", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
            before = {"Access-Control-Request-Method": "POST"} if method == "OPTIONS" else {}
            answers = [client.open(path, method=method, headers=before | more) for more in ({}, {"Origin": origin})]
            if raw(answers[0]) != raw(answers[1]):
                found.append((method, path))
    return found


@pytest.mark.parametrize("origin", UNLISTED)
def test_strangers_are_refused_byte_for_byte_as_if_they_named_no_origin(app: Flask, origin: str) -> None:
    assert differing(app, origin) == []
    assert differing(app, NEXT_DOOR), "control: a listed one is told more"


def test_pages_may_read_answers_and_refusals(client: FlaskClient, owner: Bearer) -> None:
    create(client, owner)
    for headers, status in ((owner.headers("log:read"), 200), ({}, 401)):
        answer = client.get(f"/v1/keys/{REPORT}/log", headers=headers | {"Origin": NEXT_DOOR})
        assert answer.status_code == status
        assert cross(answer)["Access-Control-Allow-Origin"] == NEXT_DOOR
        assert "Origin" in answer.headers["Vary"]
    unasked = client.get(f"/v1/keys/{REPORT}/log")
    assert cross(unasked) == {} and "Origin" in unasked.headers["Vary"], "no cache gives one origin's answer to another"


@pytest.mark.parametrize("path", ["/", "/sent", "/api/account", "/.well-known/jwks.json", "/v1/nothing", "style.css"])
def test_the_portal_lets_no_other_origin_read(app: Flask, path: str) -> None:
    with app.app_context():
        path = path if path.startswith("/") else app.jinja_env.globals["asset"](path)  # type: ignore[operator]
    for origin in LISTED:
        answer = app.test_client().get(path, headers={"Origin": origin}, buffered=True)
        assert cross(answer) == {} and answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_control_a_wildcard_is_found(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    class Everybody(set[str]):
        def __contains__(self, origin: object) -> bool:
            return True

    found = app.after_request_funcs[None]
    [cell] = [
        cell
        for function in found
        if function.__module__ == cors.__name__
        for cell in function.__closure__ or ()
        if isinstance(cell.cell_contents, set)
    ]
    monkeypatch.setattr(cell, "cell_contents", Everybody())
    assert permitted(app, "https://far-away.example") == FOR_PAGES
    assert differing(app, "https://far-away.example")


def test_pages_may_reach_exactly_the_key_servers_and_the_file_host(tmp_path: Path) -> None:
    elsewhere = ("https://keys.example.org", "https://hospital.example/keys")
    made = inprocess.settings(tmp_path)
    apart = replace(
        made,
        roles=("portal",),
        portal_url="https://photos.example.org",
        keyserver_url="",
        keyserver_secret=b"",
        keyservers=tuple((url, verifier_key(url, bytes(32)).text()) for url in elsewhere),
        filehost_url="https://files.example.org",
    )

    def reach(settings: Settings) -> list[str]:
        [rule] = [rule for rule in content_security_policy(settings).split("; ") if rule.startswith("connect-src ")]
        return rule.split(" ")[1:]

    listed = ["https://files.example.org", "https://hospital.example/keys/", "https://keys.example.org"]
    assert reach(apart) == ["'self'", *listed]
    assert reach(made) == ["'self'"], "one process is one origin"
    assert reach(replace(apart, roles=("filehost",), keyservers=(), filehost_url="https://x.example", portal_url=""))
