"""The file host: keeps sealed reports. It never sees a key."""

from flask import Flask

from ..config import Settings
from ..database import Database
from ..passes import PassVerifier
from . import models, routes
from .storage import FolderStorage

__all__ = ["models", "register"]


def register(app: Flask, settings: Settings) -> None:
    """Add the file host to `app`."""
    database = Database(settings, "filehost")
    database.check()
    storage = FolderStorage(settings.data / "blobs")
    app.extensions["safelight.filehost"] = routes.FileHost(database, storage)
    verifiers = app.extensions.setdefault("safelight.verifiers", {})
    verifiers["filehost"] = PassVerifier(settings.filehost_url, settings.issuers)
    app.register_blueprint(routes.bp)
