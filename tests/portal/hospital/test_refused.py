"""Whatever is no answer of the hospital's provider to this browser's question signs nobody in: one answer for all.

Each is refused with the same bytes, and leaves nothing behind; beside each stands a control that is let in.
"""

from dataclasses import replace
from typing import Any

import pytest

from tests.conftest import RECIPIENT
from tests.oidc.lies import ANSWERS, LIES
from tests.oidc.lying import Provider
from tests.portal.hospital.visits import ELSEWHERE, HERE, Browser, Portal
from viewer import clock, oidc
from viewer.portal import hospital_sign_in, identities
from viewer.portal.hospital_models import HospitalTurn, Identity
from viewer.portal.models import Account

SAID = {"error": "not_signed_in", "message": "This did not sign you in here. Begin it again, or sign in with a code."}


def refused(browser: Browser, answer: dict[str, Any], hospital: str = HERE) -> None:
    """Hold that an answer signs nobody in, is told as all are, and leaves nothing behind."""
    before = browser.portal.rows()
    found = browser.come_back(answer, hospital)
    assert (found.status_code, found.get_json()) == (403, SAID)
    assert browser.account is None and browser.portal.rows() == before


@pytest.mark.parametrize("lie", LIES)
def test_what_a_lying_provider_tells(browser: Browser, provider: Provider, lie: str) -> None:
    answer = browser.go()
    LIES[lie](provider)
    refused(browser, answer)


def test_control_the_truth_signs_in(browser: Browser, provider: Provider) -> None:
    provider.claims = {"aud": ["safelight"], "azp": "safelight"}
    assert browser.sign_in()["contact"] == RECIPIENT == browser.account["contact"]


@pytest.mark.parametrize("wrong", ANSWERS)
def test_another_answer(browser: Browser, wrong: str) -> None:
    answer = browser.go() | ANSWERS[wrong]
    refused(browser, {name: one for name, one in answer.items() if one is not None})


@pytest.mark.parametrize("wrong", [{"state": 7}, {"code": ["c"]}, {"state": "é"}])
def test_answers_of_other_kinds(browser: Browser, wrong: dict[str, Any]) -> None:
    refused(browser, browser.go() | wrong)


def test_control_a_portal_that_compares_no_state_is_found(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oidc.Turn, "began", lambda self, answer: True)
    assert browser.come_back(browser.go() | {"state": "another"}).status_code == 200


PEOPLE: dict[str, dict[str, Any]] = {
    "an unverified address": {"email": RECIPIENT, "email_verified": False},
    "an address of which nothing is said": {"email": RECIPIENT},
    "verified, as text": {"email": RECIPIENT, "email_verified": "true"},
    "a foreign domain": {"email": "boss@general.example", "email_verified": True},
    "a domain below its own": {"email": "x@mail.example.org", "email_verified": True},
    "a domain that ends like its own": {"email": "x@evilexample.org", "email_verified": True},
    "two addresses in one": {"email": f"{RECIPIENT},x@evil.example", "email_verified": True},
    "a quoted one": {"email": '"x@example.org"@evil.example', "email_verified": True},
    "no address": {},
    "an address that is none": {"email": "example.org", "email_verified": True},
    "a mobile number": {"phone_number": "+61491570006", "phone_number_verified": True},
}


@pytest.mark.parametrize("who", PEOPLE)
def test_whom_it_may_not_vouch_for(browser: Browser, provider: Provider, who: str) -> None:
    answer = browser.go()
    provider.person = PEOPLE[who]
    refused(browser, answer)


