"""Whatever is asked, within the document and beside it: no server error, and no answer that it does not tell of.

`SEARCH=long` asks twenty times as much.
"""

import os
from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.search import search
from tests.inprocess import REPORT, Bearer
from tests.keyserver.steps import ask, create

EXAMPLES = 400 if os.environ.get("SEARCH") == "long" else 20


@pytest.fixture
def one_report(client: FlaskClient, owner: Bearer, reader: Bearer) -> None:
    """A key that was released once, and its file, of a sender's who belongs to an organisation."""
    owner.organisation = REPORT
    create(client, owner, most=1)
    assert ask(client, reader).status_code == 200


def test_no_server_error_and_nothing_undocumented(app: Flask, one_report: None, owner: Bearer, reader: Bearer) -> None:
    found = search(app, owner, reader, EXAMPLES)
    assert found.failures == []
    assert len(found.answers) >= 17
    done = {route for route, answers in found.answers.items() if min(answers) < 300}
    assert done == set(found.answers), "each is done at least once, not only refused"


def crash(**ids: str) -> str:
    raise ValueError


def untold(**ids: str) -> tuple[str, int]:
    return "{}", 299


@pytest.mark.parametrize(("broken", "found_by"), [(crash, "Server error"), (untold, "299")])
def test_control_a_broken_view_is_found(
    app: Flask, owner: Bearer, reader: Bearer, broken: Callable[..., Any], found_by: str
) -> None:
    view = app.view_functions["keyserver.requests_GET"]
    app.view_functions["keyserver.requests_GET"] = wraps(view)(lambda **ids: broken(**ids))
    failures = search(app, owner, reader, 1, "/v1/keys/{report}/requests").failures
    assert [failure for failure in failures if "GET" in failure and found_by in failure]
    assert [failure for failure in failures if "GET" not in failure] == []
