"""What tests of the key server do again and again, by HTTP."""

from typing import Any

from flask.testing import FlaskClient

from sealed.released import CREATE
from tests.conftest import RECIPIENT
from tests.inprocess import PORTAL, REPORT, Bearer
from tests.shares import asking, opened
from viewer import clock

FILE = {"sha256": "ab" * 32, "length": 7}
DAY = 86_400
KEY = "a" * 24  # the Idempotency-Key of what makes a key


def in_days(days: float) -> str:
    """A time from now, as policies write it."""
    return clock.text(clock.now() + int(days * DAY))


def policy(**members: Any) -> dict[str, Any]:
    """A policy for the recipient, a day long; `members` go in place of its own."""
    return {"recipients": [RECIPIENT], "not_after": in_days(1)} | members


def create(client: FlaskClient, owner: Bearer, **members: Any) -> bytes:
    """Make a key with its file registered; return its share as the owner got it."""
    made = make(client, owner, **members)
    assert made.status_code == 201, made.text
    file = client.put(f"/v1/keys/{REPORT}/file", json=FILE, headers=owner.headers("key:create"))
    assert file.status_code == 204
    return opened(made.json, PORTAL, REPORT, KEY, CREATE)


def change(client: FlaskClient, owner: Bearer, **members: Any) -> Any:
    """Change the policy of the key."""
    headers = owner.headers("policy:write")
    return client.put(f"/v1/keys/{REPORT}/policy", json={"not_after": in_days(1)} | members, headers=headers)


def make(client: FlaskClient, owner: Bearer, key: str = KEY, **members: Any) -> Any:
    """Make a key."""
    headers = owner.headers("key:create", key=key)
    return client.post(f"/v1/keys/{REPORT}", json=policy(**members) | asking(), headers=headers)


def ask(client: FlaskClient, bearer: Bearer, key: str = "r" * 24, report: str = REPORT) -> Any:
    """Ask for a release."""
    headers = bearer.headers("key:release", report, key)
    return client.post(f"/v1/keys/{report}/release", json=asking(), headers=headers)


def released(answer: Any, key: str = "r" * 24) -> bytes:
    """The share that was released."""
    return opened(answer.json, PORTAL, REPORT, key)


def outcome(answer: Any) -> str:
    """The word of a refusal, or `granted`."""
    return "granted" if answer.status_code == 200 else str(answer.json["error"])


def send(client: FlaskClient, bearer: Bearer, what: str, scope: str, body: Any = None) -> Any:
    """POST to a path below the key."""
    return client.post(f"/v1/keys/{REPORT}/{what}", json=body, headers=bearer.headers(scope))


def get(client: FlaskClient, bearer: Bearer, what: str) -> Any:
    """GET a path below the key, as its owner may."""
    return client.get(f"/v1/keys/{REPORT}/{what}", headers=bearer.headers("log:read"))
