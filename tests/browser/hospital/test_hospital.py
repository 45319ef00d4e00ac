"""A hospital's own sign-in in a real browser, at a real provider: from the link to the photo, and what goes wrong."""

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.hospital.conftest import HOSPITAL, Watched
from tests.browser.judged import wrong
from tests.browser.steps import state
from tests.conftest import Installation
from tests.databases import rows
from tests.oidc import NAME, Provider, be
from viewer.sender.sending import Sent

Letters = Callable[..., Sent]
BUTTON = f"Sign in with {NAME}"
TO_THE_PHOTO = ["starting", "card", "opening", "photos"]


def told(phone: Watched) -> list[str]:
    """All that was sent to anybody."""
    return [f"{one.url.partition('#')[0]} {one.headers} {one.post_data or ''}" for one in phone.requests]


def test_from_the_link_to_the_photo(
    hospital: Installation, provider: Provider, phone: Watched, letter: Letters
) -> None:
    sent, page = letter("registrar@example.org"), phone.page
    share = sent.link.partition("#")[2]
    page.goto(sent.link)
    state(page, "named")
    assert wrong(page) == []
    phone.tap(BUTTON)
    page.wait_for_url(f"{provider.issuer}/**")
    be(page, "registrar@example.org")
    page.wait_for_url(f"{hospital.url}/r/{sent.report}")
    phone.open()
    assert (phone.taps, phone.fields) == ([BUTTON, "Open photos"], [])
    assert phone.states == ["starting", "named", *TO_THE_PHOTO], "there, through its own page, and back"
    asked = told(phone)
    assert not [one for one in asked if share in one or share.partition(".")[0] in one], "the link's secret stayed here"
    assert [one for one in asked if "code_challenge=" in one and sent.report not in one], "control: all was heard"
    assert not [one for one in asked if one.startswith(provider.issuer) and sent.report in one], "nor which report"
    account = page.evaluate("fetch('/api/account').then(one => one.json())")["account"]
    assert (account["name"], account["contact"]) == ("Dr registrar", "registrar@example.org")
    query = "SELECT signed_in_by FROM session WHERE contact = 'registrar@example.org'"
    assert rows(hospital.settings, "portal", query) == [("oidc",)]
    assert phone.complaints == []


def test_next_time_the_provider_knows_them_still(phone: Watched, letter: Letters) -> None:
    page = phone.page
    page.goto(letter("again@example.org").link)
    phone.tap(BUTTON)
    be(page, "again@example.org")
    phone.open()
    phone.close()
    page.get_by_role("button", name="Sign out").first.tap()
    expect(page.locator("main").get_by_text("You are signed out.")).to_be_visible()
    page.evaluate("sessionStorage.removeItem('counted')")
    page.goto(letter("again@example.org").link)
    phone.tap(BUTTON)
    phone.open()
    assert (phone.taps, phone.fields) == ([BUTTON, "Open photos"], [])


def test_with_a_keyboard_alone(phone: Watched, letter: Letters) -> None:
    page = phone.page
    page.goto(letter("keys@example.org").link)
    state(page, "named")
    for _ in range(9):
        if page.evaluate("document.activeElement.textContent.trim()") == BUTTON:
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    be(page, "keys@example.org")
    state(page, "card")
    page.keyboard.press("Enter")
    state(page, "photos")


def test_whom_the_hospital_may_not_vouch_for(hospital: Installation, phone: Watched, letter: Letters) -> None:
    """Another hospital's address, though the provider says that it is verified; then a code."""
    sent, page = letter("boss@general.example"), phone.page
    page.goto(sent.link)
    phone.tap(BUTTON)
    be(page, "boss@general.example")
    expect(page.get_by_role("heading", name="You are not signed in")).to_be_visible(timeout=60_000)
    assert wrong(page) == []
    assert "?" not in page.url, "the answer is out of the address"
    phone.tap("Back to sign in")
    page.wait_for_url(f"{hospital.url}/r/{sent.report}")
    code = phone.code("boss@general.example", lambda: page.locator("form .button").first.tap())
    phone.type("Six-digit code", code)
    phone.open()


def test_an_answer_that_is_brought_into_another_browser(
    hospital: Installation, phones: Callable[..., Watched], letter: Letters
) -> None:
    """Login CSRF: somebody is led to the attacker's own answer, and must not end up in the attacker's account."""
    attacker, victim = phones(), phones()
    attacker.page.route("**/api/sessions/hospital", lambda route: route.abort())
    attacker.page.goto(letter("attacker@example.org").link)
    attacker.tap(BUTTON)
    be(attacker.page, "attacker@example.org")
    state(attacker.page, "problem")
    [answer] = [one.url for one in attacker.requests if urlsplit(one.url).path == f"/signed-in/{HOSPITAL}"]
    victim.page.goto(answer)
    expect(victim.page.get_by_role("heading", name="You are not signed in")).to_be_visible(timeout=60_000)
    assert victim.page.evaluate("fetch('/api/account').then(one => one.json())")["account"] is None
    attacker.page.unroute_all()
    attacker.page.goto(answer)
    state(attacker.page, "card")  # control: in the browser that asked, it is good


def test_a_tab_that_never_had_the_link_says_so(phone: Watched, letter: Letters) -> None:
    page = phone.page
    page.goto(letter("lost@example.org").link)
    phone.tap(BUTTON)
    page.get_by_placeholder("Enter any login").wait_for()
    other = phone.context.new_page()  # as where the phone opens the provider's page in a tab of its own
    other.goto(page.url)
    be(other, "lost@example.org")
    expect(other.get_by_role("heading", name="You are signed in")).to_be_visible(timeout=60_000)
    assert wrong(other) == []


def test_what_changes_the_account_wants_another_proof(hospital: Installation, phone: Watched, letter: Letters) -> None:
    """A provider may sign in silently: on the person's page, a code or a passkey is asked for, not it again."""
    page = phone.page
    page.goto(letter("careful@example.org").link)
    phone.tap(BUTTON)
    be(page, "careful@example.org")
    state(page, "card")
    page.goto(f"{hospital.url}/account")
    page.get_by_label("Add another one").fill("more@private.example")
    phone.tap("Send the code")
    expect(page.get_by_text("To be sure that it is you")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name=BUTTON)).to_have_count(0)
