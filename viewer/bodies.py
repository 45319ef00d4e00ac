"""Reads the JSON of requests: what is nested deeper than Python can read is no good JSON, and no fault of ours."""

from typing import Any

from flask import Flask, request
from flask.json.provider import DefaultJSONProvider

from sealed import base64url

from .problems import Problem
from .text import _


class Bodies(DefaultJSONProvider):
    """Flask's JSON, but for the one error that its views do not expect of a body."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Return what a text says. Raises ValueError, for too deep a nesting too."""
        try:
            return super().loads(s, **kwargs)
        except RecursionError:
            raise ValueError("nested too deeply") from None


def register(app: Flask) -> None:
    """Let `app` read all JSON so."""
    app.json = Bodies(app)


def json_object() -> dict[str, Any]:
    """Return the request's body. Raises Problem 400 for all but a JSON object."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Problem(400, "bad_request", "The request must be a JSON object.")
    return body


def bytes_of(written: object, length: int) -> bytes:
    """Return bytes of a known number, from base64url in its one form. Raises Problem 400."""
    try:
        data = base64url.decode(written)
    except ValueError:
        data = b""
    if len(data) != length:
        raise Problem(
            400, "bad_request", _("The request needs {length} bytes as base64url, without padding.", length=length)
        )
    return data
