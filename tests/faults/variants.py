"""Key servers that are broken on purpose: each is a control, on which a test of this folder has to fail."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from flask import current_app
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from sealed.released import Request
from viewer import clock, hpke, passes, postgresql, proofs, sqlite
from viewer.database import Database
from viewer.keyserver import routes
from viewer.keyserver.answer import Asked, Sealed
from viewer.keyserver.log import Log, Receipt
from viewer.keyserver.models import Entry, Key
from viewer.keyserver.release import Release
from viewer.keyserver.server import KeyServer
from viewer.passes import Pass, PassVerifier
from viewer.problems import Problem
from viewer.proofs import Proof

_COMMIT_AFTER = 0.05  # seconds


def answers_first() -> None:
    """Answers, and writes the log in a thread."""

    @contextmanager
    def write(self: Database) -> Iterator[Session]:
        session = Session(self.dialect.writer, expire_on_commit=False)
        try:
            session.begin()
            yield session
            session.flush()
        except BaseException:
            session.close()
            raise
        threading.Thread(target=later, args=(session,)).start()

    def later(session: Session) -> None:
        time.sleep(_COMMIT_AFTER)
        session.commit()
        session.close()

    Database.write = write  # type: ignore[method-assign]
    Log.receipt = prove_nothing  # type: ignore[method-assign]


def shrugs() -> None:
    """Releases what it remembers where nothing can be written: every key that it has been asked for before."""
    verify, in_order = PassVerifier.verify, routes.release
    remembered: dict[str, tuple[bytes, str, int]] = {}

    def verify_and_remember(self: PassVerifier, *arguments: Any) -> Any:
        asker = verify(self, *arguments)
        if asker.object not in remembered:
            with suppress(DBAPIError), current_app.extensions["safelight.keyserver"].database.read() as session:
                key = session.get(Key, asker.object)
                if key and key.file_sha256 and key.file_length:
                    remembered[key.id] = key.wrapped_share, key.file_sha256, key.file_length
        return asker

    def release_all_the_same(here: KeyServer, asker: Pass, proof: Proof, asked: Asked, *more: Any) -> Release:
        try:
            return in_order(here, asker, proof, asked, *more)
        except (DBAPIError, OSError):
            if asker.object not in remembered:
                raise
            wrapped, sha256, length = remembered[asker.object]
            info = Request(asked.action, here.url, asker.object, asked.request_id).info(b"{}")
            share = hpke.seal(here.vault.unwrap(wrapped, asker.object), asked.hpke_key, info)
            return Release(Sealed(share, Receipt(b"{}", "", []), []), sha256, length)

    PassVerifier.verify = verify_and_remember  # type: ignore[method-assign]
    routes.release = release_all_the_same


def keeps_order() -> None:
    """Takes into its log nothing whose time is before that of what is there, as logs in order of time do."""
    append = Log.append

    def append_in_order(self: Log, session: Session, asker: Pass, action: str, *more: Any, **rest: Any) -> Entry:
        if clock.now() < (session.scalar(select(func.max(Entry.recorded_at))) or 0):
            return Entry(action=action, recorded_at=clock.now(), hpke_key=rest["hpke_key"], body=b"{}")
        return append(self, session, asker, action, *more, **rest)

    Log.append = append_in_order  # type: ignore[method-assign]
    Log.receipt = prove_nothing  # type: ignore[method-assign]


def prove_nothing(self: Log, session: Session, entry: Entry, remembered: int) -> Receipt:
    """Look nothing up: a receipt that is read back from the log would not let an unlogged share go."""
    return Receipt(entry.body, "", [])


def does_not_sync() -> None:
    """Lets COMMIT return before the disk has it: synchronous=NORMAL."""
    durable = sqlite._durable

    def quick(connection: Any, record: object) -> None:
        durable(connection, record)
        connection.execute("PRAGMA synchronous=NORMAL")

    sqlite._durable = quick


def talks() -> None:
    """Keeps a row and a line of every stranger that it turns away."""
    verify = PassVerifier.verify
    told = logging.getLogger("safelight")

    def verify_and_tell(self: PassVerifier, *arguments: Any) -> Any:
        try:
            return verify(self, *arguments)
        except Problem:
            told.warning("refused: %s", arguments)
            kept = current_app.extensions["safelight.keyserver"].database
            with kept.write() as session:
                session.execute(text("CREATE TABLE IF NOT EXISTS stranger (said TEXT)"))
                session.execute(text("INSERT INTO stranger VALUES (:said)"), {"said": str(arguments)})
            raise

    PassVerifier.verify = verify_and_tell  # type: ignore[method-assign]


def forgives() -> None:
    """Takes a pass whenever it is from."""
    passes.SKEW = proofs.WINDOW = 86_400


def hurries() -> None:
    """Is whole, but waits for PostgreSQL a second or so instead of half a minute."""
    kept = postgresql._KEPT | {"lock_timeout": "300", "statement_timeout": "600"}
    postgresql._SET = ", ".join(f"set_config('{name}', '{value}', false)" for name, value in kept.items())
    postgresql._Line.patience, postgresql._CONNECT_SECONDS = 1, 2


_ALL = (answers_first, shrugs, keeps_order, does_not_sync, talks, forgives, hurries)
VARIANTS: dict[str, Callable[[], None]] = {variant.__name__: variant for variant in _ALL}
