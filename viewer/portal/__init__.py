"""The portal: accounts, sign-in, passes, and the pages; it never sees a share or a photo."""

from flask import Blueprint, Flask

from .. import contacts
from ..config import Settings
from ..database import Database
from . import (
    account_routes,
    accounts,
    audit,
    details,
    handovers,
    hospital_sign_in,
    messages,
    models,
    organisation_routes,
    own_reports,
    pages,
    passes,
    passkeys,
    received,
    recovery,
    reports,
    sessions,
)

__all__ = ["models", "register"]


def register(app: Flask, settings: Settings) -> None:
    """Add the portal to `app`."""
    messages.check(settings)
    database = Database(settings, "portal")
    database.check()
    app.extensions["safelight.portal"] = database
    sessions.register(app, settings)
    hospital_sign_in.register(app, settings)
    issuer = app.extensions["safelight.passes"] = passes.PassIssuer(settings.portal_url, settings.portal_secret)
    app.extensions["safelight.jwks"] = {issuer.issuer: issuer.jwks}
    ways = [way for way, url in (("mail", settings.mail), ("sms", settings.sms)) if url]
    app.jinja_env.globals.update(ways=" ".join(ways), countries=" ".join(sorted(contacts.COUNTRIES)))
    bp = Blueprint("portal", __name__)
    for part in (
        pages,
        accounts,
        account_routes,
        details,
        hospital_sign_in,
        reports,
        own_reports,
        passes,
        organisation_routes,
        audit,
        recovery,
        passkeys,
        handovers,
        received,
    ):
        part.routes(bp)
    app.register_blueprint(bp)
