"""HPKE for servers and command line: sealed to a public key, opened by its pair alone."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from sealed.errors import WrongKeyOrDamaged
from tests.sealed import hpke_cases as cases
from tests.sealed.readers import finished
from tests.sealed.test_hpke import load
from tests.vectors.hpke import surprises
from viewer import hpke


async def open_(private: bytes, public: bytes, sealed: bytes, info: bytes) -> bytes:
    pair = hpke.KeyPair(load(private))
    assert pair.public == public
    return pair.open(sealed, info)


def test_opens_what_is_right_and_nothing_else() -> None:
    assert finished(surprises(open_, cases.text(*cases.good(), *cases.bad(), *cases.bad_points()))) == []


def test_seals_for_one_pair_and_one_info() -> None:
    pair, other = hpke.KeyPair.generate(), hpke.KeyPair.generate()
    sealed = hpke.seal(cases.SHARE, pair.public, cases.INFO)
    assert len(sealed) == 65 + 32 + 16
    assert sealed != hpke.seal(cases.SHARE, pair.public, cases.INFO)
    assert pair.open(sealed, cases.INFO) == cases.SHARE
    for wrong, info in ((pair, b""), (other, cases.INFO)):
        with pytest.raises(WrongKeyOrDamaged):
            wrong.open(sealed, info)


def test_cryptography_opens_what_is_sealed() -> None:
    sealed = hpke.seal(cases.SHARE, cases.public(cases.OURS), cases.INFO)
    assert cases.SUITE.decrypt(sealed, cases.OURS, cases.INFO) == cases.SHARE


POINT = cases.public(cases.OURS)
NO_KEYS = {
    **{name: sealed[: -len(cases.SHARE) - 16] for name, _, sealed, _, _ in cases.bad_points()},
    "a hybrid point": bytes([6 + POINT[64] % 2]) + POINT[1:],
    "nothing": b"",
    "too short": POINT[:-1],
    "too long": POINT + b"\0",
    "a bit changed": cases.changed(POINT, 0),
    "of another curve": cases.public(ec.generate_private_key(ec.SECP384R1())),
}


@pytest.mark.parametrize("key", NO_KEYS.values(), ids=NO_KEYS)
def test_a_bad_public_key_is_named(key: bytes) -> None:
    with pytest.raises(ValueError, match="uncompressed point of P-256"):
        hpke.seal(cases.SHARE, key, cases.INFO)
