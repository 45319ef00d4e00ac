"""Security headers, the same for every answer of every kind, static files included."""

from collections.abc import MutableMapping
from urllib.parse import urlsplit

from flask import Flask, Response
from werkzeug.datastructures import Headers

from . import log_key
from .config import Settings

_FIXED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}


def permissions(camera: bool = False) -> str:
    """Name what a page may not use: everything, but a `camera` where it takes photos."""
    return f"camera=({'self' if camera else ''}), geolocation=(), microphone=()"


def content_security_policy(settings: Settings) -> str:
    """Name exactly what a page may load: our own files, photos it decrypted, our own servers.

    `wasm-unsafe-eval` lets Pyodide compile WebAssembly; there is no `unsafe-eval`.
    """
    servers = {*log_key.servers(settings), settings.filehost_url} - {settings.portal_url, ""}
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "style-src 'self'",
            "img-src 'self' blob:",
            " ".join(("connect-src 'self'", *sorted(map(_source, servers)))),
            "worker-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types safelight-worker",
        )
    )


def _source(url: str) -> str:
    """Return what lets a page reach a server: a path means all below it only where it ends in a slash."""
    return f"{url}/" if urlsplit(url).path else url


def add(headers: Headers | MutableMapping[str, str], settings: Settings, policy: str) -> None:
    """Put the headers that every answer has into `headers`; `policy` is content_security_policy's."""
    for name, value in _FIXED.items():
        headers[name] = value
    headers.setdefault("Permissions-Policy", permissions())
    headers["Content-Security-Policy"] = policy
    if (settings.portal_url or settings.keyserver_url or settings.filehost_url).startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"


def register(app: Flask, settings: Settings) -> None:
    """Give every answer of `app` its headers; none may be kept by a cache. A page may bring its own policies."""
    policy = content_security_policy(settings)

    @app.after_request
    def after(response: Response) -> Response:
        add(response.headers, settings, response.headers.get("Content-Security-Policy", policy))
        response.headers["Cache-Control"] = "no-store"
        return response
