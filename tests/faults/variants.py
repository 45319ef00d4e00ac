"""Key servers that are broken on purpose: each is a control, on which a test of this folder has to fail."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from viewer import database, passes, proofs
from viewer.database import Database
from viewer.keyserver.log import Log, Receipt
from viewer.keyserver.models import Entry
from viewer.passes import PassVerifier
from viewer.problems import Problem

_COMMIT_AFTER = 0.02  # seconds


def answers_first() -> None:
    """Answers, and writes the log in a thread."""

    @contextmanager
    def write(self: Database) -> Iterator[Session]:
        session = Session(self._writer, expire_on_commit=False)
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


def swallows() -> None:
    """Takes it lightly when the log cannot be written."""

    @contextmanager
    def write(self: Database) -> Iterator[Session]:
        with Session(self._writer, expire_on_commit=False) as session:
            session.begin()
            yield session
            with suppress(DBAPIError):
                session.commit()

    Database.write = write  # type: ignore[method-assign]
    Log.receipt = prove_nothing  # type: ignore[method-assign]


def prove_nothing(self: Log, session: Session, entry: Entry, remembered: int) -> Receipt:
    """Look nothing up: a receipt that is read back from the log would not let an unlogged share go."""
    return Receipt(entry.body, "", [])


def does_not_sync() -> None:
    """Lets COMMIT return before the disk has it: synchronous=NORMAL."""
    durable = database._durable

    def quick(connection: Any, record: object) -> None:
        durable(connection, record)
        connection.execute("PRAGMA synchronous=NORMAL")

    database._durable = quick


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


VARIANTS: dict[str, Callable[[], None]] = {
    variant.__name__: variant for variant in (answers_first, swallows, does_not_sync, talks, forgives)
}
