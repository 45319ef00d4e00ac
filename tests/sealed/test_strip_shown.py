"""Chromium draws a cleaned photo as it drew the photo: colours, which way up, transparency."""

import base64

import pytest
from playwright.sync_api import Browser, Page

from sealed.strip import strip_photo
from tests.sealed import photos, png_photos, webp_photos

DRAW = """async (photo) => {
    const bytes = Uint8Array.from(atob(photo), (letter) => letter.charCodeAt(0));
    const image = new Image();
    image.src = URL.createObjectURL(new Blob([bytes]));
    await image.decode();
    const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
    let sum = 0;
    for (const value of pixels) { sum = (Math.imul(sum, 31) + value) >>> 0; }
    return [canvas.width, canvas.height, sum];
}"""
MADE = {
    **{f"jpeg {name}": data for name, data in photos.made().items()},
    **{f"png {name}": data for name, data in png_photos.made().items()},
    **{f"webp {name}": data for name, data in webp_photos.made().items()},
}
REAL = {name: data for name, data in photos.real().items() if len(data) < 200_000}


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Page:
    return chromium.new_page()


def drawn(page: Page, data: bytes) -> tuple[int, int, int]:
    """Width, height and a sum over the pixels, as Chromium draws a photo."""
    width, height, total = page.evaluate(DRAW, base64.b64encode(data).decode())
    return width, height, total


@pytest.mark.parametrize("name", [*MADE, *REAL])
def test_drawn_the_same(page: Page, name: str) -> None:
    data = {**MADE, **REAL}[name]
    assert drawn(page, strip_photo(data).data) == drawn(page, data)


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("png alpha profiled", b"iCCP"),
        ("png alpha profiled", b"eXIf"),
        ("png palette with opacities", b"tRNS"),
        ("png gamma", b"gAMA"),
        ("png cicp", b"cICP"),
        ("png brilliant", b"cLLI"),
        ("webp lossy with alpha", b"ICCP"),
        ("webp lossy with alpha", b"ALPH"),
    ],
)
def test_drawn_the_same_can_fail(page: Page, name: str, lost: bytes) -> None:
    """Control: one part too few, and Chromium draws something else."""
    kit = png_photos if name.startswith("png") else webp_photos
    clean = strip_photo(MADE[name]).data
    assert drawn(page, kit.without(clean, lost)) != drawn(page, clean)


@pytest.mark.parametrize("before", [b"IDAT", b"IEND"])
def test_a_png_turns_only_by_what_comes_before_its_pixels(page: Page, before: bytes) -> None:
    source = png_photos.put(png_photos.png(), before, png_photos.orientation(6))
    assert drawn(page, source)[:2] == ((45, 67) if before == b"IDAT" else (67, 45))
    assert drawn(page, strip_photo(source).data) == drawn(page, source)


@pytest.mark.parametrize(
    "beside",
    [
        (b"sRGB", b"\0"),
        png_photos.profile_chunk(photos.profile(photos.WIDE_TAGS)),
        png_photos.profile_chunk(photos.profile({b"kTRC": photos.gamma(1.5)}, space=b"GRAY")),
        png_photos.profile_chunk(photos.profile({**photos.WIDE_TAGS}, space=b"CMYK")),
        png_photos.profile_chunk(b"not a profile" * 20),
    ],
)
def test_which_colours_overrule_which(page: Page, beside: png_photos.Chunk) -> None:
    gamma = (b"gAMA", b"\0\1\x86\xa0"), (b"cHRM", png_photos.WIDE)
    source = png_photos.put(png_photos.png(), b"IDAT", beside, *gamma)
    assert drawn(page, strip_photo(source).data) == drawn(page, source)


def test_webp_without_its_flags(page: Page) -> None:
    """A part that no flag announces is none."""
    for flag in (0x20, 0x10, 0x08):
        source = webp_photos.flagged(MADE["webp lossy with alpha"], off=flag)
        assert drawn(page, strip_photo(source).data) == drawn(page, source)
