"""The minute that a visitor spends with the demo, in a real browser and a real shell."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import PATHS, ROOT, answers, free_port, wait_until

DEMO = [sys.executable, "-c", "from viewer.cli import main; main()", "demo"]
PATIENCE = 60_000  # milliseconds: only for a broken demo, and for the engine's first start on a slow machine


@dataclass
class Demo:
    """A demo that runs: its page, its folder and its process."""

    page: str
    folder: Path
    process: subprocess.Popen[bytes]
    terminal: Path

    def said(self) -> str:
        return self.terminal.read_text()


def ports() -> dict[str, str]:
    return {"SAFELIGHT_DEMO_PORT": str(free_port()), "SAFELIGHT_DEMO_INBOX_PORT": str(free_port())}


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    chosen, terminal = ports(), tmp_path / "terminal"
    with terminal.open("wb") as out:
        # A visitor's own settings and proxy must not matter.
        odd = {"SAFELIGHT_ROLES": "nonsense", "http_proxy": "http://127.0.0.1:9"}
        process = subprocess.Popen(DEMO, cwd=ROOT, env=os.environ | PATHS | chosen | odd, stdout=out, stderr=out)
    folder = ROOT / "var" / f"demo-{chosen['SAFELIGHT_DEMO_PORT']}"
    page = f"http://localhost:{chosen['SAFELIGHT_DEMO_INBOX_PORT']}"
    try:
        wait_until(lambda: answers(page), process)
        yield Demo(page, folder, process, terminal)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        shutil.rmtree(folder)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield context.new_page()
    context.close()
    expect.set_options()


def tapped(page: Page) -> Page:
    """Tap the link in Dr Ada's message: it opens beside."""
    with page.expect_popup() as opened:
        page.locator(".message a").click()
    return opened.value


def opened(report: Page) -> None:
    expect(report.locator("main")).to_have_attribute("data-state", "card")
    report.get_by_role("button", name="Open photos").click()


def signed_in(page: Page, report: Page, contact: str = "") -> None:
    """Sign in with the code from the page, as a visitor does: by its copy button. No contact: the link names it."""
    if contact:
        report.get_by_role("button", name="Use another address or number").click()
        report.get_by_label("Your e-mail or mobile number").fill(contact)
        report.get_by_role("button", name="Send me a code").click()
    else:
        report.get_by_role("button", name="Send the code to •••006").click()
    page.locator(".message button:visible").click()
    report.get_by_label("Six-digit code").fill(page.evaluate("navigator.clipboard.readText()"))


def test_the_first_minute(demo: Demo, page: Page) -> None:
    page.goto(demo.page)
    told = page.locator("#log .told")
    expect(told).to_have_text(["file registered", "sealed"])
    expect(page.locator(".message")).to_have_count(1)  # nothing of what Dr Ada got

    report = tapped(page)
    signed_in(page, report)
    opened(report)
    expect(report.locator(".thumb img")).to_have_count(3)
    expect(report.get_by_role("heading", name="Patient SAMPLE 0042-17")).to_be_visible()
    for picture in report.locator(".thumb img, .frame img").all():  # not wait_for_function: it may need eval
        expect(picture).not_to_have_js_property("naturalWidth", 0)
    expect(told.first).to_have_text("seen by +61491570006")
    expect(told.nth(1)).to_have_text("opened by +61491570006")

    expect(page.locator("#words li")).to_have_text(
        ["SAFELIT1 found", "SAMPLE 0042-17 not found", "Dr Ada not found", "JFIF not found"]
    )
    expect(page.locator("#dump")).to_contain_text("SAFELIT1")

    page.get_by_role("button", name="Revoke as Dr Ada").click()
    expect(told.first).to_have_text("withdrawn by you")
    expect(page.get_by_role("button", name="Revoke as Dr Ada")).to_be_disabled()
    again = tapped(page)
    opened(again)
    expect(again.get_by_role("heading", name="The sender has taken these photos back")).to_be_visible()
    expect(told.first).to_have_text("refused to +61491570006 (revoked)")
    expect(page.locator(".todo .done")).to_have_count(4)


def test_a_stranger_with_the_link_is_refused(demo: Demo, page: Page) -> None:
    page.goto(demo.page)
    report = tapped(page)
    signed_in(page, report, "stranger@example.org")
    opened(report)
    expect(report.get_by_role("heading", name="No photos here for you")).to_be_visible()
    expect(page.locator("#log .told").first).to_have_text("refused to somebody it was not sent to (not available)")


def test_the_senders_hospital_is_where_the_guide_says(demo: Demo, page: Page) -> None:
    wait_until(lambda: "/audit" in demo.said(), demo.process)
    organisation, audit = re.findall(r"http://\S+/(?:organisation|audit)$", demo.said(), re.M)
    page.goto(demo.page)
    hers = page.context.new_page()
    hers.goto(organisation)
    hers.get_by_label("Your e-mail or mobile number").fill("ada@example.org")
    hers.get_by_role("button", name="Send me a code").click()
    page.locator(".message button:visible").click()
    hers.get_by_label("Six-digit code").fill(page.evaluate("navigator.clipboard.readText()"))
    expect(hers.get_by_role("heading", level=1)).to_have_text("Demo Hospital")
    expect(hers.locator(".person h3")).to_have_text(["Dr Ada Example"])
    hers.goto(audit)
    expect(hers.locator(".entry h3").last).to_have_text("Dr Ada Example (ada@example.org) began to send photos")


def test_the_shell_commands_work_as_printed(demo: Demo) -> None:
    wait_until(lambda: "file registered" in demo.said(), demo.process)
    commands = [line.strip() for line in demo.said().splitlines() if line.startswith(("  . ", "  safelight ", "  od "))]
    shown = subprocess.run(["sh", "-ec", "\n".join(commands)], cwd=ROOT, capture_output=True, text=True)
    assert shown.returncode == 0, shown.stderr
    for part in ("file registered", "Withdrawn since", "S   A   F   E   L   I   T   1"):
        assert part in shown.stdout
    wait_until(lambda: "withdrawn by you" in demo.said(), demo.process)


def test_a_taken_port_is_named_and_nothing_is_removed(demo: Demo) -> None:
    wait_until(lambda: "file registered" in demo.said(), demo.process)
    before = sorted(demo.folder.iterdir())
    taken = {"SAFELIGHT_DEMO_PORT": demo.folder.name.removeprefix("demo-")}
    second = subprocess.run(DEMO, cwd=ROOT, env=os.environ | PATHS | taken, capture_output=True, text=True)
    assert second.returncode == 1
    assert f"Port {taken['SAFELIGHT_DEMO_PORT']} is taken" in second.stderr
    assert "SAFELIGHT_DEMO_PORT=" in second.stderr
    assert sorted(demo.folder.iterdir()) == before


def test_it_ends_with_its_server(demo: Demo) -> None:
    wait_until(lambda: "file registered" in demo.said(), demo.process)
    master = (demo.folder / "server.log").read_text().partition("Listening at: ")[2].partition("(")[2].partition(")")[0]
    os.kill(int(master), signal.SIGKILL)
    assert demo.process.wait(30) == 1
    assert "The server has ended by itself" in demo.said()
