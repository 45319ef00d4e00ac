"""Passkeys in Chromium, with its virtual authenticator: made after the first photo, then one tap; and wrong turns."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.journeys.conftest import Phone, new_contact, plain, wait_until_fetched
from tests.browser.judged import wrong
from tests.browser.steps import see_photos, state
from tests.conftest import SENDER, Installation
from tests.keyserver.steps import in_days
from viewer.sender.sending import Sent

Letters = Callable[..., Sent]
Phones = Callable[..., Phone]
OPTIONS = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
BUTTON, MAKE = "Sign in with a passkey", "Make a passkey"


class Finger:
    """What a phone keeps passkeys in; a finger is on it whenever it is asked."""

    def __init__(self, page: Page, passkeys: list[dict[str, Any]] | None = None) -> None:
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._cdp.send("WebAuthn.enable")
        self._id = self._cdp.send("WebAuthn.addVirtualAuthenticator", {"options": OPTIONS})["authenticatorId"]
        for passkey in passkeys or []:
            self._send("addCredential", credential=passkey)

    @property
    def passkeys(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._send("getCredentials")["credentials"]
        return found

    def _send(self, what: str, **more: Any) -> Any:
        return self._cdp.send(f"WebAuthn.{what}", {"authenticatorId": self._id} | more)


def first_photo(phone: Phone, letter: Letters, contact: str) -> None:
    """Open photos, and close them, as somebody new."""
    phone.page.goto(plain(letter(contact).link))
    state(phone.page, "sign-in")
    phone.type("Your e-mail or mobile number", contact)
    phone.type("Six-digit code", phone.code(contact, lambda: phone.tap("Send me a code")))
    phone.open()
    phone.close()


def suggest_nothing(page: Page) -> None:
    """Be a browser that has passkeys, and does not name them where a contact is typed."""
    page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false)")


@pytest.fixture
def kept(phones: Phones, letter: Letters) -> tuple[str, list[dict[str, Any]]]:
    """A contact, and the passkeys that its phone keeps."""
    phone, contact = phones(), new_contact("mail")
    finger = Finger(phone.page)
    first_photo(phone, letter, contact)
    phone.tap(MAKE)
    expect(phone.page.locator("[data-part=offer] .note")).to_have_text("Done. Next time, sign in with your passkey.")
    return contact, finger.passkeys


def test_made_after_the_first_photo_and_never_before(phone: Phone, letter: Letters) -> None:
    asked: list[str] = []
    phone.page.on("request", lambda request: asked.append(request.url))
    finger = Finger(phone.page)
    first_photo(phone, letter, new_contact("mail"))
    expect(phone.page.get_by_role("heading", name="Next time with one tap")).to_be_visible()
    assert wrong(phone.page) == []
    closed = next(index for index, url in enumerate(asked) if url.endswith("after.js"))
    assert not any("passkeyoffer" in url or "/api/passkeys" in url for url in asked[:closed])
    phone.tap(MAKE)
    expect(phone.page.locator("[data-part=offer] .note")).to_have_text("Done. Next time, sign in with your passkey.")
    [made] = finger.passkeys
    assert (made["isResidentCredential"], made["rpId"]) == (True, "localhost")
    phone.page.goto(letter(new_contact("mail")).link)
    assert phone.page.evaluate("fetch('/api/passkeys').then(r => r.json()).then(({passkeys}) => passkeys.length)") == 1


def test_not_now_holds(phone: Phone, letter: Letters) -> None:
    Finger(phone.page)
    contact = new_contact("mail")
    first_photo(phone, letter, contact)
    expect(phone.page.get_by_role("heading", name="Next time with one tap")).to_be_visible()
    phone.tap("Not now")  # to all that is asked here
    expect(phone.page.get_by_role("heading", name="Next time with one tap")).to_have_count(0)
    phone.page.goto(letter(contact).link)
    phone.open()
    with phone.page.expect_response("**/passkeyoffer.js"):
        phone.close()
    phone.page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    expect(phone.page.get_by_role("heading", name="Next time with one tap")).to_have_count(0)


@pytest.mark.parametrize("named", [False, True], ids=["plain link", "named"])
def test_returning_by_the_button(phones: Phones, letter: Letters, kept: Any, named: bool) -> None:
    contact, passkeys = kept
    phone = phones()
    suggest_nothing(phone.page)
    Finger(phone.page, passkeys)
    link = letter(contact).link
    phone.page.goto(link if named else plain(link))
    state(phone.page, "named" if named else "sign-in")
    phone.tap(BUTTON)
    phone.open()
    assert phone.fields == []
    assert len(phone.taps) == 2, phone.taps


def test_returning_by_what_the_browser_suggests(phones: Phones, letter: Letters, kept: Any) -> None:
    contact, passkeys = kept
    phone = phones()
    Finger(phone.page, passkeys)
    phone.page.goto(plain(letter(contact).link))
    phone.open()
    assert (phone.fields, len(phone.taps)) == ([], 1), "the finger that chooses it is the other one"


def test_removed_it_is_refused_and_a_code_still_works(phones: Phones, letter: Letters, kept: Any) -> None:
    contact, passkeys = kept
    phone = phones()
    suggest_nothing(phone.page)
    Finger(phone.page, passkeys)
    phone.page.goto(plain(letter(contact).link))
    phone.tap(BUTTON)
    state(phone.page, "card")
    remove = """fetch("/api/passkeys").then((r) => r.json()).then(({passkeys: [{id}]}) =>
      fetch(`/api/passkeys/${id}`, {method: "DELETE"})).then(({status}) => status)"""
    assert phone.page.evaluate(remove) == 204
    phone.tap("Not you? Sign out")
    state(phone.page, "sign-in")
    phone.tap(BUTTON)
    expect(phone.page.get_by_role("alert")).to_contain_text("not right, or no longer valid")
    phone.type("Your e-mail or mobile number", contact)
    phone.type("Six-digit code", phone.code(contact, lambda: phone.tap("Send me a code")))
    state(phone.page, "card")


def test_who_has_none_or_cancels_is_told_nothing(phone: Phone, letter: Letters) -> None:
    Finger(phone.page)
    phone.page.goto(plain(letter(new_contact("mail")).link))
    state(phone.page, "sign-in")
    with phone.page.expect_response("**/api/sessions/passkey/options"):
        phone.tap(BUTTON)
    expect(phone.page.locator("form").first).to_have_attribute("aria-busy", "false", timeout=60_000)
    expect(phone.page.get_by_role("alert")).to_be_hidden()
    expect(phone.page.get_by_role("button", name="Send me a code")).to_be_enabled()


def test_where_the_browser_has_none_nothing_of_it_is_seen(phone: Phone, letter: Letters) -> None:
    asked: list[str] = []
    phone.page.on("request", lambda request: asked.append(request.url))
    phone.page.add_init_script("delete window.PublicKeyCredential")
    first_photo(phone, letter, new_contact("mail"))
    wait_until_fetched(phone.page, "passkeyoffer.js")
    expect(phone.page.get_by_text("passkey")).to_have_count(0)
    assert not any("/api/sessions/passkey" in url or "/api/passkeys" in url for url in asked)


def needs_passkey(installation: Installation, people: Path, sent: Sent) -> None:
    sender = installation.client(SENDER, people)
    body = {"not_after": in_days(2), "passkey": True}
    sender.with_pass("PUT", f"{sender.portal}/v1/keys/{sent.report}/policy", sent.report, "policy:write", json=body)


def openings(installation: Installation, people: Path, report: str) -> list[tuple[str, str]]:
    sender = installation.client(SENDER, people)
    url = f"{installation.url}/v1/keys/{report}/log"
    found = sender.with_pass("GET", url, report, "log:read")["entries"]
    return [(entry["action"], entry["outcome"]) for entry in found if entry["action"] == "release"]


def test_photos_that_need_a_passkey_who_has_none_makes_one(
    phone: Phone, letter: Letters, installation: Installation, people: Path
) -> None:
    Finger(phone.page)
    contact = new_contact("mail")
    sent = letter(contact)
    needs_passkey(installation, people, sent)
    phone.page.goto(plain(sent.link))
    phone.type("Your e-mail or mobile number", contact)
    phone.type("Six-digit code", phone.code(contact, lambda: phone.tap("Send me a code")))
    state(phone.page, "card")
    phone.tap("Open photos")
    state(phone.page, "problem")
    expect(phone.page.get_by_role("heading")).to_have_text("These photos need your passkey")
    expect(phone.page.get_by_role("button", name=MAKE)).to_be_visible()
    assert wrong(phone.page) == []
    phone.tap(MAKE)
    see_photos(phone.page)
    assert openings(installation, people, sent.report) == [("release", "denied"), ("release", "granted")]


def test_photos_that_need_a_passkey_who_has_one_signs_in_with_it(
    phones: Phones, letter: Letters, kept: Any, installation: Installation, people: Path
) -> None:
    contact, passkeys = kept
    phone = phones()
    suggest_nothing(phone.page)
    Finger(phone.page, passkeys)
    sent = letter(contact)
    needs_passkey(installation, people, sent)
    phone.page.goto(plain(sent.link))
    phone.type("Your e-mail or mobile number", contact)
    phone.type("Six-digit code", phone.code(contact, lambda: phone.tap("Send me a code")))
    state(phone.page, "card")
    phone.tap("Open photos")
    state(phone.page, "problem")
    phone.tap("Sign in with your passkey")
    see_photos(phone.page)
    assert openings(installation, people, sent.report) == [("release", "denied"), ("release", "granted")]
