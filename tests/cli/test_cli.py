"""The command `safelight`, as a sender and an operator use it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.cli.shell import PHOTO, Shell
from tests.conftest import RECIPIENT, SENDER, Installation
from tests.shares import asking
from viewer.cli import main
from viewer.sender.client import Client


def reports(installation: Installation, people: Path) -> list[str]:
    found = installation.client(SENDER, people).ask("GET", "/api/reports")["reports"]
    return [report["id"] for report in found]


def test_send_log_revoke(shell: Shell, installation: Installation, people: Path) -> None:
    sent = shell.send(str(PHOTO))
    assert sent.exit_code == 0, sent.output
    link = sent.stdout.strip()
    share, hint = link.partition("#")[2].split(".")
    assert link.startswith(f"{installation.url}/r/") and (len(share), hint) == (36, "exar")
    assert "mole.jpg: removed camera and place data (EXIF)" in sent.stderr
    report = link.partition("#")[0].rpartition("/")[2]

    recipient = installation.client(RECIPIENT, people)
    recipient.with_pass("POST", f"{installation.url}/v1/keys/{report}/release", report, "key:release", asking())
    log = shell.run("activity", report)
    assert f"opened by {RECIPIENT}" in log.output and "sealed" in log.output

    assert shell.run("revoke", link).exit_code == 0
    assert "withdrawn by you" in shell.run("activity", report).output


def test_several_named_get_a_link_each(shell: Shell) -> None:
    named = [RECIPIENT, "+61491570006", "rooms@example.org"]
    sent = shell.run("send", str(PHOTO), "--patient", "MRN 7", *(word for one in named for word in ("--to", one)))
    printed = dict(reversed(line.split("  ")) for line in sent.stdout.splitlines())
    assert sorted(printed) == sorted(named)
    assert len({link.partition(".")[0] for link in printed.values()}) == 1, "each opens the same photos"
    ends = {contact: link.partition("#")[2][36:] for contact, link in printed.items()}
    assert ends == {"+61491570006": ".006", RECIPIENT: "", "rooms@example.org": ""}, "of two with one hint none has it"


def test_a_photo_that_is_refused_stops_everything(
    shell: Shell, installation: Installation, people: Path, tmp_path: Path
) -> None:
    before = reports(installation, people)
    fake = tmp_path / "scan.jpg"
    fake.write_bytes(b"GIF89a" + bytes(100))
    refused = shell.send(str(PHOTO), str(fake))
    assert refused.exit_code == 1
    assert "scan.jpg" in refused.stderr and refused.stdout == ""
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
    for command in ("activity", "revoke"):
        refused = shell.run(command, "0" * 26)
        assert refused.exit_code == 1 and "no such report" in refused.stderr


def test_signing_in_asks_for_contact_and_code(installation: Installation, tmp_path: Path) -> None:
    answers = {"mobile number": lambda: "cli-only@example.org", "The code sent": lambda: "000000"}
    refused = Shell(installation, tmp_path).in_terminal("activity", answers=answers)
    assert refused.exit_code == 1 and "code is not right" in refused.shown
    assert f"sign in at {installation.url}" in refused.shown, "they see where their code goes"
    assert not (tmp_path / "safelight").exists(), "no session, nothing kept"


def test_without_a_terminal_nobody_is_asked(installation: Installation, tmp_path: Path) -> None:
    refused = Shell(installation, tmp_path).run("activity")
    assert refused.exit_code == 3 and "not signed in" in refused.stderr
    assert Shell(installation, tmp_path).run("sign-out").exit_code == 1


def test_wrong_usage_is_2(shell: Shell) -> None:
    for arguments in (["send"], ["nothing"], ["open", "not-a-link"], ["open", "0" * 26], ["inspect", "not-there"]):
        assert shell.run(*arguments).exit_code == 2, arguments


def test_a_session_is_kept_for_its_owner_only(installation: Installation, people: Path) -> None:
    installation.client(SENDER, people, invited=True)
    assert (people / SENDER / "sessions.json").stat().st_mode & 0o077 == 0


def test_no_server_is_told_in_a_sentence(tmp_path: Path) -> None:
    environment = {"SAFELIGHT_PORTAL_URL": "http://localhost:1", "XDG_CONFIG_HOME": str(tmp_path)}
    refused = CliRunner().invoke(main, ["activity"], env=environment)
    assert refused.exit_code == 1 and "cannot be reached" in refused.stderr
    assert "Traceback" not in refused.output


def test_serving_without_settings_names_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("DATA", "PORTAL_URL", "PORTAL_SECRET", "KEYSERVER_SECRET", "KEYSERVER_KEK", "FILEHOST_SECRET", "MAIL")
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
