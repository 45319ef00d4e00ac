"""The portal: accounts, sign-in, passes, and the pages; it never sees a share or a photo."""

from flask import Blueprint, Flask

from ..config import Settings
from ..database import Database
from . import accounts, audit, messages, models, organisation_routes, pages, passes, recovery, reports, sessions

__all__ = ["models", "register"]


def register(app: Flask, settings: Settings) -> None:
    """Add the portal to `app`."""
    messages.check(settings)
    database = Database(settings, "portal")
    database.check()
    app.extensions["safelight.portal"] = database
    sessions.register(app, settings)
    issuer = app.extensions["safelight.passes"] = passes.PassIssuer(settings.portal_url, settings.portal_secret)
    app.extensions["safelight.jwks"] = {issuer.issuer: issuer.jwks}
    bp = Blueprint("portal", __name__)
    for part in (pages, accounts, reports, passes, organisation_routes, audit, recovery):
        part.routes(bp)
    app.register_blueprint(bp)
