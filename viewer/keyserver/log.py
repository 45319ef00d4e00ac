"""The log: numbered without gaps, written in the transaction of what it records, under a tree of hashes (LOG.md).

Each transaction that adds entries ends with a checkpoint, signed by the key server; a receipt proves offline that
an entry is under one, and a consistency proof that nothing of an earlier one has been changed since.
"""

from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sealed import canonical, merkle, notes, receipts
from sealed.released import RECOVER, RELEASE

from .. import clock, log_key
from ..config import SettingsError
from ..passes import Pass
from ..sql import columns, detached, one, sql
from . import audit_event, erasable
from .models import Checkpoint, Entry, Erasable, Key
from .refusals import stopped

MOST_DENIALS = (60, 3600)  # entries per account, in how many seconds: noise cannot fill the disk
SOFTWARE = f"Safelight {version('safelight')}"
_OF_KEYS = ("file_sha256", "file_length", "policy_version")

_ADD_ENTRY = f"INSERT INTO entry ({', '.join(columns(Entry))}) VALUES (:{', :'.join(columns(Entry))})"  # noqa: S608
_NEXT = "SELECT coalesce(max(number), -1) + 1, (SELECT organisation FROM key WHERE id = ?) FROM entry"
_OF_REQUEST = "issuer = ? AND account = ? AND key_id = ? AND idempotency_key = ?"
_DENIALS = "SELECT count(*) FROM entry WHERE issuer = ? AND account = ? AND outcome = 'denied' AND recorded_at > ?"


class Receipt(NamedTuple):
    """An entry's own bytes, its tlog-proof, and the proof that the log still begins with what was seen before."""

    entry: bytes
    text: str
    consistency: list[bytes]


class _Last(NamedTuple):
    size: int
    note: str


class Log:
    """One key server's log; the signing key is derived from the server's secret."""

    def __init__(self, key_server: str, secret: bytes, number: int = 1) -> None:
        self._key_server = key_server
        self._signing = log_key.signing_key(secret)
        self.key = log_key.verifier_key(key_server, secret, number)

    def check_origin(self, session: Session) -> None:
        """Raise SettingsError unless the newest checkpoint bears this log's origin."""
        last = _last(session)
        if last and not self._is_own(last):
            was = last.note.partition("\n")[0]
            raise SettingsError(
                f"The database holds the log {was}, the settings name {self.key.name}. If it was restored from a "
                "backup, run: safelight log restart. If not, set SAFELIGHT_KEYSERVER_URL and SAFELIGHT_KEYSERVER_LOG "
                "as they were."
            )

    def _is_own(self, checkpoint: "_Last") -> bool:
        return checkpoint.note.startswith(f"{self.key.name}\n")

    def append(
        self,
        session: Session,
        asker: Pass,
        action: str,
        outcome: str,
        request_id: str | None = None,
        *,
        reason: str | None = None,
        hpke_key: bytes | None = None,
        found_by: str | None = None,
        **more: Any,
    ) -> Entry:
        """Add an entry about the key that a pass names; the caller's transaction makes it last.

        `found_by` is what `find` knows it by, if not by its `request_id`. `more` are fields of audit_event.Event, and
        an action's own details. The transaction must be a write transaction from its start: that lock keeps the
        numbers without gap and twin.
        """
        [(number, of_key)] = sql(session, _NEXT, (asker.object,))
        hidden = {n: erasable.commit(v) for n, v in (("jurisdiction", asker.jurisdiction), *asker.observed) if v}
        same: dict[str, Any] = {"action": action, "outcome": outcome, "issuer": asker.issuer, "account": asker.account}
        event = audit_event.Event(
            **same,
            number=number,
            recorded=clock.now(),
            key_id=asker.object,
            signed_in_by=asker.signed_in_by,
            key_server=self._key_server,
            software=SOFTWARE,
            reason=reason,
            request_id=request_id,
            **{name: more.pop(name) for name in _OF_KEYS if name in more},
            details={name: str(value) for name, value in more.items()},
            erasable={name: value.digest for name, value in hidden.items()},
        )
        row = same | {
            "number": number,
            "recorded_at": event.recorded,
            "key_id": asker.object,
            "idempotency_key": found_by or request_id,
            "hpke_key": hpke_key,
            "organisation": asker.organisation if of_key is None else of_key,
            "body": audit_event.encode(event),
        }
        sql(session, _ADD_ENTRY, row)
        rows = [(number, name, value.salt, value.value) for name, value in hidden.items()]
        sql(session, "INSERT INTO erasable (number, name, salt, value) VALUES (?, ?, ?, ?)", rows)
        return detached(Entry, row)

    def close(self, session: Session, *, restarts: bool = False) -> None:
        """Put what the transaction has added under the tree, and sign the new checkpoint. To be called at its end.

        Raises Problem 503 where the log goes on under another origin by now, unless this transaction `restarts` it.
        """
        last = _last(session)
        if last and not self._is_own(last) and not restarts:
            raise stopped()
        size = last.size if last else 0
        added = sql(session, "SELECT number, body FROM entry WHERE number >= ? ORDER BY number", (size,))
        known = _nodes(session, [(0, size)])
        nodes: list[tuple[int, int, bytes]] = []
        for number, body in added:
            for level, index, digest in merkle.completed(number, merkle.leaf_hash(body), _get(known)):
                known[level, index] = digest
                nodes.append((level, index, digest))
            size = number + 1
        if not nodes:
            return
        sql(session, 'INSERT INTO node (level, "index", hash) VALUES (?, ?, ?)', nodes)
        note = self._sign(notes.Checkpoint(self.key.name, size, merkle.root(size, _get(known))))
        sql(session, "INSERT INTO checkpoint (size, at, note) VALUES (?, ?, ?)", (size, clock.now(), note))

    def _sign(self, checkpoint: notes.Checkpoint) -> str:
        text = checkpoint.text()
        signature = notes.Signature(self.key.name, self.key.key_id, self._signing.sign(text.encode()))
        return notes.Note(text, (signature,)).write()

    def receipt(self, session: Session, entry: Entry, remembered: int) -> Receipt:
        """Return the proof of an entry under the newest checkpoint, and of that since the size `remembered`.

        A size that this log never had (it was rolled back, or it is another one) gets no consistency proof:
        whoever remembers it must refuse the answer.
        """
        last = _last(session)
        if last is None:
            raise LookupError("an entry without a checkpoint")
        inclusion = merkle.inclusion(entry.number, last.size)
        consistency = merkle.consistency(remembered, last.size) if remembered <= last.size else []
        get = _get(_nodes(session, [*inclusion, *consistency]))
        note = notes.read_note(last.note)
        found = receipts.Receipt(entry.number, tuple(merkle.hashes(inclusion, get)), note)
        return Receipt(entry.body, found.write(), merkle.hashes(consistency, get))


