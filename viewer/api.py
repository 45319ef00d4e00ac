"""The OpenAPI document of key server and file host: made of the routes, the gate's words and what views say here."""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from types import MappingProxyType
from typing import Any, TypeVar

from flask import Flask, current_app, jsonify
from flask.typing import ResponseReturnValue
from werkzeug.routing import Rule

from .config import Settings
from .gate import methods, public

Json = dict[str, Any]
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
PATH = "/v1/openapi.json"

TEXT: Json = {"type": "string"}
COUNT: Json = {"type": "integer", "minimum": 0}
TIME: Json = {"type": "string", "format": "date-time", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
SHA256: Json = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
LENGTH: Json = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}  # bytes

_OPEN = ("public", "by_servers")
_BY_PASS = "400-bad_request 401-bad_pass 401-wrong_time 404-not_available 413-request_entity_too_large"  # noqa: S105 - words
_ID = {"type": "string", "pattern": "^[0-7][0-9A-HJKMNP-TV-Z]{25}$", "description": "FORMAT.md section 6."}
_IN_PATH = {"report": _ID, "organisation": _ID, "account": _ID, "number": COUNT, "origin_hash": SHA256}
_TOLD_OF_REFUSALS = {"401": ("WWW-Authenticate",), "412": ("Tus-Version",), "503": ("Retry-After",)}
_PROBLEM: Json = {
    "type": "object",
    "description": "`error` is a fixed word for programs, `message` a sentence for a person, in a language that they "
    "ask for (Accept-Language) where the server has it, else in English.",
    "properties": {"error": TEXT, "message": TEXT, "now": COUNT | {"description": "The server's clock: wrong_time."}},
    "required": ["error", "message"],
    "additionalProperties": False,
}
_SCHEMES: Json = {
    "pass": {"type": "http", "scheme": "DPoP", "description": "A pass of the portal's: PASSES.md"},
    "proof": {"type": "apiKey", "in": "header", "name": "DPoP", "description": "A JWT for this request: PASSES.md"},
}
_ABOUT = (
    "Key server and file host of Safelight. How requests are signed stands in viewer/PASSES.md; what is in a sealed "
    "file in wasm/sealed/FORMAT.md; how entries and receipts are verified, and what is sealed to whom, in "
    "wasm/sealed/LOG.md. A 500 is a fault of the server, and is not told for each route."
)


@dataclass(frozen=True)
class Described:
    """What a view takes and answers.

    `answers` and `body`: a JSON schema, a media type's name, or None where there is no body. `refuses`: statuses and
    words, such as `409-exists`, besides the gate's own. `parameters` are OpenAPI's. `told`: headers that come with an
    answer, by its status. `body_needed`: there is always a body.
    """

    answers: Mapping[int, Json | str | None]
    refuses: str
    body: Json | str | None
    parameters: tuple[Json, ...]
    told: Mapping[int, tuple[str, ...]]
    body_needed: bool


def described(
    answers: Mapping[int, Json | str | None],
    refuses: str = "",
    body: Json | str | None = None,
    parameters: tuple[Json, ...] = (),
    told: Mapping[int, tuple[str, ...]] = MappingProxyType({}),
    body_needed: bool = True,
) -> Callable[[View], View]:
    """Say of a view what stands in the document about it: Described. Path, scope and docstring are there already."""

    def mark(view: View) -> View:
        view.described = Described(answers, refuses, body, parameters, told, body_needed)  # type: ignore[attr-defined]
        return view

    return mark


def members(needed: Json, optional: Json | None = None, more: bool = False) -> Json:
    """Return the schema of an object with these members; others are allowed only where `more` are, and ignored."""
    properties = needed | (optional or {})
    return {"type": "object", "properties": properties, "required": list(needed), "additionalProperties": more}


def header(name: str, schema: Json, needed: bool, description: str) -> Json:
    """Return a header that a request has, or may have."""
    return {"name": name, "in": "header", "required": needed, "schema": schema, "description": description}


def query(name: str, description: str) -> Json:
    """Return a query that counts."""
    schema = {"type": "string", "pattern": "^[0-9]{1,18}$"}
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


def document(app: Flask) -> Json:
    """Return the OpenAPI 3.1 document of all routes of `app` that are described."""
    settings: Settings = app.extensions["safelight"]
    urls = {"keyserver": settings.keyserver_url, "filehost": settings.filehost_url}
    paths: dict[str, Json] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = app.view_functions[rule.endpoint]
        if hasattr(view, "described"):
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            paths.setdefault(path, {}).update({method.lower(): _operation(rule, view) for method in methods(rule)})
    return {
        "openapi": "3.1.0",
        "info": {"title": "Safelight", "version": version("safelight"), "description": _ABOUT},
        "servers": [{"url": url} for url in dict.fromkeys(urls[role] for role in settings.roles if role in urls)],
        "paths": paths,
        "components": {"schemas": {"Problem": _PROBLEM}, "securitySchemes": _SCHEMES},
    }


@public
@described({200: {"type": "object", "required": ["openapi", "paths"]}})
def openapi_GET() -> ResponseReturnValue:
    """This document: every route of this server that is not a person's page."""
    return jsonify(document(current_app))


def register(app: Flask) -> None:
    """Serve the document of the roles in `app`."""
    app.add_url_rule(PATH, view_func=openapi_GET)


def _operation(rule: Rule, view: Any) -> Json:
    said: Described = view.described
    by_pass = view.access not in _OPEN
    told = inspect.cleandoc(view.__doc__)
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": _IN_PATH[name]} for name in sorted(rule.arguments)
    ]
    # What is no number, or has a slash, leads to no route: 404-not_found.
    missing = "404-not_found" if in_path else ""
    refuses = f"{_BY_PASS if by_pass else ''} {missing} 503-busy"
    operation = {
        "operationId": rule.endpoint,
        "summary": told.partition("\n")[0],
        "description": told,
        "parameters": [*in_path, *said.parameters],
        "responses": _refusals(f"{refuses} {said.refuses}")
        | {
            str(status): _answer("Done." if status < 300 else "Not done.", answer, said.told.get(status, ()))
            for status, answer in said.answers.items()
        },
        "security": [{"pass": [view.access], "proof": []}] if by_pass else [],
    }
    body = {} if said.body is None else {"requestBody": {"required": said.body_needed, "content": _content(said.body)}}
    return operation | body


def _answer(description: str, content: Json | str | None, headers: tuple[str, ...]) -> Json:
    answer: Json = {"description": description, "headers": {name: {"schema": TEXT} for name in headers}}
    return answer if content is None else answer | {"content": _content(content)}


def _content(content: Json | str) -> Json:
    if isinstance(content, str):
        return {content: {"schema": TEXT}}
    return {"application/json": {"schema": content}}


def _refusals(words: str) -> Json:
    """Return the answers for statuses and words, each status once."""
    problem = "#/components/schemas/Problem"
    found: dict[str, list[str]] = {}
    for status, _, word in sorted(word.partition("-") for word in set(words.split())):
        found.setdefault(status, []).append(word)
    return {
        status: _answer(
            " or ".join(said),
            {"$ref": problem, "properties": {"error": {"enum": said}}},
            _TOLD_OF_REFUSALS.get(status, ()),
        )
        for status, said in found.items()
    }
