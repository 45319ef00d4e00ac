"""The body's encryption, judged by `cryptography`'s own Cobblestone-256 and its published vectors."""

import os
import random

import pytest
from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sealed import cobblestone
from sealed.cobblestone import CHUNK, SEALED_CHUNK, StreamKeys
from sealed.errors import NotSealed, SealedError, WrongKeyOrDamaged
from tests.sealed import readers
from tests.vectors import published

SIZES = [0, 1, 15, 16, 17, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1, 5 * CHUNK + 7]


def seal(key: bytes, context: bytes, plaintext: bytes, piece: int = 1000) -> bytes:
    salt = os.urandom(24)
    keys = StreamKeys.derive(key, salt, context)
    cipher, pieces = AESGCM(keys.key), (plaintext[i : i + piece] for i in range(0, len(plaintext), piece))
    return (
        salt + keys.commitment + b"".join(cipher.encrypt(n, c, None) for n, c in cobblestone.seal_steps(keys, pieces))
    )


def unseal(key: bytes, context: bytes, sealed: bytes, piece: int = 1000) -> bytes:
    return decrypt(StreamKeys.derive(key, sealed[:24], context), sealed, piece)


def decrypt(keys: StreamKeys, sealed: bytes, piece: int = 1000) -> bytes:
    body = sealed[56:]
    cobblestone.chunk_count(len(body))
    keys.check(sealed[24:56])
    cipher, pieces = AESGCM(keys.key), (body[i : i + piece] for i in range(0, len(body), piece))
    try:
        return b"".join(cipher.decrypt(n, c, None) for n, c in cobblestone.open_steps(keys, pieces))
    except InvalidTag:
        raise WrongKeyOrDamaged(cobblestone.DAMAGED) from None


@pytest.mark.parametrize("size", SIZES)
def test_what_we_seal_pyca_opens_and_the_other_way_round(size: int) -> None:
    key, context, plaintext = os.urandom(32), os.urandom(50), os.urandom(size)
    decryptor = Cobblestone256Decryptor(key, context)
    assert decryptor.update(seal(key, context, plaintext)) + decryptor.finalize() == plaintext
    encryptor = Cobblestone256Encryptor(key, context)
    sealed = encryptor.update(plaintext) + encryptor.finalize()
    assert unseal(key, context, sealed) == plaintext
    assert cobblestone.plain_length(len(sealed) - 56) == size
    assert len(sealed) == 56 + size + 16 * cobblestone.chunk_count(len(sealed) - 56)


def test_published_vectors() -> None:
    found = readers.finished(published.verdicts(readers.decrypt, readers.PUBLISHED))
    refused = {leaf.__name__ for leaf in (NotSealed, WrongKeyOrDamaged)}
    for name, expected, got in found:
        assert got == "success" if expected == "success" else got in refused, name
    expected = [expected for _, expected, _ in found]
    assert expected.count("success") == 9 and expected.count("failure") >= 20


def test_random_damage_is_refused_by_both_alike() -> None:
    key, context, chance = os.urandom(32), b"context", random.Random(1)
    good = seal(key, context, os.urandom(3 * CHUNK + 5))
    for _ in range(500):
        bad = bytearray(good)
        match chance.randrange(4):
            case 0:
                bad[chance.randrange(len(bad))] ^= 1 << chance.randrange(8)
            case 1:
                del bad[chance.randrange(len(bad)) :]
            case 2:
                bad += chance.randbytes(chance.randrange(1, 99))
            case _:
                at, size = chance.randrange(len(bad)), chance.choice([1, 16, SEALED_CHUNK])
                del bad[at : at + size]
        assert bad != good
        with pytest.raises(SealedError):
            unseal(key, context, bytes(bad), chance.choice([1, 999, 16_400, 10**6]))
        with pytest.raises((InvalidTag, ValueError)):
            decryptor = Cobblestone256Decryptor(key, context)
            decryptor.update(bytes(bad)) + decryptor.finalize()


def test_chunks_can_be_opened_alone() -> None:
    key, plaintext = os.urandom(32), os.urandom(3 * CHUNK + 5)
    sealed = seal(key, b"", plaintext)
    keys, body = StreamKeys.derive(key, sealed[:24], b""), sealed[56:]
    nonces = keys.nonces(1, 3)
    for place, number in enumerate((1, 2, 3)):
        chunk = body[number * SEALED_CHUNK : (number + 1) * SEALED_CHUNK]
        opened = AESGCM(keys.key).decrypt(nonces[12 * place : 12 * place + 12], chunk, None)
        assert opened == plaintext[number * CHUNK : (number + 1) * CHUNK]


@pytest.mark.parametrize("length", [0, 1, 15])
def test_no_chunk(length: int) -> None:
    with pytest.raises(NotSealed):
        cobblestone.chunk_count(length)


@pytest.mark.parametrize("length", [SEALED_CHUNK, 2 * SEALED_CHUNK, SEALED_CHUNK + 15])
def test_no_short_last_chunk(length: int) -> None:
    with pytest.raises(WrongKeyOrDamaged):
        cobblestone.chunk_count(length)


def test_keys_are_not_printed() -> None:
    keys = StreamKeys.derive(bytes(32), bytes(24), b"")
    assert keys.key.hex() not in repr(keys) and str(keys.key) not in repr(keys)
