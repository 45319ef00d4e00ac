"""HPKE (RFC 9180) as steps: from the Diffie-Hellman value to key and nonce; no curve, no cipher.

One suite: base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; one message for one key pair,
empty `aad`. What travels is enc (65 bytes) ‖ ciphertext (16 bytes longer than the message).
The names are the RFC's, which says what each step is for. In CPython `cryptography` does all of this itself.
"""

from . import hkdf
from .errors import N_

POINT = 65  # bytes of enc and of a public key: an uncompressed P-256 point, section 7.1.1
_KEM = b"KEM\x00\x10"  # suite_id of section 4.1
_HPKE = b"HPKE\x00\x10\x00\x01\x00\x02"  # suite_id of section 5.1: KEM, KDF, AEAD as in section 7
_MODE_BASE = b"\0"

DAMAGED = N_(
    "The key did not arrive as the key server sent it. "
    "Try again; if that does not help, connect in another way, such as a mobile network."
)


def shared_secret(dh: bytes, enc: bytes, public_key: bytes) -> bytes:
    """Return the KEM's shared secret (32 bytes), section 4.1: `ExtractAndExpand`.

    `dh` is the x-coordinate (32 bytes) that ECDH gives for `enc` and the recipient's private key;
    `public_key` is the recipient's. Whoever computes `dh` has to check that `enc` is a point of the curve.
    """
    eae_prk = labeled_extract(_KEM, b"", b"eae_prk", dh)
    return labeled_expand(_KEM, eae_prk, b"shared_secret", enc + public_key, 32)


def key_schedule(shared_secret: bytes, info: bytes) -> tuple[bytes, bytes]:
    """Return key (32 bytes) and nonce (12 bytes) of the one message, section 5.1: `KeySchedule` without a psk."""
    psk_id_hash = labeled_extract(_HPKE, b"", b"psk_id_hash", b"")
    info_hash = labeled_extract(_HPKE, b"", b"info_hash", info)
    context = _MODE_BASE + psk_id_hash + info_hash
    secret = labeled_extract(_HPKE, shared_secret, b"secret", b"")
    key = labeled_expand(_HPKE, secret, b"key", context, 32)
    return key, labeled_expand(_HPKE, secret, b"base_nonce", context, 12)


def labeled_extract(suite_id: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    """Return 32 bytes, section 4: `LabeledExtract`."""
    return hkdf.extract(salt, b"HPKE-v1" + suite_id + label + ikm, "sha256")


def labeled_expand(suite_id: bytes, prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
    """Return `length` bytes, section 4: `LabeledExpand`."""
    return hkdf.expand(prk, length.to_bytes(2, "big") + b"HPKE-v1" + suite_id + label + info, length, "sha256")
