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
        self._lock = threading.Lock()
        self._waiting: list[_Job[Any]] = []
        self._busy = False  # somebody writes, or has been told to

    def run(self, work: Callable[[Session], T]) -> T:
        """Return what `work` returned, once the transaction that it ran in is on the disk. `work` may be run again.

        Raises what `work` raises, and then nothing of it is kept. When the database fails, everything in the
        transaction is undone, and whoever waited for it gets the same DBAPIError.
        """
        job = _Job(work)
        with self._lock:
            self._waiting.append(job)
            leads, self._busy = not self._busy, True
        if leads or job.waits_to_lead():
            self._lead()
        return job.outcome()

    def _lead(self) -> None:
        """Write all that waits, our own with it; then let the first of those that have come meanwhile do the same."""
        jobs: list[_Job[Any]] = []
        try:
            with self._database.write() as session:
                session.connection()  # stands in line; while other processes wrote, more have come
                jobs = self._take()
                _do(session, jobs)
                self._close(session)
        except BaseException as error:  # a worker that is told to end must leave nobody waiting, either
            jobs = jobs or self._take()
            for job in jobs:
                job.fail(error)
        else:
            self._after()
        finally:
            self._hand_on(jobs)

    def _take(self) -> "list[_Job[Any]]":
        with self._lock:
            jobs, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        return jobs

    def _hand_on(self, done: "list[_Job[Any]]") -> None:
        """Let the next one write at once, before those who are done take the processor."""
        with self._lock:
            following = self._waiting[:1]
            self._busy = bool(following)
        for job in following:
            job.lead()
        for job in done:
            job.end()


class _Job(Generic[T]):
    def __init__(self, work: Callable[[Session], T]) -> None:
        self._work = work
        self._result: T
        self._error: BaseException | None = None
        self._leads = False
        self._told = threading.Lock()  # held until there is something to tell; lighter than an Event
        self._told.acquire()

    def waits_to_lead(self) -> bool:
        """Wait for what is told: True where it is now this thread's turn to write, False where another one has."""
        self._told.acquire()
        return self._leads

    def lead(self) -> None:
        """Tell its thread to write."""
        self._leads = True
        self._told.release()

    def end(self) -> None:
        """Tell its thread that it is done."""
        self._told.release()

    def do(self, session: Session) -> bool:
        """Do the work, and tell whether it raised nothing: what it then wrote is to be undone, and no other's.

        Raises DBAPIError. SQLite may have ended the whole transaction by then
        (https://sqlite.org/lang_transaction.html, section 3): to go on would commit the later jobs and answer the
        earlier ones, which are gone.
        """
        self._error = None
        try:
            self._result = self._work(session)
            session.flush()
        except DBAPIError:
            raise
        except Exception as error:
            self._error = error
        session.expunge_all()  # the next one reads for itself: SQL as it is may have changed what a session holds
        return self._error is None

    def fail(self, error: BaseException) -> None:
        """Nothing of the transaction has been kept."""
        self._error = error

    def outcome(self) -> T:
        """Return or raise, after the transaction has ended."""
        if self._error is not None:
            raise self._error
        return self._result


def _do(session: Session, jobs: list[_Job[Any]]) -> None:
    """Do the jobs in a transaction. Few raise: so only where one does they are all undone and done again, apart."""
    sql(session, "SAVEPOINT jobs")
    if all(job.do(session) for job in jobs):
        return
    sql(session, "ROLLBACK TO jobs")
    for job in jobs:
        sql(session, "SAVEPOINT job")
        if not job.do(session):
            sql(session, "ROLLBACK TO job")
        sql(session, "RELEASE job")
