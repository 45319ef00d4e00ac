"""Controls: servers in which one check is missing; the matrix, and the questions about it, find each."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
from sqlalchemy import update

from tests.api import answers
from tests.authorisation import matrix
from tests.authorisation.identities import ADA, FAR_AWAY, PORTAL
from tests.authorisation.matrix import ROUTES
from tests.authorisation.table import MALFORMED, Cell, members
from tests.authorisation.world import World
from viewer import clock, gate
from viewer.keyserver import keys, policy
from viewer.keyserver.models import Key
from viewer.passes import IssuerKeys, PassVerifier
from viewer.portal import passes, recovery, reports
from viewer.portal.models import Recovery
from viewer.problems import Problem

Patch = pytest.MonkeyPatch
OWNERS = ["GET /v1/keys/<report>/log", "PUT /v1/keys/<report>/policy", "POST /v1/keys/<report>/revoke"]
RELEASE, ASK = "POST /v1/keys/<report>/release", "POST /v1/keys/<report>/requests"
CREATE, STORE, FETCH = "POST /v1/keys/<report>", "POST /v1/blobs/<report>", "GET /v1/blobs/<report>"
UPLOADS = [f"{method} /v1/blobs/<report>/upload" for method in ("HEAD", "PATCH", "DELETE")]
UPLOADS += ["DELETE /v1/blobs/<report>"]
OF_SENDERS = [
    f"POST /api/passes {scope}" for scope in ("key:create", "policy:write", "log:read", "blob:put", "blob:delete")
]


class Anybody(str):
    """Text that is equal to any other."""

    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False


def believed(change: Callable[[World, Any, dict[str, Any]], Any]) -> Callable[[Patch, World], None]:
    """A verifier that takes more from a pass than it should; `change` gets the pass and all its claims."""

    def variant(patch: Patch, world: World) -> None:
        real = PassVerifier._decode

        def decode(self: PassVerifier, token: str) -> Any:
            return change(world, real(self, token), jwt.decode(token, options={"verify_signature": False}))

        patch.setattr(PassVerifier, "_decode", decode)

    return variant


def no_owner(patch: Patch, world: World) -> None:
    patch.setattr(keys, "_owner", lambda of: None)


def anybody_is_meant(patch: Patch, world: World) -> None:
    patch.setattr(policy, "_is_meant", lambda *of: True)


def lenient(*words: str) -> Callable[[Patch, World], None]:
    """A policy that does not know some reasons to refuse."""

    def variant(patch: Patch, world: World) -> None:
        real = policy._refusal

        def refusal(*of: Any) -> str | None:
            word = real(*of)
            return None if word in words else word

        patch.setattr(policy, "_refusal", refusal)

    return variant


def any_id(patch: Patch, world: World) -> None:
    patch.setattr(gate, "is_id", lambda text: True)


def everybody_is_on_the_list(patch: Patch, world: World) -> None:
    for verifier in world.app.extensions["safelight.verifiers"].values():
        patch.setitem(verifier._issuers, FAR_AWAY, IssuerKeys(FAR_AWAY))


def everybody_is_the_sender(patch: Patch, world: World) -> None:
    """The portal looks whether somebody sends, not whether it was they."""
    for module in (passes, reports):
        real = module.current_user
        patch.setattr(module, "current_user", Sender(real))


class Sender:
    """Whoever is signed in, equal to every sender."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return {"account": Anybody(self._real.account), "may_send": True}.get(name, getattr(self._real, name))


def any_organisation(patch: Patch, world: World) -> None:
    patch.setattr(policy, "_of_recovery", lambda key, asker: None)


def everybody_is_in_charge(patch: Patch, world: World) -> None:
    """The portal looks whether something is kept for a recovery, not for whom."""
    patch.setattr(recovery, "of_administrator", lambda session, of, report: session.get(Recovery, report))


def nobody_need_sign_in(patch: Patch, world: World) -> None:
    patch.setattr(gate, "current_user", SimpleNamespace(is_authenticated=True))


