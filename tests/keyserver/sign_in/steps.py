"""What tests of a key server's own sign-in look at, and put into its database."""

from typing import Any

from flask.testing import FlaskClient

from tests.inprocess import JKT, PORTAL, Bearer
from tests.keyserver.steps import get
from viewer import clock
from viewer.keyserver.models import SignIn


def entries(client: FlaskClient, owner: Bearer) -> list[Any]:
    """What the log says of the key."""
    return list(get(client, owner, "log").get_json()["entries"])


def good(reader: Bearer, report: str, number: int) -> SignIn:
    """A sign-in that is good, of somebody whose contacts the provider does not know."""
    return SignIn(
        id=bytes([number]), issuer=PORTAL, account=reader.account, key_id=report, returns="link", binding=b"",
        until=clock.now() + 60, jkt=JKT, subject="person-7", contacts="",
    )  # fmt: skip
