"""Which server holds what: shares only at the key server that made them, ciphertext only at the file host."""

import dataclasses
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
import requests

from tests.apart.four import KEY_SERVERS, OWN, PUBLIC, Four
from tests.faults import deliveries
from tests.faults.roles import Role
from tests.faults.search import Needle, Search
from viewer.sender.client import Client

DELIVERIES = 5  # by each key server; tests/faults has the two hundred
SEALED = b"SAFELIT1"


@pytest.fixture(scope="module")
def delivered(
    apart: Four, sender: Client, reader: Client, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Needle, ...]:
    """What is known of reports that have been sent and opened, by name of their key server; and pieces of the files."""
    folder, found = tmp_path_factory.mktemp("photos"), []
    for name in KEY_SERVERS:
        for report in (deliveries.make(folder) for _ in range(DELIVERIES)):
            letter = dataclasses.replace(report.letter, key_server=apart.roles[name].url)
            needles = deliveries.deliver(sender, reader, dataclasses.replace(report, letter=letter))
            found += [Needle(f"{name}: {needle.kind}", needle.data) for needle in needles]
    return (*found, *(Needle("ciphertext", data) for blob in blobs(apart) for data in pieces(blob)))


def blobs(apart: Four) -> list[Path]:
    return list((apart.roles["filehost"].data / "blobs").iterdir())


def pieces(blob: Path) -> Iterator[bytes]:
    """Runs of a file behind its header, which its key server does not see either."""
    yield from deliveries.runs(blob.read_bytes()[400:])


def leaks(apart: Four, search: Search) -> set[tuple[str, str, str]]:
    """Where what must not be there has been found: server, place, kind.

    The exceptions: what the file host is for, and that a key server's memory holds the shares that it makes.
    """
    found = {
        (name, place, kind)
        for name, role in apart.roles.items()
        for place, data in chain(role.got_and_wrote(), role.holds())
        for kind, _ in search.find(data)
    }
    own = {(name, "memory", f"{name}: server share") for name in KEY_SERVERS}
    return {one for one in found if one not in own and (one[0], one[2]) != ("filehost", "ciphertext")}


def test_no_server_holds_what_is_anothers(apart: Four, delivered: tuple[Needle, ...]) -> None:
    assert leaks(apart, Search(delivered)) == set()


def test_control_all_of_it_was_looked_at(apart: Four, delivered: tuple[Needle, ...]) -> None:
    kept = {name: role.recorder.kept() for name, role in apart.roles.items()}
    assert all(kept[name].count(b"/release ") >= DELIVERIES for name in KEY_SERVERS)
    assert kept["portal"].count(b"POST /api/reports ") >= 2 * DELIVERIES
    assert sum(blob.read_bytes().startswith(SEALED) for blob in blobs(apart)) >= 2 * DELIVERIES
    search = Search(delivered)
    assert ("ciphertext", "raw") in search.find(kept["filehost"])
    for role in apart.roles.values():
        assert any(place == "database" or place.endswith(".sqlite-wal") for place, _ in role.got_and_wrote())


def plant(role: Role, data: bytes) -> None:
    requests.post(f"{role.url}/nothing", data=data, timeout=30)


def test_control_another_servers_share_is_found(apart: Four, delivered: tuple[Needle, ...]) -> None:
    """Last: what was planted stays."""
    of_own = next(needle for needle in delivered if needle.kind == f"{OWN}: server share")
    of_public = next(needle for needle in delivered if needle.kind == f"{PUBLIC}: server share")
    ciphertext = next(needle for needle in delivered if needle.kind == "ciphertext")
    for name, needle in ((PUBLIC, of_own), (OWN, of_public), ("portal", of_public), ("filehost", of_own)):
        plant(apart.roles[name], needle.data)
        plant(apart.roles[name], ciphertext.data)
    found = {(name, kind) for name, place, kind in leaks(apart, Search(delivered)) if place == "requests"}
    assert found == {
        (PUBLIC, of_own.kind), (OWN, of_public.kind), ("portal", of_public.kind), ("filehost", of_own.kind),
        (PUBLIC, "ciphertext"), (OWN, "ciphertext"), ("portal", "ciphertext"),
    }  # fmt: skip
