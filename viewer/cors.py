"""Whose pages may call key server and file host from other origins: the portals' whose passes are good here, alone.

The protocol: https://fetch.spec.whatwg.org/#http-cors-protocol. There is no wildcard, and nothing with credentials:
who may do what hangs on passes and proofs, and cookies are not looked at.
"""

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from . import gate
from .config import Settings

_BLUEPRINTS = {"keyserver", "log", "filehost", "witness"}
_NOT_FOR_PAGES = {"by_servers", "events:read", "accounts:write"}  # the access words of what only servers call
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
_REQUEST = (
    "Authorization, DPoP, Idempotency-Key, Content-Type, Range, If-Range, Tus-Resumable, Upload-Length, Upload-Offset"
)
_ANSWER = (
    "Content-Range, ETag, Retry-After, WWW-Authenticate, "
    "Location, Tus-Resumable, Tus-Version, Upload-Expires, Upload-Length, Upload-Offset"
)
_KEPT = "7200"  # seconds that a browser may keep the permission; Chromium's own limit


def register(app: Flask, settings: Settings) -> None:
    """Answer the questions that browsers ask before requests, without a pass; and let pages read their answers."""
    origins = {_origin(issuer) for issuer in settings.issuers}

    @app.before_request
    def ask() -> Response | None:
        wanted = request.headers.get("Access-Control-Request-Method", "")
        if request.method != "OPTIONS" or request.origin not in origins or wanted not in _METHODS:
            return None
        rule = _rule(wanted)
        if rule is None or wanted not in gate.methods(rule) or not _is_for_pages(rule):
            return None
        told = {"Allow-Methods": wanted, "Allow-Headers": _REQUEST, "Max-Age": _KEPT}
        return Response(status=204, headers={f"Access-Control-{name}": value for name, value in told.items()})

    @app.after_request
    def after(response: Response) -> Response:
        if _is_for_pages(request.url_rule):
            response.vary.add("Origin")
            if request.origin in origins:
                response.headers["Access-Control-Allow-Origin"] = request.origin
                response.headers["Access-Control-Expose-Headers"] = _ANSWER
        return response


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _rule(method: str) -> Rule | None:
    """Return the rule under which the request's address has this method."""
    adapter = current_app.create_url_adapter(request)
    try:
        return adapter.match(method=method, return_rule=True)[0] if adapter else None
    except HTTPException:
        return None


def _is_for_pages(rule: Rule | None) -> bool:
    if rule is None or rule.endpoint.partition(".")[0] not in _BLUEPRINTS:
        return False
    access = getattr(current_app.view_functions[rule.endpoint], "access", None)
    return access is not None and access not in _NOT_FOR_PAGES
