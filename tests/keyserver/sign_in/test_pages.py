"""The pages of the key server's own sign-in: what they change, where they lead, and whose cookie they read."""

import ast
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.authorisation.matrix import routes_of
from tests.conftest import ROOT
from tests.databases import stored
from tests.inprocess import PORTAL, REPORT, SAME_ORIGIN, Bearer, ProvingClient
from tests.keyserver.sign_in.turns import begin, come_back, go, leads_to, redeem
from tests.oidc.lying import NAME, Provider
from tests.test_headers import REQUIRED
from viewer import clock, create_app
from viewer.config import Settings
from viewer.database import Database
from viewer.keyserver.models import SignIn

PAGES = {
    ("GET", "/sign-in/<name>", "public"),
    ("POST", "/sign-in/<name>", "public"),
    ("GET", "/sign-in/back", "public"),
    ("GET", "/sign-in/icon.svg", "public"),
    ("GET", "/sign-in/style.css", "public"),
}


def rows(settings: Settings) -> list[tuple[object, ...]]:
    """All that is kept of sign-ins."""
    with Database(settings, "keyserver").read() as session:
        return [tuple(row) for row in session.execute(select(SignIn.__table__))]


def test_there_are_these_and_only_with_a_sign_in(app: Flask, demanding: Flask) -> None:
    assert routes_of(demanding) - routes_of(app) == PAGES
    assert routes_of(app) - routes_of(demanding) == set()


def test_who_asks_is_said_and_nothing_changes(
    own: FlaskClient, reader: Bearer, settings: Settings, provider: Provider
) -> None:
    path = begin(own, reader)
    before = rows(settings)
    page = own.get(path, headers={"User-Agent": "WhatsApp/2.23"})
    assert page.status_code == 200 and f"Sign in at {NAME}" in page.text and "localhost asks you" in page.text
    assert "Set-Cookie" not in page.headers and provider.asked == []
    assert rows(settings) == before != []
    go(own, path)
    assert rows(settings) != before, "control"


