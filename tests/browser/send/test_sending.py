"""Sending is told in words, goes on where it was, and waits for whoever has to sign in or be invited; photos stay."""

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Watched
from tests.browser.send.steps import PATIENT, begin, choose
from tests.browser.steps import sign_in, state
from tests.conftest import SENDER, Installation
from viewer.database import Database
from viewer.portal import invitations, organisations

NAMES = """async () => {
  const found = [];
  for await (const name of (await navigator.storage.getDirectory()).keys()) found.push(name);
  return found;
}"""


def ready(page: Page, installation: Installation) -> None:
    """A photo, and whose it is: all but the press of the button."""
    begin(page, installation)
    choose(page)
    page.get_by_label("Patient ID").fill(PATIENT)


def press_send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()


def failing(page: Page, address: str) -> Callable[[], None]:
    """Cut the way to an address; return what mends it."""

    def cut(route: Route) -> None:
        route.abort()

    page.route(address, cut)
    return lambda: page.unroute(address, cut)


def test_whoever_is_not_signed_in_signs_in_and_it_goes_on(installation: Installation, stranger: Watched) -> None:
    page = stranger.page
    installation.client(SENDER, installation.settings.data, invited=True)
    ready(page, installation)
    press_send(page)
    sign_in(page, installation, SENDER)
    state(page, "share")


def test_who_may_not_send_is_told_so_and_keeps_the_photos(installation: Installation, stranger: Watched) -> None:
    page, contact = stranger.page, "not.yet.invited@example.org"
    ready(page, installation)
    press_send(page)
    sign_in(page, installation, contact)
    state(page, "barred")
    expect(page.locator("main")).to_contain_text(contact)
    page.get_by_role("button", name="Back to the photos").click()
    expect(page.locator(".shot")).to_have_count(1)
    expect(page.get_by_label("Patient ID")).to_have_value(PATIENT)
    press_send(page)
    invitations.invite(Database(installation.settings, "portal"), installation.settings, "Dr Now", contact)
    page.get_by_role("button", name="I am invited now").click()
    state(page, "share")


def test_rules_of_an_organisation_are_shown_before_they_hold(installation: Installation, stranger: Watched) -> None:
    page, contact = stranger.page, "of.a.house@example.org"
    with Database(installation.settings, "portal").write() as session:
        account = invitations.account_of(session, installation.settings, contact)
        organisations.add(session, "House with rules", account).days = 14
    ready(page, installation)
    press_send(page)
    sign_in(page, installation, contact)
    expect(page.get_by_text("Your organisation has rules of its own")).to_be_visible(timeout=60_000)
    expect(page.locator('.terms [data-fill="terms"]')).to_contain_text("for 14 days")
    press_send(page)
    state(page, "share")
    expect(page.locator("main .lead")).to_contain_text("for 14 days")


def test_an_error_is_told_and_it_goes_on_where_it_was(installation: Installation, phone: Watched) -> None:
    page = phone.page
    ready(page, installation)
    mend = failing(page, "**/v1/keys/**")
    press_send(page)
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached", timeout=60_000)
    expect(page.get_by_role("button", name="Try again")).to_be_focused()
    mend()
    page.get_by_role("button", name="Try again").click()
    state(page, "share")
    begun = [one for one in phone.requests if one.method == "POST" and one.url.endswith("/api/reports")]
    assert len(begun) == 1, "it is the same report"


def test_a_lost_line_is_told_and_it_goes_on_by_itself(installation: Installation, phone: Watched) -> None:
    page = phone.page
    ready(page, installation)
    mend = failing(page, "**/v1/blobs/**")
    press_send(page)
    expect(page.get_by_role("status").filter(has_text="The connection is gone")).to_be_visible(timeout=60_000)
    mend()
    state(page, "share")
    assert page.evaluate(NAMES) == [], "nothing sealed stays on the device"


def test_cancelled_it_leaves_nothing_sealed(installation: Installation, phone: Watched) -> None:
    page = phone.page
    ready(page, installation)
    failing(page, "**/v1/blobs/**")
    press_send(page)
    expect(page.get_by_role("status").filter(has_text="The connection is gone")).to_be_visible(timeout=60_000)
    assert len(page.evaluate(NAMES)) == 1, "control"
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".shot")).to_have_count(1)
    expect(page.get_by_label("Patient ID")).to_have_value(PATIENT)
    page.evaluate("new Promise((done) => setTimeout(done, 500))")
    assert page.evaluate(NAMES) == []


def test_what_is_not_uploaded_yet_goes_on_after_a_reload(installation: Installation, phone: Watched) -> None:
    page = phone.page
    ready(page, installation)
    mend = failing(page, "**/v1/blobs/**")
    press_send(page)
    expect(page.get_by_role("status").filter(has_text="The connection is gone")).to_be_visible(timeout=60_000)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_text("are not uploaded yet")).to_be_visible(timeout=60_000)
    mend()
    page.get_by_role("button", name="Go on").click()
    state(page, "share")
    page.get_by_role("button", name="Send more photos").click()
    state(page, "start")
    expect(page.get_by_text("are not uploaded yet")).to_have_count(0)


def test_who_is_named_wrongly_is_told_at_the_field(installation: Installation, phone: Watched) -> None:
    page = phone.page
    ready(page, installation)
    page.locator(".terms summary").click()
    page.get_by_label("For whom").fill("nobody")
    press_send(page)
    expect(page.locator("#to-error")).to_be_visible(timeout=60_000)
    expect(page.get_by_label("For whom")).to_be_focused()
    page.get_by_label("For whom").fill("somebody@example.org")
    press_send(page)
    state(page, "share")


def test_a_hospitals_sign_in_is_done_in_another_tab(installation: Installation, stranger: Watched) -> None:
    """It leads away from the page, and photos that are in its memory alone would be lost."""
    page = stranger.page
    installation.client(SENDER, installation.settings.data, invited=True)
    ready(page, installation)
    press_send(page)
    state(page, "sign-in")
    page.evaluate(
        """() => {
          const button = document.createElement("button");
          Object.assign(button, { type: "button", textContent: "St Elsewhere" });
          button.dataset.hospital = "elsewhere";
          document.querySelector("main form").append(button);
        }"""
    )
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="St Elsewhere").click()
    expect(page.get_by_role("alert")).to_contain_text("in the other tab")
    other = opened.value
    sign_in(other, installation, SENDER)
    state(other, "account")
    other.close()
    page.bring_to_front()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    state(page, "share")
    assert [one for one in stranger.requests if one.url.endswith("/hospital/turn")] == []
