"""Group commit: what waits together is written together, and nobody pays for another's fault."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from viewer.config import Settings
from viewer.database import Database
from viewer.keyserver.commits import Commits, _do, _Job
from viewer.keyserver.models import Leaver
from viewer.problems import Problem
from viewer.sql import sql

TOGETHER = 20


class Counted(Commits):
    """Counts its transactions; the first one waits until all the others stand in line."""

    def __init__(self, database: Database, fail: bool = False) -> None:
        super().__init__(database, self.closing)
        self.transactions, self.fail = 0, fail

    def closing(self, session: Session) -> None:
        self.transactions += 1
        if self.transactions == 1:
            end = time.monotonic() + 10
            while len(self._waiting) < TOGETHER and time.monotonic() < end:
                time.sleep(0.01)
        elif self.fail:
            session.execute(text("INSERT INTO nowhere VALUES (1)"))


@pytest.fixture
def database(settings: Settings) -> Database:
    found = Database(settings, "keyserver")
    with found.write() as session:
        session.execute(text("CREATE TABLE done (number INTEGER PRIMARY KEY)"))
    return found


def done(database: Database) -> set[int]:
    with database.read() as session:
        return set(session.scalars(text("SELECT number FROM done")))


def note(number: int) -> Callable[[Session], int]:
    def work(session: Session) -> int:
        session.execute(text("INSERT INTO done VALUES (:number)"), {"number": number})
        return number

    return work


def crowd(commits: Commits, works: list[Callable[[Session], int]]) -> list[int | Exception]:
    """Run one, and while it is being written all the others; return what came of these."""
    begun = threading.Event()

    def alone(session: Session) -> int:
        begun.set()
        return note(-1)(session)

    first = threading.Thread(target=commits.run, args=(alone,))
    first.start()
    assert begun.wait(10)

    def one(work: Callable[[Session], int]) -> int | Exception:
        try:
            return commits.run(work)
        except Exception as error:
            return error

    with ThreadPoolExecutor(TOGETHER) as pool:
        found = list(pool.map(one, works))
    first.join()
    return found


def test_who_waits_together_is_committed_together(database: Database) -> None:
    commits = Counted(database)
    numbers = list(range(TOGETHER))
    assert crowd(commits, [note(number) for number in numbers]) == numbers
    assert commits.transactions == 2 and done(database) == {-1, *numbers}


@pytest.mark.parametrize("error", [Problem(409, "exists", "No."), KeyError("a fault")])
def test_one_that_is_refused_undoes_no_other(database: Database, error: Exception) -> None:
    def refused(session: Session) -> int:
        note(100)(session)
        raise error

    found = crowd(Counted(database), [note(0), refused, *(note(number) for number in range(1, TOGETHER - 1))])
    assert found[1] is error and found[0] == 0 and found[2:] == list(range(1, TOGETHER - 1))
    assert done(database) == {-1, *range(TOGETHER - 1)}, "and nothing of what it had written stays"


def test_who_comes_while_another_process_writes_is_written_with_those_who_wait_for_it(database: Database) -> None:
    commits = Counted(database)
    commits.transactions = 1  # none of them waits for a crowd
    with ThreadPoolExecutor(TOGETHER) as pool:
        with database.write() as session:
            session.connection()
            pending = [pool.submit(commits.run, note(number)) for number in range(TOGETHER)]
            end = time.monotonic() + 4  # less than a writer waits for its place
            while len(commits._waiting) < TOGETHER and time.monotonic() < end:
                time.sleep(0.01)
        assert [one.result() for one in pending] == list(range(TOGETHER))
    assert commits.transactions == 2


def test_when_the_database_fails_nobody_is_told_that_it_went_well(database: Database) -> None:
    found = crowd(Counted(database, fail=True), [note(number) for number in range(TOGETHER)])
    assert all(isinstance(one, DBAPIError) for one in found)
    assert done(database) == {-1}


def test_a_statement_that_fails_takes_all_along(database: Database) -> None:
    """SQLite may have ended the transaction by then: what came before must not be answered."""

    def broken(session: Session) -> int:
        session.execute(text("INSERT INTO nowhere VALUES (1)"))
        return 0

    found = crowd(Counted(database), [*(note(number) for number in range(TOGETHER - 1)), broken])
    assert all(isinstance(one, DBAPIError) for one in found)
    assert done(database) == {-1}
    assert Counted.run(Commits(database, lambda session: None), note(7)) == 7, "control: the next one goes on"


def test_a_worker_that_is_told_to_end_keeps_nobody_from_writing(database: Database) -> None:
    def ends(session: Session) -> int:
        raise SystemExit

    commits = Commits(database, lambda session: None)
    with pytest.raises(SystemExit):
        commits.run(ends)
    other = threading.Thread(target=commits.run, args=(note(7),), daemon=True)  # or a fault would hold the whole run
    other.start()
    other.join(30)
    assert not other.is_alive() and done(database) == {7}


def test_who_is_written_later_sees_what_plain_sql_has_changed(database: Database) -> None:
    """The session keeps what it has read, and SQL as it is passes it by."""

    def begin(session: Session) -> int:
        session.add(Leaver(issuer="i", account="a", number=1, disabled=False))
        return 0

    def change(session: Session) -> int:
        sql(session, "UPDATE leaver SET number = number + 1")
        return 0

    kept: list[Leaver] = []  # or the session would have let go of it

    def seen(session: Session) -> int:
        kept.append(session.get_one(Leaver, ("i", "a")))
        return kept[-1].number

    database.migrate()
    Commits(database, lambda session: None).run(begin)
    with database.write() as session:
        jobs = [_Job(work) for work in (seen, change, seen)]
        _do(session, jobs)
    assert [job.outcome() for job in jobs] == [1, 0, 2]
