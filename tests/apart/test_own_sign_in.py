"""The institution's key server with a sign-in of its own, at a real OpenID provider, in a real browser."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
import requests
from playwright.sync_api import Page, expect

from sealed.released import RELEASE
from tests.apart.four import OWN, PUBLIC, Four
from tests.apart.test_browser import see
from tests.browser.conftest import Watched, browsing
from tests.browser.steps import open_photos, see_photos
from tests.conftest import RECIPIENT, SENDER
from tests.oidc import NAME, Provider, be, providing
from tests.shares import asking, opened
from viewer.portal.models import Contact
from viewer.portal.passes import PassIssuer
from viewer.proofs import thumbprint
from viewer.sender.client import Client
from viewer.sender.opening import AskLink, Opened, open_link, read_link
from viewer.sender.sending import Sent
from viewer.session_key import SessionKey

Letter = Callable[..., Sent]


@pytest.fixture(scope="module", params=["", "a client's secret"], ids=["public client", "client with a secret"])
def provider(request: pytest.FixtureRequest, apart: Four) -> Iterator[Provider]:
    """The institution's provider; its key server demands to know people by it."""
    back = f"{apart.roles[OWN].url}/sign-in/back"
    with providing(back, request.param) as running, apart.told_more(OWN, running.settings()):
        yield running


@pytest.fixture
def watched(chromium: Any, readers_cookies: Any) -> Iterator[Watched]:
    with browsing(chromium, readers_cookies) as seen:
        seen.page.route(re.compile("^https://"), lambda route: route.abort())  # a font of the provider's own page
        yield seen


@pytest.fixture
def senders(chromium: Any, senders_cookies: Any) -> Iterator[Watched]:
    with browsing(chromium, senders_cookies) as seen:
        seen.page.route(re.compile("^https://"), lambda route: route.abort())
        yield seen


def go_there(page: Page) -> None:
    """From the portal's page to the key server's, and on to the provider's."""
    page.get_by_role("link", name=f"Sign in at {NAME}").click(timeout=60_000)
    page.get_by_role("button", name="Continue").click()


def refused(page: Page, kind: str) -> None:
    page.locator(f'[data-kind="{kind}"]').wait_for(timeout=60_000)


def test_photos_open_after_both_sign_ins(apart: Four, provider: Provider, watched: Watched, letter: Letter) -> None:
    page, sent = watched.page, letter(OWN)
    share = sent.link.partition("#")[2]
    page.goto(sent.link)
    open_photos(page)
    expect(page.get_by_role("heading", name=f"Sign in at {NAME}, too")).to_be_visible(timeout=60_000)
    go_there(page)
    be(page, RECIPIENT)
    see_photos(page)
    expect(page.get_by_text(f"MRN {OWN}").first).to_be_visible()
    assert page.url == f"{apart.portal.url}/r/{sent.report}"
    told = [f"{request.url} {request.post_data or ''}" for request in watched.requests]
    assert not [one for one in told if share in one], "the link's secret part has stayed in the tab"
    second = letter(OWN)
    page.goto(second.link)
    open_photos(page)
    go_there(page)  # the provider knows its person still, and leads straight back
    see_photos(page)
    entry = log_of(apart, second)[-2]
    assert (entry["action"], entry["details"]["sign_in"], entry["observed"]["subject"]) == (
        "release", provider.issuer, RECIPIENT,
    )  # fmt: skip


def test_another_person_of_the_institution_is_refused(provider: Provider, watched: Watched, letter: Letter) -> None:
    page = watched.page
    page.goto(letter(OWN).link)
    open_photos(page)
    go_there(page)
    be(page, "colleague@example.org")
    refused(page, "sign_in_other")
    assert page.locator("img[data-photo]").count() == 0


def test_the_other_key_server_asks_for_nothing(provider: Provider, watched: Watched, letter: Letter) -> None:
    see(watched.page, letter(PUBLIC))


