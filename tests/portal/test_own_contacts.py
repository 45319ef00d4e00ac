"""A person's own contacts: proved first, told to the others, never none, and taken over only by who proves both."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.portal.conftest import ADA, STRANGER, Person, Portal
from viewer import clock, contacts
from viewer.portal import codes, invitations, own_contacts, sessions, telling_person
from viewer.portal.models import Contact, Recipient, Report
from viewer.portal.telling_person import Letters

HOME = "ada.at.home@example.org"


@pytest.fixture
def ada(portal: Portal) -> Person:
    return Person(portal, ADA)


def asked(person: Person, contact: str) -> TestResponse:
    return person.ask("POST", "/api/account/codes", {"contact": contact})


def add(person: Person, contact: str) -> TestResponse:
    """Add a contact, by the code that arrives there."""
    attempt = asked(person, contact).get_json()["attempt"]
    body = {"attempt": attempt, "code": person.portal.codes[contact]}
    return person.ask("POST", "/api/account/contacts", body)


def remove(person: Person, contact: str) -> TestResponse:
    return person.ask("POST", "/api/account/contacts/removals", {"contact": contact})


def listed(person: Person) -> list[str]:
    return [one["contact"] for one in person.ask("GET", "/api/account/contacts").get_json()["contacts"]]


def sent(portal: Portal) -> set[tuple[str, str]]:
    """Who is told what since the last time."""
    portal.sent.clear()
    Letters(portal.settings, portal.database).step()
    return {(contact, text.partition(" If it was not you")[0]) for contact, _, text in portal.sent}


def word(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["error"]


def test_a_second_one_signs_in_to_the_same_account(portal: Portal, ada: Person) -> None:
    assert add(ada, HOME).status_code == 200 and sorted(listed(ada)) == [HOME, ADA]
    assert Person(portal, HOME).id == ada.id
    assert sent(portal) == {(ADA, "a•••@example.org can be used to sign in to your Safelight account from now on.")}
    assert sent(portal) == set(), "once"


def test_it_counts_only_once_its_code_is_right(portal: Portal, ada: Person) -> None:
    attempt = asked(ada, HOME).get_json()["attempt"]
    wrong = str((int(portal.codes[HOME]) + 1) % 1_000_000).zfill(6)
    assert word(ada.ask("POST", "/api/account/contacts", {"attempt": attempt, "code": wrong})) == (403, "wrong_code")
    assert listed(ada) == [ADA]


def test_a_code_to_add_signs_nobody_in_and_the_other_way_round(portal: Portal, ada: Person) -> None:
    to_add = {"attempt": asked(ada, HOME).get_json()["attempt"], "code": portal.codes[HOME]}
    assert word(ada.ask("POST", "/api/sessions", to_add)) == (403, "wrong_code")
    stranger = Person(portal, STRANGER)
    assert word(stranger.ask("POST", "/api/account/contacts", to_add)) == (403, "wrong_code"), "nor to another account"
    assert ada.ask("POST", "/api/account/contacts", to_add).status_code == 200, "control"
    attempt = ada.ask("POST", "/api/codes", {"contact": STRANGER}).get_json()["attempt"]
    to_sign_in = {"attempt": attempt, "code": portal.codes[STRANGER]}
    assert word(ada.ask("POST", "/api/account/contacts", to_sign_in)) == (403, "wrong_code")
    assert ada.ask("POST", "/api/sessions", to_sign_in).status_code == 200, "control"


def test_nobody_learns_whether_a_contact_is_known(portal: Portal, ada: Person) -> None:
    Person(portal, STRANGER)
    told = [asked(ada, contact) for contact in (STRANGER, "strange@example.org")]
    same = [one.get_json() | {"attempt": ""} for one in told]
    assert same[0] == same[1] and [one.status_code for one in told] == [200, 200]


def test_all_of_it_wants_a_fresh_sign_in(portal: Portal, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    add(ada, HOME)
    now = clock.now() + sessions.FRESH + 1
    monkeypatch.setattr(clock, "now", lambda: now)
    asks: list[tuple[str, str, Any]] = [
        ("POST", "codes", {"contact": STRANGER}),
        ("POST", "contacts", {"attempt": "a", "code": "b"}),
        ("PUT", "contacts/main", {"contact": HOME}),
        ("POST", "contacts/removals", {"contact": HOME}),
        ("GET", "export", None),
        ("POST", "erasure", None),
    ]
    for method, path, body in asks:
        assert word(ada.ask(method, f"/api/account/{path}", body)) == (403, "prove_again"), path
    ada.sign_in()
    assert remove(ada, HOME).status_code == 200, "control"


def test_one_of_another_account_moves_and_that_is_told(portal: Portal, ada: Person) -> None:
    stranger = Person(portal, STRANGER)
    add(stranger, HOME)
    by_home = Person(portal, HOME)
    assert by_home.id == stranger.id
    sent(portal)
    assert add(ada, HOME).status_code == 200
    assert HOME in listed(ada) and listed(stranger) == [STRANGER]
    assert by_home.account is None, "who was signed in by it there, is out"
    assert Person(portal, HOME).id == ada.id
    moved = (
        "a•••@example.org belongs to another Safelight account now: somebody showed that they receive messages there."
    )
    added = "a•••@example.org can be used to sign in to your Safelight account from now on."
    assert sent(portal) == {(STRANGER, moved), (ADA, added)}


def test_the_last_one_of_another_account_stays(portal: Portal, ada: Person) -> None:
    """Else that account would be nobody's, and what is in it."""
    stranger = Person(portal, STRANGER)
    assert word(add(ada, STRANGER)) == (409, "own_account")
    assert listed(stranger) == [STRANGER] and listed(ada) == [ADA]
    assert sent(portal) == set()


