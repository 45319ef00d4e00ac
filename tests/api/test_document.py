"""The OpenAPI document: of every route of key server and file host, valid, and what is really answered."""

from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from tests.api.answers import Undocumented, check
from tests.inprocess import Bearer
from tests.keyserver.steps import ask, create
from viewer import create_app, gate
from viewer.api import PATH, document
from viewer.config import Settings
from viewer.database import Database

Operations = dict[tuple[str, str], dict[str, Any]]


def operations(told: dict[str, Any]) -> Operations:
    return {(method.upper(), path): one for path, methods in told["paths"].items() for method, one in methods.items()}


def routes(app: Flask) -> dict[tuple[str, str], str]:
    """Every route of key server and file host, and who may call it."""
    found = {}
    for rule in app.url_map.iter_rules():
        for method in gate.methods(rule):
            path = rule.rule.replace("<int:", "<").replace("<", "{").replace(">", "}")
            if path.startswith("/v1/"):
                found[method, path] = app.view_functions[rule.endpoint].access  # type: ignore[attr-defined]
    return found


def test_every_route_is_in_it_with_its_scope(app: Flask) -> None:
    told = operations(document(app))
    assert {route: one["security"][0]["pass"][0] if one["security"] else "" for route, one in told.items()} == {
        route: access if ":" in access else "" for route, access in routes(app).items()
    }
    assert len(told) >= 17


def test_it_is_valid(client: FlaskClient) -> None:
    told = client.get(PATH).json
    assert told
    OPENAPI_31_VALIDATOR.validate(told)
    named = [one["operationId"] for one in operations(told).values()]
    assert len(named) == len(set(named))
    for broken in ({"paths": {"v1": {}}}, {"info": {}}, {"openapi": "3.0.0"}):
        assert not OPENAPI_31_VALIDATOR.is_valid(told | broken), "control"


@pytest.mark.parametrize(("role", "other"), [("keyserver", "/v1/blobs/{report}"), ("filehost", "/v1/events")])
def test_each_role_tells_its_own(settings: Settings, tmp_path: Path, role: str, other: str) -> None:
    apart = replace(settings, roles=(role,), data=tmp_path / role, keyserver_url="http://localhost:1")
    Database(apart, role).migrate()
    told = create_app(apart).test_client().get(PATH).json
    assert told and PATH in told["paths"] and other not in told["paths"]
    assert told["servers"] == [{"url": getattr(apart, f"{role}_url")}]


def test_control_what_is_not_in_it_is_found(app: Flask, client: FlaskClient, owner: Bearer, reader: Bearer) -> None:
    create(client, owner)
    refused, released = ask(client, Bearer(owner.issuer, "STRANGER")), ask(client, reader)
    assert (refused.status_code, released.status_code) == (404, 200)
    for answer, where in ((refused, "404"), (released, "200")):
        told = deepcopy(document(app))
        check(app, answer, told)
        del told["paths"]["/v1/keys/{report}/release"]["post"]["responses"][where]
        with pytest.raises(Undocumented, match=where):
            check(app, answer, told)
    told = deepcopy(document(app))
    schema = told["paths"]["/v1/keys/{report}/release"]["post"]["responses"]["200"]["content"]["application/json"]
    del schema["schema"]["properties"]["receipt"]
    with pytest.raises(Undocumented, match="receipt"):
        check(app, released, told)