def test_the_sender_consents_after_signing_in(
    apart: Four, provider: Provider, watched: Watched, senders: Watched, letter: Letter
) -> None:
    sent, reader, page = letter(OWN, each=1), watched.page, senders.page
    for again in range(2):
        reader.goto(sent.link)
        open_photos(reader)
        go_there(reader)
        if not again:
            be(reader, RECIPIENT)
            see_photos(reader)
    refused(reader, "used_up")
    reader.get_by_role("button", name="Ask the sender").click()
    refused(reader, "asked")
    page.goto(f"{apart.portal.url}/sent/{sent.report}")
    page.get_by_role("button", name="Let them open it once").click(timeout=60_000)
    go_there(page)
    be(page, SENDER)
    page.wait_for_url(f"{apart.portal.url}/sent/{sent.report}")
    page.get_by_role("button", name="Let them open it once").click(timeout=60_000)
    expect(page.get_by_text("Not used yet")).to_be_visible(timeout=60_000)
    reader.get_by_role("button", name="Try again").click()
    reader.get_by_role("button", name="Open photos").click(timeout=60_000)
    go_there(reader)  # a new engine, a new session key
    see_photos(reader)


def test_a_program_gets_in_by_a_code(
    apart: Four, provider: Provider, reader: Client, watched: Watched, letter: Letter, tmp_path: Any
) -> None:
    def by_browser(address: str, name: str) -> str:
        watched.page.goto(address)
        watched.page.get_by_role("button", name="Continue").click()
        be(watched.page, RECIPIENT)
        return watched.page.locator("#code").inner_text()

    reader.ask_own_sign_in = by_browser
    link = read_link(letter(OWN).link)
    assert link
    found: Opened = open_link(reader, link, _nobody, tmp_path / "opened", lambda *_: None)
    assert (found.folder / "photos" / "001.jpg").exists()


_nobody: AskLink = lambda: None  # noqa: E731


def stolen_share(apart: Four, sent: Sent) -> Any:
    """What a lying portal gets: its own key signs a pass for the recipient, to a session key of its own."""
    url, key = apart.roles[OWN].url, SessionKey()
    portal = PassIssuer(apart.portal.url, bytes.fromhex(apart.roles["portal"].told["SAFELIGHT_PORTAL_SECRET"]))
    account = jwt.decode(_a_pass_of(apart), options={"verify_signature": False})["sub"]
    proved = [Contact(value=RECIPIENT, verified_at=1)]
    token = portal.issue(url, account, "key:release", sent.report, proved, 0, thumbprint(key.jwk))
    address, body = f"{url}/v1/keys/{sent.report}/release", json.dumps(asking()).encode()
    proof = key.proof("POST", address, hashlib.sha256(body).digest(), token)
    headers = {"Authorization": f"DPoP {token}", "DPoP": proof, "Content-Type": "application/json"}
    headers["Idempotency-Key"] = "s" * 24
    return requests.post(address, data=body, headers=headers, timeout=30)


def _a_pass_of(apart: Four) -> str:
    reader = apart.portal.clients[RECIPIENT]
    url = f"{apart.roles[OWN].url}/v1/keys/{'0' * 26}/release"
    return reader.authorization("POST", url, "0" * 26, "key:release")["Authorization"].partition(" ")[2]


def test_a_lying_portal_gets_no_share(apart: Four, provider: Provider, reader: Client, letter: Letter) -> None:
    answer = stolen_share(apart, letter(OWN))
    assert (answer.status_code, answer.json()["error"]) == (403, "sign_in_needed")


def test_control_without_the_sign_in_a_lying_portal_gets_it(apart: Four, reader: Client, letter: Letter) -> None:
    with apart.told_more(OWN, {}):
        sent = letter(OWN)
        answer = stolen_share(apart, sent)
    assert answer.status_code == 200
    assert len(opened(answer.json(), apart.roles[OWN].url, sent.report, "s" * 24, RELEASE)) == 32


def log_of(apart: Four, sent: Sent) -> list[Any]:
    url = f"{apart.roles[OWN].url}/v1/keys/{sent.report}/log"
    return list(apart.portal.clients[SENDER].with_pass("GET", url, sent.report, "log:read")["entries"])
