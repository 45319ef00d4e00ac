"""Every vector and ten thousand mutations in CPython, by three readers; and that a missing rule is noticed."""

import io
import json
import re
import xml.etree.ElementTree as ET

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from sealed import archive, base32, canonical, cobblestone, header, report
from sealed.errors import BadLink, SealedError
from tests import vectors
from tests.sealed import readers
from tests.vectors import make, mutations, run, watch
from viewer.sender import sealing

TEXT = vectors.CONTAINER.read_text()
READERS = [readers.by_the_product, readers.by_cryptography, readers.by_chunks]


def leaves(kind: type[SealedError]) -> set[str]:
    below = kind.__subclasses__()
    return set().union(*map(leaves, below)) if below else {kind.__name__}


@pytest.mark.parametrize("reader", READERS)
def test_verdicts(reader: run.Open) -> None:
    assert readers.finished(run.surprises(reader, TEXT)) == []


def test_verdicts_on_large_plaintexts() -> None:
    assert readers.finished(run.large_surprises()) == []


def test_there_are_enough_of_each_kind() -> None:
    found = [vector["verdict"] for vector in vectors.read(TEXT)]
    assert found.count("good") >= 20 and len(found) - found.count("good") >= 80
    assert set(found) == leaves(SealedError) - {"PhotoRefused", "BadProof"} | {"good"}


def test_they_are_those_that_the_generator_makes() -> None:
    """But for the salts, and with them every byte behind."""
    made = [(row["name"], row["verdict"], row.get("entries")) for row in make.all_rows()]
    kept = json.loads(TEXT)["vectors"]
    assert [(row["name"], row["verdict"], row.get("entries")) for row in kept] == made


def test_no_two_vectors_are_the_same() -> None:
    """An edit that changes nothing would be a good file with a bad one's name."""
    inputs = [(vector["file"], vector["link"], vector["server_share"]) for vector in vectors.read(TEXT)]
    assert len(set(inputs)) == len(inputs)


def test_every_entry_of_the_good_ones() -> None:
    for vector in vectors.read(TEXT):
        if vector["verdict"] == "good":
            share = readers.link_share(vector["link"])
            opened = sealing.SealedFile(io.BytesIO(vector["file"]), vector["server_share"], share)
            assert {entry.name for entry in opened.entries} == set(vector["entries"])
            assert opened.details.sender == "Dr Ada Lovelace"


def test_a_link_with_a_million_characters_hung_on() -> None:
    """Read in no time; a search that begins anew at each character would take hours."""
    link = json.loads(TEXT)["usual"]["link"]
    share = base32.read_link_text(link)
    assert base32.read_link_text(link + "." * 1_000_000) == share
    for text in ("." * 1_000_000, link[:9] + "." * 1_000_000 + "A"):
        with pytest.raises(BadLink):
            base32.read_link_text(text)


@pytest.fixture(scope="module")
def damaged() -> dict:
    return readers.finished(run.damaged(readers.by_the_product, TEXT))


def test_ten_thousand_mutations(damaged: dict) -> None:
    counts = {family: found["counts"] for family, found in damaged.items()}
    assert sum(sum(found.values()) for found in counts.values()) == 10_000
    assert set(counts["files"]) == {"NotSealed", "WrongKeyOrDamaged", "LinkNotForFile"}
    assert set(counts["plaintexts"]) == {"BadReport"}
    assert set(counts["texts"]) == {"BadReport", "good"}  # another question is another report, no damage
    assert counts["texts"]["good"] < 100


def test_control_a_mutation_that_is_opened_is_noticed(damaged: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*RULES["local headers and checksums"])
    found = readers.finished(run.damaged(readers.by_the_product, TEXT))
    assert found["plaintexts"]["counts"]["good"] > 0
    assert found["plaintexts"]["sha256"] != damaged["plaintexts"]["sha256"]


def test_mutations_get_the_same_verdicts_by_cryptography(damaged: dict) -> None:
    assert readers.finished(run.damaged(readers.by_cryptography, TEXT)) == damaged


@pytest.mark.parametrize("damage", [*mutations.ANYWHERE, mutations.header])
def test_each_kind_of_damage_does_damage(damage: mutations.Damage) -> None:
    first, second = (vector["file"] for vector in list(vectors.read(TEXT))[:2])
    chance = mutations.Chance("damage")
    done = {damage(chance, first, second) for _ in range(20)}
    assert len(done - {first}) > 5


@pytest.mark.parametrize("reader", READERS)
def test_nothing_of_a_bad_chunk_is_handed_on(reader: run.Open) -> None:
    assert readers.finished(watch.offences(reader, TEXT)) == []


def test_control_a_reader_that_does_not_authenticate_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def decrypt(stream: cobblestone.StreamKeys, body: bytes) -> bytes:
        plain = b""
        for number, at in enumerate(range(0, len(body), cobblestone.SEALED_CHUNK)):
            # GCM is counter mode from 2 on (NIST SP 800-38D, 7.1), and a tag that is not looked at here.
            mode = modes.CTR(stream.nonces(number, 1) + b"\0\0\0\2")
            cipher = Cipher(algorithms.AES(stream.key), mode).decryptor()
            plain += cipher.update(body[at : at + cobblestone.SEALED_CHUNK][:-16])
        return plain

    monkeypatch.setattr(readers, "decrypt", decrypt)
    found = readers.finished(watch.offences(readers.by_chunks, TEXT))
    assert len(found) == 16
    assert len([line for line in found if ", handed on" in line]) == 14  # all but the empty chunk, which holds nothing


RULES = {
    "commitment": (cobblestone.StreamKeys, "check", lambda self, commitment: None),
    "short last chunk": (cobblestone, "chunk_count", lambda length: -(-length // cobblestone.SEALED_CHUNK)),
    "canonical form": (canonical, "loads", json.loads),
    "times": (header, "is_time", lambda text: True),
    "key ids": (header, "is_id", lambda text: True),
    "key servers": (header, "is_base_url", lambda text: True),
    "names, order, numbers, sizes": (archive, "_check_names", lambda entries: None),
    "beginnings of files": (archive, "_begins_right", lambda entry, content: True),
    "local headers and checksums": (archive.Entry, "read", lambda self, data: data[-self.size :]),
    "attributes and stray text": (report, "_check_shape", lambda root: None),
    "depth of report.xml": (report, "_Shallow", ET.TreeBuilder),
    "numbers of pixels": (report, "_pixels", int),
    "characters": (report, "_writable", lambda text: True),
}


@pytest.mark.parametrize("rule", RULES)
def test_control_a_rule_that_is_switched_off_is_noticed(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*RULES[rule])
    found = readers.finished(run.surprises(readers.by_chunks, TEXT))
    assert [line for line in found if re.search(": good, not |: not ours", line)], found
