"""Static files: precompressed, with the same headers as every answer, and kept for good under a hash."""

import json
from collections.abc import MutableMapping
from hashlib import sha256
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
    policy = headers.content_security_policy(settings)

    def add_headers(found: MutableMapping[str, str], _path: str, _url: str) -> None:
        headers.add(found, settings, policy)

    files = sorted(path for path in STATIC.iterdir() if path.is_file())
    version = _version(files)
    served = WhiteNoise(
        app.wsgi_app,
        max_age=0,
        immutable_file_test=_is_immutable,
        add_headers_function=add_headers,
        allow_all_origins=False,
        autorefresh=False,
    )
    # `make pages` leaves compressed copies of these very files; files edited since go out as they are.
    packed = STATIC / "packed" / version
    folder = packed if packed.is_dir() else STATIC
    for path in files:
        served.add_file_to_dictionary(f"/static/{version}/{path.name}", str(folder / path.name))
    served.add_files(STATIC / "engine", prefix="/static/engine/")
    app.wsgi_app = served  # type: ignore[method-assign]
    app.jinja_env.globals.update(asset=lambda name: f"/static/{version}/{name}", engine=engine_url())


def _version(files: list[Path]) -> str:
    """Return the name of the folder under which pages find these files: the hash of what is in them.

    So browsers keep them for good, and modules that import one another are never of two versions.
    wasm/engine/publish.mjs names by the same hash the folder of their compressed copies.
    """
    told = "".join(f"{sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)
    return sha256(told.encode()).hexdigest()[:16]


def engine_url() -> str:
    """Return the folder of the built engine, as a URL; EngineMissing where there is none."""
    try:
        engine = json.loads(_ENGINE.read_text())["engine"]
    except (OSError, ValueError, KeyError):
        raise EngineMissing("The browser engine has not been built. Run: make engine") from None
    return f"/static/engine/{engine}/"


def _is_immutable(_path: str, url: str) -> bool:
    """Both folders, the pages' and the engine's, are named by the hash of what is in them."""
    return url != "/static/engine/engine.json"
