"""Photos of which a screenshot tells how they lie, and what a person does with them."""

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.steps import open_photos, see_photos
from tests.conftest import SENDER, Installation
from viewer.sender.sending import Letter, Sent, send

READER = "night.registrar@example.org"
PATIENT = "MRN 0042-17"
RED, GREEN, BLUE, GREY = (200, 40, 40), (40, 160, 60), (40, 60, 200), (120, 120, 120)
NAMES = {RED: "red", GREEN: "green", BLUE: "blue", GREY: "grey"}
UPRIGHT = ("red", "green", "grey", "blue")  # the quarters, clockwise from the upper left
SIZE = (1600, 1200)


def write(folder: Path, day: str, shade: int = 0) -> Path:
    """Write a photo of four colours, taken on a day; `shade` makes another photo of it."""
    width, height = SIZE
    picture = Image.new("RGB", SIZE)
    quarter = (width // 2, height // 2)
    for colour, at in zip((RED, GREEN, BLUE, GREY), ((0, 0), (1, 0), (0, 1), (1, 1)), strict=True):
        changed = tuple(part + shade for part in colour)
        picture.paste(Image.new("RGB", quarter, changed), (at[0] * quarter[0], at[1] * quarter[1]))
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = f"{day.replace('-', ':')} 10:20:30"
    path = folder / f"{day}-{shade}.jpg"
    picture.save(path, "JPEG", quality=95, exif=exif.tobytes())
    return path


def give(installation: Installation, people: Path, photos: list[Path], patient: str = PATIENT) -> Sent:
    """Send photos to the reader."""
    sender = installation.client(SENDER, people, invited=True)
    return send(sender, photos, Letter((READER,), patient, "Excise?", "", 7), lambda step, done, total: None)


def look(page: Page, sent: Sent, number: int = 1) -> None:
    """Open a report, and have one photo large, with all that can be done with it."""
    page.goto(sent.link)
    open_photos(page)
    see_photos(page)
    if page.locator("button.thumb").first.is_visible():
        page.locator("button.thumb").nth(number - 1).click()
    ready(page)


def ready(page: Page, frames: int = 1) -> None:
    """Wait until every frame's photo can be zoomed, and none moves."""
    expect(page.locator('.look[data-drawn="yes"]')).to_have_count(frames)
    still(page)


def still(page: Page) -> None:
    """Wait until two screenshots of the photos are the same."""
    before = b""
    for _ in range(100):
        now = page.locator(".stage").screenshot()
        if now == before:
            return
        before = now
    raise AssertionError("the photos do not come to rest")


def shot(page: Page, frame: int = 0) -> Image.Image:
    """What a frame shows."""
    still(page)
    return Image.open(io.BytesIO(page.locator(".frame").nth(frame).screenshot())).convert("RGB")


def colours(page: Page, frame: int = 0) -> tuple[str, ...]:
    """The colours around the middle of a frame, clockwise from the upper left."""
    seen = shot(page, frame)
    x, y = seen.width // 2, seen.height // 2
    return tuple(name(seen.getpixel((x + dx, y + dy))) for dx, dy in ((-20, -20), (20, -20), (20, 20), (-20, 20)))


def name(pixel: object) -> str:
    """The nearest of the four colours; "other" where none is near."""
    assert isinstance(pixel, tuple)
    near = {sum(abs(a - b) for a, b in zip(pixel, colour, strict=True)): word for colour, word in NAMES.items()}
    return near[min(near)] if min(near) < 90 else "other"


def share(page: Page, frame: int = 0) -> float:
    """How much of a frame's width the photo takes: 1 where it is as wide or wider."""
    seen = shot(page, frame)
    row = [name(seen.getpixel((x, seen.height // 2 - 8))) for x in range(seen.width)]
    return sum(one in ("red", "green") for one in row) / seen.width