def about(key: Key) -> dict[str, Any]:
    """Return what an entry says of a key: its file, once it is registered, and which policy was in force."""
    return {name: value for name in _OF_KEYS if (value := getattr(key, name)) is not None}


def find(session: Session, asker: Pass, request_id: str) -> Entry | None:
    """Return the entry that an earlier try of the same request has left."""
    return one(session, Entry, _OF_REQUEST, (asker.issuer, asker.account, asker.object, request_id))


def may_deny(session: Session, asker: Pass) -> bool:
    """Tell whether one more denial of this account is still worth an entry."""
    most, seconds = MOST_DENIALS
    [(recent,)] = sql(session, _DENIALS, (asker.issuer, asker.account, clock.now() - seconds))
    return bool(recent < most)


def releases(session: Session, key_id: str) -> int:
    """Return how often a key has been released, those by consent and by a recovery key included."""
    given = Entry.action.in_((RELEASE, RECOVER)), Entry.outcome == "granted"
    granted = select(func.count()).where(Entry.key_id == key_id, *given)
    return session.scalar(granted) or 0


def entries(session: Session, key_id: str) -> list[dict[str, Any]]:
    """Return what the log says of a key, oldest first: an Event's members, and what has not been erased."""
    query = select(Entry).where(Entry.key_id == key_id).order_by(Entry.number)
    found = session.scalars(query).all()
    kept = observed(session, [entry.number for entry in found])
    return [_told(canonical.loads(entry.body)) | {"observed": kept[entry.number]} for entry in found]


def observed(session: Session, numbers: list[int]) -> dict[int, dict[str, str]]:
    """Return by entry what is not erased of the values that it only commits to, by their names."""
    kept: dict[int, dict[str, str]] = {number: {} for number in numbers}
    for value in session.scalars(select(Erasable).where(Erasable.number.in_(numbers))):
        kept[value.number][value.name] = value.value
    return kept


def _told(entry: Any) -> dict[str, Any]:
    """Return an entry's event, flat, without its digests."""
    event = asdict(audit_event.read(entry))
    del event["erasable"]
    return event | {"recorded": clock.text(event["recorded"])}


def seen_since(session: Session, remembered: int) -> tuple[str, list[bytes]] | None:
    """Return the newest checkpoint's note, and the proof that the log begins with what it held at size `remembered`.

    None where the log has no entry yet; no proof for a size that it never had.
    """
    last = _last(session)
    if last is None:
        return None
    spans = merkle.consistency(remembered, last.size) if remembered <= last.size else []
    return last.note, merkle.hashes(spans, _get(_nodes(session, spans)))


def newest(session: Session) -> notes.Checkpoint | None:
    """Return what the newest checkpoint says; None where the log has none yet."""
    last = _last(session)
    return notes.read_checkpoint(notes.read_note(last.note).text) if last else None


def root(session: Session, size: int) -> bytes:
    """Return the root (32 bytes) that the tree had at an earlier size."""
    return merkle.root(size, _get(_nodes(session, [(0, size)])))


def everything(session: Session) -> Iterator[bytes]:
    """Yield the whole log as lines: each entry's own bytes, and each checkpoint behind what it covers (LOG.md)."""
    notes_by_size = iter(session.execute(select(Checkpoint.size, Checkpoint.note).order_by(Checkpoint.size)))
    size, note = next(notes_by_size, (0, ""))
    entries_in_order = select(Entry.number, Entry.body).order_by(Entry.number)
    for number, body in session.execute(entries_in_order.execution_options(yield_per=1000)):
        yield body
        if number + 1 == size:
            yield canonical.dumps({"checkpoint": note})
            size, note = next(notes_by_size, (0, ""))


def _last(session: Session) -> _Last | None:
    found = sql(session, "SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1")
    return _Last(*found[0]) if found else None


def _nodes(session: Session, spans: list[merkle.Span]) -> dict[merkle.Node, bytes]:
    """Fetch, in one query, what the hashes of these spans are made of."""
    wanted = merkle.needed(spans)
    if not wanted:
        return {}
    # Of `(level, "index") IN (VALUES ...)` SQLite reads the whole table.
    these = " OR ".join(len(wanted) * ['(level = ? AND "index" = ?)'])
    query = f'SELECT level, "index", hash FROM node WHERE {these}'  # noqa: S608 - nothing from outside
    found = sql(session, query, tuple(chain.from_iterable(wanted)))
    return {(level, index): digest for level, index, digest in found}


def _get(known: dict[merkle.Node, bytes]) -> merkle.Get:
    return lambda level, index: known[level, index]
