"""The demo's page takes orders from nobody but itself."""

import time
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from viewer.demo.inbox import Inbox, Message
from viewer.demo.page import create_page
from viewer.demo.stage import Stage

REVOKE = "http://localhost:8025/revoke"


class Recorded(Stage):
    """A stage that only notes what it is asked to do."""

    revoked = 0

    def revoke(self) -> None:
        self.revoked += 1


@pytest.fixture
def stage(tmp_path: Path) -> Recorded:
    return Recorded("http://localhost:8080", tmp_path, tmp_path, Inbox())


@pytest.fixture
def page(stage: Recorded) -> FlaskClient:
    return create_page(stage, "http://localhost:8080").test_client()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},  # another port of localhost, such as the portal's
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:8080"},
        {"Origin": "null"},
    ],
)
def test_orders_of_other_pages_are_refused(page: FlaskClient, stage: Recorded, headers: dict[str, str]) -> None:
    assert page.post(REVOKE, headers=headers).status_code == 403
    assert stage.revoked == 0


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost:8025"}])
def test_orders_of_its_own_are_taken(page: FlaskClient, stage: Recorded, headers: dict[str, str]) -> None:
    """The control of the test above."""
    assert page.post(REVOKE, headers=headers).status_code == 200
    assert stage.revoked == 1


@pytest.mark.parametrize(("host", "status"), [("localhost:8025", 200), ("rebound.example:8025", 400)])
def test_other_names_for_this_machine_lead_nowhere(page: FlaskClient, host: str, status: int) -> None:
    assert page.get("/state", headers={"Host": host}).status_code == status


@pytest.mark.parametrize("path", ["/", "/state", "/static/inbox.js", "/product/style.css", "/nothing"])
def test_every_answer_has_the_policy(page: FlaskClient, path: str) -> None:
    with page.get(f"http://localhost:8025{path}") as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy


def test_one_persons_messages_can_be_forgotten() -> None:
    inbox = Inbox()
    for to in ("ada@example.org", "+61491570006"):
        inbox.put(Message("sms", to, "Safelight", "", "123456 is your code", time.time()))
    inbox.forget("ada@example.org")
    left: list[dict[str, Any]] = [message.told() for message in inbox.newest_first()]
    assert [(message["to"], message["code"]) for message in left] == [("+61491570006", "123456")]
