"""The steps of a person's browser around a key server's own sign-in."""

import hashlib
import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient

from sealed import base64url
from tests.inprocess import REPORT, SAME_ORIGIN, Bearer
from tests.oidc.lying import Provider


def secret_of(bearer: Bearer) -> str:
    """The secret of whoever begins a sign-in."""
    return f"secret of {bearer.account}"


def begin(client: FlaskClient, bearer: Bearer, returns: str = "link", report: str = REPORT) -> str:
    """Begin a sign-in; return the path of its page."""
    body = {"binding": base64url.encode(hashlib.sha256(secret_of(bearer).encode()).digest()), "return": returns}
    answer = client.post(f"/v1/keys/{report}/sign-ins", json=body, headers=bearer.headers("key:release", report))
    assert answer.status_code == 201, answer.text
    return urlsplit(answer.get_json()["address"]).path


def leads_to(answer: Any) -> str:
    """Where a page goes on to by itself."""
    assert answer.status_code == 200, answer.text
    found = re.search(r'<meta http-equiv="refresh" content="0; url=([^"]*)">', answer.text)
    assert found, answer.text
    return unescape(found[1])


def go(client: FlaskClient, path: str) -> str:
    """Press Continue; return the provider's address."""
    return leads_to(client.post(path, headers=SAME_ORIGIN))


def come_back(client: FlaskClient, answer: dict[str, str]) -> Any:
    """Come back from the provider."""
    return client.get("/sign-in/back", query_string=answer)


def signed_in(client: FlaskClient, provider: Provider, bearer: Bearer, report: str = REPORT) -> str:
    """Sign in at the provider; return the code that leads back."""
    back = come_back(client, provider.authorize(go(client, begin(client, bearer, report=report))))
    return leads_to(back).partition("#signed-in=")[2]


def redeem(client: FlaskClient, bearer: Bearer, code: str, secret: str = "", report: str = REPORT) -> Any:
    body = {"secret": secret or secret_of(bearer), "code": code}
    return client.post(f"/v1/keys/{report}/sign-ins/redeem", json=body, headers=bearer.headers("key:release", report))


def sign_in(client: FlaskClient, provider: Provider, bearer: Bearer) -> None:
    """All of it: afterwards the bearer's session key is good."""
    assert redeem(client, bearer, signed_in(client, provider, bearer)).status_code == 200
