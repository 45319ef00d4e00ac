"""From the phone to the desktop: a code on one screen, a camera, one tap; and what a wrong code or person gets."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from sealed import base64url
from tests.browser.conftest import Watched
from tests.browser.steps import open_photos, see_photos, sign_in, state
from tests.conftest import ROOT, SENDER, Installation
from tests.databases import openings
from tests.engine.copied import NODE
from viewer.hpke import KeyPair
from viewer.sender.sending import Letter, Sent, send

PHOTOS = sorted((ROOT / "viewer/demo/photos").glob("*.jpg"))[:1]
READERS = [f"two.screens.{number}@example.org" for number in range(5)]  # how many codes one gets in an hour is limited
OTHER = "one.screen@example.org"
CAMERA = """
import { readFileSync } from "node:fs";
const { default: decode } = await import(process.argv[1]);
const [width, height] = [Number(process.argv[2]), Number(process.argv[3])];
process.stdout.write(decode({ width, height, data: new Uint8ClampedArray(readFileSync(0)) }));
"""
DECODER = (ROOT / "wasm/engine/node_modules/qr/decode.js").as_uri()


@pytest.fixture(scope="module")
def sent(installation: Installation, people: Path) -> Sent:
    sender = installation.client(SENDER, people, invited=True)
    return send(sender, PHOTOS, Letter(tuple(READERS), "MRN 4711", "", "", 7), lambda step, done, total: None)


@pytest.fixture
def desk(chromium: Browser) -> Iterator[BrowserContext]:
    with closing(chromium.new_context(viewport={"width": 1440, "height": 900})) as context:
        yield context


@pytest.fixture
def page(watched: Watched) -> Page:
    """The phone."""
    return watched.page


def camera(page: Page) -> str:
    """What a phone's camera reads from a screen, light or dark."""
    page.locator(".code path").wait_for(timeout=60_000)
    shown = Image.open(BytesIO(page.screenshot())).convert("RGBA")
    command = [NODE, "--input-type=module", "-e", CAMERA, DECODER, str(shown.width), str(shown.height)]
    return subprocess.run(command, input=shown.tobytes(), capture_output=True, check=True).stdout.decode()


def waiting(desk: BrowserContext, installation: Installation, contact: str) -> Page:
    """The computer's page, with its code."""
    page = desk.new_page()
    page.goto(f"{installation.url}/here")
    sign_in(page, installation, contact)
    state(page, "waiting")
    return page


def mark(page: Page) -> str:
    return str(page.locator(".mark").first.text_content())


def test_one_tap_and_it_opens_on_the_computer(
    installation: Installation, sent: Sent, watched: Watched, desk: BrowserContext
) -> None:
    computer, phone = waiting(desk, installation, READERS[0]), watched.page
    asked: list[str] = []
    for context in (desk, phone.context):
        context.on("request", lambda request: asked.append(f"{request.url} {request.post_data}"))
    computer.emulate_media(color_scheme="dark")
    phone.goto(sent.link)
    sign_in(phone, installation, READERS[0])
    state(phone, "card")
    phone.get_by_role("button", name="Open on my computer").click()
    expect(phone.get_by_text("tap what the camera offers")).to_be_visible()
    code = camera(computer)
    assert code.startswith(f"{installation.url}/here/")

    scanned = phone.context.new_page()  # which is where a camera's link opens
    scanned.goto(code)
    state(scanned, "choose")
    assert "#" not in scanned.url and mark(scanned) == mark(computer)
    expect(scanned.get_by_text("Chrome on Linux")).to_be_visible()
    expect(scanned.get_by_role("radio", name="Photos from Dr Ada Lovelace")).to_be_checked()
    scanned.get_by_role("button", name="Yes, send").click()
    state(scanned, "passed")

    state(computer, "card")
    assert computer.url == f"{installation.url}/r/{sent.report}"
    before = openings(installation.settings, sent.report)
    open_photos(computer)
    see_photos(computer)
    assert openings(installation.settings, sent.report) == before + 1, "an opening of its own, in the log"
    share, key = sent.link.partition("#")[2].split(".")[0], code.partition("#")[2]
    assert [one for one in asked if share in one or key in one] == [], "no server hears of either"
    assert any(sent.report in one for one in asked), "control: it hears of the report's own page"
    assert watched.complaints == []

    late = phone.context.new_page()
    late.goto(code)
    state(late, "problem")
    expect(late.get_by_role("heading", name="This code does not work")).to_be_visible()


def test_somebody_else_who_scans_it_gets_nowhere(
    installation: Installation, sent: Sent, page: Page, desk: BrowserContext
) -> None:
    code = camera(waiting(desk, installation, READERS[1]))
    page.goto(code)
    sign_in(page, installation, OTHER)
    state(page, "problem")
    expect(page.get_by_role("heading", name="This code does not work")).to_be_visible()


def test_a_link_can_be_pasted_and_a_strangers_key_shows(
    installation: Installation, sent: Sent, page: Page, desk: BrowserContext
) -> None:
    """Somebody who puts their own key into the code's address changes the mark, and nothing opens."""
    computer = waiting(desk, installation, READERS[2])
    code, key = camera(computer), base64url.encode(KeyPair.generate().public)
    address, _, own_key = code.partition("#")
    page.goto(f"{address}#{key}")
    sign_in(page, installation, READERS[2])
    state(page, "choose")
    assert mark(page) != mark(computer)
    page.goto(code)
    state(page, "choose")
    assert mark(page) == mark(computer), "control"

    page.get_by_label("Link from your message").fill("hello")
    page.get_by_role("button", name="Yes, send").click()
    expect(page.get_by_role("alert")).to_contain_text("This is not a link to photos here")
    page.goto(f"{address}#{key}")
    state(page, "choose")
    page.get_by_label("Link from your message").fill(f"Dr Ada has sent you photos: {sent.link}.")
    page.get_by_role("button", name="Yes, send").click()
    state(page, "passed")
    state(computer, "problem")
    expect(computer.get_by_text("What came from the phone cannot be read here.")).to_be_visible()
    computer.get_by_role("button", name="Try again").click()
    assert camera(computer) != code, "another code"
    assert len(own_key) == len(key) and own_key != key


def test_a_code_that_was_read_in_part_is_refused(
    installation: Installation, sent: Sent, page: Page, desk: BrowserContext
) -> None:
    page.goto(camera(waiting(desk, installation, READERS[3]))[:-9])
    sign_in(page, installation, READERS[3])
    state(page, "problem")
    expect(page.get_by_text("The code was not read whole.")).to_be_visible()


def test_the_code_changes_and_is_taken_away(installation: Installation, sent: Sent, desk: BrowserContext) -> None:
    page = desk.new_page()
    shown: list[str] = []
    page.route(
        "**/api/handovers",
        lambda route: (
            shown.append(f"{len(shown):026}")
            or route.fulfill(status=201, body=json.dumps({"handover": shown[-1], "seconds": 0}))
        ),
    )
    page.goto(f"{installation.url}/here")
    sign_in(page, installation, READERS[4])
    state(page, "over")
    assert len(shown) == 15
    page.get_by_role("button", name="Show a new one").click()
    page.wait_for_function("() => document.querySelector('main').dataset.state === 'over'")
