"""How long a release takes with a million entries in the log, against one with none."""

import secrets
import statistics
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from sealed.base32 import encode_id
from tests.faults.asker import Asker
from tests.faults.server import issuing
from viewer import clock
from viewer.config import Settings
from viewer.database import Database
from viewer.keyserver.audit_event import Event, encode
from viewer.keyserver.log import Log
from viewer.keyserver.models import Entry, Key

from .crowd import ask
from .figure import RUNS, Figure
from .key_servers import OURS, requests, serving

MOST = 1.3
_ENTRIES, _KEYS = 1_000_000, 250_000
_AT_ONCE = 20_000  # entries under one checkpoint
_COUNT, _CLIENTS = 1000, 4  # requests in a run; few at a time, so that they wait for the server and not for each other
_ISSUER = "https://portal.example"


def measure(folder: Path) -> list[Figure]:
    """Ask two key servers in turn; the log of one was filled before, under its own tree and checkpoints."""
    with issuing() as issuer, ExitStack() as stack:
        ports, askers = [], []
        for name, fill in (("none", lambda settings: None), ("many", load)):
            server = stack.enter_context(serving(OURS, folder / name, issuer, fill))
            ports.append(server.port)
            askers.append(stack.enter_context(server.askers(issuer)))
        took = [list(map(_p99, ports, askers)) for _ in range(RUNS + 1)]
    few, full = map(statistics.median, zip(*took[1:], strict=True))  # in the first, servers warm up
    note = f"p99 in ms {full * 1e3:.1f}, with an empty log {few * 1e3:.1f}; {_CLIENTS} clients"
    return [Figure(f"release with {_ENTRIES:,} entries", full / few, "x p99 with none", MOST, note=note)]


def _p99(port: int, askers: list[Asker]) -> float:
    return ask(port, requests(askers, _COUNT), _CLIENTS).p99


def load(settings: Settings) -> None:
    """Fill a key server's log as if it had released each of its keys a few times."""
    database = Database(settings, "keyserver")
    log = Log(settings.keyserver_url, settings.keyserver_secret)
    ids = [encode_id(secrets.token_bytes(16)) for _ in range(_KEYS)]
    with database.write() as session:
        session.connection().execute(insert(Key.__table__), [_key(name) for name in ids])
    for first in range(0, _ENTRIES, _AT_ONCE):
        with database.write() as session:
            session.connection().execute(insert(Entry.__table__), list(_entries(first, ids, settings.keyserver_url)))
            log.close(session)
    database.engine.dispose()


def _key(name: str) -> dict[str, Any]:
    now = clock.now()
    return {
        "id": name, "issuer": _ISSUER, "account": "OWNER", "wrapped_share": bytes(68), "created_at": now,
        "not_after": now, "policy_version": 1, "passkey": False, "jurisdictions": "",
    }  # fmt: skip


def _entries(first: int, ids: list[str], key_server: str) -> Iterator[dict[str, Any]]:
    """Entries are alike but for their number and their key: to make each by itself would take minutes."""
    event = Event(0, clock.now(), "release", "granted", "KEY", _ISSUER, "ACCOUNT", "code", key_server, "Safelight",
                  None, "r" * 24, "ab" * 32, 7, 1, {}, {"address": bytes(32), "user_agent": bytes(32)})  # fmt: skip
    before, between = encode(event).split(b'"id":"0"')
    head, tail = before.split(b'"KEY"')
    for number in range(first, first + _AT_ONCE):
        name = ids[number % len(ids)]
        yield {
            "number": number, "recorded_at": event.recorded, "key_id": name, "issuer": _ISSUER, "account": "ACCOUNT",
            "action": event.action, "outcome": event.outcome, "idempotency_key": f"{number:024}",
            "body": b'%b"%b"%b"id":"%d"%b' % (head, name.encode(), tail, number, between),
        }  # fmt: skip
