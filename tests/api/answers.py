"""Holds every answer that a test gets from key server and file host against their OpenAPI document."""

import json
import re
from typing import Any

from flask import Flask
from jsonschema import Draft202012Validator
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from viewer.api import document

Json = dict[str, Any]


class Undocumented(AssertionError):
    """An answer that the document does not tell of."""


def check(app: Flask, answer: TestResponse, told: Json | None = None) -> None:
    """Raise Undocumented for a status, a header or a body that `told` (default: the app's document) has not.

    What leads to no route is answered before any of them, and so is what a browser asks before a request; most HEAD
    and OPTIONS are the framework's own.
    """
    if "Access-Control-Allow-Methods" in answer.headers:
        return
    method, told = answer.request.method, told or document(app)
    operation = told["paths"].get(_path(app, answer), {}).get(method.lower())
    if operation is None:
        return
    where = f"{method} {answer.request.path}"
    found = operation["responses"].get(str(answer.status_code))
    if found is None:
        raise Undocumented(f"{where}: {answer.status_code} {answer.text[:200]}")
    missing = set(found["headers"]) - set(answer.headers.keys())
    if missing:
        raise Undocumented(f"{where}: {answer.status_code} without {missing}")
    if method != "HEAD":
        _check_body(where, answer, found.get("content"), told)


def _path(app: Flask, answer: TestResponse) -> str:
    """Return the path of the route that an answer comes from, as the document writes it; empty for none."""
    adapter = app.url_map.bind_to_environ(answer.request.environ)
    try:
        rule, _ = adapter.match(return_rule=True)
    except HTTPException:
        return ""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)


def _check_body(where: str, answer: TestResponse, content: Json | None, told: Json) -> None:
    if content is None:
        if answer.data:
            raise Undocumented(f"{where}: a body with {answer.status_code}")
        return
    schema = content.get(answer.mimetype)
    if schema is None:
        raise Undocumented(f"{where}: {answer.status_code} as {answer.mimetype}")
    if answer.mimetype == "application/json":
        validator = Draft202012Validator(schema["schema"] | {"components": told["components"]})
        for error in validator.iter_errors(json.loads(answer.data)):
            raise Undocumented(f"{where}: {answer.status_code}: {error.json_path}: {error.message[:300]}")
