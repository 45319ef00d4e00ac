"""What is larger or deeper than anything that can be kept or read is refused as what it is, and is no server error."""

import pytest
from flask import Flask
from flask.json.provider import DefaultJSONProvider
from flask.testing import FlaskClient

from tests.api.answers import Undocumented
from tests.inprocess import REPORT, SAME_ORIGIN, Bearer
from tests.keyserver.steps import make

DEEP = b"[" * 60_000
FILE = f"/v1/keys/{REPORT}/file"


@pytest.mark.parametrize("length", [2**63, -(2**80), 0])
def test_a_files_length_has_its_place_in_the_database(client: FlaskClient, owner: Bearer, length: int) -> None:
    assert make(client, owner).status_code == 201
    for number, status in ((length, 400), (2**63 - 1, 204)):
        body = {"sha256": "ab" * 32, "length": number}
        assert client.put(FILE, json=body, headers=owner.headers("key:create")).status_code == status


def test_json_that_is_nested_too_deeply(app: Flask, client: FlaskClient, owner: Bearer) -> None:
    def deep() -> int:
        headers = owner.headers("key:create")
        return client.put(FILE, data=DEEP, content_type="application/json", headers=headers).status_code

    assert deep() == 400
    asked = client.post("/api/codes", data=DEEP, content_type="application/json", headers=SAME_ORIGIN)
    assert (asked.status_code, asked.json and asked.json["error"]) == (400, "bad_request")
    app.json = DefaultJSONProvider(app)
    with pytest.raises(Undocumented, match="500"):
        deep()
