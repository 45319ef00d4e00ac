"""An exported log: proved offline; 5,000 tamperings, a rollback, a split view and a signed rewrite are found."""

import random
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sealed import canonical, notes
from sealed.errors import BadProof
from tests.inprocess import Bearer
from tests.keyserver.steps import ask, create
from viewer import log_file
from viewer.keyserver import log
from viewer.keyserver.log import Log
from viewer.keyserver.server import KeyServer

RELEASES = 40
Lines = list[bytes]


@pytest.fixture
def here(app: Flask, client: FlaskClient, owner: Bearer, reader: Bearer) -> KeyServer:
    """A key server with some entries."""
    found: KeyServer = app.extensions["safelight.keyserver"]
    create(client, owner)
    for number in range(RELEASES):
        assert ask(client, reader, f"{number:024}").status_code == 200
    return found


def exported(here: KeyServer) -> Lines:
    with here.database.read() as session:
        return list(log.everything(session))


def is_checkpoint(line: bytes) -> bool:
    return line.startswith(b'{"checkpoint"')


def newest(lines: Lines) -> str:
    return str(canonical.loads(next(line for line in reversed(lines) if is_checkpoint(line)))["checkpoint"])


def test_an_exported_log_is_proved(here: KeyServer) -> None:
    lines = exported(here)
    found = log_file.verify(lines, here.log.key)
    assert (found.entries, found.newest) == (RELEASES + 2, newest(lines))
    assert log_file.verify(lines, here.log.key, [newest(lines[:-2])]) == found, "and somebody has kept a checkpoint"


def edit(lines: Lines, at: int, chance: random.Random) -> None:
    line = bytearray(lines[at])
    line[chance.randrange(len(line))] ^= 1 << chance.randrange(8)
    lines[at] = bytes(line)


def delete(lines: Lines, at: int, chance: random.Random) -> None:
    """An entry: without one of the earlier checkpoints the rest is no less proved."""
    entries = [number for number, line in enumerate(lines) if not is_checkpoint(line)]
    del lines[entries[at % len(entries)]]


def insert(lines: Lines, at: int, chance: random.Random) -> None:
    lines.insert(at, lines[chance.randrange(len(lines))])


def swap(lines: Lines, at: int, chance: random.Random) -> None:
    other = chance.choice([n for n, line in enumerate(lines) if line != lines[at]])
    lines[at], lines[other] = lines[other], lines[at]


def cut(lines: Lines, at: int, chance: random.Random) -> None:
    del lines[at:]


@pytest.mark.parametrize("tamper", [edit, delete, insert, swap, cut])
def test_a_thousand_tamperings_of_each_kind_are_found(
    here: KeyServer, tamper: Callable[[Lines, int, random.Random], None]
) -> None:
    whole, chance = exported(here), random.Random(tamper.__name__)
    witnessed = [newest(whole)]
    for number in range(1000):
        lines = list(whole)
        tamper(lines, number % len(lines), chance)
        with pytest.raises(BadProof):
            log_file.verify(lines, here.log.key, witnessed)


def resigned(entries: Lines, by: Log) -> Lines:
    """What an operator could write who has the signing key: these entries, under one checkpoint."""
    tree = log_file._Tree()
    for line in entries:
        tree.add(line)
    checkpoint = notes.Checkpoint(by.key.name, tree.size, tree.root())
    return [*entries, canonical.dumps({"checkpoint": by._sign(checkpoint)})]


def rewritten(whole: Lines) -> Lines:
    """The log with another reader in one entry: as if somebody else had opened."""
    entries = [line for line in whole if not is_checkpoint(line)]
    return [line.replace(b'"READER"', b'"SOMEBODY"') if number == 5 else line for number, line in enumerate(entries)]


def test_a_signed_rewrite_is_found_by_a_witness(here: KeyServer) -> None:
    whole = exported(here)
    lines = resigned(rewritten(whole), here.log)
    assert log_file.verify(lines, here.log.key).entries == RELEASES + 2, "control: without a witness it is sound"
    with pytest.raises(BadProof, match="rewritten"):
        log_file.verify(lines, here.log.key, [newest(whole)])
    with pytest.raises(BadProof, match="rewritten"):
        log_file.verify(lines, here.log.key, [newest(whole[: len(whole) // 2])])


def test_a_rollback_is_found_by_a_witness(here: KeyServer) -> None:
    whole = exported(here)
    lines = whole[: len(whole) // 2]
    while not is_checkpoint(lines[-1]):
        lines.pop()
    assert log_file.verify(lines, here.log.key), "control: without a witness it is sound"
    with pytest.raises(BadProof, match="cut off"):
        log_file.verify(lines, here.log.key, [newest(whole)])


def test_two_views_of_one_log_do_not_fit_together(here: KeyServer) -> None:
    whole = exported(here)
    other = newest(resigned(rewritten(whole), here.log))
    with pytest.raises(BadProof, match="rewritten"):
        log_file.verify(whole, here.log.key, [other])
    with pytest.raises(BadProof, match="rewritten"):
        log_file.verify(whole, here.log.key, [other, newest(whole)])


def test_another_key_server_s_log_is_refused(here: KeyServer) -> None:
    stranger = Log("https://stranger.example", bytes(32))
    with pytest.raises(BadProof):
        log_file.verify(exported(here), stranger.key)
    same_name = notes.VerifierKey(here.log.key.name, stranger.key.public_key)
    with pytest.raises(BadProof):
        log_file.verify(exported(here), same_name)