def test_a_disabled_account_loses_none(portal: Portal, boss: Person, ward: str, ada: Person) -> None:
    gone = portal.member(STRANGER, ward, boss)
    add(gone, HOME)
    boss.organise("PUT", f"members/{gone.id}/disabled")
    attempt = asked(ada, HOME).get_json()["attempt"]
    body = {"attempt": attempt, "code": portal.codes[HOME]}
    assert word(ada.ask("POST", "/api/account/contacts", body)) == (403, "wrong_code")
    assert listed(ada) == [ADA]


def test_a_removed_one_signs_in_no_more_and_gets_no_reports(portal: Portal, ada: Person) -> None:
    add(ada, HOME)
    elsewhere = Person(portal, HOME)
    report = a_report(portal, HOME)
    assert ada.ask("GET", f"/api/reports/{report}").get_json()["sender"] == "Dr Sender", "control"
    sent(portal)
    assert remove(ada, HOME).status_code == 200 and listed(ada) == [ADA]
    told = "a•••@example.org has been removed from your Safelight account."
    assert sent(portal) == {(ADA, told), (HOME, told)}, "the removed one, too: a stranger might have removed it"
    assert elsewhere.account is None, "signed in by it: out"
    assert ada.ask("GET", f"/api/reports/{report}").get_json()["sender"] is None
    assert Person(portal, HOME).id != ada.id
    sender = Person(portal, "sender@example.org")
    [told_of] = sender.ask("GET", "/api/reports").get_json()["reports"]
    assert [one["account"] for one in told_of["people"] if one["account"] == ada.id] == [], "Ada has no name yet"


def test_a_sender_goes_on_knowing_who_has_opened(portal: Portal, ada: Person) -> None:
    add(ada, HOME)
    ada.ask("PUT", "/api/account", {"name": "Dr Ada", "jurisdiction": ""})
    report = a_report(portal, HOME)
    remove(ada, HOME)
    [told] = Person(portal, "sender@example.org").ask("GET", "/api/reports").get_json()["reports"]
    assert told["id"] == report
    assert told["people"] == [{"account": ada.id, "name": "Dr Ada", "contact": "", "named": False}]


