"""Controls: with one check out of order, just those answers are let in which that check is there for."""

import dataclasses
import hashlib
import json
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import webauthn
from webauthn.helpers.cose import COSEAlgorithmIdentifier as Algorithm

from tests.portal.conftest import Person, Portal
from tests.portal.passkeys.authenticator import Authenticator, Bend
from tests.portal.passkeys.cases import ADDING, SIGNING
from tests.portal.passkeys.steps import add, sign_in
from viewer.portal import ceremonies

Patch = pytest.MonkeyPatch
VERIFIERS = {
    "create": "webauthn.registration.verify_registration_response",
    "get": "webauthn.authentication.verify_authentication_response",
}
PARSERS = ("webauthn.helpers.parse_attestation_object", VERIFIERS["get"])


def believe_client(**said: Any) -> Callable[[Patch], None]:
    """The library reads client's data as if it said this."""

    def weaken(patch: Patch) -> None:
        for kind, name in VERIFIERS.items():
            module: Any = sys.modules[name]
            rightly, values = module.parse_client_data_json, {"type": f"webauthn.{kind}"} | said
            patch.setattr(
                module,
                "parse_client_data_json",
                lambda data, rightly=rightly, values=values: dataclasses.replace(rightly(data), **values),
            )

    return weaken


def believe_data(flags: dict[str, bool], **said: Any) -> Callable[[Patch], None]:
    """The library reads the authenticator's data as if it said this."""

    def weaken(patch: Patch) -> None:
        for name in PARSERS:
            module: Any = sys.modules[name]
            rightly = module.parse_authenticator_data

            def parse(data: bytes, rightly: Any = rightly) -> Any:
                found = rightly(data)
                found.flags = dataclasses.replace(found.flags, **flags)
                return dataclasses.replace(found, **said)

            patch.setattr(module, "parse_authenticator_data", parse)

    return weaken


def unframed(patch: Patch) -> None:
    """Nobody looks for a frame."""

    def loads(said: str) -> Any:
        return {name: value for name, value in json.loads(said).items() if name not in ("crossOrigin", "topOrigin")}

    patch.setattr(ceremonies, "json", SimpleNamespace(loads=loads))


def sloppy(patch: Patch) -> None:
    """Base64 as Python reads it."""
    patch.setattr(ceremonies, "_bytes", lambda name, said: webauthn.base64url_to_bytes(said))


def any_form(patch: Patch) -> None:
    patch.setattr(ceremonies, "_check_form", lambda verified: None)


def any_algorithm(patch: Patch) -> None:
    any_form(patch)
    patch.setattr(ceremonies, "ALGORITHMS", [*Algorithm])


def any_signature(patch: Patch) -> None:
    patch.setattr(sys.modules[VERIFIERS["get"]], "verify_signature", lambda **_: None)


class Anybody(bytes):
    """Is like everybody."""

    def __ne__(self, other: object) -> bool:
        return False


def any_owner(patch: Patch) -> None:
    """The user handle is not looked at."""
    read = ceremonies.read

    def weakened(*args: Any) -> ceremonies.Answer:
        answer = read(*args)
        return dataclasses.replace(answer, user_handle=Anybody(answer.user_handle))

    patch.setattr(ceremonies, "read", weakened)


SITE = hashlib.sha256(b"localhost").digest()
BOTH: dict[str, Callable[[Patch], None]] = {
    "origin": believe_client(origin="http://localhost"),
    "frame": unframed,
    "type": believe_client(),
    "site": believe_data({}, rp_id_hash=SITE),
    "presence": believe_data({"up": True}),
    "verification": believe_data({"uv": True}),
    "sloppy": sloppy,
}
OF_ADDING = BOTH | {"object's end": any_form, "key": any_algorithm}
OF_SIGNING = BOTH | {"signature": any_signature, "user handle": any_owner}


def cases(groups: dict[str, dict[str, Bend]], weakened: dict[str, Any]) -> list[Any]:
    return [
        pytest.param(weaken, bend, id=f"{group}: {name}")
        for group, weaken in weakened.items()
        for name, bend in groups[group].items()
    ]


@pytest.mark.parametrize(("weaken", "bend"), cases(ADDING, OF_ADDING))
def test_adding(
    there: Portal, another: Person, monkeypatch: Patch, weaken: Callable[[Patch], None], bend: Bend
) -> None:
    assert add(another, Authenticator(), bend).status_code == 403
    weaken(monkeypatch)
    assert add(another, Authenticator(), bend).status_code == 201


@pytest.mark.parametrize(("weaken", "bend"), cases(SIGNING, OF_SIGNING))
def test_signing_in(
    there: Portal, another: Person, monkeypatch: Patch, weaken: Callable[[Patch], None], bend: Bend
) -> None:
    theirs = Authenticator()
    assert add(another, theirs).status_code == 201
    assert sign_in(there.app, theirs, bend).status_code == 403
    weaken(monkeypatch)
    assert sign_in(there.app, theirs, bend).status_code == 200
