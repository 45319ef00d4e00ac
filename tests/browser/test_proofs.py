"""The session key never leaves the browser, and without it what the browser sends is of no use to others."""

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Request, Worker

from tests.browser.conftest import Watched
from tests.browser.steps import cookies_of, open_photos, see_photos, state
from tests.conftest import RECIPIENT, Installation
from viewer.sender.sending import Sent
from viewer.session_key import SessionKey

# From now on the test can use the key that the worker signs its proofs with, as hostile code in the worker could.
KEEP = """() => {
  const sign = SubtleCrypto.prototype.sign;
  SubtleCrypto.prototype.sign = function (how, key, data) {
    if (how.name === "ECDSA") self.kept = key;
    return sign.call(this, how, key, data);
  };
}"""
EXPORT = """async () => {
  const ours = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign"]);
  const tried = [kept, ours.privateKey].flatMap((key) => ["jwk", "pkcs8"].map((form) =>
    crypto.subtle.exportKey(form, key).then(() => "exported", (error) => error.name)));
  return Promise.all(tried);
}"""
SIGN = """async (words) => {
  const how = { name: "ECDSA", hash: "SHA-256" };
  return Array.from(new Uint8Array(await crypto.subtle.sign(how, kept, new TextEncoder().encode(words))));
}"""


@pytest.fixture(scope="module")
def signed_in(installation: Installation, chromium: Browser) -> Any:
    """The recipient's cookies."""
    return cookies_of(RECIPIENT, installation, chromium)


@pytest.fixture
def watched(chromium: Browser, signed_in: Any) -> Iterator[Watched]:
    """A page that the recipient is signed in to, and all it asks for."""
    with closing(chromium.new_context(storage_state=signed_in)) as context:
        seen = Watched(context.new_page())
        context.on("request", lambda request: seen.requests.append(request))
        yield seen


@pytest.fixture
def worker(sent: Sent, watched: Watched) -> Worker:
    """The recipient's engine, before the photos are opened."""
    page = watched.page
    page.goto(sent.link)
    state(page, "card")
    page.get_by_role("button", name="Open photos").wait_for()
    (found,) = page.workers
    return found


@pytest.fixture
def opened(worker: Worker, watched: Watched) -> Worker:
    """The engine after it has shown the photos; `kept` is its key."""
    worker.evaluate(KEEP)
    open_photos(watched.page)
    see_photos(watched.page)
    return worker


def test_the_key_cannot_be_taken_out(opened: Worker) -> None:
    refused, control = ["InvalidAccessError"] * 2, ["exported"] * 2
    assert opened.evaluate(EXPORT) == refused + control


def stolen(watched: Watched, ending: str) -> Request:
    return next(request for request in watched.requests if request.url.endswith(ending))


def outside(request: Request, **changes: str) -> int:
    """Send what the page sent from somewhere else; return what it was answered."""
    headers = {name: value for name, value in request.all_headers().items() if not name.startswith(":")} | changes
    kept = {name: value for name, value in headers.items() if value and name != "content-length"}
    return requests.request(request.method, request.url, headers=kept, data=request.post_data, timeout=30).status_code


def part(token: str, number: int) -> Any:
    return json.loads(base64.urlsafe_b64decode(token.split(".")[number] + "=="))


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def another(worker: Worker, proof: str) -> str:
    """A fresh proof like this one, by the engine's own key."""
    claims = part(proof, 1) | {"jti": secrets.token_urlsafe(16)}
    signed = f"{proof.split('.')[0]}.{encoded(json.dumps(claims).encode())}"
    return f"{signed}.{encoded(bytes(worker.evaluate(SIGN, signed)))}"


def test_a_stolen_pass_does_nothing(opened: Worker, watched: Watched, sent: Sent) -> None:
    for request in (stolen(watched, "/release"), stolen(watched, f"/v1/blobs/{sent.report}")):
        headers = request.all_headers()
        kind, _, token = headers["authorization"].partition(" ")
        assert kind == "DPoP" and part(token, 1)["cnf"]
        body = hashlib.sha256((request.post_data or "").encode()).digest()
        thiefs = SessionKey().proof(request.method, request.url, body, token)
        assert outside(request, dpop="") == 401
        assert outside(request, dpop="", authorization=f"Bearer {token}") == 401
        assert outside(request, dpop=thiefs) == 401
        fresh = another(opened, headers["dpop"])
        assert outside(request, dpop=fresh, **{"idempotency-key": "k" * 24}) in (200, 206), "control: with the key"


def test_a_recorded_release_cannot_be_played_again(opened: Worker, watched: Watched) -> None:
    request = stolen(watched, "/release")
    assert outside(request) == 401
    assert outside(request, dpop=another(opened, request.all_headers()["dpop"])) == 200, "control: a proof of its own"


@pytest.mark.parametrize("off", [0, -3600, 3600], ids=["control", "an hour slow", "an hour fast"])
def test_a_phone_whose_clock_is_off(worker: Worker, watched: Watched, off: int) -> None:
    worker.evaluate("(off) => { const now = Date.now; Date.now = () => now() + off * 1000; }", off)
    answers: list[int] = []
    watched.page.on("response", lambda answer: answers.append(answer.status) if "/v1/" in answer.url else None)
    told: list[int] = []
    watched.page.on("response", lambda answer: told.append(answer.status) if "/api/passes" in answer.url else None)
    open_photos(watched.page)
    see_photos(watched.page)
    assert set(told) <= {200, 401} and told.count(200) >= 2
    assert told.count(401) in ((1, 2) if off else (0,)), "only the two questions that the wrong time had reached"
    assert answers and 401 not in answers, "the portal's word holds for all servers"
