"""What a sender does on the page /send, step by step."""

from playwright.sync_api import Page, expect

from tests.browser.steps import state
from tests.conftest import ROOT, Installation

PHOTOS = sorted((ROOT / "viewer/demo/photos").glob("*.jpg"))
PATIENT = "MRN 0042-17"


def begin(page: Page, installation: Installation) -> None:
    """Open the page."""
    page.goto(f"{installation.url}/send")
    state(page, "start")


def choose(page: Page, count: int = 1) -> None:
    """Choose photos from files, and wait until they are there."""
    before = page.locator(".shot").count()
    button = "Choose photos" if page.locator('main[data-state="start"]').count() else "Add photos"
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=button).click()
    chooser.value.set_files(PHOTOS[:count])
    there(page, before + count)


def there(page: Page, count: int) -> None:
    """Wait until there are so many photos on the roll, all looked at."""
    expect(page.locator(".shot")).to_have_count(count, timeout=60_000)
    expect(page.locator(".see:not([disabled])")).to_have_count(count, timeout=60_000)


def shoot(page: Page, count: int = 1) -> None:
    """Take photos with the camera, and go on."""
    state(page, "camera")
    page.locator(".camera[data-ready]").wait_for()
    for number in range(1, count + 1):
        page.get_by_role("button", name="Take a photo").click()
        expect(page.locator('.camera [data-fill="count"]')).to_have_text(f"{number} photo{'s' * (number > 1)}")
    page.get_by_role("button", name="Done").click()
    there(page, count)
