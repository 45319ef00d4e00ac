"""The command `safelight`, as a sender and an operator use it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.conftest import RECIPIENT, ROOT, SENDER, Installation
from viewer.cli import main
from viewer.sender.client import Client

PHOTO = ROOT / "viewer" / "demo" / "photos" / "mole.jpg"


class Shell:
    """A terminal whose user is signed in as the sender."""

    def __init__(self, installation: Installation, home: Path) -> None:
        self.environment = {"SAFELIGHT_PORTAL_URL": installation.url, "XDG_CONFIG_HOME": str(home)}

    def run(self, *arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(main, arguments, env=self.environment, input=typed)

    def send(self, *more: str) -> Result:
        return self.run("send", *more, "--to", RECIPIENT, "--patient", "MRN 7")


@pytest.fixture(scope="module")
def shell(installation: Installation, people: Path, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    installation.client(SENDER, people, invited=True)
    home = tmp_path_factory.mktemp("home")
    (home / "safelight").symlink_to(people / SENDER)
    return Shell(installation, home)


def reports(installation: Installation, people: Path) -> list[str]:
    found = installation.client(SENDER, people).ask("GET", "/api/reports")["reports"]
    return [report["id"] for report in found]


def test_send_log_revoke(shell: Shell, installation: Installation, people: Path) -> None:
    sent = shell.send(str(PHOTO))
    assert sent.exit_code == 0, sent.output
    link = sent.stdout.strip()
    assert link.startswith(f"{installation.url}/r/") and len(link.partition("#")[2]) == 36
    assert "mole.jpg: removed camera and place data (EXIF)" in sent.stderr
    report = link.partition("#")[0].rpartition("/")[2]

    recipient = installation.client(RECIPIENT, people)
    recipient.with_pass("POST", f"{installation.url}/v1/keys/{report}/release", report, "key:release")
    log = shell.run("log", report)
    assert f"opened by {RECIPIENT}" in log.output and "sealed" in log.output

    assert shell.run("revoke", link).exit_code == 0
    assert "withdrawn by you" in shell.run("log", report).output


def test_a_photo_that_is_refused_stops_everything(
    shell: Shell, installation: Installation, people: Path, tmp_path: Path
) -> None:
    before = reports(installation, people)
    fake = tmp_path / "scan.jpg"
    fake.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    refused = shell.send(str(PHOTO), str(fake))
    assert refused.exit_code == 1
    assert "scan.jpg" in refused.stderr and "PNG" in refused.stderr
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(PHOTO.read_bytes()[:200_000])
    assert "cut.jpg" in shell.send(str(cut)).stderr
    assert reports(installation, people) == before, "nothing was made at the server"


def test_no_patient_stops_everything(shell: Shell, installation: Installation, people: Path) -> None:
    before = reports(installation, people)
    refused = shell.run("send", str(PHOTO), "--to", RECIPIENT, "--patient", " ")
    assert (refused.exit_code, refused.stderr) == (1, "The patient ID is missing.\n")
    assert reports(installation, people) == before


def test_a_recipient_that_is_none_is_named(shell: Shell) -> None:
    refused = shell.run("send", str(PHOTO), "--to", "registrar", "--patient", "MRN 7")
    assert refused.exit_code == 1 and "recipient" in refused.stderr


def test_other_peoples_reports_are_not_there(shell: Shell) -> None:
    for command in ("log", "revoke"):
        refused = shell.run(command, "0" * 26)
        assert refused.exit_code == 1 and "no such report" in refused.stderr


def test_signing_in_asks_for_contact_and_code(installation: Installation, tmp_path: Path) -> None:
    shell = Shell(installation, tmp_path)
    refused = shell.run("log", typed="cli-only@example.org\n000000\n")
    assert refused.exit_code == 1 and "code is not right" in refused.stderr
    assert not (tmp_path / "safelight").exists(), "no session, nothing kept"


def test_a_session_is_kept_for_its_owner_only(installation: Installation, people: Path) -> None:
    installation.client(SENDER, people, invited=True)
    assert (people / SENDER / "sessions.json").stat().st_mode & 0o077 == 0


def test_no_server_is_told_in_a_sentence(tmp_path: Path) -> None:
    environment = {"SAFELIGHT_PORTAL_URL": "http://localhost:1", "XDG_CONFIG_HOME": str(tmp_path)}
    refused = CliRunner().invoke(main, ["log"], env=environment)
    assert refused.exit_code == 1 and "cannot be reached" in refused.stderr
    assert "Traceback" not in refused.output


def test_serving_without_settings_names_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("DATA", "PORTAL_URL", "PORTAL_SECRET", "KEYSERVER_SECRET", "KEYSERVER_KEK", "MAIL")
    for name in names:
        monkeypatch.delenv(f"SAFELIGHT_{name}", raising=False)
    refused = CliRunner().invoke(main, ["serve"])
    assert refused.exit_code == 1
    assert [name for name in names if f"SAFELIGHT_{name}" not in refused.stderr] == []


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_explains_itself(command: str) -> None:
    shown = CliRunner().invoke(main, [command, "--help"])
    assert shown.exit_code == 0 and len(shown.output) > 100


def test_a_client_forgets_at_sign_out(installation: Installation, tmp_path: Path) -> None:
    client = Client(installation.url, tmp_path)
    before = len(installation.inbox.messages)
    client.sign_in("leaver@example.org", lambda to: installation.inbox.code_for("leaver@example.org", before))
    kept = Client(installation.url, tmp_path)
    assert kept.account() is not None
    kept.sign_out()
    assert client.account() is None and Client(installation.url, tmp_path).account() is None
