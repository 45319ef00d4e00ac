"""A recovery on the sender's page: shown as what it is, and by whom."""

from contextlib import closing
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.sent.steps import PHONE, entry
from tests.browser.steps import sign_in, state
from tests.cli.shell import PHOTO
from tests.cli.ward import ward
from tests.conftest import RECIPIENT, Installation

PASSPHRASE = "correct horse battery"


def test_the_sender_sees_who_used_the_recovery_key(
    installation: Installation, chromium: Browser, people: Path, tmp_path: Path
) -> None:
    place, file = ward(installation, people, "seen"), str(tmp_path / "recovery.pem")
    made = place.boss.run("organisation", "recovery-key", file, typed=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    assert place.boss.run("organisation", "set-recovery-key", made.stdout.strip()).exit_code == 0
    sent = place.sender.run("send", str(PHOTO), "--to", RECIPIENT, "--patient", "MRN 7")
    report = sent.stdout.strip().partition("#")[0].rpartition("/")[2]
    words = ("recover", report, "--key", file, "--output", str(tmp_path / "opened"))
    assert place.boss.run(*words, typed=f"{PASSPHRASE}\n").exit_code == 0
    with closing(chromium.new_context(viewport=PHONE)) as context:
        page = context.new_page()
        page.goto(f"{installation.url}/sent/{report}")
        sign_in(page, installation, place.sender_contact)
        state(page, "report")
        title = "Opened by Dr Boss with the recovery key of your organisation"
        expect(entry(page, title)).to_have_attribute("data-kind", "opened", timeout=60_000)
        expect(page.locator(".lead.state")).to_have_text("Opened once.")
