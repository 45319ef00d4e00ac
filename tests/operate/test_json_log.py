"""The JSON log: a line for every request, and in the log of a whole run nothing of whom, what or where from."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import free_port, installed
from tests.operate.conftest import Life, live

# Six digits stand in many a number: a code is looked for as a word of its own.
EDGES = ' "/:,'


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def found(log: Path, needles: tuple[str, ...]) -> set[str]:
    text = log.read_text()
    words = set(text.translate(str.maketrans(EDGES, " " * len(EDGES))).split())
    return {one for one in needles if (one in words if one.isdigit() else one in text)}


def test_every_line_is_json_and_every_request_has_one(life: Life) -> None:
    told = lines(life.log)
    assert all({"time", "level", "role", "message"} <= line.keys() for line in told)
    assert {line["role"] for line in told} == {"portal,keyserver,filehost"}
    asked = [line for line in told if line["message"] == "request"]
    one = next(line for line in asked if line["route"] == "/v1/keys/<report>/release" and line["status"] == 200)
    assert one["method"] == "POST" and one["milliseconds"] > 0 and len(one["request"]) == 16
    assert len({line["request"] for line in asked}) == len(asked) > 20
    routes = {line["route"] for line in asked}
    assert {"/r/<path:report>", "/v1/blobs/<report>", "/api/passes", "/v1/log/checkpoint"} <= routes


def test_nothing_of_a_whole_run_stands_in_the_log(life: Life) -> None:
    assert found(life.log, life.needles) == set()


@pytest.mark.parametrize("variant", ["careless"])
def test_control_a_server_that_logs_addresses_is_caught(tmp_path: Path, variant: str) -> None:
    port, config = free_port(), f"--config python:tests.operate.{variant}"
    settings = {"SAFELIGHT_LOG_FORMAT": "json", "GUNICORN_CMD_ARGS": config}
    with installed(tmp_path, port, f"http://localhost:{port}", **settings) as installation:
        needles = live(installation, tmp_path)
        report = needles[0]
        assert {report, "since="} <= found(tmp_path / "server.log", needles)


def test_health_and_what_leads_nowhere_have_no_line(life: Life) -> None:
    routes = {line.get("route", "") for line in lines(life.log)}
    assert not [route for route in routes if route.startswith(("/v1/health", "(no"))]