# What is missing; and on which routes the matrix must find whom.
VARIANTS: dict[str, tuple[Callable[[Patch, World], None], list[str], str]] = {
    "the owner": (no_owner, OWNERS, "named claimed latecomer administrator auditor sender other-issuer"),
    "who is meant": (anybody_is_meant, [RELEASE, ASK], "recipient sender administrator auditor other-sender"),
    "revoked and expired": (lenient("revoked", "expired"), [RELEASE, ASK], "revoked expired"),
    "who was first": (lenient("claimed"), [RELEASE, ASK], "latecomer"),
    "whose issuer": (
        believed(lambda world, found, claims: replace(found, issuer=PORTAL)),
        [RELEASE, ASK, FETCH, *OWNERS, *UPLOADS],
        "other-issuer",
    ),
    "which account": (
        believed(lambda world, found, claims: replace(found, account=world.accounts[ADA])),
        [CREATE, *OWNERS, *UPLOADS],
        "revoked expired claimed latecomer other-sender administrator auditor",
    ),
    "that a role in a pass is nothing": (
        believed(lambda world, found, said: replace(found, account=world.accounts[ADA]) if "admin" in said else found),
        [CREATE, *OWNERS, *UPLOADS],
        "administrator auditor",
    ),
    "which issuers are on the list": (
        everybody_is_on_the_list,
        [RELEASE, STORE, CREATE, FETCH, *OWNERS, *UPLOADS],
        "unlisted-issuer",
    ),
    "whose organisation": (
        any_organisation,
        ["POST /v1/keys/<report>/recover"],
        "recipient claimed latecomer sender other-sender other-issuer",
    ),
    "who is in charge": (
        everybody_is_in_charge,
        ["POST /api/passes key:recover", "GET /api/reports/<report>/recovery"],
        "sender other-sender recipient latecomer auditor",
    ),
    "what an id is": (any_id, [CREATE, STORE], "administrator sender other-issuer recipient"),
    "who sends": (
        everybody_is_the_sender,
        [*OF_SENDERS, "PUT /api/reports/<report>/recipients"],
        "other-sender recipient administrator claimed",
    ),
    "a session": (nobody_need_sign_in, [*OF_SENDERS, "GET /api/reports"], "anonymous other-issuer unlisted-issuer"),
}


def cells_of(*routes: str) -> list[Cell]:
    """Of the malformed ids, one form is enough here."""
    return [cell for cell in matrix.cells_of(*routes) if cell.kind not in MALFORMED[1:]]


@pytest.fixture(autouse=True)
def no_document(monkeypatch: Patch) -> None:
    """What servers answer that are broken on purpose stands in no document."""
    monkeypatch.setattr(answers, "check", lambda app, answer: None)


@pytest.mark.parametrize("what", VARIANTS)
def test_a_check_that_is_missing_is_found(world: World, monkeypatch: Patch, what: str) -> None:
    variant, routes, who = VARIANTS[what]
    cells = [cell for cell in cells_of(*routes) if cell.who in members(who)]
    assert matrix.wrong(world.outcome, cells) == [], "as it is, nothing is found"
    variant(monkeypatch, world)
    found = {(str(cell.route), cell.who) for cell in matrix.wrong(world.asked, cells)}
    assert found == {(route, one) for route in routes for one in members(who)}


@pytest.mark.parametrize("what", ["scope", "object"])
def test_a_pass_for_something_else_is_found(world: World, monkeypatch: Patch, what: str) -> None:
    real = PassVerifier.verify

    def verify(self: PassVerifier, authorization: str, scope: str, report: str) -> Any:
        claims = jwt.decode(authorization.partition(" ")[2], options={"verify_signature": False})
        asked = {"scope": scope, "object": report}
        asked[what] = claims[what]
        return real(self, authorization, **{"scope": asked["scope"], "report": asked["object"]})

    monkeypatch.setattr(PassVerifier, "verify", verify)
    assert [route for route in ROUTES if route.by_pass and not matrix.let_in(world, route)] == []


@pytest.mark.parametrize("status", [403, 404])
def test_an_id_that_is_told_by_its_refusal_is_found(world: World, monkeypatch: Patch, status: int) -> None:
    """By its status; or by a blank in the same sentence."""
    real = keys._own

    def told(key: Any, asker: Any) -> Any:
        try:
            return real(key, asker)
        except Problem as problem:
            raise problem if key is None else Problem(status, problem.error, problem.message + " ") from None

    assert matrix.unlike(world.outcome, cells_of(*OWNERS)) == []
    monkeypatch.setattr(keys, "_own", told)
    assert {found.split(" | ")[0] for found in matrix.unlike(world.asked, cells_of(*OWNERS))} == set(OWNERS)


def test_what_a_refusal_leaves_behind_is_found(world: World, monkeypatch: Patch) -> None:
    real = policy.decide

    def decide(session: Any, key: Any, *of: Any, **more: Any) -> Any:
        decision = real(session, key, *of, **more)
        if key and decision.refusal:
            session.execute(update(Key).where(Key.id == key.id).values(created_at=clock.now() + 1))
        return decision

    assert matrix.left_behind(world.outcome, cells_of(RELEASE, ASK)) == []
    monkeypatch.setattr(policy, "decide", decide)
    found = matrix.left_behind(world.asked, cells_of(RELEASE, ASK))
    assert {(str(cell.route), cell.who) for cell in found} >= {(RELEASE, "recipient"), (ASK, "revoked")}


def test_denials_that_are_not_logged_are_found(world: World, monkeypatch: Patch) -> None:
    monkeypatch.setattr("viewer.keyserver.log.MOST_DENIALS", (0, 3600))
    found = matrix.left_behind(world.asked, cells_of(RELEASE))
    assert {cell.who for cell in found} >= set(members("recipient administrator other-issuer latecomer"))
