"""A portal at which two hospitals' own sign-ins are good, and a person's browser there."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import databases
from tests.databases import Rows
from tests.inprocess import SAME_ORIGIN
from tests.oidc.lying import Provider
from viewer.config import Settings
from viewer.database import Database
from viewer.sign_ins import Hospital

HERE, ELSEWHERE = "st-elsewhere", "general"
_COUNTED = {"limit_count", "hospital_turn"}  # what strangers leave behind, for an hour


@dataclass
class Portal:
    """The portal, and its hospitals' providers: `provider` vouches for example.org, `other` for general.example."""

    app: Flask
    settings: Settings
    provider: Provider
    other: Provider

    def browser(self) -> "Browser":
        return Browser(self, self.app.test_client())

    @property
    def database(self) -> Database:
        found: Database = self.app.extensions["safelight.portal"]
        return found

    def rows(self) -> Rows:
        """All that is kept, but for what is counted."""
        with self.database.read() as session:
            found = databases.tables(session.connection())
        return {name: rows for name, rows in found.items() if name not in _COUNTED}


@dataclass
class Browser:
    """A browser with its own cookies."""

    portal: Portal
    client: FlaskClient

    def begin(self, hospital: str = HERE) -> TestResponse:
        """Press a hospital's button."""
        return self.client.post("/api/sessions/hospital/turn", json={"hospital": hospital}, headers=SAME_ORIGIN)

    def go(self, hospital: str = HERE) -> dict[str, str]:
        """Press it, and sign in at the provider; return what it sends back."""
        address: str = self.begin(hospital).get_json()["address"]
        return (self.portal.provider if hospital == HERE else self.portal.other).authorize(address)

    def come_back(self, answer: dict[str, str], hospital: str = HERE) -> TestResponse:
        """Come back from the provider with its answer."""
        body = answer | {"hospital": hospital}
        return self.client.post("/api/sessions/hospital", json=body, headers=SAME_ORIGIN)

    def sign_in(self, hospital: str = HERE) -> Any:
        """All of it; return the account."""
        answer = self.come_back(self.go(hospital), hospital)
        assert answer.status_code == 200, answer.text
        return answer.get_json()["account"]

    @property
    def account(self) -> Any:
        return self.client.get("/api/account").get_json()["account"]


def hospitals(provider: Provider, other: Provider) -> tuple[Hospital, ...]:
    """The two, as the settings tell them."""
    return (
        Hospital(HERE, provider.settings, ("example.org",)),
        Hospital(ELSEWHERE, other.settings, ("general.example",)),
    )
