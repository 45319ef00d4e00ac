"""What people do with passkeys, and what is left of it."""

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests import databases
from tests.inprocess import SAME_ORIGIN
from tests.portal.conftest import Person, Portal
from tests.portal.passkeys.authenticator import AS_IT_IS, Authenticator, Bend, Json

# Counts of tries, and that a challenge was answered: they are there to be kept.
COUNTED = {"limit_count", "used_challenge"}


def asked_to_add(person: Person) -> Json:
    found: Json = person.ask("POST", "/api/passkeys/options").get_json()["publicKey"]
    return found


def add(person: Person, authenticator: Authenticator, bend: Bend = AS_IT_IS, asked: Json | None = None) -> TestResponse:
    answer = authenticator.make(asked or asked_to_add(person), bend)
    return person.ask("POST", "/api/passkeys", {"credential": answer})


def asked_to_sign_in(app: Flask) -> Json:
    found: Json = post(app, "/options").get_json()["publicKey"]
    return found


def sign_in(app: Flask, authenticator: Authenticator, bend: Bend = AS_IT_IS, asked: Json | None = None) -> TestResponse:
    return post(app, "", {"credential": authenticator.sign(asked or asked_to_sign_in(app), bend)})


def post(app: Flask, what: str, body: Any = None) -> TestResponse:
    """From a browser that has no session."""
    return app.test_client().post(f"/api/sessions/passkey{what}", json=body, headers=SAME_ORIGIN)


def left(portal: Portal) -> databases.Rows:
    """All that lies in the portal's database, but what it counts."""
    with portal.database.read() as session:
        found = databases.tables(session.connection())
    return {table: rows for table, rows in found.items() if table not in COUNTED}


def refusal(answer: TestResponse) -> tuple[int, str, str | None]:
    """All by which two refusals could be told apart."""
    return answer.status_code, answer.text, answer.headers.get("Set-Cookie")
