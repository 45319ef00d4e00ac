"""What the figures are measured on: an installation with a sent photo, and a browser that is signed in."""

import io
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.conftest import CHROMIUM_FLAGS, RECIPIENT, SENDER, Installation, free_port, installed
from viewer.sender.sending import Letter, Sent, send

HERE = Path(__file__).parent
PHOTO_SIZE = (4032, 3024)  # pixels, as most phones take them
# Tells in every page when what happened, by `marks`: a name and milliseconds since the navigation.
WATCH = (HERE / "pages" / "watch.js").read_text().replace("WIDTH", str(PHOTO_SIZE[0]))
_QUALITY = 89  # makes it 5 MB


def photo(number: int = 0, size: tuple[int, int] = PHOTO_SIZE) -> bytes:
    """Draw a photo with as much fine detail as a camera's, of 5 MB with 12 million pixels; another for each number."""
    coarse = Image.frombytes("RGB", (504, 378), random.Random(number).randbytes(504 * 378 * 3))
    grain = Image.effect_noise(size, 24).convert("RGB")
    written = io.BytesIO()
    Image.blend(coarse.resize(size, Image.Resampling.BICUBIC), grain, 0.3).save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()


@contextmanager
def browser() -> Iterator[Browser]:
    """Start a Chromium of our own; each of its contexts is a private window."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        yield started
        started.close()


@contextmanager
def profile(folder: Path) -> Iterator[BrowserContext]:
    """Start a Chromium with a profile, as people have one: it keeps compiled code too, a private window does not."""
    with sync_playwright() as playwright:
        launch = playwright.chromium.launch_persistent_context
        started = launch(folder / "profile", executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        yield started
        started.close()


@contextmanager
def installation(folder: Path) -> Iterator[Installation]:
    """Start an installation; gunicorn.conf.py puts the bare page beside its own pages."""
    port, beside = free_port(), f"--config {HERE / 'gunicorn.conf.py'}"
    with installed(folder, port, f"http://localhost:{port}", GUNICORN_CMD_ARGS=beside) as running:
        yield running


def send_photo(running: Installation, folder: Path) -> Sent:
    """Send a report of one photo of 5 MB to the recipient."""
    path = folder / "photo.jpg"
    path.write_bytes(photo())
    letter = Letter((RECIPIENT,), "MRN 0042-17", "Excise?", "Left forearm.", 7)
    sender = running.client(SENDER, folder / "people", invited=True)
    return send(sender, [path], letter, lambda step, done, total: None)


def sign_in(context: BrowserContext, running: Installation) -> None:
    """Sign the recipient in, in a browser context, as the page's own script would."""
    before = len(running.inbox.messages)
    headers = {"Origin": running.url}
    asked = context.request.post(f"{running.url}/api/codes", data={"contact": RECIPIENT}, headers=headers)
    attempt = {"attempt": asked.json()["attempt"], "code": running.inbox.code_for(RECIPIENT, before)}
    answer = context.request.post(f"{running.url}/api/sessions", data=attempt, headers=headers)
    if not answer.ok:
        raise RuntimeError("the recipient could not sign in")
