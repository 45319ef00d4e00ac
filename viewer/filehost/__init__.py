"""The file host: keeps sealed reports, and witnesses key servers' logs. It never sees a key."""

from flask import Flask

from .. import witness_key
from ..config import Settings
from ..database import Database
from ..passes import PassVerifier
from . import models, routes, witness_routes
from .server import FileHost
from .storage import FolderStorage
from .witness import Witness

__all__ = ["models", "register"]


def register(app: Flask, settings: Settings) -> None:
    """Add the file host to `app`."""
    database = Database(settings, "filehost")
    database.check()
    storage = FolderStorage(settings.data / "blobs")
    here = FileHost(settings.filehost_url, database, storage, settings.bytes_per_sender_per_day)
    app.extensions["safelight.filehost"] = here
    verifiers = app.extensions.setdefault("safelight.verifiers", {})
    issuers = app.extensions.get("safelight.jwks", {})
    verifiers["filehost"] = PassVerifier(settings.filehost_url, settings.issuers, issuers)
    app.register_blueprint(routes.bp)
    app.add_url_rule("/v1/accounts/<account>/blobs", "filehost.account_PUT", routes.account_PUT, methods=["PUT"])
    erasure = "/v1/accounts/<account>/blobs/erasure"
    app.add_url_rule(erasure, "filehost.erasure_PUT", routes.erasure_PUT, methods=["PUT"])
    app.extensions["safelight.witness"] = Witness(
        database,
        witness_key.own(settings).key,
        witness_key.signing_key(settings.filehost_secret),
        witness_key.witnessed(settings),
    )
    app.register_blueprint(witness_routes.bp)
