"""The log: numbered without gaps, written in the transaction of what it records, under a tree of hashes (LOG.md).

Each transaction that adds entries ends with a checkpoint, signed by the key server; a receipt proves offline that
an entry is under one, and a consistency proof that nothing of an earlier one has been changed since.
"""

from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from typing import Any, NamedTuple

from sqlalchemy import func, insert, select, tuple_
from sqlalchemy.orm import Session

from sealed import canonical, merkle, notes, receipts

from .. import clock, log_key
from ..passes import Pass
from . import audit_event, erasable
from .models import Checkpoint, Entry, Erasable, Key, Node

MOST_DENIALS = (60, 3600)  # entries per account, in how many seconds: noise cannot fill the disk
SOFTWARE = f"Safelight {version('safelight')}"
_OF_KEYS = ("file_sha256", "file_length", "policy_version")


class Receipt(NamedTuple):
    """An entry's own bytes, its tlog-proof, and the proof that the log still begins with what was seen before."""

    entry: bytes
    text: str
    consistency: list[bytes]


class Log:
    """One key server's log; the signing key is derived from the server's secret."""

    def __init__(self, key_server: str, secret: bytes) -> None:
        self._key_server = key_server
        self._signing = log_key.signing_key(secret)
        self.key = log_key.verifier_key(key_server, secret)

    def append(
        self,
        session: Session,
        asker: Pass,
        action: str,
        outcome: str,
        request_id: str | None = None,
        *,
        reason: str | None = None,
        **more: Any,
    ) -> Entry:
        """Add an entry about the key that a pass names; the caller's transaction makes it last.

        `more` are fields of audit_event.Event, and an action's own details. The transaction must be a write
        transaction from its start: that lock keeps the numbers without gap and twin.
        """
        highest = session.scalar(select(func.max(Entry.number)))
        number = 0 if highest is None else highest + 1
        hidden = {name: erasable.commit(value) for name, value in asker.observed if value}
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
        body = audit_event.encode(event)
        entry = Entry(
            **same,
            number=number,
            recorded_at=event.recorded,
            key_id=asker.object,
            idempotency_key=request_id,
            body=body,
        )
        session.add(entry)
        session.add_all(Erasable(number=number, name=n, salt=v.salt, value=v.value) for n, v in hidden.items())
        session.flush()
        return entry

    def close(self, session: Session) -> None:
        """Put what the transaction has added under the tree, and sign the new checkpoint. To be called at its end."""
        session.flush()
        last = _last(session)
        size = last.size if last else 0
        added = session.execute(select(Entry.number, Entry.body).where(Entry.number >= size).order_by(Entry.number))
        known = _nodes(session, [(0, size)])
        nodes: list[dict[str, Any]] = []
        for number, body in added:
            for level, index, digest in merkle.completed(number, merkle.leaf_hash(body), _get(known)):
                known[level, index] = digest
                nodes.append({"level": level, "index": index, "hash": digest})
            size = number + 1
        if not nodes:
            return
        session.execute(insert(Node), nodes)
        root = merkle.root(size, _get(known))
        session.add(Checkpoint(size=size, at=clock.now(), note=self._sign(notes.Checkpoint(self.key.name, size, root))))

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
    return session.scalar(
        select(Entry).where(
            Entry.issuer == asker.issuer,
            Entry.account == asker.account,
            Entry.key_id == asker.object,
            Entry.idempotency_key == request_id,
        )
    )


def may_deny(session: Session, asker: Pass) -> bool:
    """Tell whether one more denial of this account is still worth an entry."""
    most, seconds = MOST_DENIALS
    recent = select(func.count()).where(
        Entry.issuer == asker.issuer,
        Entry.account == asker.account,
        Entry.outcome == "denied",
        Entry.recorded_at > clock.now() - seconds,
    )
    return (session.scalar(recent) or 0) < most


def entries(session: Session, key_id: str) -> list[dict[str, Any]]:
    """Return what the log says of a key, oldest first: an Event's members, and what has not been erased."""
    query = select(Entry).where(Entry.key_id == key_id).order_by(Entry.number)
    found = session.scalars(query).all()
    kept: dict[int, dict[str, str]] = {entry.number: {} for entry in found}
    for value in session.scalars(select(Erasable).where(Erasable.number.in_(kept))):
        kept[value.number][value.name] = value.value
    return [_told(canonical.loads(entry.body)) | {"observed": kept[entry.number]} for entry in found]


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


def _last(session: Session) -> Checkpoint | None:
    return session.scalar(select(Checkpoint).order_by(Checkpoint.size.desc()).limit(1))


def _nodes(session: Session, spans: list[merkle.Span]) -> dict[merkle.Node, bytes]:
    """Fetch, in one query, what the hashes of these spans are made of."""
    wanted = merkle.needed(spans)
    if not wanted:
        return {}
    found = session.execute(select(Node.level, Node.index, Node.hash).where(tuple_(Node.level, Node.index).in_(wanted)))
    return {(level, index): digest for level, index, digest in found}


def _get(known: dict[merkle.Node, bytes]) -> merkle.Get:
    return lambda level, index: known[level, index]
