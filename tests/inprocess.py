"""What tests need that talk to the application without a server between."""

import os
from pathlib import Path

from viewer.config import Settings
from viewer.portal.passes import PassIssuer

PORTAL = "http://localhost"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
REPORT = "0123456789ABCDEFGHJKMNPQRS"


def settings(data: Path) -> Settings:
    """All three roles in one process, with secrets made up on the spot."""
    return Settings.from_environment(
        {
            "SAFELIGHT_DATA": str(data),
            "SAFELIGHT_PORTAL_URL": PORTAL,
            "SAFELIGHT_PHONE_REGION": "AU",
            "SAFELIGHT_MAIL": "json://127.0.0.1:1/mail/{to}",
            "SAFELIGHT_PORTAL_SECRET": os.urandom(32).hex(),
            "SAFELIGHT_KEYSERVER_SECRET": os.urandom(32).hex(),
            "SAFELIGHT_KEYSERVER_KEK": os.urandom(32).hex(),
        }
    )


class Bearer:
    """Makes the headers of one account's requests to key server and file host."""

    def __init__(self, issuer: PassIssuer, account: str, contact: str = "") -> None:
        self.issuer, self.account, self.contact = issuer, account, contact

    def headers(self, scope: str, report: str = REPORT, key: str = "a" * 24, limit: int = 0) -> dict[str, str]:
        """A fresh pass for one scope and report, and an idempotency key."""
        from viewer.portal.models import Contact

        proved = [Contact(value=self.contact, verified_at=1)] if self.contact else []
        token = self.issuer.issue(PORTAL, self.account, scope, report, proved, limit)
        return {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
