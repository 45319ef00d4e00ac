"""No server ever sees a photo: two hundred deliveries, and then a look at all that the servers got, wrote and hold."""

import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path

import pytest
import requests
from sqlalchemy import Column, LargeBinary, MetaData, Table

from sealed import base32
from sealed.header import Header
from tests.conftest import RECIPIENT, wait_until
from tests.databases import beside
from tests.faults import deliveries, memory
from tests.faults.conftest import DELIVERIES
from tests.faults.deliveries import WORDS
from tests.faults.roles import Apart, Role
from tests.faults.search import Needle, Search, forms
from tests.filehost.steps import PIECE, TUS
from tests.postgresql import IN_USE
from viewer.config import ROLES
from viewer.sender import sealing
from viewer.sender.client import Client
from viewer.sender.sending import send

Place = tuple[str, bytes]
Plaintext = Iterable[bytes]


def leaks(role: Role, places: Iterable[Place], search: Search) -> set[tuple[str, str, str]]:
    """Where what must not be there has been found: place, kind, form.

    The one exception: the key server's memory holds server shares, which it makes and releases.
    """
    found = {(place, *one) for place, data in places for one in search.find(data)}
    may = (role.name, "memory", "server share")
    return {(place, kind, form) for place, kind, form in found if (role.name, place, kind) != may}


def everywhere(role: Role) -> Iterator[Place]:
    return chain(role.got_and_wrote(), role.holds())


def test_no_server_sees_a_photo_a_word_or_a_key(apart: Apart, delivered: tuple[Needle, ...]) -> None:
    search = Search(delivered)
    found = {(name, *leak) for name, role in apart.roles.items() for leak in leaks(role, everywhere(role), search)}
    print(f"\n{DELIVERIES} deliveries, {len(delivered)} pieces of them looked for, found: {found or 0}")
    assert found == set()


def test_control_all_of_it_was_looked_at(apart: Apart, delivered: tuple[Needle, ...]) -> None:
    requests_of = {name: dict(role.got_and_wrote())["requests"] for name, role in apart.roles.items()}
    for name, line in (
        ("portal", b"POST /api/reports "),
        ("keyserver", b"/release "),
        ("filehost", b"POST /v1/blobs/"),
    ):
        assert requests_of[name].count(line) >= DELIVERIES, name
    blobs = list((apart.roles["filehost"].data / "blobs").iterdir())
    assert len(blobs) >= DELIVERIES and all(blob.read_bytes() in requests_of["filehost"] for blob in blobs)
    for role in apart.roles.values():
        places = {place for place, _ in role.got_and_wrote()}
        database = {"database"} if IN_USE else {f"file {role.name}.sqlite{end}" for end in ("", "-wal", "-shm")}
        assert {"log", *database} <= places
        assert len(memory.processes(role.process.pid)) == 3, "gunicorn's master and its two workers"


@pytest.fixture
def planted(tmp_path: Path) -> tuple[Needle, ...]:
    """Markers of a report that is never sent, and keys that never were: each of a kind of its own."""
    found = (*deliveries.make(tmp_path).needles, *deliveries.of_keys("0" * 26, os.urandom(32), os.urandom(20)))
    return tuple(Needle(f"{needle.kind} {number}", needle.data) for number, needle in enumerate(found))


def lines(planted: tuple[Needle, ...]) -> list[bytes]:
    """Each needle in each form, plain and in UTF-16 of both orders."""
    found = [form for needle in planted for form in forms(needle.data)]
    return [*found, *(form.decode("latin-1").encode(f"utf-16-{order}") for form in found for order in ("le", "be"))]


def every(planted: tuple[Needle, ...], place: str) -> set[tuple[str, str, str]]:
    """What `leaks` has to return once `lines(planted)` lies at a place."""
    found = {(needle.kind, name) for needle in planted for name in forms(needle.data).values()}
    return {(place, kind, name + wide) for kind, name in found for wide in ("", ", UTF-16")}


def as_request(role: Role, planted: list[bytes]) -> str:
    body = b"\n".join(planted)
    requests.post(f"{role.url}/nothing", data=body, timeout=30)
    # The answer does not wait for the whole request: the rest of it reaches the recorder behind the answer.
    wait_until(lambda: body in role.recorder.kept(), role.process)
    return "requests"


def as_file(role: Role, planted: list[bytes]) -> str:
    (role.data / "left-behind.tmp").write_bytes(b"\n".join(planted))
    return "file left-behind.tmp"


def as_log_line(role: Role, planted: list[bytes]) -> str:
    with role.log.open("ab") as log:
        log.write(b"\n".join(planted))
    return "log"


def as_row(role: Role, planted: list[bytes]) -> str:
    """In SQLite, the server's own connections keep the write-ahead log from being folded into the database."""
    made = Table("planted", MetaData(), Column("data", LargeBinary))
    with beside(role.settings, role.name) as database, database.write() as session:
        made.create(session.connection())
        session.execute(made.insert(), [{"data": line} for line in planted])
    if role.cluster:
        role.cluster.do("CHECKPOINT")  # in its write-ahead log, pages' heads lie between the bytes
        return "database"
    return f"file {role.name}.sqlite-wal"


