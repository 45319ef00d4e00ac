"""Sending from the page's engine: one photo, against the least that could be done; and the memory that twenty take."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser.send.desk import Desk, begin
from tests.conftest import SENDER, Installation

from .figure import Figure, medians
from .looking import memory
from .place import photo

MOST, MANY, MEMORY = 4.0, 20, 600.0
_LETTER: dict[str, Any] = {"to": [], "patient": "MRN 0042-17", "question": "", "notes": "", "site": "", "consent": None,
                           "days": None, "begin": None, "openings": None, "each": None, "download": None, "mark": None,
                           "passkey": None, "countries": []}  # fmt: skip
# From the shutter's bytes to the link: cleaned, sealed, uploaded, registered; in milliseconds.
_OURS = """async ([asked, account]) => {
  const start = performance.now();
  const call = (door, args) => window.engine.call(door, args);
  const { photo } = await call("add_photo", { data: window.photo.slice() });
  const cleaned = performance.now();
  const sealed = await call("seal", { ...asked, numbers: [photo] });
  const locked = performance.now();
  const said = { patient: "", sender: "", sent: new Date().toISOString(), begun: false, file: asked.file };
  const answer = await window.deliver(account, { ...sealed, ...said });
  if (answer.error) throw new Error(answer.error.text);
  await call("drop_photo", { photo });
  const end = performance.now();
  return [end - start, cleaned - start, locked - cleaned, end - locked];
}"""
# One call of the cipher, and one request that stores as many bytes at the same server, its pass at hand.
_BARE = """async ([report, url]) => {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const wanted = { report, method: "POST", url };
  const body_sha256 = window.digest;
  const { headers } = await window.engine.call("authorize_upload", { ...wanted, body_sha256 });
  const tus = { "Tus-Resumable": "1.0.0", "Upload-Length": String(window.photo.length) };
  const type = { "Content-Type": "application/offset+octet-stream" };
  const start = performance.now();
  await crypto.subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, key, window.photo);
  const answer = await fetch(url, { method: "POST", headers: { ...headers, ...tus, ...type }, body: window.photo });
  if (!answer.ok) throw new Error(await answer.text());
  return performance.now() - start;
}"""
_BEGIN = """async () => {
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ recipients: [] });
  const answer = await fetch("/api/reports", { method: "POST", headers, body });
  return (await answer.json()).id;
}"""
_KEEP = """async (text) => {
  window.photo = Uint8Array.fromBase64(text);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", window.photo));
  window.digest = digest.toBase64({ alphabet: "base64url", omitPadding: true });
}"""


def measure(chromium: Browser, running: Installation, folder: Path) -> list[Figure]:
    """Send one photo of 12 million pixels often, and then seal twenty."""
    with chromium.new_context() as context:
        context.add_cookies(_session(running, folder))
        page = context.new_page()
        page.goto(f"{running.url}/sent")
        desk = begin(page)
        desk.keep(_KEEP, photo())
        asked = _asked(desk)
        parts: list[list[float]] = []

        def ours() -> float:
            parts.append(page.evaluate(_OURS, [asked, asked["account"]["id"]]))
            return parts[-1][0]

        def bare() -> float:
            report = page.evaluate(_BEGIN)
            return float(page.evaluate(_BARE, [report, f"{running.url}/v1/blobs/{report}"]))

        ours()  # the engine's first time is its own
        found = medians({"ours": ours, "bare": bare}, 9)
        told = ", ".join(f"{name} {one:.0f}" for name, one in zip(_PARTS, sorted(parts)[len(parts) // 2], strict=True))
        note = f"ms: {told}; bare {found['bare']:.0f}"
        one = Figure("a photo, from shutter to link", found["ours"] / found["bare"], "x bare limit", MOST, note=note)
        return [one, _memory(chromium, page, running, folder)]


_PARTS = ("in all", "cleaned while one types", "sealed", "uploaded")


def _memory(chromium: Browser, page: Page, running: Installation, folder: Path) -> Figure:
    """Choose twenty photos on the page and send them; look at its memory all the while."""
    page.goto(f"{running.url}/send")
    seen = [0.0]

    def until(there: Callable[[], bool]) -> None:
        for _ in range(3000):
            seen.append(memory(chromium, page, collected=False))
            if there():
                return
            page.wait_for_timeout(20)
        raise RuntimeError("it does not come to an end")

    for number in range(MANY):
        (folder / f"{number}.jpg").write_bytes(photo(number))
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose photos").click()
    chooser.value.set_files([folder / f"{number}.jpg" for number in range(MANY)])
    until(lambda: page.locator(".see:not([disabled])").count() == MANY)
    chosen = max(seen)
    page.get_by_label("Patient ID").fill("MRN 0042-17")
    page.get_by_role("button", name="Send", exact=True).click()
    until(lambda: page.locator('main[data-state="share"]').count() == 1)
    told = f"at its most; while they were cleaned {chosen:.0f}"
    return Figure("20 photos of 12 megapixels sent, the tab's memory", max(seen), "MB", MEMORY, note=told)


def _asked(desk: Desk) -> dict[str, Any]:
    account = desk.account()
    told = {"letter": _LETTER, "account": account, "remembered": {}, "known_recovery_key": ""}
    return told | {"file": f"{account['id']}.bench"}


def _session(running: Installation, folder: Path) -> Any:
    jar = running.client(SENDER, folder / "people", invited=True)._session.cookies
    return [{"name": one.name, "value": one.value or "", "url": running.url, "httpOnly": True} for one in jar]
