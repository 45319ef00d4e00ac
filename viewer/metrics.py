"""What is counted for Prometheus, over all processes of a server; no label ever holds an id, a person or an address.

Of the processes each writes into files of its own, in the folder that PROMETHEUS_MULTIPROC_DIR names, and whichever
is asked adds them all up (https://prometheus.github.io/client_python/multiprocess/). Without that folder each process
counts for itself, and nobody asks.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, Response, g, request
from prometheus_client import Counter, Gauge, Histogram

from .problems import Problem

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
NO_ROUTE = "(no route)"

_REQUESTS = Counter("safelight_requests", "Requests answered.", ["route", "method", "status"])
_SECONDS = Histogram("safelight_request_seconds", "Time until an answer begins.", ["route", "method"])
_UNDER_WAY = Gauge("safelight_requests_under_way", "Requests being answered now.", multiprocess_mode="livesum")
_RELEASES = Counter("safelight_releases", "Requests for a server share, repeated ones too.", ["outcome"])
_LIMITED = Counter("safelight_limited", "What was not done because a limit was reached.", ["limit"])
_WITNESSED = Gauge(
    "safelight_log_witnessed_entries",
    "Entries that a witness, by its place in SAFELIGHT_KEYSERVER_WITNESSES, has cosigned since the start.",
    ["witness"],
    multiprocess_mode="max",
)


@contextmanager
def counted() -> Iterator[None]:
    """Count a request for a share: granted, or refused, by the refusal's word."""
    outcome = "failed"
    try:
        yield
        outcome = "granted"
    except Problem as problem:
        outcome = problem.error
        raise
    finally:
        _RELEASES.labels(outcome).inc()


def limited(limit: str) -> None:
    """Count that something was not done because a limit was reached: messages or bytes."""
    _LIMITED.labels(limit).inc()


def witnessed(witness: int, size: int) -> None:
    """Note the size (entries) of the newest checkpoint that a witness, by its place from 1 on, has cosigned."""
    _WITNESSED.labels(str(witness)).set(size)


def route() -> str:
    """Return the present request's route as it is written down: what stood in the address in its place, is not told."""
    return request.url_rule.rule if request.url_rule else NO_ROUTE


def method() -> str:
    """Return the present request's method; of a stranger's own invention, `other`."""
    return request.method if request.method in METHODS else "other"


def seconds() -> float:
    """Return for how long the present request has been answered."""
    return time.perf_counter() - float(g.safelight_begun)


def register(app: Flask) -> None:
    """Count the requests of `app`. To be called before anything else stands before its requests."""

    @app.before_request
    def begin() -> None:
        g.safelight_begun = time.perf_counter()
        _UNDER_WAY.inc()

    @app.after_request
    def count(response: Response) -> Response:
        _REQUESTS.labels(route(), method(), f"{response.status_code // 100}xx").inc()
        _SECONDS.labels(route(), method()).observe(seconds())
        return response

    @app.teardown_request
    def end(_: BaseException | None) -> None:
        if "safelight_begun" in g:
            _UNDER_WAY.dec()
