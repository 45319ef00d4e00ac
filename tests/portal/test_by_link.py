"""A report that names nobody: whoever has its id may fetch it, and its sender is told who came."""

from pathlib import Path
from typing import Any

import pytest

from sealed.base32 import encode_id
from tests.conftest import RECIPIENT, SENDER, Installation
from viewer.sender.client import Client, ClientError

ANYBODY = "anybody@example.org"


@pytest.fixture
def sender(installation: Installation, people: Path) -> Client:
    return installation.client(SENDER, people, invited=True)


@pytest.fixture
def anybody(installation: Installation, people: Path) -> Client:
    return installation.client(ANYBODY, people)


def begin(sender: Client, *to: str) -> str:
    return str(sender.ask("POST", "/api/reports", {"recipients": list(to)})["id"])


def gets(client: Client, report: str, scope: str = "blob:get") -> bool:
    """Tell whether the portal gives a pass."""
    try:
        client.authorization("GET", client.portal, report, scope)
    except ClientError as error:
        assert error.error == "not_available"
        return False
    return True


def known(sender: Client, report: str) -> list[str]:
    reports: list[dict[str, Any]] = sender.ask("GET", "/api/reports")["reports"]
    people = next(one["people"] for one in reports if one["id"] == report)
    return sorted(person["contact"] for person in people)


def test_whoever_has_the_id_may_fetch_it(sender: Client, anybody: Client) -> None:
    by_link, named = begin(sender), begin(sender, RECIPIENT)
    assert [gets(anybody, report) for report in (by_link, named, encode_id(bytes(16)))] == [True, False, False]
    assert [gets(anybody, by_link, scope) for scope in ("blob:put", "blob:delete", "log:read", "policy:write")] == [
        False
    ] * 4


@pytest.mark.parametrize("scope", ["blob:get", "key:release"])
def test_the_sender_is_told_who_came(sender: Client, anybody: Client, scope: str) -> None:
    by_link, named = begin(sender), begin(sender, RECIPIENT)
    for report in (by_link, named):
        gets(anybody, report, scope)
        gets(sender, report, scope)
    assert known(sender, by_link) == [ANYBODY]
    assert ANYBODY not in known(sender, named), "control: asking for what is somebody else's tells nobody's name"


def test_nobody_else_is_told_who_sent_it(sender: Client, anybody: Client) -> None:
    by_link, named = begin(sender), begin(sender, ANYBODY)
    told = [anybody.ask("GET", f"/api/reports/{report}") for report in (by_link, encode_id(bytes(16)))]
    assert told[0] == told[1]
    assert told[0]["sender"] is told[0]["contact"] is None
    known = anybody.ask("GET", f"/api/reports/{named}")
    assert (known["sender"], known["contact"]) == ("Dr Ada Lovelace", SENDER), "control"


def test_recipients_are_changed_by_the_sender_alone(sender: Client, anybody: Client) -> None:
    report = begin(sender, ANYBODY)
    body = {"recipients": [RECIPIENT]}
    with pytest.raises(ClientError, match="no photos"):
        anybody.ask("PUT", f"/api/reports/{report}/recipients", body)
    assert gets(anybody, report), "nothing was changed"
    assert sender.ask("PUT", f"/api/reports/{report}/recipients", body) == body
    assert not gets(anybody, report)
    assert ANYBODY in known(sender, report), "who may have opened it keeps their name in its log"
    sender.ask("PUT", f"/api/reports/{report}/recipients", {"recipients": []})
    assert gets(anybody, report)
