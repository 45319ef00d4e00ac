"""The key server: keeps server shares, releases them by policy, and logs first. It never sees a file."""

from flask import Flask

from ..config import Settings
from ..passes import PassVerifier
from . import audit_routes, event_routes, log_routes, models, routes, sign_in_routes
from .server import KeyServer

__all__ = ["models", "register"]


def register(app: Flask, settings: Settings) -> None:
    """Add the key server to `app`."""
    app.extensions["safelight.keyserver"] = KeyServer.of(settings)
    verifiers = app.extensions.setdefault("safelight.verifiers", {})
    here = app.extensions.get("safelight.jwks", {})
    verifiers["keyserver"] = PassVerifier(settings.keyserver_url, settings.issuers, here)
    app.register_blueprint(routes.bp)
    event_routes.register(app)
    audit_routes.register(app)
    app.register_blueprint(log_routes.bp)
    sign_in_routes.register(app, settings)
