"""What a portal tells both roles of leavers: read strictly, and looked up on every route that is entered by pass."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.inprocess import PORTAL, Bearer
from tests.proofs.asked import URLS, statuses
from viewer import leavers
from viewer.config import Settings
from viewer.portal.passes import PassIssuer

ACCOUNT = "1" * 26
ROLES = {"keys": "keyserver", "blobs": "filehost"}


@pytest.fixture
def itself(settings: Settings) -> Bearer:
    """The portal's passes to itself."""
    return Bearer(PassIssuer(settings.portal_url, settings.portal_secret), PORTAL)


def tell(client: FlaskClient, itself: Bearer, body: Any, kind: str = "keys", account: str = ACCOUNT) -> Any:
    return client.put(f"/v1/accounts/{account}/{kind}", json=body, headers=itself.headers("accounts:write", ""))


def kept(app: Flask, role: str) -> list[tuple[Any, ...]]:
    with app.extensions[f"safelight.{role}"].database.read() as session:
        return [tuple(row) for row in session.execute(text("SELECT issuer, account, number, disabled FROM leaver"))]


@pytest.mark.parametrize("kind", ROLES)
def test_the_newest_change_is_kept(app: Flask, client: FlaskClient, itself: Bearer, kind: str) -> None:
    for disabled, number, holds in ((True, 7, 7), (False, 6, 7), (False, 7, 7), (False, 8, 8)):
        answer = tell(client, itself, {"disabled": disabled, "number": number}, kind)
        assert (answer.status_code, answer.get_json()) == (200, {"disabled": holds == 7, "number": holds})
    assert kept(app, ROLES[kind]) == [(PORTAL, ACCOUNT, 8, False)]


@pytest.mark.parametrize("kind", ROLES)
@pytest.mark.parametrize(
    "body",
    [None, [], {}, {"disabled": True}, {"number": 1}, {"disabled": 1, "number": 1}, {"disabled": True, "number": -1},
     {"disabled": True, "number": True}, {"disabled": True, "number": 2**63}, {"disabled": True, "number": 1.0},
     {"disabled": True, "number": 1, "more": 1}],
)  # fmt: skip
def test_what_is_no_change(app: Flask, client: FlaskClient, itself: Bearer, kind: str, body: Any) -> None:
    assert tell(client, itself, body, kind).status_code == 400
    assert kept(app, ROLES[kind]) == []


@pytest.mark.parametrize("account", ["READER", "1" * 25, "9" * 26, "i" * 26])
def test_what_is_no_account(app: Flask, client: FlaskClient, itself: Bearer, account: str) -> None:
    for kind, role in ROLES.items():
        assert tell(client, itself, {"disabled": True, "number": 1}, kind, account).status_code == 404
        assert kept(app, role) == []


@pytest.fixture
def apart(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application, at the addresses for which tests/proofs makes its passes."""
    for role, verifier in app.extensions["safelight.verifiers"].items():
        monkeypatch.setattr(verifier, "audience", URLS[role])
    return app


def leave(app: Flask) -> None:
    for role in ROLES.values():
        with app.extensions[f"safelight.{role}"].database.write() as session:
            session.execute(text("INSERT INTO leaver VALUES (:issuer, 'READER', 1, true)"), {"issuer": PORTAL})


def test_every_route_by_pass_refuses_them(apart: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = statuses(apart, settings, lambda asked: None)
    assert len(set(before.values())) > 2, "control: there is more than one answer"
    leave(apart)
    assert set(statuses(apart, settings, lambda asked: None).values()) == {404}
    monkeypatch.setattr(leavers, "is_one", lambda *_: False)
    again = statuses(apart, settings, lambda asked: None)
    assert len(set(again.values())) > 2, "control: it is the look into the table that refuses"
