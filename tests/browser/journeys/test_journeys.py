"""The recipient's journeys, from the tap on the link to the first photo, counted in taps and typed fields."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from sealed.hints import hint
from tests.browser.journeys.conftest import Phone, new_contact, plain
from tests.browser.steps import see_photos, state
from tests.conftest import Installation
from viewer import contacts
from viewer.sender.sending import Sent

Letters = Callable[..., Sent]
TO_THE_PHOTO = ["card", "opening", "photos"]


def shown(contact: str) -> str:
    """As the page names who the link is for."""
    return contacts.masked(contact) if contacts.is_mobile(contact) else "j•••@exa•••"


def test_new_recipient(phone: Phone, letter: Letters, contact: str) -> None:
    phone.page.goto(plain(letter(contact).link))
    state(phone.page, "sign-in")
    phone.type("Your e-mail or mobile number", contact)
    code = phone.code(contact, lambda: phone.tap("Send me a code"))
    phone.type("Six-digit code", code)
    phone.open()
    assert phone.fields == ["contact", "code"]
    assert len(phone.taps) <= 4, phone.taps
    assert phone.states == ["starting", "sign-in", "code", *TO_THE_PHOTO], "nothing else is asked before"


def test_new_recipient_with_a_keyboard(phone: Phone, letter: Letters, contact: str) -> None:
    """The focus is where it is needed: nothing has to be tapped to type, and the first field is sent by Enter."""
    phone.page.goto(plain(letter(contact).link))
    state(phone.page, "sign-in")
    phone.page.keyboard.type(contact)
    code = phone.code(contact, lambda: phone.page.keyboard.press("Enter"))
    phone.page.keyboard.type(code)
    state(phone.page, "card")
    phone.page.keyboard.press("Enter")
    see_photos(phone.page)
    assert (phone.fields, len(phone.taps)) == (["contact", "code"], 2)


def test_named_recipient(phone: Phone, letter: Letters, contact: str) -> None:
    phone.page.goto(letter(contact).link)
    state(phone.page, "named")
    code = phone.code(contact, lambda: phone.tap(f"Send the code to {shown(contact)}"))
    expect(phone.page.locator("#sent")).to_have_text(f"We sent a code to {shown(contact)}.")
    phone.type("Six-digit code", code)
    phone.open()
    assert phone.fields == ["code"]
    assert len(phone.taps) <= 3, phone.taps
    assert phone.states == ["starting", "named", "code", *TO_THE_PHOTO]


def test_named_with_others(phone: Phone, letter: Letters) -> None:
    contact, other = new_contact("mobile"), new_contact("mail")
    sent = letter(contact, other)
    assert list(sent.links) == sorted([contact, other]) and sent.link == plain(sent.links[other])
    for one, link in sent.links.items():
        assert link == f"{sent.link}.{hint(one)}"
    phone.page.goto(sent.links[contact])
    phone.type("Six-digit code", phone.code(contact, lambda: phone.tap(f"Send the code to {shown(contact)}")))
    phone.open()
    assert phone.fields == ["code"]


def test_returning_signed_in(phones: Callable[..., Phone], letter: Letters, contact: str) -> None:
    first = phones()
    first.page.goto(letter(contact).link)
    first.type("Six-digit code", first.code(contact, lambda: first.tap(f"Send the code to {shown(contact)}")))
    first.open()
    again = phones(first.page.context.storage_state())
    again.page.goto(letter(contact).link)
    again.open()
    assert (len(again.taps), again.fields) == (1, [])
    assert again.states == ["starting", *TO_THE_PHOTO]


def test_control_the_counters_count(phone: Phone, letter: Letters) -> None:
    contact = new_contact("mail")
    phone.page.goto(plain(letter(contact).link))
    state(phone.page, "sign-in")
    assert (phone.taps, phone.fields) == ([], [])
    phone.page.locator("h1").tap()
    assert len(phone.taps) == 1, "a tap on nothing"
    phone.page.evaluate(
        "() => document.forms[0].append(Object.assign(document.createElement('input'), {id: 'birthday'}))"
    )
    phone.page.locator("#birthday").fill("1 April")
    assert phone.fields == ["birthday"], "a field that the page has no business to ask for"
    phone.page.get_by_label("Your e-mail or mobile number").press_sequentially(contact)
    phone.code(contact, lambda: phone.page.keyboard.press("Enter"))
    assert phone.fields == ["birthday", "contact"] and len(phone.taps) == 2, "a key is a tap, too"
    phone.page.reload()
    state(phone.page, "code")
    assert len(phone.taps) == 2, "and all that outlives a reload"


@pytest.mark.parametrize("way", ["pasted", "filled in", "message pasted"])
def test_a_code_that_is_not_typed(phone: Phone, letter: Letters, installation: Installation, way: str) -> None:
    contact = new_contact("mobile")
    phone.page.goto(letter(contact).link)
    before = len(installation.inbox.messages)
    code = phone.code(contact, lambda: phone.tap(f"Send the code to {shown(contact)}"))
    field = phone.page.get_by_label("Six-digit code")
    assert field.get_attribute("autocomplete") == "one-time-code" and field.get_attribute("inputmode") == "numeric"
    if way == "filled in":  # as a phone does with the code of an SMS
        field.fill(code)
    else:
        phone.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        message = installation.inbox.messages[before].text
        phone.page.evaluate("text => navigator.clipboard.writeText(text)", code if way == "pasted" else message)
        field.tap()
        phone.page.keyboard.press("Control+V")
    phone.open()
    assert phone.fields == ["code"]


def test_the_sms_lets_the_phone_fill_the_code_in_here_only(
    phone: Phone, letter: Letters, installation: Installation
) -> None:
    contact = new_contact("mobile")
    phone.page.goto(letter(contact).link)
    before = len(installation.inbox.messages)
    code = phone.code(contact, lambda: phone.tap(f"Send the code to {shown(contact)}"))
    message = installation.inbox.messages[before]
    assert (message.kind, message.text.splitlines()[-1]) == ("sms", f"@localhost #{code}")
    assert phone.page.url.startswith("http://localhost:"), "the host that the message is bound to"


def test_the_tab_is_dropped_while_the_code_is_read(phone: Phone, letter: Letters) -> None:
    contact = new_contact("mobile")
    phone.page.goto(letter(contact).link)
    code = phone.code(contact, lambda: phone.tap(f"Send the code to {shown(contact)}"))
    phone.page.reload()
    state(phone.page, "code")
    expect(phone.page.locator("#sent")).to_contain_text(shown(contact))
    phone.type("Six-digit code", code)
    phone.open()


def test_another_address_is_one_tap_away(phone: Phone, letter: Letters) -> None:
    contact, other = new_contact("mobile"), new_contact("mail")
    phone.page.goto(letter(contact).link)
    phone.tap("Use another address or number")
    phone.type("Your e-mail or mobile number", other)
    phone.type("Six-digit code", phone.code(other, lambda: phone.tap("Send me a code")))
    state(phone.page, "card")
    assert phone.fields == ["contact", "code"]


def test_a_code_by_another_channel(phone: Phone, installation: Installation, people: Path, letter: Letters) -> None:
    mobile, mail = new_contact("mobile"), new_contact("mail")
    phone.page.goto(letter(mobile, mail).links[mobile])
    phone.code(mobile, lambda: phone.tap(f"Send the code to {shown(mobile)}"))
    before = len(installation.inbox.messages)
    phone.tap("Send it by e-mail instead")
    expect(phone.page.locator("#sent")).to_have_text(
        "If we know an e-mail address of yours, a code is on its way there."
    )
    phone.type("Six-digit code", installation.inbox.code_for(mail, before))
    phone.open()
    assert phone.fields == ["code"]


def test_strangers_are_offered_the_same(phone: Phone, letter: Letters, installation: Installation) -> None:
    """Who has no other contact sees the same page, and comes back to the first way from there."""
    contact = new_contact("mail")
    phone.page.goto(letter(contact).link)
    phone.code(contact, lambda: phone.tap(f"Send the code to {shown(contact)}"))
    phone.tap("Send it by SMS instead")
    expect(phone.page.locator("#sent")).to_have_text("If we know a mobile number of yours, a code is on its way there.")
    before = len(installation.inbox.messages)
    phone.tap("Send it by e-mail instead")
    expect(phone.page.locator("#sent")).to_have_text(f"We sent a code to {shown(contact)}.")
    phone.type("Six-digit code", installation.inbox.code_for(contact, before))
    state(phone.page, "card")


@pytest.mark.parametrize("damage", [".", ".67", ".6 8", ".<b>", ".%36%37%38"])
def test_a_hint_that_is_none_costs_nothing_but_the_shortcut(phone: Phone, letter: Letters, damage: str) -> None:
    contact = new_contact("mail")
    phone.page.goto(plain(letter(contact).link) + damage)
    state(phone.page, "sign-in")
    phone.type("Your e-mail or mobile number", contact)
    phone.type("Six-digit code", phone.code(contact, lambda: phone.tap("Send me a code")))
    phone.open()


def test_the_hint_is_sent_only_when_it_is_asked_for(phone: Phone, letter: Letters) -> None:
    contact = new_contact("mobile")
    sent = letter(contact)
    seen: list[str] = []
    phone.page.on("request", lambda request: seen.append(f"{request.url} {request.post_data or ''}"))
    phone.page.goto(sent.link)
    state(phone.page, "named")
    assert not [one for one in seen if hint(contact) in one.partition(sent.report)[2]]
    phone.code(contact, lambda: phone.tap(f"Send the code to {shown(contact)}"))
    assert len([one for one in seen if f'"hint":"{hint(contact)}"' in one]) == 1, "control: it is seen here"
    assert not [one for one in seen if sent.link.partition("#")[2][:36] in one], "and the link share never is"
