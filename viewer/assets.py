"""Static files: precompressed, with the same headers as every answer; the engine for good, under its hash."""

import json
from collections.abc import MutableMapping
from pathlib import Path

from flask import Flask
from whitenoise import WhiteNoise

from . import headers
from .config import Settings

STATIC = Path(__file__).parent.parent / "static"
_ENGINE = STATIC / "engine" / "engine.json"


class EngineMissing(Exception):
    """The engine has not been built."""


def register(app: Flask, settings: Settings) -> None:
    """Serve /static/, and give templates `asset(name)` and `engine`."""

    def add_headers(found: MutableMapping[str, str], _path: str, _url: str) -> None:
        headers.add(found, settings)

    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        STATIC,
        prefix="/static/",
        max_age=0,
        immutable_file_test=_is_immutable,
        add_headers_function=add_headers,
        allow_all_origins=False,
        autorefresh=False,
    )
    if "portal" in settings.roles:
        app.jinja_env.globals.update(asset=asset, engine=engine_url())


def asset(name: str) -> str:
    """Return the URL of a static file. Browsers ask each time whether it has changed."""
    return f"/static/{name}"


def engine_url() -> str:
    """Return the folder of the built engine, as a URL; EngineMissing where there is none."""
    try:
        engine = json.loads(_ENGINE.read_text())["engine"]
    except (OSError, ValueError, KeyError):
        raise EngineMissing("The browser engine has not been built. Run: make engine") from None
    return f"/static/engine/{engine}/"


def _is_immutable(_path: str, url: str) -> bool:
    """The engine's folder is named by the hash of what is in it."""
    return url.startswith("/static/engine/") and url.count("/") > 3
