"""WebAuthn's two ceremonies, adding a passkey and signing in with one: what browsers are asked, and answers judged.

The library verifies (https://www.w3.org/TR/webauthn-3/, sections 7.1 and 7.2). What it lets pass stands here: sloppy
base64, bytes behind the CBOR, a page framed by another site's, keys of another kind than their algorithm says.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import webauthn
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from webauthn import helpers
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import structs
from webauthn.helpers.cose import COSEAlgorithmIdentifier as Algorithm
from webauthn.registration.verify_registration_response import VerifiedRegistration

from sealed import base64url

ALGORITHMS = [Algorithm.ECDSA_SHA_256, Algorithm.EDDSA, Algorithm.RSASSA_PKCS1_v1_5_SHA_256]
TRANSPORTS = {one.value for one in structs.AuthenticatorTransport}
# Bytes, far more than is needed: nobody's answer is to keep a worker busy. An id has 1023 at most by the standard.
_LONGEST = {
    "id": 1023,
    "challenge": 64,
    "userHandle": 64,
    "clientDataJSON": 4096,
    "authenticatorData": 4096,
    "attestationObject": 16_384,
    "signature": 1024,
}
_SMALLEST_RSA = 2048  # bits
_NEEDED = structs.UserVerificationRequirement.REQUIRED
_MILLISECONDS = 300_000  # for a person to find their phone


class Refused(Exception):
    """An answer that is none; why, nobody is told."""


@dataclass(frozen=True)
class Answer:
    """A browser's answer in its right form, of which nothing has been verified. `credential` is for the library."""

    credential: dict[str, Any]
    id: bytes
    challenge: bytes
    user_handle: bytes
    transports: tuple[str, ...]


def ask_to_add(
    portal: str, challenge: bytes, account: str, name: str, contact: str, known: Iterable[tuple[bytes, str]]
) -> dict[str, Any]:
    """Return what a browser needs for making a passkey. Of `known` ones, with transports, there is to be no second."""
    exclude = [
        structs.PublicKeyCredentialDescriptor(id=i, transports=[structs.AuthenticatorTransport(t) for t in ts.split()])
        for i, ts in known
    ]
    options = webauthn.generate_registration_options(
        rp_id=_host(portal),
        rp_name="Safelight",
        user_id=account.encode(),  # random, and nothing about anybody (ids.py)
        user_name=contact,
        user_display_name=name or contact,
        challenge=challenge,
        timeout=_MILLISECONDS,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED, user_verification=_NEEDED
        ),
        exclude_credentials=exclude,
        supported_pub_key_algs=ALGORITHMS,
    )
    return helpers.options_to_json_dict(options)


def ask_to_sign_in(portal: str, challenge: bytes) -> dict[str, Any]:
    """Return what a browser needs for signing anybody in: it names no passkey, so it tells of none."""
    options = webauthn.generate_authentication_options(
        rp_id=_host(portal), challenge=challenge, timeout=_MILLISECONDS, user_verification=_NEEDED
    )
    return helpers.options_to_json_dict(options)


def read(told: Any, *parts: str) -> Answer:
    """Return an answer that consists of these parts, as base64url in its one form. Raises Refused."""
    try:
        response, names = told["response"], ("clientDataJSON", *parts)
        found = {name: _bytes(name, response[name]) for name in names}
        client = json.loads(found["clientDataJSON"].decode())
        if told["rawId"] != told["id"] or client.get("crossOrigin", False) is not False or "topOrigin" in client:
            raise Refused
        transports = response.get("transports", [])
        return Answer(
            {"id": told["id"], "rawId": told["id"], "type": told["type"], "response": {n: response[n] for n in names}},
            _bytes("id", told["id"]),
            _bytes("challenge", client["challenge"]),
            found.get("userHandle", b""),
            tuple(sorted(TRANSPORTS.intersection(one for one in transports if isinstance(one, str)))),
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise Refused from None


def verify_added(answer: Answer, portal: str) -> VerifiedRegistration:
    """Return the passkey that an answer makes. Its challenge is the caller's to judge. Raises Refused."""
    try:
        verified = webauthn.verify_registration_response(
            credential=answer.credential,
            expected_challenge=answer.challenge,
            expected_rp_id=_host(portal),
            expected_origin=portal,
            require_user_verification=True,
            supported_pub_key_algs=ALGORITHMS,
        )
        _check_form(verified)
    except Exception:  # the library raises whatever the bytes lead it to
        raise Refused from None
    if verified.credential_id != answer.id:
        raise Refused
    return verified


def verify_signed_in(answer: Answer, portal: str, public_key: bytes) -> VerifiedAuthentication:
    """Return what a passkey has signed. Its challenge and its counter are the caller's to judge. Raises Refused."""
    try:
        return webauthn.verify_authentication_response(
            credential=answer.credential,
            expected_challenge=answer.challenge,
            expected_rp_id=_host(portal),
            expected_origin=portal,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception:  # as above
        raise Refused from None


def _check_form(verified: VerifiedRegistration) -> None:
    """Refuse an object with more in it than was asked for, and a key that its algorithm has no use for."""
    if len(helpers.encode_cbor(helpers.parse_cbor(verified.attestation_object))) != len(verified.attestation_object):
        raise Refused
    decoded = helpers.decode_credential_public_key(verified.credential_public_key)
    key: Any = helpers.decoded_public_key_to_cryptography(decoded)
    fits = {
        Algorithm.ECDSA_SHA_256: isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1),
        Algorithm.EDDSA: isinstance(key, Ed25519PublicKey),
        Algorithm.RSASSA_PKCS1_v1_5_SHA_256: isinstance(key, RSAPublicKey) and key.key_size >= _SMALLEST_RSA,
    }
    # No attestation was asked for: what browsers leave in place is a key's signature by itself.
    if not fits[decoded.alg] or verified.fmt not in (structs.AttestationFormat.NONE, structs.AttestationFormat.PACKED):
        raise Refused


def _bytes(name: str, text: str) -> bytes:
    if len(text) > 2 * _LONGEST[name]:
        raise ValueError
    data = base64url.decode(text)
    if not 0 < len(data) <= _LONGEST[name]:
        raise ValueError
    return data


def _host(portal: str) -> str:
    return urlsplit(portal).hostname or ""
