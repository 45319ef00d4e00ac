"""At a command line too, a reader who has never seen a log refuses one that the file host has seen otherwise."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from sealed.errors import BadProof
from sealed.released import RELEASE
from tests.browser.wrong_turns.test_witness import NEVER_THERE, seen
from tests.conftest import RECIPIENT, Installation
from viewer import witness_key
from viewer.cli import main
from viewer.sender import shares, witness
from viewer.sender.client import Client, offline
from viewer.sender.sending import Sent


@pytest.fixture
def newcomer(installation: Installation, people: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The recipient, with a program that remembers no log."""
    client = installation.client(RECIPIENT, people)
    kept = client.kept
    monkeypatch.setattr(client, "kept", lambda name: {} if name == "logs" else kept(name))
    return client


def ask(client: Client, report: str) -> bytes:
    told = client.ask("GET", f"/api/reports/{report}")
    return bytes(shares.get(client, RELEASE, report, told, {})["server_share"])


@pytest.mark.parametrize("size", NEVER_THERE.values(), ids=NEVER_THERE)
def test_a_log_that_others_saw_otherwise(
    installation: Installation, newcomer: Client, sent: Sent, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    def told(note: str) -> None:
        monkeypatch.setattr(witness, "newest", lambda *where: asked.append(where) or note)

    told(seen(installation, size, bytes(64)))
    assert ask(newcomer, sent.report), "control: what the log has not signed does not count"
    told(seen(installation, size))
    with pytest.raises(BadProof, match="still holds what it held before"):
        ask(newcomer, sent.report)
    assert asked[0][0] == f"{installation.url}/v1/witness"


def test_no_witness_is_no_hindrance(newcomer: Client, sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_reach(prefix: str, origin: str) -> None:
        raise offline()

    for instead in (out_of_reach, lambda *_: None, lambda *_: "hello"):
        monkeypatch.setattr(witness, "newest", instead)
        assert ask(newcomer, sent.report)


def test_the_key_of_a_witness_is_printed(installation: Installation) -> None:
    done = CliRunner().invoke(main, ["log", "witness-key"], env=installation.environment)
    url, key = done.output.split()
    assert (url, key) == (f"{installation.url}/v1/witness", witness_key.own(installation.settings).key.text())
    elsewhere = installation.environment | {"SAFELIGHT_ROLES": "keyserver"}
    refused = CliRunner().invoke(main, ["log", "witness-key"], env=elsewhere)
    assert refused.exit_code == 1 and "no file host here" in refused.stderr
