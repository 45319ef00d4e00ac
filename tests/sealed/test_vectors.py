"""Every vector in CPython: the verdict that FORMAT.md gives, by `cryptography`'s cipher and by our own steps."""

import hashlib

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sealed import base32, cobblestone, keys
from sealed.errors import SealedError, WrongKeyOrDamaged
from sealed.header import read_front
from tests import vectors
from viewer.sender import sealing

VECTORS = list(vectors.read(vectors.CONTAINER.read_text()))


def by_our_steps(data: bytes, server_share: bytes, link: str | None) -> bytes:
    """Decrypt by sealed.cobblestone's steps and a bare AES-GCM."""
    front = read_front(data)
    share = None if link is None else base32.read_link_text(link)
    front.header.check_link(share)
    body = data[front.length :]
    cobblestone.chunk_count(len(body))
    file_key = keys.file_key(server_share, share, front.header.key_id)
    stream = cobblestone.StreamKeys.derive(file_key, front.salt, front.context)
    stream.check(front.commitment)
    cipher, pieces = AESGCM(stream.key), [body[i : i + 1000] for i in range(0, len(body), 1000)]
    try:
        return b"".join(cipher.decrypt(n, c, None) for n, c in cobblestone.open_steps(stream, pieces))
    except InvalidTag:
        raise WrongKeyOrDamaged(cobblestone.DAMAGED) from None


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_verdict(vector: dict) -> None:
    inputs = vector["file"], vector["server_share"], vector["link"]
    if vector["verdict"] == "good":
        details, contents = sealing.open_whole(*inputs)
        shown = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
        assert shown == vector["entries"]
        assert details.patient and details.sender == "Dr Ada Lovelace"
        assert all(content in by_our_steps(*inputs) for content in contents.values())
        return
    with pytest.raises(SealedError) as refused:
        sealing.open_whole(*inputs)
    assert type(refused.value).__name__ == vector["verdict"]
    if vector["verdict"] != "BadReport":
        with pytest.raises(SealedError) as refused:
            by_our_steps(*inputs)
        assert type(refused.value).__name__ == vector["verdict"]


def test_the_set_is_not_empty() -> None:
    verdicts = [vector["verdict"] for vector in VECTORS]
    assert verdicts.count("good") >= 9 and len(verdicts) - verdicts.count("good") >= 80
