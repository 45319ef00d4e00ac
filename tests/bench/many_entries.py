"""How long a release takes with a million entries in the log, against one with none."""

import gc
import secrets
import statistics
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import event

from sealed.base32 import encode_id
from tests.faults.asker import Asker
from tests.faults.server import issuing
from viewer import clock
from viewer.config import Settings
from viewer.database import Database
from viewer.keyserver.audit_event import Event, encode
from viewer.keyserver.log import Log
from viewer.sql import sql

from .crowd import Tally, ask
from .figure import Figure
from .key_servers import OURS, requests, serving

MOST = 1.3
_ENTRIES, _KEYS = 1_000_000, 250_000
_AT_ONCE = 20_000  # entries under one checkpoint
_COUNT, _CLIENTS = 1000, 4  # requests in a run; few at a time, so that they wait for the server and not for each other
_RUNS = 11  # more than elsewhere: ten slow answers are a p99, and a hiccup of the machine makes ten
_ISSUER = "https://portal.example"


def measure(folder: Path) -> list[Figure]:
    """Ask two key servers in turn; the log of one was filled before, under its own tree and checkpoints."""
    with issuing() as issuer, ExitStack() as stack:
        ports, askers = [], []
        for name, fill in (("none", lambda settings: None), ("many", load)):
            server = stack.enter_context(serving(OURS, folder / name, issuer, fill))
            ports.append(server.port)
            askers.append(stack.enter_context(server.askers(issuer)))
        took = [list(map(_run, ports, askers)) for _ in range(_RUNS + 1)]
    none, many = zip(*took[1:], strict=True)  # in the first, servers warm up
    few, full = (statistics.median(tally.p99 for tally in runs) for runs in (none, many))
    half = " and ".join(f"{statistics.median(chain(*(one.took for one in runs))) * 1e3:.1f}" for runs in (many, none))
    note = (
        f"p99 in ms {full * 1e3:.1f}, with an empty log {few * 1e3:.1f}; half of them took less than {half}; "
        f"{_CLIENTS} clients"
    )
    return [Figure(f"release with {_ENTRIES:,} entries", full / few, "x p99 with none", MOST, note=note)]


def _run(port: int, askers: list[Asker]) -> Tally:
    return ask(port, requests(askers, _COUNT), _CLIENTS)


def load(settings: Settings) -> None:
    """Fill a key server's log as if it had released each of its keys a few times."""
    gc.collect()  # a connection that migrating has left open would hold the journal as it is
    database = Database(settings, "keyserver")
    event.listen(database.engine, "connect", _hasty)
    log = Log(settings.keyserver_url, settings.keyserver_secret)
    ids = sorted(encode_id(secrets.token_bytes(16)) for _ in range(_KEYS))  # an index that grows in order grows fast
    with database.write() as session:
        sql(session, _ADD_KEY, [(name, _ISSUER, clock.now()) for name in ids])
    for first in range(0, _ENTRIES, _AT_ONCE):
        with database.write() as session:
            sql(session, _ADD_ENTRY, list(_entries(first, ids, settings.keyserver_url)))
            log.close(session)
    database.engine.dispose()


def _hasty(connection: Any, _record: object) -> None:
    """Nothing is lost if the power goes while this is loaded."""
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000"):
        connection.execute(f"PRAGMA {pragma}")


def _entries(first: int, ids: list[str], key_server: str) -> Iterator[tuple[Any, ...]]:
    """Entries are alike but for their number and their key: to make each by itself would take minutes."""
    like = Event(0, clock.now(), "release", "granted", "KEY", _ISSUER, "ACCOUNT", "code", key_server, "Safelight",
                 None, "r" * 24, "ab" * 32, 7, 1, {}, {"address": bytes(32), "user_agent": bytes(32)})  # fmt: skip
    before, after = encode(like).split(b'"id":"0"')
    head, tail = before.split(b'"KEY"')
    for number in range(first, first + _AT_ONCE):
        name = ids[number % len(ids)]
        body = b'%b"%b"%b"id":"%d"%b' % (head, name.encode(), tail, number, after)
        yield number, like.recorded, name, _ISSUER, f"{number:024}", body


_ADD_KEY = (
    "INSERT INTO key (id, issuer, account, wrapped_share, created_at, not_after, policy_version, passkey, "
    "jurisdictions) VALUES (?, ?, 'OWNER', zeroblob(68), ?, 0, 1, 0, '')"
)
_ADD_ENTRY = (
    "INSERT INTO entry (number, recorded_at, key_id, issuer, account, action, outcome, idempotency_key, body) "
    "VALUES (?, ?, ?, ?, 'ACCOUNT', 'release', 'granted', ?, ?)"
)
