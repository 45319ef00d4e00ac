"""The metrics: the sum of all workers, on a port of their own, and no label that names anybody or anything."""

import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask, request
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from tests.faults import memory
from tests.operate.conftest import Life
from viewer import metrics
from viewer.keyserver.refusals import SENTENCES

SECONDS = 60


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = text_string_to_metric_families(text)
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def strange(text: str, app: Flask) -> set[tuple[str, str]]:
    """The labels' values that are none of those that there can be, whatever people send."""
    may = {
        "route": {rule.rule for rule in app.url_map.iter_rules()} | {metrics.NO_ROUTE},
        "method": {*metrics.METHODS, "other"},
        "status": {f"{number}xx" for number in range(1, 6)},
        "outcome": {"granted", "not_available", *SENTENCES},
        "limit": {"messages", "bytes"},
        "witness": {"1"},
    }
    told = {label for _, labels in samples(text) for label in labels}
    return {(name, value) for name, value in told if name != "le" and value not in may.get(name, ())}


def value(text: str, name: str, **labels: str) -> float:
    return samples(text).get((name, tuple(sorted(labels.items()))), 0)


def eventually(what: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_report_s_life_is_counted(life: Life) -> None:
    eventually(lambda: value(life.scraped(), "safelight_log_witnessed_entries", witness="1") > 0)
    text = life.scraped()
    assert value(text, "safelight_releases_total", outcome="granted") == 1
    assert value(text, "safelight_releases_total", outcome="not_available") == 1
    blobs = list((life.installation.settings.data / "blobs").iterdir())
    assert value(text, "safelight_stored_bytes") == sum(blob.stat().st_size for blob in blobs) > 0
    assert value(text, "safelight_log_entries") >= 4
    assert value(text, "safelight_uploading_bytes") == 0
    put = {"route": "/v1/blobs/<report>", "method": "POST"}
    assert value(text, "safelight_requests_total", status="2xx", **put) == 1
    assert value(text, "safelight_request_seconds_count", **put) == 1
    assert value(text, "safelight_requests_total", route="(no route)", method="GET", status="4xx") == 1
    assert ("safelight_notices_waiting", ()) in samples(text)


def test_no_label_names_anybody(life: Life, app: Flask) -> None:
    text = life.scraped()
    assert strange(text, app) == set()
    assert [needle for needle in life.needles if not needle.isdigit() and needle in text] == []


def test_control_a_label_that_names_a_report_is_found(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "route", lambda: request.path)
    app.test_client().get("/r/7FXAJ2DN4Z4CZVDRCQE60A0BQV")
    assert ("route", "/r/7FXAJ2DN4Z4CZVDRCQE60A0BQV") in strange(generate_latest(REGISTRY).decode(), app)


def test_all_workers_are_added_up_whichever_answers(life: Life) -> None:
    labels = {"route": "/.well-known/jwks.json", "method": "GET", "status": "2xx"}
    before = value(life.scraped(), "safelight_requests_total", **labels)
    for _ in range(40):
        assert requests.get(f"{life.installation.url}/.well-known/jwks.json", timeout=30).ok
    told = {value(life.scraped(), "safelight_requests_total", **labels) for _ in range(20)}
    assert told == {before + 40}
    folder: Path = next(life.installation.settings.data.glob("metrics-*"))
    assert len(list(folder.glob("counter_*.db"))) >= 2, "control: there were two to be added up"


def test_the_public_port_tells_nothing(life: Life) -> None:
    assert requests.get(f"{life.installation.url}/metrics", timeout=30).status_code == 404


def test_what_a_killed_worker_was_doing_is_not_under_way_any_more(life: Life) -> None:
    def under_way() -> float:
        return value(life.scraped(), "safelight_requests_under_way")

    with socket.create_connection(("localhost", urlsplit(life.installation.url).port)) as line:
        fields = f"Host: x\r\nOrigin: {life.installation.url}\r\nContent-Type: application/json\r\nContent-Length: 99"
        line.sendall(f"POST /api/codes HTTP/1.1\r\n{fields}\r\n\r\n{{".encode())
        eventually(lambda: under_way() == 1)
        old = memory.processes(life.installation.process.pid)[1:]
        for worker in old:
            os.kill(worker, signal.SIGKILL)
        eventually(lambda: not {*old} & {*memory.processes(life.installation.process.pid)})
    eventually(lambda: answers_again(life) and under_way() == 0)
    assert value(life.scraped(), "safelight_releases_total", outcome="granted") == 1, "what it has counted stays"


def answers_again(life: Life) -> bool:
    try:
        return bool(life.scraped())
    except requests.RequestException:
        return False
