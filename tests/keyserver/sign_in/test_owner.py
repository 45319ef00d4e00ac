"""Letting others in: what owners and administrators do needs the institution's own sign-in as well."""

from dataclasses import replace

from flask.testing import FlaskClient

from tests.conftest import SENDER
from tests.inprocess import JKT, PORTAL, REPORT, Bearer
from tests.keyserver.sign_in.steps import entries, good
from tests.keyserver.sign_in.turns import sign_in
from tests.keyserver.steps import ask, change, create, outcome, send
from tests.oidc.lying import Provider
from viewer.config import Settings
from viewer.database import Database
from viewer.keyserver import policy
from viewer.passes import Pass

OTHER = "0" + REPORT[1:][::-1]


def test_letting_others_in_needs_the_owners_own_sign_in(
    own: FlaskClient, owner: Bearer, reader: Bearer, share: bytes, provider: Provider
) -> None:
    def tried() -> str:
        return outcome(change(own, owner, recipients=["thief@example.org"]))

    assert tried() == "sign_in_needed"
    sign_in(own, provider, owner)
    assert tried() == "sign_in_other", "somebody of the institution, and not who made the key"
    provider.person = {"email": SENDER, "email_verified": True}
    sign_in(own, provider, owner)
    assert change(own, owner).status_code == 200
    denied = [one["reason"] for one in entries(own, owner) if (one["action"], one["outcome"]) == ("policy", "denied")]
    assert denied == ["sign_in_needed", "sign_in_other"]


def test_consent_needs_it_too(own: FlaskClient, owner: Bearer, reader: Bearer, provider: Provider) -> None:
    create(own, owner, most_each=1)
    sign_in(own, provider, reader)
    assert [outcome(ask(own, reader, key * 24)) for key in "ab"] == ["granted", "used_up"]
    assert send(own, reader, "requests", "key:release").status_code == 200

    def consent() -> str:
        return outcome(send(own, owner, "consents", "policy:write", {"account": reader.account}))

    assert consent() == "sign_in_needed"
    provider.person = {"email": SENDER, "email_verified": True}
    sign_in(own, provider, owner)
    assert consent() == "granted"


def test_a_key_whose_owner_is_not_known_stays_as_it_is(own: FlaskClient, owner: Bearer, provider: Provider) -> None:
    create(own, replace_contact(owner, ""))
    provider.person = {"email": SENDER, "email_verified": True}
    sign_in(own, provider, owner)
    assert outcome(change(own, owner)) == "sign_in_other"
    assert send(own, owner, "revoke", "policy:write").status_code == 200, "what closes needs no more than a pass"


def replace_contact(bearer: Bearer, contact: str) -> Bearer:
    return Bearer(bearer.issuer, bearer.account, contact)


def test_recovery_needs_it(
    own: FlaskClient, settings: Settings, owner: Bearer, reader: Bearer, share: bytes, provider: Provider
) -> None:
    recovering = Pass(PORTAL, "ADMIN", "key:recover", REPORT, (), "", "code", jkt=JKT, organisation=OTHER)
    with Database(settings, "keyserver").write() as session:
        key = policy.find(session, REPORT)
        assert key
        key.organisation = OTHER
        assert policy.decide(session, key, recovering, b"", "a").refusal is None, "control"
        assert policy.decide(session, key, recovering, b"", "a", own_sign_in=True).refusal == "sign_in_needed"
        session.add(good(replace_account(reader, "ADMIN"), REPORT, 1))
        session.flush()
        assert policy.decide(session, key, recovering, b"", "a", own_sign_in=True).refusal is None
        assert policy.decide(session, key, replace(recovering, organisation=""), b"", "a", own_sign_in=True).refusal


def replace_account(bearer: Bearer, account: str) -> Bearer:
    return Bearer(bearer.issuer, account, bearer.contact)
