"""Reports made to do harm, one of each kind: nothing of theirs runs, and nothing but pictures reaches the screen."""

import io
import struct

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.read import crafted
from tests.browser.read.crafted import Said, plaintext
from tests.browser.read.steps import PHOTOS, READER
from tests.browser.steps import open_photos, see_photos, state
from tests.vectors.bad_zips import together
from viewer.sender.client import Client
from viewer.sender.sending import Letter

SIZE = (64, 48)
SCRIPT = b"<script>window.hit = 1; alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="window.hit = 1" width="64" height="48">' + SCRIPT + b"</svg>"
HTML = b"<!doctype html><img src=x onerror='window.hit = 1'>" + SCRIPT
MARKUP = "\"><img src=x onerror='window.hit = 1'><script>window.hit = 1</script>"
KINDS = """
  window.kinds = [];
  const make = URL.createObjectURL;
  URL.createObjectURL = (blob) => { window.kinds.push(blob.type); return make(blob); };
"""
LETTER = Letter((READER,), "", "", "", 7)


def picture(kind: str = "JPEG") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", SIZE, "sienna").save(written, kind)
    return written.getvalue()


def claims(width: int, height: int) -> bytes:
    """A JPEG of a few hundred bytes that claims to be large."""
    data = picture()
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def png_claims(width: int, height: int) -> bytes:
    data = picture("PNG")
    return data[:16] + struct.pack(">II", width, height) + data[24:]


JPEG = picture()
NAME = "photos/001.jpg"
COMMENT = b"\xff\xfe" + struct.pack(">H", len(HTML) + 2) + HTML
REFUSED = {
    "an SVG by its name": plaintext(Said(SIZE), ("photos/001.svg", SVG)),
    "an SVG by a JPEG's name": plaintext(Said(SIZE), (NAME, SVG)),
    "a web page by its name": plaintext(Said(SIZE), ("index.html", HTML), (NAME, JPEG)),
    "a web page by a JPEG's name": plaintext(Said(SIZE), (NAME, HTML)),
    "a web page behind a JPEG's first bytes": plaintext(Said(SIZE), (NAME, b"\xff\xd8\xff" + HTML)),
    "a script that is a GIF, by a PNG's name": plaintext(Said(SIZE), ("photos/001.png", b"GIF89a=1;window.hit=1")),
    "a thumbnail that is an SVG": plaintext(Said(SIZE), (NAME, JPEG), ("thumbs/001.jpg", SVG)),
    "a name that is markup": plaintext(Said(SIZE), (f"photos/{MARKUP}.jpg", JPEG)),
    "a compressed bomb": together()["a compressed bomb"],
    "a directory without end": together()["a directory of 60,000 entries by its own word"],
    "sizes of 2 GB": plaintext(Said(SIZE), (NAME, JPEG), size=0x7FFF_FFFF),
    "a picture that claims 4 gigapixels": plaintext(Said(SIZE), (NAME, claims(65_500, 65_500))),
    "a picture that claims as much as its report": plaintext(Said((65_500, 65_500)), (NAME, claims(65_500, 65_500))),
    "a PNG that claims as many": plaintext(Said(SIZE), ("photos/001.png", png_claims(65_500, 65_500))),
    "a thumbnail that claims as many": plaintext(Said(SIZE), (NAME, JPEG), ("thumbs/001.jpg", claims(65_500, 65_500))),
    "an archive that is cut off": plaintext(Said(SIZE), (NAME, JPEG))[:-30],
}
SHOWN = {
    "a sound one, as control": JPEG,
    "a JPEG with a web page inside": JPEG[:2] + COMMENT + JPEG[2:],
    "a JPEG that goes on as a web page": JPEG + HTML,
    "a JPEG that is a ZIP, too": JPEG + plaintext(Said(SIZE), (NAME, JPEG)),
    "a JPEG that is cut off": JPEG[:-40],
}


@pytest.fixture
def heard(page: Page) -> list[str]:
    """All that a page complains of, and whatever it wants to say; it notes the kinds that it makes addresses for."""
    page.add_init_script(KINDS)
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("dialog", lambda dialog: found.append(dialog.message))
    return found


def is_harmless(page: Page, heard: list[str]) -> None:
    assert page.evaluate("typeof window.hit") == "undefined"
    assert heard == []
    assert page.locator("main script, main object, main embed, main iframe").count() == 0


@pytest.mark.parametrize("kind", REFUSED)
def test_refused(page: Page, sender: Client, heard: list[str], kind: str) -> None:
    page.goto(crafted.send(sender, LETTER, REFUSED[kind]).link)
    open_photos(page)
    state(page, "problem")
    expect(page.get_by_role("heading", level=1)).to_have_text("These photos cannot be opened")
    assert page.evaluate("window.noted.blobs") == [], "nothing was even made ready to be shown"
    is_harmless(page, heard)


@pytest.mark.parametrize("kind", SHOWN)
def test_shown_as_a_picture_and_as_nothing_else(page: Page, sender: Client, heard: list[str], kind: str) -> None:
    page.goto(crafted.send(sender, LETTER, plaintext(Said(SIZE), (NAME, SHOWN[kind]))).link)
    open_photos(page)
    see_photos(page)
    assert page.evaluate("document.querySelector('img[data-photo]').naturalWidth") == SIZE[0]
    assert page.locator("main img").evaluate_all("all => all.every(({src}) => !src || src.startsWith('blob:'))")
    is_harmless(page, heard)
    assert page.evaluate("window.kinds") == ["image/jpeg"]


def test_a_sealed_file_that_is_cut_off(page: Page, sender: Client, heard: list[str]) -> None:
    whole = plaintext(Said(SIZE), (NAME, PHOTOS[0].read_bytes()))
    page.goto(crafted.send(sender, LETTER, whole, keep=len(whole) // 2).link)
    open_photos(page)
    state(page, "problem")
    assert page.evaluate("window.noted.blobs") == []
    is_harmless(page, heard)


def test_what_is_written_is_text(page: Page, sender: Client, heard: list[str]) -> None:
    said = Said(SIZE, patient=MARKUP, sender=MARKUP, question=MARKUP, notes=MARKUP)
    page.goto(crafted.send(sender, LETTER, plaintext(said, (NAME, JPEG))).link)
    open_photos(page)
    see_photos(page)
    for name in ("patient", "sender", "question", "notes"):
        assert page.locator(f"[data-fill={name}]").last.text_content() == MARKUP
    assert page.locator("main img[src='x']").count() == 0
    is_harmless(page, heard)
    page.evaluate(
        "markup => { const x = document.createElement('template'); try { x.innerHTML = markup } catch {} }", MARKUP
    )
    assert heard, "control: what takes text for markup is stopped, and heard"
