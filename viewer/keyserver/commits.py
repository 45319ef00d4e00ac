"""Group commit: waiting requests of one process are written together, and answered after the one COMMIT.

The log is one sequence, and with it one lock: committed one by one, a disk that takes 2 ms for a commit allows
500 releases a second, however many processors there are. Together they share that time (DeWitt and others,
"Implementation techniques for main memory database systems", SIGMOD 1984).
"""

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ..database import Database
from ..sql import sql

T = TypeVar("T")
MOST = 128  # requests in one transaction: more threads than a process has


class Commits:
    """Runs what requests have to write.

    `close` is called at the end of every transaction, before its COMMIT; `after` behind it, and must not wait.
    """

    def __init__(
        self, database: Database, close: Callable[[Session], None], after: Callable[[], object] = lambda: None
    ) -> None:
        self._database, self._close, self._after = database, close, after
        self._turn, self._lock = threading.Lock(), threading.Lock()
        self._waiting: list[_Job[Any]] = []

    def run(self, work: Callable[[Session], T]) -> T:
        """Return what `work` returned, once the transaction that it ran in is on the disk.

        Raises what `work` raises, and then nothing of it is kept. When the database fails, everything in the
        transaction is undone, and whoever waited for it gets the same DBAPIError.
        """
        job = _Job(work)
        with self._lock:
            self._waiting.append(job)
        with self._turn:
            while not job.done:  # unless whoever had the turn before has done it along with its own
                self._lead()
        return job.outcome()

    def _lead(self) -> None:
        with self._lock:
            jobs, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        try:
            with self._database.write() as session:
                for job in jobs:
                    job.do(session)
                self._close(session)
        except Exception as error:
            for job in jobs:
                job.fail(error)
        else:
            self._after()
        for job in jobs:
            job.done = True


class _Job(Generic[T]):
    def __init__(self, work: Callable[[Session], T]) -> None:
        self._work = work
        self._result: T
        self._error: Exception | None = None
        self.done = False

    def do(self, session: Session) -> None:
        """Do the work; a refusal or a fault of its own undoes no other's."""
        sql(session, "SAVEPOINT job")
        try:
            self._result = self._work(session)
            session.flush()
        except DBAPIError:
            # SQLite may have ended the whole transaction (https://sqlite.org/lang_transaction.html, section 3):
            # to go on would commit the later ones and answer the earlier ones, which are gone.
            raise
        except Exception as error:
            self._error = error
            session.expunge_all()  # what it has changed and nobody has written yet; what others read, they keep
            sql(session, "ROLLBACK TO job")
        sql(session, "RELEASE job")

    def fail(self, error: Exception) -> None:
        """Nothing of the transaction has been kept."""
        self._error = error

    def outcome(self) -> T:
        """Return or raise, after the transaction has ended."""
        if self._error is not None:
            raise self._error
        return self._result
