"""When PostgreSQL does not take the log there is no share, whatever the reason; then all goes on by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults import load, trouble, trouble_postgresql
from tests.faults.ordeal import OF_CONTROL, RELEASES, Fault, ordeal
from tests.faults.server import KeyServer, serving
from tests.faults.small_disk import OnSmallDisk
from tests.faults.trouble_postgresql import Place
from tests.postgresql import OWNER

DISK = f"{load.size(80, 400)}m"
MOST = load.size(16, 100)  # requests while a fault lasts: for some of them, an answer takes seconds


@dataclass(frozen=True)
class Both:
    """A key server, and where its database is."""

    place: Place
    server: KeyServer

    def fault(self, name: str) -> Fault:
        """One of PostgreSQL's faults, or of the key server's own machine."""
        if name == "no_handles":
            return trouble.no_handles
        found: trouble_postgresql.Fault = getattr(trouble_postgresql, name)
        return lambda _server, _askers: found(self.place)


FAULTS = [fault.__name__ for fault in trouble_postgresql.ALL] + ["no_handles"]


def both(folder: Path, variant: str) -> Iterator[Both]:
    cluster = OnSmallDisk(DISK, max_connections="40", shared_buffers="8MB")
    try:
        name = cluster.create()
        with serving(folder, variant, database=cluster.url(name, OWNER)) as server:
            yield Both(Place(cluster, name), server)
    finally:
        cluster.remove()


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """One key server for all faults: it is not restarted between them."""
    yield from both(tmp_path_factory.mktemp("ours"), "hurries")


@pytest.fixture(scope="module")
def careless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """The control: it releases even if nothing can be written."""
    yield from both(tmp_path_factory.mktemp("careless"), "hurries shrugs")


@pytest.mark.parametrize("fault", FAULTS)
def test_no_log_no_share_and_then_on_without_a_restart(ours: Both, fault: str) -> None:
    found = ordeal(ours.server, ours.fault(fault), RELEASES, MOST)
    before_it, during_it, after_it = found.statuses()
    assert before_it == after_it == {200}
    # The room that the database has on a full disk is used up first, by releases that are logged.
    assert during_it == {503} or (fault == "full_disk" and during_it == {200, 503})
    assert found.unlogged() == set() and found.wrong == []
    before, _, after = found.answers
    assert found.ledgers[2].released.keys() - found.ledgers[0].released.keys() == after.keys()
    assert before.keys() <= found.ledgers[0].released.keys() and all(ledger.sound for ledger in found.ledgers)


@pytest.mark.parametrize("fault", FAULTS)
def test_control_who_releases_all_the_same_is_caught(careless: Both, fault: str) -> None:
    found = ordeal(careless.server, careless.fault(fault), OF_CONTROL, MOST)
    assert 200 in found.statuses()[1] and found.unlogged()
