"""Whether strangers can tell by the time of an answer that a contact, an attempt, a link or a report is known."""

import http.client
import json
import random
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sealed.hints import hint
from tests.conftest import Installation, free_port, installed
from tests.databases import beside
from viewer import clock
from viewer.portal import naming
from viewer.portal.ids import new_id
from viewer.portal.invitations import account_of
from viewer.portal.models import Report

from .figure import Figure

MOST = 1.1  # times: the greater of two medians against the smaller one
_TRIES = 200  # of each kind
_BEFORE = 20  # of each, which are not measured: what a server does first takes longer


@dataclass
class Asker:
    """A stranger's connection, kept alive; every request comes from another address, so that no limit is reached."""

    line: http.client.HTTPConnection
    asked: int = 0

    def ask(self, method: str, path: str, body: Any = None) -> tuple[float, Any]:
        """Return how many seconds the answer took, and its JSON if it has any."""
        self.asked += 1
        address = f"10.{self.asked >> 16}.{self.asked >> 8 & 255}.{self.asked & 255}"
        headers = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin", "X-Forwarded-For": address}
        content = None if body is None else json.dumps(body)
        begin = time.perf_counter()
        self.line.request(method, path, content, headers)
        answer = self.line.getresponse().read()
        took = time.perf_counter() - begin
        return took, json.loads(answer) if answer.startswith(b"{") else None


Asked = tuple[str, str, Any]  # method, path, body


def measure(folder: Path) -> list[Figure]:
    """Ask the same of what is known and of what is not, in random order; the worst of the ratios is the figure."""
    with _portal(folder) as running, _asker(running) as asker:
        many = _TRIES + _BEFORE
        known, reports = _known(running, many)
        unknown = [f"nobody{number}@example.org" for number in range(many)]
        ratios = {"a contact": _ratio(asker, map(_code, known), map(_code, unknown))}
        attempts = [[asker.ask(*_code(contact))[1]["attempt"] for contact in whose] for whose in (known, unknown)]
        made_up = [new_id()[:22] for _ in range(many)]
        ratios["whose attempt"] = _ratio(asker, *(map(_try, some) for some in attempts))
        ratios["an attempt"] = _ratio(asker, map(_try, attempts[0]), map(_try, made_up))
        to = zip(reports, known, strict=True)
        strange = ((new_id(), contact) for contact in unknown)
        ratios["a link's code"] = _ratio(
            asker, (_code_by_link(*one) for one in to), (_code_by_link(*o) for o in strange)
        )
        ids = [new_id() for _ in range(many)]
        ratios["a link"] = _ratio(asker, map(_link, reports), map(_link, ids))
    worst = max(ratios.values())
    note = ", ".join(f"{name} {ratio:.3f}" for name, ratio in ratios.items())
    return [Figure("answers about the known and the unknown", worst, "x the other's time", MOST, note=note)]


def _ratio(asker: Asker, known: Iterator[Asked], unknown: Iterator[Asked]) -> float:
    """In random order: whatever is done behind an answer falls on one as often as on the other."""
    kinds = [kind for kind in (0, 1) for _ in range(_TRIES + _BEFORE)]
    random.Random(6).shuffle(kinds)
    times: tuple[list[float], list[float]] = [], []
    for kind in kinds:
        took, _ = asker.ask(*next((known, unknown)[kind]))
        times[kind].append(took)
    medians = sorted(statistics.median(some[_BEFORE:]) for some in times)
    return medians[1] / medians[0]


def _code(contact: str) -> Asked:
    return "POST", "/api/codes", {"contact": contact}


def _try(attempt: str) -> Asked:
    return "POST", "/api/sessions", {"attempt": attempt, "code": "000000"}


def _code_by_link(report: str, contact: str) -> Asked:
    return "POST", "/api/codes", {"report": report, "hint": hint(contact)}


def _link(report: str) -> Asked:
    return "GET", f"/r/{report}", None


@contextmanager
def _portal(folder: Path) -> Iterator[Installation]:
    folder.mkdir()
    port, more = free_port(), {"SAFELIGHT_PROXIES": "1", "SAFELIGHT_MESSAGES_PER_DAY": "1000000"}
    with installed(folder, port, f"http://localhost:{port}", **more) as running:
        yield running


@contextmanager
def _asker(running: Installation) -> Iterator[Asker]:
    host, _, port = running.url.removeprefix("http://").partition(":")
    line = http.client.HTTPConnection(host, int(port), timeout=60)
    yield Asker(line)
    line.close()


def _known(running: Installation, many: int) -> tuple[list[str], list[str]]:
    """Let people have signed in before, and a report be sent to each; return their contacts and the reports' ids."""
    settings, found = running.settings, [f"member{number}@example.org" for number in range(many)]
    reports = [new_id() for _ in found]
    with beside(settings, "portal") as database, database.write() as session:
        for contact, report in zip(found, reports, strict=True):
            account = account_of(session, settings, contact)
            account.contacts[0].verified_at = clock.now()
            session.flush()
            here = {"key_server": settings.portal_url, "file_host": settings.portal_url, "created_at": clock.now()}
            session.add(Report(id=report, sender_id=account.id, **here))
            session.flush()
            session.add(naming.recipient(settings.portal_secret, report, contact))
    return found, reports
