"""Whose account somebody's is who comes from a hospital: addresses are given to others, and people get other ones."""

import hashlib
from typing import Any

import pytest
from jwt import decode
from sqlalchemy import select

from tests.conftest import RECIPIENT
from tests.databases import rows
from tests.inprocess import KEY, PORTAL, SAME_ORIGIN
from tests.oidc.lying import NAME, Provider
from tests.portal.hospital.test_refused import refused
from tests.portal.hospital.visits import ELSEWHERE, HERE, Browser, Portal
from viewer import clock
from viewer.portal import erasing, identities, invitations, organisations
from viewer.portal.hospital_models import Identity
from viewer.portal.models import Account, Contact

MARRIED = "married@example.org"


def become(provider: Provider, subject: str, email: str = RECIPIENT, **more: Any) -> None:
    """Let the provider sign another of its people in."""
    provider.subject, provider.person = subject, {"email": email, "email_verified": True} | more


def account_of(portal: Portal, contact: str, proved: bool = True) -> str:
    """Make an account of a contact, as a code or an invitation does."""
    with portal.database.write() as session:
        account = invitations.account_of(session, portal.settings, contact)
        session.flush()
        session.get_one(Contact, contact).verified_at = 1 if proved else None
        return account.id


def contacts_of(portal: Portal, account: str) -> set[str]:
    with portal.database.read() as session:
        return set(session.scalars(select(Contact.value).where(Contact.account_id == account)))


def told(portal: Portal) -> list[tuple[str, str]]:
    """Letters that are on their way: to whom, and what about."""
    return [(to, text) for to, text in rows(portal.settings, "portal", "SELECT contact, text FROM letter")]


def test_a_new_person_gets_an_account(portal: Portal, browser: Browser, provider: Provider) -> None:
    become(provider, "one", name="  Dr  Intern ")
    account = browser.sign_in()
    assert (account["contact"], account["name"], account["may_send"]) == (RECIPIENT, "Dr Intern", False)
    assert account["organisation"] is None, "who comes from a hospital joins nothing by that"
    assert told(portal) == []
    assert portal.browser().sign_in()["id"] == account["id"], "the same person is the same account"


def test_the_account_that_has_the_address_is_theirs_and_is_told(portal: Portal, browser: Browser) -> None:
    account = account_of(portal, RECIPIENT)
    with portal.database.write() as session:
        session.get_one(Account, account).name = "Dr Given"
        session.add(invitations.contact_of(portal.settings, "home@private.example", session.get_one(Account, account)))
        session.get_one(Contact, "home@private.example").verified_at = 1
    assert browser.sign_in()["id"] == account
    assert browser.account["name"] == "Dr Given", "a name that is there stays"
    assert {to for to, _ in told(portal)} == {RECIPIENT, "home@private.example"}
    assert all(NAME in text for _, text in told(portal))
    portal.browser().sign_in()
    assert len(told(portal)) == 2, "once"


def test_who_was_invited_is_the_one_who_comes(portal: Portal, browser: Browser) -> None:
    invited = account_of(portal, RECIPIENT, proved=False)
    with portal.database.write() as session:
        boss = invitations.account_of(session, portal.settings, "boss@example.org")
        ward = organisations.add(session, "Ward", boss).id
        session.flush()
        member = organisations.Member(organisation_id=ward, account_id=invited, name="Dr", role="sender", invited_at=1)
        session.add(member)
    account = browser.sign_in()
    assert account["id"] == invited and account["organisation"] is None, "saying yes is still theirs"


def test_a_recycled_address_captures_nothing(portal: Portal, browser: Browser, provider: Provider) -> None:
    """The hospital has given somebody's address to another person: its provider has another name for them."""
    become(provider, "who left")
    theirs = browser.sign_in()["id"]
    become(provider, "who came")
    newcomer = portal.browser()
    refused(newcomer, newcomer.go())
    with portal.database.write() as session:
        session.delete(session.get_one(Identity, (provider.url, "who left")))
    assert newcomer.sign_in()["id"] == theirs, "control: it is the first one's identity that refuses"