def test_strict_headers_and_no_script(own: FlaskClient, provider: Provider, reader: Bearer) -> None:
    path = begin(own, reader)
    going = own.post(path, headers=SAME_ORIGIN)
    pages = [own.get(path), going, come_back(own, provider.authorize(leads_to(going))), own.get("/sign-in/unknown")]
    for page in pages:
        policy = page.headers["Content-Security-Policy"].split("; ")
        assert {"default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} <= set(policy)
        assert not [rule for rule in policy if "unsafe" in rule or "http" in rule or "script-src" in rule]
        assert REQUIRED - set(page.headers.keys()) == set() and page.headers["Cache-Control"] == "no-store"
        assert "<script" not in page.text and "Location" not in page.headers
    for file in ("style.css", "icon.svg"):
        assert own.get(f"/sign-in/{file}", buffered=True).status_code == 200


@pytest.mark.parametrize(("url", "name", "secure"), [
    (PORTAL, "safelight-sign-in", False),
    ("https://keys.example.org", "__Host-safelight-sign-in", True),
])  # fmt: skip
def test_the_cookie(demanding: Flask, provider: Provider, reader: Bearer, url: str, name: str, secure: bool) -> None:
    own = demanding.test_client()
    path, here = begin(own, reader), demanding.extensions["safelight.keyserver"]
    demanding.extensions["safelight.keyserver"] = replace(here, url=url)
    page = own.post(path, base_url=url, headers=SAME_ORIGIN)
    [cookie] = page.headers.getlist("Set-Cookie")
    value, *marks = cookie.split("; ")
    assert value.startswith(f"{name}=") and {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(marks)
    assert ("Secure" in marks) == secure and not [mark for mark in marks if mark.startswith("Domain")]
    back = own.get("/sign-in/back", base_url=url, query_string=provider.authorize(leads_to(page)))
    assert back.status_code == 200 and f"{name}=;" in back.headers["Set-Cookie"]


def reading_cookies(source: str) -> bool:
    return any(isinstance(node, ast.Attribute) and "cookie" in node.attr for node in ast.walk(ast.parse(source)))


def test_no_other_route_of_a_key_server_reads_cookies() -> None:
    shared = (path for path in (ROOT / "viewer").glob("*.py"))
    own = (path for path in (ROOT / "viewer" / "keyserver").rglob("*.py"))
    found = {path.name for path in (*shared, *own) if reading_cookies(path.read_text())}
    assert found == {"sign_in_pages.py"}
    assert reading_cookies((ROOT / "viewer/portal/sessions.py").read_text()) or reading_cookies("request.cookies")


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_no_other_site_presses_continue(own: FlaskClient, reader: Bearer, site: str) -> None:
    page = own.post(begin(own, reader), headers={"Sec-Fetch-Site": site})
    assert page.status_code == 403 and "Set-Cookie" not in page.headers


@pytest.mark.parametrize("path", ["/sign-in/unknown", "/sign-in/" + "0" * 26])
def test_an_unknown_one_is_over(own: FlaskClient, path: str) -> None:
    assert own.get(path).status_code == 410
    assert own.post(path, headers=SAME_ORIGIN).status_code == 410


def test_it_ends_where_it_was_asked_for(own: FlaskClient, provider: Provider, reader: Bearer) -> None:
    for returns, page in (("link", "r"), ("file", "open"), ("sent", "sent")):
        address = leads_to(come_back(own, provider.authorize(go(own, begin(own, reader, returns)))))
        assert address.startswith(f"{PORTAL}/{page}/{REPORT}#signed-in=")


def test_a_program_gets_a_code_by_hand(own: FlaskClient, provider: Provider, reader: Bearer) -> None:
    path = begin(own, reader, "program")
    assert "Go on only if you have started it yourself" in " ".join(own.get(path).text.split())
    page = come_back(own, provider.authorize(go(own, path)))
    code = unescape(page.text.partition('id="code">')[2].partition("<")[0])
    assert "refresh" not in page.text and redeem(own, reader, code).status_code == 200


def test_coming_back_twice_gets_nothing(own: FlaskClient, provider: Provider, reader: Bearer) -> None:
    answer = provider.authorize(go(own, begin(own, reader)))
    cookie = own.get_cookie("safelight-sign-in")
    assert cookie and come_back(own, answer).status_code == 200
    own.set_cookie("safelight-sign-in", cookie.value)
    assert come_back(own, answer).status_code == 410


def test_another_browser_cannot_come_back(
    demanding: Flask, own: FlaskClient, provider: Provider, reader: Bearer
) -> None:
    answer = provider.authorize(go(own, begin(own, reader)))
    assert come_back(demanding.test_client(), answer).status_code == 410
    thief = demanding.test_client()
    stolen = provider.authorize(go(thief, begin(thief, Bearer(reader.issuer, "THIEF"))))
    assert come_back(own, stolen).status_code == 400, "somebody else's sign-in, put into this browser"
    assert come_back(thief, provider.authorize(go(thief, begin(thief, reader)))).status_code == 200, "control"


def test_who_is_sent_a_begun_sign_in_gives_nothing_away(
    demanding: Flask, own: FlaskClient, provider: Provider, reader: Bearer
) -> None:
    """The attacker begins, the victim goes through with it: the code is in the victim's browser, the secret is not."""
    victim = demanding.test_client()
    address = leads_to(come_back(victim, provider.authorize(go(victim, begin(own, reader)))))
    assert address.startswith(f"{PORTAL}/r/{REPORT}#")
    assert redeem(own, reader, "0" * 26).status_code == 403
    assert redeem(own, reader, address.partition("=")[2], "the victim's own").status_code == 403
    assert redeem(own, reader, address.partition("=")[2]).status_code == 200, "control: both together"


def test_it_has_a_quarter_of_an_hour(
    own: FlaskClient, provider: Provider, reader: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = begin(own, reader)
    answer = provider.authorize(go(own, path))
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + 901)
    assert own.get(path).status_code == own.post(path, headers=SAME_ORIGIN).status_code == 410
    assert come_back(own, answer).status_code == 410


def test_only_hashes_of_what_is_secret_are_kept(
    own: FlaskClient, settings: Settings, provider: Provider, reader: Bearer
) -> None:
    path = begin(own, reader)
    address = go(own, path)
    cookie = own.get_cookie("safelight-sign-in")
    code = leads_to(come_back(own, provider.authorize(address))).partition("=")[2]
    assert cookie
    kept = stored(settings, "keyserver")
    for secret in (path.rpartition("/")[2], cookie.value, code, f"secret of {reader.account}"):
        assert secret.encode() not in kept
    assert reader.account.encode() in kept, "control"


def test_a_key_server_alone_has_them(settings: Settings, tmp_path: Path, provider: Provider) -> None:
    """It has no portal's pages, and is not asked for its engine."""
    told = replace(
        settings, roles=("keyserver",), data=tmp_path / "alone", portal_url="", keyserver_url="https://keys.example.org",
        keyserver_sign_in=provider.settings,
    )  # fmt: skip
    Database(told, "keyserver").migrate()
    app = create_app(told)
    app.test_client_class = ProvingClient
    page = app.test_client().get("/sign-in/unknown")
    assert page.status_code == 410 and "This sign-in is over" in page.text
    assert page.headers["Strict-Transport-Security"]
    assert app.test_client().get("/sign-in/style.css", buffered=True).data == (ROOT / "static/style.css").read_bytes()
