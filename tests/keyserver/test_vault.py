"""The vault: a share comes out for its own key and under a known key-encryption key (KEK) only."""

import logging
import os
import traceback

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.inprocess import REPORT
from viewer.keyserver.vault import Locked, Vault, kek_id, wrapped_under

OTHER = "7" + REPORT[1:]
OLD, NEW = os.urandom(32), os.urandom(32)
SHARE = os.urandom(32)


def of_version_0_1(kek: bytes, share: bytes, key_id: str) -> bytes:
    """A share as version 0.1 wrapped it: without the KEK's id."""
    nonce = os.urandom(12)
    return nonce + AESGCM(kek).encrypt(nonce, share, key_id.encode())


class Unbound(Vault):
    """The control: does not bind a share to its key."""

    def wrap(self, share: bytes, key_id: str) -> bytes:
        return super().wrap(share, "")

    def unwrap(self, wrapped: bytes, key_id: str) -> bytes:
        return super().unwrap(wrapped, "")


def opens(vault: Vault, wrapped: bytes, key_id: str = REPORT) -> bool:
    try:
        return vault.unwrap(wrapped, key_id) == SHARE
    except Locked as locked:
        assert locked.status == 503 and locked.error == "busy"
        return False


def test_a_kek_is_known_by_the_beginning_of_a_hash() -> None:
    # printf 'safelight v1 kek id\0kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk' | openssl dgst -sha256
    assert kek_id(b"k" * 32) == "6fec85f01457b8f3"
    assert wrapped_under(Vault([NEW, OLD]).wrap(SHARE, REPORT)) == kek_id(NEW)


def test_the_first_wraps_and_all_unwrap() -> None:
    before, during, after = Vault([OLD]), Vault([NEW, OLD]), Vault([NEW])
    old, new = before.wrap(SHARE, REPORT), during.wrap(SHARE, REPORT)
    assert [opens(vault, old) for vault in (before, during, after)] == [True, True, False]
    assert [opens(vault, new) for vault in (before, during, after)] == [False, True, True]
    assert opens(after, during.rewrap(old, REPORT))


def test_what_version_0_1_wrapped_still_opens_and_gets_an_id() -> None:
    old = of_version_0_1(OLD, SHARE, REPORT)
    assert wrapped_under(old) is None
    assert [opens(Vault(keks), old) for keks in ([OLD], [NEW, OLD], [NEW])] == [True, True, False]
    assert not opens(Vault([OLD]), old, OTHER)
    again = Vault([NEW, OLD]).rewrap(old, REPORT)
    assert wrapped_under(again) == kek_id(NEW) and opens(Vault([NEW]), again)


@pytest.mark.parametrize(("kind", "taken"), [(Vault, False), (Unbound, True)], ids=["ours", "control"])
def test_another_keys_share_is_not_taken(kind: type[Vault], taken: bool) -> None:
    vault = kind([OLD])
    theirs = vault.wrap(SHARE, OTHER)
    assert opens(vault, theirs, OTHER) and opens(vault, theirs, REPORT) == taken


@pytest.mark.parametrize(
    "wrapped", [Vault([OLD]).wrap(SHARE, REPORT), of_version_0_1(OLD, SHARE, REPORT)], ids=["now", "0.1"]
)
def test_every_changed_bit_is_noticed(wrapped: bytes) -> None:
    vault = Vault([NEW, OLD])
    assert opens(vault, wrapped), "control"
    for bit in range(8 * len(wrapped)):
        changed = bytearray(wrapped)
        changed[bit // 8] ^= 1 << bit % 8
        assert not opens(vault, bytes(changed)), bit


@pytest.mark.parametrize("length", range(80))
def test_every_wrong_length_is_noticed(length: int) -> None:
    wrapped = (Vault([OLD]).wrap(SHARE, REPORT) + bytes(12))[:length]
    assert opens(Vault([OLD]), wrapped) == (length == 68)


def test_the_id_of_another_kek_opens_nothing() -> None:
    vault = Vault([NEW, OLD])
    wrapped = vault.wrap(SHARE, REPORT)
    assert not opens(vault, bytes.fromhex(kek_id(OLD)) + wrapped[8:])


def test_what_is_logged_names_the_kek_and_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    wrapped = Vault([OLD]).wrap(SHARE, REPORT)
    with caplog.at_level(logging.DEBUG), pytest.raises(Locked) as locked:
        Vault([NEW]).unwrap(wrapped, REPORT)
    assert f"{kek_id(OLD)}, is not among the given ones" in caplog.text
    told = caplog.text + locked.value.message + "".join(traceback.format_exception(locked.value))
    for secret in (OLD, NEW, SHARE):
        assert secret.hex() not in told and repr(secret) not in told
    assert REPORT not in caplog.text, "logs name no report"
    assert OLD.hex() not in repr(vars(Vault([OLD]))) and repr(OLD) not in repr(vars(Vault([OLD])))