PLACES = [as_request, as_file, as_log_line, as_row]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("plant", PLACES, ids=[plant.__name__ for plant in PLACES])
def test_control_what_lies_somewhere_is_found_there(
    apart: Apart, planted: tuple[Needle, ...], role: str, plant: Callable[[Role, list[bytes]], str]
) -> None:
    server, search = apart.roles[role], Search(planted)
    assert leaks(server, server.got_and_wrote(), search) == set()
    place = plant(server, lines(planted))
    found = leaks(server, server.got_and_wrote(), search)
    print(f"\n{role}, {place}: {len(planted)} pieces planted, found: {len({kind for _, kind, _ in found})}")
    assert found == every(planted, place)


def head(role: str, apart: Apart, sender: Client) -> bytes:
    """The beginning of a request whose body the role reads: to the portal by anybody, to the others by pass."""
    report = sender.ask("POST", "/api/reports", {"recipients": [RECIPIENT]})["id"]
    method, path, scope = {
        "portal": ("POST", "/api/codes", "log:read"),
        "keyserver": ("PUT", f"/v1/keys/{report}/file", "key:create"),
        "filehost": ("POST", f"/v1/blobs/{report}", "blob:put"),
    }[role]
    kind = PIECE if role == "filehost" else "application/json"
    fields = {"Host": "x", "Origin": apart.portal.url, "Content-Type": kind, "Content-Length": "65000"}
    fields |= TUS | {"Upload-Length": "65000"}
    fields |= sender.authorization(method, apart.roles[role].url + path, report, scope)
    told = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{method} {path} HTTP/1.1\r\n{told}\r\n".encode()


@pytest.mark.parametrize("role", ROLES)
def test_control_what_a_server_holds_in_memory_is_found(
    apart: Apart, sender: Client, planted: tuple[Needle, ...], role: str
) -> None:
    """A client that never ends its request: the server waits, with what has come so far."""
    server, few = apart.roles[role], planted[::5]  # what a server reads at a time
    search, wanted = Search(few), every(few, "memory")
    with socket.create_connection(("127.0.0.1", server.port)) as held:
        held.sendall(head(role, apart, sender) + b"\n".join(lines(few)))
        end, found = time.monotonic() + 30, set[tuple[str, str, str]]()
        while not wanted <= found and time.monotonic() < end:
            found = leaks(server, server.holds(), search)
    assert found == wanted


sealing_as_it_is = sealing.seal


def unsealed(header: Header, server_share: bytes, link_share: bytes, plaintext: Plaintext) -> Iterator[sealing.Piece]:
    yield header.context()
    yield from plaintext


def with_server_share(
    header: Header, server_share: bytes, link_share: bytes, plaintext: Plaintext
) -> Iterator[sealing.Piece]:
    yield from sealing_as_it_is(header, server_share, link_share, plaintext)
    yield server_share


def with_link(header: Header, server_share: bytes, link_share: bytes, plaintext: Plaintext) -> Iterator[sealing.Piece]:
    yield from sealing_as_it_is(header, server_share, link_share, plaintext)
    yield base32.link_text(link_share).lower().encode()


BROKEN = [
    (unsealed, {*WORDS, "photo", "thumbnail"}),
    (with_server_share, {"server share"}),
    (with_link, {"link share"}),
]


@pytest.mark.parametrize(("broken", "kinds"), BROKEN, ids=[broken.__name__ for broken, _ in BROKEN])
def test_control_a_broken_sender_is_caught(
    apart: Apart,
    sender: Client,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    broken: Callable[[Header, bytes, bytes, Plaintext], Iterator[sealing.Piece]],
    kinds: set[str],
) -> None:
    report, keys = deliveries.make(tmp_path), list[Needle]()

    def seal(header: Header, server_share: bytes, link_share: bytes, plaintext: Plaintext) -> Iterator[sealing.Piece]:
        keys.extend(deliveries.of_keys(header.key_id, server_share, link_share))
        return broken(header, server_share, link_share, plaintext)

    monkeypatch.setattr(sealing, "seal", seal)
    sent = send(sender, [report.path], report.letter, lambda step, done, total: None)
    server = apart.roles["filehost"]
    found = leaks(server, server.got_and_wrote(), Search([*report.needles, *keys]))
    where = ("requests", f"file {sent.report}.sealed")
    assert {(place, kind) for place, kind, _ in found} == {(place, kind) for place in where for kind in kinds}


@pytest.mark.parametrize("role", ROLES)
def test_an_address_that_leads_nowhere_is_answered_and_not_logged(apart: Apart, role: str) -> None:
    server, before = apart.roles[role], apart.roles[role].log.read_bytes()
    assert requests.get(f"{server.url}/nothing", timeout=30).status_code == 404
    assert requests.delete(server.url, timeout=30).status_code in (404, 405)
    assert server.log.read_bytes() == before
