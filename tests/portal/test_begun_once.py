"""A report is begun once, however often the answer is lost."""

from pathlib import Path
from typing import Any

from tests.conftest import RECIPIENT, SENDER, Installation
from viewer.sender.client import Client


def begin(sender: Client, request_id: str) -> dict[str, Any]:
    return dict(sender.ask("POST", "/api/reports", {"recipients": [RECIPIENT]}, request_id))


def test_the_same_request_begins_one_report(installation: Installation, people: Path) -> None:
    sender = installation.client(SENDER, people, invited=True)
    first = begin(sender, "a" * 24)
    assert begin(sender, "a" * 24) == first
    listed = [report["id"] for report in sender.ask("GET", "/api/reports")["reports"]]
    assert listed.count(first["id"]) == 1
    assert begin(sender, "b" * 24)["id"] != first["id"]
    other = installation.client("other.sender@example.org", people, invited=True)
    assert begin(other, "a" * 24)["id"] != first["id"], "and nobody's name for it finds another one's"


def test_control_without_a_name_for_it_there_are_two(installation: Installation, people: Path) -> None:
    sender = installation.client(SENDER, people, invited=True)
    assert begin(sender, "")["id"] != begin(sender, "")["id"]
