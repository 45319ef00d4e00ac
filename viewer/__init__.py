"""Assembles the roles that the settings name: portal, key server, file host."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from . import api, assets, bodies, cors, gate, headers, logs, metrics, problems, text
from .config import Settings


def create_app(settings: Settings) -> Flask:
    """Return the application of `settings.roles`.

    The roles share this process and the portal's public keys, and nothing else: each
    has its own database and secret, and they speak to each other as strangers do, by
    HTTP and pass. Raises database.NotMigrated where a database has not the schema that
    this code needs.
    """
    app = Flask("viewer", template_folder="../templates", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 256 * 1024  # bytes; the file host has a cap of its own
    # Not even to ourselves: a redirect goes where a Host header says, and a browser takes a link's secret part along.
    app.url_map.merge_slashes = app.url_map.redirect_defaults = False
    app.extensions["safelight"] = settings
    metrics.register(app)
    logs.register(app, settings)
    bodies.register(app)
    text.register(app, settings)
    problems.register(app)
    headers.register(app, settings)
    cors.register(app, settings)
    gate.register(app)
    if "portal" in settings.roles:
        from . import portal

        portal.register(app, settings)
        assets.register(app, settings)
    if "keyserver" in settings.roles:
        from . import keyserver

        keyserver.register(app, settings)
    if "filehost" in settings.roles:
        from . import filehost

        filehost.register(app, settings)
    if {"keyserver", "filehost"} & set(settings.roles):
        api.register(app)
    from . import health  # with the database's program, which senders do not have

    health.register(app, settings)
    if settings.proxies:
        # Only as many as there are: a visitor can write anything into the headers before theirs.
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.proxies, settings.proxies)  # type: ignore[method-assign]
    return app
