"""Many askers at once, and what became of what they asked."""

import http.client
import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TypeVar

from tests.faults.asker import Answer, Asker

LONG = os.environ.get("FAULTS") == "long"  # `make faults`; `make test` runs the same with smaller numbers
TRIES = 2_000  # of one request
T = TypeVar("T")
Given = dict[str, Answer]  # the answers, by idempotency key


def size(short: int, long: int) -> int:
    """How many times, in the form that is run."""
    return long if LONG else short


def together(askers: list[Asker], work: Callable[[Asker], Iterable[T]]) -> list[T]:
    """Let every asker do its work, all at the same time."""
    with ThreadPoolExecutor(len(askers)) as pool:
        return list(chain.from_iterable(pool.map(lambda asker: list(work(asker)), askers)))


def names(asker: Asker, what: str, count: int) -> list[str]:
    """Idempotency keys that no other asker has."""
    return [f"{asker.report}-{what}-{number:06}" for number in range(count)]


def persist(asker: Asker, name: str) -> Answer:
    """Ask until the share comes, as a browser does whose connection broke: with the same idempotency key."""
    for _ in range(TRIES):
        try:
            answer = asker.ask(name)
        except (OSError, http.client.HTTPException):
            answer = None
        if answer is not None and answer.status == 200:
            return answer
        assert answer is None or answer.status == 503, answer.body
        time.sleep(0.02)
    raise AssertionError("the share never came")


def each(askers: list[Asker], what: str, count: int, ask: Callable[[Asker, str], Answer] = persist) -> Given:
    """Ask for `count` releases in all."""
    part = -(-count // len(askers))
    return dict(together(askers, lambda asker: ((name, ask(asker, name)) for name in names(asker, what, part))))


def wrong_shares(askers: list[Asker], given: Given) -> list[str]:
    """The idempotency keys whose release gave another share than that key's owner got."""
    right = {asker.report: asker.share for asker in askers}
    return [name for name, answer in given.items() if answer.share != right[name.partition("-")[0]]]
