"""The camera's own view, light and dark, on a phone and on a desk: nothing that axe-core finds wrong."""

from tests.browser.conftest import Watched
from tests.browser.judged import wrong
from tests.browser.send.steps import begin, shoot
from tests.conftest import Installation


def test_camera(installation: Installation, stranger: Watched) -> None:
    page = stranger.page
    begin(page, installation)
    page.get_by_role("button", name="Take photos").click()
    page.locator(".camera[data-ready]").wait_for()
    assert wrong(page) == []
    shoot(page)
    page.get_by_role("button", name="Take more").click()
    page.locator(".camera[data-ready]").wait_for()
    assert wrong(page) == []
