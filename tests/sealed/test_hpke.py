"""HPKE's steps, judged by the published vectors and by what `cryptography` seals."""

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_der_private_key

from sealed import hpke
from sealed.errors import WrongKeyOrDamaged
from tests.sealed import hpke_cases as cases
from tests.sealed.readers import finished
from tests.vectors.hpke import surprises

Point = tuple[int, int] | None


async def by_steps(private: bytes, public: bytes, sealed: bytes, info: bytes) -> bytes:
    """Our steps between the curve and the cipher of `cryptography`."""
    try:
        dh = cases.dh(load(private), sealed[:65])
    except ValueError:
        raise WrongKeyOrDamaged(hpke.DAMAGED) from None
    return opened(dh, public, sealed, info)


async def unchecked(private: bytes, public: bytes, sealed: bytes, info: bytes) -> bytes:
    """The control: the same, but takes any two numbers for a point."""
    point = int.from_bytes(sealed[1:33]) % cases.P, int.from_bytes(sealed[33:65]) % cases.P
    result = times(load(private).private_numbers().private_value, point)
    return opened((result or (0, 0))[0].to_bytes(32), public, sealed, info)


def load(private: bytes) -> ec.EllipticCurvePrivateKey:
    key = load_der_private_key(private, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def opened(dh: bytes, public: bytes, sealed: bytes, info: bytes) -> bytes:
    key, nonce = hpke.key_schedule(hpke.shared_secret(dh, sealed[:65], public), info)
    try:
        return AESGCM(key).decrypt(nonce, sealed[65:], None)
    except InvalidTag:
        raise WrongKeyOrDamaged(hpke.DAMAGED) from None


def times(factor: int, point: Point) -> Point:
    """Double and add; no step asks for the curve's B, so that any point is on some curve."""
    result: Point = None
    for bit in f"{factor:b}":
        result = plus(result, result)
        if bit == "1":
            result = plus(result, point)
    return result


def plus(one: Point, two: Point) -> Point:
    if one is None or two is None:
        return one or two
    (x, y), (u, v) = one, two
    if x == u and (y + v) % cases.P == 0:
        return None
    rise, run = (3 * x * x - 3, 2 * y) if one == two else (v - y, u - x)
    slope = rise * pow(run, -1, cases.P)
    across = (slope * slope - x - u) % cases.P
    return across, (slope * (x - across) - y) % cases.P


def test_published_shared_secrets() -> None:
    vectors = cases.of_our_kem(0, 1)
    for vector in vectors:
        enc, public = bytes.fromhex(vector["enc"]), bytes.fromhex(vector["pkRm"])
        dh = cases.dh(cases.private_key(vector["skEm"]), public)
        assert hpke.shared_secret(dh, enc, public).hex() == vector["shared_secret"]
        assert hpke.shared_secret(dh, public, enc).hex() != vector["shared_secret"], "control: the order counts"
    assert len(vectors) == 16


def test_published_key_schedule() -> None:
    vector = cases.of_our_suite()
    shared_secret, info = bytes.fromhex(vector["shared_secret"]), bytes.fromhex(vector["info"])
    key, nonce = hpke.key_schedule(shared_secret, info)
    assert (key.hex(), nonce.hex()) == (vector["key"], vector["base_nonce"])
    first = vector["encryptions"][0]
    plain = AESGCM(key).decrypt(nonce, bytes.fromhex(first["ct"]), bytes.fromhex(first["aad"]))
    assert plain.hex() == first["pt"]
    assert hpke.key_schedule(shared_secret, b"") != (key, nonce), "control: without info they are others"


def test_what_is_sealed_well_is_opened() -> None:
    assert finished(surprises(by_steps, cases.text(*cases.good()))) == []


def test_anything_else_is_refused() -> None:
    assert finished(surprises(by_steps, cases.text(*cases.bad(), *cases.bad_points()))) == []


def test_control_without_info_the_cases_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """A recipient who leaves info out cannot open what was sealed with it, and opens what was sealed without."""
    ours = hpke.key_schedule
    monkeypatch.setattr(hpke, "key_schedule", lambda shared_secret, info: ours(shared_secret, b""))
    assert len(finished(surprises(by_steps, cases.text(*cases.good())))) > 100
    assert finished(surprises(by_steps, cases.text(*cases.bad()))) == [
        f"sealed without info: good: {cases.SHARE.hex()}"
    ]


def test_control_without_the_check_points_of_no_curve_are_taken() -> None:
    assert finished(surprises(unchecked, cases.text(*list(cases.good())[:3]))) == [], "what is right, it opens"
    taken = finished(surprises(unchecked, cases.text(*cases.bad_points())))
    assert {line.partition(":")[0] for line in taken} > {"a point of order two on another curve", "x not reduced"}
