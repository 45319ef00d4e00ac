"""Asks key server and file host whatever their OpenAPI document allows, and what it does not (Schemathesis)."""

import hashlib
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Request
from schemathesis import SerializationContext, openapi, serializer
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from werkzeug.exceptions import HTTPException
from werkzeug.test import run_wsgi_app

from tests.filehost.steps import PIECE, begin, remove
from tests.inprocess import KEY, PORTAL, REPORT, Bearer
from viewer.api import PATH

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "unsupported_method",
)
_ID = re.compile("[0-3][0-9A-HJKMNP-TV-Z]{25}")  # half of all ids: these become the one that there is


@serializer(PIECE)
def piece(context: SerializationContext, value: Any) -> bytes:
    """What is sent as a piece of a file."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


@dataclass
class Found:
    """How many answers came from each route, by status, and what of them is not as it should be."""

    answers: dict[str, dict[int, int]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


class Program:
    """The application, as somebody meets it who has every pass: it adds a fresh one, and the proof, to each request."""

    def __init__(self, app: Flask, owner: Bearer, reader: Bearer) -> None:
        self._app = app
        itself = Bearer(owner.issuer, PORTAL)
        self._bearers = {"key:release": reader, "blob:get": reader, "events:read": itself, "accounts:write": itself}
        self._owner = owner

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["PATH_INFO"] = path = _ID.sub(REPORT, environ["PATH_INFO"])
        if path.startswith(f"/v1/blobs/{REPORT}"):
            self._bring(whole=not path.endswith("/upload"))
        body = environ["wsgi.input"].read()
        environ["wsgi.input"] = io.BytesIO(body)
        scope, report = self._asked(environ)
        if ":" in scope:
            bearer = self._bearers.get(scope, self._owner)
            authorization = bearer.headers(scope, report, limit=10**6)["Authorization"]
            request, digest, token = Request(environ), hashlib.sha256(body).digest(), authorization.partition(" ")[2]
            environ["HTTP_DPOP"] = KEY.proof(request.method, PORTAL + request.path, digest, token)
            environ["HTTP_AUTHORIZATION"] = authorization
        answer, status, headers = run_wsgi_app(self._app.wsgi_app, environ, buffered=True)
        start_response(status, headers.to_wsgi_list())
        return answer

    def _bring(self, whole: bool) -> None:
        """Have the report's file stored, or its upload only just begun: whatever was asked before has changed that."""
        client = self._app.test_client()
        remove(client, self._owner)
        begin(client, self._owner, 6, b"sealed" if whole else b"")

    def _asked(self, environ: dict[str, Any]) -> tuple[str, str]:
        try:
            endpoint, values = self._app.url_map.bind_to_environ(environ).match()
        except HTTPException:
            return "", ""
        return getattr(self._app.view_functions[endpoint], "access", ""), _object(values)


def _object(values: dict[str, str]) -> str:
    return values.get("report", values.get("organisation", ""))


def search(app: Flask, owner: Bearer, reader: Bearer, examples: int, path: str = "") -> Found:
    """Ask every route, or those of one path: the borders of each schema, and `examples` more requests of each kind.

    They are always the same ones.
    """
    config = SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "workers": 1,
            "generation": {"max-examples": examples, "deterministic": True, "database": "none"},
            "checks": {"enabled": False} | {name: {"enabled": True} for name in CHECKS},
            "phases": {"stateful": {"enabled": False}},
        }
    )
    schema = openapi.from_wsgi(PATH, Program(app, owner, reader), config=config)
    found = Found()
    for event in from_schema(schema.include(path=path) if path else schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            found.failures.append(f"no search: {event}")
        if isinstance(event, events.ScenarioFinished):
            _note(found, event)
    return found


def _note(found: Found, event: events.ScenarioFinished) -> None:
    statuses = found.answers.setdefault(event.recorder.label, {})
    for one in event.recorder.interactions.values():
        if one.response is not None:
            statuses[one.response.status_code] = statuses.get(one.response.status_code, 0) + 1
    failed = (one for checks in event.recorder.checks.values() for one in checks if one.failure_info)
    found.failures += [
        f"{event.recorder.label}: {one.failure_info.failure.title}: {one.failure_info.failure.message}"
        for one in failed
    ]