def test_control_a_portal_that_asks_for_no_domain_is_found(
    browser: Browser, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would sign in as anybody, at another hospital too."""
    monkeypatch.setattr(identities, "vouched", lambda hospital, person: person.contacts[0])
    provider.person = PEOPLE["a foreign domain"]
    assert browser.sign_in()["contact"] == "boss@general.example"


def test_another_browser(portal: Portal, browser: Browser) -> None:
    """Login CSRF: the attacker's own answer, in somebody else's browser, with and without a turn of its own there."""
    answer, victim = browser.go(), portal.browser()
    refused(victim, answer)
    own = victim.go()
    refused(victim, answer)
    assert victim.come_back(own).status_code == 200, "control: what the attacker brought took nothing away"
    assert browser.come_back(answer).status_code == 200, "control: where it was begun it is good"


def test_a_replayed_answer(browser: Browser, provider: Provider) -> None:
    """Refused by us, whatever the provider thinks of the code."""
    turn = browser.client
    answer = browser.go()
    cookie, asked = turn.get_cookie("safelight-hospital"), provider.turns[answer["code"]]
    assert cookie and browser.come_back(answer).status_code == 200
    turn.delete("/api/sessions/current", headers={"Sec-Fetch-Site": "same-origin"})
    turn.set_cookie("safelight-hospital", cookie.value)
    provider.turns[answer["code"]] = asked
    refused(browser, answer)
    assert provider.asked.count("/token") == 1
    with browser.portal.database.write() as session:
        until = clock.now() + 60
        session.add(HospitalTurn(browser=hospital_sign_in._hash(cookie.value), hospital=HERE, until=until))
    assert browser.come_back(answer).status_code == 200, "control: it is our own row that refuses"


def test_a_wrong_answer_ends_the_turn(browser: Browser, provider: Provider) -> None:
    answer = browser.go()
    provider.claims = {"nonce": "n"}
    refused(browser, answer)
    provider.claims = {}
    refused(browser, answer)


def test_after_a_quarter_of_an_hour(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    now, late, early = clock.now(), browser.go(), browser.portal.browser()
    monkeypatch.setattr(clock, "now", lambda: now + oidc.PATIENCE + 1)
    refused(browser, late)
    answer = early.go()
    monkeypatch.setattr(clock, "now", lambda: now + 2 * oidc.PATIENCE)
    assert early.come_back(answer).status_code == 200, "control"


@pytest.mark.parametrize("names_itself", [True, False])
def test_two_providers_mixed_up(browser: Browser, provider: Provider, other: Provider, names_itself: bool) -> None:
    """The other hospital's provider is the attacker's: it leads on to the honest one, whose answer comes back.

    RFC 9700, section 4.4: each provider has an address of its own to come back to, and a turn of its own. The honest
    code never reaches the attacker.
    """
    address = browser.begin(ELSEWHERE).get_json()["address"]
    answer = provider.authorize(address.replace(other.url, provider.url))
    if not names_itself:
        del answer["iss"]
    refused(browser, answer, HERE)
    if names_itself:
        refused(browser, answer, ELSEWHERE)
    assert "/token" not in other.asked + provider.asked
    assert browser.come_back(browser.go(ELSEWHERE), ELSEWHERE).status_code == 200, "control"


def test_no_such_hospital(browser: Browser) -> None:
    refused(browser, browser.go(), "general-hospital")
    answer = browser.begin("general-hospital")
    assert (answer.status_code, answer.get_json()["error"]) == (404, "no_hospital")


def test_a_disabled_account(portal: Portal, browser: Browser) -> None:
    account = browser.sign_in()["id"]
    with portal.database.write() as session:
        session.get_one(Account, account).disabled_at = clock.now()
    refused(browser, browser.go())
    with portal.database.write() as session:
        session.get_one(Account, account).disabled_at = None
        session.delete(session.get_one(Identity, (portal.provider.url, "person-7")))
        session.flush()
        session.get_one(Account, account).disabled_at = clock.now()
    refused(browser, browser.go())
    with portal.database.write() as session:
        session.get_one(Account, account).disabled_at = None
    assert browser.sign_in()["id"] == account, "control"


def test_other_sites_begin_and_end_nothing(browser: Browser) -> None:
    answer = browser.go()
    for path, body in (("/turn", {"hospital": HERE}), ("", answer | {"hospital": HERE})):
        for site in ("cross-site", "same-site", "none"):
            asked = browser.client.post(f"/api/sessions/hospital{path}", json=body, headers={"Sec-Fetch-Site": site})
            assert (asked.status_code, asked.get_json()["error"]) == (403, "cross_site")
    assert browser.come_back(answer).status_code == 200, "control"


@pytest.mark.parametrize("path", ["/token", "/userinfo", "/keys"])
@pytest.mark.parametrize("status", [500, 302])
def test_what_is_down_signs_nobody_in(browser: Browser, provider: Provider, path: str, status: int) -> None:
    answer, before = browser.go(), browser.portal.rows()
    provider.status[path] = status
    found = browser.come_back(answer)
    assert found.status_code in ((503,) if status == 500 else (403, 503)) and browser.account is None
    assert path in provider.asked and "/elsewhere" not in provider.asked and browser.portal.rows() == before


def test_a_hospital_that_is_down_is_said_at_once(portal: Portal, browser: Browser, provider: Provider) -> None:
    provider.status["/.well-known/openid-configuration"] = 500
    answer = browser.begin()
    assert (answer.status_code, answer.get_json()["error"]) == (503, "busy") and "Set-Cookie" not in answer.headers
    assert browser.begin(ELSEWHERE).status_code == 200, "control: the other one is not"


def test_a_code_that_was_stolen_elsewhere(portal: Portal, browser: Browser) -> None:
    """PKCE: the thief has the victim's code, and a turn of their own."""
    stolen, thief = browser.go(), portal.browser()
    refused(thief, thief.go() | {"code": stolen["code"]})
    assert thief.come_back(thief.go()).status_code == 200, "control"


def test_only_so_many_turns_from_one_address(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hospital_sign_in, "_PER_ADDRESS", (3, 3600))
    found = [browser.begin() for _ in range(5)]
    assert [one.status_code for one in found] == [200, 200, 200, 429, 429]
    assert "Set-Cookie" not in found[-1].headers


def test_the_cookie(portal: Portal) -> None:
    """Ours alone, for this browser, for a quarter of an hour; not sent along by whoever leads people here."""
    plain = portal.browser().begin().headers.getlist("Set-Cookie")[0].split("; ")
    assert plain[0].startswith("safelight-hospital=")
    assert {"HttpOnly", "Path=/", "SameSite=Strict", f"Max-Age={oidc.PATIENCE}"} <= set(plain) and "Secure" not in plain
    portal.app.extensions["safelight"] = replace(portal.settings, portal_url="https://photos.example.org")
    secure = portal.browser().begin().headers.getlist("Set-Cookie")[0].split("; ")
    assert secure[0].startswith("__Host-safelight-hospital=") and {"Secure", "Path=/"} <= set(secure)
