"""HPKE (RFC 9180) for servers and command line: `cryptography`'s own, in the one suite of sealed/hpke.py."""

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from sealed.errors import WrongKeyOrDamaged
from sealed.hpke import DAMAGED, POINT

_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def seal(data: bytes, public_key: bytes, info: bytes) -> bytes:
    """Return enc (65 bytes) ‖ ciphertext (16 bytes longer than `data`), for the owner of `public_key` alone.

    `public_key` is an uncompressed P-256 point (65 bytes). Raises ValueError where it is none.
    """
    return _SUITE.encrypt(data, point(public_key), info)


def point(public_key: bytes) -> ec.EllipticCurvePublicKey:
    """Return the point of P-256 that an HPKE public key (65 bytes, uncompressed) is. Raises ValueError for none."""
    try:
        if len(public_key) != POINT:  # a compressed point would do for `cryptography`
            raise ValueError
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
    except ValueError:
        raise ValueError("an HPKE public key is an uncompressed point of P-256, 65 bytes") from None


class KeyPair:
    """A key pair: of one answer, or an organisation's for recovery. `public` is an uncompressed point (65 bytes)."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @classmethod
    def generate(cls) -> "KeyPair":
        """Make a fresh pair; it is forgotten with the program."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def load(cls, pem: bytes, passphrase: str) -> "KeyPair":
        """Return the pair that `pem` made. Raises ValueError for another passphrase, and for what is no such pair."""
        try:
            private = load_pem_private_key(pem, passphrase.encode())
        except (TypeError, UnsupportedAlgorithm) as error:  # TypeError: it is not encrypted at all
            raise ValueError("no key under a passphrase") from error
        if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
            raise ValueError("no key of P-256")
        return cls(private)

    def pem(self, passphrase: str) -> bytes:
        """Return the private key as PKCS#8 in PEM, encrypted under a passphrase."""
        return self._private.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.encode())
        )

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """Return what was sealed to this pair with this `info`. Raises WrongKeyOrDamaged, whatever is wrong."""
        try:
            return _SUITE.decrypt(sealed, self._private, info)
        except InvalidTag:
            raise WrongKeyOrDamaged(DAMAGED) from None
