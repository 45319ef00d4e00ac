"""Fifty at once on a limit: exactly as many releases as it allows, with real workers and without."""

import hashlib
import json
import secrets
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from sealed.base32 import encode_id
from tests.conftest import RECIPIENT, Installation
from tests.inprocess import JKT, KEY, PORTAL, REPORT, Bearer
from tests.keyserver.steps import FILE, create, in_days
from tests.shares import asking
from viewer.keyserver import policy
from viewer.keyserver.models import Key, Use
from viewer.keyserver.routes import KeyServer
from viewer.passes import Contact, Pass
from viewer.portal.models import Contact as Proved
from viewer.portal.passes import PassIssuer

CROWD = 50


class Line:
    """Requests about one key of a running key server, by anybody."""

    def __init__(self, installation: Installation) -> None:
        self.url, self.report = installation.url, encode_id(secrets.token_bytes(16))
        self._issuer = PassIssuer(installation.url, installation.settings.portal_secret)

    def send(self, method: str, what: str, account: str, scope: str, body: Any = None, key: str = "k" * 24) -> Any:
        """Ask, and ask again while the server is busy, as our own programs do: it is the same request."""
        proved = [Proved(value=RECIPIENT, verified_at=1)]
        url, data = f"{self.url}/v1/keys/{self.report}{what}", json.dumps(body).encode() if body else b""
        fixed = {"Idempotency-Key": key} | ({"Content-Type": "application/json"} if body else {})
        for _ in range(9):
            token = self._issuer.issue(self.url, account, scope, self.report, proved, 0, JKT)
            proof = KEY.proof(method, url, hashlib.sha256(data).digest(), token)
            headers = {"Authorization": f"DPoP {token}", "DPoP": proof} | fixed
            answer = requests.request(method, url, data=data, headers=headers, timeout=60)
            if answer.status_code != 503:
                break
        return answer

    def create(self, **members: Any) -> None:
        asked = {"recipients": [RECIPIENT], "not_after": in_days(1)} | asking() | members
        assert self.send("POST", "", "OWNER", "key:create", asked).status_code == 201
        assert self.send("PUT", "/file", "OWNER", "key:create", FILE).status_code == 204

    def crowd(self, account: Callable[[int], str], key: Callable[[int], str]) -> Counter[str]:
        """Let all ask for a release at once; count what came of it."""
        begin = threading.Barrier(CROWD)

        def one(number: int) -> str:
            begin.wait()
            answer = self.send("POST", "/release", account(number), "key:release", asking(), key=key(number))
            return "granted" if answer.status_code == 200 else str(answer.json()["error"])

        with ThreadPoolExecutor(CROWD) as pool:
            return Counter(pool.map(one, range(CROWD)))

    def logged(self) -> Counter[tuple[str, str]]:
        entries = self.send("GET", "/log", "OWNER", "log:read").json()["entries"]
        return Counter((entry["action"], entry["outcome"]) for entry in entries)


@pytest.fixture
def line(installation: Installation) -> Line:
    return Line(installation)


def same(_number: int) -> str:
    return "READER"


def each(number: int) -> str:
    return f"request-{number:016}"


@pytest.mark.parametrize(
    ("members", "account", "granted", "word"),
    [
        ({"most": 1}, same, 1, "used_up"),
        ({"most": 3}, "A{}".format, 3, "used_up"),
        ({"most_each": 2}, same, 2, "used_up"),
        ({"recipients": []}, "A{}".format, 1, "claimed"),
    ],
)
def test_a_crowd_gets_what_the_limit_allows(
    line: Line, members: dict[str, Any], account: Callable[[int], str], granted: int, word: str
) -> None:
    line.create(**members)
    assert line.crowd(account, each) == {"granted": granted, word: CROWD - granted}
    assert line.logged()["release", "granted"] == granted


def test_a_crowd_of_repeats_is_one_release(line: Line) -> None:
    line.create(most=1)
    assert line.crowd(same, lambda _: "k" * 24) == {"granted": CROWD}
    assert line.logged()["release", "granted"] == 1


def test_a_consent_is_used_once(line: Line) -> None:
    line.create(most=1)
    assert line.send("POST", "/release", "READER", "key:release", asking()).status_code == 200
    assert line.send("POST", "/requests", "OTHER", "key:release").status_code == 200
    assert line.send("POST", "/consents", "OWNER", "policy:write", {"account": "OTHER"}).status_code == 200
    assert line.crowd(lambda _: "OTHER", each) == {"granted": 1, "used_up": CROWD - 1}


def in_one_transaction(here: KeyServer, asker: Pass, attempt: str, between: Callable[[], object]) -> bool:
    """As release.py does it."""
    between()
    with here.database.write() as session:
        key = policy.find(session, REPORT)
        decision = policy.decide(session, key, asker, here.secret, attempt)
        if key and decision.refusal is None:
            policy.claim(session, key, asker, decision, attempt)
        return decision.refusal is None


def checked_before(here: KeyServer, asker: Pass, attempt: str, between: Callable[[], object]) -> bool:
    """The control: the limit is checked first, and claimed in a transaction of its own."""
    with here.database.read() as session:
        found = policy.decide(session, session.get(Key, REPORT), asker, here.secret, attempt)
    between()
    with here.database.write() as session:
        key = policy.find(session, REPORT)
        if key and found.refusal is None:
            policy.claim(session, key, asker, found, attempt)
        return found.refusal is None


@pytest.mark.parametrize(
    ("how", "granted"), [(in_one_transaction, 1), (checked_before, CROWD)], ids=["ours", "control"]
)
def test_the_limit_is_checked_where_it_is_claimed(
    app: Flask, client: FlaskClient, owner: Bearer, how: Callable[..., bool], granted: int
) -> None:
    here: KeyServer = app.extensions["safelight.keyserver"]
    create(client, owner, most=1)
    begin, asker = threading.Barrier(CROWD), Pass(PORTAL, "READER", "", REPORT, (Contact(RECIPIENT, 1),), "", "code")
    with ThreadPoolExecutor(CROWD) as pool:
        won = list(pool.map(lambda number: how(here, asker, each(number), begin.wait), range(CROWD)))
    assert won.count(True) == granted
    with here.database.read() as session:
        assert session.get_one(Use, (REPORT, "READER")).releases == granted


def test_two_in_one_transaction_see_each_other(app: Flask, client: FlaskClient, owner: Bearer) -> None:
    """Requests that are committed together are decided one after the other."""
    here: KeyServer = app.extensions["safelight.keyserver"]
    create(client, owner, most_each=2)
    asker, words = Pass(PORTAL, "READER", "", REPORT, (Contact(RECIPIENT, 1),), "", "code"), []
    with here.database.write() as session:
        for number in range(3):
            with session.begin_nested():
                key = policy.find(session, REPORT)
                decision = policy.decide(session, key, asker, here.secret, each(number))
                words.append(decision.refusal)
                if key and decision.refusal is None:
                    policy.claim(session, key, asker, decision, each(number))
    assert words == [None, None, "used_up"]
