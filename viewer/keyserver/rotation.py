"""Moves the server shares under another key-encryption key (KEK), while the server runs."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import bindparam, select, update

from ..database import Database
from .models import Key
from .vault import Locked, Vault, wrapped_under

BATCH = 500  # shares to a transaction: some ten milliseconds, for which releases wait
_PAUSE = 0.05  # seconds between two: whoever waits for SQLite's lock looks for it up to 0.1 s apart, in no order


@dataclass(frozen=True)
class Rotated:
    """How many shares have been wrapped anew, and the ids of the keys whose shares cannot be unwrapped."""

    done: int
    locked: tuple[str, ...]


def in_use(database: Database) -> Counter[str | None]:
    """Return how many shares each KEK wraps, by its id; None for those of version 0.1, which carry none."""
    return Counter(wrapped_under(wrapped) for rows in _batches(database) for _, wrapped in rows)


def rotate(database: Database, vault: Vault, tell: Callable[[int], object]) -> Rotated:
    """Wrap every share under the vault's first KEK that is not; `tell` gets the size of each batch passed.

    Releases go on meanwhile, as long as the servers know both KEKs. May be interrupted and started again at any time.
    """
    done, locked = 0, []
    for rows in _batches(database):
        rewrapped: list[dict[str, str | bytes]] = []
        for key_id, wrapped in rows:
            if wrapped_under(wrapped) != vault.kek_ids[0]:
                try:
                    after = vault.rewrap(wrapped, key_id)
                    rewrapped.append({"key_id": key_id, "before": wrapped, "after": after})
                except Locked:
                    locked.append(key_id)
        if rewrapped:
            done += _replace(database, rewrapped)
            time.sleep(_PAUSE)
        tell(len(rows))
    return Rotated(done, tuple(locked))


def _batches(database: Database) -> Iterator[list[tuple[str, bytes]]]:
    """Give ids and wrapped shares of all keys that have one, in the ids' order; between batches is no transaction."""
    last = ""
    while True:
        there = Key.id > last, Key.deleted_at.is_(None)
        query = select(Key.id, Key.wrapped_share).where(*there).order_by(Key.id).limit(BATCH)
        with database.read() as session:
            rows = [(key_id, wrapped) for key_id, wrapped in session.execute(query)]
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def _replace(database: Database, rewrapped: list[dict[str, str | bytes]]) -> int:
    """Write what is new, where nobody else has meanwhile; return for how many."""
    here = (Key.id == bindparam("key_id"), Key.wrapped_share == bindparam("before"))
    statement = update(Key.__table__).where(*here).values(wrapped_share=bindparam("after"))  # type: ignore[arg-type]
    with database.write() as session:
        return session.connection().execute(statement, rewrapped).rowcount
