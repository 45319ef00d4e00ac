"""When the log cannot be written there is no share, whatever the reason; then all goes on by itself.

Here the log is in SQLite, and what fails is its disk; test_trouble_postgresql.py is the same for PostgreSQL.
"""

from collections.abc import Iterator

import pytest

from tests.faults import load, trouble
from tests.faults.ordeal import OF_CONTROL, RELEASES, Fault, ordeal
from tests.faults.server import KeyServer, serving

pytestmark = pytest.mark.sqlite
DISK = f"{load.size(32, 256)}m"  # a release takes 8 kB of it
FAULTS: list[Fault] = [
    trouble.full_disk,
    trouble.read_only,
    trouble.failing_sync,
    trouble.no_handles,
    trouble.may_not_open,
    trouble.may_not_write,
]


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeyServer]:
    """One key server for all faults: it is not restarted between them."""
    with serving(tmp_path_factory.mktemp("ours"), disk=DISK) as server:
        yield server


@pytest.fixture(scope="module")
def careless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeyServer]:
    """The control: it releases even if nothing can be written."""
    with serving(tmp_path_factory.mktemp("careless"), "shrugs", disk=DISK) as server:
        yield server


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.__name__ for fault in FAULTS])
def test_no_log_no_share_and_then_on_without_a_restart(ours: KeyServer, fault: Fault) -> None:
    found = ordeal(ours, fault, RELEASES)
    before_it, during_it, after_it = found.statuses()
    assert before_it == after_it == {200}
    assert during_it == {503}
    assert found.unlogged() == set() and found.wrong == []
    before, _, after = found.answers
    assert found.ledgers[2].released.keys() - found.ledgers[0].released.keys() == after.keys()
    assert before.keys() <= found.ledgers[0].released.keys() and all(ledger.sound for ledger in found.ledgers)


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.__name__ for fault in FAULTS])
def test_control_who_releases_all_the_same_is_caught(careless: KeyServer, fault: Fault) -> None:
    found = ordeal(careless, fault, OF_CONTROL)
    assert 200 in found.statuses()[1] and found.unlogged()