def test_control_a_portal_that_goes_by_address_is_found(
    portal: Portal, browser: Browser, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even then the database does not take a second person of one hospital's into an account."""
    become(provider, "who left")
    browser.sign_in()
    become(provider, "who came")
    monkeypatch.setattr(identities, "_bound", lambda *of: False)
    newcomer = portal.browser()
    answer = newcomer.come_back(newcomer.go())
    assert answer.status_code != 403 and newcomer.account is None


def test_the_way_out_for_who_got_a_recycled_address(portal: Portal, browser: Browser, provider: Provider) -> None:
    """They prove the address by a code: it becomes theirs, and then the hospital's sign-in is."""
    become(provider, "who left")
    theirs = browser.sign_in()["id"]
    own = account_of(portal, "new@private.example")
    with portal.database.write() as session:
        session.get_one(Contact, RECIPIENT).account_id = own  # as /account does, by a code that arrives there
    become(provider, "who came")
    assert portal.browser().sign_in()["id"] == own != theirs
    become(provider, "who left", MARRIED)
    assert portal.browser().sign_in()["id"] == theirs, "and who left is who they were"


def test_another_address_of_the_same_person(portal: Portal, browser: Browser, provider: Provider) -> None:
    become(provider, "one")
    account = browser.sign_in()["id"]
    become(provider, "one", MARRIED)
    again = portal.browser().sign_in()
    assert (again["id"], again["contact"]) == (account, MARRIED)
    assert contacts_of(portal, account) == {RECIPIENT, MARRIED}
    assert [to for to, text in told(portal) if MARRIED in text] == [RECIPIENT]


def test_another_address_that_is_somebody_elses(portal: Portal, browser: Browser, provider: Provider) -> None:
    become(provider, "one")
    account = browser.sign_in()["id"]
    others = account_of(portal, MARRIED)
    become(provider, "one", MARRIED)
    elsewhere = portal.browser()
    refused(elsewhere, elsewhere.go())
    assert contacts_of(portal, others) == {MARRIED}
    become(provider, "one")
    assert elsewhere.sign_in()["id"] == account, "control"


def test_a_known_person_without_an_address_is_refused(browser: Browser, provider: Provider) -> None:
    browser.sign_in()
    browser.client.delete("/api/sessions/current", headers=SAME_ORIGIN)
    become(provider, "person-7", email_verified=False)
    refused(browser, browser.go())


def test_two_hospitals_each_know_their_own(portal: Portal, browser: Browser, other: Provider) -> None:
    """One name at both is two people; one person at both is one account, once both addresses are theirs."""
    other.subject = portal.provider.subject
    here, there = browser.sign_in()["id"], portal.browser().sign_in(ELSEWHERE)["id"]
    assert here != there
    account = account_of(portal, "both@example.org")
    with portal.database.write() as session:
        found = session.get_one(Account, account)
        session.add(invitations.contact_of(portal.settings, "both@general.example", found))
    become(portal.provider, "both here", "both@example.org")
    become(other, "both there", "both@general.example")
    assert portal.browser().sign_in(HERE)["id"] == portal.browser().sign_in(ELSEWHERE)["id"] == account


def test_addresses_are_compared_in_their_one_form(portal: Portal, browser: Browser, provider: Provider) -> None:
    become(provider, "one", RECIPIENT.upper())
    assert browser.sign_in()["contact"] == RECIPIENT


def test_a_name_that_is_no_name_is_not_taken(browser: Browser, provider: Provider) -> None:
    become(provider, "one", name="Dr \u202e\x00")
    assert browser.sign_in()["name"] == ""


def test_a_session_of_its_own_and_a_pass_that_says_how(portal: Portal, browser: Browser) -> None:
    browser.sign_in()
    first = browser.client.get_cookie("safelight")
    browser.sign_in()
    second = browser.client.get_cookie("safelight")
    assert first and second and first.value != second.value, "a new session at every sign-in"
    assert browser.client.get_cookie("safelight-hospital") is None
    body = b'{"scope": "key:release", "report": "%s"}' % (b"0" * 26)
    headers = SAME_ORIGIN | {"DPoP": proof_of(body), "Content-Type": "application/json"}
    answer = browser.client.post("/api/passes", data=body, headers=headers)
    claims = decode(answer.get_json()["pass"], options={"verify_signature": False})
    assert claims["signed_in_by"] == "oidc"
    [contact] = claims["contacts"]
    assert contact["value"] == RECIPIENT and clock.now() - contact["verified_at"] < 60


def proof_of(body: bytes) -> str:
    return KEY.proof("POST", f"{PORTAL}/api/passes", hashlib.sha256(body).digest())


def test_it_is_no_fresh_proof(browser: Browser) -> None:
    """A provider may sign in silently whoever sits there: an account is changed after a code or a passkey only."""
    browser.sign_in()
    answer = browser.client.post("/api/passkeys/options", headers=SAME_ORIGIN)
    assert (answer.status_code, answer.get_json()["error"]) == (403, "prove_again")


def test_who_erases_their_account_comes_back_as_somebody_new(portal: Portal, browser: Browser) -> None:
    account = browser.sign_in()["id"]
    with portal.database.write() as session:
        erasing.erase(session, portal.settings, account)
    with portal.database.read() as session:
        assert session.scalar(select(Identity)) is None
    assert portal.browser().sign_in()["id"] != account