def a_report(portal: Portal, to: str) -> str:
    """A report of Dr Sender's."""
    invitations.invite(portal.database, portal.settings, "Dr Sender", "sender@example.org")
    with portal.database.write() as session:
        sender = session.get_one(Contact, "sender@example.org").account_id
        url, name = portal.settings.portal_url, "0123456789ABCDEFGHJKMNPQRS"
        session.add(Report(id=name, sender_id=sender, key_server=url, file_host=url, created_at=1))
        session.flush()
        pseudonym = contacts.pseudonym(portal.settings.portal_secret, to)
        session.add(Recipient(report_id=name, contact=pseudonym, sealed=None))
    return name


def test_the_session_by_the_removed_one_goes_on_by_another(portal: Portal, ada: Person) -> None:
    add(ada, HOME)
    by_home = Person(portal, HOME)
    assert remove(by_home, HOME).status_code == 200
    assert by_home.account["contact"] == ADA


def test_the_last_one_stays(ada: Person) -> None:
    assert word(remove(ada, ADA)) == (409, "last_contact")


@pytest.mark.parametrize("what", ["contacts/removals", "contacts/main"])
def test_nobody_touches_another_persons(portal: Portal, ada: Person, what: str) -> None:
    Person(portal, STRANGER)
    method = "PUT" if what.endswith("main") else "POST"
    known, unknown = (ada.ask(method, f"/api/account/{what}", {"contact": c}) for c in (STRANGER, "x@example.org"))
    assert word(known) == (404, "unknown_contact") and known.data == unknown.data


def test_the_main_one_is_first(portal: Portal, ada: Person) -> None:
    add(ada, HOME)
    Person(portal, HOME)
    assert listed(ada) == [ADA, HOME], "neither adding nor signing in by another one changes it"
    sent(portal)
    assert ada.ask("PUT", "/api/account/contacts/main", {"contact": HOME}).status_code == 200
    assert listed(ada) == [HOME, ADA]
    assert sent(portal) == {(ADA, "Messages of Safelight go to a•••@example.org first from now on.")}
    ada.sign_in()
    assert listed(ada) == [HOME, ADA], "wherever the last sign-in was"
    remove(ada, HOME)
    assert listed(ada) == [ADA]


def test_there_is_an_end_to_how_many_and_how_often(
    portal: Portal, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_contacts, "MOST", 2)
    add(ada, HOME)
    assert word(add(ada, "third@example.org")) == (409, "too_many")
    monkeypatch.setattr(telling_person, "MOST", 1)
    assert word(remove(ada, HOME)) == (429, "too_many")
    assert len(listed(ada)) == 2, "and nothing is done that nobody is told of"


def test_a_gateway_that_is_down_is_asked_again(portal: Portal, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    add(ada, HOME)
    send, now = telling_person.messages.send, clock.now()

    def down(*_: Any) -> None:
        raise telling_person.messages.NotSent

    monkeypatch.setattr(telling_person.messages, "send", down)
    assert sent(portal) == set()
    monkeypatch.setattr(telling_person.messages, "send", send)
    assert sent(portal) == set(), "not before its time"
    monkeypatch.setattr(clock, "now", lambda: now + 61)
    assert {contact for contact, _ in sent(portal)} == {ADA}


def test_control_codes_that_are_good_for_anything_are_found(
    portal: Portal, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = codes.use
    monkeypatch.setattr(
        codes, "use", lambda s, k, attempt, typed, adds_to="": real(s, k, attempt, typed, attempt.rpartition(":")[0])
    )
    to_add = {"attempt": asked(ada, HOME).get_json()["attempt"], "code": portal.codes[HOME]}
    assert ada.ask("POST", "/api/sessions", to_add).status_code == 200
