"""The key server: keeps server shares, releases them by policy, and logs first. It never sees a file."""

from flask import Flask

from ..config import Settings
from ..database import Database
from ..passes import PassVerifier
from . import models, routes
from .vault import Vault

__all__ = ["models", "register"]


def register(app: Flask, settings: Settings) -> None:
    """Add the key server to `app`."""
    database = Database(settings, "keyserver")
    database.check()
    vault = Vault(settings.keyserver_kek)
    app.extensions["safelight.keyserver"] = routes.KeyServer(database, vault, settings.keyserver_secret)
    verifiers = app.extensions.setdefault("safelight.verifiers", {})
    verifiers["keyserver"] = PassVerifier(settings.keyserver_url, settings.issuers)
    app.register_blueprint(routes.bp)
