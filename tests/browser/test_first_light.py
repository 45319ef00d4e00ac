"""The whole path: real photos, sealed at the command line, seen in a browser, logged, revoked, refused."""

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.steps import see_photos, sign_in, state
from tests.conftest import RECIPIENT, ROOT, SENDER, Installation
from viewer.sender.client import Client
from viewer.sender.sending import Letter, Sent, send

REAL = ROOT.parent / "shared" / "photos"
NAMES = ("orientation-landscape-6.jpg", "gps-1.jpg", "phone-iphone-hdr.jpg")
# A stranger's clone has no folder of camera files beside it: the demo's own photos serve there.
PHOTOS = [REAL / name for name in NAMES] if REAL.is_dir() else sorted((ROOT / "viewer/demo/photos").glob("*.jpg"))

# SHA-256 of what the browser draws: size and pixels, upright, in the screen's colours.
DRAWN = """async (source) => {
  const image = new Image();
  image.src = typeof source === "string" && source.startsWith("blob:") ? source
    : URL.createObjectURL(new Blob([Uint8Array.from(atob(source), (c) => c.charCodeAt(0))], {type: "image/jpeg"}));
  await image.decode();
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const {data} = context.getImageData(0, 0, canvas.width, canvas.height);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return [canvas.width, canvas.height, ...digest].join(" ");
}"""


@pytest.fixture(scope="module")
def three(installation: Installation, people: Path) -> Sent:
    """Three real photos, sent to the recipient."""
    sender = installation.client(SENDER, people, invited=True)
    letter = Letter((RECIPIENT,), "MRN 0042-17", "Excise?", "Left forearm.", 7)
    return send(sender, PHOTOS, letter, lambda step, done, total: None)


def drawn(page: Page, source: str | Path) -> str:
    """What the browser draws for a blob's URL, or for a file."""
    given = base64.b64encode(source.read_bytes()).decode() if isinstance(source, Path) else source
    return str(page.evaluate(DRAWN, given))


def entries(client: Client, installation: Installation, report: str) -> list[tuple[str, str]]:
    url = f"{installation.url}/v1/keys/{report}/log"
    found = client.with_pass("GET", url, report, "log:read")["entries"]
    return [(entry["action"], entry["outcome"]) for entry in found]


def test_pixels_shown_are_the_pixels_sent(
    installation: Installation, people: Path, three: Sent, watched: Watched
) -> None:
    page = watched.page
    page.goto(three.link)
    assert "#" not in page.url, "the fragment must leave the address at once"
    sign_in(page, installation, RECIPIENT)
    state(page, "card")
    expect(page.get_by_role("heading")).to_have_text("Dr Ada Lovelace sent you photos")
    page.get_by_role("button", name="Open photos").click()
    state(page, "photos")
    expect(page.get_by_text("MRN 0042-17").first).to_be_visible()

    shown = {}
    thumbnails = page.locator("button.thumb")
    expect(thumbnails).to_have_count(3)
    for number, _ in enumerate(PHOTOS, 1):
        if not thumbnails.first.is_visible():
            page.get_by_role("button", name="All photos").click()
        thumbnails.nth(number - 1).click()
        expect(page.locator("[data-fill=count]")).to_have_text(f"{number} of 3")
        image = page.locator("img[data-photo]")
        image.wait_for(state="attached")
        shown[image.get_attribute("data-photo")] = drawn(page, str(image.get_attribute("src")))
    sent = {f"photos/{number:03}.jpg": drawn(page, photo) for number, photo in enumerate(PHOTOS, 1)}
    assert shown == sent
    assert len(set(sent.values())) == 3, "control: other photos are other pixels"

    share = three.link.partition("#")[2]
    assert not [r.url for r in watched.requests if not r.url.startswith((installation.url, f"blob:{installation.url}"))]
    for request in watched.requests:
        asked = f"{request.url.partition('#')[0]} {request.headers} {request.post_data or ''}"
        assert share not in asked and share.lower() not in asked.lower(), "the link share went to a server"
    assert not watched.complaints

    see_photos(page)
    sender = installation.client(SENDER, people)
    assert entries(sender, installation, three.report)[-2:] == [("release", "granted"), ("acknowledge", "granted")]


def test_the_file_on_disk_is_noise(installation: Installation, three: Sent) -> None:
    stored = (installation.settings.data / "blobs" / f"{three.report}.sealed").read_bytes()
    assert len(stored) == three.length and stored.startswith(b"SAFELIT1")
    readable = (b"JFIF", b"Exif", b"ICC_PROFILE", b"MRN 0042-17", b"Lovelace", b"photos/", b"Excise")
    assert not [words for words in readable if words in stored]
    plain = b"".join(path.read_bytes() for path in PHOTOS)
    assert [words for words in readable[:3] if words in plain], "control: the photos hold such words"


def test_revoked_is_refused_and_logged(installation: Installation, people: Path, sent: Sent, watched: Watched) -> None:
    sender = installation.client(SENDER, people)
    url = f"{installation.url}/v1/keys/{sent.report}/revoke"
    page = watched.page
    page.goto(sent.link)
    sign_in(page, installation, RECIPIENT)
    state(page, "card")
    sender.with_pass("POST", url, sent.report, "policy:write")
    page.get_by_role("button", name="Open photos").click()
    state(page, "problem")
    expect(page.locator("main")).to_contain_text("withdrawn")
    assert page.locator("img[data-photo]").count() == 0
    assert entries(sender, installation, sent.report)[-1] == ("release", "denied")


def test_somebody_else_is_refused_and_logged(
    installation: Installation, people: Path, sent: Sent, watched: Watched
) -> None:
    page = watched.page
    page.goto(sent.link)
    sign_in(page, installation, "stranger@example.org")
    state(page, "card")
    expect(page.locator("main")).not_to_contain_text("Lovelace")
    page.get_by_role("button", name="Open photos").click()
    state(page, "problem")
    expect(page.get_by_role("button", name="Sign in with another address")).to_be_visible()
    sender = installation.client(SENDER, people)
    assert entries(sender, installation, sent.report)[-1] == ("release", "denied")


def test_whoever_signs_in_next_gets_a_new_engine(installation: Installation, sent: Sent, watched: Watched) -> None:
    """What an engine holds was released to one person, and logged for that person."""
    page = watched.page
    with page.expect_worker() as first:
        page.goto(sent.link)
    sign_in(page, installation, "first.person@example.org")
    state(page, "card")
    assert page.workers == [first.value], "control: signing in by itself keeps the engine, loaded meanwhile"
    with page.expect_worker() as second, first.value.expect_event("close"):
        page.get_by_role("button", name="Sign out").click()
    state(page, "named")
    assert page.workers == [second.value]
