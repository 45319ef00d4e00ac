"""How the installation of the matrix comes to its state: by HTTP, as people would bring it there."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt
import pytest
from sqlalchemy import update

from sealed.base32 import encode_id
from sealed.cosignatures import AddCheckpoint
from sealed.notes import read_note
from tests import inprocess
from tests.authorisation.asking import BODIES, FILE, HALF, RECOVERY_KEY, SEALED, UPLOAD, policy
from tests.authorisation.identities import ADA, BEN, NEXT_DOOR, WHO
from tests.authorisation.state import State
from tests.authorisation.world import World
from tests.inprocess import PORTAL, SAME_ORIGIN
from tests.shares import asking
from viewer import clock, create_app
from viewer.database import Database
from viewer.keyserver.models import Key
from viewer.passes import IssuerKeys
from viewer.portal import invitations, messages, organisations
from viewer.portal.models import Account, Member, Organisation
from viewer.portal.models import Session as SignedIn

# By name of the report: who sends it, and who opens it.
PEOPLE = {
    "named": ("sender", "recipient"),
    "elsewhere": ("other-sender", "other-recipient"),
    "open": ("sender", "claimed"),
    "revoked": ("sender", "revoked"),
    "expired": ("sender", "expired"),
    "next door": ("other-issuer", "other-issuer"),
}


@contextmanager
def everybody(folder: Path) -> Iterator[World]:
    """An installation with all reports; two issuers' passes are good at its key server and file host."""
    settings = replace(inprocess.settings(folder), issuers=(PORTAL, NEXT_DOOR))
    for role in settings.roles:
        Database(settings, role).migrate()
    app = create_app(settings)
    app.test_client_class = inprocess.ProvingClient
    world = World(app, settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(IssuerKeys, "_fetch", lambda self: _keys(world, self.issuer))
        codes: dict[str, str] = {}
        patch.setattr(messages, "send_code", lambda settings, contact, code, **_: codes.__setitem__(contact, code))
        patch.setattr(messages, "send", lambda settings, contact, subject, text: None)
        _sign_in(world, codes)
        _organise(world)
        for name, (sender, reader) in PEOPLE.items():
            _send(world, name, sender, reader)
        _witness(world)
        world.state = State(settings)
        yield world
        world.state.close()


def _keys(world: World, issuer: str) -> dict[str, jwt.PyJWK]:
    return {key.key_id: key for key in jwt.PyJWKSet.from_dict(world.issuers[issuer].jwks).keys}


def _sign_in(world: World, codes: dict[str, str]) -> None:
    for contact in (ADA, BEN):
        invitations.invite(Database(world.settings, "portal"), world.settings, "Dr", contact)
    for contact in {who.contact: None for who in WHO.values() if who.issuer == PORTAL}:
        attempt = world.client.post("/api/codes", json={"contact": contact}, headers=SAME_ORIGIN).get_json()["attempt"]
        body = {"attempt": attempt, "code": codes[contact]}
        answer = world.client.post("/api/sessions", json=body, headers=SAME_ORIGIN)
        world.accounts[contact] = answer.get_json()["account"]["id"]
        [signed_in] = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("safelight=")]
        world.cookies[contact] = signed_in.partition(";")[0]
    with Database(world.settings, "portal").write() as session:  # fresh, however long the tests take
        session.execute(update(SignedIn).values(created_at=clock.now() + 3600))


def _organise(world: World) -> None:
    """Two organisations: what each person is in theirs, and who is only invited."""
    people = {
        "Ward": (("administrator", "administrator"), ("auditor", "auditor"), ("sender", "sender")),
        "Elsewhere": (("other-sender", "administrator"),),
    }
    with Database(world.settings, "portal").write() as session:
        for name, of in people.items():
            boss = session.get_one(Account, world.accounts[WHO[of[0][0]].contact])
            organisation = organisations.add(session, name, boss).id
            world.organisation = world.organisation or organisation
            world.belongs |= {WHO[who].contact: organisation for who, _ in of}
            session.get_one(Organisation, organisation).recovery_key = RECOVERY_KEY if name == "Ward" else None
            for who, role in (*of[1:], *([("recipient", "sender")] if name == "Ward" else [])):
                member = Member(organisation_id=organisation, account_id=world.accounts[WHO[who].contact])
                member.name, member.role, member.invited_at = "Dr", role, 1
                session.add(member)
                session.flush()
                if who != "recipient":
                    organisations.put_in(session, member, member.account_id)


def _send(world: World, name: str, sender: str, reader: str) -> None:
    """Send a report, and let its reader open it, once, and ask for more; then it goes its way."""
    named = [] if name == "open" else [WHO[reader].contact]
    if WHO[sender].issuer == PORTAL:
        headers = SAME_ORIGIN | {"Cookie": world.cookies[WHO[sender].contact]}
        begun = world.client.post("/api/reports", json={"recipients": named}, headers=headers)
        world.reports[name] = report = begun.get_json()["id"]
        deposit = BODIES["PUT /api/reports/<report>/recovery"](world, report)
        kept = world.client.put(f"/api/reports/{report}/recovery", json=deposit, headers=headers)
        assert kept.status_code == (409 if name == "elsewhere" else 204), "of the other sender's there is no such key"
    else:
        world.reports[name] = report = encode_id(hashlib.sha256(name.encode()).digest()[:16])

    def by(who: str, method: str, path: str, scope: str, body: Any = None, **more: Any) -> Any:
        about = path.split("/")[1]
        headers = {"Authorization": f"DPoP {world.a_pass(who, scope, about)}", "Idempotency-Key": "k" * 24} | more
        data = body if isinstance(body, bytes) else json.dumps(body)
        headers |= UPLOAD if path.startswith("blobs") else {"Content-Type": "application/json"}
        answer = world.client.open(f"/v1/{path}", method=method, data=data, headers=headers)
        assert answer.status_code < 300, (name, method, path, answer.text)
        return answer.get_json(silent=True)

    key = f"keys/{report}"
    by(sender, "POST", key, "key:create", policy(recipients=named, most_each=1) | asking())
    by(sender, "PUT", f"{key}/file", "key:create", FILE)
    by(sender, "POST", f"blobs/{report}", "blob:put", SEALED)
    world.uploads[name] = encode_id(hashlib.sha256(f"half {name}".encode()).digest()[:16])
    by(sender, "POST", f"blobs/{world.uploads[name]}", "blob:put", SEALED[:HALF])
    opening = by(reader, "POST", f"{key}/release", "key:release", asking(), **{"Idempotency-Key": "b" * 24})
    world.entries[report] = int(json.loads(opening["entry"])["id"])
    by(reader, "POST", f"{key}/requests", "key:release")
    world.askers[report] = world.accounts[WHO[reader].contact if WHO[reader].issuer == PORTAL else ADA]
    by(sender, "PUT", f"{key}/policy", "policy:write", policy())
    if name == "revoked":
        by(sender, "POST", f"{key}/revoke", "policy:write")
    if name == "expired":
        with Database(world.settings, "keyserver").write() as session:
            session.execute(update(Key).where(Key.id == report).values(not_after=1))


def _witness(world: World) -> None:
    """Let the file host witness the log as it is."""
    world.checkpoint = world.client.get("/v1/log/checkpoint").get_json()["checkpoint"]
    request = AddCheckpoint(0, (), read_note(world.checkpoint)).write()
    assert world.client.post("/v1/witness/add-checkpoint", data=request).status_code == 200
