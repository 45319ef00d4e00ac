"""Fifty at once on one code, at real servers of two workers: one signs in, and no try goes uncounted."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Installation, free_port, installed
from tests.databases import rows
from tests.portal.stranger import other
from tests.portal.test_sign_in import Visitor, in_parallel
from viewer.portal import codes

CROWD = 50


@pytest.fixture(scope="module")
def reads_first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation that is broken: it looks at a code in one transaction, and counts the try in another one."""
    port, broken = free_port(), "--config python:tests.portal.reads_first"
    folder: Path = tmp_path_factory.mktemp("reads-first")
    with installed(folder, port, f"http://localhost:{port}", GUNICORN_CMD_ARGS=broken) as running:
        yield running


def rightly(here: Installation, contact: str) -> int:
    """How many of a crowd sign in by one right code."""
    attempt, code = Visitor(here).get_code(contact)
    told = in_parallel(CROWD, lambda: Visitor(here).ask("POST", "/api/sessions", {"attempt": attempt, "code": code}))
    assert set(told) <= {200, 403}
    return told.get(200, 0)


def wrongly(here: Installation, contact: str) -> tuple[int, int]:
    """How many tries of a crowd were counted for a code, and whether the right one is still taken afterwards (200)."""
    attempt, code = Visitor(here).get_code(contact)
    wrong = {"attempt": attempt, "code": other(code)}
    assert in_parallel(CROWD, lambda: Visitor(here).ask("POST", "/api/sessions", wrong)) == {403: CROWD}
    [(tries,)] = rows(here.settings, "portal", "SELECT tries FROM code WHERE attempt = :attempt", attempt=attempt)
    return int(tries), Visitor(here).ask("POST", "/api/sessions", {"attempt": attempt, "code": code}).status_code


def kept(here: Installation, contact: str) -> Counter[str]:
    [(sessions,)] = rows(here.settings, "portal", "SELECT count(*) FROM session WHERE contact = :c", c=contact)
    [(accounts,)] = rows(here.settings, "portal", "SELECT count(*) FROM contact WHERE value = :c", c=contact)
    return Counter(sessions=sessions, accounts=accounts)


def test_one_code_signs_in_once(installation: Installation) -> None:
    assert rightly(installation, "raced@example.org") == 1
    assert kept(installation, "raced@example.org") == {"sessions": 1, "accounts": 1}


def test_every_wrong_try_is_counted(installation: Installation) -> None:
    assert wrongly(installation, "raced-wrongly@example.org") == (codes.TRIES, 403)


def test_control_a_portal_that_reads_first_lets_several_in(reads_first: Installation) -> None:
    assert rightly(reads_first, "raced@example.org") > 1


def test_control_a_portal_that_reads_first_loses_tries(reads_first: Installation) -> None:
    """Several look at one number of tries, and each writes the next one: more tries than are counted."""
    attempt, code = Visitor(reads_first).get_code("raced-wrongly@example.org")
    wrong = {"attempt": attempt, "code": other(code)}
    assert in_parallel(CROWD, lambda: Visitor(reads_first).ask("POST", "/api/sessions", wrong)) == {403: CROWD}
    [(tries,)] = rows(
        reads_first.settings, "portal", "SELECT tries FROM code WHERE attempt = :attempt", attempt=attempt
    )
    assert tries < CROWD, "it writes for each of them, and yet counts fewer"
