"""The link goes out in every way; the message fits one SMS, and says nothing about the patient."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.send.steps import PATIENT, begin, choose
from tests.browser.steps import state
from tests.conftest import Installation

MESSAGE = "async ([address, link, words]) => (await import(address)).message(link, words)"
PARTS = "async ([address, text]) => (await import(address)).parts(text)"
LINK = f"/r/{'0' * 26}#{'Z' * 36}"
WORDS = ["Clinical photos from Dr Ada Lovelace:", "Clinical photos:"]


def sms(page: Page) -> str:
    found = re.search(r"/static/[0-9a-f]{16}/", page.content())
    assert found
    return f"{found[0]}sms.js"


def parts(page: Page, text: str) -> int:
    found: int = page.evaluate(PARTS, [sms(page), text])
    return found


def send(page: Page, installation: Installation, to: str = "") -> None:
    begin(page, installation)
    choose(page)
    page.get_by_label("Patient ID").fill(PATIENT)
    if to:
        page.locator(".terms summary").click()
        page.get_by_label("For whom").fill(to)
    page.get_by_role("button", name="Send", exact=True).click()
    state(page, "share")


def href(page: Page, name: str, number: int = 0) -> str:
    return page.get_by_role("link", name=name, exact=True).nth(number).get_attribute("href") or ""


def test_one_sms_holds_the_message(installation: Installation, stranger: Watched) -> None:
    page = stranger.page
    begin(page, installation)
    room = 160 - len(LINK)
    for spare, expected in (
        (len(WORDS[0]) + 1, WORDS[0] + " "),
        (len(WORDS[0]), WORDS[1] + " "),
        (len(WORDS[1]) + 1, WORDS[1] + " "),
        (len(WORDS[1]), ""),
        (0, ""),
        (-1, ""),
    ):
        link = "https://" + "a" * (room - spare - 8) + LINK
        text = page.evaluate(MESSAGE, [sms(page), link, WORDS])
        assert text == expected + link
        assert parts(page, text) == (1 if spare >= 0 else 2), "beyond, it is the bare link, in two parts"
    assert room - len(WORDS[0]) - 1 >= len("https://safelight.st-elsewhere.example.org"), "a usual address leaves room"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("[" * 80, 1), ("[" * 81, 2), ("ł" * 70, 1),
     ("ł" * 71, 2), ("é@_#" * 40, 1)],
)  # fmt: skip
def test_letters_count_as_phones_count_them(
    installation: Installation, stranger: Watched, text: str, expected: int
) -> None:
    begin(stranger.page, installation)
    assert parts(stranger.page, text) == expected


def test_for_whoever_is_first(installation: Installation, phone: Watched) -> None:
    page = phone.page
    page.add_init_script("navigator.share = async (given) => { window.shared = given; };")
    send(page, installation)
    text = unquote(href(page, "SMS").partition("?&body=")[2])
    assert href(page, "SMS").startswith("sms:?&body=")
    assert text.startswith(f"Clinical photos from Dr Ada Lovelace: {installation.url}/r/")
    assert parts(page, text) == 1 and PATIENT not in text
    assert href(page, "WhatsApp") == f"https://wa.me/?text={href(page, 'SMS').partition('?&body=')[2]}"
    assert page.get_by_role("link", name="WhatsApp").get_attribute("rel") == "noreferrer"
    mail = urlsplit(href(page, "E-mail"))
    assert (mail.scheme, mail.path, parse_qs(mail.query)["body"]) == ("mailto", "", [text])
    page.get_by_role("button", name="Share", exact=True).click()
    assert page.evaluate("window.shared") == {"text": text}
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("The link is copied.")).to_be_visible()
    link = text.partition(": ")[2]
    assert page.evaluate("navigator.clipboard.readText()") == link
    expect(page.locator(".weak")).to_be_hidden()
    expect(page.get_by_role("button", name="Tell them")).to_be_hidden()
    page.get_by_role("link", name="See who opens them").click()
    state(page, "report")


def test_each_of_several_has_a_link_of_their_own(installation: Installation, phone: Watched) -> None:
    page = phone.page
    send(page, installation, "+61 491 570 006\nboss@example.org")
    assert href(page, "SMS").startswith("sms:+61491570006?&body=") and href(page, "SMS").endswith(".006")
    assert href(page, "E-mail", 1).startswith("mailto:boss%40example.org?") and href(page, "E-mail", 1).endswith(
        ".exab"
    )
    expect(page.locator(".weak").nth(0)).to_be_visible()
    expect(page.locator(".weak").nth(1)).to_be_hidden()
    expect(page.get_by_role("button", name="Tell them")).to_be_visible()


def test_the_code_can_go_another_way(installation: Installation, phone: Watched) -> None:
    page = phone.page
    send(page, installation, "+61 491 570 006")
    assert href(page, "SMS").startswith("sms:+61491570006?") and href(page, "SMS").endswith(".006")
    page.get_by_text("Or let the code go another way").click()
    page.get_by_role("button", name="Open by this address only").click()
    expect(page.get_by_role("alert")).to_contain_text("Type an e-mail address")
    page.get_by_label("An e-mail address of theirs").fill("other.way@example.org")
    page.get_by_role("button", name="Open by this address only").click()
    expect(page.get_by_text("From now on they open for other.way@example.org")).to_be_visible(timeout=60_000)
    assert href(page, "SMS").startswith("sms:+61491570006?") and not href(page, "SMS").endswith(".006")
    page.get_by_role("button", name="Let it need a passkey").click()
    expect(page.get_by_text("From now on they need a passkey.")).to_be_visible(timeout=60_000)


def test_the_file_goes_without_the_link(installation: Installation, phone: Watched) -> None:
    page = phone.page
    send(page, installation, "boss@example.org")
    page.get_by_text("Attach the file instead").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the sealed file").click()
    assert saved.value.path().read_bytes().startswith(b"SAFELIT1")
    report = urlsplit(href(page, "See who opens them")).path.rpartition("/")[2]
    assert saved.value.suggested_filename == f"{report}.sealed"
    mail = urlsplit(href(page, "Write the e-mail"))
    (body,) = parse_qs(mail.query)["body"]
    assert mail.path == "boss%40example.org" and f"{installation.url}/open" in body
    assert "#" not in body and report not in body
