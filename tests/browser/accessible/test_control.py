"""What axe-core should find, it finds."""

from playwright.sync_api import Page

from tests.browser.judged import FORMS, wrong
from tests.conftest import Installation


def test_control_what_is_wrong_is_found(installation: Installation, page: Page) -> None:
    page.goto(installation.url)
    page.evaluate("document.querySelector('label').remove()")
    page.evaluate("document.querySelector('.lead').style.color = 'rgb(110 110 110)'")  # on light it can be read
    found = wrong(page)
    assert len([one for one in found if "label: #link" in one]) == len(FORMS)
    assert {one.partition(":")[0] for one in found if "color-contrast: .lead" in one} == {
        "dark, 1440 wide",
        "dark, 360 wide",
    }
