"""What large photos ask of a page: the time until one is seen, the time of a zoom step, the tab's memory."""

import re
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page

from tests.conftest import RECIPIENT, SENDER, Installation
from viewer.sender.sending import Letter, Sent, send

from .figure import Figure
from .place import photo, sign_in

LARGE, USUAL, MANY = (8064, 6048), (4032, 3024), 30  # pixels: 48 and 12 million
SEEN, STEP, MEMORY, GROWTH = 2.5, 100.0, 700.0, 1.1
_MEGA = 1024 * 1024
# Notes when a photo has come to the page, and when it has been drawn so that it can be zoomed.
WATCH = """
  window.seen = {};
  const make = URL.createObjectURL;
  URL.createObjectURL = (blob) => { if (blob.size > 1e6) seen.came ??= performance.now(); return make(blob); };
  new PerformanceObserver((list) => {
    for (const {naturalWidth, renderTime} of list.getEntries()) if (naturalWidth > 4000) seen.whole ??= renderTime;
  }).observe({type: "element"});
  new MutationObserver(() => {
    for (const image of document.querySelectorAll("[data-part=photo]")) image.elementTiming = "photo";
  }).observe(document, {subtree: true, childList: true});
  new MutationObserver((changes) => {
    if (changes.some(({target}) => target.dataset.drawn === "yes"))
      requestAnimationFrame(() => setTimeout(() => { seen.drawn ??= performance.now(); }));
  }).observe(document, {subtree: true, attributeFilter: ["data-drawn"]});
"""
# The longest that the screen stood still after a press, in milliseconds, until the zoom had come to its end.
STEPPED = """async (name) => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const button = document.querySelector(`[data-tool="${name}"]`);
  await frame();
  let longest = 0, last = performance.now();
  const end = last + 600;
  button.click();
  while (last < end) {
    await frame();
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }
  return longest;
}"""


def measure(chromium: Browser, running: Installation, folder: Path) -> list[Figure]:
    """Look at a photo of 48 million pixels, and page through thirty of 12."""
    return _large(chromium, running, folder) + _many(chromium, running, folder)


def _large(chromium: Browser, running: Installation, folder: Path) -> list[Figure]:
    path = folder / "large.jpg"
    path.write_bytes(photo(size=LARGE))
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(WATCH)
    sign_in(context, running)
    page = context.new_page()
    _open(page, _send(running, folder, [path]))
    page.wait_for_function("() => seen.drawn && seen.whole", timeout=60_000)
    seconds, ready = (float(page.evaluate(f"(seen.{name} - seen.came) / 1000")) for name in ("whole", "drawn"))
    steps = [float(page.evaluate(STEPPED, name)) for name in (*["in"] * 8, *["out"] * 8)]
    tab = memory(chromium, page)
    context.close()
    size = f"{path.stat().st_size / 1e6:.0f} MB"
    told = ", ".join(f"{step:.0f}" for step in steps)
    return [
        Figure("48-megapixel photo, seen as a whole", seconds, "s", SEEN, note=f"ready to zoom {ready:.1f} s; {size}"),
        Figure("48-megapixel photo, longest zoom step", max(steps), "ms", STEP, note=f"in, then out again: {told}"),
        Figure("48-megapixel photo, the tab's memory", tab, "MB", MEMORY, note="after that, the engine's included"),
    ]


def _many(chromium: Browser, running: Installation, folder: Path) -> list[Figure]:
    paths = []
    for number in range(MANY):
        paths.append(folder / f"usual-{number}.jpg")
        paths[-1].write_bytes(photo(number))
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    sign_in(context, running)
    page = context.new_page()
    _open(page, _send(running, folder, paths))
    page.locator('.viewer[data-arrival="complete"]').wait_for(timeout=300_000)
    rounds = []
    for keys in (["PageDown"] * (MANY - 1), ["PageUp"] * (MANY - 1), ["PageDown"] * (MANY - 1)):
        for key in keys:
            page.keyboard.press(key)
            page.locator('.look[data-drawn="yes"]').wait_for()
        rounds.append(memory(chromium, page))
    context.close()
    told = ", ".join(f"{one:.0f}" for one in rounds)
    growth = rounds[-1] / rounds[0]
    return [
        Figure("30 photos paged through, growth of memory", growth, "x the first time", GROWTH, note=f"MB: {told}"),
    ]


def _send(running: Installation, folder: Path, paths: list[Path]) -> Sent:
    sender = running.client(SENDER, folder / "people", invited=True)
    return send(sender, paths, Letter((RECIPIENT,), "MRN 0042-17", "", "", 7), lambda step, done, total: None)


def _open(page: Page, sent: Sent) -> None:
    page.goto(sent.link)
    page.get_by_role("button", name="Open photos").click(timeout=60_000)


def memory(chromium: Browser, page: Page, collected: bool = True) -> float:
    """Return the private memory of the page's process in megabytes, once what can be thrown away is thrown away.

    Unless it is to be taken as it is, not `collected`.
    """
    if collected:
        tab: CDPSession = page.context.new_cdp_session(page)
        tab.send("HeapProfiler.collectGarbage")
    found = chromium.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    tabs = [process["id"] for process in found if process["type"] == "renderer"]
    return max(map(_private, tabs))


def _private(process: int) -> float:
    """Return what a process holds alone, in megabytes (Linux, proc_pid_smaps(5))."""
    told = Path(f"/proc/{process}/smaps_rollup").read_text()
    return sum(int(kilobytes) for kilobytes in re.findall(r"^Private_\w+: +(\d+) kB", told, re.M)) * 1024 / _MEGA
