"""A person removes a hospital's sign-in from their account: it is out at once, until they say otherwise."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import RECIPIENT
from tests.inprocess import SAME_ORIGIN
from tests.oidc.lying import NAME, Provider
from tests.portal.hospital.test_identities import account_of, become, contacts_of, told
from tests.portal.hospital.test_refused import refused
from tests.portal.hospital.visits import ELSEWHERE, Browser, Portal
from viewer.portal import identities, messages, own_hospitals, sessions

HOSPITALS, REMOVALS = "/api/account/hospitals", "/api/account/hospitals/removals"


class Own:
    """A browser in which somebody has signed in by a code."""

    def __init__(self, portal: Portal, codes: dict[str, str], contact: str = RECIPIENT) -> None:
        self.client: FlaskClient = portal.app.test_client()
        attempt = self.ask("POST", "/api/codes", {"contact": contact}).get_json()["attempt"]
        answer = self.ask("POST", "/api/sessions", {"attempt": attempt, "code": codes[contact]})
        self.id: str = answer.get_json()["account"]["id"]

    def ask(self, method: str, path: str, body: Any = None) -> TestResponse:
        return self.client.open(path, method=method, json=body, headers=SAME_ORIGIN)

    def change(self, path: str, issuer: str) -> Any:
        answer = self.ask("POST", path, {"issuer": issuer})
        assert answer.status_code == 200, answer.text
        return shown(answer)

    @property
    def hospitals(self) -> list[tuple[str, bool]]:
        return shown(self.ask("GET", HOSPITALS))


def shown(answer: TestResponse) -> list[tuple[str, bool]]:
    return [(one["name"], one["signs_in"]) for one in answer.get_json()["hospitals"]]


@pytest.fixture
def codes(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    found: dict[str, str] = {}
    monkeypatch.setattr(messages, "send_code", lambda settings, contact, code, **_: found.__setitem__(contact, code))
    return found


@pytest.fixture
def own(portal: Portal, browser: Browser, codes: dict[str, str]) -> Own:
    """Somebody who has come by the hospital's sign-in, and by a code in another browser."""
    account = browser.sign_in()["id"]
    found = Own(portal, codes)
    assert found.id == account
    return found


def test_which_ones_there_are(portal: Portal, own: Own, provider: Provider) -> None:
    [one] = own.ask("GET", HOSPITALS).get_json()["hospitals"]
    assert one.pop("since") and one == {"issuer": provider.url, "name": NAME, "signs_in": True}
    portal.app.extensions["safelight"].__dict__["hospitals"] = ()
    assert own.hospitals == [("127.0.0.1", True)], "one that is connected no more has no name here, and can be removed"


def test_removed_it_is_out_at_once_and_told(portal: Portal, browser: Browser, own: Own, provider: Provider) -> None:
    assert browser.account["id"] == own.id, "control"
    assert own.change(REMOVALS, provider.url) == [(NAME, False)]
    assert browser.account is None, "the session that it has begun has ended"
    assert own.hospitals == [(NAME, False)], "and this one, by a code, goes on"
    assert [(to, f"The sign-in of {NAME} has been removed" in text) for to, text in told(portal)] == [(RECIPIENT, True)]
    refused(browser, browser.go())
    assert contacts_of(portal, own.id) == {RECIPIENT}, "codes to it sign in"


def test_control_sessions_that_are_not_ended_go_on(
    browser: Browser, own: Own, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "end_by_hospitals", lambda *_: None)
    own.change(REMOVALS, provider.url)
    assert browser.account["id"] == own.id


def test_control_forgotten_alone_it_comes_back_by_the_address(
    portal: Portal, browser: Browser, own: Own, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the kept removal is for: the hospital vouches for the address, and nobody is asked."""
    own.change(REMOVALS, provider.url)
    refused(browser, browser.go())
    with portal.database.write() as session:
        session.delete(session.get_one(own_hospitals.HospitalRemoved, (own.id, provider.url)))
    assert browser.sign_in()["id"] == own.id


def test_whoever_the_provider_says_it_is(portal: Portal, own: Own, provider: Provider) -> None:
    own.change(REMOVALS, provider.url)
    for subject in ("person-7", "another", "one more"):
        become(provider, subject)
        newcomer = portal.browser()
        refused(newcomer, newcomer.go())


def test_any_other_address_of_the_account_is_refused_too(portal: Portal, own: Own, provider: Provider) -> None:
    with portal.database.write() as session:
        account = session.get_one(identities.Account, own.id)
        session.add(identities.invitations.contact_of(portal.settings, "second@example.org", account))
    own.change(REMOVALS, provider.url)
    become(provider, "person-7", "second@example.org")
    newcomer = portal.browser()
    refused(newcomer, newcomer.go())


def test_whose_address_is_nobodys_is_somebody_new(portal: Portal, own: Own, provider: Provider) -> None:
    own.change(REMOVALS, provider.url)
    become(provider, "person-7", "new@example.org")
    new = portal.browser().sign_in()["id"]
    assert new != own.id and own.hospitals == [(NAME, False)]
    become(provider, "person-7")
    elsewhere = portal.browser()
    refused(elsewhere, elsewhere.go())
    assert contacts_of(portal, own.id) == {RECIPIENT} and contacts_of(portal, new) == {"new@example.org"}


def test_allowed_again_it_signs_in_and_is_told(portal: Portal, browser: Browser, own: Own, provider: Provider) -> None:
    own.change(REMOVALS, provider.url)
    assert own.change(HOSPITALS, provider.url) == []
    assert [f"The sign-in of {NAME} can be used" in text for _, text in told(portal)].count(True) == 1
    assert browser.sign_in()["id"] == own.id and own.hospitals == [(NAME, True)]


def test_another_hospital_stays(
    portal: Portal, own: Own, provider: Provider, other: Provider, codes: dict[str, str]
) -> None:
    with portal.database.write() as session:
        account = session.get_one(identities.Account, own.id)
        session.add(identities.invitations.contact_of(portal.settings, "who@general.example", account))
    there = portal.browser()
    assert there.sign_in(ELSEWHERE)["id"] == own.id
    own.change(REMOVALS, provider.url)
    assert there.account is None, "which hospital has begun a session is not kept: all of theirs end"
    assert there.sign_in(ELSEWHERE)["id"] == own.id, "and it signs in again"
    assert [signs_in for _, signs_in in own.hospitals] == [True, False]


def test_only_ones_own_and_only_what_is_there(
    portal: Portal, own: Own, provider: Provider, codes: dict[str, str]
) -> None:
    account_of(portal, "stranger@private.example")
    stranger = Own(portal, codes, "stranger@private.example")
    for path in (HOSPITALS, REMOVALS):
        for asker, issuer in ((stranger, provider.url), (own, "https://nobody.example")):
            answer = asker.ask("POST", path, {"issuer": issuer})
            assert (answer.status_code, answer.get_json()["error"]) == (404, "unknown_hospital")
    assert own.hospitals == [(NAME, True)] and stranger.hospitals == []
    own.change(REMOVALS, provider.url)
    assert own.ask("POST", REMOVALS, {"issuer": provider.url}).status_code == 404


def test_both_want_a_fresh_proof(browser: Browser, own: Own, provider: Provider) -> None:
    """A hospital's sign-in is none: who sits at a screen that a colleague has left neither removes nor allows it."""
    for path in (HOSPITALS, REMOVALS):
        answer = browser.client.post(path, json={"issuer": provider.url}, headers=SAME_ORIGIN)
        assert (answer.status_code, answer.get_json()["error"]) == (403, "prove_again")
    assert own.hospitals == [(NAME, True)]
