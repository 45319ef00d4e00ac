"""What was sealed by HPKE, well and badly: made by `cryptography`, and what that will not make, by our own steps."""

import json
import os
from collections.abc import Iterator
from importlib import resources
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from sealed import hpke

Case = tuple[str, str, bytes, bytes, bytes | None]
"""Name, whose key opens, what was sealed, info, and the plaintext or None where it must be refused."""

CURVE = ec.SECP256R1()
P = 2**256 - 2**224 + 2**192 + 2**96 - 1  # the field of P-256, FIPS 186-5 and SP 800-186
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
SHARE = bytes(range(100, 132))
INFO = b"safelight v1 release\0https://keys.example.org\0" + bytes(range(32))
PUBLISHED: list[dict[str, Any]] = json.loads(
    (resources.files("cryptography_vectors") / "HPKE" / "test-vectors.json").read_text()
)


def of_our_kem(*modes: int) -> list[dict[str, Any]]:
    """The published vectors of DHKEM(P-256, HKDF-SHA256). Mode 0 is base; mode 1 has a psk, unseen by the KEM."""
    return [vector for vector in PUBLISHED if vector["kem_id"] == 0x0010 and vector["mode"] in modes]


def of_our_suite() -> dict[str, Any]:
    """The one published vector of our suite in base mode."""
    [found] = [vector for vector in of_our_kem(0) if (vector["kdf_id"], vector["aead_id"]) == (1, 2)]
    return found


def private_key(number: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int(number, 16), CURVE)


# Odd, so that a point of order two times this number is the point itself.
OURS = ec.derive_private_key(int.from_bytes(os.urandom(31)) | 1, CURVE)
ANOTHER = ec.generate_private_key(CURVE)
KEYS = {"ours": OURS, "another's": ANOTHER, "published": private_key(of_our_suite()["skRm"])}


def public(private: ec.EllipticCurvePrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def dh(private: ec.EllipticCurvePrivateKey, point: bytes) -> bytes:
    return private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point))


def seal(plain: bytes = SHARE, info: bytes = INFO, key: ec.EllipticCurvePrivateKey = OURS) -> bytes:
    return SUITE.encrypt(plain, key.public_key(), info)


def good() -> Iterator[Case]:
    for n in range(99):
        plain, info = os.urandom(n), os.urandom(3 * n)
        yield f"{n} bytes", "ours", seal(plain, info), info, plain
    yield "20,000 bytes", "ours", seal(bytes(20_000), INFO), INFO, bytes(20_000)
    for name, part in (("ephemeral x", lambda sealed: sealed[1:65]), ("y", lambda sealed: sealed[33:])):
        yield f"{name} that begins with a zero", "ours", _until_zero(part), INFO, SHARE
    yield "shared x that begins with a zero", "ours", _until_zero(lambda sealed: dh(OURS, sealed[:65])), INFO, SHARE
    found = {name: bytes.fromhex(of_our_suite()[name]) for name in ("key", "base_nonce", "enc", "info")}
    sealed = found["enc"] + AESGCM(found["key"]).encrypt(found["base_nonce"], SHARE, None)
    yield "published keys", "published", sealed, found["info"], SHARE


def _until_zero(part: Any) -> bytes:
    while part(sealed := seal())[0]:
        pass
    return sealed


def bad() -> Iterator[Case]:
    for name, owner, sealed, info in [*_damaged(seal()), *_other_info(seal()), *_mixed(seal(), seal(b"?" * 32))]:
        yield name, owner, sealed, info, None


def _damaged(sealed: bytes) -> Iterator[tuple[str, str, bytes, bytes]]:
    for bit in range(8 * len(sealed)):
        yield f"bit {bit} changed", "ours", changed(sealed, bit), INFO
    for length in range(len(sealed)):
        yield f"cut at {length}", "ours", sealed[:length], INFO
        yield f"{length} bytes less in front", "ours", sealed[len(sealed) - length :], INFO
    for place in (0, 65, len(sealed)):
        yield f"a byte more at {place}", "ours", sealed[:place] + b"\0" + sealed[place:], INFO


def _other_info(sealed: bytes) -> Iterator[tuple[str, str, bytes, bytes]]:
    for bit in range(8 * len(INFO)):
        yield f"bit {bit} of info changed", "ours", sealed, changed(INFO, bit)
    for length in range(len(INFO)):
        yield f"info cut at {length}", "ours", sealed, INFO[:length]
    yield "info longer", "ours", sealed, INFO + b"\0"
    yield "sealed without info", "ours", seal(info=b""), INFO


def _mixed(sealed: bytes, other: bytes) -> Iterator[tuple[str, str, bytes, bytes]]:
    yield "another's key", "another's", sealed, INFO
    yield "sealed to another", "ours", seal(key=ANOTHER), INFO
    yield "enc of another message", "ours", other[:65] + sealed[65:], INFO
    yield "ciphertext of another message", "ours", sealed[:65] + other[65:], INFO
    yield "twice", "ours", sealed * 2, INFO
    yield "our own public key as enc", "ours", public(OURS) + sealed[65:], INFO


def bad_points() -> Iterator[Case]:
    """Right but for the form or the place of `enc`: whoever does not check the point opens them."""
    key = ec.generate_private_key(CURVE)
    enc, secret = public(key), dh(OURS, public(key))
    yield "a point of order two on another curve", "ours", forged(pair(4, 7, 0), (7).to_bytes(32)), INFO, None
    x, y = _small_point()
    yield "x not reduced", "ours", forged(pair(4, x + P, y), dh(OURS, pair(4, x, y))), INFO, None
    yield "a compressed point", "ours", forged(bytes([2 + enc[64] % 2]) + enc[1:33], secret), INFO, None
    yield "a compressed point, filled up", "ours", forged(bytes([2 + enc[64] % 2]) + enc[1:], secret), INFO, None
    yield "x and y alone", "ours", forged(enc[1:], secret), INFO, None
    for name, point in {"zeros": bytes(65), "the point 0, 0": pair(4, 0, 0), "no point": b"\0"}.items():
        yield name, "ours", forged(point, bytes(32)), INFO, None


def forged(enc: bytes, secret: bytes) -> bytes:
    """Seal as `cryptography` will not: with any `enc`, and what is said to be its Diffie-Hellman value."""
    key, nonce = hpke.key_schedule(hpke.shared_secret(secret, enc, public(OURS)), INFO)
    return enc + AESGCM(key).encrypt(nonce, SHARE, None)


def _small_point() -> tuple[int, int]:
    """A point whose x leaves room for the field's prime within 32 bytes."""
    for x in range(1, 100):
        square = (x**3 - 3 * x + B) % P
        y = pow(square, (P + 1) // 4, P)  # a root, where there is one: P is 3 modulo 4
        if y * y % P == square:
            return x, y
    raise AssertionError("half of all x have a point")


def pair(form: int, x: int, y: int) -> bytes:
    return bytes([form]) + x.to_bytes(32) + y.to_bytes(32)


def changed(data: bytes, bit: int) -> bytes:
    return (int.from_bytes(data) ^ (1 << bit)).to_bytes(len(data))


def text(*cases: Case) -> str:
    """The cases as tests.vectors.hpke takes them."""
    form = Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
    keys = {name: (key.private_bytes(*form).hex(), public(key).hex()) for name, key in KEYS.items()}
    return json.dumps({"keys": keys, "cases": cases}, default=bytes.hex)
