"""Releases before, during and after a fault: what was answered, and what the log knew."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from tests.faults import load
from tests.faults.asker import Asker
from tests.faults.ledger import Ledger
from tests.faults.load import Given
from tests.faults.search import Needle, Search
from tests.faults.server import KeyServer

RELEASES, OF_CONTROL = load.size(64, 500), 64  # before the fault, during it, and after it
CLIENTS = 8
Fault = Callable[[KeyServer, list[Asker]], AbstractContextManager[None]]


@dataclass
class Ordeal:
    """What was answered before, during and after a fault, and the log: before it, when it ended, and in the end."""

    answers: tuple[Given, Given, Given]
    ledgers: tuple[Ledger, Ledger, Ledger]
    wrong: list[str]

    def statuses(self) -> list[set[int]]:
        return [{answer.status for answer in given.values()} for given in self.answers]

    def unlogged(self) -> set[str]:
        """The releases whose share was given and that the log did not know when the fault ended."""
        given = {name for answers in self.answers[:2] for name, answer in answers.items() if answer.share}
        return given - self.ledgers[1].released.keys()


def ordeal(server: KeyServer, fault: Fault, releases: int, most: int = sys.maxsize) -> Ordeal:
    """Ask before and during a fault; and after it, with the same idempotency keys, for what was refused.

    During the fault at most `most` are asked for.
    """
    with server.askers(CLIENTS) as askers:
        before, ledger = load.each(askers, "before", releases), server.ledger()
        with fault(server, askers):
            during = load.each(askers, "during", min(most, releases), Asker.ask)
        when_it_ended = server.ledger()
        after = load.each(askers, "during", min(most, releases))  # raises where they are refused for ever
        assert leaked(askers, during) == []
        wrong = load.wrong_shares(askers, before | after)
        answers, ledgers = (before, during, after), (ledger, when_it_ended, server.ledger())
    found = Ordeal(answers, ledgers, wrong)
    print(
        f"\nbefore, during, after: {[len(given) for given in answers]} asked, answered {found.statuses()}; "
        f"{len(found.unlogged())} released and not logged, {found.ledgers[2].twice} logged twice"
    )
    return found


def leaked(askers: list[Asker], given: Given) -> list[str]:
    """The answers without a share that hold one all the same, in whatever form."""
    search = Search(Needle("server share", asker.share) for asker in askers)
    return [name for name, answer in given.items() if answer.share is None and search.find(answer.body)]
